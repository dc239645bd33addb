"""A chart block → its data: settings as YAML, an empty line, a table as CSV; every mistake with its place."""

import csv
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec
from msgspec import Struct

from sitegen.problems import Checked, Place, Problem, nearest, problem
from sitegen.typed_yaml.reader import read

KINDS = ("bar", "line")
MOST_SERIES = 4
MOST_ROWS = 100


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """What is written above the data. `note`: below the chart, such as where the numbers come from; `description`:
    what the chart shows, for those who do not see it."""

    title: str
    unit: str = ""
    note: str = ""
    description: str = ""


class Row(Struct, frozen=True):
    """A label and a number for each series; None where there is none."""

    label: str
    values: tuple[Decimal | None, ...]


class Chart(Struct, frozen=True):
    """`corner`: what the labels are, above the first column; `names`: of the series."""

    kind: str
    settings: Settings
    corner: str
    names: tuple[str, ...]
    rows: tuple[Row, ...]


def read_chart(kind: str, content: str, written: Sequence[str], fence: Place) -> Checked[Chart | None]:
    """Read the content of a block. `kind` is what stands behind the word chart, in the line at `fence`; `written` are
    that line and those below, as they stand in the file: perhaps indented."""
    return _Reader(["", *content.rstrip("\n").split("\n")], written, fence).chart(kind)


_SETTING = re.compile(r" *[A-Za-z_]+ *:(?:\s|$)| +\S")
_NUMBER = re.compile(r"[-−]?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_MAYBE_THOUSANDS = re.compile(r"[-−]?[1-9]\d{0,2}\.\d{3}")
_GROUPED = re.compile(
    r"[-−]?(?:\d{1,3}(?:[., \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?|\d+,\d+|\d+(?:[.,]\d+)?\s*%)", re.ASCII
)


class _Reader:
    """Lines are counted from the fence, which is line 0."""

    def __init__(self, lines: Sequence[str], written: Sequence[str], fence: Place) -> None:
        self.lines, self.written, self.fence = lines, written, fence
        self.problems: list[Problem] = []

    def chart(self, kind: str) -> Checked[Chart | None]:
        if kind not in KINDS:
            close, choices = nearest(kind, KINDS), ", ".join(KINDS)
            self._report("not-a-choice", 0, kind, value=kind, key="chart", nearest=close, choices=choices)
        below = range(1, len(self.lines))
        start = next((index for index in below if not _SETTING.match(self.lines[index])), len(self.lines))
        settings = self._settings(start)
        rows = [(index, cells) for index, cells in self._cells(start) if any(cells)]
        names = self._names(*rows[0]) if rows else ()
        made = tuple(self._row(index, cells, len(names)) for index, cells in rows[1:])
        if len(made) > MOST_ROWS:
            self._report("chart-rows", rows[MOST_ROWS + 1][0], count=len(made), limit=MOST_ROWS)
        elif not self.problems and all(value is None for row in made for value in row.values):
            self._report("chart-empty", 0)
        if self.problems or settings is None:
            return None, tuple(self.problems)
        return Chart(kind, settings, rows[0][1][0], names, made), ()

    def _settings(self, end: int) -> Settings | None:
        text = "".join(f"{line}\n" for line in self.lines[1:end])
        if not text.strip():
            self._report("missing-key", 0, key="title")
            return None
        typed = read(text, Settings, self.fence.path, first_line=self.fence.line + 1)
        for found in typed.problems:
            line = min(found.place.line - self.fence.line, end - 1)  # what is not closed is missed below
            indent = max(0, self.written[line].find(self.lines[line]))
            place = Place(self.fence.path, self.fence.line + line, found.place.column + indent)
            self.problems.append(msgspec.structs.replace(found, place=place))
        settings: Settings | None = typed.value
        if settings and not settings.title.strip() and "title" not in typed.unread:
            self._report("missing-key", 1, key="title")
        return settings

    def _cells(self, start: int) -> Iterator[tuple[int, list[str]]]:
        """The cells of each line: as spreadsheets copy them (tabs) or export them (semicolons or commas)."""
        header = next((line for line in self.lines[start:] if line.strip()), "")
        mark = next((mark for mark in "\t;" if mark in header), ",")
        for index, line in enumerate(self.lines[start:], start):
            try:
                cells = next(csv.reader([line], delimiter=mark, skipinitialspace=True, strict=True), [])
            except csv.Error:
                self._report("chart-quotes", index, '"')
                continue
            yield index, [cell.strip() for cell in cells]

    def _names(self, index: int, cells: list[str]) -> tuple[str, ...]:
        names = tuple(cells[1:])
        if not names or not all(names):
            self._report("chart-header", index, self.lines[index].strip())
        if len(names) > MOST_SERIES:
            self._report("chart-series", index, self.lines[index].strip(), count=len(names), limit=MOST_SERIES)
        return names

    def _row(self, index: int, cells: list[str], width: int) -> Row:
        if len(cells) != width + 1:
            self._report("chart-row", index, self.lines[index].strip(), count=len(cells), expected=width + 1)
        elif not cells[0]:
            self._report("chart-label", index, self.lines[index].strip())
        else:
            return Row(cells[0], tuple(self._number(index, cell) for cell in cells[1:MOST_ROWS]))
        return Row("", ())

    def _number(self, index: int, cell: str) -> Decimal | None:
        if not cell:
            return None
        if _MAYBE_THOUSANDS.fullmatch(cell):
            whole, exact = cell.replace(".", ""), f"{cell}0"
            self._report("chart-ambiguous", index, cell, value=cell, whole=whole, exact=exact)
        elif _NUMBER.fullmatch(cell):
            return Decimal(cell.replace("−", "-"))
        else:
            self._report("chart-number", index, cell, value=cell, nearest=_plain(cell))
        return None

    def _report(self, code: str, line: int, text: str = "", **arguments: object) -> None:
        self.problems.append(problem(code, self.fence.below(self.written, line, text), **arguments))


def _plain(number: str) -> str | None:
    """What was probably meant by a number with separators or a unit."""
    if not _GROUPED.fullmatch(number):
        return None
    digits = re.sub(r"[ \u00a0\u202f'’%]", "", number)
    last = max(digits.rfind("."), digits.rfind(","))
    groups = re.split(r"[.,]", digits)
    is_decimal = last >= 0 and (len({*re.findall(r"[.,]", digits)}) == 2 or len(groups[-1]) != 3)
    return f"{''.join(groups[:-1])}.{groups[-1]}" if is_decimal else "".join(groups)
