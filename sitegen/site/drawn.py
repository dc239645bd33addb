"""What is drawn for a site: pictures for articles that have none, and share cards."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

from msgspec.structs import replace

from sitegen.artwork.drawings import Drawing, Inks, Manner, colored, drawing, inks_of
from sitegen.artwork.fonts import Lettering
from sitegen.artwork.share_cards import Colours, ShareCard
from sitegen.config.registries import Registry
from sitegen.config.settings import Config

from .derived import Derived
from .edition import Card, Edition


class Drawn(NamedTuple):
    """What must be made, and where it will be, by the name that pages ask for it."""

    derived: tuple[Derived, ...]
    paths: Mapping[str, str]


def drawing_of(name: str, edition: Edition, registry: Registry, inks: Inks) -> Derived | None:
    """The drawing for an article without a picture, in a manner: "soft:news/opening"."""
    manner, _, key = name.partition(":")
    own = edition.translations.get(key)
    card = edition.cards[next(iter(own.values()))] if own else None
    if card is None or card.role != "article" or card.image:
        return None
    drawn = colored(_drawing(card, registry, cast(Manner, manner)), inks)
    return Derived(f"drawn/{drawn.name}.{drawn.key[:10]}.svg", drawn.key, drawn)


class Stationery:
    """What all share cards of a site have in common. `mark`: its logo, as SVG; `letterings`: language → what its cards
    are written with."""

    def __init__(self, config: Config, registry: Registry, mark: str, letterings: Mapping[str, Lettering]) -> None:
        self.config, self.letterings = config, letterings
        self._registry, self._mark, self._inks = registry, mark, inks_of(config.theme)
        light = config.theme.light
        self._colours = Colours(light["paper"], light["ink"], light["muted"], light["green"])

    def card(self, place: str, lang: str, title: str, drawn: Drawing, day: str = "") -> Derived:
        """The card of the page at a place, to be made."""
        site, locale = self.config.text(self.config.title, lang), str(self.config.locale(lang))
        drawn = colored(replace(drawn, variant=0), self._inks)  # few to rasterise, however many cards
        shown = site if site != title else ""
        card = ShareCard(title, shown, day, locale, drawn, self._mark, self.letterings[lang], self._colours)
        return Derived(f"cards/{place}.{card.key[:10]}.png", card.key, card)

    def card_of(self, article: Card) -> Derived:
        """The card of an article or page."""
        day = article.date.at.astimezone(self.config.zone).date().isoformat() if article.date else ""
        drawn = _drawing(article, self._registry, "deep")
        return self.card(f"{article.lang}/{article.key}", article.lang, article.title, drawn, day)


def plan_cards(edition: Edition, stationery: Stationery) -> Drawn:
    """A share card for each front page ("vi:home"), section ("vi:section:news"), article and page (the path of its
    file), in the languages that there is something to write with."""
    cards = dict(_cards(edition, stationery))
    return Drawn(tuple(cards.values()), {name: card.path for name, card in cards.items()})


def _cards(edition: Edition, stationery: Stationery) -> Iterator[tuple[str, Derived]]:
    config, letterings = stationery.config, stationery.letterings
    for lang in letterings:
        title, drawn = config.text(config.title, lang), drawing((), config.id, "deep")
        yield f"{lang}:home", stationery.card(f"{lang}/home", lang, title, drawn)
    for key in filter(None, edition.sections):
        for lang, section in edition.section_pages(key).items():
            if lang in letterings:
                drawn = drawing((), key, "deep")
                yield f"{lang}:section:{key}", stationery.card(f"{lang}/{key}/section", lang, section.title, drawn)
    for article in edition.cards.values():
        if article.id == article.document and article.lang in letterings:
            yield article.id, stationery.card_of(article)


def _drawing(card: Card, registry: Registry, manner: Manner) -> Drawing:
    wanted = registry.tags[card.tags[0]].drawing if card.tags else None
    return drawing(card.tags, card.key, manner, wanted)
