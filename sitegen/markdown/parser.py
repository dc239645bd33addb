"""markdown-it's block and inline parsers, asked only for what the character at hand can begin.

The rules are the library's own, but for plain links, and are tried in its order; those that cannot match are not tried.
What comes out is the same, as is tested over the examples of CommonMark and random texts.
"""

import re
from collections.abc import Mapping, MutableMapping
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkLabel, parseLinkTitle
from markdown_it.parser_block import ParserBlock, RuleFuncBlockType
from markdown_it.parser_inline import ParserInline, RuleFuncInlineType
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore, normalize
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote.index import footnote_def, footnote_inline, footnote_plugin, footnote_ref

from .findings import findings_of
from .inlines import link as any_link

BLOCK_STARTS = {
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*+-0123456789",
    "reference": "[",
    "comment": "<",
    "html_block": "<",
    "heading": "#",
    "footnote_def": "[",
    "container": ":",
}
"""What the first character of a line must be for a rule to match; rules that are not here are always tried."""

INLINE_STARTS = {
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "link": "[",
    "image": "!",
    "comment": "<",
    "autolink": "<",
    "tag": "<",
    "html_inline": "<",
    "entity": "&",
    "template": "{<",
    "attributes": "{",
    "ruby": "{",
    "address": ":",
    "footnote_inline": "^",
    "footnote_ref": "[",
}
"""The same within a block, for every rule but text, which is all else."""


def use(md: MarkdownIt) -> None:
    """Replace the parsers of `md`, which has all its rules by now."""
    own = {"parseLinkTitle": _link_title, "parseLinkLabel": _link_label}
    helpers: Any = SimpleNamespace(**{**vars(md.helpers), **own})
    md.helpers = helpers
    md.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    md.block = _BlockParser(md.block)
    md.inline = _InlineParser(md.inline)
    md.core.ruler.at("normalize", _normalize)


def _normalize(state: StateCore) -> None:
    """Line ends and U+0000 (CommonMark, sections 2.1 and 2.3), in texts that have others."""
    if "\r" in state.src or "\0" in state.src:
        normalize(state)


class _Ruler(Ruler[RuleFuncBlockType]):
    """What may end a paragraph, a list or a quote is asked line by line, in quotes once for each that a line is in: so
    all are asked as one rule."""

    def __init__(self, original: Ruler[RuleFuncBlockType]) -> None:
        self.__dict__.update(original.__dict__)
        names = {rule: name for name, rule in zip(self.get_active_rules(), self.getRules(""), strict=True)}
        self._chains = {
            chain: [_any_of({names[rule]: rule for rule in original.getRules(chain)})]
            for chain in ("paragraph", "reference", "blockquote", "list")
        }

    def getRules(self, chainName: str = "") -> list[RuleFuncBlockType]:  # noqa: N802, N803
        return self._chains[chainName] if chainName else super().getRules()


def _any_of(rules: Mapping[str, RuleFuncBlockType]) -> RuleFuncBlockType:
    """Whether any of these rules begins something on a line."""
    starts = {**BLOCK_STARTS, "deflist": ":~"}  # where it goes on
    table = rules.get("table")
    known = {
        start: [rule for name, rule in rules.items() if start in starts.get(name, "")]
        for start in "".join(starts.values())
    }

    def begins(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        source, at = state.src, state.bMarks[line] + state.tShift[line]
        for rule in known.get(source[at : at + 1], ()):
            if rule(state, line, end, True):
                return True
        if table is None or line + 1 >= end:
            return False
        below = state.bMarks[line + 1] + state.tShift[line + 1]
        return source.startswith(("|", "-", ":"), below) and table(state, line, end, True)

    return begins


class _BlockParser(ParserBlock):
    def __init__(self, original: ParserBlock) -> None:
        self.ruler = _Ruler(original.ruler)
        rules = dict(zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True))
        self._always = [rule for name, rule in rules.items() if name not in BLOCK_STARTS]
        self._rules: Mapping[str, list[RuleFuncBlockType]] = {
            start: [rule for name, rule in rules.items() if start in BLOCK_STARTS.get(name, start)]
            for start in {*"".join(BLOCK_STARTS.values())}
        }

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        source, begins, shifts = state.src, state.bMarks, state.tShift
        line, most, had_empty = startLine, state.md.options.maxNesting, False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                return
            if state.level >= most:
                if (findings := findings_of(state)) is not None:
                    findings.note("too-deep", findings.line(line), limit=most)
                state.line = endLine
                return
            for rule in self._rules.get(source[begins[line] + shifts[line]], self._always):
                if rule(state, line, endLine, False):
                    break
            state.tight = not had_empty
            line = state.line
            if line - 1 < endLine and state.isEmpty(line - 1):
                had_empty = True
            if line < endLine and state.isEmpty(line):
                had_empty = True
                line += 1
                state.line = line


_Labels = dict[tuple[int, int], int]


