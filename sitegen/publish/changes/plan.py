"""What a publish does: a pure function of the release, of what the host has, and of the moment."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct

from sitegen.publish.release import Release, Role, Served, is_fingerprinted, origin_digest, role_of
from sitegen.publish.targets.target import Facts

from . import waves
from .held import Coming, Held, Kept, Left
from .inventory import Inventory, naming, take
from .vanished import moved, vanished
from .waves import Upload, Wave, obstacles

KEPT_FOR, KEPT_RELEASES = timedelta(days=30), 2
"""How long superseded files stay that a page of an earlier release needs: so long, and for so many releases."""
UNPROVEN = Facts(tells_case=False, tells_forms=False)
"""Of a host that nobody has tried: all is asked about that may be lost there."""
LISTED_AGAIN = timedelta(days=30)
"""After so long a host is listed again, even where that costs time."""


class Plan(Struct, frozen=True, dict=True):
    """`number`: of the release to be; `waves`: what is placed and removed, in order; `new`, `changed`: what is placed,
    by what is there; `removed`: all that goes; `superseded`: what is kept for earlier pages from now on; `moved`: old
    and new path; `vanished`: promised paths that nothing answers any more; `altered`: files of ours that somebody else
    has changed and that would be lost; `in_the_way`: files of others that would be; `missing`: files of ours that
    somebody took away; `foreign`: all others, and of these those `untold` before; `adopted`: files that lie there as
    they should, though nobody knew. `files`, `kept`: what the host has in the end."""

    release: Release
    held: Held | None
    inventory: Inventory
    facts: Facts
    moment: datetime
    number: int
    waves: tuple[Wave, ...]
    new: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    superseded: tuple[str, ...]
    moved: tuple[tuple[str, str], ...]
    vanished: tuple[str, ...]
    altered: tuple[str, ...]
    in_the_way: tuple[str, ...]
    missing: tuple[str, ...]
    foreign: tuple[str, ...]
    untold: tuple[str, ...]
    adopted: tuple[str, ...]
    files: Mapping[str, Left]
    kept: Mapping[str, Kept]
    was_listed: bool

    @property
    def uploads(self) -> Iterator[str]:
        """What is sent, in the order in which it is wanted."""
        return (path for wave in self.waves for path in wave.places)

    @property
    def size(self) -> int:
        """Bytes to send."""
        return sum(self.release.files[path].size for path in self.uploads)

    @cached_property
    def unsure(self) -> tuple[str, ...]:
        """What is to be read, so that nothing is lost: told the digests, another plan knows whether it is ours."""
        return tuple(sorted({*self.altered, *self.in_the_way}))

    @property
    def is_empty(self) -> bool:
        """Whether the host has the release, and all that should be noted of it."""
        return self.held is not None and not self.waves and self.after({}) == self.held

    def by_role(self, paths: Iterable[str]) -> Mapping[Role, tuple[str, ...]]:
        """Some of its paths by what they are for."""
        found: defaultdict[Role, list[str]] = defaultdict(list)
        for path in paths:
            found[self.role(path)].append(path)
        return {role: tuple(of_role) for role, of_role in sorted(found.items())}

    def role(self, path: str) -> Role:
        of = self.release if path in self.release.files else self.inventory
        return role_of(path, of.redirects, of.rules)

    def between(self, tokens: Mapping[str, str]) -> Held:
        """The manifest while it is carried out: of what is there, and of what comes. `tokens`: what the target will say
        of each file that was sent."""
        release, there = self.release, self.inventory
        return Held(
            site=release.site,
            address=self.held.address if self.held else release.address,
            number=self.held.number if self.held else 0,
            moment=self.held.moment if self.held else self.moment,
            listed=self._listed,
            files=there.files,
            promised=there.promised,
            redirects=there.redirects,
            rules=there.rules,
            gone=self.held.gone if self.held else frozenset(),
            kept=there.kept,
            foreign=self.held.foreign if self.held else frozenset(),
            facts=self.facts,
            coming=Coming(
                {path: _left(release.files[path], tokens[path]) for path in self.uploads},
                {path: of for path, of in release.promised.items() if there.promised.get(path) != of},
                release.redirects - there.redirects,
                release.rules - there.rules,
            ),
        )

    def after(self, tokens: Mapping[str, str]) -> Held:
        """The manifest when it is carried out."""
        release = self.release
        is_new = self.held is None or self.number != self.held.number
        return Held(
            site=release.site,
            address=release.address,
            number=self.number,
            moment=self.moment if is_new or self.held is None else self.held.moment,
            listed=self._listed,
            files={**self.files, **{path: _left(release.files[path], tokens[path]) for path in self.uploads}},
            promised=release.promised,
            redirects=release.redirects,
            rules=release.rules,
            gone=release.gone,
            kept=self.kept,
            foreign=self._told,
            facts=self.facts,
        )

    @property
    def _told(self) -> frozenset[str]:
        told = self.held.foreign if self.held else frozenset()
        return frozenset(map(origin_digest, self.foreign)) if self.was_listed else told

    @property
    def _listed(self) -> datetime | None:
        before = self.held.listed if self.held else None
        is_due = before is None or bool(self.waves) or self.moment - before >= LISTED_AGAIN
        return self.moment if self.was_listed and is_due else before


def _left(served: Served, token: str) -> Left:
    return Left(served.digest, served.size, served.headers, token)


class _Match(NamedTuple):
    """The files of a release beside those on the host. `current`: as they should be; `uploads`: all others; `changed`:
    of these, those in place of ours; `adopted`: those of `current` that nobody knew to be so; `replaced`: ours that go
    for others; `in_the_way`: those of others."""

    current: Mapping[str, Left]
    uploads: tuple[str, ...]
    changed: frozenset[str]
    adopted: frozenset[str]
    replaced: frozenset[str]
    in_the_way: frozenset[str]


def plan(
    release: Release, held: Held | None, listing: Mapping[str, str] | None, moment: datetime,
    facts: Facts | None = None, read: Mapping[str, str] = {},
) -> Plan:  # fmt: skip
    """`held`: the host's manifest, None where there is none to trust; `listing`: path → token of all that lies there,
    None where it was not asked; `facts`: as proven now, else as the manifest has them, or the worst; `read`: digests of
    what an earlier plan was unsure of."""
    facts = facts or (held.facts if held else UNPROVEN)
    name_of = naming(facts)
    there = take(held, listing, facts, read)
    match = _match(release, there, read, name_of)
    names = {name_of(path) for path in release.files}
    elsewhere = tuple(sorted(path for path in there.foreign if name_of(path) not in names))
    spare = [path for path in (*there.files, *there.kept) if name_of(path) not in names]
    after = obstacles(match.uploads, (*spare, *elsewhere), name_of)
    obstructing = {path for paths in after.values() for path in paths}
    is_other = (
        held is None or held.coming is not None or bool(match.uploads) or not there.files.keys().isdisjoint(spare)
    )
    number = (held.number if held else 0) + is_other
    kept = _kept(there, [path for path in spare if path not in obstructing], number, moment)
    order = waves.arrange(
        [_upload(path, release, match, after) for path in match.uploads],
        {path: role_of(path, there.redirects, there.rules) for path in spare if path not in kept},
        is_first=_is_first(release, held, match),
    )
    removed = frozenset(path for wave in order for path in wave.removes)
    told = held.foreign if held else frozenset()
    foreign = tuple(path for path in elsewhere if path not in obstructing)
    return Plan(
        release, held, there, facts, moment, number, order,
        new=tuple(path for path in match.uploads if path not in match.changed),
        changed=tuple(sorted(match.changed)),
        removed=tuple(sorted(removed)),
        superseded=tuple(sorted(kept.keys() - there.kept.keys())),
        moved=moved(release, there),
        vanished=vanished(release, there, name_of),
        altered=tuple(sorted(there.altered & (match.replaced | removed))),
        in_the_way=tuple(sorted(match.in_the_way | obstructing.intersection(elsewhere))),
        missing=tuple(sorted(there.missing & release.files.keys())),
        foreign=foreign,
        untold=tuple(path for path in foreign if origin_digest(path) not in told),
        adopted=tuple(sorted(match.adopted)),
        files=match.current,
        kept=kept,
        was_listed=listing is not None,
    )  # fmt: skip


def _match(release: Release, there: Inventory, read: Mapping[str, str], name_of: Callable[[str], str]) -> _Match:
    ours = {name_of(path): path for path in (*there.kept, *there.files)}
    others: defaultdict[str, list[str]] = defaultdict(list)
    for path in there.foreign:
        others[name_of(path)].append(path)
    current: dict[str, Left] = {}
    uploads, changed, adopted, replaced, in_the_way = [], [], [], [], []
    for path in sorted(release.files):
        served, name = release.files[path], name_of(path)
        own, alike = ours.get(name), others.get(name, [])
        other = path if path in alike else next(iter(alike), None)
        left = there.files.get(own) or there.kept[own].file if own is not None else None
        lies = left.token if left else there.foreign.get(other or "", "")
        if left and Served(left.digest, left.size, left.headers) == served:
            current[path] = left
        elif lies and not served.headers and served.digest in (read.get(own or ""), read.get(other or "")):
            current[path] = _left(served, lies)
            adopted.append(path)
        else:
            uploads.append(path)
            changed += [path] if own is not None else []
            replaced += [own] if own is not None else []
            in_the_way += alike
    return _Match(current, tuple(uploads), *map(frozenset, (changed, adopted, replaced, in_the_way)))


def _is_first(release: Release, held: Held | None, match: _Match) -> bool:
    """Whether nobody can have been there: without a manifest, rules that are in the way may be those of this site."""
    return (held is None or held.number == 0) and match.in_the_way.isdisjoint(release.rules)


def _upload(path: str, release: Release, match: _Match, after: Mapping[str, tuple[str, ...]]) -> Upload:
    role = role_of(path, release.redirects, release.rules)
    return Upload(path, role, path not in match.changed, after.get(path, ()))


def _kept(there: Inventory, spare: Iterable[str], number: int, moment: datetime) -> dict[str, Kept]:
    """What stays of the files that the release has not."""
    kept: dict[str, Kept] = {}
    for path in spare:
        if path in there.kept:
            known = there.kept[path]
            if known.until > moment or known.since + KEPT_RELEASES > number:
                kept[path] = known
        elif is_fingerprinted(path) and there.files[path].digest:
            kept[path] = Kept(there.files[path], number, moment + KEPT_FOR)
    return kept
