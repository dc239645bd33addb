"""Where the references of a document lead, and which lead nowhere."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from posixpath import splitext
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from sitegen.codes.table import EXCLUDED
from sitegen.config.addresses import with_scheme
from sitegen.config.file_types import refusal
from sitegen.config.paths import Identity, identify, language_folder, meant, neutral_path
from sitegen.config.settings import Config
from sitegen.files import is_content
from sitegen.globs import read_glob
from sitegen.markdown.anchors import Fragments
from sitegen.markdown.references import Reference
from sitegen.problems import Known, Place, Problem, problem

from .document import Document
from .edition import Edition
from .front_matter import State
from .media import NearFiles, suffix
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
        self._fragments: dict[str, tuple[Fragments, Fragments]] = {}

    def fragments(self, document: Document) -> tuple[Fragments, Fragments]:
        """What fragments of links to a document may mean, and meant in the article's texts that have expired: those
        links led there, and lead to another language now."""
        if document.path not in self._fragments:
            headings = [heading.id for heading in document.headings]
            expired = Fragments(self._expired.get(document.key, ()))
            self._fragments[document.path] = Fragments(document.anchors, headings), expired
        return self._fragments[document.path]

    @cached_property
    def _expired(self) -> dict[str, set[str]]:
        """The ids in texts that have expired, by the keys of their articles."""
        found: dict[str, set[str]] = defaultdict(set)
        for path, state in self.edition.hidden.items():
            if state == "expired":
                found[self.documents[path].key].update(self.documents[path].anchors)
        return found

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

    @cached_property
    def by_name(self) -> dict[str, str]:
        return {key.rpartition("/")[2]: key for key in self.keys}

    @cached_property
    def names(self) -> Known:
        return Known(self.by_name)

    def path(self, key: str, document: Document) -> str:
        """How to link from a document to an article: as if that were in the same language's folder, if it is in one."""
        return language_folder(document.path, self.config.languages) + self.keys[key]


_STATES: tuple[State, ...] = ("expired", "scheduled", "draft")


class _Files:
    """All files below content/, and whether readers may have them."""

    def __init__(self, states: Mapping[str, State], config: Config) -> None:
        self.states, self.types = states, config.attachment_types
        self._exclude = tuple(read_glob(pattern, "content") for pattern in config.exclude)

    @cached_property
    def near(self) -> NearFiles:
        return NearFiles(self.states)

    def is_excluded(self, path: str) -> bool:
        parts = path.split("/")
        above = ["/".join(parts[: n + 1]) for n in range(len(parts))]
        return any(glob.matches(name) for glob in self._exclude for name in above)


class Addresses:
    """All addresses of a site, below its root, and those that were probably meant by others."""

    def __init__(self, paths: Collection[str], config: Config) -> None:
        self._paths, self._config = paths, config
        self._pages: dict[str, Known] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._paths

    @cached_property
    def _files(self) -> NearFiles:
        return NearFiles(sorted(path for path in self._paths if not path.endswith("/")))

    def check(self, target: str, written: str, place: Place, lang: str) -> Iterator[Problem]:
        """A warning where no page answers at an address; `lang`: of who goes there."""
        if target not in self._paths:
            close = self._near(target, lang)
            yield problem("broken-address", place, target=written, nearest=None if close is None else f"/{close}")

    def _near(self, target: str, lang: str) -> str | None:
        """A file for a file, a page for a page, in the language that the address names, else the reader's."""
        if suffix(target) not in ("", *_OF_PAGES):
            return self._files.find(target)
        named = target.partition("/")[0]
        start = prefix(self._config, named if named in self._config.languages else lang)
        target = splitext(target)[0] if suffix(target) in _OF_PAGES else target.rstrip("/")
        target = target.removesuffix("/index")
        wanted = f"{target}/" if f"{target}/".startswith(start) else f"{start}{target}/"
        return wanted if wanted in self._paths else self._below(start).nearest(wanted)

    def _below(self, start: str) -> Known:
        """The pages of a language."""
        if start not in self._pages:
            found = (path for path in self._paths if path.startswith(start) and path.endswith("/") and path != start)
            self._pages[start] = Known(sorted(found))
        return self._pages[start]


_OF_PAGES = (".html", ".htm", ".php", ".asp", ".aspx", ".jsp")


