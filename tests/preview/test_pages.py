"""What authors see of the preview: states in, HTML out. The browser's part is in test_pages_browser.py."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import pytest
from lxml import etree, html
from msgspec.structs import replace

import sitegen.preview.overview
from sitegen.build.run import Memo, Options, Reason
from sitegen.cache.session import BuildSession
from sitegen.preview.overview import overview
from sitegen.preview.problem_list import MOST, WIDTH, problem_list
from sitegen.preview.snapshot import Snapshot
from sitegen.preview.toolbar import blank_page, with_toolbar
from sitegen.problems import Place, Problem, problem
from tests.support.desk import AUTHORED, state_of
from tests.support.sites import NOW, Made, article, make, problems_of, rebuild, write_site

SCRIPTS = ["/__sitegen/live.js", "/__sitegen/desk.js"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authored")


@pytest.fixture(scope="module")
def made(root: Path) -> Made:
    return make(root, AUTHORED)


@pytest.fixture
def state(root: Path, made: Made) -> Snapshot:
    return state_of(root, made)


def table(page: str) -> dict[tuple[str, str], Any]:
    """The cells of the overview by article and language."""
    tree = html.document_fromstring(page)
    languages = [head.get("lang") for head in tree.xpath("//table[@class='articles']/thead//th")][1:]
    return {
        (row.xpath("string(.//*[@class='key'])"), lang): cell
        for row in tree.xpath("//table[@class='articles']/tbody/tr[not(@class)]")
        for lang, cell in zip(languages, row.findall("td"), strict=True)
    }


def said(element: Any) -> str:
    """The text of an element, but for what is there for other screens."""
    return " ".join(" ".join(element.xpath(".//text()[not(ancestor::*[@aria-hidden='true'])]")).split())


def keys(state: Snapshot, /, **query: str) -> list[str]:
    return list(dict.fromkeys(key for key, _ in table(overview(state, query))))


def bar(state: Snapshot, path: str, made: Made) -> Any:
    """The author's bar of a page."""
    page = html.document_fromstring(with_toolbar(made.files[path], path, state).decode())
    (found,) = page.xpath("//sitegen-bar/template/aside")
    return found


def languages(found: Any) -> dict[str, tuple[str | None, str]]:
    """Where the bar's languages lead, and what it says of them."""
    items = found.xpath(".//nav//li/*")
    return {item.xpath("string(*[@class='name']/@lang)"): (item.get("href"), said(item)) for item in items}


STATES = {
    ("news/out", "vi"): ("Published", "/vi/news/out/"),
    ("news/out", "ja"): ("Out of date the original was updated on 20 November 2026", "/ja/news/out/"),
    ("news/out", "en"): ("Published", "/en/news/out/"),
    ("news/draft", "vi"): ("Draft", None),
    ("news/draft", "ja"): ("Published", "/ja/news/draft/"),
    ("news/draft", "en"): ("Missing", None),
    ("news/later", "en"): ("Scheduled out from 1 February 2027, 09:00", None),
    ("news/later", "vi"): ("Published", "/vi/news/later/"),
    ("news/over", "vi"): ("Expired out until 1 October 2026", None),
    ("news/over", "en"): ("Published", "/en/news/over/"),
    ("events/copied", "ja"): ("Missing", None),
    ("about", "vi"): ("Published", "/vi/about/"),
}


@pytest.mark.parametrize(("key", "lang"), STATES)
def test_the_table_says_what_has_become_of_each_article(state: Snapshot, key: str, lang: str) -> None:
    cell = table(overview(state, {}))[key, lang]
    link = cell.find(".//a")
    assert (said(cell), link.get("href") if link is not None else None) == STATES[key, lang]


def test_a_state_has_a_colour_and_a_sign_of_its_own(state: Snapshot) -> None:
    cells = table(overview(state, {})).values()
    shapes = {
        cell.xpath("string(.//*[contains(@class, 'chip')]/@class)"): etree.tostring(
            cell.find(".//svg"), with_tail=False
        )
        for cell in cells
    }
    assert {name.split()[1] for name in shapes} == {
        "published", "stale", "draft", "scheduled", "expired", "missing",
    }  # fmt: skip
    assert len(set(shapes.values())) == len(shapes)


