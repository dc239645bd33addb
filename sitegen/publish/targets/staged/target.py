"""A target whose files wait below its own memory until each is moved into place."""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Self, TypeVar

from sitegen.files import digest
from sitegen.problems import problem
from sitegen.publish.targets.refusals import as_target_error
from sitegen.publish.targets.target import (
    HELD,
    INCOMING,
    STATE,
    Changed,
    Facts,
    Refused,
    TargetError,
    Unreachable,
    Upload,
    pieces,
)
from sitegen.text import unportable

from .claim import Claim, Claims
from .disk import Disk, Entry
from .folders import Folders, Where
from .loop import Clock, Loop, Room, gather
from .proof import prove

T = TypeVar("T")
R = TypeVar("R")

LEFT = 86_400 * 10**9
"""Nanoseconds after which what waits is not waited for any more."""
UNDER_WAY = 262_144
"""Bytes of files that are sent at once: a line that is cut loses no more of them, or one file."""
CLAIM = "lock"
READABLE = 0o444
"""What readers' servers must be allowed with files, whatever the host gives new ones."""


class StagedTarget:
    """Files lie in INCOMING under names made of their paths and digests, so that those of a run that was cut off are
    there for the next."""

    is_atomic = False

    def __init__(self, disk: Disk, where: Where, clock: Clock | None = None) -> None:
        self._disk, self._where = disk, where
        self.lists_at_once = disk.is_own
        self._clock = clock or Clock()
        self._facts = Facts()
        self._claim: Claim | None = None
        self._waiting: dict[str, Entry] = {}
        """What lies in INCOMING, by name."""
        self._staged: dict[str, Entry] = {}
        """What has been put, by path."""
        self._names: dict[str, str] = {}
        self._live = self._folders = Folders(disk, where)
        """What readers see, and where files are placed and removed."""

    def __enter__(self) -> Self:
        self._loop, self._room = Loop(), Room(UNDER_WAY)
        try:
            self._do(self._disk.connect(self._loop.in_caller))
        except BaseException:
            self._loop.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            with suppress(TargetError):
                self._do(self._disk.close())
        finally:
            self._loop.close()

    def read(self, path: str) -> bytes | None:
        async def read() -> bytes | None:
            try:
                return await self._disk.read(self._live.at(path))
            except (FileNotFoundError, NotADirectoryError):
                return None

        return self._do(read())

    def list(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        folders = [""]
        while folders:
            below = list[str]()
            for folder, entries in self._do(gather(self._scan, folders, self._disk.in_flight)):
                for name, entry in entries.items():
                    path = f"{folder}{name}"
                    if entry.kind == "folder":
                        is_ours = path == STATE or self._live.at(path) == self._where.state
                        below += [] if is_ours else [f"{path}/"]
                    else:
                        found[path] = entry.state
            folders = below
        return found

    @contextmanager
    def claim(self, facts: Facts | None, wait: float) -> Iterator[Facts]:
        claims = Claims(self._where.claims)
        claim = Claim(self._disk, f"{self._where.state}/{CLAIM}", claims, self._where.place, self._clock)
        with claims.noted(claim.token):
            try:
                yield self._do(self._begin(claim, facts, wait))
            finally:
                self._claim = None
                with suppress(TargetError):
                    self._do(claim.give_back())

    def unlock(self) -> bool:
        """Take away whatever claim there is; whether there was one."""

        async def remove() -> bool:
            try:
                await self._disk.remove(f"{self._where.state}/{CLAIM}")
            except FileNotFoundError:
                return False
            return True

        return self._do(remove())

    def put(self, uploads: Iterable[Upload]) -> Iterator[tuple[str, str]]:
        return self._each(self._put, uploads)

    def place(self, paths: Iterable[str], note: str = "") -> Iterator[str]:
        wanted = [*paths]
        self._do(self._folders.make(wanted))
        yield from self._each(self._place, wanted)

    def remove(self, paths: Iterable[str]) -> Iterator[str]:
        wanted = [*paths]
        self._do(self._folders.look(wanted))
        yield from self._each(self._remove, wanted)
        self._do(self._folders.prune(wanted))

    # steps of a claim

    async def _begin(self, claim: Claim, facts: Facts | None, wait: float) -> Facts:
        state, incoming = self._where.state, self._folders.at(INCOMING)
        await self._folders.require()
        for folder in (state, incoming):
            if await self._disk.look(folder) is None:
                with suppress(FileExistsError):  # by another, who comes first
                    await self._disk.make_folder(folder)
        self._facts = self._folders.facts = await self._prove(facts)
        await claim.take(wait, excludes=self._facts.excludes)
        self._claim = claim
        self._waiting = dict(await self._disk.scan(incoming))
        newest = max((entry.moment for entry in self._waiting.values()), default=0)
        beaten = await self._disk.look(f"{state}/{CLAIM}")
        now = beaten.moment if beaten else newest
        for name, entry in [*self._waiting.items()]:
            if entry.kind == "file" and now - entry.moment > LEFT:
                await self._disk.remove(f"{incoming}/{name}")
                del self._waiting[name]
        return self._facts

    async def _prove(self, facts: Facts | None) -> Facts:
        return facts or await prove(self._disk, self._where.state, links=False)

    async def _put(self, upload: Upload) -> tuple[str, str]:
        await self._require(upload.path)
        name = digest(f"{upload.path}\0{upload.digest}".encode())
        there = self._waiting.get(name)
        if there is None or there.kind != "file" or there.size != upload.size:
            async with self._room.taken(upload.size):
                there = await self._send(upload, f"{self._folders.at(INCOMING)}/{name}")
            self._waiting[name] = there
        self._staged[upload.path], self._names[upload.path] = there, name
        return upload.path, there.state

    async def _send(self, upload: Upload, target: str) -> Entry:
        part = f"{target}.part"
        try:
            await self._disk.write(part, lambda: pieces(upload))
        except Changed:
            with suppress(OSError, TargetError):
                await self._disk.remove(part)
            raise
        entry = await self._disk.look(part)
        if entry is None or entry.size != upload.size:
            size = entry.size if entry else 0
            words = {"name": upload.path, "expected": upload.size, "size": size}
            raise Unreachable(problem("came-otherwise", self._where.place, **words))
        if entry.mode >= 0 and entry.mode & READABLE != READABLE:
            with suppress(OSError):  # what readers get is read back
                await self._disk.set_mode(part, entry.mode & 0o777 | READABLE)
        await self._disk.move(part, target)
        return entry

    async def _place(self, path: str) -> str:
        await self._require(path)
        source, target = f"{self._folders.at(INCOMING)}/{self._names[path]}", self._folders.at(path)
        if path == HELD:
            await self._folders.settle()
        await self._folders.respell(target)
        try:
            await self._disk.move(source, target, replaces=self._facts.replaces)
        except OSError as error:
            there = await self._disk.look(target)
            if there is None or there.kind != "folder":
                raise
            await self._folders.make_way(target, error)
            await self._disk.move(source, target, replaces=self._facts.replaces)
        self._waiting.pop(self._names[path], None)
        self._folders.touch(target)
        if path == HELD:
            await self._folders.settle()
        return path

    async def _remove(self, path: str) -> str:
        await self._require(path)
        target = self._folders.at(path)
        if self._folders.is_known(target.rpartition("/")[0]):  # else nothing of ours can be there
            with suppress(FileNotFoundError, NotADirectoryError):
                await self._disk.remove(target)
        return path

    async def _require(self, path: str) -> None:
        if unportable(path):
            raise Refused(problem("invalid-path", self._where.place, value=path))
        if self._claim is None:
            raise RuntimeError("nothing is changed without a claim")
        await self._claim.check()

    async def _scan(self, folder: str) -> tuple[str, Mapping[str, Entry]]:
        try:
            return folder, await self._disk.scan(self._live.at(folder.rstrip("/")))
        except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
            if folder:  # it went away, or is somebody else's
                return folder, {}
            if isinstance(error, PermissionError):
                raise
            raise Refused(problem("no-target-folder", self._where.place, folder=self._where.root)) from None

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return self._loop.run(work)
        except OSError as error:
            raise as_target_error(error, self._where.place) from None

    def _each(self, do: Callable[[T], Awaitable[R]], items: Iterable[T]) -> Iterator[R]:
        try:
            yield from self._loop.each(do, items, self._disk.in_flight)
        except OSError as error:
            raise as_target_error(error, self._where.place) from None
