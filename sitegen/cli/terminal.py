"""What people see in a terminal: problems with excerpts, and how far a build has come."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Self

from click import echo, style

from sitegen.codes.wording import Severity
from sitegen.files import lines_of
from sitegen.i18n.messages import Words
from sitegen.problems import Place, Problem
from sitegen.text import CONTROLS

FEW = 3
"""Problems of one kind that are shown."""
MANY = 20
"""Problems that can be read without a table."""


def print_problems(root: Path, problems: Iterable[Problem], words: Words, *, every: bool = False) -> None:
    echo("\n".join(overview(root, problems, words, every=every)), err=True, color=_are_colors_wanted())


def _are_colors_wanted() -> bool | None:
    """As the environment has it (no-color.org, force-color.org); None where nothing is said, so that terminals get
    them."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def overview(root: Path, problems: Iterable[Problem], words: Words, *, every: bool = False) -> Iterator[str]:
    """Errors before warnings. Of each kind the first, and how many more there are, or `every` one; in the end, where
    there are many, how many of each kind."""
    kinds: dict[str, list[Problem]] = {}
    ordered = sorted(problems, key=lambda found: found.severity)
    for found in ordered:
        kinds.setdefault(found.code, []).append(found)
    last_shown = {code: kind[FEW - 1] for code, kind in kinds.items() if len(kind) > FEW and not every}
    left_out = {id(found) for code in last_shown for found in kinds[code][FEW:]}
    lines = lru_cache(1)(partial(lines_of, root))
    for found in ordered:
        if id(found) in left_out:
            continue
        yield from _excerpts(lines, (found,), words)
        if found is last_shown.get(found.code):
            more = kinds[found.code][FEW:]
            told = words.say(
                "… and {n} more like this, {files}: sitegen build --all shows every one.",
                n=len(more), files=_in_files(more, words),
            )  # fmt: skip
            yield style(f"    {told}", bold=True)
    if len(ordered) > MANY and len(kinds) > 1:
        yield from _table(kinds.values(), words)


def _table(kinds: Iterable[list[Problem]], words: Words) -> Iterator[str]:
    """How many of each kind: of errors first, the most first."""
    rows = sorted(kinds, key=lambda kind: (kind[0].severity, -len(kind), kind[0].code))
    widths = [
        max(len(str(len(kind))) for kind in rows),
        max(_width(words.say(kind[0].severity)) for kind in rows),
        max(len(kind[0].code) for kind in rows),
    ]
    yield style(words.say("Problems by kind:"), bold=True)
    for kind in rows:
        count, severity, code = f"{len(kind):{widths[0]}}", words.say(kind[0].severity), kind[0].code
        filled = severity + " " * (widths[1] - _width(severity))
        yield "    " + "  ".join((count, filled, code.ljust(widths[2]), _in_files(kind, words)))


def _in_files(problems: Iterable[Problem], words: Words) -> str:
    return words.count("in {n} file", "in {n} files", len({found.place.path for found in problems}))


def excerpts(root: Path, problems: Iterable[Problem], words: Words) -> Iterator[str]:
    """Each problem with its place, an excerpt of the line, and what to do, line by line."""
    return _excerpts(lru_cache(1)(partial(lines_of, root)), problems, words)


def _excerpts(lines: Callable[[str], list[str]], problems: Iterable[Problem], words: Words) -> Iterator[str]:
    for found in problems:
        message, hint = words.problem(found)
        place = found.place
        where = ":".join(str(part) for part in (place.path, place.line, place.column) if part)
        severity = style(words.say(found.severity), _COLORS[found.severity], bold=True)
        yield f"{style(where, bold=True)}: {severity}: {message} [{found.code}]"
        excerpt = _excerpt(lines(place.path) if place.line else [], place)
        if excerpt:
            yield style(f"    {excerpt}", dim=True)
            if place.column:
                mark = style("^", _COLORS[found.severity], bold=True)
                yield " " * (4 + _width(excerpt[: place.column - 1])) + mark
        yield f"    {hint}"


_COLORS: dict[Severity, str] = {"error": "red", "warning": "yellow"}


def _width(text: str) -> int:
    """The cells that a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415

    return cell_len(text)


def _excerpt(lines: list[str], place: Place) -> str:
    return CONTROLS.sub(" ", lines[place.line - 1][:200]) if place.line <= len(lines) and lines else ""


class Bar:
    """A bar for work that takes a while, on terminals only."""

    WAIT = 0.5

    def __init__(self) -> None:
        self._progress: Any = None
        self._tasks: dict[str, Any] = {}
        self._begun = time.perf_counter()
        self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress:
            self._progress.stop()

    def report(self, step: str, done: int, total: int) -> None:
        now = time.perf_counter()
        if now - self._begun < self.WAIT or now - self._drawn < 0.05:
            return
        self._drawn = now
        if not self._progress:
            self._progress = _progress()
            self._progress.start()
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step, total=total)
        self._progress.update(self._tasks[step], completed=done)


def _progress() -> Any:
    """What few builds take long enough to show, and takes longer to import than a build in which nothing changed."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    return Progress(console=Console(stderr=True, highlight=False, soft_wrap=True), transient=True)
