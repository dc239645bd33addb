"""Articles, sections and topics as templates see them."""

from __future__ import annotations

import re
from functools import cache, cached_property
from html import escape
from mimetypes import MimeTypes
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup

from sitegen.artwork.pattern_tools import SIZE as DRAWN
from sitegen.config.addresses import OwnAddress, read_link
from sitegen.config.paths import meant
from sitegen.config.registries import Tag, address_part
from sitegen.i18n.languages import Language
from sitegen.markdown.anchors import as_fragment
from sitegen.markdown.chart_html import WORDS
from sitegen.markdown.references import ADDRESS_ALONE, Reference
from sitegen.site.document import Document, Teaser
from sitegen.site.edition import Card, ListName, Section
from sitegen.site.front_matter import many
from sitegen.site.links import address_target
from sitegen.site.media import File
from sitegen.site.parts import slice_name
from sitegen.site.urls import prefix

from .left_out import NOTHING, without_drawings, without_nothing
from .pictures import DrawnPicture, PictureView
from .view import View


@cache
def _media_types() -> MimeTypes:
    """What Python knows, not what this machine does."""
    return MimeTypes()


class Alternate:
    """A real translation, by its absolute address."""

    def __init__(self, language: Language, address: str) -> None:
        self.lang = self.hreflang = language.tag
        self.locale, self.url = language.info.territorial, address


class LanguageLink:
    """A language of the site, and where this page is in it."""

    def __init__(self, language: Language, address: str | None, current: bool) -> None:
        self.lang, self.name, self.dir = language.tag, language.name, language.direction
        self.url, self.current = address, current


class SectionView:
    """A section in the page's language."""

    def __init__(self, view: View, section: Section) -> None:
        self._view, self._section = view, section
        self.key, self.title, self.description = section.key, section.title, section.description
        self.url = view.url(section.path)

    @property
    def body(self) -> Markup:
        if not self._section.document:
            return Markup("")
        page = self._view.record
        own = page.kind in ("home", "section") and page.subject == self._section.key
        return body(self._view, self._view.look("document", self._section.document), own=own)

    @property
    def blocks(self) -> tuple[str, ...]:
        path = self._section.document
        return self._view.look("document", path).blocks if path else ()

    @property
    def count(self) -> int:
        return int(self._view.look("count", str(ListName(self._section.lang, "section", self._section.key))))

    @property
    def feed(self) -> str | None:
        if not self._view.look("count", str(ListName(self._section.lang, "section", self._section.key, own=True))):
            return None
        return self._view.feed(self._section.path)


class Term:
    """A tag in the page's language."""

    def __init__(self, view: View, tag_id: str) -> None:
        self._view, self.id = view, tag_id
        tag: Tag = view.look("tag", tag_id)
        self.name, self.description = view.text(tag.name), view.text(tag.description)
        self._path = f"{prefix(view.config, view.lang)}tags/{address_part(tag_id, tag, view.lang)}/"
        self.url = view.url(self._path)

    @property
    def count(self) -> int:
        return int(self._view.look("count", str(ListName(self._view.lang, "tag", self.id))))

    @property
    def feed(self) -> str | None:
        own = self._view.look("count", str(ListName(self._view.lang, "tag", self.id, own=True)))
        return self._view.feed(self._path) if own else None


class AttachmentView:
    """A file to download with an article; `type` as readers know it, such as PDF; `media_type` as machines do."""

    def __init__(self, view: View, file: File, title: str) -> None:
        name = file.path.rpartition("/")[2]
        self.url, self.size = view.url(file.path), file.size
        self.title, self.type = title or name, name.rpartition(".")[2].upper()
        self.absolute = view.absolute(file.path)
        self.media_type = _media_types().guess_type(name)[0] or "application/octet-stream"


