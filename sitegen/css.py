"""CSS as tokens (CSS Syntax Level 3, section 4), as far as it is asked here: what can load something, and what nests.

Everything else is passed over, in one regular expression without a way back, so that time is in proportion to a text
whatever it is. All that reads CSS here asks this, since what merely searches it is led astray by an escape.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct


class Token(Struct, frozen=True, gc=False):
    """`value` without escapes: the address of a `url`, the name of a `function` or of a rule (`at`), the bracket that
    is `open` or `close`. `start` and `end` are where that is written, without url(), quotes and @. An address that no
    browser takes is `bad`. A function opens a bracket; a `url` has closed it."""

    kind: Literal["url", "function", "at", "open", "close", "bad"]
    value: str
    start: int
    end: int


_SPACE = r"[ \t\n\r\f]"
_ESCAPE = rf"\\(?:[0-9a-fA-F]{{1,6}}+(?:\r\n|{_SPACE})?+|[^\n\r\f0-9a-fA-F]|\Z)"
_LETTER = r"[^\x01-@\[-^`{-\x7f]"  # which compiles thirty times faster than all of Unicode that it is
_NAME = rf"(?:[^\x01-,./:-@\[-^`{{-\x7f]++|{_ESCAPE})"
_IDENT = rf"(?:--|-?+(?:{_LETTER}|{_ESCAPE})){_NAME}*+"
_NUMBER = rf"(?:[0-9]++(?:\.[0-9]++)?+|\.[0-9]++)(?:[eE][-+]?+[0-9]++)?+(?:{_IDENT})?+"
_IN_DOUBLE, _IN_SINGLE = (rf"(?:[^{mark}\\\n\r\f]++|{_ESCAPE}|\\(?:\r\n|[\n\r\f]))*+" for mark in "\"'")
_COMMENT = r"/\*(?:[^*]++|\*(?!/))*+(?:\*/|\Z)"
_PLAIN = rf"<(?:!--)?+|[\x01-!$-&*-,:;=>?^`|~\x7f]++|-(?!-|{_LETTER}|{_ESCAPE})|/|\.|#|\\(?=[\n\r\f])"
_PASSED_OVER = (
    rf"""{_IDENT}(?!\()|{_COMMENT}|{_NUMBER}|#{_NAME}++|"{_IN_DOUBLE}"?+|'{_IN_SINGLE}'?+|@(?!{_IDENT})|{_PLAIN}"""
)
_TOKEN = rf"(?:{_PASSED_OVER})*+(?:(?P<function>{_IDENT})\(|@(?P<at>{_IDENT})|(?P<open>[(\[{{])|(?P<close>[)\]}}])|\Z)"
_ADDRESS = re.compile(
    rf"""{_SPACE}*+(?:"(?P<double>{_IN_DOUBLE})"|'(?P<single>{_IN_SINGLE})'|"""
    rf"""(?P<bare>(?:[^"'()\\\x00-\x20\x7f]++|{_ESCAPE})*+)(?!["'])){_SPACE}*+(?:\)|\Z)"""
)
_QUOTED = re.compile(rf"{_SPACE}*+[\"']")
_REST_OF_BAD = re.compile(rf"(?:[^)\\]++|{_ESCAPE}|\\)*+\)?+")
_STRING = re.compile(rf"""(?:{_SPACE}|{_COMMENT})*+(?:"(?P<double>{_IN_DOUBLE})"|'(?P<single>{_IN_SINGLE})')""")


def tokens(text: str) -> Iterator[Token]:
    """Those that load or nest, in their order; one of an @import that is followed by a string has a `url` behind it."""
    position, expression = 0, re.compile(_TOKEN)  # here, since it is long and most builds read no CSS
    while (found := expression.match(text, position)) and found.lastgroup:
        kind, position = found.lastgroup, found.end()
        token = Token(kind, unescaped(found[kind]), *found.span(kind))  # type: ignore[arg-type]
        if kind == "function" and token.value.lower() == "url":
            address = _ADDRESS.match(text, position)
            if address:
                yield _url(address)
                position = address.end()
            elif _QUOTED.match(text, position):
                yield token
            else:
                yield Token("bad", "url", token.start, position)
                rest = _REST_OF_BAD.match(text, position)
                position = rest.end() if rest else position
        else:
            yield token
            if kind == "at" and token.value.lower() == "import" and (string := _STRING.match(text, position)):
                yield _url(string)
                position = string.end()


def _url(found: re.Match[str]) -> Token:
    name = found.lastgroup or "bare"
    return Token("url", unescaped(found[name]), *found.span(name))


def unescaped(text: str) -> str:
    """What escapes stand for; a line break that is escaped, nothing."""
    return _ESCAPED.sub(_character, text) if "\\" in text else text


_ESCAPED = re.compile(r"\\(?:([0-9a-fA-F]{1,6})(?:\r\n|[ \t\n\r\f])?|(\r\n|[\n\r\f])|((?s:.))|\Z)")


def _character(found: re.Match[str]) -> str:
    number, line_break, letter = found.groups()
    if number is None:
        return letter or ("" if line_break else "�")
    code = int(number, 16)
    return "�" if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF else chr(code)


_CLOSED_BY = {"(": ")", "[": "]", "{": "}"}


class Shape(Struct, frozen=True):
    """Where the first bracket stands that lies too deep, or the first block beyond as many as asked in one
    that is in no other; else where all of the latter end."""

    too_deep: int | None = None
    too_many: int | None = None
    ends: tuple[int, ...] = ()


def shape(text: str, deepest: int, most: int, weights: Mapping[str, int] = {}) -> Shape:
    """How a style sheet nests: brackets in each other that weigh `deepest` together at most, `most` blocks in one at
    most. A function has the weight of its name; all other brackets, and functions that have none, weigh 1."""
    closing: list[tuple[str, int]] = []
    ends: list[int] = []
    depth = blocks = 0
    for token in tokens(text):
        if token.kind in ("open", "function"):
            weight = weights.get(token.value.lower(), 1)
            closing.append((_CLOSED_BY.get(token.value, ")"), weight))
            depth += weight
            blocks += token.value == "{"
            if depth > deepest:
                return Shape(too_deep=token.start)
            if blocks > most:
                return Shape(too_many=token.start)
        elif token.kind == "close" and closing and token.value == closing[-1][0]:
            depth -= closing.pop()[1]
            if not closing and token.value == "}":
                ends.append(token.end)
                blocks = 0
    return Shape(ends=tuple(ends))
