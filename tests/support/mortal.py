"""Builds that are killed in the midst of their work, in processes forked from one that has imported all it needs."""

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from io import BytesIO, StringIO
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any, NamedTuple

from sitegen.build import build
from sitegen.build.run import Options, Workers
from tests.support.fork_server import fork_server
from tests.support.plain_theme import use_plain_theme

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

DISK = {"posix", "io", "_io", "sqlite3"}
STEPS = {
    *("open", "write", "flush", "close", "replace", "rename", "link", "unlink", "remove", "mkdir", "rmdir", "truncate"),
    *("ftruncate", "utime", "fsync", "connect", "execute", "executemany", "executescript", "commit"),
}
"""What changes the disk, by its names in C."""

Mortal = Callable[[Path, int, Connection], None]


class Life(NamedTuple):
    """`status` as of multiprocessing; `steps`: what a build that came to its end did on the disk."""

    status: int | None
    steps: list[str]


def lived(mortal: Mortal, root: Path, jobs: int = 1) -> Life:
    """What became of a build, once all its processes have ended."""
    context = fork_server()
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=mortal, args=(root, jobs, there))
    process.start()
    there.close()
    steps: list[str] = []
    while here.poll(30):
        try:
            steps = here.recv()
        except EOFError:
            break
    else:
        raise AssertionError("its workers live on")
    process.join()
    return Life(process.exitcode, steps)


def until(point: int | None) -> Mortal:
    """A build that kills itself when it is about to do the n-th step, or has just opened a file."""
    return partial(_until, point)


def _until(point: int | None, root: Path, jobs: int, told: Connection) -> None:
    process, done = os.getpid(), list[str]()

    def watch(frame: FrameType, event: str, function: Any) -> None:
        if event in ("c_call", "c_return") and function.__name__ in STEPS and os.getpid() == process:
            name = function.__name__
            owner = function.__self__
            home = owner.__name__ if isinstance(owner, ModuleType) else type(owner).__module__
            if home in DISK and not isinstance(owner, StringIO | BytesIO) and (event == "c_call" or name == "open"):
                if len(done) == point:
                    os.kill(process, signal.SIGKILL)
                done.append(name)

    sys.setprofile(watch)
    build_plainly(root, jobs)
    sys.setprofile(None)
    told.send(done)


def until_size(size: int) -> Mortal:
    """A build that the system kills when it would make a file larger than this, SQLite's in the midst of a commit."""
    return partial(_until_size, size)


def _until_size(size: int, root: Path, jobs: int, told: Connection) -> None:
    from resource import RLIMIT_FSIZE, setrlimit

    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    setrlimit(RLIMIT_FSIZE, (size, size))
    build_plainly(root, jobs)


def build_plainly(root: Path, jobs: int) -> None:
    use_plain_theme()
    build(root, Options(now=NOW, workers=Workers(jobs), index=False))
