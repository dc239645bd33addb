"""A release: the files of a build as readers get them, and the addresses that they may have noted."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from sitegen.config.addresses import is_in_full, own_address
from sitegen.files import RESERVED, digest, is_content

from .targets.target import STATE

if TYPE_CHECKING:
    from sitegen.site.urls import Page


HOST_FILES = frozenset(
    {".htaccess", "web.config", "_headers", "_redirects", "CNAME", ".nojekyll", ".domains", ".gitlab-ci.yml"}
)
"""What hosts read, and no reader, also where the site itself has it in assets/root/."""


class Served(Struct, frozen=True, gc=False, array_like=True):
    """A file. `digest` and `size`: of its bytes; `headers`: a digest of those that the target sends with this very
    file, where it does."""

    digest: str
    size: int
    headers: str = ""


class Release(Struct, frozen=True):
    """What a site is to be for its readers. `site`: its id; `address`: in full, with a final /; `files`: by path below
    the root; `promised`: files whose addresses readers may have noted (pages but later pages of lists, redirects,
    feeds, attachments), each with a digest of what it comes from (`origin_digest`); `redirects`: which of them lead
    elsewhere; `rules`: which files are for the host alone; `gone`: addresses that are meant to answer no more, below
    the root."""

    site: str
    address: str
    files: Mapping[str, Served]
    promised: Mapping[str, str]
    redirects: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


Role = Literal["page", "asset", "attachment", "search", "feed", "rule"]
"""What a file is for. Those of a search index, and feeds with the site map and robots.txt, have words of their own."""


def release_of(
    site: str, address: str, built: Mapping[str, Served], pages: Iterable["Page"], rules: Mapping[str, bytes],
    gone: Iterable[str],
) -> Release:  # fmt: skip
    """The release of a build. `built`: its files as its manifest names them; `pages`: of its site; `rules`: files for
    the host by path, in place of what the build has there; `gone`: addresses as authors write them."""
    made = {path: Served(digest(data), len(data)) for path, data in rules.items()}
    files = {path: served for path, served in {**built, **made}.items() if not _is_own(path)}
    pages = [page for page in pages if page.output in files]
    redirects = frozenset(page.output for page in pages if page.kind == "redirect")
    host = frozenset(page.output for page in pages if page.kind == "redirects")
    host |= files.keys() & (made.keys() | HOST_FILES)
    known = {page.output for page in pages}
    promised = dict(_pages_promised(pages))
    for path in files.keys() - known:
        if role_of(path, redirects, host) in ("page", "attachment"):
            promised[path] = origin_digest(source_of(path))
    return Release(
        site, address, files, {path: promised[path] for path in sorted(promised)}, redirects, host,
        frozenset(path for path in (own_path(text, address) for text in gone) if path is not None),
    )  # fmt: skip


def _pages_promised(pages: Iterable["Page"]) -> Iterator[tuple[str, str]]:
    """Later pages of a list come and go with what it holds, and nobody goes to a 404 page."""
    by_path = {page.path: page for page in pages}
    for page in by_path.values():
        if page.number > 1 or page.kind in ("not_found", "redirects", "sitemap", "robots"):
            continue
        listed = by_path.get(page.canonical or "") if page.kind == "feed" else None
        yield page.output, origin_digest(_origin(listed or page, is_feed=listed is not None))


def _origin(page: "Page", *, is_feed: bool) -> str:
    """What a page comes from: a text, or else what it lists, in its language. Feeds have no text of their own."""
    if page.kind == "section" and (is_feed or not is_content(page.origin)):
        return section_origin(page.subject, page.lang)
    return page.origin if is_content(page.origin) else list_origin(page.origin, page.subject, page.lang)


def section_origin(key: str, lang: str) -> str:
    return list_origin(f"content/{key}/", key, lang)


def list_origin(origin: str, subject: str, lang: str) -> str:
    return f"{origin} {subject} {lang}"


def source_of(path: str) -> str:
    """The source of a file that is published as it is."""
    return f"content/{path[6:]}" if path.startswith("files/") else f"assets/root/{path}"


def origin_digest(origin: str) -> str:
    """Tells whether two addresses come from one source; what is on a host names no source."""
    return digest(origin.encode("utf-8", "surrogatepass"))[:12]


TRIALS = (".sitegen-try-", "sitegen-try-")
"""Beginnings of the folders in which files for the host are tried: some hosts show none that begins with a point."""


def leftovers(paths: Iterable[str]) -> list[str]:
    """Files of trials that were cut off, among those that a host lists."""
    return [path for path in paths if path.startswith(TRIALS) and path.count("/") == 1]


def _is_own(path: str) -> bool:
    """Whether a path has a meaning of its own, in the output or on the host."""
    return path.partition("/")[0] in (*RESERVED, STATE)


def own_path(text: str, address: str) -> str | None:
    """The path below the site's root of an address as authors write it: in full, with or without the folders of the
    root; None where it is none of this site."""
    own = own_address(text if text.startswith("/") or is_in_full(text) else f"/{text}", address)
    if own is None:
        return None
    base = "/".join(address.split("/")[3:])
    is_with_base = base and not is_in_full(text) and own.path.startswith(base)
    return own.path.removeprefix(base) if is_with_base else own.path


def address_of(path: str) -> str:
    """The address at which a file answers, below the root with a / before it."""
    return f"/{path.removesuffix('index.html') if path.rpartition('/')[2] == 'index.html' else path}"


def role_of(path: str, redirects: frozenset[str] = frozenset(), rules: frozenset[str] = frozenset()) -> Role:
    """What a file is for, which its path tells."""
    if path in rules:
        return "rule"
    if path in redirects:
        return "page"
    folder, slash, name = path.partition("/")
    if slash and folder == "files":
        return "attachment"
    if slash and folder in ("assets", "pictures", "cards", "drawn"):
        return "asset"
    if _SEARCH.search(path):
        return "search"
    name = path.rpartition("/")[2]
    if _FEED.fullmatch(name):
        return "feed"
    return "page" if name.endswith((".html", ".htm")) else "attachment"


def is_fingerprinted(path: str) -> bool:
    """Whether a file's name changes with what is in it, so that it never changes itself."""
    role = role_of(path)
    return (role == "asset" and _ASSET.search(path) is not None) or (
        role == "search" and path.endswith((".pf_meta", ".pf_index", ".pf_fragment"))
    )


_SEARCH = re.compile(r"(?:^|/)search/pagefind/")
_FEED = re.compile(r"feed\.(?:xml|json)|sitemap(?:-\d+)?\.xml|robots\.txt")
_ASSET = re.compile(r"\.[0-9a-f]{10}(?:-\d+)?(?:\.[^./]*)?\Z")
