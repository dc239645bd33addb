"""The parts of a site that pages look at, by kind: how each is found, and what tells that none of its kind has changed.

A trace holds nothing but kinds, names and digests of parts, so a new kind is one more row of PARTS. Drawings and share
cards are planned when a page looks at them. That is too late for the table of addresses: drawings are refused by the
output where something else is, and share cards are planned earlier where a page lies in their folder.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sitegen.artwork.drawings import Drawing, Manner, colored, drawing, inks_of
from sitegen.artwork.share_cards import Colours, ShareCard
from sitegen.config.registries import Registry
from sitegen.config.settings import Config
from sitegen.config.theme import ThemeSettings
from sitegen.files import digest
from sitegen.markdown.references import Reference
from sitegen.text import with_ending

from .document import Teaser
from .edition import Card, Edition, ListName
from .links import Target, resolve
from .media import Derived
from .model import Inputs, Site
from .urls import index_path

PartName = tuple[str, str]
"""Kind and name of a part."""

CARDS = "cards"
"""Where share cards lie."""


def drawing_of(site: Site, name: str) -> Derived | None:
    """The drawing for an article without a picture, in a manner: "soft:news/opening"."""
    manner, _, key = name.partition(":")
    own = site.edition.translations.get(key)
    card = site.edition.cards[next(iter(own.values()))] if own else None
    if card is None or card.role != "article" or card.image:
        return None
    drawn = colored(_drawing(card, site.registry, cast(Manner, manner)), inks_of(site.config.theme))
    digest = drawn.key
    return Derived(f"drawn/{drawn.name}.{digest[:10]}.svg", digest, drawn)


def card_names(edition: Edition, config: Config) -> Iterator[str]:
    """Of all share cards: one for each front page ("vi:home"), section ("vi:section:news"), article and page (the path
    of its file)."""
    yield from (str(ListName(lang, "home")) for lang in config.languages)
    for key in filter(None, edition.sections):
        yield from (str(ListName(lang, "section", key)) for lang in edition.section_pages(key))
    yield from (card.id for card in edition.cards.values() if card.id == card.document)


def share_card_of(given: Inputs, edition: Edition, name: str) -> Derived | None:
    """The share card that goes by a name; None where there is nothing to write it with."""
    config = given.config
    if (article := edition.cards.get(name)) is not None:
        day = article.date.at.astimezone(config.zone).date().isoformat() if article.date else ""
        drawn, lang = _drawing(article, given.registry, "deep"), article.lang
        return _card(given, lang, article.key, given.teasers[article.document].title, drawn, day)
    lang, _, listed = name.partition(":")
    kind, _, key = listed.partition(":")
    section = edition.sections.get(key, {}).get(lang) if kind == "section" else None
    if section is not None:
        return _card(given, lang, f"{key}/section", section.title, drawing((), key, "deep"))
    if kind == "home":
        return _card(given, lang, "home", config.text(config.title, lang), drawing((), config.id, "deep"))
    return None


def _card(given: Inputs, lang: str, place: str, title: str, drawn: Drawing, day: str = "") -> Derived | None:
    """The card of the page at a place of a language, to be made."""
    config, lettering = given.config, given.letterings.get(lang)
    if lettering is None:
        return None
    logo = given.assets.get(config.theme.logo)
    mark = logo.data.decode("utf-8", "replace") if logo and logo.name.endswith(".svg") else ""
    site, locale = config.text(config.title, lang), str(config.locale(lang))
    drawn = colored(replace(drawn, variant=0), inks_of(config.theme))  # few to rasterise, however many cards
    shown, colours = site if site != title else "", _colours(config.theme)
    card = ShareCard(title, shown, day, locale, drawn, mark, lettering, colours)
    key = card.key
    return Derived(with_ending(f"{CARDS}/{lang}/{place}", f".{key[:10]}.png"), key, card)


@cache
def _colours(theme: ThemeSettings) -> Colours:
    light = theme.light
    return Colours(light["paper"], light["ink"], light["muted"], light["green"])


def _drawing(card: Card, registry: Registry, manner: Manner) -> Drawing:
    wanted = registry.tags[card.tags[0]].drawing if card.tags else None
    return drawing(card.tags, card.key, manner, wanted)


Get = Callable[[Site, str], Any]


class Part(Struct, frozen=True):
    """One kind. `get`: the part of a name, None where there is none. `digest`: of it, where that is known without it.
    So that parts need not be looked at one by one: `entries_of` names the large mappings of which each takes one entry,
    of its own name or what `entry` makes of that; `ground` is all else that parts of the kind are taken from, but for
    large mappings whose entries `concern` all of them, in what a function takes of each. With none of these, nothing is
    known of a kind."""

    get: Get
    entries_of: tuple[str, ...] = ()
    entry: Callable[[str], str] | None = None
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


def _teaser(site: Site, path: str) -> Teaser | None:
    """Without an update that is still to come."""
    teaser = site.teasers.get(path)
    return replace(teaser, updated=None) if teaser and path in site.ahead else teaser


def _title(site: Site, path: str) -> str | None:
    teaser = site.teasers.get(path)
    return teaser.title if teaser else None


def _updated(site: Site, name: str) -> Any:
    card = site.edition.cards.get(name)
    teaser = _teaser(site, card.document) if card else None
    return (teaser and teaser.updated) or (card and card.date)


def _collection(site: Site, name: str) -> tuple[str, ...]:
    start, stop, collection = _read_slice(name)
    return site.edition.collections.get(collection, ())[start:stop]


def _section(site: Site, name: str) -> Any:
    lang, _, key = name.partition(":")
    return site.edition.sections.get(key, {}).get(lang)


def _sections(site: Site, lang: str) -> tuple[str, ...]:
    edition = site.edition
    return tuple(
        key
        for key, by_lang in edition.sections.items()
        if key and lang in by_lang and edition.collections.get(str(ListName(lang, "section", key)))
    )


def _most_used(site: Site, name: str) -> tuple[str, ...]:
    """So many tags of a language ("vi:12"), those with the most articles."""
    lang, _, number = name.partition(":")
    collections = site.edition.collections
    used = {tag: len(collections.get(str(ListName(lang, "tag", tag)), ())) for tag in site.topics.get(lang, ())}
    return tuple(sorted(used, key=used.__getitem__, reverse=True)[: int(number)])


def _target(site: Site, name: str) -> Target:
    lang, _, path = name.partition(":")
    return resolve(Reference("document", path, "", "", "", "", 0, 0), lang, site.config, site.edition)


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
    "most_used": Part(
        _most_used, ground=lambda site: site.topics, concern={"edition.collections": len}
    ),
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
    "teaser": Part(_teaser, entries_of=("teasers",), ground=lambda site: site.ahead),
    "title": Part(_title, entries_of=("teasers",)),
    "translations": Part(lambda site, key: site.edition.translations.get(key), entries_of=("edition.translations",)),
    "updated": Part(_updated, entries_of=("edition.cards", "teasers"), ground=lambda site: site.ahead),
}  # fmt: skip

LARGE = ("pages", *sorted({name for part in PARTS.values() for name in (*part.entries_of, *part.concern)}))
"""The mappings of a site of which the edit of a text needs a few entries only: pages, and what parts are taken from."""

_ENCODER = msgspec.msgpack.Encoder()
