"""What a template is given: the page, and what it shows, by name (docs/layouts.md lists it all)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sitegen.artwork.share_cards import SIZE
from sitegen.config.settings import FeedFormat
from sitegen.site.urls import FEED_TYPES, feed_path, list_path, prefix

from .articles import Alternate, ArticleView, Entry, LanguageLink, SectionView, Term, entries_of
from .fragments import Fragments
from .pictures import DrawnPicture
from .site_view import FeedView, SitemapView, redirects
from .view import View

SOME = 8
"""Topics that stand for all."""


def context(view: View, fragments: Fragments) -> dict[str, Any]:
    """The variables of the page's template."""
    page = view.record
    view.look("messages", view.lang)
    return {
        **fragments.begin(view),
        "page": PageView(view),
        "article": ArticleView(view, page.subject) if page.kind in ("article", "page") else None,
        "section": _section(view),
        "term": Term(view, page.subject) if page.kind == "tag" else None,
        "entries": entries_of(view),
        "feed": FeedView(view) if page.kind == "feed" else None,
        "sitemap": SitemapView(view) if page.kind == "sitemap" else None,
        "redirects": redirects(view) if page.kind == "redirects" else (),
    }


def _section(view: View) -> SectionView | None:
    if view.record.kind not in ("section", "home"):
        return None
    section = view.look("section", f"{view.lang}:{view.record.subject}")
    return SectionView(view, section) if section is not None else None


class PageView:
    """The page that is being written."""

    def __init__(self, view: View) -> None:
        self._view, self._page = view, view.record
        self.kind, self.lang = self._page.kind, view.language.tag
        self.number, self.count = self._page.number, self._page.count
        self.indexable = self._page.indexable and view.config.indexable
        self.dir = view.language.direction
        self.url = view.url(self._page.path)
        self.absolute = view.absolute(self._page.path)

    @cached_property
    def canonical(self) -> str:
        canonical = self._page.canonical
        return self.absolute if canonical is None else self._view.absolute(canonical)

    @cached_property
    def _entry(self) -> Entry:
        """Of the article or page that is shown."""
        return Entry(self._view, self._page.subject)

    @cached_property
    def title(self) -> str:
        """Unique in its language, without the site's name."""
        view, page, gettext = self._view, self._page, self._view.language.gettext
        match page.kind:
            case "article" | "page":
                title = self._entry.title
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

    @cached_property
    def description(self) -> str:
        """What search engines show, and those who are sent the address: as the author says, else in our words."""
        view, page, gettext = self._view, self._page, self._view.language.gettext
        match page.kind:
            case "article" | "page":
                return str(self._entry.summary)
            case "section":
                return str(view.look("section", f"{page.lang}:{page.subject}").description)
            case "tag":
                term = Term(view, page.subject)
                return term.description or gettext("Articles on this topic: %(topic)s", topic=term.name)
            case "tags":
                names = view.language.listing([Term(view, tag).name for tag in view.look("tags", view.lang)[:SOME]])
                return gettext("All articles by topic: %(topics)s", topics=names) if names else ""
            case "search":
                return gettext("Find articles and pages by the words in them.")
            case "not_found":
                return gettext("The page may have moved, or the address may have a typing mistake.")
            case "home" | "chooser":
                return view.text(view.config.description)
        return ""

    @cached_property
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

    @cached_property
    def alternates(self) -> tuple[Alternate, ...]:
        view = self._view
        return tuple(Alternate(view.languages[lang], view.absolute(path)) for lang, path in self._page.alternates)

    @property
    def x_default(self) -> str | None:
        path = self._page.x_default
        return None if path is None else self._view.absolute(path)

    @cached_property
    def switcher(self) -> tuple[LanguageLink, ...]:
        """Every language of the site; `url` is None where this page does not exist in it."""
        view, versions = self._view, dict(self._page.versions)
        return tuple(
            LanguageLink(language, view.url(versions[lang]) if lang in versions else None, lang == view.lang)
            for lang, language in view.languages.items()
        )

    @cached_property
    def feeds(self) -> tuple[FeedLink, ...]:
        """The feeds of this page, then those of its language."""
        view, home = self._view, prefix(self._view.config, self._view.lang)
        title = view.text(view.config.title)
        titles = {home: title}
        if self._page.feed is not None and self._page.feed != home:
            titles = {self._page.feed: f"{self.title} – {title}", home: title}
        return tuple(
            FeedLink(view.url(feed_path(folder, form)), name, form)
            for folder, name in titles.items()
            for form in view.config.feeds
        )

    @cached_property
    def newer(self) -> str | None:
        return self._neighbour(self.number - 1)

    @cached_property
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


class FeedLink:
    def __init__(self, address: str, title: str, form: FeedFormat) -> None:
        self.url, self.title, self.type = address, title, FEED_TYPES[form]
