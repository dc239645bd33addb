"""Dates as authors write them → points in time."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from msgspec import Struct

from sitegen.typed_yaml import Refused


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
    r"(?:(?:\s+|T|,\s*)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?)?"
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
    r"\s*(?P<year>\d{4})\s*年?",
)
_FORMS = tuple(re.compile(form + _CLOCK + r"\s*\Z", re.IGNORECASE) for form in _DAYS)
_PERIODS = tuple(re.compile(form + r"\s*\Z") for form in (*_DAYS, *_MONTHS_AND_YEARS))


def parse_moment(text: str, zone: tzinfo) -> Moment:
    """A date, day first (`04/10/2024`), ISO 8601, RFC 3339 or Japanese; raises Refused."""
    for form in _FORMS:
        if match := form.match(text):
            break
    else:
        raise Refused("invalid-date")
    part = match.groupdict()
    year, month, day = (int(part[name]) for name in ("year", "month", "day"))
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=_offset(part["offset"]) or zone)
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _impossible(year, month, day) from None
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


def _impossible(year: int, month: int, day: int) -> Refused:
    swapped = f"{month:02}/{day:02}/{year}" if 1 <= day <= 12 < month <= 31 else None
    return Refused("impossible-date", nearest=swapped)


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "zZ":
        return UTC
    digits = text[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if text[0] == "-" else size)
