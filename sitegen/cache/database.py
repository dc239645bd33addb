"""The database of what builds remember: one SQLite file of typed records with checksums, which cannot run.

Whatever is wrong with the file, whether it is another version's or damaged or someone else's, it is begun anew: that
costs time only.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast, overload
from zlib import crc32

import msgspec

from sitegen.files import digest
from sitegen.problems import Lost

T = TypeVar("T")
D = TypeVar("D")

SCHEMA = "CREATE TABLE rows (name TEXT, key TEXT, checksum TEXT, value BLOB, PRIMARY KEY (name, key))"
FAULTS = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What SQLite raises for a file that is damaged; the latter when its very message is."""
BUCKETS = 32
"""Into how many rows a mapping is divided, so that it is quickly read as a whole or in part, and a small change writes
little."""

Checksums = dict[int, str]
"""Of the rows of a mapping, by number; kept elsewhere, so that a row that is gone or older is missed."""


class Damaged(Lost):
    """What is remembered is not what this program wrote, or cannot be written."""


class Connections:
    """Connections to a database, each process and thread with one of its own."""

    def __init__(self, path: str) -> None:
        self._path, self._own = path, threading.local()

    def get(self) -> sqlite3.Connection:
        if getattr(self._own, "process", None) != os.getpid():
            self._own.connection, self._own.process = sqlite3.connect(self._path, isolation_level=None), os.getpid()
        connection: sqlite3.Connection = self._own.connection
        return connection

    def find(self, name: str, key: str, stamp: str = "") -> bytes | None:
        """The value of a row, if there is one. Raises Damaged unless it was written with this stamp."""
        try:
            rows = self.get().execute("SELECT checksum, value FROM rows WHERE name = ? AND key = ?", (name, key))
            row = rows.fetchone()
        except FAULTS as error:
            raise Damaged(name) from error
        return None if row is None else intact(row[1], row[0], name, key, stamp)

    def read(self, name: str, key: str, stamp: str = "") -> bytes:
        """The same of a row that must be there. Raises Damaged."""
        value = self.find(name, key, stamp)
        if value is None:
            raise Damaged(name)
        return value

    def close(self) -> None:
        """The connection of this process and thread."""
        if getattr(self._own, "process", None) == os.getpid():
            self._own.connection.close()
            del self._own.process

    def __reduce__(self) -> tuple[type["Connections"], tuple[str]]:
        return Connections, (self._path,)


class Entries(Mapping[str, T]):
    """A mapping of the database, of which no more is read than what is asked for; in any process. `order`: all of its
    keys, where their order matters. Raises Damaged."""

    def __init__(
        self,
        connections: Connections,
        name: str,
        checksums: Checksums,
        shape: Any,
        order: tuple[str, ...] | None = None,
    ) -> None:
        self._made_of = connections, name, checksums, shape, order
        self._connections, self._name, self.checksums, _, self._order = self._made_of
        self._shape = dict[str, shape]
        self._buckets: dict[int, dict[str, T]] = {}
        self._whole: dict[str, T] | None = None
        self._unwritten: set[int] = set()

    def __getitem__(self, key: str) -> T:
        value = self.get(key)
        if value is None:
            raise KeyError(key)
        return value

    @overload
    def get(self, key: str, /) -> T | None: ...
    @overload
    def get(self, key: str, /, default: D) -> T | D: ...
    def get(self, key: str, /, default: D | None = None) -> T | D | None:
        """As of any mapping; it is asked for very often."""
        value = self._bucket(_number(key)).get(key)
        return default if value is None else value

    def whole(self) -> dict[str, T]:
        """All of it, as a dictionary."""
        if self._whole is None:
            found: dict[str, T] = {}
            for number in range(BUCKETS):
                found |= self._bucket(number)
            self._whole = found if self._order is None else {key: found[key] for key in self._order}
        return self._whole

    def amend(self, entries: Mapping[str, T | None]) -> None:
        """Put these entries, once it is committed; None removes one."""
        buckets: dict[int, dict[str, T]] = {}
        for key, value in entries.items():
            number = _number(key)
            bucket = buckets.setdefault(number, {**self._bucket(number)})
            if value is None:
                bucket.pop(key, None)
            else:
                bucket[key] = value
        self._buckets |= buckets
        self._unwritten |= buckets.keys()
        if entries:
            self._whole = None

    def save(self, mapping: Mapping[str, T]) -> dict[str, T | None]:
        """Make it this mapping, once it is committed. Returns what is not as it was, with what it was."""
        was = self._whole
        if was is None:
            return self._compare(mapping)
        moved = [key for key, value in mapping.items() if was.get(key) is not value]
        changed = {key: was.get(key) for key in moved if was.get(key) != mapping[key]}
        changed |= {key: was[key] for key in was.keys() - mapping.keys()}
        self.amend({key: mapping.get(key) for key in changed})
        return changed

    def _compare(self, mapping: Mapping[str, T]) -> dict[str, T | None]:
        """The same where it has not been read: only rows that come out another way are."""
        buckets: dict[int, dict[str, T]] = {number: {} for number in range(BUCKETS)}
        for key, value in mapping.items():
            buckets[_number(key)][key] = value
        if not self.checksums:
            self._buckets, self._unwritten = buckets, {*buckets}
            return dict.fromkeys(mapping)
        changed: dict[str, T | None] = {}
        for number, bucket in buckets.items():
            if self.checksums.get(number, "") != _checksum(_encoded(bucket)):
                was = self._bucket(number)
                changed |= {key: was.get(key) for key in was.keys() | bucket.keys() if was.get(key) != bucket.get(key)}
                self._unwritten.add(number)
        self._buckets = buckets
        return changed

    def write(self) -> Iterator[tuple[str, bytes]]:
        """The rows that are not as they are in the file, by key; those that are empty are to be removed."""
        for number in sorted(self._unwritten):
            data = _encoded(self._buckets[number])
            self.checksums[number] = _checksum(data)
            yield str(number), data
        self._unwritten.clear()

    def _bucket(self, number: int) -> dict[str, T]:
        bucket = self._buckets.get(number)
        if bucket is None:
            bucket = self._buckets[number] = self._load(number) if self.checksums.get(number) else {}
        return bucket

    def _load(self, number: int) -> dict[str, T]:
        data = self._connections.read(self._name, str(number))
        if digest(data) != self.checksums[number]:
            raise Damaged(self._name)
        return decoded(data, self._shape)

    def __iter__(self) -> Iterator[str]:
        return iter(self.whole() if self._order is None else self._order)

    def __len__(self) -> int:
        return len(self.whole() if self._order is None else self._order)

    def __reduce__(self) -> tuple[Any, ...]:
        return Entries, self._made_of


