"""Share cards: the pictures that stand for pages where their addresses are shared."""

from msgspec import Struct

from sitegen.files import digest

from .drawings import Drawing
from .fonts import Lettering

WIDTH, HEIGHT = SIZE = 1200, 630

VERSION = 2
"""Raised when cards come out otherwise than before: their names must change then."""


class Colours(Struct, frozen=True):
    """Of the theme; `bar` runs along the top. A card's key has this name in it."""

    paper: str = "#fbfaf6"
    ink: str = "#1b211d"
    muted: str = "#58625b"
    bar: str = "#0d4f3c"


class ShareCard(Struct, frozen=True, gc=False, tag=True):
    """What a card shows. `site`: its name, unless that is the title; `day`: as ISO 8601, or empty; `mark`: the logo,
    as SVG."""

    title: str
    site: str
    day: str
    locale: str
    drawing: Drawing
    mark: str
    lettering: Lettering
    colors: Colours = Colours()

    @property
    def ground(self) -> tuple[str, str, str]:
        """What cards of a site that have it in common are painted on: one after another is quicker."""
        return self.drawing.name, self.locale, self.site

    @property
    def key(self) -> str:
        """The same wherever the fonts are the same."""
        shown = (VERSION, self.title, self.site, self.day, self.locale, self.drawing.key, self.mark, self.colors)
        return digest(repr((shown, self.lettering.identity)).encode())
