"""Problems of a site: each a code, the place where it is found, and what is needed to say it.

They become words only where they are printed. They can be said in UTF-8, whatever a disk calls its files; so can what
the command line is given, but for folders.
"""

import os
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import TypeVar

from msgspec import Struct

from sitegen.codes.table import PHRASES, WORDINGS
from sitegen.codes.wording import Severity

from .text import CONTROLS, unreserved

T = TypeVar("T")


class Place(Struct, frozen=True, gc=False, order=True):
    """A spot in a file of the site: `line` and `column` count from 1; 0 says the whole file."""

    path: str
    line: int = 0
    column: int = 0

    def below(self, lines: Sequence[str], index: int, text: str = "") -> "Place":
        """Where a text stands in a line, given the lines that begin here."""
        return Place(self.path, self.line + index, max(0, lines[index].find(text)) + 1)


class Problem(Struct, frozen=True, gc=False):
    """One thing wrong, with what is needed to say it in any language."""

    code: str
    place: Place
    arguments: Mapping[str, str] = {}

    @property
    def severity(self) -> Severity:
        return WORDINGS[self.code].severity

    @property
    def message(self) -> str:
        return self.worded()[0]

    @property
    def hint(self) -> str:
        return self.worded()[1]

    def worded(self, translate: Callable[[str], str] = lambda text: text) -> tuple[str, str]:
        """What is wrong and what to do; `translate` knows the texts of WORDINGS and PHRASES in another language. An
        argument `advice` is said in place of the hint."""
        wording = WORDINGS[self.code]
        arguments = {
            name: translate(value) if name in ("expected", "found", "detail", "state") and value in PHRASES else value
            for name, value in self.arguments.items()
        }
        message = translate(wording.message).format_map(arguments)
        try:
            return message, translate(self.arguments.get("advice", wording.hint)).format_map(arguments)
        except KeyError:
            return message, translate(wording.hint_plain).format_map(arguments) if wording.hint_plain else ""


Checked = tuple[T, tuple[Problem, ...]]
"""A value and the problems met on the way to it; what was broken has been left out."""


class ProblemLog:
    """The problems met so far."""

    def __init__(self, found: Iterable[Problem] = ()) -> None:
        self.problems = [*found]

    def take(self, checked: tuple[T, Iterable[Problem]]) -> T:
        """The value alone; its problems are noted."""
        value, problems = checked
        self.problems += problems
        return value

    def note(self, *problems: Problem) -> None:
        self.problems += problems


