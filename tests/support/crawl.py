"""What readers find on a live site, beside two releases one of which takes the place of the other."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree, html

from .links import CSS_URL

LOADED = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}
"""What a browser fetches of a <link>."""


class Damage(NamedTuple):
    """`torn`: files that are as in neither release; `broken`: “page → asset” where that is not there; `missing`:
    addresses of both releases that answer no more; `stray`: files that neither release has."""

    torn: list[str]
    broken: list[str]
    missing: list[str]
    stray: list[str]


WHOLE = Damage([], [], [], [])


def damage(live: Mapping[str, bytes], old: Mapping[str, bytes], new: Mapping[str, bytes], base_url: str) -> Damage:
    stray = [path for path in live if path not in old and path not in new]
    torn = [path for path, data in live.items() if path not in stray and data not in (old.get(path), new.get(path))]
    broken = [
        f"{path} → {asset}"
        for path, data in live.items()
        if path.endswith((".html", ".css"))
        for asset in assets(path, data, base_url)
        if asset not in live
    ]
    return Damage(torn, broken, [path for path in old if path in new and path not in live], stray)


@lru_cache(maxsize=4096)
def assets(path: str, data: bytes, base_url: str) -> frozenset[str]:
    """Paths of what a browser fetches to show a page, as far as they are below `base_url`."""
    base = urlsplit(base_url)
    here = urljoin(base_url, path)
    found = set()
    for reference in CSS_URL.findall(data.decode()) if path.endswith(".css") else _fetched(data):
        address = urlsplit(urljoin(here, reference))
        if address.netloc == base.netloc and address.path.startswith(base.path):
            found.add(unquote(address.path.removeprefix(base.path)))
    return frozenset(found)


def _fetched(data: bytes) -> Iterator[str]:
    for element in html.document_fromstring(data).iter(etree.Element) if data.strip() else ():
        attributes = element.attrib
        if element.tag == "link" and LOADED & {*attributes.get("rel", "").split()}:
            yield attributes["href"]
        elif element.tag in ("script", "img", "source", "video", "audio"):
            yield from [attributes[name] for name in ("src", "poster") if name in attributes]
        for name in ("srcset", "imagesrcset"):
            yield from [candidate.split()[0] for candidate in attributes.get(name, "").split(",") if candidate.strip()]


def files_below(folder: Path) -> dict[str, bytes]:
    """What a server gives its readers: what is sitegen's own is no part of it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(".sitegen") and path.is_file():
            found[name] = path.read_bytes()
    return found
