"""Which pages are still what they would become: each has a trace of all that it looked at."""

from array import array
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from .cache import Cache, PageRow
from .cache import Part as Known
from .facts import Facts
from .files import digest
from .output import Made, Output
from .routes import Page
from .site import GROUNDS, Site

Part = tuple[str, str]


class Job(Struct, frozen=True, gc=False):
    """A page to make; `held` is the digest of the file that the output has already."""

    page: Page
    held: str | None


class Traces:
    """`current`: output paths of pages that need no work; `stale`: the others. A page is current while every part that
    it looked at has the digest it had, and the output holds what was made of it then. Where all that the parts of a
    kind are taken from is as it was, they are not looked at one by one."""

    def __init__(self, cache: Cache, site: Site, output: Output, *, as_before: bool) -> None:
        """`as_before`: the site is arranged as it was, so no ground has moved."""
        self._cache, self._site = cache, site
        self._rows = cache.entries("pages", PageRow)
        self._before = cache.load("grounds", dict[str, str]) or {}
        self._grounds: dict[str, str] = {}
        self._as_before = as_before
        moved = [kind for kind in cache.kinds() if kind not in GROUNDS or self._moved(GROUNDS[kind])]
        self._changed: dict[int, Part] = {
            part.number: (kind, name)
            for kind in moved
            for name, part in cache.parts(kind).items()
            if (site.digest_of(kind, name) or "") != part.digest
        }
        same_pages = not self._moved("pages")
        self.current: list[str] = []
        self.stale: list[Job] = []
        for path in site.pages:
            row, held = self._rows.get(path), output.holds(path)
            same = row and row.made == held and (same_pages or row.identity == _identity(site.pages[path]))
            if row and same and (not self._changed or self._changed.keys().isdisjoint(array("I", row.parts))):
                self.current.append(path)
            else:
                self.stale.append(Job(site.pages[path], held))

    def _moved(self, ground: str) -> bool:
        """Whether anything that parts are taken from is not as it was."""
        if self._as_before:
            return False
        if ground not in self._grounds:
            self._grounds[ground] = self._site.digest_of_ground(ground)
        return self._before.get(ground) != self._grounds[ground]

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
        facts: Mapping[str, Facts], kept: Mapping[str, tuple[Any, Mapping[str, Any]]],
    ) -> None:  # fmt: skip
        """Remember what the pages that were made looked at and what they became, with the state of the whole build
        and the facts of all sources."""
        digest_of, pages = self._site.digest_of, self._site.pages
        numbers, fresh = self._cache.number({part for parts in seen.values() for part in parts})
        moved = {**fresh, **{part: number for number, part in self._changed.items()}}
        parts = {part: Known(number, digest_of(*part) or "") for part, number in moved.items()}
        rows = {}
        for output, looked in seen.items():
            trace = array("I", sorted(numbers[part] for part in looked)).tobytes()
            rows[output] = PageRow(_identity(pages[output]), trace, outputs[output].digest)
        current = {output: self._rows[output] for output in self.current}
        gone = self._rows.keys() - current.keys() - rows.keys()
        used = {part for row in (*current.values(), *rows.values()) for part in array("I", row.parts)} if gone else None
        grounds = self._before if self._as_before else self._grounds
        entries = {"sources": facts, "outputs": outputs}
        self._cache.remember({**state, "grounds": grounds}, entries, kept, parts, rows, used, gone)


def _identity(page: Page) -> str:
    return digest(_ENCODER.encode(page))


_ENCODER = msgspec.msgpack.Encoder()
