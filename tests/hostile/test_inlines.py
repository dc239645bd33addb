"""What stands within a line: content files of one paragraph, parsed alone."""

from collections.abc import Callable, Mapping

import pytest

from sitegen.site.document import parse
from tests.support.sites import settings

from .growth import check_growth
from .test_texts import HEAD, repeated

CONFIG = settings()


def nested(start: str, end: str) -> Callable[[int], str]:
    return lambda size: repeated(start, after=end * (size // 2 // len(start)))(size // 2)


FAMILIES: Mapping[str, Callable[[int], str]] = {
    "apostrophes": repeated("a'a "),
    "apostrophes alone": repeated("'"),
    "quotes": repeated('"a" '),
    "quotes that open only": repeated('"a '),
    "quotes that open, and others that close": nested("'a ", ' a"'),
    "quotes behind links": repeated("[](a)", after="'a'"),
    "quotes in emphasis": repeated("*'a* "),
    "line breaks behind nothing": repeated("[](a)\n"),
    "line breaks of Japanese": repeated("環\n"),
    "ends of sentences": repeated("!", after="x"),
    "ends of Arabic sentences": repeated("؟", after="x"),
    "ends of all sentences": repeated("!…", after="x"),
    "closing quotes": repeated('!"', after="x"),
    "marks out of order": repeated("\u0301\u0316", before="a"),
    "marks that come apart": repeated("\u0f73"),
    "templates": repeated("{{ a }} "),
    "templates that do not end": repeated("{{ ", before="}} "),
    "templates in pictures": repeated("![{{ a }}](a.png)"),
    "tags": repeated("<b>"),
    "tags that do not end": repeated("<sub>"),
    "tags that do not begin": repeated("</sub>"),
    "comments that do not end": repeated("<!-- ", before="--> "),
    "comments in the text of a link": repeated("<!-- ", before="[", after="](a) -->"),
    "addresses that letters end": repeated("https://aか"),
    "addresses and punctuation": repeated("https://a.,;:!? "),
    "empty links": repeated("[]()"),
    "links with escaped marks": repeated("[a](b\\_c.md) "),
    "links with spaces": repeated("[a](b c.md) "),
    "links of spaces": repeated(" ", before="[a](b/c", after="d)"),
    "links to nowhere": repeated("[a](#b) "),
    "links to many places that are none": lambda size: HEAD + "".join(f"[a](#{n}) " for n in range(size // 13)),
    "links to few of many headings": lambda size: repeated("# a\n", "[a](#b) " * (size // 16) + "\n\n")(size // 2),
    "brackets": repeated("["),
    "brackets and parentheses": repeated("[a]("),
    "ends of links": nested("[", "](a)"),
    "pictures": repeated("!["),
    "emphasis": repeated("*"),
    "emphasis of all kinds": repeated("*_~~**__"),
    "emphasis that opens only": repeated("*a _b ~~c "),
    "emphasis that opens, and other that closes": nested("*a ", " a_"),
    "code of one length": repeated("` "),
    "entities": repeated("&amp"),
    "footnotes in the text": repeated("^["),
    "footnotes that do not end, behind links": repeated("[a](b)^["),
    "brackets behind links": repeated("[a](b)["),
    "references to footnotes": repeated("[^a", after="\n\n[^b]: c"),
    "ruby": repeated("{環|"),
    "attributes": repeated('`a`{a="'),
    "escapes": repeated("\\"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAMILIES)
def test_time_is_in_proportion(name: str, thorough: bool) -> None:
    check_growth(FAMILIES[name], lambda text: parse("content/news/a.vi.md", text, CONFIG), thorough=thorough)
