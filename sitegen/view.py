"""What a template may see of the site; every look is noted down, so that a page knows what it was made from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from html import escape
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup

from . import __version__
from .assets import missing_asset
from .config import Config
from .dates import Moment
from .document import Document
from .edition import Card, Section
from .frontmatter import many
from .languages import Language
from .links import address_target
from .markdown import Reference
from .problems import Place, Problem
from .routes import Page, absolute, list_path, prefix, url
from .site import File, MenuEntry, Site, SitemapEntry
from .tags import Tag, address_part


class MissingAsset(Exception):
    """A template asked for an asset that is not there; the renderer knows the template's line."""

    def __init__(self, name: str, known: Mapping[str, object]) -> None:
        super().__init__(name)
        self.name, self.known = name, known

    def at(self, place: Place) -> Problem:
        return missing_asset(self.name, place, self.known)


class View:
    """The site as one page sees it. `seen`: kind and name of every part that was looked at."""

    def __init__(self, site: Site, page: Page, languages: Mapping[str, Language]) -> None:
        self._site, self.languages = site, languages
        self.record = page
        self.lang = page.lang
        self.language = languages[page.lang]
        self.seen: set[tuple[str, str]] = set()
        self.config: Config = self.look("config", "")

    def look(self, kind: str, name: str) -> Any:
        self.seen.add((kind, name))
        return self._site.at(kind, name)

    def context(self) -> dict[str, Any]:
        """The variables of a template (docs/layouts.md lists them)."""
        page, kind = self.record, self.record.kind
        self.seen.add(("messages", self.lang))
        return {
            "page": PageView(self),
            "site": SiteView(self),
            "article": self.article(page.subject) if kind in ("article", "page") else None,
            "section": self.section_of(page),
            "term": Term(self, page.subject) if kind == "tag" else None,
            "entries": self.entries_of(page),
            "feed": FeedView(self) if kind == "feed" else None,
            "sitemap": SitemapView(self) if kind == "sitemap" else None,
            "asset": self.asset,
            "language": self.language,
            "_": self.language.gettext,
            "gettext": self.language.gettext,
            "ngettext": self.language.ngettext,
        }

    def asset(self, name: str) -> str:
        """The root-relative address of a file of assets/."""
        path = self.look("asset", name)
        if path is None:
            raise MissingAsset(name, self._site.assets)
        return self.url(path)

    def url(self, path: str) -> str:
        return url(self.config, path)

    def absolute(self, path: str) -> str:
        return absolute(self.config, path)

    def text(self, value: Any) -> str:
        return self.config.text(value, self.lang)

    def article(self, card_id: str) -> ArticleView:
        return ArticleView(self, card_id)

    def entries(self, collection: str) -> tuple[Entry, ...]:
        return tuple(Entry(self, card_id) for card_id in self.look("collection", collection))

    def entries_of(self, page: Page) -> tuple[Entry, ...]:
        if not page.collection:
            return ()
        if page.kind == "feed":
            return self.entries(f"{page.collection}[0:{self.config.feed_size}]")
        size = self.config.page_size
        return self.entries(f"{page.collection}[{(page.number - 1) * size}:{page.number * size}]")

    def section_of(self, page: Page) -> SectionView | None:
        if page.kind not in ("section", "home"):
            return None
        section = self.look("section", f"{page.lang}:{page.subject}")
        return SectionView(self, section) if section is not None else None


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
        """The feed of this page, then that of its language."""
        view, home = self._view, f"{prefix(self._view.config, self.lang)}feed.xml"
        title = view.text(view.config.title)
        links = [FeedLink(view.url(home), title)]
        if self._page.feed and self._page.feed != home:
            links.insert(0, FeedLink(view.url(self._page.feed), f"{self.title} – {title}"))
        return tuple(links)

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


class LanguageLink:
    """A language of the site, and where this page is in it."""

    def __init__(self, language: Language, address: str | None, current: bool) -> None:
        self.lang, self.name, self.dir = language.code, language.name, language.direction
        self.url, self.current = address, current


class FeedLink:
    def __init__(self, address: str, title: str) -> None:
        self.url, self.title, self.type = address, title, "application/atom+xml"


