"""What is done with the HTML of content files: names are marked in it, search reads it, pages and feeds show it."""

from types import SimpleNamespace
from typing import cast

import pytest

from sitegen.build.pagefind import plain_text
from sitegen.i18n.typography import mark_names_in_html
from sitegen.preview.snapshot import Snapshot, mark
from sitegen.preview.toolbar import with_toolbar
from sitegen.render.left_out import NOTHING, without_drawings, without_nothing
from sitegen.site.document import parse
from tests.support.sites import SETTINGS, settings

from .growth import check_growth
from .test_blocks import WITH_HTML
from .test_texts import repeated

HTML = f"{SETTINGS}markdown: {{html: true}}\n"
WITH_NAMES = settings(f"{HTML}keep_together: [Tổ chức A]\n")

NAMED = {
    "elements without end": repeated("<svg>", "<div>\n"),
    "elements of all kinds without end": repeated("<pre><code><svg>", "<div>\n"),
    "tags without end": repeated("<", "<div>\n"),
    "elements whose tags have no end": repeated("<pre ", "<div>\n"),
    "elements in quotes": repeated("<pre '\"", "<div>\n"),
    "half a name": repeated("Tổ ", ""),
    "spaces in a name": repeated(" ", "Tổ", "."),
}
FOUND = {
    "a name of a tag without end": repeated("a", "<div>\n<"),
    "tags without end": repeated("<a ", "<div>\n"),
    "quotes in tags": repeated("<a '\"", "<div>\n"),
    "what is not read": repeated("<rt>", "<div>\n"),
    "what ends nothing": repeated("</rt>", "<div>\n"),
    "signs at the end of a block": repeated(".)", after="x"),
}
PARSED = {
    "pictures and spaces of any kind": repeated(",\u3000", '<div><img alt="" srcset="a', '"></div>'),
    "pictures and commas": repeated(",", '<div><img alt="" srcset="a', '\u3000"></div>'),
}


@pytest.mark.parametrize("name", NAMED)
def test_names_are_marked_in_proportion(name: str, thorough: bool) -> None:
    check_growth(NAMED[name], lambda text: parse("content/news/a.vi.md", text, WITH_NAMES), thorough=thorough)


@pytest.mark.parametrize("name", FOUND)
def test_search_reads_in_proportion(name: str, thorough: bool) -> None:
    def html(size: int) -> str:
        return parse("content/news/a.vi.md", FOUND[name](size), WITH_HTML)[1]

    check_growth(html, plain_text, thorough=thorough)


@pytest.mark.parametrize("name", PARSED)
def test_raw_html_is_read_in_proportion(name: str, thorough: bool) -> None:
    check_growth(PARSED[name], lambda text: parse("content/news/a.vi.md", text, WITH_HTML), thorough=thorough)


LEFT_OUT = {
    "figures of nothing without end": f"<figure>{NOTHING}",
    "pictures without end": "<img ",
    "pictures of nothing without end": f"<img{NOTHING} ",
    "links without end": "<a ",
    "links to nothing without end": f"<a{NOTHING}>",
    "links to nothing whose tags have no end": f"<a{NOTHING} ",
}


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_leads_nowhere_is_left_out_in_proportion(name: str, thorough: bool) -> None:
    check_growth(lambda size: LEFT_OUT[name] * (size // 5), without_nothing, thorough=thorough)


def test_drawings_are_left_out_in_proportion(thorough: bool) -> None:
    check_growth(lambda size: '<div class="chart-picture">' * (size // 27), without_drawings, thorough=thorough)


SNAPSHOT = cast(Snapshot, SimpleNamespace(number=1))


def test_previews_look_for_style_sheets_in_proportion(thorough: bool) -> None:
    check_growth(lambda size: b"<link " * (size // 6), lambda html: mark(SNAPSHOT, html), thorough=thorough)


def test_previews_look_for_redirects_in_proportion(thorough: bool) -> None:
    def page(size: int) -> bytes:
        return b"<meta " * (size // 6) + b'<meta http-equiv="refresh">'

    check_growth(page, lambda html: with_toolbar(html, "a.html", SNAPSHOT), thorough=thorough)


def test_thousands_of_names_are_marked_in_proportion(thorough: bool) -> None:
    def names(size: int) -> tuple[str, ...]:
        return tuple(f"Tổ chức {number}" for number in range(size // 16))

    check_growth(names, lambda known: mark_names_in_html(" ".join(known), known), thorough=thorough)
