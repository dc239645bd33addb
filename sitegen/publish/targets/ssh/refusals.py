"""Why a connection or a login failed, in the author's terms."""

import os
import re
import socket

import asyncssh
from msgspec import Struct

from sitegen.codes.publish import ALONE_BY_KEY, FOREIGN_FILTER, HANGS_UP, NO_SUCH_HOST, PORT_10022, TOO_MANY_KEYS
from sitegen.problems import Place, problem
from sitegen.publish.targets.target import Refused, TargetError, Unreachable


class Destination(Struct, frozen=True):
    """To whom and as whom; empty or 0 where that is ssh's to know. `place`: of the target in site.yaml; `variable`:
    which names a key in the environment."""

    host: str
    port: int
    user: str
    place: Place
    variable: str = ""


_SAKURA = re.compile(r"(?:^|\.)(?:sakura\.(?:ne|tv)|rs|sblo|saloon)\.jp$|(?:^|\.)sakuraweb\.com$")
_XSERVER = re.compile(r"(?:^|\.)(?:xserver|xsrv|xbiz|xdomain|wpx)\.jp$|(?:^|\.)xserver\.ne\.jp$")
"""Hosts whose manners are known from their own help pages."""


def refusal(error: Exception, to: Destination) -> TargetError:
    """Of what happened before anything else could be done there."""
    if isinstance(error, TargetError):
        return error
    is_sakura, is_xserver = bool(_SAKURA.search(to.host)), bool(_XSERVER.search(to.host))
    if is_login(error):
        advice = ALONE_BY_KEY if is_xserver else FOREIGN_FILTER if is_sakura else ""
        advice = TOO_MANY_KEYS if "too many" in str(error).lower() else advice
        return Refused(problem("login-refused", to.place, **_words(to, _reason(error), advice)))
    if isinstance(error, asyncssh.ConfigParseError | ValueError):
        return Refused(problem("bad-ssh-config", to.place, reason=_reason(error)))
    if isinstance(error, asyncssh.ConnectionLost | ConnectionResetError | BrokenPipeError):
        advice = FOREIGN_FILTER if is_sakura else ALONE_BY_KEY if is_xserver else HANGS_UP
    elif isinstance(error, OSError):  # that it takes too long is one too
        advice = NO_SUCH_HOST if isinstance(error, socket.gaierror) else ""
        advice = PORT_10022 if is_xserver and to.port in (0, 22) and not advice else advice
    else:
        return Refused(problem("host-refused", to.place, reason=_reason(error)))
    return Unreachable(problem("host-unreachable", to.place, **_words(to, _reason(error), advice)))


def is_login(error: Exception) -> bool:
    """Whether a host would not let somebody in."""
    if isinstance(error, asyncssh.PermissionDenied):
        return True
    return isinstance(error, asyncssh.DisconnectError) and "authentication failure" in str(error).lower()


def _words(to: Destination, reason: str, advice: str) -> dict[str, object]:
    words = {"host": to.host, "user": to.user, "port": to.port or 22, "reason": reason, "variable": to.variable}
    return {**words, "advice": advice} if advice else {**words}


def _reason(error: Exception) -> str:
    if isinstance(error, asyncssh.DisconnectError):
        return error.reason or type(error).__name__
    if isinstance(error, TimeoutError) and not error.errno:
        return "timed out"
    if isinstance(error, OSError) and error.errno and not isinstance(error, socket.gaierror):
        return os.strerror(error.errno)
    return str(error) or type(error).__name__
