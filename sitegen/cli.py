"""The command line: arguments → one call; the only place that prints and picks an exit status."""

import json
import os
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Never, Self

import click
from rich.cells import cell_len
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from . import __version__
from .build import Build, Options, Report, build
from .config import read_config
from .dates import parse_moment
from .files import SETTINGS, THEME, decode
from .problems import Place, Problem, SiteError, errors, in_order, problem
from .scaffold import new_article, new_site, write_new
from .schemas import TYPES, schema
from .typedyaml import Refused

DONE, PROBLEMS, WRONG_USE = 0, 1, 2

_root = click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    help="The site's folder. Default: here.",
)


def _read_now(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | str | None:
    """The moment asked for by --now, else by the environment (reproducible-builds.org, SOURCE_DATE_EPOCH)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        if value is not None:
            parse_moment(value, UTC)
            return value
        return datetime.fromtimestamp(int(epoch), UTC) if epoch else None
    except Refused as refused:
        raise click.BadParameter(problem(refused.code, Place(""), value=value).message) from None
    except (ValueError, OverflowError, OSError):
        raise click.UsageError(f"SOURCE_DATE_EPOCH should be a number of seconds; it is {epoch!r}.") from None


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sitegen")
def main() -> None:
    """Publish one small site in several languages."""


@main.command("build")
@_root
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Where to write. Default: output/.")
@click.option("--base-url", help="Replaces base_url of site.yaml.")
@click.option("--drafts", is_flag=True, help="Publish drafts too.")
@click.option("--future", is_flag=True, help="Publish what is scheduled too.")
@click.option("--clean", is_flag=True, help="Write every file again.")
@click.option("--keep-going", is_flag=True, help="Leave out what is broken and write the rest.")
@click.option(
    "--now",
    callback=_read_now,
    help="Build as at this moment, such as 04/10/2024 09:30. Default: SOURCE_DATE_EPOCH, else now.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def build_command(
    root: Path,
    output: Path | None,
    base_url: str | None,
    drafts: bool,
    future: bool,
    clean: bool,
    keep_going: bool,
    now: datetime | str | None,
    as_json: bool,
) -> None:
    """Build the site into output/."""
    started = time.perf_counter()
    options = Options(output, base_url, drafts, future, clean, keep_going, now)
    console = _console()
    try:
        with _Progress(console, shown=not as_json) as progress:
            done = build(root, options, progress.report)
    except SiteError as error:
        _finish(root, error.problems, None, started, as_json, console)
    _finish(root, done.problems, done, started, as_json, console)


@main.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
def init(folder: Path) -> None:
    """Start a site in FOLDER. Default: here."""
    taken = write_new(new_site(folder, datetime.now(UTC)))
    if taken:
        raise click.UsageError(f"{taken[0]} is there already; nothing was written.")
    click.echo(f"A site is in {folder}. Build it: sitegen build --root {folder}")


@main.command()
@_root
@click.argument("title")
@click.option("--section", default="news", show_default=True, help="Folder below content/.")
@click.option("--key", default="", help="Name of the bundle. Default: made from the title.")
def new(root: Path, title: str, section: str, key: str) -> None:
    """Start an article with TITLE: a bundle with a file per language."""
    console = _console()
    settings = root / SETTINGS
    if not settings.is_file():
        _print_problems(root, [problem("no-settings", Place(SETTINGS))], console)
        sys.exit(WRONG_USE)
    text = decode(settings.read_bytes(), SETTINGS)
    config, found = (None, (text,)) if isinstance(text, Problem) else read_config(text, SETTINGS)
    if config is None:
        _print_problems(root, found, console)
        sys.exit(WRONG_USE)
    files = new_article(root, config, title, section.strip("/"), key, datetime.now(UTC))
    taken = write_new(files)
    if taken:
        raise click.UsageError(f"{taken[0]} is there already; choose another --key.")
    for path in files:
        click.echo(path)


@main.command("schema")
@click.argument("name", type=click.Choice(sorted(TYPES)))
def schema_command(name: str) -> None:
    """Print the JSON Schema of site.yaml, of an article's front matter, or of a registry."""
    click.echo(json.dumps(schema(name), ensure_ascii=False, indent=2))


def _finish(
    root: Path, problems: Iterable[Problem], done: Build | None, started: float, as_json: bool, console: Console
) -> Never:
    """Say what came of a build and leave with its exit status."""
    ordered = in_order(problems)
    seconds = time.perf_counter() - started
    if as_json:
        click.echo(json.dumps(_as_json(ordered, done, seconds), ensure_ascii=False))
    else:
        _print_problems(root, ordered, console)
        click.echo(_summary(ordered, done, seconds))
    if done is None and any(found.place.path == SETTINGS for found in errors(ordered)):
        sys.exit(WRONG_USE)
    sys.exit(PROBLEMS if errors(ordered) else DONE)


def _as_json(problems: Iterable[Problem], done: Build | None, seconds: float) -> dict[str, Any]:
    change = done.site.edition.next_change if done else None
    return {
        "pages": len(done.site.pages) if done else 0,
        "written": len(done.written.written) if done else 0,
        "kept": len(done.written.kept) if done else 0,
        "removed": len(done.written.removed) if done else 0,
        "rendered": done.rendered if done else 0,
        "seconds": round(seconds, 3),
        "next_build": change.isoformat() if change else None,
        "problems": [
            {
                "severity": found.severity,
                "code": found.code,
                "message": found.message,
                "hint": found.hint,
                "path": found.place.path,
                "line": found.place.line,
                "column": found.place.column,
            }
            for found in problems
        ],
    }


def _summary(problems: tuple[Problem, ...], done: Build | None, seconds: float) -> str:
    wrong = len(errors(problems))
    if done is None:
        return f"{_count(wrong, 'problem')}; output is as it was."
    written = done.written
    text = f"{_count(len(done.site.pages), 'page')} in {seconds:.1f} s: "
    text += f"{len(written.written)} written, {len(written.kept)} kept, {len(written.removed)} removed."
    if done.site.edition.next_change:
        text += f" Build again at {done.site.edition.next_change:%d/%m/%Y %H:%M %z}."
    return f"{text} {_count(wrong, 'problem')} left out." if wrong else text


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _print_problems(root: Path, problems: Iterable[Problem], console: Console) -> None:
    """Each problem with its place, an excerpt of the line, and what to do."""
    for found in problems:
        place = found.place
        where = ":".join(str(part) for part in (place.path, place.line, place.column) if part)
        style = "bold red" if found.severity == "error" else "bold yellow"
        console.print(
            Text.assemble((where, "bold"), ": ", (found.severity, style), f": {found.message} [{found.code}]")
        )
        excerpt = _excerpt(root, place)
        if excerpt:
            console.print(Text(f"    {excerpt}", "dim"))
            if place.column:
                console.print(Text(" " * (4 + cell_len(excerpt[: place.column - 1])) + "^", style))
        if found.hint:
            console.print(Text(f"    {found.hint}"))


def _excerpt(root: Path, place: Place) -> str:
    """The line of a file of the site, or of the theme under it."""
    found = next((path for base in (root, THEME) if (path := base / place.path).is_file()), None)
    lines = found.read_text("utf-8", "replace").splitlines() if found and place.line else []
    return lines[place.line - 1][:200].replace("\t", " ") if place.line <= len(lines) and lines else ""


def _console() -> Console:
    """Colours and width where the output is a terminal; plain text elsewhere."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


class _Progress:
    """A bar for work that takes a while, on terminals only."""

    WAIT = 0.5

    def __init__(self, console: Console, *, shown: bool) -> None:
        self._progress = Progress(console=console, transient=True) if shown and console.is_terminal else None
        self._tasks: dict[str, Any] = {}
        self._begun = time.perf_counter()
        self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None and self._tasks:
            self._progress.stop()

    @property
    def report(self) -> Report:
        return self._show if self._progress is not None else _quiet

    def _show(self, step: str, done: int, total: int) -> None:
        now = time.perf_counter()
        if self._progress is None or now - self._begun < self.WAIT or now - self._drawn < 0.05:
            return
        self._drawn = now
        if not self._tasks:
            self._progress.start()
        if step not in self._tasks:
            self._tasks[step] = self._progress.add_task(step, total=total)
        self._progress.update(self._tasks[step], completed=done)


def _quiet(step: str, done: int, total: int) -> None:
    """For output that nobody watches."""
