"""Variants: which files are made of a picture, as the settings choose, and what stays the same in each."""

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from PIL import Image, ImageDraw, ImageFilter

from sitegen.config.pictures import PictureSettings
from sitegen.images import codecs
from sitegen.images.variants import Picture, Variant, variants
from tests.support import photos
from tests.support.sites import SETTINGS, Content, Made, article, make, rebuild

PAGE = "vi/news/a/index.html"
USUAL = PictureSettings()


def screen() -> Image.Image:
    """Letters in grey on two shades of paper, as programs show them, and colours of their own."""
    image = Image.new("RGB", (900, 600), (250, 250, 250))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 900, 60), (40, 60, 90))
    for line in range(20):
        draw.text((20, 80 + 24 * line), f"{line} a line of text, {line * 7919} and more", (30, 30, 30))
    draw.ellipse((700, 300, 720, 320), (220, 20, 30))
    return image


def near_white() -> Image.Image:
    """White cards on paper that is nearly white."""
    image = Image.new("RGB", (640, 480), (252, 250, 243))
    ImageDraw.Draw(image).rectangle((100, 100, 500, 400), (255, 255, 255))
    return image.filter(ImageFilter.BoxBlur(1))


def gradient() -> Image.Image:
    return Image.linear_gradient("L").resize((640, 480)).convert("RGB")


def glass() -> Image.Image:
    """A sign on nothing, with a shadow."""
    image = Image.new("RGBA", (640, 480))
    ImageDraw.Draw(image).ellipse((100, 100, 500, 400), (20, 90, 60, 255))
    return image.filter(ImageFilter.GaussianBlur(8))


def seen(image: Image.Image, form: str = "PNG") -> Picture:
    found = codecs.look(photos.saved(image, form), "a.png")
    assert isinstance(found, Picture)
    return found


def forms(picture: Picture, settings: PictureSettings = USUAL) -> dict[str, list[int]]:
    chosen: dict[str, list[int]] = {}
    for variant in variants(picture, settings):
        chosen.setdefault(variant.form, []).append(variant.width)
    return chosen


def made_of(image: Image.Image, form: str = "PNG", settings: PictureSettings = USUAL) -> dict[Variant, Image.Image]:
    data = photos.saved(image, form)
    wanted = [*variants(seen(image, form), settings)]
    return dict(zip(wanted, map(Image.open, map(BytesIO, codecs.encode(wanted, data))), strict=True))


@pytest.mark.parametrize(
    ("image", "form", "expected"),
    [
        (screen(), "PNG", ("webp", "png")),
        (screen().convert("P"), "GIF", ("webp", "png")),
        (gradient(), "PNG", ("avif", "png")),
        (near_white(), "PNG", ("avif", "png")),
        (glass(), "PNG", ("avif", "png")),
        (photos.scene(300, 200), "PNG", ("avif", "jpg")),
        (photos.scene(), "JPEG", ("avif", "jpg")),
    ],
    ids=["screen", "palette", "gradient", "near white", "glass", "photograph without loss", "photograph"],
)  # fmt: skip
def test_what_suits_each(image: Image.Image, form: str, expected: Sequence[str]) -> None:
    assert tuple(forms(seen(image, form))) == tuple(expected)


def test_a_palette_keeps_areas_and_letters() -> None:
    image = screen()
    for variant, shown in made_of(image).items():
        assert (variant.indexed, len(shown.convert("RGB").getcolors(256) or ()) > 1) == (True, True)
        assert (shown.mode == "P") == (variant.form == "png")
        ground = shown.convert("RGB")
        for x, y in ((5, 5), (895, 595), (710, 310)):
            place = x * variant.width // 900, y * variant.height // 600
            was, now = image.getpixel((x, y)), ground.getpixel(place)
            assert isinstance(was, tuple)
            assert isinstance(now, tuple)
            assert max(abs(a - b) for a, b in zip(was, now, strict=True)) <= 12, (variant, x, y)


