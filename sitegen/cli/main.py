"""The command line: `sitegen` and its commands."""

import sys
from io import TextIOWrapper

import click

from sitegen import __version__

from .build import build
from .command import Group, lang_option
from .create import init, new
from .messages import messages
from .schema import schema
from .serve import serve


@click.group(
    cls=Group,
    commands=(build, init, messages, new, schema, serve),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="sitegen")
@lang_option
def main() -> None:
    """Publish one small site in several languages."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # whatever a folder is called, and whatever a terminal knows
