"""The command line: `sitegen` and its commands."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import click

from sitegen import __version__
from sitegen.i18n.messages import Words, author_language
from sitegen.problems import Problem, printable, unforeseen

from .build import build
from .command import FAILED, Group, lang_option
from .create import new
from .init import init
from .messages import messages
from .publish.command import publish
from .schema import schema
from .serve import serve
from .streams import safe_streams


class _Main(Group):
    """The program: whatever its streams are, it does its work."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("windows_expand_args", False)  # a title may begin with ~ or hold * and $
        try:
            with _quiet(), safe_streams() as (output, error):
                try:
                    return super().main(*args, **kwargs)
                finally:
                    output.flush()
                    if output.lost:
                        words = Words(author_language(os.environ))
                        said = words.say("What was to be printed could not be written: {reason}.", reason=output.lost)
                        error.write(f"{said}\n")
        except Exception as error:  # noqa: BLE001 - nobody foresaw it
            _tell(unforeseen(error))
            sys.exit(FAILED)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs a command; what is wrong with its use is said so that any terminal can show it."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            cast(Any, error).message = printable(error.message)
            raise


@contextmanager
def _quiet() -> Iterator[None]:
    """What fails where nobody can be told, as when an object goes, changes nothing and is not printed."""
    before = sys.unraisablehook, threading.excepthook
    if not os.environ.get("SITEGEN_TRACEBACK"):
        sys.unraisablehook = lambda _: None
        threading.excepthook = lambda _: None
    try:
        yield
    finally:
        sys.unraisablehook, threading.excepthook = before


def _tell(found: Problem) -> None:
    """Say it in as few steps as can be, since anything may be wrong."""
    with suppress(Exception):
        words = Words(author_language(os.environ))
        message, hint = words.problem(found)
        sys.stderr.write(f"{words.say(found.severity)}: {message} [{found.code}]\n    {hint}\n")


@click.group(
    cls=_Main,
    commands=(build, init, messages, new, publish, schema, serve),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="sitegen")
@lang_option
def main() -> None:
    """Publish one small site in several languages."""
