"""Everything that a finished site refers to, and what of it leads nowhere."""

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath
from urllib.parse import quote, unquote, urljoin, urlsplit

from lxml import etree, html

ATTRIBUTES = {"href", "src", "action", "poster", "data"}
CSS_URL = re.compile(r"""(?:url\(\s*|@import\s+)["']?([^"')\s]+)""")


def broken_references(files: Mapping[str, bytes], base_url: str) -> list[str]:
    """As "page → address": each internal reference to a file that is not there, or to an id that is not in it."""
    ids = {path: _ids(data) for path, data in files.items() if path.endswith(".html")}
    broken = []
    for path, data in files.items():
        for address in references(path, data, base_url):
            parts = urlsplit(address)
            target = _file(unquote(parts.path), base_url)
            if target is None or target not in files:
                broken.append(f"{path} → {address}")
            elif unquote(parts.fragment) not in {"", "top"} | ids.get(target, set()):
                broken.append(f"{path} → {address} (no such id)")
    return broken


def references(path: str, data: bytes, base_url: str) -> Iterator[str]:
    """Absolute addresses below `base_url` that a file refers to."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(base_url))
    here = urljoin(base_url, quote(path.removesuffix("index.html")))
    found: Iterator[str] = iter(())
    if path.endswith(".html"):
        found = _in_html(data)
    elif path.endswith(".xml"):
        found = _in_xml(data)
    elif path.endswith(".css"):
        found = iter(CSS_URL.findall(data.decode()))
    for reference in found:
        address = urljoin(here, reference)
        if address.startswith(f"{origin}/"):
            yield address


def _in_html(data: bytes) -> Iterator[str]:
    for element in html.document_fromstring(data).iter(etree.Element):
        for name, value in element.attrib.items():
            if name in ATTRIBUTES:
                yield value
            elif name in ("srcset", "imagesrcset"):
                yield from (candidate.split()[0] for candidate in value.split(","))
            elif name == "content" and element.get("http-equiv") == "refresh":
                yield value.split("url=", 1)[1]
            elif name == "content" and element.get("property") in ("og:url", "og:image"):
                yield value
        if element.tag == "script" and element.get("type") == "application/ld+json":
            yield from re.findall(r'"(https?://[^"]+)"', element.text or "")


def _in_xml(data: bytes) -> Iterator[str]:
    for element in etree.fromstring(data).iter(etree.Element):
        if element.get("href"):
            yield element.get("href")
        if etree.QName(element).localname == "loc":
            yield element.text
        if element.get("type") == "html" and element.text:
            yield from _in_html(element.text.encode())


def _file(path: str, base_url: str) -> str | None:
    base = unquote(urlsplit(base_url).path)
    if not path.startswith(base):
        return None
    below = path[len(base) :]
    return f"{below}index.html" if not below or below.endswith("/") else normpath(below)


def _ids(data: bytes) -> set[str]:
    return {element.get("id") for element in html.document_fromstring(data).iter(etree.Element) if element.get("id")}
