"""The sources of a site as values; content is parsed anew only where it changed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec import Struct

from sitegen.cache.database import Cache, Known
from sitegen.cache.file_state import Facts, fact
from sitegen.config.registries import NamedSource, Registry, read_sources, read_tags
from sitegen.config.settings import Config, language_of, read_config
from sitegen.config.theme import ThemeSettings
from sitegen.files import SETTINGS, SOURCES, TAGS, Kind, Source, decode, digest, find, read_bytes
from sitegen.i18n.languages import Catalogue, Language, LocaleInfo, catalogue_codes, read_catalogue
from sitegen.problems import Checked, Place, Problem, ProblemLog, SiteError, errors, problem
from sitegen.render.assets import Found, read_assets
from sitegen.render.layouts import Analysis, check_messages, read_layouts
from sitegen.site.document import Document
from sitegen.site.model import Asset, Layout

from .options import Workers
from .parallel import carry_out
from .work import TOLD, Documents, Parsing, Record, Task, content_key, parse_batch

T = TypeVar("T")
DESIGN: tuple[Kind, ...] = ("settings", "layout", "catalogue", "asset")
"""The kinds of sources that a design is read from."""
Texts = Mapping[str, str]


class Learnt(Struct, frozen=True):
    """What was made of layouts and catalogues, by the digest of their texts, of locales, by name, and found out about
    assets."""

    layouts: Mapping[str, Analysis] = {}
    catalogues: Mapping[str, Catalogue] = {}
    assets: Found = Found()
    tongues: Mapping[str, LocaleInfo] = {}


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
    learnt: Learnt


class Contents(Struct, frozen=True):
    """Content files that could be read, by path: `keys`, by which they are remembered, and `parsed`, of those that were
    parsed now; `outlines`: one digest for all of them, None when one has none; `listings`: of each; `told`: the paths
    of those that have problems; the facts of what was read now."""

    keys: Mapping[str, str]
    parsed: Mapping[str, Record]
    outlines: str | None
    listings: Mapping[str, str]
    told: tuple[str, ...]
    facts: Mapping[str, Facts]


COLORS = "assets/css/colors.css"
"""Made from the settings; a file of the site's own with this name stands in for it."""


class Interface(Struct, frozen=True):
    """What the texts of a site's pages come from. `themes`: the languages without the site's own catalogues."""

    layouts: Mapping[str, Layout]
    catalogues: Texts
    languages: Mapping[str, Language]
    themes: Mapping[str, Language]


def read_design(
    sources: Mapping[str, Source], base_url: str | None, started: int, known: Learnt = Learnt()
) -> Checked[Design | None]:
    """Read everything that is small; None when the settings cannot be used."""
    met = ProblemLog()
    contents = met.take(_read(sources, DESIGN))
    texts = met.take(_decode(sources, contents))
    layouts, analyses = met.take(read_layouts(_of_kind("layout", sources, texts), known.layouts))
    files = _of_kind("asset", sources, contents)
    no_settings = None, (problem("no-settings", Place(SETTINGS)),)
    names = [path.removeprefix("assets/") for path in files]
    config = met.take(read_config(texts[SETTINGS], SETTINGS, base_url, names) if SETTINGS in texts else no_settings)
    theme = config.theme if config else ThemeSettings()
    minify = config is not None and config.minify
    assets = met.take(read_assets({COLORS: theme.style_sheet.encode(), **files}, known.assets, minify=minify))
    if config is None:
        return None, tuple(met.problems)
    catalogues = _of_kind("catalogue", sources, texts)
    languages, read = met.take(read_languages(config, catalogues, known.catalogues, known.tongues))
    design = Design(
        config=config,
        registry=met.take(read_tags(texts.get(TAGS, ""), config)),
        sources=met.take(read_sources(texts.get(SOURCES, ""), config)),
        layouts=layouts,
        assets=assets.by_name,
        catalogues=catalogues,
        languages=languages,
        facts={path: fact(sources[path], digest(data), started) for path, data in contents.items()},
        learnt=Learnt(analyses, read, assets.found, {str(one.locale): one.info for one in languages.values()}),
    )
    return design, (*met.problems, *check_messages(layouts.values(), languages.values()))


