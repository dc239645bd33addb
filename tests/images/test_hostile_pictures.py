"""Pictures that somebody has made to do harm: each is shown, or an error; none fills the memory."""

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO

import pytest
from PIL import Image

from sitegen.config.pictures import PictureSettings
from sitegen.images import codecs
from sitegen.images.metadata import without_private_data
from sitegen.images.variants import Picture, variants
from tests.support import photos

SMALL = Image.new("RGB", (64, 48), "red")
JPEG, PNG, WEBP = (photos.saved(SMALL, form) for form in ("JPEG", "PNG", "WEBP"))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, extra: bytes = b"") -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(min(width * height * 4, 10_000))))
    return b"\x89PNG\r\n\x1a\n" + head + extra + data + chunk(b"IEND", b"")


def segment(marker: int, data: bytes) -> bytes:
    return JPEG[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data + JPEG[2:]


def moving(form: str) -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (8, 8), (number % 256, number // 256, 0)) for number in range(1_000)]
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=10)
    return out.getvalue()


PACKED = zlib.compress(bytes(200_000_000), 9)
EXIF_LOOP = b"Exif\0\0II*\0\x08\0\0\0" + b"\1\0" + struct.pack("<HHII", 0x8769, 4, 1, 8) + b"\x08\0\0\0"

PICTURES: Mapping[str, tuple[bytes, str]] = {
    "of no size": (png(0, 0), "broken-picture"),
    "of a size that is not there": (png(30_000, 30_000), "picture-too-large"),
    "of the largest size": (png(2**31 - 1, 2**31 - 1), "picture-too-large"),
    "a JPEG of that kind": (
        JPEG.replace(struct.pack(">HH", 48, 64), struct.pack(">HH", 65_500, 65_500)),
        "picture-too-large",
    ),
    "a GIF of that kind": (
        b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\1\0\1\0\0\2\2L\1\0;",
        "picture-too-large",
    ),
    "a text that unpacks to 200 MB": (png(8, 8, chunk(b"zTXt", b"a\0\0" + PACKED)), "broken-picture"),
    "a profile that does": (png(8, 8, chunk(b"iCCP", b"a\0\0" + PACKED)), "broken-picture"),
    "a text of today": (png(8, 8, chunk(b"iTXt", b"a\0\1\0\0\0" + PACKED)), "broken-picture"),
    "Exif that leads to itself": (segment(0xE1, EXIF_LOOP), "still"),
    "Exif of anything": (segment(0xE1, b"Exif\0\0" + bytes(range(256)) * 200), "still"),
    "an orientation that is a text": (
        segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\1\0" + struct.pack("<HHI4s", 0x112, 2, 4, b"abcd") + bytes(4)),
        "still",
    ),
    "a profile of anything": (photos.saved(SMALL, "JPEG", icc_profile=b"garbage" * 100), "still"),
    "an index of pictures of anything": (segment(0xE2, b"MPF\0II*\0\x08\0\0\0" + b"\xff" * 2_000), "still"),
    "with a film behind it": (JPEG + bytes(20_000_000), "still"),
    "nothing but a beginning": (b"\xff\xd8\xff", "broken-picture"),
    "nothing but filling": (b"\xff\xd8" + b"\xff" * 100_000, "broken-picture"),
    "cut short": (WEBP[:-10], "broken-picture"),
    "longer than it is": (WEBP[:4] + b"\xff" * 4 + WEBP[8:], "broken-picture"),
    "without its picture": (b"RIFF" + struct.pack("<I", 12) + b"WEBPVP8X\0\0\0\0", "broken-picture"),
    "a palette that is cut short": (
        photos.saved(SMALL.convert("P"), "PNG").replace(b"IDAT", b"IDAX"),
        "broken-picture",
    ),
    "in print colours": (photos.saved(SMALL.convert("CMYK"), "JPEG"), "still"),
    "in 16 bits": (photos.saved(Image.new("I;16", (9, 9), 30_000), "PNG"), "still"),
    "a GIF of 1,000 frames": (moving("GIF"), "moving"),
    "a PNG of 1,000 frames": (moving("PNG"), "moving"),
    "a WebP of 1,000 frames": (moving("WEBP"), "moving"),
    "Photoshop": (b"8BPS\0\1" + bytes(100), "unknown-picture"),
    "PostScript, which would be run": (photos.saved(SMALL, "EPS"), "unknown-picture"),
    "TIFF": (photos.saved(SMALL, "TIFF"), "unknown-picture"),
    "an icon": (photos.saved(SMALL, "ICO"), "unknown-picture"),
    "nothing": (b"", "unknown-picture"),
}


@pytest.mark.parametrize(("data", "expected"), PICTURES.values(), ids=PICTURES)
def test_is_shown_or_an_error(data: bytes, expected: str) -> None:
    seen = codecs.look(data, "a.png")
    assert (seen.kind if isinstance(seen, Picture) else seen.code) == expected
    if isinstance(seen, Picture):
        assert all(codecs.encode([*variants(seen, PictureSettings())], data))
    without_private_data(data)
    codecs.size(data)
