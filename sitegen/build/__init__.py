"""The pipeline of a build: `build` makes a Build.

pipeline       the whole build, top to bottom, in one function that reads as a table of contents
typefaces      the fonts for share cards, remembered between builds
read           the sources as values; content parsed anew only where it changed
picture_files  pictures and attachments as values; looked at anew only where they changed
making         makes derived files: what neither the output nor the store has
store          what was made, by what it was made from
work           what is done in batches: content files parsed, pages rendered
parallel       work on many items: here, in a pool of processes, or by any executor
cluster        a Dask scheduler as one more executor
previous       what stands from earlier builds, and whether that is still the answer
search         which languages need a new search index, and what goes into it
pagefind       Pagefind as a function: texts in, the files of a search index out
output         writes atomically, removes what is no longer made, keeps the manifest
ownership      which files of an output folder are sitegen's, and what is in the way of new ones
options        what a build is asked for
manifest       which files of an output folder sitegen wrote
findable       texts and queries in words that the search indexer finds again
"""

import os
import time
from pathlib import Path

from sitegen.cache.buckets import Damaged
from sitegen.cache.folder import FOLDER, PREVIEW, Locked, held
from sitegen.cache.session import Memos, opened
from sitegen.files import FOLDERS, OUTPUT, SETTINGS, find, is_below, locate
from sitegen.problems import Place, Problem, SiteError, problem

from .options import Options
from .previous import Build, Report, Standing

OUTPUT_OPTION = "--output"
"""Where a problem is that the command line has brought."""


def build(
    root: Path, options: Options = Options(), report: Report = lambda step, done, total: None,
    memos: Memos | None = None,
) -> Build:  # fmt: skip
    """Build the site in the folder `root`. Raises SiteError with all problems when one is an error, unless
    `keep_going` leaves out what is broken; then nothing in the output has been touched. `memos`: for a process that
    builds again and again."""
    started, root = time.time_ns(), root.absolute()  # a cluster's workers are in other folders
    folder = (options.output or root / OUTPUT).absolute()
    wrong = _check_settings(root) or _check_output(root, folder, asked=options.output is not None)
    if wrong:
        raise SiteError((*find(root)[1], wrong))
    try:
        with held(root, options.wait) as memory:
            for place, trust in ((memory, not options.clean), (memory, False), (None, False)):
                try:
                    with opened(place, trust=trust, memos=memos) as cache:
                        sources, found = find(root, closed=(os.path.realpath(folder),))
                        standing = Standing(options, folder, sources, found, cache, started)
                        return standing.answer() or _build(standing, place, report)
                except Damaged as error:
                    reason = str(error)
    except Locked as error:
        raise SiteError((problem("build-under-way", Place(SETTINGS), holder=error.holder),)) from None
    raise SiteError((problem("unwritable-output", Place(".sitegen"), reason=reason),))


def _check_settings(root: Path) -> Problem | None:
    settings = locate(root, SETTINGS)
    if isinstance(settings, Problem):
        return settings
    return None if Path(settings).is_file() else problem("no-settings", Place(SETTINGS))


def _check_output(root: Path, folder: Path, *, asked: bool) -> Problem | None:
    """What is wrong with an output folder: that of a site may not lead out of it, and none may meet its sources."""
    site, real = os.path.realpath(root), os.path.realpath(folder)
    place = Place(OUTPUT_OPTION if asked else folder.name)
    if is_below(os.path.normpath(folder), os.path.normpath(root)) and not is_below(real, site):
        return problem("leads-outside", place, target=real)
    sources = {name: os.path.realpath(root / name) for name in FOLDERS} | {FOLDER: f"{site}/{FOLDER}"}
    for name, source in sources.items():
        if is_below(source, real) or (is_below(real, source) and real != f"{site}/{FOLDER}/{PREVIEW}"):
            return problem("output-among-sources", place, source=name)
    return None


def _build(standing: Standing, memory: Path | None, report: Report) -> Build:
    """With all that parsing and rendering need, which takes longer to import than to find that nothing has changed."""
    from .pipeline import build_whole  # noqa: PLC0415

    return build_whole(standing, memory, report)
