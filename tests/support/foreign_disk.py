"""A disk with the manners of another system, over a folder, for all programs that use it:
`python -m tests.support.foreign_disk MANNERS FOLDER MOUNT`.

Needs mfusepy, libfuse3 and the right to mount; see `tests.support.disks`.
"""

import errno
import os
import random
import stat
import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from threading import RLock
from typing import Any, Literal, NamedTuple

import mfusepy

from tests.support.elsewhere.windows import JUNCTION


class Manners(NamedTuple):
    """What a disk does otherwise.

    `guards`: what is open is neither replaced nor removed, nor a folder moved in which something is; names that Windows
    reserves are refused, owners and modes are not known, and the time of a change is that of birth.
    `folds`: names that differ in their case alone are one. `form`: names are kept as they are, kept but told apart by
    their letters, or kept in NFD. `grain`: of times, in nanoseconds. `late`: files are dated when they are closed.
    `scanner`: seconds for which some program looks at new files, at one of five. `longest`: letters of a path.
    """

    guards: bool = False
    folds: bool = True
    form: Literal["", "alike", "NFD"] = ""
    grain: int = 100
    late: bool = False
    scanner: float = 0.0
    longest: int = 0


KINDS = {
    "ntfs": Manners(guards=True, late=True),
    "scanned": Manners(guards=True, late=True, scanner=0.3),
    "short": Manners(guards=True, late=True, longest=259),
    "fat": Manners(guards=True, late=True, grain=2 * 10**9),
    "hfs": Manners(form="NFD", grain=10**9),
    "apfs": Manners(form="alike", grain=1),
}
_PORTS = {f"{port}{number}" for port in ("com", "lpt") for number in "123456789¹²³"}
RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$", *_PORTS}
REFUSED = {*'<>:"|?*\\', *map(chr, range(32))}
ON_ITS_WAY = 0.05
"""Seconds after which a file that was closed is so for the disk too."""
SHARED = os.O_SYNC
"""How `tests.support.elsewhere` opens what others may replace."""


class Handle:
    """An open file. `closed`: it was closed once, which may have been one of several descriptors."""

    def __init__(self, place: str, flags: int) -> None:
        self.place, self.closed = place, 0.0
        self.is_written = bool(flags & (os.O_WRONLY | os.O_RDWR))
        self.is_shared = flags & SHARED == SHARED


