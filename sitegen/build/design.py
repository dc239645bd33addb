"""The design of a site: settings, registries, layouts, assets, languages, fonts as values; read where they changed.

What was read of layouts, catalogues and style sheets, and the sizes of pictures in assets/, are kept by their digests.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from babel import Locale
from msgspec import Struct

from sitegen.artwork.fonts import SUFFIXES, Lettering, Typeface, files_of, state
from sitegen.cache.file_state import FileState, state_of_file
from sitegen.config.registries import NamedSource, Registry, read_sources, read_tags
from sitegen.config.settings import Config, language_of, read_config
from sitegen.config.targets import Host
from sitegen.config.theme import ThemeSettings
from sitegen.files import SETTINGS, SOURCES, TAGS, decode, digest, digest_source, read_bytes
from sitegen.i18n.languages import Catalogue, Language, LocaleInfo, catalogue_codes, read_catalogue
from sitegen.problems import Checked, Place, Problem, ProblemLog, SiteError, problem
from sitegen.render.assets import Found, read_assets
from sitegen.render.layouts import Analysis, check_messages, read_layouts
from sitegen.site.document import Teaser
from sitegen.site.model import Asset, Layout
from sitegen.sources import Kind, Source
from sitegen.text import LARGEST, LARGEST_TEXT
from sitegen.typed_yaml.reader import Marks
from sitegen.versions import has_card_libraries

from .run import Options, Reason, Run

T = TypeVar("T")
DESIGN: Final = ("settings", "layout", "catalogue", "asset")
"""The kinds of sources that a design is read from."""
Texts = Mapping[str, str]


class DesignKey(Struct, frozen=True):
    """What a design is read from. `sources`: kind, path and digest; what is like nothing else where that is unknown."""

    base_url: str | None
    noindex: bool
    sources: frozenset[tuple[Kind, str, object]]


class DesignCache(Struct, frozen=True):
    """What was made of layouts and catalogues, by the digest of their texts, of locales, by name, and found out about
    assets."""

    layouts: Mapping[str, Analysis] = {}
    catalogues: Mapping[str, Catalogue] = {}
    assets: Found = Found()
    locales: Mapping[str, LocaleInfo] = {}


class Design(Struct, frozen=True):
    """All but the content. `marks`: places in site.yaml of what names parts of the site; `hosts`: on which it is
    published; `catalogues`: path → text, as they were read."""

    config: Config
    marks: Marks
    hosts: tuple[Host, ...]
    registry: Registry
    sources: Mapping[str, NamedSource]
    layouts: Mapping[str, Layout]
    assets: Mapping[str, Asset]
    catalogues: Texts
    languages: Mapping[str, Language]
    states: Mapping[str, FileState]
    cache: DesignCache


COLORS = "assets/css/colors.css"
"""Made from the settings; a file of the site's own with this name stands in for it."""


def restore_design(run: Run) -> Design:
    """The design as an earlier build of this process read it, else read now. Raises SiteError when the settings cannot
    be used."""
    key, before = _key(run, run.known), run.cache.made.get("design")
    run.memos["design"] = _why_not(before and before[0], key)
    if before is None or run.memos["design"]:
        known = run.cache.load("design", DesignCache) or DesignCache()
        read = read_design(run.sources, run.options, run.started, known)
        before = run.cache.made["design"] = _key(run, read[0].states if read[0] else {}), read
    design: Design | None = run.log.take(before[1])
    if design is None:
        raise SiteError(run.log.problems)
    run.watch.lap("read")
    return design


def _key(run: Run, known: Mapping[str, FileState]) -> DesignKey:
    sources = ((path, source.kind) for path, source in run.sources.items() if source.kind in DESIGN)
    digests = {(kind, path, known[path].digest if path in known else object()) for path, kind in sources}
    return DesignKey(run.options.base_url, run.options.noindex, frozenset(digests))


def _why_not(before: DesignKey | None, now: DesignKey) -> Reason:
    if before is None:
        return "none kept"
    if before == now:
        return ""
    others = {kind for kind, _, _ in before.sources ^ now.sources}
    return next((kind for kind in DESIGN if kind in others), "options")


def read_design(
    sources: Mapping[str, Source], options: Options, started: int, known: DesignCache = DesignCache()
) -> Checked[Design | None]:
    """Read everything that is small; None when the settings cannot be used."""
    log = ProblemLog()
    contents = log.take(_read(sources, DESIGN))
    texts = log.take(_decode(sources, contents))
    layouts, analyses = log.take(read_layouts(_of_kind("layout", sources, texts), known.layouts))
    files = _of_kind("asset", sources, contents)
    no_settings = None, (problem("no-settings", Place(SETTINGS)),)
    names = [path.removeprefix("assets/") for path in files]
    read_settings = (
        read_config(texts[SETTINGS], SETTINGS, options.base_url, names) if SETTINGS in texts else no_settings
    )
    config, marks = log.take(read_settings) or (None, {})
    theme = config.theme if config else ThemeSettings()
    minify = config is not None and config.minify
    assets = log.take(read_assets({COLORS: theme.style_sheet.encode(), **files}, known.assets, minify=minify))
    if config is None:
        return None, tuple(log.problems)
    hosts = tuple(sorted({target.host for target in config.publish.values()}))
    config = config.of_pages(noindex=options.noindex)
    catalogues = _of_kind("catalogue", sources, texts)
    languages, read = log.take(read_languages(config, catalogues, known.catalogues, known.locales))
    design = Design(
        config=config,
        marks=marks,
        hosts=hosts,
        registry=log.take(read_tags(texts.get(TAGS, ""), config)),
        sources=log.take(read_sources(texts.get(SOURCES, ""), config)),
        layouts=layouts,
        assets=assets.by_name,
        catalogues=catalogues,
        languages=languages,
        states={path: state_of_file(sources[path], digest(data), started) for path, data in contents.items()},
        cache=DesignCache(analyses, read, assets.found, {str(one.locale): one.info for one in languages.values()}),
    )
    return design, (*log.problems, *check_messages(layouts.values(), languages.values()))


