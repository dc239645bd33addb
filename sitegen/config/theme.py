"""The theme's settings in site.yaml: the logo, and the colours, which must be readable (WCAG 2.2).

Their style sheet is an asset like all others, so it has a fingerprint, and pages need no inline style.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from math import floor
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta as Says
from msgspec import Struct

from sitegen.problems import Problem, nearest, problem
from sitegen.typed_yaml.reader import Marks, place_of

PatternName = Literal[
    "waves", "drum", "leaf", "rain", "terraces", "bamboo", "lattice", "river", "contours", "wind", "seedlings",
    "rings", "brocade",
]  # fmt: skip
"""Patterns that the theme draws."""

_TEXT, _INTERFACE = 4.5, 3.0
"""Least contrast of text (1.4.3) and of what tells controls and states (1.4.11)."""

LIGHT: Mapping[str, str] = {
    "paper": "#fbfaf6",
    "card": "#ffffff",
    "ink": "#1b211d",
    "muted": "#58625b",
    "line": "#d9d8cf",
    "green": "#0d4f3c",
    "indigo": "#26416b",
    "vermilion": "#b3402a",
}
DARK: Mapping[str, str] = {
    "paper": "#131816",
    "card": "#1a201d",
    "ink": "#e6e8e3",
    "muted": "#a3ada6",
    "line": "#303733",
    "green": "#7cc4a5",
    "indigo": "#9db7e4",
    "vermilion": "#e88d78",
}

_HEX = re.compile(r"#?(?:[0-9a-fA-F]{3}){1,2}")

_GROUNDS = ("paper", "card", "wash")
_LEAST = {"ink": _TEXT, "muted": _TEXT, "green": _TEXT, "indigo": _TEXT, "vermilion": _INTERFACE}

Color = Annotated[str, Says(pattern="^#?([0-9a-fA-F]{3}){1,2}$", examples=["#0d4f3c"])]


class Colors(Struct, frozen=True, forbid_unknown_fields=True):
    """Colours of the theme, such as "#0d4f3c", in quotes. Default: the theme's own."""

    paper: Annotated[Color, Says(description="The ground of the page.")] = ""
    card: Annotated[Color, Says(description="The ground of what lies on it, such as the lead story.")] = ""
    ink: Annotated[Color, Says(description="Text.")] = ""
    muted: Annotated[Color, Says(description="Text of less weight: dates, captions.")] = ""
    line: Annotated[Color, Says(description="Thin lines between things.")] = ""
    green: Annotated[Color, Says(description="The site's own colour: titles of lists, the current menu entry.")] = ""
    indigo: Annotated[Color, Says(description="Links.")] = ""
    vermilion: Annotated[Color, Says(description="The outline of what has the focus; marks.")] = ""

    def over(self, colors: Mapping[str, str]) -> dict[str, str]:
        """The whole palette: these, and the others as they are in `colors`."""
        return {name: parse_color(getattr(self, name)) or color for name, color in colors.items()}


class ThemeColors(Struct, frozen=True, forbid_unknown_fields=True):
    """Colours by what readers prefer."""

    light: Annotated[Colors, Says(description="For a light screen.")] = Colors()
    dark: Annotated[Colors, Says(description="For a dark screen.")] = Colors()


class ThemeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The look of the site."""

    colors: Annotated[ThemeColors, Says(description="Colours; those of text must be readable on their grounds.")] = (
        ThemeColors()
    )
    logo: Annotated[str, Says(description="The sign in the header: a path below assets/, such as ministry.svg.")] = (
        "logo.svg"
    )

    @property
    def light(self) -> dict[str, str]:
        return self.colors.light.over(LIGHT)

    @property
    def dark(self) -> dict[str, str]:
        return self.colors.dark.over(DARK)

    @property
    def style_sheet(self) -> str:
        """The palettes as custom properties that the theme's styles are written with."""
        dark = _rule(self.dark).replace("\n", "\n  ")
        return f"{_rule(self.light)}\n\n@media (prefers-color-scheme: dark) {{\n  {dark}\n}}\n"


def check_theme(theme: ThemeSettings, assets: Collection[str], marks: Marks, path: str) -> Iterator[Problem]:
    """`assets`: names below assets/, where they are known."""
    if assets and theme.logo not in assets:
        place = place_of(marks, "theme.logo", path)
        yield problem("missing-asset", place, value=theme.logo, nearest=nearest(theme.logo, assets))
    yield from _check_colors(theme, marks, path)


