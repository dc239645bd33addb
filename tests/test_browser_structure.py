"""Pages as browsers, search engines and screen readers take them in: headings, landmarks, languages, feeds, policy."""

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import feedparser
import pytest
from lxml import html

from tests.conftest import Hosted
from tests.support.browser import Reader
from tests.support.graph import faults
from tests.support.matrix import ADDRESSES, KINDS, LANGUAGES, Visit, visits

pytestmark = pytest.mark.browser

PATHS = [path for _, _, path in ADDRESSES]
KANA_OR_KANJI = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
VIETNAMESE = re.compile("[ăđơưảẻỉỏủỷạẹịọụỵ]|[ầấẩẫậềếểễệồốổỗộ]", re.IGNORECASE)


def tree_of(hosted: Hosted, path: str) -> Any:
    return html.document_fromstring(hosted.made.files[path if path.endswith(".html") else f"{path}index.html"])


@pytest.mark.parametrize("path", PATHS)
def test_headings_go_down_one_level_at_a_time(hosted: Hosted, path: str) -> None:
    levels = [int(e.tag[1]) for e in tree_of(hosted, path).iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert [(a, b) for a, b in pairwise(levels) if b > a + 1] == []


@pytest.mark.parametrize(("kind", "lang", "path"), ADDRESSES)
def test_landmarks(hosted: Hosted, kind: str, lang: str, path: str) -> None:
    tree = tree_of(hosted, path)
    frame = 0 if kind == "chooser" else 1
    assert len(tree.findall(".//main")) == 1
    assert len(tree.findall("./body/header")) == len(tree.findall("./body/footer")) == frame
    regions = list(tree.iter("nav", "aside"))
    names = [e.get("aria-label") or tree.get_element_by_id(e.get("aria-labelledby")).text_content() for e in regions]
    assert all(names)
    assert [
        name for name, count in Counter(zip((e.tag for e in regions), names, strict=True)).items() if count > 1
    ] == []


def test_titles_are_unique(hosted: Hosted) -> None:
    titles = Counter(tree_of(hosted, path).findtext(".//title") for path in PATHS)
    assert [title for title, count in titles.items() if count > 1] == []


@pytest.mark.parametrize(("kind", "lang", "path"), ADDRESSES)
def test_every_text_says_its_language(hosted: Hosted, kind: str, lang: str, path: str) -> None:
    """Japanese shows Chinese shapes where it is not marked, Vietnamese is read out as English. Names may be foreign."""
    tree = tree_of(hosted, path)
    assert tree.get("lang") == lang
    wrong = []
    for element in tree.find("body").iter():
        if not isinstance(element.tag, str) or element.tag == "script":
            continue
        within = next(e.get("lang") for e in [element, *element.iterancestors()] if e.get("lang"))
        outside = next(e.get("lang") for e in element.iterancestors() if e.get("lang"))
        for text, declared in ((element.text, within), (element.tail, outside)):
            found = text or ""
            if (KANA_OR_KANJI.search(found) and declared != "ja") or (VIETNAMESE.search(found) and declared == "ja"):
                wrong.append((found, declared))
    assert wrong == []
    for link in tree.iterfind(".//nav[@class='languages']//a"):
        assert link.get("lang") == link.get("hreflang")
        assert link.get("translate") == "no"
        assert (link.get("aria-current") == "true") == (link.get("lang") == lang)


def test_the_pages_agree_about_their_translations(hosted: Hosted) -> None:
    assert faults(hosted.made.files, f"{hosted.address}/") == []
    for kind, by_lang in KINDS.items():
        for lang, path in by_lang.items():
            tree = tree_of(hosted, path)
            shown = {link.get("lang"): link.get("href") for link in tree.iterfind(".//nav[@class='languages']//a")}
            homes = {other: f"/{other}/" for other in LANGUAGES}
            assert shown == (homes if kind == "not_found" else {other: f"/{at}" for other, at in by_lang.items()}), lang
            canonical = tree.find(".//link[@rel='canonical']")
            if kind != "not_found":
                assert canonical.get("href") == f"{hosted.address}/{path}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_switcher_leads_to_the_same_article(reader: Reader, hosted: Hosted, lang: str) -> None:
    paths = KINDS["article"]
    page = reader.open(f"{hosted.address}/{paths[lang]}", 360, java_script_enabled=False)
    for other, path in paths.items():
        page.locator(f"nav.languages a[lang={other}]").click()
        assert page.url == f"{hosted.address}/{path}"
        assert page.locator("html").get_attribute("lang") == other
        assert page.locator(f"nav.languages a[lang={other}]").get_attribute("aria-current") == "true"


@pytest.mark.parametrize("visit", visits(schemes=("light",), kinds_only=True))
def test_nothing_forbidden_and_nothing_foreign(reader: Reader, hosted: Hosted, visit: Visit) -> None:
    """Under a policy that allows nothing but files of the site's own; no code or style stands in the page."""
    window = reader.window(visit.width, visit.scheme)
    page = window.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{hosted.address}/{visit.path}", wait_until="networkidle" if visit.kind == "search" else "load")
    assert said == []
    assert [url for url in asked if not url.startswith(hosted.address)] == []
    inline = (
        "[style], style, script:not([src], [type='application/ld+json']), [onclick], [onload], [href^='javascript:']"
    )
    assert page.locator(inline).count() == 0
    window.close()


@pytest.mark.parametrize("visit", visits(widths=(1280,), schemes=("light",), kinds_only=True, without="search"))
def test_everything_is_there_without_scripts(reader: Reader, hosted: Hosted, visit: Visit) -> None:
    seen = "document.body.innerText"
    with_scripts = reader.open(f"{hosted.address}/{visit.path}").evaluate(seen)
    assert reader.open(f"{hosted.address}/{visit.path}", java_script_enabled=False).evaluate(seen) == with_scripts


@pytest.mark.parametrize("lang", LANGUAGES)
def test_feeds_are_found_from_the_page(hosted: Hosted, lang: str) -> None:
    for kind in ("home", "section", "tag", "article"):
        links = tree_of(hosted, KINDS[kind][lang]).findall(".//link[@rel='alternate'][@title]")
        assert {link.get("type") for link in links} == {"application/atom+xml", "application/feed+json"}
        atom = next(link.get("href") for link in links if link.get("type") == "application/atom+xml")
        feed = feedparser.parse(hosted.made.files[atom.lstrip("/")])
        assert not feed.bozo
        assert feed.feed.language == lang


@pytest.mark.parametrize(
    ("path", "title"),
    [("vi/x/", "Không tìm thấy trang"), ("ja/x", "ページが見つかりません"), ("en/x", "Page not found")],
)
def test_a_missing_address_is_answered_in_its_language(reader: Reader, hosted: Hosted, path: str, title: str) -> None:
    assert reader.open(f"{hosted.address}/{path}").locator("h1").inner_text() == title
