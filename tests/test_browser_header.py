"""The header of sites in two to 24 languages, from the smallest phone to a wide screen."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.support import nu
from tests.support.browser import Reader, serve
from tests.support.sites import Content, article, make
from tests.test_browser_colour import RULES
from tests.test_browser_keyboard import FOCUSED, SMALL
from tests.test_browser_type import CUT, SPACED, sideways

pytestmark = pytest.mark.browser

CODES = [
    "vi", "ja", "en", "ko", "zh-Hans", "fr", "ar", "th", "de", "es", "pt-BR", "ru",
    "id", "hi", "he", "km", "lo", "my", "zh-Hant", "it", "pl", "uk", "tr", "fa",
]  # fmt: skip
TITLES = {
    "vi": "Hợp tác môi trường giữa Việt Nam, Nhật Bản",
    "ja": "日本とベトナムの環境協力に関する情報をお届けする公式サイトのお知らせと記録の広場",
    "en": "Environmental Cooperation Viet Nam – Japan",
    "de": "Donaudampfschifffahrtsgesellschaftskapitän",
    "ar": "التعاون البيئي بين فيتنام واليابان وجيرانهما",
}
COUNTS = (2, 3, 5, 8, 12, 24)
WIDTHS = (320, 360, 500, 768, 900, 1024, 1280, 1600)
AT_ONCE = {2: WIDTHS, 3: WIDTHS, 5: (1024, 1280, 1600), 8: (1280, 1600)}
"""Where the languages are in a row, by their number."""
READERS = {2: ("vi",), 12: ("vi",), 24: ("vi", "ja", "ar", "de")}

NAMES = """() => [...document.querySelectorAll('.languages li > *')].map(e => {
    const text = document.createRange();
    text.selectNodeContents(e);
    const box = text.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
    const top = document.elementFromPoint(x, y);
    return {lang: e.lang, name: e.textContent, left: box.left, right: box.right, top: box.top, bottom: box.bottom,
            seen: e.checkVisibility() && box.width > 0 && top !== null && e.contains(top)};
})"""


def site(count: int) -> Mapping[str, Content]:
    """A site in so many languages; its second article is in the first of them alone."""
    codes = CODES[:count]
    titles = "".join(f'  {code}: "{TITLES.get(code, TITLES["en"])}"\n' for code in codes)
    menu = "".join(f"{{title: {name}, url: /vi/}}, " for name in ("Events and meetings", "Cooperation projects"))
    return {
        "site.yaml": f"title:\n{titles}base_url: https://example.org/site/\nshare_cards: false\nfeeds: []\n"
        f"menu: [news, {menu}tags]\nlanguages:\n" + "".join(f"  {code}: {{}}\n" for code in codes),
        "content/tags.yaml": "jcm: {name: JCM}\n",
        "content/news/only.vi.md": article("Một mình"),
        **{f"content/news/a.{code}.md": article("A") for code in codes},
    }


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[int, str]]:
    """The address of each site, without a final slash."""
    with ExitStack() as stack:
        found = {}
        for count in COUNTS:
            root = tmp_path_factory.mktemp(f"languages-{count}")
            make(root, site(count), base={})
            (root / "site").symlink_to("output")
            found[count] = f"{stack.enter_context(serve(root))}/site"
        yield found


def open_languages(page: Page) -> bool:
    """Open or close the disclosure, where there is one to be seen; whether there is."""
    summary = page.locator(".languages summary")
    if not summary.count() or not summary.is_visible():
        return False
    summary.click()
    return True


def height(page: Page) -> float:
    box = page.locator("body > header").bounding_box()
    assert box
    return box["height"]


def overlaps(names: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (one["name"], other["name"])
        for index, one in enumerate(names)
        for other in names[index + 1 :]
        if min(one["right"], other["right"]) - max(one["left"], other["left"]) > 0.5
        and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 4
    ]


@pytest.mark.parametrize("count", COUNTS)
def test_the_header_holds_name_and_languages(reader: Reader, sites: Mapping[int, str], count: int) -> None:
    page = reader.open(f"{sites[count]}/", 321)  # a window of its own, since it changes its size
    for lang in READERS.get(count, ("vi", "ja")):
        page.goto(f"{sites[count]}/{lang}/news/a/")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert height(page) <= (140 if width < 768 else 185), (lang, width)
            name = page.locator(".brand-name").bounding_box()
            assert name
            assert name["width"] >= 170, (lang, width)
            assert open_languages(page) != (width in AT_ONCE.get(count, ())), (lang, width)
            names = page.evaluate(NAMES)
            assert [found["lang"] for found in names] == CODES[:count]
            assert [found for found in names if not found["seen"]] == [], (lang, width)
            assert overlaps(names) == [], (lang, width)
            assert not sideways(page), (lang, width)
            assert page.evaluate(CUT) == [], (lang, width)
            assert height(page) <= (720 if width < 768 else 440), (lang, width)
            open_languages(page)


@pytest.mark.parametrize("count", [3, 5, 8])
def test_a_page_in_one_language_alone(reader: Reader, sites: Mapping[int, str], count: int) -> None:
    """Every other language says that it is not translated, which takes more room."""
    page = reader.open(f"{sites[count]}/vi/news/only/", 321)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert height(page) <= 165, width
        open_languages(page)
        assert page.locator(".untranslated").count() == count - 1
        assert overlaps(page.evaluate(NAMES)) == [], width
        assert not sideways(page), width
        open_languages(page)


@pytest.mark.parametrize("width", [360, 900])
def test_the_languages_open_with_the_keyboard(reader: Reader, sites: Mapping[int, str], width: int) -> None:
    """Without a script; what opens comes next, in order, in sight, and pushes the page down."""
    page = reader.open(f"{sites[8]}/ja/news/a/", width, java_script_enabled=False)
    summary = page.locator(".languages summary")
    assert " ".join(summary.inner_text().split()) == "言語: 日本語"
    assert page.locator(".languages a").first.is_hidden()
    before = height(page)
    summary.focus()
    page.keyboard.press("Enter")
    for code in CODES[:8]:
        page.keyboard.press("Tab")
        assert page.locator(":focus").get_attribute("hreflang") == code
    main = page.locator("main").bounding_box()
    assert main
    assert height(page) > before + 80
    assert main["y"] >= height(page) - 1
    page.keyboard.press("Enter")
    page.wait_for_url("**/th/news/a/")
    assert page.url == f"{sites[8]}/th/news/a/"


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1024, "light")])
def test_the_open_languages_are_accessible(reader: Reader, sites: Mapping[int, str], width: int, scheme: Any) -> None:
    page = reader.open(f"{sites[24]}/ar/news/a/", width, scheme)
    open_languages(page)
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
    small = SMALL.replace("document.querySelectorAll('", "document.querySelectorAll('body > header :is(")
    assert page.evaluate(small.replace("summary')", "summary)')"), 44) == []
    page.locator(".languages summary").focus()
    for _ in CODES:
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        assert stop["seen"], stop
        assert (stop["outline"], stop["width"] >= 2) == ("solid", True), stop


@pytest.mark.parametrize("width", [320, 900])
@pytest.mark.parametrize("style", [SPACED, "html { font-size: 212.5% !important }"])
def test_larger_text_has_room(reader: Reader, sites: Mapping[int, str], width: int, style: str) -> None:
    for count in (3, 5, 24):
        page = reader.open(f"{sites[count]}/vi/news/a/", width, bypass_csp=True)
        page.add_style_tag(content=style)
        open_languages(page)
        assert overlaps(page.evaluate(NAMES)) == []
        assert not sideways(page)
        assert page.evaluate(CUT) == []


def test_the_chooser_of_many_languages(reader: Reader, sites: Mapping[int, str]) -> None:
    for width in (320, 1280):
        page = reader.open(f"{sites[24]}/", width)
        assert page.locator(".choices a").count() == 24
        assert not sideways(page)
        assert page.evaluate(CUT) == []
    assert page.locator("main").evaluate("e => e.getBoundingClientRect().height") < 1500


def test_neither_print_nor_the_markup_minds(reader: Reader, sites: Mapping[int, str], tmp_path: Path) -> None:
    page = reader.open(f"{sites[24]}/vi/news/a/")
    (tmp_path / "a.html").write_text(page.content(), "utf-8")
    page.emulate_media(media="print")
    assert not any(page.locator(name).is_visible() for name in (".languages summary", ".menu ul"))
    assert nu.check([tmp_path]) == []
