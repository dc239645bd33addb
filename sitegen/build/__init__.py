"""The pipeline of a build: `build` makes a Build.

pipeline       the whole build, top to bottom, in one function that reads as a table of contents
design         settings, registries, layouts, assets, languages and fonts as values; read anew where they changed
contents       content files as values; parsed anew where they changed, and remembered at once
picture_files  pictures, attachments and what is made from others: looked at, copied, made where they are lacking
search         which languages need a new search index, and what goes into it
pagefind       Pagefind as a function: texts in, the files of a search index out
parallel       work on many items: here, in a pool of processes, by a Dask scheduler
previous       the last build, and whether what it came to is still so
run            one build under way: what it is asked for, and what came of it
watchdog       how long one file may keep a build
output         the output folder: written atomically, what is no longer made removed
manifest       which files of an output folder sitegen wrote, and what is in the way of new ones
"""

import os
from pathlib import Path

from msgspec.structs import replace

from sitegen.cache.database import Damaged
from sitegen.cache.session import (
    FOLDER,
    PREVIEW,
    TARGETS,
    BuildSession,
    Locked,
    leave_cut_short,
    locked,
    opened,
    was_cut_short,
)
from sitegen.files import FOLDERS, OUTPUT, SETTINGS, is_below, real_path, resolve, written_folders
from sitegen.problems import Place, Problem, SiteError, problem, unforeseen
from sitegen.sources import find, find_settings
from sitegen.system.disk import slashed
from sitegen.system.handles import are_left

from .previous import restore_build
from .run import Build, Options, Report, Run, begin

OUTPUT_OPTION = "--output"
"""Where a problem is that the command line has brought."""


def build(
    root: Path, options: Options = Options(), report: Report = lambda step, done, total: None,
    session: BuildSession | None = None,
) -> Build:  # fmt: skip
    """Build the site in the folder `root`. Raises SiteError with all problems when one is an error, unless
    `keep_going` leaves out what is broken; then nothing in the output has been touched. `session`: for a process that
    builds again and again."""
    if not are_left():
        raise SiteError((problem("no-handles", Place(FOLDER)),))
    root = root.absolute()  # a cluster's workers are in other folders
    folder = (options.output or root / OUTPUT).absolute()
    wrong = _check_settings(root) or _check_output(root, folder, asked=options.output is not None)
    if wrong:
        raise SiteError((*find(root)[1], wrong))
    if was_cut_short(root):
        options = replace(options, workers=replace(options.workers, careful=True))
    run: Run | None = None
    has_died = False
    try:
        with locked(root, options.wait) as memory:
            for place, trust in ((memory, not options.clean), (memory, False), (None, False)):
                try:
                    with opened(place, trust=trust, session=session) as cache:
                        run = begin(root, options, folder, cache, place, report)
                        try:
                            return restore_build(run) or _run(run)
                        finally:
                            has_died = any(found.code == "process-died" for found in run.log.problems)
                except Damaged as error:
                    reason = str(error)
                except Exception as error:  # what is remembered may be to blame
                    known = isinstance(error, SiteError | OSError | MemoryError)
                    if known or not trust or (run and run.output.is_touched):
                        raise
    except Locked as error:
        raise SiteError((problem("build-under-way", Place(SETTINGS), holder=error.holder),)) from None
    except SiteError:
        raise
    except Exception as error:
        raise _as_site_error(error, run) from error
    finally:
        if has_died:
            leave_cut_short(root / FOLDER)
    raise SiteError((problem("unwritable-output", Place(".sitegen"), reason=reason),))


def _as_site_error(error: Exception, run: Run | None) -> SiteError:
    """What nobody foresaw, with the problems that were found before; and whether the output is as it was."""
    if run is None:
        return SiteError((unforeseen(error),))
    found = unforeseen(error, sources=run.sources)
    half = problem("half-written-output", Place(run.output.folder.name), reason=type(error).__name__)
    return SiteError((*run.log.problems, found, *([half] if run.output.is_touched else ())))


def _check_settings(root: Path) -> Problem | None:
    found = find_settings(root)
    if isinstance(found, Problem):
        return found
    return None if found else problem("no-settings", Place(SETTINGS))


def _check_output(root: Path, folder: Path, *, asked: bool) -> Problem | None:
    """What is wrong with an output folder: that of a site may not lead out of it, and none may meet its sources."""
    place = Place(OUTPUT_OPTION if asked else folder.name)
    try:
        site, real = real_path(root), resolve(folder)
    except OSError as error:
        return problem("unwritable-output", place, reason=error.strerror or str(error))
    named, above = (slashed(os.path.normpath(path)) for path in (folder, root))
    if is_below(named, above) and not is_below(real, site):
        return problem("leads-outside", place, target=real)
    _, memory = written_folders(root)
    sources = {name: real_path(root / name) for name in FOLDERS} | {FOLDER: memory}
    for name, source in sources.items():
        is_own = real == f"{memory}/{PREVIEW}" or real.startswith(f"{memory}/{TARGETS}/")
        if is_below(source, real) or (is_below(real, source) and not is_own):
            return problem("output-among-sources", place, source=name)
    return None


def _run(run: Run) -> Build:
    """With all that parsing and rendering need, which takes longer to import than to find that nothing has changed."""
    from .pipeline import run_build  # noqa: PLC0415

    return run_build(run)