def read_languages(
    config: Config, texts: Texts, known: Mapping[str, Catalogue], locales: Mapping[str, LocaleInfo] = {}
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
        languages[code] = language_of(config, code, tuple(own), locales.get(str(config.locale(code))))
    return (languages, read), tuple(problems)


def _read(sources: Mapping[str, Source], kinds: Sequence[Kind]) -> Checked[dict[str, bytes]]:
    """The bytes of every source of these kinds that can be read."""
    most = {"asset": LARGEST, "font": LARGEST}
    results = {
        path: read_bytes(s.location, path, most=most.get(s.kind, LARGEST_TEXT))
        for path, s in sources.items()
        if s.kind in kinds
    }
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


_SHOWN = 12
"""Letters that a problem names."""


class Typefaces(Struct, frozen=True):
    """By language, and the states of the site's own fonts."""

    by_language: Mapping[str, Typeface]
    states: Mapping[str, FileState]

    @property
    def letterings(self) -> Mapping[str, Lettering]:
        return {lang: typeface.lettering for lang, typeface in self.by_language.items()}


def read_typefaces(run: Run, design: Design, teasers: Iterable[Teaser]) -> Typefaces:
    """Fonts that have the letters of each language's titles; chosen anew where these are others, or the fonts here."""
    own, config, languages = _own_fonts(run), design.config, design.languages
    if not config.share_cards:
        return Typefaces({}, own)
    if not has_card_libraries():
        run.log.note(problem("no-card-libraries", Place(SETTINGS)))
        return Typefaces({}, own)
    letters, here = _letters(config, teasers), state()
    files = [(run.sources[path].location, known.digest) for path, known in own.items()]  # a folder may be moved
    keys = {
        lang: digest(repr((lang, str(config.locale(lang)), here, files, sorted(shown))).encode())
        for lang, shown in letters.items()
    }
    remembered = run.cache.load("fonts", dict[str, Typeface]) or {}
    chosen = {
        lang: known.lettering for lang, known in remembered.items() if known.key == keys.get(lang) and known.is_there()
    }
    run.memos["fonts"] = "" if len(chosen) == len(letters) else "letters" if remembered else "none kept"
    if len(chosen) < len(letters):
        from sitegen.artwork import shaping  # noqa: PLC0415 - its libraries come with an extra, and few builds need them

        fonts = [Path(run.sources[path].location) for path in own if path.lower().endswith(SUFFIXES)]
        for lang in letters.keys() - chosen.keys():
            written = letters[lang].union(*_dates(languages[lang].locale))
            chosen[lang] = shaping.choose(written, str(config.locale(lang)), fonts)
    typefaces = {lang: Typeface(key, chosen[lang], files_of(chosen[lang])) for lang, key in keys.items()}
    run.log.note(*_lacking(typefaces, languages))
    return Typefaces(typefaces, own)


def _own_fonts(run: Run) -> dict[str, FileState]:
    """What is in the site's folder of fonts; read only where it is not known."""
    own: dict[str, FileState] = {}
    for path, source in run.sources.items():
        if source.kind != "font":
            continue
        if path in run.known:
            own[path] = run.known[path]
            continue
        content = digest_source(source.location, path)
        if isinstance(content, Problem):
            run.log.note(content)
        else:
            own[path] = state_of_file(source, content, run.started)
    return own


def _letters(config: Config, teasers: Iterable[Teaser]) -> dict[str, set[str]]:
    """The letters that cards may have to show besides names of months, by language: of titles, of the site's name."""
    titles = {code: ["0123456789…", config.text(config.title, code)] for code in config.languages}
    sections: dict[str, set[str]] = {code: set() for code in config.languages}
    for teaser in teasers:
        titles[teaser.lang].append(teaser.title)
        sections[teaser.lang].add(teaser.section)
    for code, named in sections.items():
        titles[code] += *named, *(section.upper() for section in named)
    return {code: set("".join(shown)) for code, shown in titles.items()}


def _dates(locale: Locale) -> Iterable[str]:
    """What dates are written with, which Babel takes long to tell."""
    return *locale.months["format"]["wide"].values(), locale.date_formats["long"].pattern


def _lacking(chosen: Mapping[str, Typeface], languages: Mapping[str, Language]) -> Iterator[Problem]:
    """A warning for each language that letters are lacking of."""
    for lang, typeface in chosen.items():
        letters = typeface.lettering.lacking
        if letters:
            shown = letters[:_SHOWN] + ("…" if len(letters) > _SHOWN else "")
            yield problem("no-card-font", Place(SETTINGS), lang=languages[lang].name, letters=shown)
