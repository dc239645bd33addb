"""What the preview adds to pages, and pages of its own."""

from collections.abc import Mapping
from html import escape
from pathlib import Path

from msgspec import Struct

from .options import Options
from .problems import Problem
from .site import Site
from .standing import Build
from .wording import Words


class State(Struct, frozen=True):
    """`build`: the last good one; `site`: of the last good build that had one; `problems`: of the last attempt;
    `failed`: it did not come to an output; `building`: the first one is under way."""

    root: Path
    build: Build | None
    site: Site | None
    problems: tuple[Problem, ...]
    failed: bool
    words: Words
    options: Options
    building: bool = False


def dressed(html: bytes, path: str, state: State, base: str) -> bytes:
    """A page of the output with what the preview adds to it."""
    before, end, after = html.rpartition(b"</body>")
    return (before or after) + _added(state, base).encode() + end + (after if before else b"")


def overview(state: State, base: str, query: Mapping[str, str]) -> str:
    """The page that shows the site as its authors see it."""
    return _page(
        state, base, "".join(f"<p>{escape(page.output)}</p>" for page in (state.site.pages if state.site else ()))
    )


def problems_fragment(state: State) -> str:
    """What is wrong, as HTML; empty when nothing is."""
    return "".join(
        f"<p><b>{escape(found.place.path)}:{found.place.line}</b> {escape(state.words.problem(found)[0])}</p>"
        for found in state.problems
    )


def blank(state: State, base: str) -> str:
    """The page for when there is no site to show yet: what is wrong with it."""
    return _page(state, base, "")


def _page(state: State, base: str, body: str) -> str:
    return f'<!doctype html><html lang="{state.words.lang}"><title>sitegen</title><body>{body}{_added(state, base)}'


def _added(state: State, base: str) -> str:
    hidden = "" if state.problems else " hidden"
    return (
        f'<div id="sitegen-problems"{hidden}>{problems_fragment(state)}</div>'
        f'<script src="{base}/__sitegen/live.js" defer></script>'
    )
