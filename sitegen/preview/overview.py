"""The overview, at /__sitegen/: a table of articles × languages, problems, the last build.

The table is filtered by the server, by an address that can be shared; desk.js only asks at each letter. A failed build
may have remembered articles anew; of these the table shows what the good site knows.
"""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from urllib.parse import urlencode

from msgspec import Struct

from sitegen.build.run import Build, Memo, Reason
from sitegen.config.settings import language_of
from sitegen.i18n.messages import Words
from sitegen.problems import Problem
from sitegen.site.model import Site
from sitegen.site.urls import quoted
from sitegen.text import nfkc, without_strokes
from sitegen.translation.states import STATUSES, Article, Status, Version, articles, detail, status_words

from .problem_list import counted, fragment, problem_list
from .snapshot import Snapshot

ROWS = 100
"""Articles on one page of the table."""


class Filters(Struct, frozen=True):
    """What of the table is wanted; empty: everything."""

    state: str = ""
    lang: str = ""
    section: str = ""
    text: str = ""
    page: int = 1


class Cell(Struct, frozen=True):
    """An article in one language. `problems`: how many, in words."""

    lang: str
    name: str
    status: Status
    word: str
    detail: str
    href: str
    path: str
    problems: str


class Row(Struct, frozen=True):
    key: str
    title: str
    title_lang: str
    cells: tuple[Cell, ...]


class Group(Struct, frozen=True):
    """A section with some of its articles; `text`: its own, where it has one."""

    key: str
    title: str
    title_lang: str
    text: Row | None
    rows: tuple[Row, ...]


class Tally(Struct, frozen=True):
    """How many articles of a language have a status."""

    status: Status
    word: str
    number: int
    href: str


class Step(Struct, frozen=True):
    """A step of the build; `share` of the longest, in percent."""

    name: str
    milliseconds: str
    share: str