class SiteError(Exception):
    """The site cannot be built; carries every problem found so far."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("; ".join(problem.message for problem in self.problems))


class Lost(Exception):
    """What an earlier build kept cannot be had; no fault of anyone who asked for it."""


def unforeseen(error: BaseException, path: str = "", sources: Container[str] = ()) -> Problem:
    """The problem of an exception that nobody foresaw, at the file that was worked on: `path`, else that of `sources`
    which the innermost function has. Where the environment has SITEGEN_TRACEBACK, the traceback is printed."""
    import traceback  # noqa: PLC0415 - hardly ever

    if os.environ.get("SITEGEN_TRACEBACK"):
        traceback.print_exception(error)
    steps = [*traceback.walk_tb(error.__traceback__)]
    place = Place(path or next(filter(None, (_file_in(frame, sources) for frame, _ in reversed(steps))), ".sitegen"))
    if isinstance(error, MemoryError):
        return problem("no-memory", place)
    if isinstance(error, OSError):
        name = Path(os.fsdecode(error.filename)).name if isinstance(error.filename, str | bytes | Path) else ""
        return problem("broken-off", place, reason=f"{error.strerror or error}" + (f" ({name})" if name else ""))
    where = "".join(f" ({Path(frame.f_code.co_filename).name}:{line})" for frame, line in steps[-1:])
    return problem("unforeseen", place, reason=f"{type(error).__name__}: {str(error)[:200]}{where}")


UNFORESEEN = frozenset({"unforeseen", "no-memory", "broken-off"})
"""The codes of what `unforeseen` gives."""


def _file_in(frame: FrameType, sources: Container[str]) -> str:
    """A path that a function has among its variables."""
    for value in frame.f_locals.values():
        path = getattr(value, "path", "") if isinstance(value, Struct) else value
        if isinstance(path, str) and path in sources:
            return path
    return ""


def problem(code: str, place: Place, **arguments: object) -> Problem:
    """Make a Problem; arguments that are None are left out, so that the plainer hint is chosen."""
    words = {name: _shown(str(value)) for name, value in arguments.items() if value is not None}
    return Problem(code, Place(printable(place.path), place.line, place.column), words)


def misnamed(code: str, place: Place, name: str, **arguments: object) -> Problem:
    """The problem of a name, or a path, that cannot be one: `code`, unless it is that of a device."""
    better = unreserved(name)
    if better != name:
        return problem("reserved-name", place, value=name, nearest=better)
    return problem(code, place, value=name, **arguments)


_LONGEST = 1_000
"""Characters of an argument that are said."""


def _shown(text: str) -> str:
    return printable(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def printable(text: str) -> str:
    """A text as any terminal can show it: what does something there, or cannot be said in UTF-8, is escaped (\\x1b)."""
    return in_utf8(CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text))


def in_utf8(text: str) -> str:
    """A text as UTF-8 can say it: what it cannot, such as a file's name in another encoding, is escaped (\\udcff)."""
    return text.encode("utf-8", "backslashreplace").decode()


LONGEST_WORD, BUDGET = 1_000, 200_000_000
"""Characters of a word for which another is proposed; how many are compared for all questions to the same words: more
than for a thousand broken links on a site of three thousand pages. A second, about."""


class Known:
    """Words one of which was probably meant where another is written; for one question or very many."""

    def __init__(self, words: Iterable[str], budget: int = BUDGET) -> None:
        self._words = [word for word in words if len(word) <= LONGEST_WORD]
        self._budget = budget

    def nearest(self, word: str, *, but: str = "") -> str | None:
        """The word that was probably meant, compared without regard to case, but for one. None for what is no word, and
        when too much has been compared."""
        if not self._words or len(word) > LONGEST_WORD or self._budget < 0:
            return None
        from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 - most builds have nothing to suggest

        self._budget -= self._size * (1 + len(word) // 64)
        asked = utils.default_process(word)
        found = process.extract(asked, self._usual, scorer=fuzz.ratio, score_cutoff=60, limit=2 if but else 1)
        return next((self._words[index] for _, _, index in found if self._words[index] != but), None)

    @cached_property
    def _usual(self) -> list[str]:
        from rapidfuzz import utils  # noqa: PLC0415

        return [utils.default_process(word) for word in self._words]

    @cached_property
    def _size(self) -> int:
        return sum(10 + len(word) for word in self._words)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, compared without regard to case."""
    return Known(known).nearest(word)


def shown(known: Iterable[str]) -> str:
    """Known words for an author to choose from: all of a few, the first of many."""
    words = [*islice(known, MOST_SHOWN + 1)]
    return ", ".join(words[:MOST_SHOWN] + ["…"] * (len(words) > MOST_SHOWN)) or "—"


MOST_SHOWN = 50


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by place, then code and words: the same on every machine."""
    alike: dict[tuple[Place, str], list[Problem]] = {}
    for found in problems:
        alike.setdefault((found.place, found.code), []).append(found)
    return tuple(found for key in sorted(alike) for found in _in_words(alike[key]))


def _in_words(problems: list[Problem]) -> list[Problem]:
    """Those of one place and code by their words, which take longer to say than all else."""
    if len(problems) == 1:
        return problems
    said = {found.message: found for found in problems}
    return [said[message] for message in sorted(said)]


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(p for p in problems if p.severity == "error")
