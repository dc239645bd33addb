"""Codecs: pictures opened, scaled and encoded by Pillow. Import it only where a picture must be opened.

A new picture is decoded once while sources are read, so that its size, colours and damage are known before a page is
rendered, and again only to make variants. Pictures of few colours (screenshots, charts) keep their edges: lossless
WebP, PNG as fallback. Each encoder has one thread and fixed settings; what another Pillow makes has other names.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms

from sitegen.problems import Place, Problem, problem

from .metadata import is_raster
from .variants import Picture, Variant, tone_of

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
AMPLE = 3200
"""Pixels across that are enough to make any variant from; larger JPEGs are scaled down while they are decoded."""
MOST_PIXELS = 120_000_000
FLAT = 4096
"""So many colours a picture may have, and one for each 16 pixels, that was not taken with a camera."""


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
            whole = _upright(image)
            few = min(FLAT, max(FLAT // 16, width * height // 16))
            flat = not camera and whole.getcolors(few) is not None
            small = _in_srgb(whole.resize((8, 8), Image.Resampling.BOX, reducing_gap=2.0))
            opaque = not _is_transparent(whole)
    except Image.DecompressionBombError as error:
        return _too_large(place, int(str(error).partition("(")[2].split()[0]))
    except Exception:  # noqa: BLE001 - a decoder may raise anything
        return problem("broken-picture", place)
    tone = tone_of(*small.resize((1, 1), Image.Resampling.BOX).tobytes()) if opaque else None
    return Picture("moving" if moving else "still", width, height, flat, opaque, tone)


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
    scaled: dict[tuple[int, int], Image.Image] = {}
    with _opened(data) as image:
        whole = _upright(image)
        for variant in variants:
            size = variant.width, variant.height
            if size not in scaled:
                scaled[size] = _in_srgb(whole.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0))
            yield _encoded(scaled[size], variant)


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

_SETTINGS: Mapping[tuple[str, bool], Mapping[str, Any]] = {
    ("avif", False): {"format": "AVIF", "quality": 60, "speed": 7, "max_threads": 1},
    ("avif", True): {"format": "AVIF", "quality": 75, "speed": 7, "max_threads": 1, "subsampling": "4:4:4"},
    ("webp", False): {"format": "WEBP", "quality": 78, "method": 4},
    ("webp", True): {"format": "WEBP", "lossless": True, "quality": 80, "method": 4},
    ("jpg", False): {"format": "JPEG", "quality": 80, "optimize": True, "progressive": True},
    ("png", False): {"format": "PNG", "optimize": True},
    ("png", True): {"format": "PNG", "optimize": True},
}
"""How Pillow saves each format, and what is flat in it."""


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """The first frame; what Pillow warns of in files is not the author's business."""
    with warnings.catch_warnings(action="ignore"), Image.open(BytesIO(data), formats=FORMATS) as image:
        yield image


def _upright(image: Image.Image) -> Image.Image:
    """In a mode that can be scaled, turned as its file says."""
    orientation = _orientation(image)
    image.draft(None, (AMPLE, AMPLE))
    image.load()
    if image.mode.startswith("I"):  # 16 bits of grey; Pillow would cut off what is above 255
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    elif image.mode not in ("RGB", "RGBA", "L", "CMYK") or "transparency" in image.info:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image.transpose(_TURNED[orientation]) if orientation in _TURNED else image


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


def _encoded(image: Image.Image, variant: Variant) -> bytes:
    out = BytesIO()
    image.save(out, **_SETTINGS[variant.form, variant.flat])
    return out.getvalue()
