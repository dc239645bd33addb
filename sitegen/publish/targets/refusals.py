"""What a disk or a host refuses, as errors of targets."""

import errno

from sitegen.problems import Place, problem

from .target import Full, Refused, TargetError, Unreachable

_NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_PASSING = frozenset(
    {
        errno.ETIMEDOUT, errno.ECONNRESET, errno.ECONNREFUSED, errno.ECONNABORTED, errno.EPIPE, errno.ENETDOWN,
        errno.ENETUNREACH, errno.ENETRESET, errno.EHOSTUNREACH, errno.ENOTCONN, errno.EIO, errno.EAGAIN, errno.EBUSY,
        getattr(errno, "EHOSTDOWN", errno.EIO), getattr(errno, "ESTALE", errno.EIO),
    }
)  # fmt: skip
"""Of lines, of hosts behind them, and of disks that are mounted over them."""


def as_target_error(error: OSError, place: Place) -> TargetError:
    """`place`: of the target in site.yaml."""
    name = str(error.filename2 or error.filename or "")
    reason = (error.strerror or str(error)) + (f" ({name})" if name else "")
    if error.errno in _NO_ROOM:
        return Full(problem("host-full", place, reason=reason))
    if error.errno in _PASSING or isinstance(error, TimeoutError):
        return Unreachable(problem("host-unreachable", place, reason=reason))
    if error.errno == errno.EXDEV:
        return Refused(problem("state-on-other-disk", place, reason=reason))
    return Refused(problem("host-refused", place, reason=reason))
