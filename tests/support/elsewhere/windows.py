"""Windows: its disk, its processes and its signals."""

import builtins
import errno
import functools
import io
import os
import pathlib
import signal
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, ParamSpec, Self, TypeVar

from . import handles, winapi
from .pretend import Poorer, is_own

P = ParamSpec("P")
T = TypeVar("T")

MISSING = (
    "_posixsubprocess", "crypt", "curses", "fcntl", "grp", "nis", "posix", "pty", "pwd", "readline", "resource", "spwd",
    "syslog", "termios", "tty",
)  # fmt: skip
LACKING = {
    "os": """
        CLD_EXITED EFD_CLOEXEC EX_NOUSER F_LOCK GRND_NONBLOCK O_ACCMODE O_ASYNC O_CLOEXEC O_DIRECT O_DIRECTORY
        O_DSYNC O_LARGEFILE O_NDELAY O_NOATIME O_NOCTTY O_NOFOLLOW O_NONBLOCK O_PATH O_RSYNC O_SYNC O_TMPFILE P_ALL
        P_PID RTLD_LAZY RTLD_NOW SCHED_OTHER SEEK_DATA SEEK_HOLE ST_RDONLY WCOREDUMP WEXITSTATUS WIFEXITED WIFSIGNALED
        WIFSTOPPED WNOHANG WSTOPSIG WTERMSIG WUNTRACED chown chroot confstr confstr_names copy_file_range ctermid
        environb eventfd fchdir fchmod fchown fdatasync fork forkpty fpathconf fstatvfs fwalk get_blocking getegid
        getenvb geteuid getgid getgrouplist getgroups getloadavg getpgid getpgrp getpriority getrandom getresgid
        getresuid getsid getuid getxattr initgroups killpg lchown listxattr lockf login_tty major makedev memfd_create
        minor mkfifo mknod nice openpty pathconf pidfd_open pipe2 posix_fadvise posix_fallocate posix_openpt posix_spawn
        posix_spawnp pread preadv pwrite pwritev readv register_at_fork removexattr sched_get_priority_max
        sched_getaffinity sched_getparam sched_setaffinity sched_yield sendfile set_blocking setegid seteuid setgid
        setgroups setpgid setpriority setregid setresgid setresuid setreuid setsid setuid setxattr splice statvfs sync
        sysconf sysconf_names tcgetpgrp tcsetpgrp ttyname uname unshare wait wait3 wait4 waitid writev
    """.split(),
    "signal": """
        ITIMER_PROF ITIMER_REAL ITIMER_VIRTUAL ItimerError SIGALRM SIGBUS SIGCHLD SIGCLD SIGCONT SIGHUP SIGIO SIGIOT
        SIGKILL SIGPIPE SIGPOLL SIGPROF SIGPWR SIGQUIT SIGRTMAX SIGRTMIN SIGSTKFLT SIGSTOP SIGSYS SIGTRAP SIGTSTP
        SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU SIGXFSZ SIG_BLOCK SIG_SETMASK SIG_UNBLOCK
        Sigmasks alarm getitimer pause pidfd_send_signal pthread_kill pthread_sigmask setitimer siginterrupt sigpending
        sigtimedwait sigwait sigwaitinfo struct_siginfo
    """.split(),
    "socket": ("AF_UNIX", "SO_REUSEPORT", "MSG_DONTWAIT", "send_fds", "recv_fds"),
    "time": ("CLOCK_MONOTONIC", "CLOCK_REALTIME", "clock_gettime", "clock_settime", "pthread_getcpuclockid", "tzset"),
    "locale": ("nl_langinfo", "CODESET"),
    "select": ("epoll", "poll"),
    "sys": ("abiflags",),
}  # fmt: skip
BREAK = signal.SIGUSR1
"""What stands for SIGBREAK."""
CTRL_C_EVENT, CTRL_BREAK_EVENT, NEW_GROUP = 0, 1, 0x200
O_BINARY, O_NOINHERIT, O_TEXT = 1 << 40, 1 << 41, 1 << 42
"""Flags that Linux lacks, and must not see."""
JUNCTION = "junction"
"""Links whose names begin so stand for junctions, which anybody may make and which say that they are folders."""
MOUNT_POINT, SYMLINK = 0xA0000003, 0xA000000C
SHARING_VIOLATION, ACCESS_DENIED, NO_PRIVILEGE, EXISTS, NOT_FOUND = 32, 5, 1314, 183, 2

_open, _rename, _replace, _unlink, _rmdir = os.open, os.rename, os.replace, os.unlink, os.rmdir
_scandir, _write, _close, _fdopen = os.scandir, os.write, os.close, os.fdopen
_stat, _lstat, _fstat, _utime, link = os.stat, os.lstat, os.fstat, os.utime, os.symlink
_texts: set[int] = set()
"""Descriptors that were opened without O_BINARY: what is written there gets other line ends."""


