"""The cache of a site: opened as earlier builds left it, begun anew where it cannot be trusted, and kept open for a
process that builds again and again.

Where .sitegen/ cannot be written, is another user's or a link, a temporary folder serves. With a session nothing else
is different: whatever goes wrong, the next build reads the file.
"""

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from stat import S_ISDIR, S_ISREG, S_IWGRP, S_IWOTH
from typing import Any, TypeVar, cast

from msgspec import Struct

from sitegen import __version__
from sitegen.files import MEMORY, digest, read_regular
from sitegen.system.disk import remove, remove_folder
from sitegen.system.status import identity, is_link, is_open_to_others, is_ours, mode_of
from sitegen.versions import OUTPUT_LIBRARIES

from .database import FAULTS, Damaged, Database, Entries

FOLDER = MEMORY
PREVIEW, TARGETS = "preview", "targets"
"""Outputs in this folder: the preview's, and of targets that have another address than the site."""
LOCK = "lock.sqlite"
HOLDER = "holder"
_BESIDE = ("-journal", "-wal", "-shm")
"""What SQLite leaves beside a database and acts upon: a journal may name any file, which is removed when it has been
played back (SQLite, “Database File Format”, section 3)."""


class Locked(Exception):
    """Another build is under way; `holder` is its process."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


def own_folder(root: Path) -> Path | None:
    """The folder in which to remember the site in `root`, made where it is not there; None where it is a link, somebody
    else's, or cannot be made. Links in it are taken away, since what they lead to is not ours."""
    folder = root / FOLDER
    try:
        with suppress(FileExistsError):
            folder.mkdir(0o755)
        if not S_ISDIR(mode_of(folder)) or not is_ours(folder.lstat()):
            return None
        remove_links(folder)
    except OSError:
        return None
    return folder


def remove_links(folder: Path) -> None:
    """Take away the links in a folder, not what they lead to."""
    with os.scandir(folder) as entries:
        for entry in [*entries]:
            if is_link(entry):
                _take_away(Path(entry.path))


@contextmanager
def locked(root: Path, wait: float) -> Iterator[Path | None]:
    """The folder in which to remember the site in `root`, held for this build alone; None where there can be none.
    Raises Locked when another build holds it for longer than `wait` seconds. The lock is SQLite's on an empty
    database: the system lets go of it however a build ends."""
    folder = own_folder(root)
    if folder is None:
        yield None
        return
    holder = folder / HOLDER
    with ExitStack() as stack:
        try:
            _empty(folder / LOCK)
            lock = stack.enter_context(closing(sqlite3.connect(folder / LOCK, timeout=wait, isolation_level=None)))
            lock.execute("PRAGMA journal_mode = MEMORY")  # beside it nothing is ever left
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise Locked(_read(holder)) from None
            yield None
            return
        except (OSError, sqlite3.DatabaseError):
            yield None
            return
        try:
            with suppress(OSError):
                _take_away(holder)
                with holder.open("x", encoding="utf-8") as note:
                    note.write(str(os.getpid()))
            yield folder if _is_kept(folder) else None
        finally:
            with suppress(OSError):
                remove(holder)


def was_cut_short(root: Path) -> bool:
    """Whether the build before came to no end: it was killed, or a library ended its process. Also while one runs."""
    return os.path.lexists(root / FOLDER / HOLDER)


def leave_cut_short(memory: Path) -> None:
    """Let the next build believe that."""
    with suppress(OSError):
        (memory / HOLDER).touch()


def is_alone(database: Path) -> bool:
    """Whether there is nothing beside it that SQLite would act upon."""
    return not any(os.path.lexists(f"{database}{ending}") for ending in _BESIDE)


def remove_beside(database: Path) -> None:
    """Raises OSError."""
    for ending in _BESIDE:
        _take_away(Path(f"{database}{ending}"))


def _take_away(path: Path) -> None:
    """Remove a file, if it is there. Raises OSError."""
    with suppress(FileNotFoundError):
        remove(path)


def _empty(lock: Path) -> None:
    """Take away what is no lock of ours, which is an empty file and never written. Raises OSError."""
    if os.path.lexists(lock) and not (lock.is_file() and lock.stat().st_size == 0):
        remove(lock)
    remove_beside(lock)


def _is_kept(folder: Path) -> bool:
    """Whether this user may remember in a folder; what others may have put there goes."""
    try:
        if not is_private(folder):
            for path in folder.iterdir():
                if path.is_dir():  # there are no links by now
                    remove_folder(path)
                elif path.name not in (LOCK, HOLDER):
                    remove(path)
    except OSError:
        return False
    return True


def is_private(path: Path) -> bool:
    """Whether nobody but this user can have written it; from now on nobody can."""
    stat = path.stat()
    if is_ours(stat) and is_open_to_others(stat):
        path.chmod(stat.st_mode & ~(S_IWGRP | S_IWOTH))
        return is_open_to_others(path.stat())  # a disk that knows no permissions
    return is_ours(stat)


def _read(holder: Path) -> str:
    try:
        return read_regular(holder)[:20].decode("ascii")
    except (OSError, UnicodeDecodeError):
        return "?"


