"""The whole build: a pure function from a folder to files, remembered."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from .assets import read_assets
from .cache import Bodies, Cache, Damaged, Facts, Locked, Record, Summary, opened
from .config import Config, read_config
from .dates import parse_moment
from .edition import Moments
from .files import SETTINGS, Kind, Source, decode, digest, find, read_bytes
from .images import svg_size
from .languages import Catalogue, Language, catalogue_codes, read_catalogue
from .layouts import Layout, check_messages, read_layouts
from .output import Made, Output, OutputError, Written
from .problems import Checked, Place, Problem, SiteError, errors, in_order, problem
from .routes import file_path
from .site import File, Materials, Site, assemble
from .sources import PATH as SOURCES
from .sources import read_sources
from .tags import PATH as TAGS
from .tags import read_tags
from .traces import Job, Traces
from .work import FEW, Result, Task, Workshop, content_key, here, in_batches, parse_batch, pool, processes, render_batch

T = TypeVar("T")
R = TypeVar("R")
Report = Callable[[str, int, int], None]
Texts = Mapping[str, str]

GRAIN = 2_000_000_000
"""Nanoseconds within which two changes of a file may look like one, on the coarsest disks."""


class Options(Struct, frozen=True):
    """How to build. `output`: where to, when not the site's own output/; `now`: the moment of the build, as a
    point in time or as authors write dates, then in the site's time zone; `jobs`: processes, by default one for each
    core where there is much to do; `start`: how they start; `wait`: seconds to wait for another build of the site."""

    output: Path | None = None
    base_url: str | None = None
    drafts: bool = False
    future: bool = False
    clean: bool = False
    keep_going: bool = False
    now: datetime | str | None = None
    jobs: int | None = None
    start: str | None = None
    wait: float = 60.0


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
    started = time.time_ns()
    sources, found = find(root)
    if SETTINGS not in sources:
        raise SiteError((*found, problem("no-settings", Place(SETTINGS))))
    for forget in (options.clean, True):
        try:
            with opened(root, forget=forget, wait=options.wait) as cache:
                return _build(root, options, report, sources, found, cache, started)
        except (Damaged, sqlite3.DatabaseError):
            continue
        except Locked as error:
            raise SiteError((problem("build-under-way", Place(SETTINGS), holder=error.holder),)) from None
    raise SiteError((problem("unwritable-output", Place(".sitegen"), reason="the cache cannot be kept"),))


def _build(
    root: Path, options: Options, report: Report, sources: Mapping[str, Source], found: Iterable[Problem],
    cache: Cache, started: int,
) -> Build:  # fmt: skip
    clock, met, folder = _Clock(), _Met(found), options.output or root / "output"
    key = digest(repr((options.drafts, options.future, options.base_url, str(folder.absolute()))).encode())
    known = _unchanged(sources, cache.load("sources", dict[str, Facts]) or {})
    output = Output(
        folder,
        (cache.load("outputs", dict[str, Made]) or {}) if cache.load("key", str) == key else {},
        clean=options.clean,
    )
    summary = cache.load("summary", Summary)
    if summary and summary.key == _whole(key, sources, known, found) and _is_current(summary, options, output):
        return _as_it_was(summary, output, clock)

    contents = met.take(_read(sources, ("settings", "layout", "catalogue", "asset")))
    texts = met.take(_decode(sources, contents))
    layouts = met.take(read_layouts(_of_kind("layout", sources, texts)))
    assets = met.take(read_assets(_of_kind("asset", sources, contents)))
    config = met.take(_config(texts, options.base_url))
    if config is None:
        raise SiteError(met.problems)
    registry = met.take(read_tags(texts.get(TAGS, ""), config))
    names = met.take(read_sources(texts.get(SOURCES, ""), config))
    languages = met.take(_languages(config, texts))
    met.take((None, check_messages(layouts.values(), languages.values())))
    clock.lap("read")
    documents = met.take(_documents(sources, known, config, cache, options, partial(report, "parse"), started))
    files = met.take(_files(sources, known, started))
    clock.lap("parse")
    moments = Moments(_moment(options.now, config), options.drafts, options.future)
    materials = Materials(
        config=config,
        documents=tuple(record.document for record in documents.records.values() if record.document),
        contents=tuple(path for path, source in sources.items() if source.kind == "content"),
        registry=registry,
        sources=names,
        layouts=layouts,
        assets=assets,
        files={name: file for name, (file, _) in files.items()},
        messages=_messages(config, texts),
    )
    site = met.take(assemble(materials, moments))
    clock.lap("assemble")
    traces = Traces(cache, site, output)
    try:
        shop = Workshop(site, languages, Bodies(cache.path, documents.keys), output.staging)
        results = met.take(_render(traces.stale, shop, options, partial(report, "render")))
        clock.lap("render")
        if errors(met.problems) and not options.keep_going:
            raise SiteError(met.problems)
        made = {result.output for result in results if result.ok}
        staged = {result.output: result.made for result in results if result.made}
        staged |= met.take(_copies(site, sources, output))
        kept = {*traces.current, *made, *_copied(site)} - staged.keys()
        written = output.finish(staged, kept)
    except OutputError as error:
        raise SiteError((*met.problems, *error.problems)) from error
    finally:
        output.abandon()
    clock.lap("write")
    facts = {**known, **documents.facts, **_facts(sources, contents, started)}
    facts |= {f"content/{name}": fact for name, (_, fact) in files.items()}
    facts = {path: fact for path, fact in facts.items() if path in sources}
    state = {"sources": facts, "outputs": output.made(staged, kept), "key": key}
    if not errors(met.problems):
        state["summary"] = Summary(
            key=_whole(key, sources, facts, found),
            pages=len(site.pages),
            since=_seconds(site.edition.last_change, float("-inf")),
            until=_seconds(site.edition.next_change, float("inf")),
            next_change=site.edition.next_change,
            zone=config.time_zone,
            problems=in_order(met.problems),
        )
    traces.keep({result.output: result.seen for result in results if result.ok}, state)
    clock.lap("remember")
    change = site.edition.next_change.astimezone(config.zone) if site.edition.next_change else None
    return Build(site, len(site.pages), change, written, len(results), in_order(met.problems), clock.laps)


class Interface(Struct, frozen=True):
    """What the texts of a site's pages come from. `themes`: the languages without the site's own catalogues."""

    layouts: Mapping[str, Layout]
    catalogues: Texts
    languages: Mapping[str, Language]
    themes: Mapping[str, Language]


def read_interface(root: Path) -> Interface:
    """Read layouts and catalogues alone. Raises SiteError when one of them is broken."""
    met = _Met()
    kinds: tuple[Kind, ...] = ("settings", "layout", "catalogue")
    sources = {path: source for path, source in met.take(find(root)).items() if source.kind in kinds}
    texts = met.take(_decode(sources, met.take(_read(sources, kinds))))
    layouts = met.take(read_layouts(_of_kind("layout", sources, texts)))
    config = met.take(_config(texts, None))
    if config is None or errors(met.problems):
        raise SiteError(met.problems)
    languages = met.take(_languages(config, texts))
    if errors(met.problems):
        raise SiteError(met.problems)
    catalogues = _of_kind("catalogue", sources, texts)
    own = {path: text for path, text in catalogues.items() if not path.startswith("theme/")}
    themes, _ = _languages(config, {path: text for path, text in catalogues.items() if path not in own})
    return Interface(layouts, own, languages, themes)


class _Met:
    """The problems met so far."""

    def __init__(self, found: Iterable[Problem] = ()) -> None:
        self.problems: list[Problem] = [*found]

    def take(self, checked: tuple[T, Iterable[Problem]]) -> T:
        value, problems = checked
        self.problems += problems
        return value


class _Clock:
    """Seconds by step."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step], self._last = now - self._last, now


