"""Files of the output that are made from others: where each goes, from what, and how."""

from msgspec import Struct

from sitegen.artwork.drawings import Drawing
from sitegen.artwork.share_cards import ShareCard
from sitegen.images.variants import Variant

Recipe = Variant | Drawing | ShareCard
"""How a file is made, as plain data: a union of tagged structs. The maker of each kind is in `making`."""


class Derived(Struct, frozen=True, gc=False):
    """`key`: a digest of all that the bytes depend on: recipe, sources, the maker's version. `path`: below the output,
    with so much of the key in it that a file which lies there is the right one. `reads`: path and digest of the sources
    that it is made from."""

    path: str
    key: str
    recipe: Recipe
    reads: tuple[tuple[str, str], ...] = ()