def begin() -> Poorer:
    """Change how this process treats the disk, and say what else is another."""
    os.open, os.rename, os.replace, os.rmdir = open_file, rename, replace, rmdir  # type: ignore[assignment]
    os.unlink = os.remove = unlink
    os.symlink, os.mkdir = symlink, _not_found(os.mkdir)  # type: ignore[assignment]
    os.utime = utime
    _translate_line_ends()
    _tell_of_paths()
    return Poorer(
        missing=MISSING,
        lacking=LACKING,
        has={
            "os": {
                "name": "nt", "linesep": "\r\n", "supports_dir_fd": set(), "supports_fd": {os.stat},
                "supports_follow_symlinks": {os.stat}, "O_BINARY": O_BINARY, "O_NOINHERIT": O_NOINHERIT,
                "O_TEXT": O_TEXT, "scandir": scandir,
                "stat": look, "lstat": look_at_link, "fstat": look_at_open, "open": open_as_text, "write": write,
                "fdopen": fdopen, "close": close,
            },
            "sys": {"platform": "win32"},
            "stat": {"IO_REPARSE_TAG_MOUNT_POINT": MOUNT_POINT, "IO_REPARSE_TAG_SYMLINK": SYMLINK},
            "signal": {"SIGBREAK": BREAK, "CTRL_C_EVENT": CTRL_C_EVENT, "CTRL_BREAK_EVENT": CTRL_BREAK_EVENT},
            "subprocess": {"CREATE_NEW_PROCESS_GROUP": NEW_GROUP, "CREATE_NO_WINDOW": 0x8000000,
                           "DETACHED_PROCESS": 8, "CREATE_NEW_CONSOLE": 16},
            "ctypes": {
                "windll": winapi.windll, "WinDLL": winapi.WinDLL, "WinError": winapi.WinError,
                "get_last_error": winapi.get_last_error,
            },
        },
        has_too={"msvcrt": winapi.msvcrt},
        later={
            "shutil": _without_descriptors, "subprocess": _with_groups, "multiprocessing.context": _spawn_alone,
            "asyncio.unix_events": _without_signal_handlers,
        },
    )  # fmt: skip


def refused(code: int, winerror: int, *paths: Any) -> OSError:
    """What Windows says, with its own number besides."""
    error = OSError(code, os.strerror(code), paths[0], None, *paths[1:])
    error.winerror = winerror  # type: ignore[attr-defined]
    return error


# the disk


def _not_found(do: Callable[P, T]) -> Callable[P, T]:
    """Windows does not say that a file stands where there should be a folder."""

    @functools.wraps(do)
    def done(*given: P.args, **named: P.kwargs) -> T:
        try:
            return do(*given, **named)
        except NotADirectoryError as error:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), error.filename) from None

    return done


