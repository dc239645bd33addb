"""Dates as authors write them → points in time."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from msgspec import Struct

from .typedyaml import Refused


class Moment(Struct, frozen=True, order=True):
    """A point in time, in UTC; `timed` is False when the author gave a day only."""

    at: datetime
    timed: bool = False

    from_scalar = True


_CLOCK = (
    r"(?:(?:\s+|T|,\s*)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"\s*(?P<offset>Z|[+-]\d{2}:?\d{2})?)?"
)
_FORMS = tuple(
    re.compile(form + _CLOCK + r"\s*\Z", re.IGNORECASE)
    for form in (
        r"\s*(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})",
        r"\s*(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})",
        r"\s*(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日",
    )
)


def parse_moment(text: str, zone: tzinfo) -> Moment:
    """A date, day first (`04/10/2024`), ISO 8601, RFC 3339 or Japanese; raises Refused."""
    for form in _FORMS:
        if match := form.match(text):
            break
    else:
        raise Refused("invalid-date")
    part = match.groupdict()
    year, month, day = int(part["year"]), int(part["month"]), int(part["day"])
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=_offset(part["offset"]) or zone)
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        swapped = f"{month:02}/{day:02}/{year}" if day <= 12 < month <= 31 else None
        raise Refused("impossible-date", nearest=swapped) from None
    return Moment(at, part["hour"] is not None)


def _offset(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in "zZ":
        return UTC
    digits = text[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if text[0] == "-" else size)
