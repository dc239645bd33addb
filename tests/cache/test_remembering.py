"""What earlier builds remember: never a wrong page, and no work done twice."""

import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sitegen.build import build
from sitegen.build.run import Options, Workers
from sitegen.cache.session import FILE, FOLDER, locked
from sitegen.problems import SiteError
from sitegen.system.processes import StartMethod
from tests.support.full import in_full
from tests.support.posix import on_posix
from tests.support.sites import BASE, article, make, output_files, rebuild, run, write_site

LANGUAGES = ("vi", "ja", "en")
SITE = {
    **{
        f"content/news/a{n}/index.{lang}.md": article(f"{n} {lang}", "[b](../a0/index.md) ![p](p.svg)", tags="jcm")
        for n in range(4)
        for lang in LANGUAGES
    },
    **{
        f"content/news/a{n}/p.svg": f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {n + 1} 1'/>"
        for n in range(4)
    },
    "content/about.vi.md": article("Giới thiệu", date=""),
}
A1 = "content/news/a1/index.vi.md"


def edit(root: Path, path: str, text: str) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (A1, article("1 vi", "Another body. [b](../a0/index.md) ![p](p.svg)", tags="jcm", summary="S")),
        ("content/news/a1/p.svg", "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'/>"),
        ("content/about.vi.md", article("Giới thiệu", "Thân bài.", date="", summary="")),
    ],
)
def test_few_pages_for_a_small_edit(tmp_path: Path, path: str, text: str) -> None:
    first = make(tmp_path, SITE).build
    again = rebuild_after(tmp_path, lambda: edit(tmp_path, path, text))
    assert 0 < again.build.rendered < first.pages / 2
    assert_as_clean(tmp_path)


@pytest.mark.parametrize("listed", [{"summary": "S2"}, {"updated": "05/10/2024"}, {"author": "A"}, {"extra": {"a": 1}}])
def test_what_lists_tell_of_an_article_is_exchanged_where_it_is_told(
    tmp_path: Path, settled: None, listed: dict[str, Any]
) -> None:
    """And nothing is arranged anew for it, nor for a draft's title."""
    draft = "content/news/a9/index.vi.md"
    make(tmp_path, {**SITE, A1: article("1 vi"), draft: article("9", draft=True)})
    edit(tmp_path, draft, article("9 again", draft=True))
    again = rebuild(tmp_path).build
    assert (again.memos["arrangement"], again.parsed, again.rendered) == ("", 1, 0)
    for title in ("Another", "Third"):
        edit(tmp_path, A1, article(title, **{"summary": "S", **listed}))
        again = rebuild(tmp_path).build
        assert (again.memos["arrangement"], again.parsed) == ("", 1)
        assert 0 < again.rendered < again.pages
    assert_as_clean(tmp_path)


@pytest.mark.parametrize("path", [A1, "content/about.vi.md"])
def test_a_menu_has_the_title_that_a_page_has_now(tmp_path: Path, settled: None, path: str) -> None:
    make(tmp_path, {**SITE, A1: article("1 vi"), "site.yaml": f"{BASE['site.yaml']}menu: [news/a1, about]\n"})
    edit(tmp_path, path, article("Another", date="" if "about" in path else "04/10/2024"))
    again = rebuild(tmp_path)
    assert "Another" in again.text("vi/404.html")
    assert again.build.memos["arrangement"] == ""
    assert_as_clean(tmp_path)


