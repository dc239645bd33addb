"""JSON Schemas of the files that authors write, made from the same types that read them."""

from typing import Any

import msgspec

from sitegen.config.registries import NamedSource, Tag
from sitegen.config.settings import Config
from sitegen.i18n.dates import Moment
from sitegen.site.front_matter import Meta

DRAFT = "https://json-schema.org/draft/2020-12/schema"

TYPES: dict[str, Any] = {
    "site": Config,
    "article": Meta,
    "tags": dict[str, Tag],
    "sources": dict[str, NamedSource],
}


MOMENT = {
    "type": "string",
    "description": "A date, day first; a time without an offset is in the site's time zone.",
    "examples": ["04/10/2024", "04/10/2024 09:30", "2024-10-04", "2024年10月4日", "2024-10-04T09:30:00+07:00"],
}


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of "site", "article", "tags" or "sources", for an editor to complete and check."""
    (main,), components = msgspec.json.schema_components([TYPES[name]], ref_template="#/$defs/{name}")
    if Moment.__name__ in components:
        components[Moment.__name__] = MOMENT  # authors write it as text
    return {"$schema": DRAFT, **main, "$defs": components}
