"""A chart as a figure: a drawing for the eye, and the same numbers as a table."""

from babel import Locale
from markdown_it.common.utils import escapeHtml

from sitegen.i18n.languages import written_number

from .charts import Chart, Row
from .plots import draw, sample

WORDS = {
    "data": "Data",
    "bar": "Bar chart. The numbers are in the table below it.",
    "line": "Line chart. The numbers are in the table below it.",
}
"""Texts: `\\0word\\0` in the HTML becomes one of these in the language of the text when a page is made."""


def figure(chart: Chart, name: str, locale: Locale) -> str:
    """The chart as HTML; ids begin with `name`."""
    settings = chart.settings
    title = escapeHtml(settings.title)
    unit = f"({escapeHtml(settings.unit)})" if settings.unit else ""
    caption = f'{title} <span class="chart-unit">{unit}</span>' if unit else title
    note = f'<p class="chart-note">{escapeHtml(settings.note)}</p>\n' if settings.note else ""
    description = escapeHtml(settings.description) or f"\0{chart.kind}\0"
    full_title = f"{title} {unit}".rstrip()
    drawing = draw(chart, name, locale)
    return (
        f'<figure class="chart">\n<figcaption>{caption}</figcaption>\n<div class="chart-picture">\n'
        f'{_key(chart, name)}<svg role="img" aria-labelledby="{name}-title {name}-text" direction="ltr" '
        f'width="100%" height="{drawing.height:.2f}em">\n<title id="{name}-title">{full_title}</title>\n'
        f'<desc id="{name}-text">{description}</desc>\n{drawing.svg}</svg>\n</div>\n'
        f"<details>\n<summary>\0data\0</summary>\n{_table(chart, locale)}</details>\n{note}</figure>\n"
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