def test_what_a_palette_would_spoil_stays_even() -> None:
    """Neighbours in a gradient differ by little, and two whites stay two."""
    for shown in made_of(gradient()).values():
        column = shown.convert("L").crop((9, 0, 10, shown.height)).tobytes()
        assert max(abs(a - b) for a, b in pairwise(column)) <= 3
    for shown in made_of(near_white()).values():
        inside, outside = (shown.convert("RGB").getpixel((x, shown.height // 2)) for x in (shown.width // 2, 3))
        assert isinstance(inside, tuple)
        assert isinstance(outside, tuple)
        assert inside[2] - outside[2] >= 9


@pytest.mark.parametrize("image", [screen(), glass(), photos.scene(700, 40)], ids=["screen", "glass", "photograph"])
def test_a_variant_is_the_same_whatever_else_is_made(image: Image.Image) -> None:
    """A file that was lost is made again alone, under a name that says what is in it."""
    data = photos.saved(image, "PNG")
    wanted = [*variants(seen(image), USUAL)]
    together = [*codecs.encode(wanted, data)]
    assert [next(codecs.encode([variant], data)) for variant in wanted] == together


def test_what_is_opaque_stays_it() -> None:
    """Rounded sums of very many pixels would let a trace of the ground through."""
    image = Image.new("RGBA", (4000, 3300), (250, 250, 250, 255))
    assert image.resize((8, 8), Image.Resampling.BOX, reducing_gap=2.0).getchannel("A").getextrema() == (254, 254)
    picture = seen(image)
    assert (picture.opaque, picture.tone is None) == (True, False)
    settings = PictureSettings(widths=(16,), formats=("avif",))
    assert {shown.mode for shown in made_of(image, settings=settings).values()} == {"RGB", "P"}


def test_what_is_huge_is_scaled_before(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = PictureSettings(widths=(200, 400))
    sizes = {variant: shown.size for variant, shown in made_of(screen(), settings=settings).items()}
    monkeypatch.setattr(codecs, "HUGE", 900 * 600 - 1)
    assert {variant: shown.size for variant, shown in made_of(screen(), settings=settings).items()} == sizes


def lines(step: int) -> Image.Image:
    """Oblique edges, which the fastest speed of AVIF sees badly."""
    image = Image.new("RGB", (1200, 800), (200, 60, 40))
    draw = ImageDraw.Draw(image)
    for offset in range(-1200, 1200, step):
        draw.line((offset, 0, offset + 900, 800), (40, 60, 90), 9)
    return image.filter(ImageFilter.GaussianBlur(1))


@pytest.mark.parametrize(
    ("image", "fast"), [(lines(60), False), (Image.effect_noise((1200, 800), 60).convert("RGB"), True)],
    ids=["oblique edges", "grain"],
)  # fmt: skip
def test_the_fastest_speed_only_where_it_costs_readers_little(image: Image.Image, fast: bool) -> None:
    data = photos.saved(image, "JPEG", quality=95)
    (largest, *_) = (v for v in variants(seen(image, "JPEG"), USUAL) if v.form == "avif" and v.width == 1200)
    (made,) = codecs.encode([largest], data)
    plain = Image.open(BytesIO(data))
    usual: dict[str, Any] = {"quality": 65, "max_threads": 1, "advanced": {"sharpness": "0"}}
    assert (made == photos.saved(plain, "AVIF", speed=9, **usual)) is fast


SIZES = {
    "usual": ("", {"avif": [400, 640, 1000], "jpg": [640, 1000]}),
    "both": ("formats: [webp, avif]", {"webp": [400, 640, 1000], "avif": [400, 640, 1000], "jpg": [640, 1000]}),
    "none but the fallback": ("formats: []", {"jpg": [400, 640, 1000]}),
    "widths": ("widths: [900, 300, 300]", {"avif": [300, 900], "jpg": [900]}),
    "no small ones": ("widths: [2000]", {"avif": [1000], "jpg": [1000]}),
}  # fmt: skip


def built(root: Path, settings: str) -> Made:
    image = photos.scene(1000, 4)
    files: dict[str, Content] = {
        "content/news/a/index.vi.md": article("A", "![Rừng](photo.jpg)"),
        "content/news/a/photo.jpg": photos.saved(image, "JPEG"),
        "site.yaml": f"{SETTINGS}pictures: {{{settings}}}\n",
    }
    return make(root, files)


@pytest.mark.parametrize(("settings", "expected"), SIZES.values(), ids=SIZES)
def test_formats_and_widths(tmp_path: Path, settings: str, expected: dict[str, list[int]]) -> None:
    made = built(tmp_path, settings)
    (image,) = html.document_fromstring(made.files[PAGE]).xpath("//figure//img")
    offered = html.document_fromstring(made.files[PAGE]).xpath("//figure//source")
    found = {
        (entries := source.get("srcset").split(", "))[0].split(" ")[0].rpartition(".")[2]: entries
        for source in (*offered, image)
    }
    assert [source.get("type") for source in offered] == [f"image/{form}" for form in expected if form != "jpg"]
    assert {form: [int(e.rpartition(" ")[2][:-1]) for e in entries] for form, entries in found.items()} == {
        form: [width for width in widths if form != "jpg" or width in expected["jpg"]]
        for form, widths in expected.items()
    }
    for entries in found.values():
        assert all(e.split(" ")[0].removeprefix("/site/") in made.files for e in entries)


def test_other_settings_are_other_files(tmp_path: Path) -> None:
    """Pages and files follow, and nothing that was made otherwise is taken for what is wanted now."""
    before = built(tmp_path, "quality: 40")
    for settings in ("quality: 90", "quality: 90, widths: [200, 400]", "formats: [webp], quality: 40"):
        (tmp_path / "site.yaml").write_text(f"{SETTINGS}pictures: {{{settings}}}\n", "utf-8")
        after = rebuild(tmp_path)
        assert after.files == rebuild(tmp_path, clean=True).files
        shown = [{path for path in made.files if path.startswith("pictures/")} for made in (before, after)]
        assert shown[0] != shown[1]
        if "formats" not in settings:
            assert not shown[0] & shown[1]
    (tmp_path / "site.yaml").write_text(f"{SETTINGS}pictures: {{quality: 40}}\n", "utf-8")
    assert rebuild(tmp_path).files == before.files


def test_quality_is_seen_in_the_bytes_of_every_format() -> None:
    image = photos.scene(300, 200)
    picture = seen(image, "JPEG")
    data = photos.saved(image, "JPEG")
    sizes = []
    for quality in (1, 30, 80, 100):
        wanted = [*variants(picture, PictureSettings(formats=("avif", "webp"), quality=quality))]
        sizes.append([len(made) for made in codecs.encode(wanted, data)])
    assert all(a < b for less, more in pairwise(sizes) for a, b in zip(less, more, strict=True))
