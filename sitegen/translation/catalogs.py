"""Catalogues (gettext) of a site: what its layouts say, extracted and kept up to date for translators."""

from collections.abc import Iterable, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from msgspec import Struct

from sitegen.build.design import read_design, read_languages
from sitegen.build.run import Options
from sitegen.files import SETTINGS
from sitegen.i18n.languages import Language, is_done
from sitegen.problems import ProblemLog, SiteError, errors
from sitegen.site.model import Layout, Message
from sitegen.sources import find

HEADER = """\
msgid ""
msgstr ""
"Language: {lang}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""


class Interface(Struct, frozen=True):
    """What the texts of a site's pages come from. `themes`: the languages without the site's own catalogues."""

    layouts: Mapping[str, Layout]
    catalogues: Mapping[str, str]
    languages: Mapping[str, Language]
    themes: Mapping[str, Language]


def read_interface(root: Path) -> Interface:
    """Read layouts and catalogues alone. Raises SiteError when one of them is broken."""
    log = ProblemLog()
    sources = log.take(find(root))
    wanted = {path: s for path, s in sources.items() if path == SETTINGS or s.kind in ("layout", "catalogue")}
    design = log.take(read_design(wanted, Options(), 0))
    if design is None or errors(log.problems):
        raise SiteError(log.problems)
    own = {path: text for path, text in design.catalogues.items() if not path.startswith("theme/")}
    themed = {path: text for path, text in design.catalogues.items() if path not in own}
    (themes, _), _ = read_languages(design.config, themed, design.cache.catalogues)
    return Interface(design.layouts, own, design.languages, themes)


class CatalogUpdate(Struct, frozen=True):
    """The catalogue of a language as it should be; `missing`: how many texts still want a translation."""

    lang: str
    path: str
    text: str
    missing: int


def update_catalogs(
    layouts: Iterable[Layout], existing: Mapping[str, str], languages: Iterable[Language], theme: Mapping[str, Language]
) -> tuple[CatalogUpdate, ...]:
    """A catalogue for each language that needs one: the texts that the theme has not translated, and those that the
    site says in its own words. Translations stay; those no longer used are kept as comments. `existing`: path →
    text; `theme`: the languages as they are without the site's catalogues."""
    texts = _texts(layouts)
    updates = []
    for language in languages:
        path = f"layouts/locales/{language.code}.po"
        catalog = _read(existing.get(path, ""), language)
        wanted = Catalog(locale=language.locale, fuzzy=False)
        for message, places in texts.items():
            if message.text in catalog or not theme[language.code].has(message.text):
                wanted.add((message.text, message.plural) if message.plural else message.text, locations=places)
        if len(wanted) == 0 and len(catalog) == 0:
            continue
        catalog.update(wanted)
        missing = sum(1 for message in catalog if message.id and not is_done(message))
        updates.append(CatalogUpdate(language.code, path, _to_po(catalog, language.code), missing))
    return tuple(updates)


def _texts(layouts: Iterable[Layout]) -> dict[Message, list[tuple[str, int]]]:
    """Each text once, with all the places where it is used."""
    places: dict[Message, list[tuple[str, int]]] = {}
    for layout in sorted(layouts, key=lambda layout: layout.path):
        for message in layout.messages:
            alike = Message(message.text, message.plural, 0)
            places.setdefault(alike, []).append((layout.path, message.line))
    return dict(sorted(places.items(), key=lambda item: item[0].text))


def _read(text: str, language: Language) -> Catalog:
    if text:
        return read_po(BytesIO(text.encode()), locale=language.locale)
    return Catalog(locale=language.locale, fuzzy=False)


def _to_po(catalog: Catalog, lang: str) -> str:
    """PO text without dates, so that the same catalogue is the same file."""
    body = BytesIO()
    write_po(body, catalog, omit_header=True, include_lineno=False, sort_output=True, width=100)
    return HEADER.format(lang=lang, plural=catalog.plural_forms) + body.getvalue().decode()
