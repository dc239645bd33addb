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
from stat import S_ISREG
from typing import Any, NamedTuple, TypeVar, cast
from zlib import crc32

import msgspec

from . import __version__
from .files import digest
from .memory import is_private
from .problems import Lost

T = TypeVar("T")

FILE = "cache.sqlite"
LIBRARIES = (
    "babel", "jinja2", "lightningcss", "markdown_it", "mdit_py_plugins", "msgspec", "PIL", "rapidfuzz", "tzdata", "yaml"
)  # fmt: skip
_SCHEMA = """
CREATE TABLE state (name TEXT PRIMARY KEY, checksum TEXT, value BLOB);
CREATE TABLE documents (path TEXT PRIMARY KEY, key TEXT, outline TEXT, sum INTEGER, checksum TEXT, record BLOB);
CREATE TABLE bodies (path TEXT PRIMARY KEY, key TEXT, checksum TEXT, html BLOB);
CREATE TABLE parts (id INTEGER PRIMARY KEY, kind TEXT, name TEXT, digest TEXT, sum INTEGER, UNIQUE (kind, name));
CREATE TABLE pages (output TEXT PRIMARY KEY, identity TEXT, parts BLOB, made TEXT, sum INTEGER);
"""
_PARTS = "SELECT sum, id, kind, name, digest FROM parts WHERE kind = ?"
_PART = f"{_PARTS} AND name = ?"

