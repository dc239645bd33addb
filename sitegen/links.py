"""Where the references of a document lead, and which lead nowhere."""

from collections.abc import Collection, Iterable, Mapping
from typing import Literal
from urllib.parse import unquote

from msgspec import Struct

from .config import Config
from .document import Document, Identity, identify
from .edition import Edition
from .markdown import Reference
from .problems import Problem, nearest, problem
from .routes import file_path

TargetState = Literal["found", "hidden", "missing"]


class Target(Struct, frozen=True):
    """`path`: address below the root; `lang`: of what is there; `document`: its file, when it is one."""

    state: TargetState
    path: str = ""
    lang: str = ""
    document: str = ""


def resolve(reference: Reference, lang: str, config: Config, edition: Edition) -> Target:
    """Where a reference to a document leads readers of `lang`: to their language, or to the language there is.
    A language in the link's own path is obeyed."""
    path = reference.target if reference.target.endswith(".md") else f"{reference.target}/index.md"
    identity = identify(f"content/{path}", config.languages, config.default_language)
    if not isinstance(identity, Identity):
        return Target("missing")
    if identity.role == "section" or identity.key in edition.sections:
        section_key = identity.section if identity.role == "section" else identity.key
        section = edition.sections.get(section_key, {}).get(lang)
        return Target("found", section.path, lang, section.document) if section else Target("missing")
    key = _key_of(identity, edition)
    versions = {**edition.translations.get(key, {})}
    if not versions:
        return Target("missing")
    copies = edition.copies.get(key, {})
    named = _names_a_language(path, config)
    wanted = named or lang
    card_id = versions.get(wanted) or (copies.get(wanted) if not named else None)
    card_id = card_id or versions.get(config.default_language) or next(iter(versions.values()))
    card = edition.cards[card_id]
    return Target("found", card.path, card.lang, card.document)


def check_links(
    documents: Mapping[str, Document],
    config: Config,
    edition: Edition,
    files: Collection[str],
    contents: Collection[str],
) -> Iterable[Problem]:
    """Every reference that leads nowhere. `files`: pictures and attachments below content/; `contents`: all
    Markdown files, the broken ones too, since a link to one of those is right once it is mended."""
    known = _known_targets(contents, config)
    hidden = {documents[path].key: state for path, state in edition.hidden.items()}
    for document in documents.values():
        if document.path in edition.hidden:
            continue
        for reference in document.references:
            place = document.place("")
            place = type(place)(document.path, reference.line, reference.column)
            shown = reference.target if reference.kind == "address" else _relative(document, reference.target)
            if reference.kind in ("picture", "file"):
                if reference.target not in files:
                    code = "missing-picture" if reference.kind == "picture" else "broken-link"
                    close = nearest(reference.target, files)
                    yield problem(code, place, target=shown, nearest=close and _relative(document, close))
            elif reference.kind == "document":
                target = resolve(reference, document.lang, config, edition)
                identity = _identity(reference, config)
                if target.state == "missing" and identity is not None and identity.key in hidden:
                    yield problem("link-to-hidden", place, target=shown, state=hidden[identity.key])
                elif target.state == "missing" and (identity is None or identity.key not in known):
                    close = nearest(identity.key if identity else reference.target, known)
                    yield problem("broken-link", place, target=shown, nearest=close and _relative(document, known[close]))
                elif target.document and reference.fragment:
                    ids = [heading.id for heading in documents[target.document].headings]
                    if reference.fragment not in ids:
                        names = ", ".join(ids) or "—"
                        close = nearest(reference.fragment, ids)
                        yield problem("broken-fragment", place, fragment=reference.fragment, target=shown, nearest=close, known=names)
        yield from _check_front_matter(document, files)


def check_addresses(documents: Iterable[Document], config: Config, edition: Edition, paths: Collection[str]) -> Iterable[Problem]:
    """Links by address that no page of the site answers."""
    for document in documents:
        if document.path in edition.hidden:
            continue
        for reference in document.references:
            if reference.kind == "address" and address_target(reference.target) not in paths:
                place = type(document.place(""))(document.path, reference.line, reference.column)
                close = nearest(address_target(reference.target), paths)
                yield problem("broken-address", place, target=reference.target, nearest=close and f"/{close}")


def address_target(address: str) -> str:
    """The path below the root that an address in a text means."""
    return unquote(address).lstrip("/")


def published_files(documents: Iterable[Document], edition: Edition, files: Collection[str]) -> dict[str, str]:
    """Files that something published refers to: path below content/ → address below the root."""
    wanted: set[str] = set()
    for document in documents:
        if document.path in edition.hidden:
            continue
        wanted |= {reference.target for reference in document.references if reference.kind in ("picture", "file")}
        wanted |= {document.image_path, *document.attachments}
    return {path: file_path(path) for path in sorted(wanted) if path in files}


def _check_front_matter(document: Document, files: Collection[str]) -> Iterable[Problem]:
    if document.image_path and document.image and document.image_path not in files:
        mark = "image.src" if "image.src" in document.marks else "image"
        close = nearest(document.image_path, files)
        yield problem("missing-picture", document.place(mark), target=document.image.src, nearest=close and _relative(document, close))
    for index, path in enumerate(document.attachments):
        if path and path not in files:
            target, close = document.meta.attachments[index].src, nearest(path, files)
            place = document.place(f"attachments.{index}.src")
            yield problem("missing-attachment", place, target=target, nearest=close and _relative(document, close))


def _identity(reference: Reference, config: Config) -> Identity | None:
    path = reference.target if reference.target.endswith(".md") else f"{reference.target}/index.md"
    identity = identify(f"content/{path}", config.languages, config.default_language)
    return identity if isinstance(identity, Identity) else None


def _known_targets(contents: Collection[str], config: Config) -> dict[str, str]:
    """Keys by path → a file that has it."""
    known: dict[str, str] = {}
    for path in contents:
        identity = identify(path, config.languages, config.default_language)
        if isinstance(identity, Identity):
            known.setdefault(identity.key, path.removeprefix("content/"))
    return known


def _key_of(identity: Identity, edition: Edition) -> str:
    """The article a path means: by its own key, or by the translation_key of a file of that name."""
    return edition.keys_by_path.get(identity.key, identity.key)


def _names_a_language(path: str, config: Config) -> str | None:
    suffix = path.removesuffix(".md").rpartition(".")[2]
    return next((code for code in config.languages if code.lower() == suffix.lower()), None)


def _relative(document: Document, target: str) -> str:
    """A path below content/ as one would write it in a document."""
    here = document.path.removeprefix("content/").split("/")[:-1]
    there = target.split("/")
    while here and len(there) > 1 and here[0] == there[0]:
        here, there = here[1:], there[1:]
    return "../" * len(here) + "/".join(there)
