"""Files that take too long, or end the process that works on them: they are named, and all others are done.

Forks have what tests have changed, and others have not.
"""

import faulthandler
import os
import re
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from itertools import count
from pathlib import Path
from time import process_time
from typing import Any

import pytest

import sitegen.site.document
from sitegen.build.parallel import Work, WorkersLost, carry_out
from sitegen.build.run import Workers
from sitegen.build.watchdog import Limits, Slow, Watchdog
from sitegen.problems import Place, Problem, SiteError
from tests.support.posix import on_posix
from tests.support.sites import Made, article, codes, make, output_files, rebuild, run, write_site

LIMITS = Limits(named=0.2, most=1.0, last=1.5)
BAD = "content/news/bad/index.vi.md"
SITE = {BAD: article("Bad"), **{f"content/news/a{n}/index.vi.md": article(f"Tin {n}") for n in range(3)}}
ENDLESS = "{% for i in range(10**12) %}\n{% endfor %}"

Fault = Callable[[], Any]


@pytest.fixture(autouse=True)
def _plain(plain_theme: None) -> None: ...


def for_ever() -> None:
    while True:
        pass


def in_an_expression() -> None:
    """No other thread can run meanwhile."""
    re.match("(a+)+$", "a" * 60 + "b")


def without_return() -> None:
    """Nor does anybody look for signals."""
    deque(count(), maxlen=0)


def crash() -> None:
    faulthandler.disable()  # pytest's
    os.kill(os.getpid(), signal.SIGSEGV)


def spoil(monkeypatch: pytest.MonkeyPatch, fault: Fault) -> None:
    """Let one file do this when it is parsed, in whatever process."""
    parse = sitegen.site.document.parse

    def spoilt(path: str, *given: Any) -> Any:
        if path == BAD and given[0]:  # not where it is asked what is known by its path alone
            fault()
        return parse(path, *given)

    monkeypatch.setattr("sitegen.build.contents.parse", spoilt)


def watched(told: list[Slow], jobs: int | None = None) -> Workers:
    return Workers(jobs, watchdog=Watchdog(told.append, LIMITS))


def problems_of(root: Path, told: list[Slow], jobs: int | None = None) -> tuple[Problem, ...]:
    with pytest.raises(SiteError) as raised:
        rebuild(root, workers=watched(told, jobs))
    return raised.value.problems


def built_without(root: Path, jobs: int | None) -> Made:
    return rebuild(root, workers=watched([], jobs), keep_going=True)


@pytest.mark.parametrize(
    ("jobs", "fault"),
    [(1, for_ever), *(on_posix(*case) for case in [(1, in_an_expression), (2, for_ever), (2, in_an_expression)])],
)
def test_a_file_that_takes_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int, fault: Fault) -> None:
    root, told = write_site(tmp_path, SITE), list[Slow]()
    spoil(monkeypatch, fault)
    (found,) = problems_of(root, told, jobs)
    assert (found.code, found.place) == ("took-too-long", Place(BAD))
    assert found.message == "The work on this file was broken off after 1 s."
    assert told == [Slow(BAD, 0.2)]
    assert output_files(root / "output") == {}


@pytest.mark.posix
def test_what_never_comes_back_from_a_library_ends_with_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = write_site(tmp_path, SITE)
    spoil(monkeypatch, without_return)
    (found,) = problems_of(root, [], 2)
    assert (found.code, found.place) == ("took-too-long", Place(BAD))


@pytest.mark.posix
def test_a_file_that_ends_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_site(tmp_path, SITE)
    spoil(monkeypatch, crash)
    (found,) = problems_of(root, [], 2)
    assert (found.code, found.place) == ("process-died", Place(BAD))
    assert "(SIGSEGV)" in found.message
    made = built_without(root, 2)
    assert codes(made.build.problems) == ["process-died"]
    assert "vi/news/a2/index.html" in made.files
    assert "vi/news/bad/index.html" not in made.files
    monkeypatch.undo()
    assert codes(rebuild(root).build.problems) == [], "nothing of it is remembered"


@pytest.mark.posix
def test_a_process_that_is_ended_from_outside_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is to blame."""
    once = tmp_path / "once"

    def die_once() -> None:
        if not once.exists():
            once.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    root = write_site(tmp_path / "site", SITE)
    spoil(monkeypatch, die_once)
    made = rebuild(root, workers=Workers(2))
    assert made.build.problems == ()
    assert "vi/news/bad/index.html" in made.files


@pytest.mark.posix
def test_a_fault_of_ours_is_the_files_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is raised in whatever process, all others are done."""
    root = write_site(tmp_path, {**SITE, "content/news/a0/index.vi.md": "---\ndate: x\n---\n"})
    faults: list[Fault] = [lambda: 1 / 0, lambda: [0][len(BAD)], lambda: in_depth(0)]
    for jobs, fault in [(1, faults[0]), (2, faults[1]), (1, faults[2])]:
        spoil(monkeypatch, fault)
        found = {one.code: one for one in problems_of(root, [], jobs)}
        assert found.keys() == {"missing-key", "invalid-date", "unforeseen"}, found
        assert found["unforeseen"].place == Place(BAD)
        monkeypatch.undo()


def in_depth(depth: int) -> int:
    return in_depth(depth + 1) + 1


def test_a_layout_that_never_ends(tmp_path: Path) -> None:
    """Named at its line, and tried once however many pages have it."""
    root, told = write_site(tmp_path, {**SITE, "layouts/article.html": f"<p>\n{ENDLESS}"}), list[Slow]()
    (found,) = problems_of(root, told, 1)
    assert (found.code, found.place) == ("took-too-long", Place("layouts/article.html", 2, 1))
    assert told == [Slow("layouts/article.html", 0.2)]


