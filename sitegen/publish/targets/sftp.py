"""A folder of a host over SFTP (draft-ietf-secsh-filexfer-02, and OpenSSH's extensions): one connection, many requests
at once, and another connection when the line was cut."""

import asyncio
import errno
import stat
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeVar, cast

import asyncssh

from .ssh.session import Session
from .staged.disk import Entry, Kind
from .staged.loop import InCaller

T = TypeVar("T")
Step = Callable[[asyncssh.SFTPClient], Awaitable[T]]

BLOCK, BLOCKS = 32_768, 16
"""Bytes that every server takes and gives at once (section 3), and how many such are asked for at once."""


class SftpDisk:
    """Where a host says no more than “Failure”, for which version 3 has no other words, it is looked what there is."""

    in_flight = 64
    is_own = False

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ask = session.ask
        self._slots = asyncio.Semaphore(self.in_flight)

    async def connect(self, in_caller: InCaller) -> None:
        await self._session.connect(in_caller)

    async def close(self) -> None:
        await self._session.close()

    async def read(self, path: str) -> bytes:
        async def read(client: asyncssh.SFTPClient) -> bytes:
            file = await client.open(path, "rb", block_size=0)
            data, is_over = bytearray(), False
            try:
                while not is_over:
                    asked = (file.read(BLOCK, len(data) + number * BLOCK) for number in range(BLOCKS))
                    blocks = cast(list[bytes], await asyncio.gather(*asked))
                    number = next((number for number, block in enumerate(blocks) if len(block) < BLOCK), BLOCKS - 1)
                    data += b"".join(blocks[: number + 1])
                    is_over = len(blocks[number]) < BLOCK and not any(blocks[number + 1 :])
            finally:
                self._session.later(file.close())
            return bytes(data)

        return await self._ask(path, read)

    async def look(self, path: str) -> Entry | None:
        try:
            return _entry(await self._ask(path, lambda client: client.lstat(path)))
        except FileNotFoundError:
            return None

    async def scan(self, folder: str) -> Mapping[str, Entry]:
        names = await self._ask(folder, lambda client: client.readdir(folder))
        return {str(name.filename): _entry(name.attrs) for name in names if name.filename not in (".", "..")}

    async def write(self, path: str, source: Callable[[], Iterable[bytes]]) -> None:
        async def write(client: asyncssh.SFTPClient) -> None:
            async with client.open(path, "wb", block_size=0) as file:
                await self._fill(file, path, source())

        await self._ask(path, write)

    async def create(self, path: str, data: bytes) -> bool:
        left = 3

        async def create(client: asyncssh.SFTPClient) -> bool:
            nonlocal left
            file = None
            while file is None:
                try:
                    file = await client.open(path, "xb")
                except asyncssh.SFTPFileAlreadyExists:
                    return False
                except asyncssh.SFTPFailure:
                    left -= 1
                    if await client.lexists(path):
                        return False
                    if not left:
                        raise  # for another reason than one that was there until now
            try:
                async with file:
                    await self._fill(file, path, (data,))
            except OSError:  # half of it would keep others away
                await client.remove(path)
                raise
            return True

        return await self._ask(path, create)

    async def amend(self, path: str, data: bytes) -> None:
        async def amend(client: asyncssh.SFTPClient) -> None:
            async with client.open(path, "r+b") as file:
                await self._fill(file, path, (data,))

        await self._ask(path, amend)

    async def move(self, source: str, target: str, *, replaces: bool = True) -> None:
        async def move(client: asyncssh.SFTPClient) -> None:
            if not replaces:
                await _move_in_two(client, source, target)
                return
            try:
                await client.posix_rename(source, target)
            except asyncssh.SFTPOpUnsupported:
                await client.rename(source, target)

        async def is_done(client: asyncssh.SFTPClient) -> bool:
            return await client.lexists(target) and not await client.lexists(source)

        await self._change(target, move, is_done)

    async def set_mode(self, path: str, mode: int) -> None:
        await self._ask(path, lambda client: client.chmod(path, mode))

    async def remove(self, path: str) -> None:
        await self._change(path, lambda client: client.remove(path), _lacks(path))

    async def make_folder(self, path: str) -> None:
        async def make(client: asyncssh.SFTPClient) -> None:
            try:
                await client.mkdir(path)
            except asyncssh.SFTPFailure:
                if await client.lexists(path):
                    raise FileExistsError(errno.EEXIST, "There is one", path) from None
                raise

        await self._change(path, make, lambda client: client.isdir(path))

    async def remove_folder(self, path: str) -> None:
        await self._change(path, lambda client: client.rmdir(path), _lacks(path))

    async def link(self, source: str, target: str) -> None:
        await self._change(target, lambda client: client.link(source, target), lambda client: client.lexists(target))

    async def point(self, link: str, target: str) -> None:
        await self._change(link, lambda client: client.symlink(target, link), lambda client: client.islink(link))

    async def target_of(self, link: str) -> str:
        return str(await self._ask(link, lambda client: client.readlink(link)))

    async def settle(self, folders: Iterable[str]) -> None:
        """Nobody can be asked for that."""

    def hold(self, folder: str) -> Callable[[], None] | None:
        return None

    async def _change(self, path: str, do: Step[None], is_done: Step[bool]) -> None:
        """A step that, when its answer was lost with the line, may have been taken."""
        tries = 0

        async def change(client: asyncssh.SFTPClient) -> None:
            nonlocal tries
            tries += 1
            try:
                await do(client)
            except (asyncssh.SFTPError, FileExistsError):
                if tries == 1 or not await is_done(client):
                    raise

        await self._ask(path, change)

    async def _fill(self, file: asyncssh.SFTPClientFile, path: str, pieces: Iterable[bytes]) -> None:
        """Write what comes in pieces; where a host refuses that of an open file, it has no room."""
        offset = 0

        async def write(data: bytes, offset: int) -> None:
            async with self._slots, self._session.awaited():
                await file.write(data, offset)

        try:
            for piece in pieces:
                starts = range(0, len(piece), BLOCK)
                await asyncio.gather(*(write(piece[start : start + BLOCK], offset + start) for start in starts))
                offset += len(piece)
        except asyncssh.SFTPFailure as error:
            raise OSError(errno.ENOSPC, error.reason or "Failure", path) from None