@_not_found
def open_file(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
    name = os.fspath(path)
    if dir_fd is not None:
        raise NotImplementedError("dir_fd unavailable on this platform")
    with suppress(OSError, ValueError):
        found = os.stat(name)
        if stat.S_ISDIR(found.st_mode):
            raise refused(errno.EACCES, ACCESS_DENIED, path)
        if stat.S_ISREG(found.st_mode) and handles.is_taken(real(name)):
            raise refused(errno.EACCES, SHARING_VIOLATION, path)
    return _open(path, flags & ~(O_BINARY | O_NOINHERIT | O_TEXT) | os.O_CLOEXEC, mode)


def real(path: Any) -> str:
    """Where an entry lies, which may be a link."""
    folder, name = os.path.split(os.path.abspath(os.fsdecode(path)))
    return os.path.join(os.path.realpath(folder), name)


@_not_found
def unlink(path: Any, *, dir_fd: int | None = None) -> None:
    found = os.lstat(path)
    if stat.S_ISDIR(found.st_mode) or _is_read_only(found):
        raise refused(errno.EACCES, ACCESS_DENIED, path)
    if handles.is_open(real(path)):
        raise refused(errno.EACCES, SHARING_VIOLATION, path)
    _unlink(path)


def rmdir(path: Any, *, dir_fd: int | None = None) -> None:
    if os.path.isdir(path) and handles.is_open(real(path), below=True):
        raise refused(errno.EACCES, SHARING_VIOLATION, path)
    _rmdir(path)


@_not_found
def rename(source: Any, target: Any, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None) -> None:
    _require_free_source(source, target)
    if os.path.lexists(target) and not os.path.samestat(os.lstat(source), os.lstat(target)):
        raise refused(errno.EEXIST, EXISTS, source, target)
    _rename(source, target)


@_not_found
def replace(source: Any, target: Any, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None) -> None:
    _require_free_source(source, target)
    with suppress(FileNotFoundError):
        found = os.lstat(target)
        if stat.S_ISDIR(found.st_mode) or _is_read_only(found) or handles.is_open(real(target)):
            raise refused(errno.EACCES, ACCESS_DENIED, source, target)
    _replace(source, target)


def _require_free_source(source: Any, target: Any) -> None:
    found = os.lstat(source)
    if handles.is_open(real(source), below=stat.S_ISDIR(found.st_mode)):
        raise refused(errno.EACCES, SHARING_VIOLATION, source, target)


def _is_read_only(found: os.stat_result) -> bool:
    return stat.S_ISREG(found.st_mode) and not found.st_mode & stat.S_IWUSR


def symlink(source: Any, target: Any, target_is_directory: bool = False, *, dir_fd: int | None = None) -> None:
    raise refused(errno.EINVAL, NO_PRIVILEGE, source, target)


@_not_found
def utime(path: Any, times: Any = None, *, ns: Any = None, dir_fd: Any = None, follow_symlinks: bool = True) -> None:
    if not follow_symlinks:
        raise NotImplementedError("utime: follow_symlinks unavailable on this platform")
    _utime(path, times) if ns is None else _utime(path, ns=ns)


class _Stat:
    """What is told of a file: nothing of its owner, and hardly anything of who may do what."""

    def __init__(self, found: os.stat_result, **other: int) -> None:
        kind, mode = stat.S_IFMT(found.st_mode), 0o777 if stat.S_ISDIR(found.st_mode) else 0o666
        mode = kind | (mode if found.st_mode & stat.S_IWUSR else mode & 0o555)
        tag = SYMLINK if stat.S_ISLNK(mode) else 0
        self.__dict__.update(_found=found, st_mode=mode, st_uid=0, st_gid=0, st_reparse_tag=tag)
        self.__dict__.update(other)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._found, name)

    def __getitem__(self, index: Any) -> Any:
        return self._found[index]


@_not_found
def look(path: Any, *, dir_fd: int | None = None, follow_symlinks: bool = True) -> Any:
    return _Stat(_stat(path)) if follow_symlinks else look_at_link(path)


@_not_found
def look_at_link(path: Any, *, dir_fd: int | None = None) -> Any:
    found = _lstat(path)
    if stat.S_ISLNK(found.st_mode) and os.path.basename(os.fsdecode(path)).startswith(JUNCTION):
        return _Stat(_stat(path), st_reparse_tag=MOUNT_POINT)
    return _Stat(found)


def look_at_open(file: int) -> Any:
    """Of a file that is open to be written an earlier time: it is dated when it is closed."""
    import fcntl

    found = _fstat(file)
    if not stat.S_ISREG(found.st_mode) or not fcntl.fcntl(file, fcntl.F_GETFL) & os.O_ACCMODE:
        return _Stat(found)
    return _Stat(found, st_mtime_ns=found.st_mtime_ns - 10**7)


def _tell_of_paths() -> None:
    """The same to those who ask a Path, but for libraries."""
    looking = pathlib.Path.stat

    def look_at_path(self: pathlib.Path, *, follow_symlinks: bool = True) -> Any:
        if is_own(sys._getframe(1).f_globals):
            return look(self, follow_symlinks=follow_symlinks)
        return looking(self, follow_symlinks=follow_symlinks)

    def look_at_path_itself(self: pathlib.Path) -> Any:
        return look_at_link(self) if is_own(sys._getframe(1).f_globals) else looking(self, follow_symlinks=False)

    pathlib.Path.stat, pathlib.Path.lstat = look_at_path, look_at_path_itself  # type: ignore[method-assign]


class _Entry:
    """An entry of a folder, which tells what the folder says."""

    def __init__(self, entry: "os.DirEntry[Any]") -> None:
        self._entry, self._found = entry, entry.stat(follow_symlinks=False)
        self.name, self.path = entry.name, entry.path

    def __fspath__(self) -> Any:
        return self.path

    def is_junction(self) -> bool:
        return str(self.name).startswith(JUNCTION) and self._entry.is_symlink()

    def is_symlink(self) -> bool:
        return self._entry.is_symlink() and not self.is_junction()

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return self._entry.is_dir(follow_symlinks=follow_symlinks or self.is_junction())

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return self._entry.is_file(follow_symlinks=follow_symlinks)

    def inode(self) -> int:
        return self._entry.inode()

    def stat(self, *, follow_symlinks: bool = True) -> Any:
        follows = self.is_junction() or (follow_symlinks and self.is_symlink())
        found = self._entry.stat() if follows else self._found
        given = {"st_reparse_tag": MOUNT_POINT} if self.is_junction() else {}
        return _Stat(found, st_ino=0, st_dev=0, st_nlink=0, **given)


