"""Single rows of the cache's tables of documents, sealed, and read in any process."""

from collections.abc import Mapping
from sqlite3 import DatabaseError
from zlib import crc32

from .buckets import Connections, Damaged

FAULTS = (DatabaseError, UnicodeDecodeError)
"""What SQLite raises for a file that is damaged; the latter when its very message is."""


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


def seal(name: str, key: str, data: bytes) -> str:
    """A sum over a record and what it goes by, so that damage shows and none is taken for another."""
    return f"{crc32(data, crc32(f'{name} {key} '.encode())):08x}"


def is_sealed(check: object, name: str, key: str, data: bytes) -> bool:
    return isinstance(data, bytes) and check == seal(name, key, data)
