"""`sitegen build`: builds a site, and says what came of it."""

import gc
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Never

import click

from sitegen.build import OUTPUT_OPTION
from sitegen.build import build as build_site
from sitegen.build.run import FEW_COLLECTIONS, Build, Options, Report, Workers
from sitegen.build.watchdog import Slow, Watchdog
from sitegen.files import SETTINGS
from sitegen.problems import UNFORESEEN, Place, Problem, SiteError, errors, in_order, problem, unforeseen

from .command import (
    DONE,
    FAILED,
    PROBLEMS,
    WRONG_USE,
    Command,
    Folder,
    author_words,
    lang_option,
    option,
    print_json,
    print_problems,
    root_option,
)
from .report import name_slow, report_object, summary

MOST_JOBS = 1_000


def _read_now(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | str | None:
    """The moment asked for by --now, else by the environment (reproducible-builds.org, SOURCE_DATE_EPOCH)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if value is not None:
        return _checked_moment(value)
    try:
        return _EPOCH + timedelta(seconds=int(epoch)) if epoch else None
    except (ValueError, OverflowError):
        said = author_words().say("SOURCE_DATE_EPOCH should be a number of seconds; it is “{value}”.", value=epoch)
        raise click.UsageError(said) from None


def _checked_moment(value: str) -> str:
    from sitegen.i18n.dates import parse_moment
    from sitegen.typed_yaml.shapes import Refused

    try:
        for most in (-_FARTHEST, _FARTHEST):  # the site's zone is not known yet
            parse_moment(value, timezone(most))
    except Refused as refused:
        raise click.BadParameter(author_words().problem(problem(refused.code, Place(""), value=value))[0]) from None
    return value


_FARTHEST = timedelta(hours=23, minutes=59)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""From which it is counted here, since Windows knows no moments before it, nor after the year 3000."""


@click.command("build", cls=Command)
@root_option
@lang_option
@option("--output", type=Folder(), help="Where to write. Default: output/.")
@option("--base-url", help="Replaces base_url of site.yaml.")
@option("--drafts", is_flag=True, help="Publish drafts too.")
@option("--future", is_flag=True, help="Publish what is scheduled too.")
@option("--clean", is_flag=True, help="Write every file again.")
@option("--jobs", type=click.IntRange(1, MOST_JOBS), help="How many processes to use. Default: as many as help.")
@option("--cluster", help="Dask scheduler to give the work to, such as tcp://host:8786.")
@option("--all", "every", is_flag=True, help="Show every problem, not the first few of each kind.")
@option("--keep-going", is_flag=True, help="Leave out what is broken and write the rest.")
@option(
    "--now",
    callback=_read_now,
    help="Build as at this moment, such as 04/10/2024 09:30. Default: SOURCE_DATE_EPOCH, else now.",
)
@option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def build(
    root: Path,
    output: Path | None,
    base_url: str | None,
    drafts: bool,
    future: bool,
    clean: bool,
    jobs: int | None,
    cluster: str | None,
    every: bool,
    keep_going: bool,
    now: datetime | str | None,
    as_json: bool,
) -> None:
    """Build the site into output/."""
    started = time.perf_counter()
    finish = partial(_finish, root, started=started, as_json=as_json, every=every)
    options = Options(
        output,
        base_url,
        drafts,
        future,
        clean,
        keep_going,
        now,
        Workers(jobs, cluster=cluster, watchdog=Watchdog(_print_slow)),
    )
    gc.set_threshold(FEW_COLLECTIONS)
    done: Build | None = None
    try:
        with _progress(shown=not as_json) as report:
            done = build_site(root, options, report)
    except SiteError as error:
        finish(error.problems, None)
    except Exception as error:  # noqa: BLE001 - nobody foresaw it
        finish([unforeseen(error)], done)
    gc.freeze()  # the process ends, so the collector need not look at a whole site once more
    finish(done.problems, done)


def _print_slow(slow: Slow) -> None:
    click.echo(name_slow(slow, author_words()), err=True)


def _finish(
    root: Path, problems: Iterable[Problem], done: Build | None, *, started: float, as_json: bool, every: bool
) -> Never:
    """Say what came of a build and leave with its exit status."""
    ordered = in_order(problems)
    seconds = time.perf_counter() - started
    if as_json:
        print_json(report_object(ordered, done, seconds, author_words()))
    else:
        print_problems(root, ordered, every=every)
        click.echo(summary(ordered, done, seconds, author_words()))
    if any(found.code in UNFORESEEN for found in ordered):
        sys.exit(FAILED)
    if done is None and any(found.place.path in (SETTINGS, OUTPUT_OPTION) for found in errors(ordered)):
        sys.exit(WRONG_USE)
    sys.exit(PROBLEMS if errors(ordered) else DONE)


@contextmanager
def _progress(*, shown: bool) -> Iterator[Report]:
    """A bar for work that takes a while, on terminals only."""
    if shown and sys.stderr.isatty():
        from .terminal import Bar

        with Bar() as bar:
            yield bar.report
    else:
        yield lambda step, done, total: None
