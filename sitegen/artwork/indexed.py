"""Pictures in indexed colour, and PNG of them: each pixel is the number of a colour in a palette (PNG, 4.4)."""

from struct import pack
from typing import NamedTuple
from zlib import crc32

from PIL import Image
from zlib_ng import zlib_ng


class Indexed(NamedTuple):
    """`indices`: numbers of colours, one a pixel; `palette`: red, green and blue of each."""

    indices: Image.Image
    palette: bytes

    def paste(self, other: "Indexed", place: tuple[int, int]) -> "Indexed":
        """With another picture in it, whose colours come behind its own."""
        count, indices = len(self.palette) // 3, self.indices.copy()
        indices.paste(other.indices.point([min(count + number, 255) for number in range(256)]), place)
        return Indexed(indices, self.palette + other.palette)


def reduced(picture: Image.Image, colors: int) -> Indexed:
    """A picture in so many colours at most, the best for it."""
    few = picture.convert("RGB").quantize(colors, Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    used = max(number for number, pixels in enumerate(few.histogram()) if pixels)
    return Indexed(Image.frombytes("L", few.size, few.tobytes()), bytes(few.getpalette() or ())[: 3 * (used + 1)])


def png(picture: Indexed) -> bytes:
    """A file. Its rows are not filtered, which would not help (PNG, 12.7); zlib-ng makes them as small as zlib does at
    its best, and in a third of the time that zlib takes by default."""
    width, height = picture.indices.size
    rows = Image.new("L", (1 + width, height), _NO_FILTER)
    rows.paste(picture.indices, (1, 0))
    header = pack(">IIBBBBB", width, height, _DEPTH, _INDEXED, 0, 0, 0)
    data = zlib_ng.compress(rows.tobytes(), _LEVEL)
    chunks = ((b"IHDR", header), (b"PLTE", picture.palette), (b"IDAT", data), (b"IEND", b""))
    return _SIGNATURE + b"".join(
        pack(">I", len(content)) + name + content + pack(">I", crc32(name + content)) for name, content in chunks
    )


_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_DEPTH, _INDEXED, _NO_FILTER = 8, 3, 0
_LEVEL = 5