def _link_label(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: N803
    """Where the bracket at `start` is closed; -1 for nowhere. The library goes to the end of the text for each that is
    not closed; this one notes on its way where all others are."""
    if disableNested:
        return parseLinkLabel(state, start, disableNested)
    states: MutableMapping[StateInline, _Labels] = state.env.setdefault("labels", WeakKeyDictionary())
    known, before, last = states.setdefault(state, {}), state.pos, state.posMax
    if (start, last) not in known:
        opened, state.pos = [start], start + 1
        while opened and state.pos < last:
            at, mark = state.pos, state.src[state.pos]
            if mark == "]":
                known[opened.pop(), last] = at
            state.md.inline.skipToken(state)
            if mark == "[" and state.pos == at + 1:
                opened.append(at)
        known.update({(bracket, last): -1 for bracket in opened})
        state.pos = before
    return known[start, last]


def _link_title(source: str, start: int, end: int, before: "_LongTitle | None" = None) -> Any:
    """The library's, which copies with each line what it has of a title."""
    found = parseLinkTitle(source, start, end, before and _Marker(before.marker))  # type: ignore[arg-type]
    return _LongTitle(found, before.parts if before else []) if before or found.can_continue else found


class _Marker:
    """A title that has gone on for some lines, as far as a parser must know it."""

    str = ""

    def __init__(self, marker: int) -> None:
        self.marker = marker


class _LongTitle:
    """The same, with all its lines."""

    def __init__(self, found: Any, parts: list[str]) -> None:
        self.ok, self.can_continue, self.pos, self.marker = found.ok, found.can_continue, found.pos, found.marker
        self.parts = parts
        parts.append(found.str)

    @property
    def str(self) -> "str":
        return "".join(self.parts)


MOST_CELLS = 1 << 15
"""That rows of tables may leave out, in a text; the library knows a bound for each table, twice as high."""


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """GitHub's tables."""
    left_out = state.env.get("left_out", 0)
    if silent or left_out > MOST_CELLS:
        return left_out <= MOST_CELLS and table(state, start, end, silent)
    before = len(state.tokens)
    if not table(state, start, end, False):
        return False
    made, rows = (len(state.tokens) - before) // 3, state.line - start
    written = state.src.count("|", state.bMarks[start], state.eMarks[state.line - 1]) + 2 * rows
    state.env["left_out"] = left_out = left_out + max(0, made - written)
    if left_out > MOST_CELLS and (findings := findings_of(state)) is not None:
        findings.note_once("cells", "unfolds-too-far", findings.line(start))
    return True


def footnotes(md: MarkdownIt) -> None:
    """Footnotes as Pandoc has them, within bounds."""
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
    if _link_label(state, state.pos + 1) < 0:
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


class _InlineParser(ParserInline):
    def __init__(self, original: ParserInline) -> None:
        self.__dict__.update(original.__dict__)
        self.ruler.at("link", _link)
        rules = dict(zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True))
        starts = {*"".join(INLINE_STARTS[name] for name in rules if name != "text")}
        self._rules: Mapping[str, list[RuleFuncInlineType]] = {
            start: [rule for name, rule in rules.items() if start in INLINE_STARTS.get(name, "")] for start in starts
        }
        self._special = re.compile(f"[{re.escape(''.join(sorted(starts)))}\\]]")

    def parse(self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]) -> list[Token]:
        if self._special.search(src) is None:
            if src:
                token = Token("text", "", 0)
                token.content = src
                tokens.append(token)
            return tokens
        state = StateInline(src, md, env, tokens)
        self.tokenize(state)
        if state.delimiters or any(meta and meta.get("delimiters") for meta in state.tokens_meta):
            for rule in self.ruler2.getRules(""):
                rule(state)
        return state.tokens

    def skipToken(self, state: StateInline) -> None:  # noqa: N802
        """Go past what begins here, for those who look for the end of a link's text."""
        start = state.pos
        if start in state.cache:
            state.pos = state.cache[start]
            return
        rules = self._rules.get(state.src[start])
        if state.level >= state.md.options.maxNesting:
            state.pos = state.posMax
        elif rules is None:
            found = self._special.search(state.src, start + 1, state.posMax)
            state.pos = found.start() if found else state.posMax
        else:
            state.level += 1
            if not any(rule(state, True) for rule in rules):
                state.pos += 1
            state.level -= 1
        state.cache[start] = state.pos

    def tokenize(self, state: StateInline) -> None:
        source, end = state.src, state.posMax
        special, by_character = self._special, self._rules
        while state.pos < end:
            start = state.pos
            rules = by_character.get(source[start])
            if rules is None:
                found = special.search(source, start + 1, end)
                state.pos = found.start() if found else end
                state.append_pending(source[start : state.pos])
                continue
            for rule in rules:  # however deep, since of what begins here only links nest, and none within another
                if rule(state, False):
                    break
            else:
                state.append_pending(source[start])
                state.pos += 1
        if state.pending:
            state.pushPending()


# A path, or an address of the web whose host is one: letters of any case would be changed in a host.
_PLAIN_URL = r"(?:https?://[a-z0-9.-]+/|/(?!/))?(?:[A-Za-z0-9_.~-]+/)*(?:[A-Za-z0-9_.~-]+)?"
_PLAIN_LINK = re.compile(rf"\[([^\n\\`*_~\[\]!<>&{{}}^]+)\]\(({_PLAIN_URL})\)")


def _link(state: StateInline, silent: bool) -> bool:
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
