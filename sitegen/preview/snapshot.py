"""A snapshot of what the preview shows at a moment, and what has changed for a browser that shows an earlier one.

A page ends with a comment that says what it is: the number of the attempt, and the digests of its HTML, with and
without the elements that load styles. Its script sends that back when it comes, so the server compares what
a browser shows with what it would get, then and at each attempt: nothing is missed in between.
"""

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from sitegen.build.run import Build, Options
from sitegen.config.media_types import content_type
from sitegen.files import digest, read_regular
from sitegen.i18n.dates import parse_moment
from sitegen.i18n.messages import Words
from sitegen.problems import Problem
from sitegen.site.model import Site
from sitegen.site.urls import quoted

from .builder import Attempt
from .hosting import look_up

RESERVED = "__sitegen/"
"""The preview's own addresses, below the site's root."""

_TEXTS = (
    ".md", ".markdown", ".yaml", ".html", ".xml", ".txt", ".json", ".po", ".css", ".js", ".mjs", ".svg", ".csv", ".vtt",
)  # fmt: skip
_STYLE = re.compile(rb"<link\b(?=[^<>]*\b(?:rel=[\"']?stylesheet\b|as=[\"']?style\b))[^<>]*>", re.IGNORECASE)
_SHEET = re.compile(rb"\brel=[\"']?stylesheet\b", re.IGNORECASE)
_MARK = re.compile(rb"<!--sitegen (\d{1,18}) (\w*) (\w*)-->\s*\Z")


class Snapshot(Struct, frozen=True):
    """`base`: the path that the site is served below, with a slash at both ends; `build`: the last good one; `site`: of
    the last good build that had one; `problems`: of the last attempt; `failed`: that did not come to an output;
    `building`: the next one is under way; `opens`: whether who looks may open files in an editor; `number`: of the
    attempt; `changed`: in which attempt a file was written last, of those that pages show under one name; `found`:
    files of the search indexes, beside the others."""

    root: Path
    words: Words
    options: Options
    base: str = "/"
    build: Build | None = None
    site: Site | None = None
    problems: tuple[Problem, ...] = ()
    failed: bool = False
    building: bool = False
    opens: bool = True
    number: int = 0
    files: frozenset[str] = frozenset()
    changed: Mapping[str, int] = {}
    found: Mapping[str, bytes] = {}

    @property
    def folder(self) -> Path:
        """Where the `files` of the site lie."""
        assert self.options.output is not None
        return self.options.output

    def has_source(self, path: str) -> bool:
        """Whether a file of the site is there; a link to what no disk could name leads to none."""
        return os.path.isfile(self.root / path)  # noqa: PTH113 - is_file would raise for that

    def may_open(self, path: str) -> bool:
        """Whether who looks may open a file in an editor: texts of a site alone, since the system may run others."""
        return self.opens and path.lower().endswith(_TEXTS) and self.has_source(path)

    @property
    def moment(self) -> datetime:
        """The moment that the site is shown at."""
        now = self.options.now
        if isinstance(now, str) and self.site:
            return parse_moment(now, self.site.config.zone).at
        return now if isinstance(now, datetime) else datetime.now(UTC)

    def after(self, attempt: Attempt) -> "Snapshot":
        """What is shown once an attempt to build is over."""
        number, build = self.number + 1, attempt.build
        if build is None:
            return msgspec.structs.replace(self, problems=attempt.problems, failed=True, building=False, number=number)
        written, removed = build.written.written, frozenset(build.written.removed)
        changed = {**self.changed, **{path: number for path in written if _is_shown_by_name(path)}}
        return msgspec.structs.replace(
            self, problems=attempt.problems, failed=False, building=False, number=number,
            build=build, site=build.site or self.site, files=build.written.kept.union(written),
            changed={path: at for path, at in changed.items() if path not in removed},
        )  # fmt: skip


class PageSeen(Struct, frozen=True):
    """What a browser shows: the page at an address below the root, after which attempt, by the digests of its HTML,
    whole and without its styles; none for pages of the preview's own."""

    path: str
    number: int
    whole: str = ""
    bare: str = ""


class Changes(Struct, frozen=True):
    """What is new to a browser. `reload`: its page is another now; `styles`: only these elements of it are; `problems`:
    what is wrong may be so too."""

    reload: bool = False
    styles: tuple[str, ...] = ()
    problems: bool = False


def mark(snapshot: Snapshot, html: bytes | None = None) -> bytes:
    """What a page ends with, so that its script can say what it is: a comment, which is in nobody's way."""
    whole, bare = _digests(html) if html is not None else ("", "")
    return f"\n<!--sitegen {snapshot.number} {whole} {bare}-->\n".encode()


def parse_mark(path: str, text: str) -> PageSeen | None:
    """What a browser shows, as it says: the address below the root, and the page's mark."""
    found = _MARK.search(f"<!--{text}-->".encode())
    return PageSeen(path, int(found[1]), found[2].decode(), found[3].decode()) if found else None


def page_at(snapshot: Snapshot, path: str) -> PageSeen:
    """What a browser would see at an address now."""
    html = _html(snapshot, path)
    return PageSeen(path, snapshot.number) if html is None else PageSeen(path, snapshot.number, *_digests(html))


def changes_since(seen: PageSeen, snapshot: Snapshot) -> Changes:
    """What is new to a browser that shows this. A page is another when its HTML is, or a file that it shows."""
    is_new = seen.number != snapshot.number
    html = _html(snapshot, seen.path)
    if html is None or not seen.whole:  # a page of the preview's own, now or before
        return Changes(reload=is_new)
    whole, bare = _digests(html)
    files = (path for path, number in snapshot.changed.items() if number > seen.number)
    if bare != seen.bare or any(quoted(path).encode() in html for path in files):
        return Changes(reload=True)
    return Changes(styles=_styles(html) if whole != seen.whole else (), problems=is_new)


def address_below(url: str, base: str) -> str:
    """The address below the root, percent-encoded, of a page as its browser gives it."""
    return re.sub(r"^[a-z]+://[^/]*|[?#].*$", "", url, flags=re.IGNORECASE).removeprefix(base)


def _html(snapshot: Snapshot, path: str) -> bytes | None:
    """The page of the site that answers at an address."""
    if snapshot.build is None or path.startswith(RESERVED):
        return None
    answer = look_up(path, snapshot.files)
    try:
        return read_regular(snapshot.folder / answer.path) if answer.path.endswith(".html") else None
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
