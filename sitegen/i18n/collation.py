"""The order of names in a language: the Vietnamese alphabet, kana and JIS order, Latin letters by their base.

Babel has no collation, and ICU comes in no wheel.
"""

import re
import unicodedata

from sitegen.text import nfc, without_strokes

SortKey = tuple[tuple[str, ...], tuple[int, ...], str]

# Letters that count as letters of their own (CLDR, collation/vi.xml); each follows the one it is made from.
_VIETNAMESE = {"ă": "a1", "â": "a2", "đ": "d1", "ê": "e1", "ô": "o1", "ơ": "o2", "ư": "u1"}
_TONES = ("\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
_SMALL_KANA = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_LONG_KANA = re.compile(r"([ぁ-ゖァ-ヶ])ー")
_BETWEEN_WORDS = re.compile(r"[^\w\u0300-\u036f\u3099\u309a]+")


def sort_key(name: str, lang: str) -> SortKey:
    """Letters word by word, then marks and tones, then the name as it is, so that the order is always the same."""
    parts_of = {"vi": _vietnamese, "ja": _japanese}.get(re.split("[-_]", lang)[0], _root)
    letters: list[str] = []
    marks: list[int] = []
    text = _LONG_KANA.sub(_spelt_out, name)
    for character in _BETWEEN_WORDS.sub(" ", nfc(text).casefold()).strip():
        for part in parts_of(character):
            if unicodedata.category(part[0])[0] == "M":
                marks[-1:] = [_rank(part)] if marks else []
            else:
                letters.append(part)
                marks.append(0)
    return tuple(letters), tuple(marks), name


def _vietnamese(character: str) -> tuple[str, ...]:
    """A letter with its own mark, then its tone; a tone may stand alone, where no letter is composed with it."""
    parts = unicodedata.normalize("NFD", character)
    tones = tuple(part for part in parts if part in _TONES)
    letter = nfc("".join(part for part in parts if part not in _TONES))
    return (_VIETNAMESE.get(letter, letter), *tones) if letter else tones


def _japanese(character: str) -> tuple[str, ...]:
    """Kanji follow kana, in the order of JIS X 0208, by their common reading; rarer ones by code point."""
    if unicodedata.name(character, "").startswith("CJK"):
        try:
            return ("一" + character.encode("shift_jis").hex(),)
        except UnicodeEncodeError:
            return ("龠" + character,)
    return _root(character)


def _root(character: str) -> tuple[str, ...]:
    """Base letters, then marks; katakana as hiragana, small kana as large."""
    parts = unicodedata.normalize("NFD", without_strokes(character))
    return tuple((chr(ord(p) - 0x60) if "ァ" <= p <= "ヶ" else p).translate(_SMALL_KANA) for p in parts)


def _spelt_out(match: re.Match[str]) -> str:
    """A long vowel as two (JIS X 4061): カード as カアド."""
    vowel = unicodedata.name(match[1])[-1]
    return match[1] + dict(zip("AIUEO", "あいうえお", strict=True)).get(vowel, "")


def _rank(mark: str) -> int:
    return _TONES.index(mark) + 1 if mark in _TONES else ord(mark)
