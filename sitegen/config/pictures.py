"""How pictures within texts are shown, and what files readers get of them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta as Says
from msgspec import Struct

from sitegen.problems import Problem, problem

if TYPE_CHECKING:
    from sitegen.typed_yaml.reader import Typed

BetterFormat = Literal["avif", "webp"]

MOST_WIDTHS = 12
"""Each is an encoding of every picture."""


class PictureSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Pictures within texts."""

    sizes: Annotated[
        str, Says(description="How wide your layout shows them, as HTML's sizes says it. Default: the theme's column.")
    ] = "(min-width: 46.25rem) 42.5rem, 92vw"
    formats: Annotated[
        tuple[BetterFormat, ...] | None,
        Says(
            description="Formats beside JPEG or PNG, which are always made; the first that a browser reads is shown. "
            "Default: avif, but webp for screenshots and other pictures that 256 colours show as well."
        ),
    ] = None
    widths: Annotated[
        tuple[Annotated[int, Says(ge=16, le=4096)], ...],
        Says(description="How many pixels wide the files are; none is wider than the picture."),
    ] = (400, 640, 960, 1280, 1600)
    quality: Annotated[
        int,
        Says(description="From 1, small files, to 100, as on JPEG's scale; AVIF looks the same.", ge=1, le=100),
    ] = 80


def check_pictures(settings: PictureSettings, typed: "Typed", path: str) -> Iterator[Problem]:
    """A picture has some width, and not too many."""
    from sitegen.typed_yaml.reader import place_of  # noqa: PLC0415 - a build in which nothing changed reads no YAML

    place = place_of(typed.marks, "pictures.widths", path)
    if not settings.widths and not typed.problems:
        yield problem("missing-key", place, key="widths")
    if len(settings.widths) > MOST_WIDTHS:
        yield problem("too-many-entries", place, key="widths", count=len(settings.widths), limit=MOST_WIDTHS)