class Disk(mfusepy.Operations):  # type: ignore[misc]
    """Files lie in `folder` by the names that this disk would have."""

    use_ns = True

    def __init__(self, manners: Manners, folder: str, mount: str) -> None:
        self._manners, self._folder, self._mount = manners, os.path.realpath(folder), mount
        self._handles: dict[int, Handle] = {}
        self._names: dict[str, dict[str, str]] = {}
        """Of the folders that were looked into, by what tells them apart."""
        self._scanned: dict[str, float] = {}
        self._born: dict[int, int] = {}
        self._guard, self._chance = RLock(), random.Random(0)

    # names

    def _key(self, name: str) -> str:
        if self._manners.guards:
            name = name.rstrip(". ") or name
        if self._manners.form:
            name = unicodedata.normalize("NFD", name)
        return name.casefold() if self._manners.folds else name

    def _spelt(self, name: str) -> str:
        if self._manners.guards:
            name = name.rstrip(". ") or name
        return unicodedata.normalize("NFD", name) if self._manners.form == "NFD" else name

    def _entries(self, folder: str) -> dict[str, str]:
        with self._guard:
            if folder not in self._names:
                with suppress(OSError):
                    self._names[folder] = {self._key(name): name for name in os.listdir(folder)}
            return self._names.get(folder, {})

    def _find(self, path: str) -> str:
        """Where something lies, or would."""
        if self._manners.guards:
            self._check(path)
        place = self._folder
        for name in filter(None, path.split("/")):
            place = f"{place}/{self._entries(place).get(self._key(name)) or self._spelt(name)}"
        return place

    def _check(self, path: str) -> None:
        for name in filter(None, path.split("/")):
            if REFUSED & {*name} or name.partition(".")[0].rstrip(" ").casefold() in RESERVED:
                raise mfusepy.FuseOSError(errno.EINVAL)
        if self._manners.longest and len(self._mount) + len(path) > self._manners.longest:
            raise mfusepy.FuseOSError(errno.ENOENT)

    def _came(self, place: str) -> None:
        with self._guard:
            folder, _, name = place.rpartition("/")
            self._entries(folder)[self._key(name)] = name

    def _went(self, place: str) -> None:
        with self._guard:
            folder, _, name = place.rpartition("/")
            self._entries(folder).pop(self._key(name), None)
            for other in [other for other in self._names if other == place or other.startswith(f"{place}/")]:
                del self._names[other]

    # what is open

    def _require_free(self, place: str) -> None:
        """Neither open, nor a folder in which something is."""
        if not self._manners.guards:
            return
        while found := [*self._holding(place)]:
            if not all(handle and handle.closed and time.monotonic() < handle.closed + ON_ITS_WAY for handle in found):
                raise mfusepy.FuseOSError(errno.EACCES)
            time.sleep(0.002)

    def _holding(self, place: str) -> Iterator[Handle | None]:
        with self._guard:
            for handle in self._handles.values():
                if not handle.is_shared and (handle.place == place or handle.place.startswith(f"{place}/")):
                    yield handle
            now = time.monotonic()
            for other, until in self._scanned.items():
                if until > now and (other == place or other.startswith(f"{place}/")):
                    yield None

    def _moved(self, old: str, new: str) -> None:
        with self._guard:
            for handle in self._handles.values():
                if handle.place == old or handle.place.startswith(f"{old}/"):
                    handle.place = new + handle.place[len(old) :]

    # attributes

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        found = os.lstat(self._find(path))
        mode, changed = found.st_mode, found.st_ctime_ns
        if self._manners.guards:
            mode = stat.S_IFMT(mode) | (0o777 if stat.S_ISDIR(mode) else 0o666 if mode & 0o200 else 0o444)
            changed = self._born.setdefault(found.st_ino, found.st_mtime_ns)
        modified = found.st_mtime_ns // self._manners.grain * self._manners.grain
        return {
            "st_mode": mode, "st_nlink": found.st_nlink, "st_size": found.st_size, "st_uid": 0, "st_gid": 0,
            "st_atime": modified, "st_mtime": modified, "st_ctime": changed, "st_ino": found.st_ino,
        }  # fmt: skip

    def readdir(self, path: str, fh: int) -> list[Any]:
        with os.scandir(self._find(path)) as entries:
            found = [(entry.name, entry.stat(follow_symlinks=False)) for entry in entries]
        told = [(name, {"st_mode": at.st_mode, "st_ino": at.st_ino}, 0) for name, at in found]
        return [(".", {"st_mode": stat.S_IFDIR}, 0), ("..", {"st_mode": stat.S_IFDIR}, 0), *told]

    def access(self, path: str, amode: int) -> int:
        return 0

    def chmod(self, path: str, mode: int) -> int:
        place = self._find(path)
        own = stat.S_IMODE(os.lstat(place).st_mode)
        os.chmod(place, own & ~0o222 | (mode & 0o200) if self._manners.guards else mode)
        return 0

    def chown(self, path: str, uid: int, gid: int) -> int:
        if self._manners.guards:
            raise mfusepy.FuseOSError(errno.EPERM)
        return 0

    def utimens(self, path: str, times: tuple[int, int] | None = None) -> int:
        os.utime(self._find(path), ns=times or (time.time_ns(), time.time_ns()))
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        found = os.statvfs(self._folder)
        return {name: getattr(found, name) for name in dir(found) if name.startswith("f_") and name != "f_fsid"}

    # files

    def open(self, path: str, flags: int) -> int:
        place = self._find(path)
        found = os.lstat(place)
        if self._manners.guards and not found.st_mode & 0o200 and flags & (os.O_WRONLY | os.O_RDWR):
            raise mfusepy.FuseOSError(errno.EACCES)
        return self._opened(place, os.open(place, flags & ~(os.O_CREAT | SHARED)), flags)

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        place = self._find(path)
        file = os.open(place, os.O_RDWR | os.O_CREAT, 0o666 if self._manners.guards else mode)
        self._came(place)
        return self._opened(place, file, os.O_RDWR)

    def _opened(self, place: str, file: int, flags: int) -> int:
        with self._guard:
            self._handles[file] = Handle(place, flags)
        return file

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return os.pread(fh, size, offset)

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        return os.pwrite(fh, data, offset)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        os.truncate(fh or self._find(path), length)
        return 0

    def flush(self, path: str, fh: int) -> int:
        handle = self._handles[fh]
        handle.closed = time.monotonic()
        if handle.is_written and self._manners.late:
            os.utime(fh)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        return 0

    def release(self, path: str, fh: int) -> int:
        with self._guard:
            handle = self._handles.pop(fh)
            os.close(fh)
            is_seen = handle.is_written and not handle.place.endswith((".sqlite", "-journal"))
            if is_seen and self._manners.scanner and self._chance.random() < 0.2:
                self._scanned[handle.place] = time.monotonic() + self._manners.scanner * self._chance.uniform(0.2, 1)
        return 0

    # entries

    def mkdir(self, path: str, mode: int) -> int:
        place = self._find(path)
        os.mkdir(place, mode)
        self._came(place)
        return 0

    def rmdir(self, path: str) -> int:
        place = self._find(path)
        os.rmdir(place)
        self._went(place)
        return 0

    def unlink(self, path: str) -> int:
        place = self._find(path)
        found = os.lstat(place)
        if self._manners.guards and not found.st_mode & 0o200 and not stat.S_ISLNK(found.st_mode):
            raise mfusepy.FuseOSError(errno.EACCES)
        self._require_free(place)
        os.unlink(place)
        self._born.pop(found.st_ino, None)
        self._went(place)
        return 0

    def rename(self, old: str, new: str) -> int:
        source, target = self._find(old), self._find(new)
        self._require_free(source)
        is_same = os.path.lexists(target) and os.path.samestat(os.lstat(source), os.lstat(target))
        if is_same:  # its spelling alone may change
            target = f"{os.path.dirname(target)}/{self._spelt(new.rpartition('/')[2])}"
        elif os.path.lexists(target):
            self._replaced(target)
        os.rename(source, target)
        self._went(source)
        self._came(target)
        self._moved(source, target)
        return 0

    def _replaced(self, target: str) -> None:
        found = os.lstat(target)
        if self._manners.guards and (stat.S_ISDIR(found.st_mode) or not found.st_mode & 0o200):
            raise mfusepy.FuseOSError(errno.EACCES)
        self._require_free(target)
        self._born.pop(found.st_ino, None)

    def symlink(self, target: str, source: str) -> int:
        if self._manners.guards and not target.rpartition("/")[2].startswith(JUNCTION):
            raise mfusepy.FuseOSError(errno.EPERM)
        place = self._find(target)
        os.symlink(source, place)
        self._came(place)
        return 0

    def link(self, target: str, source: str) -> int:
        place = self._find(target)
        os.link(self._find(source), place)
        self._came(place)
        return 0

    def readlink(self, path: str) -> str:
        return os.readlink(self._find(path))


def main(kind: str, folder: str, mount: str) -> None:
    mfusepy.FUSE(
        Disk(KINDS[kind], folder, mount), mount, foreground=True, nothreads=False, hard_remove=True, use_ino=True,
        entry_timeout=0, attr_timeout=0, negative_timeout=0,
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
