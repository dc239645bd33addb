"""Which pages are still what they would become: each has a trace of all that it looked at.

What was missing has an empty digest, so adding it wakes the page.
"""

from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from sitegen.site.model import Changes, Site
from sitegen.site.parts import PARTS, PartName, digest_of, ground_of, mapping_of
from sitegen.site.urls import Page

from .database import Entries
from .file_state import Made
from .session import Cache


class PageRow(Struct, frozen=True, gc=False, array_like=True):
    """The trace of a page. `parts`: the numbers of what it looked at, an array of four bytes each; `made`: the digest
    of the file that came of it; the output may hold another, of a build that was killed before it could remember, or of
    one that remembers another folder."""

    parts: bytes
    made: str


class KnownPart(Struct, frozen=True, gc=False, array_like=True):
    """A part that pages look at, one of them at least: its number, and the digest it had."""

    number: int
    digest: str


class Job(Struct, frozen=True, gc=False):
    """A page to make; `intact`: the digest of its file that the output has already."""

    page: Page
    intact: str | None


class Traces:
    """`current`: output paths of pages that need no work; `stale`: the others. A page is current while every part that
    it looked at has the digest it had, and the output holds what was made of it then. Where all that the parts of a
    kind are taken from is as it was, they are not looked at one by one."""

    def __init__(self, cache: Cache, site: Site, intact: Mapping[str, str | None], changes: Changes) -> None:
        """`intact`: the digest of each page's file that the output has; `changes`: what is not as it was in the large
        mappings of the site."""
        self._cache, self._site = cache, site
        self._rows = cache.entries("pages", PageRow).whole()
        before = cache.load("grounds", dict[str, str]) or {}
        kinds = _kinds(cache)
        moved = {kind for kind, ground in _grounds(site, kinds).items() if before.get(kind) != ground}
        self._changed: dict[int, PartName] = {}
        self._digests: dict[PartName, str] = {}
        for kind in kinds:
            for name, part in _suspects(kind, cache, site, changes, moved):
                found = digest_of(site, kind, name) or ""
                if found != part.digest:
                    self._changed[part.number], self._digests[kind, name] = (kind, name), found
        self.current: list[str] = []
        self.stale: list[Job] = []
        rows, woken = self._rows, _Numbers(self._changed)
        for path, digest in intact.items():
            row = rows.get(path)
            if row is None or row.made != digest or path in changes["pages"] or woken.are_in(row.parts):
                self.stale.append(Job(site.pages[path], digest))
            else:
                self.current.append(path)

    def looked_at(self, kinds: Collection[str], seen: Iterable[Iterable[PartName]]) -> dict[PartName, str]:
        """All parts of some kinds that pages look at, with their digests: pages that are current, and those that were
        made, which have `seen` these parts."""
        found = {part: self._digest(part) for parts in seen for part in parts if part[0] in kinds}
        known = {
            part.number: ((kind, name), part.digest)
            for kind in kinds
            for name, part in _parts(self._cache, kind).whole().items()
            if (kind, name) not in found
        }
        unused = self._unused(known.keys() & self._numbers_before())
        kept = (known[number] for number in known.keys() - unused)
        return found | {part: self._digests.get(part, digest) for part, digest in kept}

    def _numbers_before(self) -> set[int]:
        """Of all that was looked at by pages that are stale or gone, before they were."""
        rows = (self._rows[output] for output in self._rows.keys() - {*self.current})
        return {number for row in rows for number in array("I", row.parts)}

    def _unused(self, numbers: set[int]) -> set[int]:
        """Those of some parts that no current page looks at."""
        left = {*numbers}
        for output in self.current if left else ():
            left -= left.intersection(array("I", self._rows[output].parts))
        return left

    def _digest(self, part: PartName) -> str:
        """What is kept of a part as it is now."""
        if part not in self._digests:
            known = _parts(self._cache, part[0]).get(part[1])
            self._digests[part] = known.digest if known else digest_of(self._site, *part) or ""
        return self._digests[part]

    def save(self, seen: Mapping[str, Iterable[PartName]], outputs: Mapping[str, Made]) -> dict[str, object]:
        """Save what the pages that were made looked at and what they became. Returns the values to be committed."""
        cache, following = self._cache, self._cache.load("following", int) or 1
        numbers: dict[PartName, int] = {}
        moved: dict[str, dict[str, KnownPart | None]] = defaultdict(dict)
        for number, (kind, name) in self._changed.items():
            moved[kind][name] = KnownPart(number, self._digest((kind, name)))
        for part in sorted({part for looked in seen.values() for part in looked}):
            known = _parts(cache, part[0]).get(part[1])
            if known is None:
                known = moved[part[0]][part[1]] = KnownPart(following, self._digest(part))
                following += 1
            numbers[part] = known.number
        rows = {
            output: PageRow(array("I", sorted(map(numbers.__getitem__, looked))).tobytes(), outputs[output].digest)
            for output, looked in seen.items()
        }
        gone = self._rows.keys() - rows.keys() - {*self.current}
        for kind, parts in moved.items():
            _parts(cache, kind).amend(parts)
        cache.entries("pages", PageRow).amend({**rows, **dict.fromkeys(gone)})
        self._forget_parts(self._unused(self._numbers_before() - {*numbers.values()}))
        return {"following": following, "grounds": _grounds(self._site, _kinds(cache))}

    def _forget_parts(self, numbers: Collection[int]) -> None:
        """Drop the parts that no page looks at any more."""
        for kind in _kinds(self._cache) if numbers else ():
            unused = [name for name, part in _parts(self._cache, kind).whole().items() if part.number in numbers]
            _parts(self._cache, kind).amend(dict.fromkeys(unused))


