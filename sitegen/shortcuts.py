"""Rules of markdown-it with a short way for the common case; what comes out is the same, and tests/test_parsers.py
holds them against the library's own."""

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.table import MAX_AUTOCOMPLETED_CELLS
from markdown_it.rules_core import StateCore, normalize, replace, smartquotes, text_join
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import link as any_link
from markdown_it.token import Token

CoreRule = Callable[[StateCore], None]


def install(md: MarkdownIt) -> None:
    """Give `md`, which has all its rules by now, the short ways."""
    core = md.core.ruler
    core.at("normalize", _normalize)
    core.at("replacements", _where(lambda token: is_replaced(token.content), replace))
    core.at("smartquotes", _where(lambda token: '"' in token.content or "'" in token.content, smartquotes))
    core.at("text_join", _where(_has_parts, text_join))
    md.block.ruler.at("table", table, {"alt": ["paragraph", "reference"]})
    md.inline.ruler.at("link", link)


def _normalize(state: StateCore) -> None:
    """Line ends and U+0000 (CommonMark, sections 2.1 and 2.3)."""
    if "\r" in state.src or "\0" in state.src:
        normalize(state)


def _where(concerns: Callable[[Token], object], rule: CoreRule) -> CoreRule:
    """A rule that changes one block of text after another, asked only for those that it concerns."""

    def asked(state: StateCore) -> None:
        blocks = [token for token in state.tokens if token.type == "inline" and concerns(token)]
        if blocks:
            rule(StateCore(state.src, state.md, state.env, blocks))

    return asked


_SIGNS = re.compile(r"\([cCrRtT][mM)]")


def is_replaced(text: str) -> bool:
    """Whether the typographer has something to do. Asked of every text, so that no loop is spent on it."""
    return (
        ".." in text or ",," in text or "--" in text or "+-" in text or "????" in text or "!!!!" in text
        or ("(" in text and _SIGNS.search(text) is not None)
    )  # fmt: skip


def _has_parts(token: Token) -> bool:
    children = token.children or ()
    return len(children) > 1 or (len(children) == 1 and children[0].type != "text")


# A path, or an address of the web whose host is one: letters of any case would be changed in a host.
_PLAIN_URL = re.compile(r"(?:https?://[a-z0-9.-]+/|/(?!/))?(?:[A-Za-z0-9_.~-]+/)*(?:[A-Za-z0-9_.~-]+)?")

PLAIN_TEXT = r"[^\n\\`*_~\[\]!<>&{}^]+"
"""Text in which no inline rule begins."""
_PLAIN_LINK = re.compile(rf"\[({PLAIN_TEXT})\]\(({_PLAIN_URL.pattern})\)")


def link(state: StateInline, silent: bool) -> bool:
    """A link (CommonMark, section 6.3); the short way is for plain text in front of a plain address."""
    match = _PLAIN_LINK.match(state.src, state.pos, state.posMax)
    if match is None:
        return any_link(state, silent)
    if not silent:
        state.push("link_open", "a", 1).attrs = {"href": match[2]}
        state.push("text", "", 0).content = match[1]
        state.push("link_close", "a", -1)
    state.pos = match.end()
    return True


BLOCK_STARTS = {
    "fence": ("`~", re.compile("```|~~~")),
    "blockquote": (">", None),
    "hr": ("*-_", re.compile(r"(.)[ \t]*\1[ \t]*\1")),
    "list": ("*+-0123456789", re.compile(r"(?:[*+-]|[0-9]{1,9}[.)])(?:[ \t]|\Z)")),
    "reference": ("[", None),
    "html_block": ("<", None),
    "heading": ("#", None),
    "footnote_def": ("[", re.compile(r"\[\^")),
    "container_box": (":", re.compile(":::")),
}
"""What the first character of a line must be for a rule to match, and how the line must go on; rules that are not here
are always tried."""
STARTS = frozenset().union(*(characters for characters, _ in BLOCK_STARTS.values()))

