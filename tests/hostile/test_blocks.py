"""Blocks of Markdown by the thousand, or of great length: lists, quotes, containers, tables, references and all others.

Names say what is repeated, or long.
"""

from collections.abc import Callable, Mapping

import msgspec
import pytest

from sitegen.config.settings import Config
from sitegen.site.document import parse
from tests.support.sites import settings

from .growth import check_growth
from .test_texts import HEAD, repeated

Text = Callable[[int], str]

PLAIN = settings()
WITH_HTML = msgspec.structs.replace(PLAIN, markdown=msgspec.structs.replace(PLAIN.markdown, html=True))


def counted(fragment: str, before: str = "", after: str = "") -> Text:
    """Fragments with # for their number."""

    def made(size: int) -> str:
        count = size // (len(fragment.encode()) + 3)
        return f"{HEAD}{before}{''.join(fragment.replace('#', str(number)) for number in range(count))}{after}\n"

    return made


def growing(fragment: str, line: str) -> Text:
    """Lines, each with one fragment more in front of it than the one before."""

    def made(size: int) -> str:
        count = int((2 * size / len(fragment)) ** 0.5)
        return HEAD + "".join(f"{fragment * number}{line}\n" for number in range(1, count))

    return made


def square(cell: str, rule: str, row: str) -> Text:
    """A table as wide as it is high."""

    def made(size: int) -> str:
        side = int((size // 4) ** 0.5)
        return f"{HEAD}{cell * side}|\n{rule * side}|\n" + f"{row}\n" * side

    return made


def halves(first: str, second: str, between: str = "") -> Text:
    """Two repetitions, one behind the other."""

    def made(size: int) -> str:
        parts = (fragment * (size // 2 // len(fragment.encode())) for fragment in (first, second))
        return HEAD + between.join(parts) + "\n"

    return made


TIMELINES = {
    "timeline": repeated("- 2024: x\n", "::: timeline\n", ":::"),
    "timelines": repeated("::: timeline\n- 2024: x\n:::\n"),
    "dates of digits": repeated("1 ", "::: timeline\n- ", "\n:::"),
    "dates of digits and a colon": repeated("1 ", "::: timeline\n- ", ": x\n:::"),
    "spaces behind a year": repeated(" ", "::: timeline\n- 2024", "x: y\n:::"),
    "spaces around a sign": repeated(" ", "::: timeline\n- 2024", "年&nbsp;: y\n:::"),
    "no-break spaces": repeated("\u00a0", "::: timeline\n- 2024", "x: y\n:::"),
    "entries without dates": repeated("- x\n", "::: timeline\n", ":::"),
}
HEADINGS = {
    "headings": counted("# h#\n"),
    "equal headings": repeated("# a\n"),
    "numbered headings": counted("# a\n# a-#\n"),
    "empty headings": repeated("#\n"),
    "spaces in a heading": repeated(" ", "# a", "b"),
    "words in a heading": repeated("a ", "# "),
    "signs in a heading": repeated("# ", "# "),
    "ids": counted("# a {#b#}\n"),
    "ids that are taken": repeated("# a {#b}\n"),
    "underlined": repeated("a\n---\n"),
    "many lines underlined": repeated("a\n", after="==="),
    "braces at an end": repeated("{.b} ", "# a "),
    "attributes": repeated(".b ", "# a {", "}"),
    "attributes that are none": repeated(".b ", "# a {", '"}'),
    "comments at an end": repeated("<!-- -->", "# a "),
    "ends of comments": repeated("-->", "# a <!--"),
    "spaces before comments": repeated("   <!-- -->", "# a"),
    "fragments that are broken": counted("# a#\n\n[x](#b#)\n\n"),
    "fragments in other letters": counted("# A#\n\n[x](#A#)\n\n"),
}
LISTS = {
    "items": repeated("- a\n"),
    "numbered items": counted("#. a\n"),
    "loose items": repeated("- a\n\n"),
    "lazy lines in an item": repeated("b\n", "- a\n"),
    "items with lazy lines": repeated("- a\nb\n"),
    "items in items": repeated("- - - - - - a\n"),
    "items deeper and deeper": growing("  ", "- a"),
    "many signs": repeated("- "),
    "lists by turns": repeated("- a\n* b\n+ c\n"),
    "empty items": repeated("-\n"),
    "blank lines in an item": repeated("\n", "- - - - a", "  b"),
    "code in items": repeated("- a\n\n      b\n"),
    "deep, then long": repeated("a\n", "- " * 15),
    "definitions": repeated("a\n: b\n"),
    "definitions of one term": repeated(": b\n", "a\n"),
    "definitions in definitions": repeated(": ", "a\n", "b"),
    "lazy lines in a definition": repeated("c\n", "a\n: b\n"),
    "definitions deeper and deeper": growing("  ", "a\n: b"),
}
QUOTES = {
    "quotes": repeated("> a\n\n"),
    "lines of a quote": repeated("> a\n"),
    "lazy lines in a quote": repeated("b\n", "> a\n"),
    "quotes with lazy lines": repeated("> a\nb\n"),
    "deep quotes with lazy lines": repeated("b\n", "> " * 38 + "a\n"),
    "deep quotes by turns": repeated("> " * 38 + "a\n" + "b\n" * 38),
    "quotes deeper and deeper": growing(">", " a"),
    "many marks": repeated(">"),
    "lists in quotes": repeated("> - "),
    "alerts": repeated("> [!NOTE]\n> a\n\n"),
    "alerts of no kind": counted("> [!X#]\n> a\n\n"),
}
CONTAINERS = {
    "containers": repeated("::: note\na\n:::\n"),
    "containers without ends": repeated("::: note\n"),
    "text in containers without ends": repeated("::: note\na\n\n"),
    "ends": repeated(":::\n"),
    "more and more colons": growing(":", ":: note"),
    "containers within others": repeated("::::: note\n::: tip\n"),
    "beginnings, then ends": halves("::: note\n", ":::\n"),
    "ends of other lengths": halves(":::: note\n", ":::\n"),
    "containers in lists": repeated("- ::: note\n"),
    "containers in quotes": repeated("> ::: note\n\n"),
    "containers that are unknown": counted("::: x#\n:::\n"),
    "colons in a title": repeated(": ::", "::: note ", "x"),
    "brackets in a title": repeated("[", "::: note"),
    "fences in containers": repeated("::: note\n```\n"),
}
FENCES = {
    "fences": repeated("```\n"),
    "fences of two kinds": repeated("```\n~~~\n"),
    "longer and longer fences": growing("`", "``"),
    "fences in lists": repeated("- ```\n"),
    "fences in quotes": repeated("> ```\n\n"),
    "spaces behind a fence": repeated(" ", "```", "x"),
    "marks behind a fence": repeated("`", "``` "),
    "indented": repeated("    a\n\n"),
    "deeper and deeper": growing(" ", "a"),
    "tabs": repeated("\t", "- a\n\n", "b"),
    "rules": repeated("***\n"),
    "rules that are none": repeated("* ", after="a"),
}
TABLES = {
    "columns": halves("|a", "|-", "|\n"),
    "rows": repeated("|b|\n", "|a|\n|-|\n"),
    "tables": repeated("|a|\n|-|\n\n"),
    "heads": repeated("|a|\n|-|\n"),
    "heads of other widths": repeated("a|b\n-|-|-\n"),
    "empty cells": square("|a", "|-", "|"),
    "tables of empty cells": repeated("|a" * 30 + "|\n" + "|-" * 30 + "|\n" + "|\n" * 30 + "\n"),
    "escaped pipes": repeated("\\|", "|a|\n|-|\n|"),
    "pipes": repeated("|"),
    "rows of attributes": repeated("|{.c}|\n", "|a|\n|-|\n"),
    "lines that could be heads": repeated("a|b\n"),
    "lines that could be below heads": repeated("|---\n"),
}
NOTES = {
    "footnotes": counted("a[^#]\n\n[^#]: x\n\n"),
    "footnotes of one label": repeated("[^a]: x\n\n"),
    "notes of no text": counted("[^#]: x\n"),
    "numbers of one note": repeated("[^a] ", "[^a]: x\n\n"),
    "labels without end": repeated("[^b", "[^a]: x\n\n"),
    "a long label": repeated("b", "[^a]: x\n\n[^"),
    "notes that lead to themselves": repeated("[^a] ", "[^a]\n\n[^a]: "),
    "notes within notes": repeated("[^a]: "),
    "notes in a line": repeated("^[a] "),
    "notes without end": repeated("^["),
    "notes in notes": halves("^[", "]", "a"),
    "lazy lines in a note": repeated("b\n", "[^a]: x\n"),
}
REFERENCES: Mapping[str, Text] = {
    "definitions of links": counted("[#]: /x\n"),
    "definitions of one link": repeated("[a]: /x\n"),
    "definitions with their links": counted("[a#]\n\n[a#]: /x\n\n"),
    "links of one definition": repeated("[a] ", "[a]: /x\n\n"),
    "a long address used often": lambda size: f"{HEAD}[a]: /{'x' * (size // 2)}\n\n{'[a] ' * (size // 8)}\n",
    "a title of many lines": repeated("b\n", '[a]: /x "', '"'),
    "a title without end": repeated("b\n", '[a]: /x "'),
    "titles without end": repeated('[a]: /x "b\n'),
    "titles in parentheses without end": repeated("[a]: /x (b\n"),
    "a label of many lines": repeated("a\n", "[b\n"),
    "labels that are open": repeated("[a\n"),
    "labels that are escaped": repeated("[\\\n"),
    "addresses on the next line": repeated("[a]:\n"),
    "parentheses in an address": repeated("(", "[a]: /"),
    "entities in an address": repeated("&amp;", "[a]: /"),
}
COMMENTS = {
    "comments": repeated("<!-- a -->\n"),
    "comments without end": repeated("<!-- a\n\n"),
    "comments without end in quotes": repeated("> <!-- a\n\n"),
    "comments without end in lists": repeated("- <!-- a\n"),
    "comments without end in text": repeated("a <!-- b\n\n"),
    "text behind comments": repeated("<!-- a\n--> b\n"),
    "one comment behind another": repeated("<!--\n--><!--\n-->"),
    "a comment of many lines": repeated("a\n", "<!--", "-->"),
}
CHARTS = {
    "charts": repeated("```chart\ntitle: a\n\nx,y\na,1\n```\n"),
    "charts without end": repeated("```chart\n"),
    "rows of a chart": repeated("a,1\n", "```chart\ntitle: a\n\nx,y\n", "```"),
    "columns of a chart": repeated(",y", "```chart\ntitle: a\n\nx", "\na,1\n```"),
    "numbers of a row that are none": lambda size: (
        f"{HEAD}```chart\ntitle: a\n\nx{',y' * (size // 9)}\na{''.join(f',q{n}' for n in range(size // 9))}\n```\n"
    ),
    "words of a label": repeated("a ", "```chart\ntitle: a\n\nx,y\n", ",1\n```"),
    "letters of a label": repeated("日", "```chart line\ntitle: a\n\nx,y\n", ",1\n```"),
    "numbers that are none": repeated("a,q\n", "```chart\ntitle: a\n\nx,y\n", "```"),
    "digits": repeated("1", "```chart\ntitle: a\n\nx,y\na,", "\n```"),
    "spaces in a number": repeated(" ", "```chart\ntitle: a\n\nx;y\na;1", "x\n```"),
    "quotation marks": repeated('"a\n', "```chart\ntitle: a\n\nx,y\n", "```"),
    "settings": counted("a#: b\n", "```chart\n", "```"),
}
LINES = {
    "lines of a paragraph": repeated("a\n"),
    "blank lines": repeated("   \n"),
    "hard breaks": repeated("a  \n"),
    "returns": repeated("a\r"),
    "form feeds": repeated("\f\n"),
    "line separators": repeated("\u2028\n"),
    "indents of Japanese": repeated("\u3000a\n\n"),
    "an indent of Japanese": repeated("\u3000", after="a"),
    "imports": repeated("import a\n\n"),
    "contents": repeated("[TOC]\n\n"),
}
PLAIN_FAMILIES: Mapping[str, Text] = {
    **TIMELINES, **HEADINGS, **LISTS, **QUOTES, **CONTAINERS, **FENCES, **TABLES, **NOTES, **REFERENCES, **COMMENTS,
    **CHARTS, **LINES,
}  # fmt: skip
HTML_FAMILIES = {
    "blocks": repeated("<div>\n\n"),
    "one block": repeated("<div>\n"),
    "scripts": repeated("<script>\n"),
    "styles without end": repeated("<style>\n\n"),
    "instructions": repeated("<?\n\na\n"),
    "declarations": repeated("<!A\n\n"),
    "sections of data": repeated("<![CDATA[\n\na\n"),
    "tags": repeated("<a>\n\n"),
    "attributes of a tag": repeated("b=c ", "<a ", ">"),
    "spaces in a tag": repeated(" ", "<a", 'x"'),
    "quotation marks in a tag": repeated('"', "<div "),
    "tags without end": repeated("<a\n", "<div>\n"),
    "comments in a block": repeated("<!-- \n", "<div>\n"),
    "ids of tags": counted('<a id="x#"></a>\n\n'),
    "commas between pictures": repeated(",", '<div><img alt="" srcset="', '"></div>'),
    "spaces between pictures": repeated(" ", '<div><img alt="" srcset="', '"></div>'),
    "commas and spaces between pictures": repeated(", ", '<div><img alt="" srcset="', '"></div>'),
}


def check(make: Text, config: Config, *, thorough: bool) -> None:
    check_growth(make, lambda text: parse("content/news/a.vi.md", text, config), thorough=thorough)


@pytest.mark.parametrize("name", PLAIN_FAMILIES)
def test_time_is_in_proportion(name: str, thorough: bool) -> None:
    check(PLAIN_FAMILIES[name], PLAIN, thorough=thorough)


@pytest.mark.parametrize("name", HTML_FAMILIES)
def test_time_of_raw_html_is_in_proportion(name: str, thorough: bool) -> None:
    check(HTML_FAMILIES[name], WITH_HTML, thorough=thorough)
