"""The folders of a site on a disk: made once, never through a link, taken away when nothing is left of them."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from sitegen.problems import Place, problem
from sitegen.publish.targets.target import HELD, STATE, Facts, Refused
from sitegen.text import caseless, nfc

from .disk import Disk, Entry
from .loop import gather

ENTERABLE = 0o555
"""What readers' servers must be allowed with folders, whatever the host gives new ones."""


class Where(Struct, frozen=True):
    """`root`: of the site on the disk; `state`: its memory there; `place`: of the target in site.yaml; `claims`: where
    this machine notes its claims; `held`: the folder of the manifest, where that is another."""

    root: str
    state: str
    place: Place
    claims: Path | None = None
    held: str = ""


class Folders:
    """Those that this run has looked at or made."""

    def __init__(self, disk: Disk, where: Where) -> None:
        self.facts = Facts()
        self._disk, self._where = disk, where
        self._known: dict[str, set[str] | None] = {}
        """Those that are there and no links, each with its names where the disk does not tell all apart."""
        self._touched: set[str] = set()

    def at(self, path: str) -> str:
        """Where a path of the release lies on the disk."""
        if path == HELD and self._where.held:
            return f"{self._where.held}/{HELD.rpartition('/')[2]}"
        if path == STATE or path.startswith(f"{STATE}/"):
            return f"{self._where.state}{path[len(STATE) :]}"
        return f"{self._where.root}/{path}" if path else self._where.root

    def is_known(self, folder: str) -> bool:
        return folder in self._known

    async def look(self, paths: Iterable[str]) -> tuple[tuple[str, Entry | None], ...]:
        """What is where the folders of these files are to be, as far as it is not known."""
        unknown = sorted({*map(self.at, ("", *_parents(paths)))} - self._known.keys())
        found = tuple(zip(unknown, await gather(self._disk.look, unknown, self._disk.in_flight), strict=True))
        for folder, entry in found:
            if entry is not None and (entry.kind == "folder" or (entry.kind == "link" and folder == self._where.root)):
                self._known[folder] = None
        return found

    async def require(self) -> None:
        """Make sure that there is a folder for the site at all. Raises Refused."""
        await self.look(())
        if self._where.root not in self._known:
            raise Refused(problem("no-target-folder", self._where.place, folder=self._where.root))

    async def make(self, paths: Iterable[str]) -> None:
        """All in which these files are to lie. Links are not followed, wherever they lead. Raises Refused."""
        for folder, entry in await self.look(paths):
            if folder != self._where.root and entry is not None and entry.kind != "folder":
                raise self._in_the_way(folder)
        for level in _by_depth(map(self.at, _parents(paths))):
            for folder in level:
                await self.respell(folder)
            await gather(self._make, [folder for folder in level if folder not in self._known], self._disk.in_flight)

    async def _make(self, folder: str) -> None:
        with suppress(FileExistsError):  # somebody else made it, or the answer was lost
            await self._disk.make_folder(folder)
        entry = await self._disk.look(folder)
        if entry is None or entry.kind != "folder":
            raise self._in_the_way(folder)
        if entry.mode >= 0 and entry.mode & ENTERABLE != ENTERABLE:
            with suppress(OSError):  # what readers get is read back
                await self._disk.set_mode(folder, entry.mode | ENTERABLE)
        self._known[folder] = None
        self._touched.add(folder)
        self.touch(folder)

    async def make_way(self, folder: str, error: OSError) -> None:
        """For a file where a folder is, if nothing is in it. Raises Refused."""
        try:
            await self._disk.remove_folder(folder)
        except OSError:
            raise self._in_the_way(folder) from error
        self._known.pop(folder, None)

    async def prune(self, paths: Iterable[str]) -> None:
        """Take away those of these files in which nothing is left."""

        async def remove(folder: str) -> None:
            with suppress(OSError):
                await self._disk.remove_folder(folder)
                self._known.pop(folder)

        left = {*map(self.at, _parents(paths))} & self._known.keys()
        for level in reversed(_by_depth(left)):
            await gather(remove, level, self._disk.in_flight)

    async def respell(self, target: str) -> None:
        """Where names that differ in case or normal form are one, the last that was given is to be seen."""
        if self.facts.tells_case and self.facts.tells_forms:
            return
        folder, _, name = target.rpartition("/")
        names = self._known.get(folder)
        if names is None:
            names = self._known[folder] = {*await self._disk.scan(folder)}
        alike = caseless if not self.facts.tells_case else nfc
        for other in [other for other in names if other != name and alike(other) == alike(name)]:
            await self._disk.move(f"{folder}/{other}", target)
            names.discard(other)
        names.add(name)

    def touch(self, target: str) -> None:
        """Something was put there."""
        self._touched.add(target.rpartition("/")[0])

    async def settle(self) -> None:
        """All that was put somewhere outlasts a power cut."""
        await self._disk.settle(self._touched)
        self._touched.clear()

    def _in_the_way(self, location: str) -> Refused:
        return Refused(problem("in-the-way-there", self._where.place, name=location))


def _parents(paths: Iterable[str]) -> set[str]:
    """All folders above these below the root."""
    found = set[str]()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _by_depth(folders: Iterable[str]) -> list[list[str]]:
    """The outermost first."""
    found: dict[int, list[str]] = {}
    for folder in sorted(folders):
        found.setdefault(folder.count("/"), []).append(folder)
    return [found[depth] for depth in sorted(found)]