def test_what_is_shown_early_is_still_marked(tmp_path: Path) -> None:
    early = make(tmp_path, AUTHORED, drafts=True, future=True)
    state = state_of(tmp_path, early, options=Options(now=NOW, drafts=True, future=True))
    cells = table(overview(state, {}))
    assert said(cells["news/draft", "vi"]) == "Draft"
    assert cells["news/draft", "vi"].find(".//a").get("href") == "/vi/news/draft/"
    assert said(cells["news/later", "en"]).startswith("Scheduled")
    for path, mark in (("vi/news/draft/", "Draft"), ("en/news/later/", "Scheduled")):
        found = bar(state, f"{path}index.html", early)
        assert [said(item) for item in found.xpath(".//summary/*[contains(@class, 'mark')]")] == [mark]
        assert mark in said(found.xpath(".//*[@class='states']")[0])


@pytest.mark.parametrize(
    ("lang", "scheduled", "stale"),
    [
        ("vi", "Hẹn giờ đăng từ 09:00 1 tháng 2, 2027", "Cần cập nhật bản gốc đã cập nhật 20 tháng 11, 2026"),
        ("ja", "公開待ち 2027年2月1日 9:00から公開", "要更新 原文は2026年11月20日に更新"),
    ],
)
def test_authors_read_it_in_their_language(root: Path, made: Made, lang: str, scheduled: str, stale: str) -> None:
    page = overview(state_of(root, made, lang), {})
    assert f'<html lang="{lang}"' in page
    cells = table(page)
    assert said(cells["news/later", "en"]) == scheduled
    assert said(cells["news/out", "ja"]) == stale
    titles = {"vi": "Đã ra", "ja": "出た"}
    assert f'lang="{lang}">{titles[lang]}</span>' in page


def test_a_title_comes_in_another_language_where_the_authors_has_none(state: Snapshot) -> None:
    assert '<span class="title" lang="vi">Chép lại</span>' in overview(state, {})


def test_sections_are_groups_with_a_text_of_their_own(state: Snapshot) -> None:
    tree = html.document_fromstring(overview(state, {}))
    groups = {said(body.find("tr/th")): body for body in tree.xpath("//table[@class='articles']/tbody")}
    assert [*groups] == ["Pages", "Events", "News"]
    assert [said(cell) for cell in groups["News"].find("tr").findall("td")] == ["Published", "Published", "Missing"]
    assert groups["Events"].find("tr/th").get("colspan") == "4"
    assert [said(row.find("th")) for row in groups["Pages"].findall("tr")[1:]] == ["Giới thiệu about"]


EVERYTHING = ["about", "events/copied", "events/marks", "news/draft", "news/later", "news/out", "news/over"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, EVERYTHING),
        ({"state": "draft"}, ["news/draft"]),
        ({"state": "stale", "lang": "ja"}, ["news/out"]),
        ({"state": "stale", "lang": "vi"}, []),
        ({"state": "missing", "lang": "vi"}, ["events/marks"]),
        ({"state": "problems"}, ["news/out"]),
        ({"state": "problems", "lang": "vi"}, []),
        ({"section": "events"}, ["events/copied", "events/marks"]),
        ({"section": "event"}, []),
        ({"text": "CHEP"}, ["events/copied"]),
        ({"text": "da  QUA"}, ["news/over"]),
        ({"text": "出た"}, ["news/out"]),
        ({"text": "index.en.md news"}, ["news/later", "news/out", "news/over"]),
        ({"text": "nowhere"}, []),
        ({"state": "no state", "lang": "xx", "page": "last", "other": "1"}, EVERYTHING),
    ],
)
def test_filters(state: Snapshot, query: Mapping[str, str], found: list[str]) -> None:
    wrong = problem("missing-picture", Place("content/news/out/index.ja.md", 2, 1), target="a.jpg")
    state = replace(state, problems=(wrong,))
    page = overview(state, query)
    assert list(dict.fromkeys(key for key, _ in table(page))) == found
    tree = html.document_fromstring(page)
    assert said(tree.get_element_by_id("found")) == f"{len(found)} article{'s' * (len(found) != 1)}"
    assert bool(tree.xpath("//*[@class='nothing']")) == (not found)
    assert len(tree.xpath("//table[@class='articles']/thead//th")) == (
        0 if not found else 2 if query.get("lang") in ("vi", "ja") else 4
    )
    for name in ("state", "lang", "section"):
        chosen = tree.xpath(f"//select[@name='{name}']/option[@selected]/@value")
        known = tree.xpath(f"//select[@name='{name}']/option/@value")
        assert chosen == [value for value in (query.get(name),) if value in known]
    assert tree.xpath("string(//input[@name='text']/@value)") == query.get("text", "")


