"""One table of addresses: whatever is published, nothing else takes its place, and a build that is refused moves
nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.problems import SiteError
from sitegen.site.urls import Page, check_collisions
from sitegen.text import is_path_within
from tests.support.folding import require_exact
from tests.support.photos import photo
from tests.support.sites import SETTINGS, Content, article, codes, make, output_files, problems_of, rebuild, write_site

A, B = "content/news/a/index.vi.md", "content/news/b/index.vi.md"
TEXT = article("A", "[plan](plan.html) ![p](p.svg) ![q](q.jpg)", attachments=[{"src": "data.csv", "title": "D"}])
FILES: dict[str, Content] = {
    A: TEXT,
    "content/news/a/plan.html": "<p>plan</p>",
    "content/news/a/data.csv": "1,2\n",
    "content/news/a/p.svg": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'/>",
    "content/news/a/q.jpg": photo(),
    "assets/js/own.js": "export {}\n",
    "site.yaml": SETTINGS.replace("share_cards: false", "redirect_files: [netlify, apache, nginx]")
    + "attachment_types: [html]\n",
}


def wanted(path: str) -> Iterator[str]:
    """Aliases that would need the file or folder of another."""
    if path.endswith(".html"):
        yield f"/{path}"
    else:
        yield f"/{path}/"
    yield f"/{path}/below/"


def test_an_alias_takes_no_ones_place(tmp_path: Path) -> None:
    """Of pages, feeds, attachments, pictures, assets, share cards, drawings, search indexes, sitegen's own files."""
    made = make(tmp_path, FILES, index=True)
    tops = {path.partition("/")[0] for path in made.files}
    assert {"files", "pictures", "assets", "cards", "drawn", "vi", "robots.txt", "_redirects", ".htaccess"} <= tops
    kept = [path for path in made.files if not path.endswith("_index")]  # another article makes another index
    for path in {path.partition("/")[0]: path for path in kept}.values():
        for alias in wanted(path):
            write_site(tmp_path, {B: article("B", aliases=[alias])}, {})
            with pytest.raises(SiteError) as raised:
                rebuild(tmp_path)
            assert {*codes(raised.value.problems)} <= {"duplicate-address", "redirect-loop", "foreign-file"}, alias
            assert output_files(tmp_path / "output") == made.files, alias


def test_what_is_left_out_leaves_the_others_alone(tmp_path: Path) -> None:
    files = {**FILES, B: article("B", aliases=["/files/news/a/plan.html", "/old/"])}
    made = make(tmp_path, files, keep_going=True)
    assert codes(made.build.problems) == ["duplicate-address"]
    assert made.files["files/news/a/plan.html"] == b"<p>plan</p>"
    assert "old/index.html" in made.files


def test_a_section_may_be_called_like_a_folder_of_files(tmp_path: Path) -> None:
    """Where the default language is at the root; only what is the same address is refused."""
    settings = f"{SETTINGS}default_language_at_root: true\nattachment_types: [html]\n"
    names = ("files", "pictures", "assets", "cards", "drawn")
    texts = {f"content/{name}/x/index.vi.md": article(f"X {name}") for name in names}
    made = make(tmp_path, {**FILES, **texts, "site.yaml": settings})
    assert {f"{name}/x/index.html" for name in names} <= made.files.keys()
    found = problems_of(tmp_path, {"content/files/news/a/data.csv.vi.md": article("X")}, base={})
    assert [(one.code, one.place.path) for one in found] == [
        ("duplicate-address", "content/files/news/a/data.csv.vi.md")
    ]


def test_an_article_where_a_page_of_the_sites_own_is(tmp_path: Path) -> None:
    """It is told at the article, which its author can move."""
    found = problems_of(tmp_path, {"content/search.vi.md": article("S", date=""), A: article("A")})
    assert [(one.code, one.place.path, one.place.line) for one in found] == [
        ("duplicate-address", "content/search.vi.md", 2)
    ]


@pytest.mark.parametrize(
    "name", ["search", "feed.xml", "feed.json", "404.html", "index.html", "search/feed.xml", "Feed.XML"]
)
@pytest.mark.parametrize(
    "form", ["content/{}/a.vi.md", "content/{}/_index.vi.md", "content/{}.vi.md", "content/news/{}.vi.md"]
)
@pytest.mark.parametrize("at_root", ["true", "false"])
def test_what_is_called_as_a_page_that_is_made_is_told_at_its_place(
    tmp_path: Path, name: str, form: str, at_root: str
) -> None:
    """Also where feeds of theirs would lie within."""
    path = form.format(name)
    files = {path: article("A"), "site.yaml": f"{SETTINGS}default_language_at_root: {at_root}\n"}
    told = [found.place.path for found in problems_of(tmp_path, files)]
    assert [place for place in told if not (tmp_path / place).exists()] == []
    assert {place for place in told if path.startswith(place)} == {*told}


def test_attachments_that_differ_but_for_case(tmp_path: Path) -> None:
    files = {
        A: article("A", "[a](Plan.pdf) [b](plan.pdf)"),
        "content/news/a/Plan.pdf": "1",
        "content/news/a/plan.pdf": "2",
    }
    require_exact(tmp_path)
    found = problems_of(tmp_path, files)
    assert [(one.code, one.place.path) for one in found] == [
        ("broken-link", A),
        ("same-name", "content/news/a/plan.pdf"),
    ]


@pytest.mark.parametrize("path", ["../x/", "vi/../../x/", "/x/", "vi//x/", "./x/", "vi/\0/", "..", ".", "x\ny"])
def test_no_page_has_an_address_that_climbs(path: str) -> None:
    page = Page(path, "article", "article.html", "vi", origin="content/x.md", line=2, column=7)
    kept, problems = check_collisions([page])
    assert (kept, [(found.code, found.place.line) for found in problems]) == ((), [("invalid-path", 2)])


@pytest.mark.parametrize("path", ["x", "x/y", "..x", "x..", "...", "x/.../y", ".x", "a\\..\\b", "x:y", "~"])
def test_paths_within(path: str) -> None:
    assert is_path_within(path)
