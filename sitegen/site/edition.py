"""What is out now: which articles, in which languages, at which addresses, in which lists."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Literal, NamedTuple, cast

from msgspec import Struct

from sitegen.config.registries import Registry
from sitegen.config.settings import Config
from sitegen.i18n.collation import sort_key
from sitegen.i18n.dates import Moment
from sitegen.problem_codes import AS_LIST
from sitegen.problems import Checked, Problem, nearest, problem

from .document import Document, undated_sections
from .front_matter import Moments, State, changes, many
from .urls import prefix


class Card(Struct, frozen=True, gc=False):
    """An article's place in the site; what is told of it is its teaser. A fallback copy has a card of its own, at the
    reader's address; then `lang` is the text's language, `reader` the page's."""

    id: str
    document: str
    key: str
    role: str
    section: str
    lang: str
    reader: str
    path: str
    date: Moment | None
    tags: tuple[str, ...]
    image: str


class Section(Struct, frozen=True, gc=False):
    """A section in one language; `document` is its `_index` file, or empty."""

    key: str
    lang: str
    title: str
    description: str
    path: str
    document: str


class ListName(NamedTuple):
    """The list of a language's front page, of a section or of a tag; `own`: of the articles in that language alone, as
    feeds have them. As text, such as "vi:tag:jcm" and "vi:own-tag:jcm", it ends with the key, an author's word, after
    what is ours: so no two are alike."""

    lang: str
    kind: Literal["home", "section", "tag"]
    key: str = ""
    own: bool = False

    def __str__(self) -> str:
        start = f"{self.lang}:{'own-' if self.own else ''}{self.kind}"
        return start if self.kind == "home" else f"{start}:{self.key}"


def read_list_name(text: str) -> ListName:
    """The name that a text stands for."""
    lang, kind, *key = text.split(":", 2)
    return ListName(lang, cast(Any, kind.removeprefix("own-")), "".join(key), kind.startswith("own-"))


class Edition(Struct, frozen=True):
    """`translations`: key → language → card id, real ones only. `copies`: the same for fallback copies.
    `collections`: by their names as text (`ListName`), newest first, then by title what has no date; `by_title`:
    documents whose titles decide their places.
    `keys_by_path`: key that a file's path says → key it has by its translation_key. `hidden`: files that are not
    out, and why; `hidden_keys`: the same by the keys of articles and sections, of which others may be out.
    `neighbours`: card id → newer, older. `next_change`, `last_change`: what is out changes then, and has not since."""

    cards: Mapping[str, Card]
    translations: Mapping[str, Mapping[str, str]]
    copies: Mapping[str, Mapping[str, str]]
    sections: Mapping[str, Mapping[str, Section]]
    collections: Mapping[str, tuple[str, ...]]
    by_title: tuple[str, ...]
    neighbours: Mapping[str, tuple[str, str]]
    keys_by_path: Mapping[str, str]
    hidden: Mapping[str, State]
    hidden_keys: Mapping[str, State]
    next_change: datetime | None
    last_change: datetime | None

    def section_pages(self, key: str) -> dict[str, Section]:
        """The languages in which a section has a text or articles to show, hence a page."""
        return {
            lang: section
            for lang, section in self.sections.get(key, {}).items()
            if section.document or self.collections.get(str(ListName(lang, "section", key)))
        }


