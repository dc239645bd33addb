"""Line breaks of titles: where their language wants them, as large as they fit, cut only as the last resort.

By UAX #14, by BudouX's phrases in Japanese, Chinese and Thai, and rather not within names.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import accumulate, pairwise, starmap, takewhile
from math import inf
from pathlib import Path

import budoux
from msgspec import Struct
from uniseg.graphemecluster import grapheme_clusters
from uniseg.linebreak import LB, line_break, line_break_units

Measure = Callable[[str], float]
"""The width of a text at a size of 1."""


class Frame(Struct, frozen=True):
    """The room that a text has, the sizes it may be set in, the largest first, and its line height at a size of 1."""

    width: float
    height: float
    sizes: Sequence[float]
    leading: float

    def lines(self, size: float) -> int:
        """How many there is room for."""
        return max(1, int(self.height / (size * self.leading)))


class Block(Struct, frozen=True):
    """Lines of a size; `cut`: something was left out."""

    size: float
    lines: tuple[str, ...]
    cut: bool = False


def fit(text: str, lang: str, measure: Measure, frame: Frame) -> Block:
    """The largest of the sizes at which a text fits, its lines of about one length. Phrases are parted only where the
    size would else be less than two thirds of the first, words only where no size would do; the smallest is cut."""
    sizes = frame.sizes
    if not text:
        return Block(sizes[0], ())
    ends: tuple[Ends, ...] = ()
    steps = ([*takewhile(lambda size: size >= sizes[0] * 2 / 3, sizes)], sizes, sizes, sizes[-4:])
    for found, allowed in zip(_ends(text, lang), steps, strict=True):
        ends += (found,)
        for size in allowed:
            width = frame.width / size
            parts = list(_parted(text, 0, ends, measure, width))
            lines = _wrapped(parts, measure, width)
            if lines is not None and len(lines) <= frame.lines(size):
                return Block(size, _balanced(parts, measure, width, len(lines)))
    kept = lines[: frame.lines(size) - 1] if lines else []
    rest = _shortened(text[sum(map(len, kept)) :].strip(), measure, width)
    return Block(size, (*(line.rstrip() for line in kept), rest), cut=True)


Ends = frozenset[int]
"""Places in a text, by the number of characters before them."""


def _ends(text: str, lang: str) -> Iterator[Ends]:
    """Where a text may be broken, each as it is asked for: where its language likes it, where it must (between words),
    where it can at all (UAX #14), and within words."""
    units = _units(text)
    can = frozenset(end for end in accumulate(map(len, units)) if text[end : end + 1] not in ("–", "—"))
    model = _model(lang)
    if not model:
        yield _name_ends(units) & can
        yield can
    else:
        pauses = frozenset(at + 1 for at, letter in enumerate(text) if letter in (*_PAUSES, " "))
        parsed = _parsed(model, text)
        if model == "th":  # whose words UAX #14 leaves to dictionaries
            can |= parsed
        if model == "ja":
            can -= _within_katakana(text)
        likes = (parsed | pauses) & can
        yield likes
        yield likes | _parsed("ja_word", text) & can if model == "ja" else can
    yield can
    yield frozenset(accumulate(map(len, grapheme_clusters(text))))


def _units(text: str) -> list[str]:
    """What UAX #14 does not break, as `line_break_units` says, which takes a millisecond for a title. So it is asked
    piece by piece, and only where there is a doubt."""
    classes = [*map(_break_class, text)]
    units: list[str] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or _is_apart(classes, at):
            piece = text[start:at]
            units += (piece,) if all(starmap(_is_joined, pairwise(classes[start:at]))) else _units_of(piece)
            start = at
    return units


def _is_apart(classes: Sequence[LB], at: int) -> bool:
    """Whether there is a break before this place that no rule looks beyond: after the space between two words (LB18),
    or beside an ideograph (LB31)."""
    before, after = classes[at - 1], classes[at]
    if before == LB.SP:
        return at > 1 and classes[at - 2] in _ENDING and after in _BEGINNING
    return before in _ENDING if after == LB.ID else before == LB.ID and after in _WORD


def _is_joined(before: LB, after: LB) -> bool:
    """Whether two neighbours are certainly not parted: in words and numbers, and before what ends them (LB7, 13, 15d,
    21, 23, 25, 28, 29)."""
    return before in _ENDING if after in _CLOSING else before in _JOINING and after in _WORD


_WORD = frozenset((LB.AL, LB.NU))
_BEGINNING, _JOINING = _WORD | {LB.ID}, _WORD | {LB.IS}
_CLOSING = frozenset((LB.CL, LB.CP, LB.EX, LB.IS, LB.NS, LB.CJ, LB.SP))
_ENDING = _BEGINNING | _CLOSING - {LB.SP}

_break_class = lru_cache(maxsize=4096)(line_break)


@lru_cache(maxsize=4096)
def _units_of(text: str) -> tuple[str, ...]:
    return tuple(line_break_units(text))


def _model(lang: str) -> str:
    """The name of BudouX's model of a language; "" for those that put spaces between words."""
    match lang.split("_"):
        case ["ja" | "th" as code, *_]:
            return code
        case ["zh", ("Hant" | "TW" | "HK" | "MO"), *_]:
            return "zh-hant"
        case ["zh", *_]:
            return "zh-hans"
    return ""


@cache
def _parser(model: str) -> budoux.Parser:
    path = Path(budoux.__file__).with_name("models") / f"{model}.json"
    return budoux.Parser(json.loads(path.read_text("utf-8")))


def _parsed(model: str, text: str) -> Ends:
    return frozenset(accumulate(map(len, _parser(model).parse(text))))


def _within_katakana(text: str) -> Ends:
    """Between two letters of what is one word to its readers, such as クレジット."""
    katakana = ["ァ" <= letter <= "ヺ" or letter == "ー" for letter in text]
    return frozenset(at for at, (one, two) in enumerate(pairwise(katakana), 1) if one and two)


def _name_ends(units: Sequence[str]) -> Ends:
    """After each word, but not between two that are capitalised among others that are not, as in “Việt Nam”."""
    capital = [unit[:1].isupper() for unit in units]
    joined = [
        one and two and unit.endswith(" ") and unit.strip().isalpha()
        for unit, one, two in zip(units, capital, [*capital[1:], False], strict=True)
    ]
    is_heading = sum(capital[1:]) > 0.6 * (len(units) - 1)
    ends = accumulate(map(len, units))
    return frozenset(end for end, stays in zip(ends, joined, strict=True) if is_heading or not stays)


def _parted(text: str, start: int, ends: Sequence[Ends], measure: Measure, width: float) -> Iterator[str]:
    """The parts of a text that begins at `start` by the first of the ends, those longer than a line by the next."""
    own = sorted(end - start for end in ends[0] if start < end < start + len(text))
    for begin, end in pairwise((0, *own, len(text))):
        part = text[begin:end]
        if len(ends) > 1 and measure(part.rstrip()) > width:
            yield from _parted(part, start + begin, ends[1:], measure, width)
        else:
            yield part


def _wrapped(parts: Iterable[str], measure: Measure, width: float) -> list[str] | None:
    """Lines of at most a width; None when a part is longer."""
    lines = [""]
    for part in parts:
        if lines[-1] and measure((lines[-1] + part).rstrip()) > width:
            lines.append("")
        if not lines[-1] and measure(part.rstrip()) > width:
            return None
        lines[-1] += part
    return lines


def _balanced(parts: Sequence[str], measure: Measure, width: float, count: int) -> tuple[str, ...]:
    """So many lines, of about one length, rather ending where there is a pause."""
    best: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    for _ in range(count):
        following: list[tuple[float, tuple[str, ...]]] = [(inf, ())] * (len(parts) + 1)
        for start, (cost, lines) in enumerate(best):
            for end in range(start + 1, len(parts) + 1) if cost < inf else ():
                line = "".join(parts[start:end]).strip()
                slack = 1 - measure(line) / width
                if slack < 0:
                    break
                total = cost + slack * slack - (_PAUSE if line.endswith(_PAUSES) else 0)
                if total < following[end][0]:
                    following[end] = total, (*lines, line)
        best = following
    return best[-1][1]


_PAUSES = ("：", ":", "、", "，", ",", ";", "；", "–", "—", ".", "。", "!", "！", "?", "？", "…", "؟", "،", "؛")
_PAUSE = 0.08

_LOOSE_ENDS = " ,.;:–—-、。・（(「『"


def _shortened(text: str, measure: Measure, width: float) -> str:
    """So much of a text as fits on a line with an ellipsis behind it, by words if it can be."""
    for parts in (_units(text), grapheme_clusters(text)):
        starts = (text[:end].rstrip(_LOOSE_ENDS) for end in accumulate(map(len, parts)))
        fitting = [*takewhile(lambda start: measure(start + "…") <= width, starts)]
        if fitting and fitting[-1]:
            return fitting[-1] + "…"
    return "…"
