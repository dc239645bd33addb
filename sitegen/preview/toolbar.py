"""What authors see of the preview: each page with their bar and the problems, the overview, a page for want of one."""

import re
from collections.abc import Mapping

from sitegen.problems import errors

from .bar import bar
from .fragments import fragment
from .latest import State
from .overview import overview as _overview
from .problem_list import problem_list

__all__ = ["State", "blank", "dressed", "overview", "problems_fragment"]


def dressed(html: bytes, path: str, state: State, base: str) -> bytes:
    """A page of the output, by its output path, with the author's bar, the problems, and the scripts of the preview.
    `base`: the address below which the site is served. What is no page for people stays as it is."""
    if not path.endswith((".html", ".htm")) or _REDIRECT.search(html):
        return html
    page = state.site.pages.get(path) if state.site else None
    added = fragment(
        "dressing.html", state.words, base=_folder(base), bar=bar(state, page, _folder(base)),
        problems=problems_fragment(state), hidden=not errors(state.problems),
    ).encode()  # fmt: skip
    ends = [match.start() for match in _END.finditer(html)]
    end = ends[-1] if ends else len(html)
    return html[:end] + added + html[end:]


def overview(state: State, base: str, query: Mapping[str, str]) -> str:
    """The page /__sitegen/."""
    return _overview(state, _folder(base), query)


def problems_fragment(state: State) -> str:
    """All problems of the last attempt, as they stand in each page; empty when there are none."""
    return problem_list(state)


def blank(state: State, base: str) -> str:
    """A whole page for when there is no good build yet: the problems."""
    return fragment("blank.html", state.words, base=_folder(base), problems=problems_fragment(state))


def _folder(base: str) -> str:
    return base if base.endswith("/") else f"{base}/"


_END = re.compile(rb"</body\s*>", re.IGNORECASE)
_REDIRECT = re.compile(rb"<meta[^>]+http-equiv=[\"']?refresh", re.IGNORECASE)
