"""Typography of prose: how long it takes to read, where it may be cut, names that no line may break within."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from html import escape, unescape
from itertools import takewhile
from posixpath import commonprefix

from markupsafe import Markup

CJK = (
    "\u2e80-\u2fdf\u3000-\u30ff\u3100-\u312f\u3190-\u31ff\u3200-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_OTHERS_THAT_TOUCH = (
    ("\u0e00", "\u109f"), ("\u1100", "\u11ff"), ("\u1780", "\u17ff"), ("\u3130", "\u318f"), ("\ua960", "\ua97f"),
    ("\uac00", "\ud7ff"),
)  # fmt: skip
"""First and last letters: Thai, Lao, Tibetan, Burmese and Khmer have no spaces between words, Korean has particles."""
TOUCHING = CJK + "".join(f"{first}-{last}" for first, last in _OTHERS_THAT_TOUCH)
_SENTENCE_END = re.compile(r"[。．！？…]++[」』）”’]*+|(?<![.!?؟۔।॥།။።])[.!?…؟۔।॥།။።]++[\"'”’»)\]]*+(?=\s|$)")
_ENDING = re.compile(r"[.!?…؟۔।॥།။።。．！？\"'”’»)\]」』）]*+")
_CJK_RUN = re.compile(f"[{CJK}]+")
_MAYBE_CJK = re.compile("[^\x00-\u2e7f]")  # one range is found faster than many

WORDS_A_MINUTE = 220
CJK_CHARACTERS_A_MINUTE = 500

LONG = 12
"""Letters above which a name of several words may not fit a phone's line in the size of a title."""

_LEFT_ALONE = (
    r"\0[^\0]*\0|<!--.*?(?:-->|\Z)"
    r"|(?i:<(pre|code|script|style|textarea|svg|math)\b(?:[^<>\"']++|\"[^\"]*\"|'[^']*')*+(?<!/)>"
    r"(?:[^<]++|<(?!/\1\s*+>))*+(?:</\1\s*+>)?)"
    r"|<[^>]*(?:>|\Z)"
)
"""What has no end reaches to the end of the text."""
_APOSTROPHE = "(?:'|’|&#39;)"


def is_cjk(character: str) -> bool:
    """Chinese or Japanese, full-width punctuation included; Korean is written with spaces and is not."""
    return _CJK_RUN.match(character) is not None


@lru_cache(1000)
def text_width(text: str) -> float:
    """About how wide a text is, in em."""
    return sum(map(_width, text))


def _width(character: str) -> float:
    if unicodedata.category(character) in ("Mn", "Cf"):
        return 0.0
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.58


def touches(character: str) -> bool:
    """Whether a letter or mark belongs to a script whose words touch what stands beside them: CJK, Korean, Thai …"""
    return is_cjk(character) or any(first <= character <= last for first, last in _OTHERS_THAT_TOUCH)


def reading_minutes(text: str) -> int:
    """Whole minutes, at least one: words for scripts with spaces, characters for Chinese and Japanese."""
    others, runs = _CJK_RUN.subn(" ", text) if _MAYBE_CJK.search(text) else (text, 0)
    characters, words = len(text) - len(others) + runs, len(others.split())
    return max(1, round(words / WORDS_A_MINUTE + characters / CJK_CHARACTERS_A_MINUTE))


def excerpt(text: str, limit: int = 200) -> str:
    """The beginning of a text, at most about `limit` columns (a CJK character takes two), cut after a
    sentence where one ends early enough, else after a word, with an ellipsis. Where there are no spaces for long, as in
    Thai, it is cut between letters."""
    text = " ".join(text.split())
    end = _column_to_index(text, limit)
    if end >= len(text):
        return text
    behind = _ENDING.search(text, end)
    ends = (match.end() for match in _SENTENCE_END.finditer(text, 0, behind.end() + 1 if behind else end))
    sentences = [*takewhile(lambda at: at <= end, ends)]
    if sentences and sentences[-1] * 3 >= end:
        return text[: sentences[-1]]
    cut = text[:end]
    if not is_cjk(text[end]) and not is_cjk(cut[-1]):
        words = max(cut.rfind(" "), cut.rfind("\u200b"))
        cut = cut[:words] if words * 3 >= end * (2 if touches(cut[-1]) else 1) else _whole_letters(text, end)
    return cut.rstrip(" ,;:、，；：.。–—-") + "…"


