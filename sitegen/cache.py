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
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from . import __version__
from .files import digest
from .problems import Lost

T = TypeVar("T")

FOLDER = ".sitegen"
FILE = "cache.sqlite"
LOCK = "lock.sqlite"
LIBRARIES = (
    "babel", "jinja2", "lightningcss", "markdown_it", "mdit_py_plugins", "msgspec", "PIL", "rapidfuzz", "tzdata", "yaml"
)  # fmt: skip
_SCHEMA = """
CREATE TABLE state (name TEXT PRIMARY KEY, checksum TEXT, value BLOB);
CREATE TABLE documents (path TEXT PRIMARY KEY, key TEXT, outline TEXT, checksum TEXT, record BLOB);
CREATE TABLE bodies (path TEXT PRIMARY KEY, key TEXT, checksum TEXT, html BLOB);
CREATE TABLE parts (id INTEGER PRIMARY KEY, kind TEXT, name TEXT, digest TEXT, UNIQUE (kind, name));
CREATE TABLE pages (output TEXT PRIMARY KEY, identity TEXT, parts BLOB, made TEXT);
"""


_NUMBER = "SELECT id FROM parts WHERE kind = ? AND name = ?"


class Damaged(Lost):
    """The cache is not what this program wrote, or cannot be written."""


