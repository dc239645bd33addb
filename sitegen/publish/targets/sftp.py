"""A folder of a host over SFTP (draft-ietf-secsh-filexfer-02, and OpenSSH's extensions): one connection, many requests
at once, and another connection when the line was cut."""

import asyncio
import errno
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import TypeVar, cast

import asyncssh

from sitegen.problems import problem
from sitegen.publish.secrets import Secrets

from .ssh.client import Answers
from .ssh.connection import open_connection
from .ssh.refusals import Destination, refusal
from .staged.disk import Entry, Kind
from .staged.loop import Clock, InCaller
from .target import Refused, TargetError, Unreachable

T = TypeVar("T")

ANSWER, START = 120.0, 30.0
"""Seconds until any of those that wait must be answered, and until SFTP must have begun."""
FIRST, PATIENCE, LONGEST = 15.0, 300.0, 32.0
"""Seconds for which a host is tried that never answered, and one that did; the longest pause between two tries."""
TRIES = 8
"""Of one request, on as many connections."""
BLOCK, BLOCKS = 32_768, 16
"""Bytes that every server takes and gives at once (section 3), and how many such are asked for at once."""

_NUMBERS = {
    asyncssh.FX_NO_SUCH_FILE: errno.ENOENT,
    asyncssh.FX_PERMISSION_DENIED: errno.EACCES,
    asyncssh.FX_WRITE_PROTECT: errno.EROFS,
    asyncssh.FX_FILE_ALREADY_EXISTS: errno.EEXIST,
    asyncssh.FX_NO_SPACE_ON_FILESYSTEM: errno.ENOSPC,
    asyncssh.FX_QUOTA_EXCEEDED: errno.ENOSPC,
    asyncssh.FX_NO_SUCH_PATH: errno.ENOENT,
    asyncssh.FX_DIR_NOT_EMPTY: errno.ENOTEMPTY,
    asyncssh.FX_NOT_A_DIRECTORY: errno.ENOTDIR,
    asyncssh.FX_FILE_IS_A_DIRECTORY: errno.EISDIR,
    asyncssh.FX_LINK_LOOP: errno.ELOOP,
    asyncssh.FX_OP_UNSUPPORTED: errno.ENOSYS,
}
_LOST = (
    asyncssh.SFTPConnectionLost,
    asyncssh.SFTPNoConnection,
    asyncssh.DisconnectError,
    ConnectionError,
    TimeoutError,
)
"""What is said when there is no line any more."""


