"""What was measured, kept as JSON, so that measuring one size of site leaves the figures of the others."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

import msgspec
from msgspec import Struct

from .corpus import KINDS

Figures = dict[str, dict[str, list[float]]]
"""By peer and step: seconds in the order of the rounds; megabytes of memory."""

Files = dict[str, dict[str, int]]
"""By peer and kind: how many files it wrote; and megabytes."""

Key = tuple[str, tuple[str, ...], int]

EQUAL, INSTALLED = "equal", "installed"
SCENES = {EQUAL: "Equal work", INSTALLED: "As installed"}

US, BASE, LIMIT, BEFORE = "sitegen", "hugo", "limit", "before"
COLD, BARE, NOTHING, BODY = "cold", "cold, no extras", "nothing changed", "one body"
SAVED_BODY, SAVED_TITLE = "preview: body", "preview: title"
"""The steps of a server that runs already."""
CARDS, SEARCH, PICTURE = "share cards", "search", "a picture"
PROCESSORS = (CARDS, SEARCH, PICTURE)
"""What an extra costs, in seconds of processors' time."""
SOON = 0.1
"""Seconds after a save in which a browser should be told, on a site of a thousand articles."""
MEMORY, PICTURE_MEMORY = "peak memory", "peak memory, pictures"
"""The steps that are not measured in seconds."""


class Run(Struct, frozen=True):
    """One size of site: `count` articles in each language, of some kinds. `place`: what the projects lay on;
    `left_out`: why, by peer."""

    count: int
    rounds: int
    machine: str
    place: str
    versions: dict[str, str]
    files: Files
    figures: Figures
    scene: str = EQUAL
    kinds: tuple[str, ...] = KINDS
    left_out: dict[str, str] = {}

    @property
    def key(self) -> Key:
        return self.scene, self.kinds, self.count

    @property
    def title(self) -> str:
        kinds = "" if self.kinds == KINDS else f", {' and '.join(self.kinds)} alone"
        return f"{self.count:,} articles × 3 languages{kinds}"

    def median(self, peer: str, step: str) -> float | None:
        values = self.figures.get(peer, {}).get(step)
        return median(values) if values else None


class Bound(NamedTuple):
    """A ratio, ours in `step` ÷ another's in `base`, and the most that it may be by size of site; `enough`: seconds
    that are never too many."""

    step: str
    peer: str
    base: str
    must: Mapping[int, float]
    enough: float = 0.0


class Verdict(NamedTuple):
    """`must` and `met` are None for sizes that nothing was promised for."""

    bound: Bound
    ratio: float
    must: float | None
    met: bool | None


BOUNDS = {
    EQUAL: (
        Bound(COLD, BASE, COLD, {1000: 1.0, 10_000: 0.8}),
        Bound(NOTHING, BASE, COLD, {1000: 0.10, 10_000: 0.03}),
        Bound(BODY, BASE, COLD, {1000: 0.12, 10_000: 0.05}),
        Bound("one title", BASE, COLD, {1000: 0.20, 10_000: 0.10}),
        Bound("base layout", BASE, COLD, {1000: 0.60, 10_000: 0.60}),
        Bound(SAVED_BODY, BASE, SAVED_BODY, {1000: 0.35, 10_000: 0.35}),
        Bound(SAVED_TITLE, BASE, SAVED_TITLE, {1000: 0.5, 10_000: 0.5}),
        Bound(SAVED_BODY, LIMIT, SAVED_BODY, {1000: 1.0}),
        Bound(MEMORY, BASE, MEMORY, {1000: 0.35, 10_000: 0.35}),
        Bound(COLD, "pelican", COLD, {1000: 0.4, 10_000: 0.4}),
        Bound(COLD, "eleventy", COLD, {1000: 0.6, 10_000: 0.6}),
        Bound(COLD, LIMIT, COLD, {1000: 1.5, 10_000: 1.5}),
        Bound(NOTHING, LIMIT, NOTHING, {1000: 2.0, 10_000: 2.0}),
    ),
    INSTALLED: (
        Bound(COLD, "starlight", COLD, {1000: 0.25}),
        Bound(COLD, "starlight-short", COLD, {}),
        Bound(COLD, "eleventy-blog", COLD, {}),
        Bound(PICTURE, "starlight", PICTURE, {}),
        Bound(PICTURE, "eleventy-blog", PICTURE, {}),
        Bound(COLD, BEFORE, COLD, {}),
        Bound(BARE, BEFORE, BARE, {1000: 0.7}),
        Bound(CARDS, BEFORE, CARDS, {1000: 0.3}),
        Bound(SEARCH, BEFORE, SEARCH, {}),
        Bound(PICTURE, BEFORE, PICTURE, {1000: 0.5}),
        Bound(MEMORY, BEFORE, MEMORY, {1000: 1.05}),  # by so much the same code differs from itself
        Bound(PICTURE_MEMORY, BEFORE, PICTURE_MEMORY, {1000: 1.05}),
        Bound(NOTHING, LIMIT, NOTHING, {1000: 2.2}, 0.10),
        Bound(BODY, LIMIT, BODY, {1000: 1.2}, 0.22),
    ),
}


def verdicts(run: Run) -> list[Verdict]:
    """Of all ratios that both sides were measured for."""
    found = []
    for bound in BOUNDS[run.scene]:
        own, other = run.median(US, bound.step), run.median(bound.peer, bound.base)
        if own is not None and other:
            ratio, must = own / other, bound.must.get(run.count)
            found.append(Verdict(bound, ratio, must, None if must is None else ratio <= must or own <= bound.enough))
    return found


class Growth(NamedTuple):
    """How many times as large the larger of two sites is, and a peer's peak of memory there."""

    peer: str
    articles: float
    memory: float


def growth(runs: Iterable[Run]) -> list[Growth]:
    """Between the smallest and the largest site of the same work, of the peers that were measured on both."""
    alike = sorted((run for run in runs if run.key[:2] == (EQUAL, KINDS)), key=lambda run: run.count)
    if len(alike) < 2:
        return []
    small, large = alike[0], alike[-1]
    found = []
    for peer in small.figures:
        before, after = small.median(peer, MEMORY), large.median(peer, MEMORY)
        if before and after:
            found.append(Growth(peer, large.count / small.count, after / before))
    return found


def in_order(runs: Iterable[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: ([*SCENES].index(run.scene), -len(run.kinds), run.kinds, run.count))


def load(path: Path) -> dict[Key, Run]:
    if not path.exists():
        return {}
    return {run.key: run for run in msgspec.json.decode(path.read_bytes(), type=list[Run])}


def save(path: Path, runs: Mapping[Key, Run]) -> None:
    data = msgspec.json.encode(in_order(runs.values()))
    path.write_bytes(msgspec.json.format(data) + b"\n")
