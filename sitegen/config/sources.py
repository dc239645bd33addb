"""The source registry: content/sources.yaml, names and links of those whom articles come from."""

from typing import Annotated

from msgspec import Meta as Says
from msgspec import Struct

from sitegen.problems import Checked
from sitegen.typed_yaml import read

from .settings import Config, Text, check_text

PATH = "content/sources.yaml"


class NamedSource(Struct, frozen=True, forbid_unknown_fields=True):
    """One that articles come from (an entry of content/sources.yaml)."""

    name: Annotated[Text, Says(description="Its name: one text, or one per language.")]
    link: Annotated[Text, Says(description="Its address on the web, one or one per language.")] = ""


def read_sources(text: str, config: Config) -> Checked[dict[str, NamedSource]]:
    typed = read(text, dict[str, NamedSource], PATH)
    if typed.value is None:
        return {}, typed.problems
    entries: dict[str, NamedSource] = typed.value
    problems = [
        found
        for key, entry in entries.items()
        for found in check_text(entry.name, f"{key}.name", config.languages, typed.marks, PATH)
    ]
    return entries, tuple(problems)
