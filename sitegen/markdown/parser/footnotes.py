"""Footnotes as Pandoc has them, within bounds."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.footnote.index import footnote_def, footnote_inline, footnote_plugin, footnote_ref

from sitegen.markdown.findings import findings_of

from .links import link_label


def footnotes(md: MarkdownIt) -> None:
    footnote_plugin(md)
    md.block.ruler.at("footnote_def", _footnote_def, {"alt": ["paragraph", "reference"]})
    md.inline.ruler.at("footnote_inline", _footnote_inline)
    md.inline.ruler.at("footnote_ref", _footnote_ref)


MOST_NOTES = 8
"""Footnotes within each other's text."""
_NOTE = re.compile(r"\[\^[^\] \n]{1,999}\]")


def _footnote_def(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A footnote, whose label is no longer than one of a link may be (CommonMark, section 4.7)."""
    at = state.bMarks[start] + state.tShift[start]
    return _NOTE.match(state.src, at, state.eMarks[start]) is not None and footnote_def(state, start, end, silent)


def _footnote_ref(state: StateInline, silent: bool) -> bool:
    """Its number in a text."""
    return _NOTE.match(state.src, state.pos, state.posMax) is not None and footnote_ref(state, silent)


def _footnote_inline(state: StateInline, silent: bool) -> bool:
    """A footnote in the midst of a text; few within each other, since each is read as often as it is deep."""
    if not state.src.startswith("^[", state.pos):
        return False
    if link_label(state, state.pos + 1) < 0:
        return False
    depth = state.env.get("notes_deep", 0)
    if depth == MOST_NOTES:
        if not silent and (findings := findings_of(state)) is not None:
            findings.note_once("notes", "too-deep", findings.spot(state, state.pos), limit=MOST_NOTES)
        return False
    state.env["notes_deep"] = depth + 1
    try:
        return footnote_inline(state, silent)
    finally:
        state.env["notes_deep"] = depth
