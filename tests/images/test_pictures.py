"""Pictures: what readers get of them, in every format, and what nobody gets."""

import os
import re
import struct
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import pytest
from lxml import html
from PIL import Image, ImageOps
from playwright.sync_api import Browser

from sitegen.build.contents import read_contents
from sitegen.build.run import Workers
from sitegen.images import codecs
from sitegen.images.metadata import without_private_data
from sitegen.images.variants import TONES
from sitegen.problems import SiteError
from sitegen.site.assembly import assemble
from sitegen.system.processes import StartMethod
from tests.support import nu, photos
from tests.support.browser import serve
from tests.support.posix import as_root, on_posix
from tests.support.sites import (
    NOW,
    SETTINGS,
    Content,
    Made,
    article,
    codes,
    make,
    output_files,
    problems_of,
    rebuild,
    write_site,
)

A = "content/news/a/index.vi.md"
PAGE = "vi/news/a/index.html"
PHOTO = "content/news/a/photo.jpg"
SHOWN = article("A", "![Rừng](photo.jpg)")


def pictures(made: Made) -> dict[str, Image.Image]:
    """The variants in the output, by the end of their names: "48.avif"."""
    return {
        path.rpartition("-")[2]: Image.open(BytesIO(data))
        for path, data in made.files.items()
        if path.startswith("pictures/")
    }


def only(made: Made, selector: str, page: str = PAGE) -> Any:
    (found,) = html.document_fromstring(made.files[page]).xpath(selector)
    return found


def wide(width: int) -> bytes:
    return photos.photo(image=photos.scene(width, 4))


def test_in_formats_and_sizes_for_every_browser(tmp_path: Path) -> None:
    made = make(tmp_path, {A: SHOWN, PHOTO: wide(1000), "site.yaml": f"{SETTINGS}pictures: {{sizes: 50vw}}\n"})
    avif, image = only(made, "//figure/picture").iter("source", "img")
    assert avif.get("type") == "image/avif"
    for element, form, widths in (
        (avif, "avif", (400, 640, 1000)),
        (image, "jpg", (640, 1000)),
    ):
        entries = [entry.split(" ") for entry in element.get("srcset").split(", ")]
        assert [size for _, size in entries] == [f"{width}w" for width in widths]
        for (address, _), width in zip(entries, widths, strict=True):
            assert re.fullmatch(rf"/site/pictures/news/a/photo\.[0-9a-f]{{10}}-{width}\.{form}", address)
            assert Image.open(BytesIO(made.files[address.removeprefix("/site/")])).size == (
                width,
                round(width * 4 / 1000),
            )
        assert element.get("sizes") == "50vw"
    assert image.get("src") == image.get("srcset").rpartition(", ")[2].split(" ")[0]
    assert (
        dict(image.attrib).items()
        >= {"alt": "Rừng", "width": "1000", "height": "4", "loading": "lazy", "decoding": "async"}.items()
    )
    assert "files/news/a/photo.jpg" not in made.files


@pytest.mark.parametrize(
    ("width", "widths"),
    [(48, [48]), (440, [440]), (700, [400, 700]), (3000, [400, 640, 960, 1280, 1600])],
)
def test_never_larger_than_it_is(tmp_path: Path, width: int, widths: list[int]) -> None:
    made = make(tmp_path, {A: SHOWN, PHOTO: wide(width)})
    assert sorted(int(name.split(".")[0]) for name in pictures(made) if name.endswith("avif")) == widths


def test_a_very_tall_picture_fits_into_every_format(tmp_path: Path) -> None:
    made = make(tmp_path, {A: SHOWN, PHOTO: photos.saved(Image.new("RGB", (1, 40_000)), "JPEG")})
    assert {image.size for image in pictures(made).values()} == {(1, 16_383)}


CAMERAS = [(make_one, side) for make_one in (photos.photo, photos.screenshot, photos.webp) for side in range(1, 9)]


