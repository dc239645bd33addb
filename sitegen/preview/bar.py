"""The author's bar: what an author wants to know of the page that is shown."""

from collections.abc import Iterator

from markupsafe import Markup
from msgspec import Struct

from sitegen.config.settings import language_of
from sitegen.i18n.messages import Words
from sitegen.problems import errors
from sitegen.site.document import Document
from sitegen.site.model import Site
from sitegen.site.urls import Page, quoted
from sitegen.translation.states import Version, detail, status_words, versions_of

from .fragments import fragment
from .latest import State, moment_of
from .problem_list import counted, findings


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
    """What an author should know of the page itself. `note`: what its state in this language does not say."""

    status: str
    text: str
    note: bool = False


def bar(state: State, page: Page | None, base: str) -> Markup:
    """The bar below a page; `base`: the address below which the site is served."""
    site, words = state.site, state.words
    shown: tuple[Version, ...] = ()
    tongues: tuple[Tongue, ...] = ()
    marks: tuple[Mark, ...] = ()
    source = layout = ""
    if site is not None and page is not None:
        document = _document(site, page)
        source, layout = document.path if document else page.origin, f"layouts/{page.layout}"
        shown = versions_of(site, document, moment_of(state, site)) if document else ()
        tongues = tuple(_tongues(site, page, shown, base, words))
        marks = tuple(_marks(site, page, document, shown, words)) if document else ()
    own = tuple(found for found in state.problems if layout and found.place.path in (source, layout))
    return fragment(
        "bar.html", words, base=base, marks=marks, tongues=tongues, is_text=bool(shown),
        source=source if (state.root / source).is_file() else "",
        layout=layout, own_layout=(state.root / layout).is_file(),
        opens=state.opens, findings=findings(state, own), counts=counted(state.problems, words),
        wrong=bool(errors(state.problems)), own_wrong=bool(errors(own)),
    )  # fmt: skip


def _document(site: Site, page: Page) -> Document | None:
    """What is shown; None where the page is a list without a text."""
    path = ""
    if page.kind in ("article", "page"):
        path = site.edition.cards[page.subject].document
    elif page.kind in ("home", "section"):
        section = site.edition.sections.get(page.subject, {}).get(page.lang)
        path = section.document if section else ""
    return site.documents[path] if path else None


def _tongues(site: Site, page: Page, shown: tuple[Version, ...], base: str, words: Words) -> Iterator[Tongue]:
    """Each language of the site, with the address of the page in it."""
    names, author = status_words(words), language_of(site.config, words.lang)
    addresses, by_lang = dict(page.versions), {version.lang: version for version in shown}
    for code in site.config.languages:
        version = by_lang.get(code)
        address = addresses.get(code, version.address if version else None)
        status = version.status if version else "" if address is not None else "missing"
        yield Tongue(
            code,
            language_of(site.config, code).name,
            "" if address is None else base + quoted(address),
            code == page.lang,
            status,
            names[status] if status else "",
            detail(version, words, author) if version else "",
        )


def _marks(site: Site, page: Page, document: Document, shown: tuple[Version, ...], words: Words) -> Iterator[Mark]:
    version = next(version for version in shown if version.lang == document.lang)
    if document.lang != page.lang:
        name = language_of(site.config, document.lang).name
        yield Mark("missing", words.say("Not translated; shown in {language}", language=name), note=True)
    if version.status != "published":
        yield Mark(version.status, status_words(words)[version.status])
    if version.status in ("published", "stale") and document.meta.expires:
        date = language_of(site.config, words.lang).moment(document.meta.expires)
        yield Mark("expired", words.say("out until {date}", date=date), note=True)
