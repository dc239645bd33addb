"""What a template is given: the page, the site around it, what the page shows (docs/layouts.md lists it all)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import unquote
from uuid import NAMESPACE_URL, uuid5

from . import __version__
from .config import FeedFormat
from .dates import Moment
from .entries import ArticleView, Entry, LanguageLink, SectionView, Term
from .languages import Language
from .pictures import DrawnPicture
from .routes import FEED_TYPES, feed_path, list_path, prefix, search_path
from .sharecards import SIZE
from .site import MenuEntry, SitemapEntry
from .view import View


def context(view: View) -> dict[str, Any]:
    """The variables of the page's template."""
    page, language = view.record, view.language
    view.seen.add(("messages", view.lang))
    return {
        "page": PageView(view),
        "site": SiteView(view),
        "article": ArticleView(view, page.subject) if page.kind in ("article", "page") else None,
        "section": _section(view),
        "term": Term(view, page.subject) if page.kind == "tag" else None,
        "entries": _entries(view),
        "feed": FeedView(view) if page.kind == "feed" else None,
        "sitemap": SitemapView(view) if page.kind == "sitemap" else None,
        "redirects": _redirects(view) if page.kind == "redirects" else (),
        "asset": view.asset,
        "language": language,
        "_": language.gettext,
        "gettext": language.gettext,
        "ngettext": language.ngettext,
    }


def _section(view: View) -> SectionView | None:
    if view.record.kind not in ("section", "home"):
        return None
    section = view.look("section", f"{view.lang}:{view.record.subject}")
    return SectionView(view, section) if section is not None else None


def _entries(view: View) -> tuple[Entry, ...]:
    """So much of the page's collection as it shows."""
    page = view.record
    size = view.config.feed_size if page.kind == "feed" else view.config.page_size
    return _part(view, page.collection, (page.number - 1) * size, page.number * size) if page.collection else ()


def _part(view: View, collection: str, start: int, stop: int) -> tuple[Entry, ...]:
    return tuple(Entry(view, card_id) for card_id in view.look("collection", f"{collection}[{start}:{stop}]"))


class PageView:
    """The page that is being written."""

    def __init__(self, view: View) -> None:
        self._view, self._page = view, view.record
        self.kind, self.lang = self._page.kind, self._page.lang
        self.number, self.count = self._page.number, self._page.count
        self.indexable = self._page.indexable
        self.dir = view.language.direction
        self.url = view.url(self._page.path)
        self.absolute = view.absolute(self._page.path)

    @property
    def canonical(self) -> str:
        canonical = self._page.canonical
        return self.absolute if canonical is None else self._view.absolute(canonical)

    @cached_property
    def title(self) -> str:
        """Unique in its language, without the site's name."""
        view, page, gettext = self._view, self._page, self._view.language.gettext
        match page.kind:
            case "article" | "page":
                title = view.look("card", page.subject).title
            case "section":
                title = view.look("section", f"{page.lang}:{page.subject}").title
            case "tag":
                title = Term(view, page.subject).name
            case "tags":
                title = gettext("Topics")
            case "search":
                title = gettext("Search")
            case "not_found":
                title = gettext("Page not found")
            case "chooser":
                title = " / ".join(language.name for language in view.languages.values())
            case "redirect":
                title = gettext("This page has moved")
            case _:
                title = view.text(view.config.title)
        if page.number > 1:
            return gettext("%(title)s – page %(number)s", title=title, number=page.number)
        return str(title)

    @property
    def description(self) -> str:
        view, page = self._view, self._page
        match page.kind:
            case "article" | "page":
                return str(view.look("card", page.subject).summary)
            case "section":
                return str(view.look("section", f"{page.lang}:{page.subject}").description)
            case "tag":
                return Term(view, page.subject).description
            case "home" | "chooser":
                return view.text(view.config.description)
        return ""

    @property
    def share_card(self) -> DrawnPicture | None:
        """The picture for where the page's address is shared; a page without one of its own has the front page's."""
        view, page = self._view, self._page
        match page.kind:
            case "article" | "page":
                name = view.look("card", page.subject).document
            case "section":
                name = f"{page.lang}:section:{page.subject}"
            case _:
                name = f"{page.lang}:home"
        path = view.look("share_card", name)
        return DrawnPicture(view, path, SIZE, self.title) if path else None

    @property
    def alternates(self) -> tuple[Alternate, ...]:
        return tuple(Alternate(lang, self._view.absolute(path)) for lang, path in self._page.alternates)

    @property
    def x_default(self) -> str | None:
        path = self._page.x_default
        return None if path is None else self._view.absolute(path)

    @property
    def switcher(self) -> tuple[LanguageLink, ...]:
        """Every language of the site; `url` is None where this page does not exist in it."""
        view, versions = self._view, dict(self._page.versions)
        return tuple(
            LanguageLink(language, view.url(versions[lang]) if lang in versions else None, lang == self.lang)
            for lang, language in view.languages.items()
        )

    @property
    def feeds(self) -> tuple[FeedLink, ...]:
        """The feeds of this page, then those of its language."""
        view, home = self._view, prefix(self._view.config, self.lang)
        title = view.text(view.config.title)
        titles = {home: title}
        if self._page.feed is not None and self._page.feed != home:
            titles = {self._page.feed: f"{self.title} – {title}", home: title}
        return tuple(
            FeedLink(view.url(feed_path(folder, form)), name, form)
            for folder, name in titles.items()
            for form in view.config.feeds
        )

    @property
    def newer(self) -> str | None:
        return self._neighbour(self.number - 1)

    @property
    def older(self) -> str | None:
        return self._neighbour(self.number + 1)

    def _neighbour(self, number: int) -> str | None:
        if not 1 <= number <= self.count:
            return None
        first = self._page.path.removesuffix(f"page/{self.number}/") if self.number > 1 else self._page.path
        return self._view.url(list_path(first, number))

    @property
    def target(self) -> str:
        return self._view.url(self._page.subject)

    @property
    def target_absolute(self) -> str:
        return self._view.absolute(self._page.subject)