def test_upright_and_without_a_word_of_the_camera(tmp_path: Path) -> None:
    """Shown, offered as an attachment and linked: the file itself keeps nothing but which side is up."""
    files: dict[str, Content] = {}
    for number, (make_one, side) in enumerate(CAMERAS):
        files[f"content/news/a/{number}.jpg"] = make_one(side)
        assert b"CAMERA-MAKER" in make_one(side)
    head: dict[str, Any] = {
        "image": {"src": "0.jpg", "alt": "A"},
        "attachments": [{"src": f"{number}.jpg"} for number in range(12)],
    }
    links = " ".join(f"[c]({number}.jpg)" for number in range(12, 24))
    shown = " ".join(f"![b]({number}.jpg)" for number in range(24))
    made = make(tmp_path, {**files, A: article("A", f"{shown} {links}", **head)})
    assert made.build.problems == ()
    for path, written in made.files.items():
        assert [secret for secret in photos.SECRETS if secret in written] == [], path
    for number, (make_one, side) in enumerate(CAMERAS):
        expected = turned(Image.open(BytesIO(make_one(side))))
        variants = [data for path, data in made.files.items() if path.startswith(f"pictures/news/a/{number}.")]
        assert len(variants) == 2
        for data in (*variants, made.files[f"files/news/a/{number}.jpg"]):
            image = turned(Image.open(BytesIO(data)))
            assert image.size == expected.size == ((32, 48) if side > 4 else (48, 32))
            assert same(image, expected, by_profile=make_one is photos.photo)