def test_pages_of_the_table(state: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitegen.preview.overview, "ROWS", 2)
    assert keys(state) == EVERYTHING[:2]
    assert keys(state, page="2") == EVERYTHING[2:4]
    assert keys(state, page="99") == EVERYTHING[6:]
    tree = html.document_fromstring(overview(state, {"page": "2", "text": "index", "state": "published"}))
    assert said(tree.xpath("//nav[@class='pages']")[0]) == "Back Page 2 of 3 Next"
    assert tree.xpath("//nav[@class='pages']/a/@href") == [
        "?state=published&text=index",
        "?state=published&text=index&page=3",
    ]


def test_how_far_each_language_is(state: Snapshot) -> None:
    tree = html.document_fromstring(overview(state, {}))
    tallies = {said(item.find("h2")): item.find("ul") for item in tree.xpath("//*[@class='tallies']/li")}
    assert said(tallies["日本語"]) == "Published 1 Out of date 1 Missing 5"
    assert tallies["日本語"].xpath(".//a/@href")[-1] == "?state=missing&lang=ja"
    assert keys(state, state="missing", lang="ja") == [
        key for key in EVERYTHING if key not in ("news/out", "news/draft")
    ]


def test_problems_are_counted_where_they_are(state: Snapshot) -> None:
    path = "content/news/out/index.ja.md"
    problems = (
        problem("missing-picture", Place(path, 2, 1), target="a.jpg"),
        problem("picture-without-alt", Place(path, 2, 1), target="a.jpg"),
        problem("picture-without-alt", Place("content/about.vi.md", 2, 1), target="a.jpg"),
    )
    cells = table(overview(replace(state, problems=problems), {}))
    assert said(cells["news/out", "ja"]).endswith(" 1 error, 1 warning")
    assert said(cells["about", "vi"]) == "Published 1 warning"
    assert said(cells["news/out", "vi"]) == "Published"


def test_sources_open_from_the_table(state: Snapshot) -> None:
    cells = table(overview(state, {}))
    button = cells["news/draft", "vi"].find(".//button")
    assert button.get("data-path") == "content/news/draft/index.vi.md"
    assert button.get("aria-label") == "Open content/news/draft/index.vi.md"
    assert cells["news/draft", "en"].find(".//button") is None


def test_those_who_may_not_open_files_are_not_offered_it(state: Snapshot, made: Made) -> None:
    path = "content/about.vi.md"
    wrong = problem("missing-picture", Place(path, 2, 1), target="a.jpg")
    pages = {}
    for opens in (True, False):
        seen = replace(state, problems=(wrong,), opens=opens)
        shown = with_toolbar(made.files["vi/about/index.html"], "vi/about/index.html", seen).decode()
        pages[opens] = shown, overview(seen, {}), problem_list(seen), blank_page(seen)
    for page, there in zip(pages[True], pages[False], strict=True):
        assert "sitegen-open" in page
        assert "sitegen-open" not in there
        assert f"{path}:2:1" in there
    files = html.document_fromstring(pages[False][0]).xpath("//sitegen-bar//dl[@class='files']//dd")
    assert [said(each) for each in files] == [path, "layouts/page.html"]


