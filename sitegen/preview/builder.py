"""A builder that builds its site again and again: when it is asked to, when the clock passes a date, and once more when
all is quiet; and an indexer that makes search indexes beside it, which wait for nobody and lie beside the output.

Nothing is lost: what asks for a build sets an event that is cleared before sources are looked for, so that what is
saved during a build is in it or starts the next. When all is quiet one more build looks whether the system told too
little, and whether somebody touched the output, at which the builds before do not look; it costs what finding no change
costs.
"""

import gc
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Lock, Thread

import msgspec
from msgspec import Struct

from sitegen.build import build
from sitegen.build.run import Build, Options, Workers
from sitegen.build.search import find_entries, index_key, search_index
from sitegen.build.watchdog import TookTooLong
from sitegen.cache.database import Connections
from sitegen.cache.documents import Bodies
from sitegen.cache.session import FILE, BuildSession, own_folder
from sitegen.cache.store import SEARCH, Store
from sitegen.problems import Place, Problem, SiteError, problem, unforeseen
from sitegen.site.model import Site
from sitegen.site.urls import index_path
from sitegen.system.handles import PAUSE, are_left
from sitegen.translation.catalogs import read_interface

SETTLE = 0.03
"""Seconds that are waited for when a file was deleted: many editors save by taking the old one away first."""
QUIET = 2.5
"""Seconds without a change after which it is looked whether one was missed; no file is too new to be trusted then."""
LONGEST = 30.0
"""Seconds after which the clock is looked at, since it may have been set, or the machine have slept."""
PAUSES = (0.02, 0.05, 0.2, 0.5)
"""Seconds before further attempts when files went away under a build."""
PASSING = frozenset(
    {"build-under-way", "output-in-use", "file-in-use", "changed-meanwhile", "worker-lost", "broken-off", "no-handles"}
)
"""Problems that go away by themselves."""


class Attempt(Struct, frozen=True):
    """A build, or why there is none."""

    build: Build | None
    problems: tuple[Problem, ...]

    @property
    def has_changed_something(self) -> bool:
        return self.build is not None and bool(self.build.written.written or self.build.written.removed)


class _Ended(BaseException):
    """The preview was ended in the midst of a build; nothing that an Exception is taken for."""


def _let_collector_rest() -> None:
    """What there is by now will mostly stay: the collector need not look at it while somebody waits."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class Builder:
    """Builds as long as it runs. `on_attempt` gets each attempt that came to something new; `on_quiet` is called when
    all is quiet. Both are called in the thread that runs this."""

    def __init__(
        self, root: Path, options: Options, on_attempt: Callable[[Attempt], None], on_quiet: Callable[[], None]
    ) -> None:
        self._root, self._options, self._on_attempt, self._on_quiet = root, options, on_attempt, on_quiet
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
        with closing(BuildSession()) as session:
            self._run(session)

    def _run(self, session: BuildSession) -> None:
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
            attempt = self._attempt(msgspec.structs.replace(options, untouched=untouched), session)
            if self._ended.is_set():
                return
            if saved or attempt.problems != last.problems or attempt.has_changed_something:
                self._on_attempt(attempt)
            if quiet or good is None:
                _let_collector_rest()
            if quiet:
                self._on_quiet()
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

    def _attempt(self, options: Options, session: BuildSession) -> Attempt:
        """An attempt that is not blamed on the site where handles are lacking."""
        attempt = self._tried(options, session) if are_left() else None
        if attempt is None or (attempt.build is None and not are_left()):
            return Attempt(None, (problem("no-handles", Place(".sitegen")),))
        return attempt

    def _tried(self, options: Options, session: BuildSession) -> Attempt:
        found: tuple[Problem, ...] = ()
        for pause in (0.0, *PAUSES):
            if self._ended.wait(pause) if pause else self._ended.is_set():
                break
            try:
                done = build(self._root, options, self._report, session)
                return Attempt(done, done.problems)
            except SiteError as error:
                found, cause = error.problems, error.__cause__
            except _Ended:
                break
            except (Exception, TookTooLong) as error:  # noqa: BLE001 - whatever is wrong, the preview goes on
                found, cause = (unforeseen(error),), error
            went = any(problem.code == "changed-meanwhile" for problem in found)  # a file, while it was looked for
            if not went and not isinstance(cause, OSError):
                break
        return Attempt(None, found)

    def _report(self, step: str, done: int, total: int) -> None:
        if self._ended.is_set():
            raise _Ended


class Indexer:
    """Makes the search indexes of one site after another, in a thread, one at a time; `on_indexes` gets their files by
    the path that they are asked for at."""

    def __init__(self, root: Path, on_indexes: Callable[[dict[str, bytes]], None]) -> None:
        self._root, self._on_indexes = root, on_indexes
        self._lock = Lock()
        self._is_busy = False
        self._wanted: Site | None = None
        self._made: Site | None = None

    def update(self, site: Site | None) -> None:
        """Bring the indexes up to date with a site, unless they are; after others, if such are being made."""
        with self._lock:
            self._wanted = site
            if site is self._made or self._is_busy:
                return
            self._is_busy = True
        Thread(target=self._make, daemon=True).start()

    def _make(self) -> None:
        while (site := self._next()) is not None:
            with suppress(Exception):  # a build or an author was faster; whatever else it is, builds tell of it
                self._on_indexes(make_indexes(self._root, site))
                self._made = site if are_left() else None  # else some may be lacking

    def _next(self) -> Site | None:
        """The site that is wanted, unless it was just tried; it will be again when all is quiet the next time."""
        while not are_left():
            time.sleep(PAUSE)
        with self._lock:
            site, self._wanted = self._wanted, None
            self._is_busy = site is not None and site is not self._made
            return site if self._is_busy else None


def make_indexes(root: Path, site: Site) -> dict[str, bytes]:
    """The files of a site's search indexes, made anew where their texts have changed."""
    memory, files = own_folder(root), dict[str, bytes]()
    if memory is None:
        return files
    languages, store, keys = read_interface(root).languages, Store(memory / SEARCH), set()
    with closing(Connections(str(memory / FILE))) as connections:
        bodies = Bodies(connections, site.digests)
        for lang in site.searchable:
            entries, _ = find_entries(site, languages[lang], bodies, Workers())
            key = index_key(entries)
            made, _ = search_index(store, key, lang, entries)
            files |= {index_path(site.config, lang) + path: data for path, data in made.items()}
            keys.add(key)
    store.keep_only(keys)
    return files
