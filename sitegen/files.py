"""Files of a site: found, read, digested, and nothing outside its folder.

Sources are opened here alone, step by step from the root of the disk and following no link, since a folder may become
one after it was found; that costs 12 µs a file.
"""

import errno
import hashlib
import os
import re
from codecs import BOM_UTF8
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG
from typing import Literal, NamedTuple

from msgspec import Struct

from .globs import Glob, read_glob
from .problems import Checked, Place, Problem, problem
from .text import CONTROLS, LARGEST, LARGEST_TEXT, nfc, without_controls

Kind = Literal["settings", "content", "file", "layout", "catalogue", "asset", "root", "font"]

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
RESERVED = (MANIFEST, STAGING, *NOTES)
"""The names in an output folder that are sitegen's own."""


class Source(Struct, frozen=True, gc=False):
    """A file found: `path` is relative to the site, with / and in NFC; `location` is where it lies on disk; times in
    nanoseconds, of its content and of its entry on the disk."""

    path: str
    kind: Kind
    location: str
    size: int
    modified: int
    changed: int


def find(
    root: Path, theme: Path = THEME, closed: Collection[str] = (), exclude: Iterable[str] = ()
) -> Checked[dict[str, Source]]:
    """All sources of a site by path, in path order. `theme` lies under its layouts/ and assets/: a file of the
    site hides the theme's of the same path, which then goes by theme/layouts/…, as all its catalogues do. `closed`: the
    real path of another folder than the site's own that builds write; no source may lie in one. `exclude`: patterns of
    files below content/ that are none of the site's."""
    problems: list[Problem] = []
    written = frozenset((*closed, *written_folders(root)))
    globs = tuple(read_glob(pattern, "content") for pattern in exclude)
    sources: dict[str, Source] = {}
    for base, folders in ((theme, ("layouts", "assets")), (root, FOLDERS)):
        walk = _Walk(os.path.realpath(base), written, problems, globs, [])
        for folder in folders:
            _walk_top(walk, folder)
        own = {source.path: source for source in walk.found}
        if base is theme:
            own = {f"theme/{path}" if source.kind == "catalogue" else path: source for path, source in own.items()}
        hidden = own.keys() & sources.keys()
        sources |= {f"theme/{path}": sources[path] for path in hidden if sources[path].kind == "layout"}
        sources |= own
    settings = find_settings(root)
    if isinstance(settings, Problem):
        problems.append(settings)
    elif settings:
        sources[SETTINGS] = settings
    return {path: sources[path] for path in sorted(sources)}, tuple(problems)


