"""Finds and reads the files of a site, and nothing outside its folder."""

import hashlib
import os
from operator import attrgetter
from pathlib import Path
from typing import Literal

from msgspec import Struct

from .problems import Checked, Place, Problem, in_utf8, problem
from .text import nfc

Kind = Literal["settings", "content", "file", "layout", "catalogue", "asset", "font"]

THEME = Path(__file__).parent / "theme"
SETTINGS = "site.yaml"
FOLDERS = ("content", "layouts", "assets", "fonts")
"""Where the other sources of a site are."""


class Source(Struct, frozen=True, gc=False):
    """A file found: `path` is relative to the site, with / and in NFC; `location` is where it lies on disk; times in
    nanoseconds, of its content and of its entry on the disk."""

    path: str
    kind: Kind
    location: str
    size: int
    modified: int
    changed: int


def find(root: Path, theme: Path = THEME) -> Checked[dict[str, Source]]:
    """All sources of a site by path, in path order. `theme` lies under its layouts/ and assets/: a file of the
    site hides the theme's of the same path, which then goes by theme/layouts/…, as all its catalogues do."""
    problems: list[Problem] = []
    sources: dict[str, Source] = {}
    for base, folders in ((theme, ("layouts", "assets")), (root, FOLDERS)):
        for folder in folders:
            found: list[Source] = []
            _walk(os.path.realpath(base), (os.path.realpath(base / folder),), folder, problems, found)
            own = {source.path: source for source in found}
            if base is theme:
                own = {f"theme/{path}" if source.kind == "catalogue" else path: source for path, source in own.items()}
            hidden = own.keys() & sources.keys()
            sources |= {f"theme/{path}": sources[path] for path in hidden if sources[path].kind == "layout"}
            sources |= own
    settings = root / SETTINGS
    if settings.is_file():
        stat = settings.stat()
        sources[SETTINGS] = Source(
            SETTINGS, "settings", str(settings), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns
        )
    return {path: sources[path] for path in sorted(sources)}, tuple(problems)


def read_bytes(location: str, path: str) -> bytes | Problem:
    """The content of a source, by its location on disk and its path in the site."""
    try:
        return Path(location).read_bytes()
    except OSError as error:
        return problem("unreadable-file", Place(path), reason=error.strerror or "unknown reason")


def decode(data: bytes, path: str) -> str | Problem:
    """UTF-8 text without BOM, with LF line ends, in NFC; or the place of the first byte that is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "ignore")) + 1
        return problem("invalid-utf8", Place(path, line, column), byte=f"{data[error.start]:02X}")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return nfc(text)


def lines_of(root: Path, path: str) -> list[str]:
    """The lines of a file of the site, or of the theme under it; none where no such text can be read."""
    found = next((file for base in (root, THEME) if (file := base / path).is_file()), None)
    try:
        return found.read_text("utf-8", "replace").splitlines() if found else []
    except OSError:
        return []


def digest(data: bytes) -> str:
    """A name for content: 128 bits of BLAKE2b (RFC 7693) in hexadecimal."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def join(folder: str, target: str) -> str | None:
    """`target` seen from `folder`, both below the site's content; None when it climbs out."""
    parts: list[str] = [] if target.startswith("/") else [part for part in folder.split("/") if part]
    for part in target.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _walk(base: str, real: tuple[str, ...], path: str, problems: list[Problem], found: list[Source]) -> None:
    """The files of the folder `path`. `real`: where it lies and the folders that led there, without links, so that a
    link to one of them ends the walk."""
    try:
        entries = sorted(os.scandir(real[-1]), key=_name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        problems.append(problem("unreadable-file", Place(path), reason=error.strerror or "unknown reason"))
        return
    for entry in entries:
        name, location = entry.name, entry.path
        if name[0] == "." or name[-1] == "~" or (name[0] == "#" and name[-1] == "#"):
            continue
        if not name.isascii():
            name = nfc(name)
            if in_utf8(name) != name:
                problems.append(problem("invalid-file-name", Place(f"{path}/{name}"), name=repr(name)))
                continue
        entry_path = f"{path}/{name}"
        if entry.is_symlink():
            location = os.path.realpath(location)
            if os.path.commonpath((base, location)) != base:
                problems.append(problem("leads-outside", Place(entry_path), target=os.readlink(entry.path)))
                continue
        if entry.is_dir():
            if location not in real:
                _walk(base, (*real, location), entry_path, problems, found)
        elif entry.is_file():
            stat = entry.stat()
            found.append(
                Source(entry_path, _kind(entry_path), location, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            )


_name = attrgetter("name")


def _kind(path: str) -> Kind:
    if path.startswith("content/"):
        if path.endswith(".md"):
            return "content"
        return "settings" if path in ("content/tags.yaml", "content/sources.yaml") else "file"
    if path.startswith("layouts/"):
        return "catalogue" if path.endswith(".po") else "layout"
    return "font" if path.startswith("fonts/") else "asset"