def _read(sources: Mapping[str, Source], kinds: Sequence[Kind]) -> Checked[dict[str, bytes]]:
    """The bytes of every source of these kinds that can be read."""
    results = {path: read_bytes(s.location, path) for path, s in sources.items() if s.kind in kinds}
    contents = {path: data for path, data in results.items() if isinstance(data, bytes)}
    return contents, tuple(found for found in results.values() if isinstance(found, Problem))


def _decode(sources: Mapping[str, Source], contents: Mapping[str, bytes]) -> Checked[dict[str, str]]:
    """The text of every source that is one."""
    kinds = ("settings", "content", "layout", "catalogue")
    results = {path: decode(data, path) for path, data in contents.items() if sources[path].kind in kinds}
    texts = {path: text for path, text in results.items() if isinstance(text, str)}
    return texts, tuple(found for found in results.values() if isinstance(found, Problem))


def _of_kind(kind: Kind, sources: Mapping[str, Source], contents: Mapping[str, T]) -> dict[str, T]:
    return {path: value for path, value in contents.items() if sources[path].kind == kind}


def _config(texts: Texts, base_url: str | None) -> Checked[Config | None]:
    if SETTINGS not in texts:
        return None, (problem("no-settings", Place(SETTINGS)),)
    return read_config(texts[SETTINGS], SETTINGS, base_url)