def collect(config: Config, documents: Sequence[Document], registry: Registry, moments: Moments) -> Checked[Edition]:
    """Arrange the documents, which come by path; each problem leaves its document out."""
    problems: list[Problem] = []
    hidden: dict[str, State] = {}
    groups: dict[str, dict[str, Document]] = defaultdict(dict)
    keys_by_path: dict[str, str] = {}
    seen: dict[tuple[str, str], str] = {}
    for document in documents:
        if document.broken:
            hidden[document.path] = "broken"
            continue
        other = seen.setdefault((document.key, document.lang), document.path)
        if other != document.path:
            problems.append(problem("duplicate-article", document.place("translation_key"), other=other))
            continue
        state = document.times.state(moments)
        if state == "published":
            keys_by_path[document.path_key] = document.key
            groups[document.key][document.lang] = document
        else:
            hidden[document.path] = state
    sections = _sections(config, groups)
    undated = undated_sections([document for group in groups.values() for document in group.values()])
    cards: dict[str, Card] = {}
    translations: dict[str, dict[str, str]] = {}
    copies: dict[str, dict[str, str]] = defaultdict(dict)
    entries: list[tuple[Card, str, bool]] = []
    for key, group in groups.items():
        articles = {lang: group[lang] for lang in config.languages if lang in group and group[lang].role != "section"}
        if not articles:
            continue
        own: dict[str, Card] = {}
        for lang, document in articles.items():
            tags, unknown = _tags(document, registry)
            problems += unknown
            own[lang] = cards[document.path] = _card(config, sections, document, lang, tags, undated)
        translations[key] = {lang: card.id for lang, card in own.items()}
        original_lang = config.default_language if config.default_language in own else next(iter(own))
        original = articles[original_lang]
        fallback = original.meta.fallback or config.fallback
        for lang in config.languages:
            shown = own.get(lang)
            if shown is None and fallback == "link":
                shown = own[original_lang]
            elif shown is None and fallback == "copy":
                shown = _card(config, sections, original, lang, own[original_lang].tags, undated)
                cards[shown.id] = shown
                copies[key][lang] = shown.id
            if shown is not None and shown.role == "article":
                entries.append((shown, lang, own.get(lang) is shown))
    lists = _lists(entries, {document.path: document.meta.title for document in documents}, config.lead)
    collections = {**lists, **_homes(lists, config, cards)}
    before, after = changes((document.times for document in documents if not document.broken), moments)
    edition = Edition(
        cards, translations, dict(copies), sections, collections, _by_title(cards), _neighbours(cards, collections),
        keys_by_path, hidden, _hidden_keys(documents, hidden), after, before,
    )  # fmt: skip
    return edition, tuple(problems)


def _hidden_keys(documents: Iterable[Document], hidden: Mapping[str, State]) -> dict[str, State]:
    """What has been out counts before what has not, since links to it were right."""
    found: dict[str, State] = {}
    waiting = [
        (document, state) for document in documents if (state := hidden.get(document.path, "broken")) != "broken"
    ]
    for document, state in sorted(waiting, key=lambda item: _STATES.index(item[1])):
        for key in (document.key, document.path_key, *document.sections):
            found.setdefault(key, state)
        if document.role == "section":
            found.setdefault(document.section, state)
    return found


_STATES: tuple[State, ...] = ("expired", "scheduled", "draft")


def _sections(config: Config, groups: Mapping[str, Mapping[str, Document]]) -> dict[str, dict[str, Section]]:
    """Every folder that holds articles or an `_index`, in each language; a parent always comes first."""
    keys: set[str] = set()
    texts: dict[str, Mapping[str, Document]] = {}
    for group in groups.values():
        for document in group.values():
            keys.update(document.sections)
            if document.role == "section":
                texts[document.section] = group
    if "" in texts:
        keys.add("")
    sections: dict[str, dict[str, Section]] = {}
    for key in sorted(keys):
        parent, _, name = key.rpartition("/")
        sections[key] = {}
        for lang in config.languages:
            text = texts.get(key, {}).get(lang)
            above = sections[parent][lang].path if parent else prefix(config, lang)
            part = (text.meta.slug if text else "") or name
            sections[key][lang] = Section(
                key=key,
                lang=lang,
                title=text.meta.title if text else name.replace("-", " ").capitalize(),
                description=text.summary if text else "",
                path=f"{above}{part}/" if key else above,
                document=text.path if text else "",
            )
    return sections


_COMMAS = re.compile("[,;，、；]")


def _tags(document: Document, registry: Registry) -> tuple[tuple[str, ...], list[Problem]]:
    found: dict[str, None] = {}
    problems = []
    for index, name in enumerate(many(document.meta.tags)):
        tag = registry.find(name)
        if tag is not None:
            found[tag] = None
            continue
        mark = f"tags.{index}" if f"tags.{index}" in document.marks else "tags"
        several = [part.strip() for part in _COMMAS.split(name) if part.strip()]
        as_list = {"advice": AS_LIST, "list": ", ".join(several)} if len(several) > 1 else {}
        close = nearest(name, registry.names)
        problems.append(problem("unknown-tag", document.place(mark), value=name, nearest=close, **as_list))
    return tuple(found), problems if registry.is_read else []


