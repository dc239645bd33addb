"""What is out now: which articles, in which languages, at which addresses, in which lists."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Literal, NamedTuple, cast

from msgspec import Struct

from sitegen.codes.table import AS_LIST
from sitegen.config.registries import Registry
from sitegen.config.settings import Config
from sitegen.i18n.collation import sort_key
from sitegen.i18n.dates import Moment
from sitegen.problems import Checked, Known, Problem, problem

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
    out, and why. `neighbours`: card id → newer, older. `next_change`, `last_change`: what is out changes then, and has
    not since."""

    cards: Mapping[str, Card]
    translations: Mapping[str, Mapping[str, str]]
    copies: Mapping[str, Mapping[str, str]]
    sections: Mapping[str, Mapping[str, Section]]
    collections: Mapping[str, tuple[str, ...]]
    by_title: tuple[str, ...]
    neighbours: Mapping[str, tuple[str, str]]
    keys_by_path: Mapping[str, str]
    hidden: Mapping[str, State]
    next_change: datetime | None
    last_change: datetime | None

    def section_pages(self, key: str) -> dict[str, Section]:
        """The languages in which a section has a text or articles to show, hence a page."""
        return {
            lang: section
            for lang, section in self.sections.get(key, {}).items()
            if section.document or self.collections.get(str(ListName(lang, "section", key)))
        }


class _Standing(Struct):
    """The documents that are out, by key and language, and in the same way those that would be, were they not broken:
    these keep their places, so that nothing else takes them."""

    out: dict[str, dict[str, Document]]
    broken: dict[str, dict[str, Document]]
    hidden: dict[str, State]


def collect(config: Config, documents: Sequence[Document], registry: Registry, moments: Moments) -> Checked[Edition]:
    """Arrange the documents, which come by path; each problem leaves its document out, and moves no other."""
    standing, problems = _stand(documents, moments)
    hidden = standing.hidden
    sections = _sections(config, standing)
    known = (standing.out, standing.broken)
    undated = undated_sections([text for groups in known for group in groups.values() for text in group.values()])
    cards: dict[str, Card] = {}
    translations: dict[str, dict[str, str]] = {}
    copies: dict[str, dict[str, str]] = defaultdict(dict)
    entries: list[tuple[Card, str, bool]] = []
    tags: dict[str, tuple[str, ...]] = {}
    names = Known(registry.names)
    for document in documents:
        if document.path not in hidden:
            tags[document.path], unknown = _tags(document, registry, names)
            problems += unknown
    for key, group in standing.out.items():
        own, lost = dict[str, Card](), {*standing.broken.get(key, ())}
        for lang, document in _by_language(config, group):
            if _is_placed(sections, document.section, lang):
                own[lang] = cards[document.path] = _card(config, sections, document, lang, tags[document.path], undated)
            else:
                hidden[document.path] = "broken"
                lost.add(lang)
        if not own:
            continue
        translations[key] = {lang: card.id for lang, card in own.items()}
        every = own.keys() | lost
        original_lang = next(lang for lang in (config.default_language, *config.languages) if lang in every)
        original = own.get(original_lang)
        fallback = (original and group[original_lang].meta.fallback) or config.fallback
        for lang in config.languages:
            shown = own.get(lang)
            if shown is None and original and lang not in lost and _is_placed(sections, original.section, lang):
                if fallback == "link":
                    shown = original
                elif fallback == "copy":
                    shown = _card(config, sections, group[original_lang], lang, original.tags, undated)
                    cards[shown.id] = shown
                    copies[key][lang] = shown.id
            if shown is not None and shown.role == "article":
                entries.append((shown, lang, own.get(lang) is shown))
    lists = _lists(entries, {document.path: document.meta.title for document in documents}, config.lead)
    collections = {**lists, **_homes(lists, config, cards)}
    before, after = changes((document.times for document in documents), moments)
    edition = Edition(
        cards, translations, dict(copies), sections, collections, _by_title(cards), _neighbours(cards, collections),
        {document.path_key: key for key, group in standing.out.items() for document in group.values()},
        hidden, after, before,
    )  # fmt: skip
    return edition, tuple(problems)


def _stand(documents: Iterable[Document], moments: Moments) -> tuple[_Standing, list[Problem]]:
    standing = _Standing(defaultdict(dict), defaultdict(dict), {})
    problems: list[Problem] = []
    seen: dict[tuple[str, str], str] = {}
    for document in documents:
        state = document.times.state(moments)
        if document.broken or state != "published":
            standing.hidden[document.path] = "broken" if document.broken else state
        if state != "published":
            continue
        other = seen.setdefault((document.key, document.lang), document.path)
        if other == document.path:
            group = standing.broken if document.broken else standing.out
            group[document.key][document.lang] = document
        elif not document.broken:
            problems.append(problem("duplicate-article", document.place("translation_key"), other=other))
            standing.hidden[document.path] = "broken"
    return standing, problems


def _by_language(config: Config, group: Mapping[str, Document]) -> list[tuple[str, Document]]:
    """The articles and pages of a group, in the order of the site's languages."""
    return [(lang, group[lang]) for lang in config.languages if lang in group and group[lang].role != "section"]


def _sections(config: Config, standing: _Standing) -> dict[str, dict[str, Section]]:
    """Every folder that holds articles or an `_index`, in each language; a parent always comes first. A broken text
    still names its section and its address; where that cannot be read, the section has no place in that language."""
    out = [document for group in standing.out.values() for document in group.values()]
    broken = [document for group in standing.broken.values() for document in group.values()]
    texts = {(text.section, text.lang): text for text in (*broken, *out) if text.role == "section"}
    keys = {key for document in out for key in document.sections}
    keys.update(document.section for document in out if document.role == "section")
    sections: dict[str, dict[str, Section]] = {}
    for key in sorted(keys):
        parent, _, name = key.rpartition("/")
        sections[key] = {}
        for lang in config.languages:
            text = texts.get((key, lang))
            if (text and not text.is_placed) or (parent and lang not in sections[parent]):
                continue
            above = sections[parent][lang].path if parent else prefix(config, lang)
            part = (text.meta.slug if text else "") or name
            sections[key][lang] = Section(
                key=key,
                lang=lang,
                title=(text.meta.title if text else "") or name.replace("-", " ").capitalize(),
                description=text.summary if text else "",
                path=f"{above}{part}/" if key else above,
                document=text.path if text and not text.broken else "",
            )
    return sections


_COMMAS = re.compile("[,;，、；]")


def _is_placed(sections: Mapping[str, Mapping[str, Section]], key: str, lang: str) -> bool:
    """Whether the address of a section is known in a language."""
    return not key or lang in sections[key]


def _tags(document: Document, registry: Registry, known: Known) -> tuple[tuple[str, ...], list[Problem]]:
    found: dict[str, None] = {}
    problems = []
    for index, name in enumerate(many(document.meta.tags)):
        tag = registry.find(name)
        if tag is not None:
            found |= {tag: None} if tag in registry.tags else {}
            continue
        mark = f"tags.{index}" if f"tags.{index}" in document.marks else "tags"
        several = [part.strip() for part in _COMMAS.split(name) if part.strip()]
        as_list = {"advice": AS_LIST, "list": ", ".join(several)} if len(several) > 1 else {}
        close = known.nearest(name)
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
