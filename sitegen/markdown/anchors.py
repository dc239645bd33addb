"""The ids of a text: unique, and found by links that write them a little differently."""

from collections.abc import Collection, Iterable
from functools import cached_property
from urllib.parse import quote

from sitegen.problems import Known, Place, shown
from sitegen.text import slug

from .findings import Findings

OURS = "_"
"""What the ids of layouts begin with. No id that is made from a heading does."""


class Anchors:
    """The ids of a document: first those that its author wrote, and those of footnotes, then those made from headings,
    which give way."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._places: dict[str, Place | None] = {}
        self._numbers: dict[str, int] = {}

    def reserve(self, ids: Iterable[str]) -> None:
        """Ids that we made, of footnotes."""
        self._places |= dict.fromkeys(ids)

    def claim(self, written: str, place: Place) -> str:
        """An id that stands in the text: as it is, though it may be wrong."""
        if written.startswith(OURS):
            self._findings.note("reserved-id", place, value=written, nearest=slug(written) or None)
        elif written in self._places:
            first = self._places[written]
            note = self._findings.note
            if first is None:
                note("reserved-id", place, value=written, nearest=f"note-{written}")
            else:
                note("duplicate-id", place, value=written, other=f"{first.path}:{first.line}")
        else:
            self._places[written] = place
        return written

    def of_title(self, title: str) -> str:
        """An id for a heading that no other has, numbered where needed."""
        wanted = made = slug(title) or "section"
        number = self._numbers.get(wanted, 2)
        while made in self._places:
            made, number = f"{wanted}-{number}", number + 1
        self._numbers[wanted], self._places[made] = number, None
        return made

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(self._places)


def as_fragment(anchor: str) -> str:
    """An id as an address has it (RFC 3986, section 3.5), with its number sign; nothing for none."""
    return f"#{quote(anchor, safe=_IN_FRAGMENTS)}" if anchor else ""


_IN_FRAGMENTS = "/?:@!$&'()*+,;=~"


class Fragments:
    """What fragments of links may mean: the ids of a text, and of its headings, which are proposed."""

    def __init__(self, ids: Collection[str], headings: Collection[str] = ()) -> None:
        self._ids, self._in_order = frozenset(ids), ids
        self._headings, self._known = tuple(headings), Known(headings, BUDGET)

    @cached_property
    def _by_slug(self) -> dict[str, str]:
        return {slug(name): name for name in reversed([*self._in_order])}

    @cached_property
    def _shown(self) -> str:
        return shown(self._headings)

    def find(self, fragment: str) -> str | None:
        """The id that is meant: the same, or one that differs in marks and case only. "top" and nothing are the top of
        the page (HTML, section 7.4.6.4), unless there is such an id."""
        if fragment in self._ids:
            return fragment
        wanted = slug(fragment)
        found = self._by_slug.get(wanted) if wanted else None
        return "top" if found is None and fragment.lower() in ("", "top") else found

    def near(self, fragment: str) -> dict[str, str | None]:
        """Words of a problem: what was probably meant by a fragment that is none, and what there is."""
        return {"nearest": self._known.nearest(fragment), "known": self._shown}


BUDGET = 5_000_000
"""Characters that are compared: enough for a thousand broken links where there are three hundred headings."""
