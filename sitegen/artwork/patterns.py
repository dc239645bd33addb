"""Patterns, quiet ones of our own drawing, after what both countries know from the sea to the rice field."""

from collections.abc import Callable, Mapping
from math import cos, hypot, pi, sin, sqrt, tau

from sitegen.config.theme import PatternName

from .pattern_tools import (
    HEIGHT,
    WIDTH,
    Chance,
    Point,
    Tones,
    circle,
    closed,
    group,
    lines,
    numbers,
    path,
    smooth,
    star,
    tiled,
    use,
)

Pattern = Callable[[Tones, Chance, float], str]
"""Draws on a ground of WIDTH × HEIGHT, with lines of a given width."""


def waves(tones: Tones, chance: Chance, width: float) -> str:
    """A sea of overlapping arcs under a low sun."""
    radius, horizon = chance.between(50, 64), chance.between(120, 200)
    arcs = "".join(circle(0, 0, radius * part) for part in (0.76, 0.52, 0.28))
    scales = "".join(
        lines(tones, width, circle(0, 0, radius, tone) + arcs, f'id="{name}"')
        for name, tone in (("s", tones.ground), ("d", tones.shade))
    )
    columns = int(WIDTH / radius / 2) + 2
    row = group("".join(use("s", 2 * radius * column, 0) for column in range(-1, columns)), 'id="r"')
    sea = ""
    for number in range(int(2 * (HEIGHT - horizon) / radius) + 4):
        y, shift = horizon + number * radius / 2, radius * (number % 2)
        sea += use("r", shift, y)
        if number % 3 != 1:
            sea += use("d", 2 * radius * chance.count(0, columns - 1) + shift, y)
    sun = circle(chance.between(150, 490), horizon - radius * 0.6, radius * 1.25, tones.shade)
    return f"<defs>{scales}{row}</defs>{sun}{sea}"


def drum(tones: Tones, chance: Chance, width: float) -> str:
    """The star and the rings of a bronze drum."""
    points = 2 * chance.count(5, 8)
    body = path(star(points, 96, 34), tones.accent, ' stroke="none"')
    body += "".join(circle(0, 0, radius) for radius in (112, 120, 168, 176, 224, 232, 306, 314, 396, 404))
    for radius, depth, count in ((144, 30, 6 * points), (268, 46, 6 * points), (442, 60, 8 * points)):
        gap = tau * radius / count - width  # these add up round the circle, so they keep more digits
        body += f'<circle r="{radius}" stroke-width="{depth}" stroke-dasharray="{numbers(width)} {gap:.4f}"/>'
    for radius, size in ((200, 11), (352, 17)):
        turns = (tau * bead / points / 3 for bead in range(3 * points))
        body += "".join(circle(radius * sin(turn), -radius * cos(turn), size) for turn in turns)
    place = numbers(chance.between(250, 390), chance.between(200, 280))
    return lines(tones, width, body, f'transform="translate({place})"')


def leaf(tones: Tones, chance: Chance, width: float) -> str:
    """One large leaf with its veins."""
    bend, breadth, veins = chance.between(-60, 60), chance.between(150, 185), chance.count(9, 12)

    def along(t: float) -> Point:
        return (30 + 580 * t + bend * sin(pi * t) * 0.4, 430 - 380 * t + bend * sin(pi * t))

    def edge(t: float, side: int) -> Point:
        (x, y), ahead = along(t), along(t + 0.01)
        dx, dy = ahead[0] - x, ahead[1] - y
        out = side * breadth * sin(pi * t**0.85) / hypot(dx, dy)
        return (x - dy * out, y + dx * out)

    steps = [number / 12 for number in range(13)]
    rib = [along(t) for t in reversed(steps)]
    body, branches = "", ""
    for side, tone in ((-1, tones.shade), (1, tones.ground)):
        rim = [edge(t, side) for t in steps]
        half = smooth((rim[0], *rim, rim[-1])) + smooth((rib[0], *rib, rib[-1])).replace("M", "L", 1)
        body += path(half + "z", tone)
        for number in range(veins):
            t = 0.04 + 0.8 * number / veins
            (mx, my), (ox, oy) = along(t + 0.1), edge(t + 0.08, side)
            tip = edge(min(t + 0.2, 0.99), side)
            branches += f"M{numbers(*along(t))}Q{numbers((mx + ox) / 2, (my + oy) / 2, *tip)}"
    stem = smooth([along(t / 6) for t in range(-1, 9)])
    body += path(branches) + path(stem, "", f' stroke="{tones.accent}" stroke-width="{numbers(2 * width)}"')
    flip = f' transform="translate({WIDTH} 0) scale(-1 1)"' if chance.side() > 0 else ""
    return lines(tones, width, body, f'stroke-linecap="round"{flip}')