class Alternate:
    """A real translation, by its absolute address."""

    def __init__(self, lang: str, address: str) -> None:
        self.lang, self.hreflang, self.url = lang, lang.replace("_", "-"), address


class FeedLink:
    def __init__(self, address: str, title: str, form: FeedFormat) -> None:
        self.url, self.title, self.type = address, title, FEED_TYPES[form]


class SiteView:
    """The site around a page, in the page's language."""

    version = __version__

    def __init__(self, view: View) -> None:
        self._view = view
        config = view.config
        self.title, self.description = view.text(config.title), view.text(config.description)
        self.footer = view.text(config.footer)
        self.home, self.root = view.url(prefix(config, view.lang)), view.url("")
        self.base_url, self.default_language = config.base_url, config.default_language

    @cached_property
    def logo(self) -> Logo:
        return Logo(self._view, self._view.config.theme.logo)

    @cached_property
    def colors(self) -> dict[str, dict[str, str]]:
        theme = self._view.config.theme
        return {"light": theme.light, "dark": theme.dark}

    @property
    def menu(self) -> tuple[MenuItem, ...]:
        return self._menu("main")

    @property
    def footer_menu(self) -> tuple[MenuItem, ...]:
        return self._menu("footer")

    def _menu(self, name: str) -> tuple[MenuItem, ...]:
        return tuple(MenuItem(self._view, entry) for entry in self._view.look("menu", f"{name}:{self._view.lang}"))

    @cached_property
    def tags(self) -> tuple[Term, ...]:
        return tuple(Term(self._view, tag) for tag in self._view.look("tags", self._view.lang))

    @property
    def topics(self) -> str:
        """Where all tags are listed."""
        return self._view.url(f"{prefix(self._view.config, self._view.lang)}tags/")

    @property
    def sections(self) -> tuple[SectionView, ...]:
        view = self._view
        keys = view.look("sections", view.lang)
        return tuple(SectionView(view, view.look("section", f"{view.lang}:{key}")) for key in keys)

    @property
    def languages(self) -> tuple[LanguageHome, ...]:
        view = self._view
        return tuple(
            LanguageHome(language, view.url(prefix(view.config, lang)), view.config.text(view.config.title, lang))
            for lang, language in view.languages.items()
        )

    @property
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
        card_id = own.get(view.lang) or own.get(self.default_language) or next(iter(own.values()))
        return ArticleView(view, card_id)

    @property
    def feed(self) -> str | None:
        """The first feed of the page's language."""
        view = self._view
        return view.feed(prefix(view.config, view.lang))

    def latest(self, number: int) -> tuple[Entry, ...]:
        return _part(self._view, f"{self._view.lang}:home", 0, int(number))


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
        self.lang, self.name, self.dir, self.home = language.code, language.name, language.direction, home
        self.title = title


class MenuItem:
    """`current`: this very page; `within`: this page lies below it."""

    def __init__(self, view: View, entry: MenuEntry) -> None:
        self.title = entry.title or view.language.gettext("Topics")
        self.url = entry.url or view.url(entry.path)
        self.lang = entry.lang or None
        self.current = not entry.url and view.record.path == entry.path
        home = prefix(view.config, view.lang)
        self.within = not entry.url and entry.path != home and view.record.path.startswith(entry.path)


class FeedView:
    """A feed, Atom (RFC 4287) or JSON Feed (1.1), of the list that lies at `home`."""

    def __init__(self, view: View) -> None:
        page = view.record
        self.url, self.absolute = view.url(page.path), view.absolute(page.path)
        self.home = view.absolute(page.canonical or "")
        self.id = uuid5(NAMESPACE_URL, f"{view.config.id}|{page.collection}").urn
        site = view.text(view.config.title)
        if ":tag:" in page.collection:
            self.title = f"{Term(view, page.subject).name} – {site}"
        elif ":section:" in page.collection:
            self.title = f"{view.look('section', f'{page.lang}:{page.subject}').title} – {site}"
        else:
            self.title = site
        entries = _entries(view)
        self.updated: Moment | None = max(
            (moment for entry in entries if (moment := entry.updated or entry.date)), default=None
        )


def _redirects(view: View) -> tuple[Redirect, ...]:
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
        if not self.parts:
            for entry in self._view.look("sitemap", str(self._page.number)) or ():
                yield SitemapItem(self._view, entry)


class SitemapItem:
    def __init__(self, view: View, entry: SitemapEntry) -> None:
        self.absolute = view.absolute(entry.path)
        self.alternates = tuple(Alternate(lang, view.absolute(path)) for lang, path in entry.alternates)
        self.x_default = None if entry.x_default is None else view.absolute(entry.x_default)
        self.updated: Moment | None = view.look("updated", entry.card) if entry.card else None
