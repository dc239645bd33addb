"""The whole build, top to bottom, for when something has changed."""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from jinja2 import Environment
from msgspec import Struct

from sitegen.cache import arrangement
from sitegen.cache.database import Cache
from sitegen.cache.documents import Bodies
from sitegen.cache.file_state import Facts, Made
from sitegen.cache.traces import Job, Traces
from sitegen.config.settings import Config
from sitegen.files import Source, read_bytes
from sitegen.i18n.dates import parse_moment
from sitegen.images.metadata import without_private_data
from sitegen.images.variants import key_of
from sitegen.problems import Checked, Place, Problem, ProblemLog, SiteError, errors, in_order, problem
from sitegen.render.layouts import environment
from sitegen.site.assembly import Given, assemble
from sitegen.site.derived import Derived
from sitegen.site.edition import Moments
from sitegen.site.media import File, variants_of
from sitegen.site.model import Changes, Site
from sitegen.site.parts import drawing
from sitegen.versions import installed_pagefind

from .cluster import NoCluster
from .making import make_missing
from .options import Workers
from .output import Output, OutputError
from .parallel import carry_out
from .picture_files import inspect_files
from .previous import Build, Report, Standing, Summary, in_zone, name_of
from .read import DESIGN, Contents, Design, Learnt, read_contents, read_design, read_documents, read_problems
from .search import Index, Indexes, search_indexes
from .store import FOLDER as MADE
from .store import Store
from .typefaces import read_typefaces
from .work import Documents, Result, Workshop, render_batch


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
    watch, met = standing.watch, ProblemLog(standing.found)
    design = met.take(_design(standing))
    if design is None:
        raise SiteError(met.problems)
    config, known, parsing = design.config, standing.known, partial(report, "parse")
    watch.lap("read")
    contents = met.take(read_contents(sources, known, config, cache, options.workers, parsing, standing.started))
    watch.lap("parse")
    moments = Moments(_moment(options.now, config), options.drafts, options.future)
    plan = met.take(_arrange(standing, design, contents, store, moments, parsing))
    site = plan.site
    watch.lap("assemble")
    traces = Traces(cache, site, output.held(site.pages), plan.changes)
    bodies = Bodies(cache.connections, contents.keys)
    try:
        shop = Workshop(site, design.languages, bodies, output.staging, _templates(cache, site))
        results = met.take(_render(traces.stale, shop, options.workers, partial(report, "render")))
        watch.lap("render")
        if errors(met.problems) and not options.keep_going:
            raise SiteError(met.problems)
        made = {result.output: result for result in results if result.ok}
        staged = {path: result.made for path, result in made.items() if result.made}
        looked = traces.looked_at("drawing", (result.seen for result in results))
        drawn = [*filter(None, (drawing(site, name) for name in sorted(looked)))]
        files, lost = _files(site, drawn, sources, output, store, options.workers, partial(report, "make"))
        if lost:  # what was right a moment ago will be so again: nothing to leave out
            raise SiteError((*met.problems, *lost))
        watch.lap("make")
        indexes = met.take(_indexes(standing, site, design, bodies, partial(report, "index")))
        watch.lap("index")
        staged |= files | indexes.staged
        kept = {*traces.current, *made, *_not_rendered(site, drawn), *indexes.files} - staged.keys()
        written = output.finish(staged, kept)
        if plan.worth_keeping is not None and (files or written.removed):
            store.keep_only(plan.worth_keeping)
    except OutputError as error:
        raise SiteError((*met.problems, *error.problems)) from error
    finally:
        output.abandon()
    watch.lap("write")
    facts = {**known, **design.facts, **contents.facts, **plan.facts}
    facts = {path: fact for path, fact in facts.items() if path in sources}
    problems, outputs = in_order(met.problems), output.made(staged, kept)
    state = {**plan.state, "key": standing.key, "folder": name_of(output.folder), "learnt": design.learnt}
    state |= {"search": indexes.known, "summary": _summary(standing, facts, site, problems, indexes.current)}
    traces.keep({path: result.seen for path, result in made.items()}, outputs, state, facts)
    watch.lap("remember")
    left = (problem("left-behind", Place(output.folder.name), output=path) for path in written.left)
    return Build(
        site, len(site.pages), in_zone(site.edition.next_change, config.time_zone), written, len(results),
        in_order((*problems, *left)), watch.laps,
    )  # fmt: skip


class _Plan(Struct, frozen=True):
    """The site arranged. `changes`: None when all of it is as it was; the facts of the files that were looked at, the
    state to be remembered, and what the store should keep, if all of that was looked at."""

    site: Site
    changes: Changes | None
    facts: Mapping[str, Facts] = {}
    state: Mapping[str, object] = {}
    worth_keeping: frozenset[str] | None = None


