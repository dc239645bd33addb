"""Which pages are still what they would become: each has a trace of all that it looked at."""

from array import array
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from .cache import Cache, PageRow
from .files import digest
from .output import Output
from .routes import Page
from .site import Site

Part = tuple[str, str]


class Job(Struct, frozen=True):
    """A page to make; `held` is the digest of the file that the output has already."""

    page: Page
    held: str | None


class Traces:
    """`current`: output paths of pages that need no work; `stale`: the others. A page is current while every part that
    it looked at has the digest it had, and its file in the output is as it was left."""

    def __init__(self, cache: Cache, site: Site, output: Output) -> None:
        self._cache, self._site = cache, site
        self._rows = cache.pages()
        self._ids: dict[Part, int] = {}
        changed: set[int] = set()
        for number, kind, name, was in cache.parts():
            self._ids[kind, name] = number
            if (site.digest_of(kind, name) or "") != was:
                changed.add(number)
        self._changed = changed
        self._identities = {page.output: digest(_ENCODER.encode(page)) for page in site.pages}
        self.current: list[str] = []
        self.stale: list[Job] = []
        for page in site.pages:
            row, held = self._rows.get(page.output), output.holds(page.output)
            if row and held and row.identity == self._identities[page.output] and changed.isdisjoint(row.parts):
                self.current.append(page.output)
            else:
                self.stale.append(Job(page, held))

    def keep(self, seen: Mapping[str, Iterable[Part]], state: Mapping[str, Any]) -> None:
        """Remember what the pages that were made looked at, with the state of the whole build."""
        names = {number: part for part, number in self._ids.items()}
        fresh = set(self._changed)
        following = max(names, default=0) + 1
        rows = {}
        for output, parts in seen.items():
            for part in parts:
                if part not in self._ids:
                    self._ids[part], names[following] = following, part
                    fresh.add(following)
                    following += 1
            rows[output] = PageRow(self._identities[output], array("I", sorted(self._ids[part] for part in parts)))
        kept = {output: self._rows[output] for output in self.current}
        gone = self._rows.keys() - kept.keys() - rows.keys()
        used: set[int] = set()
        for row in (*kept.values(), *rows.values()):
            used.update(row.parts)
        self._cache.remember(
            state,
            [(number, *names[number], self._site.digest_of(*names[number]) or "") for number in sorted(fresh & used)],
            rows,
            names.keys() - used,
            gone,
        )


_ENCODER = msgspec.msgpack.Encoder()
