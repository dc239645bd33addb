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
    "newline": "  \n",
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
WHOLE = ("  \n", "~~", "![", "://", "^[")


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
        starts = {name: [start] if (start := STARTS[name]) in WHOLE else [*start] for name in rules if name != "text"}
        every = {text for texts in starts.values() for text in texts}
        self._rules: Mapping[str, list[RuleFuncInlineType]] = {
            first: [rules[name] for name, texts in starts.items() if any(text[0] == first for text in texts)]
            for first in {text[0] for text in every}
        }
        self._special, self._special_or_end = _any_of(every), _any_of({*every, "]"})

    def parse(self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[AnyToken]) -> list[AnyToken]:
        if self._special.search(src) is None:
            if src:
                tokens.append(Token("text", "", 0, content=_with_breaks(src)))
            return tokens
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        if "*" in src or "_" in src or "~~" in src:
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
                state.append_pending(_with_breaks(source[start:at]))
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


def _any_of(texts: set[str]) -> re.Pattern[str]:
    """The first of these texts; without sets of characters, for which `re` would try at each character of all."""
    return re.compile("|".join(map(re.escape, sorted(texts))))


_BREAK = re.compile(r" ?\n[ \t]*+")
_HARD_BREAK = re.compile(r"  \n[ \t]*+")


def _with_breaks(text: str) -> str:
    """Soft line breaks (CommonMark, section 6.8) stay in a text, which needs no other token for what is a space."""
    return _BREAK.sub("\n", text) if "\n" in text else text


def newline(state: StateInline, silent: bool) -> bool:
    """Hard line breaks (CommonMark, section 6.7) but for those with a backslash."""
    found = _HARD_BREAK.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.pending = state.pending.rstrip(" ")
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    return True
