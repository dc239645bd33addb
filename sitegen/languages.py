"""What a language needs: its locale, its message catalogue, its dates, numbers and lists (CLDR by Babel)."""

from datetime import datetime
from functools import cached_property
from gettext import GNUTranslations, NullTranslations
from io import BytesIO

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal
from babel.units import format_unit

from .config import Config
from .dates import Moment
from .problems import Place, Problem, problem


def read_catalogue(text: str, path: str, lang: str) -> GNUTranslations | Problem:
    """The messages of a gettext catalogue (PO) in one language."""
    try:
        catalogue = read_po(BytesIO(text.encode()), locale=lang.replace("-", "_"), abort_invalid=True)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        return GNUTranslations(BytesIO(compiled.getvalue()))
    except PoFileError as error:
        return problem("broken-catalogue", Place(path, (error.lineno or 0) + 1, 1), detail=str(error).split(" on ")[0])
    except (ValueError, UnicodeError, TypeError) as error:
        return problem("broken-catalogue", Place(path), detail=str(error).split(" on ")[0])


class Language:
    """How one of a site's languages is named and written."""

    def __init__(self, config: Config, code: str, catalogues: tuple[NullTranslations, ...] = ()) -> None:
        self.code = code
        self.locale: Locale = config.locale(code)
        self.zone = config.zone
        settings = config.languages.get(code)
        self.name = (settings.name if settings else "") or _autonym(self.locale) or code
        self._catalogues = catalogues

    @cached_property
    def direction(self) -> str:
        return self.locale.text_direction

    @cached_property
    def messages(self) -> NullTranslations:
        """The first catalogue that has a message answers; none: the message itself, which is English."""
        if not self._catalogues:
            return NullTranslations()
        first, *others = self._catalogues
        for other in others:
            first.add_fallback(other)
        return first

    def gettext(self, message: str, **variables: object) -> str:
        """A message in this language, with %(name)s filled in."""
        text = self.messages.gettext(message)
        return text % variables if variables else text

    def ngettext(self, singular: str, plural: str, number: int, **variables: object) -> str:
        """The form of a message that goes with a number; %(num)s is the number."""
        text = self.messages.ngettext(singular, plural, number)
        return text % {"num": self.number(number), **variables}

    def date(self, moment: Moment) -> str:
        """The day in the site's time zone, written out: 4 tháng 10, 2024."""
        return format_date(self._local(moment).date(), "long", locale=self.locale)

    def moment(self, moment: Moment) -> str:
        """The day, with the time of day where the author gave one."""
        if not moment.timed:
            return self.date(moment)
        time = format_time(self._local(moment).time(), "short", locale=self.locale)
        pattern = str(get_datetime_format("long", locale=self.locale)).replace("'", "")
        return pattern.replace("{0}", time).replace("{1}", self.date(moment))

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.locale)

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


def _autonym(locale: Locale) -> str:
    name = locale.get_language_name(locale.language) or ""
    return name[:1].upper() + name[1:]
