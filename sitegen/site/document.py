"""One content file → a Document: what it is, what it says, what it refers to."""

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct

from sitegen.config.addresses import is_elsewhere
from sitegen.config.paths import Identity, Role, identify
from sitegen.config.settings import Config
from sitegen.files import digest, join
from sitegen.i18n.dates import Moment
from sitegen.i18n.typography import excerpt, mark_names_in_html
from sitegen.markdown.references import Reference
from sitegen.markdown.render import Heading, render
from sitegen.problems import Checked, Place, Problem, errors, misnamed, problem
from sitegen.text import is_address_part, is_path_within
from sitegen.typed_yaml.reader import Marks

from .front_matter import WHOLE, FrontMatter, Image, Moments, Times, read_head, salvage, times_of


class Teaser(Struct, frozen=True, gc=False, array_like=True):
    """What is told of an article elsewhere: in lists, in menus, on share cards. `lang`, `section`: for the letters that
    the last of these need."""

    lang: str
    section: str
    title: str
    updated: Moment | None
    summary: str
    image_alt: str


class Document(Struct, frozen=True, gc=False, array_like=True):
    """A content file, read, but for its HTML. `digest` changes with anything that was read. `broken`: it has an error,
    so it is left out; what could be read of it is checked with all the others. `lacks_date`: it needs one, unless its
    section has no dates. `unread`: keys that could not be read, and WHOLE, if the front matter as a whole could not."""

    path: str
    digest: str
    role: Role
    section: str
    name: str
    key: str
    lang: str
    meta: FrontMatter
    summary: str
    headings: tuple[Heading, ...]
    anchors: tuple[str, ...]
    references: tuple[Reference, ...]
    attachments: tuple[str, ...]
    image: Image | None
    image_path: str
    minutes: int
    blocks: tuple[str, ...]
    marks: Marks
    lacks_date: bool = False
    broken: bool = False
    unread: frozenset[str] = frozenset()

    @property
    def path_key(self) -> str:
        """The key that its path says, whatever its translation_key."""
        return Identity(self.role, self.section, self.name, self.lang).key

    @property
    def is_placed(self) -> bool:
        """Whether its part of addresses could be read."""
        return "slug" not in self.unread and (not self.meta.slug or is_address_part(self.meta.slug))

    @property
    def times(self) -> Times:
        return times_of(self.meta)

    @property
    def sections(self) -> Iterator[str]:
        """The keys of the sections that it lies in, from the outside."""
        parts = self.section.split("/") if self.section else []
        return ("/".join(parts[: n + 1]) for n in range(len(parts)))

    def place(self, mark: str) -> Place:
        """Where a key of the front matter stands, such as "tags.0"; else the top of the file."""
        return Place(self.path, *self.marks.get(mark, (1, 1)))


def structure(document: Document) -> str:
    """Changes with anything that the arrangement of the site depends on, its problems too: with all but the text, where
    in it things stand, and of articles and pages what they say of themselves and their teasers."""
    references = tuple((one.kind, one.target, one.query, one.fragment) for one in document.references)
    written = (document.image.src if document.image else "", [file.src for file in document.meta.attachments])
    ids = [heading.id for heading in document.headings]
    bare = msgspec.structs.replace(document, digest="", headings=(), references=(), minutes=0, blocks=(), marks={})
    if document.role != "section":
        meta = msgspec.structs.replace(
            document.meta, title="", summary="", updated=None, image=None, attachments=(), author=(), source="",
            translation=None, extra={},
        )  # fmt: skip
        bare = msgspec.structs.replace(bare, meta=meta, summary="", image=None)
    return digest(msgspec.msgpack.encode((bare, references, written, ids)))


class Positions(Struct, frozen=True, gc=False, array_like=True):
    """Where in a file things stand that problems of the site may be about."""

    digest: str
    references: tuple[tuple[int, int], ...]
    marks: Marks


def positions(document: Document) -> Positions:
    return Positions(document.digest, tuple((one.line, one.column) for one in document.references), document.marks)


