"""Writes the finished site: all of it or nothing, what is no longer made removed, nothing else touched."""

import fcntl
import os
import shutil
from collections.abc import Container, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from functools import cached_property
from itertools import takewhile
from operator import attrgetter
from pathlib import Path
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import Literal

import msgspec
from msgspec import Struct

from .aside import Aside, is_possible
from .files import digest, read_regular
from .manifest import MANIFEST, NOTES, STAGING, identity, is_sealed, read_manifest, write_manifest
from .problems import Place, Problem, problem
from .text import is_path_within

VERY_MANY = 10_000
"""Files that are worth another process to look at."""

Way = Literal["open", "new", "blocked"]
"""To a folder of the output: it is there, it will be made, or something that is not ours is in the way."""


class Made(Struct, frozen=True, gc=False, array_like=True):
    """A file of the output as it was written; a later change shows in size or time."""

    digest: str
    size: int
    modified: int


class Written(Struct, frozen=True):
    """Paths below the output folder. `left`: what is no longer made, but was not as we wrote it."""

    written: tuple[str, ...]
    kept: frozenset[str]
    removed: tuple[str, ...]
    left: tuple[str, ...] = ()


class OutputError(Exception):
    """Nothing was changed; `problems` say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems


class Output:
    """A folder that is being brought up to date. New files are staged beside the old in a tree of their own, which is
    moved into place at the end; the manifest names old and new together meanwhile, so that a build cut short is made
    good by the next one. From the first staged file on no other build may write there, of another site for instance."""

    def __init__(
        self, folder: Path, known: Mapping[str, Made], ours: Container[str] = (), *, clean: bool = False,
        untouched: bool = False,
    ) -> None:  # fmt: skip
        """`known`: files as the last build of this kind left them; `ours`: what the last of any kind wrote here;
        `untouched`: the former are taken to be as they were left."""
        self.folder, self._clean = folder, clean
        self._untouched = untouched
        self._lock: int | None = None
        self._found = identity(folder)
        self.before = read_manifest(folder)
        self._known, self._ours = known, ours
        self._staging: Path | None = None
        self._aside: Aside | None = None
        self._changed: frozenset[str] | None = None
        self._ways: dict[str, Way] = {"": "open"}

    @contextmanager
    def looked_at(self, *, aside: bool) -> Iterator[None]:
        """Meanwhile the files that are known are looked at; `aside`: by another process, where they are very many."""
        if aside and len(self._known) >= VERY_MANY and not self._untouched and is_possible():
            self._aside = Aside(lambda: msgspec.msgpack.encode([*_changed(self.folder, self._known)]))
        try:
            yield
        finally:
            self._take_answer()

    def _take_answer(self) -> None:
        if self._aside is not None:
            answer, self._aside = self._aside.answer(), None
            if answer is not None:
                self._changed = frozenset(msgspec.msgpack.decode(answer, type=list[str]))

    def held(self, paths: Iterable[str]) -> dict[str, str | None]:
        """What `holds` says of each."""
        self._take_answer()
        files, known = {} if self._clean else self.before.files, self._known
        held: dict[str, str | None] = {}
        asked: dict[str, Made] = {}
        for path in paths:
            name, made = files.get(path), known.get(path)
            if name is None or made is None or made.digest != name:
                held[path] = name if name is not None and _holds(f"{self.folder}/{path}", name) else None
            else:
                held[path], asked[path] = name, made
        if not self._untouched:
            for path in _changed(self.folder, asked) if self._changed is None else self._changed & asked.keys():
                held[path] = None
        return held

    def holds(self, path: str) -> str | None:
        """The digest of a file that is as we left it; None when it is gone, changed or not ours."""
        return self.held((path,))[path]

    @property
    def staging(self) -> Path:
        """Where new files wait."""
        if self._staging is None:
            with _as_problem(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True)
                self._hold()
                self._clear()
                staging = self.folder / STAGING
                staging.mkdir()
                self._staging = staging
        assert self._staging is not None
        return self._staging

    def stage(self, path: str, data: bytes) -> Made:
        """Write a file that will be moved into place."""
        return stage(self.staging, path, data)

    def is_whole(self) -> bool:
        """Whether every file is as the build that is remembered left it."""
        files = self.before.files
        if not self._known or self._clean or self._known.keys() != files.keys():
            return False
        return None not in self.held(files).values()

    def made(self, staged: Mapping[str, Made], kept: AbstractSet[str]) -> dict[str, Made]:
        """All files as they are now, for the next build to compare with."""
        files = self.before.files
        found = {p: made for p, made in self._known.items() if p in kept and made.digest == files[p]} | {**staged}
        for path in kept - found.keys():
            stat = (self.folder / path).stat()
            found[path] = Made(files[path], stat.st_size, stat.st_mtime_ns)
        return found

    def finish(self, staged: Mapping[str, Made], kept: AbstractSet[str]) -> Written:
        """Move what is staged into place, remove what is neither staged nor kept. Raises OutputError."""
        before = self.before.files
        with _as_problem(self.folder):
            left = before.keys() - kept - staged.keys()
            removed = sorted(filter(self._is_ours, left))
            self._refuse_foreign(staged, frozenset(removed))
            if staged or left:
                after = {path: name for path, name in before.items() if path not in left}
                after |= {path: made.digest for path, made in staged.items()}
                self._replace(removed, after)
        return Written(tuple(sorted(staged)), frozenset(kept), tuple(removed), tuple(sorted(left.difference(removed))))

    def abandon(self) -> None:
        """Forget what was staged, and let others write here, whatever becomes of it."""
        if self._staging is not None:
            self._clear()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _hold(self) -> None:
        """Refuse when another build is writing here, or has since this one looked."""
        self._lock = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_free = identity(self.folder) == self._found
        except BlockingIOError:
            is_free = False
        except OSError:
            is_free = True  # a disk that knows no locks
        if not is_free:
            raise OutputError((problem("output-in-use", Place(self.folder.name)),))

    def _clear(self) -> None:
        """Take away what a build leaves beside the site, this one or one that was cut short."""
        shutil.rmtree(self.folder / STAGING, ignore_errors=True)
        for name in NOTES:
            with suppress(OSError):
                (self.folder / name).unlink()

    @cached_property
    def _is_sealed(self) -> bool:
        """Whether the manifest was written here, so that what it names is ours even where somebody has changed it."""
        return is_sealed(self.before, self.folder)

    def _is_ours(self, path: str) -> bool:
        """Whether what a manifest names lies in this folder and was written by us, as far as it is there at all: as we
        remember, as the seal says, or by its digest."""
        name = self.before.files.get(path)
        if name is None or not is_path_within(path) or self._way(path.rpartition("/")[0]) == "blocked":
            return False
        place = f"{self.folder}/{path}"
        mode = _mode(place)
        if S_ISDIR(mode):
            return False
        return not mode or path in self._ours or self._is_sealed or _holds(place, name)

    def _refuse_foreign(self, staged: Mapping[str, Made], removed: AbstractSet[str]) -> None:
        """What is not ours may be in the way: a file, a link that leads away, a file where a folder must be. So may
        what stays. Nothing is moved unless everything can be."""
        self._ways = {"": "open"}
        problems = []
        for path, made in staged.items():
            way = self._way(path.rpartition("/")[0], removed)
            if way == "blocked" or (way == "open" and not self._is_free(path, made.digest, removed)):
                problems.append(problem("foreign-file", Place(self.folder.name), output=path))
        if problems:
            raise OutputError(tuple(problems))

    def _way(self, folder: str, removed: AbstractSet[str] = frozenset()) -> Way:
        """What is where a folder must be; below one that is not there, nothing needs to be looked for."""
        known = self._ways
        if folder not in known:
            above = self._way(folder.rpartition("/")[0], removed)
            known[folder] = self._step(folder, removed) if above == "open" else above
        return known[folder]

    def _step(self, folder: str, removed: AbstractSet[str]) -> Way:
        mode = _mode(f"{self.folder}/{folder}")
        if not mode:
            return "new"
        return "open" if S_ISDIR(mode) or (S_ISREG(mode) and folder in removed) else "blocked"

    def _is_free(self, path: str, wanted: str, removed: AbstractSet[str]) -> bool:
        """Whether nothing is there, what we wrote, the same bytes, or a folder of which nothing will be left."""
        place = f"{self.folder}/{path}"
        mode = _mode(place)
        if S_ISDIR(mode):
            start = len(f"{self.folder}/")
            return all(found[start:] in removed for found in _ends(place))
        return not mode or self._is_ours(path) or _holds(place, wanted)

    def _replace(self, removed: list[str], after: Mapping[str, str]) -> None:
        staging = self.staging
        try:
            both, last = (self.folder / name for name in NOTES)
            write_manifest(both, self.folder, {**after, **self.before.files})
            write_manifest(last, self.folder, after)  # while nothing has been moved, since the disk may be full
            os.replace(both, self.folder / MANIFEST)
            for path in removed:
                (self.folder / path).unlink(missing_ok=True)
                _remove_empty_folders(self.folder, (self.folder / path).parent)
            _move(str(staging), str(self.folder))
            os.replace(last, self.folder / MANIFEST)
        finally:
            self.abandon()


def stage(staging: Path, path: str, data: bytes, name: str = "") -> Made:
    """Write a file below the staging folder; may be called by any process that can reach it. `name` is the digest of
    the data, where it is known. Raises OutputError."""
    if not is_path_within(path):
        raise OutputError((problem("invalid-path", Place(staging.parent.name), value=path),))
    target = f"{staging}/{path}"
    with _as_problem(staging.parent):
        try:
            file = os.open(target, _NEW, 0o666)
        except FileNotFoundError:
            (staging / path).parent.mkdir(parents=True, exist_ok=True)
            file = os.open(target, _NEW, 0o666)
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(file, left) :]
            stat = os.fstat(file)
        finally:
            os.close(file)
    return Made(name or digest(data), stat.st_size, stat.st_mtime_ns)


_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


@contextmanager
def _as_problem(folder: Path) -> Iterator[None]:
    """A disk that refuses is the user's to mend."""
    try:
        yield
    except OSError as error:
        name = Path(os.fsdecode(error.filename)).name if error.filename else folder.name
        reason = f"{error.strerror or error} ({name})"
        raise OutputError((problem("unwritable-output", Place(folder.name), reason=reason),)) from error


