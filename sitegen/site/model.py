"""The whole site as one value: everything that pages are made from."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sitegen.artwork.fonts import Lettering
from sitegen.config.registries import NamedSource, Registry
from sitegen.config.settings import Config
from sitegen.config.targets import Host
from sitegen.problems import Place, Problem, nearest, problem
from sitegen.typed_yaml.reader import Marks

from .document import Document, Teaser
from .edition import Edition
from .media import Media
from .urls import Page, Redirect


class Asset(Struct, frozen=True):
    """`name` below assets/, as layouts call it; `path`: address below the root; `data` as it is published, with its
    `digest`; `integrity`: by which browsers see that it is whole (Subresource Integrity, section 3.1); `size`: width
    and height of a picture."""

    name: str
    path: str
    data: bytes
    digest: str
    integrity: str
    size: tuple[int, int] | None


class Message(Struct, frozen=True):
    """A text of the interface, in English, as a template names it: `_("…")` or `ngettext("…", "…", n)`."""

    text: str
    plural: str
    line: int


class Layout(Struct, frozen=True):
    """A template: `name` below layouts/, `path` for messages; `digest` covers all it extends, includes and imports;
    `messages`: the texts it has translated; `made_of`: the names of these and its own; `ids`: with file and line, of
    all it is made of, but for those that no text can have."""

    name: str
    path: str
    text: str
    digest: str
    messages: tuple[Message, ...] = ()
    ids: tuple[tuple[str, str, int], ...] = ()
    made_of: tuple[str, ...] = ()


class MenuEntry(Struct, frozen=True):
    """`path` below the root, with a `suffix` of query and fragment, or `url` when it leads elsewhere; `lang` when that
    is in another language; `document`: of an article or page, which has the title of its teaser."""

    title: str
    path: str = ""
    url: str = ""
    suffix: str = ""
    lang: str = ""
    document: str = ""


class SitemapEntry(Struct, frozen=True, gc=False):
    path: str
    alternates: tuple[tuple[str, str], ...]
    x_default: str | None
    card: str


class Inputs(Struct, frozen=True):
    """All that was read but the documents and what they show, each part left out that was broken. `contents`: paths of
    all content files; `present`: of all pictures and attachments, below content/; `digests`, `teasers`: of documents,
    by path; `ahead`: paths of those that are out and say of an update to come that it has been; `letterings`: language
    → what its share cards are written with; `messages`: language → digest of its catalogues; `indexer`: whether there
    is one for search; `marks`: of settings that name parts of the site; `hosts`: on which the site is published."""

    config: Config
    contents: tuple[str, ...]
    present: tuple[str, ...]
    digests: Mapping[str, str]
    teasers: Mapping[str, Teaser]
    ahead: tuple[str, ...]
    registry: Registry
    sources: Mapping[str, NamedSource]
    layouts: Mapping[str, Layout]
    assets: Mapping[str, Asset]
    letterings: Mapping[str, Lettering]
    messages: Mapping[str, str]
    indexer: bool
    marks: Marks
    hosts: tuple[Host, ...]


class Site(Inputs, frozen=True):
    """What was given, arranged; whole and immutable. `pages`: by output path; `topics`: language → ids of the tags with
    articles to show, by name; `menus`: "main:vi", "footer:vi"; `redirects`: first those with a query; `sitemaps`: by
    number, from 0 for the only one; `searchable`: languages with something for the indexer, where there is one."""

    documents: Mapping[str, Document]
    edition: Edition
    pages: Mapping[str, Page]
    media: Media
    topics: Mapping[str, tuple[str, ...]]
    menus: Mapping[str, tuple[MenuEntry, ...]]
    redirects: tuple[Redirect, ...]
    sitemaps: Mapping[str, tuple[SitemapEntry, ...]]
    searchable: tuple[str, ...]


Changes = Mapping[str, Mapping[str, Any]]
"""What is not as it was in the large mappings of a site, by their names, such as "edition.cards", with what it was."""


def missing_layout(name: str, place: Place, known: Mapping[str, object], code: str = "missing-layout") -> Problem:
    tops = ", ".join(name for name in known if "/" not in name)
    return problem(code, place, value=name, nearest=nearest(name, known), known=tops)
