"""Large mappings in SQLite, in a few rows of many entries each: quickly read as a whole or in part, and a small change
writes little."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar, overload
from zlib import crc32

import msgspec

from sitegen.files import digest
from sitegen.problems import Lost

T = TypeVar("T")
D = TypeVar("D")

SCHEMA = "CREATE TABLE buckets (name TEXT, number INTEGER, value BLOB, PRIMARY KEY (name, number))"
FAULTS = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What SQLite raises for a file that is damaged; the latter when its very message is."""
COUNT = 32
"""Into how many rows a mapping is divided."""

Checksums = Mapping[int, str]
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

    def close(self) -> None:
        """The connection of this process and thread."""
        if getattr(self._own, "process", None) == os.getpid():
            self._own.connection.close()
            del self._own.process

    def __reduce__(self) -> tuple[type["Connections"], tuple[str]]:
        return Connections, (self._path,)


class Buckets(Generic[T]):
    """One mapping by its name. What was changed is in the file when `write` has been called in a transaction that is
    committed. Raises Damaged."""

    def __init__(
        self, connect: Callable[[], sqlite3.Connection], name: str, checksums: Checksums, shape: type[T]
    ) -> None:
        self._connect, self._name, self.checksums = connect, name, dict(checksums)
        self._decoder = msgspec.msgpack.Decoder(dict[str, shape])  # type: ignore[valid-type]
        self._read: dict[int, dict[str, T]] = {}
        self._whole: dict[str, T] | None = None
        self._dirty: set[int] = set()

    def whole(self) -> Mapping[str, T]:
        """Every entry."""
        if self._whole is None:
            self._whole = {}
            for number in range(COUNT):
                self._whole |= self._bucket(number)
        return self._whole

    def get(self, key: str) -> T | None:
        """One entry, for which no more is read than its row."""
        return self._bucket(_number(key)).get(key)

    def put(self, key: str, value: T) -> None:
        number = _number(key)
        self._bucket(number)[key] = value
        self._dirty.add(number)
        if self._whole is not None:
            self._whole[key] = value

    def drop(self, key: str) -> None:
        number = _number(key)
        if self._bucket(number).pop(key, None) is not None:
            self._dirty.add(number)
            if self._whole is not None:
                del self._whole[key]

    def update(self, mapping: Mapping[str, T]) -> None:
        """Make it this mapping, of which most is as it was."""
        was = self.whole()
        for key in was.keys() - mapping.keys():
            self.drop(key)
        for key, value in [(key, value) for key, value in mapping.items() if was.get(key) is not value]:
            if was.get(key) != value:
                self.put(key, value)

    def replace(self, mapping: Mapping[str, T]) -> dict[str, T | None]:
        """Make it this mapping, of which most is new. Returns what is not as it was, with what it was: only rows that
        come out another way are read for it."""
        buckets: dict[int, dict[str, T]] = {number: {} for number in range(COUNT)}
        for key, value in mapping.items():
            buckets[_number(key)][key] = value
        if not self.checksums:
            self._read, self._whole, self._dirty = buckets, None, {*buckets}
            return dict.fromkeys(mapping)
        changed: dict[str, T | None] = {}
        for number, bucket in buckets.items():
            data = msgspec.msgpack.encode(bucket) if bucket else b""
            if (digest(data) if data else "") != self.checksums.get(number, ""):
                was = self._bucket(number)
                changed |= {key: was.get(key) for key in was.keys() | bucket.keys() if was.get(key) != bucket.get(key)}
                self._dirty.add(number)
            self._read[number] = bucket
        self._whole = None
        return changed

    def write(self) -> None:
        for number in sorted(self._dirty):
            data = msgspec.msgpack.encode(self._read[number]) if self._read[number] else b""
            checksum = digest(data) if data else ""
            if checksum == self.checksums.get(number, ""):
                continue
            self._connect().execute("DELETE FROM buckets WHERE name = ? AND number = ?", (self._name, number))
            self.checksums.pop(number, None)
            if data:
                self._connect().execute("INSERT INTO buckets VALUES (?, ?, ?)", (self._name, number, data))
                self.checksums[number] = checksum
        self._dirty.clear()

    def _bucket(self, number: int) -> dict[str, T]:
        bucket = self._read.get(number)
        if bucket is None:
            bucket = self._read[number] = self._load(number) if number in self.checksums else {}
        return bucket

    def _load(self, number: int) -> dict[str, T]:
        asked = "SELECT value FROM buckets WHERE name = ? AND number = ?"
        row = self._connect().execute(asked, (self._name, number)).fetchone()
        if row is None or not isinstance(row[0], bytes) or digest(row[0]) != self.checksums[number]:
            raise Damaged(self._name)
        return self._decoder.decode(row[0])


class Kept(Mapping[str, T]):
    """A mapping as it was kept, of which no more is read than what is asked for; in any process. `keys`: all of them,
    in their order, where that matters."""

    def __init__(
        self, connections: Connections, name: str, checksums: Checksums, shape: Any,
        keys: tuple[str, ...] | None = None,
    ) -> None:  # fmt: skip
        self._made_of = connections, name, checksums, shape, keys
        self._keys = keys
        self._buckets: Buckets[T] = Buckets(connections.get, name, checksums, shape)

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
        value = self._buckets.get(key)
        return default if value is None else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._buckets.whole() if self._keys is None else self._keys)

    def __len__(self) -> int:
        return len(self._buckets.whole() if self._keys is None else self._keys)

    def __reduce__(self) -> tuple[Any, ...]:
        return Kept, self._made_of


def _number(key: str) -> int:
    return crc32(key.encode()) % COUNT


def seal(name: str, key: str, data: bytes) -> str:
    """A sum over a record and what it goes by, so that damage shows and none is taken for another."""
    return f"{crc32(data, crc32(f'{name} {key} '.encode())):08x}"


def is_sealed(check: object, name: str, key: str, data: bytes) -> bool:
    return isinstance(data, bytes) and check == seal(name, key, data)
