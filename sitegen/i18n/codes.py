"""Language codes: as BCP 47 tags, whether CLDR knows them, which was meant, and names that tell varieties apart."""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import product

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from sitegen.problems import Known


def language_tag(code: str) -> str:
    """A code as a tag for machines, in its usual case: pt_br is pt-BR (BCP 47, section 2.1.1)."""
    first, *others = code.replace("_", "-").lower().split("-")
    sizes = {2: str.upper, 4: str.title}
    return "-".join((first, *(sizes[len(part)](part) if len(part) in sizes else part for part in others)))


@cache
def parse_locale(code: str) -> Locale:
    """A CLDR locale from a code with - or _; raises babel.UnknownLocaleError or ValueError."""
    return Locale.parse(code.replace("-", "_"))


def is_locale(code: str) -> bool:
    try:
        parse_locale(code)
    except (UnknownLocaleError, ValueError):
        return False
    return True


def is_in_use(code: str) -> bool:
    """Whether CLDR has this very language, script and region; Babel also takes what they were called before."""
    if not is_locale(code):
        return False
    locale, (language, script, territory) = parse_locale(code), _subtags(code)
    is_same = script in ("", locale.script) and territory in ("", locale.territory)
    return is_same and (language == locale.language or language in _english().languages)


def meant_code(code: str) -> str | None:
    """The code that was probably meant: en-GB for en-UK, ja for jp, vi for vi-VI, he for iw, vi for Vietnamese."""
    code = re.split("[.@]", code)[0]  # as systems add an encoding
    language, script, territory = _subtags(code)
    languages = (language, get_global("language_aliases").get(language), _spoken_in(language), _named(code))
    territories = (territory, *get_global("territory_aliases").get(territory, ())[:1], "")
    for known in filter(None, languages):
        for parts in product((script, ""), territories):
            candidate = "_".join((known, *filter(None, parts)))
            if is_in_use(candidate):
                return candidate if "_" in code else language_tag(candidate)
    return None


def meant_among(code: str, codes: Iterable[str]) -> str | None:
    """Which of these codes was probably meant by another: the same in another spelling, what it should have been
    called, or another variety of its language."""
    known = {language_tag(own): own for own in reversed([*codes])}
    tag, meant = language_tag(code), language_tag(meant_code(code) or "")
    varieties = {own.partition("-")[0]: code for own, code in known.items()}
    return known.get(tag) or known.get(meant) or varieties.get(tag.partition("-")[0]) or None


def _spoken_in(country: str) -> str:
    """The language of most people in a country; "" where that is none."""
    code, likely = country.upper(), get_global("likely_subtags")
    if code == _UNKNOWN or code not in _english().territories:
        return ""
    return str(likely.get(f"und_{code}", likely["und"]).partition("_")[0])


def _named(name: str) -> str:
    """The language that is called so in English, or nearly so."""
    if len(name) <= _LONGEST_CODE:
        return ""
    names, known = _english_names()
    return names.get(known.nearest(name) or "", "")


@cache
def _english_names() -> tuple[dict[str, str], Known]:
    """What languages are called in English, and which of these was meant, however often that is asked."""
    names = {known.lower(): code for code, known in _english().languages.items()}
    return names, Known(names, budget=sys.maxsize)


_LONGEST_CODE = 3
_WORLD, _UNKNOWN = "001", "ZZ"


def _subtags(code: str) -> tuple[str, str, str]:
    """Language, script and region, in their usual case."""
    first, *others = language_tag(code).split("-")
    script = next((part for part in others[:1] if len(part) == 4 and part.isalpha()), "")
    territory = next((part for part in others[:2] if len(part) in (2, 3) and part.isalnum()), "")
    return first, script, territory


@cache
def _english() -> Locale:
    """Knows the names of all that there is, and takes 40 ms to load."""
    return Locale("en")


def language_name(locale: Locale) -> str:
    """A language in itself: Tiếng Việt."""
    return _as_name(locale.get_language_name() or locale.get_language_name(locale.language) or locale.language)


def distinct_names(locales: Mapping[str, Locale]) -> dict[str, str]:
    """Each language in itself, by code; varieties of one, which are called the same, as CLDR tells them apart."""
    names = {
        code: [*_names(locale), f"{language_name(locale)} ({language_tag(code)})"] for code, locale in locales.items()
    }
    alike = [Counter(row) for row in zip(*names.values(), strict=True)]
    return {
        code: next((name for name, count in zip(own, alike, strict=True) if count[name] == 1), own[-1])
        for code, own in names.items()
    }


def _names(locale: Locale) -> Iterator[str]:
    """Its name as that of a language, of a variety (简体中文), and in full: 中文 (简体, 中国)."""
    plain, full = language_name(locale), locale.get_display_name()
    known = (locale.languages.get(code) for code in (str(locale), f"{locale.language}_{locale.script}"))
    yield plain
    yield _as_name(next(filter(None, known), None) or full or plain)
    yield _as_name(full or plain)


def _as_name(text: str) -> str:
    return text[:1].upper() + text[1:]


def territory_of(locale: Locale) -> str:
    """The country of a locale, else the one where most of its readers live; "" for languages of the whole world."""
    likely = get_global("likely_subtags")
    subtags = filter(None, (locale.language, locale.script))
    of_script, of_language = likely.get("_".join(subtags), ""), likely.get(locale.language, "")
    found = (locale.territory, of_script.rpartition("_")[2], of_language.rpartition("_")[2])
    return next((territory for territory in found if territory not in (None, "", _WORLD)), "")
