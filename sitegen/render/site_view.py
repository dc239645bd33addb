"""The site around a page, as templates see it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import overload
from urllib.parse import unquote
from uuid import NAMESPACE_URL, uuid5

from sitegen import __version__
from sitegen.i18n.dates import Moment
from sitegen.i18n.languages import Language
from sitegen.site.edition import ListName, read_list_name
from sitegen.site.model import MenuEntry, SitemapEntry
from sitegen.site.urls import Redirect, prefix, search_path

from .articles import Alternate, ArticleView, Entry, SectionView, Term, entries_of, slice_of
from .view import View


class SiteView:
    """The site around a page, in the page's language."""

    version = __version__

    def __init__(self, view: View) -> None:
        self._view = view
        self.base_url = view.config.base_url

    @property
    def title(self) -> str:
        return self._view.text(self._view.config.title)

    @property
    def description(self) -> str:
        return self._view.text(self._view.config.description)

    @property
    def footer(self) -> str:
        return self._view.text(self._view.config.footer)

    @property
    def home(self) -> str:
        return self._view.url(prefix(self._view.config, self._view.lang))

    @property
    def root(self) -> str:
        return self._view.url("")

    @property
    def default_language(self) -> str:
        return self._view.languages[self._view.config.default_language].tag

    @cached_property
    def logo(self) -> Logo:
        return Logo(self._view, self._view.config.theme.logo)

    @cached_property
    def colors(self) -> dict[str, dict[str, str]]:
        theme = self._view.config.theme
        return {"light": theme.light, "dark": theme.dark}

    @cached_property
    def menu(self) -> tuple[MenuItem, ...]:
        return self._menu("main")

    @cached_property
    def footer_menu(self) -> tuple[MenuItem, ...]:
        return self._menu("footer")

    def _menu(self, name: str) -> tuple[MenuItem, ...]:
        return tuple(MenuItem(self._view, entry) for entry in self._view.look("menu", f"{name}:{self._view.lang}"))

    @cached_property
    def tags(self) -> Terms:
        return Terms(self._view, self._view.look("tags", self._view.lang))

    def most_used(self, number: int) -> Terms:
        """So many tags, those with the most articles."""
        return Terms(self._view, self._view.look("most_used", f"{self._view.lang}:{int(number)}"))

    @property
    def topics(self) -> str:
        """Where all tags are listed."""
        return self._view.url(f"{prefix(self._view.config, self._view.lang)}tags/")

    @cached_property
    def sections(self) -> tuple[SectionView, ...]:
        view = self._view
        keys = view.look("sections", view.lang)
        return tuple(SectionView(view, view.look("section", f"{view.lang}:{key}")) for key in keys)

    @cached_property
    def languages(self) -> tuple[LanguageHome, ...]:
        view = self._view
        return tuple(
            LanguageHome(language, view.url(prefix(view.config, lang)), view.config.text(view.config.title, lang))
            for lang, language in view.languages.items()
        )

    @cached_property
    def search(self) -> str | None:
        view = self._view
        return view.url(search_path(view.config, view.lang)) if view.config.search else None

    @property
    def search_index(self) -> str | None:
        """The folder of the search index of the page's language; None where none can be made."""
        folder = self._view.look("search_index", self._view.lang)
        return None if folder is None else self._view.url(folder)

    def page(self, key: str) -> ArticleView | None:
        """An article or page by its key, in the page's language if there is one in it."""
        view = self._view
        own = view.look("translations", key)
        if not own:
            return None
        card_id = own.get(view.lang) or own.get(view.config.default_language) or next(iter(own.values()))
        return ArticleView(view, card_id)

    @cached_property
    def feed(self) -> str | None:
        """The first feed of the page's language."""
        view = self._view
        return view.feed(prefix(view.config, view.lang))

    def latest(self, number: int) -> tuple[Entry, ...]:
        return slice_of(self._view, str(ListName(self._view.lang, "home")), 0, int(number))


class Terms(Sequence[Term]):
    """Tags, each looked at when it is asked for: a site may have thousands, of which a page shows a few."""

    def __init__(self, view: View, tags: Sequence[str]) -> None:
        self._view, self._tags = view, tags

    def __len__(self) -> int:
        return len(self._tags)

    @overload
    def __getitem__(self, index: int) -> Term: ...
    @overload
    def __getitem__(self, index: slice) -> Terms: ...
    def __getitem__(self, index: int | slice) -> Term | Terms:
        if isinstance(index, slice):
            return Terms(self._view, self._tags[index])
        return Term(self._view, self._tags[index])


class Logo:
    """The site's sign; its size where that is known."""

    def __init__(self, view: View, name: str) -> None:
        self.url = view.asset(name)
        size: tuple[int, int] | None = view.look("asset-size", name)
        self.width = size[0] if size else None
        self.height = size[1] if size else None


class LanguageHome:
    """A language of the site and where it begins; `title`: the site's in it."""

    def __init__(self, language: Language, home: str, title: str) -> None:
        self.lang, self.name, self.dir, self.home = language.tag, language.name, language.direction, home
        self.title = title


class MenuItem:
    """`current`: this very page; `within`: this page lies below it."""

    def __init__(self, view: View, entry: MenuEntry) -> None:
        title = view.look("title", entry.document) if entry.document else entry.title
        self.title = title or view.language.gettext("Topics")
        self.url = entry.url or view.url(entry.path) + entry.suffix
        self.lang = view.languages[entry.lang].tag if entry.lang else None
        self.current = not (entry.url or entry.suffix) and view.record.path == entry.path
        home = prefix(view.config, view.lang)
        self.within = not (entry.url or entry.suffix) and entry.path != home and view.record.path.startswith(entry.path)


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


def redirects(view: View) -> tuple[RedirectView, ...]:
    return tuple(RedirectView(view, redirect) for redirect in view.look("redirects", ""))


class RedirectView:
    """An old address and where it leads: `url` and `target` percent-encoded, `path` and `target_path` not.
    `pattern`: a regular expression for the path, which hosts see decoded, with or without its final slash. `query`:
    what the old address must have after ?, else it may have any; `pattern_with_query`: for both; `parameters`: those of
    the query, where all have a value."""

    def __init__(self, view: View, redirect: Redirect) -> None:
        self.url, self.target = view.url(redirect.path), view.url(redirect.target)
        self.query = redirect.query
        parameters = redirect.query.split("&")
        self.parameters = parameters if all("=" in parameter for parameter in parameters) else []
        self.path, self.target_path = unquote(self.url), unquote(self.target)
        pattern = f"^{re.escape(self.path.rstrip('/'))}{'/?' if self.path.endswith('/') else ''}"
        self.pattern, self.pattern_with_query = f"{pattern}$", rf"{pattern}\?{re.escape(self.query)}$"


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
        self.alternates = tuple(Alternate(view.languages[lang], view.absolute(path)) for lang, path in entry.alternates)
        self.x_default = None if entry.x_default is None else view.absolute(entry.x_default)
        self.updated: Moment | None = view.look("updated", entry.card) if entry.card else None
