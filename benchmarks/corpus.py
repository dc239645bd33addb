"""The same articles for every generator: posts, press releases and reports, as long as real ones are and with as much
Markdown in them, in up to three languages."""

import random
from collections.abc import Iterator
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

from msgspec import Struct

from .bodies import PICTURES, Body, Text

LANGUAGES = ("vi", "ja", "en")
KINDS = ("posts", "releases", "reports")
TAGS = tuple(f"topic-{number:02}" for number in range(40))
PAGE_SIZE = 20
FEED_SIZE = 20

SHARES: dict[str, tuple[float, float, float]] = {
    "median": (1260, 2800, 9000),  # of characters
    "ninth decile": (2900, 4500, 20_000),
    "paragraphs": (5.3, 9, 30),
    "wrapped": (0.51, 0, 0.6),  # of the paragraphs: over several lines
    "plain": (0.28, 0.6, 0.15),  # of the paragraphs: in one line, without any mark
    "headings": (2, 2, 12),
    "bullet lists": (2.4, 0.3, 4),
    "nested lists": (0.23, 0, 1),
    "numbered lists": (0.1, 0.1, 2),
    "indented code": (1, 0, 0.5),
    "fences": (0.1, 0, 0.5),
    "spans": (1.7, 0, 3),
    "tables": (0, 0.25, 3),
    "quotes": (0.05, 0.2, 1),
    "links": (2.7, 2, 12),
    "references": (1.3, 0, 4),
    "autolinks": (0.4, 0, 1),
    "strong": (0.16, 0.6, 3.6),
    "emphasis": (0.11, 0.4, 2.4),
    "straight": (1.3, 6, 20),  # quotes and apostrophes
    "footnotes": (0, 0.1, 6),
    "pictures": (0.02, 0.7, 3),
    "front pictures": (0, 0.5, 0),
    "tags": (0.6, 0, 0.5),  # of raw HTML
    "in two": (0.4, 0.05, 0.1),  # of the articles: in two languages only
    "in one": (0.25, 0, 0),
}
"""What articles have on average, by the kinds above."""
OTHER_SHARES: dict[str, dict[str, tuple[float, float, float]]] = {
    "ja": {
        "median": (819, 1820, 5850), "ninth decile": (1885, 2925, 13_000), "wrapped": (0.39, 0, 0.6),
        "plain": (0.38, 0.6, 0.15), "straight": (0.5, 2.3, 7.7),
    },
    "en": {"straight": (1.7, 7.8, 26)},
}  # fmt: skip


_WORDS = ("river", "forest", "coast", "waste", "energy", "market", "school", "bridge", "bird", "season")


class Outline(NamedTuple):
    """What the versions of an article share; `date` is ISO 8601, `length` in standard deviations."""

    number: int
    kind: int
    key: str
    date: str
    tags: tuple[str, ...]
    languages: tuple[str, ...]
    picture: str
    length: float


class Article(NamedTuple):
    """`picture`: the one that its front matter names, or nothing."""

    key: str
    lang: str
    title: str
    date: str
    tags: tuple[str, ...]
    summary: str
    picture: str
    body: str


class Corpus(Struct, frozen=True):
    """So many articles, of some of the kinds by turns; the same at every call."""

    count: int
    kinds: tuple[str, ...] = KINDS

    def articles(self) -> Iterator[Article]:
        """All their versions."""
        return (self._article(outline, lang) for outline in outlines(self) for lang in outline.languages)

    def newest(self) -> Article:
        """The one that is edited: it is in the first page of its lists, and in their feeds."""
        lang = LANGUAGES[0]
        return self._article(max(self.written_in(lang), key=lambda outline: outline.date), lang)

    def written_in(self, lang: str) -> list[Outline]:
        return [outline for outline in outlines(self) if lang in outline.languages]

    def _article(self, outline: Outline, lang: str) -> Article:
        text = Text(random.Random(f"{outline.number} {lang}"), lang)
        title, summary = text.line(*((16, 45) if lang == "ja" else (30, 110))), text.sentence()
        shares = {name: row[outline.kind] for name, row in (SHARES | OTHER_SHARES.get(lang, {})).items()}
        body = Body(text, shares, outline.length, _keys(self, lang)).markdown()
        return Article(outline.key, lang, title, outline.date, outline.tags, summary, outline.picture, body)


@lru_cache(1)
def outlines(corpus: Corpus) -> tuple[Outline, ...]:
    kinds = [KINDS.index(kind) for kind in corpus.kinds]
    return tuple(_outline(number, kinds[number % len(kinds)]) for number in range(corpus.count))


def _outline(number: int, kind: int) -> Outline:
    chance = random.Random(f"article {number}")
    fewer, lone = SHARES["in two"][kind], SHARES["in one"][kind]
    (versions,) = chance.choices((1, 2, 3), (lone, fewer, 1 - lone - fewer))
    languages = chance.sample(LANGUAGES, versions)
    tags = chance.choices(TAGS, [1 / rank for rank in range(1, len(TAGS) + 1)], k=chance.randint(1, 4))
    return Outline(
        number,
        kind,
        key=f"{'-'.join(chance.sample(_WORDS, chance.randint(2, 8)))}-{number:05}",
        date=f"{2015 + number % 10}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
        tags=tuple(sorted({*tags})),
        languages=tuple(lang for lang in LANGUAGES if lang in languages),
        picture=chance.choice([*PICTURES]) if chance.random() < SHARES["front pictures"][kind] else "",
        length=NormalDist().inv_cdf((number + 1) * 0.618034 % 1),  # spread evenly, however many there are
    )


@lru_cache(len(LANGUAGES))
def _keys(corpus: Corpus, lang: str) -> list[str]:
    return [outline.key for outline in corpus.written_in(lang)]
