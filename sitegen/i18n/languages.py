"""Languages: the locale of each, its message catalogues, its dates, numbers and lists (CLDR by Babel)."""

import re
from collections.abc import Iterable
from datetime import date as Day  # noqa: N812 - Language has a method of that name
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_datetime_format
from babel.lists import format_list
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal
from babel.units import format_unit
from msgspec import Struct

from sitegen.codes.table import NO_FORM, NO_PLURALS, NO_UTF8, OTHER_NAMES
from sitegen.files import digest
from sitegen.problems import Place, Problem, problem

from .codes import language_name, language_tag, territory_of
from .dates import Moment, Period


class Catalogue(NamedTuple):
    """The messages of a gettext catalogue, compiled (MO); `texts`: those it has a translation of; `digest`: of the
    catalogue as it was written."""

    compiled: bytes
    texts: frozenset[str]
    digest: str

    @property
    def translations(self) -> GNUTranslations:
        return GNUTranslations(BytesIO(self.compiled))


def read_catalogue(text: str, path: str, lang: str) -> Catalogue | Problem:
    """Read a gettext catalogue (PO) of one language; what is marked as fuzzy does not count."""
    for pattern, detail in _MISTAKES.items():
        if found := pattern.search(text):
            return problem("broken-catalogue", Place(path, text.count("\n", 0, found.end()) + 1, 1), detail=detail)
    try:
        catalogue = read_po(BytesIO(text.encode()), locale=lang.replace("-", "_"), abort_invalid=True)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        done = [message for message in catalogue if message.id and is_done(message)]
        plural: Any = GNUTranslations(BytesIO(compiled.getvalue())).plural  # type: ignore[attr-defined]
        for number in range(_NUMBERS):
            plural(number)
    except PoFileError as error:
        return problem("broken-catalogue", Place(path, (error.lineno or 0) + 1, 1), detail=str(error).split(" on ")[0])
    except Exception as error:  # noqa: BLE001 - what Babel and gettext raise is written nowhere
        return problem("broken-catalogue", Place(path, 1, 1), detail=str(error).split(" on ")[0])
    if odd := next((message for message in done if not _has_same_names(message)), None):
        return problem("broken-catalogue", Place(path, odd.lineno or 1, 1), detail=OTHER_NAMES)
    texts = frozenset(text for message in done for text in _forms(message.id)[:1])
    return Catalogue(compiled.getvalue(), texts, digest(text.encode()))


_MISTAKES = {
    re.compile(r"(?i)charset=[ \t]*+(?!(?:utf-?8|(?:us-)?ascii)?[ \t]*+(?:\\n|[;\"]|$))"): NO_UTF8,
    re.compile(r"nplurals[ \t]*+=[ \t]*+(?![1-9][ \t]*+(?:[;\"\\]|$))"): NO_PLURALS,
    re.compile(r"^msgstr\[(?![0-9]\])", re.MULTILINE): NO_FORM,
}
"""What Babel and gettext take time and memory for, or say without its line."""
_NUMBERS = 200


def _has_same_names(message: Message) -> bool:
    """Whether a translation can be filled in as its text can, in any of its forms."""
    names = {name: 1 for text in _forms(message.id) for name in _NAME.findall(text)}
    try:
        return not names or all(text % {"num": 1, **names} is not None for text in _forms(message.string or ""))
    except (KeyError, ValueError, TypeError):
        return False


_NAME = re.compile(r"%\(([^)]*)\)")


def catalogue_codes(locale: Locale, code: str) -> tuple[str, ...]:
    """The names that a language's catalogue may have, the most exact first: pt_BR, then pt."""
    plain = () if locale.script else (locale.language,)
    spellings = (name for spelt in (code, language_tag(code)) for name in (spelt, spelt.replace("-", "_")))
    return tuple(dict.fromkeys((*spellings, *plain)))


def is_done(message: Message) -> bool:
    """Whether a translator has given all its forms."""
    return not message.fuzzy and all(_forms(message.string or ""))


def _forms(texts: str | Iterable[str]) -> list[str]:
    return [texts] if isinstance(texts, str) else list(texts)


def written_period(period: Period, locale: Locale) -> str:
    """A day, month or year as readers write it where it stands alone: Tháng 1 năm 2024."""
    first = Day(period.year, period.month or 1, period.day or 1)
    if period.day:
        return format_date(first, "long", locale=locale)
    text = format_skeleton("yMMMM" if period.month else "y", first, locale=locale)
    return text[:1].upper() + text[1:]


def written_number(value: Decimal, locale: Locale) -> str:
    """All its digits, in groups as readers write them: 1.234,5."""
    return format_decimal(value, locale=locale, decimal_quantization=False)


