"""Addresses that would run or load something, in any spelling, wherever one may write an address: no page has them, and
their authors are told."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from pathlib import Path

import pytest

from sitegen.config.addresses import SCHEMES, is_usable, read_link, scheme_of
from sitegen.problems import SiteError, errors
from sitegen.site.document import parse
from tests.support.sites import SETTINGS, article, make, settings

from .growth import check_growth
from .test_texts import repeated

pytestmark = pytest.mark.usefixtures("plain_theme")

ONE_LANGUAGE = "title: A\nbase_url: https://example.org/\nlanguages: {vi: {}}\nshare_cards: false\n"

REFUSED = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " \x01javascript:alert(1)",
    "java\nscript:alert(1)",
    "java\tscript\r:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "javascript&#x3A;alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A&#x61;vascript:alert(1)",
    "java&Tab;script:alert(1)",
    "java&NewLine;script:alert(1)",
    "javascript%3Aalert(1)",
    "%6Aavascript:alert(1)",
    "\uff4a\uff41\uff56\uff41\uff53\uff43\uff52\uff49\uff50\uff54:alert(1)",
    "java\u200bscript:alert(1)",
    "javascript\uff1aalert(1)",
    "javascript://example.org/%0aalert(1)",
    "vbscript:msgbox(1)",
    "livescript:x",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "data:;base64,AA==",
    "file:///etc/passwd",
    "blob:https://example.org/x",
    "filesystem:https://example.org/x",
    "view-source:https://example.org/",
    "about:blank",
    "ms-word:ofe|u|https://example.org/a.docx",
    "search-ms:query=x",
    "intent://example.org/#Intent;scheme=https;end",
    "jar:https://example.org/a!/b",
    "feed:javascript:alert(1)",
    "ftp://example.org/a",
    "http:example.org",
    "https:///example.org",
    "\\\\example.org\\a",
)

IN_MARKDOWN: Mapping[str, str] = {
    "link": "[a]({})",
    "link in brackets": "[a](<{}>)",
    "picture": "![a]({})",
    "reference": "[a][b]\n\n[b]: <{}>",
    "picture by reference": "![a][b]\n\n[b]: {} 'c'",
    "autolink": "<{}>",
    "picture that is a link": "[![a](https://example.org/a.png)]({})",
    "heading": "## [a]({})",
    "table": "| [a]({}) | b |\n|---|---|\n| c | d |",
    "definition": "a\n: [b]({})",
    "title of a container": "::: note [a]({})\nb\n:::",
    "timeline": "::: timeline\n- 2024: [a]({})\n:::",
    "footnote": "a[^1]\n\n[^1]: [b]({})",
}
IN_HTML: Mapping[str, str] = {
    "link": '<a href="{}">a</a>',
    "link in single quotes": "<a HREF = '{}'>a</a>",
    "link in another language": '<a hreflang="en" href="{}">a</a>',
    "picture": '<img alt="" src="{}">',
    "pictures": '<img alt="" src="/x.png" srcset="{} 2x">',
    "frame": '<iframe src="{}"></iframe>',
    "object": '<object data="{}"></object>',
    "form": '<form action="{}"><button formaction="{}">a</button></form>',
    "quotation": '<blockquote cite="{}"><p>a</p></blockquote>',
    "video": '<video poster="{}" src="/a.mp4"></video>',
    "table": '<table background="{}"><tr><td>a</td></tr></table>',
    "drawing": '<svg><a xlink:href="{}"><text>a</text></a><use href="{}"/></svg>',
    "base": '<base href="{}">',
    "link in a paragraph": 'a <a ping="{}" href="/vi/">a</a>',
}
_VALUE = re.compile(
    r"""\s(?:xlink:)?(?:href|src|srcset|data|action|formaction|cite|poster|background|ping)=("[^"]*"|'[^']*')"""
)


def addresses(page: str) -> Iterator[str]:
    """All that a page leads to, runs or loads, as browsers read it."""
    return (unescape(found[1][1:-1]) for found in _VALUE.finditer(page.replace("\0", "")))


