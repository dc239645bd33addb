"""How much content may hold, which `limits` in site.yaml raises."""

from typing import Annotated

from msgspec import Meta as Says
from msgspec import Struct

from sitegen.typed_yaml.reader import Bounds


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """How much one content file may hold. No usual text comes near; more makes builds slow."""

    file_bytes: Annotated[int, Says(description="Bytes of a content file.", ge=1)] = 1_000_000
    text_characters: Annotated[
        int,
        Says(
            description="Characters of a title and each other text in front matter, tags.yaml and sources.yaml; of a "
            "summary ten times as many.",
            ge=1,
        ),
    ] = 1_000
    list_entries: Annotated[
        int, Says(description="Entries of each list in front matter: tags, authors, aliases, attachments.", ge=1)
    ] = 100

    @property
    def bounds(self) -> Bounds:
        """For what is read as YAML."""
        return Bounds(text=self.text_characters, settings=("text_characters", "list_entries"))
