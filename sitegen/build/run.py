"""One build under way: what it is asked for, what it found, what earlier builds left it, and what came of it."""

import os
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from sitegen.artwork.fonts import state as fonts_here
from sitegen.cache.file_state import FileState, Made, unchanged
from sitegen.cache.session import Cache
from sitegen.cache.store import MADE, SEARCH, Store
from sitegen.files import SETTINGS, decode, digest, read_bytes, real_path
from sitegen.problems import Problem, ProblemLog
from sitegen.sources import Source, find, find_settings
from sitegen.system.processes import StartMethod, most_processes, start_method
from sitegen.text import LARGEST_TEXT
from sitegen.versions import installed_pagefind

from .output import Output, Written
from .watchdog import Watchdog

FEW_COLLECTIONS = 50_000
"""New objects before the collector looks for cycles; a parsed article leaves some thousands."""


class Workers(Struct, frozen=True):
    """How much may happen at once. `jobs`: processes, by default one for each core where there is much to do;
    `method`: how they start; `cluster`: the address of a Dask scheduler to use instead;
    `watchdog`: over each file; `careful`: other processes do it, however little it is, since one may end."""

    jobs: int | None = None
    method: StartMethod = field(default_factory=partial(start_method, threads=False))
    cluster: str | None = None
    watchdog: Watchdog = field(default_factory=Watchdog)
    careful: bool = False

    @property
    def most(self) -> int:
        """Processes to use where there is much to do."""
        return most_processes(self.jobs)


class Options(Struct, frozen=True):
    """How to build. `output`: where to, when not the site's own output/; `now`: the moment of the build, as a
    point in time or as authors write dates, then in the site's time zone; `wait`: seconds to wait for another build of
    the site; `index`: whether search indexes whose texts have changed are made, or left as they are; `assembled`:
    whether the site is wanted as a value even when nothing has changed; `untouched`: nobody else can have written in
    the output since the last build, so its files need not be looked at; `noindex`: search engines are asked to
    stay away."""

    output: Path | None = None
    base_url: str | None = None
    drafts: bool = False
    future: bool = False
    clean: bool = False
    keep_going: bool = False
    now: datetime | str | None = None
    workers: Workers = Workers()
    wait: float = 60.0
    index: bool = True
    assembled: bool = False
    untouched: bool = False
    noindex: bool = False


if TYPE_CHECKING:
    from sitegen.site.model import Site

Report = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""

Memo = Literal["build", "design", "fonts", "arrangement"]
"""What a build restores where it can: all of the build before, settings with layouts and assets, the fonts of share
cards, the site as it is arranged."""

Reason = Literal[
    "",  # it could be used
    "none kept",
    "options",  # or the fonts or Pagefind here are others
    "sources",  # some are new, changed or gone, or so new that another change might not show
    "clock",
    "asked",  # for the site or search indexes, which are not kept with it
    "output",  # is not as it was left
    "settings",
    "layout",
    "catalogue",
    "asset",
    "letters",  # or fonts are others
    "content",  # some cannot be read
    "file",  # some picture or attachment must be looked at
    "structure",  # of documents, settings, layouts, assets or options: some is another
    "problems",  # of the site, of which an edit does not tell where they are now
]
"""Why a memo could not be used. Names of kinds of sources: some are others than were read."""


class Build(Struct, frozen=True):
    """What a build did. `site` is None when nothing had changed; `pages`: how many it has; `parsed`, `rendered`,
    `made`: how many content files, pages and other files were work; `memos`: those that were looked for → why
    they could not be used, or nothing when they were; `timings`: seconds by step; `sources`: as they were found."""

    site: "Site | None"
    pages: int
    next_change: datetime | None
    written: Written
    problems: tuple[Problem, ...]
    timings: Mapping[str, float]
    memos: Mapping[Memo, Reason]
    sources: Mapping[str, Source]
    parsed: int = 0
    rendered: int = 0
    made: int = 0


class Stopwatch:
    """Seconds by step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step], self._last = now - self._last, now


class Run(Struct, frozen=True):
    """A build under way. `found`: what was wrong with sources before they were read; `known`: the states of those that
    are as they were; `key`: of all that a build depends on but its sources and the clock; `started`: nanoseconds;
    `memos`: as of a Build."""

    options: Options
    sources: Mapping[str, Source]
    found: tuple[Problem, ...]
    known: Mapping[str, FileState]
    cache: Cache
    store: Store
    indexes: Store
    output: Output
    key: str
    started: int
    report: Report
    watch: Stopwatch
    log: ProblemLog
    memos: dict[Memo, Reason] = {}

    def progress(self, step: str) -> Callable[[int, int], None]:
        """Told how much of a step is done, and how much there is."""
        return partial(self.report, step)


def begin(root: Path, options: Options, folder: Path, cache: Cache, memory: Path | None, report: Report) -> Run:
    """Find the sources, and what earlier builds left. `folder`: of the output; `memory`: in which to remember."""
    watch, started = Stopwatch(), time.time_ns()
    remembered = cache.entries("sources", FileState).whole()
    exclude = _excluded(root, cache, remembered)
    sources, found = find(root, closed=(real_path(folder),), exclude=exclude)
    asked: tuple[object, ...] = (
        options.drafts,
        options.future,
        options.base_url,
        options.noindex,
        os.path.normcase(folder),
    )
    key = digest(repr((*asked, fonts_here(), installed_pagefind())).encode())
    outputs = cache.entries("outputs", Made).whole()
    written = outputs if cache.load("key", str) == key else {}
    ours = outputs if cache.load("folder", str) == name_of(folder) else {}
    return Run(
        options=options,
        sources=sources,
        found=found,
        known=unchanged(sources, remembered),
        cache=cache,
        store=Store(memory / MADE if memory else None),
        indexes=Store(memory / SEARCH if memory else None),
        output=Output(folder, written, ours, clean=options.clean, untouched=options.untouched),
        key=key,
        started=started,
        report=report,
        watch=watch,
        log=ProblemLog(found),
    )


def _excluded(root: Path, cache: Cache, states: Mapping[str, FileState]) -> tuple[str, ...]:
    """What the settings exclude, as an earlier build has read it where they have not changed."""
    source = find_settings(root)
    if source is None or isinstance(source, Problem):
        return ()
    known = cache.load("exclude", tuple[str, ...]) if unchanged({SETTINGS: source}, states) else None
    if known is not None:
        return known
    from sitegen.config.settings import read_exclude  # noqa: PLC0415 - a build in which nothing changed needs none

    data = read_bytes(source.location, SETTINGS, most=LARGEST_TEXT)
    text = data if isinstance(data, Problem) else decode(data, SETTINGS)
    return () if isinstance(text, Problem) else read_exclude(text, SETTINGS)


def name_of(folder: Path) -> str:
    """What an output folder is remembered by, whatever its path is made of: on Windows c:\\site is C:\\site."""
    return digest(os.fsencode(os.path.normcase(folder)))
