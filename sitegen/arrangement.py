"""The site as it was arranged before, when nothing that this depends on has changed: a third memo, so that the edit of
a text costs little more than that text."""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from msgspec import Struct

from .cache import Cache
from .document import Document
from .edition import Moments
from .facts import Facts
from .files import Source, digest
from .fonts import state as fonts_here
from .site import Given, Site

GIVEN = ("config", "documents", "digests", "registry", "sources", "layouts", "assets", "messages")
"""What a Site is given as it was read; all else of it is arranged."""

Arranged = msgspec.defstruct(
    "Arranged", [(field.name, field.type) for field in msgspec.structs.fields(Site) if field.name not in GIVEN]
)


class Validity(Struct, frozen=True):
    """What an arrangement was made from, and the seconds from and until which the clock does not change it."""

    key: str
    since: float
    until: float


def key(
    given: Given, outlines: str | None, sources: Mapping[str, Source], known: Mapping[str, Facts], moments: Moments
) -> str | None:
    """Changes with all that an arrangement depends on but the clock; None when documents have problems, which are told
    anew each time, or some picture or font must be looked at. `outlines`: of all documents."""
    beside = [path for path, source in sources.items() if source.kind in ("file", "font")]
    if outlines is None or not known.keys() >= set(beside):
        return None
    whole = (
        outlines, given.config, given.registry, given.contents, sorted(given.layouts), fonts_here(),
        [(path, known[path]) for path in beside], [(asset.path, asset.digest) for asset in given.assets.values()],
        moments.drafts, moments.future, given.indexer,
    )  # fmt: skip
    return digest(msgspec.msgpack.encode(whole))


def recall(
    cache: Cache, key: str | None, given: Given, documents: Mapping[str, Document], digests: Mapping[str, str],
    now: datetime,
) -> Site | None:  # fmt: skip
    """The site, if it is still arranged as it was when it was last kept."""
    valid = cache.load("validity", Validity)
    if key is None or valid is None or valid.key != key or not valid.since <= now.timestamp() < valid.until:
        return None
    arranged = cache.load("arranged", Arranged)
    if arranged is None:
        return None
    return Site(
        **msgspec.structs.asdict(arranged),
        config=given.config,
        documents=documents,
        digests=digests,
        registry=given.registry,
        sources=given.sources,
        layouts=given.layouts,
        assets=given.assets,
        messages=given.messages,
    )


def to_keep(key: str | None, site: Site) -> dict[str, object]:
    """The state that `recall` asks for; without a key, that there is none: what pages look at now is not what an older
    arrangement had."""
    if key is None:
        return {"validity": None, "arranged": None}
    last, following = site.edition.last_change, site.edition.next_change
    since = last.timestamp() if last else float("-inf")
    until = following.timestamp() if following else float("inf")
    parts = {name: value for name, value in msgspec.structs.asdict(site).items() if name not in GIVEN}
    return {"validity": Validity(key, since, until), "arranged": Arranged(**parts)}
