"""Ctrl+C at any moment ends a preview and all that it has started: in time, with status 0, and without a word."""

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from signal import SIG_IGN, SIGINT, getsignal, signal
from subprocess import DEVNULL, Popen
from tempfile import TemporaryFile
from typing import Any, NamedTuple

import psutil
import pytest

import sitegen.cli.serve
import sitegen.preview.server
from sitegen.preview.server import GRACE
from sitegen.system.processes import INTERRUPTS, leave, leaving_when_interrupted
from tests.support.full import in_full
from tests.support.previews import OWN_GROUP, PATIENCE, awaited, end
from tests.support.sites import Content, article, run, write_site
from tests.test_systems import heard

SMALL: dict[str, Content] = {"content/news/a/index.vi.md": article("Một")}
LARGE: dict[str, Content] = {f"content/news/a{n}/index.vi.md": article(f"Bài {n}") for n in range(230)}
"""So many that other processes work for its build."""


NAME = "PREVIEW_OF_TEST"
"""In the environment of all its processes."""
GROUP: dict[str, Any] = OWN_GROUP or {"start_new_session": True}

if sys.platform == "win32":
    end_group = end
else:

    def end_group(process: "Popen[str]") -> None:
        with suppress(ProcessLookupError):  # it has ended
            os.killpg(process.pid, SIGINT)


Moment = Callable[[psutil.Process], bool]


class Ended(NamedTuple):
    """What became of a preview; `seconds` it took to end."""

    status: int
    said: str
    errors: str
    seconds: float


def interrupted(root: Path, has_come: Moment, wait: float, times: int = 1) -> Ended:
    """A preview that hears Ctrl+C as in a terminal, where it goes to all processes of a group: some time after a moment
    has come, and perhaps again and again."""
    command = [sys.executable, "-m", "sitegen", "serve", "--root", str(root), "--port", "0"]
    environment = {**os.environ, NAME: str(root)}
    with TemporaryFile() as out, TemporaryFile() as err:
        with heard():
            process: Popen[str] = Popen(command, stdin=DEVNULL, stdout=out, stderr=err, env=environment, **GROUP)
        try:
            looked_at = psutil.Process(process.pid)
            awaited(lambda: has_come(looked_at))
            time.sleep(wait)
            began = time.monotonic()
            for _ in range(times):
                end_group(process)
                time.sleep(0.05 if times > 1 else 0.0)
            status = process.wait(GRACE + PATIENCE)
            seconds = time.monotonic() - began
            awaited(lambda: not left(root))
        finally:
            for other in left(root):
                other.kill()
            process.wait()
        out.seek(0)
        err.seek(0)
        return Ended(status, out.read().decode(), err.read().decode(), seconds)


def left(root: Path) -> list[psutil.Process]:
    """The processes of a preview that have not ended."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(NAME) == str(root):
                found.append(process)
    return found


def has_loaded(library: str) -> Moment:
    return lambda process: any(library in each.path for each in process.memory_maps())


def listens(process: psutil.Process) -> bool:
    return any(each.status == psutil.CONN_LISTEN for each in process.net_connections())


def has_processes(number: int) -> Moment:
    """So many that work for it, or for those."""
    return lambda process: len(process.children(recursive=True)) >= number


def makes_an_index(process: psutil.Process) -> bool:
    return any("pagefind" in each.name() for each in process.children())


MOMENTS = [
    (SMALL, has_loaded("msgspec"), 0.0, 1),
    in_full(SMALL, has_loaded("msgspec"), 0.1, 1),
    (SMALL, has_loaded("tornado"), 0.0, 3),
    in_full(SMALL, has_loaded("tornado"), 0.1, 1),
    in_full(SMALL, listens, 0.0, 1),
    (SMALL, listens, 0.1, 3),
    in_full(SMALL, listens, 0.2, 3),
    in_full(SMALL, listens, 0.5, 1),
    in_full(SMALL, listens, 1.0, 1),
    (SMALL, listens, 1.5, 3),
    in_full(SMALL, makes_an_index, 0.0, 1),
]
POSIX_MOMENTS = [
    (LARGE, has_processes(1), 0.0, 1),
    in_full(LARGE, has_processes(1), 0.2, 3),
    in_full(LARGE, has_processes(2), 0.1, 1),
    (LARGE, has_processes(3), 0.0, 3),
    in_full(LARGE, has_processes(4), 0.1, 1),
    in_full(LARGE, has_processes(4), 0.5, 1),
    in_full(LARGE, has_processes(4), 1.0, 3),
]
"""Where processes start that soon."""


def check(root: Path, files: Mapping[str, Content], moment: Moment, wait: float, times: int) -> None:
    ended = interrupted(write_site(root, files), moment, wait, times)
    assert ended.errors == ""
    assert ended.seconds < GRACE
    assert ended.status == 0 or not ended.said, "a program that has not begun ends by the signal"


@pytest.mark.parametrize(("files", "moment", "wait", "times"), MOMENTS)
def test_at_any_moment(tmp_path: Path, files: Mapping[str, Content], moment: Moment, wait: float, times: int) -> None:
    check(tmp_path, files, moment, wait, times)


@pytest.mark.posix
@pytest.mark.parametrize(("files", "moment", "wait", "times"), POSIX_MOMENTS)
def test_while_processes_work(
    tmp_path: Path, files: Mapping[str, Content], moment: Moment, wait: float, times: int
) -> None:
    check(tmp_path, files, moment, wait, times)


@pytest.mark.usefixtures("handlers")
def test_who_is_heard() -> None:
    """What was before, where it comes to nothing; else nobody, since the process is to end."""
    before = [getsignal(number) for number in INTERRUPTS]
    with pytest.raises(LookupError), leaving_when_interrupted():
        raise LookupError
    assert [getsignal(number) for number in INTERRUPTS] == before
    with leaving_when_interrupted():
        assert all(callable(getsignal(number)) for number in INTERRUPTS)
    assert {getsignal(number) for number in INTERRUPTS} == {SIG_IGN}


def test_what_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    exits: list[int] = []
    monkeypatch.setattr(os, "_exit", exits.append)
    worker = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,), daemon=True)
    worker.start()
    leave()
    worker.join(PATIENCE)
    assert (worker.is_alive(), exits) == (False, [0])


@pytest.mark.parametrize("stays", [False, True])
@pytest.mark.usefixtures("handlers")
def test_a_build_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stays: bool) -> None:
    """Is left alone with its thread, when the preview has ended."""
    over, left_at_once = threading.Event(), list[bool]()
    threads = threading.active_count()

    def served(*_: object) -> None:
        if stays:
            threading.Thread(target=over.wait, daemon=True).start()

    monkeypatch.setattr(sitegen.preview.server, "serve", served)
    monkeypatch.setattr(threading, "active_count", lambda: len(threading.enumerate()) - threads + 1)
    monkeypatch.setattr(sitegen.cli.serve, "leave", lambda: left_at_once.append(True))
    assert run("serve", "--root", write_site(tmp_path, SMALL)).status == 0
    over.set()
    assert left_at_once == [True] * stays


@pytest.fixture
def handlers() -> Iterator[None]:
    """Of this process, as they were."""
    before = {number: getsignal(number) for number in INTERRUPTS}
    yield
    for number, handler in before.items():
        signal(number, handler)
