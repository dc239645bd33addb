"""Variants of pictures: which ones pages need, by what is known of a picture without opening it again."""

from collections.abc import Iterator
from posixpath import splitext
from typing import Literal

import PIL
from msgspec import Struct

from sitegen.config.pictures import PictureSettings
from sitegen.files import digest
from sitegen.text import with_ending

Form = Literal["avif", "webp", "jpg", "png"]

VERSION = 3
"""Raised when the same variant comes to look different."""

FALLBACKS: tuple[Form, ...] = ("jpg", "png")
FALLBACK_WIDTHS = (640, 1280)
"""For readers of feeds, previews of links, and browsers that read none of the better formats."""

TALLEST = 16_383
"""No WebP file can be taller or wider."""

TONES = (
    "1b1b1b", "4d4d4d", "868686", "c4c4c4", "f2f2f2", "ede3d0", "513129", "966356",
    "d1a195", "4a371b", "8a6c41", "c5a984", "2c4128", "5c7c55", "9ab894", "134245",
    "387e82", "80babd", "283c54", "55749a", "95b0d4", "483149", "876388", "c2a1c3",
)  # fmt: skip
"""Colours that hold the place of a picture; css/pictures.css of the theme has a class for each, so that pages need no
inline style and no `data:` address."""


class Picture(Struct, frozen=True, gc=False, array_like=True):
    """A picture as it is seen: upright, and the first frame of one that moves. SVG may have no size. `flat`: of few
    colours, so its edges must stay sharp and its areas even; `tone`: which of TONES is nearest, if nothing shows
    through; `indexed`: 256 colours show it as well."""

    kind: Literal["still", "moving", "drawing"]
    width: int | None
    height: int | None
    flat: bool = False
    opaque: bool = False
    tone: int | None = None
    indexed: bool = False


class Variant(Struct, frozen=True, gc=False, tag=True):
    """A picture of this size in this format, scaled from what it is at its `largest` width."""

    width: int
    height: int
    form: Form
    largest: int
    quality: int
    flat: bool = False
    indexed: bool = False


def variants(picture: Picture, settings: PictureSettings) -> Iterator[Variant]:
    """What is made of a picture, the better formats first; never larger than it is. Nothing of a drawing."""
    if picture.kind == "drawing" or not picture.width or not picture.height:
        return
    largest = min(picture.width, max(settings.widths), max(1, TALLEST * picture.width // picture.height))
    widths = [*(width for width in sorted({*settings.widths}) if width < 0.9 * largest), largest]
    usual: tuple[Form, ...] = ("webp",) if picture.indexed else ("avif",)
    better = usual if settings.formats is None else settings.formats
    few = [width for width in widths if width <= FALLBACK_WIDTHS[-1]] or widths[:1]
    fallback = [width for width in few if width in FALLBACK_WIDTHS or width == few[-1]] if better else widths
    other: Form = "jpg" if picture.opaque and not picture.flat else "png"
    for form, wanted in {**dict.fromkeys(better, widths), other: fallback}.items():
        for width in wanted:
            height = height_at(width, picture.width, picture.height)
            yield Variant(width, height, form, largest, settings.quality, picture.flat, picture.indexed)


def height_at(scaled: int, width: int, height: int) -> int:
    """Of a picture that is scaled to another width."""
    return min(TALLEST, max(1, round(height * scaled / width)))


def key_of(source: str) -> str:
    """What is known of a picture with this digest goes by it: changes with whatever looks at pictures."""
    return digest(f"{source} {VERSION} {PIL.__version__}".encode())


def key_of_variants(source: str, settings: PictureSettings) -> str:
    """What all variants of a picture with this digest have in their names: changes with whatever makes them."""
    return digest(f"{key_of(source)} {max(settings.widths)} {settings.quality}".encode())


def path_of(name: str, key: str, variant: Variant) -> str:
    """The address of a variant of the picture that lies at `name` below content/."""
    return with_ending(f"pictures/{splitext(name)[0]}", f".{key[:10]}-{variant.width}.{variant.form}")


def tone_of(red: int, green: int, blue: int) -> int:
    """The nearest of TONES: as light, and of the same hue."""
    wanted = _lightness_and_hue(red, green, blue)

    def distance(tone: int) -> float:
        offered = _lightness_and_hue(*bytes.fromhex(TONES[tone]))
        return sum((one - other) ** 2 for one, other in zip(wanted, offered, strict=True))

    return min(range(len(TONES)), key=distance)


def _lightness_and_hue(red: int, green: int, blue: int) -> tuple[float, int, int]:
    return (3 * red + 6 * green + blue) / 10, red - green, blue - green
