"""Type in a browser: sizes, line heights and lengths by language, room for larger text, marks and names kept whole."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.conftest import Hosted
from tests.support.browser import Reader
from tests.support.matrix import KINDS, LANGUAGES, Visit, visits

pytestmark = pytest.mark.browser

LEAST_LINE_HEIGHT = {"vi": 1.6, "ja": 1.7, "en": 1.5}
RUNNING = "p, dd, figcaption, blockquote, .prose li"

SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-block-end: 2em !important }"""

CUT = """() => [...document.querySelectorAll('body *')].filter(e => {
    const style = getComputedStyle(e), box = e.getBoundingClientRect();
    if (e.closest('.unseen, .skip, svg, details:not([open])') || !box.width || style.clipPath !== 'none') return false;
    const clips = /hidden|clip/.test(style.overflowX + style.overflowY);
    return (clips && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)) ||
        (box.right > innerWidth + 1 && !e.closest('.table-scroll, pre')) || box.left < -1;
}).map(e => e.outerHTML.slice(0, 80))"""

LINES = """selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility() && e.innerText.trim())
    .map(e => {
        const style = getComputedStyle(e);
        const ruler = document.createElement('span');
        ruler.textContent = '0';
        e.append(ruler);
        const zero = ruler.getBoundingClientRect().width;
        ruler.remove();
        return {text: e.innerText.slice(0, 40), lang: e.closest('[lang]').lang, zero,
                size: parseFloat(style.fontSize), height: parseFloat(style.lineHeight),
                width: e.clientWidth - parseFloat(style.paddingInlineStart)};
    })"""


def sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


@pytest.mark.parametrize("visit", visits(widths=(320,), schemes=("light",)))
def test_nothing_goes_sideways_on_the_smallest_screen(reader: Reader, hosted: Hosted, visit: Visit) -> None:
    page = reader.open(f"{hosted.address}/{visit.path}", visit.width)
    assert not sideways(page)
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("visit", visits(schemes=("light",), turn=1, kinds_only=True))
def test_text_may_be_spaced_out(reader: Reader, hosted: Hosted, visit: Visit) -> None:
    """WCAG 2.2, 1.4.12; the policy lets nobody but the browser itself bring styles in, as readers' own are."""
    page = reader.open(f"{hosted.address}/{visit.path}", visit.width, bypass_csp=True)
    page.add_style_tag(content=SPACED)
    assert not sideways(page)
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("visit", visits(schemes=("light",), turn=2, kinds_only=True))
def test_text_may_be_twice_as_large(reader: Reader, hosted: Hosted, visit: Visit) -> None:
    page = reader.open(f"{hosted.address}/{visit.path}", visit.width, bypass_csp=True)
    page.add_style_tag(content="html { font-size: 212.5% !important }")
    assert not sideways(page)
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("visit", visits(schemes=("light",), kinds_only=True))
def test_sizes_line_heights_and_line_lengths(reader: Reader, hosted: Hosted, visit: Visit) -> None:
    page = reader.open(f"{hosted.address}/{visit.path}", visit.width)
    for block in page.evaluate(LINES, RUNNING):
        assert block["height"] / block["size"] >= LEAST_LINE_HEIGHT[block["lang"]] - 0.001, block
        assert (block["width"] - 1) / block["size"] <= 40, block
        if block["lang"] != "ja":
            assert (block["width"] - 1) / block["zero"] <= 75, block
    for block in page.evaluate(LINES, "h1, h2, h3, h4"):
        assert block["height"] / block["size"] >= 1.3, block
    if visit.width >= 768:
        assert all(block["size"] >= 17 for block in page.evaluate(LINES, ".prose > p, .lead-summary, .entry-summary"))
    assert page.locator("body *").evaluate_all(
        "all => all.filter(e => getComputedStyle(e).textTransform !== 'none').map(e => e.outerHTML)"
    ) == []  # fmt: skip


