"""Prose in any language: how long it takes to read, and where it may be cut."""

import re
from itertools import takewhile

CJK = (
    "\u2e80-\u2fdf\u3000-\u30ff\u3100-\u312f\u3190-\u31ff\u3200-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_SENTENCE_END = re.compile(r"[。．！？…]+[」』）”’]*|[.!?…؟۔]+[\"'”’»)\]]*(?=\s|$)")
_CJK_RUN = re.compile(f"[{CJK}]+")
_MAYBE_CJK = re.compile("[^\x00-\u2e7f]")  # one range is found faster than many

WORDS_A_MINUTE = 220
CJK_CHARACTERS_A_MINUTE = 500


def is_cjk(character: str) -> bool:
    """Chinese or Japanese, full-width punctuation included; Korean is written with spaces and is not."""
    return _CJK_RUN.match(character) is not None


def reading_minutes(text: str) -> int:
    """Whole minutes, at least one: words for scripts with spaces, characters for Chinese and Japanese."""
    others = _CJK_RUN.sub(" ", text) if _MAYBE_CJK.search(text) else text
    characters = sum(map(len, _CJK_RUN.findall(text))) if others is not text else 0
    words = len(others.split())
    return max(1, round(words / WORDS_A_MINUTE + characters / CJK_CHARACTERS_A_MINUTE))


def excerpt(text: str, limit: int = 200) -> str:
    """The beginning of a text, at most about `limit` columns (a CJK character takes two), cut after a
    sentence where one ends early enough, else after a word, with an ellipsis."""
    text = " ".join(text.split())
    end = _column_to_index(text, limit)
    if end >= len(text):
        return text
    ends = (match.end() for match in _SENTENCE_END.finditer(text))
    sentences = [*takewhile(lambda at: at <= end, ends)]
    if sentences and sentences[-1] * 3 >= end:
        return text[: sentences[-1]]
    cut = text[:end]
    if not is_cjk(text[end]) and not is_cjk(cut[-1]) and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:、，；：.。–—-") + "…"


def _column_to_index(text: str, columns: int) -> int:
    if len(text) * 2 <= columns or not _CJK_RUN.search(text, 0, columns + 1):
        return min(len(text), columns)
    width = 0
    for index, character in enumerate(text):
        width += 2 if is_cjk(character) else 1
        if width > columns:
            return index
    return len(text)
