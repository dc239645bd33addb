"""markdown-it's block and inline parsers, asked only for what the character at hand can begin.

The rules are the library's own and are tried in its order; those that cannot match are not tried. What comes out is the
same: tests/markdown/test_parser.py compares them over the examples of CommonMark and random texts.
"""

import re
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from . import shortcuts
from .shortcuts import BLOCK_STARTS, STARTS

BlockRule = Callable[[StateBlock, int, int, bool], bool]
InlineRule = Callable[[StateInline, bool], bool]

INLINE_STARTS = {
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "link": "[",
    "image": "!",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
    "ruby": "{",
    "footnote_inline": "^",
    "footnote_ref": "[",
}
_DEFINING = ": ", ":\t", "~ ", "~\t"
_DEFINITION = re.compile(r"^[\s>]*[:~][ \t]", re.MULTILINE)


def use(md: MarkdownIt) -> None:
    """Replace the parsers of `md`, which has all its rules by now, and those rules that have a short way."""
    shortcuts.install(md)
    md.block = _BlockParser(md.block)
    md.inline = _InlineParser(md.inline)


class _Chain:
    """Rules in their order, of which only those are given that a line can begin with, each with its name."""

    def __init__(self, rules: Iterable[tuple[BlockRule, str]]) -> None:
        self._always: list[tuple[BlockRule, str]] = []
        self._starting: dict[str, list[tuple[BlockRule, str, re.Pattern[str] | None]]] = {c: [] for c in STARTS}
        for rule, name in rules:
            characters, pattern = BLOCK_STARTS.get(name, (STARTS, None))
            if characters is STARTS:
                self._always.append((rule, name))
            for character in characters:
                self._starting[character].append((rule, name, pattern))

    def at(self, source: str, start: int, end: int) -> list[tuple[BlockRule, str]]:
        """Those for the line whose text is source[start:end]."""
        known = self._starting.get(source[start])
        if known is None:
            return self._always
        return [(rule, name) for rule, name, begins in known if begins is None or begins.match(source, start, end)]


class _BlockParser(ParserBlock):
    def __init__(self, original: ParserBlock) -> None:
        self.ruler = original.ruler
        self.ruler.at("paragraph", _paragraph)
        names = dict(zip(self.ruler.getRules(""), self.ruler.get_active_rules(), strict=True))
        self._beginning, self.ending = (
            _Chain([(rule, names[rule]) for rule in self.ruler.getRules(chain)]) for chain in ("", "paragraph")
        )

    def parse(
        self,
        src: str,
        md: MarkdownIt,
        env: MutableMapping[str, Any],
        outTokens: list[Token],  # noqa: N803
    ) -> list[Token] | None:
        env["definitions"] = any(mark in src for mark in _DEFINING) and _DEFINITION.search(src) is not None
        if src:
            state = StateBlock(src, md, env, outTokens)
            self.tokenize(state, state.line, state.lineMax)
        return outTokens

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        source, begins, shifts, ends = state.src, state.bMarks, state.tShift, state.eMarks
        line, most, had_empty = startLine, state.md.options.maxNesting, False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                return
            if state.level >= most:
                state.line = endLine
                return
            indented = state.sCount[line] - state.blkIndent > 3
            below = line + 1 if line + 1 < endLine else None
            below_starts = source[begins[below] + shifts[below] : ends[below]][:1] if below is not None else ""
            for rule, name in self._beginning.at(source, begins[line] + shifts[line], ends[line]):
                if (
                    (name == "code" and not indented)
                    or (name == "table" and below_starts not in ("|", "-", ":"))
                    or (name == "lheading" and not below_starts)
                    or (name == "deflist" and not state.env["definitions"])
                ):
                    continue
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


def _paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A paragraph (CommonMark, section 4.8): all lines up to an empty one or one that begins something else."""
    parser = state.md.block
    assert isinstance(parser, _BlockParser)
    source, begins, shifts, ends, counts = state.src, state.bMarks, state.tShift, state.eMarks, state.sCount
    above, state.parentType = state.parentType, "paragraph"
    last = state.lineMax
    line = start + 1
    while line < last and begins[line] + shifts[line] < ends[line]:
        if not (counts[line] - state.blkIndent > 3 or counts[line] < 0):
            enders = parser.ending.at(source, begins[line] + shifts[line], ends[line])
            if any(rule(state, line, last, True) for rule, _ in enders):
                break
        line += 1
    if line == start + 1:
        content = mdTrim(source[begins[start] + shifts[start] : ends[start]])
    else:
        content = mdTrim(state.getLines(start, line, state.blkIndent, False))
    state.line = line
    state.push("paragraph_open", "p", 1).map = [start, line]
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = content, [start, line], []
    state.push("paragraph_close", "p", -1)
    state.parentType = above
    return True


class _InlineParser(ParserInline):
    def __init__(self, original: ParserInline) -> None:
        self.__dict__.update(original.__dict__)
        names = self.ruler.get_active_rules()
        rules = [pair for pair in zip(self.ruler.getRules(""), names, strict=True) if pair[1] != "text"]
        starts = "".join(INLINE_STARTS[name] for _, name in rules)
        self._rules: Mapping[str, list[InlineRule]] = {
            character: [rule for rule, name in rules if character in INLINE_STARTS[name]] for character in {*starts}
        }
        self._special = re.compile(f"[{re.escape(starts)}\\]]")

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

    def skipToken(self, state: StateInline) -> None:  # noqa: N802
        start = state.pos
        if start in state.cache:
            state.pos = state.cache[start]
            return
        if state.level >= state.md.options.maxNesting:
            state.pos = state.posMax
        else:
            rules = self._rules.get(state.src[start])
            if rules is None:
                found = self._special.search(state.src, start + 1, state.posMax)
                state.pos = found.start() if found else state.posMax
            else:
                state.level += 1
                matched = any(rule(state, True) for rule in rules)
                state.level -= 1
                state.pos += not matched
        state.cache[start] = state.pos
