"""The parser of blocks."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.common.utils import mdTrim
from markdown_it.parser_block import ParserBlock, RuleFuncBlockType
from markdown_it.ruler import Ruler
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token as AnyToken

from sitegen.markdown.findings import findings_of

from .token import Token

STARTS = {
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
"""What the first character of a line must be for a rule to match."""
BELOW = {"table": "|-:", "deflist": ":~"}
"""What the line below begins with."""


class _State(StateBlock):
    """What is parsed; it makes tokens of ours."""

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> AnyToken:
        if nesting < 0:
            self.level -= 1
        token = Token(ttype, tag, nesting, level=self.level, block=True)
        if nesting > 0:
            self.level += 1
        self.tokens.append(token)
        return token


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


def _by_start(rules: Mapping[str, RuleFuncBlockType], starts: Mapping[str, str]) -> dict[str, list[RuleFuncBlockType]]:
    return {
        start: [rule for name, rule in rules.items() if start in starts.get(name, "")]
        for start in "".join(starts.values())
    }


def _any_of(rules: Mapping[str, RuleFuncBlockType]) -> RuleFuncBlockType:
    """Whether any of these rules begins something on a line."""
    known = _by_start(rules, {**STARTS, "deflist": BELOW["deflist"]})  # where it goes on
    table = rules.get("table", _nothing)

    def begins(state: StateBlock, line: int, end: int, silent: bool) -> bool:
        at = state.bMarks[line] + state.tShift[line]
        for rule in known.get(state.src[at : at + 1], ()):
            if rule(state, line, end, True):
                return True
        return _is_above(state, line, end, BELOW["table"]) and table(state, line, end, True)

    return begins


def _nothing(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return False


def _is_above(state: StateBlock, line: int, end: int, marks: str) -> bool:
    """Whether the next line begins with one of these."""
    if line + 1 >= end:
        return False
    at = state.bMarks[line + 1] + state.tShift[line + 1]
    return state.src[at] in marks


class BlockParser(ParserBlock):
    def __init__(self, original: ParserBlock) -> None:
        self.ruler = _Ruler(original.ruler)
        rules = dict(zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True))
        self._rules = _by_start(rules, STARTS)
        self._code, self._table = rules["code"], rules.get("table", _nothing)
        self._definitions = rules.get("deflist", _nothing)
        (self._interrupts,) = self.ruler.getRules("paragraph")
        self._interrupting = frozenset("".join(STARTS.values()) + BELOW["deflist"])

    def parse(
        self,
        src: str,
        md: MarkdownIt,
        env: MutableMapping[str, Any],
        outTokens: list[AnyToken],  # noqa: N803
    ) -> list[AnyToken]:
        state = _State(src, md, env, outTokens)
        self.tokenize(state, 0, state.lineMax)
        return state.tokens

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        begins, shifts, indents, ends = state.bMarks, state.tShift, state.sCount, state.eMarks
        line, end, most, had_empty = startLine, endLine, state.md.options.maxNesting, False
        while line < end:
            while line < state.lineMax and begins[line] + shifts[line] >= ends[line]:
                line += 1
            state.line = line
            if line >= end or indents[line] < state.blkIndent:
                return
            if state.level >= most:
                if (findings := findings_of(state)) is not None:
                    findings.note("too-deep", findings.line(line), limit=most)
                state.line = end
                return
            self._parse_block(state, line, end)
            state.tight = not had_empty
            line = state.line
            if line - 1 < end and state.isEmpty(line - 1):
                had_empty = True
            if line < end and state.isEmpty(line):
                had_empty = True
                line += 1
                state.line = line

    def _parse_block(self, state: StateBlock, line: int, end: int) -> None:
        if state.sCount[line] - state.blkIndent > MOST_SPACES:
            self._code(state, line, end, False)
            return
        if _is_above(state, line, end, BELOW["table"]) and self._table(state, line, end, False):
            return
        for rule in self._rules.get(state.src[state.bMarks[line] + state.tShift[line]], ()):
            if rule(state, line, end, False):
                return
        self._parse_text(state, line, end)

    def _parse_text(self, state: StateBlock, start: int, end: int) -> None:
        """A heading with a line below it, a definition, or a paragraph (CommonMark, sections 4.3 and 4.8)."""
        source, begins, shifts, indents, ends = state.src, state.bMarks, state.tShift, state.sCount, state.eMarks
        parent, state.parentType, interrupting = state.parentType, "paragraph", self._interrupting
        line, underline = start + 1, None
        while line < end and (at := begins[line] + shifts[line]) < ends[line]:
            indent = indents[line] - state.blkIndent
            if indent <= MOST_SPACES:
                if indent >= 0 and (underline := _UNDERLINE.fullmatch(source, at, ends[line])):
                    break
                perhaps = source[at] in interrupting or (
                    line + 1 < end and source[begins[line + 1] + shifts[line + 1]] in BELOW["table"]
                )
                if perhaps and indents[line] >= 0 and self._interrupts(state, line, end, True):
                    break  # below 0 it is in a quote that goes on
            line += 1
        state.parentType = parent
        if not underline and self._begins_definition(state, start, end) and self._definitions(state, start, end, False):
            return
        text = source[begins[start] + shifts[start] : ends[start]]
        if line > start + 1:
            text += "\n" + _lines(state, start + 1, line)
        kind, tag, markup = "paragraph", "p", ""
        if underline:
            markup = underline[0][0]
            kind, tag = "heading", "h1" if markup == "=" else "h2"
        state.line = line + 1 if underline else line
        level, text = state.level, mdTrim(text)
        state.tokens += (
            Token(f"{kind}_open", tag, 1, level=level, block=True, map=[start, state.line], markup=markup),
            Token("inline", "", 0, level=level + 1, block=True, map=[start, line], content=text, children=[]),
            Token(f"{kind}_close", tag, -1, level=level, block=True, markup=markup),
        )

    def _begins_definition(self, state: StateBlock, line: int, end: int) -> bool:
        below = line + 1
        if below < end and state.isEmpty(below):
            below += 1
        return below < end and state.src[state.bMarks[below] + state.tShift[below]] in BELOW["deflist"]


def _lines(state: StateBlock, start: int, end: int) -> str:
    """Lines of a paragraph; of those in a list what they are indented by is left out."""
    if state.blkIndent:
        return state.getLines(start, end, state.blkIndent, False)
    return "\n".join([state.src[state.bMarks[line] : state.eMarks[line]] for line in range(start, end)])


MOST_SPACES = 3
"""With more, a line is code."""
_UNDERLINE = re.compile(r"(?:=++|-++)[ \t]*+")
