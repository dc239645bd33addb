"""A look at the host: its manifest, a listing where one is needed, and what must be read so that nothing is lost."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sitegen.files import digest
from sitegen.problems import Place, problem
from sitegen.text import unportable

from .changes.held import Held, decode
from .changes.plan import LISTED_AGAIN, Plan, plan
from .release import Release, leftovers
from .targets.target import HELD, Facts, Refused, Target

MOST_READ = 50_000_000
"""Bytes that are read of files which are not ours as we left them, to know whether they are after all."""


class Look(Struct, frozen=True):
    """`data`: of the manifest; `held`: what it says, None where there is none to trust; `listing`: path → token, None
    where the manifest was believed; `copies`: what was read; `trials`: what trials that were cut off have left."""

    data: bytes | None
    held: Held | None
    listing: Mapping[str, str] | None = None
    copies: Mapping[str, bytes] = {}
    trials: tuple[str, ...] = ()

    def plan(self, release: Release, moment: datetime, facts: Facts | None = None) -> Plan:
        read = {path: digest(data) for path, data in self.copies.items()}
        return plan(release, self.held, self.listing, moment, facts, read)


def look(target: Target, moment: datetime, place: Place, *, everywhere: bool) -> Look:
    """`everywhere`: every file is looked at, even where that takes a question for each folder."""
    data = target.read(HELD)
    held = None if data is None else decode(data)
    if held == "newer":
        raise Refused(problem("newer-manifest", place))
    found = Look(data, None if isinstance(held, str) else held)
    if everywhere or target.lists_at_once or _is_due(found.held, moment):
        listing = target.list()
        trials = leftovers(listing)
        listed = {path: token for path, token in listing.items() if path not in trials}
        found = replace(found, listing=listed, trials=tuple(trials))
    return found


def look_closer(target: Target, seen: Look, planned: Plan) -> Look:
    """With what a plan is unsure of read, so that the next plan knows whether it is ours."""
    return replace(seen, copies=dict(_read(target, planned.unsure)))


def _is_due(held: Held | None, moment: datetime) -> bool:
    if held is None or held.coming is not None or held.listed is None:
        return True
    return moment - held.listed >= LISTED_AGAIN


def _read(target: Target, paths: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    left = MOST_READ
    for path in paths:
        data = target.read(path)
        if data is None:
            continue
        left -= len(data)
        if left < 0:
            return
        yield path, data


def save_copies(target: Target, folder: Path, paths: Iterable[str], known: Mapping[str, bytes]) -> None:
    """Keep what will be lost on the host. Raises OSError."""
    for path in paths:
        data = known[path] if path in known else target.read(path)
        if data is None:
            continue
        name = path if unportable(path) is None else digest(path.encode("utf-8", "surrogateescape"))
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(data)
