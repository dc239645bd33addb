"""The command line: arguments → one call; the only place that prints and picks an exit status.

What only some commands or outcomes need is imported there, since it takes longer than a build in which nothing changed.
"""

import gc
import inspect
import json
import os
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Never, cast

import click

from sitegen import __version__
from sitegen.build import OUTPUT_OPTION, build
from sitegen.build.options import FEW_COLLECTIONS, Options, Workers
from sitegen.build.previous import Build, Report
from sitegen.files import SETTINGS, decode, read_source
from sitegen.i18n.messages import LANGUAGES, Words, author_language
from sitegen.problems import Place, Problem, SiteError, errors, in_order, in_utf8, problem

from .report import report_object, summary

DONE, PROBLEMS, WRONG_USE = 0, 1, 2
SCHEMAS = ("article", "site", "sources", "tags")


def _words() -> Words:
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
        self.help = _words().say(plain or "")
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = plain


class _Command(click.Command):
    """A command whose help is in the author's language, and whose texts are UTF-8; folders may have any name."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        left = super().parse_args(ctx, args)
        for parameter in self.params:
            value = ctx.params.get(parameter.name or "")
            if isinstance(value, str) and in_utf8(value) != value:
                raise click.BadParameter(_words().say("“{value}” is not valid Unicode.", value=value), ctx, parameter)
        return left

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(_words().say(inspect.cleandoc(self.help or "")))

    def get_short_help_str(self, limit: int = 45) -> str:
        return _words().say(inspect.cleandoc(self.help or ""))


class _Group(_Command, click.Group):
    command_class = _Command


_option = partial(click.option, cls=_Option)
_lang = _option(
    "--lang",
    type=click.Choice(LANGUAGES),
    is_eager=True,
    expose_value=False,
    callback=_choose_language,
    help="Language of sitegen's own messages. Default: your locale's.",
)

_root = _option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    default=".",
    help="The site's folder. Default: here.",
)


def _read_now(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | str | None:
    """The moment asked for by --now, else by the environment (reproducible-builds.org, SOURCE_DATE_EPOCH)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if value is not None:
        return _checked_moment(value)
    try:
        return datetime.fromtimestamp(int(epoch), UTC) if epoch else None
    except (ValueError, OverflowError, OSError):
        said = _words().say("SOURCE_DATE_EPOCH should be a number of seconds; it is “{value}”.", value=epoch)
        raise click.UsageError(said) from None