def _card(
    config: Config,
    sections: Mapping[str, Mapping[str, Section]],
    document: Document,
    reader: str,
    tags: tuple[str, ...],
    undated: AbstractSet[str],
) -> Card:
    """The card of a document in its own language, or of its copy for the readers of another."""
    meta = document.meta
    own = reader == document.lang
    above = sections[document.section][reader].path if document.section else prefix(config, reader)
    part = (meta.slug if own else "") or document.name
    return Card(
        id=document.path if own else f"{document.path}@{reader}",
        document=document.path,
        key=document.key,
        role=document.role,
        section=document.section,
        lang=document.lang,
        reader=reader,
        path=f"{above}{part}/",
        date=None if document.role == "article" and document.section in undated else meta.date,
        tags=tags,
        image=document.image_path,
    )


def _lists(entries: list[tuple[Card, str, bool]], titles: Mapping[str, str], lead: str) -> dict[str, tuple[str, ...]]:
    """The ids of cards on every list where their readers look for them, newest first. What has no date follows by
    title, is not among the latest, unless it is to lead them, and in no feed. An entry: a card, the language of its
    readers, and whether it is in that language."""
    entries.sort(key=partial(_list_order, titles))
    lists: dict[ListName, list[str]] = defaultdict(list)
    unfed: dict[ListName, set[str]] = defaultdict(set)
    for card, lang, own in entries:
        names = _list_names(lang, card.section, card.tags)[0 if card.date or card.key == lead else 1 :]
        for name in names:
            lists[name].append(card.id)
        if not own or card.date is None:
            for name in names:
                unfed[name].add(card.id)
    made: dict[str, tuple[str, ...]] = {}
    for name, ids in lists.items():
        others = unfed.get(name)
        made[str(name)] = all_ids = tuple(ids)
        own_ids = tuple(card_id for card_id in ids if card_id not in others) if others else all_ids
        if own_ids:
            made[str(name._replace(own=True))] = own_ids
    return made


def _list_order(titles: Mapping[str, str], entry: tuple[Card, str, bool]) -> tuple[bool, float, Any, str, str]:
    card, lang, _ = entry
    if card.date is None:
        return True, 0.0, sort_key(titles[card.document], lang), card.key, card.id
    return False, -card.date.at.timestamp(), (), card.key, card.id


def _by_title(cards: Mapping[str, Card]) -> tuple[str, ...]:
    return tuple(sorted({card.document for card in cards.values() if card.role == "article" and card.date is None}))


@lru_cache(1024)
def _list_names(lang: str, section: str, tags: tuple[str, ...]) -> tuple[ListName, ...]:
    parts = section.split("/")
    sections = (ListName(lang, "section", "/".join(parts[: n + 1])) for n in range(len(parts)))
    return (ListName(lang, "home"), *sections, *(ListName(lang, "tag", tag) for tag in tags))


def _homes(
    collections: Mapping[str, tuple[str, ...]], config: Config, cards: Mapping[str, Card]
) -> dict[str, tuple[str, ...]]:
    """The lists of the front pages, which begin with the article that the settings name, whatever its date."""
    names = [str(ListName(lang, "home")) for lang in config.languages]
    homes = {name: collections.get(name, ()) for name in names}
    if not config.lead:
        return homes
    return {
        name: tuple(sorted(ids, key=lambda card_id: cards[card_id].key != config.lead)) for name, ids in homes.items()
    }


def _neighbours(cards: Mapping[str, Card], collections: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, str]]:
    """The newer and the older article of the same section in the same language; "" at the ends."""
    neighbours: dict[str, tuple[str, str]] = {}
    for name, ids in collections.items():
        which = read_list_name(name)
        if which.kind != "section" or not which.own:
            continue
        row = [card_id for card_id in ids if cards[card_id].section == which.key]
        for newer, current, older in zip(["", *row], row, [*row[1:], ""], strict=False):
            neighbours[current] = (newer, older)
    return neighbours