def listed(page: str) -> dict[str, str]:
    """What is said of the last build."""
    terms = html.document_fromstring(page).xpath("//section[@class='build']//dl/div")
    return {said(term.find("dt")): said(term.find("dd")) for term in terms}


def test_the_last_build(state: Snapshot) -> None:
    tree, facts = html.document_fromstring(overview(state, {})), listed(overview(state, {}))
    assert state.build
    assert facts["Pages"] == str(state.build.pages)
    assert facts["Next change by the clock"] == "01/02/2027 09:00 +0700"
    assert set(facts) >= {"Files written", "Files kept", "Files removed", "Together"}
    rows = tree.xpath("//table[@class='laps']/tbody/tr")
    assert len(rows) == len(state.build.timings)
    shares = [float(row.xpath("string(.//rect/@width)")) for row in rows]
    assert max(shares) == 100
    times = [float(said(row.find("td/span"))) for row in rows]
    assert times == pytest.approx([seconds * 1000 for seconds in state.build.timings.values()], abs=0.06)
    assert "style=" not in overview(state, {})


def test_what_the_last_build_did(state: Snapshot, made: Made) -> None:
    build = replace(
        made.build, parsed=2, rendered=3, made=4, memos={"build": "sources", "fonts": "", "design": "layout"}
    )
    assert listed(overview(replace(state, build=build), {})).items() >= {
        ("Content files parsed", "2"),
        ("Of these rendered", "3"),
        ("Other files made", "4"),
        ("The build as a whole", "Made anew: files of the site have changed"),
        ("Fonts of share cards", "Restored"),
        ("Settings, layouts and assets", "Made anew: layouts have changed"),
    }
    assert "Arrangement of the site" not in listed(overview(replace(state, build=build), {}))


def test_every_reason_has_words(state: Snapshot, made: Made) -> None:
    for memo in get_args(Memo):
        for reason in get_args(Reason):
            page = overview(replace(state, build=replace(made.build, memos={memo: reason})), {})
            assert list(listed(page).values())[-1].startswith("Made anew: " if reason else "Restored")


def test_the_overview_before_anything_is_known_of_the_site(state: Snapshot) -> None:
    """A build in which nothing had changed knows no site."""
    tree = html.document_fromstring(overview(replace(state, site=None), {"lang": "vi"}))
    assert said(tree.xpath("//*[@class='nothing']")[0]) == "The table comes with the next build."
    tree = html.document_fromstring(overview(replace(state, site=None, build=None, building=True), {}))
    assert said(tree.xpath("//*[@class='building']")[0]) == "The site is being built."
    assert tree.xpath("//table") == []


def test_broken_articles(tmp_path: Path) -> None:
    """Left out by a build that keeps going, they are known by their files."""
    files = {
        "content/news/a/index.vi.md": "---\ntitle: A\ndate: 30/02/2024\n---\n",
        "content/news/a/index.ja.md": article("A"),
        "content/news/b/index.vi.md": "no front matter",
    }
    made = make(tmp_path, files, keep_going=True)
    state = state_of(tmp_path, made)
    cells = table(overview(state, {}))
    assert said(cells["news/a", "vi"]) == "Broken 1 error"
    assert said(cells["news/b", "vi"]) == "Broken 1 error"
    assert '<span class="title">news/b</span>' in overview(state, {})
    assert languages(bar(state, "ja/news/a/index.html", made))["vi"] == (None, "Tiếng Việt Broken")


