"""A painter of share cards: the title in its language, the site's mark and name, and a quiet pattern. Apart from what
cards are, which every build asks: these libraries are heavy, and come with an extra.

What many cards have in common is painted once: their ground, in indexed colour. In its palette each colour of letters
stands behind the paper with what lies between the two, so letters are blended by number, and no card is reduced.
"""

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date as Day  # noqa: N812 - what else to call it
from functools import cache, lru_cache, partial
from io import BytesIO
from typing import NamedTuple

import resvg_py
from babel import Locale
from msgspec.structs import replace
from PIL import Image

from sitegen.config.theme import mix
from sitegen.i18n.languages import long_day
from sitegen.images.svg import read_svg
from sitegen.text import CONTROLS

from .drawings import Drawing, draw
from .fonts import Lettering
from .indexed import Indexed, png, reduced
from .line_breaks import Block, Frame, fit
from .pattern_tools import HEIGHT as DRAWN_HEIGHT
from .pattern_tools import WIDTH as DRAWN_WIDTH
from .shaping import Direction, drawn, width
from .share_cards import HEIGHT, WIDTH, Colours, ShareCard

_PANEL = 372
"""How much of the card the pattern takes."""
_COLUMN = WIDTH - _PANEL
_MARGIN = 64
_MEASURE = _COLUMN - _MARGIN - 52
_MARK_HEIGHT, _BAR_HEIGHT = 56, 10
_TITLE_TOP = 156
_TITLE = Frame(_MEASURE, 366, (80, 74, 68, 62, 57, 52, 47, 43, 39, 35, 32, 29, 26), 1.28)
_TALL = replace(_TITLE, leading=1.38)
"""For scripts whose letters fill their lines."""
_NAME = Frame(_MEASURE, 74, (27, 24), 1.3)
_DAY_SIZE, _FOOT, _FOOT_TOP = 27, 558, 526

_PAPER, _INK, _FOOT_PAPER, _MUTED, _BAR = 0, 15, 16, 24, 25
"""Numbers of colours: below what is in ink the paper has another, so that what is muted begins with it too."""
_MARK_COLORS, _PANEL_COLORS = 128, 12
_BOLD = 700
_KEPT = 16
"""Grounds and patterns that a process remembers."""


class _Pen(NamedTuple):
    """What texts are written with."""

    locale: str
    lettering: Lettering

    @property
    def flow(self) -> Direction:
        return "rtl" if _locale(self.locale).text_direction == "rtl" else "ltr"


class _Manner(NamedTuple):
    """How a text is written: in a colour, a weight and leading, around a height, so far from the margin."""

    color: int
    weight: int
    leading: float
    middle: float
    inset: int = 0


def paint(cards: Sequence[ShareCard]) -> Iterator[bytes]:
    """Each card as PNG; a plain one where its fonts lack letters of its texts. Those with a common ground should come
    one after another."""
    for card in cards:
        pen, day = _Pen(card.locale, card.lettering), _day(card.day, card.locale)
        written = {*card.title, *card.site, *day}
        if card.lettering.families and written.isdisjoint(card.lettering.lacking):
            indices, palette = _ground(card.drawing, card.mark, card.colors, pen, card.site)
            yield png(Indexed(_written(indices, card.title, day, pen), palette))
        else:
            yield png(_plain(card.drawing, card.mark, card.colors, pen.flow))


def _written(ground: Image.Image, title: str, day: str, pen: _Pen) -> Image.Image:
    """A card with its title and date."""
    picture, frame = ground.copy(), _TALL if pen.locale[:2] in ("ja", "zh", "ko", "th") else _TITLE
    manner = _Manner(_INK, _BOLD, frame.leading, _TITLE_TOP + frame.height / 2)
    _write(picture, _fitted(title, pen, frame), pen, manner)
    text = _shown(day, pen.lettering)
    _write(picture, Block(_DAY_SIZE, (text,) if text else ()), pen, _Manner(_MUTED, 400, 1, _FOOT))
    return picture


def _fitted(text: str, pen: _Pen, frame: Frame) -> Block:
    measure = cache(partial(width, families=pen.lettering.families, weight=_BOLD))
    return fit(_shown(text, pen.lettering), pen.locale, measure, frame)


def _write(picture: Image.Image, block: Block, pen: _Pen, manner: _Manner) -> None:
    """Lines from the side where their language begins."""
    top = manner.middle - len(block.lines) * block.size * manner.leading / 2
    for number, text in enumerate(block.lines):
        line = drawn(text, pen.lettering.families, manner.weight, block.size, pen.flow)
        x = _MARGIN + manner.inset if pen.flow == "ltr" else WIDTH - _MARGIN - manner.inset
        y = round(top + (number + 0.5) * block.size * manner.leading + 0.36 * block.size)
        picture.paste(manner.color, (x - line.x, y - line.y), line.mask)


@lru_cache(maxsize=_KEPT)
def _ground(drawing: Drawing, mark: str, colors: Colours, pen: _Pen, site: str) -> Indexed:
    """A card without what is its own: with the mark and the site's name."""
    logo = _mark(mark, _MARK_HEIGHT)
    x = _MARGIN if pen.flow == "ltr" else WIDTH - _MARGIN - logo.width
    ground = _with_mark(drawing, logo, (x, _MARGIN), colors, pen.flow)
    inset = logo.width + 24 if logo.width > 1 else 0
    name = _fitted(site, pen, replace(_NAME, width=_MEASURE - inset))
    _write(ground.indices, name, pen, _Manner(_INK, _BOLD, _NAME.leading, _MARGIN + _MARK_HEIGHT / 2, inset))
    return ground