class Entry:
    """An article in a list: what its card and its teaser tell."""

    def __init__(self, view: View, card_id: str) -> None:
        self._view, self.id = view, card_id
        self._card: Card = view.look("card", card_id)
        self._teaser: Teaser = view.look("teaser", self._card.document)
        card, teaser = self._card, self._teaser
        self.title, self.summary, self.key = teaser.title, teaser.summary, card.key
        self.date, self.updated = card.date, teaser.updated
        language, self.foreign = view.languages[card.lang], card.lang != view.lang
        self.lang, self.dir, self.language_name = language.tag, language.direction, language.name
        self.url, self.absolute = view.url(card.path), view.absolute(card.path)

    @cached_property
    def tags(self) -> tuple[Term, ...]:
        return tuple(Term(self._view, tag) for tag in self._card.tags)

    @property
    def image(self) -> PictureView | None:
        name = self._card.image
        file = _picture_file(self._view, name)
        return PictureView(self._view, name, file, self._teaser.image_alt) if file else None

    @property
    def drawing(self) -> DrawnPicture | None:
        """In soft tints, for lists; None beside a picture."""
        return self._drawing("soft")

    @property
    def drawing_deep(self) -> DrawnPicture | None:
        """On a deep ground, to stand for itself."""
        return self._drawing("deep")

    def _drawing(self, manner: str) -> DrawnPicture | None:
        path = None if self._card.image else self._view.look("drawing", f"{manner}:{self.key}")
        return DrawnPicture(self._view, path, DRAWN) if path else None

    @property
    def article(self) -> ArticleView:
        return ArticleView(self._view, self._card.id)


class ArticleView(Entry):
    """An article or page as a whole. `standfirst`: the summary, if its author wrote one."""

    def __init__(self, view: View, card_id: str) -> None:
        super().__init__(view, card_id)
        self._document: Document = view.look("document", self._card.document)
        meta = self._document.meta
        self.authors, self.extra, self.draft = many(meta.author), meta.extra, meta.draft
        self.standfirst = meta.summary
        self.headings, self.minutes = self._document.headings, self._document.minutes
        self.blocks = self._document.blocks

    @cached_property
    def body(self) -> Markup:
        page = self._view.record
        own = page.kind in ("article", "page") and page.subject == self._card.id
        return body(self._view, self._document, own=own)

    @property
    def body_absolute(self) -> Markup:
        """The same with addresses in full, for feeds."""
        return body(self._view, self._document, self.absolute)

    @cached_property
    def source(self) -> SourceView | None:
        name = self._document.meta.source
        return SourceView(self._view, name) if name else None

    @cached_property
    def image(self) -> PictureView | None:
        image, name = self._document.image, self._document.image_path
        file = _picture_file(self._view, name)
        if not image or not file:
            return None
        return PictureView(self._view, name, file, image.alt or "", image.caption, image.credit)

    @cached_property
    def attachments(self) -> tuple[AttachmentView, ...]:
        paths = zip(self._document.attachments, self._document.meta.attachments, strict=True)
        found = ((self._view.look("file", path), attachment) for path, attachment in paths)
        return tuple(AttachmentView(self._view, file, attachment.title) for file, attachment in found if file)

    @cached_property
    def translations(self) -> tuple[LanguageLink, ...]:
        """The article in its other languages."""
        view = self._view
        own = view.look("translations", self._card.key) or {}
        return tuple(
            LanguageLink(view.languages[lang], view.url(view.look("card", card_id).path), False)
            for lang, card_id in own.items()
            if lang != self._card.lang
        )

    @cached_property
    def newer(self) -> Entry | None:
        return self._neighbour(0)

    @cached_property
    def older(self) -> Entry | None:
        return self._neighbour(1)

    def _neighbour(self, side: int) -> Entry | None:
        card_id = (self._view.look("neighbours", self._card.id) or ("", ""))[side]
        return Entry(self._view, card_id) if card_id else None

    @cached_property
    def section(self) -> SectionView | None:
        view, key = self._view, self._card.section
        section = view.look("section", f"{view.lang}:{key}") if key else None
        return SectionView(view, section) if section else None

    @cached_property
    def copy_of(self) -> LanguageLink | None:
        """The original, on a fallback copy."""
        if self._card.id == self._card.document:
            return None
        original: Card = self._view.look("card", self._card.document)
        return LanguageLink(self._view.languages[original.lang], self._view.url(original.path), False)

    @property
    def feed_id(self) -> str:
        """Stays when the address changes: made from the site's id, the article's key and its language (RFC 4122)."""
        return uuid5(NAMESPACE_URL, f"{self._view.config.id}|{self.key}|{self._card.lang}").urn


class SourceView:
    """Where an article comes from: an entry of sources.yaml, or the text itself."""

    def __init__(self, view: View, name: str) -> None:
        entry = view.look("source", name)
        self.name = view.text(entry.name) if entry else name
        link = read_link(view.text(entry.link), view.config.base_url) if entry else None
        self.link = view.absolute(link.path) + link.suffix if isinstance(link, OwnAddress) else link


