"""What was made, kept by its key, so that another output or a clean build need not make it again."""

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from sitegen.files import digest
from sitegen.system.disk import open_regular, remove, remove_folder, replace
from sitegen.system.status import is_link, is_ours
from sitegen.text import LARGEST

T = TypeVar("T")

MADE = "made"
SEARCH = "search"
"""The folder of search indexes, each as one file."""


class Store(Struct, frozen=True):
    """A folder of files, each behind its own checksum; None keeps nothing. Whatever is wrong there costs time only."""

    folder: Path | None

    def get(self, key: str) -> bytes | None:
        """What was made under this key, if it is whole and this user's."""
        if self.folder is None:
            return None
        try:
            with os.fdopen(open_regular(self.folder / key), "rb") as file:
                stat = os.fstat(file.fileno())
                if not is_ours(stat) or stat.st_size > LARGEST:
                    return None
                checksum, data = file.read(_CHECKSUM), file.read()
        except OSError:
            return None
        return data if digest(data).encode() == checksum else None

    def put(self, key: str, data: bytes) -> None:
        """Keep what was made; any process may, at any moment."""
        if self.folder is None:
            return
        import tempfile  # noqa: PLC0415 - not where nothing is made

        with suppress(OSError):
            self.folder.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
                file.write(digest(data).encode() + data)
            replace(file.name, self.folder / key)

    def load(self, key: str, shape: type[T]) -> T | None:
        """A value that was saved under this key, if it is whole and of this shape."""
        data = self.get(key)
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None if data is None else msgspec.msgpack.decode(data, type=shape)
        return None

    def save(self, key: str, value: object) -> None:
        self.put(key, msgspec.msgpack.encode(value))

    def keep_only(self, keys: Collection[str]) -> None:
        """Remove all but these."""
        if self.folder is None:
            return
        with suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.name not in keys:
                    is_folder = entry.is_dir(follow_symlinks=False) and not is_link(entry)
                    take_away = remove_folder if is_folder else remove
                    take_away(entry.path)


_CHECKSUM = len(digest(b""))