def _checked_moment(value: str) -> str:
    from sitegen.i18n.dates import parse_moment
    from sitegen.typed_yaml import Refused

    try:
        parse_moment(value, UTC)
    except Refused as refused:
        raise click.BadParameter(_words().problem(problem(refused.code, Place(""), value=value))[0]) from None
    return value


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sitegen")
@_lang
def main() -> None:
    """Publish one small site in several languages."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # whatever a folder is called, and whatever a terminal knows


@main.command("build")
@_root
@_lang
@_option("--output", type=click.Path(file_okay=False, path_type=Path), help="Where to write. Default: output/.")
@_option("--base-url", help="Replaces base_url of site.yaml.")
@_option("--drafts", is_flag=True, help="Publish drafts too.")
@_option("--future", is_flag=True, help="Publish what is scheduled too.")
@_option("--clean", is_flag=True, help="Write every file again.")
@_option("--jobs", type=click.IntRange(min=1), help="How many processes to use. Default: as many as help.")
@_option("--cluster", help="Dask scheduler to give the work to, such as tcp://host:8786.")
@_option("--keep-going", is_flag=True, help="Leave out what is broken and write the rest.")
@_option(
    "--now",
    callback=_read_now,
    help="Build as at this moment, such as 04/10/2024 09:30. Default: SOURCE_DATE_EPOCH, else now.",
)
@_option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def build_command(
    root: Path,
    output: Path | None,
    base_url: str | None,
    drafts: bool,
    future: bool,
    clean: bool,
    jobs: int | None,
    cluster: str | None,
    keep_going: bool,
    now: datetime | str | None,
    as_json: bool,
) -> None:
    """Build the site into output/."""
    started = time.perf_counter()
    options = Options(output, base_url, drafts, future, clean, keep_going, now, Workers(jobs, cluster=cluster))
    gc.set_threshold(FEW_COLLECTIONS)
    try:
        with _progress(shown=not as_json) as report:
            done = build(root, options, report)
    except SiteError as error:
        _finish(root, error.problems, None, started, as_json)
    gc.freeze()  # the process ends, so the collector need not look at a whole site once more
    _finish(root, done.problems, done, started, as_json)


@main.command("serve")
@_root
@_lang
@_option("--drafts", is_flag=True, help="Show drafts too.")
@_option("--future", is_flag=True, help="Show what is scheduled too.")
@_option("--open", "opens", is_flag=True, help="Open the site in a browser.")
@_option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The next free one is taken.")
@_option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 lets phones in.")
@_option("--base-path", default="/", show_default=True, help="Where the site begins, such as /repo/.")
@_option("--poll", is_flag=True, help="Look for changes, where the disk does not tell of them.")
def serve_command(
    root: Path, drafts: bool, future: bool, opens: bool, port: int, host: str, base_path: str, poll: bool
) -> None:
    """Show the site while it is written: each saved change, in every browser that shows the page."""
    if not (root / SETTINGS).is_file():
        _print_problems(root, [problem("no-settings", Place(SETTINGS))])
        sys.exit(WRONG_USE)
    with suppress(KeyboardInterrupt):  # while it starts; after that it ends by itself
        from sitegen.preview.server import CannotListen, ServerOptions, serve

        from .serve import teller

        gc.set_threshold(FEW_COLLECTIONS)
        words, wanted = _words(), ServerOptions(host, port, base_path, poll, drafts, future)
        try:
            serve(root, wanted, words, teller(root, words, click.echo, opens=opens))
        except CannotListen as error:
            refused = words.say(
                "The preview cannot listen at {host}, port {port}: {reason}.", host=host, port=port, reason=error
            )
            raise click.UsageError(refused) from None


@main.command()
@_lang
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=".")
def init(folder: Path) -> None:
    """Start a site in FOLDER. Default: here."""
    from .create import new_site, write_new

    try:
        taken = write_new(folder, new_site(folder.resolve().name, datetime.now(UTC)))
    except SiteError as error:
        _print_problems(folder, error.problems)
        sys.exit(WRONG_USE)
    if taken:
        raise click.UsageError(_words().say("{path} is there already; nothing was written.", path=taken[0]))
    click.echo(_words().say("A site is in {folder}. Build it: sitegen build --root {folder}", folder=folder))


@main.command()
@_root
@_lang
@click.argument("title")
@_option("--section", default="news", show_default=True, help="Folder below content/.")
@_option("--key", default="", help="Name of the bundle. Default: made from the title.")
def new(root: Path, title: str, section: str, key: str) -> None:
    """Start an article with TITLE: a bundle with a file per language."""
    from sitegen.config.settings import read_config

    from .create import new_article, write_new

    settings = root / SETTINGS
    if not settings.is_file():
        _print_problems(root, [problem("no-settings", Place(SETTINGS))])
        sys.exit(WRONG_USE)
    data = read_source(root, SETTINGS)
    text = data if isinstance(data, Problem) else decode(data, SETTINGS)
    config, found = (None, (text,)) if isinstance(text, Problem) else read_config(text, SETTINGS)
    if config is None:
        _print_problems(root, found)
        sys.exit(WRONG_USE)
    try:
        files = new_article(config, title, section.strip("/"), key, datetime.now(UTC))
        taken = write_new(root, files)
    except SiteError as error:
        _print_problems(root, error.problems)
        sys.exit(WRONG_USE)
    if taken:
        raise click.UsageError(_words().say("{path} is there already; choose another --key.", path=taken[0]))
    for path in files:
        click.echo(root / path)


@main.command()
@_root
@_lang
def messages(root: Path) -> None:
    """Bring layouts/locales/ up to date: one gettext catalogue for each language, with all that the layouts say."""
    from sitegen.build.read import read_interface
    from sitegen.translation.catalogs import update

    words = _words()
    try:
        interface = read_interface(root)
    except SiteError as error:
        _print_problems(root, error.problems)
        sys.exit(PROBLEMS)
    updates = update(interface.layouts.values(), interface.catalogues, interface.languages.values(), interface.themes)
    for made in updates:
        path = root / made.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made.text, encoding="utf-8", newline="\n")
        left = words.count("{n} text to translate", "{n} texts to translate", made.missing)
        click.echo(f"{made.path}: {left}")
    if not updates:
        click.echo(words.say("Every text is translated into every language."))


@main.command("schema")
@_lang
@click.argument("name", type=click.Choice(SCHEMAS))
def schema_command(name: str) -> None:
    """Print the JSON Schema of site.yaml, of an article's front matter, or of a registry."""
    from .schema import schema

    click.echo(json.dumps(schema(name), ensure_ascii=False, indent=2))


def _finish(root: Path, problems: Iterable[Problem], done: Build | None, started: float, as_json: bool) -> Never:
    """Say what came of a build and leave with its exit status."""
    ordered = in_order(problems)
    seconds = time.perf_counter() - started
    if as_json:
        click.echo(json.dumps(report_object(ordered, done, seconds, _words()), ensure_ascii=False))
    else:
        _print_problems(root, ordered)
        click.echo(summary(ordered, done, seconds, _words()))
    if done is None and any(found.place.path in (SETTINGS, OUTPUT_OPTION) for found in errors(ordered)):
        sys.exit(WRONG_USE)
    sys.exit(PROBLEMS if errors(ordered) else DONE)


def _print_problems(root: Path, problems: Collection[Problem]) -> None:
    if problems:
        from .terminal import print_problems

        print_problems(root, problems, _words())


@contextmanager
def _progress(*, shown: bool) -> Iterator[Report]:
    """A bar for work that takes a while, on terminals only."""
    if shown and sys.stderr.isatty():
        from .terminal import Bar

        with Bar() as bar:
            yield bar.report
    else:
        yield lambda step, done, total: None