def test_articles_that_a_failed_build_has_read_anew(tmp_path: Path) -> None:
    """The good site is still shown; what is remembered of these articles is of another moment."""
    root = write_site(tmp_path, {**AUTHORED, "content/news/tied/index.vi.md": article("Tied", translation_key="out2")})
    with closing(BuildSession()) as session:
        rebuild(root, session=session)
        touched = root / "content/about.vi.md"
        touched.write_text(touched.read_text("utf-8") + "\nMore.\n", "utf-8")
        made = rebuild(root, session=session)
    before = table(overview(state_of(root, made), {}))
    for path in ("content/news/out/index.vi.md", "content/news/draft/index.vi.md", "content/news/tied/index.vi.md"):
        (root / path).write_text((root / path).read_text("utf-8").replace("Text.", "New text."), "utf-8")
    problems = problems_of(root, {"content/about.vi.md": "---\ntitle: \n---\n"})
    assert problems
    state = state_of(root, made, problems=problems, failed=True)
    after = table(overview(state, {}))
    changed = [key for key in before.keys() | after.keys() if said(after[key]) != said(before[key])]
    assert changed == [("about", "vi")]
    assert said(after["about", "vi"]).startswith("Published 1 error")
    assert languages(bar(state, "ja/news/out/index.html", made))["vi"] == ("/vi/news/out/", "Tiếng Việt Published")


def test_the_bar_of_an_article(state: Snapshot, made: Made) -> None:
    found = bar(state, "ja/news/out/index.html", made)
    assert languages(found) == {
        "vi": ("/vi/news/out/", "Tiếng Việt Published"),
        "ja": ("/ja/news/out/", "日本語 Out of date"),
        "en": ("/en/news/out/", "English Published"),
    }
    assert found.xpath(".//nav//a[@aria-current]/@hreflang") == ["ja"]
    assert found.xpath(".//dl[@class='files']//button/@data-path") == ["content/news/out/index.ja.md"]
    assert "layouts/article.html (of the theme)" in said(found)
    assert "日本語 Out of date · the original was updated on 20 November 2026" in said(found)
    assert found.xpath(".//a[@class='all']/@href") == ["/__sitegen/"]
    assert found.xpath(".//*[@id='problems'][@hidden]")


def test_languages_that_are_not_out_lead_nowhere(state: Snapshot, made: Made) -> None:
    assert languages(bar(state, "ja/news/draft/index.html", made)) == {
        "vi": (None, "Tiếng Việt Draft"),
        "ja": ("/ja/news/draft/", "日本語 Published"),
        "en": (None, "English Missing"),
    }


def test_marks_of_the_page_itself(state: Snapshot, made: Made) -> None:
    marks = ".//*[@class='marks']/li"
    ends = bar(state, "ja/news/draft/index.html", made)
    assert [said(item) for item in ends.xpath(marks)] == ["out until 1 February 2027"]
    copied = bar(state, "en/events/copied/index.html", made)
    assert [said(item) for item in copied.xpath(marks)] == ["Not translated; shown in Tiếng Việt"]
    assert languages(copied)["en"] == ("/en/events/copied/", "English Missing")
    assert copied.xpath(".//dl[@class='files']//button/@data-path") == ["content/events/copied/index.vi.md"]
    assert bar(state, "vi/news/out/index.html", made).xpath(f"{marks} | .//summary/*[contains(@class, 'mark')]") == []


@pytest.mark.parametrize(
    ("path", "sources", "english"),
    [
        ("vi/index.html", ["content/_index.vi.md"], ("/en/", "English Missing")),
        ("ja/index.html", [], ("/en/", "English")),
        ("vi/news/index.html", ["content/news/_index.vi.md"], ("/en/news/", "English Missing")),
        ("en/news/index.html", [], ("/en/news/", "English")),
        ("vi/events/index.html", [], ("/en/events/", "English")),
        ("vi/tags/index.html", ["content/tags.yaml"], ("/en/tags/", "English")),
        ("vi/about/index.html", ["content/about.vi.md", "layouts/page.html"], (None, "English Missing")),
        ("vi/search/index.html", [], ("/en/search/", "English")),
        ("ja/404.html", [], ("/en/", "English")),
        ("index.html", [], ("/en/", "English")),
    ],
)
def test_the_bar_of_every_kind_of_page(
    state: Snapshot, made: Made, path: str, sources: list[str], english: tuple[str | None, str]
) -> None:
    found = bar(state, path, made)
    assert found.xpath(".//dl[@class='files']//button/@data-path") == sources
    assert languages(found)["en"] == english