def test_a_site_with_warnings_is_not_arranged_anew_for_a_text(tmp_path: Path, settled: None) -> None:
    """But they are told, in the line where they are now."""
    blind, astray = "content/news/a0/index.vi.md", "content/news/a2/index.vi.md"
    text = article("1 vi", "Text.", summary="S")
    make(
        tmp_path,
        {
            **SITE,
            A1: text,
            blind: article("A", "![](p.svg)", summary="S"),
            astray: article("B", "[x](/no/)", summary="S"),
        },
    )
    for path, more in ((A1, f"{text}\nMore."), (blind, article("A", "Above.\n\n![](p.svg)", summary="S"))):
        edit(tmp_path, path, more)
        again = rebuild(tmp_path)
        assert {found.code for found in again.build.problems} == {"picture-without-alt", "broken-address"}
        assert again.build.rendered > 0
        assert again.build.memos["arrangement"] == ""
    edit(tmp_path, astray, article("B", "Above.\n\n[x](/no/)", summary="S"))
    moved = rebuild(tmp_path).build
    assert_as_clean(tmp_path)
    assert {found.code: found.place.line for found in moved.problems} == {"picture-without-alt": 9, "broken-address": 9}
    assert moved.memos["arrangement"] == ""


@pytest.mark.parametrize(
    ("before", "after", "is_arranged_anew"),
    [
        ("title: A\n---\n\n[x](/no/) [y](/nor/)", "title: B\n---\n\n[x](/no/), then [y](/nor/)", False),
        ("title: A\ntags: [none, nor]\n---\n", "# Above.\ntitle: A\ntags:\n- none\n- nor\n---\n", False),
        ("title: A\naliases: ['x#y']\n---\n", "\ntitle: A\naliases: ['x#y']\n---\n\nText.", False),
        ("title: A\nimage: {src: x.png, alt: X}\n---\n", "\ntitle: A\nimage: {src: x.png, alt: Y}\n---\n", False),
        ("title: A\nimage: {src: x.png, alt: X}\n---\n", "title: A\nimage: {src: ./x.png, alt: X}\n---\n", True),
        ("title: A\n---\n\n[x](a?b#c)", "title: A\n---\n\n[x](a?d#c)", True),
        ("title: A\n---\n\n[x](/no/)", "author: A\ntitle: A\n---\n\n[x](/no/)", True),
        ("title: A\n---\n\n[x](/no/)", "title: A\n---\n\n[x](/nor/)", True),
        ("title: A\n---\n\n[x](#y)\n\n## Y {#z}", "title: A\n---\n\n[x](#y)\n\nY {#z}", True),
    ],
)
def test_problems_of_the_site_are_where_they_are_in_the_text_now(
    tmp_path: Path, settled: None, before: str, after: str, is_arranged_anew: bool
) -> None:
    """And as a clean build says them, with nothing arranged anew where nothing but their places is another."""
    texts = [f"---\ndate: 04/10/2024\nsummary: S\n{text}\n" for text in (before, after)]
    make(tmp_path, {**SITE, A1: texts[0]}, keep_going=True)
    edit(tmp_path, A1, texts[1])
    again = rebuild(tmp_path, keep_going=True).build
    assert (again.memos["arrangement"] != "") == is_arranged_anew
    assert again.problems == rebuild(tmp_path, clean=True, keep_going=True).build.problems
    assert any(found.place.path == A1 for found in again.problems)


def test_a_body_wakes_its_page_and_the_feeds_it_is_in(tmp_path: Path) -> None:
    text = "The same beginning."
    make(tmp_path, {A1: article("A", text, summary="S", tags="jcm")})
    again = rebuild_after(tmp_path, lambda: edit(tmp_path, A1, article("A", text + " More.", summary="S", tags="jcm")))
    assert set(again.build.written.written) == {
        "vi/news/a1/index.html",
        *(f"vi/{folder}feed.{form}" for folder in ("", "news/", "tags/jcm/") for form in ("xml", "json")),
    }
    assert again.build.rendered == 7


def test_two_outputs_of_one_site(tmp_path: Path) -> None:
    """Each has pages of its own, and what is remembered of one is not taken for the other."""
    other = tmp_path.parent / "other"
    first = make(tmp_path, {A1: article("One")})
    edit(tmp_path, A1, article("Two"))
    assert "Two" in rebuild(tmp_path, output=other).text("vi/index.html")
    again = rebuild(tmp_path)
    assert "Two" in again.text("vi/index.html")
    edit(tmp_path, A1, article("One"))
    assert rebuild(tmp_path, output=other).files == first.files
    assert rebuild(tmp_path, output=other).build.rendered == 0
    assert rebuild(tmp_path).files == first.files


