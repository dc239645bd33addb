"""A chart as a figure: a drawing for the eye, and the same numbers as a table.

No library drew charts that phones, print, screen readers and a strict policy all bear.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor

from babel import Locale
from markdown_it.common.utils import escapeHtml
from msgspec import Struct

from sitegen.i18n.languages import written_number
from sitegen.i18n.typography import is_cjk, text_width

from .charts import Chart, Row

NARROWEST = 19.0
"""Em across, on a screen of 320 pixels."""
LINE = 1.35
"""Em from one line of text to the next."""
MOST_POINTS = 24
"""More of them are a line without dots."""

_DASHES = ("", "6 4", "2 4", "10 3 2 3")
_FILLINGS = ("", "", '<path d="M0 0V6"/>', '<circle cx="3" cy="3" r="1.6"/>')
_ZERO = Decimal(0)


class Drawing(Struct, frozen=True):
    """What belongs into an `<svg>`, and how high that is, in em."""

    svg: str
    height: float


def draw(chart: Chart, name: str, locale: Locale) -> Drawing:
    """Draw a chart; ids begin with `name`."""
    return _bars(chart, name, locale) if chart.kind == "bar" else _lines(chart, locale)


def sample(kind: str, number: int, name: str) -> str:
    """How a series looks, 24 × 12 pixels."""
    if kind == "bar":
        return f'<rect{_look_of_bars(number, name)} x="1" y="1" width="22" height="10"/>'
    line = f'<g{_look_of_line(number)}><line x1="0" y1="6" x2="24" y2="6"/></g>'
    return f'{line}<g class="chart-points series-{number + 1}"><circle cx="12" cy="6" r="3.5"/></g>'


def _bars(chart: Chart, name: str, locale: Locale) -> Drawing:
    """Labels of any length have room above their bars; each bar has its number at its end."""
    values = [value for row in chart.rows for value in row.values if value is not None]
    least, most = min([_ZERO, *values]), max([_ZERO, *values])
    before = _room([written_number(value, locale) for value in values if value < 0])
    after = _room([written_number(value, locale) for value in values if value >= 0])
    scale = (100 - before - after) / float(most - least or 1)
    zero = before - float(least) * scale
    parts, y = [_patterns(len(chart.names), name)], 0.0
    for row in chart.rows:
        label = _wrapped(row.label, NARROWEST)
        parts.append(_text(label, 0, y + 1, "chart-label"))
        y += len(label) * LINE + 0.15
        parts.append(_line("chart-axis", zero, y - 0.1, zero, y + 1.4 * len(row.values) - 0.2))
        for number, value in enumerate(row.values):
            if value is None:
                parts.append(_number("–", zero, y + 0.9))
            else:
                end = zero + float(value) * scale
                parts.append(
                    f'<rect{_look_of_bars(number, name)} x="{_short(min(zero, end))}%" y="{_short(y)}em" '
                    f'width="{_short(abs(end - zero))}%" height="1.1em"/>\n'
                )
                parts.append(_number(written_number(value, locale), end, y + 0.9, before=value < 0))
            y += 1.4
        y += 0.55
    return Drawing("".join(parts), y - 0.55)


def _lines(chart: Chart, locale: Locale) -> Drawing:
    """Over a quiet grid, whose numbers stand on its lines."""
    values = [value for row in chart.rows for value in row.values if value is not None]
    ticks = _ticks(min(values), max(values))
    texts = [written_number(tick, locale) for tick in ticks]
    left, right, top, bottom = _room(texts), 97.0, 1.6, 15.0
    last = len(chart.rows) - 1

    def across(index: int) -> float:
        return left + (right - left) * index / max(1, last)

    def down(value: Decimal) -> float:
        return bottom - (bottom - top) * float((value - ticks[0]) / (ticks[-1] - ticks[0]))

    parts, axis = [], max(ticks[0], min(_ZERO, ticks[-1]))
    for tick, text in zip(ticks, texts, strict=True):
        parts.append(_line("chart-axis" if tick == axis else "chart-grid", 0, down(tick), 100, down(tick)))
        parts.append(_text([text], 0, down(tick) - 0.35, "chart-tick"))
    labels = {
        index: _wrapped(chart.rows[index].label, _WIDEST_LABEL)
        for index in _labelled([row.label for row in chart.rows], NARROWEST * (right - left) / 100)
    }
    for index, label in labels.items():
        x, anchor = (100, "end") if 0 < index == last else (across(index), "middle")
        parts.append(_text(label, x, bottom + 1.3, "chart-tick", anchor))
    for number in range(len(chart.names)):
        points = [
            None if value is None else (across(index), down(value))
            for index, value in enumerate(row.values[number] for row in chart.rows)
        ]
        parts += _series(points, number)
    return Drawing("".join(parts), bottom + max(map(len, labels.values())) * LINE + 0.4)


def _series(points: Sequence[tuple[float, float] | None], number: int) -> Iterator[str]:
    """A line with a gap where a number is missing; a dot at each number, or only where it has no neighbour."""
    yield f"<g{_look_of_line(number)}>\n"
    for here, there in pairwise(points):
        if here and there:
            yield _line("", *here, *there)
    yield f'</g>\n<g class="chart-points series-{number + 1}">\n'
    for before, point, after in zip((None, *points), points, (*points[1:], None), strict=False):
        if point and (len(points) <= MOST_POINTS or not (before or after)):
            yield f'<circle cx="{_short(point[0])}%" cy="{_short(point[1])}em" r="0.25em"/>\n'
    yield "</g>\n"


_WIDEST_LABEL = 8.0


def _labelled(labels: Sequence[str], room: float) -> list[int]:
    """As many labels as have room beside each other, at even distances; the first and the last among them."""
    last = len(labels) - 1
    need = min(_WIDEST_LABEL, max(map(text_width, labels))) + 0.8
    step = max(1, ceil(need * last / room))
    chosen = [*range(0, last, step), last]
    if len(chosen) > 2 and last - chosen[-2] < step:
        del chosen[-2]
    return chosen


def _ticks(least: Decimal, most: Decimal) -> list[Decimal]:
    """Round numbers at even distances around all values; from zero, unless the values are far from it."""
    is_far = most > least > most * Decimal("0.6") > 0
    low, high = (least, most) if is_far else (min(_ZERO, least), max(_ZERO, most))
    aim = (high - low or Decimal(1)) / 5
    unit = Decimal(10) ** aim.adjusted()
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= aim)
    first, last = floor(low / step), ceil(high / step)
    return [step * number for number in range(first, max(last, first + 1) + 1)]


def _look_of_bars(number: int, name: str) -> str:
    looks = ('fill="currentColor"', 'fill="none" stroke="currentColor"', "", "")
    look = looks[number] or f'fill="url(#{name}-{number})" stroke="currentColor"'
    return f' class="chart-bar series-{number + 1}" {look}'


def _look_of_line(number: int) -> str:
    dashes = f' stroke-dasharray="{_DASHES[number]}"' if _DASHES[number] else ""
    return f' class="chart-line series-{number + 1}" stroke="currentColor" stroke-width="2"{dashes}'


def _patterns(series: int, name: str) -> str:
    """The fillings of the third and fourth series."""
    return "".join(
        f'<pattern id="{name}-{number}" class="chart-filling series-{number + 1}" width="6" height="6" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)" fill="currentColor" stroke="currentColor" '
        f'stroke-width="2">{_FILLINGS[number]}</pattern>\n'
        for number in range(2, series)
    )


def _text(lines: Sequence[str], x: float, y: float, css: str, anchor: str = "start") -> str:
    attribute = "" if anchor == "start" else f' text-anchor="{anchor}"'
    spans = "".join(
        f'<tspan x="{_short(x)}%" y="{_short(y + index * LINE)}em">{escapeHtml(line)}</tspan>'
        for index, line in enumerate(lines)
    )
    return f'<text class="{css}"{attribute}>{spans}</text>\n'


def _number(text: str, x: float, y: float, *, before: bool = False) -> str:
    side = 'dx="-0.4em" text-anchor="end"' if before else 'dx="0.4em"'
    return f'<text class="chart-number" x="{_short(x)}%" y="{_short(y)}em" {side}>{text}</text>\n'


def _line(css: str, x1: float, y1: float, x2: float, y2: float) -> str:
    look = f'class="{css}" stroke="currentColor" ' if css else ""
    return f'<line {look}x1="{_short(x1)}%" y1="{_short(y1)}em" x2="{_short(x2)}%" y2="{_short(y2)}em"/>\n'


def _short(value: float) -> str:
    """Two decimals at most."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _room(texts: Sequence[str]) -> float:
    """Percent of the narrowest chart that such texts need beside it."""
    return min(45.0, 100 * (max(map(text_width, texts)) + 0.7) / NARROWEST) if texts else 0.0


