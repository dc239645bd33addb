"""Style sheets, minified by Lightning CSS, which reads them as browsers do, so that nothing new breaks, and says where
one is wrong. What it has no bounds on has them here: it goes deeper into the stack with every bracket, reads a sum
twice for each function of numbers that it lies in, and compares a rule with those before it."""

import re
from collections.abc import Iterator

from msgspec import Struct

from sitegen.css import shape
from sitegen.text import shortened

DEEPEST = 50
"""Brackets in each other; a stack of 256 kB holds 60, and browsers' own style sheets have 6."""
WEIGHTS = dict.fromkeys(
    (
        "abs", "acos", "asin", "atan", "calc", "-webkit-calc", "-moz-calc", "clamp", "cos", "exp", "hypot", "log",
        "max", "min", "mod", "pow", "rem", "round", "sign", "sin", "sqrt", "tan",
    ),
    5,
) | {"atan2": 15}  # fmt: skip
"""Functions of numbers count for more brackets: ten in each other take a thousand times as long as one, and three of
the last."""
MOST_BLOCKS = 500
"""In one that is in no other, such as @media."""
TOGETHER = 100
"""Blocks that are minified together; more are cut apart behind one that is in no other."""

TOO_DEEP = "its brackets lie too deep in each other"
TOO_MANY = "it has too many rules in one"


class Minified(Struct, frozen=True, array_like=True):
    """A style sheet as it is published. Where `fault` says why it could not be read, at `line` and `column`, it is
    as it was written: it may be newer than the library."""

    text: str
    fault: str = ""
    line: int = 0
    column: int = 0


def minified(text: str) -> Minified:
    """Nothing is translated for older browsers, so that what counts is what the author wrote."""
    from lightningcss import process_stylesheet  # noqa: PLC0415 - most builds have no style sheet to minify

    found = shape(text, DEEPEST, MOST_BLOCKS, WEIGHTS)
    for index, fault in ((found.too_deep, TOO_DEEP), (found.too_many, TOO_MANY)):
        if index is not None:
            return _unread(text, fault, index)
    made: list[str] = []
    for start, end in _pieces(text, found.ends):
        try:
            made.append(process_stylesheet(text[start:end], minify=True))
        except ValueError as error:
            fault, index = _fault(str(error), text[start:end])
            return _unread(text, fault, start + index)
    return Minified("".join(made))


def _pieces(text: str, ends: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    start = 0
    for end in (*ends[TOGETHER - 1 : -1 : TOGETHER], len(text)):
        yield start, end
        start = end


def _unread(text: str, fault: str, index: int) -> Minified:
    return Minified(text, fault, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))


def _fault(message: str, text: str) -> tuple[str, int]:
    """What the library says is wrong, and where: "Parsing stylesheet failed: Unexpected token Ident("red") at :0:10".
    It counts lines from 0, and in them UTF-16 from 1, to the space before a token."""
    said, _, where = message.rpartition(" at :")
    line, units = map(int, where.split(":")) if _WHERE.fullmatch(where) else (0, 1)
    what = (said if _WHERE.fullmatch(where) else message).rpartition(" failed: ")[2]
    token = _TOKEN.search(what)
    starts = [0, *(found.end() for found in _LINE_BREAK.finditer(text))]
    start = starts[min(line, len(starts) - 1)]
    end = starts[line + 1] if line + 1 < len(starts) else len(text)
    before = text[start:end].encode("utf-16-le")[: 2 * (units - 1)].decode("utf-16-le", "ignore")
    rest = text[start + len(before) : end]
    what = shortened(what[: token.start()] if token else what, _SHOWN)
    return what.lower(), end - len(rest.lstrip())


_WHERE = re.compile(r"[0-9]{1,9}:[0-9]{1,9}")
_TOKEN = re.compile(r" [A-Z]\w*+(?:\(| \{)")
_LINE_BREAK = re.compile(r"\r\n|[\n\r\f]")
_SHOWN = 100
"""Bytes of what the library says."""