def _whole_letters(text: str, end: int) -> str:
    """The text up to `end`, without a letter that is parted from its marks: those behind it, also the vowels and
    consonants that join to it, or a vowel that is written before it."""
    while end > 1 and (
        unicodedata.category(text[end])[0] == "M"
        or text[end] in _BEHIND
        or text[end - 1] in _AHEAD
        or text[end - 1] in _JOINS
    ):
        end -= 1
    return text[:end]


_BEHIND = "\u0e30\u0e32\u0e33\u0e45\u0e46\u0eb0\u0eb2\u0eb3\u0ec6\u200d"
_AHEAD = "\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4"
"""Vowels of Thai and Lao that are letters to Unicode, behind and before their consonant."""
_JOINS = "\u1039\u17d2\u200d"
"""Burmese virama, Khmer coeng, zero width joiner: what follows belongs to them."""


def _column_to_index(text: str, columns: int) -> int:
    if len(text) * 2 <= columns or not _CJK_RUN.search(text, 0, columns + 1):
        return min(len(text), columns)
    width = 0
    for index, character in enumerate(text):
        width += 2 if is_cjk(character) else 1
        if width > columns:
            return index
    return len(text)


def mark_names(text: str, names: tuple[str, ...]) -> Markup:
    """A text as HTML, its names marked for the style sheet; what is HTML already stays as it is. Titles, feeds and what
    search reads keep their plain spaces."""
    if isinstance(text, Markup) or not names:
        return Markup.escape(text)
    return Markup(_name_pattern(names).sub(_marked_name, str(Markup.escape(text))))


def mark_names_in_html(html: str, names: tuple[str, ...]) -> str:
    """The same for what stands between tags, code and markers of references left alone."""
    return _name_pattern(names).sub(_marked_name, html) if names else html


def _marked_name(match: re.Match[str]) -> str:
    name = match["name"]
    if not name:
        return match[0]
    words = unescape(name).split()
    if len(words) == 1:
        return f'<span class="name word">{name}</span>'
    if len(" ".join(words)) > LONG:
        return f'<span class="name long">{name}</span>'
    return f'<span class="name">{name}</span>'


@cache
def _name_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the names as a whole word, the longest first; a line break of the source counts as its space."""
    spellings = dict.fromkeys(_spelling(name.split()) for name in names if name.strip())
    known = _any_of(sorted(spellings, key=len, reverse=True))
    return re.compile(f"{_LEFT_ALONE}|(?P<name>{known or '(?!)'})", re.DOTALL)


def _any_of(spellings: Sequence[tuple[str, ...]], levels: int = 40) -> str:
    """A pattern of the first of some spellings that fits: what they begin with is looked at once for all."""
    if len(spellings) < 2 or not levels:
        return "|".join(map("".join, spellings))
    start = commonprefix(spellings)
    groups: dict[str, list[tuple[str, ...]]] = {}
    for spelling in spellings:
        groups.setdefault(spelling[len(start)], []).append(spelling[len(start) :])
    return f"{''.join(start)}(?:{'|'.join(_any_of(group, levels - 1) for group in groups.values())})"


def _spelling(words: list[str]) -> tuple[str, ...]:
    """Patterns of the signs of a name, and of what stands around it."""
    start = "" if is_cjk(words[0][0]) else r"(?<!\w)"
    end = "" if is_cjk(words[-1][-1]) else r"(?!\w)"
    signs = {" ": r"\s+", "'": _APOSTROPHE}
    return (start, *(signs.get(sign) or re.escape(escape(sign)) for sign in " ".join(words)), end)