def _changed(folder: Path, known: Mapping[str, Made]) -> Iterator[str]:
    """The paths of files that are not as they were left, by size and time."""
    base = f"{folder}/"
    for path, made in known.items():
        try:
            stat = os.lstat(base + path)
        except OSError:
            yield path
        else:
            if stat.st_mtime_ns != made.modified or stat.st_size != made.size:
                yield path


def _move(source: str, target: str) -> None:
    """Move all that a folder holds into another: a whole folder at once where there is none yet, else its parts."""
    for entry in sorted(os.scandir(source), key=attrgetter("name")):
        place = f"{target}/{entry.name}"
        if entry.is_dir(follow_symlinks=False) and S_ISDIR(_mode(place)):
            _move(entry.path, place)
        else:
            os.replace(entry.path, place)


def _holds(path: str, expected: str) -> bool:
    """Whether a file, and no link to one, has this digest."""
    try:
        return digest(read_regular(path)) == expected
    except OSError:
        return False


def _mode(path: str) -> int:
    """What lies at a path, no link followed; 0 where nothing does."""
    try:
        return os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _ends(folder: str) -> Iterator[str]:
    """All that lies in a folder but the folders on the way to it: files, links, folders with nothing in them."""
    for at, folders, names in os.walk(folder):
        yield from (f"{at}/{name}" for name in names)
        yield from (f"{at}/{name}" for name in folders if S_ISLNK(_mode(f"{at}/{name}")))
        if not folders and not names:
            yield at


def _remove_empty_folders(folder: Path, start: Path) -> None:
    for parent in takewhile(lambda parent: parent != folder, (start, *start.parents)):
        try:
            parent.rmdir()
        except OSError:
            return
