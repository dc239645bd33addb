"""The fonts that a site's share cards are written with, remembered between builds."""

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from .cache import Cache
from .config import Config
from .document import Document
from .facts import Facts, fact
from .files import Source, digest, read_bytes
from .fonts import SUFFIXES, Lettering, state
from .languages import Language
from .problems import Checked, Place, Problem, problem

_LIBRARIES = ("budoux", "resvg_py", "uharfbuzz", "uniseg")
_SHOWN = 12


class Typefaces(Struct, frozen=True):
    """`by_language`: what each language is written with; `known`: the same by all that it depends on; the facts of the
    site's own fonts."""

    by_language: Mapping[str, Lettering]
    known: Mapping[str, Lettering]
    facts: Mapping[str, Facts]


def read_typefaces(
    config: Config, documents: Mapping[str, Document], languages: Mapping[str, Language], sources: Mapping[str, Source],
    facts: Mapping[str, Facts], cache: Cache, started: int,
) -> Checked[Typefaces]:  # fmt: skip
    """Fonts that have the letters of each language's titles."""
    own, problems = _own(sources, facts, started)
    if not config.share_cards:
        return Typefaces({}, {}, own), problems
    if any(find_spec(library) is None for library in _LIBRARIES):
        return Typefaces({}, {}, own), (*problems, problem("no-card-libraries", Place("site.yaml")))
    texts, here = _texts(config, documents.values(), languages), state()
    keys = {
        lang: digest(repr((lang, here, [f.digest for f in own.values()], sorted(letters))).encode())
        for lang, letters in texts.items()
    }
    remembered = cache.load("fonts", dict[str, Lettering]) or {}
    known = {keys[lang]: remembered[keys[lang]] for lang in texts if keys[lang] in remembered}
    if len(known) < len(set(keys.values())):
        from . import lettering  # noqa: PLC0415 - its libraries come with an extra, and few builds need them

        files = [Path(sources[path].location) for path in own if path.lower().endswith(SUFFIXES)]
        for lang in texts:
            if keys[lang] not in known:
                known[keys[lang]] = lettering.choose(texts[lang], str(config.locale(lang)), files)
    chosen = {lang: known[keys[lang]] for lang in texts}
    return Typefaces(chosen, known, own), (*problems, *_lacking(chosen, languages))


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


def _texts(
    config: Config, documents: Iterable[Document], languages: Mapping[str, Language]
) -> dict[str, frozenset[str]]:
    """The letters that cards may have to show, by language: of titles, of the site's name, of dates."""
    texts: dict[str, set[str]] = {}
    for code, language in languages.items():
        months = language.locale.months["format"]["wide"].values()
        texts[code] = set("0123456789…").union(
            config.text(config.title, code), *months, language.locale.date_formats["long"].pattern
        )
    for document in documents:
        texts[document.lang].update(document.meta.title, document.section, document.section.upper())
    return {code: frozenset(letters) for code, letters in texts.items()}


def _lacking(chosen: Mapping[str, Lettering], languages: Mapping[str, Language]) -> Iterator[Problem]:
    """A warning for each language that letters are lacking of."""
    for lang, lettering in chosen.items():
        letters = lettering.lacking
        if letters:
            shown = letters[:_SHOWN] + ("…" if len(letters) > _SHOWN else "")
            yield problem("no-card-font", Place("site.yaml"), lang=languages[lang].name, letters=shown)
