"""Style sheets for browsers: without what only people need (by Lightning CSS, which reads them as browsers do)."""

import re

from msgspec import Struct


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

    try:
        return Minified(process_stylesheet(text, minify=True))
    except ValueError as error:
        found = _FAULT.fullmatch(str(error))
        assert found is not None
        line, units = int(found["line"] or 0), int(found["units"] or 1)
        return Minified(text, found["what"].lower(), line + 1, _column(text.split("\n")[line], units))


# "Parsing stylesheet failed: Unexpected token Ident("red") at :0:10", which counts lines from 0 and columns from 1.
_FAULT = re.compile(
    r"(?:[^:]* failed: )?(?P<what>.*?)(?: [A-Z]\w*(?:\(| \{).*?)?(?: at :(?P<line>\d+):(?P<units>\d+))?", re.DOTALL
)


def _column(line: str, units: int) -> int:
    """Where a token stands: the library counts in UTF-16, from 1, to the space before it."""
    before = line.encode("utf-16-le")[: 2 * (units - 1)].decode("utf-16-le")
    rest = line[len(before) :]
    return len(before) + len(rest) - len(rest.lstrip()) + 1
