"""Dates as authors write them → points in time."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache

from msgspec import Struct

from sitegen.typed_yaml.shapes import Refused


class Moment(Struct, frozen=True, gc=False, order=True):
    """A point in time, in UTC; `timed` is False when the author gave a day only."""

    at: datetime
    timed: bool = False

    from_scalar = True


class Period(Struct, frozen=True, gc=False):
    """A day, a month or a year; what is 0 was not said."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def iso(self) -> str:
        """For `<time datetime>` (HTML, section 2.3.5)."""
        return "-".join([f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part)])


_CLOCK = (
    r"(?:(?:\s++|T|,\s*+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d++)?)?"
    r"\s*+(?P<offset>Z|[+-]\d{2}:?\d{2})?)?"
)
_DAYS = (
    r"\s*(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})",
    r"\s*(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})",
    r"\s*(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日",
)
_MONTHS_AND_YEARS = (
    r"\s*(?P<month>\d{1,2})[/.-](?P<year>\d{4})",
    r"\s*(?P<year>\d{4})[-/.](?P<month>\d{1,2})",
    r"\s*(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月",
    r"\s*(?P<year>\d{4})(?:\s*+年)?",
)
_FORMS = tuple(re.compile(form + _CLOCK + r"\s*\Z", re.IGNORECASE) for form in _DAYS)
_PERIODS = tuple(re.compile(form + r"\s*\Z") for form in (*_DAYS, *_MONTHS_AND_YEARS))


def parse_moment(text: str, zone: tzinfo) -> Moment:
    """A date, day first (`04/10/2024`), ISO 8601, RFC 3339 or Japanese, which the calendar has in UTC and in the zone;
    raises Refused."""
    match = next(filter(None, (form.match(text) for form in _FORMS)), None)
    if match is None:
        raise Refused("invalid-date", nearest=_meant(text))
    part = match.groupdict()
    year, month, day = (int(part[name]) for name in ("year", "month", "day"))
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=_offset(part["offset"]) or zone)
        at = at.astimezone(UTC)
        at.astimezone(zone)
    except OverflowError:
        raise _impossible(year, month, day) from None
    except ValueError:
        is_day = part["hour"] is not None and _written(year, month, day)
        raise Refused("impossible-time") if is_day else _impossible(year, month, day) from None
    return Moment(at, part["hour"] is not None)


def parse_period(text: str) -> Period:
    """A date without a time, as in parse_moment, or a month (`10/2024`) or a year; raises Refused."""
    match = next(filter(None, (form.match(text) for form in _PERIODS)), None)
    if match is None:
        raise Refused("invalid-date")
    said = {name: int(match[name]) for name in ("year", "month", "day") if name in match.groupdict()}
    try:
        date(**{"month": 1, "day": 1, **said})
    except ValueError:
        raise _impossible(said["year"], said.get("month", 0), said.get("day", 0)) from None
    return Period(**said)


def far_ahead(moment: Moment, zone: tzinfo, least: int) -> dict[str, str | None]:
    """What is said of a moment in the year `least` or later, and of all in a year that is now one of the Buddhist Era:
    the day, and what it is in the Common Era. Nothing of any other."""
    day = moment.at.astimezone(zone).date()
    meant = _common_era(day.year, day.month, day.day)
    if day.year < least and meant is None:
        return {}
    return {"value": f"{day:%d/%m}/{day.year:04}", "nearest": meant}


def _common_era(year: int, month: int, day: int) -> str | None:
    """A day in a year of the Buddhist Era, which is 543 years ahead."""
    return _written(year - 543, month, day) if 1900 <= year - 543 <= 2100 else None


def _impossible(year: int, month: int, day: int) -> Refused:
    if meant := _common_era(year, month, day):
        return Refused("invalid-date", nearest=meant)
    return Refused("impossible-date", nearest=_written(year, day, month) if month > 12 else None)


def _written(year: int, month: int, day: int) -> str | None:
    """A day as authors may write it; None where there is no such day."""
    try:
        return f"{date(year, month, day):%d/%m}/{year:04}"
    except ValueError:
        return None


def _meant(text: str) -> str | None:
    """The day that was probably meant by a text in another form: with an era, in words, with two digits of the year."""
    match = next(filter(None, (form.search(text, 0, 80) for form in _other_forms())), None)
    if match is None:
        return None
    part = {"era": "", "name": "", "month": "0", **match.groupdict()}
    year, month, day = (1 if part[name] == "元" else int(part[name]) for name in ("year", "month", "day"))
    if part["era"]:
        year += _ERAS[part["era"].upper()]
    elif year < 100:
        year += 2000 if year < 70 else 1900
    named = (number for number, name in enumerate(_MONTHS, 1) if name == part["name"].lower())
    return _written(year, month or next(named, 0), day)


_ERAS = {
    **dict.fromkeys(("明治", "M"), 1867), **dict.fromkeys(("大正", "T"), 1911), **dict.fromkeys(("昭和", "S"), 1925),
    **dict.fromkeys(("平成", "H"), 1988), **dict.fromkeys(("令和", "R"), 2018), **dict.fromkeys(("民國", "民国"), 1911),
}  # fmt: skip
"""The years before the first of each."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@cache
def _other_forms() -> tuple[re.Pattern[str], ...]:
    """Compiled where a date is refused, which it seldom is."""
    named = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]{{0,6}}"
    day, year = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", r"(?P<year>\d{4})(?!\d)"
    of_era = rf"(?P<era>{'|'.join(_ERAS)})\.?\s?(?P<year>\d{{1,3}}|元)"
    forms = (
        rf"{of_era}\s?[年/.-]\s?(?P<month>\d{{1,2}})\s?[月/.-]\s?(?P<day>\d{{1,2}})(?!\d)",
        r"(?P<day>\d{1,2})\s?[/.-]\s?(?P<month>\d{1,2})\s?[/.-]\s?(?P<year>\d{4}|\d{2})(?!\d)",
        rf"(?P<day>\d{{1,2}})\s?tháng\s?(?P<month>\d{{1,2}})\D{{1,9}}{year}",
        rf"{day}\W{{0,3}}{named}\W{{0,3}}{year}",
        rf"{named}\W{{0,3}}{day}\W{{0,3}}{year}",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?!\d)",
    )
    return tuple(re.compile(rf"(?<![\w/.-]){form}", re.IGNORECASE) for form in forms)


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "zZ":
        return UTC
    digits = text[1:].replace(":", "")
    if int(digits[2:]) > 59:
        raise ValueError(text)
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if text[0] == "-" else size)
