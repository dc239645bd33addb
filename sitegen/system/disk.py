"""Files of any disk: opened behind no link, replaced, moved and removed although others look at them.

Windows refuses to replace or remove what is open, unless whoever opened it allows that, as we do; and virus scanners,
indexers and synchronising programs open whatever is new for a moment. So there it is tried again for a while.
"""

import errno
import os
import stat
import sys
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from .status import is_link, is_one, leads_elsewhere, mode_of

T = TypeVar("T")


class FileInUse(Exception):
    """Another program has a file open; `path` as it was given."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


if sys.platform == "win32":
    import msvcrt
    import time
    from functools import cache, partial

    _PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8)
    """Seconds: others let go within so many, or mean to stay."""
    _PASSING = frozenset({errno.EACCES, errno.EPERM, errno.ENOTEMPTY})
    """What Windows says meanwhile; the last of a folder out of which something has been removed that is looked at."""
    _READ, _SHARED, _OPEN, _NORMAL = 0x80000000, 0x7, 3, 0x80
    """CreateFileW: GENERIC_READ; FILE_SHARE_READ, _WRITE and _DELETE; OPEN_EXISTING; FILE_ATTRIBUTE_NORMAL."""
    _DRIVES = 259
    """Letters of a path, where longer ones have not been allowed."""

    def _patiently(do: Callable[[], T]) -> T:
        for pause in _PAUSES:
            try:
                return do()
            except OSError as error:
                if error.errno not in _PASSING:
                    raise
                time.sleep(pause)
        return do()

    def open_regular(path: str | Path, flags: int = os.O_RDONLY) -> int:
        """A descriptor of a regular file. Raises OSError, for a link (ELOOP) or anything else that is no file (EISDIR)
        too, and then nothing was waited for."""
        try:
            found = os.lstat(path)
        except FileNotFoundError:
            if not flags & os.O_CREAT:
                raise
        else:
            if not stat.S_ISREG(found.st_mode):
                raise _error(errno.ELOOP if stat.S_ISLNK(found.st_mode) else errno.EISDIR, path)
        return _patiently(partial(_open, str(path), flags))

    def _open(path: str, flags: int) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            return os.open(path, flags | os.O_BINARY | os.O_NOINHERIT, 0o666)
        return msvcrt.open_osfhandle(_create_file()(path), os.O_RDONLY | os.O_BINARY | os.O_NOINHERIT)

    @cache
    def _create_file() -> Callable[[str], int]:
        """CreateFileW, to read what everybody else may replace and remove meanwhile. Python's own has no such choice,
        and `_winapi` takes names in ASCII alone before 3.13."""
        import ctypes  # noqa: PLC0415 - where a file is read

        create = ctypes.WinDLL("kernel32", use_last_error=True).CreateFileW
        number, pointer = ctypes.c_uint32, ctypes.c_void_p
        create.argtypes = [ctypes.c_wchar_p, number, number, pointer, number, number, pointer]
        create.restype = pointer

        def handle(path: str) -> int:
            found: int | None = create(path, _READ, _SHARED, None, _OPEN, _NORMAL, None)
            if found is None or found == pointer(-1).value:
                raise ctypes.WinError(ctypes.get_last_error())
            return found

        return handle

    def open_without_links(location: str) -> int:
        """The same at an absolute path, no part of which is a link."""
        file = open_regular(location)
        if slashed(os.path.realpath(location)) != location:
            os.close(file)
            raise _error(errno.ELOOP, location)
        return file

    def slashed(path: str) -> str:
        """A path with /, on all systems."""
        return path.replace("\\", "/")

    def link_target(link: str) -> str:
        """What a link says. Raises OSError."""
        return slashed(os.readlink(link).removeprefix("\\\\?\\"))

    def set_time(path: str | Path, moment: int) -> None:
        """Give a file, which is no link, a time in nanoseconds. Raises OSError."""
        os.utime(path, ns=(moment, moment))  # Windows cannot be told to follow no link

    def replace(source: str | Path, target: str | Path) -> None:
        """Move a file to where one may be. Raises OSError."""
        _patiently(partial(os.replace, source, target))

    def remove(path: str | Path) -> None:
        """Remove a file or a link. Raises OSError."""
        _patiently(partial(os.unlink, path))

    def respell(path: str, other: str) -> None:
        """Let a file or a folder have another spelling of its name. Raises OSError."""
        _patiently(partial(os.rename, path, other))

    def move_folder(source: str, target: str) -> bool:
        """Move a folder to where nothing is; where the system refuses, since something in it is open, there is an empty
        one instead. Raises OSError."""
        try:
            os.replace(source, target)
        except PermissionError:
            os.mkdir(target)  # noqa: PTH102
            return False
        return True

    def remove_folder(folder: str | Path) -> None:
        """Remove a folder with all that it holds, however deep, and follow no link. Raises OSError."""
        if leads_elsewhere(os.lstat(folder)):
            raise _error(errno.ELOOP, folder)
        pending, folders = [str(folder)], []
        while pending:
            folders.append(at := pending.pop())
            with os.scandir(at) as entries:
                for entry in [*entries]:
                    if entry.is_dir(follow_symlinks=False) and not is_link(entry):
                        pending.append(entry.path)
                    else:
                        remove(entry.path)
        for at in reversed(folders):
            _patiently(partial(os.rmdir, at))

    def sync_folder(folder: str | Path) -> None:
        """Let what was moved into a folder outlast a power cut. Windows sees to that by itself."""

    def require_free(paths: Iterable[str]) -> None:
        """Make sure that files can be replaced and removed, those of them that are there. Raises FileInUse for one that
        another program has open, OSError for one that is read-only."""
        for path in paths:
            try:
                _patiently(partial(os.rename, path, path))
            except FileNotFoundError:
                continue
            except PermissionError:
                raise FileInUse(path) from None
            if not os.access(path, os.W_OK):
                raise _error(errno.EACCES, path)

    def longest_path() -> int | None:
        """How many letters a path may have, if not very many."""
        import ctypes  # noqa: PLC0415 - when paths are long

        are_allowed = ctypes.windll.ntdll.RtlAreLongPathsEnabled() & 0xFF  # one byte is all that it says
        return None if are_allowed else _DRIVES

else:
    _ONLY_THIS = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    _FOLDER = os.O_RDONLY | os.O_DIRECTORY | _ONLY_THIS
    _STEP = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | _ONLY_THIS

    def open_regular(path: str | Path, flags: int = os.O_RDONLY) -> int:
        """A descriptor of a regular file. Raises OSError, for a link (ELOOP) or anything else that is no file (EISDIR)
        too, and then nothing was waited for."""
        return _open(path, flags, None)

    def _open(path: str | Path, flags: int, folder: int | None) -> int:
        file = os.open(path, flags | _ONLY_THIS, 0o666, dir_fd=folder)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise _error(errno.EISDIR, path)
        return file

    def open_without_links(location: str) -> int:
        """The same at an absolute path, no part of which is a link: opened step by step from the root of the disk,
        since a folder may become one at any moment. That costs 12 µs."""
        if sys.platform == "darwin":  # which has a flag for that, and folders that none may list, above iCloud's
            return _open(location, os.O_NOFOLLOW_ANY, None)
        _, *folders, name = location.split("/")
        folder = os.open("/", _STEP)
        try:
            for step in folders:
                below = os.open(step, _STEP, dir_fd=folder)
                os.close(folder)
                folder = below
            return _open(name, os.O_RDONLY, folder)
        finally:
            os.close(folder)

    def slashed(path: str) -> str:
        """A path with /, on all systems."""
        return path

    def link_target(link: str) -> str:
        """What a link says. Raises OSError."""
        return os.readlink(link)

    def set_time(path: str | Path, moment: int) -> None:
        """Give a file, which is no link, a time in nanoseconds. Raises OSError."""
        os.utime(path, ns=(moment, moment), follow_symlinks=False)

    def replace(source: str | Path, target: str | Path) -> None:
        """Move a file to where one may be. Raises OSError."""
        os.replace(source, target)

    def remove(path: str | Path) -> None:
        """Remove a file or a link. Raises OSError."""
        os.unlink(path)  # noqa: PTH108

    def respell(path: str, other: str) -> None:
        """Let a file or a folder have another spelling of its name. Raises OSError."""
        os.rename(path, other)  # noqa: PTH104

    def move_folder(source: str, target: str) -> bool:
        """Move a folder to where nothing is; where the system refuses, since something in it is open, there is an empty
        one instead. Raises OSError."""
        os.replace(source, target)
        return True

    def remove_folder(folder: str | Path) -> None:
        """Remove a folder with all that it holds, however deep, and follow no link. Raises OSError."""
        top, mark, number = os.open(folder, _FOLDER), os.urandom(8).hex(), 0
        try:
            pending = _without_files(top)
            while pending:
                name = pending.pop()
                below = os.open(name, _FOLDER, dir_fd=top)
                try:
                    for inner in _without_files(below):  # up to the others, so that no path becomes too long
                        number += 1
                        os.rename(inner, f"{mark}-{number}", src_dir_fd=below, dst_dir_fd=top)
                        pending.append(f"{mark}-{number}")
                finally:
                    os.close(below)
                os.rmdir(name, dir_fd=top)
        finally:
            os.close(top)
        os.rmdir(folder)  # noqa: PTH106

    def _without_files(folder: int) -> list[str]:
        """The names of the folders in an open folder, of which all else is removed."""
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        for name in (name for name, is_folder in found if not is_folder):
            os.unlink(name, dir_fd=folder)
        return [name for name, is_folder in found if is_folder]

    def sync_folder(folder: str | Path) -> None:
        """Let what was moved into a folder outlast a power cut. Raises OSError."""
        file = os.open(folder, _FOLDER)
        try:
            os.fsync(file)
        finally:
            os.close(file)

    def require_free(paths: Iterable[str]) -> None:
        """Make sure that files can be replaced and removed, which nothing but the rights of their folders decides."""

    def longest_path() -> int | None:
        """How many letters a path may have, if not very many."""
        return None


def move_content(source: str, target: str) -> None:
    """Move all that a folder holds into another: a whole folder at once where there is none yet, else its parts. Raises
    OSError."""
    _move(source, target, folds=_folds_case(source))


def _move(source: str, target: str, *, folds: bool) -> None:
    with os.scandir(source) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    spelt = {_caseless(name): name for name in os.listdir(target)} if folds else {}  # noqa: PTH208 - names alone
    for entry in found:
        place = f"{target}/{entry.name}"
        other = spelt.get(_caseless(entry.name)) if folds else None
        if other is not None and other != entry.name and is_one(f"{target}/{other}", place):
            respell(f"{target}/{other}", place)
        if not entry.is_dir(follow_symlinks=False):
            replace(entry.path, place)
        elif stat.S_ISDIR(mode_of(place)) or not move_folder(entry.path, place):
            _move(entry.path, place, folds=folds)


def _folds_case(path: str) -> bool:
    """Whether the disk of something that is there has it in other case too: it keeps the spelling that was first."""
    folder, slash, name = path.rpartition("/")
    return is_one(path, f"{folder}{slash}{name.swapcase()}")


def _caseless(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _error(code: int, path: str | Path) -> OSError:
    return OSError(code, os.strerror(code), str(path))
