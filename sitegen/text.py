"""Text in any language: normal forms, slugs, counting and cutting."""

import re
import unicodedata
from collections.abc import Iterable

# Latin letters that Unicode does not decompose into a base letter and marks.
_LATIN_WHOLE = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
)

CJK = (
    "\u2e80-\u2fdf\u3000-\u30ff\u3100-\u312f\u3190-\u31ff\u3200-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_CJK_CHARACTER = re.compile(f"[{CJK}]")
_SENTENCE_END = re.compile(r"[。．！？…]+[」』）”’]*|[.!?…؟۔]+[\"'”’»)\]]*(?=\s|$)")
_CJK_RUN = re.compile(f"[{CJK}]+")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

WORDS_A_MINUTE = 220
CJK_CHARACTERS_A_MINUTE = 500


def nfc(text: str) -> str:
    """The composed normal form; text that is ASCII comes back as it is."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold(name: str) -> str:
    """What two spellings of one name have in common: normal form, case and spacing removed."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def slug(text: str) -> str:
    """An address part: Latin letters lose their marks (Đổi → doi), other scripts stay as they are."""
    if _SLUG.fullmatch(text):
        return text
    kept: list[str] = []
    for character in without_strokes(nfc(text).lower()):
        category = unicodedata.category(character)
        base = unicodedata.normalize("NFD", character)[0]
        if category[0] in "LN":
            kept.append(base if "a" <= base <= "z" else character)
        elif category[0] == "M":
            if kept and kept[-1] != "-" and not kept[-1].isascii():
                kept.append(character)
        elif kept and kept[-1] != "-" and character not in "'’":
            kept.append("-")
    return "".join(kept).strip("-")


def without_strokes(text: str) -> str:
    """Lower-case Latin letters with strokes and ligatures as plain ones: đ → d, æ → ae."""
    return text.translate(_LATIN_WHOLE)


def unique_slug(text: str, taken: Iterable[str], otherwise: str) -> str:
    """A slug not yet `taken`, numbered where needed; `otherwise` when the text has no letters."""
    wanted = slug(text) or otherwise
    known = frozenset(taken)
    number = 2
    candidate = wanted
    while candidate in known:
        candidate, number = f"{wanted}-{number}", number + 1
    return candidate


def is_cjk(character: str) -> bool:
    """Chinese or Japanese, full-width punctuation included; Korean is written with spaces and is not."""
    return _CJK_CHARACTER.match(character) is not None


def reading_minutes(text: str) -> int:
    """Whole minutes, at least one: words for scripts with spaces, characters for Chinese and Japanese."""
    characters = sum(map(len, _CJK_RUN.findall(text)))
    words = len(_CJK_RUN.sub(" ", text).split())
    return max(1, round(words / WORDS_A_MINUTE + characters / CJK_CHARACTERS_A_MINUTE))


def excerpt(text: str, limit: int = 200) -> str:
    """The beginning of a text, at most about `limit` columns (a CJK character takes two), cut after a
    sentence where one ends early enough, else after a word, with an ellipsis."""
    text = " ".join(text.split())
    end = _column_to_index(text, limit)
    if end >= len(text):
        return text
    sentences = [match.end() for match in _SENTENCE_END.finditer(text) if match.end() <= end]
    if sentences and sentences[-1] * 3 >= end:
        return text[: sentences[-1]]
    cut = text[:end]
    if not is_cjk(text[end]) and not is_cjk(cut[-1]) and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return cut.rstrip(" ,;:、，；：.。–—-") + "…"


def _column_to_index(text: str, columns: int) -> int:
    if len(text) * 2 <= columns or not _CJK_CHARACTER.search(text, 0, columns + 1):
        return min(len(text), columns)
    width = 0
    for index, character in enumerate(text):
        width += 2 if is_cjk(character) else 1
        if width > columns:
            return index
    return len(text)
