"""What the settings name of the site: menus, and the article that leads the front page."""

from collections.abc import Collection, Mapping

from sitegen.config.addresses import OwnAddress, read_link
from sitegen.config.settings import MenuLink
from sitegen.config.texts import texts_of
from sitegen.files import SETTINGS
from sitegen.problems import Checked, Place, Problem, nearest, problem

from .document import Document
from .edition import Card, Edition
from .links import Addresses
from .model import Inputs, MenuEntry
from .urls import prefix

TAGS_ENTRY = "tags"
"""What a menu calls the index of tags."""


def make_menus(
    given: Inputs, documents: Mapping[str, Document], edition: Edition, addresses: Addresses
) -> Checked[dict[str, tuple[MenuEntry, ...]]]:
    """The two menus in each language, by names such as "main:vi". With none in the settings: sections and tags above,
    pages below. What the settings name may be hidden; then it is left out until it is not."""
    config = given.config
    keys = {document.key: document.role for document in documents.values()}
    sections = [key for key in edition.sections if key and "/" not in key]
    pages = [key for key, own in edition.translations.items() if edition.cards[next(iter(own.values()))].role == "page"]
    wanted = {
        "main": ("menu", config.menu or (*sections, TAGS_ENTRY)),
        "footer": ("footer_menu", config.footer_menu or ((*pages,) if not config.menu else ())),
    }
    folders = {section for document in documents.values() for section in document.sections}
    known = {*edition.sections, *folders, *(key for key, role in keys.items() if role != "section"), TAGS_ENTRY}
    menus: dict[str, tuple[MenuEntry, ...]] = {}
    problems = [*_check_lead(given, [key for key, role in keys.items() if role == "article"])]
    for menu, (setting, entries) in wanted.items():
        for index, entry in enumerate(entries):
            place = _place(given, f"{setting}.{index}")
            if isinstance(entry, MenuLink):
                problems += _check_link(given, entry, f"{setting}.{index}", addresses)
            elif entry not in known:
                words = {"nearest": nearest(entry, known), "known": ", ".join(sorted(known)[:20])}
                problems.append(problem("unknown-menu-entry", place, value=entry, **words))
        for lang in config.languages:
            found = (_entry(given, edition, entry, lang, addresses) for entry in entries)
            menus[f"{menu}:{lang}"] = tuple(filter(None, found))
    return menus, tuple(problems)


def _entry(given: Inputs, edition: Edition, entry: str | MenuLink, lang: str, addresses: Addresses) -> MenuEntry | None:
    config = given.config
    if isinstance(entry, MenuLink):
        title, address = config.text(entry.title, lang), read_link(config.text(entry.url, lang), config.base_url)
        if isinstance(address, OwnAddress):
            return MenuEntry(title, address.path, suffix=address.suffix)
        return MenuEntry(title, url=address or "")
    if entry == TAGS_ENTRY:
        return MenuEntry("", f"{prefix(config, lang)}tags/")
    if entry in edition.sections:
        section = edition.sections[entry].get(lang)
        return MenuEntry(section.title, section.path) if section and section.path in addresses else None
    if entry in edition.translations:
        card = _version(edition, entry, lang, config.default_language)
        return MenuEntry("", card.path, lang="" if card.lang == lang else card.lang, document=card.document)
    return None


def _check_link(given: Inputs, entry: MenuLink, mark: str, addresses: Addresses) -> list[Problem]:
    """A warning for each address of the site that no page answers."""
    start = f"{mark}.url"
    problems: list[Problem] = []
    for at, text in texts_of(entry.url, start).items():
        address = read_link(text, given.config.base_url)
        if isinstance(address, OwnAddress):
            lang = at[len(start) + 1 :] or given.config.default_language
            problems += addresses.check(address.path, text, _place(given, at), lang)
    return problems


def _check_lead(given: Inputs, articles: Collection[str]) -> list[Problem]:
    lead = given.config.lead
    if not lead or lead in articles:
        return []
    return [problem("unknown-lead", _place(given, "lead"), value=lead, nearest=nearest(lead, articles))]


def _place(given: Inputs, mark: str) -> Place:
    return Place(SETTINGS, *given.marks.get(mark, (1, 1)))


def _version(edition: Edition, key: str, lang: str, default: str) -> Card:
    own = edition.translations[key]
    card_id = own.get(lang) or edition.copies.get(key, {}).get(lang) or own.get(default)
    return edition.cards[card_id or next(iter(own.values()))]
