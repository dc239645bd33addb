"""Where the references of a document lead, and which lead nowhere."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from posixpath import splitext
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from sitegen.config.paths import Identity, identify, language_folder, meant, neutral_path
from sitegen.config.settings import Config
from sitegen.files import is_content
from sitegen.markdown.anchors import find_anchor
from sitegen.markdown.references import Reference
from sitegen.problems import Place, Problem, nearest, problem

from .document import Document
from .edition import Edition
from .front_matter import State
from .urls import prefix

TargetState = Literal["found", "hidden", "missing"]


class Target(Struct, frozen=True, gc=False):
    """`path`: address below the root; `lang`: of what is there; `document`: its file, when it is one."""

    state: TargetState
    path: str = ""
    lang: str = ""
    document: str = ""


def resolve(reference: Reference, lang: str, config: Config, edition: Edition) -> Target:
    """Where a reference to a document leads readers of `lang`: to their language, or to the language there is.
    A language in the link's own path is obeyed."""
    identity = _identity(reference, config)
    if identity is None:
        return Target("missing")
    if identity.role == "section" or identity.key in edition.sections:
        section_key = identity.section if identity.role == "section" else identity.key
        sections = edition.section_pages(section_key)
        section = sections.get(identity.named or lang) or sections.get(config.default_language)
        section = section or next(iter(sections.values()), None)
        return Target("found", section.path, section.lang, section.document) if section else Target("missing")
    key = _key_of(identity, edition)
    versions = {**edition.translations.get(key, {})}
    if not versions:
        return Target("missing")
    copies = edition.copies.get(key, {})
    named = identity.named
    wanted = named or lang
    card_id = versions.get(wanted) or (copies.get(wanted) if not named else None)
    card_id = card_id or versions.get(config.default_language) or next(iter(versions.values()))
    card = edition.cards[card_id]
    return Target("found", card.path, card.lang, card.document)


class _Linkable:
    """What links to documents may lead to."""

    def __init__(
        self, documents: Mapping[str, Document], config: Config, edition: Edition, contents: Iterable[str]
    ) -> None:
        self.documents, self.config, self.edition, self._contents = documents, config, edition, contents

    @cached_property
    def keys(self) -> dict[str, str]:
        """Keys that paths of content files say → how to link to them, from content/ and without a language.
        Of the broken ones too, since a link to one of those is right once it is mended."""
        known: dict[str, str] = {}
        for path in self._contents:
            identity = identify(path, self.config.languages, self.config.default_language)
            if isinstance(identity, Identity):
                known.setdefault(identity.key, neutral_path(path, self.config.languages))
        return known

    @cached_property
    def hidden(self) -> dict[str, State]:
        """Why something is not out, by the keys of articles and of their sections, of which others may be out. What has
        been out counts before what has not, since links to it were right."""
        found: dict[str, State] = {}
        waiting = [(state, self.documents[path]) for path, state in self.edition.hidden.items() if state != "broken"]
        for state, document in sorted(waiting, key=lambda item: _STATES.index(item[0])):
            own = [document.section] if document.role == "section" else []
            for key in (document.key, document.path_key, *document.sections, *own):
                found.setdefault(key, state)
        return found

    def path(self, key: str, document: Document) -> str:
        """How to link from a document to an article: as if that were in the same language's folder, if it is in one."""
        return language_folder(document.path, self.config.languages) + self.keys[key]


_STATES: tuple[State, ...] = ("expired", "scheduled", "draft")


def check_links(
    documents: Mapping[str, Document],
    config: Config,
    edition: Edition,
    files: Mapping[str, State],
    contents: Iterable[str],
    paths: Collection[str],
) -> Iterator[Problem]:
    """Every reference of a published document that leads nowhere, or to what is not out. `files`: all that there are
    below content/, and whether readers may have them."""
    known = _Linkable(documents, config, edition, contents)
    for document in documents.values():
        if edition.hidden.get(document.path, "broken") != "broken":
            continue
        for reference in document.references:
            place = Place(document.path, reference.line, reference.column)
            match reference.kind:
                case "picture" if not reference.target.startswith("/"):
                    yield from _check_file("missing-picture", reference.target, place, document, files)
                case "file":
                    yield from _check_file("broken-link", reference.target, place, document, files)
                case "document":
                    yield from _check_document(reference, place, document, known)
                case _:
                    target, lang = address_target(reference.target), document.lang
                    yield from check_address(target, reference.target, place, paths, config, lang)
        yield from _check_front_matter(document, files)


def _check_file(
    code: str, path: str, place: Place, document: Document, files: Mapping[str, State], written: str = ""
) -> Iterator[Problem]:
    state, shown = files.get(path), written or _relative(document, path)
    if state == "expired":
        yield problem("expired-file", place, target=shown)
    elif state in ("draft", "scheduled"):
        yield problem("hidden-file", place, target=shown, state=state)
    elif state is None:
        close = _near_file(path, files)
        nearby = _meant(shown) or (close and _relative(document, close))
        yield problem(code, place, target=shown, nearest=nearby)


_PICTURES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg", ".avif"))


def _near_file(path: str, files: Iterable[str]) -> str | None:
    """The file that was probably meant: a picture for a picture, of the same name before all others."""
    is_picture, name = _suffix(path) in _PICTURES, path.rpartition("/")[2].casefold()
    alike = [other for other in files if (_suffix(other) in _PICTURES) == is_picture]
    named = [other for other in alike if other.rpartition("/")[2].casefold() == name]
    return nearest(path, named) or next(iter(named), None) or nearest(path, alike)


