"""Text in any language: normal forms and slugs."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Latin letters that Unicode does not decompose into a base letter and marks.
_LATIN_WHOLE = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
)

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def nfc(text: str) -> str:
    """The composed normal form; text that is ASCII comes back as it is."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_path_within(path: str) -> bool:
    """Whether a relative path with / names something below the folder it starts from, letter by letter: no part of it
    is empty, "." or ".." (POSIX.1-2017, section 4.13), and none holds NUL. All that makes a path from a text asks."""
    return "\0" not in path and _STEPS.isdisjoint(path.split("/"))


_STEPS = frozenset(("", ".", ".."))


@lru_cache(4096)
def fold(name: str) -> str:
    """What two spellings of one name have in common: normal form, case and spacing removed."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def slug(text: str) -> str:
    """An address part: Latin letters lose their marks (Đổi → doi), other scripts stay as they are."""
    if _SLUG.fullmatch(text):
        return text
    letters = without_strokes(nfc(text).lower().replace("'", "").replace("’", ""))
    plain = letters.translate(_PLAIN)
    if _MARK not in plain:
        return "-".join(filter(None, plain.split("-")))
    kept: list[str] = []
    for character in letters:
        plain = _in_slugs(character)
        if plain == "-":
            if kept and kept[-1] != "-":
                kept.append(plain)
        elif plain or (kept and not kept[-1].isascii()):
            kept.append(plain or character)
    return "".join(kept).strip("-")


@lru_cache(4096)
def _in_slugs(character: str) -> str:
    """What a lower-case character becomes: a letter or digit, a hyphen, or nothing where it is a mark."""
    category = unicodedata.category(character)
    if category[0] in "LN":
        base = unicodedata.normalize("NFD", character)[0]
        return base if "a" <= base <= "z" else character
    return "" if category[0] == "M" else "-"


_MARK = "\0"


class _PlainLetters(dict[int, str]):
    """What `str.translate` makes of letters, as they come; marks, which depend on what is before them, stand out."""

    def __missing__(self, number: int) -> str:
        self[number] = plain = _in_slugs(chr(number)) or _MARK
        return plain


_PLAIN = _PlainLetters()


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
