"""Metadata of picture files, taken out of them: the places, times, names and thumbnails of cameras and editors.

The picture itself stays as it is, byte for byte, with its colour profile and the side that is up.
"""

import re
import struct
from collections.abc import Callable, Iterator
from zlib import crc32


def without_private_data(data: bytes) -> bytes | None:
    """A JPEG, PNG, WebP or GIF file without its metadata, or None when it is damaged; any other file as it is."""
    for beginning, stripped in _FORMATS:
        if beginning.match(data):
            try:
                return b"".join(stripped(data))
            except (IndexError, ValueError, struct.error):
                return None
    return data


def _jpeg(data: bytes) -> Iterator[bytes]:
    """Segments (JPEG, section B.1) up to the end of the first picture: phones put a video or a depth map behind it."""
    yield data[:2]
    position = 2
    while position < len(data) and data[position : position + 2] != b"\xff\xd9":
        head, marker = data[position], data[position + 1]
        if head != 0xFF:
            raise ValueError
        if marker == 0xFF:
            position += 1
            continue
        end = position + 2 + _number(data[position + 2 : position + 4])
        if end > len(data):
            raise ValueError
        if marker == 0xDA:
            following = _NEXT_SEGMENT.search(data, end)
            end = following.start() if following else len(data)
        segment = data[position:end]
        if marker < 0xE0 or segment[4:].startswith((b"JFIF\0", b"ICC_PROFILE\0", b"Adobe")):
            yield segment
        elif segment[4:].startswith(b"Exif\0\0"):
            for kept in _orientation_only(segment[10:]):
                yield b"\xff\xe1" + struct.pack(">H", len(kept) + 8) + b"Exif\0\0" + kept
        position = end
    yield b"\xff\xd9"


_NEXT_SEGMENT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

_PNG_CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs acTL fcTL fdAT".split()
)


def _png(data: bytes) -> Iterator[bytes]:
    """Chunks (PNG, section 5.3)."""
    yield data[:8]
    position, kind = 8, b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            raise ValueError
        if kind in _PNG_CHUNKS:
            yield data[position:end]
        elif kind == b"eXIf":
            for kept in _orientation_only(data[position + 8 : end - 4]):
                yield struct.pack(">I", len(kept)) + kind + kept + struct.pack(">I", crc32(kind + kept))
        position = end


_WEBP_CHUNKS = frozenset((b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"))
_WEBP_EXIF, _WEBP_XMP = 0x08, 0x04


def _webp(data: bytes) -> Iterator[bytes]:
    """Chunks (RFC 9649, section 2); the header says which there are, and how long they are."""
    chunks: list[bytes] = []
    head = bytearray()
    position, end = 12, 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise ValueError
    while position + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, position)
        chunk = data[position : position + 8 + length + length % 2]
        if kind == b"VP8X":
            head = bytearray(chunk)
            head[8] &= ~(_WEBP_EXIF | _WEBP_XMP)
        elif kind in _WEBP_CHUNKS:
            chunks.append(chunk)
        elif kind == b"EXIF" and head:
            for kept in _orientation_only(chunk[8:].removeprefix(b"Exif\0\0")):
                head[8] |= _WEBP_EXIF
                chunks.append(struct.pack("<4sI", kind, len(kept)) + kept)
        position += len(chunk)
    body = bytes(head) + b"".join(chunks)
    yield b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _gif(data: bytes) -> Iterator[bytes]:
    """Blocks (GIF89a, section 12), without comments and what applications add but for how often a film is shown."""
    position = 13 + _color_table(data[10])
    yield data[:position]
    while (kind := data[position]) != 0x3B:
        if kind == 0x21:
            end = _after_blocks(data, position + 2)
            repeats = data[position + 3 : position + 14] in (b"NETSCAPE2.0", b"ANIMEXTS1.0")
            if data[position + 1] == 0xF9 or (data[position + 1] == 0xFF and repeats):
                yield data[position:end]
        elif kind == 0x2C:
            end = _after_blocks(data, position + 11 + _color_table(data[position + 9]))
            yield data[position:end]
        else:
            raise ValueError
        position = end
    yield b"\x3b"


def _color_table(flags: int) -> int:
    """The length of a colour table."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, position: int) -> int:
    while data[position]:
        position += 1 + data[position]
    return position + 1


_FORMATS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], Iterator[bytes]]], ...] = (
    (re.compile(rb"\xff\xd8\xff"), _jpeg),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), _png),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), _webp),
    (re.compile(rb"GIF8[79]a"), _gif),
)


def is_raster(data: bytes) -> bool:
    """Whether a file is one of those that this module knows."""
    return any(beginning.match(data) for beginning, _ in _FORMATS)


def _orientation_only(exif: bytes) -> Iterator[bytes]:
    """Exif data that says which side is up, and nothing else; none when the picture is upright."""
    order = "<" if exif[:2] == b"II" else ">"
    try:
        (offset,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, offset)
        entries = [struct.unpack_from(f"{order}HHIH", exif, offset + 2 + 12 * index) for index in range(count)]
    except struct.error:
        return
    for tag, _, _, value in entries:
        if tag == 0x0112 and 2 <= value <= 8:
            yield b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, tag, 3, 1, value, 0, 0)
            return


def _number(data: bytes) -> int:
    return int(struct.unpack(">H", data)[0])
