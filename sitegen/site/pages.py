"""The list of pages to write: every address of the site and what stands there."""

from collections.abc import Iterable, Iterator, Mapping
from math import ceil

from msgspec.structs import replace

from sitegen.config.registries import Registry, address_part
from sitegen.config.settings import Config
from sitegen.files import TAGS

from .document import Document
from .edition import Card, Edition, ListName
from .urls import REDIRECT_FILES, Page, feed_path, list_path, prefix, search_path

Versions = tuple[tuple[str, str], ...]

SITEMAP_SIZE = 20_000


def plan(
    config: Config,
    edition: Edition,
    registry: Registry,
    documents: Mapping[str, Document],
    redirects: Iterable[Page],
) -> tuple[Page, ...]:
    """All pages, in the order of their sources."""
    pages = [
        *_homes(config, edition),
        *_sections(config, edition),
        *_tags(config, edition, registry),
        *_articles(config, edition, documents),
        *_searches(config),
        *redirects,
        *_redirect_files(config),
        *_not_found(config),
    ]
    if not config.default_language_at_root:
        pages.append(_chooser(config))
    robots = Page("robots.txt", "robots", "robots.txt", config.default_language)
    return (*pages, *_sitemaps(config, pages), robots)


def _homes(config: Config, edition: Edition) -> Iterator[Page]:
    homes = tuple((lang, prefix(config, lang)) for lang in config.languages)
    for lang, path in homes:
        first = Page(path, "home", "home.html", lang, versions=homes, x_default="", feed=path, origin=f"home {lang}")
        yield from _list(config, edition, ListName(lang, "home"), first)


def _sections(config: Config, edition: Edition) -> Iterator[Page]:
    for key in filter(None, edition.sections):
        shown = edition.section_pages(key)
        versions = tuple((lang, section.path) for lang, section in shown.items())
        for lang, section in shown.items():
            origin = section.document or f"content/{key}/"
            first = Page(section.path, "section", "section.html", lang, key, versions=versions, origin=origin)
            yield from _list(config, edition, ListName(lang, "section", key), first)


def _tags(config: Config, edition: Edition, registry: Registry) -> Iterator[Page]:
    indexes = tuple((lang, f"{prefix(config, lang)}tags/") for lang in config.languages)
    default = _default(config, indexes)
    for lang, path in indexes:
        yield Page(
            path, "tags", "tags.html", lang, versions=indexes, alternates=indexes, x_default=default, origin=TAGS
        )  # fmt: skip
    for tag_id, tag in registry.tags.items():
        versions = tuple(
            (lang, f"{index}{address_part(tag_id, tag, lang)}/")
            for lang, index in indexes
            if edition.collections.get(str(ListName(lang, "tag", tag_id)))
        )
        for lang, path in versions:
            first = Page(path, "tag", "tag.html", lang, tag_id, versions=versions, origin=TAGS)
            yield from _list(config, edition, ListName(lang, "tag", tag_id), first)


def _list(config: Config, edition: Edition, name: ListName, first: Page) -> Iterator[Page]:
    """The pages of a paginated list, and its feeds where it has articles in its language, or its `first` page is to
    have them. Only that page has translations: what page 2 holds differs by language."""
    count = max(1, ceil(len(edition.collections.get(str(name), ())) / config.page_size))
    has_own = bool(edition.collections.get(str(name._replace(own=True))))
    first = replace(
        first,
        collection=str(name),
        count=count,
        alternates=first.versions,
        x_default=_default(config, first.versions) if first.x_default is None else first.x_default,
        feed=first.path if has_own else first.feed,
    )
    yield first
    for number in range(2, count + 1):
        yield replace(first, path=list_path(first.path, number), number=number, alternates=(), x_default=None)
    if first.feed is not None:
        yield from _feeds(config, name, first.path)


def _feeds(config: Config, name: ListName, folder: str) -> Iterator[Page]:
    collection = str(name._replace(own=True))
    for form in config.feeds:
        path = feed_path(folder, form)
        yield Page(path, "feed", feed_path("", form), name.lang, name.key, collection, canonical=folder)


