"""What Git and its hosts refuse, in the author's terms: from what they print, in English."""

import re
from collections.abc import Mapping

from sitegen.problems import Place, problem
from sitegen.publish.targets.target import Full, Overtaken, Refused, TargetError, UnknownHost, Unreachable

from .program import HOST_KEY, GitFailed, GitProgram

_MEANT: Mapping[str, tuple[type[TargetError], tuple[str, ...]]] = {
    "branch-moved": (Overtaken, (
        "stale info", "fetch first", "non-fast-forward", "cannot lock ref", "failed to update ref",
        "reference already exists", "incorrect old value",
    )),
    "host-full": (Full, (
        "no space left", "disk quota", "quota exceeded", "size quota", "storage limit", "repository size limit",
        "over its size limit",
    )),
    "too-large-for-host": (Refused, (
        "GH001", "file size limit", "larger than", r"maximum (?:allowed )?(?:file |object )?size",
    )),
    "branch-protected": (Refused, (
        "protected branch", "GH006", "GH013", "hook declined", "not allowed to push", "checked out", "prohibited",
        "denied by",
    )),
    "certificate-refused": (Refused, ("certificate", "unable to get local issuer")),
    "repository-closed": (Refused, (
        "permission denied", "permission to .* denied", "authentication failed", "could not read (?:username|password)",
        "terminal prompts disabled", "error: 40[13]", "access denied", "insufficient permission", "not authorized",
        "unauthorized", "read[- ]only", "dubious ownership", "unable to create temporary object directory",
    )),
    "no-repository": (Refused, (
        "not found", "does not appear to be a git repository", "does not exist", "no such file",
    )),
    "host-unreachable": (Unreachable, (
        "could not resolve", "name resolution", "timed out", "connection (?:refused|reset|closed)", "closed by",
        "unreachable", "no route to host", "early eof", "hung up", "rpc failed", r"error: 5\d\d", "disconnect",
        "broken pipe", "too slow", "failed to connect", "couldn't connect", "could not connect", "empty reply",
        "gnutls", "ssl_", "tls", "kex_exchange", "could not read from remote",
    )),
}  # fmt: skip
"""In order, since what breaks off says at last that it was broken off."""


def refusal(failed: GitFailed, git: GitProgram, branch: str, place: Place) -> TargetError:
    """The error of a command that asked the host; `place`: of the target in site.yaml."""
    if key := _shown_key(failed.said):
        fingerprint, kind = key
        known = git.pinned or ("known_hosts" if "HAS CHANGED" in failed.said else "")
        code = "changed-host-key" if known else "unknown-host-key"
        found = problem(code, place, fingerprint=fingerprint, kind=kind, known=known)
        return Refused(found) if known else UnknownHost(found, fingerprint, kind)
    for code, (error, patterns) in _MEANT.items():
        if re.search("|".join(patterns), failed.said, re.IGNORECASE):
            return error(problem(code, place, reason=failed.reason, branch=branch, address=git.address))
    return Refused(problem("host-refused", place, reason=failed.reason))


def _shown_key(said: str) -> tuple[str, str] | None:
    """Fingerprint and kind of the key that an SSH host has shown, where it was not trusted."""
    if "Host key verification failed" not in said:
        return None
    found = re.findall(rf"{HOST_KEY} (SHA256:\S+) (?:ssh-|sk-)?([a-z0-9]+)", said)
    return (found[-1][0], found[-1][1].upper()) if found else None


def is_kept_by_git(path: str) -> bool:
    """Whether Git refuses a path, as all its hosts do: with a name that some disk takes for .git (git-fsck(1))."""
    return any(_KEPT.fullmatch(name.translate(_UNSEEN).casefold()) for name in path.split("/"))


_KEPT = re.compile(r"|\.|\.\.|(?:\.git|git~1)[. ]*(?:[:\\].*)?")
_UNSEEN = dict.fromkeys([*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF])
"""What HFS+ leaves out of names."""
