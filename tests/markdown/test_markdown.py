"""The Markdown dialect, by pairs of input and expected text."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sitegen.config.settings import MarkdownSettings
from sitegen.i18n.codes import parse_locale
from sitegen.markdown.render import Rendered, render
from sitegen.markdown.rules import install
from sitegen.problems import Place

PAIRS = re.compile(
    r"^## (?P<name>[^\n]+)\n\n(?P<fence>```+)markdown (?P<lang>\w+)\n(?P<text>.*?)^(?P=fence)\n\n"
    r"(?P=fence)html\n(?P<html>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
EXAMPLES = list(PAIRS.finditer((Path(__file__).parents[1] / "examples" / "markdown.md").read_text("utf-8")))


def rendered(text: str, lang: str = "en", path: str = "content/news/a/index.en.md", *, html: bool = False) -> Rendered:
    return render(text, path, 1, parse_locale(lang), MarkdownSettings(html=html))


@pytest.mark.parametrize("pair", EXAMPLES, ids=lambda pair: pair["name"])
def test_pair(pair: re.Match[str]) -> None:
    assert rendered(pair["text"], pair["lang"]).html.strip() == pair["html"].strip()


def test_raw_html_where_the_settings_allow_it() -> None:
    assert rendered("A <b>bold</b> claim", html=True).html == "<p>A <b>bold</b> claim</p>\n"


def test_nul_in_a_text_is_no_marker() -> None:
    assert "\0" not in rendered("a\0b \\0 &#0;").html


def test_references_are_found_with_their_places() -> None:
    text = "One [a](../b/index.md#x \"T\").\n\nTwo [c](../b/index.md#x)\nand ![p *q*](w%20s.svg 'cap') [z](/vi/)\n"
    found = rendered(text)
    assert [(r.kind, r.target, r.fragment, r.alt, r.title, r.line, r.column) for r in found.references] == [
        ("document", "news/b/index.md", "x", "", "T", 1, 9),
        ("document", "news/b/index.md", "x", "", "", 3, 9),
        ("picture", "news/a/w s.svg", "", "p q", "cap", 4, 14),
        ("address", "/vi/", "", "", "", 4, 35),
    ]
    assert '<a\0000\0 title="T">' in found.html


def test_reference_definitions_elsewhere_in_the_text() -> None:
    found = rendered("See [the text][t].\n\n[t]: ../b/index.md\n")
    assert (found.references[0].line, found.references[0].column) == (3, 6)


def test_first_paragraph_is_the_lead() -> None:
    text = "![p](https://example.org/a.png)\n\n> Quote.\n\n**Bold**[^1] `code` {環境|かんきょう}\nand more.\n"
    assert rendered(f"{text}\nSecond.\n\n[^1]: n\n").lead == "Bold code 環境 and more."


def test_unknown_heading_is_named_with_its_place() -> None:
    (found,) = rendered("## Fields\n\n[x](#field)\n").problems
    assert (found.code, found.place, found.hint) == (
        "broken-fragment",
        Place("content/news/a/index.en.md", 3, 5),
        "Did you mean #fields?",
    )


OURS, THEIRS = MarkdownIt("commonmark"), MarkdownIt("commonmark")
install(OURS, "ja")


@given(st.text(alphabet="ab *_()\"'[].,~\n", max_size=40))
@settings(max_examples=500, deadline=None)
def test_commonmark_of_latin_text_is_as_it_was(text: str) -> None:
    """Our rules change only what stands beside Chinese or Japanese."""
    assert OURS.render(text) == THEIRS.render(text)
