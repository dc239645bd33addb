"""Colour in a browser: axe's rules in both schemes, no flash of white, forced colours, no motion."""

import io

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from tests.conftest import Hosted
from tests.support.browser import Reader
from tests.support.matrix import KINDS, LANGUAGES, Visit, visits

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("visit", visits(kinds_only=True))
def test_axe_finds_nothing(reader: Reader, hosted: Hosted, visit: Visit) -> None:
    page = reader.open(f"{hosted.address}/{visit.path}", visit.width, visit.scheme)
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_axe_finds_nothing_in_the_open_menu(reader: Reader, hosted: Hosted, lang: str) -> None:
    page = reader.open(f"{hosted.address}/{KINDS['article'][lang]}", 360, "dark")
    page.locator(".menu summary").click()
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


@pytest.mark.parametrize("kind", ["home", "article"])
def test_dark_is_dark_before_the_styles_come(reader: Reader, hosted: Hosted, kind: str) -> None:
    """Readers of the dark scheme see no white page flash by, even on a slow line."""
    window = reader.window(scheme="dark")
    page = window.new_page()
    page.route("**/*.css", lambda route: route.abort())
    page.goto(f"{hosted.address}/{KINDS[kind]['en']}")
    corner = Image.open(io.BytesIO(page.screenshot())).convert("L").getpixel((1, 400))
    assert isinstance(corner, int)
    assert corner < 40
    window.close()


@pytest.mark.parametrize("visit", visits(widths=(1280,), turn=1, kinds_only=True))
def test_the_ground_is_the_schemes(reader: Reader, hosted: Hosted, visit: Visit) -> None:
    page = reader.open(f"{hosted.address}/{visit.path}", visit.width, visit.scheme)
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == ("rgb(251, 250, 246)" if visit.scheme == "light" else "rgb(19, 24, 22)")


@pytest.mark.parametrize("kind", ["home", "article", "search"])
def test_nothing_moves_for_who_wants_no_motion(reader: Reader, hosted: Hosted, kind: str) -> None:
    page = reader.open(f"{hosted.address}/{KINDS[kind]['vi']}", reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll('*')].map(e => getComputedStyle(e)).filter(style =>
        parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none').length"""
    assert page.evaluate(moving) == 0
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
