"""Sources of a site: every file that its folders hold, found by path; links within the site are followed.

Whatever lies there, that takes no longer than it must: a circle of links ends at once, links that lead to links bring
no more than so many files, and nothing lies deeper than so many folders.
"""

import errno
import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from stat import S_IFDIR, S_IFIFO, S_IFMT, S_IFSOCK, S_ISDIR, S_ISREG
from typing import Literal, NamedTuple

from msgspec import Struct

from .files import (
    FOLDERS,
    ROOT,
    SETTINGS,
    SOURCES,
    TAGS,
    THEME,
    is_below,
    is_content,
    locate,
    real_path,
    resolve,
    target_of,
    too_long,
    written_folders,
)
from .globs import Glob, read_glob
from .leftovers import is_passed_over
from .problems import Checked, Place, Problem, misnamed, problem
from .system.status import is_link
from .text import DEEPEST, LONGEST_PATH, caseless, fits_on_disk, nfc, unportable

Kind = Literal["settings", "content", "file", "layout", "catalogue", "asset", "root", "font"]

MOST_LINKED = 10_000
"""Files and folders that a site may have by way of links: a folder that two links lead to is there twice, and links
that lead to links double that again and again."""


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
        walk = _Walk(real_path(base), written, problems, globs)
        own = {source.path: source for folder in folders for source in walk.files(folder)}
        if base is theme:
            own = {f"theme/{path}" if source.kind == "catalogue" else path: source for path, source in own.items()}
        problems += _beside(own, sources)
        hidden = own.keys() & sources.keys()
        sources |= {f"theme/{path}": sources[path] for path in hidden if sources[path].kind == "layout"}
        sources |= own
    problems += _misspelt(root)
    settings = find_settings(root)
    if isinstance(settings, Problem):
        problems.append(settings)
    elif settings:
        sources[SETTINGS] = settings
    return {path: sources[path] for path in sorted(sources)}, tuple(problems)


def find_settings(root: Path) -> Source | Problem | None:
    """The settings of a site, if it has any."""
    location = locate(root, SETTINGS)
    if isinstance(location, Problem):
        return location
    try:
        stat = os.stat(location)  # noqa: PTH116 - a text already
    except (FileNotFoundError, NotADirectoryError):
        link = f"{root}/{SETTINGS}"
        is_link = os.path.islink(link)  # noqa: PTH114
        return problem("leads-nowhere", Place(SETTINGS), target=target_of(link, str(root))) if is_link else None
    except OSError as error:
        return problem("unreadable-file", Place(SETTINGS), reason=error.strerror or "unknown reason")
    if not S_ISREG(stat.st_mode):
        return problem("not-a-file", Place(SETTINGS), found=_called(stat.st_mode))
    return _source(SETTINGS, location, stat)


def _beside(own: Iterable[str], theme: Iterable[str]) -> Iterator[Problem]:
    """Of what a site lays over its theme, what lies beside that instead, or is published beside it on some disks."""
    known = {caseless(step): step for path in theme for step in _steps(path)}
    for path in own:
        for step in _steps(path) if known and path.startswith(("layouts/", "assets/")) else ():
            wanted = known.get(caseless(step), step)
            if wanted != step:
                yield problem("other-spelling", Place(step), name=wanted)
                break


def _steps(path: str) -> list[str]:
    """The folders on the way to a path, from the outside, and itself."""
    parts = path.split("/")
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def _misspelt(root: Path) -> Iterator[Problem]:
    """Of what must have a certain name at the top of a site, what only some disks find by it."""
    names: list[str] = []
    with suppress(OSError):
        names = os.listdir(root)  # noqa: PTH208 - names alone
    for name in names:
        wanted = caseless(name)
        if wanted != name and wanted in (SETTINGS, *FOLDERS):
            yield problem("other-spelling", Place(name), name=wanted)


class _Folder(NamedTuple):
    """A folder on the way. `real`: where it lies and the folders that led there, without links, so that a link to one
    of them is a circle; `link`: the path of the first link that led there."""

    path: str
    real: tuple[str, ...]
    link: str = ""