class _Numbers:
    """Numbers of parts that are looked for in very many rows."""

    def __init__(self, numbers: Collection[int]) -> None:
        self._numbers = {*numbers}
        self._bytes = [array("I", (number,)).tobytes() for number in numbers] if len(numbers) <= _FEW else None

    def are_in(self, parts: bytes) -> bool:
        """Whether one of them is among the parts of a row. Few are looked for as bytes first, which shows where none of
        them is."""
        if self._bytes is not None and not any(number in parts for number in self._bytes):
            return False
        return not self._numbers.isdisjoint(array("I", parts))


_FEW = 8
_PARTS = "parts:"


def _kinds(cache: Cache) -> list[str]:
    """Of everything that pages have looked at."""
    return [name.removeprefix(_PARTS) for name in cache.names(_PARTS)]


def _grounds(site: Site, kinds: Iterable[str]) -> dict[str, str]:
    """What tells that no part of a kind has changed, as far as something does."""
    return {kind: ground for kind in kinds if (ground := ground_of(site, kind)) is not None}


def _parts(cache: Cache, kind: str) -> Entries[KnownPart]:
    """Everything of this kind that pages have looked at, by name."""
    return cache.entries(f"{_PARTS}{kind}", KnownPart)


def _suspects(
    kind: str, cache: Cache, site: Site, changes: Changes, moved: Collection[str]
) -> Iterable[tuple[str, KnownPart]]:
    """The parts of a kind that may not be as they were."""
    part, known = PARTS[kind], _parts(cache, kind)
    if not (part.entries_of or part.ground) or kind in moved or _concern(kind, changes, site):
        return known.whole().items()
    changed = {name for mapping in part.entries_of for name in changes[mapping]}
    if changed and part.entry is not None:
        return [(name, one) for name, one in known.whole().items() if part.entry(name) in changed]
    return [(name, one) for name in changed if (one := known.get(name)) is not None]


def _concern(kind: str, changes: Changes, site: Site) -> bool:
    """Whether what changed in the large mappings may concern parts of this kind."""
    return any(
        counts(was) != counts(mapping_of(site, mapping).get(name))
        for mapping, counts in PARTS[kind].concern.items()
        for name, was in changes[mapping].items()
    )
