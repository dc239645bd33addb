"""A site that is exchanged as a whole: its folder is a link to one release of several, and is moved to the next one.

Releases lie beside it, in FOLDER.releases/NUMBER; what stays from one to the next has a name in both. The one before
the last is kept, for readers who are in the midst of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Self

from msgspec.structs import replace

from sitegen.problems import problem
from sitegen.publish.targets.target import HELD, STATE, Facts, Refused

from .disk import Disk, Entry
from .folders import ENTERABLE, Folders, Where
from .loop import Clock, gather
from .proof import prove
from .target import StagedTarget

RELEASES, LINK = ".releases", "link"


class SwitchedTarget(StagedTarget):
    """What is placed and removed lies in the next release until the manifest does too."""

    is_atomic = True

    def __init__(self, disk: Disk, where: Where, clock: Clock | None = None) -> None:
        """`where.root`: of the link, or of a folder that will be one."""
        where = replace(where, held=f"{where.root}/{STATE}")
        super().__init__(disk, where, clock)
        self._releases = f"{where.root}{RELEASES}"
        self._next = ""
        """The release that is being made."""

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            self._do(self._finish_switch())
        except BaseException:
            self.__exit__()
            raise
        return self

    async def _finish_switch(self) -> None:
        """What a publisher has left undone that died when a folder became a link."""
        if await self._disk.look(self._where.root) is None:
            with suppress(FileNotFoundError, NotADirectoryError):
                await self._disk.move(f"{self._releases}/{LINK}", self._where.root)

    @contextmanager
    def claim(self, facts: Facts | None, wait: float) -> Iterator[Facts]:
        self._next, self._folders = "", self._live
        try:
            with super().claim(facts, wait) as proven:
                yield proven
        finally:
            self._next, self._folders = "", self._live

    async def _prove(self, facts: Facts | None) -> Facts:
        proven = facts if facts is not None and facts.links else await prove(self._disk, self._where.state, links=True)
        if not proven.links:
            raise Refused(problem("no-links-there", self._where.place))
        return proven

    def place(self, paths: Iterable[str], note: str = "") -> Iterator[str]:
        if wanted := [*paths]:
            self._do(self._begin_release())
        yield from super().place(wanted, note)

    def remove(self, paths: Iterable[str]) -> Iterator[str]:
        if wanted := [*paths]:
            self._do(self._begin_release())
        yield from super().remove(wanted)

    async def _place(self, path: str) -> str:
        placed = await super()._place(path)
        if path == HELD:
            await self._switch()
        return placed

    async def _begin_release(self) -> None:
        """A release like the one that is live, but for what unfinished or old ones have left."""
        if self._next:
            return
        live = await self._live_name()
        there = sorted(await self._disk.scan(self._releases))
        numbers = [int(name) for name in there if name.isdecimal()]
        for number in numbers:
            if live is None or number > live or number < live - 1:
                await self._discard(f"{self._releases}/{number}")
        self._next = f"{self._releases}/{max([live or 0, *numbers]) + 1}"
        for folder in (self._releases, self._next):
            await self._make(folder)
        await self._copy(self._where.root, self._next)
        self._folders = Folders(self._disk, replace(self._where, root=self._next, held=f"{self._next}/{STATE}"))
        self._folders.facts = self._facts
        await self._make(f"{self._next}/{STATE}")

    async def _make(self, folder: str) -> None:
        """One that readers' servers may enter."""
        with suppress(FileExistsError):
            await self._disk.make_folder(folder)
        entry = await self._disk.look(folder)
        if entry is not None and entry.mode >= 0 and entry.mode & ENTERABLE != ENTERABLE:
            with suppress(OSError):
                await self._disk.set_mode(folder, entry.mode | ENTERABLE)

    async def _live_name(self) -> int | None:
        """The number of the release that readers see; None where there is none yet."""
        entry = await self._disk.look(self._where.root)
        if entry is None or entry.kind != "link":
            return None
        name = (await self._disk.target_of(self._where.root)).rpartition("/")[2]
        if not name.isdecimal():
            raise Refused(problem("in-the-way-there", self._where.place, name=self._where.root))
        return int(name)

    async def _copy(self, source: str, target: str) -> None:
        """All that lies in a folder but our own memory, files by second names."""

        async def copy(item: tuple[str, Entry]) -> None:
            path, entry = item
            if entry.kind == "folder":
                await self._make(f"{target}/{path}")
            elif entry.kind == "link":
                await self._disk.point(f"{target}/{path}", await self._disk.target_of(f"{source}/{path}"))
            elif entry.kind == "file":
                await self._disk.link(f"{source}/{path}", f"{target}/{path}")

        level = {"": await self._disk.scan(source)}
        while level:
            found = {f"{folder}{name}": entry for folder, names in level.items() for name, entry in names.items()}
            found.pop(STATE, None)
            await gather(copy, found.items(), self._disk.in_flight)
            folders = [path for path, entry in found.items() if entry.kind == "folder"]
            scanned = await gather(lambda path: self._disk.scan(f"{source}/{path}"), folders, self._disk.in_flight)
            level = {f"{path}/": names for path, names in zip(folders, scanned, strict=True)}

    async def _switch(self) -> None:
        """From one release to the next, in one step where there was one. A folder that becomes a link is moved away
        first, and comes back where that goes wrong."""
        root, number = self._where.root, self._next.rpartition("/")[2]
        name = root.rpartition("/")[2]
        link = f"{self._releases}/{LINK}"
        with suppress(FileNotFoundError):
            await self._disk.remove(link)
        before = await self._live_name()
        await self._disk.point(link, f"{name}{RELEASES}/{number}")
        if before is None:
            await self._disk.move(root, aside := f"{self._releases}/{int(number) - 1}")
            try:
                await self._disk.move(link, root)
            except BaseException:
                await self._disk.move(aside, root)
                raise
        else:
            await self._disk.move(link, root)
        await self._disk.settle([root.rpartition("/")[0], self._releases])
        self._next, self._folders = "", self._live

    async def _discard(self, folder: str) -> None:
        """A release that nobody reads, whatever it holds."""
        entries: Mapping[str, Entry] = await self._disk.scan(folder)

        async def discard(name: str) -> None:
            if entries[name].kind == "folder":
                await self._discard(f"{folder}/{name}")
            else:
                await self._disk.remove(f"{folder}/{name}")

        await gather(discard, entries, self._disk.in_flight)
        await self._disk.remove_folder(folder)
