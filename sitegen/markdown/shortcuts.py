"""Rules of markdown-it with a short way for the common case; what comes out is the same as of the library's own."""

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
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
