"""The whole site as one value: everything that pages are made from."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from .artwork import drawing_of
from .assets import Asset
from .config import Config
from .derived import Derived
from .document import Document
from .drawings import inks_of
from .edition import Card, Edition, ListName
from .files import digest
from .layouts import Layout
from .links import Target, resolve
from .markdown import Reference
from .media import Media
from .routes import Page, index_path
from .sources import NamedSource
from .tags import Registry


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
                start, stop, collection = read_slice(name)
                return self.edition.collections.get(collection, ())[start:stop]
            case "count":
                return len(self.edition.collections.get(name, ()))
            case "section":
                lang, _, key = name.partition(":")
                return self.edition.sections.get(key, {}).get(lang)
            case "sections":
                return tuple(
                    key
                    for key in self.edition.sections
                    if key and self.at("count", str(ListName(name, "section", key)))
                )
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


def slice_name(start: int, stop: int, collection: str) -> str:
    """So much of a collection as a page shows: the numbers first, so that a collection may have any name."""
    return f"{start}:{stop}:{collection}"


def read_slice(name: str) -> tuple[int, int, str]:
    start, stop, collection = name.split(":", 2)
    return int(start), int(stop), collection
