"""What earlier builds remember: documents and traces in one SQLite file, as typed records that cannot run.

Whatever is wrong with the file, whether it is another version's or damaged or someone else's, it is begun anew: that
costs time only.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from sitegen.site.document import Teaser

from . import buckets
from .buckets import FAULTS, Buckets, Checksums, Connections, Damaged, Kept, is_sealed, seal

T = TypeVar("T")

SCHEMA = f"""
CREATE TABLE state (name TEXT PRIMARY KEY, checksum TEXT, value BLOB);
CREATE TABLE documents (path TEXT PRIMARY KEY, key TEXT, checksum TEXT, record BLOB);
CREATE TABLE bodies (path TEXT PRIMARY KEY, key TEXT, checksum TEXT, html BLOB);
{buckets.SCHEMA};
"""
_PARTS = "parts:"


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
    """What a document is remembered by, its outline and its teaser, if it says anything."""

    key: str
    outline: str
    teaser: Teaser | None


class Cache:
    """One build's use of the file; raises Damaged, or sqlite3.DatabaseError, which `opened` turns into it."""

    def __init__(self, path: Path) -> None:
        self.connections = Connections(str(path))
        """For what is read when it is asked for."""
        self.lasting = False
        """Whether it is used by many builds of one process, which keep in memory what was read."""
        self._held: dict[str, tuple[object, Any]] = {}
        self._records: dict[str, tuple[str, Any]] = {}
        self._state: dict[str, Any] = {}
        self._mappings: dict[str, Buckets[Any]] = {}
        self.connection = sqlite3.connect(path, isolation_level=None)
        try:
            self.connection.executescript(
                "PRAGMA trusted_schema = OFF; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;"
            )
        except FAULTS:
            self.close()
            raise

    def has_our_tables(self) -> bool:
        """And nothing else: a view or a trigger could answer in place of a table."""
        made = self.connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        return sorted(sql for (sql,) in made) == sorted(filter(None, map(str.strip, SCHEMA.split(";"))))

    def close(self) -> None:
        self.connections.close()
        self.connection.close()

    def load(self, name: str, shape: type[T]) -> T | None:
        """A part of the state, or None when there is none."""
        if name not in self._state:
            row = self.connection.execute("SELECT checksum, value FROM state WHERE name = ?", (name,)).fetchone()
            self._state[name] = (
                None if row is None else _decoded(name, "", row[0], row[1], msgspec.msgpack.Decoder(shape))
            )
        return cast(T | None, self._state[name])

    def once(self, name: str, key: object, make: Callable[[], T]) -> T:
        """A value as an earlier build of this process made it, if that was for the same key; with none, made anew."""
        held = self._held.get(name)
        if held is None or key is None or held[0] != key:
            held = self._held[name] = key, make()
        return cast(T, held[1])

    def entries(self, name: str, shape: type[T]) -> Mapping[str, T]:
        """A large part of the state; empty when there is none."""
        return self._buckets(name, shape).whole()

    def kept(self, name: str, shape: Any, keys: tuple[str, ...] | None = None) -> Mapping[str, Any]:
        """The same, read when it is asked for, or in memory; `keys`: all of them, where their order matters."""
        if self.lasting:
            whole = self.entries(name, shape)
            return whole if keys is None else {key: whole[key] for key in keys}
        return Kept(self.connections, name, self._rows().get(name, {}), shape, keys)

    def documents(self, keys: Mapping[str, str], shape: type[T]) -> dict[str, T]:
        """Records, of this shape, of those paths, each by the key that it must have. Raises Damaged when one lacks."""
        held = {path: record for path, (key, record) in self._records.items() if keys.get(path) == key}
        if len(held) == len(keys):
            return held
        rows = self.connection.execute("SELECT path, key, checksum, record FROM documents")
        known = (row for row in rows if keys.get(row[0]) == row[1])
        decoder = msgspec.msgpack.Decoder(shape)
        records = {path: _decoded(path, key, check, data, decoder) for path, key, check, data in known}
        if len(records) < len(keys):
            raise Damaged("documents")
        return records

    def hold(self, records: Mapping[str, Any], keys: Mapping[str, str]) -> None:
        """Keep records in memory, where that is for more than one build."""
        if self.lasting:
            self._records |= {path: (keys[path], record) for path, record in records.items()}
            for path in self._records.keys() - keys.keys():
                del self._records[path]

    def remember_documents(self, parsed: Iterable[tuple[str, Known, bytes, bytes]], gone: Iterable[str]) -> None:
        """Path, key and outline, record and HTML of what was parsed. Right whatever becomes of the build."""
        known = self._buckets("documents", Known)
        with self._transaction() as connection:
            for path, document, record, html in parsed:
                key = document.key
                known.put(path, document)
                row = (path, key, seal(path, key, record), record)
                connection.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)", row)
                shown = (path, key, seal(path, key, html), html)
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
            self._mappings[name] = Buckets(lambda: self.connection, name, rows, shape)
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
            self.connection.execute("DELETE FROM state WHERE name = ?", (name,))
            self._state[name] = value
            if value is not None:
                data = msgspec.msgpack.encode(value)
                self.connection.execute("INSERT INTO state VALUES (?, ?, ?)", (name, seal(name, "", data), data))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            if self.connection.in_transaction:  # a full disk has ended it already
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")


def _decoded(name: str, key: str, check: object, data: bytes, decoder: "msgspec.msgpack.Decoder[T]") -> T:
    try:
        if is_sealed(check, name, key, data):
            return decoder.decode(data)
    except msgspec.DecodeError:
        pass
    raise Damaged(name)
