"""macOS: processes that must not be forked, and changes told by real paths."""

import errno
import os
from typing import Any

from .pretend import Poorer

LACKING = {
    "os": """
        EFD_CLOEXEC GRND_NONBLOCK O_DIRECT O_LARGEFILE O_NOATIME O_PATH O_RSYNC O_TMPFILE POSIX_FADV_NORMAL
        copy_file_range eventfd fdatasync getrandom getresgid getresuid getxattr listxattr memfd_create pidfd_open pipe2
        posix_fadvise posix_fallocate removexattr sched_getaffinity sched_getparam sched_setaffinity sched_setscheduler
        setresgid setresuid setxattr splice unshare
    """.split(),
    "signal": """
        SIGCLD SIGPOLL SIGPWR SIGRTMAX SIGRTMIN SIGSTKFLT pidfd_send_signal sigtimedwait sigwaitinfo
    """.split(),
    "resource": ("prlimit", "RLIMIT_NICE", "RLIMIT_RTPRIO", "RUSAGE_THREAD"),
    "select": ("epoll",),
}


O_NOFOLLOW_ANY = 1 << 40
"""A flag that Linux lacks, and must not see."""


def begin() -> Poorer:
    """Say what is another there than here."""
    return Poorer(
        missing=("spwd", "ossaudiodev"),
        lacking=LACKING,
        has={"sys": {"platform": "darwin"}, "os": {"O_NOFOLLOW_ANY": O_NOFOLLOW_ANY, "open": open_file}},
        has_too={},
        later={"multiprocessing.context": _no_forks, "watchfiles.main": _real_paths},
    )


def open_file(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
    """With the flag, no part of the path may be a link."""
    folder = os.path.dirname(os.fspath(path))
    if flags & O_NOFOLLOW_ANY and os.path.realpath(folder) != folder:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
    return os.open(path, flags & ~O_NOFOLLOW_ANY, mode, dir_fd=dir_fd)


def _no_forks(context: Any) -> None:
    """Apple's own libraries have threads: a fork of such a process may hang or die (CPython, issue 77906)."""

    class ForkProcess(context.ForkProcess):  # type: ignore[misc]
        @staticmethod
        def _Popen(process: object) -> Any:  # noqa: N802
            raise AssertionError("forked, as no process may be on macOS")

    context.ForkContext.Process = ForkProcess
    context._default_context._default_context = context._concrete_contexts["spawn"]


def _real_paths(watchfiles: Any) -> None:
    """FSEvents knows no links."""
    import sys

    watch = watchfiles.watch

    def real(path: str) -> str:
        """What lies there may be a link itself."""
        folder, name = os.path.split(path)
        return os.path.join(os.path.realpath(folder), name)

    def watch_really(*places: Any, watch_filter: Any = None, **given: Any) -> Any:
        wanted = watch_filter and (lambda change, path: watch_filter(change, real(path)))
        for changes in watch(*places, watch_filter=wanted, **given):
            yield {(change, real(path)) for change, path in changes}

    watchfiles.watch = sys.modules["watchfiles"].watch = watch_really  # type: ignore[attr-defined]
