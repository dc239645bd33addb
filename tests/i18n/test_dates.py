"""Dates, by a table that a translator could edit."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.i18n.dates import parse_moment
from sitegen.i18n.zones import in_zone
from sitegen.typed_yaml.shapes import Refused
from tests.test_text import table


@pytest.mark.parametrize(("written", "means"), table("dates.md"))
def test_dates(written: str, means: str) -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    if means.endswith(("-date", "-time")):
        with pytest.raises(Refused, match=means):
            parse_moment(written, zone)
    else:
        moment = parse_moment(written, zone)
        assert (moment.at, moment.timed) == (datetime.fromisoformat(means.split()[0]), means.endswith(" timed"))


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(9000, 1, 1)))
def test_day_comes_first_whatever_the_day(day: date) -> None:
    zone = ZoneInfo("Asia/Tokyo")
    for written in (f"{day:%d/%m}/{day.year}", f"{day.year}-{day:%m-%d}", f"{day.year}年{day.month}月{day.day}日"):
        assert parse_moment(written, zone).at.astimezone(zone).date() == day


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from(sorted(available_timezones())))
def test_offsets_for_machines_are_whole_minutes(at: datetime, name: str) -> None:
    try:
        moment = parse_moment(at.isoformat(timespec="seconds"), ZoneInfo(name))
    except Refused:
        assert at.year in (1, 9999)
        return
    local = in_zone(moment.at, ZoneInfo(name))
    assert local == moment.at
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", local.isoformat(timespec="seconds"))


@given(st.dates(date(2, 1, 1), date(9998, 1, 1)), st.sampled_from(sorted(available_timezones())))
def test_a_day_begins_within_itself(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    assert in_zone(parse_moment(day.isoformat(), zone).at, zone).date() == day


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("04/10/24", "04/10/2024"),
        ("4.10.99", "04/10/1999"),
        ("04/10-2024", "04/10/2024"),
        ("Thứ Sáu, 04/10/2024", "04/10/2024"),
        ("4 tháng 10, 2024", "04/10/2024"),
        ("4 October 2024", "04/10/2024"),
        ("Fri, 04 Oct 2024 09:30:00 +0700", "04/10/2024"),
        ("20241004", "04/10/2024"),
        ("令和元年5月1日", "01/05/2019"),
        ("平成31年4月30日", "30/04/2019"),
        ("s64.1.7", "07/01/1989"),
        ("民國113年10月4日", "04/10/2024"),
        ("29/02/2567", "29/02/2024"),
        ("30/02/24", None),
        ("tomorrow", None),
        ("04/10", None),
        (f"{'9' * 100_000}", None),
        (f"{' ' * 100_000}4/10/24", None),
    ],
)
def test_what_was_meant(written: str, nearest: str | None) -> None:
    with pytest.raises(Refused) as refused:
        parse_moment(written, UTC)
    assert (refused.value.code, refused.value.arguments) == ("invalid-date", {"nearest": nearest})


@pytest.mark.parametrize("written", ["9999-12-31T23:00:00Z", "0001-01-01", "31/02/2024"])
def test_no_day_of_the_calendar(written: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_moment(written, ZoneInfo("Asia/Ho_Chi_Minh"))
    assert (refused.value.code, refused.value.arguments) == ("impossible-date", {"nearest": None})