class SiteView:
    """The site around a page, in the page's language."""

    version = __version__

    def __init__(self, view: View) -> None:
        self._view = view
        config = view.config
        self.title, self.description = view.text(config.title), view.text(config.description)
        self.home, self.root = view.url(prefix(config, view.lang)), view.url("")
        self.base_url, self.default_language = config.base_url, config.default_language

    @property
    def menu(self) -> tuple[MenuItem, ...]:
        return self._menu("main")

    @property
    def footer_menu(self) -> tuple[MenuItem, ...]:
        return self._menu("footer")

    def _menu(self, name: str) -> tuple[MenuItem, ...]:
        return tuple(MenuItem(self._view, entry) for entry in self._view.look("menu", f"{name}:{self._view.lang}"))

    @property
    def tags(self) -> tuple[Term, ...]:
        return tuple(Term(self._view, tag) for tag in self._view.look("tags", self._view.lang))

    @property
    def sections(self) -> tuple[SectionView, ...]:
        view = self._view
        keys = view.look("sections", view.lang)
        return tuple(SectionView(view, view.look("section", f"{view.lang}:{key}")) for key in keys)

    @property
    def languages(self) -> tuple[LanguageHome, ...]:
        view = self._view
        return tuple(
            LanguageHome(language, view.url(prefix(view.config, lang))) for lang, language in view.languages.items()
        )

    @property
    def search(self) -> str | None:
        view = self._view
        return view.url(f"{prefix(view.config, view.lang)}search/") if view.config.search else None

    def page(self, key: str) -> ArticleView | None:
        """An article or page by its key, in the page's language if there is one in it."""
        view = self._view
        own = view.look("translations", key)
        if not own:
            return None
        return view.article(own.get(view.lang) or own.get(self.default_language) or next(iter(own.values())))

    def latest(self, number: int) -> tuple[Entry, ...]:
        return self._view.entries(f"{self._view.lang}:home[0:{int(number)}]")


class LanguageHome:
    """A language of the site and where it begins."""

    def __init__(self, language: Language, home: str) -> None:
        self.lang, self.name, self.dir, self.home = language.code, language.name, language.direction, home


class MenuItem:
    """`current`: this very page; `within`: this page lies below it."""

    def __init__(self, view: View, entry: MenuEntry) -> None:
        self.title = entry.title or view.language.gettext("Topics")
        self.url = entry.url or view.url(entry.path)
        self.lang = entry.lang or None
        self.current = not entry.url and view.record.path == entry.path
        home = prefix(view.config, view.lang)
        self.within = not entry.url and entry.path != home and view.record.path.startswith(entry.path)


class SectionView:
    """A section in the page's language."""

    def __init__(self, view: View, section: Section) -> None:
        self._view, self._section = view, section
        self.key, self.title, self.description = section.key, section.title, section.description
        self.url = view.url(section.path)

    @property
    def body(self) -> Markup:
        if not self._section.document:
            return Markup("")
        return body(self._view, self._view.look("document", self._section.document))

    @property
    def count(self) -> int:
        return int(self._view.look("count", f"{self._section.lang}:section:{self._section.key}"))

    @property
    def feed(self) -> str | None:
        if not self._view.look("count", f"{self._section.lang}:section:{self._section.key}:own"):
            return None
        return self._view.url(f"{self._section.path}feed.xml")


class Term:
    """A tag in the page's language."""

    def __init__(self, view: View, tag_id: str) -> None:
        self._view, self.id = view, tag_id
        tag: Tag = view.look("tag", tag_id)
        self.name, self.description = view.text(tag.name), view.text(tag.description)
        self._path = f"{prefix(view.config, view.lang)}tags/{address_part(tag_id, tag, view.lang)}/"
        self.url = view.url(self._path)

    @property
    def count(self) -> int:
        return int(self._view.look("count", f"{self._view.lang}:tag:{self.id}"))

    @property
    def feed(self) -> str | None:
        own = self._view.look("count", f"{self._view.lang}:tag:{self.id}:own")
        return self._view.url(f"{self._path}feed.xml") if own else None


class Picture:
    """A picture with what there is to say of it."""

    def __init__(self, view: View, file: File, alt: str, caption: str = "", credit: str = "") -> None:
        self.url, self.absolute = view.url(file.path), view.absolute(file.path)
        self.width, self.height = file.width, file.height
        self.alt, self.caption, self.credit = alt, caption, credit


class AttachmentView:
    """A file to download with an article; `type` as readers know it, such as PDF."""

    def __init__(self, view: View, file: File, title: str) -> None:
        name = file.path.rpartition("/")[2]
        self.url, self.size = view.url(file.path), file.size
        self.title, self.type = title or name, name.rpartition(".")[2].upper()


class Entry:
    """An article in a list: what its card tells."""

    def __init__(self, view: View, card_id: str) -> None:
        self._view = view
        self._card: Card = view.look("card", card_id)
        card = self._card
        self.title, self.summary, self.key = card.title, card.summary, card.key
        self.date, self.updated = card.date, card.updated
        self.lang, self.foreign = card.lang, card.lang != view.lang
        language = view.languages[card.lang]
        self.dir, self.language_name = language.direction, language.name
        self.url, self.absolute = view.url(card.path), view.absolute(card.path)

    @property
    def tags(self) -> tuple[Term, ...]:
        return tuple(Term(self._view, tag) for tag in self._card.tags)

    @property
    def image(self) -> Picture | None:
        file: File | None = self._view.look("file", self._card.image) if self._card.image else None
        return Picture(self._view, file, self._card.image_alt) if file else None

    @property
    def article(self) -> ArticleView:
        return self._view.article(self._card.id)