class SftpDisk:
    """Where a host says no more than “Failure”, for which version 3 has no other words, it is looked what there is."""

    in_flight = 64
    is_own = False

    def __init__(self, to: Destination, fingerprint: str, secrets: Secrets, clock: Clock) -> None:
        self._to, self._fingerprint, self._secrets, self._clock = to, fingerprint, secrets, clock
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None
        self._gate = asyncio.Lock()
        self._losses, self._lost_at, self._was_there = 0, 0.0, False
        self._over: TargetError | None = None
        """Why nothing is tried any more."""
        self._closing: set[asyncio.Future[None]] = set()
        self._slots = asyncio.Semaphore(self.in_flight)
        self._waiting, self._answered = 0, 0.0

    async def connect(self, in_caller: InCaller) -> None:
        self._answers = Answers(self._secrets, in_caller, self._to.place)
        await self._open()

    async def close(self) -> None:
        connection, self._client, self._connection = self._connection, None, None
        if connection is not None:
            connection.close()
            with suppress(TimeoutError, asyncssh.Error, OSError):
                async with asyncio.timeout(START):
                    await connection.wait_closed()

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
                self._later(file.close())
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
        async def create(client: asyncssh.SFTPClient) -> bool:
            try:
                file = await client.open(path, "xb")
            except asyncssh.SFTPError as error:
                if isinstance(error, asyncssh.SFTPFileAlreadyExists) or await client.lexists(path):
                    return False
                raise
            async with file:
                await self._fill(file, path, (data,))
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

        await self._ask(source, move)

    async def set_mode(self, path: str, mode: int) -> None:
        await self._ask(path, lambda client: client.chmod(path, mode))

    async def remove(self, path: str) -> None:
        await self._ask(path, lambda client: client.remove(path))

    async def make_folder(self, path: str) -> None:
        async def make(client: asyncssh.SFTPClient) -> None:
            try:
                await client.mkdir(path)
            except asyncssh.SFTPFailure:
                if await client.lexists(path):
                    raise FileExistsError(errno.EEXIST, "There is one", path) from None
                raise

        await self._ask(path, make)

    async def remove_folder(self, path: str) -> None:
        await self._ask(path, lambda client: client.rmdir(path))

    async def link(self, source: str, target: str) -> None:
        await self._ask(source, lambda client: client.link(source, target))

    async def point(self, link: str, target: str) -> None:
        await self._ask(link, lambda client: client.symlink(target, link))

    async def target_of(self, link: str) -> str:
        return str(await self._ask(link, lambda client: client.readlink(link)))

    async def settle(self, folders: Iterable[str]) -> None:
        """Nobody can be asked for that."""

    def hold(self, folder: str) -> Callable[[], None] | None:
        return None

    # the line

    async def _ask(self, path: str, do: Callable[[asyncssh.SFTPClient], Awaitable[T]]) -> T:
        """What a host answers, on as many connections as it takes. Raises OSError with `path`, and TargetError."""
        left = TRIES
        while True:
            client = await self._open()
            try:
                async with self._awaited():
                    answer = await do(client)
            except _LOST as error:
                left -= 1
                self._drop(client)
                if not left:
                    raise refusal(error, self._to) from None
            except asyncssh.SFTPError as error:
                raise await self._meant(client, error, path) from None
            else:
                self._losses, self._lost_at = 0, 0.0
                return answer

    @asynccontextmanager
    async def _awaited(self) -> AsyncIterator[None]:
        """A request, or several of one step."""
        now = asyncio.get_running_loop().time
        self._answered = self._answered if self._waiting else now()
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            self._answered = now()

    async def _watch(self, connection: asyncssh.SSHClientConnection) -> None:
        """Give up a connection over which no answer comes, although the host seems to be there."""
        while not connection.is_closed():
            await asyncio.sleep(ANSWER / 8)
            if self._waiting and asyncio.get_running_loop().time() - self._answered > ANSWER:
                connection.abort()

    async def _open(self) -> asyncssh.SFTPClient:
        """The connection that there is, else another: after 1, 2, 4 … seconds. Nothing is tried again after a
        refusal."""
        async with self._gate:
            while self._client is None:
                if self._over is not None:
                    raise self._over
                if self._losses:
                    await self._clock.sleep(min(2.0 ** (self._losses - 1), LONGEST))
                try:
                    self._client = await self._start()
                    self._was_there = True
                except Unreachable as error:
                    self._count()
                    if self._clock.now() - self._lost_at >= (PATIENCE if self._was_there else FIRST):
                        self._over = error
                except TargetError as error:
                    self._over = error
            return self._client

    async def _start(self) -> asyncssh.SFTPClient:
        connection = await open_connection(self._to, self._fingerprint, self._answers)
        try:
            async with asyncio.timeout(START):
                client = await connection.start_sftp_client(path_errors="surrogateescape")
        except (asyncssh.Error, OSError) as error:
            is_lost = connection.is_closed()
            connection.abort()
            if is_lost:
                raise refusal(error, self._to) from None
            words = {"host": self._to.host, "reason": str(error) or "timed out"}
            raise Refused(problem("no-sftp", self._to.place, **words)) from None
        self._connection = connection
        self._later(self._watch(connection))
        return client

    def _drop(self, client: asyncssh.SFTPClient) -> None:
        if self._client is client and self._connection is not None:
            self._connection.abort()
            self._client = self._connection = None
            self._count()

    def _count(self) -> None:
        self._losses += 1
        self._lost_at = self._lost_at or self._clock.now()

    async def _meant(self, client: asyncssh.SFTPClient, error: asyncssh.SFTPError, path: str) -> OSError:
        number = _NUMBERS.get(error.code, 0)
        if not number and isinstance(error, asyncssh.SFTPFailure):
            with suppress(asyncssh.Error, OSError):
                disk = await client.statvfs(path.rpartition("/")[0] or ".")
                number = 0 if disk.bavail and (disk.favail or not disk.files) else errno.ENOSPC
        return OSError(number, error.reason or "Failure", path)

    async def _fill(self, file: asyncssh.SFTPClientFile, path: str, pieces: Iterable[bytes]) -> None:
        """Write what comes in pieces; where a host refuses that of an open file, it has no room."""
        offset = 0

        async def write(data: bytes, offset: int) -> None:
            async with self._slots, self._awaited():
                await file.write(data, offset)

        try:
            for piece in pieces:
                starts = range(0, len(piece), BLOCK)
                await asyncio.gather(*(write(piece[start : start + BLOCK], offset + start) for start in starts))
                offset += len(piece)
        except asyncssh.SFTPFailure as error:
            raise OSError(errno.ENOSPC, error.reason or "Failure", path) from None

    def _later(self, work: Awaitable[None]) -> None:
        """Nobody waits for it before the end."""
        self._closing.add(task := asyncio.ensure_future(work))
        task.add_done_callback(self._closing.discard)


async def _move_in_two(client: asyncssh.SFTPClient, source: str, target: str) -> None:
    """Both are sent together, so that nobody finds nothing there for longer than a step of the host's."""
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
