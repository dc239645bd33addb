"""The command line: `sitegen` and its commands."""

import os
from typing import Any

import click

from sitegen import __version__
from sitegen.i18n.messages import Words, author_language

from .build import build
from .command import Group, lang_option
from .create import new
from .init import init
from .messages import messages
from .schema import schema
from .serve import serve
from .streams import safe_streams


class _Main(Group):
    """The program: whatever its streams are, it does its work."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        with safe_streams() as (output, error):
            try:
                return super().main(*args, **kwargs)
            finally:
                output.flush()
                if output.lost:
                    words = Words(author_language(os.environ))
                    error.write(words.say("What was to be printed could not be written: {reason}.", reason=output.lost))
                    error.write("\n")


@click.group(
    cls=_Main,
    commands=(build, init, messages, new, schema, serve),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="sitegen")
@lang_option
def main() -> None:
    """Publish one small site in several languages."""
