"""markdown-it's block and inline parsers, asked only for what the character at hand can begin.

The rules are the library's own, but for plain links, and are tried in its order; those that cannot match are not tried.
What comes out is the same, as is tested over the examples of CommonMark and random texts.
"""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_block import ParserBlock, RuleFuncBlockType
from markdown_it.parser_inline import ParserInline, RuleFuncInlineType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore, normalize, smartquotes
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

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
    md.block = _BlockParser(md.block)
    md.inline = _InlineParser(md.inline)
    md.core.ruler.at("normalize", _normalize)
    md.core.ruler.at("smartquotes", _smartquotes)


def _normalize(state: StateCore) -> None:
    """Line ends and U+0000 (CommonMark, sections 2.1 and 2.3), in texts that have others."""
    if "\r" in state.src or "\0" in state.src:
        normalize(state)


def _smartquotes(state: StateCore) -> None:
    """Quotes, in blocks that have some."""
    quoted = [
        token for token in state.tokens if token.type == "inline" and ('"' in token.content or "'" in token.content)
    ]
    if quoted:
        smartquotes(StateCore(state.src, state.md, state.env, quoted))


class _BlockParser(ParserBlock):
    def __init__(self, original: ParserBlock) -> None:
        self.ruler = original.ruler
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
