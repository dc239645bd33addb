"""The search page in a real browser, under a sub-path, with a policy that lets it run WebAssembly and nothing else."""

import gzip
import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sitegen.files import THEME
from sitegen.site.pages import is_findable
from tests.conftest import PROJECT
from tests.support.browser import serve
from tests.support.sites import Made, rebuild
from tests.test_text import table

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]


class Host(NamedTuple):
    address: str
    made: Made


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    folder = tmp_path_factory.mktemp("search")
    made = rebuild(PROJECT, output=folder / "repo", base_url="https://example.org/repo/", index=True)
    with serve(folder) as address:
        yield Host(f"{address}/repo/", made)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 360, "height": 800})
    yield context
    context.close()


def opened(context: BrowserContext, host: Host, path: str) -> Page:
    """Whatever the browser complains of is an error."""
    page = context.new_page()
    page.on("console", lambda message: pytest.fail(message.text))
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto(host.address + path)
    return page


def found(page: Page, typed: str) -> list[str]:
    """The addresses of the first results for what is typed, once their number has been announced."""
    page.get_by_role("searchbox").fill(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(re.compile(f"[“「]{re.escape(typed)}[”」]"))
    return links(page)


def links(page: Page) -> list[str]:
    return [str(link.get_attribute("href")) for link in page.locator("[data-search=list] h3 a").all()]


def saying(host: Host, lang: str, said: str) -> set[str]:
    """The addresses of articles and pages whose title, text or topics say it, by the files they are made from."""
    site = host.made.site
    tags = yaml.safe_load((PROJECT / "content/tags.yaml").read_text("utf-8"))
    addresses = set()
    for card in site.edition.cards.values():
        body = (PROJECT / card.document).read_text("utf-8").split("---\n", 2)[2]
        body = re.sub(r"\{([^|}]*)\|[^}]*\}", r"\1", body)
        title, topics = site.teasers[card.document].title, (tags[tag]["name"][card.lang] for tag in card.tags)
        text = " · ".join((title, body, *topics))
        if card.lang == lang and said.lower() in " ".join(text.lower().split()):
            addresses.add(f"/repo/{card.path}")
    return addresses


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_readers_find_what_says_it(context: BrowserContext, host: Host, lang: str) -> None:
    page = opened(context, host, f"{lang}/search/")
    rows = [(typed[3:], said) for typed, said in table("search.md") if typed.startswith(lang)]
    assert len(rows) >= 4
    for written, said in rows:
        typed = written.removesuffix(" decomposed")
        wanted = saying(host, lang, said)
        assert 0 < len(wanted) <= 10
        assert set(found(page, typed if typed == written else unicodedata.normalize("NFD", typed))) == wanted, written
        for mark in page.locator("[data-search=list] mark").all_inner_texts():
            assert mark.lower()[:3] in said.lower()


@pytest.mark.parametrize(
    ("lang", "typed", "announced"),
    [
        ("vi", "tin chi chung", "kết quả cho “tin chi chung”"),
        ("ja", "クレジット", "検索結果4件：「クレジット」"),
        ("en", "credits", "4 results for “credits”"),
        ("en", "persistent", "Nothing was found for “persistent”."),
        ("en", "plenipotentiary", "1 result for “plenipotentiary”"),
    ],
)
def test_the_number_is_announced(context: BrowserContext, host: Host, lang: str, typed: str, announced: str) -> None:
    page = opened(context, host, f"{lang}/search/")
    page.get_by_role("searchbox").press_sequentially(typed)
    expect(page.get_by_role("status")).to_contain_text(announced)


def test_a_result_is_shown_as_it_is_written(context: BrowserContext, host: Host) -> None:
    page = opened(context, host, "vi/search/?q=tin chi chung")
    first = page.locator("[data-search=list] > li").first
    expect(first.locator("h3 a")).to_have_text("Hơn 40 dự án trong Cơ chế tín chỉ chung")
    expect(first.locator("time")).to_have_text("4 tháng 10, 2024")
    assert first.locator("time").get_attribute("datetime") == "2024-10-04"
    expect(first.locator("h3 mark")).to_have_text("tín chỉ chung")
    assert first.locator(".topics a").first.get_attribute("href") == "/repo/vi/tags/bien-doi-khi-hau/"
    page.get_by_role("searchbox").fill("hon 40 du an jcm")
    expect(first.locator("[data-excerpt] mark").first).to_have_text("hơn 40 dự án JCM")


@pytest.mark.parametrize(
    ("lang", "typed"), [("vi", "khoahocvientuong"), ("vi", "🌊"), ("ja", "量子力学"), ("en", "blockchain waste")]
)
def test_nothing_found_is_said_and_topics_are_offered(
    context: BrowserContext, host: Host, lang: str, typed: str
) -> None:
    page = opened(context, host, f"{lang}/search/")
    assert found(page, typed) == []
    expect(page.locator("[data-search=advice] li")).to_have_count(3)
    expect(page.locator(".index a").first).to_be_visible()


def test_by_keyboard_alone_and_back_again(context: BrowserContext, host: Host) -> None:
    page = opened(context, host, "en/search/")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name === 'q'"):
            break
    page.keyboard.type("credits")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("4 results")
    assert page.url == f"{host.address}en/search/?q=credits"
    assert page.title().startswith("credits – Search – ")
    before = links(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/news/joint-crediting-mechanism/")
    page.go_back()
    expect(page.get_by_role("status")).to_contain_text("4 results")
    assert (page.get_by_role("searchbox").input_value(), links(page)) == ("credits", before)
    page.get_by_role("searchbox").fill("waste")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("“waste”")
    page.go_back()
    expect(page.get_by_role("status")).to_contain_text("“credits”")
    page.go_back()
    expect(page.get_by_role("status")).to_be_empty()
    expect(page.locator("[data-search=results]")).to_be_hidden()


def test_more_results_come_when_asked_for(context: BrowserContext, host: Host) -> None:
    page = opened(context, host, "vi/search/")
    assert len(found(page, "n")) == 10
    every = len([page for page in host.made.site.pages.values() if page.lang == "vi" and is_findable(page)])
    page.get_by_role("button", name="Xem thêm kết quả").press("Enter")
    expect(page.locator("[data-search=list] > li")).to_have_count(every)
    assert page.evaluate(
        "document.activeElement.closest('li') === document.querySelector('[data-search=list]').lastElementChild"
    )
    expect(page.locator("[data-search=more]")).to_be_hidden()


def test_nothing_is_loaded_before_the_reader_turns_to_the_field(context: BrowserContext, host: Host) -> None:
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{host.address}vi/search/", wait_until="networkidle")
    assert [url for url in asked if "pagefind" in url] == []
    with page.expect_request("**/vi/search/pagefind/pagefind.js"):
        page.get_by_role("searchbox").focus()
    found(page, "rac thai")
    assert {url for url in asked if not url.startswith(host.address)} == set()
    assert {url.split("/")[5] for url in asked if "pagefind" in url} == {"search"}
    assert {url.split("/")[4] for url in asked if "pagefind" in url} == {"vi"}


def test_without_script(chromium: Browser, host: Host) -> None:
    context = chromium.new_context(java_script_enabled=False)
    for lang, said in (("vi", "cần JavaScript"), ("ja", "JavaScriptが必要"), ("en", "needs JavaScript")):
        page = opened(context, host, f"{lang}/search/")
        assert said in page.locator("main").inner_text()
        expect(page.locator("form")).to_be_hidden()
        expect(page.locator(".index a").first).to_be_visible()
        expect(page.locator(".titles a").first).to_be_visible()
    context.close()


def test_when_the_index_cannot_be_had(context: BrowserContext, host: Host) -> None:
    page = context.new_page()
    page.route("**/pagefind-entry.json*", lambda route: route.abort())
    page.goto(f"{host.address}en/search/?q=credits")
    expect(page.get_by_role("status")).to_contain_text("could not be loaded")
    expect(page.locator(".titles a").first).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).to_contain_text("4 results")


@pytest.mark.parametrize(("path", "typed", "scheme"), [("vi", "bien doi", "dark"), ("ja", "量子力学", "light")])
def test_axe_finds_nothing_among_results(
    context: BrowserContext, host: Host, path: str, typed: str, scheme: Scheme
) -> None:
    page = opened(context, host, f"{path}/search/")
    page.emulate_media(color_scheme=scheme)
    found(page, typed)
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    said = Axe().run(page, options={"runOnly": tags}).response
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in said["violations"]] == []


def test_nothing_goes_sideways(context: BrowserContext, host: Host) -> None:
    page = opened(context, host, "vi/search/")
    page.set_viewport_size({"width": 320, "height": 700})
    for typed in ("viet nam", "x" * 200):
        found(page, typed)
        assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_script_is_light() -> None:
    assert len(gzip.compress((THEME / "assets/js/search.js").read_bytes())) < 6_000
