"""All parsers of a configured MarkdownIt, replaced."""

from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, normalize

from .block import BlockParser
from .inline import InlineParser
from .links import link_destination, link_label, link_title, normalize_link
from .table import table


def use(md: MarkdownIt) -> None:
    """Replace the parsers of `md`, which has all its rules by now."""
    own = {"parseLinkTitle": link_title, "parseLinkLabel": link_label, "parseLinkDestination": link_destination}
    helpers: Any = SimpleNamespace(**{**vars(md.helpers), **own})
    md.helpers = helpers
    md.normalizeLink = normalize_link  # type: ignore[method-assign]
    md.block.ruler.at("table", table, {"alt": ["paragraph", "reference"]})
    md.block = BlockParser(md.block)
    md.inline = InlineParser(md.inline)
    md.core.ruler.at("normalize", _normalize)


def _normalize(state: StateCore) -> None:
    """Line ends and U+0000 (CommonMark, sections 2.1 and 2.3), in texts that have others."""
    if "\r" in state.src or "\0" in state.src:
        normalize(state)
