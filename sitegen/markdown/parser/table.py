"""GitHub's tables (GitHub Flavored Markdown, section 4.10), within bounds."""

import re
from collections.abc import Sequence
from itertools import chain, repeat

from markdown_it.common.utils import mdTrim
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import MAX_AUTOCOMPLETED_CELLS
from markdown_it.token import Token as AnyToken

from sitegen.markdown.findings import findings_of

from .token import Token

MOST_CELLS = 1 << 15
"""That rows of tables may leave out, in a text; the library's bound is for each table, and twice as high."""


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    left_out = state.env.get("left_out", 0)
    if left_out > MOST_CELLS or (found := _head(state, start, end)) is None:
        return False
    if silent:
        return True
    before = len(state.tokens)
    _push(state, start, end, *found)
    made, rows = (len(state.tokens) - before) // 3, state.line - start
    written = state.src.count("|", state.bMarks[start], state.eMarks[state.line - 1]) + 2 * rows
    state.env["left_out"] = left_out = left_out + max(0, made - written)
    if left_out > MOST_CELLS and (findings := findings_of(state)) is not None:
        findings.note_once("cells", "unfolds-too-far", findings.line(start))
    return True


_BELOW_HEAD = re.compile(r"(?:-[|:-]|[|:][|: \t-])[|: \t-]*+")
_COLUMN = re.compile(r"(:)?-+(:)?")
_SEPARATOR = re.compile(r"(?<!\\)\|")


def _head(state: StateBlock, start: int, end: int) -> tuple[list[str], list[str]] | None:
    """Names of columns, and how each is aligned; None where no table begins."""
    below = start + 1
    if below >= end:
        return None
    if not _BELOW_HEAD.fullmatch(state.src, state.bMarks[below] + state.tShift[below], state.eMarks[below]):
        return None
    if state.sCount[below] < state.blkIndent or state.is_code_block(below) or state.is_code_block(start):
        return None
    rules = _line(state, below).split("|")
    columns = [_COLUMN.fullmatch(rule.strip(" \t")) for rule in rules[not rules[0] : len(rules) - (not rules[-1])]]
    text = _line(state, start)
    names = _cells(text)
    if None in columns or "|" not in text or not names or len(names) != len(columns):
        return None
    return names, [_ALIGNMENTS[match[1], match[2]] for match in columns if match]


_ALIGNMENTS = {(None, None): "", (":", None): "left", (None, ":"): "right", (":", ":"): "center"}


def _line(state: StateBlock, line: int) -> str:
    return mdTrim(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]])


def _cells(text: str) -> list[str]:
    """What is between bars; one with a backslash before it is text."""
    cells = text.split("|") if "\\" not in text else [cell.replace("\\|", "|") for cell in _SEPARATOR.split(text)]
    if cells[0] == "":
        del cells[0]
    if cells and cells[-1] == "":
        del cells[-1]
    return [mdTrim(cell) for cell in cells]


def _push(state: StateBlock, start: int, end: int, names: list[str], alignments: list[str]) -> None:
    """The rows, down to what ends a quote too."""
    parent, state.parentType = state.parentType, "table"
    (interrupts,) = state.md.block.ruler.getRules("blockquote")
    opening = state.push("table_open", "table", 1)
    state.push("thead_open", "thead", 1).map = [start, start + 1]
    state.tokens += _row("th", names, alignments, start, state.level)
    state.push("thead_close", "thead", -1)
    line, left_out, body = start + 2, 0, None
    while line < end and state.sCount[line] >= state.blkIndent and not interrupts(state, line, end, True):
        text = _line(state, line)
        if not text or state.is_code_block(line):
            break
        cells = _cells(text)
        left_out += len(names) - len(cells)
        if left_out > MAX_AUTOCOMPLETED_CELLS:
            break
        body = body or state.push("tbody_open", "tbody", 1)
        state.tokens += _row("td", cells, alignments, line, state.level)
        line += 1
    if body:
        body.map = [start + 2, line]
        state.push("tbody_close", "tbody", -1)
    state.push("table_close", "table", -1)
    opening.map = [start, line]
    state.parentType, state.line = parent, line


def _row(kind: str, cells: Sequence[str], alignments: Sequence[str], line: int, level: int) -> list[AnyToken]:
    opening, closing = f"{kind}_open", f"{kind}_close"
    lines, level = [line, line + 1], level + 1
    tokens = [Token("tr_open", "tr", 1, level=level - 1, block=True, map=lines)]
    for cell, alignment in zip(chain(cells, repeat("")), alignments, strict=False):
        attrs: dict[str, str | int | float] = {"style": f"text-align:{alignment}"} if alignment else {}
        tokens += (
            Token(opening, kind, 1, level=level, block=True, attrs=attrs),
            Token("inline", "", 0, level=level + 1, block=True, content=cell, map=lines, children=[]),
            Token(closing, kind, -1, level=level, block=True),
        )
    tokens.append(Token("tr_close", "tr", -1, level=level - 1, block=True))
    return tokens
