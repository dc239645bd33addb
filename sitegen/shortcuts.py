"""Rules of markdown-it with a short way for the common case; what comes out is the same, and tests/test_parsers.py
holds them against the library's own."""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import link as any_link


def install(md: MarkdownIt) -> None:
    """Give `md`, which has all its rules by now, the short ways."""
    md.inline.ruler.at("link", link)


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