class LocaleInfo(Struct, frozen=True, array_like=True):
    """The name of a language in itself, its direction, and its country as Open Graph wants it (vi_VN): every page needs
    them, and Babel takes long to tell."""

    name: str
    direction: str
    territorial: str


def locale_info(locale: Locale) -> LocaleInfo:
    direction = (
        "rtl" if locale.text_direction == "rtl" else "ltr"
    )  # from top to bottom is a matter of style (HTML, dir)
    territorial = "_".join(filter(None, (locale.language, territory_of(locale))))
    return LocaleInfo(language_name(locale), direction, territorial)


class Language:
    """How one of a site's languages is named and written."""

    def __init__(
        self, code: str, locale: Locale, zone: ZoneInfo, name: str = "", catalogues: tuple[Catalogue, ...] = (),
        known: LocaleInfo | None = None,
    ) -> None:  # fmt: skip
        """`code`: as the site spells it, in addresses too; `name`: in itself, where that is not CLDR's; `known`: of its
        locale."""
        self.code, self.locale, self.zone = code, locale, zone
        self.tag = language_tag(code)
        self.info = known or locale_info(locale)
        self.name = name or self.info.name
        self.direction = self.info.direction
        self._catalogues = catalogues
        self._days: dict[Day, str] = {}
        self._numbers: dict[float, str] = {}

    @property
    def digest(self) -> str:
        """Changes with any of its catalogues."""
        return digest(" ".join(catalogue.digest for catalogue in self._catalogues).encode())

    @cached_property
    def messages(self) -> NullTranslations:
        """The first catalogue that has a message answers; none: the message itself, which is English."""
        if not self._catalogues:
            return NullTranslations()
        first, *others = (catalogue.translations for catalogue in self._catalogues)
        for other in others:
            first.add_fallback(other)
        return first

    def __getstate__(self) -> dict[str, Any]:
        """For other processes: gettext's own objects cannot travel."""
        return {name: value for name, value in self.__dict__.items() if name != "messages"}

    def has(self, message: str) -> bool:
        """Whether a text of the interface, which is English, can be read in this language."""
        return self.locale.language == "en" or any(message in catalogue.texts for catalogue in self._catalogues)

    def gettext(self, message: str, **variables: object) -> str:
        """A message in this language, with %(name)s filled in."""
        text = self.messages.gettext(message)
        return text % variables if variables else text

    def ngettext(self, singular: str, plural: str, number: int, **variables: object) -> str:
        """The form of a message that goes with a number; %(num)s is the number."""
        text = self.messages.ngettext(singular, plural, number)
        return text % {"num": self.number(number), **variables}

    @property
    def plurals(self) -> tuple[tuple[str, int], ...]:
        """CLDR's plural categories in this language, such as one and other, each with a number of its kind; for
        programs in the page that count."""
        samples: dict[str, int] = {}
        for number in range(201):
            samples.setdefault(self.locale.plural_form(number), number)
        return tuple(samples.items())

    def day(self, moment: Moment) -> Day:
        """The day in the site's time zone."""
        return self._local(moment).date()

    def date(self, moment: Moment) -> str:
        """The day in the site's time zone, written out: 4 tháng 10, 2024."""
        day = self.day(moment)
        if day not in self._days:
            self._days[day] = long_day(day, self.locale)
        return self._days[day]

    def moment(self, moment: Moment) -> str:
        """The day, with the time of day where the author gave one."""
        if not moment.timed:
            return self.date(moment)
        time = format_time(self._local(moment).time(), "short", locale=self.locale)
        pattern = str(get_datetime_format("long", locale=self.locale)).replace("'", "")
        return pattern.replace("{0}", time).replace("{1}", self.date(moment))

    def number(self, value: float) -> str:
        if value not in self._numbers:
            self._numbers[value] = format_decimal(value, locale=self.locale)
        return self._numbers[value]

    def filesize(self, size: int) -> str:
        """Decimal units: 1.2 MB."""
        value, unit = float(size), "byte"
        for larger in ("kilobyte", "megabyte", "gigabyte"):
            if value < 1000:
                break
            value, unit = value / 1000, larger
        pattern = "#,##0" if unit in ("byte", "kilobyte") or value >= 100 else "#,##0.#"
        return format_unit(value, f"digital-{unit}", length="short", format=pattern, locale=self.locale)

    def listing(self, items: list[str]) -> str:
        return format_list(items, locale=self.locale)

    def _local(self, moment: Moment) -> datetime:
        return moment.at.astimezone(self.zone)


def long_day(day: Day, locale: Locale) -> str:
    """A day written out: 4 tháng 10, 2024."""
    return format_date(day, "long", locale=locale)
