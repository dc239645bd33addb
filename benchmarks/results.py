"""What was measured, kept as JSON, so that measuring one size of site leaves the figures of the others."""

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec
from msgspec import Struct

Figures = dict[str, dict[str, list[float]]]
"""By peer and step: seconds in the order of the rounds; megabytes of memory."""

Files = dict[str, dict[str, int]]
"""By peer and kind: how many files it wrote; and megabytes."""

US, BASE, LIMIT = "sitegen", "hugo", "limit"
SAVED_BODY, SAVED_TITLE = "preview: body", "preview: title"
"""The steps of a server that runs already."""
SOON = 0.1
"""Seconds after a save in which a browser should be told, on a site of a thousand articles."""
MEMORY = "peak memory"
"""The step that is not measured in seconds."""


class Run(Struct, frozen=True):
    """One size of site: `count` articles in each language. `place`: what the projects lay on."""

    count: int
    rounds: int
    machine: str
    place: str
    versions: dict[str, str]
    files: Files
    figures: Figures

    def median(self, peer: str, step: str) -> float | None:
        values = self.figures.get(peer, {}).get(step)
        return median(values) if values else None


class Bound(NamedTuple):
    """A ratio, ours in `step` ÷ another's in `base`, and the most that it may be by size of site."""

    step: str
    peer: str
    base: str
    must: Mapping[int, float]


class Verdict(NamedTuple):
    """`must` and `met` are None for sizes that nothing was promised for."""

    bound: Bound
    ratio: float
    must: float | None
    met: bool | None


BOUNDS = (
    Bound("cold", BASE, "cold", {1000: 1.0, 10_000: 0.75}),
    Bound("nothing changed", BASE, "cold", {1000: 0.10, 10_000: 0.03}),
    Bound("one body", BASE, "cold", {1000: 0.12, 10_000: 0.05}),
    Bound("one title", BASE, "cold", {1000: 0.20, 10_000: 0.10}),
    Bound("base layout", BASE, "cold", {1000: 0.60, 10_000: 0.60}),
    Bound(SAVED_BODY, BASE, SAVED_BODY, {1000: 0.35, 10_000: 0.35}),
    Bound(SAVED_TITLE, BASE, SAVED_TITLE, {1000: 0.5, 10_000: 0.5}),
    Bound(SAVED_BODY, LIMIT, SAVED_BODY, {1000: 1.0}),
    Bound(MEMORY, BASE, MEMORY, {1000: 0.35, 10_000: 0.35}),
    Bound("cold", "pelican", "cold", {1000: 0.4, 10_000: 0.4}),
    Bound("cold", "eleventy", "cold", {1000: 0.6, 10_000: 0.6}),
    Bound("cold", LIMIT, "cold", {1000: 1.5, 10_000: 1.5}),
    Bound("nothing changed", LIMIT, "nothing changed", {1000: 2.0, 10_000: 2.0}),
)


def verdicts(run: Run) -> list[Verdict]:
    """Of all ratios that both sides were measured for."""
    found = []
    for bound in BOUNDS:
        own, other = run.median(US, bound.step), run.median(bound.peer, bound.base)
        if own is not None and other:
            ratio, must = own / other, bound.must.get(run.count)
            found.append(Verdict(bound, ratio, must, None if must is None else ratio <= must))
    return found


class Growth(NamedTuple):
    """How many times as large the larger of two sites is, and a peer's peak of memory there."""

    peer: str
    articles: float
    memory: float


def growth(runs: Mapping[int, Run]) -> list[Growth]:
    """Between the smallest and the largest site, of the peers that were measured on both."""
    if len(runs) < 2:
        return []
    small, large = runs[min(runs)], runs[max(runs)]
    found = []
    for peer in small.figures:
        before, after = small.median(peer, MEMORY), large.median(peer, MEMORY)
        if before and after:
            found.append(Growth(peer, large.count / small.count, after / before))
    return found


def load(path: Path) -> dict[int, Run]:
    """Runs by size of site."""
    if not path.exists():
        return {}
    return {run.count: run for run in msgspec.json.decode(path.read_bytes(), type=list[Run])}


def save(path: Path, runs: Mapping[int, Run]) -> None:
    data = msgspec.json.encode([runs[count] for count in sorted(runs)])
    path.write_bytes(msgspec.json.format(data) + b"\n")
