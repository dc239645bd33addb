"""States of translations: which articles are out in which languages, which wait, are out of date, or are missing.

A translation is out of date when the text in the default language has an `updated` after its own `updated` or, without
one, its `date`. --drafts and --future show more pages, but no article changes its state.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from sitegen.config.paths import Identity, identify
from sitegen.i18n.dates import Moment
from sitegen.i18n.languages import Language
from sitegen.i18n.messages import Words
from sitegen.site.document import Document
from sitegen.site.front_matter import Moments
from sitegen.site.model import Site

Status = Literal["published", "stale", "draft", "scheduled", "expired", "broken", "missing"]
STATUSES: tuple[Status, ...] = ("published", "stale", "draft", "scheduled", "expired", "broken", "missing")


class Version(Struct, frozen=True):
    """A text in one language. `path`: of its file, empty where it is missing; `address`: of its page below the site's
    root, None where it has none in this build; `status`: the one thing that an author should know first; stale is what
    was translated from a text that has been updated since; `moment`: when it comes out, was last out, or that was."""

    lang: str
    status: Status
    path: str = ""
    title: str = ""
    address: str | None = None
    moment: Moment | None = None


class Article(Struct, frozen=True):
    """An article, a page or a section's own text, in every language of the site."""

    key: str
    role: str
    section: str
    versions: tuple[Version, ...]


def articles(site: Site, now: datetime) -> Iterator[Article]:
    """All there are, those too that are not out; by section and key."""
    groups: dict[str, dict[str, Document]] = defaultdict(dict)
    for document in site.documents.values():
        groups[document.key].setdefault(document.lang, document)
    for key, group in sorted(groups.items(), key=lambda item: (next(iter(item[1].values())).section, item[0])):
        first = next(iter(group.values()))
        yield Article(key, first.role, first.section, versions(site, group, now))


def versions_of(site: Site, document: Document, now: datetime) -> tuple[Version, ...]:
    """The text that this document is one language of, found without a look at all the others."""
    edition = site.edition
    sections = edition.sections.get(document.section, {}) if document.role == "section" else {}
    paths = {section.document for section in sections.values() if section.document}
    paths.update(edition.translations.get(document.key, {}).values())
    group = {found.lang: found for found in map(site.documents.__getitem__, paths)}
    for path in edition.hidden:
        identity = _identity(site, path)
        if edition.keys_by_path.get(identity.key, identity.key) == document.key:
            group.setdefault(identity.lang, site.documents[path])
    return versions(site, group, now)


def _identity(site: Site, path: str) -> Identity:
    found = identify(path, site.config.languages, site.config.default_language)
    assert isinstance(found, Identity), found.message
    return found


def versions(site: Site, group: Mapping[str, Document], now: datetime) -> tuple[Version, ...]:
    """What there is of a text, in the order of the site's languages."""
    original = group.get(site.config.default_language)
    return tuple(
        _version(site, group[lang], original, now) if lang in group else Version(lang, "missing")
        for lang in site.config.languages
    )


def _version(site: Site, document: Document, original: Document | None, now: datetime) -> Version:
    meta, moment = document.meta, None
    status: Status = site.edition.hidden.get(document.path) or document.times.state(Moments(now))
    if status == "published" and original is not None and _is_older(document, original, now):
        status, moment = "stale", original.meta.updated
    elif status == "scheduled":
        moment = max(filter(None, (meta.date, meta.publish)), default=None)
    elif status == "expired":
        moment = meta.expires
    return Version(document.lang, status, document.path, meta.title, _address(site, document), moment)


def _is_older(document: Document, original: Document, now: datetime) -> bool:
    """Whether the original was updated after its translation."""
    updated, own = original.meta.updated, document.meta.updated or document.meta.date
    return document is not original and updated is not None and updated.at <= now and own is not None and own < updated


def _address(site: Site, document: Document) -> str | None:
    if document.path in site.edition.hidden:
        return None
    if document.role == "section":
        section = site.edition.sections.get(document.section, {}).get(document.lang)
        return section.path if section else None
    card = site.edition.cards.get(document.path)
    return card.path if card else None


def status_words(words: Words) -> dict[Status, str]:
    """What each status is called."""
    return {
        "published": words.say("Published"),
        "stale": words.say("Out of date"),
        "draft": words.say("Draft"),
        "scheduled": words.say("Scheduled"),
        "expired": words.say("Expired"),
        "broken": words.say("Broken"),
        "missing": words.say("Missing"),
    }


def detail(version: Version, words: Words, language: Language) -> str:
    """What the moment of a version means, if it has one; `language`: how the author writes dates."""
    if version.moment is None:
        return ""
    date = language.moment(version.moment)
    if version.status == "stale":
        return words.say("the original was updated on {date}", date=date)
    return (
        words.say("out from {date}", date=date)
        if version.status == "scheduled"
        else words.say("out until {date}", date=date)
    )
