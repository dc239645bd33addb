"""Files of a site: read, digested, and nothing outside its folder.

Sources are opened here alone, and no link is followed, since a folder may become one after it was found.
"""

import errno
import hashlib
import os
import posixpath
import re
from codecs import BOM_UTF8
from collections.abc import Generator, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

from .problems import Place, Problem, problem
from .system.disk import link_target, longest_path, open_regular, open_without_links, slashed
from .system.locks import LOCK
from .text import LARGEST, LARGEST_TEXT, nfc, without_controls, without_secrets

THEME = Path(__file__).parent / "theme"
SETTINGS, TAGS, SOURCES = "site.yaml", "content/tags.yaml", "content/sources.yaml"
FOLDERS = ("content", "layouts", "assets", "fonts")
"""Where the other sources of a site are."""
ROOT = "assets/root/"
"""Files that are published at the site's root, under their own names."""
OUTPUT, MEMORY = "output", ".sitegen"
"""The folders of a site that builds write."""
MANIFEST = ".sitegen-manifest.json"
STAGING = ".sitegen-new"
"""Where new files wait."""
NOTES = (f"{MANIFEST}.both", f"{MANIFEST}.last")
"""Manifests that wait: of the old and the new files together, and of the new ones."""
RESERVED = (MANIFEST, STAGING, LOCK, *NOTES)
"""The names in an output folder that are sitegen's own."""
PIECE = 1_000_000
"""So many bytes of a file that is not read as a whole are in memory at a time."""


def written_folders(root: Path) -> tuple[str, ...]:
    """The folders of a site that builds write, whether they are there or not; what is a link in their place is none."""
    base = real_path(root)
    return posixpath.join(base, OUTPUT), posixpath.join(base, MEMORY)  # the base may be a whole disk


def is_content(name: str) -> bool:
    """Whether a file or a link is called as content files are."""
    return name[-9:].lower().endswith((".md", ".markdown"))