def find_settings(root: Path) -> Source | Problem | None:
    """The settings of a site, if it has any."""
    location = locate(root, SETTINGS)
    if isinstance(location, Problem) or not os.path.isfile(location):  # noqa: PTH113 - a text already
        return location if isinstance(location, Problem) else None
    stat = os.stat(location)  # noqa: PTH116
    return Source(SETTINGS, "settings", location, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def written_folders(root: Path) -> tuple[str, ...]:
    """The folders of a site that builds write, whether they are there or not; what is a link in their place is none."""
    base = os.path.realpath(root)
    return f"{base}/{OUTPUT}", f"{base}/{MEMORY}"


def is_content(name: str) -> bool:
    """Whether a file or a link is called as content files are."""
    return name[-9:].lower().endswith((".md", ".markdown"))


def read_bytes(location: str, path: str, *, pointers: bool = False, most: int = LARGEST) -> bytes | Problem:
    """The content of a source, by its location on disk and its path in the site. No link is followed: what has become
    one since the source was found, no file any more or longer while it is read, is a problem; so are more than `most`
    bytes, and a pointer that Git has in place of a large file, unless `pointers` will do."""
    try:
        with os.fdopen(_open_without_links(location), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = file.read(size + 1) if size <= most else b""
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EINVAL):
            return problem("changed-meanwhile", Place(path))
        return problem("unreadable-file", Place(path), reason=error.strerror or "unknown reason")
    if size > most:
        setting = "file_bytes" if is_content(path) else None
        return problem("file-too-large", Place(path), limit=most, size=size, setting=setting)
    if len(data) > size:
        return problem("changed-meanwhile", Place(path))
    pointer = None if pointers else _POINTER.match(data)
    if pointer:
        return problem("git-pointer", Place(path), command="git lfs pull" if pointer["lfs"] else "git annex get")
    return data


# Git LFS, specification of pointers; git-annex, pointer files, and links where the disk has none.
_POINTER = re.compile(
    rb"(?P<lfs>version https?://[^\s]+/spec/v?\d+\r?\noid )|(?:(?:\.\./)*\.git)?/annex/objects/[^\s]+\s*\Z"
)


def locate(root: Path, path: str) -> str | Problem:
    """The real path of a file of the site, whether it is there or not."""
    location = os.path.realpath(root / path)
    if is_below(location, os.path.realpath(root)):
        return location
    return problem("leads-outside", Place(path), target=_target(f"{root}/{path}", os.path.realpath(root)))


def read_source(root: Path, path: str) -> bytes | Problem:
    """The content of a text of the site, by its path; links within the site are followed."""
    location = locate(root, path)
    return location if isinstance(location, Problem) else read_bytes(location, path, most=LARGEST_TEXT)


def open_regular(path: str | Path, flags: int = os.O_RDONLY, folder: int | None = None) -> int:
    """A descriptor of a regular file; `folder`: the descriptor of the one that `path` starts from. Raises OSError, for
    a link (ELOOP) or anything else that is no file (EINVAL) too, and then nothing was waited for."""
    file = os.open(path, flags | _ONLY_THIS, 0o666, dir_fd=folder)
    if not S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(path))
    return file


def read_regular(path: str | Path) -> bytes:
    """The bytes of a regular file, no link to one. Raises OSError."""
    with os.fdopen(open_regular(path), "rb") as file:
        return file.read()


def is_below(location: str, folder: str) -> bool:
    """Whether a real path is that of a folder or lies in it."""
    return location == folder or location.startswith(f"{folder.rstrip(os.sep)}{os.sep}")


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
    """The lines of a file of the site, or of the theme under it; none where there is no such text."""
    data = next((data for base in (root, THEME) if isinstance(data := read_source(base, path), bytes)), b"")
    text = without_controls(data).decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n") if text else []


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


class _Walk(NamedTuple):
    """A walk through the folders of sources in `base`; see `find`."""

    base: str
    closed: frozenset[str]
    problems: list[Problem]
    exclude: tuple[Glob, ...]
    found: list[Source]


def _walk_top(walk: _Walk, folder: str) -> None:
    location = os.path.realpath(f"{walk.base}/{folder}")
    if _is_open(walk, folder, f"{walk.base}/{folder}", location):
        _walk(walk, (location,), folder)


