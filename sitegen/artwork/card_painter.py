"""A painter of share cards: the title in its language, the site's mark and name, and a quiet pattern. Apart from what
cards are, which every build asks: these libraries are heavy, and come with an extra."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date as Day  # noqa: N812 - what else to call it
from functools import cache, partial
from io import BytesIO

import resvg_py
from babel import Locale
from msgspec.structs import replace
from PIL import Image

from sitegen.i18n.languages import long_day
from sitegen.images.svg import read_svg
from sitegen.text import CONTROLS

from .drawings import Drawing, draw
from .line_breaks import Block, Frame, fit
from .pattern_tools import HEIGHT as DRAWN_HEIGHT
from .pattern_tools import WIDTH as DRAWN_WIDTH
from .shaping import Direction, drawn, width
from .share_cards import HEIGHT, WIDTH, ShareCard

_PANEL = 372
"""How much of the card the pattern takes."""
_COLUMN = WIDTH - _PANEL
_MARGIN = 64
_MEASURE = _COLUMN - _MARGIN - 52
_MARK_HEIGHT = 56
_TITLE_TOP = 156
_TITLE = Frame(_MEASURE, 366, (80, 74, 68, 62, 57, 52, 47, 43, 39, 35, 32, 29, 26), 1.28)
_NAME = Frame(_MEASURE, 74, (27, 24), 1.3)
_DAY_SIZE, _FOOT = 27, 558


def paint(cards: Sequence[ShareCard]) -> Iterator[bytes]:
    """Each card as PNG; a plain one where its fonts lack letters of its texts."""
    for card in cards:
        picture = _paint(card)
        data = BytesIO()
        picture.quantize(128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(data, "PNG")
        yield data.getvalue()


def _paint(card: ShareCard) -> Image.Image:
    flow: Direction = "rtl" if Locale.parse(card.locale).text_direction == "rtl" else "ltr"
    column, pattern = (0, _COLUMN) if flow == "ltr" else (_PANEL, 0)
    picture = Image.new("RGB", (WIDTH, HEIGHT), card.colors.paper)
    picture.paste(card.colors.bar, (column, 0, column + _COLUMN, 10))
    picture.paste(_panel(card.drawing), (pattern, 0))
    written = {*card.title, *card.site, *_day(card)}
    if not card.lettering.families or not written.isdisjoint(card.lettering.lacking):
        mark = _mark(card.mark, 3 * _MARK_HEIGHT)
        picture.paste(mark, (column + (_COLUMN - mark.width) // 2, (HEIGHT - mark.height) // 2), mark)
        return picture
    mark = _mark(card.mark, _MARK_HEIGHT)
    picture.paste(mark, (_MARGIN if flow == "ltr" else WIDTH - _MARGIN - mark.width, _MARGIN), mark)
    _write(picture, card, flow, mark.width + 24 if mark.width > 1 else 0)
    return picture


def _write(picture: Image.Image, card: ShareCard, flow: Direction, indent: int) -> None:
    """Name, title and date, from the side where the card's language begins."""
    families, lacking = card.lettering.families, dict.fromkeys(map(ord, card.lettering.missing))
    title, site, day = (_shown(text, lacking) for text in (card.title, card.site, _day(card)))
    bold = cache(partial(width, families=families, weight=700))
    frame = replace(_TITLE, leading=1.38) if card.locale[:2] in ("ja", "zh", "ko", "th") else _TITLE

    def put(block: Block, leading: float, middle: float, inset: int, weight: int, color: str) -> None:
        top = middle - len(block.lines) * block.size * leading / 2
        for number, text in enumerate(block.lines):
            line = drawn(text, families, weight, block.size, flow)
            x = _MARGIN + inset if flow == "ltr" else WIDTH - _MARGIN - inset
            y = round(top + (number + 0.5) * block.size * leading + 0.36 * block.size)
            picture.paste(color, (x - line.x, y - line.y), line.mask)

    name = fit(site, card.locale, bold, replace(_NAME, width=_MEASURE - indent))
    put(name, _NAME.leading, _MARGIN + _MARK_HEIGHT / 2, indent, 700, card.colors.ink)
    block = fit(title, card.locale, bold, frame)
    put(block, frame.leading, _TITLE_TOP + frame.height / 2, 0, 700, card.colors.ink)
    put(Block(_DAY_SIZE, (day,) if day else ()), 1, _FOOT, 0, 400, card.colors.muted)


def _shown(text: str, lacking: Mapping[int, None]) -> str:
    """So much of a text as a card may have to show: without what no font has, what does something, and what nobody
    could read."""
    letters = CONTROLS.sub(" ", text[:_LONGEST]).translate(lacking)
    return " ".join(_CROWDS.sub(r"\1", letters).split())


_LONGEST = 1_000
"""Characters of a text; a card has room for about 400."""
_MARKS = "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u200b-\u200f\ufe00-\ufe0f\ufe20-\ufe2f]"
_CROWDS = re.compile(f"({_MARKS}{{8}}){_MARKS}++")
"""More marks on one letter than any language has."""


def _day(card: ShareCard) -> str:
    return long_day(Day.fromisoformat(card.day), Locale.parse(card.locale)) if card.day else ""


@cache
def _panel(drawing: Drawing) -> Image.Image:
    """The middle of a drawing, as tall as the card."""
    across = DRAWN_HEIGHT * _PANEL / HEIGHT
    size = f'width="{DRAWN_WIDTH}" height="{DRAWN_HEIGHT}" viewBox="0 0 {DRAWN_WIDTH} {DRAWN_HEIGHT}"'
    part = (
        f'width="{_PANEL}" height="{HEIGHT}" viewBox="{(DRAWN_WIDTH - across) / 2:.2f} 0 {across:.2f} {DRAWN_HEIGHT}"'
    )
    return _rastered(draw(drawing).replace(size, part)).convert("RGB")


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
