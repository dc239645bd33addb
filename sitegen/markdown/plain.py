"""Paragraphs, lists and tables of nothing but text: most of most articles. Each becomes a single token, which costs a
fraction of what the library's rules cost, and the same HTML; tests/test_plain.py holds them against these."""

import re

from markdown_it.common.utils import mdTrim
from markdown_it.rules_block import StateBlock

from .shortcuts import STARTS, cells_of, delimiter_row, is_replaced, styles_of

PARAGRAPH, HTML = "plain_paragraph", "plain_html"
"""Types of tokens: the content is the text of a paragraph, or HTML."""

_SPECIAL = re.compile(r"""[\n\\`*_~\[\]!<>&{}^"']""")


def is_plain(text: str) -> bool:
    """Whether nothing in it may be Markdown, needs to be escaped, or is replaced by the typographer."""
    return _SPECIAL.search(text) is None and not is_replaced(text)


def plain_block(state: StateBlock, line: int) -> bool:
    """The paragraph, list or table that begins on a line, if it is plain and ends at an empty line. Only for lines that
    are in no other block and not indented."""
    text = _text(state, line)
    last = line
    while last + 1 < state.lineMax and not state.isEmpty(last + 1):
        last += 1
    if last == line and text[0] not in STARTS:
        return not state.env["definitions"] and is_plain(text) and _push(state, PARAGRAPH, mdTrim(text), last)
    if text[0] == "|":
        return _table(state, line, last)
    if text[0] in "*+-" and text[1:2] == " ":
        return _list(state, line, last)
    return False


def _list(state: StateBlock, line: int, last: int) -> bool:
    """A tight bullet list (CommonMark, section 5.3) with an item a line."""
    following = state.skipEmptyLines(last + 1)
    if following < state.lineMax and (state.sCount[following] or _text(state, following)[0] in STARTS):
        return False  # the list may go on
    marker, items = _text(state, line)[:2], []
    for number in range(line, last + 1):
        text = _text(state, number)
        item = mdTrim(text[2:])
        if state.sCount[number] or text[:2] != marker or text[2:3] in " \t" or not item or item[0] in STARTS:
            return False
        items.append(f"<li>{item}</li>\n")
    html = f"<ul>\n{''.join(items)}</ul>\n"
    return all(is_plain(item[4:-6]) for item in items) and _push(state, HTML, html, last)


def _table(state: StateBlock, line: int, last: int) -> bool:
    """A table (GFM, section 4.10) all rows of which begin with a border and have as many cells as the first."""
    if last < line + 1 or any(state.sCount[number] for number in range(line, last + 1)):
        return False
    head, ruler, *rows = (mdTrim(_text(state, number)) for number in range(line, last + 1))
    if not delimiter_row(ruler) or not all(row[:1] == "|" and is_plain(row) for row in (head, *rows)):
        return False
    styles, names, body = styles_of(ruler), cells_of(head), [*map(cells_of, rows)]
    if not names or styles is None or any(len(row) != len(styles) for row in (names, *body)):
        return False
    sides = [f' class="align-{style["style"].partition(":")[2]}"' if style else "" for style in styles]
    label = ", ".join(filter(None, names))
    cells = (
        f'<th scope="col"{side}>{name}</th>\n' if name else "<td></td>\n"
        for name, side in zip(names, sides, strict=True)
    )
    html = [f'<div class="table-scroll" tabindex="0" role="group" aria-label="{label}">\n<table>\n']
    html.append(f"<thead>\n<tr>\n{''.join(cells)}</tr>\n</thead>\n")
    if body:
        html.append("<tbody>\n")
        for row in body:
            shown = (f"<td{side}>{cell}</td>\n" for cell, side in zip(row, sides, strict=True))
            html.append(f"<tr>\n{''.join(shown)}</tr>\n")
        html.append("</tbody>\n")
    return _push(state, HTML, f"{''.join(html)}</table>\n</div>\n", last)


def _push(state: StateBlock, kind: str, content: str, last: int) -> bool:
    state.push(kind, "", 0).content = content
    state.line = last + 1
    return True


def _text(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