def _walk(walk: _Walk, real: tuple[str, ...], path: str) -> None:
    """The files of the folder `path`. `real`: where it lies and the folders that led there, without links, so that a
    link to one of them ends the walk."""
    try:
        entries = sorted(os.scandir(real[-1]), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        walk.problems.append(problem("unreadable-file", Place(path), reason=error.strerror or "unknown reason"))
        return
    spelt: dict[str, str] = {}
    for entry in entries:
        name, location = _name_in_site(walk, path, entry, spelt), entry.path
        if not name:
            continue
        entry_path = f"{path}/{name}"
        if entry.is_symlink():
            location = os.path.realpath(location)
            if not _is_open(walk, entry_path, entry.path, location):
                continue
        stat = _stat(walk, entry, entry_path)
        if stat == "folder":
            if location not in real and (
                location not in walk.closed or _is_open(walk, entry_path, entry.path, location)
            ):
                _walk(walk, (*real, location), entry_path)
        elif stat is not None and S_ISREG(stat.st_mode):
            walk.found.append(
                Source(entry_path, _kind(entry_path), location, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            )


def is_passed_over(name: str, folder: str) -> bool:
    """Whether an entry of a folder is what editors, systems and version control leave beside files. At the site's root
    names that begin with a point are published too, such as .well-known."""
    if name[-1] == "~" or (name[0] == "#" and name[-1] == "#"):
        return True
    is_published = f"{folder}/".startswith(ROOT) and not _LEFT_BEHIND.match(name)
    return name[0] == "." and not is_published


_LEFT_BEHIND = re.compile(r"\.(git|svn|hg|DS_Store$|AppleDouble$|_|#|nfs|.*\.sw[a-p]$)")


def _name_in_site(walk: _Walk, path: str, entry: "os.DirEntry[str]", spelt: dict[str, str]) -> str:
    """What an entry of the folder `path` is called in the site; nothing where it is passed over. `spelt`: how names
    that are there already are spelt on the disk."""
    name = nfc(entry.name)
    if is_passed_over(name, path):
        return ""
    if walk.exclude and path.startswith("content"):
        below = f"{path}/{name}".partition("/")[2]
        if any(glob.matches(below) and (not glob.folders or entry.is_dir()) for glob in walk.exclude):
            return ""
    other = spelt.setdefault(name, entry.name)
    if other != entry.name:
        words = {"one": ascii(other)[1:-1], "other": ascii(entry.name)[1:-1]}
        walk.problems.append(problem("same-name", Place(f"{path}/{name}"), **words))
        return ""
    if "\\" in name or CONTROLS.search(name):
        walk.problems.append(problem("invalid-file-name", Place(f"{path}/{name}"), name=repr(name)))
        return ""
    return name


def _stat(walk: _Walk, entry: "os.DirEntry[str]", path: str) -> os.stat_result | Literal["folder"] | None:
    """What an entry of a folder is; None where a link leads to nothing, or to itself."""
    try:
        return "folder" if entry.is_dir() else entry.stat()
    except FileNotFoundError:
        if not entry.is_symlink():
            raise  # gone meanwhile: whoever builds again and again looks again
    except OSError as error:
        walk.problems.append(problem("unreadable-file", Place(path), reason=error.strerror or "unknown reason"))
    return None


def _is_open(walk: _Walk, path: str, link: str, location: str) -> bool:
    """Whether sources may lie at a real path, to which a link may have led."""
    code = None
    if not is_below(location, walk.base):
        code = "leads-outside"
    elif any(is_below(location, folder) or is_below(folder, location) for folder in walk.closed):
        code = "leads-to-output"
    elif any(part[0] == "." for part in location[len(walk.base) :].split("/") if part):
        code = "leads-to-hidden"
    if code:
        walk.problems.append(problem(code, Place(path), target=_target(link, walk.base)))
    return code is None


def _target(link: str, base: str) -> str:
    """Where a link says that it leads; where the link is further above, what comes of it, seen from the site."""
    with suppress(OSError):
        return os.readlink(link)
    return os.path.relpath(os.path.realpath(link), base)


_ONLY_THIS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_STEP = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | _ONLY_THIS


def _open_without_links(location: str) -> int:
    """A descriptor of the regular file at an absolute path, no part of which is a link: opened step by step, since a
    folder may become one at any moment. Raises OSError."""
    if os.open not in os.supports_dir_fd:
        return open_regular(location)
    first, *folders, name = location.split("/")
    folder = os.open(f"{first}/", _STEP)
    try:
        for step in folders:
            below = os.open(step, _STEP, dir_fd=folder)
            os.close(folder)
            folder = below
        return open_regular(name, folder=folder)
    finally:
        os.close(folder)


def _kind(path: str) -> Kind:
    if path.startswith("content/"):
        if is_content(path):
            return "content"
        return "settings" if path in (TAGS, SOURCES) else "file"
    if path.startswith("layouts/"):
        return "catalogue" if path.endswith(".po") else "layout"
    return "font" if path.startswith("fonts/") else "root" if path.startswith(ROOT) else "asset"
