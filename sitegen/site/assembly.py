"""Everything that was read → one site, with each problem that shows only when all of it is together."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from msgspec.structs import asdict, replace

from sitegen.config.paths import check_folders, check_names, check_unread
from sitegen.config.registries import in_order
from sitegen.config.settings import Config
from sitegen.problems import Checked, Place, Problem, problem

from .document import Document, as_if_mended, require_dates, shown_and_offered
from .edition import Edition, ListName, collect
from .front_matter import Moments
from .links import Addresses, check_links
from .media import File, Media, file_states, path_of_file, published
from .menus import make_menus
from .model import Inputs, Layout, Site, SitemapEntry, missing_layout
from .pages import is_findable, is_in_sitemap, plan
from .parts import CARDS, card_names, share_card_of
from .redirects import plan_redirects, read_aliases
from .urls import Page, Redirect, check_collisions, index_path


def assemble(
    given: Inputs, documents: Mapping[str, Document], files: Mapping[str, File], moments: Moments
) -> Checked[Site]:
    """Arrange everything; problems leave out the part that has them. `files`: pictures, attachments and those of
    assets/root/, by name. What would be wrong once the clock has moved on is a problem now, while someone is here to
    mend it; so is what would be once what is broken has been mended."""
    dated, lacking = require_dates(documents, moments)
    site, problems = _arrange(given, dated, files, moments)
    checked, mended = site, as_if_mended(dated)
    if mended is not dated:
        checked, problems = _arrange(given, mended, files, moments)
    waiting = {path for path, state in checked.edition.hidden.items() if state == "scheduled"}
    known = {_identity(found) for found in (*lacking, *problems)}
    coming: dict[object, Problem] = {}
    for now in _moments_to_come(mended.values(), moments):
        then = replace(moments, now=now)
        for found in (*require_dates(documents, then)[1], *_arrange(given, mended, files, then)[1]):
            if found.severity == "error" or found.place.path in waiting:
                coming.setdefault(_identity(found), found)
    names = check_names(given.contents, given.config.languages, given.config.default_language)
    later = (found for key, found in coming.items() if key not in known)
    folders = check_folders(given.contents, given.config.languages)
    return site, (*names, *folders, *_unread(given, documents), *lacking, *problems, *later)


def _identity(found: Problem) -> object:
    return found.place, found.code, *found.arguments.items()


_NEAR = 24
"""So many of the next moments are looked at, and then as few as show everything: a site is arranged anew for each."""


def _moments_to_come(documents: Iterable[Document], moments: Moments) -> list[datetime]:
    """When something comes out: the next times, and later ones by which all has been out once; and when the last has
    gone that ever will."""
    out = [document.times for document in documents if not document.broken]
    waiting = {(one.end or _NEVER, one.start) for one in out if one.start and one.state(moments) == "scheduled"}
    starts = sorted({start for _, start in waiting})
    chosen = starts[:_NEAR]
    for end, start in sorted(waiting):
        if chosen[-1] < start < end:
            chosen.append(starts[bisect_left(starts, end) - 1])
    end = max((one.end for one in out if one.end and one.state(moments) != "draft"), default=moments.now)
    return sorted({*chosen, end} if end > moments.now else chosen)


_NEVER = datetime.max.replace(tzinfo=UTC)


def _arrange(
    given: Inputs, documents: Mapping[str, Document], files: Mapping[str, File], moments: Moments
) -> Checked[Site]:
    config = given.config
    edition, edition_problems = collect(config, tuple(documents.values()), given.registry, moments)
    aliases, alias_problems = read_aliases(config, documents.values(), given.hosts)
    redirects, (rules, rule_problems) = plan_redirects(aliases, edition)
    pages = plan(config, edition, given.registry, documents, redirects)
    pages, layout_problems = _known_layouts(pages, documents, given.layouts)
    states = file_states(documents.values(), edition, given.present, moments)
    media = published(documents.values(), edition, files, states, config.attachment_types, config.pictures)
    copies = [(media.files[name].path, path_of_file(name)) for name in media.copies]
    pages, collisions = check_collisions(pages, copies, _generated(pages, given, media, edition))
    paths = {page.path for page in pages} | {asset.path for asset in given.assets.values()} | media.paths
    addresses = Addresses(paths, config)
    menus, menu_problems = make_menus(given, documents, edition, addresses)
    site = Site(
        **asdict(given),
        documents=documents,
        edition=edition,
        pages={page.output: page for page in pages},
        media=media,
        topics={
            lang: tuple(
                tag
                for tag in in_order(given.registry, lang, config)
                if str(ListName(lang, "tag", tag)) in edition.collections
            )
            for lang in config.languages
        },
        menus=menus,
        redirects=(*rules, *(Redirect(page.path, page.subject) for page in pages if page.kind == "redirect")),
        sitemaps=_sitemaps(pages),
        searchable=_searchable(config, pages) if given.indexer else (),
    )
    return site, (
        *edition_problems,
        *layout_problems,
        *alias_problems,
        *rule_problems,
        *collisions,
        *_shared_ids(pages, documents, edition, given.layouts),
        *menu_problems,
        *check_links(documents, config, edition, states, given.contents, addresses),
    )


def _shared_ids(
    pages: Iterable[Page], documents: Mapping[str, Document], edition: Edition, layouts: Mapping[str, Layout]
) -> Iterable[Problem]:
    """Ids that a layout and a text give on one page."""
    found: dict[Place, Problem] = {}
    for page in pages:
        ids = layouts[page.layout].ids if page.layout in layouts else ()
        card, section = edition.cards.get(page.subject), edition.sections.get(page.subject, {}).get(page.lang)
        document = documents.get(card.document if card else section.document if section else "") if ids else None
        for name, path, line in ids if document else ():
            if document and name in document.anchors:
                place = Place(path, line, 1)
                found.setdefault(place, problem("shared-id", place, value=name, other=document.path))
    return found.values()


def _unread(given: Inputs, documents: Mapping[str, Document]) -> Iterable[Problem]:
    """Nothing where some document could not be read, which may offer any of them."""
    is_all_read = len(documents) == len(given.contents) and all(document.digest for document in documents.values())
    if not given.present or not is_all_read:
        return ()
    offered = set[str]().union(*shown_and_offered(documents.values()))
    return check_unread(given.present, offered, given.contents, given.config.languages)


def _generated(pages: Iterable[Page], given: Inputs, media: Media, edition: Edition) -> dict[str, str]:
    """What is published under names with digests, with its source, as far as it lies in a folder where pages or
    files of assets/root/ are; of search indexes the whole folder."""
    rooted = (name[1:] for name in media.copies if name.startswith("/"))
    tops = {path.partition("/")[0].casefold() for path in (*(page.output for page in pages), *rooted)}
    made = {asset.path: f"assets/{asset.name}" for asset in given.assets.values()}
    made |= {file.path: file.reads[0][0] for file in media.derived}
    if CARDS in tops:
        names = card_names(edition, given.config)
        made |= {card.path: name for name in names if (card := share_card_of(given, edition, name))}
    if given.indexer and given.config.search:
        made |= {index_path(given.config, lang).rstrip("/"): "search" for lang in given.config.languages}
    return {path: source for path, source in made.items() if path.partition("/")[0].casefold() in tops}


def _known_layouts(
    pages: tuple[Page, ...], documents: Mapping[str, Document], layouts: Mapping[str, Layout]
) -> tuple[tuple[Page, ...], list[Problem]]:
    problems = []
    for page in pages:
        if page.layout not in layouts:
            document = documents.get(page.origin)
            place = document.place("layout") if document and document.meta.layout else Place(f"layouts/{page.layout}")
            code = "unknown-layout" if document and document.meta.layout else "missing-layout"
            problems.append(missing_layout(page.layout, place, layouts, code))
    return tuple(page for page in pages if page.layout in layouts), problems


def _searchable(config: Config, pages: tuple[Page, ...]) -> tuple[str, ...]:
    found = {page.lang for page in pages if is_findable(page)} if config.search else ()
    return tuple(lang for lang in config.languages if lang in found)


def _sitemaps(pages: tuple[Page, ...]) -> dict[str, tuple[SitemapEntry, ...]]:
    maps = [page for page in pages if page.kind == "sitemap"]
    entries = tuple(
        SitemapEntry(
            page.path, page.alternates, page.x_default, page.subject if page.kind in ("article", "page") else ""
        )
        for page in pages
        if is_in_sitemap(page)
    )
    if len(maps) == 1:
        return {"0": entries}
    size = -(-len(entries) // max(1, len(maps) - 1))
    return {str(page.number): entries[(page.number - 1) * size : page.number * size] for page in maps if page.number}
