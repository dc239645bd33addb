"""What the pages of a site may load, as a Content-Security-Policy (CSP Level 3).

The theme needs nothing but files of the site's own host, and scripts on its search page alone. What owners bring may
need anything; then only what can break nothing is forbidden, and it is said why.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from sitegen.css import tokens
from sitegen.files import SETTINGS, THEME
from sitegen.problems import Problem

if TYPE_CHECKING:
    from sitegen.site.model import Site

PASSIVE = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
"""Of drawings and XML, which browsers show as documents, and which may have styles in them."""
LOOSE = "base-uri 'self'; object-src 'self'; frame-ancestors 'self'"
_SEARCH = "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; "


class PagePolicy(Struct, frozen=True):
    """`pages`, `search`: policies of all pages, and of those that search; `brought_by`: the file that may bring
    anything, where there is one."""

    pages: str
    search: str
    brought_by: str = ""


def page_policy(site: "Site", problems: Iterable[Problem] = ()) -> PagePolicy:
    """`problems`: of the build, which name the hosts of pictures that lie elsewhere."""
    elsewhere = [(found.place.path, _source(found)) for found in problems if found.code == "picture-elsewhere"]
    unnamed = (path for path, source in elsewhere if not source)
    brought_by = next(chain(_unknown(site), unnamed), "")
    if brought_by:
        return PagePolicy(LOOSE, LOOSE, brought_by)
    pictures = " ".join(("'self'", *sorted({source for _, source in elsewhere})))
    begins = f"default-src 'none'; style-src 'self'; img-src {pictures}; font-src 'self'; media-src 'self'; "
    ends = "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    return PagePolicy(begins + ends, begins + _SEARCH + ends)


def _source(found: Problem) -> str:
    """A picture's host as a policy names it (CSP, section 2.3.1); empty for what it cannot name."""
    try:
        name = found.arguments["host"].encode("idna").decode()
    except (KeyError, UnicodeError):
        return ""
    return f"{name}:*" if _NAMED.fullmatch(name) else ""


_NAMED = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.IGNORECASE)


def is_own(site: "Site", layout: str) -> bool:
    """Whether a layout is the site's and not the theme's."""
    hides = f"theme/{layout}" in site.layouts
    return hides or not (layout.startswith("theme/") or f"layouts/{layout}" in _theme_files())


def _unknown(site: "Site") -> Iterator[str]:
    """Files that may bring more to a page than files of its own host."""
    if site.config.markdown.html:
        yield SETTINGS
    for name, layout in site.layouts.items():
        if is_own(site, name) and _brings(name, layout.text):
            yield layout.path
    for name, asset in site.assets.items():
        if name.endswith(".css") and _loads(asset.data.decode("utf-8", "replace")):
            yield f"assets/{name}"
        if name.endswith(".js") and _theme_files().get(f"assets/{name}") not in (None, asset.data):
            yield f"assets/{name}"


_RUNS = re.compile(
    r"<(?:script(?![^>]*ld\+json)|style|iframe|frame|object|embed|base|portal)\b|\s(?:style|on[a-z]+)\s*=|javascript:"
    r"|<\?xml-stylesheet|\|\s*safe\b|\bMarkup\b|\bautoescape\b|\bextra\b",
    re.IGNORECASE,
)
"""What a layout has that runs, or is styled, in the page itself; or that prints what an author wrote as it is."""
_HARMLESS = re.compile(
    r"\{#.*?#\}|<!--.*?-->|<(?:a|meta)\b[^>]*>|<script\b[^>]*ld\+json.*?</script>|\bxmlns(?::\w+)?\s*=\s*[\"'][^\"']*",
    re.IGNORECASE | re.DOTALL,
)
"""Where an address in full loads nothing."""
_IN_FULL = re.compile(r"https?://|[\"'=(\s]//\w|\bdata:\w+/", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def _brings(name: str, text: str) -> bool:
    return bool(_RUNS.search(text) or (name.endswith(".html") and _IN_FULL.search(_HARMLESS.sub("", text))))


def _loads(style: str) -> bool:
    """Whether a style sheet has an address of elsewhere, in url() or in a text."""
    found = (token.value for token in tokens(style) if token.kind == "url")
    return any(_IN_FULL.search(f'"{url.strip()}') for url in (*found, _COMMENT.sub("", style)))


@cache
def _theme_files() -> dict[str, bytes]:
    """The theme's layouts, and its scripts with what is in them."""
    layouts = {path.relative_to(THEME).as_posix(): b"" for path in (THEME / "layouts").rglob("*.*")}
    scripts = {path.relative_to(THEME).as_posix(): path.read_bytes() for path in (THEME / "assets").rglob("*.js")}
    return layouts | scripts