def _articles(config: Config, edition: Edition, documents: Mapping[str, Document]) -> Iterator[Page]:
    for key, own in edition.translations.items():
        copies = edition.copies.get(key, {})
        ids = {lang: own.get(lang) or copies.get(lang) for lang in config.languages}
        versions = tuple((lang, edition.cards[card_id].path) for lang, card_id in ids.items() if card_id)
        real = tuple((lang, edition.cards[own[lang]].path) for lang in config.languages if lang in own)
        for card_id in (*own.values(), *copies.values()):
            yield _article(edition.cards[card_id], documents, versions, real, _default(config, real), edition)


def _article(
    card: Card, documents: Mapping[str, Document], versions: Versions, real: Versions, x_default: str, edition: Edition
) -> Page:
    is_copy = card.id != card.document
    document = documents[card.document]
    place = document.place("slug" if "slug" in document.marks else "title")
    return Page(
        path=card.path,
        kind="page" if card.role == "page" else "article",
        layout=document.meta.layout or ("page.html" if card.role == "page" else "article.html"),
        lang=card.reader,
        subject=card.id,
        versions=versions,
        alternates=() if is_copy else real,
        x_default=None if is_copy else x_default,
        canonical=edition.cards[card.document].path if is_copy else None,
        indexable=not is_copy,
        origin=card.document,
        line=place.line,
        column=place.column,
    )


def _searches(config: Config) -> Iterator[Page]:
    if not config.search:
        return
    versions = tuple((lang, search_path(config, lang)) for lang in config.languages)
    for lang, path in versions:
        yield Page(path, "search", "search.html", lang, versions=versions, indexable=False, origin="search")


def _not_found(config: Config) -> Iterator[Page]:
    """Hosts serve the 404.html at the root; some look for one nearer to the address asked for."""
    homes = tuple((lang, prefix(config, lang)) for lang in config.languages)
    paths = {f"{first}404.html": lang for lang, first in homes}
    paths.setdefault("404.html", config.default_language)
    for path, lang in paths.items():
        yield Page(path, "not_found", "404.html", lang, versions=homes, indexable=False, origin="404")


def _chooser(config: Config) -> Page:
    homes = tuple((lang, prefix(config, lang)) for lang in config.languages)
    return Page(
        "",
        "chooser",
        "chooser.html",
        config.default_language,
        versions=homes,
        alternates=homes,
        x_default="",
        origin="chooser",
    )


def _redirect_files(config: Config) -> Iterator[Page]:
    for host in config.redirect_files:
        yield Page(REDIRECT_FILES[host], "redirects", f"redirects/{host}.txt", config.default_language)


def _sitemaps(config: Config, pages: Iterable[Page]) -> Iterator[Page]:
    """One file, or an index of several where there are more addresses than one should hold."""
    count = sum(is_in_sitemap(page) for page in pages)
    parts = ceil(count / SITEMAP_SIZE)
    yield Page("sitemap.xml", "sitemap", "sitemap.xml", config.default_language, number=0, count=parts)
    if parts > 1:
        for number in range(1, parts + 1):
            path = f"sitemap-{number}.xml"
            yield Page(path, "sitemap", "sitemap.xml", config.default_language, number=number, count=parts)


def is_in_sitemap(page: Page) -> bool:
    kinds = ("home", "section", "tags", "tag", "article", "page", "chooser")
    return page.kind in kinds and page.indexable and page.canonical is None


def is_findable(page: Page) -> bool:
    """Whether readers may find it by searching: articles and pages, not lists, nor copies in place of translations."""
    return page.kind in ("article", "page") and page.indexable


def _default(config: Config, versions: Versions) -> str:
    """Where readers of other languages are sent: the default language's version, else the first there is."""
    by_lang = dict(versions)
    return by_lang.get(config.default_language, versions[0][1])
