"""What the preview shows at a moment, and what a browser that shows an earlier state must be told."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from sitegen.files import digest, read_regular
from sitegen.site.urls import quoted

from .builder import Attempt
from .hosting import content_type, look_up
from .toolbar import State

DESK = "__sitegen/"
"""The preview's own addresses, below the site's root."""

_STYLE = re.compile(rb"<link\b(?=[^>]*\b(?:rel=[\"']?stylesheet\b|as=[\"']?style\b))[^>]*>", re.IGNORECASE)
_SHEET = re.compile(rb"\brel=[\"']?stylesheet\b", re.IGNORECASE)
_SEEN = re.compile(rb"<!--sitegen (\d{1,18}) (\w*) (\w*)-->\s*\Z")


class Shown(Struct, frozen=True):
    """`number`: of the attempt; `folder`: where the site's `files` lie; `changed`: in which attempt a file was written
    last, of those that pages show under one name; `found`: files of the search indexes, beside the others."""

    state: State
    folder: Path
    base: str
    number: int = 0
    files: frozenset[str] = frozenset()
    changed: Mapping[str, int] = {}
    found: Mapping[str, Path] = {}


class Seen(Struct, frozen=True):
    """What a browser shows: the page at an address below the root, after which attempt, by the digests of its HTML,
    whole and without its styles; none for pages of the preview's own."""

    path: str
    number: int
    whole: str = ""
    bare: str = ""


class News(Struct, frozen=True):
    """What to tell a browser. `reload`: its page is another now; `styles`: only these elements of it are; `problems`:
    what is wrong may be so too."""

    reload: bool = False
    styles: tuple[str, ...] = ()
    problems: bool = False


def after(shown: Shown, attempt: Attempt) -> Shown:
    """What is shown once an attempt to build is over."""
    state, number, build = shown.state, shown.number + 1, attempt.build
    state = msgspec.structs.replace(
        state, problems=attempt.problems, failed=build is None, building=False,
        build=build or state.build, site=(build and build.site) or state.site,
    )  # fmt: skip
    if build is None:
        return msgspec.structs.replace(shown, state=state, number=number)
    written = build.written
    changed = {path: number for path in written.written if _is_shown_by_name(path)}
    gone = frozenset(written.removed)
    return msgspec.structs.replace(
        shown, state=state, number=number, files=written.kept.union(written.written),
        changed={path: at for path, at in {**shown.changed, **changed}.items() if path not in gone},
    )  # fmt: skip


def mark(shown: Shown, html: bytes | None = None) -> bytes:
    """What a page ends with, so that its script can say what it is: a comment, which is in nobody's way."""
    whole, bare = _digests(html) if html is not None else ("", "")
    return f"\n<!--sitegen {shown.number} {whole} {bare}-->\n".encode()


def read_seen(path: str, said: str) -> Seen | None:
    """What a browser says that it shows: the address below the root, and the page's mark."""
    found = _SEEN.search(f"<!--{said}-->".encode())
    return Seen(path, int(found[1]), found[2].decode(), found[3].decode()) if found else None


def seen_now(shown: Shown, path: str) -> Seen:
    """What a browser would see at an address now."""
    html = _html(shown, path)
    return Seen(path, shown.number) if html is None else Seen(path, shown.number, *_digests(html))


def news(shown: Shown, seen: Seen) -> News:
    """What a browser has to be told that shows this. A page is another when its HTML is, or a file that it shows."""
    fresh = seen.number != shown.number
    html = _html(shown, seen.path)
    if html is None or not seen.whole:  # a page of the preview's own, now or before
        return News(reload=fresh)
    whole, bare = _digests(html)
    files = (path for path, number in shown.changed.items() if number > seen.number)
    if bare != seen.bare or any(quoted(path).encode() in html for path in files):
        return News(reload=True)
    styles = _styles(html) if whole != seen.whole else ()
    return News(styles=styles, problems=fresh)


def address_below(url: str, base: str) -> str:
    """The address below the root, percent-encoded, of a page as its browser gives it."""
    path = re.sub(r"^[a-z]+://[^/]*|[?#].*$", "", url, flags=re.IGNORECASE)
    return path.removeprefix(base).removeprefix("/")


def _html(shown: Shown, path: str) -> bytes | None:
    """The page of the site that answers at an address."""
    if shown.state.build is None or path.startswith(DESK):
        return None
    answer = look_up(path, shown.files)
    try:
        return read_regular(shown.folder / answer.path) if answer.path.endswith(".html") else None
    except OSError:
        return None


def _digests(html: bytes) -> tuple[str, str]:
    return digest(html), digest(_STYLE.sub(b"", html))


def _styles(html: bytes) -> tuple[str, ...]:
    """The elements that load a page's style sheets."""
    return tuple(tag.decode("utf-8", "replace") for tag in _STYLE.findall(html) if _SHEET.search(tag))


def _is_shown_by_name(path: str) -> bool:
    """Whether pages show it and its name stays when it changes; other assets have names with digests."""
    return content_type(path).startswith(("image/", "audio/", "video/", "font/", "application/pdf"))