def check_links(
    documents: Mapping[str, Document],
    config: Config,
    edition: Edition,
    files: Mapping[str, State],
    contents: Iterable[str],
    addresses: Addresses,
) -> Iterator[Problem]:
    """Every reference of a published document that leads nowhere, or to what is not out. `files`: all that there are
    below content/, and whether readers may have them."""
    known, there = _Linkable(documents, config, edition, contents), _Files(files, config)
    for document in documents.values():
        if edition.hidden.get(document.path, "broken") != "broken":
            continue
        for reference in document.references:
            place = Place(document.path, reference.line, reference.column)
            match reference.kind:
                case "picture" if not reference.target.startswith("/"):
                    yield from _check_file("missing-picture", reference, place, document, there)
                case "file":
                    yield from _check_file("broken-link", reference, place, document, there)
                case "document":
                    yield from _check_document(reference, place, document, known, there)
                case _:
                    target = address_target(reference.target)
                    yield from addresses.check(target, reference.target, place, document.lang)
        yield from _check_front_matter(document, there)


def _check_file(
    code: str, target: Reference | str, place: Place, document: Document, files: _Files, written: str = ""
) -> Iterator[Problem]:
    """`target`: of a text, or a path that the front matter has `written`."""
    path = target if isinstance(target, str) else target.target
    state, shown = files.states.get(path), written or _relative(document, path)
    if state == "expired":
        yield problem("expired-file", place, target=shown)
    elif state in ("draft", "scheduled"):
        yield problem("hidden-file", place, target=shown, state=state)
    elif state is None:
        in_text = None if isinstance(target, str) else target
        close = (in_text and _with_sign(in_text, files)) or files.near.find(path)
        nearby = _meant(shown) or (close and (_linked if in_text else _relative)(document, close))
        words = {"advice": EXCLUDED} if files.is_excluded(path) else {"nearest": nearby}
        yield problem(code, place, target=shown, **words)
    elif refused := refusal(path, files.types):
        yield problem(f"refused-{refused.why}", place, target=shown, suffix=refused.suffix or None)


def _with_sign(reference: Reference, files: _Files) -> str | None:
    """The file whose name has a # that was taken for the end of a path."""
    whole = f"{reference.target}{reference.query}#{reference.fragment}"
    return whole if whole in files.states else None


def _check_document(
    reference: Reference, place: Place, document: Document, known: _Linkable, files: _Files
) -> Iterator[Problem]:
    shown = _relative(document, reference.target)
    reference = replace(reference, target=meant(reference.target, document.path, known.config.languages))
    target = resolve(reference, document.lang, known.config, known.edition)
    if target.state == "found":
        if target.document and reference.fragment:
            there, expired = known.fragments(known.documents[target.document])
            if there.find(reference.fragment) is not None:
                return
            if expired.find(reference.fragment) is not None:
                yield problem("link-to-expired", place, target=f"{shown}#{reference.fragment}")
            else:
                words = there.near(reference.fragment)
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
        own = document.path_key
        name = own.rpartition("/")[2]
        last = key.replace("\\", "/").rpartition("/")[2]  # as paths of Windows are copied
        last = splitext(last)[0] if is_content(last) else last
        close = known.names.nearest(last, but=name if known.by_name.get(name) == own else "")
        near = _with_sign(reference, files) or (known.path(known.by_name[close], document) if close else None)
        suggestion = _meant(shown) or (near and _linked(document, near))
        words = {"advice": EXCLUDED} if files.is_excluded(reference.target) else {"nearest": suggestion}
        yield problem("broken-link", place, target=shown, **words)


def _meant(target: str) -> str | None:
    """What was meant by an address that lacks its beginning, from whichever folder it is seen."""
    return with_scheme(target) or with_scheme(target.rpartition("/")[2])


def address_target(address: str) -> str:
    """The path below the root that an address in a text means."""
    return (unquote(address) if "%" in address else address).lstrip("/")


def _check_front_matter(document: Document, files: _Files) -> Iterator[Problem]:
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


def _linked(document: Document, target: str) -> str:
    """A path below content/ as one would write it in a link, where some signs have a meaning."""
    return _SIGNS.sub(lambda sign: f"%{ord(sign[0]):02X}", _relative(document, target))


_SIGNS = re.compile("[%# ]")


def _relative(document: Document, target: str) -> str:
    """A path below content/ as one would write it in a document."""
    here = document.path.removeprefix("content/").split("/")[:-1]
    there = target.split("/")
    while here and len(there) > 1 and here[0] == there[0]:
        here, there = here[1:], there[1:]
    return "../" * len(here) + "/".join(there)
