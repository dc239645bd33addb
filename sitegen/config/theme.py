"""The look of a site as its owners choose it in site.yaml: colours, which must be readable, and the logo."""

import re
from collections.abc import Collection, Iterator, Mapping
from math import floor
from typing import Annotated, Literal

from msgspec import Meta as Says
from msgspec import Struct

from sitegen.problems import Place, Problem, nearest, problem
from sitegen.typed_yaml import Marks

from . import palette

PatternName = Literal[
    "waves", "drum", "leaf", "rain", "terraces", "bamboo", "lattice", "river", "contours", "wind", "seedlings",
    "rings", "brocade",
]  # fmt: skip
"""Patterns that the theme draws."""

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
        return {name: palette.parse(getattr(self, name)) or color for name, color in colors.items()}


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
        return self.colors.light.over(palette.LIGHT)

    @property
    def dark(self) -> dict[str, str]:
        return self.colors.dark.over(palette.DARK)

    @property
    def style_sheet(self) -> str:
        return palette.style_sheet(self.light, self.dark)


def check_theme(theme: ThemeSettings, text: str, assets: Collection[str], marks: Marks, path: str) -> Iterator[Problem]:
    """`text`: of the settings; `assets`: names below assets/, where they are known."""
    if assets and theme.logo not in assets:
        place = Place(path, *marks.get("theme.logo", (1, 1)))
        yield problem("missing-asset", place, value=theme.logo, nearest=nearest(theme.logo, assets))
    yield from _check_colors(theme, text, marks, path)


_UNQUOTED = re.compile(
    rf"^\s+(?P<name>{'|'.join(palette.LIGHT)}):[ \t]+(?P<color>#[0-9a-fA-F]{{3,6}})[ \t]*$", re.MULTILINE
)


def _check_colors(theme: ThemeSettings, text: str, marks: Marks, path: str) -> Iterator[Problem]:
    """Each is a colour, and those of a palette that the owner has changed are readable. In YAML `#` begins a comment,
    so that a colour without quotes is no value at all."""
    for found in _UNQUOTED.finditer(text):
        before = text[: found.start("color")]
        place = Place(path, before.count("\n") + 1, len(before) - before.rfind("\n"))
        yield problem("unquoted-color", place, key=found["name"], value=found["color"])
    schemes = (("light", theme.colors.light, theme.light), ("dark", theme.colors.dark, theme.dark))
    for scheme, own, whole in schemes:
        chosen = {
            name: Place(path, *marks.get(f"theme.colors.{scheme}.{name}", (1, 1)))
            for name in whole
            if getattr(own, name)
        }
        wrong = [name for name in chosen if palette.parse(getattr(own, name)) is None]
        for name in wrong:
            yield problem("invalid-color", chosen[name], value=getattr(own, name))
        if chosen and not wrong:
            for weak in palette.weak(whole, chosen):
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
