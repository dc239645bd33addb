"""The whole build: a pure function from a folder to files, remembered."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import BrokenExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from .cache import Bodies, Cache, Damaged, Locked, Summary, held, opened
from .cluster import NoCluster
from .config import Config
from .dates import parse_moment
from .edition import Moments
from .extras import installed_pagefind
from .facts import Facts, unchanged
from .files import SETTINGS, Source, digest, find, read_bytes
from .output import Made, Output, OutputError, Written
from .problems import Checked, Place, Problem, SiteError, errors, in_order, problem
from .reading import Contents, Design, Met, read_contents, read_design
from .search import Index, search_indexes
from .site import Materials, Site, assemble
from .traces import Job, Traces
from .work import Result, Workers, Workshop, carry_out, render_batch

Report = Callable[[str, int, int], None]


class Options(Struct, frozen=True):
    """How to build. `output`: where to, when not the site's own output/; `now`: the moment of the build, as a
    point in time or as authors write dates, then in the site's time zone; `wait`: seconds to wait for another build of
    the site; `index`: whether search indexes whose texts have changed are made, or left as they are."""

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


class Build(Struct, frozen=True):
    """What a build did. `site` is None when nothing had changed; `pages`: how many it has; `rendered`: how many were
    made; `timings`: seconds by step."""

    site: Site | None
    pages: int
    next_change: datetime | None
    written: Written
    rendered: int
    problems: tuple[Problem, ...]
    timings: Mapping[str, float]


def build(root: Path, options: Options = Options(), report: Report = lambda step, done, total: None) -> Build:
    """Build the site in the folder `root`. Raises SiteError with all problems when one is an error, unless
    `keep_going` leaves out what is broken; then nothing in the output has been touched."""
    started, root = time.time_ns(), root.absolute()  # a cluster's workers are in other folders
    sources, found = find(root)
    if SETTINGS not in sources:
        raise SiteError((*found, problem("no-settings", Place(SETTINGS))))
    try:
        with held(root, options.wait) as folder:
            for place, trust in ((folder, not options.clean), (folder, False), (None, False)):
                with suppress(Damaged), opened(place, trust=trust) as cache:
                    return _build(root, options, report, sources, found, cache, started)
    except Locked as error:
        raise SiteError((problem("build-under-way", Place(SETTINGS), holder=error.holder),)) from None
    except NoCluster as error:
        raise SiteError((error.problem,)) from None
    except BrokenExecutor:
        raise SiteError((problem("worker-lost", Place(".sitegen")),)) from None
    raise SiteError((problem("unwritable-output", Place(".sitegen"), reason="nothing can be kept there"),))


def _build(
    root: Path, options: Options, report: Report, sources: Mapping[str, Source], found: Iterable[Problem],
    cache: Cache, started: int,
) -> Build:  # fmt: skip
    clock, met, folder = _Clock(), Met(found), (options.output or root / "output").absolute()
    key = digest(repr((options.drafts, options.future, options.base_url, str(folder), installed_pagefind())).encode())
    known = unchanged(sources, cache.load("sources", dict[str, Facts]) or {})
    made_before = cache.load("outputs", dict[str, Made]) if cache.load("key", str) == key else None
    output = Output(folder, made_before or {}, clean=options.clean)
    summary = cache.load("summary", Summary)
    if summary and summary.key == _whole(key, sources, known, found) and _is_current(summary, options, output):
        return _as_it_was(summary, output, clock)

    design = met.take(read_design(sources, options.base_url, started))
    if design is None:
        raise SiteError(met.problems)
    config = design.config
    clock.lap("read")
    parsing = partial(report, "parse")
    contents = met.take(read_contents(sources, known, config, cache, options.workers, parsing, started))
    clock.lap("parse")
    moments = Moments(_moment(options.now, config), options.drafts, options.future)
    site = met.take(assemble(_materials(design, contents, sources), moments))
    clock.lap("assemble")
    traces = Traces(cache, site, output)
    bodies = Bodies(cache.path, {path: document.digest for path, document in site.documents.items()})
    try:
        shop = Workshop(site, design.languages, bodies, output.staging)
        results = met.take(_render(traces.stale, shop, options.workers, partial(report, "render")))
        clock.lap("render")
        if errors(met.problems) and not options.keep_going:
            raise SiteError(met.problems)
        made = {result.output: result for result in results if result.ok}
        staged = {path: result.made for path, result in made.items() if result.made}
        staged |= met.take(_copies(site, sources, output))
        known_indexes = cache.load("search", dict[str, Index]) or {}
        indexing = partial(report, "index")
        indexes = met.take(
            search_indexes(site, design.languages, bodies, output, known_indexes, indexing, make=options.index)
        )
        clock.lap("index")
        staged |= indexes.staged
        kept = {*traces.current, *made, *_copied(site), *indexes.files} - staged.keys()
        written = output.finish(staged, kept)
    except OutputError as error:
        raise SiteError((*met.problems, *error.problems)) from error
    finally:
        output.abandon()
    clock.lap("write")
    facts = {path: fact for path, fact in ({**known, **design.facts, **contents.facts}).items() if path in sources}
    problems = in_order(met.problems)
    state: dict[str, object] = {"sources": facts, "outputs": output.made(staged, kept), "key": key}
    state |= {"search": indexes.known}
    state["summary"] = _summary(_whole(key, sources, facts, found), site, problems, indexes.current)
    traces.keep({path: result.seen for path, result in made.items()}, state)
    clock.lap("remember")
    change = _in_zone(site.edition.next_change, config.time_zone)
    return Build(site, len(site.pages), change, written, len(results), problems, clock.laps)


class _Clock:
    """Seconds by step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step], self._last = now - self._last, now


