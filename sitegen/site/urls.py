"""Addresses: what a page is called from outside, where its file lies, and that no two share one.

All that is published shares one table (`check_collisions`): pages, redirects, attachments, pictures, assets, share
cards, search indexes, sitegen's own files. Files that are no pages do not give way.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Literal, NamedTuple
from urllib.parse import quote

from msgspec import Struct

from sitegen.config.settings import Config, FeedFormat, RedirectFile
from sitegen.files import RESERVED
from sitegen.problems import Checked, Place, Problem, problem
from sitegen.text import caseless, unportable

PageKind = Literal[
    "home", "section", "tags", "tag", "article", "page", "search",
    "not_found", "chooser", "redirect", "redirects", "feed", "sitemap", "robots",
]  # fmt: skip


class Page(Struct, frozen=True, gc=False):
    """One file to write. Paths are addresses below the site's root, not percent-encoded, without a leading /.

    `subject`: what it shows, by kind: a card, a section, a tag, the target's path, a collection. `versions`: the
    same thing in each language that has it, for the switcher. `alternates`: real translations, self included.
    `feed`: the address whose feeds announce it. `origin`: the source to name when two pages want one address."""

    path: str
    kind: PageKind
    layout: str
    lang: str
    subject: str = ""
    collection: str = ""
    number: int = 1
    count: int = 1
    versions: tuple[tuple[str, str], ...] = ()
    alternates: tuple[tuple[str, str], ...] = ()
    x_default: str | None = None
    canonical: str | None = None
    indexable: bool = True
    feed: str | None = None
    origin: str = ""
    line: int = 0
    column: int = 0

    @property
    def output(self) -> str:
        return output_of(self.path)


class Redirect(Struct, frozen=True):
    """An old address that leads elsewhere. Paths below the root; `query`: of the old address, else it has any."""

    path: str
    target: str
    query: str = ""


def output_of(path: str) -> str:
    """The file that answers at an address on a plain static host."""
    return f"{path}index.html" if not path or path.endswith("/") else path


def prefix(config: Config, lang: str) -> str:
    """The beginning of a language's addresses."""
    return "" if config.default_language_at_root and lang == config.default_language else f"{lang}/"


def search_path(config: Config, lang: str) -> str:
    """The address of a language's search page."""
    return f"{prefix(config, lang)}search/"


def index_path(config: Config, lang: str) -> str:
    """The folder of a language's search index."""
    return f"{search_path(config, lang)}pagefind/"


@lru_cache(65_536)
def quoted(path: str) -> str:
    """A path percent-encoded (RFC 3986, section 2.1)."""
    return path if _PLAIN_PATH.fullmatch(path) else quote(path)


def list_path(first: str, number: int) -> str:
    """The address of page `number` of a list that begins at `first`."""
    return first if number == 1 else f"{first}page/{number}/"


_PLAIN_PATH = re.compile(r"[A-Za-z0-9_.~/-]*")

PAGE_SUFFIXES = (".html", ".htm", ".xml", ".php", ".asp", ".aspx", ".jsp")
"""What an old address that is a file ends with; all others are folders."""
REDIRECT_FILES: Mapping[RedirectFile, str] = {
    "netlify": "_redirects",
    "cloudflare": "_redirects",
    "apache": ".htaccess",
    "nginx": "redirects.nginx.conf",
}
FEED_TYPES: Mapping[FeedFormat, str] = {"atom": "application/atom+xml", "json": "application/feed+json"}


def feed_path(folder: str, form: FeedFormat) -> str:
    """The address of the feed of a list that lies at `folder`."""
    return f"{folder}feed.{'xml' if form == 'atom' else 'json'}"


def file_path(content_path: str) -> str:
    """The address of a file that lies beside the articles; all languages share it."""
    return f"files/{content_path}"


class _Owner(NamedTuple):
    """Who has an address: a page, or the source of a file that is none."""

    path: str
    source: str
    page: Page | None = None


def check_collisions(
    pages: Iterable[Page], files: Iterable[tuple[str, str]] = (), generated: Mapping[str, str] = {}
) -> Checked[tuple[Page, ...]]:
    """Pages that may be written, and a problem for each that wants a file another one has, or has but for case
    and normal form, since not every disk and host tells those apart. All else that is published does not give way:
    `files` under their own names, each with its source, and what is `generated`, under names with digests, so that two
    of them are the same where they meet."""
    files = tuple(files)
    table = _Table()
    problems: list[Problem] = []
    for path, source in {**dict.fromkeys(RESERVED, "sitegen"), **generated}.items():
        table.claim(path, _Owner(path, source))
    for path, source in files:
        if unportable(path):
            problems.append(problem("invalid-path", Place(source), value=path))
            continue
        other = table.claim(path, _Owner(path, source))
        if other is not None:
            problems.append(problem("duplicate-address", Place(source), address=f"/{path}", other=other.source))
    kept: list[Page] = []
    for page in sorted(pages, key=lambda page: page.kind == "redirect"):
        if unportable(page.output):
            if page.kind != "feed":  # its list, which is longer, is told
                problems.append(problem("invalid-path", Place(page.origin, page.line, page.column), value=page.path))
            continue
        owner = table.claim(page.output, _Owner(page.path, page.origin or page.path, page))
        if owner is None:
            kept.append(page)
        elif not _is_again(page, owner.page) and not _is_told_by_its_list(page, owner):
            problems.append(_collision(page, owner))
    return tuple(kept), (*problems, *_in_other_letters(kept, files))


