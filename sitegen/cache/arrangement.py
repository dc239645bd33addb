"""The site as it was arranged before, when nothing that this depends on has changed: a third memo, so that the edit of
a text costs little more than that text."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sitegen.artwork.fonts import Typeface
from sitegen.artwork.fonts import state as fonts_here
from sitegen.files import Source, digest
from sitegen.problems import Problem
from sitegen.site.assembly import Given, stationery
from sitegen.site.document import Document
from sitegen.site.edition import Card, Edition, Moments, relisted
from sitegen.site.model import Changes, Site
from sitegen.site.parts import LARGE, mapping_of

from .database import Cache
from .file_state import Facts

_ARRANGED = "arranged:"
_LISTINGS = f"{_ARRANGED}listings"
GIVEN = ("config", "documents", "digests", "registry", "sources", "layouts", "assets", "messages")
"""What a Site is given as it was read; all else of it is arranged."""


def _value_of(mapping: str) -> Any:
    """The type of the values of a large mapping, such as "edition.cards"."""
    struct, name = (Edition if "." in mapping else Site), mapping.rpartition(".")[2]
    return get_args(next(field.type for field in msgspec.structs.fields(struct) if field.name == name))[1]


VALUES = {mapping: _value_of(mapping) for mapping in LARGE}
_OF_SITE = tuple(name for name in LARGE if "." not in name)
_OF_EDITION = tuple(name.removeprefix("edition.") for name in LARGE if "." in name)

Arranged = msgspec.defstruct(
    "Arranged",
    [(field.name, field.type) for field in msgspec.structs.fields(Site) if field.name not in (*GIVEN, *_OF_SITE)],
)


class Validity(Struct, frozen=True):
    """What an arrangement was made from, and the seconds from and until which the clock does not change it; `outputs`:
    of its pages; the problems it has, and by what content files went in which these are, since a text may move them;
    `listings`: one digest for those of all content files."""

    key: str
    since: float
    until: float
    outputs: tuple[str, ...]
    problems: tuple[Problem, ...]
    concerned: Mapping[str, str]
    listings: str


class Recalled(Struct, frozen=True):
    """A site that is arranged as it was. `changes`: None when all of it is as it was; `state`: what is to be kept of it
    anew."""

    site: Site
    problems: tuple[Problem, ...]
    changes: Changes | None = None
    state: Mapping[str, object] = {}


def key(
    given: Given, outlines: str | None, sources: Mapping[str, Source], known: Mapping[str, Facts], moments: Moments
) -> str | None:
    """Changes with all that an arrangement depends on but the clock and what lists tell of articles; None when some
    document says nothing, or some picture or font must be looked at. `outlines`: of all documents."""
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
    cache: Cache,
    key: str | None,
    given: Given,
    listings: Mapping[str, str],
    digests: Mapping[str, str],
    documents: Mapping[str, Document],
    now: datetime,
) -> Recalled | None:
    """The site, if it is still arranged as it was when it was last kept. `listings`, `digests`: of content files."""
    valid = cache.load("validity", Validity)
    if key is None or valid is None or valid.key != key or not valid.since <= now.timestamp() < valid.until:
        return None
    arranged = cache.load("arranged", Arranged)
    if arranged is None or not valid.concerned.items() <= digests.items():
        return None
    keys = {"pages": valid.outputs}
    kept = {name: cache.kept(f"{_ARRANGED}{name}", shape, keys.get(name)) for name, shape in VALUES.items()}
    edition = {name: kept[f"edition.{name}"] for name in _OF_EDITION}
    parts = {**msgspec.structs.asdict(arranged), **{name: kept[name] for name in _OF_SITE}}
    site = Site(
        **{**parts, "edition": replace(parts["edition"], **edition)},
        config=given.config,
        documents=documents,
        digests=digests,
        registry=given.registry,
        sources=given.sources,
        layouts=given.layouts,
        assets=given.assets,
        messages=given.messages,
    )
    if valid.listings == _sum(listings):
        return Recalled(site, valid.problems)
    return _relisted(cache, Recalled(site, valid.problems), valid, given, listings)


def _relisted(
    cache: Cache, recalled: Recalled, valid: Validity, given: Given, listings: Mapping[str, str]
) -> Recalled | None:
    """With the articles that are listed another way now; None when that needs other fonts for share cards, or may."""
    site = recalled.site
    moved = {path: site.documents[path] for path in cache.replace(_LISTINGS, listings, str)}
    typefaces = _retitled(cache.load("fonts", dict[str, Typeface]) or {}, site.edition, moved)
    if typefaces is None:
        return None
    cards = {
        card.id: relisted(card, document)
        for path, document in moved.items()
        for card in _cards_of(path, site.edition)
    }  # fmt: skip
    design = stationery(given, {lang: typeface.lettering for lang, typeface in typefaces.items()})
    drawn = {path: design.card_of(cards[path]) for path in site.share_cards.keys() & cards.keys()}
    derived = {site.share_cards[path]: card for path, card in drawn.items()}
    were: Changes = {
        "edition.cards": {name: site.edition.cards[name] for name in cards},
        "share_cards": {path: site.share_cards[path] for path in drawn},
    }
    site = replace(
        site,
        edition=replace(site.edition, cards=_exchanged(cache, "edition.cards", cards)),
        share_cards=_exchanged(cache, "share_cards", {path: card.path for path, card in drawn.items()}),
        derived=tuple(derived.get(made.path, made) for made in site.derived),
    )
    state = {
        "validity": replace(valid, listings=_sum(listings)), "arranged": _arranged(site), "fonts": typefaces
    }  # fmt: skip
    return Recalled(site, recalled.problems, {name: were.get(name, {}) for name in LARGE}, state)


def _retitled(
    typefaces: Mapping[str, Typeface], edition: Edition, moved: Mapping[str, Document]
) -> dict[str, Typeface] | None:
    """What share cards are written with after titles became others; None when that must be chosen anew, or may: what is
    not out has no card to tell its old title."""
    found = dict(typefaces)
    for path, document in moved.items() if found else ():
        card = edition.cards.get(path)
        typeface = found[card.lang].retitled(card.title, document.meta.title) if card else None
        if typeface is None:
            return None
        found[document.lang] = typeface
    return found


def _cards_of(path: str, edition: Edition) -> Iterator[Card]:
    """The card of a document that is out, and those of its copies."""
    if own := edition.cards.get(path):
        copies = (edition.cards[copy] for copy in edition.copies.get(own.key, {}).values())
        yield own
        yield from (card for card in copies if card.document == path)


def _exchanged(cache: Cache, name: str, entries: Mapping[str, Any]) -> Mapping[str, Any]:
    return cache.amended(f"{_ARRANGED}{name}", VALUES[name], entries)


def changes(cache: Cache, site: Site, listings: Mapping[str, str]) -> Changes:
    """What is not as it was in the large mappings, by their names, with what it was; from now on they are kept."""
    cache.replace(_LISTINGS, listings, str)
    return {name: cache.replace(f"{_ARRANGED}{name}", mapping_of(site, name), VALUES[name]) for name in LARGE}


def to_keep(
    key: str | None, site: Site, problems: tuple[Problem, ...], listings: Mapping[str, str]
) -> dict[str, object]:
    """The state that `recall` asks for, beside the large mappings; without a key, that there is none."""
    if key is None:
        return {"validity": None, "arranged": None}
    last, following = site.edition.last_change, site.edition.next_change
    since = last.timestamp() if last else float("-inf")
    until = following.timestamp() if following else float("inf")
    paths = {found.place.path for found in problems}
    concerned = {path: digest for path, digest in site.digests.items() if path in paths}
    validity = Validity(key, since, until, (*site.pages,), problems, concerned, _sum(listings))
    return {"validity": validity, "arranged": _arranged(site)}


def _arranged(site: Site) -> Struct:
    parts = {name: value for name, value in msgspec.structs.asdict(site).items() if name not in (*GIVEN, *_OF_SITE)}
    parts["edition"] = replace(site.edition, **{name: {} for name in _OF_EDITION})
    return Arranged(**parts)


def _sum(listings: Mapping[str, str]) -> str:
    return digest(msgspec.msgpack.encode((*listings.values(),)))
