"""What earlier builds remember: documents and traces in one SQLite file, as typed records that cannot run.

Whatever is wrong with the file, whether it is another version's or damaged or someone else's, it is begun anew: that
costs time only.
"""

import os
import sqlite3
import sys
import tempfile
import threading
from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import babel
import jinja2
import markdown_it
import mdit_py_plugins
import msgspec
import rapidfuzz
import yaml
from filelock import FileLock, Timeout
from msgspec import Struct

from . import __version__
from .document import Document
from .files import digest
from .problems import Problem
from .view import Lost

T = TypeVar("T")

FOLDER = ".sitegen"
FILE = "cache.sqlite"
LIBRARIES = (babel, jinja2, markdown_it, mdit_py_plugins, msgspec, rapidfuzz, import_module("tzdata"), yaml)
_SCHEMA = """
CREATE TABLE state (name TEXT PRIMARY KEY, checksum TEXT, value BLOB);
CREATE TABLE documents (path TEXT PRIMARY KEY, key TEXT, checksum TEXT, record BLOB);
CREATE TABLE bodies (path TEXT PRIMARY KEY, key TEXT, checksum TEXT, html BLOB);
CREATE TABLE parts (id INTEGER PRIMARY KEY, kind TEXT, name TEXT, digest TEXT);
CREATE TABLE pages (output TEXT PRIMARY KEY, identity TEXT, parts BLOB);
"""


class Damaged(Lost):
    """The cache is not what this program wrote, or cannot be written."""


class Locked(Exception):
    """Another build is under way; `holder` is its process."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class Record(Struct, frozen=True, array_like=True):
    """A parsed content file, without its HTML."""

    document: Document | None
    problems: tuple[Problem, ...]


class Summary(Struct, frozen=True):
    """A whole build. `key`: of all that it depended on but the clock; valid from `since` until `until`, seconds;
    `indexed`: whether the search indexes say what the pages say."""

    key: str
    pages: int
    since: float
    until: float
    next_change: datetime | None
    zone: str
    problems: tuple[Problem, ...]
    indexed: bool


class PageRow(NamedTuple):
    identity: str
    parts: "array[int]"


class Bodies:
    """The HTML of documents, read when a page asks for it; each process and thread has a connection of its own."""

    def __init__(self, path: str, keys: Mapping[str, str]) -> None:
        self.path, self.keys = path, keys
        self._own = threading.local()

    def __getitem__(self, path: str) -> str:
        try:
            if not hasattr(self._own, "connection"):
                self._own.connection = sqlite3.connect(self.path, isolation_level=None)
            row = self._own.connection.execute(
                "SELECT key, checksum, html FROM bodies WHERE path = ?", (path,)
            ).fetchone()
        except sqlite3.DatabaseError as error:
            raise Damaged(path) from error
        if row is None or row[0] != self.keys[path] or digest(row[2]) != row[1]:
            raise Damaged(path)
        return str(row[2], "utf-8")

    def __getstate__(self) -> tuple[str, Mapping[str, str]]:
        return self.path, self.keys

    def __setstate__(self, state: tuple[str, Mapping[str, str]]) -> None:
        self.__init__(*state)  # type: ignore[misc]


class Cache:
    """One build's use of the file; raises Damaged, or sqlite3.DatabaseError, which `opened` turns into it."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.executescript("PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;")

    def close(self) -> None:
        self._connection.close()

    def load(self, name: str, shape: type[T]) -> T | None:
        """A part of the state, or None when there is none."""
        row = self._connection.execute("SELECT checksum, value FROM state WHERE name = ?", (name,)).fetchone()
        return None if row is None else _decoded(row[1], row[0], shape)

    def documents(self, keys: Mapping[str, str]) -> dict[str, Record]:
        """Records of those paths whose content has the same key as then."""
        rows = self._connection.execute("SELECT path, key, checksum, record FROM documents")
        return {path: _decoded(data, check, Record) for path, key, check, data in rows if keys.get(path) == key}

    def document_keys(self) -> dict[str, str]:
        return dict(self._connection.execute("SELECT path, key FROM documents"))

    def remember_documents(self, parsed: Iterable[tuple[str, str, bytes, bytes]], gone: Iterable[str]) -> None:
        """Path, key, record and HTML of what was parsed. Right whatever becomes of the build."""
        with self._transaction() as connection:
            for path, key, record, html in parsed:
                connection.execute(
                    "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)", (path, key, digest(record), record)
                )
                connection.execute("INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?)", (path, key, digest(html), html))
            for path in gone:
                connection.execute("DELETE FROM documents WHERE path = ?", (path,))
                connection.execute("DELETE FROM bodies WHERE path = ?", (path,))

    def pages(self) -> dict[str, PageRow]:
        rows = self._connection.execute("SELECT output, identity, parts FROM pages")
        return {output: PageRow(identity, array("I", parts)) for output, identity, parts in rows}

    def parts(self) -> list[tuple[int, str, str, str]]:
        """Id, kind, name and digest of everything that pages have looked at."""
        return self._connection.execute("SELECT id, kind, name, digest FROM parts").fetchall()

    def remember(
        self,
        state: Mapping[str, Any],
        parts: Iterable[tuple[int, str, str, str | None]],
        pages: Mapping[str, PageRow],
        gone_parts: Iterable[int],
        gone_pages: Iterable[str],
    ) -> None:
        """All that the next build needs to know, at once, after the output is in place; None in the state forgets."""
        with self._transaction() as connection:
            for name, value in state.items():
                connection.execute("DELETE FROM state WHERE name = ?", (name,))
                if value is None:
                    continue
                data = msgspec.msgpack.encode(value)
                connection.execute("INSERT INTO state VALUES (?, ?, ?)", (name, digest(data), data))
            connection.executemany("DELETE FROM parts WHERE id = ?", ((part,) for part in gone_parts))
            connection.executemany("DELETE FROM pages WHERE output = ?", ((page,) for page in gone_pages))
            connection.executemany("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", parts)
            rows = ((output, row.identity, row.parts.tobytes()) for output, row in pages.items())
            connection.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?)", rows)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


