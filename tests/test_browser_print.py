"""Pages on paper: A4, black on white, nothing to click, addresses where links lead out of the site."""

from pathlib import Path

import pypdfium2
import pytest

from tests.conftest import Hosted
from tests.support.browser import Reader, serve
from tests.support.full import in_full
from tests.support.matrix import ADDRESSES, KINDS
from tests.support.sites import article, make

pytestmark = pytest.mark.browser

A4 = (595, 842)

OFFENDERS = """() => [...document.querySelectorAll('body *')].filter(e => e.checkVisibility() && !e.closest('svg'))
    .map(e => [e, getComputedStyle(e)])
    .filter(([e, style]) => e.matches('nav, .skip, .to-search, .pager, summary') ||
        (e.innerText && !/^rgb\\((0, 0, 0|51, 51, 51)\\)$/.test(style.color)) ||
        !/^(rgba\\(0, 0, 0, 0\\)|rgb\\(255, 255, 255\\))$/.test(style.backgroundColor))
    .map(([e]) => e.outerHTML.slice(0, 90))"""


@pytest.mark.parametrize("scheme", ["dark", in_full("light")])
@pytest.mark.parametrize(
    "path", [path for kind, _, path in ADDRESSES if kind in ("home", "article", "tag", "timeline")]
)
def test_black_on_white_and_nothing_to_click(reader: Reader, hosted: Hosted, path: str, scheme: str) -> None:
    page = reader.open(f"{hosted.address}/{path}", scheme="dark" if scheme == "dark" else "light")
    page.emulate_media(media="print")
    assert page.evaluate(OFFENDERS) == []
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_an_article_on_paper(reader: Reader, hosted: Hosted, lang: str) -> None:
    page = reader.open(f"{hosted.address}/{KINDS['article'][lang]}")
    printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert len(printed) <= 3
    assert [tuple(map(round, leaf.get_size())) for leaf in printed] == [A4] * len(printed)
    text = "".join(leaf.get_textpage().get_text_bounded() for leaf in printed)
    assert f"{hosted.address}/{KINDS['article'][lang]}" in "".join(text.split())
    printed.close()


def test_text_has_the_room_of_a_drawing_that_is_not_printed(reader: Reader, tmp_path: Path) -> None:
    files = {
        f"content/news/{name}.vi.md": article(name, "Text. " * 60, f"0{n}/10/2024") for n, name in enumerate("ab", 1)
    }
    make(tmp_path, files)
    (tmp_path / "site").symlink_to("output")
    with serve(tmp_path) as address:
        page = reader.open(f"{address}/site/vi/", 1000)
        page.emulate_media(media="print")
        assert page.locator("main img").evaluate_all("all => all.filter(e => e.checkVisibility()).length") == 0
        widths = "all => all.map(e => e.clientWidth / e.parentElement.clientWidth)"
        assert page.locator(".entry-text, .lead-text").evaluate_all(widths) == [1, 1]


def test_addresses_stand_after_links_that_lead_outside(reader: Reader, tmp_path: Path) -> None:
    body = "[ngoài](https://example.net/a) và [trong](/vi/tags/) và [bài](b.md)"
    make(tmp_path, {"content/news/a.vi.md": article("A", body), "content/news/b.vi.md": article("B")})
    with serve(tmp_path) as address:
        (tmp_path / "site").symlink_to("output")
        page = reader.open(f"{address}/site/vi/news/a/")
        page.emulate_media(media="print")
        after = page.locator(".prose a").evaluate_all("all => all.map(e => getComputedStyle(e, '::after').content)")
        assert after[0] == '" <https://example.net/a>"'
        assert after[1:] == ["none", "none"]
