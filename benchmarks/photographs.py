"""A dozen photos of 12 megapixels and a dozen screenshots, drawn: photos with hills and detail of every size, as strong
as it is in nature (amplitude as wavelength), and a camera's grain; screenshots with panels, text and code."""

import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from PIL import ExifTags, Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from .bodies import Text

COUNT = 12
PHOTO, SCREEN = (4000, 3000), (1920, 1080)
NAMES = tuple(
    f"{kind}-{number:02}.{suffix}" for kind, suffix in (("photo", "jpg"), ("screen", "png")) for number in range(COUNT)
)
TURNED = 6
"""The value of EXIF's Orientation of a camera that was held upright."""


def write_pictures(folder: Path) -> None:
    folder.mkdir(parents=True)
    for number, name in enumerate(NAMES):
        chance = random.Random(name)
        if name.startswith("photo"):
            exif = Image.Exif()
            exif[ExifTags.Base.Make] = "Benchmark"
            exif[ExifTags.Base.Orientation] = TURNED if number % 4 == 3 else 1
            photo(chance).save(folder / name, quality=92, exif=exif)
        else:
            screenshot(chance).save(folder / name)


def photo(chance: random.Random, size: tuple[int, int] = PHOTO) -> Image.Image:
    """Sky over ranges of hills with stones and leaves."""
    detail = _detail(chance, size)
    picture = _tinted(detail.point([112 + value // 8 for value in range(256)]), (40, 90, 160), (245, 250, 255))
    for depth in range(4):
        edge = size[1] * (0.3 + 0.17 * depth)
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).polygon([*_ridge(chance, size, edge), (size[0], size[1]), (0, size[1])], fill=255)
        ground = detail.transpose(Image.Transpose(depth % 2))
        _scatter(chance, ImageDraw.Draw(ground), (1 + depth) * size[0] // 300)
        dark = tuple(chance.randint(5, 50) for _ in range(3))
        bright = tuple(chance.randint(120, 220) for _ in range(3))
        picture.paste(_tinted(ground, dark, bright), mask=mask.filter(ImageFilter.GaussianBlur(3 - depth)))
    return picture


def _detail(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """Noise of every wavelength down to the grain, somewhat weaker where it is finer, as behind a lens."""
    total = Image.new("L", size, 128)
    wavelength, most = 1, max(size) // 2
    while wavelength <= most:
        width, height = size[0] // wavelength + 2, size[1] // wavelength + 2
        octave = Image.frombytes("L", (width, height), chance.randbytes(width * height))
        amplitude = 0.4 * (wavelength / most) ** 0.2
        softer = octave.point([round(128 + (value - 128) * amplitude) for value in range(256)])
        total = ImageChops.add(total, softer.resize(size, Image.Resampling.BICUBIC), 1, -128)
        wavelength *= 2
    return total


def _scatter(chance: random.Random, draw: ImageDraw.ImageDraw, largest: int) -> None:
    """Things of all sizes that lie before one another, the small ones more often."""
    width, height = draw.im.size
    for _ in range(8000):
        radius = min(largest, 2 * chance.paretovariate(1.2))
        across, down = chance.uniform(0, width), chance.uniform(0, height)
        box = (across - radius, down - radius * chance.uniform(0.4, 1), across + radius, down + radius)
        draw.ellipse(box, fill=chance.randint(30, 220))


def _tinted(gray: Image.Image, dark: tuple[int, ...], bright: tuple[int, ...]) -> Image.Image:
    ramps = [low + (high - low) * value // 255 for low, high in zip(dark, bright, strict=True) for value in range(256)]
    return Image.merge("RGB", [gray] * 3).point(ramps)


def _ridge(chance: random.Random, size: tuple[int, int], height: float) -> list[tuple[float, float]]:
    """The edge of a range of hills: a midpoint displaced again and again."""
    heights, step = [height + chance.uniform(-1, 1) * size[1] / 8 for _ in range(5)], size[1] / 12
    while len(heights) < size[0] // 4:
        middles = [(one + other) / 2 + chance.uniform(-step, step) for one, other in pairwise(heights)]
        heights = [value for pair in zip(heights, middles, strict=False) for value in pair] + heights[-1:]
        step /= 2
    return [(size[0] * number / (len(heights) - 1), value) for number, value in enumerate(heights)]


def screenshot(chance: random.Random) -> Image.Image:
    """A program's window: a bar, a list at the side, a text, and code in colors."""
    width, height = SCREEN
    paper, ink, accent = chance.choice((("#ffffff", "#1f2328", "#0969da"), ("#0d1117", "#e6edf3", "#4493f8")))
    picture = Image.new("RGB", SCREEN, paper)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width, 48), fill=accent)
    draw.text((24, 10), Text(chance, "en").line(20, 60), "#ffffff", _font(22))
    for row in range(28):
        chosen = row == chance.randrange(28)
        draw.rounded_rectangle((12, 64 + row * 36, 300, 94 + row * 36), 6, fill=accent if chosen else None)
        draw.text((48, 68 + row * 36), Text(chance, "en").thing()[:24], "#ffffff" if chosen else ink, _font(16))
        draw.ellipse((20, 70 + row * 36, 36, 86 + row * 36), fill=chance.choice(("#1a7f37", "#9a6700", "#8250df")))
    for number, line in enumerate(_lines(chance)):
        draw.text((340, 70 + number * 24), line, ink, _font(17))
    draw.rounded_rectangle((1240, 70, width - 24, height - 24), 10, fill="#161b22", outline=accent, width=2)
    for row in range(44):
        across = 1264.0 + 24 * chance.randint(0, 3)
        for word in chance.sample(("def", "level", "=", "measure(42)", "return", '"river"', "# soon", "for"), 4):
            draw.text((across, 90 + row * 21), word, chance.choice(("#ff7b72", "#79c0ff", "#a5d6ff")), _font(15))
            across += draw.textlength(f"{word} ", _font(15))
    return picture


def _lines(chance: random.Random) -> Iterator[str]:
    for _ in range(6):
        pieces = Text(chance, "en").pieces(500)
        yield from (Text(chance, "en").wrapped(pieces, 6).split("\n"))
        yield ""


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