def moved(found: Problem, before: Positions, now: Positions) -> Problem | None:
    """A problem of a file where what it is about stands now, in a text of the same structure; None where that cannot be
    told."""
    if before.marks.keys() != now.marks.keys():
        return None
    at = found.place.line, found.place.column
    places = {to for was, to in zip(before.references, now.references, strict=True) if was == at}
    places |= {now.marks[name] for name, was in before.marks.items() if was == at}
    if at in _WHOLE_FILE:
        places.add(at)
    if len(places) != 1:
        return None
    return msgspec.structs.replace(found, place=Place(found.place.path, *places.pop()))


_WHOLE_FILE = ((0, 0), (1, 1))


def teaser(document: Document) -> Teaser:
    """What is told of a document elsewhere."""
    meta, alt = document.meta, document.image.alt if document.image else None
    return Teaser(document.lang, document.section, meta.title, meta.updated, document.summary, alt or "")


_KEPT_MARKS = (
    "tags",
    "image",
    "attachments",
    "aliases",
    "source",
    "layout",
    "slug",
    "title",
    "translation_key",
    "author",
    "dated",
)


def parse(path: str, text: str, config: Config, key: str = "") -> tuple[Document | None, str, tuple[Problem, ...]]:
    """Read the text of the content file `path`, whose content and settings go by this key; None when its path says
    nothing. Also its HTML, which holds markers for its references (see markdown.Rendered). Depends on nothing else, so
    it may run anywhere."""
    identity = identify(path, config.languages, config.default_language)
    if isinstance(identity, Problem):
        return None, "", (identity,)
    head = read_head(text, path, config.zone, config.limits)
    body = render(head.body, path, head.body_line, config.locale(identity.lang), config.markdown)
    problems = [*head.problems, *body.problems]
    meta, unread = (head.meta, head.unread) if head.meta else salvage(text, config.zone)
    marks = {name: place for name, place in head.marks.items() if name.partition(".")[0] in _KEPT_MARKS}
    image = Image(meta.image) if isinstance(meta.image, str) else meta.image
    document = Document(
        path=path,
        digest=key,
        role=identity.role,
        section=identity.section,
        name=identity.name,
        key=_translation_key(identity, meta),
        lang=identity.lang,
        meta=meta,
        summary=meta.summary or excerpt(body.lead),
        headings=body.headings,
        anchors=body.anchors,
        references=body.references,
        attachments=tuple(_path_of(file.src, path) for file in meta.attachments),
        image=image,
        image_path=_path_of(image.src, path) if image else "",
        minutes=body.minutes,
        blocks=body.blocks,
        marks=marks,
        lacks_date=head.meta is not None and identity.role == "article" and not meta.date and "date" not in head.unread,
    )
    problems += _check(document, head.unread) if head.meta else []
    if errors(problems):
        document = msgspec.structs.replace(document, broken=True, unread=unread)
    return document, mark_names_in_html(body.html, config.keep_together), tuple(problems)


def undated_sections(documents: Collection[Document], *, perhaps: bool = False) -> frozenset[str]:
    """The keys of sections whose articles need no date: those that say so in their text, in any language, and those in
    them that do not say otherwise. `perhaps`: those too of which it cannot be read."""
    said: dict[str, bool] = {}
    for document in documents:
        dated = False if perhaps and "dated" in document.unread else document.meta.dated
        if document.role == "section" and dated is not None:
            said[document.section] = dated and said.get(document.section, True)
    if not said:
        return frozenset()

    def is_dated(key: str) -> bool:
        return said[key] if key in said else not key or is_dated(key.rpartition("/")[0])

    return frozenset(key for document in documents for key in document.sections if not is_dated(key))


def require_dates(documents: Mapping[str, Document], moments: Moments) -> Checked[dict[str, Document]]:
    """Documents; those that lack a date where one is needed are broken. What is out asks texts of sections that are."""
    wanting = [document for document in documents.values() if document.lacks_date]
    if not wanting:
        return {**documents}, ()
    out = [document for document in documents.values() if document.times.state(moments) == "published"]
    undated, undated_now = undated_sections([*documents.values()], perhaps=True), undated_sections(out, perhaps=True)
    lacking = {
        document.path: msgspec.structs.replace(document, broken=True)
        for document in wanting
        if document.section not in (undated_now if document.times.state(moments) == "published" else undated)
    }
    return {**documents, **lacking}, tuple(problem("missing-date", Place(path, 1, 1)) for path in lacking)


