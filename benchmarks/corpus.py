"""The same articles for every generator: N keys × three languages, unique text of about 700 words each."""

import random
from collections.abc import Iterator
from typing import NamedTuple

LANGUAGES = ("vi", "ja", "en")
TAGS = tuple(f"topic-{number:02}" for number in range(40))
PAGE_SIZE = 20
FEED_SIZE = 20

_WORDS = {
    "vi": (
        "môi trường nước biển rừng khí hậu đổi mới quản lý chất thải nhựa đại dương hợp tác chính sách năng lượng "
        "sạch tái tạo ngọc bảo vệ phát triển bền vững cộng đồng thành phố sông hồ núi làng đường xanh ánh sáng"
    ),
    "ja": (
        "環境 協力 政策 対話 海洋 廃棄物 削減 技術 都市 水質 大気 生物 多様性 循環 経済 資源 気候 変動 地域 市民 "
        "の を に は が で と も から まで より ため こと もの 進める 学ぶ 守る 支える"
    ),
    "en": (
        "water river forest coast policy waste plastic energy climate city village market school ministry partner "
        "project method result season harvest bridge signal measure protect improve learn share the of and to in for"
    ),
}


class Outline(NamedTuple):
    """What the versions of an article share; `number` counts from 0, `date` is ISO 8601."""

    number: int
    date: str
    tags: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"article-{self.number:05}"


class Article(NamedTuple):
    key: str
    lang: str
    title: str
    date: str
    tags: tuple[str, ...]
    summary: str
    body: str


def outlines(count: int) -> Iterator[Outline]:
    for number in range(count):
        chance = random.Random(number)
        date = f"{2015 + number % 10}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        yield Outline(number, date, tuple(sorted(chance.sample(TAGS, 3))))


def corpus(count: int) -> Iterator[Article]:
    """All versions of `count` articles, the same at every call."""
    return (_article(outline, lang, count) for outline in outlines(count) for lang in LANGUAGES)


def newest(count: int) -> Article:
    """The one that is edited: it is in the first page of its lists, and in their feeds."""
    return _article(max(outlines(count), key=lambda outline: outline.date), LANGUAGES[0], count)


def _article(outline: Outline, lang: str, count: int) -> Article:
    words = random.Random(f"{outline.number} {lang}")
    text = _Text(words, lang)
    title, summary = f"{text.phrase(6)} {outline.number}", text.paragraph(25)
    other = f"/{lang}/news/article-{words.randrange(count):05}/"
    parts = [text.paragraph(60)]
    for heading in range(4):
        parts.append(f"## {text.phrase(4)}")
        parts.append(text.paragraph(70))
        target = other if heading % 2 else "https://example.org/"
        parts.append(f"{text.paragraph(30)} [{text.phrase(3)}]({target})")
        if heading == 1:
            parts.append("\n".join(f"- {text.sentence(9)}" for _ in range(5)))
        if heading == 2:
            rows = "\n".join(f"| {text.word()} | {words.randrange(1000)} | {text.word()} |" for _ in range(5))
            parts.append(f"| {text.word()} | {text.word()} | {text.word()} |\n|---|---:|---|\n{rows}")
        strong, plain = f"**{text.phrase(4)}**", text.paragraph(20)
        parts.append(f"{text.paragraph(30)} {strong} {plain} *{text.word()}* `{text.word()}`")
    return Article(outline.key, lang, title, outline.date, outline.tags, summary, "\n\n".join(parts) + "\n")


class _Text:
    def __init__(self, chance: random.Random, lang: str) -> None:
        self.chance, self.words = chance, _WORDS[lang].split()
        self.space, self.stop = ("", "。") if lang == "ja" else (" ", ".")

    def word(self) -> str:
        number = str(self.chance.randrange(1000)) if self.chance.random() < 0.05 else ""
        return self.chance.choice(self.words) + number

    def phrase(self, length: int) -> str:
        return self.space.join(self.word() for _ in range(length)).capitalize()

    def sentence(self, length: int) -> str:
        return self.phrase(length) + self.stop

    def paragraph(self, length: int) -> str:
        sentences = []
        while length > 0:
            size = min(length, self.chance.randint(6, 14))
            sentences.append(self.sentence(size))
            length -= size
        return self.space.join(sentences)