def test_the_bar_of_pages_that_nobody_knows(state: Snapshot) -> None:
    for known in (state, replace(state, site=None)):
        page = html.document_fromstring(with_toolbar(b"<p>x</p>", "files/news/x.html", known))
        assert page.xpath("//sitegen-bar//nav | //sitegen-bar//details") == []
        assert page.xpath("//sitegen-bar//a/@href") == ["/__sitegen/"]


def test_problems_of_the_page_are_told_apart(state: Snapshot, made: Made) -> None:
    problems = (
        problem("missing-picture", Place("content/news/out/index.ja.md", 2, 1), target="a.jpg"),
        problem("layout-failed", Place("layouts/article.html", 1, 1), detail="x"),
        problem("missing-picture", Place("content/news/out/index.vi.md", 2, 1), target="b.jpg"),
    )
    found = bar(replace(state, problems=problems), "ja/news/out/index.html", made)
    assert found.xpath(".//*[@id='findings']/li/@data-path") == [
        "content/news/out/index.ja.md",
        "layouts/article.html",
    ]
    assert said(found.xpath(".//*[@id='own']")[0]) == "2 problems of this page"
    assert said(found.xpath(".//*[@id='problems']")[0]) == "3 errors"


def test_addresses_below_a_path_of_the_host(state: Snapshot, made: Made) -> None:
    state = replace(state, base="/repo/")
    page = with_toolbar(made.files["vi/news/out/index.html"], "vi/news/out/index.html", state).decode()
    found = html.document_fromstring(page).xpath("//sitegen-bar")[0]
    assert {address.split("/")[1] for address in found.xpath(".//@href")} == {"repo"}
    assert 'src="/repo/__sitegen/live.js"' in page
    assert '"/repo/vi/news/out/"' in overview(state, {})
    assert 'src="/repo/__sitegen/live.js"' in blank_page(state)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<body><p>a</p>", "</body></html>"),
        ("<p>a</p>", "</BODY >\n"),
        ("<!-- </body> --><p>a</p>", "</body>"),
        ("<p>a</p>", ""),
    ],
)
def test_where_it_is_put(state: Snapshot, before: str, after: str) -> None:
    page = with_toolbar(f"{before}{after}".encode(), "x.html", state).decode()
    assert page.startswith(before)
    assert page.endswith(after)
    added = page.removeprefix(before).removesuffix(after)
    tree = html.fragment_fromstring(added, create_parent=True)
    assert [child.tag for child in tree] == ["sitegen-bar", "div", "link", "script", "script"]
    assert tree.xpath("./script/@src") == SCRIPTS
    assert tree.xpath("./script/@defer") == ["defer", "defer"]
    assert tree.xpath("./link/@href") == ["/__sitegen/desk.css"]


def test_what_is_no_page_for_people_stays_as_it_is(state: Snapshot, tmp_path: Path) -> None:
    made = make(tmp_path, {"content/news/a.vi.md": article("A", aliases=["/old/"])})
    state = state_of(tmp_path, made)
    for path in ("sitemap.xml", "vi/feed.xml", "vi/feed.json", "robots.txt", "old/index.html"):
        assert with_toolbar(made.files[path], path, state) == made.files[path]
    assert with_toolbar(made.files["404.html"], "404.html", state) != made.files["404.html"]


def test_nothing_stands_in_the_page_that_a_policy_would_refuse(state: Snapshot, made: Made) -> None:
    wrong = replace(state, problems=(problem("no-settings", Place("site.yaml")),), failed=True)
    for page in (
        with_toolbar(made.files["vi/news/out/index.html"], "vi/news/out/index.html", wrong).decode(),
        overview(wrong, {}),
        blank_page(wrong),
    ):
        tree = html.document_fromstring(page)
        assert tree.xpath("//@style | //style | //@*[starts-with(name(), 'on')]") == []
        assert [script for script in tree.xpath("//script[not(@type)]") if not script.get("src")] == []