def as_if_mended(documents: Mapping[str, Document]) -> Mapping[str, Document]:
    """The same documents, where none is broken that has front matter; what no address can hold is in none."""
    mended: dict[str, Document] = {}
    for path, document in documents.items():
        if document.broken and WHOLE not in document.unread:
            slug = document.meta.slug if is_address_part(document.meta.slug) else ""
            meta = msgspec.structs.replace(document.meta, slug=slug)
            mended[path] = msgspec.structs.replace(document, meta=meta, broken=False, unread=frozenset())
    return {**documents, **mended} if mended else documents


def unreadable(path: str, text: str, config: Config) -> Document | None:
    """A document of which only so much is known as can be read in a damaged text, or nothing without one; its digest is
    empty."""
    document = parse(path, text, config)[0]
    if document is None:
        return None
    unread = (
        document.unread
        | {WHOLE}
        | {key for key in ("slug", "draft", "dated") if not text or "\ufffd" in document.meta.slug}
    )
    return msgspec.structs.replace(
        document, references=(), attachments=(), image=None, image_path="", lacks_date=False, broken=True, unread=unread
    )


def shown_and_offered(documents: Iterable[Document]) -> tuple[set[str], set[str]]:
    """Paths below content/ of the files that documents show as pictures, and of those that they offer as they are."""
    shown: set[str] = set()
    offered: set[str] = set()
    for document in documents:
        shown.add(document.image_path)
        offered.update(document.attachments)
        for reference in document.references:
            if reference.kind == "picture" and not reference.target.startswith("/"):  # an address
                shown.add(reference.target)
            elif reference.kind == "file":
                offered.add(reference.target)
    return shown, offered


def _path_of(src: str, path: str) -> str:
    """The path below content/ of a file that the front matter of `path` names; empty when there can be none."""
    return "" if not src or is_elsewhere(src) else join(_folder(path), src) or ""


def _folder(path: str) -> str:
    return path.removeprefix("content/").rpartition("/")[0]


def _translation_key(identity: Identity, meta: FrontMatter) -> str:
    """A key with a slash names the whole path of the article's other files, else it counts within the section."""
    key = meta.translation_key.strip("/")
    if not key:
        return identity.key
    return f"{identity.section}/{key}" if identity.section and "/" not in key else key


def _check(document: Document, unread: Collection[str]) -> list[Problem]:
    """What can be said of the front matter without the rest of the site; of keys that are `unread` enough is said."""
    meta = document.meta
    problems = []
    if not meta.title.strip() and "title" not in unread:
        problems.append(problem("missing-key", document.place("title"), key="title"))
    if document.role != "section" and meta.dated is not None:
        problems.append(problem("only-in-index", document.place("dated"), key="dated"))
    if meta.slug and not is_address_part(meta.slug):
        problems.append(misnamed("invalid-slug", document.place("slug"), meta.slug))
    image = document.image
    if image and image.src and image.alt is None and "image.alt" not in unread:
        problems.append(problem("image-without-alt", document.place("image"), target=image.src))
    files = [(f"attachments.{index}.src", file.src) for index, file in enumerate(meta.attachments)]
    if image:
        files.append(("image.src" if "image.src" in document.marks else "image", image.src))
    for mark, src in files:
        if not src and mark not in unread:
            problems.append(problem("missing-key", document.place(mark), key="src"))
        elif is_elsewhere(src):
            problems.append(problem("not-in-site", document.place(mark), target=src))
        elif src and not _path_of(src, document.path):
            problems.append(problem("climbs-out", document.place(mark), target=src))
    key = meta.translation_key.strip("/")
    if key and (not is_path_within(key) or key.rpartition("/")[2] == "_index"):
        problems.append(problem("invalid-path", document.place("translation_key"), value=meta.translation_key))
    return problems
