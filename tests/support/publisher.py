"""Publishes as processes of their own: killed with all that they started, or slowed, and what was done until then."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import StringIO
from multiprocessing.connection import Connection
from pathlib import Path
from subprocess import Popen
from typing import Any, NamedTuple

from sitegen.cli.main import main
from sitegen.publish.targets.folder import LocalDisk
from sitegen.publish.targets.git.program import GitProgram
from sitegen.publish.targets.sftp import SftpDisk
from sitegen.publish.targets.staged import claim
from tests.support.fork_server import fork_server
from tests.support.plain_theme import use_plain_theme

STEPS = ("create", "amend", "move", "set_mode", "remove", "make_folder", "remove_folder", "link", "point", "settle")
"""What changes a disk, besides writing a file."""
PUSHING = 8
"""Moments of a push, a few milliseconds apart."""


class Published(NamedTuple):
    """`status`: as a process leaves it, -9 when it was killed. Of one that lived: `steps`: what it did, as “move PATH”;
    `said`: all that it printed."""

    status: int | None
    steps: list[str]
    said: str

    def sent(self) -> list[str]:
        """The names under which files were sent to wait."""
        names = [step.removeprefix("write ") for step in self.steps if step.startswith("write ")]
        return [Path(name).name.removesuffix(".part") for name in names]


def nothing() -> None:
    """Which is done before most publishes."""


class Publisher(NamedTuple):
    """A site, how it is published, and what the environment says besides."""

    root: Path
    environment: Mapping[str, str] = {}
    arguments: tuple[str, ...] = ("--yes", "--allow-gone", "all")

    def publish(
        self, target: str = "live", kill_at: int | None = None, before: Callable[[], None] = nothing
    ) -> Published:
        """Publish, or be killed when the step of this number is about to be taken. `before`: done in that process."""
        return self.start(target, Fate(kill_at), before)()

    def fail(self, step: int, number: int, *, lasts: bool) -> Published:
        """Publish to a host that refuses a step with an error number: that one alone, or all from then on."""
        return self.start(fate=Fate(step, number, lasts))()

    def start(
        self, target: str = "live", fate: "Fate | None" = None, before: Callable[[], None] = nothing
    ) -> Callable[[], Published]:
        """The same, while others do something else; what comes back waits for the end."""
        context = fork_server()
        here, there = context.Pipe(duplex=False)
        arguments = ["publish", target, "--root", str(self.root), *self.arguments]
        process = context.Process(target=_live, args=(arguments, dict(self.environment), fate or Fate(), before, there))
        process.start()
        there.close()

        def wait() -> Published:
            steps, said = list[str](), ""
            if not here.poll(120):
                process.kill()
                raise AssertionError("it did not end")
            with suppress(EOFError):
                steps, said = here.recv()
            process.join()
            return Published(process.exitcode, steps, said)

        return wait


class Fate(NamedTuple):
    """What becomes of the step of a number: it is the end, or the host refuses it with an error number; all after it
    too, if that `lasts`."""

    step: int | None = None
    error: int = 0
    lasts: bool = False


class _Steps:
    """Counts those that are taken, until fate has it otherwise."""

    def __init__(self, fate: Fate) -> None:
        self.taken: list[str] = []
        self._fate = fate

    def take(self, what: str) -> None:
        at, number = self._fate.step, len(self.taken)
        if number == at and not self._fate.error:
            os.killpg(0, signal.SIGKILL)
        self.taken.append(what)
        if at is not None and (number == at or (self._fate.lasts and number > at)):
            raise OSError(self._fate.error, os.strerror(self._fate.error))


def _live(
    arguments: list[str], environment: dict[str, str], fate: Fate, before: Callable[[], None], told: Connection
) -> None:
    os.setsid()
    os.environ.update(environment)
    sys.stdout = sys.stderr = said = StringIO()
    steps = _Steps(fate)
    use_plain_theme()
    claim.SETTLE, claim.POLL = 0.3, 0.1  # else much of the time is spent waiting for claims of the dead
    before()
    for disk in (LocalDisk, SftpDisk):
        _watch_disk(disk, steps)
    _watch_git(steps)
    status: object = 0
    try:
        main(arguments, standalone_mode=False)
    except SystemExit as error:
        status = error.code
    told.send((steps.taken, said.getvalue()))
    os._exit(status if isinstance(status, int) else 1)


def _watch_disk(disk: Any, steps: _Steps) -> None:
    def watched(name: str) -> Any:
        original = getattr(disk, name)

        async def step(self: Any, what: Any, *rest: Any, **more: Any) -> Any:
            steps.take(f"{name} {what if isinstance(what, str) else ''}".rstrip())
            return await original(self, what, *rest, **more)

        return step

    write = disk.write

    async def step(self: Any, path: str, source: Callable[[], Iterable[bytes]]) -> None:
        def halves() -> Iterator[bytes]:
            for piece in source():
                yield piece[: len(piece) // 2]
                steps.take(f"half of {path}")
                yield piece[len(piece) // 2 :]

        steps.take(f"write {path}")
        await write(self, path, halves)

    for name in STEPS:
        setattr(disk, name, watched(name))
    disk.write = step


def _watch_git(steps: _Steps) -> None:
    start = GitProgram.start

    @contextmanager
    def watched(self: GitProgram, *arguments: str, **more: Any) -> Iterator[Popen[bytes]]:
        command = next((word for word in arguments if word[0] != "-" and "/" not in word), "")
        steps.take(f"git {command}")
        with start(self, *arguments, **more) as process:
            for number in range(PUSHING if command == "push" else 0):
                time.sleep(0.004)
                steps.take(f"git push, {number}")
            yield process

    GitProgram.start = watched  # type: ignore[method-assign]
