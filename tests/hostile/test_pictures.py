"""Pictures: SVG."""

from collections.abc import Callable, Mapping

import pytest

from sitegen.images.svg import read_svg

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
