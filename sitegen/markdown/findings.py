"""What is wrong with a text, by its place in the file: rules that parse it tell it here."""

from bisect import bisect
from collections.abc import Iterable, MutableMapping
from functools import cached_property
from itertools import accumulate
from weakref import WeakKeyDictionary

from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from sitegen.problems import Place, Problem, problem


class Findings:
    """The problems of the body of a content file, which begins on its line `first_line`. Lines of the body count
    from 0."""

    def __init__(self, path: str, text: str, first_line: int) -> None:
        self.path, self.lines, self.first_line = path, text.split("\n"), first_line
        self.problems: list[Problem] = []
        self._said: set[object] = set()
        self._text = text
        self._found: dict[tuple[str, int], int] = {}
        self._parsed: MutableMapping[StateInline, tuple[list[int], dict[int, int]]] = WeakKeyDictionary()
        self._budget = BUDGET + BUDGET_A_CHARACTER * len(text)

    def note(self, code: str, place: Place, **arguments: object) -> None:
        self.problems.append(problem(code, place, **arguments))

    def note_once(self, key: object, code: str, place: Place, **arguments: object) -> None:
        """The first of those with one key only."""
        if key not in self._said:
            self._said.add(key)
            self.note(code, place, **arguments)

    def line(self, number: int) -> Place:
        return Place(self.path, self.first_line + number, 1)

    def search(self, needles: Iterable[str], block: int, *, whole: bool = False) -> Place:
        """Where one of some texts stands, from the first line of a block on; what was found for the block before is
        behind. `whole`: as an address, and no part of another."""
        for needle in dict.fromkeys(needles):
            at = self._find(needle, self._found.get((needle, block), self._starts[block]))
            while whole and at >= 0 and not _is_whole(self._text, at, at + len(needle)):
                at = self._find(needle, at + 1)
            if at >= 0:
                self._found[needle, block] = at + 1
                return self._place(at)
        return self.line(block)

    def spot(self, state: StateInline, at: int) -> Place:
        """Where the character `at` of what is parsed stands: each of its lines ends one of the block too."""
        if state not in self._parsed:
            self._parsed[state] = _starts(state.src), {}
        starts, known = self._parsed[state]
        index = bisect(starts, at) - 1
        if index not in known:
            known[index] = self._find_line(state, index, state.src[starts[index] : starts[index + 1]].rstrip())
        return self.line(-known[index] - 1) if known[index] < 0 else self._place(known[index] + at - starts[index])

    def _find_line(self, state: StateInline, index: int, line: str) -> int:
        """Where a line of what is parsed begins in the text; where it cannot be found, what is less than 0 by one more
        than the block's first line."""
        block = state.env.get("block")
        first, last = (block.map if block and block.map else None) or (0, 0)
        number = first + index if block and block.content == state.src else first
        for stop in self._starts[number + 1 : max(last, number + 1) + 1]:
            found = self._find(line, self._starts[number], stop, last=True)
            if found >= 0:
                return found
            number += 1
        return -first - 1

    def _find(self, needle: str, start: int, stop: int | None = None, *, last: bool = False) -> int:
        """Where a text stands from `start` on, the first or the `last`; -1 for nowhere, or when too much was looked
        through."""
        if self._budget < 0:
            return -1
        stop = len(self._text) if stop is None else stop
        if last:
            found = self._text.rfind(needle, start, stop)
            self._budget -= A_LOOK + stop - max(found, start)
        else:
            found = self._text.find(needle, start, stop)
            self._budget -= A_LOOK + (stop if found < 0 else found) - start
        return found

    def _place(self, at: int) -> Place:
        line = bisect(self._starts, at) - 1
        return Place(self.path, self.first_line + line, at - self._starts[line] + 1)

    @cached_property
    def _starts(self) -> list[int]:
        return _starts(self._text)


def _starts(text: str) -> list[int]:
    """Where the lines of a text begin, and where one more would."""
    return [0, *accumulate(len(line) + 1 for line in text.split("\n"))]


A_LOOK, BUDGET, BUDGET_A_CHARACTER = 100, 20_000_000, 100
"""What a look costs, in characters that are looked through; how many may be for all problems and links of a text, and
how many more for each of its own: a hundred times what honest texts need. Then they are told of with their blocks."""


def _is_whole(text: str, start: int, end: int) -> bool:
    return text[max(0, start - 1) : start] in _BEFORE and text[end : end + 1] in _BEHIND


_BEFORE, _BEHIND = {"", *"\\(<\"'=:, \t\n"}, {"", *")>\"', \t\n"}
"""What stands beside an address."""


def findings_of(state: StateInline | StateBlock) -> Findings | None:
    """None where a text is parsed for itself."""
    found: Findings | None = state.env.get("findings")
    return found


def tell(state: StateInline, at: int, code: str, **arguments: object) -> None:
    """A problem at a character of what is parsed."""
    if (findings := findings_of(state)) is not None:
        findings.note(code, findings.spot(state, at), **arguments)
