"""Pictures: what is known of one without opening it again, and the variants that pages need of it."""

from typing import Literal

from msgspec import Struct

Form = Literal["avif", "webp", "jpg", "png"]


class Variant(Struct, frozen=True, tag=True):
    """A picture of this size in this format. `flat`: it is drawn, so its edges must stay sharp and its areas even."""

    width: int
    height: int
    form: Form
    flat: bool = False
