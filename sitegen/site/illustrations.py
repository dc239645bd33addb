"""Drawings for articles that have no picture, and share cards: which there are of a site, and where.

Both are planned when a page looks at them. That is too late for the table of addresses: drawings are refused by the
output where something else is, and share cards are planned earlier where a page lies in their folder.
"""

from collections.abc import Iterator
from functools import cache
from typing import cast

from msgspec.structs import replace

from sitegen.artwork.drawings import Drawing, Manner, colored, drawing, inks_of
from sitegen.artwork.share_cards import Colours, ShareCard
from sitegen.config.registries import Registry
from sitegen.config.settings import Config
from sitegen.config.theme import ThemeSettings

from .edition import Card, Edition, ListName
from .media import Derived
from .model import Inputs, Site

FOLDER = "cards"
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
    return Derived(f"{FOLDER}/{lang}/{place}.{key[:10]}.png", key, card)


@cache
def _colours(theme: ThemeSettings) -> Colours:
    light = theme.light
    return Colours(light["paper"], light["ink"], light["muted"], light["green"])


def _drawing(card: Card, registry: Registry, manner: Manner) -> Drawing:
    wanted = registry.tags[card.tags[0]].drawing if card.tags else None
    return drawing(card.tags, card.key, manner, wanted)
