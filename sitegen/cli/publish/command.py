"""The command, and its exit status."""

import gc
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Never

import click

from sitegen.build.run import FEW_COLLECTIONS
from sitegen.cli.command import (
    DONE,
    FAILED,
    PROBLEMS,
    WRONG_USE,
    Command,
    author_words,
    lang_option,
    option,
    print_json,
    print_problems,
    require_settings,
    root_option,
)
from sitegen.files import SETTINGS
from sitegen.problems import UNFORESEEN, Problem, SiteError, errors, unforeseen

if TYPE_CHECKING:
    from sitegen.publish.publication import Publication

CUT = FAILED
"""The live site is whole, between two releases: run again."""


@click.command("publish", cls=Command)
@click.argument("target", default="")
@root_option
@lang_option
@option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@option("--yes", "agreed", is_flag=True, help="Publish a first release without being asked.")
@option("--allow-gone", multiple=True, metavar="ADDRESS", help="Let this address vanish; all: every one.")
@option("--check", is_flag=True, help="Look at every file on the host, whatever is remembered of it.")
@option("--unlock", is_flag=True, help="Take over from a publisher that you know is no more.")
@option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def publish(
    target: str,
    root: Path,
    dry_run: bool,
    agreed: bool,
    allow_gone: tuple[str, ...],
    check: bool,
    unlock: bool,
    as_json: bool,
) -> None:
    """Build the site and put it where readers find it: the first target of site.yaml, or the one that is named."""
    started = time.perf_counter()
    require_settings(root)
    from sitegen.publish.publication import Request
    from sitegen.publish.publication import publish as publish_site

    from .dialog import Dialog
    from .transcript import outcome, publication_object

    gc.set_threshold(FEW_COLLECTIONS)
    words = author_words()
    dialog = Dialog(root, words, agreed=agreed, is_silent=as_json)
    done: Publication | None = None
    problems: tuple[Problem, ...] = ()
    try:
        with dialog:
            done = publish_site(root, Request(target, dry_run, check, unlock, allow_gone), dialog, os.environ)
            problems = done.problems
    except SiteError as error:
        problems = error.problems
    except Exception as error:  # noqa: BLE001 - nobody foresaw it
        problems = (unforeseen(error),)
    seconds = time.perf_counter() - started
    if as_json:
        print_json(publication_object(done, problems, seconds, words))
    else:
        print_problems(root, problems, every=True)
        for line in outcome(done, problems, seconds, words):
            click.echo(line)
    _exit(done, problems)


def _exit(done: "Publication | None", problems: tuple[Problem, ...]) -> Never:
    if done is not None and done.state == "cut":
        sys.exit(CUT)
    wrong = errors(problems)
    if any(found.code in UNFORESEEN for found in wrong):
        sys.exit(FAILED)
    if done is None and any(found.place.path == SETTINGS for found in wrong):
        sys.exit(WRONG_USE)
    sys.exit(PROBLEMS if wrong else DONE)
