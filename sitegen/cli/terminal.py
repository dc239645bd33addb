"""What people see in a terminal: problems with excerpts, and how far a build has come."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

from rich.cells import cell_len
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from sitegen.files import lines_of
from sitegen.i18n.messages import Words
from sitegen.problems import Place, Problem


def console() -> Console:
    """Colours and width where the output is a terminal; plain text elsewhere."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def print_problems(root: Path, problems: Iterable[Problem], words: Words) -> None:
    shown = console()
    for line in excerpts(root, problems, words):
        shown.print(line)


def excerpts(root: Path, problems: Iterable[Problem], words: Words) -> Iterator[Text]:
    """Each problem with its place, an excerpt of the line, and what to do, line by line."""
    for found in problems:
        message, hint = words.problem(found)
        place = found.place
        where = ":".join(str(part) for part in (place.path, place.line, place.column) if part)
        style = "bold red" if found.severity == "error" else "bold yellow"
        yield Text.assemble((where, "bold"), ": ", (words.say(found.severity), style), f": {message} [{found.code}]")
        excerpt = _excerpt(root, place)
        if excerpt:
            yield Text(f"    {excerpt}", "dim")
            if place.column:
                yield Text(" " * (4 + cell_len(excerpt[: place.column - 1])) + "^", style)
        yield Text(f"    {hint}")


def _excerpt(root: Path, place: Place) -> str:
    lines = lines_of(root, place.path) if place.line else []
    return lines[place.line - 1][:200].replace("\t", " ") if place.line <= len(lines) and lines else ""


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
