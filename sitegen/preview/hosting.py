"""What a plain static host answers at an address: pure, from the paths of a site's files."""

import re
from collections.abc import Collection
from mimetypes import MimeTypes
from urllib.parse import unquote_to_bytes

from msgspec import Struct

from sitegen.site.urls import output_of, quoted
from sitegen.text import nfc

_TYPES = MimeTypes((), strict=True)
"""Those of Python, whatever this machine says."""
_MORE = {
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".mjs": "text/javascript",
    ".js": "text/javascript",
    ".map": "application/json",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".xml": "application/xml",
    ".md": "text/markdown",
    ".vtt": "text/vtt",
    ".ics": "text/calendar",
    ".geojson": "application/geo+json",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".m4a": "audio/mp4",
    ".flac": "audio/flac",
    ".ogg": "audio/ogg",
    ".epub": "application/epub+zip",
}
for _ending, _kind in _MORE.items():
    _TYPES.add_type(_kind, _ending)
_TEXT = re.compile(r"text/.*|.*[+/](?:json|xml|javascript)")


class Answer(Struct, frozen=True):
    """`path`: of the file that answers, empty when there is none; `location`: where to ask instead, below the root."""

    status: int
    path: str = ""
    location: str | None = None


def look_up(asked: str, files: Collection[str]) -> Answer:
    """The answer at an address below the root, as it was asked for, percent-encoded and without a leading slash. What
    is not in `files` letter by letter is not there, so nothing leads out of them."""
    path = _decoded(asked)
    if path is None:
        return _missing("", files)
    for wanted in (path, nfc(path)):
        output = output_of(wanted)
        if output in files:
            return Answer(200, output)
        if f"{wanted}/index.html" in files:
            return Answer(302, location=f"{quoted(wanted)}/")
    return _missing(path, files)


def content_type(path: str) -> str:
    """The type of a file by its name, with UTF-8 for texts: all of ours are."""
    kind, packed = _TYPES.guess_type(path)
    if kind is None or packed:
        return "application/gzip" if packed == "gzip" else "application/octet-stream"
    return f"{kind}; charset=utf-8" if _TEXT.fullmatch(kind) else kind


def _decoded(asked: str) -> str | None:
    """Decoded once; None when it is no text."""
    try:
        return unquote_to_bytes(asked).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _missing(path: str, files: Collection[str]) -> Answer:
    """The page that says so, in the language of the part of the site that was asked for."""
    own = f"{path.partition('/')[0]}/404.html"
    return Answer(404, next((page for page in (own, "404.html") if page in files), ""))
