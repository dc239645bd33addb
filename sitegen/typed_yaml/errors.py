"""Where YAML is not what its author meant: the line to blame, and how it should be written.

The parser says where it could go no further, which is often a line below. So lines are looked at by themselves: what
stands behind a key must be a whole value. A value that is none has a stand-in, so that the rest can be read.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import yaml

from sitegen.problems import Place, Problem, problem

STAND_IN = "\ufdd0"
"""For a value that cannot be read: a noncharacter (Unicode, section 23.7), which nobody writes."""
MOST = 20
"""Lines that are blamed in one text, and lines above the parser's that are looked at."""

_LINE = re.compile(r"(?P<lead> *(?:- +)*)(?:(?P<key>[^\s:#\"'\[\]{}-][^:]*):(?:[ \t]+|\Z))?(?P<value>.*)")
_PAIR = re.compile(r"(?P<lead>\s*)(?P<key>[\w-]+)(?:\s*[：=]\s*|:(?!//)\s*)(?P<value>\S.*)")


class _Culprit(NamedTuple):
    """A line that cannot be read: where in it, counted from 0, and a line that can be read `instead`."""

    code: str
    column: int
    instead: str
    arguments: dict[str, str] = {}


def lines_of(text: str) -> list[str]:
    """The lines of a text, as the parser counts them."""
    return text.split("\n")


def explain(error: yaml.MarkedYAMLError, text: str, path: str, first_line: int) -> tuple[Problem, str | None]:
    """What is wrong with a text that begins on `first_line` of a file; and the text without it, where that is known."""
    lines = [*lines_of(text), ""]  # what ends too early ends on the line after the last
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    for index in _suspects(error, lines, line):
        culprit = _by_tab(lines, index, error.problem or "") if index == line else None
        culprit = culprit or _by_value(lines[index])
        if culprit is None and index == line:
            culprit = _by_indentation(lines, line)
        if culprit is not None:
            return _told(culprit, lines, index, Place(path, first_line))
    if "simple key" in (error.context or "") and error.context_mark:
        return explain_lone(text, error.context_mark.line, path, first_line)
    above = _line_above(lines, line)
    if "mapping values" in (error.problem or "") and above is not None and not _split(lines[above])["key"]:
        return explain_lone(text, above, path, first_line)  # which the line that it stopped in seems to go on with
    detail = error.problem or "it cannot be read"
    return problem("yaml-syntax", Place(path, first_line + line, column + 1), detail=detail), None


def explain_lone(text: str, index: int, path: str, first_line: int) -> tuple[Problem, str]:
    """What is wrong with a line that is no key with its value."""
    lines = lines_of(text)
    line = lines[index]
    pair = _PAIR.fullmatch(line)
    if line[:1].isspace() and line[0] not in " \t":
        culprit = _Culprit("yaml-space", 0, f"  {line.lstrip()}")
    elif pair is not None:
        lead, key, value = pair.groups()
        should = f"{key}: {scalar(value)}"
        culprit = _Culprit("yaml-separator", pair.end("key"), f"{lead}{key}: {STAND_IN}", {"key": key, "line": should})
    else:
        is_value = _above(lines, index).endswith(":")
        culprit = _Culprit("yaml-lone-line", _indent(line), f"  {STAND_IN}" if is_value else "")
    return _told(culprit, lines, index, Place(path, first_line))


def is_separated(key: str) -> bool:
    """Whether a key is one with its value, or begins with a space that is none in YAML."""
    return _PAIR.fullmatch(key) is not None or key != key.strip()


def scalar(text: str) -> str:
    """A text, not empty, as YAML: in quotes where it must be."""
    is_plain = text[0] not in "#&!*[{" and " #" not in text and _refusal(text) is None
    return text if is_plain or (_refusal(text) is None and text[0] in "\"'") else _in_quotes(text)


def quoted(line: str, column: int) -> str | None:
    """A line as it should be, when what stands from a column to its end is a text; None where no value begins."""
    found = _split(line)
    return f"{_head(found)}{_in_quotes(found['value'])}" if found.start("value") == column else None


def _told(culprit: _Culprit, lines: list[str], index: int, first: Place) -> tuple[Problem, str]:
    place = Place(first.path, first.line + index, culprit.column + 1)
    rest = "\n".join((*lines[:index], culprit.instead, *lines[index + 1 :]))
    return problem(culprit.code, place, **culprit.arguments), rest