def is_safe(address: str) -> bool:
    seen = re.sub(r"[\t\n\r]", "", address).lstrip("".join(map(chr, range(33))))
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", seen)
    return scheme is None or scheme[0].lower() in ("http:", "https:", "mailto:", "tel:")


@pytest.mark.parametrize("address", REFUSED)
def test_no_text_leads_there(memory: Path, address: str) -> None:
    files = {}
    for number, (name, written) in enumerate((*IN_MARKDOWN.items(), *IN_HTML.items())):
        shown = address.replace("\n", "&#10;").replace("\x01", "&#1;") if name in IN_HTML else address
        files[f"content/news/a{number}.vi.md"] = article(name, f"a\n\n{written.replace('{}', shown)}\n\nb")
    files["site.yaml"] = f"{ONE_LANGUAGE}markdown: {{html: true}}\n"
    made = make(memory, files, keep_going=True)
    pages = {path: data.decode() for path, data in made.files.items() if path.endswith((".html", ".xml"))}
    assert [(path, found) for path, page in pages.items() for found in addresses(page) if not is_safe(found)] == []
    told = {found.place.path for found in made.build.problems}
    assert {"content/news/a0.vi.md", "content/news/a2.vi.md"} <= told or re.search(r"\s|\\", address)


@pytest.mark.parametrize("address", REFUSED)
def test_no_link_of_settings_leads_there(address: str) -> None:
    assert read_link(address, "https://example.vn/") is None
    assert read_link(unescape(address), "https://example.vn/") is None


@pytest.mark.parametrize("address", REFUSED[::6])
def test_no_setting_leads_there(memory: Path, address: str) -> None:
    link = json.dumps(address)
    for name, files in {
        "menu": {"site.yaml": f"{ONE_LANGUAGE}menu: [{{title: a, url: {link}}}]\n"},
        "menu by language": {"site.yaml": f"{ONE_LANGUAGE}footer_menu: [{{title: a, url: {{vi: {link}}}}}]\n"},
        "source": {
            "content/sources.yaml": f"s: {{name: a, link: {link}}}\n",
            "content/a.vi.md": article("a", source="s"),
        },
        "address": {"site.yaml": ONE_LANGUAGE.replace("https://example.org/", link)},
        "picture": {"content/a.vi.md": article("a", image={"src": address, "alt": "a"})},
        "attachment": {"content/a.vi.md": article("a", attachments=[{"src": address}])},
        "logo": {"site.yaml": f"{ONE_LANGUAGE}theme: {{logo: {link}}}\n"},
    }.items():
        with pytest.raises(SiteError) as told:
            make(memory / name, files)
        assert errors(told.value.problems), name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_links_may_do(scheme: str) -> None:
    address = f"{scheme.upper()}://example.org" if scheme.startswith("http") else f"{scheme}:1"
    assert is_usable(address)
    assert scheme_of(f"\t{address}") == scheme
    assert read_link(address, "https://example.vn/")


FAMILIES: Mapping[str, Callable[[int], str]] = {
    "autolinks": repeated("<javascript:a> "),
    "autolinks of no scheme": repeated("<a:b> "),
    "autolinks without end": repeated("<javascript:"),
    "autolinks that say markers": repeated("<https://example.org/%000%00> "),
    "links": repeated("[a](javascript:b) "),
    "links on lines of their own": repeated("[a](javascript:b)\n\n"),
    "pictures": repeated("![a](data:b) "),
    "tags": repeated("<a href='javascript:x'>a</a>\n"),
    "attributes": repeated("href=javascript:x ", "<p>\n<b ", ">"),
    "entities": repeated("&#0", "<a href='", "'>"),
    "pictures of a set": repeated("data:a, ", "<img alt='' srcset='", "'>"),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_time_is_in_proportion(name: str, thorough: bool) -> None:
    config = settings(f"{SETTINGS}markdown: {{html: {str(name in _RAW).lower()}}}\n")
    check_growth(
        FAMILIES[name], lambda text: parse("content/news/a.vi.md", text, config), thorough=thorough, largest=1 << 17
    )


_RAW = ("tags", "attributes", "entities", "pictures of a set")
