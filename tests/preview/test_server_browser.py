"""The preview as an author sees it: a real browser before a real preview."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as NotInTime

from tests.support.browser import POLICY
from tests.support.previews import PATIENCE, Preview, previewed
from tests.support.sites import Content, article, write_site

pytestmark = pytest.mark.browser

A, B = "content/news/a/index.en.md", "content/news/b/index.en.md"
LONG = "\n\n".join(f"## Part {number}\n\n{'Words and words. ' * 60}" for number in range(12))
DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {} 10' width='{}' height='10'/>"
OWN = """\
{% extends "theme/article.html" %}
{% block main %}{{ super() }}
<details><summary>First</summary>one</details><details><summary>Second</summary>two</details>
<form><input type="search" name="q" aria-label="Find"><input type="checkbox" name="c" aria-label="Check">
<input type="hidden" name="h" value="{{ article.title }}"></form>
{% endblock %}
"""
SITE: dict[str, Content] = {
    A: article("One", f"Alpha.\n\n![p](p.svg)\n\n{LONG}"),
    "content/news/a/p.svg": DRAWING.format(10, 10),
    B: article("Two", "Beta about harvests."),
    "layouts/article.html": OWN,
}


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    root = write_site(tmp_path_factory.mktemp("watched"), SITE)
    with previewed(root, "--lang", "en", built=False) as running:
        yield running


@pytest.fixture
def page(chromium: Browser, preview: Preview) -> Iterator[Page]:
    """A page whose loads are counted, on which nothing goes wrong unseen."""
    for path, text in SITE.items():
        if (preview.root / path).read_text("utf-8") != text:
            preview.write(path, str(text))
    preview.until("/en/news/a/", lambda answer: "Alpha." in answer.text and ">One<" in answer.text)
    preview.until("/en/news/b/", lambda answer: "Beta" in answer.text)
    preview.until("/files/news/a/p.svg", lambda answer: answer.text == SITE["content/news/a/p.svg"])
    preview.until("/__sitegen/problems", lambda answer: not answer.text)
    context = chromium.new_context(viewport={"width": 1280, "height": 600})
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.add_init_script("sessionStorage.loads = Number(sessionStorage.loads ?? 0) + 1")
    yield page
    context.close()


def opened(page: Page, preview: Preview, path: str) -> Page:
    """A page whose line has spoken. It may do so at once, so that it is listened to before the page is asked for."""
    heard = Event()
    page.once("websocket", lambda line: line.on("framereceived", lambda _: heard.set()))
    page.goto(f"{preview.address}{path}")
    ends = time.monotonic() + PATIENCE
    while not heard.is_set():
        assert time.monotonic() < ends, "no line"
        page.wait_for_timeout(20)
    return page


def loads(page: Page) -> int:
    return int(page.evaluate("Number(sessionStorage.loads)"))


def test_a_save_is_seen_and_the_place_stays(page: Page, preview: Preview) -> None:
    opened(page, preview, "en/news/a/")
    page.get_by_text("Second", exact=True).click()
    field = page.get_by_label("Find")
    field.fill("half a wo")
    page.get_by_label("Check").check()
    field.focus()
    page.evaluate("document.activeElement.setSelectionRange(2, 4)")
    page.evaluate("document.getElementById('part-7').scrollIntoView()")
    top = page.evaluate("document.getElementById('part-7').getBoundingClientRect().top")
    preview.write(A, article("Uno", f"Saved.\n\nA new paragraph. {'It is long. ' * 90}\n\n{LONG}"))
    expect(page.get_by_text("A new paragraph.")).to_have_count(1)
    page.wait_for_load_state()
    expect(field).to_have_value("half a wo")
    expect(field).to_be_focused()
    expect(page.get_by_label("Check")).to_be_checked()
    assert page.locator("main details").evaluate_all("all => all.map((each) => each.open)")[-2:] == [False, True]
    assert page.evaluate("[document.activeElement.selectionStart, document.activeElement.selectionEnd]") == [2, 4]
    assert page.locator("[name=h]").input_value() == "Uno", "what the page itself says is not kept"
    page.wait_for_function(f"Math.abs(document.getElementById('part-7').getBoundingClientRect().top - {top}) < 3")
    assert page.evaluate("scrollY") > 600
    assert loads(page) == 2
    page.reload()
    assert page.locator("main details").evaluate_all("all => all.some((each) => each.open)") is False, "once only"


def test_another_page_is_left_alone(page: Page, preview: Preview) -> None:
    opened(page, preview, "en/news/b/")
    page.evaluate("window.stays = true")
    preview.write(A, article("One", "Changed elsewhere."))
    preview.until("/en/news/a/", lambda answer: "Changed elsewhere." in answer.text)
    preview.write(B, article("Two", "Now here."))
    expect(page.get_by_text("Now here.")).to_be_visible()
    assert loads(page) == 2
    assert page.evaluate("window.stays") is None


def test_styles_change_under_the_page(page: Page, preview: Preview) -> None:
    opened(page, preview, "en/news/a/")
    page.evaluate("window.stays = true")
    style = preview.root / "assets/css/article.css"
    before = page.locator("link[rel=stylesheet]").count()
    preview.write("assets/css/article.css", "main h1 { color: rgb(1, 2, 3) }")
    expect(page.locator("main h1")).to_have_css("color", "rgb(1, 2, 3)")
    preview.write("assets/css/article.css", "main h1 { color: rgb(4, 5, 6) }")
    expect(page.locator("main h1")).to_have_css("color", "rgb(4, 5, 6)")
    assert page.locator("link[rel=stylesheet]").count() == before
    order = "(all) => all.map((link) => new URL(link.href).pathname)"
    swapped = page.locator("link[rel=stylesheet]").evaluate_all(order)
    assert page.evaluate("window.stays"), "it was not loaded again"
    page.reload()
    assert page.locator("link[rel=stylesheet]").evaluate_all(order) == swapped
    style.unlink()
    expect(page.locator("main h1")).not_to_have_css("color", "rgb(4, 5, 6)")


def test_a_picture_that_keeps_its_name(page: Page, preview: Preview) -> None:
    opened(page, preview, "en/news/a/")
    preview.write("content/news/a/p.svg", DRAWING.format(33, 33))
    page.wait_for_function("[...document.images].some((image) => image.naturalWidth === 33)")


def test_a_mistake_shows_in_the_page_and_goes(page: Page, preview: Preview) -> None:
    opened(page, preview, "en/news/a/")
    page.evaluate("window.stays = true")
    problems = page.locator("#sitegen-problems")
    expect(problems).to_be_hidden()
    preview.write(B, article("Two", "[x](nowhere.md)"))
    expect(problems).to_contain_text("nowhere.md")
    expect(problems).to_be_visible()
    assert page.evaluate("window.stays"), "over the last good page"
    page.reload()
    expect(problems).to_contain_text("nowhere.md")
    page.evaluate("window.stays = true")
    preview.write(B, str(SITE[B]))
    expect(problems).to_be_hidden()
    assert page.evaluate("window.stays"), "mended, it goes by itself"


def test_the_place_stays_under_a_mistake(page: Page, preview: Preview) -> None:
    """Mended, the page is loaded again while the problems lie over it."""
    opened(page, preview, "en/news/a/")
    page.evaluate("document.getElementById('part-7').scrollIntoView()")
    top = page.evaluate("document.getElementById('part-7').getBoundingClientRect().top")
    preview.write(A, article("One", f"Alpha.\n\n{' [x](nowhere.md)' * 5}\n\n![p](p.svg)\n\n{LONG}"))
    expect(page.locator("#sitegen-problems")).to_be_visible()
    preview.write(A, article("One", f"Alpha.\n\nMended.\n\n![p](p.svg)\n\n{LONG}"))
    expect(page.get_by_text("Mended.")).to_have_count(1)
    expect(page.locator("#sitegen-problems")).to_be_hidden()
    page.wait_for_load_state()
    page.wait_for_function(f"Math.abs(document.getElementById('part-7').getBoundingClientRect().top - {top}) < 3")


def test_a_page_that_is_not_there_yet(page: Page, preview: Preview) -> None:
    opened(page, preview, "en/news/later/")
    preview.write("content/news/later/index.en.md", article("Later", "There it is."))
    expect(page.get_by_text("There it is.")).to_be_visible()


def test_the_overview_is_always_new(page: Page, preview: Preview) -> None:
    opened(page, preview, "__sitegen/")
    preview.write("content/news/fresh/index.en.md", article("Fresh"))
    expect(page.locator("body")).to_contain_text("fresh")


def test_it_finds_its_way_back_to_a_preview_that_was_gone(chromium: Browser, tmp_path: Path) -> None:
    root = write_site(tmp_path, {B: article("Two", "Before.")})
    context = chromium.new_context()
    page = context.new_page()
    with previewed(root) as first:
        opened(page, first, "en/news/b/")
    (root / B).write_text(article("Two", "While it was away."), "utf-8")
    with previewed(root, "--port", str(first.port)):
        expect(page.get_by_text("While it was away.")).to_be_visible(timeout=PATIENCE * 1000)
        context.close()


def test_the_first_build_is_awaited(chromium: Browser, tmp_path: Path) -> None:
    root = write_site(tmp_path, {B: article("Two", "At last."), "site.yaml": "title: ["})
    context = chromium.new_context()
    with previewed(root) as running:
        page = opened(context.new_page(), running, "en/news/b/")
        expect(page.locator("body")).to_contain_text("site.yaml")
        running.write("site.yaml", str((write_site(tmp_path / "other", {}) / "site.yaml").read_text("utf-8")))
        expect(page.get_by_text("At last.")).to_be_visible(timeout=PATIENCE * 1000)
        context.close()


def test_search_works_and_follows(chromium: Browser, tmp_path: Path) -> None:
    with previewed(write_site(tmp_path, {B: article("Two", "Beta about harvests.")})) as running:
        running.until("/en/search/pagefind/pagefind-entry.json", lambda answer: answer.status == 200)
        context = chromium.new_context()
        page = context.new_page()
        found = page.locator("[data-search=list] h3 a")
        page.goto(f"{running.address}en/search/?q=harvests")
        expect(found).to_have_count(1)
        running.write("content/news/z/index.en.md", article("Zeta", "More harvests."))
        running.until("/en/news/z/", lambda answer: answer.status == 200)
        ends = time.monotonic() + PATIENCE
        while found.count() != 2 and time.monotonic() < ends:
            time.sleep(0.5)
            page.reload()
            with suppress(NotInTime):  # of a moment in which one index takes the place of another
                found.nth(1).wait_for(timeout=2000)
        assert found.count() == 2
        context.close()


def test_under_a_strict_policy(chromium: Browser, tmp_path: Path) -> None:
    """The site's own, for what stands in its pages and what they may load."""
    head = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    files: dict[str, Content] = {
        B: article("Two", "Beta."),
        "layouts/article.html": f'{{% extends "theme/article.html" %}}{{% block head_extra %}}{head}{{% endblock %}}',
    }
    with previewed(write_site(tmp_path, files)) as running:
        context = chromium.new_context()
        page = opened(context.new_page(), running, "en/news/b/")
        running.write("assets/css/article.css", "main h1 { color: rgb(1, 2, 3) }")
        expect(page.locator("main h1")).to_have_css("color", "rgb(1, 2, 3)")
        running.write(B, article("Two", "[x](nowhere.md)"))
        expect(page.locator("#sitegen-problems")).to_contain_text("nowhere.md")
        running.write(B, article("Two", "Gamma."))
        expect(page.locator("main").get_by_text("Gamma.")).to_be_visible()
        context.close()
