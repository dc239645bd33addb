"""Small pictures as cameras, phones and editors save them."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, ImageCms, ImageFilter
from PIL.PngImagePlugin import PngInfo

SECRETS = (b"CAMERA-MAKER", b"XMP-PLACE", b"A-COMMENT", b"THUMBNAIL", b"GPSLatitude", b"HIDDEN-VIDEO")


def scene(width: int = 48, height: int = 32) -> Image.Image:
    """Many colours, as of a photograph: red at the left, blue at the right, brighter towards the top."""
    image = Image.new("RGB", (width, height))
    noise = zlib.crc32
    for x in range(width):
        for y in range(height):
            grain = noise(bytes((x % 256, y % 256))) % 16
            light = 240 - 120 * y // height
            image.putpixel((x, y), (light - light * x // width, grain * 4, light * x // width + grain))
    return image.filter(ImageFilter.BoxBlur(1))


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> bytes:
    """What a phone notes down: who made it, where it was, and which side is up."""
    notes = Image.Exif()
    notes[ExifTags.Base.Make] = "CAMERA-MAKER"
    notes[ExifTags.Base.Orientation] = orientation
    place = notes.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitude] = (21.0, 1.0, 41.0)
    place[ExifTags.GPS.GPSAreaInformation] = b"GPSLatitude"
    return notes.tobytes()


def photo(orientation: int = 1, image: Image.Image | None = None) -> bytes:
    """A JPEG as phones make them, with a video behind the picture."""
    data = saved(
        image or scene(), "JPEG", quality=95, exif=exif(orientation), comment=b"A-COMMENT", xmp=b"<x>XMP-PLACE</x>",
        icc_profile=profile(),
    )  # fmt: skip
    notes = b"\xff\xed" + struct.pack(">H", 11) + b"THUMBNAIL"
    return data[:2] + notes + data[2:] + b"HIDDEN-VIDEO"


def screenshot(orientation: int = 1, image: Image.Image | None = None) -> bytes:
    notes = PngInfo()
    notes.add_itxt("XML:com.adobe.xmp", "XMP-PLACE")
    notes.add_text("Comment", "A-COMMENT")
    return saved(image or scene(), "PNG", pnginfo=notes, exif=exif(orientation)) + b"HIDDEN-VIDEO"


def webp(orientation: int = 1, image: Image.Image | None = None) -> bytes:
    return saved(image or scene(), "WEBP", lossless=True, exif=exif(orientation), xmp=b"XMP-PLACE")


def film(form: str, frames: int = 3, width: int = 48, **options: Any) -> bytes:
    """A picture that moves."""
    shown = [Image.new("RGB", (width, 24), (80 * index, 40, 120)) for index in range(frames)]
    return saved(shown[0], form, save_all=True, append_images=shown[1:], duration=100, loop=0, **options)


def profile() -> bytes:
    """A colour space in which red and green have changed places, so that it shows whether it was heeded."""
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    swapped[24:36] = bytes(12)  # the time at which it was made (ICC.1, section 7.2)
    red, green = swapped.index(b"rXYZ"), swapped.index(b"gXYZ")
    swapped[red : red + 4], swapped[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(swapped)


def grey16(values: list[int]) -> bytes:
    """A PNG with 16 bits of grey for each pixel, in one row."""
    rows = b"\0" + b"".join(struct.pack(">H", value) for value in values)
    return _png(len(values), 1, 16, 0, zlib.compress(rows))


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG that says it is large; there is nothing in it."""
    return _png(width, height, 8, 2, zlib.compress(b""))


def _png(width: int, height: int, bits: int, colour: int, data: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + chunks