def _arrange(
    standing: Standing, design: Design, contents: Contents, store: Store, moments: Moments,
    report: Callable[[int, int], None],
) -> Checked[_Plan]:  # fmt: skip
    sources, known, cache = standing.sources, standing.known, standing.cache
    given = _given(design, sources)
    key = arrangement.key(given, contents.outlines, sources, known, moments)
    remembered = Documents(cache.connections, contents.keys)
    read = read_documents(contents, cache) if cache.lasting else None
    recalled = arrangement.recall(
        cache, key, given, contents.listings, contents.keys, read[0] if read else remembered, moments.now
    )
    if recalled is not None:
        plan = _Plan(recalled.site, recalled.changes, state=recalled.state)
        return plan, (*read_problems(contents, remembered), *recalled.problems)
    met, (documents, told) = ProblemLog(), read or read_documents(contents, cache)
    seen = met.take(
        inspect_files(sources, known, documents.values(), store, standing.options.workers, report, standing.started)
    )
    typefaces = met.take(
        read_typefaces(design.config, documents, design.languages, sources, known, cache, standing.started)
    )
    site = met.take(assemble(given, documents, seen.files, typefaces.letterings, moments))
    facts = {**seen.facts, **typefaces.facts}
    key = arrangement.key(given, contents.outlines, sources, {**known, **facts}, moments)
    state = {**arrangement.to_keep(key, site, tuple(met.problems), contents.listings), "fonts": typefaces.by_language}
    changes = arrangement.changes(cache, site, contents.listings)
    return _Plan(site, changes, facts, state, _worth_keeping(site, seen.files)), (*told, *met.problems)


def _design(standing: Standing) -> Checked[Design | None]:
    sources, known, address = standing.sources, standing.known, standing.options.base_url
    paths = [path for path, source in sources.items() if source.kind in DESIGN]
    key = (address, [(path, known[path].digest) for path in paths]) if known.keys() >= {*paths} else None
    learnt = standing.cache.load("learnt", Learnt) or Learnt()
    return standing.cache.once("design", key, partial(read_design, sources, address, standing.started, learnt))


def _templates(cache: Cache, site: Site) -> Environment:
    key = [(name, layout.digest) for name, layout in site.layouts.items()]
    return cache.once("templates", key, partial(environment, site.layouts))


def _moment(now: datetime | str | None, config: Config) -> datetime:
    if isinstance(now, str):
        return parse_moment(now, config.zone).at
    return now or datetime.now(UTC)


def _given(design: Design, sources: Mapping[str, Source]) -> Given:
    return Given(
        config=design.config,
        contents=tuple(path for path, source in sources.items() if source.kind == "content"),
        present=tuple(path.removeprefix("content/") for path, source in sources.items() if source.kind == "file"),
        registry=design.registry,
        sources=design.sources,
        layouts=design.layouts,
        assets=design.assets,
        messages={code: language.digest for code, language in design.languages.items()},
        indexer=installed_pagefind() is not None,
    )


def _render(
    jobs: Collection[Job], shop: Workshop, workers: Workers, report: Callable[[int, int], None]
) -> Checked[list[Result]]:
    shop.renderer.compile({job.page.layout for job in jobs})
    results = list(carry_out(render_batch, shop, [*jobs], workers, report))
    return results, tuple(found for result in results for found in result.problems)


def _files(
    site: Site, drawn: Sequence[Derived], sources: Mapping[str, Source], output: Output, store: Store, workers: Workers,
    report: Callable[[int, int], None],
) -> Checked[dict[str, Made]]:  # fmt: skip
    """Stage what the output lacks besides pages."""
    copied, unread = _copies(site, sources, output)
    derived, unmade = make_missing(
        {made.path: made for made in (*site.derived, *drawn)}.values(), sources, output, store, workers, report
    )
    return copied | derived, (*unread, *unmade)


def _indexes(
    standing: Standing, site: Site, design: Design, bodies: Bodies, report: Callable[[int, int], None]
) -> Checked[Indexes]:
    known = standing.cache.load("search", dict[str, Index]) or {}
    return search_indexes(site, design.languages, bodies, standing.output, known, report, make=standing.options.index)


def _copies(site: Site, sources: Mapping[str, Source], output: Output) -> Checked[dict[str, Made]]:
    """Stage the assets, pictures and attachments that the output lacks."""
    staged: dict[str, Made] = {}
    problems = []
    for asset in site.assets.values():
        if output.holds(asset.path) != asset.digest:
            staged[asset.path] = output.stage(asset.path, asset.data)
    for name in site.media.copies:
        file, path = site.media.files[name], f"content/{name}"
        if output.holds(file.path) != file.digest:
            data = read_bytes(sources[path].location, path)
            clean = data if isinstance(data, Problem) else without_private_data(data)
            if isinstance(clean, bytes):
                staged[file.path] = output.stage(file.path, clean)
            else:
                problems.append(clean or problem("changed-meanwhile", Place(path)))
    return staged, tuple(problems)


def _not_rendered(site: Site, drawn: Sequence[Derived]) -> set[str]:
    assets = {asset.path for asset in site.assets.values()}
    return assets | site.media.paths | {made.path for made in (*site.derived, *drawn)}


def _worth_keeping(site: Site, files: Mapping[str, File]) -> frozenset[str]:
    """What is made now, and what is known and will be made of pictures, some of which are not out yet."""
    keys = {made.key for made in site.derived}
    for name, file in files.items():
        keys.add(key_of(file.source))
        keys.update(made.key for made in variants_of(name, file))
    return frozenset(keys)


def _summary(
    standing: Standing, facts: Mapping[str, Facts], site: Site, problems: tuple[Problem, ...], indexed: bool
) -> Summary | None:
    """What the next build may say when nothing has changed; None when it must look for itself."""
    if len(facts) < len(standing.sources) or errors(problems):
        return None
    last, following = site.edition.last_change, site.edition.next_change
    return Summary(
        key=standing.key,
        found=standing.found,
        pages=len(site.pages),
        since=last.timestamp() if last else float("-inf"),
        until=following.timestamp() if following else float("inf"),
        next_change=following,
        zone=site.config.time_zone,
        problems=problems,
        indexed=indexed,
    )
