"""Parts of links: labels, addresses, titles; and links that are as plain as most are."""

import re
from collections.abc import MutableMapping
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.rules_inline import StateInline

from sitegen.markdown.inlines import link as any_link

_Labels = dict[tuple[int, int], int]


def link_label(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: N803
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


def link_title(source: str, start: int, end: int, before: "_LongTitle | None" = None) -> Any:
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


# A path, or an address of the web whose host is one: letters of any case would be changed in a host.
_NAME = "[A-Za-z0-9_.~-]++"
_URL = rf"(?:https?://[a-z0-9.-]+/|/(?!/))?(?:{_NAME}/)*+(?:{_NAME})?(?:#{_NAME})?"
_PLAIN_URL = re.compile(_URL)
_DESTINATION = re.compile(r"[^\x00-\x20\x7f()\\&<][^\x00-\x20\x7f()\\&]*+(?=[\x00-\x20\x7f)]|\Z)")


def normalize_link(url: str) -> str:
    """An address that has only what every address may have is as it should be."""
    return url if _PLAIN_URL.fullmatch(url) else normalizeLink(url)


def link_destination(source: str, start: int, end: int) -> Any:
    """The library's, which goes from character to character; few addresses have brackets or escapes."""
    found = _DESTINATION.match(source, start, end)
    if found is None:
        return parseLinkDestination(source, start, end)
    return SimpleNamespace(ok=True, pos=found.end(), str=found[0])


_PLAIN_LINK = re.compile(rf"\[([^\n\\`*_~\[\]!<>&{{}}^]++)\]\(({_URL})\)")


def link(state: StateInline, silent: bool) -> bool:
    """A link (CommonMark, section 6.3); plain text in front of a plain address is one token, so that rules of
    typography see all of an address that stands there."""
    match = _PLAIN_LINK.match(state.src, state.pos, state.posMax)
    if match is None:
        return any_link(state, silent)
    if not silent:
        state.push("link_open", "a", 1).attrs = {"href": match[2]}
        state.push("text", "", 0).content = match[1]
        state.push("link_close", "a", -1)
    state.pos = match.end()
    return True
