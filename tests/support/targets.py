"""Targets as tests use them: a few files put, placed and removed."""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from sitegen.files import digest
from sitegen.problems import Place
from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.folder import LocalDisk
from sitegen.publish.targets.sftp import SftpDisk
from sitegen.publish.targets.ssh.refusals import Destination
from sitegen.publish.targets.ssh.session import Session
from sitegen.publish.targets.staged.claim import BEAT
from sitegen.publish.targets.staged.disk import Disk
from sitegen.publish.targets.staged.folders import Where
from sitegen.publish.targets.staged.loop import Clock
from sitegen.publish.targets.staged.target import StagedTarget
from sitegen.publish.targets.target import Target, Upload
from tests.support.sshd import Sshd

T = TypeVar("T")
PLACE = Place("site.yaml", 3, 5)


class QuickClock(Clock):
    """Time passes only when somebody waits, and then at once."""

    def __init__(self) -> None:
        self.time = 1_000_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds
        await super().sleep(1 if seconds == BEAT else 0)  # who beats goes on for ever


def run_apart(coroutine: Coroutine[Any, Any, T]) -> T:
    """What comes of it, in a thread of its own, since a browser may have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


def folder_at(
    root: Path, *, claims: Path | None = None, disk: Disk | None = None, clock: Clock | None = None
) -> StagedTarget:
    """A folder as a target."""
    where = Where(str(root), f"{root}/.sitegen", PLACE, claims)
    return StagedTarget(disk or LocalDisk(), where, clock or QuickClock())


def sftp_at(
    server: Sshd, root: str = "", *, claims: Path | None = None, pinned: bool = True, clock: Clock | None = None
) -> StagedTarget:
    """A folder of an OpenSSH server, with its own key."""
    secrets = Secrets("live", {"SITEGEN_LIVE_KEY_FILE": str(server.key)})
    return over_sftp(server.port, secrets, server.fingerprint if pinned else "", root, claims=claims, clock=clock)


def over_sftp(
    port: int, secrets: Secrets, fingerprint: str, root: str = "", *, claims: Path | None = None,
    clock: Clock | None = None, user: str = "",
) -> StagedTarget:  # fmt: skip
    clock = clock or QuickClock()
    to = Destination("127.0.0.1", port, user, PLACE, "SITEGEN_LIVE_KEY_FILE")
    disk = SftpDisk(Session(to, fingerprint, secrets, clock))
    root = root or "."
    return StagedTarget(disk, Where(root, f"{root}/.sitegen", PLACE, claims), clock)


def upload(path: str, data: bytes | str) -> Upload:
    data = data.encode() if isinstance(data, str) else data
    return Upload(path, digest(data), len(data), data)


def publish(target: Target, files: Mapping[str, str | bytes], removed: Iterable[str] = ()) -> dict[str, str]:
    """Put and place files, then remove others, under one claim; what `list` is to say of those."""
    with target.claim(None, 0):
        states = dict(target.put([upload(path, data) for path, data in files.items()]))
        assert sorted(target.place(files)) == sorted(files)
        assert sorted(target.remove(removed)) == sorted(removed)
    return states


def files_in(root: Path) -> dict[str, bytes]:
    """All that readers see: but what is below .sitegen."""
    found = (path for path in root.rglob("*") if path.is_file() and path.relative_to(root).parts[0] != ".sitegen")
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}
