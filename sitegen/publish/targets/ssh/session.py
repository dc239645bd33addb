"""An SFTP session that outlives its connections: another one takes over when the line was cut."""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import asyncssh

from sitegen.problems import problem
from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.staged.loop import Clock, InCaller
from sitegen.publish.targets.target import Refused, TargetError, Unreachable

from .client import Answers
from .connection import open_connection
from .refusals import Destination

T = TypeVar("T")

ANSWER, START = 120.0, 30.0
"""Seconds until any of those that wait must be answered, and until SFTP must have begun."""
FIRST, PATIENCE, LONGEST = 15.0, 300.0, 32.0
"""Seconds for which a host is tried that never answered, and one that did; the longest pause between two tries."""
TRIES = 8
"""Of one request, on as many connections."""
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

MOST = 64
"""Steps at once."""


class Session:
    """With one connection at a time. After each loss half as many steps are under way at once, since a host may have
    hung up on their number; when all of those went well, one more (as RFC 5681, section 3.1, has it of lines)."""

    def __init__(self, to: Destination, fingerprint: str, secrets: Secrets, clock: Clock) -> None:
        self._to, self._fingerprint, self._secrets, self._clock = to, fingerprint, secrets, clock
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None
        self._gate = asyncio.Lock()
        self._losses, self._lost_at, self._was_there = 0, 0.0, False
        self._over: TargetError | None = None
        """Why nothing is tried any more."""
        self._closing: set[asyncio.Future[None]] = set()
        self._waiting, self._answered = 0, 0.0
        self._width, self._busy, self._freed = float(MOST), 0, asyncio.Condition()

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

    async def ask(self, path: str, do: Callable[[asyncssh.SFTPClient], Awaitable[T]]) -> T:
        """What a host answers, on as many connections as it takes. Raises OSError with `path`, and TargetError."""
        left = TRIES
        while True:
            async with self._lane():
                client = await self._open()
                try:
                    async with self.awaited():
                        answer = await do(client)
                except _LOST as error:
                    left -= 1
                    self._drop(client)
                    if not left:
                        raise self._unreachable(error) from None
                except asyncssh.SFTPError as error:
                    raise await self._meant(client, error, path) from None
                else:
                    self._losses, self._lost_at = 0, 0.0
                    self._width = min(MOST, self._width + 1 / self._width)
                    return answer

    @asynccontextmanager
    async def _lane(self) -> AsyncIterator[None]:
        """One of so many."""
        async with self._freed:
            await self._freed.wait_for(lambda: self._busy < int(self._width))
            self._busy += 1
        try:
            yield
        finally:
            async with self._freed:
                self._busy -= 1
                self._freed.notify(2)

    @asynccontextmanager
    async def awaited(self) -> AsyncIterator[None]:
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
            if is_lost or self._was_there:
                raise self._unreachable(error) from None
            words = {"host": self._to.host, "reason": str(error) or "timed out"}
            raise Refused(problem("no-sftp", self._to.place, **words)) from None
        self._connection = connection
        self.later(self._watch(connection))
        return client

    def _drop(self, client: asyncssh.SFTPClient) -> None:
        if self._client is client and self._connection is not None:
            self._connection.abort()
            self._client = self._connection = None
            self._width = max(1.0, self._width / 2)
            self._count()

    def _unreachable(self, error: Exception) -> Unreachable:
        reason = (isinstance(error, asyncssh.Error) and error.reason) or str(error) or "timed out"
        return Unreachable(problem("host-unreachable", self._to.place, reason=reason))

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

    def later(self, work: Awaitable[None]) -> None:
        """Nobody waits for it, or minds when it fails."""

        async def do() -> None:
            with suppress(asyncssh.Error, OSError):
                await work

        self._closing.add(task := asyncio.ensure_future(do()))
        task.add_done_callback(self._closing.discard)
