"""The whole build, top to bottom, for when something has changed."""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import BrokenExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from . import arrangement
from .cache import Bodies
from .cluster import NoCluster
from .config import Config
from .dates import parse_moment
from .edition import Moments
from .files import Source, read_bytes
from .making import make_missing
from .options import Workers
from .output import Made, Output, OutputError
from .problems import Checked, Place, Problem, SiteError, errors, in_order, problem
from .reading import Contents, Design, Learnt, Met, read_contents, read_design, read_documents
from .site import Materials, Site, assemble
from .standing import Build, Report, Standing, Summary, in_zone
from .store import FOLDER as MADE
from .store import Store
from .traces import Job, Traces
from .work import Documents, Result, Workshop, render_batch
from .workers import carry_out


def build_whole(standing: Standing, memory: Path | None, report: Report) -> Build:
    """Bring the output up to date; what is made is kept in the folder `memory` too. Raises SiteError; then nothing in
    the output has been touched."""
    try:
        return _build(standing, Store(memory / MADE if memory else None), report)
    except NoCluster as error:
        raise SiteError((error.problem,)) from None
    except BrokenExecutor:
        raise SiteError((problem("worker-lost", Place(".sitegen")),)) from None


def _build(standing: Standing, store: Store, report: Report) -> Build:
    options, sources, cache, output = standing.options, standing.sources, standing.cache, standing.output
    watch, met = standing.watch, Met(standing.found)
    learnt = cache.load("learnt", Learnt) or Learnt()
    design = met.take(read_design(sources, options.base_url, standing.started, learnt))
    if design is None:
        raise SiteError(met.problems)
    config = design.config
    watch.lap("read")
    parsing = partial(report, "parse")
    contents = met.take(
        read_contents(sources, standing.known, config, cache, options.workers, parsing, standing.started)
    )
    watch.lap("parse")
    moments = Moments(_moment(options.now, config), options.drafts, options.future)
    site, arranged, as_before = met.take(_arrange(standing, design, contents, moments))
    watch.lap("assemble")
    traces = Traces(cache, site, output, as_before=as_before)
    bodies = Bodies(cache.path, contents.keys)
    try:
        shop = Workshop(site, design.languages, bodies, output.staging)
        results = met.take(_render(traces.stale, shop, options.workers, partial(report, "render")))
        watch.lap("render")
        if errors(met.problems) and not options.keep_going:
            raise SiteError(met.problems)
        made = {result.output: result for result in results if result.ok}
        staged = {path: result.made for path, result in made.items() if result.made}
        files, lost = _files(site, sources, output, store, options.workers, partial(report, "make"))
        if lost:  # what was right a moment ago will be so again: nothing to leave out
            raise SiteError((*met.problems, *lost))
        watch.lap("make")
        staged |= files
        kept = {*traces.current, *made, *_not_rendered(site)} - staged.keys()
        written = output.finish(staged, kept)
        if files or written.removed:
            store.keep_only({file.key for file in site.derived})
    except OutputError as error:
        raise SiteError((*met.problems, *error.problems)) from error
    finally:
        output.abandon()
    watch.lap("write")
    facts = {
        path: fact for path, fact in {**standing.known, **design.facts, **contents.facts}.items() if path in sources
    }
    problems = in_order(met.problems)
    outputs = output.made(staged, kept)
    state: dict[str, object] = {**arranged, "sources": facts, "outputs": outputs, "key": standing.key}
    state["learnt"] = design.learnt
    state["summary"] = _summary(standing.whole(facts), site, problems)
    traces.keep({path: result.seen for path, result in made.items()}, outputs, state)
    watch.lap("remember")
    change = in_zone(site.edition.next_change, config.time_zone)
    return Build(site, len(site.pages), change, written, len(results), problems, watch.laps)


def _arrange(
    standing: Standing, design: Design, contents: Contents, moments: Moments
) -> Checked[tuple[Site, dict[str, object], bool]]:
    """The whole site, what is to be remembered of its arrangement if that is new, and whether it is as it was."""
    materials = _materials(design, contents, standing.sources)
    key = arrangement.key(materials, contents.outlines, moments)
    documents = Documents(standing.cache.path, contents.keys)
    site = arrangement.recall(standing.cache, key, materials, documents, contents.keys, moments.now)
    if site is not None:
        return (site, {}, True), ()
    read, broken = read_documents(contents, standing.cache)
    site, found = assemble(materials, read, moments)
    return (site, arrangement.to_keep(None if found else key, site), False), (*broken, *found)


def _moment(now: datetime | str | None, config: Config) -> datetime:
    if isinstance(now, str):
        return parse_moment(now, config.zone).at
    return now or datetime.now(UTC)


def _materials(design: Design, contents: Contents, sources: Mapping[str, Source]) -> Materials:
    return Materials(
        config=design.config,
        contents=tuple(path for path, source in sources.items() if source.kind == "content"),
        registry=design.registry,
        sources=design.sources,
        layouts=design.layouts,
        assets=design.assets,
        files=contents.files,
        messages={code: language.digest for code, language in design.languages.items()},
    )


def _render(
    jobs: Collection[Job], shop: Workshop, workers: Workers, report: Callable[[int, int], None]
) -> Checked[list[Result]]:
    shop.renderer.compile({job.page.layout for job in jobs})
    results = list(carry_out(render_batch, shop, [*jobs], workers, report))
    return results, tuple(found for result in results for found in result.problems)


def _files(
    site: Site, sources: Mapping[str, Source], output: Output, store: Store, workers: Workers,
    report: Callable[[int, int], None],
) -> Checked[dict[str, Made]]:  # fmt: skip
    """Stage what the output lacks besides pages."""
    copied, unread = _copies(site, sources, output)
    derived, unmade = make_missing(site.derived, sources, output, store, workers, report)
    return copied | derived, (*unread, *unmade)


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


def _not_rendered(site: Site) -> set[str]:
    copied = {asset.path for asset in site.assets.values()} | {file.path for file in site.files.values()}
    return copied | {file.path for file in site.derived}


def _summary(whole: str | None, site: Site, problems: tuple[Problem, ...]) -> Summary | None:
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
    )