def overview(snapshot: Snapshot, query: Mapping[str, str]) -> str:
    """The whole page. `query`: state, lang, section, text, page, as the form sends them."""
    site, build, words = snapshot.site, snapshot.build, snapshot.words
    filters = _filters(site, query)
    everything = tuple(articles(site, snapshot.moment)) if site else ()
    texts = {a.section: a for a in everything if a.role == "section"}
    wrong = {found.place.path for found in snapshot.problems}
    found = tuple(a for a in everything if a.role != "section" and _matches(a, filters, wrong))
    last = max(1, -(-len(found) // ROWS))
    number = min(filters.page, last)
    shown = found[(number - 1) * ROWS : number * ROWS]
    table = _Table(site, snapshot, filters) if site else None
    return fragment(
        "overview.html", words, snapshot=snapshot, base=snapshot.base, site=site, build=build, filters=filters,
        problems=problem_list(snapshot),
        title=site.config.text(site.config.title, _language(site, words)) if site else "",
        languages=table.columns if table else (), all_languages=table.languages if table else (),
        sections=table.sections if table else (), statuses=status_words(words),
        groups=tuple(table.groups(shown, texts)) if table else (),
        tallies=tuple(table.tallies(everything)) if table else (), number=number, last=last,
        found=words.count("{n} article", "{n} articles", len(found)),
        previous=_link(filters, page=number - 1) if number > 1 else "",
        following=_link(filters, page=number + 1) if number < last else "",
        steps=tuple(_steps(build, words)) if build else (), facts=tuple(_facts(build, words)) if build else (),
        memos=tuple(_memos(build, words)) if build else (),
    )  # fmt: skip


def _filters(site: Site | None, query: Mapping[str, str]) -> Filters:
    """What cannot be asked for is left out."""
    config = site.config if site else None
    state, lang, number = (query.get(name, "") for name in ("state", "lang", "page"))
    return Filters(
        state=state if state in (*STATUSES, "problems") else "",
        lang=lang if config and lang in config.languages else "",
        section=query.get("section", ""),
        text=query.get("text", "").strip(),
        page=max(1, int(number)) if number.isdecimal() and len(number) < 7 else 1,
    )


def _link(filters: Filters, **changes: object) -> str:
    values = {**{name: getattr(filters, name) for name in Filters.__struct_fields__}, **changes}
    return "?" + urlencode({name: value for name, value in values.items() if value and (name, value) != ("page", 1)})


def _matches(article: Article, filters: Filters, wrong: Collection[str]) -> bool:
    versions = [v for v in article.versions if filters.lang in ("", v.lang)]
    if filters.section and not f"{article.section}/".startswith(f"{filters.section}/"):
        return False
    if filters.state == "problems":
        if not any(version.path in wrong for version in versions):
            return False
    elif filters.state and not any(version.status == filters.state for version in versions):
        return False
    words = _plain(filters.text).split()
    text = _plain(" ".join((article.key, *(f"{v.title} {v.path}" for v in article.versions)))) if words else ""
    return all(word in text for word in words)


def _plain(text: str) -> str:
    """Without case and marks, so that authors find what they type in haste."""
    apart = unicodedata.normalize("NFKD", nfkc(text.casefold()))
    return without_strokes("".join(c for c in apart if not unicodedata.combining(c)))


def _language(site: Site, words: Words) -> str:
    """The author's language where the site has it, else the site's first."""
    return words.lang if words.lang in site.config.languages else site.config.default_language


class _Table:
    """What all rows of the table have in common."""

    def __init__(self, site: Site, snapshot: Snapshot, filters: Filters) -> None:
        self._site, self._base, self._words, self._filters = site, snapshot.base, snapshot.words, filters
        self._names, self._author = status_words(snapshot.words), language_of(site.config, snapshot.words.lang)
        self._wrong: dict[str, list[Problem]] = {}
        for found in snapshot.problems:
            self._wrong.setdefault(found.place.path, []).append(found)
        self.languages = tuple((code, language_of(site.config, code).name) for code in site.config.languages)
        self.columns = tuple((code, name) for code, name in self.languages if filters.lang in ("", code))

    @property
    def sections(self) -> tuple[tuple[str, str], ...]:
        """For the filter: key and title."""
        lang = _language(self._site, self._words)
        sections = self._site.edition.sections
        return tuple((key, by_lang[lang].title) for key, by_lang in sections.items() if key and lang in by_lang)

    def groups(self, shown: Iterable[Article], texts: Mapping[str, Article]) -> Iterator[Group]:
        for key, members in groupby(shown, key=lambda article: article.section):
            text = self._row(texts[key]) if key in texts else None
            lang = _language(self._site, self._words)
            section = self._site.edition.sections.get(key, {}).get(lang)
            title = section.title if section and key else key or self._words.say("Pages")
            title_lang = section.lang if section and section.document else ""
            yield Group(key, title, title_lang, text, tuple(map(self._row, members)))

    def tallies(self, everything: Iterable[Article]) -> Iterator[tuple[str, str, tuple[Tally, ...]]]:
        """For each language how many articles there are in each status."""
        versions = [version for a in everything if a.role != "section" for version in a.versions]
        numbers = Counter((version.lang, version.status) for version in versions)
        for code, name in self.languages:
            yield (
                code,
                name,
                tuple(
                    Tally(status, self._names[status], numbers[code, status], _link(Filters(state=status, lang=code)))
                    for status in STATUSES
                    if numbers[code, status]
                ),
            )

    def _row(self, article: Article) -> Row:
        by_lang = {version.lang: version for version in article.versions if version.path}
        best = by_lang.get(_language(self._site, self._words)) or next(iter(by_lang.values()))
        cells = tuple(self._cell(v) for v in article.versions if self._filters.lang in ("", v.lang))
        return Row(article.key, best.title or article.key, best.lang if best.title else "", cells)

    def _cell(self, version: Version) -> Cell:
        wrong = self._wrong.get(version.path, ())
        return Cell(
            version.lang,
            dict(self.languages)[version.lang],
            version.status,
            self._names[version.status],
            detail(version, self._words, self._author),
            "" if version.address is None else self._base + quoted(version.address),
            version.path,
            counted(wrong, self._words) if wrong else "",
        )


def _steps(build: Build, words: Words) -> Iterator[Step]:
    names = {
        "read": words.say("Settings, layouts and assets read"),
        "parse": words.say("Articles read"),
        "assemble": words.say("Site arranged"),
        "render": words.say("Pages rendered"),
        "make": words.say("Pictures and files made"),
        "index": words.say("Search index"),
        "write": words.say("Files moved into place"),
        "remember": words.say("Remembered for next time"),
    }
    longest = max(build.timings.values(), default=0) or 1
    for step, seconds in build.timings.items():
        yield Step(names.get(step, step), f"{seconds * 1000:.1f}", f"{seconds / longest * 100:.1f}")


def _facts(build: Build, words: Words) -> Iterator[tuple[str, str]]:
    """The numbers of a build: what, how many."""
    yield words.say("Content files parsed"), str(build.parsed)
    yield words.say("Pages"), str(build.pages)
    yield words.say("Of these rendered"), str(build.rendered)
    yield words.say("Other files made"), str(build.made)
    yield words.say("Files written"), str(len(build.written.written))
    yield words.say("Files kept"), str(len(build.written.kept))
    yield words.say("Files removed"), str(len(build.written.removed))
    yield words.say("Together"), words.say("{n} ms", n=f"{sum(build.timings.values()) * 1000:.0f}")
    if build.next_change:
        yield words.say("Next change by the clock"), build.next_change.strftime(words.say("%d/%m/%Y %H:%M %z"))


def _memos(build: Build, words: Words) -> Iterator[tuple[str, str]]:
    """What a build looked for of earlier ones: whether it was restored, or why not."""
    names: dict[Memo, str] = {
        "build": words.say("The build as a whole"),
        "design": words.say("Settings, layouts and assets"),
        "fonts": words.say("Fonts of share cards"),
        "arrangement": words.say("Arrangement of the site"),
    }
    reasons = reason_words(words)
    for memo, reason in build.memos.items():
        anew = words.say("Made anew: {reason}", reason=reasons[reason])
        yield names[memo], anew if reason else reasons[reason]


def reason_words(words: Words) -> dict[Reason, str]:
    return {
        "": words.say("Restored"),
        "none kept": words.say("nothing was kept"),
        "options": words.say("options, fonts or Pagefind are others"),
        "sources": words.say("files of the site have changed"),
        "clock": words.say("a date may have passed"),
        "asked": words.say("the site itself or its search indexes are needed"),
        "output": words.say("someone changed the output"),
        "settings": words.say("settings have changed"),
        "layout": words.say("layouts have changed"),
        "catalogue": words.say("translations of layouts have changed"),
        "asset": words.say("assets have changed"),
        "letters": words.say("titles have other letters, or fonts are others"),
        "content": words.say("an article cannot be read"),
        "file": words.say("pictures or attachments are new or have changed"),
        "structure": words.say("the structure of articles, settings or layouts has changed"),
        "problems": words.say("an article with problems has changed"),
    }
