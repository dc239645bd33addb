"""The rules of a site as one list, whatever serves it: headers by path, old addresses, what is gone, pages for what is
missing.

A later rule for headers beats an earlier one. Paths are below the site's root, not percent-encoded.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from sitegen.config.addresses import host_of
from sitegen.config.media_types import BY_SUFFIX, content_type, suffix_of
from sitegen.config.targets import TargetSettings
from sitegen.problems import Place, Problem, problem
from sitegen.publish.release import own_path
from sitegen.site.urls import PAGE_SUFFIXES, Redirect, output_of, quoted
from sitegen.text import unportable

from .page_policy import LOOSE, PASSIVE, PagePolicy, is_own, page_policy

if TYPE_CHECKING:
    from sitegen.site.model import Site

POLICY, CACHE = "Content-Security-Policy", "Cache-Control"
FOR_EVER, ASK, NEVER = "public, max-age=31536000, immutable", "public, max-age=0, must-revalidate", "no-store"
"""How long browsers may keep what never changes under its name (RFC 8246), what may change, what is not there."""
_FINGERPRINTED = ("assets/", "pictures/", "cards/", "drawn/")
"""Folders of files that have digests in their names, unless a section goes by the same name."""
_SEARCH = ("pf_fragment", "pf_index", "pf_meta")
"""What an index is made of, with digests in the names too."""

MANY = 1_000
"""Redirects that Apache reads in 1.7 ms for each request; 10,000 take 23 ms."""


class HeaderRule(Struct, frozen=True):
    """Headers of the files that `pattern` names: all (*), those of a folder (assets/*), those that end alike (*.svg),
    or one. An empty value takes back what an earlier rule says."""

    pattern: str
    headers: Mapping[str, str]

    def is_of(self, path: str) -> bool:
        if self.pattern.endswith("*"):
            return path.startswith(self.pattern[:-1])
        return path.endswith(self.pattern[1:]) if self.pattern.startswith("*") else path == self.pattern


class Rules(Struct, frozen=True):
    """`base`: the sub-path of the site, percent-encoded, with / at both ends; `domain`: of its address; `types`:
    Content-Type by suffix; `redirects`: first those with a query; `not_found`: folders, the deepest first, and the page
    for what is missing there; `own`: host files that the site itself has; `remarks`: what should be said of the list.
    """

    base: str
    domain: str
    headers: tuple[HeaderRule, ...]
    types: Mapping[str, str]
    redirects: tuple[Redirect, ...] = ()
    gone: tuple[str, ...] = ()
    not_found: tuple[tuple[str, str], ...] = ()
    own: frozenset[str] = frozenset()
    remarks: tuple[Problem, ...] = ()

    def url(self, path: str) -> str:
        return self.base + quoted(path)

    def headers_of(self, path: str) -> dict[str, str]:
        """All that is sent with a file, by its path; of what is missing, with the page that says so."""
        kind = self.types.get(suffix_of(path))
        found = {"Content-Type": kind} if kind else {}
        for rule in self.headers:
            if rule.is_of(path):
                found |= rule.headers
        return {name: value for name, value in found.items() if value}


def has_page(redirect: Redirect) -> bool:
    """Whether a page leads on from an old address."""
    return not redirect.query and unportable(output_of(redirect.path)) in (None, "path")


def with_few_redirects(rules: Rules, many: int = MANY) -> Rules:
    """For a server that reads its file at each request: of very many old addresses, those that no page can answer."""
    few = tuple(redirect for redirect in rules.redirects if not has_page(redirect))
    return rules if len(rules.redirects) <= many else replace(rules, redirects=few)


def make_rules(
    site: "Site",
    target: TargetSettings,
    paths: Collection[str],
    gone: Iterable[str] = (),
    problems: Iterable[Problem] = (),
) -> Rules:
    """`paths`: of all files that are published; `gone`: addresses as settings have them; `problems`: of the build."""
    config, policy = site.config, page_policy(site, problems)
    remarks = []
    if policy.brought_by and POLICY.lower() not in map(str.lower, target.headers):
        remarks.append(problem("weak-policy", Place(policy.brought_by), file=policy.brought_by))
    missing = (page.output for page in site.pages.values() if page.kind == "not_found")
    return Rules(
        base=config.base_path,
        domain=host_of(config.base_url) or "",
        headers=tuple(_with_own(_header_rules(site, target, policy, paths), target.headers)),
        types={suffix: content_type(f"a.{suffix}") for suffix in sorted({*map(suffix_of, paths)} - {""})},
        redirects=site.redirects,
        gone=tuple(sorted({_gone(path) for text in gone if (path := own_path(text, config.base_url)) is not None})),
        not_found=tuple(sorted(((path.removesuffix("404.html"), path) for path in missing), reverse=True)),
        own=frozenset(_own_files(site)),
        remarks=tuple(remarks),
    )


def _gone(path: str) -> str:
    """An address that is no file's is that of a folder, however it is written."""
    path = path.removesuffix("index.html") if path.rpartition("/")[2] == "index.html" else path
    suffix = suffix_of(path)
    is_file = path.endswith("/") or not path or suffix in BY_SUFFIX or f".{suffix}" in PAGE_SUFFIXES
    return path if is_file else f"{path}/"


def _header_rules(
    site: "Site", target: TargetSettings, policy: PagePolicy, paths: Collection[str]
) -> Iterator[HeaderRule]:
    is_loose = bool(policy.brought_by)
    general = {
        POLICY: policy.pages,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "browsing-topics=()" if is_loose else _NO_DEVICES,
        "Cross-Origin-Opener-Policy": "same-origin-allow-popups" if is_loose else "same-origin",
        CACHE: ASK,
    }
    if target.hsts and site.config.base_url.startswith("https:"):
        general["Strict-Transport-Security"] = "max-age=31536000"
    if target.noindex:
        general["X-Robots-Tag"] = "noindex"
    yield HeaderRule("*", general)
    root_files = [name[1:] for name in site.media.files if name.startswith("/")]
    yield HeaderRule("files/*", {POLICY: ""})
    own_pages = (path for path in paths if suffix_of(path) in ("html", "htm", "xhtml") and path not in site.pages)
    yield from (HeaderRule(path, {POLICY: LOOSE}) for path in sorted(own_pages))
    stable = {folder for folder in _FINGERPRINTED if any(path.startswith(folder) for path in paths)}
    others = (*site.pages, *root_files)
    for folder in sorted(stable - {f"{path.partition('/')[0]}/" for path in others}):
        yield HeaderRule(f"{folder}*", {CACHE: FOR_EVER, POLICY: ""})
    suffixes = {*map(suffix_of, paths)}
    yield from (HeaderRule(f"*.{suffix}", {CACHE: FOR_EVER}) for suffix in _SEARCH if suffix in suffixes)
    passive = ("svg",) if is_loose else ("svg", "xml")
    yield from (HeaderRule(f"*.{suffix}", {POLICY: PASSIVE}) for suffix in passive if suffix in suffixes)
    for output, page in site.pages.items():
        if page.kind == "search" and policy.search != policy.pages:
            yield HeaderRule(output, {POLICY: policy.search})
        elif page.kind == "not_found":
            yield HeaderRule(output, {CACHE: NEVER})


_NO_DEVICES = ", ".join(
    f"{name}=()"
    for name in ("browsing-topics", "camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)


def _with_own(rules: Iterable[HeaderRule], own: Mapping[str, str]) -> Iterator[HeaderRule]:
    """The site's own headers hold everywhere; what is kept for ever, or not at all, stays so."""
    taken = {name.lower() for name in own}
    for number, rule in enumerate(rules):
        kept = {
            name: value
            for name, value in rule.headers.items()
            if name.lower() not in taken or (name == CACHE and number)
        }
        headers = kept if number else kept | {name: value for name, value in own.items() if value}
        if headers or not number:
            yield HeaderRule(rule.pattern, headers)


def _own_files(site: "Site") -> Iterator[str]:
    """What the site itself says to hosts: in assets/root/, and by layouts of its own."""
    yield from (name[1:] for name in site.media.files if name.startswith("/"))
    yield from (page.output for page in site.pages.values() if page.kind == "redirects" and is_own(site, page.layout))
