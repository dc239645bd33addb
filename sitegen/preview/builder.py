"""Builds a site again and again: when it is asked to, when the clock passes a date, and once more when all is quiet."""

import gc
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from signal import SIG_BLOCK, SIGINT, pthread_sigmask
from threading import Event

import msgspec
from msgspec import Struct

from sitegen.build import build
from sitegen.build.options import Options
from sitegen.build.run import Build
from sitegen.cache.session import Memos
from sitegen.problems import Place, Problem, SiteError, problem
from sitegen.system import are_left

SETTLE = 0.03
"""Seconds that are waited for when a file was deleted: many editors save by taking the old one away first."""
QUIET = 2.5
"""Seconds without a change after which it is looked whether one was missed; no file is too new to be trusted then."""
LONGEST = 30.0
"""Seconds after which the clock is looked at, since it may have been set, or the machine have slept."""
PAUSES = (0.02, 0.05, 0.2, 0.5)
"""Seconds before further attempts when files went away under a build."""
PASSING = {"build-under-way", "output-in-use", "changed-meanwhile", "worker-lost", "broken-off", "no-handles"}
"""Problems that go away by themselves."""


class Attempt(Struct, frozen=True):
    """A build, or why there is none."""

    build: Build | None
    problems: tuple[Problem, ...]

    @property
    def has_changed_something(self) -> bool:
        return self.build is not None and bool(self.build.written.written or self.build.written.removed)


class _Ended(Exception):
    """The preview was ended in the midst of a build."""


def _let_collector_rest() -> None:
    """What there is by now will mostly stay: the collector need not look at it while somebody waits."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class Rebuilding:
    """`tell` gets each attempt that came to something new; `rest` is called when all is quiet. Both are called in the
    thread that runs this."""

    def __init__(self, root: Path, options: Options, tell: Callable[[Attempt], None], rest: Callable[[], None]) -> None:
        self._root, self._options, self._tell, self._rest = root, options, tell, rest
        self._asked, self._ended = Event(), Event()
        self._deleted, self._saved, self._lost = Event(), Event(), Event()

    def ask(self, *, saved: bool = True, deleted: bool = False, lost: bool = False) -> None:
        """Let it build; what is asked for during a build is done after it. `saved`: somebody did something and wants to
        see what comes of it, even if that is what was before; `deleted`: files went away; `lost`: of the output."""
        for event, is_so in ((self._saved, saved), (self._deleted, deleted), (self._lost, lost)):
            if is_so:
                event.set()
        self._asked.set()

    def end(self) -> None:
        self._ended.set()
        self._asked.set()

    def run(self) -> None:
        pthread_sigmask(SIG_BLOCK, {SIGINT})  # so that it does not reach the processes that work for a build
        with closing(Memos()) as memos:
            self._run(memos)

    def _run(self, memos: Memos) -> None:
        options = msgspec.structs.replace(self._options, assembled=True)
        last, good, quiet = Attempt(None, ()), None, False
        self._saved.set()
        while not self._ended.is_set():
            if self._deleted.is_set():
                self._ended.wait(SETTLE)
                self._deleted.clear()
            self._asked.clear()
            saved = self._saved.is_set()
            self._saved.clear()
            untouched = not quiet and not self._lost.is_set() and last.build is not None
            self._lost.clear()
            started = time.time()
            attempt = self._attempt(msgspec.structs.replace(options, untouched=untouched), memos)
            if self._ended.is_set():
                return
            if saved or attempt.problems != last.problems or attempt.has_changed_something:
                self._tell(attempt)
            if quiet or good is None:
                _let_collector_rest()
            if quiet:
                self._rest()
            if attempt.build:
                options, good = self._options, attempt.build
            last = attempt
            passing = any(found.code in PASSING for found in attempt.problems)
            quiet = self._wait(good, started, look_again=passing or not quiet)

    def _wait(self, build: Build | None, started: float, *, look_again: bool) -> bool:
        """Wait until there is a reason to build; whether it is that all is quiet."""
        change = build.next_change.timestamp() if build and build.next_change else started
        due = change if change > started else float("inf")
        quiet = time.monotonic() + QUIET if look_again else float("inf")
        while time.time() < due and time.monotonic() < quiet:
            left = min(due - time.time(), quiet - time.monotonic(), LONGEST)
            if self._asked.wait(max(0.0, left)):
                return False
        return time.time() < due

    def _attempt(self, options: Options, memos: Memos) -> Attempt:
        """An attempt that is not blamed on the site where handles are lacking."""
        attempt = self._tried(options, memos) if are_left() else None
        if attempt is None or (attempt.build is None and not are_left()):
            return Attempt(None, (problem("no-handles", Place(".sitegen")),))
        return attempt

    def _tried(self, options: Options, memos: Memos) -> Attempt:
        reason = ""
        for pause in (0.0, *PAUSES):
            if self._ended.wait(pause) if pause else self._ended.is_set():
                break
            try:
                done = build(self._root, options, self._report, memos)
                return Attempt(done, done.problems)
            except SiteError as error:
                return Attempt(None, error.problems)
            except OSError as error:  # a file went while it was looked for
                reason = f"{error.strerror or error} ({Path(str(error.filename or '')).name})"
            except _Ended:
                break
            except Exception as error:  # noqa: BLE001 - whatever is wrong with a build, the preview goes on
                reason = f"{type(error).__name__}: {error}"
                break
        return Attempt(None, (problem("broken-off", Place(".sitegen"), reason=reason),))

    def _report(self, step: str, done: int, total: int) -> None:
        if self._ended.is_set():
            raise _Ended