def _wrapped(text: str, width: float) -> list[str]:
    """Lines at most so wide: between words, or between any two characters of Chinese and Japanese."""
    lines = [""]
    for piece in _pieces(text):
        if lines[-1] and text_width(lines[-1] + piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _pieces(text: str) -> Iterator[str]:
    piece = ""
    for character in text:
        if piece and (is_cjk(character) or is_cjk(piece[-1]) or piece[-1] == " "):
            yield piece
            piece = ""
        piece += character
    yield piece


WORDS = {
    "data": "Data",
    "details": "Details",
    "bar": "Bar chart. The numbers are in the table below it.",
    "line": "Line chart. The numbers are in the table below it.",
}
"""Texts: a marker of such a name becomes one of these in the language of the text when a page is made."""


def figure(chart: Chart, name: str, locale: Locale, mark: Callable[[str], str]) -> str:
    """The chart as HTML; ids begin with `name`. `mark` makes the markers of WORDS."""
    settings = chart.settings
    title = escapeHtml(settings.title)
    unit = f"({escapeHtml(settings.unit)})" if settings.unit else ""
    caption = f'{title} <span class="chart-unit">{unit}</span>' if unit else title
    note = f'<p class="chart-note">{escapeHtml(settings.note)}</p>\n' if settings.note else ""
    description = escapeHtml(settings.description) or mark(chart.kind)
    full_title = f"{title} {unit}".rstrip()
    drawing = draw(chart, name, locale)
    return (
        f'<figure class="chart">\n<figcaption>{caption}</figcaption>\n<div class="chart-picture">\n'
        f'{_key(chart, name)}<svg role="img" aria-labelledby="{name}-title {name}-text" direction="ltr" '
        f'width="100%" height="{drawing.height:.2f}em">\n<title id="{name}-title">{full_title}</title>\n'
        f'<desc id="{name}-text">{description}</desc>\n{drawing.svg}</svg>\n</div>\n'
        f"<details>\n<summary>{mark('data')}</summary>\n{_table(chart, locale)}</details>\n{note}</figure>\n"
    )


def _key(chart: Chart, name: str) -> str:
    """Which series is which, where there are several."""
    if len(chart.names) == 1:
        return ""
    items = (
        f'<li><svg width="24" height="12" aria-hidden="true">{sample(chart.kind, number, name)}</svg> '
        f"{escapeHtml(series)}</li>\n"
        for number, series in enumerate(chart.names)
    )
    return f'<ul class="chart-key">\n{"".join(items)}</ul>\n'


def _table(chart: Chart, locale: Locale) -> str:
    corner = f'<th scope="col">{escapeHtml(chart.corner)}</th>' if chart.corner else "<td></td>"
    head = "".join(f'<th scope="col" class="align-right">{escapeHtml(name)}</th>' for name in chart.names)
    rows = "".join(f"<tr>{_table_row(row, locale)}</tr>\n" for row in chart.rows)
    return (
        f'<div class="table-scroll" tabindex="0" role="group" aria-label="{escapeHtml(chart.settings.title)}">\n'
        f"<table>\n<thead>\n<tr>{corner}{head}</tr>\n</thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n"
    )


def _table_row(row: Row, locale: Locale) -> str:
    numbers = (written_number(value, locale) if value is not None else "–" for value in row.values)
    cells = "".join(f'<td class="align-right">{number}</td>' for number in numbers)
    return f'<th scope="row">{escapeHtml(row.label)}</th>{cells}'
