"""What a build says that it did: what was work, what was restored, and why the rest could not be."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sitegen.build.run import Build, Reason
from sitegen.cache.session import BuildSession
from tests.support.sites import BASE, SETTINGS, article, make, rebuild, write_site

pytestmark = pytest.mark.usefixtures("plain_theme", "settled")

A, B = "content/news/a/index.vi.md", "content/news/b/index.vi.md"
PICTURE = "content/news/a/p.svg"
SITE = {
    A: article("A", "[b](../b/index.md) ![p](p.svg)", summary="S"),
    B: article("B"),
    "content/news/over.vi.md": article("Over", expires="01/12/2026"),
    "content/about.vi.md": article("Giới thiệu", date=""),
    PICTURE: "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>",
    "assets/print.css": "p { margin: 0; }",
    "layouts/page.html": '{% extends "theme/page.html" %}',
}
NEXT = {A: article("A", "[b](../b/index.md) ![p](p.svg)\n\nMore.", summary="S")}


def facts(done: Build) -> tuple[int, int, int]:
    return done.parsed, done.rendered, done.made


def test_the_first_build(tmp_path: Path) -> None:
    done = make(tmp_path, SITE).build
    assert facts(done) == (4, done.pages, len(done.written.written) - done.pages)
    assert done.memos == {"build": "none kept", "design": "none kept", "arrangement": "none kept"}


def test_nothing_changed(tmp_path: Path) -> None:
    make(tmp_path, SITE)
    again = rebuild(tmp_path).build
    assert (facts(again), again.memos) == ((0, 0, 0), {"build": ""})


def built_again(root: Path, change: Callable[[], object]) -> Build:
    make(root, SITE)
    change()
    return rebuild(root).build


Said = tuple[str, int, str, int]

EDITS: dict[str, tuple[dict[str, str], Said]] = {
    "body": (NEXT, ("", 1, "some", 0)),
    "title": ({A: SITE[A].replace('"A"', '"New"')}, ("", 1, "some", 0)),
    "date": ({A: SITE[A].replace("04/10/2024", "05/10/2024")}, ("structure", 1, "some", 0)),
    "new article": ({"content/news/c.vi.md": article("C")}, ("structure", 1, "some", 0)),
    "layout": ({"layouts/page.html": '{% extends "theme/page.html" %} '}, ("", 0, "some", 0)),
    "new layout": ({"layouts/own.html": "x"}, ("structure", 0, "some", 0)),
    "asset": ({"assets/print.css": "p { margin: 1px; }"}, ("structure", 0, "none", 1)),
    "setting": ({"site.yaml": SETTINGS.replace("Trial", "Other")}, ("structure", 0, "all", 0)),
    "time zone": ({"site.yaml": SETTINGS.replace("Ho_Chi_Minh", "Tokyo")}, ("structure", 4, "all", 0)),
    "picture": ({PICTURE: "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 1'/>"}, ("file", 0, "some", 1)),
    "new picture": (
        {"content/news/a/q.svg": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>"},
        ("file", 0, "none", 0),
    ),
}
"""What is edited; why the site is arranged anew, how many files are parsed, whether pages are rendered, how many other
files are made."""


@pytest.mark.parametrize(("edit", "expected"), EDITS.values(), ids=EDITS)
def test_an_edit(tmp_path: Path, edit: dict[str, str], expected: Said) -> None:
    make(tmp_path, SITE)
    done = rebuild(write_site(tmp_path, edit, {})).build
    rendered = {0: "none", done.pages: "all"}.get(done.rendered, "some")
    assert (done.memos["arrangement"], done.parsed, rendered, done.made) == expected
    assert (done.memos["build"], done.memos["design"]) == ("sources", "none kept")


def test_an_article_that_is_gone(tmp_path: Path) -> None:
    done = built_again(tmp_path, (tmp_path / "content/about.vi.md").unlink)
    assert (done.memos["build"], done.memos["arrangement"], done.parsed) == ("sources", "structure", 0)


def test_the_clock_passes_a_date(tmp_path: Path) -> None:
    make(tmp_path, SITE)
    done = rebuild(tmp_path, now=datetime(2026, 11, 30, tzinfo=UTC)).build
    assert (facts(done), done.memos) == ((0, 0, 0), {"build": ""})
    done = rebuild(tmp_path, now=datetime(2026, 12, 2, tzinfo=UTC)).build
    assert done.memos == {"build": "clock", "design": "none kept", "arrangement": "clock"}
    assert (done.parsed, done.made) == (0, 0)
    assert 0 < done.rendered < done.pages


@pytest.mark.parametrize(
    ("options", "build", "arrangement"),
    [
        ({"drafts": True}, "options", "structure"),
        ({"base_url": "https://example.org/"}, "options", "structure"),
        ({"assembled": True}, "asked", ""),
        ({"index": True}, "asked", ""),
        ({"clean": True}, "none kept", "none kept"),
    ],
)
def test_other_options(tmp_path: Path, options: dict[str, Any], build: Reason, arrangement: Reason) -> None:
    make(tmp_path, {**SITE, "site.yaml": SETTINGS})
    memos = rebuild(tmp_path, **options).build.memos
    assert (memos["build"], memos["arrangement"]) == (build, arrangement)


def test_another_output_has_all_its_files_made(tmp_path: Path) -> None:
    first = make(tmp_path, SITE).build
    done = rebuild(tmp_path, output=tmp_path.with_name(f"{tmp_path.name}-other")).build
    assert (done.memos["build"], done.memos["arrangement"]) == ("options", "")
    assert facts(done) == (0, first.rendered, first.made)


def test_what_someone_did_to_the_output(tmp_path: Path) -> None:
    done = built_again(tmp_path, (tmp_path / "output/vi/index.html").unlink)
    assert done.memos == {"build": "output", "design": "none kept", "arrangement": ""}
    assert facts(done) == (0, 1, 0)


@pytest.mark.parametrize(("author", "reason"), [({}, ""), ({"author": "A"}, "problems")])
def test_a_warning_whose_article_is_edited(tmp_path: Path, settled: None, author: dict[str, str], reason: str) -> None:
    """It is told where it is now, as far as that can be told from the text alone."""
    make(tmp_path, {**SITE, "content/about.vi.md": article("About", "[x](/no/)", date="")})
    edited = article("About", "Above.\n\n[x](/no/)", date="", **author)
    done = rebuild(write_site(tmp_path, {"content/about.vi.md": edited}, {})).build
    assert (done.memos["arrangement"], done.parsed) == (reason, 1)


def test_an_article_whose_name_says_nothing(tmp_path: Path) -> None:
    make(tmp_path, SITE)
    broken = write_site(tmp_path, {"content/about.vn.md": article("A", date="")}, {})
    assert rebuild(broken, keep_going=True).build.memos["arrangement"] == "content"
    again = rebuild(broken, keep_going=True).build
    assert (again.memos["build"], again.memos["arrangement"]) == ("none kept", "none kept")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (NEXT, ""),
        ({"site.yaml": SETTINGS.replace("Trial", "Other")}, "settings"),
        ({"content/tags.yaml": ""}, "settings"),
        ({"layouts/page.html": '{% extends "theme/page.html" %} '}, "layout"),
        ({"layouts/locales/vi.po": 'msgid "a"\nmsgstr "b"\n'}, "catalogue"),
        ({"assets/print.css": "p { margin: 1px; }"}, "asset"),
        ({"assets/print.css": "p { margin: 1px; }", "layouts/own.html": "x"}, "layout"),
    ],
)
def test_the_design_is_kept_by_a_process_that_builds_again(
    tmp_path: Path, edit: dict[str, str], reason: Reason
) -> None:
    write_site(tmp_path, {**BASE, **SITE})
    with closing(BuildSession()) as session:
        for expected in ("none kept", reason):
            assert rebuild(tmp_path, session=session).build.memos["design"] == expected
            write_site(tmp_path, edit, {})


def test_a_layout_that_is_gone(tmp_path: Path) -> None:
    write_site(tmp_path, {**BASE, **SITE})
    with closing(BuildSession()) as session:
        rebuild(tmp_path, session=session)
        (tmp_path / "layouts/page.html").unlink()
        assert rebuild(tmp_path, session=session).build.memos["design"] == "layout"
        other = rebuild(tmp_path, session=session, base_url="https://example.org/").build
    assert (other.memos["build"], other.memos["design"]) == ("options", "options")