def _languages(config: Config, texts: Texts) -> Checked[dict[str, Language]]:
    """Each language with its catalogues: the site's before the theme's."""
    languages: dict[str, Language] = {}
    problems: list[Problem] = []
    for code in config.languages:
        catalogues: list[Catalogue] = []
        names = catalogue_codes(config.locale(code), code)
        for path in (f"{base}layouts/locales/{name}.po" for base in ("", "theme/") for name in names):
            if path in texts:
                catalogue = read_catalogue(texts[path], path.removeprefix("theme/"), code)
                if isinstance(catalogue, Problem):
                    problems.append(catalogue)
                else:
                    catalogues.append(catalogue)
        languages[code] = Language(config, code, tuple(catalogues))
    return languages, tuple(problems)


def _moment(now: datetime | str | None, config: Config) -> datetime:
    if isinstance(now, str):
        return parse_moment(now, config.zone).at
    return now or datetime.now(UTC)


class _Documents(Struct):
    """All content files, read now or before: by path, the record, the key of content and settings, the facts."""

    records: dict[str, Record] = {}
    keys: dict[str, str] = {}
    facts: dict[str, Facts] = {}


def _documents(
    sources: Mapping[str, Source], known: Mapping[str, Facts], config: Config, cache: Cache, options: Options,
    report: Callable[[int, int], None], started: int,
) -> Checked[_Documents]:  # fmt: skip
    """Parse what has changed, and remember it at once: that is right whatever becomes of the build."""
    settings = digest(
        repr((tuple(config.languages), config.default_language, config.time_zone, config.markdown)).encode()
    )
    contents = {path: source for path, source in sources.items() if source.kind == "content"}
    keys = {path: content_key(settings, known[path].digest) for path in contents if path in known}
    records = cache.documents(keys)
    everything = cache.document_keys()
    tasks = [Task(p, s.location, everything.get(p)) for p, s in contents.items() if p not in records]
    done = _Documents(records, {path: keys[path] for path in records}, {})
    problems: list[Problem] = []
    work = partial(parse_batch, config=config, settings=settings)
    unchanged: list[str] = []

    def taken() -> Iterator[tuple[str, str, bytes, bytes]]:
        for parsed in _through(work, tasks, None, options, report):
            if parsed.problem is not None:
                problems.append(parsed.problem)
                continue
            done.keys[parsed.path] = parsed.key
            done.facts[parsed.path] = _fact(contents[parsed.path], parsed.digest, started)
            if parsed.record is None or parsed.html is None:
                unchanged.append(parsed.path)
            else:
                done.records[parsed.path] = msgspec.msgpack.decode(parsed.record, type=Record)
                yield parsed.path, parsed.key, parsed.record, parsed.html

    gone = everything.keys() - contents.keys()
    if tasks or gone:
        cache.remember_documents(taken(), gone)
    if unchanged:
        done.records |= cache.documents({path: done.keys[path] for path in unchanged})
    done.records = dict(sorted(done.records.items()))
    problems += [found for record in done.records.values() for found in record.problems]
    return done, tuple(problems)


def _render(
    jobs: Sequence[Job], shop: Workshop, options: Options, report: Callable[[int, int], None]
) -> Checked[list[Result]]:
    results = list(_through(partial(render_batch, None), jobs, shop, options, report))
    return results, tuple(found for result in results for found in result.problems)


