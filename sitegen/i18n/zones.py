"""Moments in a time zone as machines read them; apart from dates as authors write them, for builds that read none."""

from datetime import datetime, timedelta, timezone, tzinfo


def in_zone(at: datetime, zone: tzinfo) -> datetime:
    """The same moment in a zone, with an offset of whole minutes, as RFC 3339 has them (section 4.2): mean times of old
    had seconds. It is rounded up, so that the beginning of a day lies in that day."""
    local = at.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    return at.astimezone(timezone(-(-offset // _MINUTE) * _MINUTE)) if offset % _MINUTE else local


_MINUTE = timedelta(minutes=1)
