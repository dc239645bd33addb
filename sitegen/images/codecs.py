"""Codecs: pictures opened, scaled and encoded by Pillow. Import it only where a picture must be opened.

A new picture is decoded once while sources are read, so that its size, colours and damage are known before a page is
rendered, and again only to make variants: photographs at the largest width, and smaller from there. Pictures of few
colours (screenshots, charts) keep their edges: in 256 colours without further loss where no area would show it, else in
full colour resolution, with PNG as fallback. Each encoder has one thread; what another Pillow makes has other names.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from math import ceil, isqrt
from typing import Any

from PIL import Image, ImageChops, ImageCms

from sitegen.problems import Place, Problem, problem

from .metadata import is_raster
from .variants import Picture, Variant, height_at, tone_of

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 120_000_000
FLAT = 4096
"""So many colours a picture may have, and one for each 16 pixels, that was not taken with a camera."""
AREA, SHIFT, SAMPLE = 8, 4, 1_000_000
"""Pixels across an area; how far its colour may be off, of 255, where a palette shows it; pixels that are enough to
see that."""
HUGE = 16_000_000
"""Pixels that are not kept while variants are made."""
TRIAL, DEAR = 256, 1.25
"""How wide a picture is on which AVIF's fastest speed is tried, and how many times dearer it may be."""


def look(data: bytes, path: str) -> Picture | Problem:
    """What is known of the picture at `path`, or why it cannot be shown. All of it is decoded once, since a file that
    is cut short begins well."""
    place = Place(path)
    if not is_raster(data):
        return problem("unknown-picture", place)
    try:
        with _opened(data) as image:
            if image.width * image.height > MOST_PIXELS:
                return _too_large(place, image.width * image.height)
            camera = image.format in ("JPEG", "MPO")
            moving = not camera and getattr(image, "is_animated", False)
            width, height = _upright_size(image)
            whole = _decoded(image, (1, 1))
            few = min(FLAT, max(FLAT // 16, width * height // 16))
            flat = not camera and whole.getcolors(few) is not None
            opaque = not _is_transparent(whole)
            small = _in_srgb(_resized(whole, (8, 8), Image.Resampling.BOX))
            indexed = flat and opaque and _fits_palette(whole)
    except Image.DecompressionBombError as error:
        return _too_large(place, int(str(error).partition("(")[2].split()[0]))
    except Exception:  # noqa: BLE001 - a decoder may raise anything
        return problem("broken-picture", place)
    tone = tone_of(*small.resize((1, 1), Image.Resampling.BOX).tobytes()) if opaque else None
    return Picture("moving" if moving else "still", width, height, flat, opaque, tone, indexed)


def size(data: bytes) -> tuple[int, int] | None:
    """How wide and high a picture stands, as its file says; None where that cannot be read."""
    try:
        with _opened(data) as image:
            return _upright_size(image)
    except Exception:  # noqa: BLE001 - a decoder may raise anything
        return None


def _too_large(place: Place, pixels: int) -> Problem:
    found, limit = (f"{number / 1_000_000:.0f} MP" for number in (pixels, MOST_PIXELS))
    return problem("picture-too-large", place, found=found, limit=limit)


def encode(variants: Sequence[Variant], data: bytes) -> Iterator[bytes]:
    """A picture in other sizes and formats: upright, in sRGB, without anything that its file says besides."""
    best = _best(data, variants[0])
    scaled: dict[tuple[int, int], Image.Image] = {}
    speed = None
    for variant in variants:
        size = variant.width, variant.height
        if size not in scaled:
            smaller = best.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0) if size != best.size else best
            scaled[size] = _in_palette(smaller) if variant.indexed else smaller
        if variant.form == "avif" and speed is None:
            speed = _avif_speed(best, variant)
        yield _saved(scaled[size], **_settings(variant, speed or 0))


_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each orientation (Exif 2.3, tag 0x0112)."""

_AVIF = {"format": "AVIF", "max_threads": 1, "advanced": {"sharpness": "0"}}
"""Sharpness 0 takes 5 % less at equal SSIM than the 7 of libaom's still pictures."""
_FAST, _SLOW = 9, 8


def _settings(variant: Variant, speed: int) -> Mapping[str, Any]:
    """How Pillow saves a variant. Photographs in AVIF look at four fifths as JPEG does at the whole."""
    match variant.form, variant.flat:
        case "avif", False:
            return {**_AVIF, "quality": ceil(variant.quality * 0.81), "speed": speed}
        case "avif", True:
            return {**_AVIF, "quality": variant.quality, "speed": speed, "subsampling": "4:4:4"}
        case "webp", False:
            return {"format": "WEBP", "quality": variant.quality, "method": 4}
        case "webp", True:
            return {"format": "WEBP", "lossless": True, "quality": 40, "method": 4}
        case "jpg", _:
            return {"format": "JPEG", "quality": variant.quality, "optimize": True, "progressive": True}
        case _:
            return {"format": "PNG"}


def _avif_speed(best: Image.Image, variant: Variant) -> int:
    """The fastest looks along few directions alone: of most photographs it makes a little more, of oblique edges half
    as much again, and of text twice as much."""
    if variant.flat:
        return _SLOW
    width = min(TRIAL, best.width)
    trial = best.resize((width, height_at(width, *best.size)), Image.Resampling.LANCZOS, reducing_gap=2.0)
    fast, slow = (_dearness(trial, _settings(variant, speed)) for speed in (_FAST, _SLOW))
    return _FAST if fast <= DEAR * slow else _SLOW


def _dearness(image: Image.Image, settings: Mapping[str, Any]) -> int:
    """Bytes by squared error: about as much more of either is needed to make good for more of the other."""
    data = _saved(image, **settings)
    with Image.open(BytesIO(data), formats=("AVIF",)) as shown:
        error = ImageChops.difference(image.convert("L"), shown.convert("L"))
    return len(data) * sum(count * value * value for value, count in enumerate(error.histogram()))


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """The first frame; what Pillow warns of in files is not the author's business."""
    with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(data), formats=FORMATS) as image:
        yield image


