"""The fonts that a site's share cards are written with, remembered between builds."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from sitegen.artwork.fonts import SUFFIXES, Lettering, Typeface, state
from sitegen.cache.database import Cache
from sitegen.cache.file_state import Facts, fact
from sitegen.config.settings import Config
from sitegen.files import Source, digest, read_bytes
from sitegen.i18n.languages import Language
from sitegen.problems import Checked, Place, Problem, problem
from sitegen.site.document import Document
from sitegen.versions import has_card_libraries

_SHOWN = 12


class Typefaces(Struct, frozen=True):
    """By language, and the facts of the site's own fonts."""

    by_language: Mapping[str, Typeface]
    facts: Mapping[str, Facts]

    @property
    def letterings(self) -> Mapping[str, Lettering]:
        return {lang: typeface.lettering for lang, typeface in self.by_language.items()}


def read_typefaces(
    config: Config, documents: Mapping[str, Document], languages: Mapping[str, Language], sources: Mapping[str, Source],
    facts: Mapping[str, Facts], cache: Cache, started: int,
) -> Checked[Typefaces]:  # fmt: skip
    """Fonts that have the letters of each language's titles."""
    own, problems = _own(sources, facts, started)
    if not config.share_cards:
        return Typefaces({}, own), problems
    if not has_card_libraries():
        return Typefaces({}, own), (*problems, problem("no-card-libraries", Place("site.yaml")))
    texts, here = _texts(config, documents.values(), languages), state()
    keys = {
        lang: digest(repr((lang, here, [f.digest for f in own.values()], sorted(letters))).encode())
        for lang, letters in texts.items()
    }
    remembered = cache.load("fonts", dict[str, Typeface]) or {}
    chosen = {lang: known.lettering for lang, known in remembered.items() if known.key == keys.get(lang)}
    if len(chosen) < len(texts):
        from sitegen.artwork import shaping  # noqa: PLC0415 - its libraries come with an extra, and few builds need them

        files = [Path(sources[path].location) for path in own if path.lower().endswith(SUFFIXES)]
        for lang in texts.keys() - chosen.keys():
            chosen[lang] = shaping.choose(texts[lang].keys(), str(config.locale(lang)), files)
    typefaces = {lang: Typeface(keys[lang], letters, chosen[lang]) for lang, letters in texts.items()}
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


def _texts(config: Config, documents: Iterable[Document], languages: Mapping[str, Language]) -> dict[str, Counter[str]]:
    """The letters that cards may have to show, by language: of titles, of the site's name, of dates."""
    texts: dict[str, list[str]] = {}
    for code, language in languages.items():
        months = language.locale.months["format"]["wide"].values()
        pattern = language.locale.date_formats["long"].pattern
        texts[code] = ["0123456789…", config.text(config.title, code), *months, pattern]
    for document in documents:
        texts[document.lang] += document.meta.title, document.section, document.section.upper()
    return {code: Counter("".join(shown)) for code, shown in texts.items()}


def _lacking(chosen: Mapping[str, Typeface], languages: Mapping[str, Language]) -> Iterator[Problem]:
    """A warning for each language that letters are lacking of."""
    for lang, typeface in chosen.items():
        letters = typeface.lettering.lacking
        if letters:
            shown = letters[:_SHOWN] + ("…" if len(letters) > _SHOWN else "")
            yield problem("no-card-font", Place("site.yaml"), lang=languages[lang].name, letters=shown)
