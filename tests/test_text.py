"""Text and dates, by tables that a translator could edit."""

import unicodedata
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.i18n.collation import sort_key
from sitegen.i18n.dates import parse_moment
from sitegen.i18n.typography import excerpt, is_cjk, reading_minutes
from sitegen.text import fold, nfc, slug, unique_slug
from sitegen.typed_yaml import Refused

EXAMPLES = Path(__file__).parent / "examples"


def table(name: str) -> list[tuple[str, str]]:
    """The rows of the table in an example file."""
    rows = [line.strip("|").split("|") for line in (EXAMPLES / name).read_text("utf-8").splitlines() if line[:1] == "|"]
    return [(left.strip(), right.strip()) for left, right in rows[2:]]


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


@pytest.mark.parametrize(("written", "becomes"), table("slugs.md"))
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_slugs(written: str, becomes: str, form: str) -> None:
    assert slug(unicodedata.normalize(form, written)) == becomes  # type: ignore[arg-type]


@given(st.text())
def test_a_slug_stays_what_it_is(text: str) -> None:
    made = slug(text)
    assert slug(made) == made
    assert not set(made) & set("/\\ ?#%&")


def test_slugs_are_numbered_where_taken() -> None:
    assert unique_slug("Đổi", ["doi", "doi-2"], "section") == "doi-3"
    assert unique_slug("!", [], "section") == "section"


@pytest.mark.parametrize(("text", "summary"), table("excerpts.md"))
def test_excerpts(text: str, summary: str) -> None:
    assert excerpt(text, 40) == summary


@given(st.text(), st.integers(1, 300))
def test_an_excerpt_is_never_longer(text: str, limit: int) -> None:
    made = excerpt(text, limit).removesuffix("…")
    assert sum(2 if is_cjk(character) else 1 for character in made) <= limit


def test_reading_time() -> None:
    assert reading_minutes("") == 1
    assert reading_minutes("word " * 1100) == 5
    assert reading_minutes("環境" * 1250) == 5


def test_names_are_folded() -> None:
    assert fold("  KHÍ\u00a0 HẬU ") == fold(unicodedata.normalize("NFD", "khí hậu"))
    assert fold("ＪＣＭ") == "jcm"
    assert nfc("e\u0301") == "é"


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_order(lang: str, form: str) -> None:
    sections = (EXAMPLES / "order.md").read_text("utf-8").split("\n## ")
    wanted = next(section for section in sections if section.startswith(f"{lang}\n")).split("\n- ")[1:]
    names = [unicodedata.normalize(form, name.strip()) for name in wanted]  # type: ignore[arg-type]
    jumbled = sorted(names, key=str.__len__)
    assert sorted(jumbled, key=lambda name: sort_key(name, lang)) == names
