"""An SFTP server with the manners of poor hosts: in a thread, on loopback, over a folder."""

import asyncio
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import asyncssh
from asyncssh.sftp import SFTPServerHandler

from sitegen.text import caseless

ED25519 = asyncssh.generate_private_key("ssh-ed25519")
PASSWORD = "s3cret-in-tests"


class Manners:
    """What a host does otherwise, and what it saw.

    `keys`: of the host; `certificates`: of those; `without`: extensions that it lacks; `lies`: it says yes to every
    exclusive create; `room`: bytes that it takes; `folds`: names that differ in case are one; `drops`: it hangs up at
    these requests; `refuses`: of what is asked (kind and path), if it says no; `delay`: of each answer, in seconds;
    `prints`: it says this in place of SFTP; `users`: who may log in, with PASSWORD or one of `client_keys`;
    `by_questions`: it asks for the password that way.
    """

    keys: Sequence[asyncssh.SSHKey] = (ED25519,)
    certificates: Sequence[Any] = ()
    without: frozenset[bytes] = frozenset()
    lies = False
    room: int | None = None
    folds = False
    drops: frozenset[int] = frozenset()
    refuses: Callable[[str, str], bool] = staticmethod(lambda kind, path: False)
    delay = 0.0
    prints: bytes | None = None
    users: Sequence[str] = ("web",)
    client_keys: Sequence[asyncssh.SSHKey] = ()
    by_questions = False
    no_sftp = False
    hangs_up = False

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.rounds = 0
        self.waiting = 0
        self.logins: list[tuple[str, str]] = []
        """User, and how: a password as it was told, or `key`."""
        self.connections = 0
        self.files: list[Any] = []
        self.open: list[asyncssh.SSHServerConnection] = []
        self.written = 0
        self.port = 0

    @property
    def fingerprint(self) -> str:
        return self.keys[0].get_fingerprint()


class _Login(asyncssh.SSHServer):
    def __init__(self, manners: Manners) -> None:
        self._manners = manners

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._manners.connections += 1
        self._manners.open.append(conn)
        if self._manners.hangs_up:
            conn.abort()

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return not self._manners.by_questions

    def validate_password(self, username: str, password: str) -> bool:
        self._manners.logins.append((username, password))
        return username in self._manners.users and password == PASSWORD

    def kbdint_auth_supported(self) -> bool:
        return self._manners.by_questions

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        return self.validate_password(username, responses[0] if responses else "")

    def public_key_auth_supported(self) -> bool:
        return bool(self._manners.client_keys)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._manners.logins.append((username, "key"))
        known = {known.public_data for known in self._manners.client_keys}
        return username in self._manners.users and key.public_data in known


def _files(manners: Manners, folder: Path) -> type[asyncssh.SFTPServer]:
    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=os.fsencode(folder))
            self._channel_ = channel

        def map_path(self, path: bytes) -> bytes:
            place = super().map_path(path)
            return _as_spelt(folder, place) if manners.folds else place

        def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
            self._require("open", path)
            if manners.lies:
                pflags &= ~asyncssh.FXF_EXCL
            file = super().open(path, pflags, attrs)
            manners.files.append(file)
            return file

        def write(self, file_obj: Any, offset: int, data: bytes) -> Any:
            manners.written += len(data)
            if manners.room is not None and manners.written > manners.room:
                raise asyncssh.SFTPFailure("Failure")
            return super().write(file_obj, offset, data)

        def mkdir(self, path: bytes, attrs: Any) -> Any:
            self._require("mkdir", path)
            return super().mkdir(path, attrs)

        def remove(self, path: bytes) -> Any:
            self._require("remove", path)
            return super().remove(path)

        def rename(self, oldpath: bytes, newpath: bytes) -> Any:
            self._require("rename", newpath)
            return super().rename(oldpath, newpath)

        def posix_rename(self, oldpath: bytes, newpath: bytes) -> Any:
            self._require("rename", newpath)
            there = self.map_path(newpath)
            if manners.folds and self.map_path(oldpath) == there:  # another spelling of it
                Path(os.fsdecode(there)).rename(Path(os.fsdecode(there)).with_name(newpath.decode().rpartition("/")[2]))
                return None
            return super().posix_rename(oldpath, newpath)

        def _require(self, kind: str, path: bytes) -> None:
            if manners.refuses(kind, path.decode()):
                raise asyncssh.SFTPPermissionDenied("Permission denied")

    return Files


