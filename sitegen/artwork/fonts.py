"""The fonts of this machine that share cards may be lettered with, the best first.

Those of the site come first, then those of Python packages (sitegen[cards] has Noto Sans), then what fontconfig finds
for letters that are still missing. Letters without a font make a plain card and a warning; symbols are left out.
"""

import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from pathlib import Path
from unicodedata import category

from msgspec import Struct

from sitegen.files import digest
from sitegen.system.desktop import find_program, font_folders
from sitegen.text import nfc


class Face(Struct, frozen=True, gc=False, array_like=True):
    """One font of a file; `digest` of its tables' checksums, which all such files begin with (OpenType, “Table
    Directory”)."""

    file: str
    index: int
    bold: bool
    digest: str


class Family(Struct, frozen=True, gc=False, array_like=True):
    """Fonts of one design, plain and bold."""

    name: str
    faces: tuple[Face, ...]


class Lettering(Struct, frozen=True, gc=False, array_like=True):
    """Families that write the texts of a language together; `missing`: what no font here has, symbols too."""

    families: tuple[Family, ...]
    missing: str

    @property
    def lacking(self) -> str:
        """Missing letters, without which a text cannot be read."""
        return "".join(letter for letter in self.missing if category(letter)[0] in "LMN")

    @property
    def identity(self) -> str:
        """Names the fonts, wherever on the disk they are."""
        faces = [(family.name, face.index, face.digest) for family in self.families for face in family.faces]
        return digest(repr((faces, self.missing)).encode())


class Typeface(Struct, frozen=True):
    """What a language is written with. `key`: of all that it was chosen by; `files`: what its fonts were on the disk,
    since one may be renamed or replaced without a word."""

    key: str
    lettering: Lettering
    files: str

    def is_there(self) -> bool:
        """Whether its fonts lie where they did, as they were."""
        return files_of(self.lettering) == self.files


def files_of(lettering: Lettering) -> str:
    """Changes when one of its fonts goes, or becomes another."""
    states: list[object] = []
    for file in sorted({face.file for family in lettering.families for face in family.faces}):
        try:
            stat = os.stat(file)  # noqa: PTH116 - a text already
        except OSError:
            states.append((file, None))
        else:
            states.append((file, stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return digest(repr(states).encode())


SUFFIXES = (".ttf", ".otf", ".ttc", ".otc")
_OTHER_STYLES = "(?i)italic|oblique|serif|mono|condensed|light|thin|black|display|extra|medium|slab"
_GOOD = (
    r"(?i)NotoSans(CJK|JP|KR|SC|TC|Arabic|Hebrew|Thai|Devanagari)?\b|Hiragino|ヒラギノ角|YuGoth|Meiryo|BIZ-?UDP?Gothic"
    r"|SegoeUI|Arial|Tahoma|Malgun|MSYH|MSJH|Helvetica|PingFang|AppleSDGothic|DejaVuSans\b|LiberationSans"
)
"""Some of these each system has; macOS spells its own by parts of letters."""
_FIRST = 40
_parts = attrgetter("parts")


def is_visible(letter: str) -> bool:
    """Whether a font must have something to draw for it."""
    return category(letter) not in ("Zs", "Zl", "Zp", "Cc", "Cf") and not "\ufe00" <= letter <= "\ufe0f"


def is_other_style(name: str) -> bool:
    """Whether a font is not what titles are set in: upright, plain or bold, without serifs."""
    return re.search(_OTHER_STYLES, name) is not None


def is_slanted(style: str) -> bool:
    """Whether a font is not upright, by the name of its style; its file may be called `ariali.ttf`."""
    return re.search("(?i)italic|oblique", style) is not None


def state() -> str:
    """Changes when fonts come to this machine or go."""
    places = [*_packages(), *(Path(at) for folder in font_folders() for at, _, _ in os.walk(folder))]
    return digest(repr([(str(place), place.stat().st_mtime_ns) for place in places]).encode())


def packaged() -> tuple[Path, ...]:
    """Fonts that Python packages bring."""
    return tuple(file for package in _packages() for file in _upright(package))


def is_packaged(file: str) -> bool:
    """Whether a font lies in such a package."""
    return any(Path(file).is_relative_to(package) for package in _packages())


def installed(lang: str, letters: str) -> tuple[Path, ...]:
    """Fonts of the system for a language and letters, by fontconfig; where there is none, those of known names."""
    command = find_program("fc-match")
    if command is None:
        return tuple(path for folder in font_folders() for path in _upright(folder) if re.search(_GOOD, nfc(path.name)))
    charset = " ".join(f"{ord(letter):x}" for letter in letters)
    pattern = f"sans:lang={lang.replace('_', '-').lower()}:charset={charset}"
    found = _lines([command, "-s", "-f", "%{file}\n", f"{pattern}:weight={weight}"] for weight in ("bold", "regular"))
    paths = (Path(line) for line in dict.fromkeys(found))
    return tuple(path for path in paths if path.suffix in SUFFIXES and not is_other_style(path.name))


@cache
def _packages() -> tuple[Path, ...]:
    """Folders of Python packages that are named after fonts."""
    folders = (Path(entry) for entry in sys.path if entry.endswith("-packages"))
    packages = (package for folder in folders if folder.is_dir() for package in sorted(folder.iterdir(), key=_parts))
    named = (package for package in packages if any(word in package.name.lower() for word in ("noto", "font")))
    return tuple(package for package in named if package.is_dir())


def _upright(folder: str | Path) -> list[Path]:
    found = (Path(at, name) for at, _, names in os.walk(folder) for name in names if name.lower().endswith(SUFFIXES))
    return sorted((path for path in found if not is_other_style(path.name)), key=_parts)  # alike on all systems


def _lines(commands: Iterable[Sequence[str]]) -> Iterator[str]:
    import subprocess  # noqa: PLC0415 - nearly no build needs it

    for command in commands:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - found by its name
        said = done.stdout.decode(
            sys.getfilesystemencoding(), "surrogateescape"
        )  # unlike os.fsdecode in whatever it is
        yield from said.splitlines()[:_FIRST]