def _moment(now: datetime | str | None, config: Config) -> datetime:
    if isinstance(now, str):
        return parse_moment(now, config.zone).at
    return now or datetime.now(UTC)


def _materials(design: Design, contents: Contents, sources: Mapping[str, Source]) -> Materials:
    return Materials(
        config=design.config,
        documents=tuple(contents.documents.values()),
        contents=tuple(path for path, source in sources.items() if source.kind == "content"),
        registry=design.registry,
        sources=design.sources,
        layouts=design.layouts,
        assets=design.assets,
        files=contents.files,
        messages={code: language.digest for code, language in design.languages.items()},
        indexer=installed_pagefind() is not None,
    )


def _render(
    jobs: Collection[Job], shop: Workshop, workers: Workers, report: Callable[[int, int], None]
) -> Checked[list[Result]]:
    shop.renderer.compile({job.page.layout for job in jobs})
    results = list(carry_out(render_batch, shop, [*jobs], workers, report))
    return results, tuple(found for result in results for found in result.problems)


def _copies(site: Site, sources: Mapping[str, Source], output: Output) -> Checked[dict[str, Made]]:
    """Stage the assets, pictures and attachments that the output lacks."""
    staged: dict[str, Made] = {}
    problems = []
    for asset in site.assets.values():
        if output.holds(asset.path) != asset.digest:
            staged[asset.path] = output.stage(asset.path, asset.data)
    for name, file in site.files.items():
        if output.holds(file.path) != file.digest:
            data = read_bytes(sources[f"content/{name}"].location, f"content/{name}")
            if isinstance(data, Problem):
                problems.append(data)
            else:
                staged[file.path] = output.stage(file.path, data)
    return staged, tuple(problems)


def _copied(site: Site) -> set[str]:
    return {asset.path for asset in site.assets.values()} | {file.path for file in site.files.values()}


def _whole(key: str, sources: Mapping[str, Source], facts: Mapping[str, Facts], found: Iterable[Problem]) -> str | None:
    """What a whole build depends on; None when some source must be looked into first."""
    if any(path not in facts for path in sources):
        return None
    return digest(repr((key, [(path, facts[path].digest) for path in sources], tuple(found))).encode())


def _summary(whole: str | None, site: Site, problems: tuple[Problem, ...], indexed: bool) -> Summary | None:
    """What the next build may say when nothing has changed; None when it must look for itself."""
    if whole is None or errors(problems):
        return None
    last, following = site.edition.last_change, site.edition.next_change
    return Summary(
        key=whole,
        pages=len(site.pages),
        since=last.timestamp() if last else float("-inf"),
        until=following.timestamp() if following else float("inf"),
        next_change=following,
        zone=site.config.time_zone,
        problems=problems,
        indexed=indexed,
    )


def _is_current(summary: Summary, options: Options, output: Output) -> bool:
    now = options.now if isinstance(options.now, datetime) else None if options.now else datetime.now(UTC)
    if now is None or (options.index and not summary.indexed):
        return False
    return summary.since <= now.timestamp() < summary.until and output.is_whole()


def _as_it_was(summary: Summary, output: Output, clock: _Clock) -> Build:
    clock.lap("read")
    kept = Written((), tuple(output.before.files), ())
    change = _in_zone(summary.next_change, summary.zone)
    return Build(None, summary.pages, change, kept, 0, summary.problems, clock.laps)


def _in_zone(moment: datetime | None, zone: str) -> datetime | None:
    return moment.astimezone(ZoneInfo(zone)) if moment else None
