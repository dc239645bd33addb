"""A target: the operations that all have, what is proven of a host, and what may go wrong.

Paths are those of a release, below the target's root; what is below STATE is the target's own memory, which it may keep
elsewhere.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Protocol, Self

from msgspec import Struct

from sitegen.files import PIECE
from sitegen.problems import Place, Problem, problem
from sitegen.system.disk import open_regular

STATE = ".sitegen"
HELD = f"{STATE}/manifest.json.gz"
"""The host's manifest: what sitegen has put there."""
INCOMING = f"{STATE}/incoming"
"""Where files wait until they are placed."""


class Upload(Struct, frozen=True):
    """A file to send. `digest` and `size`: of its bytes, which are given, or lie at a place on this disk and are
    checked while they are read."""

    path: str
    digest: str
    size: int
    source: Path | bytes


class Facts(Struct, frozen=True):
    """What was proven of a host. `replaces`: a file is renamed over another at once; `excludes`: a second one cannot
    create what is there; `tells_case`, `tells_forms`: names that differ in case, in normal form alone are two files;
    `links`: a file may have two names, and a link leads to a folder."""

    replaces: bool = True
    excludes: bool = True
    tells_case: bool = True
    tells_forms: bool = True
    links: bool = True


class TargetError(Exception):
    """What a target could not do; `problem` says it to authors."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class Unreachable(TargetError):
    """The line or the host failed; another try may do."""


class Refused(TargetError):
    """The host said no; it would say so again, and may ban who asks too often."""


class Full(TargetError):
    """No room is left there."""


class Changed(TargetError):
    """A file on this disk is no longer what the build wrote."""


class UnknownHost(TargetError):
    """Nobody has said that this host is to be trusted. `fingerprint`: of its key (SHA256:…); `kind`: such as
    ED25519."""

    def __init__(self, problem: Problem, fingerprint: str, kind: str) -> None:
        super().__init__(problem)
        self.fingerprint, self.kind = fingerprint, kind


class Claimed(TargetError):
    """Another publisher is at work; `since`: by the host's own clock, where it says."""

    def __init__(self, problem: Problem, since: datetime | None = None) -> None:
        super().__init__(problem)
        self.since = since


class Overtaken(Claimed):
    """Another publisher has been faster: what was planned no longer holds, and a new plan would."""


def pieces(upload: Upload) -> Iterator[bytes]:
    """The bytes of a file, as many as were said. Raises Changed when they are others, at the latest after the last."""
    if isinstance(upload.source, bytes):
        yield upload.source
        return
    try:
        with os.fdopen(open_regular(upload.source), "rb", buffering=0) as file:
            left, found = upload.size, blake2b(digest_size=16)
            while piece := file.read(min(PIECE, left + 1)):
                left -= len(piece)
                if left < 0:
                    break
                found.update(piece)
                yield piece
        is_same = left == 0 and found.hexdigest() == upload.digest
    except OSError:
        is_same = False
    if not is_same:
        raise Changed(problem("changed-after-build", Place(upload.path)))


class Target(Protocol):
    """A host, connected while its context lasts. All operations raise TargetError."""

    is_atomic: bool
    """Whether all that was placed and removed shows at once, when the manifest is placed."""
    lists_at_once: bool
    """Whether a listing takes no question for each folder."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is none. Changes nothing, and needs no claim."""

    def list(self) -> Mapping[str, str]:
        """All files but those below STATE, by path, each with what tells whether it is still as it was left: made of
        its size and its time on the host, or of its digest. Needs no claim."""

    def claim(self, facts: Facts | None, wait: float) -> AbstractContextManager[Facts]:
        """Keep all other publishers away, for `wait` seconds at the most until they are done. `facts`: as proven
        earlier; None to prove them now. Raises Claimed."""

    def unlock(self) -> bool:
        """Take away whatever claim there is; whether there was one."""

    def put(self, uploads: Iterable[Upload]) -> Iterator[tuple[str, str]]:
        """Send files to where they wait, those alone that do not wait there from an earlier run: each path when it has
        come, and what `list` will say of it once it is placed."""

    def place(self, paths: Iterable[str], note: str = "") -> Iterator[str]:
        """Move files that wait to where readers see them, in order as far as the target keeps one: each path when it is
        there. The manifest comes alone and last: it makes all the rest of this claim good, with a `note` of it where
        the target has a history."""

    def remove(self, paths: Iterable[str]) -> Iterator[str]:
        """Take away files, and folders of which nothing is left: each path when it is gone, or was not there."""


def exhaust(steps: Iterable[object]) -> None:
    """Do all that an operation does, whatever it tells of it."""
    for _ in steps:
        pass