class _Walk:
    """A walk through folders of sources in `base`; see `find`."""

    def __init__(self, base: str, closed: frozenset[str], problems: list[Problem], exclude: tuple[Glob, ...]) -> None:
        self._base, self._closed, self._problems, self._exclude = base, closed, problems, exclude
        self._start = f"{base.rstrip('/')}/"
        self._linked = 0
        self._blamed: set[str] = set()
        self._followed: dict[str, tuple[str, os.stat_result | None] | None] = {}

    def files(self, name: str) -> Iterator[Source]:
        """All files in one of the folders; none of those behind links where these are too many."""
        found: list[Source] = []
        linked: list[Source] = []
        pending = [*self._top(name)]
        while pending:
            folder = pending.pop()
            below = [*self._look_into(folder, linked if folder.link else found)]
            if folder.link and self._linked > MOST_LINKED:
                self._note("too-many-behind-links", folder.link, most=MOST_LINKED)
                linked, below = [], []
                pending = [other for other in pending if not other.link]
            pending += reversed(below)
        return iter((*found, *linked))

    def _top(self, name: str) -> Iterator[_Folder]:
        place = self._start + name
        try:
            location = resolve(place)
            if not self._is_open(name, place, location):
                return
            if S_ISDIR(os.stat(location).st_mode):  # noqa: PTH116 - a text already
                yield _Folder(name, (location,))
            else:
                self._note("not-a-folder", name)
        except OSError as error:
            is_link = os.path.islink(place)  # noqa: PTH114
            if is_link or error.errno != errno.ENOENT:
                self._blame(name, error, place if is_link else "")

    def _look_into(self, folder: _Folder, found: list[Source]) -> Iterator[_Folder]:
        """The folders in a folder; its files come to those that are `found`."""
        try:
            entries = sorted(os.scandir(folder.real[-1]), key=_name)
        except OSError as error:
            self._blame(folder.path, error)
            return
        self._linked += len(entries) if folder.link else 0
        spelt: dict[str, str] = {}
        real = folder.real[-1].rstrip("/")
        for entry in entries:
            name = self._name_in_site(folder.path, entry, spelt)
            if not name:
                continue
            path, place, is_linked = f"{folder.path}/{name}", f"{real}/{entry.name}", is_link(entry)
            if len(path) > _LONG and not fits_on_disk(path):
                self._note_once(place, "lies-too-deep", path, depth=DEEPEST, most=LONGEST_PATH)
                continue
            try:
                there = self._follow(path, place) if is_linked else (place, _stat(entry))
            except OSError as error:
                self._blame(path, error)
                continue
            if there is None:
                continue
            location, stat = there
            if stat is None or S_ISDIR(stat.st_mode):
                if self._may_enter(folder, path, location, place):
                    yield _Folder(path, (*folder.real, location), folder.link or (path if is_linked else ""))
            elif S_ISREG(stat.st_mode):
                found.append(_source(path, location, stat))
            else:
                self._note("not-a-file", path, found=_called(stat.st_mode))

    def _follow(self, path: str, link: str) -> tuple[str, os.stat_result | None] | None:
        """Where a link leads that lies at a place on the disk, and what is there; None where no source may be. By
        however many paths it is met, it is followed and blamed once."""
        if link not in self._followed:
            self._followed[link] = None
            try:
                location = resolve(link)
                if self._is_open(path, link, location):
                    self._followed[link] = location, os.stat(location)  # noqa: PTH116
            except OSError as error:
                self._blame(path, error, link)
        return self._followed[link]

    def _may_enter(self, folder: _Folder, path: str, location: str, place: str) -> bool:
        """Whether a folder at a path is one to look into. `place`: where it, or the link to it, lies on disk."""
        if path in (TAGS, SOURCES):
            self._note("not-a-file", path, found=_called(S_IFDIR))
        elif location in folder.real:
            path = place[len(self._start) :]
            self._note_once(place, "leads-in-a-circle", path, target=target_of(place, self._base))
        elif location != place:
            return self._linked <= MOST_LINKED
        else:
            return location not in self._closed or self._is_open(path, place, location)
        return False

    def _name_in_site(self, path: str, entry: "os.DirEntry[str]", spelt: dict[str, str]) -> str:
        """What an entry of the folder `path` is called in the site; nothing where it is passed over. `spelt`: how names
        that are there already are spelt on the disk."""
        name, common, is_portable, is_none = _looked_at(entry.name)
        if is_none or (name[0] == "." and is_passed_over(name, path)):
            return ""
        if self._exclude and path.startswith("content"):
            below = f"{path}/{name}".partition("/")[2]
            if any(glob.matches(below) and (not glob.folders or entry.is_dir()) for glob in self._exclude):
                return ""
        other = spelt.setdefault(common, entry.name)
        if other != entry.name:
            one, two = (other, name) if nfc(other) != name else (ascii(other)[1:-1], ascii(entry.name)[1:-1])
            self._note("same-name", f"{path}/{name}", one=one, other=two)
            return ""
        if not is_portable:
            self._problems.append(misnamed("invalid-file-name", Place(f"{path}/{name}"), name))
            return ""
        return name

    def _is_open(self, path: str, link: str, location: str) -> bool:
        """Whether sources may lie at a real path, to which a link may have led: in the site, and not in what builds
        write."""
        code = None
        if not is_below(location, self._base):
            code = "leads-outside"
        elif any(is_below(location, folder) or is_below(folder, location) for folder in self._closed):
            code = "leads-to-output"
        elif any(part[0] == "." for part in location[len(self._base) :].split("/") if part):
            code = "leads-to-hidden"
        if code:
            self._note(code, path, target=target_of(link, self._base))
        return code is None

    def _blame(self, path: str, error: OSError, link: str = "") -> None:
        """Say why what lies at a path cannot be read. `link`: where it lies on disk, if it is a link."""
        if error.errno == errno.ELOOP and link:
            self._note("leads-in-a-circle", path, target=target_of(link, self._base))
        elif error.errno in (errno.ENOENT, errno.ENOTDIR):
            if link:
                self._note("leads-nowhere", path, target=target_of(link, self._base))
            else:
                found = too_long(self._start + path, path)
                self._problems.append(found or problem("changed-meanwhile", Place(path)))
        else:
            self._note("unreadable-file", path, reason=error.strerror or "unknown reason")

    def _note_once(self, place: str, code: str, path: str, **words: object) -> None:
        """The same of what lies at a place on the disk, however many paths lead there."""
        if place not in self._blamed:
            self._blamed.add(place)
            self._note(code, path, **words)

    def _note(self, code: str, path: str, **words: object) -> None:
        self._problems.append(problem(code, Place(path), **words))


