"""Slugs and normal forms, by tables that a translator could edit."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.text import fold, nfc, slug, unique_slug

EXAMPLES = Path(__file__).parent / "examples"


def table(name: str) -> list[tuple[str, str]]:
    """The rows of the table in an example file."""
    rows = [line.strip("|").split("|") for line in (EXAMPLES / name).read_text("utf-8").splitlines() if line[:1] == "|"]
    return [(left.strip(), right.strip()) for left, right in rows[2:]]


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


def test_names_are_folded() -> None:
    assert fold("  KHÍ\u00a0 HẬU ") == fold(unicodedata.normalize("NFD", "khí hậu"))
    assert fold("ＪＣＭ") == "jcm"
    assert nfc("e\u0301") == "é"
