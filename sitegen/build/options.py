"""What a build is asked for."""

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from sitegen.system import usable_cores

FEW_COLLECTIONS = 50_000
"""New objects before the collector looks for cycles; a parsed article leaves some thousands."""


class Workers(Struct, frozen=True):
    """How much may happen at once. `jobs`: processes, by default one for each core where there is much to do;
    `start`: how they start, by multiprocessing's names; `cluster`: the address of a Dask scheduler to use instead."""

    jobs: int | None = None
    start: str | None = None
    cluster: str | None = None

    @property
    def most(self) -> int:
        """Processes to use where there is much to do."""
        return usable_cores() if self.jobs is None else self.jobs


class Options(Struct, frozen=True):
    """How to build. `output`: where to, when not the site's own output/; `now`: the moment of the build, as a
    point in time or as authors write dates, then in the site's time zone; `wait`: seconds to wait for another build of
    the site; `index`: whether search indexes whose texts have changed are made, or left as they are; `assembled`:
    whether the site is wanted as a value even when nothing has changed; `untouched`: nobody else can have written in
    the output since the last build, so its files need not be looked at."""

    output: Path | None = None
    base_url: str | None = None
    drafts: bool = False
    future: bool = False
    clean: bool = False
    keep_going: bool = False
    now: datetime | str | None = None
    workers: Workers = Workers()
    wait: float = 60.0
    index: bool = True
    assembled: bool = False
    untouched: bool = False
