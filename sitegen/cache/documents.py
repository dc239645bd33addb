"""Documents and their HTML as they are remembered: single rows of the database, read when asked for, in any process."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from sitegen.problems import Problem
from sitegen.site.document import Document
from sitegen.site.front_matter import Times

from .database import Connections, Damaged, Database, decoded, intact

_RECORD, _BODY = "record", "body"
_TOGETHER = 100
"""Documents that are written at a time."""


class KnownDocument(Struct, frozen=True, gc=False, array_like=True):
    """What is known of a content file without reading its document: the key that this is remembered by, the digest of
    its structure, or nothing when it says nothing, whether something is wrong with it, and when it is out, if it is not
    broken."""

    key: str
    structure: str
    has_problems: bool
    times: Times | None


class Record(Struct, frozen=True, gc=False, array_like=True):
    """A parsed content file, without its HTML."""

    document: Document | None
    problems: tuple[Problem, ...]


class Bodies:
    """The HTML of documents. `keys`: what each path is remembered by."""

    def __init__(self, connections: Connections, keys: Mapping[str, str]) -> None:
        self._connections, self._keys = connections, keys

    def __getitem__(self, path: str) -> str:
        """Raises Damaged."""
        return str(self._connections.read(_BODY, path, self._keys[path]), "utf-8")


class Documents(Mapping[str, Document]):
    """Documents that are read when something asks for them. `keys`: what each path is remembered by."""

    def __init__(self, connections: Connections, keys: Mapping[str, str]) -> None:
        self._connections, self._keys = connections, keys

    def __getitem__(self, path: str) -> Document:
        document = self.record(path).document if path in self._keys else None
        if document is None:
            raise KeyError(path)
        return document

    def record(self, path: str) -> Record:
        """A document with its problems. Raises Damaged."""
        return decoded(self._connections.read(_RECORD, path, self._keys[path]), Record)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


def load_records(database: Database, keys: Mapping[str, str]) -> dict[str, Record]:
    """The records of all these paths, each by its key. Raises Damaged when one lacks."""
    rows = database.connections.get().execute("SELECT key, checksum, value FROM rows WHERE name = ?", (_RECORD,))
    records = {
        path: decoded(intact(value, checksum, _RECORD, path, keys[path]), Record)
        for path, checksum, value in rows
        if path in keys
    }
    if len(records) < len(keys):
        raise Damaged(_RECORD)
    return records


def save_documents(database: Database, parsed: Iterable[tuple[str, str, bytes, bytes]], gone: Iterable[str]) -> None:
    """Write documents at once, since they are right whatever becomes of the build: path, key, record and HTML. They are
    parsed meanwhile, but not within a transaction."""
    pending: list[tuple[str, str, bytes, bytes]] = []
    for document in parsed:
        pending.append(document)
        if len(pending) == _TOGETHER:
            _write(database, pending)
            pending.clear()
    _write(database, pending)
    with database.transaction():
        for name in (_RECORD, _BODY):
            database.drop(name, gone)


def _write(database: Database, documents: list[tuple[str, str, bytes, bytes]]) -> None:
    with database.transaction():
        database.put(_RECORD, ((path, key, record) for path, key, record, _ in documents))
        database.put(_BODY, ((path, key, html) for path, key, _, html in documents))
