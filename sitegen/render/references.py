"""References to other files in style sheets and scripts: where they stand, and what they name."""

import re
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from sitegen.css import tokens


class Reference(Struct, frozen=True, gc=False):
    """An address in a text, and where it is written, without quotes."""

    target: str
    start: int
    end: int


def in_style_sheet(text: str) -> Iterator[Reference]:
    return (Reference(token.value, token.start, token.end) for token in tokens(text) if token.kind == "url")


# A reference has a target; the other branches pass over comments and texts that may look like one.
_IN_SCRIPTS = re.compile(
    r"""\b(?:from\s*+|import\s*+(?:\(\s*+)?+)(?P<mark>["'])(?P<target>\.\.?/[^"'\n]++)(?P=mark)|//.*+|/\*|["']"""
)
_REST = {mark: re.compile(rf"(?:\\.|[^{mark}\\\n]++)*+{mark}") for mark in "\"'"}


def in_script(text: str) -> Iterator[Reference]:
    """What a module imports by a relative address. A quote or a comment that has no end is none: it is looked for
    once."""
    position = 0
    no_comment = False
    no_text = dict.fromkeys(_REST, 0)  # by quote: up to here no text ends
    while found := _IN_SCRIPTS.search(text, position):
        position = found.end()
        what = found[0]
        if found["target"]:
            yield Reference(found["target"], *found.span("target"))
        elif what == "/*" and not no_comment:
            end = text.find("*/", position)
            no_comment = end < 0
            position = position if no_comment else end + 2
        elif what in _REST and position > no_text[what]:
            rest = _REST[what].match(text, position)
            if rest:
                position = rest.end()
            else:
                end = text.find("\n", position)
                no_text[what] = end if end >= 0 else len(text)


REFERENCES: Mapping[str, Callable[[str], Iterator[Reference]]] = {
    ".css": in_style_sheet,
    ".js": in_script,
    ".mjs": in_script,
}
"""By what files end with."""
