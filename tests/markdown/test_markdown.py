"""The Markdown dialect, by pairs of input and expected text."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sitegen.config.settings import MarkdownSettings
from sitegen.i18n.codes import parse_locale
from sitegen.markdown.references import Markers
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


def test_what_a_text_says_is_no_marker() -> None:
    found = rendered("[a](/b/)\n\n<https://example.org/%000%00%00data%00>\n\n::: details\nx\n:::\n")
    assert found.html.split("\0")[1::2] == ["0", "details"]
    sign = Markers("a text").mark(0)
    assert Markers("another").settle(f"a{sign}b\0c") == "a" + sign.replace("\0", "") + "bc"


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


def codes_and_places(text: str, lang: str = "en", *, html: bool = False) -> list[tuple[str, int, int]]:
    return [(p.code, p.place.line, p.place.column) for p in rendered(text, lang, html=html).problems]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a <!-- b\n\nc -->", [("comment-not-closed", 1, 3)]),
        ("- a\n- <!--\n  b\n", [("comment-not-closed", 2, 3)]),
        ("> a\n>\n> <!-- b\n\nc -->", [("comment-not-closed", 3, 3)]),
        ("`<!--` a\n<!-- b", [("comment-not-closed", 2, 1)]),
        ("`<!-- a` b <!-- c", [("comment-not-closed", 1, 12)]),
        ("| `<!--` | <!-- |\n|---|---|\n", [("comment-not-closed", 1, 12)]),
        ("```\n<!-- a\n```\n\n    <!-- b\n\n\\<!-- c `<!--`\n", []),
        ("`<b>` <b>\n\n> <b>c</b>\n> <i>", [("raw-html", 1, 7), ("raw-html", 4, 3)]),
        ("<details>\n<summary>A</summary>\n", [("raw-html", 1, 1), ("raw-html", 2, 1)]),
        ("List<String> and a < b, c <d, <d@e.vn>, <https://a.vn>", [("raw-html", 1, 5)]),
        ("<Chart data={x} />\n\n<?php x ?>\n\n<!DOCTYPE html>", [("raw-html", n, 1) for n in (1, 3, 5)]),
        ("[a <u>b</u>](https://a.vn)", [("raw-html", 1, 4)]),
        ("a <sub>b", [("unbalanced-tag", 1, 3)]),
        ("a</sub> b</br>", [("unbalanced-tag", 1, 2), ("unbalanced-tag", 1, 10)]),
        ("<sub><sup>a</sub></sup>", [("unbalanced-tag", 1, 6), ("unbalanced-tag", 1, 18)]),
        ("<sub/>a", [("unbalanced-tag", 1, 1)]),
        ("## <sub>a", [("unbalanced-tag", 1, 4)]),
        ("^[note <sub>b]", [("unbalanced-tag", 1, 8)]),
        ("::: note\n::: tip\n:::", [("container-not-closed", 1, 1)]),
        (":::: note\n::: tip\n::::", [("container-not-closed", 2, 1)]),
        ("> ::: note\n> a\n\nb", [("container-not-closed", 1, 3)]),
        ("> ::: note\n> a\n:::", [("container-not-closed", 1, 3), ("container-without-start", 3, 1)]),
        ("- ::: note\n  a\n\nb", [("container-not-closed", 1, 3)]),
        ("::: note\n- ::: tip\n  a\n  :::\n:::", []),
        ("::: note\n~~~\n:::\n~~~\n:::", []),
        ("::: note\n```\n:::\n", [("container-not-closed", 1, 1), ("fence-not-closed", 2, 1)]),
        ("a\n:::\nb\n\n    :::\n\n`:::`", [("container-without-start", 2, 1)]),
        ("::: メモ\na\n:::", [("unknown-container", 1, 1)]),
        ("> [!abstract]\n> a", [("unknown-container", 1, 1)]),
        ("```\na\n~~~", [("fence-not-closed", 1, 1)]),
        ("> ```\n> a\n\nb", [("fence-not-closed", 1, 3)]),
        ("````\n```\n````\n\n- ~~~\n  a\n  ~~~\n", []),
        ("```", [("fence-not-closed", 1, 1)]),
        ("a\n[b]()", [("empty-target", 2, 1)]),
        ("![b]() ![](<>)", [("empty-target", 1, 1), ("empty-target", 1, 8)]),
        ("[![b](https://a.vn/)]()", [("empty-target", 1, 21), ("picture-elsewhere", 1, 7)]),
        ("[a](#top) [b](#TOP) [c](#Top)", []),
        ("# A\n\n[a](#)", [("link-to-top", 3, 1)]),
        ("[//]: # (a comment)\n[c]: <> (too)\n\ntext", []),
        ("> [a](file:///C:/b.pdf)", [("unusable-target", 1, 7)]),
        ("[a](D:/b.pdf) [b](d:\\c)", [("unusable-target", 1, 5), ("unusable-target", 1, 19)]),
        ("[a](JavaScript:x)", [("unusable-target", 1, 5)]),
        ("[a](https:/b.vn) [b](https://)", [("unusable-target", 1, 5), ("unusable-target", 1, 22)]),
        ("[a](tel:+84123) [b](mailto:a@b.vn) [c](//b.vn/) [d](?e=f)", []),
        ("![a](my photo.png) ![b](c d)", [("space-in-target", 1, 1), ("space-in-target", 1, 20)]),
        ("[![a](b c.png)](https://a.vn)", [("space-in-target", 1, 2)]),
        ("[a](b c.pdf 'T') [b](c d/e)", [("space-in-target", 1, 1), ("space-in-target", 1, 18)]),
        ("[1](see there) \\[a](b c.pdf) `[a](b c.pdf)` [a](<b c>)", []),
        ("{{ a }}\n{% b %}\n", [("template-marks", 1, 1), ("template-marks", 2, 1)]),
        ("`{{ a }}` {{ b }} \\{{ c }} {環境|かん} {{d", [("template-marks", 1, 11)]),
        ("# {{< a >}}\n\n| {{% b %}} |\n|---|\n", [("template-marks", 1, 3), ("template-marks", 3, 3)]),
        ("import A from './a'\n\nimport './b'\n", [("template-marks", 1, 1), ("template-marks", 3, 1)]),
        ("export const a = 1", [("template-marks", 1, 1)]),
        ("https://環境 https:// HTTPS:/a x://b.vn", []),
        ("[a](../../../b.pdf)", [("climbs-out", 1, 5)]),
        ("[a](&#x71;.md#b) ![c](//&#x78;.vn/d)", [("picture-elsewhere", 1, 1)]),
        ("import duties on \"steel\" rise\n\nexport of goods", []),
        ("## A {#b}\n\n## C {#b}\n", [("duplicate-id", 3, 7)]),
        ("## A {#_b}\n", [("reserved-id", 1, 7)]),
        ("a[^1]\n\n## B {#fnref1}\n\n[^1]: c", [("reserved-id", 3, 7)]),
        ("## Fn1\n\n## Fnref1\n\na[^1], [b](#fn1)\n\n[^1]: c", []),
    ],
)  # fmt: skip
def test_what_authors_are_told(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert codes_and_places(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<img src='https://a.vn/b.png' alt=''>", [("picture-elsewhere", 1, 11)]),
        ("<div><img src=//a.vn/b.png></div>", [("picture-without-alt", 1, 15), ("picture-elsewhere", 1, 15)]),
        ("<a href=''>a</a> <a href='file:///a'>b</a>", [("empty-target", 1, 1), ("unusable-target", 1, 27)]),
        ("<a id='x'></a>\n\n## A {#x}\n\n<p id=\"x\">", [("duplicate-id", 3, 7), ("duplicate-id", 5, 8)]),
        ("<a name='x'></a> <b id='_y'>b</b>\n\n[a](#X) [b](#z)", [("reserved-id", 1, 25), ("broken-fragment", 3, 13)]),
        ("<div>\n<!-- a\n\nb --></div>", [("comment-not-closed", 2, 1)]),
        ("<div>\n<!-- <img src=''> -->\n</div>\n\n<script>\n'<img src=\"\">'\n</script>", []),
        ("<Chart a=1 /> {{ x }}", [("template-marks", 1, 15)]),
        ("<video src='/a.mp4' poster=''></video>", [("empty-target", 1, 1)]),
        ("<sub>a", []),
    ],
)  # fmt: skip
def test_what_authors_of_html_are_told(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert codes_and_places(text, html=True) == expected


def test_raw_html_refers_as_markdown_does() -> None:
    text = (
        "A <a class=x href=\"../b/index.md?q=1&amp;r#Kết-quả\" title='T'>b</a>\n\n<figure>\n"
        '<img src="a b.jpg" alt="c" width=9 SRCSET="c.jpg 1x, https://example.org/d.jpg 2x">\n</figure>\n\n'
        "<video poster=p.png src=v.mp4></video> <iframe src='/x/'></iframe> <a href='#A' hreflang=en>d</a>\n"
        "\n## Á {#a}\n"
    )
    found = rendered(text, html=True)
    assert [(r.kind, r.target, r.query, r.fragment, r.line, r.column) for r in found.references] == [
        ("document", "news/b/index.md", "?q=1&r", "Kết-quả", 1, 20),
        ("picture", "news/a/a b.jpg", "", "", 4, 11),
        ("picture", "news/a/c.jpg", "", "", 4, 44),
        ("picture", "news/a/p.png", "", "", 7, 15),
        ("file", "news/a/v.mp4", "", "", 7, 25),
        ("address", "/x/", "", "", 7, 53),
    ]
    assert "<p>A <a class=x\0000\0 title='T'>b</a></p>" in found.html
    assert '<img src="\0001@\0" alt="c" width=9 SRCSET="\0002@\0 1x, https://example.org/d.jpg 2x">' in found.html
    assert '<video poster="\0003@\0" src="\0004@\0"></video> <iframe src="\0005@\0"></iframe>' in found.html
    assert '<a href="#a" hreflang=en>d</a>' in found.html


@pytest.mark.parametrize("html", [False, True])
def test_comments_are_nowhere(html: bool) -> None:
    text = "<!-- X -->\n\n## H <!-- X -->\n\nLead <!-- X X -->.\n\n<!--\nX\n\nX -->\n\n> q <!-- X -->\n\n[a <!-- X -->](https://b.vn)"
    found = rendered(text + "\n<!-- X" + " X" * 2000 + " -->", html=html)
    assert ("X" in found.html, found.lead, found.headings[0].title, found.minutes) == (False, "Lead .", "H", 1)
    assert found.problems == ()


def test_what_is_not_told_to_anybody() -> None:
    """A text may be parsed for itself."""
    md = MarkdownIt("commonmark", {"html": False})
    install(md, "en")
    text = "<!-- a\n\n::: note\n:::\n:::\n\n<u> <sub> {{ a }} [a](b c.md) <!--\n"
    assert md.render(f"{text}") == ""
    assert "&lt;sub&gt; {{ a }} [a](b c.md) &lt;!--" in md.render(text.partition("\n\n")[2])


def test_line_breaks_around_tags_are_no_spaces_between_wide_characters() -> None:
    """Each of them is between the same two characters."""
    assert (
        rendered("日\n<b>\n本</b>\n\na\n<b>\n本</b>", html=True).html == "<p>日<b>本</b></p>\n<p>a\n<b>\n本</b></p>\n"
    )
    assert rendered("日\n<b>\n<i>\n本", html=True).html == "<p>日<b><i>本</p>\n"