def _check_colors(theme: ThemeSettings, marks: Marks, path: str) -> Iterator[Problem]:
    """Each is a colour, and those of a palette that the owner has changed are readable."""
    schemes = (("light", theme.colors.light, theme.light), ("dark", theme.colors.dark, theme.dark))
    for scheme, own, whole in schemes:
        chosen = {name: place_of(marks, f"theme.colors.{scheme}.{name}", path) for name in whole if getattr(own, name)}
        wrong = [name for name in chosen if parse_color(getattr(own, name)) is None]
        for name in wrong:
            yield problem("invalid-color", chosen[name], value=getattr(own, name))
        if chosen and not wrong:
            for weak in unreadable(whole, chosen):
                yield problem(
                    "low-contrast",
                    chosen[weak.at],
                    key=weak.name,
                    ground=weak.ground,
                    ratio=f"{floor(weak.ratio * 100) / 100:.2f}",
                    least=f"{weak.least:g}",
                    at=weak.at,
                    nearest=weak.enough,
                )


class Weak(NamedTuple):
    """A colour that is not read well on a ground. `at`: the one of them to change, and `enough`: the nearest to it
    with which all would be read that it has to do with; None where there is none."""

    at: str
    name: str
    ground: str
    ratio: float
    least: float
    enough: str | None


def parse_color(text: str) -> str | None:
    """A colour as #rrggbb; None when the text is none."""
    if not _HEX.fullmatch(text):
        return None
    digits = text.removeprefix("#").lower()
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(color: str, other: str, share: float) -> str:
    """`share` of the other colour in the first, channel by channel."""
    channels = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)


def readable(color: str, ground: str) -> str:
    """The colour with the least black or white mixed in that is read on a ground as text is."""
    end = max(("#000000", "#ffffff"), key=lambda end: contrast(end, ground))
    mixed = (mix(color, end, share / 255) for share in range(256))
    return next(color for color in mixed if contrast(color, ground) >= _TEXT)


def _with_wash(colors: Mapping[str, str]) -> dict[str, str]:
    """The palette with the ground of notes and code, a breath of green on the paper."""
    return {**colors, "wash": mix(colors["paper"], colors["green"], 0.06)}


def unreadable(colors: Mapping[str, str], chosen: Collection[str]) -> Iterator[Weak]:
    """What is not read in a palette, the worst for each of the `chosen` colours that are to blame for it."""
    pairs = [(name, ground) for name in _LEAST for ground in _GROUNDS]
    by_blame: dict[str, list[tuple[str, str]]] = {}
    for pair in pairs:
        if _sufficiency(colors, pair) < 1:
            at = next(name for name in (*pair, "paper", "green") if name in chosen)
            by_blame.setdefault(at, []).append(pair)
    for at, found in by_blame.items():
        name, ground = worst = min(found, key=lambda pair: _sufficiency(colors, pair))
        ratio = _sufficiency(colors, worst) * _LEAST[name]
        yield Weak(at, name, ground, ratio, _LEAST[name], _nearest_readable(colors, at, found))


def _sufficiency(colors: Mapping[str, str], pair: tuple[str, str]) -> float:
    """The contrast of a colour on a ground by what it should be at least."""
    name, ground = pair
    whole = _with_wash(colors)
    return contrast(whole[name], whole[ground]) / _LEAST[name]


def _nearest_readable(colors: Mapping[str, str], at: str, pairs: Collection[tuple[str, str]]) -> str | None:
    """The colour with the least black or white mixed in that makes all the pairs readable."""
    for share in range(1, 256):
        for end in ("#000000", "#ffffff"):
            mixed = mix(colors[at], end, share / 255)
            if all(_sufficiency({**colors, at: mixed}, pair) >= 1 for pair in pairs):
                return mixed
    return None


def _rule(colors: Mapping[str, str]) -> str:
    return ":root {\n" + "".join(f"  --{name}: {color};\n" for name, color in _with_wash(colors).items()) + "}"


@cache
def _luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2, definition)."""
    channels = (channel / 255 for channel in _channels(color))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(color: str) -> tuple[int, int, int]:
    value = int(color[1:], 16)
    return value >> 16, value >> 8 & 255, value & 255
