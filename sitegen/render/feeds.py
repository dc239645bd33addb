"""Feeds, site maps and redirects as templates see them: what programs read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote
from uuid import NAMESPACE_URL, uuid5

from sitegen.i18n.dates import Moment
from sitegen.site.edition import read_list_name
from sitegen.site.model import SitemapEntry

from .articles import Alternate, Term, entries_of
from .view import View


class FeedView:
    """A feed, Atom (RFC 4287) or JSON Feed (1.1), of the list that lies at `home`."""

    def __init__(self, view: View) -> None:
        page = view.record
        self.url, self.absolute = view.url(page.path), view.absolute(page.path)
        self.home = view.absolute(page.canonical or "")
        listed = read_list_name(page.collection)
        which = ":".join(filter(None, (listed.lang, listed.kind, listed.key, "own")))
        self.id = uuid5(NAMESPACE_URL, f"{view.config.id}|{which}").urn
        site = view.text(view.config.title)
        if listed.kind == "tag":
            self.title = f"{Term(view, page.subject).name} – {site}"
        elif listed.kind == "section":
            self.title = f"{view.look('section', f'{page.lang}:{page.subject}').title} – {site}"
        else:
            self.title = site
        entries = entries_of(view)
        self.updated: Moment | None = max(
            (moment for entry in entries if (moment := entry.updated or entry.date)), default=None
        )


def redirects(view: View) -> tuple[Redirect, ...]:
    return tuple(Redirect(view, old, new) for old, new in view.look("redirects", ""))


class Redirect:
    """An old address and where it leads: `url` and `target` percent-encoded, `path` and `target_path` not.
    `pattern`: a regular expression for the path, which hosts see decoded, with or without its final slash."""

    def __init__(self, view: View, old: str, new: str) -> None:
        self.url, self.target = view.url(old), view.url(new)
        self.path, self.target_path = unquote(self.url), unquote(self.target)
        self.pattern = f"^{re.escape(self.path.rstrip('/'))}{'/?' if self.path.endswith('/') else ''}$"


class SitemapView:
    """A site map (sitemaps.org 0.9): the addresses themselves, or the parts of a large one."""

    def __init__(self, view: View) -> None:
        page = view.record
        self._view, self._page = view, page
        self.parts: tuple[str, ...] = ()
        if page.number == 0 and page.count > 1:
            self.parts = tuple(view.absolute(f"sitemap-{number}.xml") for number in range(1, page.count + 1))

    def __iter__(self) -> Iterator[SitemapItem]:
        for entry in self._view.look("sitemap", str(self._page.number)) or ():
            yield SitemapItem(self._view, entry)


class SitemapItem:
    def __init__(self, view: View, entry: SitemapEntry) -> None:
        self.absolute = view.absolute(entry.path)
        self.alternates = tuple(Alternate(lang, view.absolute(path)) for lang, path in entry.alternates)
        self.x_default = None if entry.x_default is None else view.absolute(entry.x_default)
        self.updated: Moment | None = view.look("updated", entry.card) if entry.card else None