class Database:
    """One build's use of the file: values and mappings by name, rows that are read one by one. What is saved is in the
    file when it is committed. Raises Damaged, or one of FAULTS, which `opened` turns into it."""

    def __init__(self, path: Path) -> None:
        self.connections = Connections(str(path))
        """For what is read when it is asked for."""
        self._values: dict[str, Any] = {}
        self._entries: dict[str, Entries[Any]] = {}
        try:
            self.connections.get().executescript(
                "PRAGMA trusted_schema = OFF; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;"
            )
        except FAULTS:
            self.close()
            raise

    def begin(self) -> None:
        """Begin with our table and nothing in it."""
        self.connections.get().execute("DROP TABLE IF EXISTS rows")
        self.connections.get().execute(SCHEMA)

    def has_our_table(self) -> bool:
        """And nothing else: a view or a trigger could answer in place of it."""
        made = self.connections.get().execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        return [sql for (sql,) in made] == [SCHEMA]

    def close(self) -> None:
        self.connections.close()

    def load(self, name: str, shape: type[T]) -> T | None:
        """A value, or None when there is none."""
        if name not in self._values:
            value = self.connections.find("", name)
            self._values[name] = None if value is None else decoded(value, shape)
        return cast(T | None, self._values[name])

    def entries(self, name: str, shape: type[T]) -> Entries[T]:
        """A mapping; empty when there is none."""
        if name not in self._entries:
            self._entries[name] = Entries(self.connections, name, {**self._checksums().get(name, {})}, shape)
        return self._entries[name]

    def names(self, start: str) -> list[str]:
        """Of all mappings, those that begin so."""
        return [name for name in {**self._checksums(), **self._entries} if name.startswith(start)]

    def commit(self, values: Mapping[str, Any] = {}) -> None:
        """Write what was saved, with these values; None forgets one. What is as it was is left alone."""
        with self.transaction():
            for name, entries in self._entries.items():
                for key, data in entries.write():
                    if data:
                        self.put(name, [(key, "", data)])
                    else:
                        self.drop(name, [key])
            checksums = {
                name: {n: c for n, c in entries.checksums.items() if c} for name, entries in self._entries.items()
            }
            checksums = {name: found for name, found in {**self._checksums(), **checksums}.items() if found}
            for name, value in {**values, "checksums": checksums}.items():
                if name not in self._values or self._values[name] != value:
                    self._values[name] = value
                    if value is None:
                        self.drop("", [name])
                    else:
                        self.put("", [(name, "", msgspec.msgpack.encode(value))])

    def put(self, name: str, rows: Iterable[tuple[str, str, bytes]]) -> None:
        """Write rows, in a transaction: key, stamp, value."""
        written = ((name, key, checksum_of(name, key, stamp, value), value) for key, stamp, value in rows)
        self.connections.get().executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", written)

    def drop(self, name: str, keys: Iterable[str]) -> None:
        """Remove rows, in a transaction."""
        self.connections.get().executemany("DELETE FROM rows WHERE name = ? AND key = ?", ((name, key) for key in keys))

    def _checksums(self) -> Mapping[str, Checksums]:
        return self.load("checksums", dict[str, Checksums]) or {}

    @contextmanager
    def transaction(self) -> Iterator[None]:
        connection = self.connections.get()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if connection.in_transaction:  # a full disk has ended it already
                connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def checksum_of(name: str, key: str, stamp: str, value: bytes) -> str:
    """Of a row, with what it goes by, so that damage shows and none is taken for another."""
    return f"{crc32(value, crc32(f'{name} {key} {stamp} '.encode())):08x}"


def intact(value: object, checksum: object, name: str, key: str, stamp: str = "") -> bytes:
    """The value of a row as it was written. Raises Damaged."""
    if isinstance(value, bytes) and checksum == checksum_of(name, key, stamp, value):
        return value
    raise Damaged(name)


def decoded(data: bytes, shape: type[T]) -> T:
    """Raises Damaged."""
    try:
        return msgspec.msgpack.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Damaged(str(error)) from error


def _number(key: str) -> int:
    return crc32(key.encode()) % BUCKETS


def _encoded(bucket: Mapping[str, object]) -> bytes:
    return msgspec.msgpack.encode(bucket) if bucket else b""


def _checksum(data: bytes) -> str:
    return digest(data) if data else ""
