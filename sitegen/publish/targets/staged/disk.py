"""The steps that are taken on a disk, whatever the line to it is.

Paths are whole, with /. Steps raise OSError with its errno, or TargetError where none says enough; those that were
taken already may be taken again.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, Protocol

from msgspec import Struct

from .loop import InCaller

Kind = Literal["file", "folder", "link", "other"]


class Entry(Struct, frozen=True, gc=False):
    """What lies at a path, no link followed. `moment`: of its last change, in nanoseconds by the host's own clock, as
    fine as it tells; `mode`: its permissions, -1 where the host tells none."""

    kind: Kind
    size: int
    moment: int
    mode: int = -1

    @property
    def state(self) -> str:
        """What tells whether it is still as it was left."""
        return f"{self.size}-{self.moment}" if self.kind == "file" else self.kind


class Disk(Protocol):
    """A disk, here or elsewhere."""

    in_flight: int
    """So many steps at once."""
    is_own: bool
    """Whether it is one of this machine, so that its locks say whether their holder lives."""

    async def connect(self, in_caller: InCaller) -> None:
        """Before all else; `in_caller`: who waits can be asked there. Raises TargetError."""

    async def close(self) -> None: ...

    async def read(self, path: str) -> bytes: ...

    async def look(self, path: str) -> Entry | None: ...

    async def scan(self, folder: str) -> Mapping[str, Entry]:
        """What a folder holds, by name."""

    async def write(self, path: str, source: Callable[[], Iterable[bytes]]) -> None:
        """A file, whatever was there, from pieces that may be asked for again."""

    async def create(self, path: str, data: bytes) -> bool:
        """A small file where none is; whether none was."""

    async def amend(self, path: str, data: bytes) -> None:
        """Write over the beginning of a file that is there, which makes it newer."""

    async def move(self, source: str, target: str, *, replaces: bool = True) -> None:
        """To where a file may be; `replaces`: in one step, else that one is removed first."""

    async def set_mode(self, path: str, mode: int) -> None: ...

    async def remove(self, path: str) -> None: ...

    async def make_folder(self, path: str) -> None:
        """One, of which all above are there."""

    async def remove_folder(self, path: str) -> None:
        """One that is empty."""

    async def link(self, source: str, target: str) -> None:
        """A second name for a file."""

    async def point(self, link: str, target: str) -> None:
        """A symbolic link to a folder, where nothing is."""

    async def target_of(self, link: str) -> str: ...

    async def settle(self, folders: Iterable[str]) -> None:
        """What was moved there outlasts a power cut."""

    def hold(self, folder: str) -> Callable[[], None] | None:
        """Keep away other processes that work on the same disk, where its system has locks; what comes back lets go.
        Raises InUse."""
