"""What is wrong with a text, by its place in the file: rules that parse it tell it here."""

from collections.abc import Iterable

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
        self._found: dict[tuple[str, int], tuple[int, int]] = {}

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
            line, start = self._found.get((needle, block), (block, 0))
            for number in range(line, len(self.lines)):
                text = self.lines[number]
                column = text.find(needle, start)
                while whole and column >= 0 and not _is_whole(text, column, column + len(needle)):
                    column = text.find(needle, column + 1)
                if column >= 0:
                    self._found[needle, block] = (number, column + 1)
                    return Place(self.path, self.first_line + number, column + 1)
                start = 0
        return self.line(block)

    def spot(self, state: StateInline, at: int) -> Place:
        """Where the character `at` of what is parsed stands: the rest of its line ends a line of the block too."""
        block = state.env.get("block")
        first, last = (block.map if block and block.map else None) or (0, 0)
        rest = state.src[at:].partition("\n")[0].rstrip()
        start = first + state.src.count("\n", 0, at) if block and block.content == state.src else first
        for number in range(start, min(max(last, start + 1), len(self.lines))):
            column = self.lines[number].rfind(rest)
            if column >= 0:
                return Place(self.path, self.first_line + number, column + 1)
        return self.line(first)


def _is_whole(text: str, start: int, end: int) -> bool:
    return text[max(0, start - 1) : start] in _BEFORE and text[end : end + 1] in _BEHIND


_BEFORE, _BEHIND = {"", *"\\(<\"'=:, \t"}, {"", *")>\"', \t"}
"""What stands beside an address."""


def findings_of(state: StateInline | StateBlock) -> Findings | None:
    """None where a text is parsed for itself."""
    found: Findings | None = state.env.get("findings")
    return found


def tell(state: StateInline, at: int, code: str, **arguments: object) -> None:
    """A problem at a character of what is parsed."""
    if (findings := findings_of(state)) is not None:
        findings.note(code, findings.spot(state, at), **arguments)
