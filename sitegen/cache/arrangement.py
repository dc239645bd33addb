"""The site as it was arranged before, when nothing that this depends on has changed: a third memo, so that the edit of
a text costs little more than that text.

Its key has the structure of all documents, which is all of them but their texts, where in these things stand, and their
teasers. So the edit of a text reads no other document, and the edit of a title arranges nothing anew.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sitegen.files import digest
from sitegen.problems import Checked, Problem
from sitegen.site.document import Document, Positions, moved, positions
from sitegen.site.edition import Edition
from sitegen.site.front_matter import Moments
from sitegen.site.model import Changes, Inputs, Site
from sitegen.site.parts import LARGE, mapping_of
from sitegen.sources import Source

from .file_state import FileState
from .session import Cache, TimeSpan

_ARRANGED = "arranged:"
GIVEN = ("documents", *(field.name for field in msgspec.structs.fields(Inputs)))
"""What a Site is given as it was read; all else of it is arranged."""


def _value_of(mapping: str) -> Any:
    """The type of the values of a large mapping, such as "edition.cards"."""
    struct, name = (Edition if "." in mapping else Site), mapping.rpartition(".")[2]
    return get_args(next(field.type for field in msgspec.structs.fields(struct) if field.name == name))[1]


VALUES = {mapping: _value_of(mapping) for mapping in LARGE}
_OF_SITE = tuple(name for name in LARGE if "." not in name and name not in GIVEN)
_OF_EDITION = tuple(name.removeprefix("edition.") for name in LARGE if "." in name)

Arranged = msgspec.defstruct(
    "Arranged",
    [(field.name, field.type) for field in msgspec.structs.fields(Site) if field.name not in (*GIVEN, *_OF_SITE)],
)


class SnapshotKey(Struct, frozen=True):
    """What an arrangement was made from, and how long the clock leaves it as it is; `outputs`: of its pages; the
    problems it has, and where things stood in the content files in which these are, since a text may move them; the
    titles that decide places on lists."""

    key: str
    span: TimeSpan
    outputs: tuple[str, ...]
    problems: tuple[Problem, ...]
    concerned: Mapping[str, Positions]
    titles: Mapping[str, str]


def key(
    given: Inputs,
    structure: str | None,
    sources: Mapping[str, Source],
    known: Mapping[str, FileState],
    moments: Moments,
) -> str | None:
    """Changes with all that an arrangement depends on but the clock; None when some document says nothing, or some
    picture must be looked at. `structure`: the digest for that of all documents."""
    beside = [path for path, source in sources.items() if source.kind in ("file", "root")]
    if structure is None or not known.keys() >= set(beside):
        return None
    whole = (
        structure, given.config, given.registry, given.contents,
        sorted((name, layout.ids) for name, layout in given.layouts.items()),
        [(path, known[path]) for path in beside], [(asset.path, asset.digest) for asset in given.assets.values()],
        moments.drafts, moments.future, given.indexer, given.marks, given.hosts,
    )  # fmt: skip
    return digest(msgspec.msgpack.encode(whole))


def restore(
    cache: Cache, key: str | None, given: Inputs, documents: Mapping[str, Document], now: datetime, changes: TimeSpan
) -> Checked[Site] | Literal["none kept", "content", "file", "structure", "clock", "problems"]:
    """The site with its problems, if it is still arranged as it was when it was last kept, or why it is not.
    `changes`: since when and until when all that is out, and what is told of it, is as it is now."""
    valid = cache.load("validity", SnapshotKey)
    if valid is None:
        return "none kept"
    if key is None:
        return "content" if len(given.teasers) < len(given.contents) else "file"
    if valid.key != key:
        return "structure"
    if any(given.teasers[path].title != title for path, title in valid.titles.items()):
        return "structure"
    if now not in valid.span:
        return "clock"
    problems = _where_they_are(valid, given, documents)
    if problems is None:
        return "problems"
    arranged = cache.load("arranged", Arranged)
    if arranged is None:
        return "none kept"
    keys = {"pages": valid.outputs}
    arranged_too = (name for name in LARGE if name not in GIVEN)
    kept = {name: cache.mapping(f"{_ARRANGED}{name}", VALUES[name], keys.get(name)) for name in arranged_too}
    edition = {name: kept[f"edition.{name}"] for name in _OF_EDITION}
    parts = {**msgspec.structs.asdict(arranged), **{name: kept[name] for name in _OF_SITE}}
    parts["edition"] = replace(parts["edition"], **edition, last_change=changes.since, next_change=changes.until)
    return Site(**msgspec.structs.asdict(given), **parts, documents=documents), problems


def _where_they_are(valid: SnapshotKey, given: Inputs, documents: Mapping[str, Document]) -> tuple[Problem, ...] | None:
    """The problems of an arrangement in the texts as they are now; None where one cannot be told again."""
    others = {path: was for path, was in valid.concerned.items() if given.digests.get(path) != was.digest}
    now = {path: positions(documents[path]) for path in others}
    found = [
        moved(one, others[one.place.path], now[one.place.path]) if one.place.path in others else one
        for one in valid.problems
    ]
    told = tuple(one for one in found if one is not None)
    return told if len(told) == len(found) else None


def save(cache: Cache, site: Site, retold: Collection[str], *, restored: bool) -> Changes:
    """Save the large mappings of a site. Returns what is not as it was in them, by their names, with what it was. Of a
    site that was `restored` only what it was given may be another. Teasers, which are saved when they are read, may be
    others where they are `retold`."""

    def changed(name: str) -> Mapping[str, Any]:
        if name == "teasers":
            return dict.fromkeys(retold)
        if restored and name not in GIVEN:
            return {}
        return cache.entries(f"{_ARRANGED}{name}", VALUES[name]).save(mapping_of(site, name))

    return {name: changed(name) for name in LARGE}


def to_keep(key: str | None, site: Site, problems: tuple[Problem, ...]) -> dict[str, object]:
    """The state that `restore` asks for, beside the large mappings; without a key, that there is none."""
    if key is None:
        return {"validity": None, "arranged": None}
    span = TimeSpan(site.edition.last_change, site.edition.next_change)
    paths = {found.place.path for found in problems}
    concerned = {path: positions(site.documents[path]) for path in sorted(paths) if path in site.documents}
    titles = {path: site.teasers[path].title for path in site.edition.by_title}
    validity = SnapshotKey(key, span, (*site.pages,), problems, concerned, titles)
    return {"validity": validity, "arranged": _arranged(site)}


def _arranged(site: Site) -> Struct:
    parts = {name: value for name, value in msgspec.structs.asdict(site).items() if name not in (*GIVEN, *_OF_SITE)}
    parts["edition"] = replace(site.edition, **{name: {} for name in _OF_EDITION})
    return Arranged(**parts)