@pytest.mark.parametrize("fixture", ["tmp_path", "settled"])
def test_a_memory_older_than_the_output(tmp_path: Path, request: pytest.FixtureRequest, fixture: str) -> None:
    """Of a build that was killed when all was in its place, or brought back from elsewhere."""
    request.getfixturevalue(fixture)
    early, late = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 12, 20, tzinfo=UTC)
    first = make(tmp_path, {A1: article("A"), "content/news/b.vi.md": article("B", expires="01/12/2026")}, now=early)
    shutil.copytree(tmp_path / FOLDER, tmp_path / "memory")
    assert ">B<" not in rebuild(tmp_path, now=late).text("vi/index.html")
    shutil.rmtree(tmp_path / FOLDER)
    (tmp_path / "memory").rename(tmp_path / FOLDER)
    assert rebuild(tmp_path, now=early).files == first.files


def test_nothing_changed_is_nothing_rendered(tmp_path: Path) -> None:
    """Though files that are as new as these must be read again."""
    make(tmp_path, SITE)
    again = rebuild(tmp_path)
    assert (again.build.memos["build"], again.build.memos["arrangement"]) == ("sources", "file")
    assert (again.build.parsed, again.build.made) == (0, 0)
    assert (again.build.rendered, again.build.written.written, again.build.written.removed) == (0, (), ())


def test_nothing_at_all_is_read_when_all_is_old(tmp_path: Path, settled: None) -> None:
    write_site(tmp_path, {**BASE, **SITE})
    first = rebuild(tmp_path)
    again = rebuild(tmp_path)
    assert first.build.site is not None
    assert again.build.site is None
    assert again.build.memos == {"build": ""}
    assert (again.build.pages, again.files) == (first.build.pages, first.files)
    assert again.build.problems == first.build.problems


def test_a_new_base_layout_parses_no_markdown(tmp_path: Path, settled: None) -> None:
    make(tmp_path, SITE)
    edit(tmp_path, "layouts/base.html", "<!doctype html><title>{{ page.title }}</title>{% block main %}{% endblock %}")
    again = rebuild(tmp_path).build
    assert again.rendered > again.pages / 2
    assert again.parsed == 0
    edit(tmp_path, A1, article("New title"))
    assert rebuild(tmp_path).build.parsed == 1, "this is how it would show"


def test_a_change_within_the_clocks_grain_is_seen(tmp_path: Path) -> None:
    make(tmp_path, {A1: article("Một")})
    stat = (tmp_path / A1).stat()
    edit(tmp_path, A1, article("Hai"))
    os.utime(tmp_path / A1, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert "Hai" in rebuild(tmp_path).text("vi/news/a1/index.html")


def test_the_clock_wakes_what_it_changes(tmp_path: Path, settled: None) -> None:
    make(tmp_path, {A1: article("A", publish="25/11/2026"), "content/news/b.vi.md": article("B", expires="24/11/2026")})
    for now, shown in (("23/11/2026", "b"), ("24/11/2026 23:59", "b"), ("25/11/2026", "a1"), ("23/11/2026", "b")):
        files = rebuild(tmp_path, now=now).files
        assert [key for key in ("a1", "b") if f"vi/news/{key}/index.html" in files] == [shown]


def test_what_was_right_before_a_faulty_build_is_not_taken_for_right_after_it(tmp_path: Path, settled: None) -> None:
    early, late = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 12, 20, tzinfo=UTC)
    link = article("A", "[b](../b.md)")
    first = make(tmp_path, {A1: link, "content/news/b.vi.md": article("B", expires="01/12/2026")}, now=early)
    edit(tmp_path, A1, article("A", "[b](../b.md) [c](../c.md)"))
    later = rebuild(tmp_path, now=late, keep_going=True)
    assert [found.code for found in later.build.problems] == ["link-to-expired", "broken-link"]
    assert later.files != first.files
    edit(tmp_path, A1, link)
    assert rebuild(tmp_path, now=early).files == first.files


