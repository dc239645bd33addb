"""Results as an SVG for the README: bars with their numbers, readable in light and dark."""

from collections.abc import Iterable, Iterator
from html import escape

from .report import TITLES, shown
from .results import BASE, BEFORE, COLD, EQUAL, MEMORY, PICTURE, SCENES, US, Run, in_order

WIDTH, MARGIN = 760, 24
STEP_LEFT, NAME_LEFT, BAR_LEFT = MARGIN, 160, 332
BAR_RIGHT = WIDTH - MARGIN - 76
ROW, BAR, GAP, HEADING = 22, 14, 10, 26

STYLE = """\
text { font: 14px system-ui, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif; fill: #1b211d }
.heading { font-size: 17px; font-weight: 600 }
.soft { fill: #58625b }
.paper { fill: #fbfaf6 }
.us { fill: #0d4f3c }
.them { fill: #9aa49d }
@media (prefers-color-scheme: dark) {
text { fill: #e6e8e3 }
.soft { fill: #a3ada6 }
.paper { fill: #131816 }
.us { fill: #7cc4a5 }
.them { fill: #5f6962 }
}"""


def svg(runs: Iterable[Run]) -> str:
    """Empty where nothing has been measured."""
    body: list[str] = []
    top, runs = MARGIN, in_order(runs)
    for run in runs:
        parts, top = _panel(run, top)
        body += parts
    said = ". ".join(map(_said, runs))
    lines = "\n".join(body)
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img" aria-labelledby="title desc">
<title id="title">How long sitegen and its peers take to build a site</title>
<desc id="desc">{escape(said)}.</desc>
<style>
{STYLE}
</style>
<rect class="paper" width="{WIDTH}" height="{top}" rx="8"/>
{lines}
</svg>
"""


def _panel(run: Run, top: int) -> tuple[list[str], int]:
    """The bars of one size of site, and where the next may begin."""
    parts = [f'<text class="heading" x="{MARGIN}" y="{top + 18}">{_titled(run)}</text>']
    top += HEADING
    rows = _rows(run)
    before = ""
    for step, peer in rows:
        unit = [row for row in rows if (row[0] == MEMORY) == (step == MEMORY)]
        most = max(_value(run, other, its_step) for its_step, other in unit)
        if step != before:
            top += GAP
            parts.append(f'<text x="{STEP_LEFT}" y="{top + BAR - 2}">{step}</text>')
        parts += _bar(run, step, peer, top, most)
        top, before = top + ROW, step
    return parts, top + MARGIN


def _bar(run: Run, step: str, peer: str, top: int, most: float) -> Iterator[str]:
    value = _value(run, peer, step)
    width = max(1.0, (BAR_RIGHT - BAR_LEFT) * value / most)
    kind = "us" if peer == US else "them"
    yield f'<text class="soft" x="{NAME_LEFT}" y="{top + BAR - 2}">{TITLES[peer]}</text>'
    yield f'<rect class="{kind}" x="{BAR_LEFT}" y="{top}" width="{width:.1f}" height="{BAR}"/>'
    yield f'<text x="{BAR_LEFT + width + 6:.1f}" y="{top + BAR - 2}">{shown(value, step)}</text>'


def _rows(run: Run) -> list[tuple[str, str]]:
    """Steps with the peers to show for each: of equal work all in a cold build, else ourselves beside Hugo; as
    installed all, where all are compared."""
    rows = []
    for step in run.figures[US] if run.scene == EQUAL else (COLD, PICTURE):
        peers = [peer for peer in TITLES if peer != BEFORE and run.median(peer, step) is not None]
        rows += [(step, peer) for peer in peers if run.scene != EQUAL or step == COLD or peer in (US, BASE)]
    return rows


def _value(run: Run, peer: str, step: str) -> float:
    return run.median(peer, step) or 0.0


def _said(run: Run) -> str:
    figures = "; ".join(f"{step}, {TITLES[peer]}: {shown(_value(run, peer, step), step)}" for step, peer in _rows(run))
    return f"{_titled(run)}: {figures}"


def _titled(run: Run) -> str:
    return f"{SCENES[run.scene]}: {run.title}"