def _suffix(path: str) -> str:
    return splitext(path)[1].lower()


def check_address(
    target: str, written: str, place: Place, paths: Collection[str], config: Config, lang: str
) -> Iterator[Problem]:
    """A warning where no page answers at an address of the site, below its root; `lang`: of who goes there."""
    if target not in paths:
        close = _near_address(target, paths, config, lang)
        yield problem("broken-address", place, target=written, nearest=None if close is None else f"/{close}")


def _near_address(target: str, paths: Collection[str], config: Config, lang: str) -> str | None:
    """The address that was probably meant: a file for a file, a page for a page, in the language that the address
    names, else the reader's."""
    if _suffix(target) not in ("", *_OF_PAGES):
        return _near_file(target, sorted(path for path in paths if not path.endswith("/")))
    named = target.partition("/")[0]
    start = prefix(config, named if named in config.languages else lang)
    target = splitext(target)[0] if _suffix(target) in _OF_PAGES else target.rstrip("/")
    target = target.removesuffix("/index")
    wanted = f"{target}/" if f"{target}/".startswith(start) else f"{start}{target}/"
    if wanted in paths:
        return wanted
    pages = (path for path in paths if path.startswith(start) and path.endswith("/") and path != start)
    return nearest(wanted, sorted(pages))


_OF_PAGES = (".html", ".htm", ".php", ".asp", ".aspx", ".jsp")


def _check_document(reference: Reference, place: Place, document: Document, known: _Linkable) -> Iterator[Problem]:
    shown = _relative(document, reference.target)
    reference = replace(reference, target=meant(reference.target, document.path, known.config.languages))
    target = resolve(reference, document.lang, known.config, known.edition)
    if target.state == "found":
        if target.document and reference.fragment:
            there = known.documents[target.document]
            if find_anchor(reference.fragment, there.anchors) is not None:
                return
            if find_anchor(reference.fragment, _expired_ids(there.key, known)) is not None:
                yield problem("link-to-expired", place, target=f"{shown}#{reference.fragment}")
            else:
                ids = [heading.id for heading in there.headings]
                words = {"nearest": nearest(reference.fragment, ids), "known": ", ".join(ids) or "—"}
                yield problem("broken-fragment", place, fragment=reference.fragment, target=shown, **words)
        return
    identity = _identity(reference, known.config)
    key = identity.key if identity else reference.target
    state = known.hidden.get(identity.section if identity and identity.role == "section" else key)
    if state == "expired":
        yield problem("link-to-expired", place, target=shown)
    elif state is not None:
        yield problem("link-to-hidden", place, target=shown, state=state)
    elif key not in known.keys:
        by_name = {other.rpartition("/")[2]: other for other in known.keys if other != document.path_key}
        close = nearest(key.rpartition("/")[2], by_name)
        near = known.path(by_name[close], document) if close else None
        suggestion = _meant(shown) or (near and _relative(document, near))
        yield problem("broken-link", place, target=shown, nearest=suggestion)


def _expired_ids(key: str, known: _Linkable) -> set[str]:
    """The ids in an article's texts that have expired: links led to them, and lead to another language now."""
    expired = (known.documents[path] for path, state in known.edition.hidden.items() if state == "expired")
    return {name for document in expired if document.key == key for name in document.anchors}


def _meant(target: str) -> str | None:
    """What was meant by an address of the web, of mail, or a telephone number, without its beginning."""
    last = target.removeprefix("../").rpartition("/")[2]
    if _MAIL.fullmatch(last):
        return f"mailto:{last}"
    if _TELEPHONE.fullmatch(last):
        return "tel:" + re.sub(r"[^\d+]", "", last)
    return f"https://{target}" if target.startswith("www.") else None


_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.(?!(?:png|jpe?g|gif|webp|avif|svg|pdf)\Z)[A-Za-z]{2,}")
_TELEPHONE = re.compile(r"\+?[\d ().-]{6,}")


def address_target(address: str) -> str:
    """The path below the root that an address in a text means."""
    return (unquote(address) if "%" in address else address).lstrip("/")


def _check_front_matter(document: Document, files: Mapping[str, State]) -> Iterator[Problem]:
    if document.image_path:
        mark = "image.src" if "image.src" in document.marks else "image"
        place, written = document.place(mark), document.image.src if document.image else ""
        yield from _check_file("missing-picture", document.image_path, place, document, files, written)
    for index, path in enumerate(document.attachments):
        if path:
            place = document.place(f"attachments.{index}.src")
            written = document.meta.attachments[index].src
            yield from _check_file("missing-attachment", path, place, document, files, written)


def _identity(reference: Reference, config: Config) -> Identity | None:
    path = reference.target if is_content(reference.target) else f"{reference.target}/index.md"
    identity = identify(f"content/{path}", config.languages, config.default_language)
    return identity if isinstance(identity, Identity) else None


def _key_of(identity: Identity, edition: Edition) -> str:
    """The article a path means: by its own key, or by the translation_key of a file of that name."""
    return edition.keys_by_path.get(identity.key, identity.key)


def _relative(document: Document, target: str) -> str:
    """A path below content/ as one would write it in a document."""
    here = document.path.removeprefix("content/").split("/")[:-1]
    there = target.split("/")
    while here and len(there) > 1 and here[0] == there[0]:
        here, there = here[1:], there[1:]
    return "../" * len(here) + "/".join(there)