_NAMES = re.compile(r"( id=\"| href=\"#)(?!chart-)")


def body(view: View, document: Document, address: str = "", *, own: bool = True) -> Markup:
    """The HTML of a document with its references filled in; its own `address`, in full, makes them all absolute, and
    leaves the numbers of charts, since readers of feeds show no SVG. Where the page is not its `own`, ids get names
    that no other text has."""

    def filled(name: str) -> str:
        if name in WORDS:
            view.look("messages", document.lang)
            return escape(view.languages[document.lang].gettext(WORDS[name]))
        alone = name.endswith(ADDRESS_ALONE)
        reference = document.references[int(name.removesuffix(ADDRESS_ALONE))]
        found = _reference(view, document, reference, complete=bool(address), alone=alone)
        return NOTHING if found is None else found.replace(NOTHING, "")

    html = view.body(document.path)
    if address:
        html = html.replace('href="#', f'href="{escape(address)}#')
        if "chart" in document.blocks:
            html = without_drawings(html)
    elif not own:
        html = _NAMES.sub(rf"\1_{escape(document.path_key.replace('/', '-'))}_", html)
    parts = html.split("\0")  # every other one is the name of a marker (markdown.Markers)
    parts[1::2] = map(filled, parts[1::2])
    html = "".join(parts)
    return Markup(html if NOTHING not in html else without_nothing(html))


def _reference(view: View, document: Document, reference: Reference, *, complete: bool, alone: bool) -> str | None:
    """What stands for a reference: a picture, the attributes of a link, or the address `alone`; None if it leads
    nowhere."""
    if reference.kind == "picture" and not alone:
        return _picture(view, document, reference, complete=complete)
    address, lang = _address(view, document, reference, complete=complete)
    if not address:
        return None
    foreign = f' hreflang="{escape(view.languages[lang].tag)}"' if lang not in ("", view.lang) else ""
    return escape(address) if alone else f' href="{escape(address)}"{foreign}'


def _picture(view: View, document: Document, reference: Reference, *, complete: bool) -> str | None:
    if reference.target.startswith("/"):
        source = escape(_address(view, document, reference, complete=complete)[0])
        return f'<img src="{source}" alt="{escape(reference.alt)}" loading="lazy" decoding="async">'
    file = _picture_file(view, reference.target)
    if file is None:
        return None
    picture = PictureView(view, reference.target, file, reference.alt)
    return picture.plain() if complete else picture.show(view.config.pictures.sizes)


def _address(view: View, document: Document, reference: Reference, *, complete: bool) -> tuple[str, str]:
    """Where a reference leads, nowhere if it is broken, and the language of what is there, if it is a document."""
    path, lang, fragment = address_target(reference.target), "", reference.fragment
    if reference.kind == "document":
        written = meant(reference.target, document.path, view.config.languages)
        target = view.look("target", f"{view.lang}:{written}")
        if target.state != "found":
            return "", ""
        path, lang = target.path, target.lang
        if fragment and target.document:
            fragment = view.fragments(target.document).find(fragment) or fragment
    elif not reference.target.startswith("/"):
        file: File | None = view.look("file", reference.target)
        if file is None or (reference.kind == "picture" and file.picture is None):
            return "", ""
        path = file.path
        if reference.kind == "picture":
            picture = PictureView(view, reference.target, file, "")
            return picture.absolute if complete else picture.url, ""
    address = (view.absolute if complete else view.url)(path)
    return f"{address}{reference.query}{as_fragment(fragment)}", lang


def _picture_file(view: View, name: str) -> File | None:
    """A file that can be shown as a picture."""
    file: File | None = view.look("file", name) if name else None
    return file if file and file.picture else None


def entries_of(view: View) -> tuple[Entry, ...]:
    """So much of the page's collection as it shows."""
    page = view.record
    size = view.config.feed_size if page.kind == "feed" else view.config.page_size
    return slice_of(view, page.collection, (page.number - 1) * size, page.number * size) if page.collection else ()


def slice_of(view: View, collection: str, start: int, stop: int) -> tuple[Entry, ...]:
    return tuple(Entry(view, card_id) for card_id in view.look("collection", slice_name(start, stop, collection)))