@lru_cache(maxsize=_KEPT)
def _plain(drawing: Drawing, mark: str, colors: Colours, flow: Direction) -> Indexed:
    """A card with nothing but the mark, large."""
    logo = _mark(mark, 3 * _MARK_HEIGHT)
    if logo.width > _MEASURE:
        logo = _mark(mark, logo.height * _MEASURE // logo.width)
    left = 0 if flow == "ltr" else _PANEL
    place = left + (_COLUMN - logo.width) // 2, (HEIGHT - logo.height) // 2
    return _with_mark(drawing, logo, place, colors, flow)


def _with_mark(
    drawing: Drawing, mark: Image.Image, place: tuple[int, int], colors: Colours, flow: Direction
) -> Indexed:
    """Paper, the bar, the pattern and the mark at its place."""
    column, pattern = (0, _COLUMN) if flow == "ltr" else (_PANEL, 0)
    indices, paper = Image.new("L", (WIDTH, HEIGHT), _PAPER), Image.new("RGB", mark.size, colors.paper)
    indices.paste(_FOOT_PAPER, (column, _FOOT_TOP, column + _COLUMN, HEIGHT))
    indices.paste(_BAR, (column, 0, column + _COLUMN, _BAR_HEIGHT))
    paper.paste(mark, (0, 0), mark)
    palette = (*_blend(colors.paper, colors.ink, _INK), *_blend(colors.paper, colors.muted, _MUTED - _FOOT_PAPER))
    plain = Indexed(indices, bytes.fromhex("".join(color[1:] for color in (*palette, colors.bar))))
    return plain.paste(_panel(drawing), (pattern, 0)).paste(reduced(paper, _MARK_COLORS), place)


def _blend(paper: str, color: str, steps: int) -> Iterator[str]:
    return (mix(paper, color, step / steps) for step in range(steps + 1))


def _shown(text: str, lettering: Lettering) -> str:
    """So much of a text as a card may have to show: without what no font has, what does something, and what nobody
    could read."""
    letters = CONTROLS.sub(" ", text[:_LONGEST]).translate(dict.fromkeys(map(ord, lettering.missing)))
    return " ".join(_CROWDS.sub(r"\1", letters).split())


_LONGEST = 1_000
"""Characters of a text; a card has room for about 400."""
_MARKS = "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u200b-\u200f\ufe00-\ufe0f\ufe20-\ufe2f]"
_CROWDS = re.compile(f"({_MARKS}{{8}}){_MARKS}++")
"""More marks on one letter than any language has."""


@lru_cache(maxsize=1024)
def _day(day: str, locale: str) -> str:
    return long_day(Day.fromisoformat(day), _locale(locale)) if day else ""


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


@lru_cache(maxsize=_KEPT)
def _panel(drawing: Drawing) -> Indexed:
    """The middle of a drawing, as tall as the card."""
    across = DRAWN_HEIGHT * _PANEL / HEIGHT
    size = f'width="{DRAWN_WIDTH}" height="{DRAWN_HEIGHT}" viewBox="0 0 {DRAWN_WIDTH} {DRAWN_HEIGHT}"'
    part = (
        f'width="{_PANEL}" height="{HEIGHT}" viewBox="{(DRAWN_WIDTH - across) / 2:.2f} 0 {across:.2f} {DRAWN_HEIGHT}"'
    )
    return reduced(_rastered(draw(drawing).replace(size, part)), _PANEL_COLORS)


@cache
def _mark(svg: str, height: int) -> Image.Image:
    """The logo at a height; nothing where it cannot be drawn, would read other files, or is a mere line."""
    nothing = Image.new("RGBA", (1, 1))
    logo, _ = read_svg(svg.encode(), "")
    if logo is None or not logo.width or not logo.height or logo.width > 8 * logo.height:
        return nothing
    try:
        if len(svg) < _SMALL and svg.count("</") < _FLAT and not _WITH_POWERS.search(svg):
            return _rastered(svg, height).convert("RGBA")
        return Image.open(BytesIO(_rastered_apart(svg, height))).convert("RGBA")
    except (ValueError, OSError, subprocess.SubprocessError):
        return nothing


_SMALL, _FLAT = 50_000, 64
"""Bytes of a logo, and its elements that hold others, with which it can do no harm."""
_WITH_POWERS = re.compile(r"[<:](?:filter|image|marker|mask|pattern|style|switch|symbol|text|use)\b")


def _rastered_apart(svg: str, height: int) -> bytes:
    """PNG of a drawing that may never end, fill the memory or break resvg: in a process of its own."""
    command = [sys.executable, "-P", "-c", _APART, str(height)]
    done = subprocess.run(command, input=svg.encode(), capture_output=True, timeout=_PATIENCE, check=True)  # noqa: S603
    return done.stdout


_APART = """
import sys, resvg_py
svg = sys.stdin.buffer.read().decode()
sys.stdout.buffer.write(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, height=int(sys.argv[1])))
"""
_PATIENCE = 10.0
"""Seconds that the drawing of a logo may take."""


def _rastered(svg: str, height: int | None = None) -> Image.Image:
    return Image.open(BytesIO(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, height=height)))
