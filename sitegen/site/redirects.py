"""Old addresses: aliases in front matter → pages that redirect, and rules for hosts that can do more than pages."""

from collections.abc import Iterable, Sequence
from posixpath import splitext

from msgspec import Struct

from sitegen.config.addresses import has_scheme, is_in_full, own_address
from sitegen.config.settings import Config
from sitegen.files import join
from sitegen.problems import Checked, Place, Problem, problem
from sitegen.text import CONTROLS, unportable

from .document import Document
from .edition import Edition
from .front_matter import many
from .urls import PAGE_SUFFIXES, Page, Redirect, output_of


class Alias(Struct, frozen=True):
    """An old address of a document. `path`: below the root; `query`: what it must have after ?. For that only rules can
    look, and for a path that is not `portable`."""

    document: str
    lang: str
    place: Place
    path: str
    query: str
    portable: bool = True

    @property
    def has_page(self) -> bool:
        return self.portable and not self.query


def read_aliases(
    config: Config, documents: Iterable[Document], hosts: Iterable[str] = ()
) -> Checked[tuple[Alias, ...]]:
    """The aliases of all documents, and what is wrong with them. `hosts`: on which the site is published."""
    hosts = (*config.redirect_files, *filter(None, hosts))
    aliases: list[Alias] = []
    problems: list[Problem] = []
    for document in documents:
        for index, text in enumerate(many(document.meta.aliases)):
            mark = f"aliases.{index}" if f"aliases.{index}" in document.marks else "aliases"
            alias = _read_alias(text, document, document.place(mark), config)
            if isinstance(alias, Problem):
                problems.append(alias)
                continue
            aliases.append(alias)
            if alias.has_page or any(_has_rule(alias, host) for host in hosts):
                continue
            if alias.portable:
                problems.append(problem("alias-with-query", alias.place, value=text, query=alias.query))
            else:
                problems.append(problem("unportable-alias", alias.place, value=text))
    return tuple(aliases), tuple(problems)


def _read_alias(text: str, document: Document, place: Place, config: Config) -> Alias | Problem:
    if CONTROLS.search(text) or "\\" in text:
        return problem("invalid-path", place, value=text)
    full = f"{config.origin}{text}" if text.startswith(config.base_path) else text
    own = own_address(full, config.base_url) or (
        None if is_in_full(full) else own_address(f"//{text}", config.base_url)
    )
    if own is None and not is_in_full(text) and not has_scheme(text) and not text.startswith("www."):
        own = own_address(f"/{text}", config.base_url)
    if own is None:
        return problem("foreign-alias", place, value=text, site=config.base_url)
    if own.fragment:
        return problem("alias-with-fragment", place, value=text, nearest=text.partition("#")[0] or None)
    path = join("", own.path)
    if path is None:
        return problem("climbs-out", place, target=text)
    if CONTROLS.search(path):
        return problem("invalid-path", place, value=text)
    is_file = not path or splitext(path)[1].lower() in PAGE_SUFFIXES
    path = path if is_file else f"{path}/"
    is_portable = unportable(output_of(path)) in (None, "path")  # of the latter `check_collisions` tells
    return Alias(document.path, document.lang, place, path, own.query, is_portable)


def _has_rule(alias: Alias, host: str) -> bool:
    """Whether a host's rules can look for an alias; Netlify's have a use for signs in paths, and know parameters with a
    value only; others know none."""
    if host in ("iis", "github"):
        return False
    if host in ("cloudflare", "gitlab", "codeberg"):
        return not alias.query
    return host != "netlify" or (alias.portable and all("=" in parameter for parameter in alias.query.split("&")))


def plan_redirects(aliases: Sequence[Alias], edition: Edition) -> tuple[list[Page], Checked[tuple[Redirect, ...]]]:
    """Of what is out: a page for each old address, and rules for those which no page can answer."""
    targets = _targets(edition) if aliases else {}
    pages: list[Page] = []
    rules: dict[tuple[str, str], tuple[Alias, Redirect]] = {}
    problems: list[Problem] = []
    for alias in aliases:
        target, place = targets.get(alias.document), alias.place
        if target is None:
            continue
        if alias.has_page:
            pages.append(
                Page(alias.path, "redirect", "redirect.html", alias.lang, target, canonical=target, indexable=False,
                     origin=alias.document, line=place.line, column=place.column)
            )  # fmt: skip
            continue
        rule = Redirect(alias.path, target, alias.query)
        owner, known = rules.setdefault((alias.path, alias.query), (alias, rule))
        if known.target != target:
            address = f"/{alias.path}?{alias.query}".rstrip("?")
            problems.append(problem("duplicate-address", place, address=address, other=owner.document))
    return pages, (tuple(rule for _, rule in rules.values()), tuple(problems))


def _targets(edition: Edition) -> dict[str, str]:
    """The address of each document that is out, by its path."""
    targets = {card.document: card.path for card in edition.cards.values() if card.id == card.document}
    sections = (section for by_lang in edition.sections.values() for section in by_lang.values())
    return targets | {section.document: section.path for section in sections if section.document}
