"""The preview's bar, problems and table in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from sitegen.preview.snapshot import Snapshot
from sitegen.problems import Place, Problem, problem
from tests.conftest import PROJECT
from tests.support.browser import Reader, Scheme
from tests.support.desk import AUTHORED, Desk, state_of
from tests.support.full import in_full
from tests.support.sites import Made, make, problems_of, write_site
from tests.test_browser_colour import RULES

pytestmark = pytest.mark.browser

OUT = "ja/news/out/"
PANEL = "sitegen-bar summary"
PROBLEMS = "#sitegen-problems"

MISTAKES = {
    "content/news/out/index.ja.md": "---\ntitle: 出た\ndate: 30/02/2024\n---\n\nText.\n",
    "content/news/draft/index.vi.md": "---\ntitle: Nháp\ndate: 04/10/2024\ntag: jcm\n---\n\n" + "nước " * 90 + "\n",
    "content/about.vi.md": "---\ntitle: Giới thiệu\n---\n\n[a](nowhere.md)\n\n![](nothing.jpg)\n",
}

WARNING = problem("picture-without-alt", Place("content/about.vi.md", 4, 1), target="a.jpg")

# What the server's script does after each build.
FETCH = """async () => {
  const answer = await fetch(document.querySelector('script[src$="live.js"]').src.replace("live.js", "problems"));
  const box = document.getElementById("sitegen-problems");
  box.innerHTML = await answer.text();
  box.hidden = !box.innerHTML;
}"""


# Parts of the bar that stick out of the window, or lie over each other.
OUTSIDE_OR_OVER = """() => {
  const root = document.querySelector("sitegen-bar")?.shadowRoot;
  const parts = [...(root?.querySelectorAll(".content > :not(.said), .fold") ?? [])];
  const seen = parts.filter((part) => part.getClientRects().length);
  const boxes = seen.map((part) => [part.className, part.getBoundingClientRect()]);
  return boxes.filter(([, box], at) => box.right > innerWidth + 1
    || boxes.slice(at + 1).some(([, next]) => next.left < box.right - 1)).map(([name]) => name);
}"""


class Author:
    """Someone who looks at the preview: the sites, what is wrong with them, and windows to look with."""

    def __init__(self, reader: Reader, root: Path) -> None:
        self._reader, self.root = reader, root
        self.made = make(root / "good", AUTHORED)
        self.problems = problems_of(write_site(root / "bad", {**AUTHORED, **MISTAKES}), {})
        self._windows: list[Any] = []
        self.errors: list[str] = []
        self.listens = True

    def good(self, lang: str = "en", **changes: Any) -> Snapshot:
        return state_of(self.root / "good", self.made, lang, **changes)

    def bad(self, lang: str = "en") -> Snapshot:
        return replace(self.good(lang), root=self.root / "bad", problems=self.problems, failed=True)

    def look(
        self, state: Snapshot, path: str = OUT, width: int = 1280, scheme: Scheme = "light", *,
        made: Made | None = None, **ways: Any,
    ) -> tuple[Page, Desk]:  # fmt: skip
        window = self._reader.window(width, scheme, **ways)
        self._windows.append(window)
        desk = Desk(window, state, (made or self.made).files)
        page = window.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.goto(desk.url(path))
        return page, desk

    def close(self) -> None:
        while self._windows:
            self._windows.pop().close()


@pytest.fixture(scope="module")
def authors(reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Author:
    return Author(reader, tmp_path_factory.mktemp("authors"))


@pytest.fixture
def author(authors: Author) -> Iterator[Author]:
    yield authors
    authors.close()
    errors, authors.errors = authors.errors if authors.listens else [], []
    authors.listens = True
    assert [error for error in errors if not re.search("status of (403|429|50[013])", error)] == []


def violations(author: Author, page: Page) -> list[Any]:
    """By axe, which puts styles into the page that its policy refuses, and looks for others where there are none."""
    author.listens = False
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


SIGHTS = [
    ("vi", 360, "light"),
    ("ja", 1280, "dark"),
    in_full("en", 1280, "light"),
    in_full("ja", 360, "dark"),
]


@pytest.mark.parametrize(("lang", "width", "scheme"), SIGHTS)
def test_axe_finds_nothing(author: Author, lang: str, width: int, scheme: Scheme) -> None:
    page, desk = author.look(author.bad(lang), OUT, width, scheme)
    expect(page.locator(PROBLEMS)).to_be_visible()
    if width == 360:  # where the panel would cover the problems
        assert violations(author, page) == []
        page.locator(".sitegen-close").first.click()
    page.locator(PANEL).click()
    assert violations(author, page) == []
    page.goto(desk.url("__sitegen/"))
    assert violations(author, page) == []
    if width == 1280:
        desk.state = replace(desk.state, build=None, site=None)
        page.goto(desk.url())
        assert violations(author, page) == []


@pytest.mark.parametrize(
    ("path", "lang", "width", "scheme"),
    [
        ("vi/", "vi", 360, "dark"),
        in_full("ja/news/joint-crediting-mechanism/", "ja", 1280, "light"),
        in_full("__sitegen/", "en", 1280, "dark"),
    ],
)
def test_axe_finds_nothing_over_the_microsite(
    author: Author, microsite: Made, path: str, lang: str, width: int, scheme: Scheme
) -> None:
    page, _ = author.look(state_of(PROJECT, microsite, lang), path, width, scheme, made=microsite)
    if not path.startswith("__"):
        page.locator(PANEL).click()
    assert violations(author, page) == []


@pytest.mark.parametrize("path", [OUT, "__sitegen/", "en/events/copied/"])
def test_nothing_sticks_out(author: Author, path: str) -> None:
    page, _ = author.look(author.bad("vi"), path)
    for width in (320, 360, 768, 1024, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
        assert page.evaluate(OUTSIDE_OR_OVER) == [], width


@pytest.mark.parametrize("width", [360, 1280])
def test_languages_stand_in_a_row(author: Author, width: int) -> None:
    """Whether they can be gone to or not."""
    heights = """() => [...document.querySelector("sitegen-bar").shadowRoot.querySelectorAll(".languages li > *")]
        .map((item) => [item.localName, item.getBoundingClientRect().height])"""
    page, desk = author.look(author.good(), "ja/news/draft/", width)
    assert page.evaluate(heights) == [["span", 47], ["a", 47], ["span", 47]]
    page.goto(desk.url("vi/news/later/"))
    assert page.evaluate(heights) == [["a", 47], ["span", 47], ["span", 47]]


@pytest.mark.parametrize("width", [360, 1280])
def test_the_end_of_the_page_is_not_covered(author: Author, width: int) -> None:
    page, _ = author.look(author.good(), OUT, width)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    top = page.locator("sitegen-bar .bar").bounding_box()
    last = page.locator("body > footer").bounding_box()
    assert top
    assert last
    assert last["y"] + last["height"] <= top["y"] + 1
    link = page.locator("body > footer a").last
    link.focus()
    box = link.bounding_box()
    assert box
    assert box["y"] + box["height"] <= top["y"]


def test_the_page_and_the_bar_do_not_touch_each_others_looks(author: Author) -> None:
    """With and without the bar the page is the same; what a page does to all elements does nothing to the bar."""
    hostile = (
        "* { color: red; font: 40px serif; letter-spacing: 9px; text-transform: uppercase }"
        "body > * { position: absolute }"
        "p, button, h2, ol { margin: 77px; padding: 55px; border: 9px solid; background: lime; display: none }"
        ".bar, .panel, .count, .icon, .error, .missing { display: none } :root { --card: lime; --ink: lime }"
    )
    look = """() => ['color', 'fontSize', 'letterSpacing', 'textTransform', 'marginTop', 'paddingLeft', 'display',
        'backgroundColor', 'borderTopWidth', 'position'].map(name => [...parts].map(e => getComputedStyle(e)[name]))"""
    parts = (
        "[...document.querySelector('sitegen-bar').shadowRoot.querySelectorAll('.bar, .bar *'),"
        " ...document.querySelectorAll('#sitegen-problems, #sitegen-problems *')]"
    )
    measure = f"({look.replace('...parts', '...' + parts)})()"
    rectangles = (
        "[...document.querySelectorAll('body > :not(sitegen-bar, #sitegen-problems, link, script), main *')]"
        ".map(e => [e.getBoundingClientRect(), getComputedStyle(e).color])"
        ".map(([box, color]) => [box.x, box.y, box.width, box.height, color])"
    )
    page, desk = author.look(author.bad())
    plain, alone = page.evaluate(measure), page.evaluate(rectangles)
    name = f"{OUT}index.html"
    html = author.made.files[name]
    desk.files = {
        **author.made.files,
        name: html.replace(b"</head>", b'<link rel="stylesheet" href="/site/hostile.css"></head>'),
    }
    desk.files["hostile.css"] = b""
    page.route("**/hostile.css", lambda route: route.fulfill(body=hostile, content_type="text/css"))
    page.reload()
    assert page.evaluate("getComputedStyle(document.querySelector('main p')).display") == "none"
    assert page.evaluate(measure) == plain
    page.unroute("**/hostile.css")
    page.route("**/" + OUT, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(desk.url(OUT))
    assert page.locator("sitegen-bar").count() == 0
    assert page.evaluate(rectangles) == alone


def test_a_title_with_a_script_runs_nothing(author: Author) -> None:
    wrong = problem("unknown-tag", Place("content/events/marks/index.en.md", 2, 8), value="<img src=x onerror=hit=1>")
    page, desk = author.look(author.good(problems=(wrong,)), "en/events/marks/")
    expect(page.locator(PROBLEMS)).to_contain_text("<img src=x onerror=hit=1>")
    expect(page.locator(f"{PROBLEMS} mark")).to_contain_text("script")
    page.goto(desk.url("__sitegen/?text=%3Cscript%3E"))
    expect(page.locator(".articles .title")).to_have_text("<script>window.hit = 1</script> & “marks”")
    assert page.evaluate("window.hit") is None


def test_problems_come_over_the_page_and_go_when_they_are_mended(author: Author) -> None:
    page, desk = author.look(author.good())
    expect(page.locator(PROBLEMS)).to_be_hidden()
    expect(page.locator("sitegen-bar #problems")).to_be_hidden()
    desk.state = author.bad()
    page.evaluate(FETCH)
    expect(page.locator(PROBLEMS)).to_be_visible()
    expect(page.locator(f"{PROBLEMS} [role=alert]")).to_contain_text("The site could not be built.")
    expect(page.locator("sitegen-bar #problems")).to_have_text("4 errors, 1 warning")
    expect(page.locator("sitegen-bar #own")).to_have_text("1problems of this page")
    page.locator(PANEL).click()
    expect(page.locator("sitegen-bar .sitegen-finding")).to_have_count(1)
    expect(page.locator("sitegen-bar .sitegen-finding mark")).to_have_text("30/02/2024")
    desk.state = author.good()
    page.evaluate(FETCH)
    expect(page.locator(PROBLEMS)).to_be_hidden()
    expect(page.locator("sitegen-bar #problems")).to_be_hidden()
    expect(page.locator("sitegen-bar #own")).to_be_hidden()
    expect(page.locator("sitegen-bar .sitegen-finding")).to_have_count(0)


def test_problems_do_not_cover_everything(author: Author) -> None:
    for width in (360, 1280):
        page, _ = author.look(author.bad("vi"), OUT, width)
        box = page.locator(PROBLEMS).bounding_box()
        size = page.viewport_size
        assert box
        assert size
        assert box["y"] > size["height"] * 0.2
        assert box["height"] <= size["height"] * 0.66
        assert page.locator(PROBLEMS).evaluate("e => e.scrollWidth <= e.clientWidth")


def test_what_was_closed_stays_closed_until_something_else_is_wrong(author: Author) -> None:
    page, desk = author.look(author.bad())
    page.keyboard.press("Escape")
    expect(page.locator(PROBLEMS)).to_be_visible()
    page.locator(f"{PROBLEMS} .sitegen-close").focus()
    page.keyboard.press("Escape")
    expect(page.locator(PROBLEMS)).to_be_hidden()
    button = page.locator("sitegen-bar #problems")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    page.goto(desk.url("vi/news/out/"))
    expect(page.locator(PROBLEMS)).to_be_hidden()
    page.evaluate(FETCH)
    expect(page.locator(PROBLEMS)).to_be_hidden()
    button.click()
    expect(page.locator(PROBLEMS)).to_be_visible()
    expect(page.locator(f"{PROBLEMS} .sitegen-close")).to_be_focused()
    button.click()
    expect(page.locator(PROBLEMS)).to_be_hidden()
    desk.state = replace(desk.state, problems=desk.state.problems[:1])
    page.evaluate(FETCH)
    expect(page.locator(PROBLEMS)).to_be_visible()
    page.locator(f"{PROBLEMS} .sitegen-close").click()
    expect(page.locator(PROBLEMS)).to_be_hidden()


def test_warnings_come_when_they_are_asked_for(author: Author) -> None:
    page, desk = author.look(author.good(problems=(WARNING,)))
    expect(page.locator(PROBLEMS)).to_be_hidden()
    page.evaluate(FETCH)
    expect(page.locator(PROBLEMS)).to_be_hidden()
    page.locator("sitegen-bar #problems").click()
    expect(page.locator(PROBLEMS)).to_contain_text("has no description")
    expect(page.locator(PROBLEMS)).to_have_css("border-top-color", "rgb(125, 74, 0)")
    desk.state = author.good(problems=(WARNING, replace(WARNING, place=Place("content/about.vi.md", 5, 1))))
    page.evaluate(FETCH)
    expect(page.locator(f"{PROBLEMS} li")).to_have_count(2)


def test_sources_open_in_the_editor(author: Author) -> None:
    page, desk = author.look(author.bad())
    page.locator(f"{PROBLEMS} .sitegen-open", has_text="out/index.ja.md:3").click()
    status = page.locator("sitegen-bar #said")
    expect(status).to_have_text("Opened in your editor.")
    page.locator(PROBLEMS).get_by_role("button", name="Close").click()
    page.locator("sitegen-bar .edit").click()
    for desk.status, words in (
        (403, "only from the machine that the preview runs on"),
        (429, "Try again in a moment"),
        (503, "Try again in a moment"),
        (501, "Name your editor's command"),
        (500, "could not be opened"),
    ):
        page.locator("sitegen-bar .edit").click()
        expect(status).to_contain_text(words)
    page.goto(desk.url("__sitegen/"))
    page.get_by_role("button", name="Open content/about.vi.md").click()
    expect(page.locator("#said")).to_contain_text("could not be opened")
    path = "content/news/out/index.ja.md"
    assert desk.opened == [
        {"path": path, "line": "3"},
        *[{"path": path, "line": "1"}] * 6,
        {"path": "content/about.vi.md", "line": "1"},
    ]


def test_the_panel_by_keyboard(author: Author) -> None:
    page, desk = author.look(author.bad())
    page.locator(f"{PROBLEMS} .sitegen-close").click()
    page.locator("sitegen-bar .all").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("sitegen-bar .panel")).to_be_visible()
    page.goto(desk.url(OUT))
    expect(page.locator("sitegen-bar .panel")).to_be_visible()
    page.locator("sitegen-bar .panel button").first.focus()
    page.keyboard.press("Escape")
    expect(page.locator("sitegen-bar .panel")).to_be_hidden()
    expect(page.locator(PANEL)).to_be_focused()
    stops = []
    for _ in range(6):
        page.keyboard.press("Tab")
        stops.append(
            page.evaluate(
                """() => { const e = document.activeElement.shadowRoot?.activeElement;
                const style = e && getComputedStyle(e);
                return [e?.getAttribute("hreflang") || e?.id || e?.className.split(" ").at(-1), style?.outlineStyle,
                        style?.outlineWidth]; }"""
            )
        )
    names = ["vi", "ja", "en", "problems", "edit", "fold"]
    assert stops == [[name, "solid", "3px"] for name in names]


def test_the_bar_folds_and_stays_folded(author: Author) -> None:
    page, desk = author.look(author.good(), OUT, 360)
    fold = page.locator("sitegen-bar").get_by_role("button", name="Author's bar")
    tall = page.evaluate("document.documentElement.scrollHeight")
    fold.press("Enter")
    expect(page.locator("sitegen-bar .content")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollHeight") == tall - 48
    page.goto(desk.url("vi/news/out/"))
    expect(page.locator("sitegen-bar .content")).to_be_hidden()
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.click()
    expect(page.locator("sitegen-bar .content")).to_be_visible()
    page.reload()
    expect(page.locator("sitegen-bar .content")).to_be_visible()


def test_targets_are_large_enough(author: Author) -> None:
    page, desk = author.look(author.bad(), OUT, 360)
    page.locator(PANEL).click()
    small = """() => [...document.querySelectorAll('.sitegen-desk :is(a, button), #sitegen-problems button'),
        ...(document.querySelector('sitegen-bar')?.shadowRoot.querySelectorAll('a, button, summary') ?? [])]
        .map(e => [e.outerHTML, e.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([html]) => html)"""
    assert page.evaluate(small) == []
    page.goto(desk.url("__sitegen/"))
    assert page.evaluate(small) == []


def test_nothing_of_it_is_printed(author: Author) -> None:
    page, _ = author.look(author.bad())
    page.emulate_media(media="print")
    assert not page.locator(PROBLEMS).is_visible()
    assert not page.locator("sitegen-bar .bar").is_visible()


@pytest.mark.parametrize("script", [True, in_full(False)])
def test_filters_with_and_without_script(author: Author, script: bool) -> None:
    page, _ = author.look(author.good(), "__sitegen/", java_script_enabled=script)
    titles = page.locator(".articles .key")
    expect(titles).to_have_count(7)
    page.get_by_label("Title or file").press_sequentially("chep")
    page.get_by_label("State").select_option("Missing")
    if not script:
        expect(titles).to_have_count(7)
        page.get_by_role("button", name="Show").click()
    expect(titles).to_have_text(["events/copied"])
    expect(page.locator("#found")).to_have_text("1 article")
    expect(page).to_have_url(re.compile(r"\?text=chep&state=missing"))
    page.reload()
    expect(titles).to_have_text(["events/copied"])
    assert page.get_by_label("State").input_value() == "missing"
    page.get_by_label("Title or file").fill("no such thing")
    page.get_by_label("Title or file").press("Enter")
    expect(page.locator(".nothing")).to_have_text("No article is like this.")
    page.get_by_role("link", name="Show all").click()
    expect(titles).to_have_count(7)
    page.get_by_role("link", name="Missing 5").click()
    expect(titles).to_have_count(5)


def test_a_filter_that_gets_no_answer_asks_as_a_page_does(author: Author) -> None:
    page, _ = author.look(author.good(), "__sitegen/")
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no line')); }")
    page.get_by_label("Section").select_option("events")
    page.wait_for_url("**/__sitegen/?section=events")
    expect(page.locator(".articles .key")).to_have_count(2)


def test_without_script_all_of_it_can_be_read(author: Author) -> None:
    page, desk = author.look(author.bad(), java_script_enabled=False)
    expect(page.locator(PROBLEMS)).to_be_visible()
    page.locator(PANEL).click()
    expect(page.locator("sitegen-bar .panel")).to_contain_text("Out of date")
    page.locator("sitegen-bar").get_by_role("link", name="English Published").click()
    assert page.url == desk.url("en/news/out/")
    page.locator("sitegen-bar").get_by_role("link", name="All articles").click()
    expect(page.locator("h1")).to_have_text("All articles")


def test_a_browser_that_knows_no_declarative_shadow_roots(author: Author) -> None:
    page, desk = author.look(author.bad())
    name = f"{OUT}index.html"
    old = desk._data(OUT, {})
    assert old
    page.route("**/" + OUT, lambda route: route.fulfill(
        body=old.replace(b' shadowrootmode="open"', b""), content_type="text/html"
    ))  # fmt: skip
    page.goto(desk.url(OUT))
    assert name in author.made.files
    expect(page.locator("sitegen-bar .all")).to_be_visible()
    expect(page.locator("sitegen-bar .bar")).to_have_css("position", "fixed")


def test_where_nothing_may_be_remembered(author: Author) -> None:
    page, _ = author.look(author.bad())
    page.add_init_script("for (const name of ['localStorage', 'sessionStorage']) "
                         "Object.defineProperty(window, name, { get() { throw new Error('refused'); } });")  # fmt: skip
    page.reload()
    page.locator(f"{PROBLEMS} .sitegen-close").click()
    expect(page.locator(PROBLEMS)).to_be_hidden()
    page.locator("sitegen-bar").get_by_role("button", name="Author's bar").click()
    expect(page.locator("sitegen-bar .content")).to_be_hidden()


@pytest.mark.parametrize("path", [OUT, "__sitegen/"])
def test_forced_colours_keep_what_is_needed(author: Author, path: str) -> None:
    page, _ = author.look(author.bad(), path, forced_colors="active")
    if path == OUT:
        page.locator("sitegen-bar .all").focus()
        assert page.locator("sitegen-bar .all").evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    icon = page.locator("sitegen-bar .languages .icon, .articles .icon").first
    stroke, ground = icon.evaluate("e => [getComputedStyle(e).stroke, getComputedStyle(document.body).backgroundColor]")
    assert stroke != ground


def test_known_problems_are_what_they_should_be(authors: Author) -> None:
    """What the tests above are about."""
    found: tuple[Problem, ...] = authors.problems
    assert sorted(wrong.code for wrong in found) == [
        "broken-link", "impossible-date", "missing-picture", "picture-without-alt", "unknown-key",
    ]  # fmt: skip
