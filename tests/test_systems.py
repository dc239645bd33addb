"""What authors do, which must go well on every system: run as on Windows and macOS too, and on the disks of both."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from signal import SIGINT, default_int_handler, signal
from threading import Event, Semaphore, Thread, Timer
from typing import Any, NamedTuple

import pytest

from sitegen.build import build
from sitegen.build.run import Options, Workers
from sitegen.files import read_pieces, read_source
from sitegen.preview.server import GRACE
from sitegen.preview.watcher import watched
from sitegen.problems import SiteError
from tests.support.elsewhere.console import ctrl_c, is_anybody_left, junction, keep_alone
from tests.support.elsewhere.pretend import DISK
from tests.support.full import in_full
from tests.support.previews import OWN_GROUP, PATIENCE, Answered, Preview, awaited, previewed
from tests.support.sites import NOW, SETTINGS, Content, article, codes, output_files, rebuild, run, write_site

A, B = "content/news/a/index.vi.md", "content/news/b/index.vi.md"
DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {} 1'/>"
SITE: dict[str, Content] = {
    A: article("Một", "Alpha. ![p](p.svg) [t](plan.txt)", tags="jcm"),
    B: article("Hai", "Beta. [a](../a/index.md)"),
    "content/news/a/p.svg": DRAWING.format(1),
    "content/news/a/plan.txt": "Plan",
    "site.yaml": f"{SETTINGS}search: false\n",
}
ON_WINDOWS = pytest.mark.skipif(sys.platform != "win32", reason="other systems let files go that are open")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_site(tmp_path / "site", SITE)


# builds


def test_a_second_build_writes_nothing(tmp_path: Path) -> None:
    assert run("init", tmp_path).status == 0
    first = json.loads(run("build", "--root", tmp_path, "--json").out)
    assert (first["problems"], first["kept"]) == ([], 0)
    again = json.loads(run("build", "--root", tmp_path, "--json").out)
    assert (again["written"], again["kept"], again["removed"]) == (0, first["written"], 0)
    forced = json.loads(run("build", "--root", tmp_path, "--json", "--clean").out)
    assert (forced["written"], forced["problems"]) == (first["written"], [])


@contextmanager
def scanner(folder: Path, seconds: float) -> Iterator[None]:
    """A program that looks at every new file in a folder for a moment, as those do that look for viruses."""
    over, seen, held = Event(), set[str](), list[tuple[float, int]]()

    def scan() -> None:
        while not over.wait(0.002):
            for place, _, names in os.walk(folder):
                for path in {f"{place}/{name}" for name in names if not name.endswith(".lock")} - seen:
                    seen.add(path)
                    with suppress(OSError):  # it has gone
                        held.append((time.monotonic() + seconds, os.open(path, os.O_RDONLY)))
            while held and held[0][0] < time.monotonic():
                os.close(held.pop(0)[1])

    thread = Thread(target=scan)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for _, file in held:
            os.close(file)


def test_while_another_program_looks_at_all_that_is_new(root: Path) -> None:
    (root / "output").mkdir()
    with scanner(root / "output", 0.1):
        rebuild(root)
        write_site(root, {A: article("Một", "Gamma."), "content/news/c/index.vi.md": article("Ba")}, {})
        made = rebuild(root)
    assert made.files == rebuild(root, output=root.parent / "clean").files


@ON_WINDOWS
def test_a_file_of_the_output_that_another_program_has_open(root: Path) -> None:
    before = rebuild(root).files
    write_site(root, {A: article("Một", "Gamma. ![p](p.svg) [t](plan.txt)"), B: article("Hai", "Delta.")}, {})
    with (root / "output/vi/news/b/index.html").open("rb"), pytest.raises(SiteError) as raised:
        rebuild(root)
    assert codes(raised.value.problems) == ["file-in-use"]
    assert "vi/news/b/index.html" in raised.value.problems[0].message
    assert output_files(root / "output") == before
    assert "Gamma." in rebuild(root).text("vi/news/a/index.html")


@ON_WINDOWS
def test_a_file_that_is_no_longer_made_and_open(root: Path) -> None:
    before = rebuild(root).files
    (root / B).unlink()
    with (root / "output/vi/news/b/index.html").open("rb"), pytest.raises(SiteError) as raised:
        rebuild(root)
    assert codes(raised.value.problems) == ["file-in-use"]
    assert output_files(root / "output") == before
    assert "vi/news/b/index.html" not in rebuild(root).files


def test_a_source_is_saved_by_renaming_while_it_is_read(root: Path) -> None:
    large = root / "content/news/a/film.grib"
    large.write_bytes(bytes(3_000_000))
    reading = read_pieces(str(large), "content/news/a/film.grib")
    next(reading)
    new = large.with_name("film.new")
    new.write_bytes(b"new")
    new.replace(large)
    reading.close()
    assert large.read_bytes() == b"new"


@ON_WINDOWS
def test_a_source_that_another_program_keeps_for_a_moment(root: Path) -> None:
    """As word processors and programs that synchronise do."""
    let_go = Timer(0.3, keep_alone(root / A))
    let_go.start()
    assert read_source(root, A) == (root / A).read_bytes()
    let_go.join()


@pytest.mark.parametrize("step", ["parse", "render"])
def test_a_source_is_saved_by_renaming_while_the_site_is_built(root: Path, step: str) -> None:
    """The build is one of the old or of the new text, and the next of the new."""
    left = [root / "content/news/a/new.md"]

    def save(at: str, done: int, total: int) -> None:
        if at == step and left:
            new = left.pop()
            new.write_text(article("Một", "Gamma."), "utf-8")
            new.replace(root / A)

    build(root, Options(now=NOW, index=False), save)
    assert "Gamma." in rebuild(root).text("vi/news/a/index.html")


def test_only_the_case_of_an_address_changes(root: Path) -> None:
    tags = "jcm: {name: JCM, slug: {vi: Tin-Chi}}\n"
    rebuild(write_site(root, {"content/tags.yaml": tags}, {}))
    made = rebuild(write_site(root, {"content/tags.yaml": tags.replace("Tin-Chi", "tin-chi")}, {}))
    assert "vi/tags/tin-chi/index.html" in made.files
    assert not [path for path in made.files if "Tin-Chi" in path]
    assert rebuild(root).build.written.written == ()


def test_only_the_case_of_a_file_changes(root: Path) -> None:
    rebuild(root)
    (root / "content/news/a/plan.txt").rename(root / "content/news/a/Plan.txt")
    write_site(root, {A: article("Một", "[t](Plan.txt)")}, {})
    made = rebuild(root)
    assert [path for path in made.files if path.lower().endswith("plan.txt")] == ["files/news/a/Plan.txt"]
    assert rebuild(root).build.written.written == ()


class Renumbered:
    """What is told of a file, with another number."""

    numbers = count(10**9)

    def __init__(self, found: os.stat_result) -> None:
        self._found, self.st_ino = found, next(self.numbers)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._found, name)


def test_inodes_that_are_others_at_each_look(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on disks that lie elsewhere."""
    for name in ("stat", "lstat", "fstat"):
        look = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *of, look=look, **how: Renumbered(look(*of, **how)))
    first = rebuild(root)
    again = rebuild(root)
    assert (again.build.written.written, again.files) == ((), first.files)