@contextmanager
def held(root: Path, wait: float) -> Iterator[Path | None]:
    """The folder in which to remember the site in `root`, held for this build alone; None where there can be none.
    Raises Locked when another build holds it for longer than `wait` seconds."""
    folder = root / FOLDER
    lock = FileLock(folder / "lock", timeout=wait)
    try:
        folder.mkdir(exist_ok=True)
        lock.acquire()
    except Timeout:
        raise Locked(_holder(folder)) from None
    except OSError:
        yield None
        return
    try:
        with suppress(OSError):
            (folder / "holder").write_text(str(os.getpid()))
        yield folder
    finally:
        with suppress(OSError):
            (folder / "holder").unlink()
        lock.release()


@contextmanager
def opened(folder: Path | None, *, trust: bool) -> Iterator[Cache]:
    """The cache in `folder`, begun anew unless it is to be trusted; without a folder, one that is thrown away. Raises
    Damaged when it cannot be read or written."""
    with ExitStack() as stack:
        try:
            kept = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sitegen-")))
            cache = _trusted(kept / FILE) if trust else _begun(kept / FILE)
        except (OSError, sqlite3.DatabaseError) as error:
            raise Damaged(str(error)) from error
        try:
            yield stack.enter_context(closing(cache))
        except sqlite3.DatabaseError as error:
            raise Damaged(str(error)) from error


def _holder(folder: Path) -> str:
    try:
        return (folder / "holder").read_text()
    except OSError:
        return "?"


def _trusted(path: Path) -> Cache:
    """The cache as an earlier build left it, if this very program wrote it for this user."""
    try:
        if path.stat().st_uid == os.geteuid():
            cache = Cache(path)
            if cache.load("program", str) == program():
                return cache
            cache.close()
    except (OSError, Damaged, sqlite3.DatabaseError):
        pass
    return _begun(path)


def _begun(path: Path) -> Cache:
    path.unlink(missing_ok=True)
    cache = Cache(path)
    cache._connection.executescript(_SCHEMA)
    cache.remember({"program": program()}, (), {}, (), ())
    return cache


def program() -> str:
    """Changes with this program, Python, and the libraries that its output depends on."""
    folder = Path(__file__).parent
    own = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.py"))]
    return digest(repr((versions(), own)).encode())


def versions() -> str:
    """Of sitegen, Python, and the libraries that the output depends on."""
    return " ".join([__version__, sys.version.split()[0], *(library.__version__ for library in LIBRARIES)])


def _decoded(data: bytes, checksum: str, shape: type[T]) -> T:
    try:
        if digest(data) == checksum:
            return msgspec.msgpack.decode(data, type=shape)
    except (msgspec.DecodeError, TypeError):
        pass
    raise Damaged(checksum)
