"""`sitegen schema`: JSON Schemas of the files that authors write, made from the same types that read them."""

from typing import Any

import click
import msgspec

from .command import Command, lang_option, print_json

DRAFT = "https://json-schema.org/draft/2020-12/schema"
SCHEMAS = ("article", "site", "sources", "tags")
MOMENT = {
    "type": "string",
    "description": "A date, day first; a time without an offset is in the site's time zone.",
    "examples": ["04/10/2024", "04/10/2024 09:30", "2024-10-04", "2024年10月4日", "2024-10-04T09:30:00+07:00"],
}


@click.command("schema", cls=Command)
@lang_option
@click.argument("name", type=click.Choice(SCHEMAS))
def schema(name: str) -> None:
    """Print the JSON Schema of site.yaml, of an article's front matter, or of a registry."""
    print_json(json_schema(name), indent=2)


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema (2020-12) of one of them, for an editor to complete and check."""
    from sitegen.config.registries import NamedSource, Tag
    from sitegen.config.settings import Config
    from sitegen.i18n.dates import Moment
    from sitegen.site.front_matter import FrontMatter

    types: dict[str, Any] = {
        "article": FrontMatter,
        "site": Config,
        "sources": dict[str, NamedSource],
        "tags": dict[str, Tag],
    }
    (main,), components = msgspec.json.schema_components([types[name]], ref_template="#/$defs/{name}")
    if Moment.__name__ in components:
        components[Moment.__name__] = MOMENT  # authors write it as text
    return {"$schema": DRAFT, **main, "$defs": components}
