"""What addresses come from: texts, where their old addresses are written; lists; files. And whether it is out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from sitegen.files import TAGS
from sitegen.problems import Place
from sitegen.publish.release import list_origin, origin_digest, section_origin
from sitegen.site.front_matter import State, many

if TYPE_CHECKING:
    from sitegen.site.document import Document
    from sitegen.site.model import Site


class Source(Struct, frozen=True):
    """`place`: where it says its old addresses, or would; `state`: whether it is out, or why not; `aliases`: old
    addresses that it has; None where it can have none."""

    place: Place
    state: State | Literal["unused", "empty"] = "published"
    aliases: tuple[str, ...] | None = None


def sources_of(site: "Site") -> Mapping[str, Source]:
    """All sources by their digests, as a release has them. What lists or shows texts that have expired, and nothing
    else, has expired with them: a date should not stop a publish at night."""
    hidden = site.edition.hidden
    expired = [text for path, text in site.documents.items() if hidden.get(path) == "expired"]
    found = (*_unused(site), *_empty(site), *_lists(site, expired), *_files(expired), *_texts(site))
    return {origin_digest(origin): source for origin, source in found}


def _texts(site: "Site") -> Iterator[tuple[str, Source]]:
    for path, document in site.documents.items():
        written = document.meta.aliases
        aliases = (written,) if isinstance(written, str) else written
        place = document.place("aliases" if aliases else "slug" if "slug" in document.marks else "title")
        yield path, Source(place, site.edition.hidden.get(path, "published"), aliases)


def _unused(site: "Site") -> Iterator[tuple[str, Source]]:
    """Files to which nothing refers that is out, as far as they have gone."""
    return ((f"content/{name}", Source(Place(f"content/{name}"), "unused")) for name in site.present)


def _empty(site: "Site") -> Iterator[tuple[str, Source]]:
    """Lists of what has a tag, as far as nothing has it."""
    source = Source(Place(TAGS), "empty")
    return ((list_origin(TAGS, tag, lang), source) for tag in site.registry.tags for lang in site.config.languages)


def _lists(site: "Site", expired: Iterable["Document"]) -> Iterator[tuple[str, Source]]:
    for document in expired:
        ended = Source(Place(document.path), "expired")
        tags = {site.registry.find(name) for name in many(document.meta.tags)} - {None}
        for lang in site.config.languages:
            yield from ((list_origin(TAGS, tag or "", lang), ended) for tag in sorted(tags, key=str))
            yield from ((section_origin(section, lang), ended) for section in document.sections)


def _files(expired: Iterable["Document"]) -> Iterator[tuple[str, Source]]:
    from sitegen.site.document import shown_and_offered  # noqa: PLC0415 - with Markdown, where nothing has changed

    shown, offered = shown_and_offered(expired)
    for name in sorted(shown | offered):
        yield f"content/{name}", Source(Place(f"content/{name}"), "expired")