@lru_cache(4096)
def _looked_at(name: str) -> tuple[str, str, bool, bool]:
    """A name in NFC, what it has in common with other spellings, whether every disk can hold it, and whether it is
    passed over in any folder, as far as it does not begin with a point; many files are called alike."""
    name = nfc(name)
    return name, caseless(name), unportable(name) is None, name[0] != "." and is_passed_over(name, "")


_name = attrgetter("name")
_LONG = 2 * DEEPEST - 1
"""Letters of a path that may be too long, in folders with names of one."""


def _stat(entry: "os.DirEntry[str]") -> os.stat_result | None:
    """None for a folder, of which nothing more need be known."""
    return None if entry.is_dir() else entry.stat()


def _source(path: str, location: str, stat: os.stat_result) -> Source:
    return Source(path, _kind(path), location, stat.st_size, _moment(stat.st_mtime_ns), _moment(stat.st_ctime_ns))


def _moment(nanoseconds: int) -> int:
    """A time as 64 bits hold it: Windows counts from 1601, and dates there what has no date."""
    return nanoseconds if abs(nanoseconds) <= _FARTHEST else _FARTHEST if nanoseconds > 0 else -_FARTHEST


_FARTHEST = 2**63 - 1


def _called(mode: int) -> str:
    """What is no file."""
    names = {S_IFDIR: "a folder", S_IFIFO: "a pipe", S_IFSOCK: "a socket"}
    return names.get(S_IFMT(mode), "a device")


def _kind(path: str) -> Kind:
    if path.startswith("content/"):
        if is_content(path):
            return "content"
        return "settings" if path in (TAGS, SOURCES) else "file"
    if path.startswith("layouts/"):
        return "catalogue" if path.endswith(".po") else "layout"
    if path == SETTINGS:
        return "settings"
    return "font" if path.startswith("fonts/") else "root" if path.startswith(ROOT) else "asset"
