"""The whole build, top to bottom, for when something has changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment
from msgspec import Struct

from sitegen.cache import arrangement
from sitegen.cache.database import FAULTS
from sitegen.cache.documents import Bodies, Documents
from sitegen.cache.file_state import FileState, Made
from sitegen.cache.session import TimeSpan
from sitegen.cache.traces import Job, Traces
from sitegen.config.pictures import PictureSettings
from sitegen.config.settings import Config
from sitegen.files import digest
from sitegen.i18n.dates import parse_moment
from sitegen.i18n.languages import Language
from sitegen.i18n.zones import in_zone
from sitegen.images.variants import key_of
from sitegen.problems import Place, Problem, SiteError, errors, in_order, problem
from sitegen.render.layouts import Program, Programs, environment
from sitegen.render.renderer import Renderer
from sitegen.site.assembly import assemble
from sitegen.site.document import Teaser
from sitegen.site.front_matter import Moments, changes
from sitegen.site.media import Derived, File, variants_of
from sitegen.site.model import Changes, Inputs, Site
from sitegen.site.parts import DRAWN, PartName
from sitegen.versions import installed_pagefind

from .contents import Contents, read_contents, read_documents, read_problems
from .design import Design, Typefaces, read_typefaces, restore_design
from .output import OutputError, stage
from .parallel import NoCluster, Work, WorkersLost, carry_out
from .picture_files import inspect_files, make_files
from .previous import to_remember
from .run import Build, Run, name_of
from .search import make_search_indexes


def run_build(run: Run) -> Build:
    """Bring the output up to date. Raises SiteError; then nothing in the output has been touched."""
    try:
        return _run(run)
    except OutputError as error:
        raise SiteError((*run.log.problems, *error.problems)) from error
    except NoCluster as error:
        raise SiteError((error.problem,)) from None
    except WorkersLost:
        raise SiteError((*run.log.problems, problem("worker-lost", Place(".sitegen")))) from None


def _run(run: Run) -> Build:
    design = restore_design(run)
    contents = read_contents(run, design.config)
    moments = _moments(run, design.config)
    typefaces = read_typefaces(run, design, _teasers_out(contents, moments))
    inputs = inputs_of(run, design, contents, typefaces, moments)
    plan = restore_site(run, inputs, contents, moments) or assemble_site(run, inputs, contents, moments)
    site, bodies = plan.site, Bodies(run.cache.connections, contents.keys)
    traces = Traces(run.cache, site, run.output.intact(site.pages), plan.changes)
    run.output.require_room(job.page for job in traces.stale)
    with run.output.staged() as staged:
        templates, programs = _templates(run, site)
        context = RenderContext(site, design.languages, bodies, run.output.staging, templates)
        pages = render_pages(run, context, traces.stale)
        staged.add(pages.made)
        drawn = find_drawings(traces, pages)
        files = make_files(run, site, _lacking(run, site, drawn))
        staged.add(files)
        indexes = make_search_indexes(run, site, design.languages, bodies)
        if errors(run.log.problems) and not run.options.keep_going:
            raise SiteError(run.log.problems)
        staged.add(indexes.staged)
        written = staged.publish({*traces.current, *pages.seen, *_other_paths(site), *drawn.values(), *indexes.files})
    run.watch.lap("write")
    if plan.worth_keeping is not None and (files or written.removed):
        run.store.keep_only(plan.worth_keeping.union(made.key for made in _planned(site, drawn)))
    problems, states = in_order(run.log.problems), _states(run, design, contents, typefaces, plan)
    previous = to_remember(run, states, site, problems, indexed=indexes.current)
    made = {"design": design.cache, "fonts": typefaces.by_language, "search": indexes.known, "previous": previous}
    made |= {"exclude": design.config.exclude, "programs": {**programs.by_name}}
    outputs = staged.files()
    remember(run, {**traces.save(pages.seen, outputs), **plan.state, **made}, states, outputs)
    left = (problem("left-behind", Place(run.output.folder.name), output=path) for path in written.left)
    change = site.edition.next_change
    return Build(
        site=site,
        pages=len(site.pages),
        next_change=in_zone(change, design.config.zone) if change else None,
        written=written,
        problems=in_order((*problems, *left)),
        timings=run.watch.laps,
        memos=run.memos,
        sources=run.sources,
        parsed=len(contents.parsed),
        rendered=len(traces.stale),
        made=len(files) + len(indexes.staged),
    )


def _teasers_out(contents: Contents, moments: Moments) -> Iterator[Teaser]:
    """Of all that may be out: others should not be told from the letters that share cards are drawn with."""
    for path, teaser in contents.teasers.items():
        times = contents.times.get(path)
        if times is None or times.state(moments) == "published":
            yield teaser


def inputs_of(run: Run, design: Design, contents: Contents, typefaces: Typefaces, moments: Moments) -> Inputs:
    """What a site is arranged from beside its documents and pictures."""
    return Inputs(
        config=design.config,
        contents=tuple(path for path, source in run.sources.items() if source.kind == "content"),
        present=tuple(path.removeprefix("content/") for path, source in run.sources.items() if source.kind == "file"),
        digests=contents.keys,
        teasers=contents.teasers,
        ahead=tuple(path for path, times in contents.times.items() if times.is_ahead(moments)),
        registry=design.registry,
        sources=design.sources,
        layouts=design.layouts,
        assets=design.assets,
        letterings=typefaces.letterings,
        messages={code: language.digest for code, language in design.languages.items()},
        indexer=installed_pagefind() is not None,
        marks=design.marks,
        hosts=design.hosts,
    )


def remember(
    run: Run, values: Mapping[str, object], states: Mapping[str, FileState], files: Mapping[str, Made]
) -> None:
    """Keep all that the next build needs to know, at once, after the output is in place."""
    run.cache.entries("sources", FileState).save(states)
    run.cache.entries("outputs", Made).save(files)
    try:
        run.cache.commit({**values, "retold": None, "key": run.key, "folder": name_of(run.output.folder)})
    except FAULTS:  # the site is in its place: what cannot be remembered will be made again
        run.cache.lasting = False
    run.watch.lap("remember")


class Plan(Struct, frozen=True):
    """The site arranged, with what is not as it was; the states of the files that were looked at, the state to be
    remembered, and what the store should keep, if all of that was looked at."""

    site: Site
    changes: Changes
    states: Mapping[str, FileState] = {}
    state: Mapping[str, object] = {}
    worth_keeping: frozenset[str] | None = None


def restore_site(run: Run, inputs: Inputs, contents: Contents, moments: Moments) -> Plan | None:
    """The site as it was arranged before, where nothing has changed that this depends on."""
    key = arrangement.key(inputs, contents.structure, run.sources, run.known, moments)
    remembered = Documents(run.cache.connections, contents.keys)
    documents = read_documents(contents, run.cache)[0] if run.cache.lasting else remembered
    span = TimeSpan(*changes(contents.times.values(), moments))
    restored = arrangement.restore(run.cache, key, inputs, documents, moments.now, span)
    run.memos["arrangement"] = restored if isinstance(restored, str) else ""
    if isinstance(restored, str):
        return None
    site, problems = restored
    run.log.note(*read_problems(contents, remembered), *problems)
    changed = arrangement.save(run.cache, site, contents.retold, restored=True)
    run.watch.lap("assemble")
    return Plan(site, changed)


def assemble_site(run: Run, inputs: Inputs, contents: Contents, moments: Moments) -> Plan:
    """Arrange the site anew, from all documents."""
    documents, flaws = read_documents(contents, run.cache)
    before = len(run.log.problems)
    seen = inspect_files(run, documents.values())
    site = run.log.take(assemble(inputs, documents, seen.files, moments))
    found = tuple(run.log.problems[before:])
    run.log.note(*flaws)
    key = arrangement.key(inputs, contents.structure, run.sources, {**run.known, **seen.states}, moments)
    changed = arrangement.save(run.cache, site, contents.retold, restored=False)
    run.watch.lap("assemble")
    return Plan(
        site,
        changed,
        seen.states,
        arrangement.to_keep(key, site, found),
        _worth_keeping(seen.files, site.config.pictures),
    )


class RenderContext:
    """What rendering needs; goes to another process without its compiled templates."""

    def __init__(
        self, site: Site, languages: Mapping[str, Language], bodies: Bodies, staging: Path,
        templates: Environment | None = None,
    ) -> None:  # fmt: skip
        self.site, self.languages, self.bodies, self.staging = site, languages, bodies, staging
        self.renderer = Renderer(site, languages, bodies, templates)

    def __reduce__(self) -> tuple[type["RenderContext"], tuple[Any, ...]]:
        return RenderContext, (self.site, self.languages, self.bodies, self.staging)


class Pages(Struct, frozen=True):
    """Pages whose layout did not fail: by output path, those that were staged, and what all of them looked at."""

    made: Mapping[str, Made]
    seen: Mapping[str, tuple[PartName, ...]]


class RenderedPage(Struct, frozen=True, gc=False):
    """`is_whole`: the layout did not fail; `made`: what was staged, since it differs from what the output has."""

    output: str
    is_whole: bool
    made: Made | None
    seen: tuple[PartName, ...]
    problems: tuple[Problem, ...]


def render_pages(run: Run, context: RenderContext, stale: Sequence[Job]) -> Pages:
    """Stage the pages that are not as they were. Raises SiteError when something is wrong that is an error."""
    context.renderer.compile({job.page.layout for job in stale})
    by_language = sorted(stale, key=lambda job: job.page.lang)  # whose pages have much in common
    rendered = [*carry_out(RENDER, context, by_language, run.options.workers, run.progress("render"))]
    run.log.note(*(found for page in rendered for found in page.problems))
    run.watch.lap("render")
    if errors(run.log.problems) and not run.options.keep_going:
        raise SiteError(run.log.problems)
    return Pages(
        {page.output: page.made for page in rendered if page.made},
        {page.output: page.seen for page in rendered if page.is_whole},
    )


def render_page(context: RenderContext, job: Job) -> RenderedPage:
    """Render a page; it is staged where it differs from what the output has."""
    rendered = context.renderer.render(job.page)
    made = None
    if rendered.data is not None:
        name = digest(rendered.data)
        made = stage(context.staging, job.page.output, rendered.data, name) if name != job.intact else None
    return RenderedPage(job.page.output, rendered.data is not None, made, rendered.seen, rendered.problems)


def _layout_of(job: Job) -> str:
    return f"layouts/{job.page.layout}"


def _not_rendered(context: RenderContext, job: Job, found: Problem) -> RenderedPage:
    return RenderedPage(job.page.output, False, None, (), (found,))


RENDER = Work(render_page, _layout_of, _not_rendered)


def find_drawings(traces: Traces, pages: Pages) -> dict[PartName, str]:
    """The drawings and share cards that pages show, those that are current and those that were rendered: their paths,
    by the kind and name that pages ask for them."""
    return {part: path for part, path in traces.looked_at(DRAWN, pages.seen.values()).items() if path}


def _templates(run: Run, site: Site) -> tuple[Environment, Programs]:
    def made() -> tuple[Environment, Programs]:
        programs = Programs(run.cache.load("programs", dict[str, Program]) or {})
        return environment(site.layouts, programs), programs

    return run.cache.once("templates", [(name, layout.digest) for name, layout in site.layouts.items()], made)


def _moments(run: Run, config: Config) -> Moments:
    now = run.options.now
    moment = parse_moment(now, config.zone).at if isinstance(now, str) else now or datetime.now(UTC)
    return Moments(moment, run.options.drafts, run.options.future)


def _planned(site: Site, drawn: Iterable[PartName]) -> Iterator[Derived]:
    return filter(None, (DRAWN[kind](site, name) for kind, name in drawn))


def _lacking(run: Run, site: Site, drawn: Mapping[PartName, str]) -> Iterator[Derived]:
    """Of what is drawn, all that the output does not have."""
    intact = run.output.intact(drawn.values())
    return _planned(site, sorted(part for part, path in drawn.items() if intact[path] is None))


def _other_paths(site: Site) -> set[str]:
    """Of all files but pages, drawings and search indexes."""
    return {asset.path for asset in site.assets.values()} | site.media.paths


def _worth_keeping(files: Mapping[str, File], settings: PictureSettings) -> frozenset[str]:
    """What is known and made of pictures, some of which are not out yet."""
    keys: set[str] = set()
    for name, file in files.items():
        keys.add(key_of(file.source))
        keys.update(made.key for made in variants_of(name, file, settings))
    return frozenset(keys)


def _states(run: Run, design: Design, contents: Contents, typefaces: Typefaces, plan: Plan) -> dict[str, FileState]:
    """What is known of all sources now."""
    states = {**run.known, **design.states, **contents.states, **typefaces.states, **plan.states}
    return {path: state for path, state in states.items() if path in run.sources}