def turned(image: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(image)


def same(one: Image.Image, other: Image.Image, *, by_profile: bool) -> bool:
    """Whether the corners have about the same colours, as those see them who heed profiles: that of photos.py changes
    red and green. What is published has none, or its own."""
    red, green, blue = (1, 0, 2) if by_profile and "icc_profile" not in one.info else (0, 1, 2)
    for x in (2, one.width - 3):
        for y in (2, one.height - 3):
            seen, was = (image.convert("RGB").getpixel((x, y)) for image in (one, other))
            assert isinstance(seen, tuple)
            assert isinstance(was, tuple)
            if max(abs(a - b) for a, b in zip(seen, (was[red], was[green], was[blue]), strict=True)) > 40:
                return False
    return True


def flat(mode: str, colour: Any) -> Image.Image:
    return Image.new(mode, (16, 16), colour)


def glass() -> Image.Image:
    """A palette, of which one colour is transparent."""
    image = flat("P", 0)
    image.putpalette([0, 200, 0, 200, 0, 0])
    image.paste(1, (0, 0, 8, 16))
    return image


COLOURS = {
    "cmyk": (photos.saved(flat("CMYK", (0, 255, 255, 0)), "JPEG"), "jpg", (255, 0, 0), None),
    "grey": (photos.saved(flat("L", 100), "JPEG"), "jpg", (100, 100, 100), None),
    "grey16": (photos.grey16([25_700] * 16), "png", (100, 100, 100), None),
    "one bit": (photos.saved(flat("1", 1), "PNG"), "png", (255, 255, 255), None),
    "palette": (photos.saved(glass(), "PNG"), "png", (200, 0, 0), None),
    "palette with a hole": (photos.saved(glass(), "PNG", transparency=0), "png", (200, 0, 0), 0),
    "half transparent": (photos.saved(flat("RGBA", (200, 0, 0, 128)), "PNG"), "png", (200, 0, 0), 128),
    "grey with alpha": (photos.saved(flat("LA", (100, 128)), "PNG"), "png", (100, 100, 100), 128),
    "opaque after all": (photos.saved(flat("RGBA", (200, 0, 0, 255)), "WEBP", lossless=True), "png", (200, 0, 0), None),
    "transparent and with a profile": (
        photos.saved(flat("RGBA", (200, 0, 0, 128)), "PNG", icc_profile=photos.profile()), "png", (0, 200, 0), 128,
    ),
    "profile": (photos.saved(flat("RGB", (200, 0, 0)), "JPEG", icc_profile=photos.profile()), "jpg", (0, 200, 0), None),
    "profile that is none": (
        photos.saved(flat("RGB", (200, 0, 0)), "JPEG", icc_profile=b"none"), "jpg", (200, 0, 0), None,
    ),
    "profile of another kind": (
        photos.saved(flat("L", 100), "JPEG", icc_profile=photos.profile()), "jpg", (100,) * 3, None,
    ),
    "still gif": (photos.saved(flat("RGB", (200, 0, 0)), "GIF"), "png", (200, 0, 0), None),
}  # fmt: skip


def test_colours(tmp_path: Path) -> None:
    names = {name: f"{number}.jpg" for number, name in enumerate(COLOURS)}
    body = "\n\n".join(f"![{name}]({file})" for name, file in names.items())
    files: dict[str, Content] = {f"content/news/a/{file}": COLOURS[name][0] for name, file in names.items()}
    made = make(tmp_path, {A: article("A", body), **files}, workers=Workers(1))
    assert made.build.problems == ()
    for name, file in names.items():
        _, fallback, colour, alpha = COLOURS[name]
        variants = {path: data for path, data in made.files.items() if path.startswith(f"pictures/news/a/{file[:-4]}.")}
        better = "webp" if fallback == "png" and alpha is None else "avif"
        assert {path.rpartition(".")[2] for path in variants} == {better, fallback}, name
        for image in map(Image.open, map(BytesIO, variants.values())):
            left, right = (image.convert("RGBA").getpixel((x, 0)) for x in (2, image.width - 2))
            assert isinstance(left, tuple)
            assert isinstance(right, tuple)
            assert max(abs(a - b) for a, b in zip(left[:3], colour, strict=True)) <= 8, name
            assert abs(left[3] - (alpha or 255)) <= 2
            assert abs(right[3] - (255 if alpha is None else alpha)) <= 2
            assert "icc_profile" not in image.info
        assert bool(only(made, f"//img[@alt='{name}']").get("class")) == (alpha is None)


def test_what_moves_is_shown_as_it_is_and_still_to_those_who_ask(tmp_path: Path) -> None:
    films = {
        "gif": photos.film("GIF", comment=b"A-COMMENT"),
        "webp": photos.film("WEBP", exif=photos.exif()),
        "png": photos.film("PNG", exif=photos.exif()),
    }
    body = "\n\n".join(f"![{name}](film.{name})" for name in films)
    made = make(
        tmp_path, {A: article("A", body), **{f"content/news/a/film.{name}": data for name, data in films.items()}}
    )
    for name, data in films.items():
        assert any(secret in data for secret in photos.SECRETS)
        published = made.files[f"files/news/a/film.{name}"]
        assert not any(secret in published for secret in photos.SECRETS)
        assert getattr(Image.open(BytesIO(published)), "n_frames", 1) == 3
        *still, moving = only(made, f"//picture[.//img[@alt='{name}']]").iter("source", "img")
        assert (moving.get("src"), moving.get("srcset")) == (f"/site/files/news/a/film.{name}", None)
        assert [source.get("media") for source in still] == ["(prefers-reduced-motion: reduce)"] * 2
        assert [source.get("srcset").rpartition(".")[2] for source in still] == ["webp 48w", "png 48w"]
        feed = made.text("vi/feed.json")
        assert f"/site/files/news/a/film.{name}" in feed


def test_a_heavy_film_is_told_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.build.picture_files.HEAVY", 100)
    files: dict[str, Content] = {A: article("A", "![Phim](film.gif)"), "content/news/a/film.gif": photos.film("GIF")}
    files["content/news/a/none.gif"] = photos.film("GIF", 4)
    for made in (make(tmp_path, files), rebuild(tmp_path), rebuild(tmp_path, clean=True)):
        assert [(p.code, p.place.path) for p in made.build.problems] == [("heavy-animation", "content/news/a/film.gif")]


BROKEN = {
    "cut short": (photos.photo()[:1200], "broken-picture"),
    "cut short, PNG": (photos.screenshot()[:-700], "broken-picture"),
    "cut short, WebP": (photos.webp()[:900], "broken-picture"),
    "bomb": (photos.bomb(), "picture-too-large"),
    "no bomb, but large": (photos.bomb(12_000, 11_000), "picture-too-large"),
    "TIFF": (photos.saved(photos.scene(), "TIFF"), "unknown-picture"),
    "AVIF": (photos.saved(photos.scene(), "AVIF"), "unknown-picture"),
    "nothing": (b"", "unknown-picture"),
}


def test_broken_pictures_are_problems(tmp_path: Path) -> None:
    """Each once, at the file, whatever shows it; a picture that nothing shows is nobody's concern."""
    names = {f"content/news/a/{number}.jpg": name for number, name in enumerate(BROKEN)}
    body = " ".join(f"![b]({number}.jpg)" for number in range(len(BROKEN)))
    files: dict[str, Content] = {path: BROKEN[name][0] for path, name in names.items()}
    head = article("A", body, image={"src": "0.jpg", "alt": "A"})
    found = problems_of(tmp_path, {A: head, **files}, workers=Workers(1))
    assert {names[p.place.path]: p.code for p in found} == {name: code for name, (_, code) in BROKEN.items()}
    kept = rebuild(tmp_path, keep_going=True)
    assert kept.build.problems == found
    assert "<img" not in kept.text(PAGE).partition("<main")[2]
    (tmp_path / A).write_text(article("A"), "utf-8")
    assert rebuild(tmp_path).build.problems == ()


def test_broken_pictures_are_not_offered_either(tmp_path: Path) -> None:
    """Nobody could say what else is in them."""
    files: dict[str, Content] = {
        "content/news/a/0.jpg": photos.photo()[:300],
        "content/news/a/1.png": photos.screenshot()[:300],
        "content/news/a/2.webp": photos.webp()[:300],
        "content/news/a/3.gif": photos.film("GIF")[:200],
    }
    body = "[a](0.jpg) [b](1.png) [c](2.webp) [d](3.gif)"
    assert codes(problems_of(tmp_path, {A: article("A", body), **files})) == ["broken-picture"] * 4


def test_a_file_that_is_too_large_is_not_even_read(tmp_path: Path) -> None:
    write_site(tmp_path, {A: SHOWN, "site.yaml": SETTINGS, PHOTO: b""})
    with (tmp_path / PHOTO).open("wb") as file:
        file.truncate(70_000_000)
    with pytest.raises(SiteError) as error:
        rebuild(tmp_path)
    assert [(p.code, dict(p.arguments)) for p in error.value.problems] == [
        ("picture-too-large", {"found": "70 MB", "limit": "64 MB"})
    ]


def test_a_wrong_suffix_and_damaged_notes_do_no_harm(tmp_path: Path) -> None:
    data = photos.photo()
    notes = data.index(b"Exif\0\0") + 6
    damaged = data[:notes] + b"\xff" * 20 + data[notes + 20 :]
    files: dict[str, Content] = {
        A: article("A", "![b](photo.jpg) ![c](c.png) [d](c.png)"),
        PHOTO: photos.screenshot(),
        "content/news/a/c.png": damaged,
    }
    made = make(tmp_path, files)
    assert made.build.problems == ()
    assert not any(secret in data for data in made.files.values() for secret in photos.SECRETS)


ORIENTATION = b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06"


@pytest.mark.parametrize("nonsense", [b"\x01\x12\x00\x02\x00\x00\x00\x01x\x00", ORIENTATION[:-1] + b"\x09"])
def test_an_orientation_that_is_none(tmp_path: Path, nonsense: bytes) -> None:
    data = photos.photo(6)
    assert ORIENTATION in data
    made = make(tmp_path, {A: SHOWN, PHOTO: data.replace(ORIENTATION, nonsense)})
    assert {image.size for image in pictures(made).values()} == {(48, 32)}


def test_a_photograph_of_many_pixels(tmp_path: Path) -> None:
    """It is scaled down while it is decoded."""
    made = make(tmp_path, {A: SHOWN, PHOTO: photos.saved(Image.new("L", (6500, 6410), 100), "JPEG")})
    assert max(image.size for image in pictures(made).values()) == (1600, 1578)


CAPTIONS = [
    ("![Rừng](photo.jpg)", "Rừng", None),
    ('![Rừng](photo.jpg "Rừng Cần Giờ")', "Rừng", "Rừng Cần Giờ"),
    ('![Rừng](photo.jpg "Rừng Cần Giờ | Ảnh: PV")', "Rừng", "Rừng Cần Giờ Ảnh: PV"),
    ('![Rừng](photo.jpg "| Ảnh: PV")', "Rừng", "Ảnh: PV"),
    ('![Rừng](photo.jpg "a|b")', "Rừng", "a|b"),
    ('![""](photo.jpg)', "", None),
    ('![""](photo.jpg "Rừng")', "", "Rừng"),
]


def test_descriptions_captions_and_credits(tmp_path: Path) -> None:
    body = "\n\n".join(text for text, _, _ in CAPTIONS)
    made = make(tmp_path, {A: article("A", body), PHOTO: photos.photo()})
    assert made.build.problems == ()
    figures = html.document_fromstring(made.files[PAGE]).xpath("//div[@class='prose']/figure")
    for figure, (text, alt, shown) in zip(figures, CAPTIONS, strict=True):
        caption = figure.find("figcaption")
        assert (figure.find(".//img").get("alt"), None if caption is None else caption.text_content()) == (alt, shown)
        assert [span.text for span in figure.iter("span")] == (["Ảnh: PV"] if "PV" in text else [])


def test_the_picture_of_an_article_and_of_a_page(tmp_path: Path) -> None:
    image: Any = {"src": "photo.jpg", "alt": "Rừng", "caption": "Rừng Cần Giờ", "credit": "PV"}
    files: dict[str, Content] = {A: article("A", image=image), PHOTO: photos.photo()}
    made = make(tmp_path, {**files, "content/b.vi.md": article("B", image=image), "content/photo.jpg": photos.photo()})
    for page in (PAGE, "vi/b/index.html"):
        figure = only(made, "//article//figure", page)
        assert (figure.find(".//img").get("fetchpriority"), figure.find(".//img").get("loading")) == ("high", None)
        assert " ".join(figure.text_content().split()) == "Rừng Cần Giờ PV"


def test_feeds_and_previews_get_one_file_that_all_can_show(tmp_path: Path) -> None:
    image = {"src": "photo.jpg", "alt": "Rừng"}
    made = make(tmp_path, {A: article("A", "![Rừng](photo.jpg)", image=image), PHOTO: photos.photo()})
    (path,) = (path for path in made.files if path.endswith("-48.jpg"))
    address = f"https://example.org/site/{path}"
    assert f'&lt;img src="{address}" alt="Rừng" width="48" height="32"'.replace('"', "&#34;") in made.text(
        "vi/feed.xml"
    )
    assert made.text("vi/feed.json").count(address) == 2
    assert only(made, "//meta[@property='og:image']").get("content") == address
    assert f'"image": ["{address}"]' in made.text(PAGE)


def test_names_that_addresses_must_spell_out(tmp_path: Path) -> None:
    made = make(
        tmp_path, {A: article("A", "![Rừng](<ảnh, 1 100%25.jpg>)"), "content/news/a/ảnh, 1 100%.jpg": photos.photo()}
    )
    assert made.build.problems == ()
    (entry,) = only(made, "//figure//img").get("srcset").split(", ")
    assert entry.startswith("/site/pictures/news/a/%E1%BA%A3nh%2C%201%20100%25.")


def test_the_place_of_a_picture_is_held_in_its_colour() -> None:
    style = (Path(codecs.__file__).parents[1] / "theme/assets/css/pictures.css").read_text("utf-8")
    assert tuple(re.findall(r"\.tone-\d+ \{\s+--tone: #([0-9a-f]{6});", style)) == TONES
    assert re.findall(r"\.tone-(\d+)", style) == [str(number) for number in range(len(TONES))]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done with pictures in this process."""
    done: list[str] = []

    def noted(name: str) -> Callable[..., Any]:
        own = getattr(codecs, name)

        def doing(*arguments: Any) -> Any:
            done.append(name)
            return own(*arguments)

        return doing

    for name in ("look", "encode"):
        monkeypatch.setattr(codecs, name, noted(name))
    return done


def test_nothing_is_opened_or_made_twice(tmp_path: Path, opened: list[str], settled: None) -> None:
    files: dict[str, Content] = {A: SHOWN, PHOTO: photos.photo(), "content/news/a/other.jpg": b"shown by nobody"}
    first = make(tmp_path, {**files, "content/news/b.vi.md": SHOWN, "content/news/photo.jpg": photos.photo()})
    assert len([path for path in first.files if path.startswith("pictures/")]) == 4
    assert opened == ["look", "encode"]
    (tmp_path / A).write_text(SHOWN.replace("Rừng", "Forest"), "utf-8")
    assert rebuild(tmp_path).build.made == 0
    assert rebuild(tmp_path).build.memos == {"build": ""}
    assert opened == ["look", "encode"]
    (tmp_path / A).write_text(SHOWN, "utf-8")
    again = rebuild(tmp_path, output=tmp_path / "elsewhere")
    assert again.files == first.files
    assert rebuild(tmp_path, clean=True).files == first.files
    (tmp_path / PHOTO).rename(tmp_path / "content/news/a/moved.jpg")
    (tmp_path / A).write_text(article("A", "![Rừng](moved.jpg)"), "utf-8")
    moved = rebuild(tmp_path)
    assert [*pictures(moved).values()] == [*pictures(first).values()]
    assert opened == ["look", "encode"]
    (tmp_path / "content/news/a/moved.jpg").write_bytes(photos.photo(3))
    other = rebuild(tmp_path)
    assert opened[2:] == ["look", "encode"]
    assert {path for path in other.files if ".avif" in path} & moved.files.keys() == {
        path for path in moved.files if re.fullmatch(r"pictures/news/photo\..*\.avif", path)
    }


def test_an_unchanged_site_never_imports_pillow(tmp_path: Path) -> None:
    write_site(
        tmp_path,
        {
            A: SHOWN,
            PHOTO: photos.photo(),
            "content/news/b/index.vi.md": article("B"),
            "site.yaml": f"{SETTINGS}theme: {{logo: sign.png}}\n",
            "assets/sign.png": photos.screenshot(),
        },
    )
    for changed, heavy in (("content/news/a/photo.jpg", True), ("content/news/b/index.vi.md", False)):
        path = tmp_path / changed
        path.write_bytes(path.read_bytes() + b"\n")
        script = (
            "import atexit, sys; from sitegen.cli.main import main; from tests.support.settled import settle; "
            "settle(); atexit.register(lambda: print('PIL.Image' in sys.modules)); main(sys.argv[1:])"
        )
        command = [sys.executable, "-c", script, "build", "--root", str(tmp_path)]
        said = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
        assert said.stdout.splitlines()[-1] == str(heavy)


def damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("harm", [damage, lambda path: path.write_bytes(b"something else"), Path.unlink])
def test_what_is_wrong_with_the_store_costs_time_only(
    tmp_path: Path, opened: list[str], harm: Callable[[Path], None]
) -> None:
    first = make(tmp_path, {A: SHOWN, PHOTO: photos.photo()})
    made = sorted((tmp_path / ".sitegen/made").iterdir())
    assert len(made) == 3
    for path in made:
        harm(path)
    assert rebuild(tmp_path, clean=True).files == first.files
    assert opened == ["look", "encode", "look", "encode"]
    assert sorted((tmp_path / ".sitegen/made").iterdir()) == made


@as_root
def test_what_someone_else_has_put_into_the_store_is_not_trusted(tmp_path: Path, opened: list[str]) -> None:
    make(tmp_path, {A: SHOWN, PHOTO: photos.photo()})
    for path in (tmp_path / ".sitegen/made").iterdir():
        os.chown(path, 4711, 4711)
    rebuild(tmp_path, clean=True)
    assert opened == ["look", "encode", "look", "encode"]


def test_where_nothing_can_be_kept(tmp_path: Path) -> None:
    write_site(tmp_path, {A: SHOWN, PHOTO: photos.photo(), "site.yaml": SETTINGS, ".sitegen": b"in the way"})
    assert len(pictures(rebuild(tmp_path))) == 2


def test_what_no_picture_needs_is_not_kept(tmp_path: Path, opened: list[str]) -> None:
    """But of an article that is not out for a while everything is."""
    late = datetime(2026, 12, 1, tzinfo=UTC)
    files: dict[str, Content] = {A: article("A", "![Rừng](photo.jpg)", publish="25/11/2026"), PHOTO: photos.photo()}
    before = make(tmp_path, files)
    assert pictures(before) == {}
    assert opened == ["look"]
    out = rebuild(tmp_path, now=late)
    assert len(pictures(out)) == 2
    assert pictures(rebuild(tmp_path, now=NOW)) == {}
    assert rebuild(tmp_path, now=late).files == out.files
    assert opened == ["look", "encode"]
    (tmp_path / PHOTO).unlink()
    (tmp_path / A).write_text(article("A"), "utf-8")
    rebuild(tmp_path)
    assert list((tmp_path / ".sitegen/made").iterdir()) == []


def test_a_picture_that_changes_while_the_site_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name would promise other bytes for ever."""
    read = iter([photos.photo(), photos.photo(3)])
    monkeypatch.setattr("sitegen.build.picture_files.read_bytes", lambda location, path, **_: next(read))
    assert codes(problems_of(tmp_path, {A: SHOWN, PHOTO: photos.photo()})) == ["changed-meanwhile"]
    assert output_files(tmp_path / "output") == {}


@pytest.mark.parametrize("step", [assemble, read_contents])
@pytest.mark.parametrize("body", ["![Rừng](photo.jpg)", "[Rừng](photo.jpg)"])
def test_a_picture_that_goes_while_the_site_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, step: Callable[..., Any]
) -> None:
    write_site(tmp_path, {A: article("A", body), PHOTO: photos.photo(), "site.yaml": SETTINGS})

    def late(*arguments: Any) -> Any:
        (tmp_path / PHOTO).unlink()
        return step(*arguments)

    monkeypatch.setattr(f"sitegen.build.pipeline.{step.__name__}", late)
    with pytest.raises(SiteError) as error:
        rebuild(tmp_path)
    assert codes(error.value.problems) == ["changed-meanwhile"]


