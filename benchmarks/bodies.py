"""Bodies of articles: sentences in three languages, with the Markdown that real articles have."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from math import exp, log
from statistics import NormalDist

PICTURES = {"bridge.png": "navy", "garden.png": "green", "harbour.png": "teal", "map.png": "maroon"}
"""Names and colours."""

_PARTS = {
    "vi": """
        Hội đồng lưu vực sông|Nhóm tình nguyện viên|Sở tài nguyên|Các kỹ sư của cảng|Hai trường học|Ban quản lý chợ|
        Thư viện làng|Đội kiểm lâm|Một phòng thí nghiệm nhỏ|Chúng tôi;
        đã đo|sẽ công bố|đang thử nghiệm|vừa hoàn thiện|muốn so sánh|đã trình bày|ghi chép|bắt đầu thu thập;
        chất lượng nước|một cách phân loại rác đơn giản|kết quả của mùa trước|bốn mươi cảm biến dọc bờ biển|
        cây cầu cũ và hệ thống đèn|kế hoạch cho khu vườn chung|bản đồ những con phố yên tĩnh|chi phí của điện gió|
        danh sách các loài chim|quy trình ủ phân;
        vào mùa xuân năm 20##|với sự giúp đỡ của # đối tác|trước vụ thu hoạch tới|sau một tháng mưa lớn|lần đầu tiên|
        mà không cần thêm ngân sách|cùng với các xã lân cận|ở ## địa điểm
    """,
    "ja": """
        河川協議会は|市民の有志は|環境部の担当者は|港の技術者は|谷あいの二つの学校は|市場の組合は|村の図書館は|
        森林の管理班は|小さな研究室は|私たちは;
        測定しました|公表します|試しています|見直したばかりです|比べることにしました|説明しました|記録しています|集め始めました;
        水質の変化を|ごみの簡単な分け方を|前の季節の結果を|海岸に置いた四十台の計測器を|古い橋とその照明を|共同の庭の計画を|
        静かな通りの地図を|風力発電の費用を|鳥の種類の一覧を|堆肥づくりの手順を;
        20##年の春に|#の団体の協力を得て|次の収穫の前に|ひと月続いた大雨のあとで|今回はじめて|予算を増やさずに|隣の町とともに|##か所で
    """,
    "en": """
        The river council|A group of volunteers|The department|Engineers from the port|Two schools in the valley|
        The market association|The village library|The forest service|A small laboratory|We;
        measured|will publish|can now test|recently completed|decided to compare|presented|recorded|began to collect;
        the quality of the water|a simple way of sorting waste|the results of last season|forty sensors on the shore|
        the old bridge and its lights|plans for a shared garden|a map of quiet streets|the cost of wind power|
        the list of birds|the steps of making compost;
        in the spring of 20##|with the help of # partners|before the next harvest|after a month of heavy rain|
        for the first time|without a larger budget|together with the villages nearby|in ## places
    """,
}
"""Who does something, what they do, to what, and how, when or where."""


class Text:
    """Pieces are what a line may be broken between."""

    def __init__(self, chance: random.Random, lang: str) -> None:
        self.chance, self.lang = chance, lang
        self._parts = [re.split(r"\s*\|\s*", part.strip()) for part in _PARTS[lang].split(";")]
        self.space, self._stop = ("", "。") if lang == "ja" else (" ", ".")

    def sentence(self) -> str:
        return self.space.join(self._sentence())

    def _sentence(self) -> list[str]:
        who, does, what, how = (
            re.sub("#", lambda _: str(self.chance.randint(1, 9)), self.chance.choice(part)) for part in self._parts
        )
        how = how if self.chance.random() < 0.5 else ""
        parts = [how and f"{how}、", who, what, does] if self.lang == "ja" else [who, does, what, how]
        *parts, last = filter(None, parts)
        return [*parts, last + self._stop]

    def thing(self) -> str:
        """What a link, heading or picture is of."""
        return self.chance.choice(self._parts[2]).removesuffix("を")

    def line(self, least: int, most: int) -> str:
        """A title, without a stop, of so many characters."""
        length, text = self.chance.randint(least, most), self.sentence()[:-1]
        while len(text) < length:
            text += (", " if self.space else "、") + self.sentence()[:-1]
        return (text[: length + 1].rpartition(" ")[0] or text[:length]).rstrip(",、")

    def pieces(self, length: float, marks: Sequence[str] = ()) -> list[str]:
        """Sentences until there are so many characters, with marks inside."""
        parts = self._sentence()
        length -= sum(map(len, marks)) + sum(map(len, parts)) / 2
        while sum(map(len, parts)) + len(self.space) * len(parts) < length:
            parts += self._sentence()
        for mark in marks:
            parts.insert(self.chance.randrange(1, len(parts)), mark)
        return [piece for part in parts for piece in ([part] if part in marks else self._split(part))]

    def _split(self, text: str) -> list[str]:
        return text.split() if self.space else re.findall(r"\d+.|.[、。]?", text)

    def wrapped(self, pieces: Sequence[str], lines: int, indent: str = "") -> str:
        """The pieces in so many lines of about the same length."""
        width = sum(len(piece) + len(self.space) for piece in pieces) / lines
        made = [""]
        for piece in pieces:
            if len(made[-1]) >= width:
                made.append("")
            made[-1] += (self.space if made[-1] else "") + piece
        return f"\n{indent}".join(made)


class Body:
    """`shares`: what articles of the kind have on average; `length` of this one, in standard deviations; `keys` of
    articles to link to."""

    def __init__(self, text: Text, shares: Mapping[str, float], length: float, keys: Sequence[str]) -> None:
        self.text, self.chance, self.shares, self.keys = text, text.chance, shares, keys
        spread = log(shares["ninth decile"] / shares["median"]) / NormalDist().inv_cdf(0.9)
        self.size = exp(length * spread - spread**2 / 2)  # 1 on average
        self.length = shares["median"] * exp(length * spread)
        self.definitions: list[str] = []
        self.marks = list(self._marks())
        self.chance.shuffle(self.marks)

    def markdown(self) -> str:
        """Lists, tables, quotes, code and pictures follow a paragraph each."""
        count = len(self._some("paragraphs")) or 1
        weights = self.shares["wrapped"], self.shares["plain"], 1 - self.shares["wrapped"] - self.shares["plain"]
        kinds = self.chance.choices(("wrapped", "plain", "marked"), weights, k=count)
        followers = list(self._followers(kinds.count("marked")))
        kinds += ["plain"] * (len(followers) - count)
        count = len(kinds)
        marks = self._dealt(kinds)
        after = dict(zip(self.chance.sample(range(count), len(followers)), followers, strict=True))
        headings = self._headings()
        before = dict(zip(sorted(self.chance.sample(range(count), min(count, len(headings)))), headings, strict=False))
        others = [*followers, *headings, *self.definitions]
        left = self.length - sum(len(block) + 2 for block in others) - 2 * count
        unit = left / sum(2.2 if kind == "wrapped" else 1 for kind in kinds)
        blocks = []
        for number, kind in enumerate(kinds):
            length = max(unit, 30) * self.chance.uniform(0.6, 1.4) * (2.2 if kind == "wrapped" else 1)
            pieces = self.text.pieces(length, marks[number])
            parts = before.get(number), self._paragraph(pieces, kind), after.get(number)
            blocks += [part for part in parts if part]
        return "\n\n".join([*blocks, *self.definitions]) + "\n"

    def _dealt(self, kinds: Sequence[str]) -> list[list[str]]:
        """The marks of each paragraph."""
        marks: list[list[str]] = [[] for _ in kinds]
        marked = [taken for taken, kind in zip(marks, kinds, strict=True) if kind == "marked"]
        others = [taken for taken, kind in zip(marks, kinds, strict=True) if kind != "plain"] or marks[:1]
        for index, mark in enumerate(self.marks):
            (marked[index] if index < len(marked) else self.chance.choice(others)).append(mark)
        return marks

    def _some(self, name: str) -> range:
        """As many as an article of this length has."""
        return range(int(self.shares[name] * self.size + self.chance.random()))

    def _paragraph(self, pieces: list[str], kind: str) -> str:
        width = 75 if self.text.space else 38
        length = sum(len(piece) + len(self.text.space) for piece in pieces)
        lines = min(5, max(2, round(length / width))) if kind == "wrapped" else 1
        return self.text.wrapped(pieces, lines)

    def _headings(self) -> list[str]:
        levels, level, made = 3 if self.shares["headings"] > 4 else 1, 1, []
        for number in self._some("headings"):
            level = min(level + 1, self.chance.randint(2, 1 + levels))
            anchor = f" {{#part-{number}}}" if levels > 1 and self.chance.random() < 0.2 else ""
            made.append(f"{'#' * level} {self.text.thing().capitalize()}{anchor}")
        return made

    def _followers(self, spare: int) -> Iterator[str]:
        """Blocks that are no paragraphs; they leave `spare` marks for these."""
        nested = self._some("nested lists")
        for number in self._some("bullet lists"):
            yield self._list("-", spare, nested=number in nested)
        yield from (self._list("1.", spare) for _ in self._some("numbered lists"))
        yield from ("\n".join(f"    {self._code()}" for _ in range(3)) for _ in self._some("indented code"))
        yield from (f"```python\n{self._code()}\n{self._code()}\n```" for _ in self._some("fences"))
        yield from (self._table(spare) for _ in self._some("tables"))
        yield from (f"> {self.text.wrapped(self.text.pieces(120), 2, '> ')}" for _ in self._some("quotes"))
        for _ in self._some("pictures"):
            picture = self.chance.choice([*PICTURES])
            yield f'![{self.text.thing()}](../pictures/{picture} "{self.text.line(20, 60)}")'

    def _list(self, marker: str, spare: int, *, nested: bool = False) -> str:
        indent, items = " " * (len(marker) + 1), []
        for number in range(self.chance.randint(2, 4)):
            marks = self._spared(spare) if self.chance.random() < 0.3 else []
            long = self.chance.random() < self.shares["wrapped"] * 0.6
            item = self.text.wrapped(self.text.pieces(100, marks), 2, indent) if long else self._short(marks)
            items.append(f"{marker} {item}")
            if nested and number == 0:
                items += [f"{indent}- {self.text.thing()}" for _ in range(2)]
        return "\n".join(items)

    def _table(self, spare: int) -> str:
        rows = [[self.text.thing(), str(self.chance.randint(1, 999)), self.text.thing()] for _ in range(5)]
        for row in rows[1:3]:
            row[2] = self._short(self._spared(spare))
        return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], ["---", "---:", "---"], *rows[1:]])

    def _short(self, marks: list[str]) -> str:
        return self.text.space.join([self.text.thing(), *marks])

    def _spared(self, spare: int) -> list[str]:
        return [self.marks.pop()] if len(self.marks) > spare else []

    def _marks(self) -> Iterator[str]:
        """All that stands within lines."""
        thing, chance, lang = self.text.thing, self.chance, self.text.lang
        for _ in self._some("links"):
            inside = chance.random() < 0.5
            yield f"[{thing()}]({f'/{lang}/news/{chance.choice(self.keys)}/' if inside else self._address()})"
        for number in self._some("references"):
            self.definitions.append(f"[source {number}]: {self._address()}")
            yield f"[{thing()}][source {number}]"
        for number in self._some("footnotes"):
            self.definitions.append(f"[^{number}]: {self.text.sentence()}")
            yield f"{thing()}[^{number}]"
        yield from (f"<{self._address()}>" for _ in self._some("autolinks"))
        yield from (f"`{self._code()}`" for _ in self._some("spans"))
        yield from (f"**{thing()}**" for _ in self._some("strong"))
        yield from (f"*{thing()}*" for _ in self._some("emphasis"))
        yield from (chance.choice(("<br>", "<kbd>Tab</kbd>", "CO<sub>2</sub>")) for _ in self._some("tags"))
        straight = len(self._some("straight"))
        pairs = chance.randint(straight // 3, straight // 2)
        yield from (f'"{thing()}"' for _ in range(pairs))
        yield from ({"vi": "K'Ho", "ja": "Let's", "en": "today's"}[lang] for _ in range(straight - 2 * pairs))

    def _address(self) -> str:
        return f"https://example.org/{self.chance.randint(2001, 2030)}/{self.chance.randint(1, 99)}/"

    def _code(self) -> str:
        return f"level_{self.chance.randint(1, 9)} = measure({self.chance.randint(10, 99)})"
