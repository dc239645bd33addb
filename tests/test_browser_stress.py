"""Titles without end, a hundred tags, tables and pictures larger than any screen; and sites with next to nothing."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support import nu
from tests.support.browser import Reader, serve
from tests.support.full import in_full
from tests.support.sites import Made, article, make
from tests.support.stress import PAGES, RIGHT_TO_LEFT, STRESS, TITLES
from tests.test_browser_colour import RULES
from tests.test_browser_type import CUT, sideways

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def stressed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Made]]:
    root = tmp_path_factory.mktemp("stress")
    made = make(root, STRESS)
    (root / "site").symlink_to("output")
    with serve(root) as address:
        yield f"{address}/site", made


def test_the_titles_are_long_enough() -> None:
    assert [lang for lang, title in TITLES.items() if len(title) < 180] == []


def test_what_comes_of_it_is_valid(stressed: tuple[str, Made], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("nu")
    for page in PAGES:
        for lang in TITLES:
            path = page.format(lang)
            target = folder / path.replace("/", "_").removesuffix(".html")
            file = path if path.endswith(".html") else f"{path}index.html"
            target.with_suffix(".html").write_bytes(stressed[1].files[file])
    assert nu.check([folder]) == []


@pytest.mark.parametrize("lang", TITLES)
@pytest.mark.parametrize("page", PAGES)
def test_nothing_goes_sideways_and_nothing_is_cut(
    reader: Reader, stressed: tuple[str, Made], page: str, lang: str
) -> None:
    for width in (320, 768, 1280) if page in PAGES[:3] else (320,):
        opened = reader.open(f"{stressed[0]}/{page.format(lang)}", width)
        assert not sideways(opened), width
        assert opened.evaluate(CUT) == [], width


@pytest.mark.parametrize("lang", TITLES)
def test_axe_finds_nothing(reader: Reader, stressed: tuple[str, Made], lang: str) -> None:
    page = reader.open(f"{stressed[0]}/{lang}/news/long/", 360, "dark")
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []


def test_wide_things_scroll_in_themselves(reader: Reader, stressed: tuple[str, Made]) -> None:
    page = reader.open(f"{stressed[0]}/en/news/long/", 360)
    for selector in (".table-scroll", "pre"):
        box = page.locator(selector).first
        assert box.evaluate("e => e.scrollWidth > e.clientWidth + 100")
        box.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_function("selector => document.querySelector(selector).scrollLeft > 0", arg=selector)


def test_a_tall_picture_leaves_room_for_the_text(reader: Reader, stressed: tuple[str, Made]) -> None:
    page = reader.open(f"{stressed[0]}/vi/news/long/")
    heights = page.locator("main img").evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
    assert len(heights) == 2
    assert max(heights) <= 38 * 17
    lead = reader.open(f"{stressed[0]}/vi/").locator(".lead")
    assert lead.evaluate("e => e.getBoundingClientRect().height") < 900


def test_of_a_hundred_topics_the_front_page_shows_twelve(reader: Reader, stressed: tuple[str, Made]) -> None:
    page = reader.open(f"{stressed[0]}/en/")
    assert page.locator(".index li").count() == 12
    more = page.locator(".more a")
    assert more.inner_text() == "All topics"
    more.click()
    assert page.locator(".glossary dt").count() == 100


def test_an_article_that_is_not_translated_says_so(reader: Reader, stressed: tuple[str, Made]) -> None:
    page = reader.open(f"{stressed[0]}/ja/news/only/", 360)
    others = page.locator("nav.languages .untranslated")
    assert [" ".join(text.split()) for text in others.all_inner_texts()] == ["Tiếng Việt 未翻訳", "English 未翻訳"]
    assert not sideways(page)
    listed = reader.open(f"{stressed[0]}/vi/", 360).locator(".entry-title a[lang=ja]")
    assert listed.inner_text() == "日本語だけの記事"


@pytest.mark.parametrize("articles", [0, 1])
def test_next_to_nothing(reader: Reader, tmp_path_factory: pytest.TempPathFactory, articles: int) -> None:
    root = tmp_path_factory.mktemp("little")
    files = (
        {"content/news/a.vi.md": article("Bài đầu tiên", "Từ.")}
        if articles
        else {"content/_index.vi.md": article("Thử")}
    )
    made = make(root, files, base={"site.yaml": STRESS["site.yaml"]})
    (root / "site").symlink_to("output")
    with serve(root) as address:
        home = reader.open(f"{address}/site/vi/", 360)
        assert home.locator(".lead").count() == articles
        assert home.locator(".empty").count() == 1 - articles
        assert home.locator(".entries").count() == 0
        for path in ("vi/", "vi/tags/", "vi/search/", "vi/404.html", ""):
            page = reader.open(f"{address}/site/{path}", 320)
            assert not sideways(page)
            found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
            assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == [], path
    assert made.build.problems == ()


@pytest.mark.parametrize(
    ("lang", "width"),
    [
        ("ar", 320),
        ("he", 1280),
        in_full("ar", 1280),
        in_full("he", 320),
    ],
)
def test_right_to_left(reader: Reader, tmp_path_factory: pytest.TempPathFactory, lang: str, width: int) -> None:
    """The theme mirrors: text and menus begin at the right, nothing goes sideways, foreign titles keep their way."""
    root = tmp_path_factory.mktemp("rtl")
    make(root, RIGHT_TO_LEFT, base={})
    (root / "site").symlink_to("output")
    with serve(root) as address:
        for path in (f"{lang}/", f"{lang}/news/a/", f"{lang}/tags/", f"{lang}/404.html"):
            page = reader.open(f"{address}/site/{path}", width)
            assert page.evaluate("getComputedStyle(document.querySelector('main')).direction") == "rtl"
            assert not sideways(page)
            assert page.evaluate(CUT) == []
            last = ".languages li:last-child" if width > 700 else ".menu summary"
            brand, end = (page.locator(selector).bounding_box() for selector in (".brand img", last))
            assert brand
            assert end
            assert brand["x"] + brand["width"] > width - 100
            assert end["x"] < 100
        page = reader.open(f"{address}/site/{lang}/", width)
        foreign = page.locator("main a[lang=vi]").first
        assert foreign.get_attribute("dir") == "ltr"
        right = """e => { const text = document.createRange(); text.selectNodeContents(e);
            return Math.round(text.getBoundingClientRect().right); }"""
        assert page.locator("p.entry-summary[lang=vi]").evaluate(right) == foreign.evaluate(right)


@pytest.mark.parametrize("lang", TITLES)
def test_a_long_title_is_set_smaller(reader: Reader, stressed: tuple[str, Made], lang: str) -> None:
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    long, short = (
        reader.open(f"{stressed[0]}/{lang}/news/{name}/").locator("h1").evaluate(size) for name in ("long", "word")
    )
    assert long < 0.8 * short
