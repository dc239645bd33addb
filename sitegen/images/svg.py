"""SVG files: how large they are, and whether anything in them would run, or load something from elsewhere."""

import re
from collections.abc import Mapping
from xml.parsers import expat

from sitegen.problems import Checked, Place, Problem, problem

from .variants import Picture


def read_svg(data: bytes, path: str) -> Checked[Picture | None]:
    """What is known of the SVG file at `path`; None when it cannot be published."""
    reader = _Reader(data, path)
    try:
        reader.parser.Parse(data, True)
    except expat.ExpatError as error:
        if not reader.problems:
            place = Place(path, error.lineno, error.offset + 1)
            reader.problems.append(problem("broken-svg", place, detail=expat.ErrorString(error.code)))
    if reader.problems:
        return None, tuple(reader.problems)
    width, height = _size(reader.root or {}) or (None, None)
    return Picture("drawing", width, height), ()


def _size(root: Mapping[str, str]) -> tuple[int, int] | None:
    """In CSS pixels, from width and height, else from the viewBox (SVG 2, section 8.2)."""
    lengths = [_LENGTH.match(root.get(name, "")) for name in ("width", "height")]
    if lengths[0] and lengths[1]:
        return round(float(lengths[0][1])), round(float(lengths[1][1]))
    box = root.get("viewBox", "").replace(",", " ").split()
    try:
        return round(float(box[2])), round(float(box[3]))
    except (IndexError, ValueError, OverflowError):
        return None


_LENGTH = re.compile(r"\s*([0-9]+(?:\.[0-9]*)?)(px)?\s*\Z")

_SVG = "http://www.w3.org/2000/svg"
_XHTML = "http://www.w3.org/1999/xhtml"
_ACTIVE = frozenset(("script", "foreignobject", "handler", "listener", "iframe", "object", "embed"))
_ANIMATES = frozenset(("set", "animate"))
_PICTURE = re.compile(r"data:image/(png|jpe?g|gif|webp|avif)[;,]", re.IGNORECASE)
_WEB = re.compile(r"(https?|mailto):", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x20]+")
_LOADING = re.compile(r"""url\(\s*["']?(?!\s*["']?(#|data:image/))|@import""", re.IGNORECASE)


class _Reader:
    """Follows the parser through the file. Entities are never read: a document type that has any ends the reading."""

    def __init__(self, data: bytes, path: str) -> None:
        self.data, self.path = data, path
        self.root: Mapping[str, str] | None = None
        self.problems: list[Problem] = []
        self._styles = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.ProcessingInstructionHandler = self._instruction
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def _doctype(self, name: str, system: str | None, public: str | None, has_declarations: bool) -> None:
        if has_declarations:
            self._refuse("<!DOCTYPE […]>")
            raise expat.ExpatError

    def _instruction(self, target: str, data: str) -> None:
        self._refuse(f"<?{target}?>")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        element = local.lower()
        if self.root is None:
            self.root = attributes
            if local != "svg":
                self.problems.append(problem("broken-svg", self._place(), detail=f"<{local}>"))
            elif namespace != _SVG:
                self.problems.append(problem("svg-without-namespace", self._place()))
        self._styles += element == "style"
        if element in _ACTIVE or namespace == _XHTML:
            self._refuse(f"<{local}>")
        for attribute, value in attributes.items():
            plain = attribute.rpartition(" ")[2]
            if _is_unsafe(element, plain.lower(), value):
                self._refuse(plain, self.data.find(plain.encode(), self.parser.CurrentByteIndex))

    def _end(self, name: str) -> None:
        self._styles -= name.rpartition(" ")[2].lower() == "style"

    def _text(self, text: str) -> None:
        if self._styles and (found := _LOADING.search(text)):
            self._refuse(found[0], self.data.rfind(found[0].encode(), 0, self.parser.CurrentByteIndex))

    def _refuse(self, what: str, index: int = -1) -> None:
        self.problems.append(problem("unsafe-svg", self._place(index), found=what))

    def _place(self, index: int = -1) -> Place:
        """Of a byte of the file, or else of what the parser is at."""
        index = index if index >= 0 else self.parser.CurrentByteIndex
        line = self.data.count(b"\n", 0, index) + 1
        before = self.data[self.data.rfind(b"\n", 0, index) + 1 : index]
        return Place(self.path, line, len(before.decode("utf-8", "ignore")) + 1)


def _is_unsafe(element: str, attribute: str, value: str) -> bool:
    if attribute.startswith("on") or attribute == "base":
        return True
    plain = _INVISIBLE.sub("", value)
    if attribute == "href":
        if element == "a":
            return bool(_SCHEME.match(plain)) and not _WEB.match(plain)
        return bool(plain) and not plain.startswith("#") and not _PICTURE.match(plain)
    if element in _ANIMATES and attribute == "attributename":
        return plain.rpartition(":")[2].lower() == "href" or plain.lower().startswith("on")
    return bool(_LOADING.search(value))
