"""Styles, scripts, icons and other files of the design: each gets a name with its fingerprint, so that hosts may cache
it for ever, and style sheets and modules find each other under those names.

Lightning CSS reads style sheets as browsers do, so that nothing new breaks, and says where one is wrong. Scripts and
SVG are published as they are written, since no wheel minifies them safely. Of 1,499 scripts of modern packages rJSmin
1.3 broke five (nested templates, regular expressions); tdewolff-minify 2.24 makes `export {}` a mistake; oxc, in
minify-html 0.18, takes each for a module, so that `"use strict"` and names that other scripts use may go, and saves 8 %
of search.js as hosts pack it. Scour has not changed since 2020.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha384
from posixpath import dirname, splitext
from urllib.parse import quote, unquote

from msgspec import Struct

from sitegen.files import decode, digest, join
from sitegen.images.metadata import is_raster
from sitegen.images.svg import read_svg
from sitegen.problems import Checked, Place, Problem, nearest, problem
from sitegen.site.model import Asset
from sitegen.text import nfc, shortened, with_ending

LONGEST_SUFFIX = 32
"""Bytes of what stands behind a file's last point and is still a suffix."""


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


class Found(Struct, frozen=True):
    """What was found out about files, for the next build to know: style sheets by the digest of what was minified, and
    the sizes of pictures by theirs."""

    minified: Mapping[str, Minified] = {}
    sizes: Mapping[str, tuple[int, int] | None] = {}


class Assets(Struct, frozen=True):
    by_name: Mapping[str, Asset]
    found: Found


def read_assets(contents: Mapping[str, bytes], known: Found = Found(), *, minify: bool = True) -> Checked[Assets]:
    """Make the assets from path → content, with paths like assets/css/site.css. What is `known` from an earlier build
    is not found out again; without `minify` style sheets stay as they are written."""
    reader = _Reader({path.removeprefix("assets/"): data for path, data in contents.items()}, known, minify)
    for name in reader.contents:
        reader.asset(name, ())
    found = Found(reader.minified, reader.sizes)
    return Assets(dict(sorted(reader.made.items())), found), tuple(reader.problems)


BLANK = b'<svg xmlns="http://www.w3.org/2000/svg"/>\n'
"""What stands in for a drawing that would run something, where a site is built in spite of it."""


def missing_asset(name: str, place: Place, known: Mapping[str, object]) -> Problem:
    return problem("missing-asset", place, value=name, nearest=nearest(name, known))


# A reference has a target; the other branches pass over comments and texts that may look like one.
_NO_REFERENCE = r"""/\*(?s:.*?)\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'"""
_IN_STYLE_SHEETS = re.compile(
    r"""(?i:url\(\s*|@import\s+(?=["']))"""
    r"""(?P<mark>["'])?(?P<target>(?(mark)(?:(?!(?P=mark)).)+|[^\s"'()]+))(?(mark)(?P=mark))|""" + _NO_REFERENCE
)
_IN_SCRIPTS = re.compile(
    r"""\b(?:from\s*|import\s*\(?\s*)(?P<mark>["'])(?P<target>\.\.?/[^"'\n]+)(?P=mark)|//.*|""" + _NO_REFERENCE
)
_REFERENCES = {".css": _IN_STYLE_SHEETS, ".js": _IN_SCRIPTS, ".mjs": _IN_SCRIPTS}
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#|/")
_PARTS = re.compile(r"(?P<path>[^?#]*)(?P<rest>.*)", re.DOTALL)