T = TypeVar("T")

FILE = "cache.sqlite"


class TimeSpan(Struct, frozen=True):
    """The time in which what is remembered of a site stays true, as far as the clock goes; without an end where nothing
    else is to come out."""

    since: datetime | None
    until: datetime | None

    def __contains__(self, moment: datetime) -> bool:
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)


class Cache(Database):
    """The database, with what is in memory from one build of a process to the next. `lasting`: there are such builds;
    `records`: what was read of documents, by path, with its key; `made`: other values by name, each with its key."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.lasting = False
        self.records: dict[str, tuple[str, Any]] = {}
        self.made: dict[str, tuple[Any, Any]] = {}

    def once(self, name: str, key: object, make: Callable[[], T]) -> T:
        """A value as an earlier build of this process made it, if that was for the same key; with none, made anew."""
        made = self.made.get(name)
        if made is None or key is None or made[0] != key:
            made = self.made[name] = key, make()
        return cast(T, made[1])

    def mapping(self, name: str, shape: Any, order: tuple[str, ...] | None = None) -> Mapping[str, Any]:
        """A mapping as it is now, whatever is saved later: in memory, or read when it is asked for; `order`: all of its
        keys, where their order matters."""
        saved = self.entries(name, shape)
        if not self.lasting:
            return Entries(self.connections, name, {**saved.checksums}, shape, order)
        return saved.whole() if order is None else {key: saved.whole()[key] for key in order}


class BuildSession:
    """What a process that builds a site again and again has in memory from one build to the next, in one thread: the
    open cache with all that was read of it."""

    def __init__(self) -> None:
        self._left: tuple[Cache, Path, object] | None = None

    def take(self, path: Path) -> Cache | None:
        """The cache as it was left, if nobody else has written in it since; else what was left is closed."""
        if self._left is not None:
            cache, where, state = self._left
            if where == path and _state(cache, path) == state:
                self._left = None
                return cache
        self.close()
        return None

    def leave(self, cache: Cache, path: Path) -> None:
        self._left = cache, path, _state(cache, path)

    def close(self) -> None:
        if self._left:
            self._left[0].close()
            self._left = None


def _state(cache: Cache, path: Path) -> object:
    """Is another when another connection has written in the file, or it is another file."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return identity(stat), *cache.connections.get().execute("PRAGMA data_version")


@contextmanager
def opened(folder: Path | None, *, trust: bool, session: BuildSession | None = None) -> Iterator[Cache]:
    """The cache in `folder`, begun anew unless it is to be trusted; without a folder, one that is thrown away. With
    `session` it stays open when all went well. Raises Damaged when it cannot be read or written."""
    with ExitStack() as stack:
        try:
            kept = folder or stack.enter_context(_thrown_away())
            if session and not trust:
                session.close()
            cache = session.take(kept / FILE) if session else None
            cache = cache or (_trusted(kept / FILE) if trust else _begun(kept / FILE))
        except OSError as error:
            raise Damaged(error.strerror or str(error)) from error
        except FAULTS as error:
            raise Damaged(str(error)) from error
        cache.lasting = session is not None and folder is not None
        with ExitStack() as ending:
            ending.enter_context(closing(cache))
            try:
                yield cache
            except FAULTS as error:
                raise Damaged(str(error)) from error
            if session and cache.lasting:
                ending.pop_all()
                session.leave(cache, kept / FILE)


@contextmanager
def _thrown_away() -> Iterator[Path]:
    """A folder for one build."""
    import tempfile  # noqa: PLC0415 - few builds need one

    with tempfile.TemporaryDirectory(prefix="sitegen-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _trusted(path: Path) -> Cache:
    """The cache as an earlier build left it, if this very program wrote it for this user."""
    with suppress(OSError, Damaged, *FAULTS), ExitStack() as stack:
        if S_ISREG(path.lstat().st_mode) and is_private(path) and is_alone(path):
            cache = stack.enter_context(closing(Cache(path)))
            if cache.has_our_table() and cache.load("program", str) == program():
                stack.pop_all()
                return cache
    return _begun(path)


def _begun(path: Path) -> Cache:
    with suppress(PermissionError):  # a preview has it open, and the system keeps what is
        path.unlink(missing_ok=True)
    remove_beside(path)
    with ExitStack() as stack:
        cache = stack.enter_context(closing(Cache(path)))
        cache.begin()
        cache.commit({"program": program()})
        stack.pop_all()
    return cache


def program() -> str:
    """Changes with this program, Python, and the libraries that its output depends on: with their files, since asking a
    library for its version means importing it."""
    packages = [folder for folder, _, names in os.walk(Path(__file__).parents[1]) if "__init__.py" in names]
    modules = (entry for package in packages for entry in os.scandir(package) if entry.name.endswith(".py"))
    files = [(module.path, module.stat()) for module in modules]
    files += [(s.name, Path(s.origin).stat()) for s in map(find_spec, OUTPUT_LIBRARIES) if s and s.origin]
    stats = sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in files)
    return digest(repr((__version__, sys.version, stats)).encode())
