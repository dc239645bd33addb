"""Dates, by a table that a translator could edit."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.i18n.dates import parse_moment
from sitegen.typed_yaml import Refused
from tests.test_text import table


@pytest.mark.parametrize(("written", "means"), table("dates.md"))
def test_dates(written: str, means: str) -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    if means.endswith("-date"):
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
