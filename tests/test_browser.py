"""The microsite in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.conftest import PROJECT
from tests.support.browser import serve
from tests.support.sites import article, make, rebuild

pytestmark = pytest.mark.browser

PAGES = ("{}/", "{}/tags/", "{}/search/", "{}/404.html", "{news}", "{tag}", "{article}", "{page}")
PATHS = {
    "vi": {
        "news": "vi/tin-tuc/",
        "tag": "vi/tags/quan-ly-chat-thai/",
        "article": "vi/tin-tuc/co-che-tin-chi-chung/",
        "page": "vi/gioi-thieu/",
    },
    "ja": {
        "news": "ja/news/",
        "tag": "ja/tags/waste-management/",
        "article": "ja/news/joint-crediting-mechanism/",
        "page": "ja/about/",
    },
    "en": {
        "news": "en/news/",
        "tag": "en/tags/waste-management/",
        "article": "en/news/joint-crediting-mechanism/",
        "page": "en/about/",
    },
}
ADDRESSES = ["", *(page.format(lang, **paths) for lang, paths in PATHS.items() for page in PAGES)]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    output = tmp_path_factory.mktemp("browser") / "output"
    rebuild(PROJECT, output=output)
    with serve(output) as address:
        yield address


Scheme = Literal["light", "dark"]


def opened(chromium: Browser, address: str, width: int = 360, scheme: Scheme = "light", *, script: bool = True) -> Page:
    context = chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, java_script_enabled=script
    )
    page = context.new_page()
    page.goto(address)
    return page


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_forbidden_nothing_foreign_nothing_sideways(chromium: Browser, host: str, address: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 700})
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{host}/{address}")
    assert said == []
    assert [url for url in asked if not url.startswith(host)] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate("document.querySelectorAll('h1, main').length") == 2
    assert page.evaluate("document.querySelectorAll('[style], style, script:not([type])').length") == 0
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_axe_finds_nothing(chromium: Browser, host: str, address: str, scheme: Scheme) -> None:
    page = opened(chromium, f"{host}/{address}", 1280 if scheme == "dark" else 360, scheme)
    page.context.route("**/*", lambda route: route.continue_())
    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found.response["violations"]] == []
    page.context.close()


@pytest.mark.parametrize("lang", PATHS)
def test_first_tab_is_the_skip_link(chromium: Browser, host: str, lang: str) -> None:
    page = opened(chromium, f"{host}/{lang}/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.get_attribute("href") == "#main"
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


@pytest.mark.parametrize("lang", PATHS)
def test_the_switcher_leads_to_the_same_article(chromium: Browser, host: str, lang: str) -> None:
    page = opened(chromium, f"{host}/{PATHS[lang]['article']}", script=False)
    for other, paths in PATHS.items():
        page.locator(f"nav.languages a[lang={other}]").click()
        assert page.url == f"{host}/{paths['article']}"
        assert page.locator("html").get_attribute("lang") == other
        assert page.locator(f"nav.languages a[lang={other}]").get_attribute("aria-current") == "true"
    page.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_right_to_left(chromium: Browser, tmp_path: Path, width: int) -> None:
    """The theme mirrors: text and menus begin at the right, nothing goes sideways, foreign titles keep their way."""
    table = "| عمود | عمود |\n|---|---:|\n| نص | 12 |\n"
    files = {
        "site.yaml": "title: {ar: موقع, vi: Thử}\nbase_url: https://example.org/\nlanguages: {ar: {}, vi: {}}\n",
        "content/news/a/index.ar.md": article("عنوان المقال", f"نص.\n\n> اقتباس\n\n- بند\n\n{table}", tags="jcm"),
        "content/news/b/index.vi.md": article("Tiêu đề dài của một bài viết", "Nội dung.", tags="jcm"),
    }
    make(tmp_path, files, base={"content/tags.yaml": "jcm: {name: JCM}\n"})
    with serve(tmp_path / "output") as address:
        for path in ("ar/", "ar/news/a/", "ar/tags/"):
            page = opened(chromium, f"{address}/{path}", width)
            assert page.evaluate("getComputedStyle(document.querySelector('main')).direction") == "rtl"
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            brand, last = (
                page.locator(s).bounding_box() for s in (".brand", ".languages" if width > 700 else ".menu summary")
            )
            assert brand
            assert last
            assert brand["x"] + brand["width"] > width - 100
            assert last["x"] < 100
            page.context.close()
        page = opened(chromium, f"{address}/ar/", width)
        assert page.locator("main a[lang=vi]").first.get_attribute("dir") == "ltr"
        page.context.close()


@pytest.mark.parametrize(("lang", "least"), [("vi", 1.6), ("ja", 1.7), ("en", 1.5)])
def test_type(chromium: Browser, host: str, lang: str, least: float) -> None:
    page = opened(chromium, f"{host}/{PATHS[lang]['article']}", 1280)
    measure = """selector => [...document.querySelectorAll(selector)].map(e => {
        const style = getComputedStyle(e); return [parseFloat(style.fontSize), parseFloat(style.lineHeight)]; })"""
    for size, height in page.evaluate(measure, ".prose > p"):
        assert size >= 17
        assert height / size >= least - 0.001
    for size, height in page.evaluate(measure, "h1, h2, h3"):
        assert height / size >= 1.3
    page.context.close()


def test_a_missing_address_leads_to_the_404_page(host: str, chromium: Browser) -> None:
    page = opened(chromium, f"{host}/404.html")
    assert page.title().startswith("Không tìm thấy trang")
    page.context.close()
