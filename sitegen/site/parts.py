"""The parts of a site that pages look at, by kind: how each is found, and what tells that none of its kind has changed.

A trace holds nothing but kinds, names and digests of parts, so a new kind is one more row of PARTS.
"""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

import msgspec
from msgspec import Struct

from sitegen.files import digest
from sitegen.markdown.render import Reference

from .edition import Card, ListName
from .illustrations import drawing_of, share_card_of
from .links import Target, resolve
from .media import Derived
from .model import Site
from .urls import index_path

Get = Callable[[Site, str], Any]


class Part(Struct, frozen=True):
    """One kind. `get`: the part of a name, None where there is none. `digest`: of it, where that is known without it.
    So that parts need not be looked at one by one: `entries_of` names the large mappings of which each takes one entry,
    by `entry` of its name; `ground` is all else that parts of the kind are taken from, but for large mappings whose
    entries `concern` all of them, in what a function takes of each. With none of these, nothing is known of a kind."""

    get: Get
    entries_of: tuple[str, ...] = ()
    entry: Callable[[str], str] = str
    ground: Callable[[Site], object] | None = None
    concern: Mapping[str, Callable[[Any], object]] = {}
    digest: Callable[[Site, str], str | None] | None = None


def digest_of(site: Site, kind: str, name: str) -> str | None:
    """What a trace keeps of a part; None where there is none."""
    part = PARTS[kind]
    if part.digest is not None:
        return part.digest(site, name)
    value = part.get(site, name)
    return value if value is None or isinstance(value, str) else digest(_ENCODER.encode(value))


def ground_of(site: Site, kind: str) -> str | None:
    """Changes with all that parts of a kind are taken from but for large mappings; None where that is not said."""
    ground = PARTS[kind].ground
    return digest(_ENCODER.encode(ground(site))) if ground else None


def mapping_of(site: Site, name: str) -> Mapping[str, Any]:
    """A large mapping of a site, such as "edition.cards"."""
    mapping: Mapping[str, Any] = attrgetter(name)(site)
    return mapping


def slice_name(start: int, stop: int, collection: str) -> str:
    """So much of a collection as a page shows: the numbers first, so that a collection may have any name."""
    return f"{start}:{stop}:{collection}"


def _read_slice(name: str) -> tuple[int, int, str]:
    start, stop, collection = name.split(":", 2)
    return int(start), int(stop), collection


def _title(site: Site, path: str) -> str | None:
    teaser = site.teasers.get(path)
    return teaser.title if teaser else None


def _updated(site: Site, name: str) -> Any:
    card = site.edition.cards.get(name)
    return (site.teasers[card.document].updated or card.date) if card else None


def _collection(site: Site, name: str) -> tuple[str, ...]:
    start, stop, collection = _read_slice(name)
    return site.edition.collections.get(collection, ())[start:stop]


def _section(site: Site, name: str) -> Any:
    lang, _, key = name.partition(":")
    return site.edition.sections.get(key, {}).get(lang)


def _sections(site: Site, lang: str) -> tuple[str, ...]:
    edition = site.edition
    return tuple(
        key for key in edition.sections if key and edition.collections.get(str(ListName(lang, "section", key)))
    )


def _target(site: Site, name: str) -> Target:
    lang, _, path = name.partition(":")
    return resolve(Reference("document", path, "", "", "", 0, 0), lang, site.config, site.edition)


def _asset(site: Site, name: str) -> tuple[str, str] | None:
    asset = site.assets.get(name)
    return (asset.path, asset.integrity) if asset else None


def _asset_size(site: Site, name: str) -> Any:
    asset = site.assets.get(name)
    return asset.size if asset else None


def _path(drawn: Derived | None) -> str | None:
    return drawn.path if drawn else None


def _card_ground(site: Site) -> object:
    logo = site.assets.get(site.config.theme.logo)
    return site.config, site.registry.tags, site.edition.sections, logo and logo.digest


def _search_index(site: Site, lang: str) -> str | None:
    return index_path(site.config, lang) if lang in site.searchable else None


def _layout(site: Site, name: str) -> str | None:
    layout = site.layouts.get(name)
    return layout.digest if layout else None


def _whole(value: object) -> object:
    return value


def _address(card: Card | None) -> object:
    return card and (card.path, card.lang, card.document)


def _shown(card: Card | None) -> object:
    return card and (card.role, card.image, card.tags)


DRAWN: Mapping[str, Callable[[Site, str], Derived | None]] = {
    "drawing": drawing_of,
    "share_card": lambda site, name: share_card_of(site, site.edition, name),
}
"""Files that are planned when a page looks at them, by kind."""

PARTS: Mapping[str, Part] = {
    "asset": Part(_asset),
    "asset-size": Part(_asset_size),
    "card": Part(lambda site, name: site.edition.cards.get(name), entries_of=("edition.cards",)),
    "collection": Part(_collection, entries_of=("edition.collections",), entry=lambda name: _read_slice(name)[2]),
    "config": Part(lambda site, _: site.config),
    "count": Part(
        lambda site, name: len(site.edition.collections.get(name, ())), entries_of=("edition.collections",)
    ),
    "document": Part(
        lambda site, name: site.documents.get(name), digest=lambda site, name: site.digests.get(name)
    ),
    "drawing": Part(
        lambda site, name: _path(DRAWN["drawing"](site, name)),
        ground=lambda site: (site.registry.tags, site.config.theme),
        concern={"edition.cards": _shown, "edition.translations": _whole},
    ),
    "file": Part(lambda site, name: site.media.files.get(name), ground=lambda site: site.media.files),
    "layout": Part(_layout),
    "menu": Part(lambda site, name: site.menus.get(name)),
    "messages": Part(lambda site, lang: site.messages.get(lang)),
    "neighbours": Part(lambda site, name: site.edition.neighbours.get(name), entries_of=("edition.neighbours",)),
    "redirects": Part(lambda site, _: site.redirects),
    "search_index": Part(_search_index),
    "section": Part(_section, ground=lambda site: site.edition.sections),
    "sections": Part(
        _sections, ground=lambda site: site.edition.sections, concern={"edition.collections": bool}
    ),
    "share_card": Part(
        lambda site, name: _path(DRAWN["share_card"](site, name)),
        entries_of=("edition.cards", "teasers"), ground=_card_ground, concern={"letterings": _whole},
    ),
    "sitemap": Part(lambda site, number: site.sitemaps.get(number), entries_of=("sitemaps",)),
    "source": Part(lambda site, name: site.sources.get(name)),
    "tag": Part(lambda site, name: site.registry.tags.get(name), ground=lambda site: site.registry.tags),
    "tags": Part(lambda site, lang: site.topics.get(lang), ground=lambda site: site.topics),
    "target": Part(
        _target,
        ground=lambda site: (site.edition.sections, site.config),
        concern={
            "edition.cards": _address, "edition.collections": bool, "edition.translations": _whole,
            "edition.copies": _whole, "edition.keys_by_path": _whole,
        },
    ),
    "teaser": Part(lambda site, path: site.teasers.get(path), entries_of=("teasers",)),
    "title": Part(_title, entries_of=("teasers",)),
    "translations": Part(lambda site, key: site.edition.translations.get(key), entries_of=("edition.translations",)),
    "updated": Part(_updated, entries_of=("edition.cards", "teasers")),
}  # fmt: skip

LARGE = ("pages", *sorted({name for part in PARTS.values() for name in (*part.entries_of, *part.concern)}))
"""The mappings of a site of which the edit of a text needs a few entries only: pages, and what parts are taken from."""

_ENCODER = msgspec.msgpack.Encoder()