class Unread(Exception):
    """A source cannot be read; `problem` says why."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


def read_pieces(location: str, path: str, *, pointers: bool = False) -> Generator[bytes, None, None]:
    """The content of a source, which may be larger than the memory, by its location on disk and its path in the site.
    No link is followed: what has become one since the source was found, no file any more, or longer while it is read,
    is a problem; so is a pointer that Git has in place of a large file, unless `pointers` will do. Raises Unread."""
    try:
        with os.fdopen(open_without_links(location), "rb", buffering=0) as file:
            left = os.fstat(file.fileno()).st_size
            while piece := file.read(min(left + 1, PIECE)):
                left -= len(piece)
                if left < 0:
                    raise Unread(problem("changed-meanwhile", Place(path)))
                if pointer := None if pointers or left else _POINTER.match(piece):
                    command = "git lfs pull" if pointer["lfs"] else "git annex get"
                    raise Unread(problem("git-pointer", Place(path), command=command))
                yield piece
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENOENT):
            raise Unread(too_long(location, path) or problem("changed-meanwhile", Place(path))) from None
        raise Unread(problem("unreadable-file", Place(path), reason=error.strerror or "unknown reason")) from None


def read_bytes(location: str, path: str, *, pointers: bool = False, most: int = LARGEST) -> bytes | Problem:
    """The same as a whole; more than `most` bytes are a problem too."""
    pieces: list[bytes] = []
    left = most
    try:
        for piece in read_pieces(location, path, pointers=pointers):
            left -= len(piece)
            if left < 0:
                words = {"size": os.stat(location).st_size, "setting": "file_bytes" if is_content(path) else None}  # noqa: PTH116
                return problem("file-too-large", Place(path), limit=most, **words)
            pieces.append(piece)
    except Unread as error:
        return error.problem
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def digest_source(location: str, path: str, *, pointers: bool = False) -> str | Problem:
    """The digest of a source."""
    try:
        return measure(read_pieces(location, path, pointers=pointers))[1]
    except Unread as error:
        return error.problem


# Git LFS, specification of pointers; git-annex, pointer files, and links where the disk has none.
_POINTER = re.compile(
    rb"(?P<lfs>version https?://[^\s]+/spec/v?\d+\r?\noid )|(?:(?:\.\./)*\.git)?/annex/objects/[^\s]+\s*\Z"
)


def locate(root: Path, path: str) -> str | Problem:
    """The real path of a file of the site, whether it is there or not."""
    try:
        location = resolve(f"{root}/{path}")
    except OSError as error:
        if error.errno == errno.ELOOP:
            return problem("leads-in-a-circle", Place(path), target=target_of(f"{root}/{path}", real_path(root)))
        return problem("unreadable-file", Place(path), reason=error.strerror or "unknown reason")
    if is_below(location, real_path(root)):
        return location
    return problem("leads-outside", Place(path), target=target_of(f"{root}/{path}", real_path(root)))


def real_path(path: str | Path) -> str:
    """The real path of a folder, whether it is there or not; its own where links lead in a circle."""
    try:
        return resolve(path)
    except OSError:
        return slashed(os.path.abspath(path))  # noqa: PTH100 - a text already


def resolve(path: str | Path) -> str:
    """The real path, with / on all systems, whether anything is there or not. Raises OSError: ELOOP for a link that
    leads in a circle, or through very many others."""
    with suppress(FileNotFoundError, NotADirectoryError):
        os.stat(path)  # noqa: PTH116 - the system follows some forty links, Python any number
    return slashed(os.path.realpath(path))


def read_source(root: Path, path: str) -> bytes | Problem:
    """The content of a text of the site, by its path; links within the site are followed."""
    location = locate(root, path)
    return location if isinstance(location, Problem) else read_bytes(location, path, most=LARGEST_TEXT)


def read_regular(path: str | Path) -> bytes:
    """The bytes of a regular file, no link to one. Raises OSError, also where there are too many."""
    with os.fdopen(open_regular(path), "rb") as file:
        if os.fstat(file.fileno()).st_size > LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        return file.read()


def digest_regular(path: str | Path) -> str:
    """The digest of such a file, however large. Raises OSError."""
    with os.fdopen(open_regular(path), "rb", buffering=0) as file:
        return measure(iter(partial(file.read, PIECE), b""))[1]


def too_long(location: str, path: str) -> Problem | None:
    """The problem of a place on the disk that has more letters than this system takes, in UTF-16: of what lies there,
    or comes there from a source with this path."""
    most = longest_path()
    if most is None or (length := len(location.encode("utf-16-le", "surrogatepass")) // 2) <= most:
        return None
    return problem("path-too-long", Place(path), location=location, length=length, limit=most)


def is_below(location: str, folder: str) -> bool:
    """Whether a real path is that of a folder or lies in it."""
    return location == folder or location.startswith(f"{folder.rstrip('/')}/")


def decode(data: bytes, path: str) -> str | Problem:
    """UTF-8 text without BOM and control characters, with LF line ends, in NFC; or the place of the first byte that is
    not UTF-8."""
    data = without_controls(data).removeprefix(BOM_UTF8)
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        return nfc(data.decode())
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode()) + 1
        return problem("invalid-utf8", Place(path, line, column), byte=f"{data[error.start]:02X}")


def lines_of(root: Path, path: str) -> list[str]:
    """The lines of a file of the site, or of the theme under it, to be shown; none where there is no such text."""
    data = next((data for base in (root, THEME) if isinstance(data := read_source(base, path), bytes)), b"")
    text = without_controls(data).decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    shown = without_secrets(text) if path == SETTINGS else text
    return shown.split("\n") if shown else []


def digest(data: bytes) -> str:
    """A name for content: 128 bits of BLAKE2b (RFC 7693) in hexadecimal."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def measure(pieces: Iterable[bytes]) -> tuple[int, str]:
    """The size, and the same name, of what comes in pieces."""
    size, found = 0, hashlib.blake2b(digest_size=16)
    for piece in pieces:
        size += len(piece)
        found.update(piece)
    return size, found.hexdigest()


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


def target_of(link: str, base: str) -> str:
    """Where a link says that it leads; where the link is further above, what comes of it, seen from the site."""
    with suppress(OSError):
        return link_target(link)
    return posixpath.relpath(real_path(link), base)
