"""Prose: excerpts, by a table that a translator could edit, reading times, names that are kept together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.i18n.typography import excerpt, is_cjk, mark_names, mark_names_in_html, reading_minutes
from tests.test_text import table


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


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("Việt Namese, một Việt Nam", 'Việt Namese, một <span class="name">Việt Nam</span>'),
        ("<b>Côte d'Ivoire", '&lt;b&gt;<span class="name long">Côte d&#39;Ivoire</span>'),
        ("tiếng việt nam", "tiếng việt nam"),
    ],
)
def test_a_name_is_a_whole_word_as_it_is_written(text: str, marked: str) -> None:
    assert mark_names(text, ("Việt Nam", "Côte d'Ivoire", " ")) == marked
    assert mark_names(mark_names(text, ("Việt Nam",)), ("một",)) == mark_names(text, ("Việt Nam",))


def test_markers_of_references_are_left_alone() -> None:
    html = "<p>\x007\0 <summary>\0data\0</summary>"
    assert mark_names_in_html(f"{html}7", ("7", "data")) == f'{html}<span class="name word">7</span>'


def test_what_is_no_text_is_left_alone() -> None:
    code = '<a title="Hà Nội"><!-- Hà Nội --><PRE>Hà Nội</PRE><code class="x">Hà <b>Nội</b> Hà Nội</code>'
    assert mark_names_in_html(code, ("Hà Nội", "Hà")) == code
    assert (
        mark_names_in_html("<p>Hà Nội, Hà", ("Hà", "Hà Nội"))
        == '<p><span class="name">Hà Nội</span>, <span class="name word">Hà</span>'
    )