@pytest.mark.posix
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_full_disk_leaves_the_output_as_it_was(tmp_path: Path, jobs: str) -> None:
    """As far as a limit on the size of files is one."""
    before = make(tmp_path, SITE).files
    for n in range(4):
        edit(tmp_path, f"content/news/a{n}/index.vi.md", article(f"New {n}", "word " * 20_000))
    code = (
        "from resource import RLIM_INFINITY, RLIMIT_FSIZE, setrlimit\n"
        "from sitegen.cli.main import main\n"
        "setrlimit(RLIMIT_FSIZE, (60_000, RLIM_INFINITY))\n"
        "try: main()\n"
        "finally: setrlimit(RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))  # the disk of whoever measures coverage"
    )
    made = subprocess.run(
        [sys.executable, "-c", code, "build", "--root", tmp_path, "--jobs", jobs],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert made.returncode == 1
    assert "unwritable-output" in made.stderr
    assert "Traceback" not in made.stderr
    assert output_files(tmp_path / "output") == before
    assert "New 3" in rebuild(tmp_path).text("vi/index.html")


def test_a_worker_that_is_killed_leaves_the_output_as_it_was(tmp_path: Path) -> None:
    before = make(tmp_path, SITE).files
    for n in range(200):
        edit(tmp_path, f"content/news/a{n}/index.vi.md", article(f"New {n}", "word " * 500))

    def kill(step: str, done: int, total: int) -> None:
        for process in multiprocessing.active_children():
            process.kill()

    with pytest.raises(SiteError) as raised:
        build(tmp_path, Options(workers=Workers(2)), kill)
    assert "worker-lost" in [found.code for found in raised.value.problems]
    assert output_files(tmp_path / "output") == before
    assert "vi/news/a199/index.html" in rebuild(tmp_path).files


@pytest.mark.parametrize("start", [on_posix("fork"), "spawn"])
def test_a_worker_that_is_killed_while_it_answers(tmp_path: Path, start: StartMethod) -> None:
    """In a process of its own, which can be stopped if it waits for ever."""
    write_site(tmp_path, SITE)
    made = subprocess.run(
        [sys.executable, "-m", "tests.support.half_answer", str(tmp_path), start],
        capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert "worker-lost" in made.stdout.split(), made.stderr
    assert {*made.stdout.split()} <= {"worker-lost", "process-died"}
    assert made.stderr == ""
    assert not (tmp_path / "output").exists()


def test_an_output_that_is_a_file_is_left_alone(tmp_path: Path) -> None:
    write_site(tmp_path, {**SITE, "output": "mine"})
    made = run("build", "--root", tmp_path)
    assert made.status == 1
    assert "unwritable-output" in made.err
    assert (tmp_path / "output").read_text("utf-8") == "mine"


def test_what_someone_did_to_the_output_is_mended(tmp_path: Path) -> None:
    first = make(tmp_path, SITE)
    (tmp_path / "output/vi/index.html").write_text("x", "utf-8")
    (tmp_path / "output/ja/feed.xml").unlink()
    again = rebuild(tmp_path)
    assert again.files == first.files
    assert set(again.build.written.written) == {"vi/index.html", "ja/feed.xml"}


@pytest.mark.parametrize(
    ("jobs", "start"),
    [
        on_posix(2, "fork"),
        (3, "spawn"),
        pytest.param(3, "fork", marks=[pytest.mark.full, pytest.mark.posix]),
        in_full(2, "spawn"),
    ],
)
def test_as_many_processes_as_you_like(tmp_path: Path, jobs: int, start: StartMethod) -> None:
    alone = make(tmp_path / "1", SITE, workers=Workers(1))
    together = make(tmp_path / "2", SITE, workers=Workers(jobs, start))
    assert together.files == alone.files
    assert together.build.rendered == alone.build.rendered


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "not a database": lambda path: path.write_bytes(b"x" * 4096),
    "cut": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "zeros within": lambda path: path.write_bytes(path.read_bytes()[:9000] + bytes(9000) + path.read_bytes()[18000:]),
    "another program's": lambda path: execute(path, "UPDATE rows SET value = x'a178', checksum = 'x' WHERE name = ''"),
    "a changed record": lambda path: execute(path, "UPDATE rows SET value = x'93c0' WHERE name = 'record'"),
    "a changed body": lambda path: execute(path, "UPDATE rows SET value = x'3c' WHERE name = 'body'"),
    "no tables": lambda path: execute(path, "DROP TABLE rows"),
}


def execute(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_cache_costs_time_only(tmp_path: Path, damage: str) -> None:
    first = make(tmp_path, SITE)
    DAMAGE[damage](tmp_path / FOLDER / FILE)
    edit(tmp_path, "layouts/redirect.html", "x")
    edit(tmp_path, A1, article("New title", tags="jcm"))
    again = rebuild(tmp_path)
    assert "New title" in again.text("vi/index.html")
    assert again.files.keys() == first.files.keys()
    assert_as_clean(tmp_path)


def test_where_nothing_can_be_kept(tmp_path: Path) -> None:
    write_site(tmp_path, SITE)
    (tmp_path / FOLDER).write_text("a file where the folder should be", "utf-8")
    first = rebuild(tmp_path)
    assert rebuild(tmp_path).files == first.files


def test_the_second_build_says_who_is_first(tmp_path: Path) -> None:
    write_site(tmp_path, SITE)
    rebuild(tmp_path)
    with locked(tmp_path, 1):
        (tmp_path / FOLDER / "holder").write_text("4711", "utf-8")
        with pytest.raises(SiteError, match="in the process 4711"):
            rebuild(tmp_path, wait=0.1)


@pytest.mark.parametrize("delay", [0.05, 0.45, 0.55, 0.7, *map(in_full, (0.35, 0.5, 0.6, 0.8))])
def test_killed_at_any_moment(tmp_path: Path, delay: float) -> None:
    """The next build makes it good, whatever the killed one had done."""
    make(tmp_path, SITE)
    for n in range(4):
        edit(tmp_path, f"content/news/a{n}/index.vi.md", article(f"New {n}", "[b](../a0/index.md)", tags="jcm"))
    edit(tmp_path, "content/news/z/index.vi.md", article("Z"))
    process = subprocess.Popen(
        [sys.executable, "-m", "sitegen", "build", "--root", tmp_path], stdout=subprocess.DEVNULL
    )
    time.sleep(delay)
    process.kill()
    process.wait()
    again = rebuild(tmp_path, index=True)
    assert "New 2" in again.text("vi/index.html")
    assert_as_clean(tmp_path, index=True)


def rebuild_after(root: Path, change: Callable[[], None]) -> Any:
    change()
    return rebuild(root)


def assert_as_clean(root: Path, **options: Any) -> None:
    grown = output_files(root / "output")
    other = root.parent / f"{root.name}-clean"
    shutil.copytree(root, other, ignore=shutil.ignore_patterns("output", FOLDER))
    try:
        assert rebuild(other, **options).files == grown
    finally:
        shutil.rmtree(other)


def test_a_build_that_fails_remembers_what_it_parsed(tmp_path: Path) -> None:
    write_site(tmp_path, {**SITE, "layouts/home.html": "{{ nothing }}"})
    assert run("build", "--root", tmp_path).status == 1
    (tmp_path / "layouts/home.html").unlink()
    assert rebuild(tmp_path).build.problems == ()
