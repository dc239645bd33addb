"""Shaping by HarfBuzz: which fonts have the letters of a text, how wide it is, and how it looks.

A card must come out the same on every machine that has the same fonts, so nothing is left to a system's text engine:
HarfBuzz measures and draws, resvg draws lines that have letters from right to left.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from html import escape
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Literal, NamedTuple
from unicodedata import bidirectional

import resvg_py
import uharfbuzz as hb
from PIL import Image

from sitegen.files import digest
from sitegen.problems import in_utf8

from .fonts import Face, Family, Lettering, installed, is_other_style, is_packaged, is_slanted, is_visible, packaged

Direction = Literal["ltr", "rtl"]

_PRIMARY = 0.75
"""So much of what is to be written the first family must have; the others fill in."""
_HEAD = 4096
_REGIONS = {"ja": "JP", "ko": "KR", "zh": "SC", "zh_TW": "TC", "zh_Hant": "TC", "zh_HK": "HK"}


class Line(NamedTuple):
    """A line of text as a mask; it begins (or ends, from right to left) at `x` on the baseline `y`."""

    mask: Image.Image
    x: int
    y: int


class _Run(NamedTuple):
    """Glyphs with their places in the font's units; `advance` at a size of 1."""

    font: hb.Font
    shaped: hb.Buffer
    advance: float


def choose(letters: Iterable[str], lang: str, own: Sequence[Path]) -> Lettering:
    """The fonts that letters are to be written with: as few as it takes."""
    wanted = frozenset(ord(letter) for letter in letters if is_visible(letter))
    known = _in_order(_families(tuple(own)), lang)
    lettering = _together(known, wanted)
    if lettering.missing:
        known += _in_order(_families(packaged()), lang)
        lettering = _together(known, wanted)
    if lettering.missing:
        known += _in_order(_families(installed(lang, lettering.missing)), lang)
        lettering = _together(known, wanted)
    return lettering


def width(text: str, families: Sequence[Family], weight: int) -> float:
    """How wide a text is at a size of 1."""
    return sum(run.advance for run in _runs(text, families, weight))


def drawn(text: str, families: Sequence[Family], weight: int, size: float, direction: Direction) -> Line:
    """A line of text in one size and weight."""
    runs = _runs(text, families, weight)
    margin, across, tall = round(size / 2), round((sum(run.advance for run in runs) + 1) * size) + 1, round(2 * size)
    baseline = round(1.4 * size)
    if direction == "rtl" or any(bidirectional(letter) in ("R", "AL", "AN") for letter in text):
        start = across - margin if direction == "rtl" else margin
        look = f'font-size="{size}" font-weight="{weight}" x="{start}" y="{baseline}"'
        return Line(_in_both_directions(text, families, direction, look, across, tall), start, baseline)
    drawing, origin = hb.RasterDraw(), float(margin)
    for run in runs:
        scale, x = size / run.font.face.upem, 0
        for glyph, place in zip(run.shaped.glyph_infos, run.shaped.glyph_positions, strict=True):
            left, top = origin + (x + place.x_offset) * scale, baseline - place.y_offset * scale
            drawing.transform = (scale, 0.0, 0.0, -scale, left, top)
            drawing.draw_glyph(run.font, glyph.codepoint)
            x += place.x_advance
        origin += run.advance * size
    drawing.extents = hb.RasterExtents(0, 0, across, tall, across)
    image = drawing.render()
    mask = Image.frombytes("L", (across, tall), bytes(image.buffer), "raw", "L", image.extents.stride, 1)
    return Line(mask, margin, baseline)


def _in_both_directions(
    text: str, families: Sequence[Family], direction: Direction, look: str, across: int, tall: int
) -> Image.Image:
    """The mask of a line that has letters from right to left: resvg puts them in order (UAX #9)."""
    embedding, anchor = ("\u202b", "end") if direction == "rtl" else ("\u202a", "start")
    names = escape(", ".join(f"'{family.name}'" for family in families))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{tall}">'
        f'<text font-family="{names}" {look} text-anchor="{anchor}">{embedding}{escape(text)}\u202c</text></svg>'
    )
    files = sorted({face.file for family in families for face in family.faces})
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=files)
    return Image.open(BytesIO(png)).getchannel("A")