def _lacks(path: str) -> Step[bool]:
    async def lacks(client: asyncssh.SFTPClient) -> bool:
        return not await client.lexists(path)

    return lacks


async def _move_in_two(client: asyncssh.SFTPClient, source: str, target: str) -> None:
    """Both are sent together, so that nobody finds nothing there for longer than a step of the host's; but not before
    it is certain that there is something to move."""
    await client.lstat(source)
    gone, moved = await asyncio.gather(client.remove(target), client.rename(source, target), return_exceptions=True)
    if isinstance(gone, BaseException) and not isinstance(gone, asyncssh.SFTPNoSuchFile):
        raise gone
    if isinstance(moved, asyncssh.SFTPError):
        await client.rename(source, target)  # it may have been done before the other
    elif isinstance(moved, BaseException):
        raise moved


def _entry(attrs: asyncssh.SFTPAttrs) -> Entry:
    kind: Kind = "other"
    mode = attrs.permissions
    if mode is None or not stat.S_IFMT(mode):
        kind = _KINDS.get(attrs.type, "other")
    elif stat.S_ISLNK(mode):
        kind = "link"
    elif stat.S_ISDIR(mode):
        kind = "folder"
    elif stat.S_ISREG(mode):
        kind = "file"
    return Entry(kind, attrs.size or 0, (attrs.mtime or 0) * 10**9, -1 if mode is None else stat.S_IMODE(mode))


_KINDS: Mapping[int, Kind] = {
    asyncssh.FILEXFER_TYPE_REGULAR: "file",
    asyncssh.FILEXFER_TYPE_DIRECTORY: "folder",
    asyncssh.FILEXFER_TYPE_SYMLINK: "link",
}
