"""What people see in a terminal: problems with excerpts, and how far a build has come."""

import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Self

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from sitegen.files import lines_of
from sitegen.i18n.messages import Words
from sitegen.problems import Place, Problem
from sitegen.text import CONTROLS


def console() -> Console:
    """Colours and width where the output is a terminal; plain text elsewhere."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


FEW = 3
"""Problems of one kind that are shown."""
MANY = 20
"""Problems that can be read without a table."""


def print_problems(root: Path, problems: Iterable[Problem], words: Words, *, every: bool = False) -> None:
    shown = console()
    for line in overview(root, problems, words, every=every):
        shown.print(line)


def overview(root: Path, problems: Iterable[Problem], words: Words, *, every: bool = False) -> Iterator[Text]:
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
            yield Text(f"    {told}", "bold")
    if len(ordered) > MANY and len(kinds) > 1:
        yield from _table(kinds.values(), words)


def _table(kinds: Iterable[list[Problem]], words: Words) -> Iterator[Text]:
    """How many of each kind: of errors first, the most first."""
    rows = sorted(kinds, key=lambda kind: (kind[0].severity, -len(kind), kind[0].code))
    widths = [
        max(len(str(len(kind))) for kind in rows),
        max(cell_len(words.say(kind[0].severity)) for kind in rows),
        max(len(kind[0].code) for kind in rows),
    ]
    yield Text(words.say("Problems by kind:"), "bold")
    for kind in rows:
        count, severity, code = f"{len(kind):{widths[0]}}", words.say(kind[0].severity), kind[0].code
        columns = count, set_cell_size(severity, widths[1]), code.ljust(widths[2]), _in_files(kind, words)
        yield Text("    " + "  ".join(columns))


def _in_files(problems: Iterable[Problem], words: Words) -> str:
    return words.count("in {n} file", "in {n} files", len({found.place.path for found in problems}))


def excerpts(root: Path, problems: Iterable[Problem], words: Words) -> Iterator[Text]:
    """Each problem with its place, an excerpt of the line, and what to do, line by line."""
    return _excerpts(lru_cache(1)(partial(lines_of, root)), problems, words)


def _excerpts(lines: Callable[[str], list[str]], problems: Iterable[Problem], words: Words) -> Iterator[Text]:
    for found in problems:
        message, hint = words.problem(found)
        place = found.place
        where = ":".join(str(part) for part in (place.path, place.line, place.column) if part)
        style = "bold red" if found.severity == "error" else "bold yellow"
        yield Text.assemble((where, "bold"), ": ", (words.say(found.severity), style), f": {message} [{found.code}]")
        excerpt = _excerpt(lines(place.path) if place.line else [], place)
        if excerpt:
            yield Text(f"    {excerpt}", "dim")
            if place.column:
                yield Text(" " * (4 + cell_len(excerpt[: place.column - 1])) + "^", style)
        yield Text(f"    {hint}")


def _excerpt(lines: list[str], place: Place) -> str:
    return CONTROLS.sub(" ", lines[place.line - 1][:200]) if place.line <= len(lines) and lines else ""


class Bar:
    """A bar for work that takes a while, on terminals only."""

    WAIT = 0.5

    def __init__(self) -> None:
        self._progress = Progress(console=console(), transient=True)
        self._tasks: dict[str, Any] = {}
        self._begun = time.perf_counter()
        self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._tasks:
            self._progress.stop()

    def report(self, step: str, done: int, total: int) -> None:
        now = time.perf_counter()
        if now - self._begun < self.WAIT or now - self._drawn < 0.05:
            return
        self._drawn = now
        if not self._tasks:
            self._progress.start()
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step, total=total)
        self._progress.update(self._tasks[step], completed=done)
