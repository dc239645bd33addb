"""Registries below content/: tags.yaml, an entry for a topic in all its languages, and sources.yaml, names and links of
those whom articles come from."""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta as Says
from msgspec import Struct

from sitegen.codes.table import ADD_SLUG
from sitegen.files import SOURCES, TAGS
from sitegen.i18n.collation import SortKey, sort_key
from sitegen.problems import Checked, Place, misnamed, problem
from sitegen.text import fold, is_address_part, slug, unique_slug, unreserved
from sitegen.typed_yaml.reader import read

from .settings import Config
from .texts import Text, check_link, check_text
from .theme import PatternName


class Tag(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A topic (an entry of content/tags.yaml)."""

    name: Annotated[Text, Says(description="Its name: one text, or one per language.")]
    slug: Annotated[Text, Says(description="Address part, per language. Default: the id.")] = ""
    description: Annotated[Text, Says(description="What the topic covers, in a sentence.")] = ""
    sort: Annotated[Text, Says(description="What to sort the name by, such as the reading of a Japanese one.")] = ""
    aliases: Annotated[tuple[str, ...], Says(description="Old spellings that authors may still write.")] = ()
    drawing: Annotated[
        PatternName | None,
        Says(
            description="The pattern drawn for articles without a picture whose first tag this is. Default: by the id."
        ),
    ] = None


class Registry(Struct, frozen=True):
    """All tags by id, but for broken ones; `ids` finds an id by any folded name, of these too; `names`: all that may be
    written. `is_read`: not, where the file says nothing that can be read."""

    tags: Mapping[str, Tag]
    ids: Mapping[str, str]
    names: tuple[str, ...]
    is_read: bool = True

    def find(self, name: str) -> str | None:
        """The id of the tag that an author means by `name`: its id, a name in any language, or an alias."""
        return self.ids.get(fold(name))


UNREAD = Registry({}, {}, (), is_read=False)


def read_tags(text: str, config: Config) -> Checked[Registry]:
    """Read the registry; a name that could mean two tags is a problem."""
    typed = read(text, dict[str, Tag], TAGS, bounds=config.limits.bounds)
    if typed.value is None:
        return UNREAD, typed.problems
    tags: dict[str, Tag] = typed.value
    problems = [*typed.problems]
    ids: dict[str, str] = {}
    names: list[str] = []
    addresses: dict[tuple[str, str], str] = {}
    used: set[str] = set()
    broken = {key[: at.start()] for key in typed.unread for at in _NAME_OR_SLUG.finditer(key)}
    for tag_id, tag in [*tags.items()]:
        place = Place(TAGS, *typed.marks.get(tag_id, (1, 1)))
        key_place = Place(TAGS, *typed.marks.get(f"{tag_id}:", (1, 1)))
        for key in ("name", "description"):
            problems += check_text(getattr(tag, key), f"{tag_id}.{key}", config.languages, typed, TAGS)
        for name in (tag_id, *_texts(tag.name), *tag.aliases):
            names.append(name)
            owner = ids.setdefault(fold(name), tag_id)
            if owner != tag_id:
                problems.append(problem("name-taken", place, name=name, other=owner))
        flaws = [
            misnamed("invalid-slug", Place(TAGS, *typed.marks.get(f"{tag_id}.slug", (1, 1))), value)
            for value in _texts(tag.slug)
            if not is_address_part(value)
        ]
        if not is_address_part(_address_of(tag_id)) and not all(_slug(tag, lang) for lang in config.languages):
            own = slug(_in_words(tag_id))
            told = {"advice": ADD_SLUG, "own": own} if own else {}
            flaws.append(problem("invalid-slug", key_place if own else place, value=tag_id, **told))
        problems += flaws
        if flaws or tag_id in typed.unread:
            broken.add(tag_id)
        parts = {(lang, fold(address_part(tag_id, tag, lang))): tag_id for lang in config.languages}
        taken = next((part for part in parts if part in addresses), None)
        if taken is None:
            addresses |= parts
            used.update(part for _, part in parts)
            continue
        tags[tag_id] = msgspec.structs.replace(tag, slug=unique_slug(tag_id, used, "tag"))
        if ids[fold(tag_id)] == tag_id:
            lang, part = taken
            meant = slug(_in_words(tag_id))
            own_slug = meant if meant != part else None
            found = problem("same-tag-address", key_place, value=part, lang=lang, other=addresses[taken], own=own_slug)
            problems.append(found)
    kept = {tag_id: tag for tag_id, tag in tags.items() if tag_id not in broken}
    return Registry(kept, ids, tuple(names)), tuple(problems)


_NAME_OR_SLUG = re.compile(r"\.(?:name|slug)(?=\.|\Z)")
"""Behind an id, in the place of a value."""


def _in_words(tag_id: str) -> str:
    """An id without signs that slugs leave out."""
    return tag_id.replace("+", " plus ").replace("#", " sharp ")


def address_part(tag_id: str, tag: Tag, lang: str) -> str:
    """The tag's part of an address in a language: its slug there, else its id."""
    return _slug(tag, lang) or _address_of(tag_id)


def _slug(tag: Tag, lang: str) -> str:
    return tag.slug if isinstance(tag.slug, str) else tag.slug.get(lang, "")


@lru_cache(4096)
def _address_of(tag_id: str) -> str:
    return unreserved(slug(tag_id) or tag_id)


def in_order(registry: Registry, lang: str, config: Config) -> tuple[str, ...]:
    """The ids of all tags, in the order of their names in a language."""

    def key(tag_id: str) -> SortKey:
        tag = registry.tags[tag_id]
        given = tag.sort if isinstance(tag.sort, str) else tag.sort.get(lang, "")
        return sort_key(given or config.text(tag.name, lang), lang)

    return tuple(sorted(registry.tags, key=key))


def _texts(value: Text) -> Collection[str]:
    return [value] if isinstance(value, str) and value else [] if isinstance(value, str) else value.values()


class NamedSource(Struct, frozen=True, forbid_unknown_fields=True):
    """One that articles come from (an entry of content/sources.yaml)."""

    name: Annotated[Text, Says(description="Its name: one text, or one per language.")]
    link: Annotated[Text, Says(description="Its address on the web, one or one per language.")] = ""


def read_sources(text: str, config: Config) -> Checked[dict[str, NamedSource]]:
    typed = read(text, dict[str, NamedSource], SOURCES, bounds=config.limits.bounds)
    if typed.value is None:
        return {}, typed.problems
    entries: dict[str, NamedSource] = typed.value
    problems = [*typed.problems]
    for key, entry in entries.items():
        problems += check_text(entry.name, f"{key}.name", config.languages, typed, SOURCES)
        problems += check_text(entry.link, f"{key}.link", config.languages, typed, SOURCES)
        if entry.link:
            problems += check_link(entry.link, f"{key}.link", config.base_url, typed, SOURCES)
    return entries, tuple(problems)