def test_titles_and_sources_are_no_html(tmp_path: Path) -> None:
    attack = "<script>hit()</script>"
    path = "content/news/a/index.vi.md"
    root = write_site(tmp_path, {path: article(attack, tags=[attack])})
    problems = problems_of(root, {})
    assert problems
    made = make(tmp_path / "good", {path: article(attack)})
    state = replace(state_of(root, made), problems=problems, failed=True)
    pages = [
        with_toolbar(b"<body></body>", "vi/news/a/index.html", state).decode(),
        overview(state, {"text": attack, "section": attack}),
        overview(state, {"text": "script"}),
        problem_list(state),
        blank_page(state),
    ]
    for page in pages:
        assert "<script>" not in page
        assert "&lt;script&gt;" in page


@pytest.fixture
def place(root: Path, made: Made) -> Any:
    """The excerpt of a problem at a place in a text."""

    def excerpt(text: str, line: int, column: int, path: str = "content/x.md") -> Any:
        target = root / "content/x.md"
        target.write_text(text, "utf-8")
        link = root / "content/link.md"
        link.symlink_to("x" * 300)
        found = problem("missing-picture", Place(path, line, column), target="a.jpg")
        fragment = problem_list(replace(state_of(root, made), problems=(found,)))
        target.unlink()
        link.unlink()
        return html.fragment_fromstring(fragment)

    return excerpt


@pytest.mark.parametrize(
    ("text", "line", "column", "shown", "marked"),
    [
        ("one\ntwo three\nfour", 2, 5, ["1one", "2two three", "3four"], "three"),
        ("one\n\n![](a.jpg)\n\nfour", 3, 5, ["3![](a.jpg)"], "a.jpg"),
        ("  one two", 1, 0, ["1  one two"], "one two"),
        ("日本語、テキスト。", 1, 5, ["1日本語、テキスト。"], "テキスト"),
        ("one", 1, 4, ["1one"], None),
        ("one", 1, 40, ["1one"], None),
        ("one", 9, 1, [], None),
        ("one", 0, 0, [], None),
        ("x" * 130, 1, 1, ["1" + "x" * WIDTH + "…"], "x" * WIDTH),
        (" ".join(["word"] * 100), 1, 301, None, "word"),
    ],
)
def test_excerpts(place: Any, text: str, line: int, column: int, shown: list[str] | None, marked: str | None) -> None:
    tree = place(text, line, column)
    lines = [row.text_content().rstrip("\n") for row in tree.xpath("//pre/span")]
    assert tree.xpath("//mark/text()") == ([marked] if marked else [])
    if shown is None:
        (long,) = lines
        assert long.startswith("1…")
        assert long.endswith("…")
        assert len(long) == WIDTH + 3
    else:
        assert lines == shown


def test_what_opens_and_what_does_not(place: Any) -> None:
    tree = place("one\ntwo", 2, 1)
    (button,) = tree.xpath("//button[@class='sitegen-open']")
    assert (button.get("data-path"), button.get("data-line"), said(button)) == ("content/x.md", "2", "content/x.md:2:1")
    whole = place("one", 0, 0).xpath("//button[@class='sitegen-open']")[0]
    assert (whole.get("data-line"), said(whole)) == ("1", "content/x.md")
    theme = place("one", 3, 1, "layouts/base.html")
    assert theme.xpath("//button[@class='sitegen-open']") == []
    assert said(theme.xpath("//*[@class='sitegen-where']")[0]) == "layouts/base.html:3:1"
    assert theme.xpath("//pre")
    for odd in ("content/link.md", f"content/{'x' * 300}.md"):
        assert place("one", 0, 0, odd).xpath("//button[@class='sitegen-open']") == []


def test_the_words_of_a_problem(place: Any, root: Path, made: Made) -> None:
    tree = place("![](a.jpg)", 1, 5)
    (item,) = tree.xpath("//li")
    assert said(item).startswith("error There is no picture a.jpg. Put the file beside the article")
    assert said(item).endswith("content/x.md:1:5 missing-picture")
    found = problem("missing-picture", Place("content/x.md", 1, 5), target="a.jpg")
    for lang, word in (("vi", "lỗi"), ("ja", "エラー")):
        fragment = problem_list(replace(state_of(root, made, lang), problems=(found,)))
        tree = html.fragment_fromstring(fragment)
        assert tree.get("lang") == lang
        assert said(tree.xpath("//*[@class='sitegen-severity']")[0]) == word