class _Entries:
    def __init__(self, entries: Any) -> None:
        self._entries = entries

    def __iter__(self) -> Iterator[_Entry]:
        return map(_Entry, self._entries)

    def __next__(self) -> _Entry:
        return _Entry(next(self._entries))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._entries.close()


def scandir(path: Any = ".") -> _Entries:
    if isinstance(path, int):
        raise TypeError("scandir: path should be string, bytes, os.PathLike or None, not int")
    return _Entries(_scandir(path))


# texts


def open_as_text(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
    file = os.open(path, flags, mode, dir_fd=dir_fd)
    _texts.discard(file)
    if not flags & O_BINARY:
        _texts.add(file)
    return file


def write(file: int, data: Any) -> int:
    if file in _texts:
        _write(file, bytes(data).replace(b"\n", b"\r\n"))
        return len(data)
    return _write(file, data)


def fdopen(file: int, *given: Any, **named: Any) -> Any:
    """Python's own files set O_BINARY."""
    _texts.discard(file)
    return _fdopen(file, *given, **named)


def close(file: int) -> None:
    _texts.discard(file)
    _close(file)


def _translate_line_ends() -> None:
    """Of what sitegen and the tests write as text without a word about them."""
    opening, path_opening, writing = io.open, pathlib.Path.open, pathlib.Path.write_text

    def ends(mode: str, newline: str | None) -> str | None:
        is_written = "b" not in mode and {*mode} & {*"wax+"}
        caller = sys._getframe(2).f_globals
        return "\r\n" if newline is None and is_written and is_own(caller) else newline

    def open_(
        file: Any, mode: str = "r", buffering: int = -1, encoding: str | None = None, errors: str | None = None,
        newline: str | None = None, closefd: bool = True, opener: Any = None,
    ) -> Any:  # fmt: skip
        return opening(file, mode, buffering, encoding, errors, ends(mode, newline), closefd, opener)

    def open_path(
        self: pathlib.Path, mode: str = "r", buffering: int = -1, encoding: str | None = None,
        errors: str | None = None, newline: str | None = None,
    ) -> Any:  # fmt: skip
        return path_opening(self, mode, buffering, encoding, errors, ends(mode, newline))

    def write_text(
        self: pathlib.Path, data: str, encoding: str | None = None, errors: str | None = None,
        newline: str | None = None,
    ) -> int:  # fmt: skip
        return writing(self, data, encoding, errors, ends("w", newline))

    builtins.open = open_
    pathlib.Path.open, pathlib.Path.write_text = open_path, write_text  # type: ignore[method-assign]


# libraries


def _without_descriptors(shutil: Any) -> None:
    shutil._use_fd_functions = False


def _with_groups(subprocess: Any) -> None:
    """Signals go to a whole group of processes, or end one; there are no others."""
    popen = subprocess.Popen
    init, send = popen.__init__, popen.send_signal

    def begin(
        self: Any, *given: Any, creationflags: int = 0, start_new_session: bool = False, preexec_fn: object = None,
        **named: Any,
    ) -> None:  # fmt: skip
        if preexec_fn is not None:
            raise ValueError("preexec_fn is not supported on Windows platforms")
        init(self, *given, process_group=0 if creationflags & NEW_GROUP else None, **named)

    def send_signal(self: Any, number: int) -> None:
        if number == CTRL_BREAK_EVENT:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, BREAK) if os.getpgid(self.pid) == self.pid else os.kill(self.pid, BREAK)
        elif number in (signal.SIGTERM, signal.SIGKILL):
            send(self, signal.SIGKILL)
        else:
            raise ValueError(f"Unsupported signal: {number}")

    popen.__init__, popen.send_signal = begin, send_signal


def _spawn_alone(context: Any) -> None:
    """Of all ways to start a process."""
    import multiprocessing

    spawn = context.SpawnContext()
    context._concrete_contexts = {"spawn": spawn}
    context._default_context = context.DefaultContext(spawn)
    context.DefaultContext.get_all_start_methods = lambda self: ["spawn"]
    for name in multiprocessing.__all__:
        if hasattr(context._default_context, name):
            setattr(multiprocessing, name, getattr(context._default_context, name))


def _without_signal_handlers(events: Any) -> None:
    def refuse(self: object, *_: object) -> None:
        raise NotImplementedError

    loop = events._UnixSelectorEventLoop
    loop.add_signal_handler = loop.remove_signal_handler = refuse
    sys.modules["asyncio"].ProactorEventLoop = loop  # type: ignore[attr-defined]
