"""The whole site as one value: everything that pages are made from."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from .artwork import Stationery, drawing_of, plan_cards
from .assets import Asset
from .config import Config, MenuLink
from .derived import Derived
from .document import Document
from .drawings import inks_of
from .edition import Card, Edition, Moments, collect
from .files import digest
from .fonts import Lettering
from .layouts import Layout, missing_layout
from .links import Target, address_target, check_links, resolve
from .markdown import Reference
from .media import File, Media, published
from .pages import is_findable, is_in_sitemap, plan
from .problems import Checked, Place, Problem, nearest, problem
from .routes import Page, check_collisions, index_path, prefix
from .sources import NamedSource
from .tags import Registry, in_order


class MenuEntry(Struct, frozen=True):
    """`path` below the root, or `url` when it leads elsewhere; `lang` when that is in another language."""

    title: str
    path: str
    url: str
    lang: str


class SitemapEntry(Struct, frozen=True, gc=False):
    path: str
    alternates: tuple[tuple[str, str], ...]
    x_default: str | None
    card: str


class Site(Struct, frozen=True):
    """Whole and immutable. `digests`: of documents, by path; `pages`: by output path; `derived`: files to be made from
    others, but for drawings; `share_cards`: the paths of such, as `artwork` names them; `topics`: language → ids of the
    tags with articles to show, by name; `menus`: "main:vi", "footer:vi"; `redirects`: old and new address; `sitemaps`:
    by number, from 0 for the only one; `searchable`: languages with something for the search indexer, where there is
    one."""

    config: Config
    documents: Mapping[str, Document]
    digests: Mapping[str, str]
    registry: Registry
    sources: Mapping[str, NamedSource]
    edition: Edition
    pages: Mapping[str, Page]
    layouts: Mapping[str, Layout]
    assets: Mapping[str, Asset]
    media: Media
    derived: tuple[Derived, ...]
    share_cards: Mapping[str, str]
    messages: Mapping[str, str]
    topics: Mapping[str, tuple[str, ...]]
    menus: Mapping[str, tuple[MenuEntry, ...]]
    redirects: tuple[tuple[str, str], ...]
    sitemaps: Mapping[str, tuple[SitemapEntry, ...]]
    searchable: tuple[str, ...]

    def at(self, kind: str, name: str) -> Any:  # noqa: C901 - a table
        """The part of the site that goes by this kind and name; None where there is none. Every look that a
        template takes comes through here, so kind and name are all that a trace needs."""
        match kind:
            case "card":
                return self.edition.cards.get(name)
            case "updated":
                card = self.edition.cards.get(name)
                return (card.updated or card.date) if card else None
            case "document":
                return self.documents.get(name)
            case "collection":
                return _part_of(self.edition.collections, name)
            case "count":
                return len(self.edition.collections.get(name, ()))
            case "section":
                lang, _, key = name.partition(":")
                return self.edition.sections.get(key, {}).get(lang)
            case "sections":
                return tuple(key for key in self.edition.sections if key and self.at("count", f"{name}:section:{key}"))
            case "tag":
                return self.registry.tags.get(name)
            case "tags":
                return self.topics.get(name)
            case "translations":
                return self.edition.translations.get(name)
            case "neighbours":
                return self.edition.neighbours.get(name)
            case "target":
                lang, _, path = name.partition(":")
                return self.target(path, lang)
            case "source":
                return self.sources.get(name)
            case "asset":
                asset = self.assets.get(name)
                return (asset.path, asset.integrity) if asset else None
            case "asset-size":
                asset = self.assets.get(name)
                return asset.size if asset else None
            case "drawing":
                drawn = self.drawing(name)
                return drawn.path if drawn else None
            case "share_card":
                return self.share_cards.get(name)
            case "file":
                return self.media.files.get(name)
            case "menu":
                return self.menus.get(name)
            case "redirects":
                return self.redirects
            case "sitemap":
                return self.sitemaps.get(name)
            case "search_index":
                return index_path(self.config, name) if name in self.searchable else None
            case "config":
                return self.config
            case "layout":
                layout = self.layouts.get(name)
                return layout.digest if layout else None
            case "messages":
                return self.messages.get(name)
        raise KeyError(kind)

    def target(self, path: str, lang: str) -> Target:
        return resolve(Reference("document", path, "", "", "", 0, 0), lang, self.config, self.edition)

    def drawing(self, name: str) -> Derived | None:
        return drawing_of(name, self.edition, self.registry, inks_of(self.config.theme))

    def digest_of(self, kind: str, name: str) -> str | None:
        """What a trace keeps of a part; None where there is none."""
        if kind == "document":
            return self.digests.get(name)
        value = self.at(kind, name)
        return value if value is None or isinstance(value, str) else digest(_ENCODER.encode(value))

    def ground(self, kind: str) -> str:
        """Changes with anything that parts of one of the kinds in GROUNDS are taken from, beside the mappings that are
        named there."""
        edition = self.edition
        values: Mapping[str, Any] = {
            "section": edition.sections,
            "sections": edition.sections,
            "tag": self.registry.tags,
            "tags": self.topics,
            "target": (edition.sections, self.config),
            "file": self.media.files,
            "drawing": (self.registry.tags, self.config.theme),
        }
        return digest(_ENCODER.encode(values[kind]))


Changes = Mapping[str, Mapping[str, Any]]
"""What is not as it was in the large mappings of a site, by their names, such as "edition.cards", with what it was."""


def _whole(value: object) -> object:
    return value


def _address(card: Card | None) -> object:
    return card and (card.path, card.lang, card.document)


def _drawn(card: Card | None) -> object:
    return card and (card.role, card.image, card.tags)


GROUNDS: Mapping[str, Mapping[str, Callable[[Any], object]]] = {
    "section": {},
    "sections": {"collections": bool},
    "tag": {},
    "tags": {},
    "target": {
        "cards": _address, "collections": bool, "translations": _whole, "copies": _whole, "keys_by_path": _whole
    },
    "file": {},
    "drawing": {"cards": _drawn, "translations": _whole},
}  # fmt: skip
"""What the parts of a kind are taken from, for kinds with more parts than one would look at one by one: mappings of the
edition, and what counts of their entries."""

_ENCODER = msgspec.msgpack.Encoder()


class Given(Struct, frozen=True):
    """All that was read but the documents and what they show, each part left out that was broken. `contents`: paths of
    all content files; `present`: of all pictures and attachments, below content/; `messages`: language → digest of its
    catalogues; `indexer`: whether there is one for search."""

    config: Config
    contents: tuple[str, ...]
    present: tuple[str, ...]
    registry: Registry
    sources: Mapping[str, NamedSource]
    layouts: Mapping[str, Layout]
    assets: Mapping[str, Asset]
    messages: Mapping[str, str]
    indexer: bool


def assemble(
    given: Given, documents: Mapping[str, Document], files: Mapping[str, File], letterings: Mapping[str, Lettering],
    moments: Moments,
) -> Checked[Site]:  # fmt: skip
    """Arrange everything; problems leave out the part that has them. `files`: pictures and attachments, by path below
    content/; `letterings`: language → what its share cards are written with."""
    config = given.config
    edition, edition_problems = collect(config, tuple(documents.values()), given.registry, moments)
    pages = plan(config, edition, given.registry, documents)
    pages, layout_problems = _known_layouts(pages, documents, given.layouts)
    pages, collisions = check_collisions(pages)
    media = published(documents.values(), edition, files)
    paths = {page.path for page in pages} | {asset.path for asset in given.assets.values()} | media.paths
    menus, menu_problems = _menus(config, edition, paths)
    cards = plan_cards(edition, stationery(given, letterings))
    site = Site(
        config=config,
        documents=documents,
        digests={path: document.digest for path, document in documents.items()},
        registry=given.registry,
        sources=given.sources,
        edition=edition,
        pages={page.output: page for page in pages},
        layouts=given.layouts,
        assets=given.assets,
        media=media,
        derived=(*media.derived, *cards.derived),
        share_cards=cards.paths,
        messages=given.messages,
        topics={
            lang: tuple(
                tag for tag in in_order(given.registry, lang, config) if f"{lang}:tag:{tag}" in edition.collections
            )
            for lang in config.languages
        },
        menus=menus,
        redirects=tuple((page.path, page.subject) for page in pages if page.kind == "redirect"),
        sitemaps=_sitemaps(pages),
        searchable=_searchable(config, pages) if given.indexer else (),
    )
    return site, (
        *edition_problems,
        *layout_problems,
        *collisions,
        *menu_problems,
        *check_links(documents, config, edition, given.present, given.contents, paths),
    )


def stationery(given: Given, letterings: Mapping[str, Lettering]) -> Stationery:
    """What share cards are made of."""
    logo = given.assets.get(given.config.theme.logo)
    mark = logo.data.decode("utf-8", "replace") if logo and logo.name.endswith(".svg") else ""
    return Stationery(given.config, given.registry, mark, letterings)


def _part_of(collections: Mapping[str, tuple[str, ...]], name: str) -> tuple[str, ...]:
    """So much of a collection as a page shows: "vi:home[10:20]"."""
    base, _, part = name.partition("[")
    start, _, stop = part.rstrip("]").partition(":")
    return collections.get(base, ())[int(start) : int(stop)]


def _known_layouts(
    pages: tuple[Page, ...], documents: Mapping[str, Document], layouts: Mapping[str, Layout]
) -> tuple[tuple[Page, ...], list[Problem]]:
    problems = []
    for page in pages:
        if page.layout not in layouts:
            document = documents.get(page.origin)
            place = document.place("layout") if document and document.meta.layout else Place(f"layouts/{page.layout}")
            code = "unknown-layout" if document and document.meta.layout else "missing-layout"
            problems.append(missing_layout(page.layout, place, layouts, code))
    return tuple(page for page in pages if page.layout in layouts), problems


def _menus(
    config: Config, edition: Edition, paths: Collection[str]
) -> tuple[dict[str, tuple[MenuEntry, ...]], list[Problem]]:
    """The two menus in each language. With none in the settings: sections and topics above, pages below."""
    sections = [key for key in edition.sections if key and "/" not in key]
    cards = edition.cards
    pages = [key for key, own in edition.translations.items() if cards[next(iter(own.values()))].role == "page"]
    wanted = {
        "main": config.menu or (*sections, "tags"),
        "footer": config.footer_menu or ((*pages,) if not config.menu else ()),
    }
    menus: dict[str, tuple[MenuEntry, ...]] = {}
    problems: list[Problem] = []
    for menu, entries in wanted.items():
        for lang in config.languages:
            made = []
            for entry in entries:
                if isinstance(entry, MenuLink):
                    made.append(_menu_link(entry, config, lang))
                elif entry == "tags":
                    made.append(MenuEntry("", f"{prefix(config, lang)}tags/", "", ""))
                elif entry in edition.sections:
                    section = edition.sections[entry][lang]
                    if section.path in paths:
                        made.append(MenuEntry(section.title, section.path, "", ""))
                elif entry in edition.translations:
                    card = _version(edition, entry, lang, config)
                    made.append(MenuEntry(card.title, card.path, "", "" if card.lang == lang else card.lang))
                else:
                    known = [*edition.sections, *edition.translations, "tags"]
                    problems.append(
                        problem(
                            "unknown-menu-entry",
                            Place("site.yaml"),
                            value=entry,
                            nearest=nearest(entry, known),
                            known=", ".join(sorted(known)[:20]),
                        )
                    )
            menus[f"{menu}:{lang}"] = tuple(made)
    return menus, problems


def _menu_link(entry: MenuLink, config: Config, lang: str) -> MenuEntry:
    address = config.text(entry.url, lang)
    title = config.text(entry.title, lang)
    return (
        MenuEntry(title, address_target(address), "", "")
        if address.startswith("/")
        else MenuEntry(title, "", address, "")
    )


def _version(edition: Edition, key: str, lang: str, config: Config) -> Card:
    own = edition.translations[key]
    card_id = own.get(lang) or edition.copies.get(key, {}).get(lang) or own.get(config.default_language)
    return edition.cards[card_id or next(iter(own.values()))]


def _searchable(config: Config, pages: tuple[Page, ...]) -> tuple[str, ...]:
    found = {page.lang for page in pages if is_findable(page)} if config.search else ()
    return tuple(lang for lang in config.languages if lang in found)


def _sitemaps(pages: tuple[Page, ...]) -> dict[str, tuple[SitemapEntry, ...]]:
    maps = [page for page in pages if page.kind == "sitemap"]
    entries = tuple(
        SitemapEntry(
            page.path, page.alternates, page.x_default, page.subject if page.kind in ("article", "page") else ""
        )
        for page in pages
        if is_in_sitemap(page)
    )
    if len(maps) == 1:
        return {"0": entries}
    size = -(-len(entries) // max(1, len(maps) - 1))
    return {str(page.number): entries[(page.number - 1) * size : page.number * size] for page in maps if page.number}
