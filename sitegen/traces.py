"""Which pages are still what they would become: each has a trace of all that it looked at."""

from array import array
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from .cache import Cache, PageRow
from .files import digest
from .output import Made, Output
from .routes import Page
from .site import GROUNDS, Site

Part = tuple[str, str]


class Job(Struct, frozen=True):
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
        self._rows = cache.pages()
        self._before = cache.load("grounds", dict[str, str]) or {}
        self._grounds = self._before if as_before else {}
        moved = [kind for kind in cache.kinds() if kind not in GROUNDS or self._moved(GROUNDS[kind])]
        self._changed: dict[int, Part] = {
            number: (kind, name)
            for number, kind, name, was in cache.parts(moved)
            if (site.digest_of(kind, name) or "") != was
        }
        same_pages = not self._moved("pages")
        self.current: list[str] = []
        self.stale: list[Job] = []
        for page in site.pages:
            row, held = self._rows.get(page.output), output.holds(page.output)
            same = row and row.made == held and (same_pages or row.identity == _identity(page))
            if row and same and self._changed.keys().isdisjoint(row.parts):
                self.current.append(page.output)
            else:
                self.stale.append(Job(page, held))

    def _moved(self, ground: str) -> bool:
        """Whether anything that parts are taken from is not as it was."""
        if ground not in self._grounds:
            self._grounds[ground] = self._site.digest_of_ground(ground)
        return self._before.get(ground) != self._grounds[ground]

    def keep(self, seen: Mapping[str, Iterable[Part]], outputs: Mapping[str, Made], state: Mapping[str, Any]) -> None:
        """Remember what the pages that were made looked at and what they became, with the state of the whole build."""
        digest_of, pages = self._site.digest_of, {page.output: page for page in self._site.pages}
        numbers, fresh = self._cache.number({part for parts in seen.values() for part in parts})
        parts = {number: (kind, name, digest_of(kind, name) or "") for (kind, name), number in fresh.items()}
        parts |= {number: (*part, digest_of(*part) or "") for number, part in self._changed.items()}
        rows = {}
        for output, looked in seen.items():
            trace = array("I", sorted(numbers[part] for part in looked))
            rows[output] = PageRow(_identity(pages[output]), trace, outputs[output].digest)
        kept = {output: self._rows[output] for output in self.current}
        gone = self._rows.keys() - kept.keys() - rows.keys()
        used = {part for row in (*kept.values(), *rows.values()) for part in row.parts} if gone else None
        self._cache.remember({**state, "grounds": self._grounds}, parts, rows, used, gone)


def _identity(page: Page) -> str:
    return digest(_ENCODER.encode(page))


_ENCODER = msgspec.msgpack.Encoder()