def test_what_takes_long_is_named_on_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_site(tmp_path, {**SITE, "layouts/article.html": ENDLESS})
    monkeypatch.setattr("sitegen.cli.build.Watchdog", lambda name: Watchdog(name, LIMITS))
    said = run("build", "--root", root, "--jobs", "2", "--json")
    assert said.status == 1
    assert {*said.err.splitlines()} == {"layouts/article.html: still at work on it after 0.2 s."}
    assert said.out.startswith('{"pages": 0')


def test_in_a_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the preview builds, whose main thread wakes up at a signal."""
    root, found, told = write_site(tmp_path, SITE), list[Problem](), list[Slow]()
    spoil(monkeypatch, for_ever)
    workers = watched(told, 1)
    workers.watchdog.listen()

    def build_there() -> None:
        try:
            rebuild(root, workers=workers)
        except SiteError as error:
            found.extend(error.problems)

    thread = threading.Thread(target=build_there)
    thread.start()
    while thread.is_alive():
        thread.join(0.05)
    assert codes(tuple(found)) == ["took-too-long"]
    assert told == [Slow(BAD, 0.2)]


@pytest.mark.posix
def test_in_a_thread_that_nobody_listens_for(tmp_path: Path) -> None:
    """Nothing is timed, and nothing ends the process."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    made = list[Made]()
    thread = threading.Thread(target=lambda: made.append(make(tmp_path, SITE, workers=watched([], 1))))
    thread.start()
    thread.join(30)
    assert made[0].build.problems == ()


def do_nothing(common: object, item: int) -> int:
    return item


def die(common: object, item: int) -> int:
    os._exit(item)


def not_done(common: object, item: int, found: Problem) -> int:
    return -item


def test_where_no_process_can_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.BaseContext.Pipe", refuse)
    work = Work(do_nothing, str, not_done)
    assert [*carry_out(work, None, [*range(50)], Workers(2), lambda done, total: None)] == [*range(50)]


def test_where_every_process_dies() -> None:
    """However many items there are, it ends."""
    work = Work(die, str, not_done)
    with pytest.raises(WorkersLost):
        list(carry_out(work, None, [*range(1, 300)], Workers(2), lambda done, total: None))


class Deadly:
    """Ends the process that it is sent to, before that has anything to do."""

    def __reduce__(self) -> tuple[Callable[..., int], tuple[None, int]]:
        return die, (None, 1)


def test_where_every_process_dies_as_it_begins() -> None:
    """Nobody is to blame, and nobody waits for what they would have said."""
    work = Work(do_nothing, str, not_done)
    with pytest.raises(WorkersLost):
        list(carry_out(work, Deadly(), [*range(300)], Workers(2, "spawn"), lambda done, total: None))


def test_a_text_that_cannot_be_made_findable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is published without it, unless the author says so; then that language's index is made the next time."""
    from sitegen.build import pagefind

    plain = pagefind.plain_text

    def spoilt(html: str) -> str:
        if "Bad" in html:
            for_ever()
        return plain(html)

    root = write_site(tmp_path, {**SITE, BAD: article("Bad", "Bad."), "content/news/x/index.en.md": article("X")})
    monkeypatch.setattr(pagefind, "plain_text", spoilt)
    with pytest.raises(SiteError) as raised:
        rebuild(root, workers=watched([], 1), index=True)
    (found,) = raised.value.problems
    assert (found.code, found.place) == ("took-too-long", Place(BAD))
    assert output_files(root / "output") == {}
    made = rebuild(root, workers=watched([], 1), index=True, keep_going=True)
    assert {path.split("/")[0] for path in made.files if "/pagefind/" in path} == {"en"}
    monkeypatch.undo()
    assert "vi/search/pagefind/pagefind-entry.json" in rebuild(root, index=True).files


def test_work_in_many_pieces_may_take_longer() -> None:
    def slow(_: None, item: int) -> bool:
        until = process_time() + 1.5
        while process_time() < until:
            pass
        return True

    done = Work[None, int, bool](slow, str, lambda _, item, found: False, pieces=lambda item: item)
    assert [*carry_out(done, None, [1, 2], watched([], 1), lambda done, total: None)] == [False, True]


CRASHING = """
import os, signal, sys
from pathlib import Path
from sitegen.build import contents
from sitegen.cli.main import main
parse = contents.parse
def crash(path, text, *given):
    if "crash" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    return parse(path, text, *given)
contents.parse = crash
main()
"""


@pytest.mark.posix
def test_a_build_that_was_cut_short_is_followed_by_careful_ones(tmp_path: Path) -> None:
    """Of a site so small that it is built in one process: the file that ended it is named by the next."""

    def built() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", CRASHING, "build", "--root", str(root)]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    root = write_site(tmp_path, SITE)
    assert built().returncode == 0
    write_site(root, {BAD: article("Bad", "crash")}, {})
    assert built().returncode == -signal.SIGKILL
    for _ in range(2):
        made = built()
        assert made.returncode == 1
        assert made.stderr.startswith(f"{BAD}: error: The process that worked on this file ended suddenly (SIGKILL).")
    write_site(root, {BAD: article("Bad", "Good.")}, {})
    assert built().returncode == 0
    assert not (root / ".sitegen" / "holder").exists()
    assert "Good." in (root / "output/vi/news/bad/index.html").read_text("utf-8")