def rain(tones: Tones, chance: Chance, width: float) -> str:
    """Slanting rain over still water, and the rings that it leaves."""
    lean, level = chance.between(0.12, 0.32) * chance.side(), chance.between(320, 360)
    streaks, ripples = "", ""
    for column in range(30):
        x, y = column * 24 - 20 + chance.between(-5, 5), chance.between(-70, 30)
        while y < level - 40:
            stop = min(y + chance.between(26, 96), level - 14)
            streaks += f"M{numbers(x + lean * y, y)}l{numbers(lean * (stop - y), stop - y)}"
            y = stop + chance.between(40, 120)
    for number in range(6):
        x, y = 60 + number * 104 + chance.between(-24, 24), level + 28 + chance.between(0, HEIGHT - level - 56)
        for ring in range(chance.count(2, 4)):
            ripples += f'<ellipse cx="{numbers(x)}" cy="{numbers(y)}" rx="{12 + 20 * ring}" ry="{4 + 6 * ring}"/>'
    water = path(f"M0 {numbers(level)}H{WIDTH}V{HEIGHT}H0z", tones.shade)
    return water + lines(tones, width, path(streaks) + ripples, 'stroke-linecap="round"')


def terraces(tones: Tones, chance: Chance, width: float) -> str:
    """Rice terraces, each with its rows of young plants."""
    start, shift, levels = chance.between(70, 110), chance.between(0, tau), 8
    body = circle(chance.between(120, 520), start - 6, 54, tones.shade)
    for number in range(levels):
        near = number / (levels - 1)
        top, swing, pace = start + (HEIGHT - start) * near**1.25, 16 + 26 * near, chance.between(0.0075, 0.0105)
        edge = smooth([(x, top + swing * sin(x * pace + shift)) for x in range(-100, WIDTH + 201, 100)])
        body += path(f"{edge}V{HEIGHT + 80}H0z", tones.ground if number % 2 else tones.shade)
        body += path(edge, "", f' id="e{number}"')
        plants = 5 + 9 * near
        rows = f' stroke-width="{numbers(plants)}" stroke-dasharray="{numbers(width, 9 + 9 * near)}"'
        body += use(f"e{number}", 0, plants + 5 + 3 * near, rows)
        shift += chance.between(0.5, 1.4)
    return lines(tones, width, body)


def bamboo(tones: Tones, chance: Chance, width: float) -> str:
    """Stalks of bamboo with a few leaves."""
    body, sprays, x = "", "", chance.between(-10, 25)
    while x < WIDTH:
        thick, y = chance.between(22, 46), chance.between(-60, 60)
        body += path(
            f"M{numbers(x)}-9V{HEIGHT + 9}h{numbers(thick)}V-9", (tones.ground, tones.shade)[chance.count(0, 3) > 0]
        )
        knots = ""
        while y < HEIGHT:
            knots += f"M{numbers(x - 3, y)}q{numbers(thick / 2 + 3, 9, thick + 6, 0)}m0 8"
            knots += f"q{numbers(-thick / 2 - 3, 9, -thick - 6, 0)}"
            y += chance.between(120, 170)
        body += path(knots)
        if chance.count(0, 2) == 0 or not sprays:
            place, turn = numbers(x + thick, chance.between(90, 330)), numbers(chance.between(-20, 20))
            sprays += f'<use href="#l" transform="translate({place}) rotate({turn})"/>'
        x += thick + chance.between(26, 70)
    blade = "M0 0C30-26 78-26 124 0C78 14 30 12 0 0"
    blades = "".join(path(blade, "", f' transform="rotate({turn})"') for turn in (8, 42, 74))
    spray = group(blades, f'id="l" fill="{tones.accent}" stroke="{tones.ground}"')
    return f"<defs>{spray}</defs>{lines(tones, width, body + sprays)}"


