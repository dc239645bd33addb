"""Our parsers give what markdown-it's own give: by the examples of CommonMark, and by random texts."""

import re
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from sitegen.markdown.parser.parsers import use
from sitegen.markdown.renderer import Renderer
from sitegen.markdown.rules import install
from tests.conftest import PROJECT

SPEC = PROJECT / ".tools" / "node_modules" / "commonmark-spec" / "spec.txt"
EXAMPLE = re.compile(r"^`{32} example\n(?P<text>.*?)^\.\n(?P<html>.*?)^`{32}$", re.MULTILINE | re.DOTALL)


def spec() -> list[tuple[str, str]]:
    """All examples of CommonMark 0.31.2: text and HTML."""
    if not SPEC.exists():
        pytest.skip("the CommonMark specification is not installed")
    found = EXAMPLE.finditer(SPEC.read_text("utf-8").partition("<!-- END TESTS -->")[0])
    return [(match["text"].replace("→", "\t"), match["html"].replace("→", "\t")) for match in found]


def dialect(*, html: bool = True) -> MarkdownIt:
    """All that our Markdown knows, in markdown-it's own parsers; soft line breaks are texts, as in ours."""
    md = MarkdownIt("commonmark", {"html": html, "typographer": True})
    md.enable(["table", "strikethrough", "replacements", "smartquotes"])
    md.use(footnote_plugin).use(deflist_plugin)
    install(md, "ja")
    md.core.ruler.before("replacements", "soft_breaks", soft_breaks)
    return md


def soft_breaks(state: StateCore) -> None:
    for token in state.tokens:
        token.children = token.children and joined(token.children)


def joined(tokens: list[Token]) -> list[Token]:
    out: list[Token] = []
    for token in tokens:
        if token.type == "softbreak":
            token.type, token.tag, token.content = "text", "", "\n"
        token.children = token.children and joined(token.children)
        if token.type == "text" and out and out[-1].type == "text":
            out[-1].content += token.content
        else:
            out.append(token)
    return out


STOCK, OURS, PLAIN = dialect(), dialect(), MarkdownIt("commonmark")
STOCK_WITHOUT_HTML, OURS_WITHOUT_HTML = dialect(html=False), dialect(html=False)
for quick in (OURS, OURS_WITHOUT_HTML, PLAIN):
    use(quick)


def assert_same(text: str) -> None:
    """As our Markdown is read: always with an end to its last line."""
    text += "" if text.endswith("\n") else "\n"
    assert told(OURS, text) == told(STOCK, text), text
    assert told(OURS_WITHOUT_HTML, text) == told(STOCK_WITHOUT_HTML, text), text


def told(md: MarkdownIt, text: str) -> list[dict[str, Any]]:
    """All that tokens say, but for texts of nothing: the library leaves them where a delimiter was."""
    return [as_dict(token) for token in md.parse(text)]


def as_dict(token: Token) -> dict[str, Any]:
    """The same of the library's tokens and of ours."""
    told = {field.name: getattr(token, field.name) for field in fields(Token)}
    told["children"] = [as_dict(child) for child in token.children or () if child.type != "text" or child.content]
    return told


def test_every_example_of_commonmark() -> None:
    examples = spec()
    assert len(examples) > 600
    for text, html in examples:
        assert PLAIN.render(text).replace("<blockquote></blockquote>", "<blockquote>\n</blockquote>") == html


def test_tags_are_written_as_the_library_writes_them() -> None:
    """Of all that has no form of our own."""
    quick, slow = Renderer(), RendererHTML()
    quick.rules = slow.rules
    for text, _ in spec():
        tokens = PLAIN.parse(text)
        assert quick.render(tokens, PLAIN.options, {}) == slow.render(tokens, PLAIN.options, {}), text


def test_every_example_within_lists_quotes_and_our_dialect() -> None:
    for text, _ in spec():
        lines = text.split("\n")
        for before, rest in (
            ("", ""),
            ("> ", "> "),
            ("- ", "  "),
            ("1. ", "   "),
            ("> - ", ">   "),
            ("[^1]: ", "    "),
        ):
            assert_same("\n".join([before + lines[0], *(rest + line for line in lines[1:])]))
        assert_same(f":::note\n{text}:::\n\n[^1] ^[in {text}]")


PIECES = [
    *"\n\n\n   \t#>-*+_`~:|=.!?<>()[]{}^&\\\"'/019aé環、。",
    "- ", "1. ", "> ", "    ", "```", "~~~", ":::", "::: note\n", "| a | b |\n|---|:-:|\n", "---\n", "===\n", ": def\n",
    "[a]: /b\n", "[a b]:  c/d#e \n", "[ ]: /b\n", "[A]",
    "[^1]", "[^1]: note\n", "^[x]", "[a]: /b 'c'\n", "[a]", "![p](q.svg)", "[t](u.md#v)", "<https://a.vn>", "<b>",
    "<!-- c -->", "<!--", "-->", "https://", "https://a.vn/x", "{.c}", "{{ x }}", "{#i .c}",
    "> [!NOTE] T\n", ":::tip[T]\n", "CO<sub>2</sub>", "~~「旧」~~",
    "&amp;", "{環|かん}", "**", "~~", "  \n", "\\\n", "\u00a0", "\u3000", "word", "これは**「重要」**です",
]  # fmt: skip


@settings(phases=[Phase.generate], max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_random_texts(text: str) -> None:
    assert_same(text)


ROWS = [
    "|",
    "|",
    "|",
    "\\",
    "\\|",
    "-",
    "--",
    ":",
    " ",
    "\t",
    "a",
    "`",
    "\n",
    "\n|-|-|\n",
    "\n|a|b|\n|:-|-:|\n",
    "> ",
    "- ",
    "    ",
]


@settings(phases=[Phase.generate], max_examples=1000, deadline=None)
@given(st.lists(st.sampled_from(ROWS), max_size=25).map("".join))
def test_random_tables(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize(
    "text",
    [
        "> " * 30 + "x\n",
        "- " * 30 + "x\n",
        "[" * 40 + "a" + "]" * 40 + "(b)\n",
        "![" * 30 + "a" + "](b)" * 30,
    ],
    ids=["quotes", "lists", "brackets", "pictures"],
)
def test_where_the_library_stops(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize("text", ["", "a", "# a", "- a\n- b", "    code", "a\n  "])
def test_texts_without_a_last_line(text: str) -> None:
    assert told(PLAIN, text) == told(MarkdownIt("commonmark"), text)
