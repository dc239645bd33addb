"""Pages without a mouse: where Tab goes, what it shows, how large things are for a finger."""

from typing import Any

import pytest
from playwright.sync_api import Page

from sitegen.config.theme import contrast
from tests.conftest import Hosted
from tests.support.browser import Reader
from tests.support.matrix import KINDS, LANGUAGES, Visit, visits

pytestmark = pytest.mark.browser

FOCUSED = """() => {
    const e = document.activeElement, style = getComputedStyle(e), box = e.getClientRects()[0];
    let ground = e.parentElement;
    while (ground.parentElement && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)')
        ground = ground.parentElement;
    const x = box.x + box.width / 2, y = box.y + box.height / 2, top = document.elementFromPoint(x, y);
    return {html: e.outerHTML.slice(0, 90), outline: style.outlineStyle, width: parseFloat(style.outlineWidth),
            color: style.outlineColor, ground: getComputedStyle(ground).backgroundColor, x: box.x, y: box.y,
            seen: top !== null && (e === top || e.contains(top) || top.contains(e)), body: e === document.body};
}"""

SMALL = """least => [...document.querySelectorAll('a, button, input, summary')].filter(e => {
    const box = e.getBoundingClientRect();
    const inText = getComputedStyle(e).display === 'inline' && e.closest('p, li, dd, figcaption, td');
    return e.checkVisibility() && !e.closest('.skip') && !inText && (box.width < least || box.height < least);
}).map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect().width, e.getBoundingClientRect().height])"""


def stops(page: Page) -> list[dict[str, Any]]:
    """All that Tab stops at, in its order."""
    found: list[dict[str, Any]] = []
    for _ in range(200):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["body"]:
            return found
        found.append(focused)
    raise AssertionError("Tab finds no end")


def hexadecimal(color: str) -> str:
    parts = color.removeprefix("rgb(").removesuffix(")").split(", ")
    return "#" + "".join(f"{int(part):02x}" for part in parts)


@pytest.mark.parametrize("visit", visits(turn=3, kinds_only=True))
def test_every_stop_is_outlined_and_in_sight(reader: Reader, hosted: Hosted, visit: Visit) -> None:
    page = reader.open(f"{hosted.address}/{visit.path}", visit.width, visit.scheme)
    found = stops(page)
    assert len(found) >= 4
    for stop in found:
        assert stop["outline"] == "solid", stop
        assert stop["width"] >= 2, stop
        assert contrast(hexadecimal(stop["color"]), hexadecimal(stop["ground"])) >= 3, stop
        assert stop["seen"], stop


@pytest.mark.parametrize("kind", ["home", "article", "search"])
def test_forced_colors_keep_the_outlines(reader: Reader, hosted: Hosted, kind: str) -> None:
    page = reader.open(f"{hosted.address}/{KINDS[kind]['ja']}", forced_colors="active")
    for stop in stops(page):
        assert (stop["outline"], stop["width"] >= 2) == ("solid", True), stop
    line = "e => getComputedStyle(e).borderBlockEndColor"
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert page.locator("nav.languages a:not([aria-current])").first.evaluate(line) == ground
    assert page.locator("nav.languages a[aria-current]").evaluate(line) != ground


@pytest.mark.parametrize("visit", visits(schemes=("light",), turn=1, kinds_only=True))
def test_targets_are_large_enough(reader: Reader, hosted: Hosted, visit: Visit) -> None:
    page = reader.open(f"{hosted.address}/{visit.path}", visit.width)
    assert page.evaluate(SMALL, 24) == []
    header = page.locator("body > header")
    if header.count():
        small = SMALL.replace("document.querySelectorAll('", "document.querySelectorAll('body > header :is(")
        assert page.evaluate(small.replace("summary')", "summary)')"), 44) == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", ["home", "article", "search", "not_found"])
def test_the_first_stop_skips_to_the_content(reader: Reader, hosted: Hosted, kind: str, lang: str) -> None:
    page = reader.open(f"{hosted.address}/{KINDS[kind][lang]}", 360)
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.get_attribute("href") == "#_main"
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert page.evaluate(FOCUSED)["seen"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "_main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main, footer') !== null")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_menu_opens_with_the_keyboard(reader: Reader, hosted: Hosted, lang: str) -> None:
    """On a phone the header takes two rows; the menu opens below them and pushes the page down."""
    page = reader.open(f"{hosted.address}/{KINDS['home'][lang]}", 360)
    header = page.locator("body > header")
    closed = header.bounding_box()
    assert closed is not None
    assert closed["height"] <= 112
    assert not page.locator(".menu a").first.is_visible()
    page.locator(".menu summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(".menu a").first.evaluate("e => e === document.activeElement")
    opened, main = header.bounding_box(), page.locator("main").bounding_box()
    assert opened is not None
    assert main is not None
    assert opened["height"] > closed["height"] + 100
    assert main["y"] >= opened["y"] + opened["height"] - 1


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [768, 1280])
def test_the_menu_stands_open_where_there_is_room(reader: Reader, hosted: Hosted, lang: str, width: int) -> None:
    page = reader.open(f"{hosted.address}/{KINDS['home'][lang]}", width)
    assert not page.locator(".menu summary").is_visible()
    assert page.locator(".menu a").evaluate_all("all => all.every(e => e.checkVisibility())")
    tops = page.locator(".menu a").evaluate_all("all => all.map(e => e.getBoundingClientRect().top)")
    assert len(tops) == 4
    assert len(set(tops)) == 1
