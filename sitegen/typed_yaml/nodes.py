"""YAML text → nodes with their places, and what the nodes do not tell of the text.

libyaml composes them, by recursion in C: what would nest deeper than its stack is refused before.
"""

import re
from functools import cached_property
from typing import Any

import msgspec
import yaml

from sitegen.problems import Place, Problem, problem

from .errors import MOST, explain, explain_lone, lines_of, quoted

DEEPEST = 40
_SAFE_DEPTH = 500
_SHOWN = 200
"""Characters of a line that are looked at."""
_SIGNS = re.compile("[#&!]")
_HASH_TAG = re.compile(r"#\S")
_LOST_END = re.compile(r" (#\S.*)")
_ALIAS = re.compile(r"\*([^\s,\[\]{}]+)")
_BRACKETS = {yaml.SequenceNode: "[", yaml.MappingNode: "{"}


class TooMuch(Exception):
    """A text nests or unfolds beyond reason."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


def compose(text: str, path: str, first_line: int, *, has_keys: bool, most: int) -> "Source":
    """The nodes of a text that begins on `first_line` of a file, without the values that cannot be read. `has_keys`:
    it should be a mapping; `most`: values that it may hold."""
    problems: list[Problem] = []
    for sign in _NO_LINE_BREAKS:
        text = text.replace(sign, " ")
    original = text
    rest: str | None = text
    try:
        for _ in range(MOST):
            if rest is None:
                break
            text = rest
            try:
                _refuse_too_much(text, Place(path, first_line, 1), most)
                node = yaml.compose(text, Loader=_Composer)
                if not (has_keys and isinstance(node, yaml.ScalarNode) and node.value):
                    return Source(text, path, first_line, node, problems, original)
                found, rest = explain_lone(text, node.start_mark.line, path, first_line)
            except yaml.MarkedYAMLError as error:
                found, rest = explain(error, text, path, first_line)
            problems.append(_within(found, original, first_line))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + first_line
        problems.append(problem("yaml-syntax", Place(path, line, 1), detail="a control character"))
    except TooMuch as error:
        problems.append(error.problem)
    return Source(text, path, first_line, None, problems, original)


def _within(found: Problem, text: str, first_line: int) -> Problem:
    """A problem on a line that there is: what has no end is missed below the last."""
    last = first_line + text.count("\n")
    if found.place.line <= last:
        return found
    return msgspec.structs.replace(found, place=Place(found.place.path, last, len(text) - text.rfind("\n")))


class _Composer(yaml.CSafeLoader):
    """libyaml's composer without YAML 1.1's guesses at types."""

    yaml_implicit_resolvers = {}


def _refuse_too_much(text: str, place: Place, most: int) -> None:
    """Depth that ends the process, or more values than `most`. Depth needs brackets or long lines, and values need
    signs between them, so most texts pass at once."""
    is_deep = text.count("[") + text.count("{") >= _SAFE_DEPTH or max(map(len, text.split("\n"))) >= _SAFE_DEPTH
    if not is_deep and sum(map(text.count, _BETWEEN_VALUES)) <= most:
        return
    depth = values = 0
    for event in yaml.parse(text, Loader=_Composer):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.NodeEvent):
            values += 1
            depth += isinstance(event, yaml.CollectionStartEvent)
        if depth > _SAFE_DEPTH or values > 2 * most:  # a key is one too
            mark = event.start_mark
            at = Place(place.path, place.line + mark.line, mark.column + 1) if mark else place
            found = ("yaml-too-many-values", most) if values > 2 * most else ("yaml-too-deep", DEEPEST)
            raise TooMuch(problem(found[0], at, limit=found[1]))


_NO_LINE_BREAKS = "\x85\u2028\u2029"
"""What ends no line in YAML 1.2 (section 5.4) or any editor, but does in libyaml."""
_BETWEEN_VALUES = "\n,:-?"


class Source:
    """A text with its node, which is None when there is nothing in it or `problems` are in the way. `original`: what
    stood there before it was mended; places are in it."""

    def __init__(
        self, text: str, path: str, first_line: int, node: Any, problems: list[Problem], original: str
    ) -> None:
        self.text, self.path, self.first_line, self.node, self.problems = text, path, first_line, node, problems
        self._original = original
        self._has_signs = node is not None and _SIGNS.search(text) is not None

    @cached_property
    def _written(self) -> list[str]:
        return self._original.split("\n")

    @cached_property
    def _lines(self) -> list[str]:
        return lines_of(self.text)

    @cached_property
    def _aliases(self) -> frozenset[str]:
        return frozenset(_ALIAS.findall(self.text))

    def place(self, mark: Any, column: int | None = None) -> Place:
        """Where a mark is; None, where a type stands for an empty file, is its beginning."""
        if mark is None:
            return Place(self.path, 1, 1)
        line = min(mark.line, len(self._written) - 1)  # what has no end was mended, and ends behind the text
        column = min(mark.column if column is None else column, len(self._written[line]))
        return Place(self.path, self.first_line + line, column + 1)

    def misread(self, node: Any, name: str) -> Problem | None:
        """What is wrong with a plain text that is something else in YAML by its first letter (1.2, sections 6.6 to
        6.9), or ends with a comment that looks like text; `name`: of its key."""
        if not self._has_signs:
            return None
        start, end = node.start_mark, node.end_mark
        line = self._lines[start.line]
        written = line[start.column : start.column + _SHOWN].lstrip()
        if not node.value and _HASH_TAG.match(written):
            key = next((part for part in reversed(name.split(".")) if not part.isdigit()), name)
            column = line.index("#", start.column)
            return problem("unquoted-hash", self.place(start, column), key=key, line=quoted(line, column))
        is_tag = written[:1] == "!" and written[1:2] != "!"
        if is_tag or (written[:1] == "&" and written[1:].split(None, 1)[0] not in self._aliases):
            return self.unquoted(node)
        lost = _LOST_END.match(self._lines[end.line], end.column)
        return problem("lost-end", self.place(end, lost.start(1)), value=lost[1].rstrip()) if lost else None

    def unquoted(self, node: Any) -> Problem:
        """A problem for what begins as something else than a text."""
        mark = node.start_mark
        line = quoted(self._lines[mark.line], mark.column) if mark.column < _SHOWN else None
        sign = _BRACKETS.get(type(node)) or self._lines[mark.line][mark.column]
        return problem("yaml-quotes", self.place(mark), sign=sign, line=line)

    def lone(self, node: Any) -> Problem:
        """A problem for a line that is no key with its value."""
        return explain_lone(self.text, node.start_mark.line, self.path, self.first_line)[0]
