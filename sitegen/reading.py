"""The sources of a site as values; content is parsed anew only where it changed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from .assets import Asset, read_assets
from .cache import Cache, Record
from .config import Config, read_config
from .document import Document
from .facts import Facts, fact
from .files import SETTINGS, Kind, Source, decode, digest, find, read_bytes
from .inspection import inspect_files
from .languages import Catalogue, Language, catalogue_codes, read_catalogue
from .layouts import Layout, check_messages, read_layouts
from .media import File
from .problems import Checked, Place, Problem, SiteError, errors, problem
from .sources import PATH as SOURCES
from .sources import NamedSource, read_sources
from .store import Store
from .tags import PATH as TAGS
from .tags import Registry, read_tags
from .work import Parsing, Task, Workers, carry_out, content_key, parse_batch

T = TypeVar("T")
Texts = Mapping[str, str]


class Met:
    """The problems met so far."""

    def __init__(self, found: Iterable[Problem] = ()) -> None:
        self.problems: list[Problem] = [*found]

    def take(self, checked: tuple[T, Iterable[Problem]]) -> T:
        value, problems = checked
        self.problems += problems
        return value


class Design(Struct, frozen=True):
    """All but the content. `catalogues`: path → text, as they were read."""

    config: Config
    registry: Registry
    sources: Mapping[str, NamedSource]
    layouts: Mapping[str, Layout]
    assets: Mapping[str, Asset]
    catalogues: Texts
    languages: Mapping[str, Language]
    facts: Mapping[str, Facts]


class Contents(Struct, frozen=True):
    """Content files by path; pictures and attachments by path below content/; the facts of what was read."""

    documents: Mapping[str, Document]
    files: Mapping[str, File]
    facts: Mapping[str, Facts]


class Interface(Struct, frozen=True):
    """What the texts of a site's pages come from. `themes`: the languages without the site's own catalogues."""

    layouts: Mapping[str, Layout]
    catalogues: Texts
    languages: Mapping[str, Language]
    themes: Mapping[str, Language]


def read_design(sources: Mapping[str, Source], base_url: str | None, started: int) -> Checked[Design | None]:
    """Read everything that is small; None when the settings cannot be used."""
    met = Met()
    contents = met.take(_read(sources, ("settings", "layout", "catalogue", "asset")))
    texts = met.take(_decode(sources, contents))
    layouts = met.take(read_layouts(_of_kind("layout", sources, texts)))
    assets = met.take(read_assets(_of_kind("asset", sources, contents)))
    if SETTINGS not in texts:
        return None, (*met.problems, problem("no-settings", Place(SETTINGS)))
    config = met.take(read_config(texts[SETTINGS], SETTINGS, base_url))
    if config is None:
        return None, tuple(met.problems)
    catalogues = _of_kind("catalogue", sources, texts)
    languages = met.take(read_languages(config, catalogues))
    design = Design(
        config=config,
        registry=met.take(read_tags(texts.get(TAGS, ""), config)),
        sources=met.take(read_sources(texts.get(SOURCES, ""), config)),
        layouts=layouts,
        assets=assets,
        catalogues=catalogues,
        languages=languages,
        facts={path: fact(sources[path], digest(data), started) for path, data in contents.items()},
    )
    return design, (*met.problems, *check_messages(layouts.values(), languages.values()))


def read_contents(
    sources: Mapping[str, Source], known: Mapping[str, Facts], config: Config, cache: Cache, store: Store,
    workers: Workers, report: Callable[[int, int], None], started: int,
) -> Checked[Contents]:  # fmt: skip
    """Read and parse the content that is not `known`, and take the rest from the cache."""
    met = Met()
    documents, parsed = met.take(_documents(sources, known, config, cache, workers, report, started))
    found = met.take(inspect_files(sources, known, documents.values(), store, workers, report, started))
    return Contents(documents, found.files, parsed | found.facts), tuple(met.problems)


def read_interface(root: Path) -> Interface:
    """Read layouts and catalogues alone. Raises SiteError when one of them is broken."""
    met = Met()
    sources = met.take(find(root))
    wanted = {path: s for path, s in sources.items() if path == SETTINGS or s.kind in ("layout", "catalogue")}
    design = met.take(read_design(wanted, None, 0))
    if design is None or errors(met.problems):
        raise SiteError(met.problems)
    own = {path: text for path, text in design.catalogues.items() if not path.startswith("theme/")}
    themes, _ = read_languages(
        design.config, {path: text for path, text in design.catalogues.items() if path not in own}
    )
    return Interface(design.layouts, own, design.languages, themes)


def read_languages(config: Config, catalogues: Texts) -> Checked[dict[str, Language]]:
    """Each language with its catalogues: the site's before the theme's."""
    languages: dict[str, Language] = {}
    problems: list[Problem] = []
    for code in config.languages:
        own: list[Catalogue] = []
        names = catalogue_codes(config.locale(code), code)
        for path in (f"{base}layouts/locales/{name}.po" for base in ("", "theme/") for name in names):
            if path in catalogues:
                catalogue = read_catalogue(catalogues[path], path.removeprefix("theme/"), code)
                if isinstance(catalogue, Problem):
                    problems.append(catalogue)
                else:
                    own.append(catalogue)
        languages[code] = Language(config, code, tuple(own))
    return languages, tuple(problems)


def _read(sources: Mapping[str, Source], kinds: Sequence[Kind]) -> Checked[dict[str, bytes]]:
    """The bytes of every source of these kinds that can be read."""
    results = {path: read_bytes(s.location, path) for path, s in sources.items() if s.kind in kinds}
    contents = {path: data for path, data in results.items() if isinstance(data, bytes)}
    return contents, tuple(found for found in results.values() if isinstance(found, Problem))


def _decode(sources: Mapping[str, Source], contents: Mapping[str, bytes]) -> Checked[dict[str, str]]:
    """The text of every source that is one."""
    kinds = ("settings", "layout", "catalogue")
    results = {path: decode(data, path) for path, data in contents.items() if sources[path].kind in kinds}
    texts = {path: text for path, text in results.items() if isinstance(text, str)}
    return texts, tuple(found for found in results.values() if isinstance(found, Problem))


def _of_kind(kind: Kind, sources: Mapping[str, Source], contents: Mapping[str, T]) -> dict[str, T]:
    return {path: value for path, value in contents.items() if sources[path].kind == kind}


def _documents(
    sources: Mapping[str, Source], known: Mapping[str, Facts], config: Config, cache: Cache, workers: Workers,
    report: Callable[[int, int], None], started: int,
) -> Checked[tuple[dict[str, Document], dict[str, Facts]]]:  # fmt: skip
    """Parse what has changed, and remember it at once: that is right whatever becomes of the build."""
    settings = digest(
        repr((tuple(config.languages), config.default_language, config.time_zone, config.markdown)).encode()
    )
    contents = {path: source for path, source in sources.items() if source.kind == "content"}
    records = cache.documents({p: content_key(settings, known[p].digest) for p in contents if p in known})
    remembered = cache.document_keys()
    tasks = [Task(p, s.location, remembered.get(p)) for p, s in contents.items() if p not in records]
    problems: list[Problem] = []
    facts: dict[str, Facts] = {}
    touched: dict[str, str] = {}

    def changed() -> Iterator[tuple[str, str, bytes, bytes]]:
        for parsed in carry_out(parse_batch, Parsing(config, settings), tasks, workers, report):
            if parsed.problem is not None:
                problems.append(parsed.problem)
                continue
            key = content_key(settings, parsed.digest)
            facts[parsed.path] = fact(contents[parsed.path], parsed.digest, started)
            if parsed.record is None or parsed.html is None:
                touched[parsed.path] = key
            else:
                records[parsed.path] = msgspec.msgpack.decode(parsed.record, type=Record)
                yield parsed.path, key, parsed.record, parsed.html

    gone = remembered.keys() - contents.keys()
    if tasks or gone:
        cache.remember_documents(changed(), gone)
    if touched:
        records |= cache.documents(touched)
    problems += [found for _, record in sorted(records.items()) for found in record.problems]
    documents = {path: record.document for path, record in sorted(records.items()) if record.document}
    return (documents, facts), tuple(problems)