@pytest.mark.parametrize("kind", ["home", "article", "tags"])
def test_japanese_is_set_as_japanese(reader: Reader, hosted: Hosted, kind: str) -> None:
    page = reader.open(f"{hosted.address}/{KINDS[kind]['ja']}")
    found = page.evaluate(
        """() => [...document.querySelectorAll('main *:lang(ja)')].map(e => getComputedStyle(e)).map(style =>
        [style.lineBreak, style.fontStyle, style.textAutospace, style.fontFeatureSettings])"""
    )
    assert {tuple(style) for style in found} <= {
        ("strict", "normal", "normal", "normal"),
        ("strict", "normal", "no-autospace", "normal"),
    }
    headings = page.locator("h1, h2, h3").evaluate_all("all => all.map(e => getComputedStyle(e).wordBreak)")
    assert set(headings) == {"auto-phrase"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_stress_is_shown_without_italics_in_japanese_alone(reader: Reader, hosted: Hosted, lang: str) -> None:
    page = reader.open(f"{hosted.address}/{KINDS['article'][lang]}")
    page.evaluate("document.querySelector('.prose p').innerHTML = 'a <em>b</em> <cite>c</cite> <strong>d</strong>'")
    style = "e => [getComputedStyle(e).fontStyle, getComputedStyle(e).textEmphasisStyle]"
    assert page.locator(".prose p em").first.evaluate(style) == (
        ["normal", "dot"] if lang == "ja" else ["italic", "none"]
    )
    assert page.locator(".prose p cite").evaluate(style)[0] == ("normal" if lang == "ja" else "italic")
    assert page.locator(".prose p strong").first.evaluate("e => getComputedStyle(e).fontWeight") == "700"


def fonts(page: Page, text: str) -> set[str]:
    """The fonts that a text is really drawn with, as the browser's own tools say."""
    tools: Any = page.context.new_cdp_session(page)
    tools.send("DOM.enable")
    tools.send("CSS.enable")
    page.evaluate(
        """text => { const e = document.createElement('p'); e.id = 'probe'; e.textContent = text;
        document.querySelector('main').append(e);
        return new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn))); }""", text
    )  # fmt: skip
    root = tools.send("DOM.getDocument")["root"]["nodeId"]
    node = tools.send("DOM.querySelector", {"nodeId": root, "selector": "#probe"})["nodeId"]
    used = {font["familyName"] for font in tools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]}
    page.evaluate("document.getElementById('probe').remove()")
    tools.detach()
    return used


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_vietnamese_letters_come_from_one_font(reader: Reader, hosted: Hosted, lang: str) -> None:
    page = reader.open(f"{hosted.address}/{KINDS['article'][lang]}")
    plain = fonts(page, "Ao e o U")
    assert len(plain) == 1
    assert fonts(page, "Ẳ ễ ợ Ữ ắ ị Đ ơ ư") == plain


def test_japanese_and_vietnamese_come_from_fonts_of_their_own(reader: Reader, hosted: Hosted) -> None:
    page = reader.open(f"{hosted.address}/{KINDS['article']['ja']}")
    (japanese,) = fonts(page, "環境協力のための覚書")
    assert "JP" in japanese
    family = "e => getComputedStyle(e).fontFamily"
    assert page.locator("nav.languages a[lang=vi]").evaluate(family) != page.locator("body").evaluate(family)


@pytest.mark.parametrize("visit", visits(schemes=("light",), turn=1, kinds_only=True))
def test_names_do_not_break_across_lines(reader: Reader, hosted: Hosted, visit: Visit) -> None:
    page = reader.open(f"{hosted.address}/{visit.path}", visit.width)
    broken = """() => [...document.querySelectorAll('.name')].filter(e => e.checkVisibility()).filter(e =>
        new Set([...e.getClientRects()].map(box => box.top)).size > 1).map(e => e.textContent)"""
    assert page.evaluate(broken) == []
    assert page.evaluate("getComputedStyle(document.body).hyphens") in ("none", "manual")
    assert "\u00a0" not in page.title()


def test_names_are_found_where_they_stand(reader: Reader, hosted: Hosted) -> None:
    page = reader.open(f"{hosted.address}/vi/", 360)
    assert page.locator(".brand .name").all_inner_texts() == ["Việt Nam", "Nhật Bản"]
    assert "Việt Nam" in page.locator(".lead-title .name").all_inner_texts()