def _best(data: bytes, variant: Variant) -> Image.Image:
    """What all variants are scaled from, upright and in sRGB: what is flat at its full size, for letters suffer when
    they are scaled twice; all else, and what is huge, at the largest width. Turned last, when it is small."""
    with _opened(data) as image:
        orientation = _orientation(image)
        size = _upright_size(image)
        if not variant.flat or image.width * image.height > HUGE:
            size = variant.largest, height_at(variant.largest, *size)
        lying = size if orientation < 5 else size[::-1]
        small = _resized(_decoded(image, lying), lying, Image.Resampling.LANCZOS)
    return _in_srgb(small.transpose(_TURNED[orientation]) if orientation in _TURNED else small)


def _decoded(image: Image.Image, enough: tuple[int, int]) -> Image.Image:
    """In a mode that can be scaled; JPEG not much larger than is enough, which is less work."""
    image.draft(None, enough)
    image.load()
    if image.mode.startswith("I"):  # 16 bits of grey; Pillow would cut off what is above 255
        return image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode not in ("RGB", "RGBA", "L", "CMYK") or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image


def _upright_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    return (width, height) if _orientation(image) < 5 else (height, width)


def _orientation(image: Image.Image) -> int:
    try:
        orientation = int(image.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001 - damaged Exif data may raise anything, and says nothing
        return 1
    return orientation if orientation in _TURNED else 1


def _in_srgb(image: Image.Image) -> Image.Image:
    """In RGB, or RGBA when a part is transparent, without the profile."""
    profile = image.info.get("icc_profile")
    alpha = image.getchannel("A") if _is_transparent(image) else None
    plain = image.convert("RGB") if image.mode == "RGBA" else image
    converted = _from_profile(plain, profile) if profile else plain.convert("RGB")
    if alpha is not None:
        converted.putalpha(alpha)
    converted.info = {}
    return converted


def _resized(image: Image.Image, size: tuple[int, int], by: Image.Resampling) -> Image.Image:
    """What is opaque stays it, whatever rounding makes of the sum of many pixels."""
    small = image.resize(size, by, reducing_gap=2.0)
    return small if image.mode != "RGBA" or _is_transparent(image) else small.convert("RGB")


def _is_transparent(image: Image.Image) -> bool:
    return image.mode == "RGBA" and image.getchannel("A").getextrema() != (255, 255)


def _from_profile(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError):  # a profile that is broken, or for another kind of picture
        return image.convert("RGB")
    assert converted is not None
    return converted


def _in_palette(image: Image.Image) -> Image.Image:
    """In 256 colours, without dithering, which would neither be seen as even nor be small."""
    return image.convert("RGB").quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)


def _fits_palette(image: Image.Image) -> bool:
    """Whether no area of an opaque picture changes its colour in 256 colours: gradients would become steps."""
    sample = image.reduce(isqrt(image.width * image.height // SAMPLE) or 1).convert("RGB")
    shift = ImageChops.difference(sample.reduce(AREA), _in_palette(sample).convert("RGB").reduce(AREA))
    return max(shift.tobytes()) <= SHIFT


def _saved(image: Image.Image, **settings: Any) -> bytes:
    out = BytesIO()
    image.save(out, **settings)
    return out.getvalue()