@pytest.mark.skipif(sys.platform != "win32", reason="junctions are links of Windows")
@pytest.mark.parametrize(("target", "code"), [("..", "leads-outside"), (".", "leads-in-a-circle")])
def test_junctions_are_links(root: Path, target: str, code: str) -> None:
    """Anybody may make one, and it looks like a folder."""
    (root.parent / "secret.vi.md").write_text(article("Secret"), "utf-8")
    junction(root / "content/junction", (root / target if target == ".." else root / "content").resolve())
    with pytest.raises(SiteError) as raised:
        rebuild(root)
    assert {*codes(raised.value.problems)} == {code}


def test_as_many_processes_as_are_wanted_give_the_same(root: Path) -> None:
    alone = rebuild(root, workers=Workers(1))
    together = rebuild(root, output=root.parent / "together", workers=Workers(2))
    assert together.files == alone.files


# previews


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    with previewed(write_site(tmp_path_factory.mktemp("preview") / "site", SITE)) as running:
        yield running


def test_a_served_edit(preview: Preview) -> None:
    """The pages lie beside what builds remember; at rest nothing is written again."""
    preview.write(A, article("Một", "Gamma."))
    preview.until("/vi/news/a/", lambda answer: "Gamma." in answer.text)
    page = preview.folder / "vi/news/b/index.html"
    before = page.stat().st_mtime_ns
    preview.quiet()
    said = [*preview.said]
    time.sleep(3)
    assert page.stat().st_mtime_ns == before
    assert preview.said == said


def test_changes_of_a_site_that_is_reached_by_a_link(root: Path) -> None:
    """As all temporary folders are on macOS, which tells of changes by real paths."""
    link = root.parent / "link"
    link.symlink_to(root, target_is_directory=True)
    seen, on = Event(), Semaphore(0)

    def told(*, saved: bool, deleted: bool) -> None:
        (seen.set if saved else on.release)()

    changes: tuple[Callable[[], object], ...] = (
        lambda: (root / "site.yaml").write_bytes(b"title: Other"),
        lambda: (root / "content").rename(root / "kept"),
        (root / "layouts").mkdir,
    )
    with watched(link, told, poll=False):
        assert on.acquire(timeout=PATIENCE)
        assert on.acquire(timeout=PATIENCE)
        for change in changes:
            seen.clear()
            change()
            assert seen.wait(PATIENCE)


