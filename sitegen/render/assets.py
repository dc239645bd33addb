"""Styles, scripts, icons and other files of the design: each gets a name with its fingerprint, so that hosts may cache
it for ever, and style sheets and modules find each other under those names.

Scripts and SVG are published as they are written, since no wheel minifies them safely. Of 1,499 scripts of modern
packages rJSmin 1.3 broke five (nested templates, regular expressions); tdewolff-minify 2.24 makes `export {}` a
mistake; oxc, in minify-html 0.18, takes each for a module, so that `"use strict"` and names that other scripts use may
go, and saves 8 % of search.js as hosts pack it. Scour has not changed since 2020.
"""

import re
from base64 import b64encode
from collections import Counter
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

from .references import REFERENCES, Reference
from .style_sheets import Minified, minified

MOST_PROBLEMS = 100
"""That are told of what one file refers to."""

LONGEST_SUFFIX = 32
"""Bytes of what stands behind a file's last point and is still a suffix."""


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
        reader.read(name)
    found = Found(reader.minified, reader.sizes)
    return Assets(dict(sorted(reader.made.items())), found), tuple(reader.problems)


BLANK = b'<svg xmlns="http://www.w3.org/2000/svg"/>\n'
"""What stands in for a drawing that would run something, where a site is built in spite of it."""


def missing_asset(name: str, place: Place, known: Mapping[str, object]) -> Problem:
    return problem("missing-asset", place, value=name, nearest=nearest(name, known))


_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#|/")
_BEHIND_PATH = re.compile(r"[?#].*", re.DOTALL)
_SAFE = "%/:?#[]@!$&*+,;=~"
"""What may stand in an address behind its path (RFC 3986), but for what might end it in a text."""


class _Reader:
    """Fingerprints depth first: a file's name depends on the names of what it refers to."""

    def __init__(self, contents: Mapping[str, bytes], known: Found, minifies: bool) -> None:
        self.contents, self.known, self.minifies = contents, known, minifies
        self.made: dict[str, Asset] = {}
        self.minified: dict[str, Minified] = {}
        self.sizes: dict[str, tuple[int, int] | None] = {}
        self.problems: list[Problem] = []
        self._begun: dict[str, _Text] = {}
        self._told = Counter[str]()

    def read(self, name: str) -> None:
        """A file behind all that it refers to, however long that chain is."""
        waiting = [name]
        while waiting:
            name = waiting[-1]
            if name not in self.made and name not in self._begun and splitext(name)[1] in REFERENCES:
                self._begun[name] = text = self._text(name)
                waiting += [other for _, other in reversed(text.references) if other not in self.made]
                continue
            waiting.pop()
            if name not in self.made:
                self._make(name, self._begun.pop(name, None))

    def _make(self, name: str, text: "_Text | None") -> None:
        data, size = self.contents[name], None
        stem, suffix = splitext(name)
        if text:
            data = self._published(name, text)
        elif suffix.lower() == ".svg":
            data, size = self._drawing(name, data)
        fingerprint = digest(data)
        if is_raster(data):
            size = self._size(fingerprint, data)
        integrity = f"sha384-{b64encode(sha384(data).digest()).decode()}"
        path = with_ending(f"assets/{stem}", f".{fingerprint[:10]}{shortened(suffix, LONGEST_SUFFIX)}")
        self.made[name] = Asset(name, path, data, fingerprint, integrity, size)

    def _text(self, name: str) -> "_Text":
        """What a style sheet or a script refers to; none where it is no text, or already being read."""
        data = self.contents[name]
        if name.endswith(".css"):
            text = decode(data, f"assets/{name}")
            if isinstance(text, Problem):
                self.problems.append(text)
                return _Text(None, ())
        else:
            text = data.decode("utf-8", "surrogateescape")
        found = (
            (reference, self._resolved(name, text, reference)) for reference in REFERENCES[splitext(name)[1]](text)
        )
        return _Text(text, tuple((reference, other) for reference, other in found if other is not None))

    def _resolved(self, name: str, text: str, reference: Reference) -> str | None:
        """The asset that is meant; None where that is none, or one that is above."""
        target = reference.target
        if not target or _ELSEWHERE.match(target):
            return None
        resolved = join(dirname(name), nfc(unquote(_BEHIND_PATH.sub("", target))))
        is_cycle = resolved == name or resolved in self._begun
        if resolved in self.contents and not is_cycle:
            return resolved
        self._told[name] += 1
        if self._told[name] <= MOST_PROBLEMS:
            line, start = text.count("\n", 0, reference.start) + 1, text.rfind("\n", 0, reference.start)
            place = Place(f"assets/{name}", line, reference.start - start)
            cycle = problem("asset-cycle", place, target=target)
            self.problems.append(cycle if is_cycle else missing_asset(target, place, self.contents))
        return None

    def _published(self, name: str, text: "_Text") -> bytes:
        """With the fingerprints of what it refers to; style sheets minified, scripts byte for byte as they were."""
        if text.written is None:
            return self.contents[name]
        up = "../" * name.count("/") or "./"
        parts: list[str] = []
        position = 0
        for reference, other in text.references:
            before = text.written[position : reference.start]
            address = quote(self.made[other].path.removeprefix("assets/"))
            parts += before, up, address, _rest(reference, text.written)
            position = reference.end
        complete = "".join((*parts, text.written[position:]))
        if not name.endswith(".css"):
            return complete.encode("utf-8", "surrogateescape")
        return (self._minified(complete, text.written, name) if self.minifies else complete).encode()

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


class _Text(Struct, frozen=True):
    """A style sheet or a script as it was `written`, if it can be read, and the assets that it refers to."""

    written: str | None
    references: tuple[tuple[Reference, str], ...]


def _rest(reference: Reference, text: str) -> str:
    """What stands in an address behind its path, as it is written, or so that it needs no escapes."""
    found = _BEHIND_PATH.search(reference.target)
    rest = found[0] if found else ""
    return rest if text[reference.start : reference.end] == reference.target else quote(rest, safe=_SAFE)