def _in_other_letters(pages: Iterable[Page], files: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """What lies in a folder that another address has in other letters: on some disks it is one folder, and has the
    letters of either. Told of a text rather than of lists, of old addresses first of all."""
    wanted: list[list[tuple[str, Place]]] = [[], [], [], []]
    for page in pages:
        rank = 3 if page.kind == "redirect" else page.kind in ("article", "page")
        wanted[rank].append((page.output, Place(page.origin or page.path, page.line, page.column)))
    wanted[2] = [(path, Place(source)) for path, source in files]
    known: dict[str, str] = {}
    clashes: dict[str, dict[str, str]] = {"": {}}

    def clash(folder: str) -> dict[str, str]:
        if folder not in clashes:
            above = clash(folder.rpartition("/")[0])
            other = known.setdefault(caseless(folder), folder)
            clashes[folder] = above or ({"folder": folder, "other": other} if other != folder else {})
        return clashes[folder]

    for path, place in chain(*wanted):
        if words := clash(path.rpartition("/")[0]):
            yield problem("folder-in-other-letters", place, **words)


def _is_again(page: Page, other: Page | None) -> bool:
    """Whether a document has an old address in two spellings."""
    return other is not None and page.kind == other.kind == "redirect" and page.origin == other.origin


def _is_told_by_its_list(page: Page, owner: _Owner) -> bool:
    """Whether a feed would lie below what is a file, so that its list would too."""
    return (
        page.kind == "feed"
        and owner.page is not None
        and caseless(page.path).startswith(caseless(f"{owner.page.output}/"))
    )


def _collision(page: Page, owner: _Owner) -> Problem:
    other = owner.page
    place = Place(page.origin or page.path, page.line, page.column)
    if not page.origin.startswith("content/"):  # what sitegen makes can be told only at what is in its way
        place = Place(owner.source, other.line if other else 0, other.column if other else 0)
        return problem("duplicate-address", place, address=f"/{page.path}", other=f"layouts/{page.layout}")
    if page.kind == "redirect" and page.subject == owner.path:
        return problem("redirect-loop", place, address=f"/{page.path}")
    if other and other.kind == "section" and page.kind in ("article", "page"):
        return _section_text(page, other) or problem(
            "duplicate-address", place, address=f"/{page.path}", other=owner.source
        )
    if other and other.line and not page.line:
        place = Place(other.origin, other.line, other.column)
        return problem("duplicate-address", place, address=f"/{page.path}", other=page.origin or page.path)
    return problem("duplicate-address", place, address=f"/{page.path}", other=owner.source)


def _section_text(page: Page, section: Page) -> Problem | None:
    """Says that an article or page whose name is that of a folder was meant to be the folder's own text."""
    folder, _, file = page.origin.rpartition("/")
    stem, dot, suffix = file.partition(".")
    folder = folder if stem == "index" else f"{folder}/{stem}"
    if not folder.endswith(f"/{section.subject}"):
        return None
    place = Place(page.origin, page.line, page.column)
    name = f"{folder}/_index{dot}{suffix}" if section.origin.endswith("/") else None
    return problem("index-of-section", place, folder=f"{folder}/", name=name, other=section.origin)


class _Table:
    """The files of the output by their owners, and the folders in which these lie."""

    def __init__(self) -> None:
        self._files: dict[str, _Owner] = {}
        self._folders: dict[str, _Owner] = {}

    def claim(self, path: str, owner: _Owner) -> _Owner | None:
        """Give a file to an owner, unless another has it already, has a folder in its place, or a file in place of a
        folder above it: then that one."""
        name = caseless(path)
        other = self._files.get(name) or self._folders.get(name)
        fresh = [] if other else _fresh_parents(name, self._folders)
        other = other or next((self._files[parent] for parent in fresh if parent in self._files), None)
        if other is None:
            self._files[name] = owner
            self._folders |= dict.fromkeys(fresh, owner)
        return other


def _fresh_parents(name: str, known: Collection[str]) -> list[str]:
    """The folders above that are not known yet; those above one that is are known too."""
    found = []
    while (name := name.rpartition("/")[0]) and name not in known:
        found.append(name)
    return found
