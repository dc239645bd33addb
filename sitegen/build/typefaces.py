"""The fonts that a site's share cards are written with, remembered between builds."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from babel import Locale
from msgspec import Struct

from sitegen.artwork.fonts import SUFFIXES, Lettering, Typeface, state
from sitegen.cache.database import Cache
from sitegen.cache.file_state import Facts, fact
from sitegen.config.settings import Config
from sitegen.files import Source, digest, read_bytes
from sitegen.i18n.languages import Language
from sitegen.problems import Checked, Place, Problem, problem
from sitegen.site.document import Teaser

from .read import Design

_LIBRARIES = ("budoux", "resvg_py", "uharfbuzz", "uniseg")
_SHOWN = 12


class Typefaces(Struct, frozen=True):
    """By language, and the facts of the site's own fonts."""

    by_language: Mapping[str, Typeface]
    facts: Mapping[str, Facts]

    @property
    def letterings(self) -> Mapping[str, Lettering]:
        return {lang: typeface.lettering for lang, typeface in self.by_language.items()}


def read_typefaces(
    design: Design, teasers: Mapping[str, Teaser], sources: Mapping[str, Source], facts: Mapping[str, Facts],
    cache: Cache, started: int,
) -> Checked[Typefaces]:  # fmt: skip
    """Fonts that have the letters of each language's titles; chosen anew where these are others, or the fonts here."""
    own, problems = _own(sources, facts, started)
    config, languages = design.config, design.languages
    if not config.share_cards:
        return Typefaces({}, own), problems
    if any(find_spec(library) is None for library in _LIBRARIES):
        return Typefaces({}, own), (*problems, problem("no-card-libraries", Place("site.yaml")))
    letters, here = _letters(config, teasers.values()), state()
    files = [(sources[path].location, known.digest) for path, known in own.items()]  # a folder may be moved
    keys = {
        lang: digest(repr((lang, str(config.locale(lang)), here, files, sorted(shown))).encode())
        for lang, shown in letters.items()
    }
    remembered = cache.load("fonts", dict[str, Typeface]) or {}
    chosen = {lang: known.lettering for lang, known in remembered.items() if known.key == keys.get(lang)}
    if len(chosen) < len(letters):
        from sitegen.artwork import shaping  # noqa: PLC0415 - its libraries come with an extra, and few builds need them

        fonts = [Path(sources[path].location) for path in own if path.lower().endswith(SUFFIXES)]
        for lang in letters.keys() - chosen.keys():
            written = letters[lang].union(*_dates(languages[lang].locale))
            chosen[lang] = shaping.choose(written, str(config.locale(lang)), fonts)
    typefaces = {lang: Typeface(key, chosen[lang]) for lang, key in keys.items()}
    return Typefaces(typefaces, own), (*problems, *_lacking(typefaces, languages))


def _own(sources: Mapping[str, Source], facts: Mapping[str, Facts], started: int) -> Checked[dict[str, Facts]]:
    """What is in the site's folder of fonts; read only where it is not known."""
    own: dict[str, Facts] = {}
    problems: list[Problem] = []
    for path, source in sources.items():
        if source.kind != "font":
            continue
        if path in facts:
            own[path] = facts[path]
            continue
        data = read_bytes(source.location, path)
        if isinstance(data, Problem):
            problems.append(data)
        else:
            own[path] = fact(source, digest(data), started)
    return own, tuple(problems)


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
            yield problem("no-card-font", Place("site.yaml"), lang=languages[lang].name, letters=shown)