def _through(
    work: Callable[[Sequence[T]], list[R]], items: Sequence[T], shop: Workshop | None, options: Options,
    report: Callable[[int, int], None],
) -> Iterator[R]:  # fmt: skip
    """The results of work on many items: in processes where there is enough to do, else here."""
    count = processes(options.jobs)
    if count > 1 and (len(items) > FEW or (options.jobs and len(items) > 1)):
        if shop is not None:
            shop.warm()
        with pool(count, options.start, shop) as executor:
            yield from in_batches(executor, work, items, report)
    else:
        with here(shop):
            for done, item in enumerate(items):
                report(done, len(items))
                yield from work([item])


def _unchanged(sources: Mapping[str, Source], facts: Mapping[str, Facts]) -> dict[str, Facts]:
    """What is known of the sources that are as they were, by size and times."""
    return {
        path: fact
        for path, source in sources.items()
        if (fact := facts.get(path)) is not None
        and fact.safe
        and (fact.size, fact.modified, fact.changed) == (source.size, source.modified, source.changed)
    }


def _fact(source: Source, content: str, started: int, size: tuple[int, int] | None = None) -> Facts:
    safe = started - max(source.modified, source.changed) > GRAIN
    width, height = size or (None, None)
    return Facts(source.size, source.modified, source.changed, content, safe, width, height)


def _facts(sources: Mapping[str, Source], contents: Mapping[str, bytes], started: int) -> dict[str, Facts]:
    return {path: _fact(sources[path], digest(data), started) for path, data in contents.items()}


def _whole(key: str, sources: Mapping[str, Source], facts: Mapping[str, Facts], found: Iterable[Problem]) -> str | None:
    """What a whole build depends on; None when some source must be looked into first."""
    if any(path not in facts for path in sources):
        return None
    return digest(repr((key, [(path, facts[path].digest) for path in sources], tuple(found))).encode())


def _is_current(summary: Summary, options: Options, output: Output) -> bool:
    now = options.now if isinstance(options.now, datetime) else None if options.now else datetime.now(UTC)
    return now is not None and summary.since <= now.timestamp() < summary.until and output.is_whole()


def _as_it_was(summary: Summary, output: Output, clock: "_Clock") -> Build:
    clock.lap("read")
    kept = Written((), tuple(output.before.files), ())
    change = summary.next_change.astimezone(ZoneInfo(summary.zone)) if summary.next_change else None
    return Build(None, summary.pages, change, kept, 0, summary.problems, clock.laps)


def _seconds(moment: datetime | None, otherwise: float) -> float:
    return moment.timestamp() if moment else otherwise


def _messages(config: Config, texts: Texts) -> dict[str, str]:
    """Language → digest of its catalogues."""
    found = {}
    for code in config.languages:
        names = catalogue_codes(config.locale(code), code)
        paths = [f"{base}layouts/locales/{name}.po" for base in ("", "theme/") for name in names]
        found[code] = digest("\0".join(texts.get(path, "") for path in paths).encode())
    return found


def _files(
    sources: Mapping[str, Source], known: Mapping[str, Facts], started: int
) -> Checked[dict[str, tuple[File, Facts]]]:
    """Pictures and attachments, by path below content/; read only where they are not known."""
    files: dict[str, tuple[File, Facts]] = {}
    problems = []
    for path, source in sources.items():
        if source.kind != "file":
            continue
        name, fact = path.removeprefix("content/"), known.get(path)
        if fact is None:
            data = read_bytes(source.location, path)
            if isinstance(data, Problem):
                problems.append(data)
                continue
            fact = _fact(source, digest(data), started, svg_size(data) if path.endswith(".svg") else None)
        files[name] = File(file_path(name), fact.size, fact.digest, fact.width, fact.height), fact
    return files, tuple(problems)


def _copies(site: Site, sources: Mapping[str, Source], output: Output) -> Checked[dict[str, Made]]:
    """Stage the assets, pictures and attachments that the output lacks."""
    staged: dict[str, Made] = {}
    problems = []
    for asset in site.assets.values():
        if output.holds(asset.path) != digest(asset.data):
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
