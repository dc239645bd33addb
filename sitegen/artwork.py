"""What is drawn for a site: pictures for articles that have none, and share cards."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

from msgspec.structs import replace

from .config import Config
from .derived import Derived
from .drawings import Drawing, Inks, Manner, coloured, drawing, inks_of
from .edition import Card, Edition
from .fonts import Lettering
from .sharecards import Colours, ShareCard
from .tags import Registry


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
    drawn = coloured(_drawing(card, registry, cast(Manner, manner)), inks)
    return Derived(f"drawn/{drawn.name}.{drawn.key[:10]}.svg", drawn.key, drawn)


def plan_cards(
    config: Config, edition: Edition, registry: Registry, mark: str, letterings: Mapping[str, Lettering]
) -> Drawn:
    """A share card for each front page ("vi:home"), section ("vi:section:news"), article and page (the path of its
    file), in the languages that there is something to write with."""
    made: list[Derived] = []
    paths: dict[str, str] = {}
    for name, place, card in _cards(config, edition, registry, mark, letterings):
        paths[name] = f"cards/{place}.{card.key[:10]}.png"
        made.append(Derived(paths[name], card.key, card))
    return Drawn(tuple(made), paths)


def _cards(
    config: Config, edition: Edition, registry: Registry, mark: str, letterings: Mapping[str, Lettering]
) -> Iterator[tuple[str, str, ShareCard]]:
    light, inks = config.theme.light, inks_of(config.theme)
    colours = Colours(light["paper"], light["ink"], light["muted"], light["green"])

    def card(lang: str, title: str, drawn: Drawing, day: str = "") -> ShareCard:
        site, locale = config.text(config.title, lang), str(config.locale(lang))
        drawn = coloured(replace(drawn, variant=0), inks)  # few to rasterise, however many cards
        return ShareCard(title, site if site != title else "", day, locale, drawn, mark, letterings[lang], colours)

    for lang in letterings:
        yield (
            f"{lang}:home",
            f"{lang}/home",
            card(lang, config.text(config.title, lang), drawing((), config.id, "deep")),
        )
    for key in filter(None, edition.sections):
        for lang, section in edition.section_pages(key).items():
            if lang in letterings:
                shown = card(lang, section.title, drawing((), key, "deep"))
                yield f"{lang}:section:{key}", f"{lang}/{key}/section", shown
    for article in edition.cards.values():
        if article.id == article.document and article.lang in letterings:
            day = article.date.at.astimezone(config.zone).date().isoformat() if article.date else ""
            shown = card(article.lang, article.title, _drawing(article, registry, "deep"), day)
            yield article.id, f"{article.lang}/{article.key}", shown


def _drawing(card: Card, registry: Registry, manner: Manner) -> Drawing:
    wanted = registry.tags[card.tags[0]].drawing if card.tags else None
    return drawing(card.tags, card.key, manner, wanted)
