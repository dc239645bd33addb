"""What stands from earlier builds when a new one begins, and whether that is still the answer."""

import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from sitegen.artwork.fonts import state as fonts_here
from sitegen.cache.database import Cache
from sitegen.cache.file_state import Facts, Made, unchanged
from sitegen.files import Source, digest
from sitegen.problems import Problem
from sitegen.versions import installed_pagefind

from .options import Options
from .output import Output, Written

if TYPE_CHECKING:
    from sitegen.site.model import Site

Report = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is."""


class Build(Struct, frozen=True):
    """What a build did. `site` is None when nothing had changed; `pages`: how many it has; `rendered`: how many were
    made; `timings`: seconds by step."""

    site: "Site | None"
    pages: int
    next_change: datetime | None
    written: Written
    rendered: int
    problems: tuple[Problem, ...]
    timings: Mapping[str, float]


class Summary(Struct, frozen=True):
    """A whole build, of sources that are all known. `key`: of all else that it depended on but the clock; `found`: what
    was wrong with sources before they were read; valid from `since` until `until`, seconds; `indexed`: whether the
    search indexes say what the pages say."""

    key: str
    found: tuple[Problem, ...]
    pages: int
    since: float
    until: float
    next_change: datetime | None
    zone: str
    problems: tuple[Problem, ...]
    indexed: bool


class Stopwatch:
    """Seconds by step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step], self._last = now - self._last, now


def name_of(folder: Path) -> str:
    """What an output folder is remembered by, whatever its path is made of."""
    return digest(os.fsencode(folder))


class Standing:
    """The site's sources as they were found in a build that `started` then (nanoseconds), and what earlier builds know
    of them: `known` facts of those that have not changed, the `output` with all that is as it was left."""

    def __init__(
        self, options: Options, folder: Path, sources: Mapping[str, Source], found: tuple[Problem, ...],
        cache: Cache, started: int,
    ) -> None:  # fmt: skip
        """`folder`: of the output."""
        self.options, self.sources, self.found, self.cache, self.started = options, sources, found, cache, started
        self.watch = Stopwatch()
        asked: tuple[object, ...] = (options.drafts, options.future, options.base_url, str(folder))
        asked += fonts_here(), installed_pagefind()
        self.key = digest(repr(asked).encode())
        """Of all that a build depends on but its sources and the clock."""
        outputs = cache.entries("outputs", Made)  # read in any case: the cache takes new ones for what was read
        known = outputs if cache.load("key", str) == self.key else {}
        ours = outputs if cache.load("folder", str) == name_of(folder) else {}
        self.output = Output(folder, known, ours, clean=options.clean, untouched=options.untouched)
        facts = cache.entries("sources", Facts)
        self.known = unchanged(sources, facts)
        self._is_changed = not len(sources) == len(self.known) == len(facts)

    def answer(self) -> Build | None:
        """What the last build came to, when nothing has changed since and the clock has passed no date."""
        summary = self.cache.load("summary", Summary)
        if self._is_changed or summary is None or (summary.key, summary.found) != (self.key, self.found):
            return None
        if not self._is_now(summary):
            return None
        if (self.options.index and not summary.indexed) or self.options.assembled or not self.output.is_whole():
            return None
        self.watch.lap("read")
        kept = Written((), frozenset(self.output.before.files), ())
        change = in_zone(summary.next_change, summary.zone)
        return Build(None, summary.pages, change, kept, 0, summary.problems, self.watch.laps)

    def _is_now(self, summary: Summary) -> bool:
        now = self.options.now
        moment = now if isinstance(now, datetime) else None if now else datetime.now(UTC)
        return moment is not None and summary.since <= moment.timestamp() < summary.until


def in_zone(moment: datetime | None, zone: str) -> datetime | None:
    return moment.astimezone(ZoneInfo(zone)) if moment else None