def lattice(tones: Tones, chance: Chance, width: float) -> str:
    """The stars of hemp leaves, some of them filled."""
    side = chance.between(84, 108)
    tall, third = side * sqrt(3), side / sqrt(3)
    half = tall / 2
    net = f"M0 0H{numbers(side)}M0 {numbers(half)}H{numbers(side)}"
    net += f"M0 0L{numbers(side, tall)}M{numbers(side)} 0L{numbers(0, tall)}"
    centres: tuple[tuple[float, float, int], ...] = ((0.5, half - third / 2, 1), (0.5, half + third / 2, -1))
    centres += tuple((x, y, up) for x in (0, 1) for y, up in ((third / 2, -1), (tall - third / 2, 1)))
    for x, y, up in centres:
        for dx, dy in ((0, -third), (side / 2, third / 2), (-side / 2, third / 2)):
            net += f"M{numbers(x * side, y)}l{numbers(dx, up * dy)}"
    filled = path(star(6, side, third), tones.shade, ' transform="rotate(30)"')
    places = ""
    for _ in range(6):
        row = chance.count(0, int(HEIGHT / half))
        places += use("h", side * (chance.count(0, int(WIDTH / side)) + row % 2 / 2), half * row)
    return "<defs>" + group(filled, 'id="h"') + "</defs>" + tiled(side, tall, lines(tones, width, path(net)), places)


def river(tones: Tones, chance: Chance, width: float) -> str:
    """A river that winds through the plain, and the lines of the land along it."""
    swing, shift, pace = chance.between(66, 88), chance.between(0, tau), chance.between(0.0078, 0.009)
    rise = 0.2 * chance.side()
    points = [(x, 240 + (320 - x) * rise + swing * sin(x * pace + shift)) for x in range(-320, WIDTH + 401, 80)]
    body = ""
    for reach in (520, 430, 344, 262, 186, 118):
        body += use("w", 0, 0, f' stroke-width="{numbers(reach + 2 * width)}"')
        tone = tones.shade if reach == 118 else tones.ground
        body += use("w", 0, 0, f' stroke="{tone}" stroke-width="{reach}"')
    for gap in (-36, -18, 0, 18, 36):
        dashes = numbers(*(chance.between(*bounds) for bounds in ((70, 160), (30, 70), (14, 50), (30, 60))))
        body += use("w", 0, gap, f' stroke-dasharray="{dashes}"')
    course = path(smooth(points), "", ' id="w"')
    return f"<defs>{course}</defs>" + lines(tones, width, body, 'stroke-linecap="round"')


def contours(tones: Tones, chance: Chance, width: float) -> str:
    """A hill by its contour lines."""
    harmonics = [(times, chance.between(0.05, 0.14), chance.between(0, tau)) for times in (2, 3)]
    body = ""
    for level in range(12, 0, -1):
        points = []
        for number in range(10):
            turn = tau * number / 10
            bulge = sum(size * sin(times * turn + phase + level * 0.13) for times, size, phase in harmonics)
            reach = (40 * level - 20) * (1 + min(1, level / 6) * bulge)
            points.append((1.25 * reach * cos(turn), reach * sin(turn)))
        fill = {1: tones.accent, 2: tones.shade, 5: tones.shade, 6: tones.ground}.get(level, "")
        bold = f' stroke-width="{numbers(1.8 * width)}"' if level % 5 == 0 else ""
        body += path(closed(points), fill, bold)
    place = numbers(chance.between(230, 410), chance.between(190, 290))
    return lines(tones, width, body, f'transform="translate({place})"')


def wind(tones: Tones, chance: Chance, width: float) -> str:
    """Streams of air that curl at their ends."""
    streams, y, left = "", chance.between(96, 120), chance.count(0, 1)
    while y < HEIGHT + 90:
        stop, radius = chance.between(130, 300) + 240 * left, chance.between(36, 54)
        streams += f"M-9 {numbers(y)}H{numbers(stop)}"
        for number, part in enumerate((1, 0.72, 0.46, 0.24)):
            turn = radius * part
            streams += f"a{numbers(turn, turn)} 0 0 0 {numbers(0, 2 * turn * (1 if number % 2 else -1))}"
        for number in (1, 2):
            start = chance.between(-60, stop)
            streams += f"M{numbers(start, y + 14 * number)}h{numbers(chance.between(160, 340))}"
        start = stop + radius + chance.between(24, 60)
        streams += f"M{numbers(start, y)}H{WIDTH + 9}M{numbers(start + chance.between(20, 80), y - 14)}H{WIDTH + 9}"
        y, left = y + chance.between(76, 96), 1 - left
    return lines(tones, width, path(streams), 'stroke-linecap="round"')


