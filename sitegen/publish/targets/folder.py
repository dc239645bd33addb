"""A folder of this machine, or of another that is mounted here."""

import errno
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from sitegen.files import FOLDERS, is_below, real_path, written_folders
from sitegen.problems import Place, problem
from sitegen.system.disk import link_target, open_regular, remove, replace, respell, sync_folder
from sitegen.system.locks import lock
from sitegen.system.status import leads_elsewhere
from sitegen.text import caseless

from .staged.disk import Entry, Kind
from .staged.loop import InCaller
from .target import Refused

_STALE = getattr(errno, "ESTALE", errno.ENOENT)
"""Of what was removed meanwhile, on a disk that is mounted over a line."""


class LocalDisk:
    """One step at a time, since they wait for nobody."""

    in_flight = 1
    is_own = True

    async def connect(self, in_caller: InCaller) -> None:
        """Nothing has to be done."""

    async def close(self) -> None:
        """Nor here."""

    async def read(self, path: str) -> bytes:
        try:
            return _read(path)
        except OSError:  # removed or replaced meanwhile, which disks that are mounted over a line tell in many ways
            return _read(path)

    async def look(self, path: str) -> Entry | None:
        try:
            return _entry(os.lstat(path))
        except (FileNotFoundError, NotADirectoryError):
            return None

    async def scan(self, folder: str) -> Mapping[str, Entry]:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
        found = {name: await self.look(f"{folder}/{name}") for name in names}
        return {name: entry for name, entry in found.items() if entry is not None}

    async def write(self, path: str, source: Callable[[], Iterable[bytes]]) -> None:
        _write(path, source(), os.O_CREAT | os.O_TRUNC)

    async def create(self, path: str, data: bytes) -> bool:
        try:
            file = open_regular(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        except OSError as error:
            if error.errno in (errno.EEXIST, _STALE):  # there is one, or was until now
                return False
            raise
        try:
            _fill(file, (data,))
        except OSError:  # half of it would keep others away
            with suppress(OSError):
                remove(path)
            raise
        return True

    async def amend(self, path: str, data: bytes) -> None:
        _write(path, (data,), 0)

    async def move(self, source: str, target: str, *, replaces: bool = True) -> None:
        if not replaces:
            with suppress(FileNotFoundError):
                remove(target)
        (respell if caseless(source) == caseless(target) else replace)(source, target)

    async def set_mode(self, path: str, mode: int) -> None:
        Path(path).chmod(mode)

    async def remove(self, path: str) -> None:
        remove(path)

    async def make_folder(self, path: str) -> None:
        Path(path).mkdir()

    async def remove_folder(self, path: str) -> None:
        Path(path).rmdir()

    async def link(self, source: str, target: str) -> None:
        os.link(source, target)

    async def point(self, link: str, target: str) -> None:
        Path(link).symlink_to(target, target_is_directory=True)

    async def target_of(self, link: str) -> str:
        return link_target(link)

    async def settle(self, folders: Iterable[str]) -> None:
        for folder in folders:
            with suppress(FileNotFoundError):
                sync_folder(folder)

    def hold(self, folder: str) -> Callable[[], None] | None:
        try:
            return lock(Path(folder))
        except OSError:  # a disk that knows no locks
            return None


def locate(path: str, site: Path, place: Place, *, is_link: bool = False) -> str:
    """Where a folder is that site.yaml names, seen from the site; `is_link`: it may be one, which is meant itself.
    Raises Refused for the site's own."""
    base = real_path(site)
    meant = Path(os.path.abspath(site / os.path.expanduser(path)))  # noqa: PTH100, PTH111 - a text, not followed
    root = f"{real_path(meant.parent).rstrip('/')}/{meant.name}" if is_link else real_path(meant)
    own = (*written_folders(site), *(f"{base}/{folder}" for folder in FOLDERS))
    if root == base or any(is_below(root, folder) for folder in own):
        raise Refused(problem("own-folder-as-target", place, folder=path))
    return root


def _entry(found: os.stat_result) -> Entry:
    kind: Kind = "other"
    if leads_elsewhere(found):
        kind = "link"
    elif stat.S_ISDIR(found.st_mode):
        kind = "folder"
    elif stat.S_ISREG(found.st_mode):
        kind = "file"
    return Entry(kind, found.st_size, found.st_mtime_ns, stat.S_IMODE(found.st_mode))


def _read(path: str) -> bytes:
    with os.fdopen(open_regular(path), "rb") as file:
        return file.read()


def _write(path: str, pieces: Iterable[bytes], flags: int) -> None:
    _fill(open_regular(path, os.O_WRONLY | flags), pieces)


def _fill(file: int, pieces: Iterable[bytes]) -> None:
    """To the disk itself."""
    try:
        for piece in pieces:
            left = memoryview(piece)
            while left:
                left = left[os.write(file, left) :]
        os.fsync(file)
    finally:
        os.close(file)
