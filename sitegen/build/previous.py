"""The last build, and whether what it came to is still so."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from sitegen.artwork.fonts import Typeface
from sitegen.cache.file_state import FileState
from sitegen.cache.session import TimeSpan
from sitegen.i18n.zones import in_zone
from sitegen.problems import Problem, errors

from .output import Written
from .run import Build, Reason, Run

if TYPE_CHECKING:
    from sitegen.site.model import Site


class Previous(Struct, frozen=True):
    """A whole build, of sources that are all known. `key`: of all else that it depended on but the clock; `found`: what
    was wrong with sources before they were read; `span`: until its end nothing comes out or goes; `indexed`: whether
    the search indexes say what the pages say."""

    key: str
    found: tuple[Problem, ...]
    pages: int
    span: TimeSpan
    zone: str
    problems: tuple[Problem, ...]
    indexed: bool


def restore_build(run: Run) -> Build | None:
    """What the last build came to, when nothing has changed since and the clock has passed no date."""
    previous = run.cache.load("previous", Previous)
    run.memos["build"] = _why_not(run, previous)
    if previous is None or run.memos["build"]:
        return None
    run.watch.lap("read")
    kept = Written((), frozenset(run.output.before.files), ())
    change = _in_zone(previous.span.until, previous.zone) if previous.span.until else None
    return Build(None, previous.pages, change, kept, previous.problems, run.watch.laps, run.memos, run.sources)


def _in_zone(moment: datetime, zone: str) -> datetime:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - only where something is to come

    return in_zone(moment, ZoneInfo(zone))


def _why_not(run: Run, previous: Previous | None) -> Reason:
    if previous is None:
        return "none kept"
    typefaces = run.cache.load("fonts", dict[str, Typeface]) or {}
    if previous.key != run.key or not all(typeface.is_there() for typeface in typefaces.values()):
        return "options"
    sources = run.cache.entries("sources", FileState)
    if previous.found != run.found or not len(run.sources) == len(run.known) == len(sources):
        return "sources"
    if not _is_now(run, previous):
        return "clock"
    if run.options.assembled or (run.options.index and not previous.indexed):
        return "asked"
    return "" if run.output.is_whole() else "output"


def _is_now(run: Run, previous: Previous) -> bool:
    now = run.options.now
    moment = now if isinstance(now, datetime) else None if now else datetime.now(UTC)
    return moment is not None and moment in previous.span


def to_remember(
    run: Run, states: Mapping[str, FileState], site: "Site", problems: tuple[Problem, ...], *, indexed: bool
) -> Previous | None:
    """What the next build may say when nothing has changed; None when it must look for itself."""
    if len(states) < len(run.sources) or errors(problems):
        return None
    return Previous(
        key=run.key,
        found=run.found,
        pages=len(site.pages),
        span=TimeSpan(site.edition.last_change, site.edition.next_change),
        zone=site.config.time_zone,
        problems=problems,
        indexed=indexed,
    )