def seedlings(tones: Tones, chance: Chance, width: float) -> str:
    """Rows of young plants, larger the nearer they are."""
    leaves = "M0 0C1-14 0-22 0-34M0-20C-4-34-16-38-26-36C-24-24-12-18 0-20M0-26C4-40 14-46 26-44C24-32 12-24 0-26"
    plant = path(leaves, "", ' id="y" stroke-linejoin="round"')
    row = group("".join(use("y", 56 * number, chance.between(-3, 3)) for number in range(-13, 14)), 'id="z"')
    body, y, number = "", 96.0, 0
    while y < HEIGHT + 60:
        scale = 0.42 + (y - 96) / (HEIGHT - 96)
        x = WIDTH / 2 + scale * 28 * (number % 2)
        body += path(f"M0 {numbers(y)}H{WIDTH}V{HEIGHT}H0z", (tones.shade, tones.ground)[number % 2], ' stroke="none"')
        place = f'transform="translate({numbers(x, y - 3)}) scale({scale:.2f})"'
        body += f'<use href="#z" {place} stroke-width="{numbers(width / scale)}"/>'
        y, number = y + 62 * scale + 14, number + 1
    sun = circle(chance.between(130, 510), 84, 52, tones.shade)
    return f"<defs>{plant}{row}</defs>{sun}{lines(tones, width, body)}"


def rings(tones: Tones, chance: Chance, width: float) -> str:
    """Circles that hold on to each other without an end."""
    radius = chance.between(62, 78)
    side = radius * sqrt(2)
    corners = "".join(circle(x, y, radius) for x in (0, side) for y in (0, side))
    curve = f"A{numbers(radius, radius)} 0 0 1 "
    petal = path(f"M0 0{curve}{numbers(side, 0)}{curve}0 0", tones.shade, ' id="h"')
    flower = group("".join(f'<use href="#h" transform="rotate({turn})"/>' for turn in (0, 90, 180, 270)), 'id="f"')
    flowers = ""
    for _ in range(8):
        column, row = chance.count(0, int(WIDTH / side)), chance.count(0, int(HEIGHT / side))
        flowers += use("f", side * (column + 0.5), side * (row + 0.5))
    return f"<defs>{petal}{flower}</defs>" + tiled(side, side, lines(tones, width, corners), flowers)


def brocade(tones: Tones, chance: Chance, width: float) -> str:
    """Bands of woven diamonds and zigzags."""
    side = chance.between(76, 96)
    middle = side * 0.66

    def diamonds(reach: float, fill: str) -> str:
        steps = numbers(reach, -reach, reach, reach, -reach, reach)
        return path("".join(f"M{numbers(x - reach, middle)}l{steps}z" for x in (0, side / 2, side)), fill)

    def zigzag(y: float) -> str:
        return path(f"M0 {numbers(y)}" + f"l{numbers(side / 8, -side / 10, side / 8, side / 10)}" * 4)

    bands = diamonds(side * 0.22, tones.shade) + diamonds(side * 0.11, tones.accent)
    edges = (middle + side * part for part in (-0.38, -0.3, 0.3, 0.38))
    bands += "".join(path(f"M0 {numbers(y)}H{numbers(side)}") for y in edges)
    bands += zigzag(middle + side * 0.54) + zigzag(middle + side * 0.62)
    return tiled(side, side * 1.34, lines(tones, width, bands, 'stroke-linejoin="round"'))


PATTERNS: Mapping[PatternName, Pattern] = {
    "waves": waves,
    "drum": drum,
    "leaf": leaf,
    "rain": rain,
    "terraces": terraces,
    "bamboo": bamboo,
    "lattice": lattice,
    "river": river,
    "contours": contours,
    "wind": wind,
    "seedlings": seedlings,
    "rings": rings,
    "brocade": brocade,
}