def _runs(text: str, families: Sequence[Family], weight: int) -> list[_Run]:
    """A text shaped, each letter in the first family that has it; what shows nothing goes with what is before it."""
    if _letters(families[0]).issuperset(map(ord, text)):
        return [_shaped(text, families[0], weight)] if text else []
    placed: list[tuple[int, str]] = []
    number = 0
    for letter in text:
        if is_visible(letter):
            number = next((n for n, family in enumerate(families) if ord(letter) in _letters(family)), 0)
        placed.append((number, letter))
    return [
        _shaped("".join(letter for _, letter in pairs), families[number], weight)
        for number, pairs in groupby(placed, key=lambda pair: pair[0])
    ]


def _shaped(text: str, family: Family, weight: int) -> _Run:
    font = _font(family, weight)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer)
    return _Run(font, buffer, sum(place.x_advance for place in buffer.glyph_positions) / font.face.upem)


@cache
def _content(file: str, state: str) -> hb.Blob:
    """The content of a font's file as it is. While it is mapped, nobody could replace it on Windows: only those of
    packages are, which stay, and are large."""
    return hb.Blob.from_file_path(file) if is_packaged(file) else hb.Blob(Path(file).read_bytes())


@cache
def _font(family: Family, weight: int) -> hb.Font:
    face = min(family.faces, key=lambda face: face.bold != (weight > 500))
    font = hb.Font(hb.Face(_content(face.file, face.digest), face.index))
    if any(axis.tag == "wght" for axis in font.face.axis_infos):
        font.set_variations({"wght": weight})
    return font


def _families(files: Sequence[Path]) -> tuple[Family, ...]:
    """The designs that files hold, in the order of the first file of each; resvg takes no path that is not UTF-8."""
    found: dict[str, list[Face]] = {}
    for file in (file for file in files if in_utf8(str(file)) == str(file)):
        with suppress(OSError, hb.HarfBuzzError):  # fontconfig may remember what is gone
            for name, face in _faces(file):
                found.setdefault(name, []).append(face)
    return tuple(Family(name, tuple(faces)) for name, faces in found.items())


def _faces(file: Path) -> Iterator[tuple[str, Face]]:
    blob, ids = hb.Blob.from_file_path(str(file)), hb.OTNameIdPredefined
    with file.open("rb") as content:
        checksums = digest(content.read(_HEAD))
    for index in range(hb.Face(blob, 0).count):
        face = hb.Face(blob, index)
        name = face.get_name(ids.TYPOGRAPHIC_FAMILY) or face.get_name(ids.FONT_FAMILY)
        style = face.get_name(ids.TYPOGRAPHIC_SUBFAMILY) or face.get_name(ids.FONT_SUBFAMILY) or ""
        if name and not is_other_style(name) and not is_slanted(style):
            yield name, Face(str(file), index, "bold" in style.lower(), checksums)


@cache
def _letters(family: Family) -> frozenset[int]:
    """The code points that all its fonts have."""
    blobs = ((hb.Blob.from_file_path(face.file), face.index) for face in family.faces)
    return frozenset.intersection(*(frozenset(hb.Face(blob, index).unicodes) for blob, index in blobs))


def _in_order(families: Iterable[Family], lang: str) -> list[Family]:
    """A language's own shapes first, those of other regions last."""
    region = _REGIONS.get(lang) or _REGIONS.get(lang.partition("_")[0], "")

    def rank(family: Family) -> tuple[bool, bool, bool]:
        its = next((word for word in family.name.split() if word in _REGIONS.values() or word == "HK"), "")
        return (bool(its) and its != region, its != region, not family.name.startswith("Noto Sans"))

    return sorted(families, key=rank)


def _together(families: Sequence[Family], wanted: frozenset[int]) -> Lettering:
    """The first family that has nearly all that is wanted, and as few others as can fill in."""
    enough = _PRIMARY * len(wanted)
    primary = next((family for family in families if len(wanted & _letters(family)) >= enough), None)
    chosen = [primary] if primary else []
    left = wanted.difference(*map(_letters, chosen))
    while left and families:
        best = max(families, key=lambda family: len(left & _letters(family)))
        if not left & _letters(best):
            break
        chosen.append(best)
        left -= _letters(best)
    return Lettering(tuple(chosen), "".join(map(chr, sorted(left))))
