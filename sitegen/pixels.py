"""Pictures opened, scaled and encoded: Pillow, and nothing else. Import it only where a picture must be opened."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms

from .images import Variant

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
AMPLE = 3200
"""Pixels across that are enough to make any variant from; larger JPEGs are scaled down while they are decoded."""


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
    ("avif", False): {"format": "AVIF", "quality": 60, "speed": 6, "max_threads": 1},
    ("avif", True): {"format": "AVIF", "quality": 75, "speed": 6, "max_threads": 1, "subsampling": "4:4:4"},
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
        image.draft(None, (AMPLE, AMPLE))
        yield image


def _upright(image: Image.Image) -> Image.Image:
    """In a mode that can be scaled, turned as its file says."""
    orientation = _orientation(image)
    image.load()
    if image.mode.startswith("I"):  # 16 bits of grey; Pillow would cut off what is above 255
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    elif image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode not in ("L", "CMYK"):
        image = image.convert("RGB")
    return image.transpose(_TURNED[orientation]) if orientation in _TURNED else image


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # noqa: BLE001 - damaged Exif data may raise anything, and says nothing
        return 1


def _in_srgb(image: Image.Image) -> Image.Image:
    """In RGB, or RGBA when a part is transparent, without the profile."""
    profile = image.info.get("icc_profile")
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    plain = image.convert("RGB") if alpha is not None else image
    converted = _from_profile(plain, profile) if profile else plain.convert("RGB")
    if alpha is not None:
        converted.putalpha(alpha)
    converted.info = {}
    return converted


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
    if variant.form == "jpg" and image.mode != "RGB":
        image = image.convert("RGB")
    image.save(out, **_SETTINGS[variant.form, variant.flat])
    return out.getvalue()
