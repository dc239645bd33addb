"""Writes the finished site: all of it or nothing, what is no longer made removed, nothing else touched.

Nothing is moved before it is certain that all can be. What somebody changed is made again, where the manifest is sealed
or .sitegen/ remembers the file.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from stat import S_ISDIR
from typing import TYPE_CHECKING

from msgspec import Struct

from sitegen.cache.file_state import Made
from sitegen.files import MANIFEST, NOTES, STAGING, digest, measure, too_long
from sitegen.problems import Place, Problem, problem
from sitegen.system.disk import (
    FileInUse,
    longest_path,
    move_content,
    remove,
    remove_folder,
    replace,
    require_free,
    slashed,
)
from sitegen.system.locks import InUse, lock
from sitegen.system.status import mode_of
from sitegen.text import unportable

from .manifest import (
    Manifest,
    Ownership,
    decode_manifest,
    has_digest,
    manifest_text,
    seal,
    write_manifest,
)

if TYPE_CHECKING:
    from sitegen.site.urls import Page


class Written(Struct, frozen=True):
    """Paths below the output folder. `left`: what is no longer made, but was not as we wrote it."""

    written: tuple[str, ...]
    kept: frozenset[str]
    removed: tuple[str, ...]
    left: tuple[str, ...] = ()


class OutputError(Exception):
    """Nothing was changed, or only in part; `problems` say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems)
        self.problems = problems


