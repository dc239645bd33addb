"""SVG files: how large they are, and whether anything in them would run, or load something from elsewhere."""

import re
from bisect import bisect
from collections.abc import Mapping
from math import isfinite
from xml.parsers import expat

from sitegen.problems import Checked, Place, Problem, problem

from .svg_styles import is_loading, loading
from .variants import Picture


def read_svg(data: bytes, path: str) -> Checked[Picture | None]:
    """What is known of the SVG file at `path`; None when it cannot be published."""
    reader = _Reader(data, path)
    try:
        reader.parser.Parse(data, True)
    except _Enough:
        pass
    except expat.ExpatError as error:
        if not reader.problems:
            place = Place(path, error.lineno, error.offset + 1)
            reader.problems.append(problem("broken-svg", place, detail=expat.ErrorString(error.code)))
    if reader.problems:
        return None, tuple(reader.problems)
    width, height = _size(reader.root or {}) or (None, None)
    return Picture("drawing", width, height), ()


def _size(root: Mapping[str, str]) -> tuple[int, int] | None:
    """In CSS pixels, from width and height, else from the viewBox (SVG 2, section 8.2); none that no browser draws."""
    found = [_LENGTH.fullmatch(root.get(name, "")) for name in ("width", "height")]
    numbers = [match[1] for match in found if match]
    if len(numbers) < 2:
        box = root.get("viewBox", "")[:_LONGEST_BOX].replace(",", " ").split()
        numbers = box[2:4] if all(map(_NUMBER.fullmatch, box)) else []
    sizes = [float(number) for number in numbers]
    if len(sizes) == 2 and all(isfinite(size) and 1 <= round(size) <= LARGEST for size in sizes):
        return round(sizes[0]), round(sizes[1])
    return None


LARGEST = 1_000_000
"""Pixels across that a browser may still lay out."""
MOST_PROBLEMS = 100
"""That are told of one file."""
DEEPEST = 1_000
"""Elements in each other; no drawing has so many, and what draws them is not made for more."""

_LONGEST_BOX = 1_000
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?", re.ASCII)
_LENGTH = re.compile(rf"\s*({_NUMBER.pattern})(?:px)?\s*", re.ASCII)

_SVG = "http://www.w3.org/2000/svg"
_XHTML = "http://www.w3.org/1999/xhtml"
_ENCODINGS = frozenset(("utf-8", "utf-16", "us-ascii", "iso-8859-1", "windows-1252"))
"""Those that browsers and our parser read alike."""
_MARKS = frozenset(("xpacket", "plantuml", "plantuml-src"))
"""Instructions that programs leave for themselves; browsers pass over them."""
_ACTIVE = frozenset(
    (
        "script", "foreignobject", "handler", "listener", "iframe", "object", "embed", "audio", "video",
        "canvas", "source", "track", "link", "base",
    )
)  # fmt: skip
_PICTURE = re.compile(r"data:image/(png|jpe?g|gif|webp|avif)[;,]", re.IGNORECASE)
_WEB = re.compile(r"(https?|mailto):", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x20]+")


class _Enough(Exception):
    """No need to read on."""


class _Reader:
    """Follows the parser through the file. Entities are never read: a document type that has any ends the reading."""

    def __init__(self, data: bytes, path: str) -> None:
        self.data, self.path = data, path
        self.root: Mapping[str, str] | None = None
        self.problems: list[Problem] = []
        self.depth = 0
        self.style: _Style | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.XmlDeclHandler = self._declaration
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding and encoding.lower() not in _ENCODINGS:
            self._add(problem("broken-svg", self._place(), detail="it must be written in UTF-8"))
            raise _Enough

    def _doctype(self, name: str, system: str | None, public: str | None, has_declarations: bool) -> None:
        if has_declarations:
            self._refuse("<!DOCTYPE […]>", self._place())
            raise _Enough

    def _instruction(self, target: str, data: str) -> None:
        if target not in _MARKS:
            self._refuse(f"<?{target}?>", self._place())

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        element = local.lower()
        if self.root is None:
            self.root = attributes
            if local != "svg":
                self._add(problem("broken-svg", self._place(), detail=f"<{local}>"))
            elif namespace != _SVG:
                self._add(problem("svg-without-namespace", self._place()))
        self.depth += 1
        if self.depth > DEEPEST:
            self._add(problem("broken-svg", self._place(), detail="its elements lie too deep in each other"))
            raise _Enough
        if element in _ACTIVE or namespace == _XHTML or self.style:
            self._refuse(f"<{local}>", self._place())
        elif element == "style":
            self.style = _Style(self.depth)
            self.parser.CharacterDataHandler = self._style_text
        for attribute, value in attributes.items():
            if _is_unsafe(element, attribute.lower(), value):
                plain = attribute.rpartition(" ")[2]
                self._refuse(plain, self._place_of(plain))

    def _end(self, name: str) -> None:
        if self.style and self.style.depth == self.depth:
            for what, index in loading(self.style.text):
                self._refuse(what, Place(self.path, *self.style.position(index)))
            self.style = self.parser.CharacterDataHandler = None
        self.depth -= 1

    def _style_text(self, text: str) -> None:
        assert self.style is not None
        self.style.add(text, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _refuse(self, what: str, place: Place) -> None:
        self._add(problem("unsafe-svg", place, found=what))

    def _add(self, found: Problem) -> None:
        self.problems.append(found)
        if len(self.problems) == MOST_PROBLEMS:
            raise _Enough

    def _place(self) -> Place:
        """Of what the parser is at."""
        return Place(self.path, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def _place_of(self, attribute: str) -> Place:
        """Of an attribute of the element that the parser is at; in UTF-16, of that element."""
        begin = self.parser.CurrentByteIndex
        index = self.data.find(attribute.encode(), begin)
        place = self._place()
        if index < 0:
            return place
        before = self.data[begin:index]
        lines = before.count(b"\n")
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "ignore"))
        return Place(self.path, place.line + lines, column + (1 if lines else place.column))


class _Style:
    """The text of a style sheet, gathered whole: the parser hands it over in pieces, and so do comments and CDATA."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self._pieces: list[str] = []
        self._starts: list[int] = []
        self._positions: list[tuple[int, int]] = []
        self._length = 0

    def add(self, text: str, line: int, column: int) -> None:
        self._pieces.append(text)
        self._starts.append(self._length)
        self._positions.append((line, column))
        self._length += len(text)

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def position(self, index: int) -> tuple[int, int]:
        """Line and column of a character in the file; pieces end with their lines."""
        piece = bisect(self._starts, index) - 1
        line, column = self._positions[piece]
        return line, column + index - self._starts[piece]


def _is_unsafe(element: str, attribute: str, value: str) -> bool:
    """Whether an attribute, with its namespace before it, would run or load something."""
    namespace, _, name = attribute.rpartition(" ")
    if name.startswith("on") or name in ("base", "ping"):
        return True
    if name == "href":
        plain = _INVISIBLE.sub("", value)
        if element == "a":
            return bool(_SCHEME.match(plain)) and not _WEB.match(plain)
        return bool(plain) and not plain.startswith("#") and not _PICTURE.match(plain)
    if name == "attributename":  # of what is animated
        animated = _INVISIBLE.sub("", value).rpartition(":")[2].lower()
        return animated == "href" or animated.startswith("on")
    return not namespace and is_loading(name, value)
