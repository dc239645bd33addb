"""Pictures: drawings and photographs."""

import struct
import zlib
from collections.abc import Callable, Mapping

import pytest
from PIL import Image

from sitegen.images import codecs
from sitegen.images.metadata import without_private_data
from sitegen.images.svg import read_svg
from tests.support import photos

from .growth import check_growth

ROOT = b'<svg xmlns="http://www.w3.org/2000/svg">'


def svg(fragment: str, before: str = "", after: str = "") -> Callable[[int], bytes]:
    """Drawings that repeat a fragment."""
    return lambda size: ROOT + f"{before}{fragment * (size // len(fragment))}{after}</svg>".encode()


def numbered(fragment: str, before: str = "", after: str = "") -> Callable[[int], bytes]:
    """The same, with a number in each."""

    def make(size: int) -> bytes:
        numbers = range(size // (len(fragment) + 4))
        return ROOT + f"{before}{''.join(fragment.format(number) for number in numbers)}{after}</svg>".encode()

    return make


DRAWINGS: Mapping[str, Callable[[int], bytes]] = {
    "elements": svg('<path d="M0 0" fill="url(#a)" transform="translate(1,2)"/>'),
    "depth": svg("<g>"),
    "attributes": numbered(' a{0}="1"', "<g", "/>"),
    "unsafe attributes": numbered(' on{0}="1"', "<g", "/>"),
    "unsafe elements": svg("<script/>\n"),
    "instructions": svg("<?a?>"),
    "one attribute": svg("a(", '<g style="', '"/>'),
    "url and spaces": svg(" ", "<style>a{b:url(", "</style>"),
    "url and url": svg("url( ", "<style>a{b:", "</style>"),
    "url and spaces in an attribute": svg(" ", '<g fill="url(', '"/>'),
    "addresses": svg("url(#a)", '<g fill="', '"/>'),
    "beginnings of comments": svg("/*", "<style>@media{", "</style>"),
    "comments": svg("/**/", "<style>@media{", "</style>"),
    "unclosed quotes": svg("'\n", "<style>@media{", "</style>"),
    "backslashes": svg("\\", "<style>@media{", "</style>"),
    "escapes": svg("\\61 ", "<style>@media{", "</style>"),
    "digits": svg("1", "<style>@media{", "</style>"),
    "brackets": svg("[", "<style>@media{", "</style>"),
    "hyphens": svg("-", "<style>@media{", "</style>"),
    "rules": svg("a{b:c}", "<style>@media{", "}</style>"),
    "style sheets": svg("<style>@media{a{b:c}}</style>"),
    "pieces": svg("&lt;", "<style>@media{", "}</style>"),
    "unsafe styles": svg("a{b:url(c)}\n", "<style>", "</style>"),
    "elements in a style": svg("<g/>", "<style>", "</style>"),
    "digits of a size": lambda size: ROOT.replace(b">", f' width="{"9" * size}" height="9"/>'.encode()),
    "numbers of a box": lambda size: ROOT.replace(b">", f' viewBox="{"9 " * (size // 2)}"/>'.encode()),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_time_to_read_a_drawing(name: str, thorough: bool) -> None:
    check_growth(DRAWINGS[name], lambda data: read_svg(data, "a.svg"), thorough=thorough)


JPEG, PNG, WEBP, GIF = (photos.saved(Image.new("RGB", (9, 9)), form) for form in ("JPEG", "PNG", "WEBP", "GIF"))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def inserted(picture: bytes, at: int, part: bytes) -> Callable[[int], bytes]:
    """Files with a part again and again."""
    return lambda size: picture[:at] + part * (size // len(part)) + picture[at:]


PHOTOGRAPHS: Mapping[str, Callable[[int], bytes]] = {
    "segments": inserted(JPEG, 2, b"\xff\xe5\0\3x"),
    "profiles": inserted(JPEG, 2, b"\xff\xe2\0\x11ICC_PROFILE\0\1\1a"),
    "Exif": inserted(JPEG, 2, b"\xff\xe1\0\x1aExif\0\0II*\0\x08\0\0\0\1\0\x69\x87\4\0\1"),
    "filling": inserted(JPEG, 2, b"\xff"),
    "behind the end": inserted(JPEG, len(JPEG), b"\xff\0"),
    "chunks": inserted(PNG, 33, chunk(b"tEXt", b"a\0b")),
    "packed texts": inserted(PNG, 33, chunk(b"zTXt", b"a\0\0" + zlib.compress(b"a" * 1000))),
    "empty chunks": inserted(WEBP, len(WEBP), b"XXXX\0\0\0\0"),
    "blocks": inserted(GIF, len(GIF) - 1, b"\x21\xfe\1a\0"),
}


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_time_to_look_at_a_picture(name: str, thorough: bool) -> None:
    def work(data: bytes) -> None:
        codecs.look(data, "a")
        without_private_data(data)

    check_growth(PHOTOGRAPHS[name], work, thorough=thorough)