FAULTS = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What SQLite raises for a file that is damaged; the latter when its very message is."""


class Damaged(Lost):
    """The cache is not what this program wrote, or cannot be written."""


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
            for key, check, data in self._connection().execute(question, (path,)):
                if key == self._keys[path] and _is_sealed(check, path, key, data):
                    return bytes(data)
        except FAULTS as error:
            raise Damaged(path) from error
        raise Damaged(path)

    def close(self) -> None:
        """The connection of this process and thread."""
        if getattr(self._own, "process", None) == os.getpid():
            self._own.connection.close()
            del self._own.process

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
        try:
            self._connection.executescript(
                "PRAGMA trusted_schema = OFF; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;"
            )
        except FAULTS:
            self.close()
            raise

    def has_our_tables(self) -> bool:
        """And nothing else: a view or a trigger could answer in place of a table."""
        made = self._connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        return sorted(sql for (sql,) in made) == sorted(filter(None, map(str.strip, _SCHEMA.split(";"))))

    def close(self) -> None:
        self._connection.close()

    def load(self, name: str, shape: type[T]) -> T | None:
        """A part of the state, or None when there is none."""
        row = self._connection.execute("SELECT checksum, value FROM state WHERE name = ?", (name,)).fetchone()
        return None if row is None else _decoded(name, "", row[0], row[1], shape)

    def documents(self, keys: Mapping[str, str], shape: type[T]) -> dict[str, T]:
        """Records, of this shape, of those paths, each by the key that it must have. Raises Damaged when one lacks."""
        rows = self._connection.execute("SELECT path, key, checksum, record FROM documents")
        known = (row for row in rows if keys.get(row[0]) == row[1])
        records = {path: _decoded(path, key, check, data, shape) for path, key, check, data in known}
        if len(records) < len(keys):
            raise Damaged("documents")
        return records

    def document_keys(self) -> dict[str, tuple[str, str]]:
        """Key and outline of every document."""
        rows = _whole(self._connection.execute("SELECT sum, path, key, outline FROM documents"))
        return {path: (key, outline) for path, key, outline in rows}

    def remember_documents(self, parsed: Iterable[tuple[str, str, str, bytes, bytes]], gone: Iterable[str]) -> None:
        """Path, key, outline, record and HTML of what was parsed. Right whatever becomes of the build."""
        with self._transaction() as connection:
            for path, key, outline, record, html in parsed:
                known = (*_summed((path, key, outline)), _seal(path, key, record), record)
                connection.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?)", known)
                shown = (path, key, _seal(path, key, html), html)
                connection.execute("INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?)", shown)
            for path in gone:
                connection.execute("DELETE FROM documents WHERE path = ?", (path,))
                connection.execute("DELETE FROM bodies WHERE path = ?", (path,))

    def pages(self) -> dict[str, PageRow]:
        rows = [*_whole(self._connection.execute("SELECT sum, output, identity, parts, made FROM pages"))]
        self._check_count("pages", len(rows))
        return {output: PageRow(identity, array("I", parts), made) for output, identity, parts, made in rows}

    def kinds(self) -> list[str]:
        """Of everything that pages have looked at."""
        self._check_count("parts", self._connection.execute("SELECT count(*) FROM parts").fetchone()[0])
        return [kind for (kind,) in self._connection.execute("SELECT DISTINCT kind FROM parts")]

    def parts(self, kinds: Sequence[str]) -> Iterator[tuple[int, str, str, str]]:
        """Number, kind, name and digest of everything of these kinds that pages have looked at."""
        for kind in kinds:
            yield from cast(Iterator[tuple[int, str, str, str]], _whole(self._connection.execute(_PARTS, (kind,))))

    def number(self, parts: Iterable[tuple[str, str]]) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
        """The numbers of parts, by kind and name; and of those among them that had none yet."""
        (following,) = self._connection.execute("SELECT coalesce(max(id), 0) + 1 FROM parts").fetchone()
        numbers, fresh, nothing = {}, {}, following == 1
        for part in sorted(parts):
            found = None if nothing else next(_whole(self._connection.execute(_PART, part)), None)
            if found is None:
                numbers[part] = fresh[part] = following
                following += 1
            else:
                numbers[part] = cast(int, found[0])
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
            connection.executemany("DELETE FROM pages WHERE output = ?", ((page,) for page in gone))
            looked = (_summed((number, *part)) for number, part in parts.items())
            connection.executemany("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?)", looked)
            if used is not None:
                unused = [number for (number,) in connection.execute("SELECT id FROM parts") if number not in used]
                connection.executemany("DELETE FROM parts WHERE id = ?", ((number,) for number in unused))
            rows = ((output, row.identity, row.parts.tobytes(), row.made) for output, row in pages.items())
            connection.executemany("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)", map(_summed, rows))
            count = "SELECT (SELECT count(*) FROM parts), (SELECT count(*) FROM pages)"
            counts = dict(zip(("parts", "pages"), connection.execute(count).fetchone(), strict=True))
            for name, value in {**state, **counts}.items():
                connection.execute("DELETE FROM state WHERE name = ?", (name,))
                if value is not None:
                    data = msgspec.msgpack.encode(value)
                    connection.execute("INSERT INTO state VALUES (?, ?, ?)", (name, _seal(name, "", data), data))

    def _check_count(self, table: str, rows: int) -> None:
        """A table must have as many rows as were written."""
        if rows != self.load(table, int):
            raise Damaged(table)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            if self._connection.in_transaction:  # a full disk has ended it already
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")


@contextmanager
def opened(folder: Path | None, *, trust: bool) -> Iterator[Cache]:
    """The cache in `folder`, begun anew unless it is to be trusted; without a folder, one that is thrown away. Raises
    Damaged when it cannot be read or written."""
    with ExitStack() as stack:
        try:
            kept = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sitegen-")))
            cache = _trusted(kept / FILE) if trust else _begun(kept / FILE)
        except OSError as error:
            raise Damaged(error.strerror or str(error)) from error
        except FAULTS as error:
            raise Damaged(str(error)) from error
        try:
            yield stack.enter_context(closing(cache))
        except FAULTS as error:
            raise Damaged(str(error)) from error


def _trusted(path: Path) -> Cache:
    """The cache as an earlier build left it, if this very program wrote it for this user."""
    with suppress(OSError, Damaged, *FAULTS), ExitStack() as stack:
        if S_ISREG(path.lstat().st_mode) and is_private(path):
            cache = stack.enter_context(closing(Cache(path)))
            if cache.has_our_tables() and cache.load("program", str) == program():
                stack.pop_all()
                return cache
    return _begun(path)


def _begun(path: Path) -> Cache:
    path.unlink(missing_ok=True)
    with ExitStack() as stack:
        cache = stack.enter_context(closing(Cache(path)))
        cache._connection.executescript(_SCHEMA)
        cache.remember({"program": program()}, {}, {}, None, ())
        stack.pop_all()
    return cache


def program() -> str:
    """Changes with this program, Python, and the libraries that its output depends on: with their files, since asking a
    library for its version means importing it."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    files += [Path(spec.origin) for name in LIBRARIES if (spec := find_spec(name)) and spec.origin]
    stats = [(path.name, stat.st_size, stat.st_mtime_ns) for path in files if (stat := path.stat())]
    return digest(repr((__version__, sys.version, stats)).encode())


def _decoded(name: str, key: str, check: object, data: bytes, shape: type[T]) -> T:
    try:
        if _is_sealed(check, name, key, data):
            return msgspec.msgpack.decode(data, type=shape)
    except msgspec.DecodeError:
        pass
    raise Damaged(name)


def _seal(name: str, key: str, data: bytes) -> str:
    """The digest of a record with what it goes by, so that none is taken for another."""
    return digest(f"{name} {key} ".encode() + data)


def _is_sealed(check: object, name: str, key: str, data: bytes) -> bool:
    return isinstance(data, bytes) and check == _seal(name, key, data)


def _summed(row: tuple[object, ...]) -> tuple[object, ...]:
    """A row of which there are many, with a sum by which a fault of the disk shows."""
    return *row, crc32(_ENCODER.encode(row))


def _whole(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
    """Rows without the sum that they begin with, each as it was written."""
    for total, *row in rows:
        if total != crc32(_ENCODER.encode(row)):
            raise Damaged("rows")
        yield tuple(row)


_ENCODER = msgspec.msgpack.Encoder()