def test_pages_are_asked_for_while_they_are_written(preview: Preview) -> None:
    over = Event()
    preview.write(A, article("Một", "[t](plan.txt)"))
    preview.until("/files/news/a/plan.txt", lambda answer: answer.status == 200)

    def shows(text: str) -> Callable[[Answered], bool]:
        return lambda answer: text in answer.text

    def ask() -> set[int]:
        found = set()
        while not over.is_set():
            found |= {preview.ask(target).status for target in ("/vi/", "/vi/news/a/", "/files/news/a/plan.txt")}
        return found

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask) for _ in range(2)]
        try:
            for number in range(5):
                preview.write(A, article("Một", f"Gamma {number}. [t](plan.txt)"))
                preview.write("content/news/a/plan.txt", f"Plan {number}")
                preview.until("/vi/news/a/", shows(f"Gamma {number}."))
                preview.until("/files/news/a/plan.txt", shows(f"Plan {number}"))
        finally:
            over.set()
    lost = {503} if DISK in os.environ else set()  # FUSE may not find what is replaced while it is opened
    assert set.union(*(one.result() for one in asking)) - lost == {200}


def test_a_build_beside_a_preview_is_remembered(preview: Preview) -> None:
    """Even one that begins anew."""
    root = preview.root
    preview.quiet()

    def is_remembered() -> bool:
        assert run("build", "--root", root, "--clean").status == 0
        found = json.loads(run("build", "--root", root, "--json").out)
        assert (found["written"], found["problems"]) == (0, [])
        return bool(found["restored"] == ["build"])

    awaited(is_remembered)  # unless the preview has built in between
    preview.write(A, article("Một", "Gamma."))
    preview.until("/vi/news/a/", lambda answer: "Gamma." in answer.text)


# Ctrl+C


class Ended(NamedTuple):
    seconds: float
    said: str
    status: int


QUIETLY = ("Traceback", "Exception", "Error", "rror:", "resource_tracker", "leaked")
"""What nobody needs to see who pressed Ctrl+C."""


@contextmanager
def heard() -> Iterator[None]:
    """What starts meanwhile hears Ctrl+C, even if this process does not, as one that a shell left in the background."""
    before = signal(SIGINT, default_int_handler)
    try:
        yield
    finally:
        signal(SIGINT, before)


def interrupted(moment: float, *command: str, mark: str = "") -> Ended:
    """What became of a command that Ctrl+C meets some seconds after it has said something, or has begun."""
    with heard():
        process = subprocess.Popen(
            [sys.executable, "-m", "sitegen", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            encoding="utf-8", **(OWN_GROUP or {"process_group": 0}),
        )  # fmt: skip
    said = ""
    try:
        assert process.stdout
        while mark and mark not in said:
            said += process.stdout.readline()
            assert process.poll() is None, said
        time.sleep(moment)
        began = time.monotonic()
        ctrl_c(process)
        said += process.communicate(timeout=4 * GRACE)[0]
        seconds = time.monotonic() - began
        awaited(lambda: not is_anybody_left(process))
        return Ended(seconds, said, process.returncode)
    finally:
        process.kill()
        process.communicate()


MOMENTS = (0.3, 0.8, *(in_full(moment) for moment in (0.0, 0.1, 0.2, 0.45, 0.6, 1.0, 1.2, 1.4, 1.7, 2.0, 2.5, 3.0)))


@pytest.mark.parametrize("moment", MOMENTS)
def test_ctrl_c_in_a_preview_at_any_moment(tmp_path: Path, moment: float) -> None:
    """While it builds for the first time, with all the processes that this takes."""
    run("init", tmp_path)
    ended = interrupted(moment, "serve", "--port", "0", "--root", str(tmp_path), mark="http://")
    assert ended.seconds < GRACE + 2
    assert [word for word in QUIETLY if word in ended.said] == [], ended.said
    assert ended.status == 0


@pytest.mark.parametrize("moment", [0.9, 1.6, *(in_full(moment) for moment in (0.7, 1.2, 2.0, 2.5, 3.0))])
def test_ctrl_c_in_a_build_with_several_processes(tmp_path: Path, moment: float) -> None:
    files = {f"content/news/a{n}/index.vi.md": article(f"A {n}", "Text. " * 500) for n in range(100)}
    write_site(tmp_path, files)
    ended = interrupted(moment, "build", "--jobs", "2", "--root", str(tmp_path))
    assert ended.seconds < GRACE
    assert [word for word in QUIETLY if word in ended.said] == [], ended.said
    assert ended.status != 0 or " written, " in ended.said
    assert run("build", "--root", tmp_path).status == 0
