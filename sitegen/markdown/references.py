"""Links and pictures of a text: where each leads, as far as that depends on other files."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple
from urllib.parse import unquote

from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from msgspec import Struct

from sitegen.config.addresses import host_of, is_usable
from sitegen.files import digest, is_content, join
from sitegen.problems import Place
from sitegen.text import nfc

from .anchors import Fragments, as_fragment
from .findings import Findings
from .raw_html import Attributes, Kind
from .renderer import description

ADDRESS_ALONE = "@"
"""Stands in markers behind the number of a reference of which the address alone is wanted."""


class Markers:
    """What stands in the HTML of a text where something depends on the reader. While that is made, markers begin with
    the text's own digest, which no text can hold."""

    def __init__(self, text: str) -> None:
        self._sign = f"\0{digest(text.encode())} "

    def mark(self, name: object) -> str:
        return f"{self._sign}{name}\0"

    def settle(self, html: str) -> str:
        """The finished HTML: markers are `\\0name\\0`, and there is no other NUL, so that what is between the first and
        the second is a name, what is between the second and the third is not, and so on."""
        if "\0" not in html:
            return html
        first, *others = html.split(self._sign)
        parts = (other.partition("\0") for other in others)
        return _plain(first) + "".join(f"\0{name}\0{_plain(rest)}" for name, _, rest in parts)


def _plain(html: str) -> str:
    return html.replace("\0", "")


class Reference(Struct, frozen=True, gc=False, array_like=True):
    """A link or picture that depends on other files. `target` is a path below content/, or an address when it
    begins with /, as all do whose `kind` is "address"; `query` begins with its question mark."""

    kind: Literal["document", "file", "address", "picture"]
    target: str
    query: str
    fragment: str
    alt: str
    title: str
    line: int
    column: int


class _Written(NamedTuple):
    """A link or a picture as it is written, in the block that begins on `line`; in raw HTML by a `tag`."""

    kind: Kind
    href: str
    alt: str = ""
    title: str = ""
    line: int = 0
    place: Place | None = None
    tag: str = ""


MOST_UNFOLDED = 10_000_000
"""Characters of all addresses and titles together, of which a text may name each once and use it often."""


