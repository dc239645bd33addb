"""Problems as people see them in a browser: each with an excerpt of its source, the place marked; and the templates, of
which all that the preview shows is made.

The problems are in the page itself, since they change while it is read: #sitegen-problems is set back to the browser's
own styles before it gets ours.
"""

import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from msgspec import Struct

from sitegen.files import digest, lines_of
from sitegen.i18n.codes import language_tag
from sitegen.i18n.messages import Words
from sitegen.problems import Problem, errors

from .snapshot import Snapshot

TEMPLATES = Path(__file__).parent / "templates"
MOST = 40
"""Problems that are shown at once; whoever has more sees the next when some are mended."""
WIDTH, BEFORE = 120, 40
"""Characters of a line that are shown, and how many at least before the place in it."""
_WORD = re.compile(r"""(["']).*?\1|\[[^\]]*\]|[^\s()\[\]<>"'“”、。，]+|\S""")


class ExcerptLine(Struct, frozen=True):
    """A line of a source in three parts; `marked` is where the problem is."""

    number: int
    before: str
    marked: str = ""
    after: str = ""


class Finding(Struct, frozen=True):
    """A problem with all its words. `opens`: whether there is such a file, and it may be opened."""

    severity: str
    code: str
    path: str
    line: int
    where: str
    opens: bool
    message: str
    hint: str
    excerpt: tuple[ExcerptLine, ...]


def problem_list(snapshot: Snapshot) -> Markup:
    """All problems of the last attempt, errors first; nothing when there are none."""
    problems, words = snapshot.problems, snapshot.words
    if not problems:
        return Markup("")
    return fragment(
        "problems.html", words, findings=findings(snapshot, problems), left=len(problems) - MOST,
        wrong=len(errors(problems)), counts=counted(problems, words), name=digest(repr(problems).encode()),
        before=snapshot.failed and snapshot.build is not None,
    )  # fmt: skip


def findings(snapshot: Snapshot, problems: Iterable[Problem]) -> list[Finding]:
    """The first of them, errors before warnings, with their excerpts."""
    first = sorted(problems, key=lambda found: found.severity)[:MOST]
    return [_finding(snapshot, found) for found in first]


def counted(problems: Collection[Problem], words: Words) -> str:
    """How many there are: 2 errors, 1 warning; nothing when there are none."""
    if not problems:
        return ""
    wrong = len(errors(problems))
    some = words.count("{n} error", "{n} errors", wrong)
    others = words.count("{n} warning", "{n} warnings", len(problems) - wrong)
    if wrong == len(problems):
        return some
    return words.say("{errors}, {warnings}", errors=some, warnings=others) if wrong else others


def _finding(snapshot: Snapshot, found: Problem) -> Finding:
    place, root = found.place, snapshot.root
    message, hint = snapshot.words.problem(found)
    return Finding(
        severity=found.severity,
        code=found.code,
        path=place.path,
        line=place.line,
        where=":".join(str(part) for part in (place.path, place.line, place.column) if part),
        opens=snapshot.may_open(place.path),
        message=message,
        hint=hint,
        excerpt=_excerpt(lines_of(root, place.path) if place.line else [], place.line, place.column),
    )


def _excerpt(lines: list[str], number: int, column: int) -> tuple[ExcerptLine, ...]:
    """The line with the ones before and after it."""
    if not 0 < number <= len(lines):
        return ()
    start = max(0, column - 1 - BEFORE) if column > WIDTH - BEFORE else 0
    around = [at for at in (number - 1, number, number + 1) if 0 < at <= len(lines) and lines[at - 1].strip()]
    return tuple(
        _marked(at, lines[at - 1], start, column) if at == number else ExcerptLine(at, _cut(lines[at - 1], start))
        for at in around
    )


def _marked(number: int, line: str, start: int, column: int) -> ExcerptLine:
    """From the place to the end of its word; the whole line where no column is known."""
    begin = column - 1 if column else len(line) - len(line.lstrip())
    word = _WORD.match(line, begin) if column else None
    end = min(word.end() if word else len(line), start + WIDTH)
    if begin >= end:
        return ExcerptLine(number, _cut(line, start))
    shown = line[: start + WIDTH]
    return ExcerptLine(
        number,
        ("…" if start else "") + line[start:begin],
        line[begin:end],
        shown[end:] + ("…" if len(line) > len(shown) else ""),
    )


def _cut(line: str, start: int) -> str:
    part = line[start : start + WIDTH]
    return ("…" if start and part else "") + part + ("…" if len(line) > start + WIDTH else "")


def fragment(template: str, words: Words, /, **values: object) -> Markup:
    """A template, filled in, in the author's language; all that is not Markup is escaped."""
    return Markup(_environment().get_template(template).render(values, words=words))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["tag"] = language_tag
    return made
