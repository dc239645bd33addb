"""Documents and their HTML as they are remembered: single rows of the database, read when asked for, in any process."""

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from sitegen.problems import Problem
from sitegen.site.document import Document

from .buckets import FAULTS, Connections, Damaged, is_sealed


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
                if key == self._keys[path] and is_sealed(check, path, key, data):
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


class Record(Struct, frozen=True, gc=False, array_like=True):
    """A parsed content file, without its HTML, as it is remembered."""

    document: Document | None
    problems: tuple[Problem, ...]


class Documents(Rows, Mapping[str, Document]):
    """Documents that are read when something asks for them."""

    def __getitem__(self, path: str) -> Document:
        document = self.record(path).document if path in self._keys else None
        if document is None:
            raise KeyError(path)
        return document

    def record(self, path: str) -> Record:
        """A document with its problems."""
        return msgspec.msgpack.decode(self.read(path), type=Record)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)
