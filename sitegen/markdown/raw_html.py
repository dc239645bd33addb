"""Raw HTML, where the settings allow it: its addresses and ids, and no comments."""

import re
from collections.abc import Callable, Iterator, Mapping
from html import escape, unescape
from typing import Literal

Kind = Literal["link", "picture", "file", "other"]

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<text>script|style|textarea|title)\b[^<>]*>.*?(?:</(?P=text)\s*>|\Z)"
    r"|<(?P<name>[A-Za-z][A-Za-z0-9-]*+)(?P<attributes>(?:[^<>\"']++|\"[^\"]*\"|'[^']*')*+)>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"\s*+(?P<name>[^\s\"'<>/=]++)(?:\s*+=\s*+(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]++))?")
_ENTITY = re.compile(r"&(?:#[0-9]++;?|#[xX][0-9A-Fa-f]++;?|[A-Za-z0-9]{1,40};)")
_CANDIDATE = re.compile(r"[\s,]*+(?P<address>\S*[^\s,])(?P<size>\s+[^,]*)?,?", re.ASCII)

_KINDS: Mapping[tuple[str, str], Kind] = {
    ("a", "href"): "link",
    ("area", "href"): "link",
    ("img", "src"): "picture",
    ("input", "src"): "picture",
    ("video", "poster"): "picture",
    ("video", "src"): "file",
    ("audio", "src"): "file",
    ("source", "src"): "file",
    ("track", "src"): "file",
    ("iframe", "src"): "file",
    ("embed", "src"): "file",
    ("object", "data"): "file",
}

_OTHERS = frozenset(
    ("action", "background", "cite", "data", "formaction", "href", "longdesc", "manifest", "ping", "poster", "src")
)
"""What takes an address in whichever other tag (HTML, index of attributes); and `xlink:href` does."""

Attributes = dict[str, str]
Refer = Callable[[Kind, str, str, Attributes], str | None]
"""Given a kind, the tag as it is written, an address and all attributes: what stands for the address, None to leave
it."""


def tags(html: str) -> Iterator[tuple[str, Attributes]]:
    """All that begin, with their attributes, entities decoded; names in lower case."""
    for match in _TAG.finditer(html):
        if match["name"]:
            yield match["name"].lower(), _attributes(match["attributes"])


def ids(html: str) -> Iterator[str]:
    """Names of places in it: `id` of any tag, `name` of a link."""
    for name, attributes in tags(html):
        found = attributes.get("id") or (attributes.get("name") if name == "a" else None)
        if found:
            yield found


def rewrite(html: str, refer: Refer) -> str:
    """The same without comments, its addresses replaced."""

    def made(match: re.Match[str]) -> str:
        if match["name"] is None:
            return "" if match[0].startswith("<!--") else match[0]
        name, attributes = match["name"].lower(), _attributes(match["attributes"])

        def replaced(found: re.Match[str]) -> str:
            attribute, value = found["name"].lower(), attributes.get(found["name"].lower(), "")
            if attribute == "srcset":
                new = ", ".join(_candidates(value, match[0], attributes, refer))
                return f' {found["name"]}="{new}"'
            kind = _KINDS.get((name, attribute)) or ("other" if attribute.removeprefix("xlink:") in _OTHERS else None)
            new_one = refer(kind, match[0], value, attributes) if kind and found["value"] is not None else None
            if new_one is None:
                return found[0]
            return new_one if kind == "link" else f' {found["name"]}="{new_one}"'

        return f"<{match['name']}{_ATTRIBUTE.sub(replaced, match['attributes'])}>"

    return _TAG.sub(made, html)


def _candidates(value: str, tag: str, attributes: Attributes, refer: Refer) -> Iterator[str]:
    """The pictures of a `srcset` (HTML, section 4.8.4.2.1)."""
    for match in _CANDIDATE.finditer(value.rstrip(", \t\n\r\f\v")):
        address = match["address"]
        new = refer("picture", tag, address, attributes)
        yield f"{escape(address) if new is None else new}{escape(match['size'] or '')}".rstrip()


def _attributes(text: str) -> Attributes:
    found: Attributes = {}
    for match in _ATTRIBUTE.finditer(text):
        found.setdefault(match["name"].lower(), unquoted(match["value"] or ""))
    return found


def unquoted(value: str) -> str:
    """The value of an attribute as it is written, in quotes or without."""
    return decoded(value[1:-1] if value.startswith(('"', "'")) else value)


def decoded(address: str) -> str:
    """Without entities. A name without a semicolon is none in an address, `?a=1&region=2`; a number without one is
    (HTML, sections 13.2.5.73 and 13.2.5.80)."""
    return _ENTITY.sub(lambda found: unescaped(found[0]), address)


def unescaped(html: str) -> str:
    """A text without entities (HTML, section 13.5); numbers may be as long as they like."""
    return unescape(_LONG_NUMBER.sub(_short_number, html) if "&#" in html else html)


def _short_number(entity: re.Match[str]) -> str:
    start, number = (entity[1], entity[2]) if entity[1] else (entity[3], entity[4])
    number = number.lstrip("0") or "0"
    return f"{start}{number};" if len(number) < 8 else "\ufffd"


_LONG_NUMBER = re.compile(r"(&#)([0-9]{8,}+);?|(&#[xX])([0-9A-Fa-f]{8,}+);?")
