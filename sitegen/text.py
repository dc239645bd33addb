"""Text in any language: normal forms, slugs, names that every disk can hold."""

import re
import unicodedata
from collections.abc import Container
from functools import lru_cache
from itertools import groupby
from typing import Literal

# Latin letters that Unicode does not decompose into a base letter and marks.
_LATIN_WHOLE = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
)

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def nfc(text: str) -> str:
    """The composed normal form; text that is ASCII comes back as it is."""
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", _MANY_MARKS.sub(_in_order, text))


def nfkc(text: str) -> str:
    """The same with what looks different alone, such as full-width letters, made alike (Unicode, section 3.11)."""
    if text.isascii() or unicodedata.is_normalized("NFKC", text):
        return text
    return unicodedata.normalize("NFKC", _MANY_MARKS.sub(_in_order, text.translate(_WIDE_MARKS)))


def _in_order(run: re.Match[str]) -> str:
    """Marks by the dozen, decomposed and in their canonical order (Unicode, section 3.11). Python moves each past all
    that belong behind it, which takes a minute for a hundred thousand."""
    letters = "".join(unicodedata.normalize("NFD", letter) for letter in run[0])
    rows = groupby(letters, key=lambda letter: unicodedata.combining(letter) > 0)
    return "".join("".join(sorted(row, key=unicodedata.combining) if marks else row) for marks, row in rows)


_MANY_MARKS = re.compile(r"[^\w\s\x00-\x7f]{64,}+")
"""No mark is a letter to Python."""
_WIDE_MARKS = {0xFF9E: 0x3099, 0xFF9F: 0x309A}
"""The only marks that are none before they are made like others."""


def without_controls(data: bytes) -> bytes:
    """UTF-8 without what no XML may hold (XML 1.0, section 2.2). A line break, page break or hyphen as word processors
    paste them leaves what readers saw."""
    clean = data.translate(_SEEN, _UNSEEN)
    return _NO_CHARACTERS.sub(b"", clean) if b"\xef\xbf" in clean else clean


def clean(text: str) -> str:
    """A text in NFC, without what no XML may hold."""
    return nfc(text if text.isprintable() else without_controls(text.encode()).decode())


_SEEN = bytes.maketrans(b"\x0b\x0c\x1e", b"  -")
_UNSEEN = bytes({*range(32)} - {*b"\t\n\r\x0b\x0c\x1e"})
_NO_CHARACTERS = re.compile(b"\xef\xbf[\xbe\xbf]")  # U+FFFE, U+FFFF

LONGEST_NAME, LONGEST_PATH, DEEPEST = 255, 3_000, 100
"""Bytes: of a name on any disk (POSIX.1-2017, NAME_MAX); of a path, which leaves room for the folders that it is in.
And how many names a path has."""

LARGEST, LARGEST_TEXT = 256_000_000, 5_000_000
"""Bytes of a file that is read as a whole; of settings, layouts and catalogues."""

CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""What is no letter, but does something, such as to turn what follows around, or cannot be said."""


def is_path_within(path: str) -> bool:
    """Whether a relative path with / names something below the folder it starts from, letter by letter: no part of it
    is empty, "." or ".." (POSIX.1-2017, section 4.13), none is longer than a disk takes, and none holds a control
    character."""
    parts = path.split("/")
    return _STEPS.isdisjoint(parts) and CONTROLS.search(path) is None and (len(path) < 64 or fits_on_disk(path))


Flaw = Literal["path", "sign", "end", "device"]


def unportable(path: str) -> Flaw | None:
    r"""Why a relative path with / is one that no disk may be asked to hold, whatever system it is of: it is no path
    within its folder; or Windows leads one of its names elsewhere, for a sign such as \ or :, for a dot or a space at
    its end, or since a device is called so, whatever the ending. All that makes a path, or takes a name, asks."""
    if _USUAL.fullmatch(path):
        return None if len(path) < 64 or fits_on_disk(path) else "path"
    if not is_path_within(path):
        return "path"
    if re.search(r'[\\:*?"<>|]', path):
        return "sign"
    return "device" if re.search(_DEVICE, path) else "end" if re.search(r"[. ](?![^/])", path) else None


def unreserved(path: str) -> str:
    """A path in which no name is that of a device: con.vi.md becomes con-1.vi.md."""
    return re.sub(_DEVICE, r"\1-1", path)


# Microsoft, "Naming Files, Paths, and Namespaces".
_DEVICES = r"con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³]|conin\$|conout\$"
_DEVICE = rf"(?i)(?<![^/])({_DEVICES}) *(?![^./])"
_USUAL_NAME = rf"(?!(?:{_DEVICES})(?![^./]))[\w-]++(?:\.[\w-]++)*+"
_USUAL = re.compile(rf"{_USUAL_NAME}(?:/{_USUAL_NAME})*+", re.IGNORECASE)
"""Most paths, at a glance."""


def caseless(path: str) -> str:
    """What paths have in common that some disk or host does not tell apart (Unicode, section 3.13)."""
    return path.lower() if path.isascii() else nfc(path).casefold()


def is_address_part(value: str) -> bool:
    """Whether a text can stand between two slashes of an address and name a folder on any disk."""
    return (
        unportable(value) is None
        and value == nfc(value)
        and value.strip() == value
        and not value.startswith(".")
        and _NOT_IN_ADDRESSES.isdisjoint(value)
    )


def shortened(name: str, most: int) -> str:
    """So much of a name as fits into so many bytes, never half a letter."""
    return name if len(name) * 4 <= most else name.encode()[:most].decode("utf-8", "ignore")


def with_ending(path: str, ending: str) -> str:
    """A path with an ending behind its last name, of which so much is left out as no disk would take."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{shortened(name, LONGEST_NAME - len(ending.encode()))}{ending}"


def fits_on_disk(path: str) -> bool:
    """Whether a path is neither too long nor too deep."""
    parts = path.split("/")
    if len(parts) > DEEPEST or len(path.encode()) > LONGEST_PATH:
        return False
    return all(len(part.encode()) <= LONGEST_NAME for part in parts)


_STEPS = frozenset(("", ".", ".."))
_NOT_IN_ADDRESSES = frozenset("/#%")


@lru_cache(4096)
def fold(name: str) -> str:
    """What two spellings of one name have in common: normal form, case and spacing removed."""
    return " ".join(nfkc(name).casefold().split())


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


def unique_slug(text: str, taken: Container[str], otherwise: str) -> str:
    """A slug not yet `taken`, numbered where needed; `otherwise` when the text has no letters."""
    wanted = unreserved(slug(text) or otherwise)
    number = 2
    candidate = wanted
    while candidate in taken:
        candidate, number = f"{wanted}-{number}", number + 1
    return candidate


def without_secrets(text: str) -> str:
    """A text of settings as it may be shown, of the same length: what looks like a password or a token is masked."""
    return _SECRET.sub(lambda found: "•" * len(found[0]), text)


_SECRET = re.compile(
    r"(?<=://)[^/@\s]*:[^/@\s]+(?=@)"  # a user with a password
    r"|\b(?:gh[opsur]_|github_pat_|glpat-|AKIA|xox[abp]-)[A-Za-z0-9_-]{10,}"  # what services give out
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|(?<![A-Za-z])(?i:pass|passwd|password|token|secret|api_?key)[\"']?\s*[=:]\s*\S+"
    r"|(?i:\b(?:bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,})"
)