class _Reader:
    """Fingerprints depth first: a file's name depends on the names of what it refers to."""

    def __init__(self, contents: Mapping[str, bytes], known: Found, minifies: bool) -> None:
        self.contents, self.known, self.minifies = contents, known, minifies
        self.made: dict[str, Asset] = {}
        self.minified: dict[str, Minified] = {}
        self.sizes: dict[str, tuple[int, int] | None] = {}
        self.problems: list[Problem] = []

    def asset(self, name: str, above: tuple[str, ...]) -> Asset:
        if name not in self.made:
            data, size = self.contents[name], None
            stem, suffix = splitext(name)
            if suffix in _REFERENCES:
                data = self._published(name, data, (*above, name))
            elif suffix.lower() == ".svg":
                data, size = self._drawing(name, data)
            fingerprint = digest(data)
            if is_raster(data):
                size = self._size(fingerprint, data)
            integrity = f"sha384-{b64encode(sha384(data).digest()).decode()}"
            path = with_ending(f"assets/{stem}", f".{fingerprint[:10]}{shortened(suffix, LONGEST_SUFFIX)}")
            self.made[name] = Asset(name, path, data, fingerprint, integrity, size)
        return self.made[name]

    def _published(self, name: str, data: bytes, above: tuple[str, ...]) -> bytes:
        """With the fingerprints of what it refers to; style sheets minified, scripts byte for byte as they were."""
        if not name.endswith(".css"):
            script = data.decode("utf-8", "surrogateescape")
            return self._complete(script, name, above).encode("utf-8", "surrogateescape")
        text = decode(data, f"assets/{name}")
        if isinstance(text, Problem):
            self.problems.append(text)
            return data
        complete = self._complete(text, name, above)
        return (self._minified(complete, text, name) if self.minifies else complete).encode()

    def _drawing(self, name: str, data: bytes) -> tuple[bytes, tuple[int, int] | None]:
        drawing, problems = read_svg(data, f"assets/{name}")
        self.problems += problems
        if drawing is None:
            return BLANK, None
        return data, (drawing.width, drawing.height) if drawing.width and drawing.height else None

    def _size(self, fingerprint: str, data: bytes) -> tuple[int, int] | None:
        if fingerprint in self.known.sizes:
            self.sizes[fingerprint] = self.known.sizes[fingerprint]
        else:
            from sitegen.images import codecs  # noqa: PLC0415 - Pillow is heavy, and most builds have no new picture

            self.sizes[fingerprint] = codecs.size(data)
        return self.sizes[fingerprint]

    def _complete(self, text: str, name: str, above: tuple[str, ...]) -> str:
        return _REFERENCES[splitext(name)[1]].sub(lambda match: self._fingerprinted(match, name, above), text)

    def _minified(self, complete: str, written: str, name: str) -> str:
        key = digest(complete.encode())
        found = self.known.minified.get(key) or minified(complete)
        self.minified[key] = found
        if found.fault:
            line = found.line - 1
            moved = complete.split("\n")[line] != written.split("\n")[line]  # a fingerprint stands before it
            place = Place(f"assets/{name}", found.line, 1 if moved else found.column)
            self.problems.append(problem("unread-style-sheet", place, detail=found.fault))
        return found.text

    def _fingerprinted(self, match: re.Match[str], name: str, above: tuple[str, ...]) -> str:
        target = match["target"]
        if target is None or _ELSEWHERE.match(target):
            return match[0]
        parts = _PARTS.fullmatch(target)
        assert parts is not None
        resolved = join(dirname(name), nfc(unquote(parts["path"])))
        place = _place(f"assets/{name}", match.string, match.start("target"))
        if resolved in above:
            self.problems.append(problem("asset-cycle", place, target=target))
            return match[0]
        if resolved is None or resolved not in self.contents:
            self.problems.append(missing_asset(target, place, self.contents))
            return match[0]
        up = "../" * name.count("/") or "./"
        address = quote(self.asset(resolved, above).path.removeprefix("assets/"))
        start, end = (index - match.start() for index in match.span("target"))
        return f"{match[0][:start]}{up}{address}{parts['rest']}{match[0][end:]}"


def _place(path: str, text: str, index: int) -> Place:
    return Place(path, text.count("\n", 0, index) + 1, index - (text.rfind("\n", 0, index) + 1) + 1)
