"""Blocks of nothing but text give the same with their short way and without, whatever is around them."""

from unittest.mock import patch

import pytest
from babel import Locale
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from markdown_it.rules_block import StateBlock

from sitegen.config.settings import MarkdownSettings
from sitegen.markdown.plain import plain_block
from sitegen.markdown.render import Rendered, render
from tests.markdown.test_parser import PIECES, spec

LINES = [
    "", "", "", "One line of text.", "環境の話。", "Rác thải nhựa ", "\ttab", " indented", "    code", "- one",
    "- two ",
    "-  wide", "- ", "-", "* star", "* star two", "+ plus", "- [a](b.md)", "- # heading", "- - nested", "  - below",
    "  goes on", "1. first", "---", "===", "| a | b |", "|---|:-:|", "|:--|--:|", "| c | d |", "| c |",
    "| `c` | d |", "||x|", "|a|b| ", " | a | b |", "a | b", "--- | ---", "Term", ": definition", "> quoted",
    "::: note", ":::", "## Heading", "# First", "[^1]", "[^1]: note", "[a]: /b", "```", "<b>html</b>", "(c) 2024",
    "“quoted”", '"quoted"', "a -- b", "wait...", "a & b", "2024 was a year", "\u00a0", "\u3000字", "- \u3000字",
    "word  ", "_em_", "![p](q.png)",
]  # fmt: skip


def rendered(text: str, lang: str = "ja") -> Rendered:
    return render(text, "content/news/a.ja.md", 5, Locale.parse(lang), MarkdownSettings())


def assert_same(text: str) -> None:
    with patch("sitegen.markdown.parser.plain_block", lambda state, line: False):
        slow = rendered(text)
    assert rendered(text) == slow, text


def test_every_example_of_commonmark() -> None:
    for text, _ in spec():
        assert_same(text)


@settings(phases=[Phase.generate], max_examples=700, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=12).map("\n".join))
def test_random_lines(text: str) -> None:
    assert_same(text)


@settings(phases=[Phase.generate], max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, "\n\nText.\n\n", "\n\n- a\n- b\n\n"]), max_size=25).map("".join))
def test_random_pieces(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize(
    "text",
    [
        "Only text.\n",
        "Last line without an end",
        "Text\n\n\nText\n",
        "- a\n- b\n",
        "- a\n- b\n\nText\n",
        "- a\n- b\n\n- c\n",
        "- a\n- b\n\n  goes on\n",
        "| a | b |\n|---|:-:|\n| c | d |\n",
        "| a | |\n|---|---|\n",
        "| a | b |\n|---|---|\n\nText\n",
    ],
)
def test_the_short_way_is_taken(text: str) -> None:
    """And what comes of it is the same: a table or list that goes on is the library's."""
    taken: list[bool] = []

    def noted(state: StateBlock, line: int) -> bool:
        taken.append(plain_block(state, line))
        return taken[-1]

    with patch("sitegen.markdown.parser.plain_block", noted):
        rendered(text)
    goes_on = "- c" in text or "goes on" in text
    assert taken[0] is not goes_on
    assert_same(text)