def _suspects(error: yaml.MarkedYAMLError, lines: Sequence[str], line: int) -> Iterator[int]:
    """The line where the parser stopped, the one where it began what it could not end, those above."""
    yield line
    if error.context_mark and error.context_mark.line != line and "block" not in (error.context or ""):
        yield error.context_mark.line
    above = [index for index in range(line - 1, max(-1, line - 1 - MOST), -1) if lines[index].strip()]
    yield from above if "simple key" not in (error.context or "") else ()


def _by_tab(lines: Sequence[str], index: int, detail: str) -> _Culprit | None:
    line, above = lines[index], _above(lines, index)
    if "\\t" in detail or "tab" in detail or line.lstrip(" ").startswith("\t"):
        indent = _indent(above) + (2 if above.endswith(":") else 0)
        return _Culprit("yaml-tab", line.find("\t"), _without_value(line, indent))
    return None


def _by_value(line: str) -> _Culprit | None:
    """Whether what stands behind a key, or in a list, is no whole value."""
    found = _split(line)
    value, start = found["value"], found.start("value")
    error = _refusal(value)
    if error is None and not value.startswith("*"):
        return None
    error = error or yaml.MarkedYAMLError()
    mark, begun, detail = error.problem_mark, error.context_mark, error.problem or ""
    instead, should = line[:start] and f"{line[:start]}{STAND_IN}", {"line": f"{_head(found)}{_in_quotes(value)}"}
    stopped = mark.column - len(_KEY) if mark and mark.line == 0 else len(value)
    opened = begun.column - len(_KEY) if begun and begun.column >= len(_KEY) else 0
    if "unknown escape" in detail:
        return _Culprit("yaml-escape", start + stopped, instead, should if value[0] == '"' else {})
    if error.context == "while parsing a quoted scalar":
        return _Culprit("yaml-syntax", start + stopped, instead, {"detail": detail})
    if stopped >= len(value) and value[opened] in _ENDS:
        return _Culprit(
            "yaml-not-closed", start + opened, instead, {"sign": value[opened], "end": _ENDS[value[opened]]}
        )
    if value[0] in "[{" and _refusal(value[:stopped]) is not None:
        return _Culprit("yaml-flow", start + stopped, instead)
    if "mapping values" in detail:
        return _Culprit("yaml-colon", start + stopped, instead, should)
    return _Culprit("yaml-quotes", start, instead, {"sign": value[0], **should})


def _by_indentation(lines: Sequence[str], index: int) -> _Culprit | None:
    """Whether a key begins in a column where none did before."""
    line, above = lines[index], _above(lines, index)
    begins, should = _indent(line), _indent(above)
    if _split(line)["key"] and begins != should and above[should : should + 1] != "-":
        return _Culprit("yaml-indentation", begins, _without_value(line, should))
    return None


def _without_value(line: str, indent: int) -> str:
    found = _split(line.lstrip())
    return " " * indent + _head(found) + (STAND_IN if found["value"] else "")


def _above(lines: Sequence[str], index: int) -> str:
    """The nearest line above that is not empty."""
    above = _line_above(lines, index)
    return "" if above is None else lines[above].rstrip()


def _line_above(lines: Sequence[str], index: int) -> int | None:
    return next((above for above in range(index - 1, -1, -1) if lines[above].strip()), None)


_KEY = "k: "
_ENDS = {"[": "]", "{": "}", '"': '"', "'": "'"}


def _refusal(value: str) -> yaml.MarkedYAMLError | None:
    """Why a text is no value by itself. Events alone, since values are composed by recursion in C."""
    try:
        for _ in yaml.parse(_KEY + value, Loader=yaml.CSafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        return error
    except yaml.reader.ReaderError:  # a character that YAML does not take
        return yaml.MarkedYAMLError()
    return None


def _split(line: str) -> re.Match[str]:
    found = _LINE.fullmatch(line.rstrip())
    assert found is not None, "each part may be empty"
    return found


def _head(found: re.Match[str]) -> str:
    """What stands before the value on a line, without what it is indented by."""
    return found.string[: found.start("value")].lstrip()


def _in_quotes(text: str) -> str:
    """A scalar that means what its author wrote (YAML 1.2, section 7.3). Quotes around all of it were meant as such."""
    inside = text[1:-1]
    quote = text[0]
    if quote in "\"'" and len(text) > 2 and text[-1] == quote:
        first = inside.find(quote)
        if first < 0 or first == 0 or inside[first - 1].isspace():
            text = inside
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
