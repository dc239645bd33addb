"""The parser of what is within a block."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Literal

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline, RuleFuncInlineType
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token as AnyToken

from .links import link
from .token import Token

STARTS = {
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~~",
    "emphasis": "*_",
    "link": "[",
    "image": "![",
    "comment": "<",
    "autolink": "<",
    "tag": "<",
    "html_inline": "<",
    "entity": "&",
    "template": "{<",
    "attributes": "{",
    "ruby": "{",
    "address": "://",
    "footnote_inline": "^[",
    "footnote_ref": "[",
}
"""What each rule begins with: one of these characters; of what is in WHOLE, all of them."""
WHOLE = ("~~", "![", "://", "^[")


class _State(StateInline):
    """What is parsed; it makes tokens of ours."""

    def __init__(self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[AnyToken]) -> None:
        super().__init__(src, md, env, tokens)
        self._outer_delimiters: list[list[Any]] = []

    def pushPending(self) -> AnyToken:  # noqa: N802
        token = Token("text", "", 0, level=self.pendingLevel, content=self.pending)
        self.tokens.append(token)
        self.pending = ""
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> AnyToken:
        if self._pending_buffer or self._pending:
            self.pushPending()
        meta = None
        if nesting < 0:
            self.level -= 1
            self.delimiters = self._outer_delimiters.pop()
        token = Token(ttype, tag, nesting, level=self.level)
        if nesting > 0:
            self.level += 1
            self._outer_delimiters.append(self.delimiters)
            self.delimiters = []
            meta = {"delimiters": self.delimiters}
        self.pendingLevel = self.level
        self.tokens.append(token)
        self.tokens_meta.append(meta)
        return token


class InlineParser(ParserInline):
    def __init__(self, original: ParserInline) -> None:
        self.__dict__.update(original.__dict__)
        self.ruler.at("newline", newline)
        self.ruler.at("link", link)
        rules = dict(zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True))
        starts = {name: STARTS[name] for name in rules if name != "text"}
        first = {name: start[0] if start in WHOLE else start for name, start in starts.items()}
        self._rules: Mapping[str, list[RuleFuncInlineType]] = {
            character: [rules[name] for name in starts if character in first[name]]
            for character in "".join(first.values())
        }
        single = "".join(sorted({*"".join(start for start in starts.values() if start not in WHOLE)}))
        whole = [re.escape(start) for start in starts.values() if start in WHOLE]
        self._special = re.compile("|".join([f"[{re.escape(single)}]", *whole]))
        self._special_or_end = re.compile("|".join([rf"[{re.escape(single)}\]]", *whole]))

    def parse(self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[AnyToken]) -> list[AnyToken]:
        if self._special.search(src) is None:
            if src:
                tokens.append(Token("text", "", 0, content=src))
            return tokens
        state = _State(src, md, env, tokens)
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
        found = self._special_or_end.search(state.src, start, state.posMax)
        if state.level >= state.md.options.maxNesting:
            state.pos = state.posMax
        elif found is None or found.start() > start:
            state.pos = found.start() if found else state.posMax
        else:
            state.level += 1
            if not any(rule(state, True) for rule in self._rules.get(state.src[start], ())):
                state.pos += 1
            state.level -= 1
        state.cache[start] = state.pos

    def tokenize(self, state: StateInline) -> None:
        source, start, end = state.src, state.pos, state.posMax
        search, by_character = self._special.search, self._rules
        while start < end:
            found = search(source, start, end)
            state.pos = at = found.start() if found else end
            if at > start:
                state.append_pending(source[start:at])
            if found is None:
                break
            for rule in by_character[source[at]]:  # however deep: of these only links nest, and none within another
                if rule(state, False):
                    break
            else:
                state.append_pending(source[at])
                state.pos = at + 1
            start = state.pos
        if state.pending:
            state.pushPending()


_LINE_END = re.compile(r"\n[ \t]*+")


def newline(state: StateInline, silent: bool) -> bool:
    """Line breaks (CommonMark, sections 6.7 and 6.8)."""
    found = _LINE_END.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        text = state.pending
        state.pending = kept = text.rstrip(" ")
        state.push("hardbreak" if len(kept) < len(text) - 1 else "softbreak", "br", 0)
    state.pos = found.end()
    return True
