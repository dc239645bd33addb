"""Which pages are still what they would become: each has a trace of all that it looked at."""

from array import array
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct

from .cache import Cache, PageRow
from .cache import Part as Known
from .facts import Facts
from .output import Made, Output
from .routes import Page
from .rows import FAULTS
from .site import GROUNDS, Changes, Site, read_slice

Part = tuple[str, str]


class Job(Struct, frozen=True, gc=False):
    """A page to make; `held` is the digest of the file that the output has already."""

    page: Page
    held: str | None


_ENTRIES: Mapping[str, str] = {
    "card": "edition.cards", "updated": "edition.cards", "translations": "edition.translations",
    "neighbours": "edition.neighbours", "count": "edition.collections", "collection": "edition.collections",
    "share_card": "share_cards", "sitemap": "sitemaps",
}  # fmt: skip
"""Kinds whose parts are taken from one entry of a large mapping."""


class Traces:
    """`current`: output paths of pages that need no work; `stale`: the others. A page is current while every part that
    it looked at has the digest it had, and the output holds what was made of it then. Where all that the parts of a
    kind are taken from is as it was, they are not looked at one by one."""

    def __init__(self, cache: Cache, site: Site, output: Output, changes: Changes | None) -> None:
        """`changes`: what is not as it was in the large mappings of the site; None when all of it is arranged as it
        was."""
        self._cache, self._site = cache, site
        self._rows = cache.entries("pages", PageRow)
        before = cache.load("grounds", dict[str, str]) or {}
        kinds = cache.kinds()
        self._grounds = before if changes is None else {kind: site.ground(kind) for kind in kinds if kind in GROUNDS}
        moved = {kind for kind, ground in self._grounds.items() if before.get(kind) != ground}
        self._changed: dict[int, Part] = {
            part.number: (kind, name)
            for kind in kinds
            for name, part in _suspects(kind, cache, site, changes, moved)
            if (site.digest_of(kind, name) or "") != part.digest
        }
        replanned = changes["pages"] if changes else {}
        self.current: list[str] = []
        self.stale: list[Job] = []
        rows, woken = self._rows, self._changed.keys()
        for path, held in output.held(site.pages).items():
            row = rows.get(path)
            if (
                row is not None and row.made == held and path not in replanned
                and (not woken or woken.isdisjoint(array("I", row.parts)))
            ):  # fmt: skip
                self.current.append(path)
            else:
                self.stale.append(Job(site.pages[path], held))

    def looked_at(self, kind: str, seen: Iterable[Iterable[Part]]) -> set[str]:
        """The names of all parts of a kind that pages look at: those that are current, and those that were made, which
        have `seen` these parts."""
        names = {name for parts in seen for found, name in parts if found == kind}
        known = {part.number: name for name, part in self._cache.parts(kind).items() if name not in names}
        if known:
            for output in self.current:
                names.update(known[number] for number in array("I", self._rows[output].parts) if number in known)
        return names

    def keep(
        self, seen: Mapping[str, Iterable[Part]], outputs: Mapping[str, Made], state: Mapping[str, Any],
        facts: Mapping[str, Facts],
    ) -> None:  # fmt: skip
        """Remember what the pages that were made looked at and what they became, with the state of the whole build
        and the facts of all sources."""
        try:
            self._keep(seen, outputs, state, {"sources": facts, "outputs": outputs})
        except FAULTS:  # the site is in its place: what cannot be remembered will be made again
            self._cache.lasting = False

    def _keep(
        self, seen: Mapping[str, Iterable[Part]], outputs: Mapping[str, Made], state: Mapping[str, Any],
        entries: Mapping[str, Mapping[str, Any]],
    ) -> None:  # fmt: skip
        digest_of = self._site.digest_of
        numbers, fresh = self._cache.number({part for parts in seen.values() for part in parts})
        moved = {**fresh, **{part: number for number, part in self._changed.items()}}
        parts = {part: Known(number, digest_of(*part) or "") for part, number in moved.items()}
        rows = {}
        for output, looked in seen.items():
            trace = array("I", sorted(numbers[part] for part in looked)).tobytes()
            rows[output] = PageRow(trace, outputs[output].digest)
        current = {output: self._rows[output] for output in self.current}
        gone = self._rows.keys() - current.keys() - rows.keys()
        used = {part for row in (*current.values(), *rows.values()) for part in array("I", row.parts)} if gone else None
        self._cache.remember({**state, "grounds": self._grounds}, entries, parts, rows, used, gone)


def _suspects(
    kind: str, cache: Cache, site: Site, changes: Changes | None, moved: Collection[str]
) -> Iterable[tuple[str, Known]]:
    """The parts of a kind that may not be as they were."""
    if kind in _ENTRIES:
        changed = changes[_ENTRIES[kind]] if changes else {}
        return [part for part in cache.parts(kind).items() if _entry(kind, part[0]) in changed] if changed else ()
    if kind in GROUNDS and kind not in moved and not (changes and _concerns(kind, changes, site)):
        return ()
    return cache.parts(kind).items()


def _entry(kind: str, name: str) -> str:
    """The name of the entry that a part is taken from."""
    return read_slice(name)[2] if kind == "collection" else name


def _concerns(kind: str, changes: Changes, site: Site) -> bool:
    """Whether what changed in the large mappings may concern parts of this kind."""
    return any(
        counts(was) != counts(getattr(site.edition, mapping).get(name))
        for mapping, counts in GROUNDS[kind].items()
        for name, was in changes[f"edition.{mapping}"].items()
    )
