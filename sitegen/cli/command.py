"""What all commands are made of: their classes, which speak the author's language, common options, ways to end.

What only some commands or outcomes need is imported where they need it, here and in the modules of commands, since it
takes longer than a build in which nothing changed.
"""

import inspect
import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Never, cast

import click

from sitegen.files import SETTINGS
from sitegen.i18n.messages import LANGUAGES, Words, author_language
from sitegen.problems import Place, Problem, SiteError, in_utf8, problem
from sitegen.sources import Source, find_settings
from sitegen.system.desktop import folder_as_meant

from .streams import Stream

DONE, PROBLEMS, WRONG_USE, FAILED = 0, 1, 2, 3
"""Exit statuses."""


def author_words() -> Words:
    """The language of this call: --lang, else the locale's."""
    meta = click.get_current_context().meta
    if "words" not in meta:
        meta["words"] = Words(author_language(os.environ))
    return cast(Words, meta["words"])


def _choose_language(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta["words"] = Words(value)


class _Option(click.Option):
    """An option whose help is in the author's language."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        plain = self.help
        self.help = author_words().say(plain or "")
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = plain


class Command(click.Command):
    """A command whose help is in the author's language, and whose texts are UTF-8; folders may have any name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        left = super().parse_args(ctx, args)
        for parameter in self.params:
            value = ctx.params.get(parameter.name or "")
            if isinstance(value, str) and in_utf8(value) != value:
                raise click.BadParameter(
                    author_words().say("“{value}” is not valid Unicode.", value=value), ctx, parameter
                )
        return left

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(author_words().say(inspect.cleandoc(self.help or "")))

    def get_short_help_str(self, limit: int = 45) -> str:
        return author_words().say(inspect.cleandoc(self.help or ""))


class Group(Command, click.Group):
    command_class = Command


class Folder(click.Path):
    """A folder, whether it is there or not; no name that a disk refuses."""

    def __init__(self) -> None:
        super().__init__(file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        folder = super().convert(folder_as_meant(str(value)), param, ctx)
        try:
            os.stat(folder)  # noqa: PTH116 - `Path.exists` passes over what a disk refuses
        except (FileNotFoundError, PermissionError):
            pass
        except OSError as error:
            self.fail(error.strerror or str(error), param, ctx)
        return folder


option = partial(click.option, cls=_Option)
lang_option = option(
    "--lang",
    type=click.Choice(LANGUAGES),
    is_eager=True,
    expose_value=False,
    callback=_choose_language,
    help="Language of sitegen's own messages. Default: your locale's.",
)
root_option = option(
    "--root",
    type=Folder(),
    default=".",
    help="The site's folder. Default: here.",
)


def print_json(value: Any, indent: int | None = None) -> None:
    """Print all that was asked for as JSON (RFC 8259): in ASCII where the output is not UTF-8. Exits when the output
    takes no more."""
    import json

    output = sys.stdout
    is_utf8 = isinstance(output, Stream) and output.is_utf8
    click.echo(json.dumps(value, ensure_ascii=not is_utf8, indent=indent))
    if isinstance(output, Stream) and output.lost:
        sys.exit(WRONG_USE)


def print_problems(root: Path, problems: Collection[Problem], *, every: bool = False) -> None:
    if problems:
        from . import terminal

        terminal.print_problems(root, problems, author_words(), every=every)


def fail(root: Path, problems: Collection[Problem], status: int = WRONG_USE) -> Never:
    """Print problems and exit."""
    print_problems(root, problems)
    sys.exit(status)


@contextmanager
def fail_on_error(root: Path, status: int = WRONG_USE) -> Iterator[None]:
    """Print the problems of a SiteError and exit."""
    try:
        yield
    except SiteError as error:
        fail(root, error.problems, status)


def require_settings(root: Path) -> None:
    """Exits where there are none, or no file."""
    found = find_settings(root)
    if not isinstance(found, Source):
        fail(root, [found or problem("no-settings", Place(SETTINGS))])