_DELIMITER_ROW = re.compile(r"[|:-][|: \t-]+")
_ALIGNMENT = re.compile(r"(:?)-+(:?)")


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table (GFM, section 4.10): a row of cells and below it a delimiter row with as many."""
    below = start + 1
    if below + 1 > end or state.sCount[below] < state.blkIndent or state.is_code_block(below):
        return False
    row = _line(state, below)
    if not delimiter_row(row):
        return False
    styles = styles_of(row)
    first = mdTrim(_line(state, start))
    if styles is None or "|" not in first or state.is_code_block(start):
        return False
    cells = cells_of(first)
    if not cells or len(cells) != len(styles):
        return False
    if not silent:
        _write_table(state, start, end, cells, styles)
    return True


def delimiter_row(row: str) -> bool:
    """Whether a line may be what stands below the head of a table."""
    return _DELIMITER_ROW.fullmatch(row) is not None and not (row[0] == "-" and row[1] in " \t")


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def styles_of(row: str) -> list[dict[str, str]] | None:
    """The attributes of each column's cells."""
    parts = [mdTrim(part) for part in row.split("|")]
    styles: list[dict[str, str]] = []
    for index, part in enumerate(parts):
        match = _ALIGNMENT.fullmatch(part)
        if match:
            side = {"::": "center", ":": "left" if match[1] else "right"}.get(match[1] + match[2])
            styles.append({"style": f"text-align:{side}"} if side else {})
        elif part or 0 < index < len(parts) - 1:
            return None
    return styles


_PIPE = re.compile(r"(?<!\\)\|")


def cells_of(row: str) -> list[str]:
    """The cells of a row; what stands before the first `|` and behind the last may be nothing. `\\|` is no border."""
    cells = [cell.replace("\\|", "|") for cell in _PIPE.split(row)] if "\\" in row else row.split("|")
    start, end = int(cells[0] == ""), len(cells)
    if end > start and cells[-1] == "":
        end -= 1
    return [mdTrim(cell) for cell in cells[start:end]]


def _write_table(state: StateBlock, start: int, end: int, cells: list[str], styles: list[dict[str, str]]) -> None:
    above, state.parentType = state.parentType, "table"
    table_lines = [start, 0]
    state.push("table_open", "table", 1).map = table_lines
    state.push("thead_open", "thead", 1).map = [start, start + 1]
    _write_row(state, start, "th", cells, styles)
    state.push("thead_close", "thead", -1)
    enders = state.md.block.ruler.getRules("blockquote")
    line, filled, rows = start + 2, 0, [start + 2, 0]
    while line < end and state.sCount[line] >= state.blkIndent:
        text = mdTrim(_line(state, line))
        if not text or state.is_code_block(line):
            break
        if text[0] in STARTS and any(ends(state, line, end, True) for ends in enders):
            break
        cells = cells_of(text)
        filled += len(styles) - len(cells)
        if filled > MAX_AUTOCOMPLETED_CELLS:
            break
        if line == start + 2:
            state.push("tbody_open", "tbody", 1).map = rows
        _write_row(state, line, "td", cells, styles)
        line += 1
    if line > start + 2:
        state.push("tbody_close", "tbody", -1)
        rows[1] = line
    state.push("table_close", "table", -1)
    table_lines[1] = state.line = line
    state.parentType = above


def _write_row(state: StateBlock, line: int, tag: str, cells: list[str], styles: list[dict[str, str]]) -> None:
    state.push("tr_open", "tr", 1).map = [line, line + 1]
    for index, style in enumerate(styles):
        opening = state.push(f"{tag}_open", tag, 1)
        if style:
            opening.attrs = {**style}
        token = state.push("inline", "", 0)
        token.map, token.children = [line, line + 1], []
        token.content = cells[index] if index < len(cells) else ""
        state.push(f"{tag}_close", tag, -1)
    state.push("tr_close", "tr", -1)