class References:
    """What the links and pictures of a document refer to, in the order of its HTML. `fragments`: what is in the
    document."""

    def __init__(self, findings: Findings, markers: Markers) -> None:
        self.findings, self.fragments, self._markers = findings, Fragments(()), markers
        self.folder = findings.path.removeprefix("content/").rpartition("/")[0]
        self.found: list[Reference] = []
        self._unfolded = 0
        self._empty: dict[int, Iterator[tuple[int, int]]] = {}

    def mark(self, token: Token, attribute: str) -> str | None:
        """The marker that stands for a link or picture to elsewhere on the site; None when its HTML is final."""
        href, line = str(token.attrs.get(attribute, "")), (token.map or [0])[0]
        if href in ("", "#"):
            self.findings.note("link-to-top" if href else "empty-target", self._empty_place(token))
            return None
        title = str(token.attrs.get("title", ""))
        self._unfolded += len(href) + len(title)
        if self._unfolded > MOST_UNFOLDED:
            self.findings.note_once(MOST_UNFOLDED, "unfolds-too-far", self.findings.line(line))
            token.attrs = {attribute: ""}
            return None
        written = _Written("link", href, "", title, line)
        if token.type == "image":
            written = _Written("picture", href, description(token), title, line)
            if not token.content.strip():
                written = self._without_description(written)
        found = self._refer(written)
        if isinstance(found, str):
            token.attrs[attribute] = found
        return self._markers.mark(found) if isinstance(found, int) else None

    def mark_raw(self, line: int, kind: Kind, tag: str, value: str, attributes: Attributes) -> str | None:
        """The same for an attribute of raw HTML: an address alone but in links."""
        written = _Written(kind, value.strip(), line=line, tag=tag[:_ENOUGH].partition("\n")[0])
        if not written.href:
            if kind != "other":
                self.findings.note("empty-target", self.findings.search((written.tag,), line))
            return None
        if tag[:4].lower() == "<img" and "alt" not in attributes:
            written = self._without_description(written)
        found = self._refer(written)
        if kind == "link" and "hreflang" not in attributes and isinstance(found, int):
            return self._markers.mark(found)
        address = (
            self._markers.mark(f"{found}{ADDRESS_ALONE}") if isinstance(found, int) else found and escapeHtml(found)
        )
        return f' href="{address}"' if kind == "link" and address else address

    def _refer(self, written: _Written) -> int | str | None:
        """The number of the reference to elsewhere on the site; else the address in a better form, empty where no link
        may have it, or None when it is as it should be."""
        href = written.href
        host = host_of(href) if written.kind == "picture" else ""
        if not is_usable(href) or host is None:
            self.findings.note("unusable-target", self._place(written), target=unquote(href))
            return ""
        if written.kind == "other" or _EXTERNAL.match(href):
            if host:
                self.findings.note("picture-elsewhere", self._place(written), host=host)
            return None
        if href.startswith("?"):
            return None
        path, _, fragment = href.partition("#")
        fragment = nfc(unquote(fragment))
        if not path:
            return self._refer_here(written, fragment)
        path, mark, query = path.partition("?")
        target, place = nfc(unquote(path)), self._place(written)
        kind: Literal["document", "file", "address", "picture"]
        kind = "picture" if written.kind == "picture" else _kind_of(target)
        resolved = target if target.startswith("/") else join(self.folder, target)
        if resolved is None:
            self.findings.note("climbs-out", place, target=target)
            return None
        self.found.append(
            Reference(kind, resolved, mark + query, fragment, written.alt, written.title, place.line, place.column)
        )
        return len(self.found) - 1

    def _refer_here(self, written: _Written, fragment: str) -> str | None:
        """A heading of this text, or another place in it."""
        found = self.fragments.find(fragment)
        if found is None:
            place, words = self._place(written), self.fragments.near(fragment)
            self.findings.note("broken-fragment", place, fragment=fragment, target=self.findings.path, **words)
        return None if found in (None, fragment) else as_fragment(found)

    def _without_description(self, written: _Written) -> _Written:
        """Those who do not see a picture need to know what it shows, or that it is decoration."""
        place = self._place(written)
        self.findings.note("picture-without-alt", place, target=unquote(written.href))
        return written._replace(place=place)

    def _place(self, written: _Written) -> Place:
        """Where an address is written: markdown-it tells the block, so look for the text from there on."""
        href = written.href
        if written.place:
            return written.place
        place = self.findings.search((unquote(href), href, escapeHtml(href)), written.line, whole=True)
        return self.findings.search((written.tag,), written.line) if written.tag and place.column == 1 else place

    def _empty_place(self, token: Token) -> Place:
        """Of a link without a target: the first, second … of its block."""
        first, last = token.map or [0, 0]
        if first not in self._empty:
            lines = enumerate(self.findings.lines[first:last], first)
            self._empty[first] = ((n, found.start()) for n, line in lines for found in _EMPTY.finditer(line))
        line, column = next(self._empty[first], (first, 0))
        return Place(self.findings.path, self.findings.first_line + line, column + 1)


_ENOUGH = 200
"""Characters of a tag by which it is found."""
_EXTERNAL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")
_EMPTY = re.compile(r"(?:!?\[[^\[\]]*+)?\]\([ \t]*+(?:<[ \t]*+>|#)?[ \t]*+\)")


def _kind_of(target: str) -> Literal["document", "file", "address"]:
    if target.startswith("/"):
        return "address"
    last = target.rpartition("/")[2]
    return "document" if is_content(last) or "." not in last.strip(".") else "file"
