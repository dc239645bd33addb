"""The whole build: a pure function from a folder to files, remembered."""

import time
from pathlib import Path

from .buckets import Damaged
from .files import SETTINGS, find
from .memory import Locked, held
from .memos import Memos, opened
from .options import Options
from .problems import Place, SiteError, problem
from .standing import Build, Report, Standing, looked_at


def build(
    root: Path, options: Options = Options(), report: Report = lambda step, done, total: None,
    memos: Memos | None = None,
) -> Build:  # fmt: skip
    """Build the site in the folder `root`. Raises SiteError with all problems when one is an error, unless
    `keep_going` leaves out what is broken; then nothing in the output has been touched. `memos`: for a process that
    builds again and again."""
    started, root = time.time_ns(), root.absolute()  # a cluster's workers are in other folders
    if not (root / SETTINGS).is_file():
        raise SiteError((*find(root)[1], problem("no-settings", Place(SETTINGS))))
    folder = (options.output or root / "output").absolute()
    try:
        with held(root, options.wait) as memory:
            for place, trust in ((memory, not options.clean), (memory, False), (None, False)):
                try:
                    with (
                        opened(place, trust=trust, memos=memos) as cache,
                        looked_at(options, cache, folder) as before,
                    ):
                        sources, found = find(root)
                        standing = Standing(options, before, sources, found, cache, started)
                        return standing.answer() or _build(standing, place, report)
                except Damaged as error:
                    reason = str(error)
    except Locked as error:
        raise SiteError((problem("build-under-way", Place(SETTINGS), holder=error.holder),)) from None
    raise SiteError((problem("unwritable-output", Place(".sitegen"), reason=reason),))


def _build(standing: Standing, memory: Path | None, report: Report) -> Build:
    """With all that parsing and rendering need, which takes longer to import than to find that nothing has changed."""
    from .whole import build_whole  # noqa: PLC0415

    return build_whole(standing, memory, report)
