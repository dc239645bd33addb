"""Tools that patterns are drawn with: tones, chance that is the same everywhere, and SVG in few bytes."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from math import cos, pi, sin

from msgspec import Struct

WIDTH, HEIGHT = SIZE = 640, 480
WHOLE = f"M0 0H{WIDTH}V{HEIGHT}H0z"
"""A path round everything."""

Point = tuple[float, float]


class Tones(Struct, frozen=True, gc=False):
    """The colours of a drawing, from quiet to clear: what it is drawn on, areas, lines, and what stands out."""

    ground: str
    shade: str
    line: str
    accent: str


class Chance:
    """Variations that are the same for the same name, on every machine."""

    def __init__(self, name: str) -> None:
        self._name, self._drawn = name.encode(), 0

    def between(self, least: float, most: float) -> float:
        self._drawn += 1
        drawn = blake2b(self._name, digest_size=4, salt=self._drawn.to_bytes(2, "big")).digest()
        return least + (most - least) * int.from_bytes(drawn, "big") / 2**32

    def count(self, least: int, most: int) -> int:
        return int(self.between(least, most + 1))

    def side(self) -> int:
        """1 or -1."""
        return 2 * self.count(0, 1) - 1


def numbers(*values: float) -> str:
    """As short as SVG takes them, to a tenth of a pixel."""
    return " ".join(f"{round(value, 1) + 0.0:.1f}".removesuffix(".0") for value in values)


def path(steps: str, fill: str = "", more: str = "") -> str:
    color = f' fill="{fill}"' if fill else ""
    return f'<path d="{steps}"{color}{more}/>'


def circle(x: float, y: float, radius: float, fill: str = "") -> str:
    color = f' fill="{fill}"' if fill else ""
    return f'<circle cx="{numbers(x)}" cy="{numbers(y)}" r="{numbers(radius)}"{color}/>'


def use(name: str, x: float, y: float, more: str = "") -> str:
    return f'<use href="#{name}" x="{numbers(x)}" y="{numbers(y)}"{more}/>'


def group(content: str, more: str) -> str:
    return f"<g {more}>{content}</g>"


def lines(tones: Tones, width: float, content: str, more: str = "") -> str:
    """Content that is drawn as lines unless it says otherwise."""
    return group(content, f'fill="none" stroke="{tones.line}" stroke-width="{numbers(width)}" {more}'.rstrip())


def tiled(width: float, height: float, content: str, under: str = "") -> str:
    """Content repeated over everything, and what lies under it."""
    size = f'width="{width:.3f}" height="{height:.3f}"'
    tile = f'<pattern id="p" {size} patternUnits="userSpaceOnUse">{content}</pattern>'
    return f"<defs>{tile}</defs>{under}{path(WHOLE, 'url(#p)')}"


def smooth(points: Sequence[Point]) -> str:
    """A curve (Catmull–Rom as Bézier); the first and last point only lend it their direction."""
    steps = f"M{numbers(*points[1])}"
    for before, start, end, after in zip(points, points[1:], points[2:], points[3:], strict=False):
        step = (end[0] - start[0], end[1] - start[1])
        one = ((end[0] - before[0]) / 6, (end[1] - before[1]) / 6)
        two = (step[0] - (after[0] - start[0]) / 6, step[1] - (after[1] - start[1]) / 6)
        steps += f"c{numbers(*one, *two, *step)}"
    return steps


def closed(points: Sequence[Point]) -> str:
    return smooth((points[-1], *points, *points[:2])) + "z"


def polygon(points: Iterable[Point]) -> str:
    return "M" + "L".join(numbers(*point) for point in points) + "z"


def star(points: int, outer: float, inner: float) -> str:
    """A star round the origin."""
    return polygon(
        ((inner if number % 2 else outer) * sin(pi * number / points),
         (inner if number % 2 else outer) * -cos(pi * number / points))
        for number in range(2 * points)
    )  # fmt: skip
