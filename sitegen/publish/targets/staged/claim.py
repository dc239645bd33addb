"""A claim: one publisher at a time, by a file on the host that beats while its publisher lives.

No clock but the host's own says how old it is. Whoever finds that it has lost its claim stops.
"""

import asyncio
import os
import platform
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from sitegen.files import digest
from sitegen.problems import Place, problem
from sitegen.publish.targets.target import Claimed, TargetError
from sitegen.system.locks import InUse, lock

from .disk import Disk, Entry
from .loop import Clock

BEAT, STALE, DOUBTFUL = 30.0, 600.0, 120.0
"""Seconds between two beats; without one, until a claim is over; without one of our own, until we ask whether ours
still is."""
SETTLE, POLL = 3.0, 2.0
"""Seconds in which another would have written, where two may believe that they were first; between two looks at
somebody else's."""


class Holder(Struct, frozen=True):
    """Whose claim lies there. `since`: when it began, by the host's clock, in nanoseconds; `machine`: where the disk is
    its own, a name of it which says nothing to others."""

    token: str
    since: int = 0
    machine: str = ""
    moment: int = 0
    """Of the last beat."""

    def text(self) -> bytes:
        return f"{self.token} {self.since} {self.machine}\n".encode()


class Claims:
    """Those of a site from this machine, each a folder which is held as long as its publisher lives: so the next one
    knows at once that it is dead."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._returned = set[str]()

    @contextmanager
    def noted(self, token: str) -> Iterator[None]:
        """Meanwhile it is alive. Afterwards it is known to be dead as long as it lies on the host."""
        if self._folder is None:
            yield
            return
        place = self._folder / token
        let_go: Callable[[], None] | None = None
        with suppress(OSError, InUse):  # where there are no locks, nobody is known to be dead
            place.mkdir(parents=True)
            let_go = lock(place)
        try:
            yield
        finally:
            if let_go is not None:
                let_go()
            if token in self._returned:
                self.forget(token)

    def returned(self, token: str) -> None:
        """It lies on the host no more."""
        self._returned.add(token)

    def dead(self) -> set[str]:
        """The tokens of those who ended without taking theirs back."""
        found = set[str]()
        with suppress(OSError):
            for place in self._folder.iterdir() if self._folder else ():
                with suppress(OSError, InUse):
                    lock(place)()
                    found.add(place.name)
        return found

    def forget(self, token: str) -> None:
        if self._folder is not None and token:
            with suppress(OSError):
                (self._folder / token).rmdir()


class Claim:
    """One claim, taken once. `path`: of its file; `claims`: those known here; `place`: of the target in site.yaml."""

    def __init__(self, disk: Disk, path: str, claims: Claims, place: Place, clock: Clock) -> None:
        self._disk, self._path, self._claims, self._place, self._clock = disk, path, claims, place, clock
        self.token = os.urandom(8).hex()
        self._own = Holder(self.token, machine=_machine(self.token) if disk.is_own else "")
        self._beaten, self._is_lost = 0.0, False
        self._beats: asyncio.Task[None] | None = None
        self._let_go: Callable[[], None] | None = None

    async def take(self, wait: float, *, excludes: bool) -> None:
        """Within so many seconds. `excludes`: a second one cannot create what is there; else what was written is read
        again after a while. Raises Claimed."""
        ends, is_sure = self._clock.now() + wait, excludes
        while True:
            if self._hold() and await self._create(is_sure=is_sure, excludes=excludes):
                break
            holder = await self._holder()
            if holder is not None and holder.token == self.token:
                break  # the answer was lost
            if holder is not None and await self._is_over(holder):
                await self._clear(holder)
                is_sure = False
            elif self._clock.now() >= ends:
                raise await self._claimed(holder)
            else:
                await self._clock.sleep(min(POLL, max(0.1, ends - self._clock.now())))
        entry = await self._disk.look(self._path)
        self._own = Holder(self.token, entry.moment if entry else 0, self._own.machine)
        await self.renew()
        self._beats = asyncio.ensure_future(self._beat())

    async def check(self) -> None:
        """Make sure that it still is ours, before anything is done: a machine may have slept. Raises Claimed."""
        if self._is_lost:
            raise await self._claimed(await self._holder())
        if abs(self._clock.now() - self._beaten) > DOUBTFUL:
            await self.renew()

    async def renew(self) -> None:
        """One beat. Raises Claimed."""
        holder = await self._holder()
        if holder is None or holder.token != self.token:
            self._is_lost = True
            raise await self._claimed(holder)
        with suppress(FileNotFoundError):  # which the next one notices
            await self._disk.amend(self._path, self._own.text())
        self._beaten = self._clock.now()

    async def give_back(self) -> None:
        """Unless it was lost; where the host cannot be reached, the next one here knows that it is over."""
        if self._beats is not None:
            self._beats.cancel()
        with suppress(TargetError, OSError):
            holder = await self._holder()
            if holder is not None and holder.token == self.token:
                await self._disk.remove(self._path)
            self._claims.returned(self.token)
        if self._let_go is not None:
            self._let_go()

    async def _beat(self) -> None:
        while not self._is_lost:
            await self._clock.sleep(BEAT)
            with suppress(TargetError, OSError):
                await self.renew()

    def _hold(self) -> bool:
        """Whether nobody on this machine holds it, as far as its system tells."""
        if self._let_go is None:
            try:
                self._let_go = self._disk.hold(self._path.rpartition("/")[0])
            except InUse:
                return False
        return True

    async def _create(self, *, is_sure: bool, excludes: bool) -> bool:
        if excludes:
            is_new = await self._disk.create(self._path, self._own.text())
        elif is_new := await self._disk.look(self._path) is None:
            await self._disk.write(self._path, lambda: (self._own.text(),))
        if not is_new or is_sure:
            return is_new
        await self._clock.sleep(SETTLE)
        holder = await self._holder()
        return holder is not None and holder.token == self.token

    async def _holder(self) -> Holder | None:
        entry = await self._disk.look(self._path)
        if entry is None:
            return None
        try:
            return _read(await self._disk.read(self._path), entry)
        except FileNotFoundError:
            return None

    async def _is_over(self, holder: Holder) -> bool:
        dead = self._claims.dead()
        if holder.token in dead:
            return True
        if holder.machine and holder.machine == _machine(holder.token) and self._let_go is not None:
            return True  # else its system would hold it
        if not holder.token and dead:  # one of ours may have ended before it wrote
            await self._clock.sleep(SETTLE)
            return await self._holder() == holder
        return abs(await self._host_time() - holder.moment) > STALE * 1e9

    async def _clear(self, holder: Holder) -> None:
        """Take away one that is over, and none that somebody else has made in its place meanwhile."""
        aside = f"{self._path}-{self.token}"
        with suppress(FileNotFoundError):
            await self._disk.move(self._path, aside)
            entry = await self._disk.look(aside)
            found = _read(await self._disk.read(aside), entry) if entry else holder
            if found.token != holder.token and await self._disk.look(self._path) is None:
                await self._disk.move(aside, self._path)
            else:
                await self._disk.remove(aside)
        self._claims.forget(holder.token)

    async def _host_time(self) -> int:
        """In nanoseconds, by the host's own clock."""
        probe = f"{self._path}-{self.token}"
        await self._disk.write(probe, tuple)
        entry = await self._disk.look(probe)
        await self._disk.remove(probe)
        return entry.moment if entry else 0

    async def _claimed(self, holder: Holder | None) -> Claimed:
        """`since` by our clock, whatever the host's says."""
        moment = datetime.now(UTC)
        if holder is not None and holder.since:
            moment -= timedelta(seconds=max(0.0, (await self._host_time() - holder.since) / 1e9))
        return Claimed(problem("target-in-use", self._place, since=f"{moment.astimezone():%d/%m/%Y %H:%M}"), moment)


def _read(data: bytes, entry: Entry) -> Holder:
    token, since, machine, *_ = [*data.decode("ascii", "replace").partition("\n")[0].split(" "), "", "", ""]
    return Holder(token, int(since) if since.isdecimal() else 0, machine, entry.moment)


def _machine(token: str) -> str:
    """A name of this machine for whoever knows the token."""
    return digest(f"{token} {platform.node()} {uuid.getnode()}".encode())
