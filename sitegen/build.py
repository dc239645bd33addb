"""The whole build: a pure function from a folder to files, and the writing of what it gives."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from .assets import read_assets
from .config import Config, read_config
from .dates import parse_moment
from .document import Document, parse
from .edition import Moments
from .files import SETTINGS, Kind, Source, decode, digest, find, read_bytes
from .images import svg_size
from .languages import Catalogue, Language, catalogue_codes, read_catalogue
from .layouts import Layout, check_messages, read_layouts
from .output import OutputError, Written, write
from .problems import Checked, Place, Problem, SiteError, errors, in_order, problem
from .render import Renderer
from .routes import file_path
from .site import File, Materials, Site, assemble
from .sources import PATH as SOURCES
from .sources import read_sources
from .tags import PATH as TAGS
from .tags import read_tags

T = TypeVar("T")
Report = Callable[[str, int, int], None]
Texts = Mapping[str, str]


class Options(Struct, frozen=True):
    """How to build. `output`: where to, when not the site's own output/; `now`: the moment of the build, as a
    point in time or as authors write dates, then in the site's time zone."""

    output: Path | None = None
    base_url: str | None = None
    drafts: bool = False
    future: bool = False
    clean: bool = False
    keep_going: bool = False
    now: datetime | str | None = None


class Build(Struct, frozen=True):
    """What a build did. `rendered`: how many pages were made; `timings`: seconds by step."""

    site: Site
    written: Written
    rendered: int
    problems: tuple[Problem, ...]
    timings: Mapping[str, float]


def build(root: Path, options: Options = Options(), report: Report = lambda step, done, total: None) -> Build:
    """Build the site in the folder `root`. Raises SiteError with all problems when one is an error, unless
    `keep_going` leaves out what is broken; then nothing in the output has been touched."""
    clock, met = _Clock(), _Met()
    sources = met.take(find(root))
    contents = met.take(_read(sources))
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
    documents = met.take(_parse(_of_kind("content", sources, texts), config, report))
    clock.lap("parse")
    moments = Moments(_moment(options.now, config), options.drafts, options.future)
    materials = Materials(
        config=config,
        documents=documents,
        contents=tuple(path for path, source in sources.items() if source.kind == "content"),
        registry=registry,
        sources=names,
        layouts=layouts,
        assets=assets,
        files=_files(sources, contents),
        messages={path: digest(text.encode()) for path, text in texts.items() if path.endswith(".po")},
    )
    site = met.take(assemble(materials, moments))
    clock.lap("assemble")
    pages = met.take(_render(site, languages, report))
    clock.lap("render")
    if errors(met.problems) and not options.keep_going:
        raise SiteError(met.problems)
    try:
        written = write(options.output or root / "output", _output(site, pages, contents), clean=options.clean)
    except OutputError as error:
        raise SiteError((*met.problems, *error.problems)) from error
    clock.lap("write")
    return Build(site, written, len(pages), in_order(met.problems), clock.laps)


class Interface(Struct, frozen=True):
    """What the texts of a site's pages come from. `themes`: the languages without the site's own catalogues."""

    layouts: Mapping[str, Layout]
    catalogues: Texts
    languages: Mapping[str, Language]
    themes: Mapping[str, Language]


def read_interface(root: Path) -> Interface:
    """Read layouts and catalogues alone. Raises SiteError when one of them is broken."""
    met = _Met()
    kinds = ("settings", "layout", "catalogue")
    sources = {path: source for path, source in met.take(find(root)).items() if source.kind in kinds}
    texts = met.take(_decode(sources, met.take(_read(sources))))
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

    def __init__(self) -> None:
        self.problems: list[Problem] = []

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


def _read(sources: Mapping[str, Source]) -> Checked[dict[str, bytes]]:
    """The bytes of every source that can be read."""
    results = {path: read_bytes(source) for path, source in sources.items()}
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


def _parse(texts: Texts, config: Config, report: Report) -> Checked[tuple[Document, ...]]:
    documents: list[Document] = []
    problems: list[Problem] = []
    for done, (path, text) in enumerate(texts.items()):
        report("parse", done, len(texts))
        document, found = parse(path, text, config)
        problems += found
        if document is not None:
            documents.append(document)
    return tuple(documents), tuple(problems)


def _files(sources: Mapping[str, Source], contents: Mapping[str, bytes]) -> dict[str, File]:
    """Pictures and attachments, by path below content/."""
    files = {}
    for path, source in sources.items():
        if source.kind == "file" and path in contents:
            name, data = path.removeprefix("content/"), contents[path]
            width, height = (svg_size(data) if path.endswith(".svg") else None) or (None, None)
            files[name] = File(file_path(name), len(data), digest(data), width, height)
    return files


def _render(site: Site, languages: Mapping[str, Language], report: Report) -> Checked[dict[str, str]]:
    """Output path → text of every page that could be made."""
    renderer = Renderer(site, languages)
    pages: dict[str, str] = {}
    problems: list[Problem] = []
    for done, page in enumerate(site.pages):
        report("render", done, len(site.pages))
        rendered = renderer.render(page)
        problems += rendered.problems
        if rendered.text is not None:
            pages[page.output] = rendered.text
    return pages, tuple(problems)


def _output(site: Site, pages: Texts, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Everything that the output folder is to hold."""
    return {
        **{path: text.encode() for path, text in pages.items()},
        **{asset.path: asset.data for asset in site.assets.values()},
        **{file.path: contents[f"content/{path}"] for path, file in site.files.items()},
    }
