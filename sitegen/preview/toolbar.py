"""The author's toolbar: what an author wants to know of the page that is shown; and pages that have it.

The bar is a custom element whose shadow root is written down in the page: neither reaches the other's styles, and it is
there without script. It takes 48 pixels at the page's end, which it covers nowhere, and is not printed.
"""

import re
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

from .problem_list import counted, findings, fragment, problem_list
from .snapshot import Snapshot

_END = re.compile(rb"</body\s*>", re.IGNORECASE)
_REDIRECT = re.compile(rb"<meta[^<>]+http-equiv=[\"']?refresh", re.IGNORECASE)


class LanguageItem(Struct, frozen=True):
    """A language of the page that is shown. `status` is empty where a page is no text, such as a list."""

    code: str
    name: str
    href: str
    current: bool
    status: str = ""
    word: str = ""
    detail: str = ""


class Badge(Struct, frozen=True):
    """What an author should know of the page itself. `note`: what its state in this language does not say."""

    status: str
    text: str
    note: bool = False


def with_toolbar(html: bytes, path: str, snapshot: Snapshot) -> bytes:
    """A page of the output, by its output path, with the toolbar, the problems, and the scripts of the preview. What is
    no page for people stays as it is."""
    if not path.endswith((".html", ".htm")) or _REDIRECT.search(html):
        return html
    page = snapshot.site.pages.get(path) if snapshot.site else None
    added = fragment(
        "dressing.html", snapshot.words, base=snapshot.base, bar=_toolbar(snapshot, page),
        problems=problem_list(snapshot), hidden=not errors(snapshot.problems),
    ).encode()  # fmt: skip
    ends = [match.start() for match in _END.finditer(html)]
    end = ends[-1] if ends else len(html)
    return html[:end] + added + html[end:]


def blank_page(snapshot: Snapshot) -> str:
    """A whole page for when there is no good build yet: the problems."""
    return fragment("blank.html", snapshot.words, base=snapshot.base, problems=problem_list(snapshot))


def _toolbar(snapshot: Snapshot, page: Page | None) -> Markup:
    site, words = snapshot.site, snapshot.words
    versions: tuple[Version, ...] = ()
    languages: tuple[LanguageItem, ...] = ()
    badges: tuple[Badge, ...] = ()
    source = layout = ""
    if site is not None and page is not None:
        document = _document(site, page)
        source, layout = document.path if document else page.origin, f"layouts/{page.layout}"
        versions = versions_of(site, document, snapshot.moment) if document else ()
        languages = tuple(_languages(site, page, versions, snapshot.base, words))
        badges = tuple(_badges(site, page, document, versions, words)) if document else ()
    own = tuple(found for found in snapshot.problems if layout and found.place.path in (source, layout))
    return fragment(
        "bar.html", words, base=snapshot.base, badges=badges, languages=languages, is_text=bool(versions),
        source=source if snapshot.has_source(source) else "",
        layout=layout, own_layout=snapshot.has_source(layout),
        opens=snapshot.opens, findings=findings(snapshot, own), counts=counted(snapshot.problems, words),
        wrong=bool(errors(snapshot.problems)), own_wrong=bool(errors(own)),
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


def _languages(
    site: Site, page: Page, versions: tuple[Version, ...], base: str, words: Words
) -> Iterator[LanguageItem]:
    """Each language of the site, with the address of the page in it."""
    names, author = status_words(words), language_of(site.config, words.lang)
    addresses, by_lang = dict(page.versions), {version.lang: version for version in versions}
    for code in site.config.languages:
        version = by_lang.get(code)
        address = addresses.get(code, version.address if version else None)
        status = version.status if version else "" if address is not None else "missing"
        yield LanguageItem(
            code,
            language_of(site.config, code).name,
            "" if address is None else base + quoted(address),
            code == page.lang,
            status,
            names[status] if status else "",
            detail(version, words, author) if version else "",
        )


def _badges(site: Site, page: Page, document: Document, versions: tuple[Version, ...], words: Words) -> Iterator[Badge]:
    version = next(version for version in versions if version.lang == document.lang)
    if document.lang != page.lang:
        name = language_of(site.config, document.lang).name
        yield Badge("missing", words.say("Not translated; shown in {language}", language=name), note=True)
    if version.status != "published":
        yield Badge(version.status, status_words(words)[version.status])
    if version.status in ("published", "stale") and document.meta.expires:
        date = language_of(site.config, words.lang).moment(document.meta.expires)
        yield Badge("expired", words.say("out until {date}", date=date), note=True)
