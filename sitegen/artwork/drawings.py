"""Drawings for articles without a picture: the pattern comes from the first tag, colour and details from the key. The
inks are the theme's, or made of what a site has chosen in their place."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Literal, get_args

from msgspec import Struct
from msgspec.structs import replace

from sitegen.config.theme import DARK, LIGHT, PatternName, ThemeSettings, mix, readable
from sitegen.files import digest

from .pattern_tools import HEIGHT, WHOLE, WIDTH, Chance, Tones
from .patterns import PATTERNS

Color = Literal["green", "indigo", "clay", "sand", "plum"]
Manner = Literal["soft", "deep"]
"""Soft tints beside text; deep grounds where a drawing stands for itself."""

Ink = tuple[str, str]
"""A ground and what is drawn on it."""

Inks = Mapping[tuple[Color, Manner], tuple[Ink, Ink]]
"""For light and for dark."""

VERSION = 1
"""Raised when drawings come out otherwise than before, which a test notices: their names must change then."""

VARIANTS = 12
"""Of a pattern in a colour, so that a large site has no more drawings than a reader's cache will hold."""


class Drawing(Struct, frozen=True, gc=False, tag=True, repr_omit_defaults=True):
    """All that a drawing is made from. `inks`: for light and for dark, where a site has colours of its own. The key,
    which is part of addresses, has the names of fields in it."""

    pattern: PatternName
    colour: Color
    manner: Manner
    variant: int
    inks: tuple[Ink, Ink] | None = None

    @property
    def name(self) -> str:
        return f"{self.pattern}-{self.colour}-{self.variant}-{self.manner}"

    @property
    def key(self) -> str:
        return _key(self)


@lru_cache(1000)
def _key(drawing: Drawing) -> str:
    return digest(repr((VERSION, drawing)).encode())


@lru_cache(1000)
def drawing(tags: tuple[str, ...], key: str, manner: Manner, wanted: PatternName | None = None) -> Drawing:
    """The drawing of an article; `wanted` is the pattern that the site chose for its first tag."""
    names = get_args(PatternName)
    pattern: PatternName = wanted or names[Chance(tags[0] if tags else key).count(0, len(names) - 1)]
    colors, chance = _COLORS[pattern], Chance(key)
    return Drawing(pattern, colors[chance.count(0, len(colors) - 1)], manner, chance.count(0, VARIANTS - 1))


@cache
def inks_of(theme: ThemeSettings) -> Inks:
    """Those that a site's own colours make; none where it has the theme's: they were chosen by eye."""
    light, dark = theme.light, theme.dark
    chosen = {name for name in light if light[name] != LIGHT[name] or dark[name] != DARK[name]}
    inks: dict[tuple[Color, Manner], tuple[Ink, Ink]] = {}
    for color, names in _MADE_OF.items():
        if chosen & {"paper", *names}:
            inks[color, "soft"] = _soft(light, names), _soft(dark, names)
        own = "green" if _INKS["light", "deep"][color] == _GREEN_DEEP else "indigo"
        if own in chosen:
            ground, night = light[own], mix(light[own], "#000000", 0.2)
            inks[color, "deep"] = (ground, readable(ground, ground)), (night, readable(ground, night))
    return inks


def colored(drawing: Drawing, inks: Inks) -> Drawing:
    return replace(drawing, inks=inks.get((drawing.colour, drawing.manner)))


def draw(drawing: Drawing) -> str:
    """The SVG: light tones as attributes, and what they become in the dark."""
    inks = drawing.inks or [_INKS[scheme, drawing.manner][drawing.colour] for scheme in ("light", "dark")]
    light, dark = (_tones(*ink) for ink in inks)
    body = PATTERNS[drawing.pattern](
        light, Chance(f"{drawing.pattern} {drawing.variant}"), 2.6 if drawing.manner == "soft" else 2
    )
    swaps = "".join(
        f"[{attribute}='{one}']{{{attribute}:{other}}}"
        for name in Tones.__struct_fields__
        for one, other in ((getattr(light, name), getattr(dark, name)),)
        for attribute in ("fill", "stroke")
        if one != other and f'{attribute}="{one}"' in f'fill="{light.ground}"{body}'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"<style>@media(prefers-color-scheme:dark){{{swaps}}}</style>"
        f'<path d="{WHOLE}" fill="{light.ground}"/>{body}</svg>\n'
    )


_COLORS: Mapping[PatternName, tuple[Color, ...]] = {
    "waves": ("indigo",),
    "drum": ("plum", "clay"),
    "leaf": ("green",),
    "rain": ("indigo", "plum"),
    "terraces": ("green", "sand"),
    "bamboo": ("green",),
    "lattice": ("plum", "indigo"),
    "river": ("indigo", "green"),
    "contours": ("sand", "green"),
    "wind": ("plum", "indigo"),
    "seedlings": ("green", "sand"),
    "rings": ("sand", "clay"),
    "brocade": ("clay", "plum"),
}
"""The colours that become a pattern."""

_GREEN_DEEP, _INDIGO_DEEP = ("#0d4f3c", "#7cc4a5"), ("#26416b", "#9db7e4")
_GREEN_DARK, _INDIGO_DARK = ("#0b3f31", "#6fb597"), ("#1d3358", "#8ea8d6")
_INKS: Mapping[tuple[str, Manner], Mapping[Color, Ink]] = {
    ("light", "soft"): {
        "green": ("#e6efe8", "#0d4f3c"),
        "indigo": ("#e3eaf4", "#26416b"),
        "clay": ("#f6e8e1", "#b3402a"),
        "sand": ("#f3ecdd", "#8a5f16"),
        "plum": ("#efe6ec", "#71375c"),
    },
    ("dark", "soft"): {
        "green": ("#182a22", "#7cc4a5"),
        "indigo": ("#182436", "#9db7e4"),
        "clay": ("#2e1e19", "#e88d78"),
        "sand": ("#292315", "#d8b66e"),
        "plum": ("#2a1c26", "#d9a0c4"),
    },
    ("light", "deep"): {
        "green": _GREEN_DEEP, "sand": _GREEN_DEEP,
        "indigo": _INDIGO_DEEP, "clay": _INDIGO_DEEP, "plum": _INDIGO_DEEP,
    },
    ("dark", "deep"): {
        "green": _GREEN_DARK, "sand": _GREEN_DARK,
        "indigo": _INDIGO_DARK, "clay": _INDIGO_DARK, "plum": _INDIGO_DARK,
    },
}  # fmt: skip
"""From the theme's palette; sand and plum are at home beside it."""


_MADE_OF: Mapping[Color, tuple[str, ...]] = {
    "green": ("green",),
    "indigo": ("indigo",),
    "clay": ("vermilion",),
    "sand": ("green", "vermilion"),
    "plum": ("indigo", "vermilion"),
}
"""The colours of a palette that become one of ours, where a site has chosen any of them."""


def _soft(colors: Mapping[str, str], names: Sequence[str]) -> Ink:
    """A breath of the colour on the paper, and the colour itself on that."""
    ink = mix(colors[names[0]], colors[names[-1]], 0.5)
    ground = mix(colors["paper"], ink, 0.1)
    return ground, readable(ink, ground)


def _tones(ground: str, ink: str) -> Tones:
    return Tones(ground, *(mix(ground, ink, part) for part in (0.13, 0.42, 0.66)))