class Output:
    """A folder that is being brought up to date. New files are staged beside the old in a tree of their own, which is
    moved into place at the end; the manifest names old and new together meanwhile, so that a build cut short is made
    good by the next one. From the first staged file on no other build may write there, of another site for instance."""

    def __init__(
        self, folder: Path, known: Mapping[str, Made], ours: Mapping[str, Made] = {}, *, clean: bool = False,
        untouched: bool = False,
    ) -> None:  # fmt: skip
        """`known`: files as the last build of this kind left them; `ours`: what the last of any kind wrote here, which
        is a claim where there is no manifest that says so too; `untouched`: the former are taken to be as they were
        left."""
        self.folder, self._clean = folder, clean
        self._untouched = untouched
        self._let_go: Callable[[], None] | None = None
        self._found = manifest_text(folder)
        self.before = decode_manifest(self._found)
        self._is_lost = not self.before.files and bool(ours)
        if self._is_lost:
            there = {path: made.digest for path, made in ours.items() if mode_of(f"{folder}/{path}")}
            self.before, ours = Manifest(there), {}
        self._known, self._owned = known, Ownership(folder, self.before, ours, is_lost=self._is_lost)
        self._staging: Path | None = None
        self._folders: tuple[Path, ...] = ()
        """Those that were not there, the innermost first."""
        self.is_touched = False
        """Whether anything in it may be another now than it was."""

    def intact(self, paths: Iterable[str]) -> dict[str, str | None]:
        """What `intact_digest` says of each."""
        files, known = {} if self._clean else self.before.files, self._known
        found: dict[str, str | None] = {}
        asked: dict[str, Made] = {}
        for path in paths:
            name, made = files.get(path), known.get(path)
            if name is None or made is None or made.digest != name:
                found[path] = name if name is not None and has_digest(f"{self.folder}/{path}", name) else None
            else:
                found[path], asked[path] = name, made
        if not self._untouched:
            for path in _changed(self.folder, asked):
                found[path] = None
        return found

    def intact_digest(self, path: str) -> str | None:
        """The digest of a file that is as we left it; None when it is gone, changed or not ours."""
        return self.intact((path,))[path]

    @property
    def staging(self) -> Path:
        """Where new files wait."""
        if self._staging is None:
            with _as_problem(self.folder):
                above = (self.folder, *self.folder.parents)
                self._folders = tuple(takewhile(lambda folder: not os.path.lexists(folder), above))
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

    def copy(self, path: str, pieces: Iterable[bytes]) -> Made:
        """The same of a file that may be larger than the memory."""
        return stage_pieces(self.staging, path, pieces)

    def is_whole(self) -> bool:
        """Whether every file is as the build that is remembered left it."""
        files = self.before.files
        if not self._known or self._clean or self._is_lost or self._known.keys() != files.keys() or self.before.left:
            return False
        return None not in self.intact(files).values()

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
            gone = before.keys() - kept - staged.keys()
            left = gone - self._owned.respelt(gone, kept) if gone else gone
            removed = sorted(filter(self._owned.is_ours, left))
            foreign = self._owned.in_the_way({path: made.digest for path, made in staged.items()}, removed)
            if foreign:
                place = Place(self.folder.name)
                raise OutputError(tuple(problem("foreign-file", place, output=path) for path in foreign))
            behind = self._owned.left_behind({*left, *self.before.left} - kept - staged.keys() - {*removed})
            if staged or gone or self._is_lost:
                after = {path: name for path, name in before.items() if path not in gone}
                after |= {path: made.digest for path, made in staged.items()}
                require_free(f"{self.folder}/{path}" for path in (*removed, *staged, MANIFEST))
                self._replace(removed, after, behind)
            elif before and before.keys() <= kept and not self._owned.is_sealed:
                with suppress(OSError):  # all of it was as it says
                    seal(self.folder / MANIFEST, self.before, self.folder)
        return Written(tuple(sorted(staged)), frozenset(kept), tuple(removed), behind)

    def require_room(self, pages: "Iterable[Page]") -> None:
        """Make sure that no path of pages that will be staged is too long for this system. Raises OutputError."""
        if longest_path() is None:
            return
        base = f"{slashed(str(self.folder.absolute()))}/{STAGING}"
        found = (too_long(f"{base}/{_with_long_name(page.output)}", page.origin or self.folder.name) for page in pages)
        if problems := tuple(filter(None, found)):
            raise OutputError(problems)

    @contextmanager
    def staged(self) -> "Iterator[Staged]":
        """What is staged from now on; forgotten at the end, unless it was published."""
        try:
            yield Staged(self)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Forget what was staged, with folders that nothing came into, and let others write here, whatever becomes of
        it."""
        if self._staging is not None:
            self._clear()
        if self._let_go is not None:
            self._let_go()
            self._let_go = None
        if self._staging is not None:
            with suppress(OSError):  # they hold the site
                for folder in self._folders:
                    folder.rmdir()

    def _hold(self) -> None:
        """Refuse when another build is writing here, or has since this one looked."""
        is_free = True
        try:
            with suppress(OSError):  # a disk that knows no locks
                self._let_go = lock(self.folder)
                is_free = manifest_text(self.folder) == self._found
        except InUse:
            is_free = False
        if not is_free:
            raise OutputError((problem("output-in-use", Place(self.folder.name)),))

    def _clear(self) -> None:
        """Take away what a build leaves beside the site, this one or one that was cut short."""
        for name in (STAGING, *NOTES):
            place = self.folder / name
            with suppress(OSError):
                if S_ISDIR(mode_of(str(place))):
                    remove_folder(place)
                else:
                    remove(place)

    def _replace(self, removed: list[str], after: Mapping[str, str], behind: tuple[str, ...]) -> None:
        staging = self.staging
        try:
            both, last = (self.folder / name for name in NOTES)
            write_manifest(both, self.folder, {**after, **self.before.files})
            write_manifest(last, self.folder, after, behind)  # before anything is moved, since the disk may be full
            self.is_touched = True
            replace(both, self.folder / MANIFEST)
            with _as_problem(self.folder, "half-written-output"):
                for path in removed:
                    with suppress(FileNotFoundError):
                        remove(self.folder / path)
                    _remove_empty_folders(self.folder, (self.folder / path).parent)
                move_content(str(staging), str(self.folder))
                replace(last, self.folder / MANIFEST)
        finally:
            self.abandon()


class Staged:
    """The files that one build has staged."""

    def __init__(self, output: Output) -> None:
        self._output, self._made, self._kept = output, dict[str, Made](), frozenset[str]()

    def add(self, made: Mapping[str, Made]) -> None:
        self._made |= made

    def publish(self, paths: AbstractSet[str]) -> Written:
        """Move all of it into place; `paths`: of all files that there are to be. Raises OutputError."""
        self._kept = frozenset(paths - self._made.keys())
        return self._output.finish(self._made, self._kept)

    def files(self) -> dict[str, Made]:
        """All files of the output as they were published."""
        return self._output.made(self._made, self._kept)


def stage(staging: Path, path: str, data: bytes, name: str = "") -> Made:
    """Write a file below the staging folder; may be called by any process that can reach it. `name` is the digest of
    the data, where it is known. Raises OutputError."""
    return stage_pieces(staging, path, (data,), name or digest(data))


def stage_pieces(staging: Path, path: str, pieces: Iterable[bytes], name: str = "") -> Made:
    """The same piece by piece."""
    if unportable(path):
        raise OutputError((problem("invalid-path", Place(staging.parent.name), value=path),))
    target = f"{staging}/{path}"
    with _as_problem(staging.parent):
        try:
            file = os.open(target, _NEW, 0o666)
        except FileNotFoundError:
            (staging / path).parent.mkdir(parents=True, exist_ok=True)
            file = os.open(target, _NEW, 0o666)
        try:
            written = _write(file, pieces)
            if name:
                for _ in written:
                    pass
            else:
                _, name = measure(written)
        finally:
            os.close(file)
        stat = os.lstat(target)  # some systems date a file when it is closed
    return Made(name, stat.st_size, stat.st_mtime_ns)


def _write(file: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Each piece once it is written."""
    for piece in pieces:
        left = memoryview(piece)
        while left:
            left = left[os.write(file, left) :]
        yield piece


_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def _with_long_name(path: str) -> str:
    """With a name of twelve letters at least, since Windows takes folders only that have room for such."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{name:_<12}"


@contextmanager
def _as_problem(folder: Path, code: str = "unwritable-output") -> Iterator[None]:
    """A disk that refuses is the user's to mend."""
    try:
        yield
    except FileInUse as error:
        name = error.path.removeprefix(f"{folder}/")
        raise OutputError((problem("file-in-use", Place(folder.name), name=name),)) from None
    except OSError as error:
        name = Path(os.fsdecode(error.filename)).name if error.filename else folder.name
        reason = f"{error.strerror or error} ({name})"
        found = too_long(str(error.filename), folder.name) or problem(code, Place(folder.name), reason=reason)
        raise OutputError((found,)) from error


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


def _remove_empty_folders(folder: Path, start: Path) -> None:
    for parent in takewhile(lambda parent: parent != folder, (start, *start.parents)):
        try:
            parent.rmdir()
        except OSError:
            return