def _as_spelt(folder: Path, place: bytes) -> bytes:
    """A path below a folder as it was spelt first."""
    found = folder
    for name in Path(os.fsdecode(place)).relative_to(folder).parts:
        names = [path.name for path in found.iterdir()] if found.is_dir() else []
        found /= next((other for other in names if caseless(other) == caseless(name)), name)
    return os.fsencode(found)


async def _print(process: asyncssh.SSHServerProcess[bytes], text: bytes) -> None:
    process.stdout.write(text)
    await asyncio.sleep(60)


class _Handler(SFTPServerHandler):
    """What counts, waits and hangs up."""

    manners: Manners

    async def _process_packet(self, pkttype: int, pktid: int, packet: Any) -> None:
        """Answered when it is time, while others come."""
        manners = self.manners
        manners.requests.append(_NAMES.get(pkttype, str(pkttype)))
        if len(manners.requests) in manners.drops:
            manners.open[-1].abort()
            return
        manners.rounds += manners.waiting == 0
        manners.waiting += 1
        asyncio.get_running_loop().call_later(manners.delay, self._answer, pkttype, pktid, packet)

    def _answer(self, pkttype: int, pktid: int, packet: Any) -> None:
        self.manners.waiting -= 1
        self._answering = {task for task in getattr(self, "_answering", set()) if not task.done()}
        if self._writer is not None:
            self._answering.add(asyncio.ensure_future(self._say(pkttype, pktid, packet)))

    async def _say(self, pkttype: int, pktid: int, packet: Any) -> None:
        with suppress(asyncssh.Error):  # nobody listens any more
            await super()._process_packet(pkttype, pktid, packet)


_NAMES = {
    3: "open", 4: "close", 5: "read", 6: "write", 7: "lstat", 8: "fstat", 9: "setstat", 11: "opendir", 12: "readdir",
    13: "remove", 14: "mkdir", 15: "rmdir", 16: "realpath", 17: "stat", 18: "rename", 200: "extended",
}  # fmt: skip


@contextmanager
def sftp_host(folder: Path, manners: Manners) -> Iterator[Manners]:
    """Serve a folder; `port` is set meanwhile."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    before = asyncssh.sftp.SFTPServerHandler
    extensions = [one for one in before._extensions if one[0] not in manners.without]
    own = type("Handler", (_Handler,), {"manners": manners, "_extensions": extensions})
    setattr(asyncssh.sftp, "SFTPServerHandler", own)  # noqa: B010 - mypy knows it for a type

    async def listen() -> asyncssh.SSHAcceptor:
        words: dict[str, Any] = {"sftp_factory": None if manners.no_sftp else _files(manners, folder)}
        if manners.prints is not None:
            text = manners.prints
            words = {"process_factory": lambda process: _print(process, text), "encoding": None}
        return await asyncssh.listen(
            "127.0.0.1", manners.port, server_factory=lambda: _Login(manners), server_host_keys=[*manners.keys],
            server_host_certs=[*manners.certificates], **words,
        )  # fmt: skip

    async def end() -> None:
        server.close()
        for connection in manners.open:
            connection.abort()
        for file in manners.files:
            file.close()
        await asyncio.sleep(0)
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    manners.port = server.get_port()
    try:
        yield manners
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        setattr(asyncssh.sftp, "SFTPServerHandler", before)  # noqa: B010
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