def many(errors: int, warnings: int) -> tuple[Problem, ...]:
    return (
        *(problem("picture-without-alt", Place("content/a.md", n), target="a.jpg") for n in range(warnings)),
        *(problem("missing-picture", Place("content/a.md", n), target="a.jpg") for n in range(errors)),
    )


@pytest.mark.parametrize(
    ("errors", "warnings", "counts", "left"),
    [
        (1, 0, "1 error", ""),
        (0, 2, "2 warnings", ""),
        (2, 1, "2 errors, 1 warning", ""),
        (MOST, 1, f"{MOST} errors, 1 warning", "1 more is not shown."),
        (0, MOST + 5, f"{MOST + 5} warnings", "5 more are not shown."),
    ],
)
def test_how_many_there_are(state: Snapshot, errors: int, warnings: int, counts: str, left: str) -> None:
    tree = html.fragment_fromstring(problem_list(replace(state, problems=many(errors, warnings))))
    assert said(tree.find(".//h2")) == counts
    assert tree.get("data-errors") == str(errors)
    assert [said(note) for note in tree.xpath("//*[@class='sitegen-note']")] == [left] * bool(left)
    kinds = [item.get("class").split()[1] for item in tree.xpath("//li")]
    assert kinds == (["sitegen-error"] * errors + ["sitegen-warning"] * warnings)[:MOST]


def test_no_problems(state: Snapshot) -> None:
    assert problem_list(state) == ""
    page = with_toolbar(b"", "x.html", state).decode()
    assert '<div id="sitegen-problems" hidden></div>' in page


@pytest.mark.parametrize(("errors", "warnings", "shown"), [(1, 1, True), (0, 1, False)])
def test_only_errors_come_over_the_page(state: Snapshot, errors: int, warnings: int, shown: bool) -> None:
    page = with_toolbar(b"", "x.html", replace(state, problems=many(errors, warnings))).decode()
    (box,) = html.document_fromstring(page).xpath("//*[@id='sitegen-problems']")
    assert (box.get("hidden") is None) == shown
    assert len(box.xpath(".//li")) == errors + warnings


def test_whether_the_page_is_of_before(state: Snapshot) -> None:
    wrong = replace(state, problems=many(1, 0))
    notes = {
        name: html.fragment_fromstring(problem_list(known)).xpath("string(//*[@role='alert'])")
        for name, known in (
            ("left out", wrong),
            ("failed", replace(wrong, failed=True)),
            ("nothing", replace(wrong, failed=True, build=None)),
        )
    }
    assert notes["left out"] == notes["nothing"] == ""
    assert notes["failed"].startswith("The site could not be built. You see it as it was before")


def test_the_page_for_want_of_one(state: Snapshot) -> None:
    nothing = replace(state, build=None, site=None)
    wrong = replace(nothing, problems=problems_of(state.root, {}, base_url="nowhere"), failed=True)
    for known, text, count in ((nothing, "The site is being built.", 0), (wrong, "The site could not be built.", 1)):
        tree = html.document_fromstring(blank_page(known))
        assert said(tree.find(".//main")).startswith(f"Nothing to show yet {text}")
        assert len(tree.xpath("//*[@id='sitegen-problems']//li")) == count
        assert tree.xpath("//script/@src") == SCRIPTS


@pytest.mark.parametrize("now", ["02/02/2027 09:00", None])
def test_the_moment_that_is_shown(root: Path, made: Made, now: str | None) -> None:
    """By --now as an author writes it, or the clock."""
    cells = table(overview(state_of(root, made, options=Options(now=now)), {}))
    assert said(cells["news/draft", "ja"]) == ("Expired out until 1 February 2027" if now else "Published")
