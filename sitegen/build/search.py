"""Search indexes, one for each language, made again where what readers may find has changed.

An index is kept while the digests of its documents, or else the texts in them, are what they were; what the store does
not have either is made by Pagefind. The store is .sitegen/search/, for builds and previews alike.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sitegen.cache.file_state import Made
from sitegen.cache.store import Store
from sitegen.files import SETTINGS, digest
from sitegen.i18n.languages import Language
from sitegen.problems import Checked, Place, problem
from sitegen.render.view import Bodies
from sitegen.site.model import Site
from sitegen.site.pages import is_findable
from sitegen.site.urls import Page, index_path, quoted
from sitegen.text import unportable
from sitegen.versions import installed_pagefind

from .output import Output
from .parallel import Work, carry_out
from .run import Run, Workers

if TYPE_CHECKING:
    from .pagefind import Entry


class Index(Struct, frozen=True):
    """What is remembered of a language's index: the digest of its sources, its key in the store, made of the texts in
    them, and the digests of its files."""

    sources: str
    key: str
    files: dict[str, str]


class Indexes(Struct, frozen=True):
    """The indexes by language, as the output has them or will. `staged`: files that were made; `current`: whether all
    of them say what the pages say."""

    known: dict[str, Index]
    staged: dict[str, Made]
    current: bool

    @property
    def files(self) -> set[str]:
        return {path for index in self.known.values() for path in index.files}


def make_search_indexes(run: Run, site: Site, languages: Mapping[str, Language], bodies: Bodies) -> Indexes:
    """Make the indexes whose texts have changed and keep the others; all that there are, where none are asked for."""
    program, output, make = installed_pagefind(), run.output, run.options.index
    known, report = run.cache.load("search", dict[str, Index]) or {}, run.progress("index")
    found: dict[str, Index] = {}
    staged: dict[str, Made] = {}
    current = True
    if site.config.search and make and program is None:
        run.log.note(problem("no-pagefind", Place(SETTINGS)))
    for done, lang in enumerate(site.searchable):
        index, sources = _intact(known.get(lang), output), _sources(site, lang, program)
        if make and (index is None or index.sources != sources):
            entries, unread = find_entries(site, languages[lang], bodies, run.options.workers)
            run.log.note(*unread)
            key = index_key(entries)
            if unread:
                index = None
            elif index and index.key == key:
                index = Index(sources, key, index.files)
            else:
                report(done, len(site.searchable))
                made = run.log.take(search_index(run.indexes, key, lang, entries))
                files = {index_path(site.config, lang) + path: data for path, data in made.items()}
                digests = {path: digest(data) for path, data in files.items()}
                lacking = (path for path, name in digests.items() if output.intact_digest(path) != name)
                staged |= {path: output.stage(path, files[path]) for path in lacking}
                index = Index(sources, key, digests) if files else None
        if index:
            found[lang] = index
        current = current and index is not None and index.sources == sources
    if staged:
        run.indexes.keep_only({index.key for index in found.values()})
    run.watch.lap("index")
    return Indexes(found, staged, current)


def search_index(store: Store, key: str, lang: str, entries: "Sequence[Entry]") -> Checked[dict[str, bytes]]:
    """The files of a language's index, by path below it: from the store, else made now and kept there by its key."""
    from .pagefind import make_index  # noqa: PLC0415 - few builds make one

    kept = store.load(key, dict[str, bytes])
    if kept is not None and not any(map(unportable, kept)):
        return kept, ()
    files, problems = make_index(lang, entries)
    if files:
        store.save(key, files)
    return files, problems


def index_key(entries: "Sequence[Entry]") -> str:
    """Changes with all that the files of an index are made from."""
    return _digest((installed_pagefind(), entries))


def find_entries(site: Site, language: Language, bodies: Bodies, workers: Workers) -> "Checked[tuple[Entry, ...]]":
    """What readers of a language may find, newest first."""

    def read(_: None, page: Page) -> "Checked[Entry | None]":
        from .pagefind import Entry, plain_text  # noqa: PLC0415

        card = site.edition.cards[page.subject]
        entry = Entry(
            url=site.config.base_path + quoted(page.path),
            title=site.teasers[card.document].title,
            text=plain_text(bodies[card.document]),
            date=f"{language.day(card.date)} {language.date(card.date)}" if card.date else "",
            topics=tuple(site.config.text(site.registry.tags[tag].name, page.lang) for tag in card.tags),
        )
        return entry, ()

    work = Work(read, lambda page: site.edition.cards[page.subject].document, lambda _, page, found: (None, (found,)))
    here = replace(workers, jobs=1, cluster=None, careful=False)
    read_pages = [*carry_out(work, None, _pages(site, language.code), here, lambda done, total: None)]
    entries = filter(None, (entry for entry, _ in read_pages))
    ordered = sorted(entries, key=lambda entry: (entry.date.split()[:1], entry.url), reverse=True)
    return tuple(ordered), tuple(found for _, problems in read_pages for found in problems)


def _pages(site: Site, lang: str) -> list[Page]:
    return [page for page in site.pages.values() if page.lang == lang and is_findable(page)]


def _intact(index: Index | None, output: Output) -> Index | None:
    """An index whose files are as they were left."""
    return index if index and all(output.intact_digest(path) == name for path, name in index.files.items()) else None


def _sources(site: Site, lang: str, program: str | None) -> str:
    """The digest of all that entries are made from, without a look at the texts."""
    cards, digests = site.edition.cards, site.digests
    pages = [(page.path, digests[cards[page.subject].document]) for page in _pages(site, lang)]
    return _digest((program, site.config, site.registry.tags, pages))


def _digest(value: object) -> str:
    return digest(_ENCODER.encode(value))


_ENCODER = msgspec.msgpack.Encoder()
