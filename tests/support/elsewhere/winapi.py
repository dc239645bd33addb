"""msvcrt and what ctypes reaches of Windows, as far as sitegen asks them. Handles are descriptors."""

import ctypes
import errno
import fcntl
import os
import signal
import stat
from types import ModuleType, SimpleNamespace
from typing import Any

from . import handles

LANGUAGE = "SITEGEN_AS_LANGUAGE"
"""The variable with the number of the menus' language; English where there is none."""
LONG_PATHS = "SITEGEN_AS_LONG_PATHS"
"""The variable that is there where long paths have been allowed."""
GENERIC_READ, GENERIC_WRITE = 0x80000000, 0x40000000
SHARE_READ, SHARE_DELETE = 1, 4
DISPOSITIONS = {1: os.O_CREAT | os.O_EXCL, 2: os.O_CREAT | os.O_TRUNC, 3: 0, 4: os.O_CREAT, 5: os.O_TRUNC}
BACKUP_SEMANTICS = 0x02000000
_open = os.open


def locking(file: int, mode: int, count: int) -> None:
    """One lock a file, whichever of its bytes."""
    if count < 1:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    try:
        fcntl.flock(file, fcntl.LOCK_UN if mode == msvcrt.LK_UNLCK else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        code = errno.EDEADLK if mode == msvcrt.LK_LOCK else errno.EACCES
        raise OSError(code, os.strerror(code)) from None


class _CreateFile:
    """CreateFileW: a descriptor that says what others may do meanwhile, or INVALID_HANDLE_VALUE."""

    argtypes: Any = None
    restype: Any = ctypes.c_int

    def __call__(
        self, name: str, access: int, share: int, security: None, disposition: int, attributes: int, template: None
    ) -> int | None:
        assert len(self.argtypes) == 7
        assert self.restype is ctypes.c_void_p  # else a handle loses half of its bits
        try:
            return _create(name, access, share, disposition, attributes)
        except OSError as error:
            _errors.append(error)
            return ctypes.c_void_p(-1).value


_errors: list[OSError] = []


def _create(name: str, access: int, share: int, disposition: int, attributes: int) -> int:
    from .windows import ACCESS_DENIED, SHARING_VIOLATION, real, refused

    try:
        is_folder = stat.S_ISDIR(os.stat(name).st_mode)
        if is_folder and not attributes & BACKUP_SEMANTICS:
            raise refused(errno.EACCES, ACCESS_DENIED, name)
        if not is_folder and handles.is_taken(real(name)):
            raise refused(errno.EACCES, SHARING_VIOLATION, name)
    except FileNotFoundError:
        pass
    flags = DISPOSITIONS[disposition] | (os.O_RDWR if access & GENERIC_WRITE else os.O_RDONLY) | os.O_CLOEXEC
    if share & SHARE_DELETE:
        flags |= handles.SHARED
    elif not share & SHARE_READ:
        flags |= handles.ALONE
    return _open(name, flags, 0o666)


def _module(name: str, **has: Any) -> Any:
    module = ModuleType(name)
    module.__dict__.update(has)
    return module


msvcrt = _module(
    "msvcrt", LK_UNLCK=0, LK_LOCK=1, LK_NBLCK=2, LK_RLCK=3, LK_NBRLCK=4, locking=locking,
    open_osfhandle=lambda handle, flags: handle, get_osfhandle=lambda file: file, setmode=lambda file, flags: 0x8000,
)  # fmt: skip

_before: list[Any] = []


def SetConsoleCtrlHandler(handler: None, is_set: bool) -> int:  # noqa: N802
    """Without a handler: whether this process, and all that it starts from now on, hear nothing of Ctrl+C."""
    assert handler is None
    libc = ctypes.CDLL(None)
    libc.signal.restype, libc.signal.argtypes = ctypes.c_void_p, [ctypes.c_int, ctypes.c_void_p]
    if is_set and not _before:
        _before.append(libc.signal(signal.SIGINT, int(signal.SIG_IGN)))
    elif not is_set and _before:
        libc.signal(signal.SIGINT, _before.pop())
        libc.siginterrupt(signal.SIGINT, 1)  # as Python has it
    return 1


windll = SimpleNamespace(
    kernel32=SimpleNamespace(
        GetUserDefaultUILanguage=lambda: int(os.environ.get(LANGUAGE, "0x409"), 16),
        SetConsoleCtrlHandler=SetConsoleCtrlHandler,
    ),
    ntdll=SimpleNamespace(RtlAreLongPathsEnabled=lambda: int(LONG_PATHS in os.environ)),
)


def WinDLL(name: str, *, use_last_error: bool = False) -> SimpleNamespace:  # noqa: N802
    """A library whose functions leave their error to be asked for."""
    assert (name, use_last_error) == ("kernel32", True)
    return SimpleNamespace(CreateFileW=_CreateFile())


def get_last_error() -> int:
    return len(_errors) - 1


def WinError(code: int) -> OSError:  # noqa: N802
    return _errors[code]


def CreateFile(  # noqa: N802
    name: str, access: int, share: int, security: int, disposition: int, attributes: int, template: int
) -> int:
    """That of `_winapi`."""
    return _create(name, access, share, disposition, attributes)


OPEN_EXISTING, NULL = 3, 0
CloseHandle = os.close