def read_contents(
    sources: Mapping[str, Source], known: Mapping[str, Facts], config: Config, cache: Cache, workers: Workers,
    report: Callable[[int, int], None], started: int,
) -> Checked[Contents]:  # fmt: skip
    """Read and parse the content that is not `known`, and remember it at once: that is right whatever becomes of the
    build."""
    asked = config.languages, config.default_language, config.time_zone, config.markdown, config.keep_together
    settings = digest(repr(asked).encode())
    met = ProblemLog()
    contents = {path: source for path, source in sources.items() if source.kind == "content"}
    rows = {**cache.entries("documents", Known)}
    gone = rows.keys() - contents.keys()
    start = content_key(settings, "")
    fresh = [
        path
        for path in contents
        if (seen := known.get(path)) is None or (row := rows.get(path)) is None or row.key != start + seen.digest
    ]
    tasks = [Task(path, contents[path].location, rows[path].key if path in rows else None) for path in fresh]
    parsed: dict[str, Record] = {}
    facts: dict[str, Facts] = {}

    def changed() -> Iterator[tuple[str, Known, bytes, bytes]]:
        for result in carry_out(parse_batch, Parsing(config, settings), tasks, workers, report):
            if result.problem is not None:
                met.problems.append(result.problem)
                rows.pop(result.path, None)
                continue
            facts[result.path] = fact(contents[result.path], result.digest, started)
            if result.record is not None and result.html is not None:
                rows[result.path] = Known(content_key(settings, result.digest), result.outline, result.listing)
                parsed[result.path] = msgspec.msgpack.decode(result.record, type=Record)
                yield result.path, rows[result.path], result.record, result.html

    if tasks or gone:
        cache.remember_documents(changed(), gone)
    keys, outlines, listings = {}, {}, {}
    for path in contents:  # once, since there may be very many
        if (row := rows.get(path)) is not None:
            keys[path], outlines[path], listings[path] = row.key, row.outline, row.listing
    says_something = len(keys) == len(contents) and all(outlines.values())
    return Contents(
        keys=keys,
        parsed=parsed,
        told=tuple(path for path, outline in outlines.items() if outline.startswith(TOLD)),
        outlines=digest(msgspec.msgpack.encode(outlines)) if says_something else None,
        listings=listings,
        facts=facts,
    ), tuple(met.problems)


def read_documents(contents: Contents, cache: Cache) -> Checked[dict[str, Document]]:
    """All documents in the order of their paths: those that were parsed now, the others from the cache."""
    others = {path: key for path, key in contents.keys.items() if path not in contents.parsed}
    records = {**(cache.documents(others, Record) if others else {}), **contents.parsed}
    cache.hold(records, contents.keys)
    documents = {path: record.document for path, record in sorted(records.items()) if record.document}
    return documents, tuple(found for _, record in sorted(records.items()) for found in record.problems)


def read_problems(contents: Contents, remembered: Documents) -> tuple[Problem, ...]:
    """What is wrong with documents, of which no others are read."""
    return tuple(found for path in contents.told for found in remembered.record(path).problems)


def read_interface(root: Path) -> Interface:
    """Read layouts and catalogues alone. Raises SiteError when one of them is broken."""
    met = ProblemLog()
    sources = met.take(find(root))
    wanted = {path: s for path, s in sources.items() if path == SETTINGS or s.kind in ("layout", "catalogue")}
    design = met.take(read_design(wanted, None, 0))
    if design is None or errors(met.problems):
        raise SiteError(met.problems)
    own = {path: text for path, text in design.catalogues.items() if not path.startswith("theme/")}
    themed = {path: text for path, text in design.catalogues.items() if path not in own}
    (themes, _), _ = read_languages(design.config, themed, design.learnt.catalogues)
    return Interface(design.layouts, own, design.languages, themes)


def read_languages(
    config: Config, texts: Texts, known: Mapping[str, Catalogue], tongues: Mapping[str, LocaleInfo] = {}
) -> Checked[tuple[dict[str, Language], dict[str, Catalogue]]]:
    """Each language with its catalogues, the site's before the theme's; and the catalogues by digest. Those that are
    `known` are not read again."""
    languages: dict[str, Language] = {}
    read: dict[str, Catalogue] = {}
    problems: list[Problem] = []
    for code in config.languages:
        own: list[Catalogue] = []
        names = catalogue_codes(config.locale(code), code)
        for path in (f"{base}layouts/locales/{name}.po" for base in ("", "theme/") for name in names):
            if path in texts:
                key = digest(f"{code} {texts[path]}".encode())
                catalogue = known.get(key) or read_catalogue(texts[path], path.removeprefix("theme/"), code)
                if isinstance(catalogue, Problem):
                    problems.append(catalogue)
                else:
                    read[key] = catalogue
                    own.append(catalogue)
        languages[code] = language_of(config, code, tuple(own), tongues.get(str(config.locale(code))))
    return (languages, read), tuple(problems)


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
