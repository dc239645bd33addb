"""The author's bar: what an author wants to know of the page that is shown."""

from collections.abc import Iterator

from markupsafe import Markup
from msgspec import Struct

from .document import Document
from .findings import counted, findings
from .fragments import fragment
from .languages import Language
from .latest import State, moment_of
from .problems import Problem, errors
from .routes import Page, quoted
from .site import Site
from .translations import Version, detail, status_words, versions_of
from .wording import Words


class Tongue(Struct, frozen=True):
    """A language of the page that is shown. `status` is empty where a page is no text, such as a list."""

    code: str
    name: str
    href: str
    current: bool
    status: str = ""
    word: str = ""
    detail: str = ""


class Mark(Struct, frozen=True):
    """What an author should know of the page itself."""

    status: str
    text: str


def bar(state: State, page: Page | None, base: str) -> Markup:
    """The bar below a page; `base`: the address below which the site is served."""
    site, words = state.site, state.words
    tongues: tuple[Tongue, ...] = ()
    marks: tuple[Mark, ...] = ()
    source = ""
    if site is not None and page is not None:
        document = _document(site, page)
        source = _source(site, page, document)
        shown = versions_of(site, document, moment_of(state, site)) if document else ()
        tongues = tuple(_tongues(site, page, shown, base, words))
        marks = tuple(_marks(site, page, document, shown, words))
    own = tuple(found for found in state.problems if page is not None and found.place.path in _parts(page, source))
    return fragment(
        "bar.html", words, base=base, marks=marks, tongues=tongues,
        source=source if source and (state.root / source).is_file() else "",
        findings=findings(state.root, own, words), own=_count(own, words), all=_count(state.problems, words),
        wrong=bool(errors(state.problems)), own_wrong=bool(errors(own)), failed=state.failed,
    )  # fmt: skip


def _count(problems: tuple[Problem, ...], words: Words) -> str:
    return counted(problems, words) if problems else ""


def _document(site: Site, page: Page) -> Document | None:
    """What is shown; None where the page is a list without a text."""
    if page.kind in ("article", "page"):
        return site.documents.get(site.edition.cards[page.subject].document)
    if page.kind in ("home", "section"):
        section = site.edition.sections.get(page.subject, {}).get(page.lang)
        return site.documents.get(section.document) if section else None
    return None


def _source(site: Site, page: Page, document: Document | None) -> str:
    """The file that an author would open to change this page."""
    return document.path if document else page.origin


def _parts(page: Page, source: str) -> tuple[str, ...]:
    return source, f"layouts/{page.layout}"


def _tongues(site: Site, page: Page, shown: tuple[Version, ...], base: str, words: Words) -> Iterator[Tongue]:
    """Each language of the site, with the address of the page in it."""
    names, author = status_words(words), Language(site.config, words.lang)
    addresses, by_lang = dict(page.versions), {version.lang: version for version in shown}
    for code in site.config.languages:
        version = by_lang.get(code)
        address = addresses.get(code, version.address if version else None)
        status = version.status if version else "" if address is not None else "missing"
        yield Tongue(
            code,
            Language(site.config, code).name,
            "" if address is None else base + quoted(address),
            code == page.lang,
            status,
            names[status] if status else "",
            detail(version, words, author) if version else "",
        )


def _marks(
    site: Site, page: Page, document: Document | None, shown: tuple[Version, ...], words: Words
) -> Iterator[Mark]:
    if document is None:
        return
    names, author = status_words(words), Language(site.config, words.lang)
    version = next(version for version in shown if version.lang == document.lang)
    if document.lang != page.lang:
        name = Language(site.config, document.lang).name
        yield Mark("missing", words.say("Not translated; shown in {language}", language=name))
    if version.status not in ("published", "missing"):
        more = detail(version, words, author)
        yield Mark(version.status, f"{names[version.status]} · {more}" if more else names[version.status])
    if version.status in ("published", "stale") and document.meta.expires:
        yield Mark("expired", words.say("out until {date}", date=author.moment(document.meta.expires)))