def test_a_file_that_is_broken_while_the_site_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is copied, after it was looked at."""
    read = iter([photos.photo(), photos.photo()[:300]])
    monkeypatch.setattr("sitegen.build.picture_files.read_bytes", lambda location, path, **_: next(read))
    assert codes(problems_of(tmp_path, {A: article("A", "[b](photo.jpg)"), PHOTO: photos.photo()})) == [
        "changed-meanwhile"
    ]


@pytest.mark.parametrize("start", [on_posix("fork"), "spawn"])
def test_any_number_of_processes_gives_the_same_bytes(tmp_path: Path, start: StartMethod) -> None:
    files: dict[str, Content] = {}
    for number in range(5):
        files[f"content/news/a{number}/index.vi.md"] = article("A", "![Rừng](photo.jpg)")
        files[f"content/news/a{number}/photo.jpg"] = photos.photo(image=photos.scene(20 + number, 9))
    files["content/news/a0/film.gif"] = photos.film("GIF")
    one = make(tmp_path / "one", files, workers=Workers(1))
    two = make(tmp_path / "two", files, workers=Workers(2, start))
    assert len([path for path in one.files if path.startswith("pictures/")]) == 10
    assert one.files == two.files


def test_damaged_containers() -> None:
    """Whatever a file says of its own parts, it is either cleaned or refused."""
    for data in (photos.photo(6), photos.screenshot(6), photos.webp(6), photos.film("GIF", comment=b"A-COMMENT")):
        for index in range(min(len(data), 400)):
            for byte in (0, 0xFF, data[index] ^ 1):
                damaged = data[:index] + bytes([byte]) + data[index + 1 :]
                clean = without_private_data(damaged)
                assert clean is None or isinstance(clean, bytes)
    assert without_private_data(b"%PDF " + photos.exif()) == b"%PDF " + photos.exif()
    assert without_private_data(b"\xff\xd8\xff\xe1" + struct.pack(">H", 9)) is None


@pytest.mark.browser
def test_in_a_browser(tmp_path: Path, chromium: Browser) -> None:
    """The file that fits, nothing that moves for those who mind, a calm place meanwhile, no word from the policy."""
    files: dict[str, Content] = {
        A: article("A", "![Rừng](photo.jpg)\n\n![Phim](film.gif)\n\n![Tuyết](snow.jpg)"),
        PHOTO: photos.photo(image=photos.scene(60, 20).resize((2000, 600))),
        "content/news/a/film.gif": photos.film("GIF"),
        "content/news/a/snow.jpg": photos.saved(flat("RGB", (255, 255, 255)), "JPEG"),
        "site.yaml": SETTINGS.replace("/site/", "/"),
    }
    make(tmp_path, {**files})
    wanted: list[tuple[int, int, Literal["light", "dark"], Literal["reduce"] | None, str, str]] = [
        (360, 1, "light", None, "400.avif", "gif"),
        (1280, 2, "dark", "reduce", "1600.avif", "webp"),
    ]
    with serve(tmp_path / "output") as host:
        for width, density, scheme, motion, photo, film in wanted:
            context = chromium.new_context(
                viewport={"width": width, "height": 700}, device_scale_factor=density,
                color_scheme=scheme, reduced_motion=motion,
            )  # fmt: skip
            page = context.new_page()
            said: list[str] = []
            page.on("console", lambda message: said.append(message.text))  # noqa: B023
            page.goto(f"{host}/vi/news/a/")
            for image in page.locator(".prose img").all():
                image.scroll_into_view_if_needed()
                image.evaluate("image => image.decode()")
            seen = page.locator(".prose img").evaluate_all(
                "all => all.map(image => [image.currentSrc, image.clientWidth])"
            )
            assert [
                source.rpartition(end)[2] for (source, _), end in zip(seen, (photo, film, "16.avif"), strict=True)
            ] == [""] * 3
            assert [size for _, size in seen[1:]] == [48, 16]
            places = page.locator(".prose img").evaluate_all(
                "all => all.map(image => getComputedStyle(image).backgroundColor)"
            )
            lights = [max(map(float, re.findall(r"[\d.]+", place)[:3])) for place in places]
            assert all((light < 0.5) == (scheme == "dark") for light in lights), places
            shift = """new Promise(done => new PerformanceObserver(list => done(
                list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
            )).observe({type: 'layout-shift', buffered: true})) """
            assert page.evaluate(f"Promise.race([{shift}, new Promise(done => setTimeout(done, 200, 0))])") == 0
            assert said == []
            context.close()


def test_markup_is_valid(tmp_path: Path) -> None:
    body = '![Rừng](photo.jpg "Rừng | PV")\n\nA ![""](photo.jpg) and ![Phim](film.gif).'
    files: dict[str, Content] = {
        A: article("A", body, image={"src": "photo.jpg", "alt": "Rừng", "credit": "PV"}),
        PHOTO: wide(900),
        "content/news/a/film.gif": photos.film("GIF"),
    }
    make(tmp_path, files)
    assert nu.check([tmp_path / "output" / page for page in (PAGE, "vi/index.html", "vi/news/index.html")]) == []