class ArticleView(Entry):
    """An article or page as a whole."""

    def __init__(self, view: View, card_id: str) -> None:
        super().__init__(view, card_id)
        self._document: Document = view.look("document", self._card.document)
        meta = self._document.meta
        self.authors, self.extra, self.draft = many(meta.author), meta.extra, meta.draft
        self.headings, self.minutes = self._document.headings, self._document.minutes

    @cached_property
    def body(self) -> Markup:
        return body(self._view, self._document)

    @property
    def body_absolute(self) -> Markup:
        """The same with addresses in full, for feeds."""
        return body(self._view, self._document, self.absolute)

    @property
    def source(self) -> SourceView | None:
        name = self._document.meta.source
        return SourceView(self._view, name) if name else None

    @property
    def image(self) -> Picture | None:
        image = self._document.image
        file: File | None = self._view.look("file", self._document.image_path) if image else None
        return Picture(self._view, file, image.alt or "", image.caption, image.credit) if image and file else None

    @property
    def attachments(self) -> tuple[AttachmentView, ...]:
        paths = zip(self._document.attachments, self._document.meta.attachments, strict=True)
        found = ((self._view.look("file", path), attachment) for path, attachment in paths)
        return tuple(AttachmentView(self._view, file, attachment.title) for file, attachment in found if file)

    @property
    def translations(self) -> tuple[LanguageLink, ...]:
        """The article in its other languages."""
        view = self._view
        own = view.look("translations", self._card.key) or {}
        return tuple(
            LanguageLink(view.languages[lang], view.url(view.look("card", card_id).path), False)
            for lang, card_id in own.items()
            if lang != self.lang
        )

    @property
    def newer(self) -> Entry | None:
        return self._neighbour(0)

    @property
    def older(self) -> Entry | None:
        return self._neighbour(1)

    def _neighbour(self, side: int) -> Entry | None:
        card_id = (self._view.look("neighbours", self._card.id) or ("", ""))[side]
        return Entry(self._view, card_id) if card_id else None

    @property
    def section(self) -> SectionView | None:
        if not self._card.section:
            return None
        return SectionView(self._view, self._view.look("section", f"{self._view.lang}:{self._card.section}"))

    @property
    def copy_of(self) -> LanguageLink | None:
        """The original, on a fallback copy."""
        if self._card.id == self._card.document:
            return None
        original: Card = self._view.look("card", self._card.document)
        return LanguageLink(self._view.languages[original.lang], self._view.url(original.path), False)

    @property
    def feed_id(self) -> str:
        """Stays when the address changes: made from the site's id, the article's key and its language (RFC 4122)."""
        return uuid5(NAMESPACE_URL, f"{self._view.config.id}|{self.key}|{self.lang}").urn


class SourceView:
    """Where an article comes from: an entry of sources.yaml, or the text itself."""

    def __init__(self, view: View, name: str) -> None:
        entry = view.look("source", name)
        self.name = view.text(entry.name) if entry else name
        self.link = (view.text(entry.link) or None) if entry else None


class FeedView:
    """An Atom feed (RFC 4287) of the list that lies at `home`."""

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
        entries = view.entries_of(page)
        self.updated: Moment | None = max(
            (moment for entry in entries if (moment := entry.updated or entry.date)), default=None
        )


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
        card = view.look("card", entry.card) if entry.card else None
        self.updated: Moment | None = (card.updated or card.date) if card else None


_MARKER = re.compile("\0([0-9]+)\0")


def body(view: View, document: Document, address: str = "") -> Markup:
    """The HTML of a document with its references filled in; its own `address`, in full, makes them all absolute."""

    def fill(match: re.Match[str]) -> str:
        return _reference(view, document.references[int(match[1])], complete=bool(address))

    html = document.html.replace('href="#', f'href="{escape(address)}#') if address else document.html
    return Markup(_MARKER.sub(fill, html))


def _reference(view: View, reference: Reference, *, complete: bool) -> str:
    address = view.absolute if complete else view.url
    fragment = f"#{reference.fragment}" if reference.fragment else ""
    match reference.kind:
        case "picture":
            if reference.target.startswith("/"):
                return _picture(address(address_target(reference.target)), reference.alt, "")
            file: File | None = view.look("file", reference.target)
            if file is None:
                return ""
            size = f' width="{file.width}" height="{file.height}"' if file.width else ""
            return _picture(address(file.path), reference.alt, size)
        case "document":
            target = view.look("target", f"{view.lang}:{reference.target}")
            if target.state != "found":
                return ""
            foreign = f' hreflang="{target.lang}"' if target.lang != view.lang else ""
            return f' href="{escape(address(target.path) + fragment)}"{foreign}'
        case "file":
            file = view.look("file", reference.target)
            return f' href="{escape(address(file.path) + fragment)}"' if file else ""
    return f' href="{escape(address(address_target(reference.target)) + fragment)}"'


def _picture(source: str, alt: str, size: str) -> str:
    return f'<img src="{escape(source)}" alt="{escape(alt)}"{size} loading="lazy" decoding="async">'
