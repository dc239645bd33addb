"""What earlier builds remember: documents and traces in one SQLite file, as typed records that cannot run.

Whatever is wrong with the file, whether it is another version's or damaged or someone else's, it is begun anew: that
costs time only.
"""

import sqlite3
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from stat import S_ISREG
from typing import Any, TypeVar, cast
from zlib import crc32

import msgspec
from msgspec import Struct

from . import __version__, buckets
from .buckets import Buckets, Checksums, Connections, Damaged, Kept
from .files import digest
from .memory import is_private

T = TypeVar("T")

FILE = "cache.sqlite"
LIBRARIES = (
    "babel", "jinja2", "lightningcss", "markdown_it", "mdit_py_plugins", "msgspec", "PIL", "rapidfuzz", "tzdata", "yaml"
)  # fmt: skip
_SCHEMA = f"""
CREATE TABLE state (name TEXT PRIMARY KEY, checksum TEXT, value BLOB);
CREATE TABLE documents (path TEXT PRIMARY KEY, key TEXT, checksum TEXT, record BLOB);
CREATE TABLE bodies (path TEXT PRIMARY KEY, key TEXT, checksum TEXT, html BLOB);
{buckets.SCHEMA};
"""
_PARTS = "parts:"

FAULTS = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What SQLite raises for a file that is damaged; the latter when its very message is."""


class PageRow(Struct, frozen=True, gc=False, array_like=True):
    """`parts`: the numbers of what the page looked at, an array of four bytes each; `made`: the digest of the file that
    came of it; the output may hold another, of a build that was killed before it could remember, or of one that
    remembers another folder."""

    parts: bytes
    made: str


class Part(Struct, frozen=True, gc=False, array_like=True):
    """Something that pages have looked at: its number, and the digest it had."""

    number: int
    digest: str


class Known(Struct, frozen=True, gc=False, array_like=True):
    """What a document is remembered by, and its outline."""

    key: str
    outline: str


class Rows:
    """Single rows of one of the cache's tables of documents, read when asked for by path, in any process. `keys`: what
    each path is to be remembered by."""

    table = "documents"
    value = "record"

    def __init__(self, connections: Connections, keys: Mapping[str, str]) -> None:
        self._connections, self._keys = connections, keys

    def read(self, path: str) -> bytes:
        """Raises Damaged."""
        question = f"SELECT key, checksum, {self.value} FROM {self.table} WHERE path = ?"  # noqa: S608 - not from outside
        try:
            for key, check, data in self._connections.get().execute(question, (path,)):
                if key == self._keys[path] and _is_sealed(check, path, key, data):
                    return bytes(data)
        except FAULTS as error:
            raise Damaged(path) from error
        raise Damaged(path)


class Bodies(Rows):
    """The HTML of documents."""

    table = "bodies"
    value = "html"

    def __getitem__(self, path: str) -> str:
        return str(self.read(path), "utf-8")


class Cache:
    """One build's use of the file; raises Damaged, or sqlite3.DatabaseError, which `opened` turns into it."""

    def __init__(self, path: Path) -> None:
        self.connections = Connections(str(path))
        """For what is read when it is asked for."""
        self._state: dict[str, Any] = {}
        self._mappings: dict[str, Buckets[Any]] = {}
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
        self.connections.close()
        self._connection.close()

    def load(self, name: str, shape: type[T]) -> T | None:
        """A part of the state, or None when there is none."""
        if name not in self._state:
            row = self._connection.execute("SELECT checksum, value FROM state WHERE name = ?", (name,)).fetchone()
            self._state[name] = (
                None if row is None else _decoded(name, "", row[0], row[1], msgspec.msgpack.Decoder(shape))
            )
        return cast(T | None, self._state[name])

    def entries(self, name: str, shape: type[T]) -> Mapping[str, T]:
        """A large part of the state; empty when there is none."""
        return self._buckets(name, shape).whole()

    def kept(self, name: str, shape: Any, keys: tuple[str, ...] | None = None) -> "Kept[Any]":
        """The same, read when it is asked for."""
        return Kept(self.connections, name, self._rows().get(name, {}), shape, keys)

    def documents(self, keys: Mapping[str, str], shape: type[T]) -> dict[str, T]:
        """Records, of this shape, of those paths, each by the key that it must have. Raises Damaged when one lacks."""
        rows = self._connection.execute("SELECT path, key, checksum, record FROM documents")
        known = (row for row in rows if keys.get(row[0]) == row[1])
        decoder = msgspec.msgpack.Decoder(shape)
        records = {path: _decoded(path, key, check, data, decoder) for path, key, check, data in known}
        if len(records) < len(keys):
            raise Damaged("documents")
        return records

    def remember_documents(self, parsed: Iterable[tuple[str, Known, bytes, bytes]], gone: Iterable[str]) -> None:
        """Path, key and outline, record and HTML of what was parsed. Right whatever becomes of the build."""
        known = self._buckets("documents", Known)
        with self._transaction() as connection:
            for path, document, record, html in parsed:
                key = document.key
                known.put(path, document)
                row = (path, key, _seal(path, key, record), record)
                connection.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)", row)
                shown = (path, key, _seal(path, key, html), html)
                connection.execute("INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?)", shown)
            for path in gone:
                known.drop(path)
                connection.execute("DELETE FROM documents WHERE path = ?", (path,))
                connection.execute("DELETE FROM bodies WHERE path = ?", (path,))
            self._write({})

    def replace(self, name: str, mapping: Mapping[str, Any], shape: Any) -> Mapping[str, Any]:
        """Take this for a large part of the state, to be kept with all else. Returns what is not as it was, with what
        it was."""
        return self._buckets(name, shape).replace(mapping)

    def kinds(self) -> list[str]:
        """Of everything that pages have looked at."""
        return [name.removeprefix(_PARTS) for name in self._rows() if name.startswith(_PARTS)]

    def parts(self, kind: str) -> Mapping[str, Part]:
        """Everything of this kind that pages have looked at, by name."""
        return self.entries(f"{_PARTS}{kind}", Part)

    def number(self, parts: Iterable[tuple[str, str]]) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
        """The numbers of parts, by kind and name; and of those among them that had none yet."""
        following = self.load("following", int) or 1
        numbers, fresh = {}, {}
        for part in sorted(parts):
            found = self._buckets(f"{_PARTS}{part[0]}", Part).get(part[1])
            if found is None:
                numbers[part] = fresh[part] = following
                following += 1
            else:
                numbers[part] = found.number
        return numbers, fresh

    def remember(
        self,
        state: Mapping[str, Any],
        entries: Mapping[str, Mapping[str, Any]],
        parts: Mapping[tuple[str, str], Part],
        pages: Mapping[str, PageRow],
        used: Collection[int] | None,
        gone: Iterable[str],
    ) -> None:
        """All that the next build needs to know, at once, after the output is in place; None in the state forgets.
        `entries`: large parts of the state, as they are now, each read before; `parts`: by kind and name; `used`: the
        only parts to keep, when others are no longer looked at; `gone`: pages that are no longer made."""
        rows = self._buckets("pages", PageRow)
        for output in gone:
            rows.drop(output)
        for output, row in pages.items():
            rows.put(output, row)
        following = self.load("following", int) or 1
        for (kind, name), part in parts.items():
            self._buckets(f"{_PARTS}{kind}", Part).put(name, part)
            following = max(following, part.number + 1)
        if used is not None:
            for kind in self.kinds():
                known = self._buckets(f"{_PARTS}{kind}", Part)
                for name in [name for name, part in known.whole().items() if part.number not in used]:
                    known.drop(name)
        for name, mapping in entries.items():
            self._mappings[name].update(mapping)
        with self._transaction():
            self._write({**state, "following": following})

    def _buckets(self, name: str, shape: type[T]) -> "Buckets[T]":
        if name not in self._mappings:
            rows = self._rows().get(name, {})
            self._mappings[name] = Buckets(lambda: self._connection, name, rows, shape)
        return self._mappings[name]

    def _rows(self) -> Mapping[str, Checksums]:
        """Of which mappings there are which rows."""
        return self.load("rows", dict[str, dict[int, str]]) or {}

    def _write(self, state: Mapping[str, Any]) -> None:
        """Within a transaction. What is as it was is left alone."""
        for mapping in self._mappings.values():
            mapping.write()
        rows: dict[str, Checksums] = {name: dict(mapping.checksums) for name, mapping in self._mappings.items()}
        rows = {name: checksums for name, checksums in {**self._rows(), **rows}.items() if checksums}
        for name, value in {**state, "rows": rows}.items():
            if name in self._state and self._state[name] == value:
                continue
            self._connection.execute("DELETE FROM state WHERE name = ?", (name,))
            self._state[name] = value
            if value is not None:
                data = msgspec.msgpack.encode(value)
                self._connection.execute("INSERT INTO state VALUES (?, ?, ?)", (name, _seal(name, "", data), data))

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
        cache.remember({"program": program()}, {}, {}, {}, None, ())
        stack.pop_all()
    return cache


def program() -> str:
    """Changes with this program, Python, and the libraries that its output depends on: with their files, since asking a
    library for its version means importing it."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    files += [Path(spec.origin) for name in LIBRARIES if (spec := find_spec(name)) and spec.origin]
    stats = [(path.name, stat.st_size, stat.st_mtime_ns) for path in files if (stat := path.stat())]
    return digest(repr((__version__, sys.version, stats)).encode())


def _decoded(name: str, key: str, check: object, data: bytes, decoder: "msgspec.msgpack.Decoder[T]") -> T:
    try:
        if _is_sealed(check, name, key, data):
            return decoder.decode(data)
    except msgspec.DecodeError:
        pass
    raise Damaged(name)


def _seal(name: str, key: str, data: bytes) -> str:
    """A sum over a record and what it goes by, so that damage shows and none is taken for another."""
    return f"{crc32(data, crc32(f'{name} {key} '.encode())):08x}"


def _is_sealed(check: object, name: str, key: str, data: bytes) -> bool:
    return isinstance(data, bytes) and check == _seal(name, key, data)