class Locked(Exception):
    """Another build is under way; `holder` is its process."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


class PageRow(NamedTuple):
    """`made`: the digest of the file that came of it; the output may hold another, of a build that was killed before
    it could remember, or of one that remembers another folder."""

    identity: str
    parts: "array[int]"
    made: str


class Rows:
    """Single rows of one of the cache's tables of documents, read when asked for by path; each process and thread has a
    connection of its own. `keys`: what each path is to be remembered by."""

    table = "documents"
    value = "record"

    def __init__(self, path: str, keys: Mapping[str, str]) -> None:
        self._path, self._keys = path, keys
        self._own = threading.local()

    def read(self, path: str) -> bytes:
        """Raises Damaged."""
        question = f"SELECT key, checksum, {self.value} FROM {self.table} WHERE path = ?"  # noqa: S608 - not from outside
        try:
            row = self._connection().execute(question, (path,)).fetchone()
        except sqlite3.DatabaseError as error:
            raise Damaged(path) from error
        if row is None or row[0] != self._keys[path] or digest(row[2]) != row[1]:
            raise Damaged(path)
        return bytes(row[2])

    def _connection(self) -> sqlite3.Connection:
        if getattr(self._own, "process", None) != os.getpid():
            self._own.connection, self._own.process = sqlite3.connect(self._path, isolation_level=None), os.getpid()
        return cast(sqlite3.Connection, self._own.connection)

    def __getstate__(self) -> tuple[str, Mapping[str, str]]:
        return self._path, self._keys

    def __setstate__(self, state: tuple[str, Mapping[str, str]]) -> None:
        self.__init__(*state)  # type: ignore[misc]


class Bodies(Rows):
    """The HTML of documents."""

    table = "bodies"
    value = "html"

    def __getitem__(self, path: str) -> str:
        return str(self.read(path), "utf-8")


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

    def documents(self, keys: Mapping[str, str], shape: type[T]) -> dict[str, T]:
        """Records, of this shape, of those paths whose content has the same key as then."""
        rows = self._connection.execute("SELECT path, key, checksum, record FROM documents")
        return {path: _decoded(data, check, shape) for path, key, check, data in rows if keys.get(path) == key}

    def document_keys(self) -> dict[str, tuple[str, str]]:
        """Key and outline of every document."""
        rows = self._connection.execute("SELECT path, key, outline FROM documents")
        return {path: (key, outline) for path, key, outline in rows}

    def remember_documents(self, parsed: Iterable[tuple[str, str, str, bytes, bytes]], gone: Iterable[str]) -> None:
        """Path, key, outline, record and HTML of what was parsed. Right whatever becomes of the build."""
        with self._transaction() as connection:
            for path, key, outline, record, html in parsed:
                connection.execute(
                    "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)",
                    (path, key, outline, digest(record), record),
                )
                connection.execute("INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?)", (path, key, digest(html), html))
            for path in gone:
                connection.execute("DELETE FROM documents WHERE path = ?", (path,))
                connection.execute("DELETE FROM bodies WHERE path = ?", (path,))

    def pages(self) -> dict[str, PageRow]:
        rows = self._connection.execute("SELECT output, identity, parts, made FROM pages")
        return {output: PageRow(identity, array("I", parts), made) for output, identity, parts, made in rows}

    def kinds(self) -> list[str]:
        """Of everything that pages have looked at."""
        return [kind for (kind,) in self._connection.execute("SELECT DISTINCT kind FROM parts")]

    def parts(self, kinds: Sequence[str]) -> Iterator[tuple[int, str, str, str]]:
        """Number, kind, name and digest of everything of these kinds that pages have looked at."""
        for kind in kinds:
            yield from self._connection.execute("SELECT id, kind, name, digest FROM parts WHERE kind = ?", (kind,))

    def number(self, parts: Iterable[tuple[str, str]]) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
        """The numbers of parts, by kind and name; and of those among them that had none yet."""
        (following,) = self._connection.execute("SELECT coalesce(max(id), 0) + 1 FROM parts").fetchone()
        numbers, fresh, nothing = {}, {}, following == 1
        for part in sorted(parts):
            found = () if nothing else self._connection.execute(_NUMBER, part)
            row = next(iter(found), None)
            if row is None:
                numbers[part] = fresh[part] = following
                following += 1
            else:
                numbers[part] = row[0]
        return numbers, fresh

    def remember(
        self,
        state: Mapping[str, Any],
        parts: Mapping[int, tuple[str, str, str]],
        pages: Mapping[str, PageRow],
        used: Collection[int] | None,
        gone: Iterable[str],
    ) -> None:
        """All that the next build needs to know, at once, after the output is in place; None in the state forgets.
        `parts`: kind, name and digest by number; `used`: the only parts to keep, when others are no longer looked at;
        `gone`: pages that are no longer made."""
        with self._transaction() as connection:
            for name, value in state.items():
                connection.execute("DELETE FROM state WHERE name = ?", (name,))
                if value is None:
                    continue
                data = msgspec.msgpack.encode(value)
                connection.execute("INSERT INTO state VALUES (?, ?, ?)", (name, digest(data), data))
            connection.executemany("DELETE FROM pages WHERE output = ?", ((page,) for page in gone))
            connection.executemany(
                "INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", ((number, *part) for number, part in parts.items())
            )
            if used is not None:
                unused = [number for (number,) in connection.execute("SELECT id FROM parts") if number not in used]
                connection.executemany("DELETE FROM parts WHERE id = ?", ((number,) for number in unused))
            rows = ((output, row.identity, row.parts.tobytes(), row.made) for output, row in pages.items())
            connection.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)", rows)

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
    Raises Locked when another build holds it for longer than `wait` seconds. The lock is SQLite's on an empty
    database: the system lets go of it however a build ends."""
    folder = root / FOLDER
    with ExitStack() as stack:
        try:
            folder.mkdir(exist_ok=True)
            lock = stack.enter_context(closing(sqlite3.connect(folder / LOCK, timeout=wait, isolation_level=None)))
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise Locked(_holder(folder)) from None
            yield None
            return
        except (OSError, sqlite3.DatabaseError):
            yield None
            return
        with suppress(OSError):
            (folder / "holder").write_text(str(os.getpid()))
        try:
            yield folder
        finally:
            with suppress(OSError):
                (folder / "holder").unlink()


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
    cache.remember({"program": program()}, {}, {}, None, ())
    return cache


def program() -> str:
    """Changes with this program, Python, and the libraries that its output depends on: with their files, since asking a
    library for its version means importing it."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    files += [Path(spec.origin) for name in LIBRARIES if (spec := find_spec(name)) and spec.origin]
    stats = [(path.name, stat.st_size, stat.st_mtime_ns) for path in files if (stat := path.stat())]
    return digest(repr((__version__, sys.version, stats)).encode())


def _decoded(data: bytes, checksum: str, shape: type[T]) -> T:
    try:
        if digest(data) == checksum:
            return msgspec.msgpack.decode(data, type=shape)
    except (msgspec.DecodeError, TypeError):
        pass
    raise Damaged(checksum)
