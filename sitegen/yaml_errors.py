"""Where YAML cannot be read: what an author is told.

The parser says where it could go no further, which is not always where the mistake is.
"""

import re

import yaml

from .problems import Place, Problem, problem

_COLON_LINE = re.compile(r"(?P<key>[^\s:#][^:]*):\s+(?P<value>[^\"'\n]*:.*?)\s*\Z")


_LINE_END = re.compile("[\n\x85\u2028\u2029]")  # as libyaml counts


def syntax_problem(error: yaml.MarkedYAMLError, text: str, path: str, first_line: int) -> Problem:
    """What is wrong with a text that begins on `first_line` of a file."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    place = Place(path, first_line + line, column + 1)
    source = (*_LINE_END.split(text), "")[line]  # what ends too early ends on the line after the last
    detail = error.problem or "it cannot be read"
    if "\\t" in detail or source[: column + 1].endswith("\t") or source.lstrip(" ").startswith("\t"):
        return problem("yaml-tab", Place(path, first_line + line, source.find("\t") + 1))
    if "mapping values" in detail:
        entry = _COLON_LINE.match(source.strip())
        words = entry.groupdict() if entry else {"key": None, "value": None}
        return problem("yaml-colon", place, **words)
    return problem("yaml-syntax", place, detail=detail)
