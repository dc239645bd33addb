"""`sitegen serve`: the development server, and what it says in a terminal."""

import gc
import threading
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sitegen.build.run import FEW_COLLECTIONS
from sitegen.i18n.messages import Words
from sitegen.problems import Place, problem
from sitegen.system.handles import are_left
from sitegen.system.processes import leave, leaving_when_interrupted

from .command import Command, author_words, fail, lang_option, option, print_problems, require_settings, root_option
from .report import name_slow, summary

if TYPE_CHECKING:
    from sitegen.build.watchdog import Slow
    from sitegen.preview.builder import Attempt
    from sitegen.preview.server import OnEvent, Started


@click.command("serve", cls=Command)
@root_option
@lang_option
@option("--drafts", is_flag=True, help="Show drafts too.")
@option("--future", is_flag=True, help="Show what is scheduled too.")
@option("--open", "opens", is_flag=True, help="Open the site in a browser.")
@option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="The next free one is taken.")
@option("--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 lets phones in.")
@option("--base-path", default="/", show_default=True, help="Where the site begins, such as /repo/.")
@option("--poll", is_flag=True, help="Look for changes, where the disk does not tell of them.")
def serve(
    root: Path, drafts: bool, future: bool, opens: bool, port: int, host: str, base_path: str, poll: bool
) -> None:
    """Show the site while it is written: each saved change, in every browser that shows the page."""
    with leaving_when_interrupted():  # while it starts; after that it ends by itself
        require_settings(root)
        if not are_left():
            fail(root, [problem("no-handles", Place(".sitegen"))])
        from sitegen.preview import server

        gc.set_threshold(FEW_COLLECTIONS)
        words, options = author_words(), server.ServerOptions(host, port, base_path, poll, drafts, future)
        before = {*threading.enumerate()}
        try:
            server.serve(root, options, words, _event_printer(root, words, opens=opens))
        except server.NoFreePort as error:
            said = words.say(
                "The ports from {port} to {last} are in use. Name another with --port.", port=port, last=error
            )
            raise click.UsageError(said) from None
        except server.CannotListen as error:
            refused = words.say(
                "The preview cannot listen at {host}, port {port}: {reason}.", host=host, port=port, reason=error
            )
            raise click.UsageError(refused) from None
        if {*threading.enumerate()} - before:  # a build or an index that does not end
            leave()


def _event_printer(root: Path, words: Words, *, opens: bool) -> "OnEvent":
    """A function that says what happens to a preview: its address, and what came of each build. `opens`: the site in a
    browser, once there is something to see."""
    import webbrowser

    from sitegen.build.watchdog import Slow
    from sitegen.preview.server import Started

    address = ""

    def print_event(event: "Started | Attempt | Slow") -> None:
        nonlocal address, opens
        if isinstance(event, Started):
            address = event.address
            _print_welcome(event, words)
            return
        if isinstance(event, Slow):
            click.echo(name_slow(event, words), err=True)
            return
        print_problems(root, event.problems)
        seconds = sum(event.build.timings.values()) if event.build else 0.0
        click.echo(summary(event.problems, event.build, seconds, words))
        if opens:
            opens = False
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    return print_event


def _print_welcome(started: "Started", words: Words) -> None:
    if started.busy is not None:
        click.echo(words.say("Port {port} is in use; the preview has taken the next free one.", port=started.busy))
    click.echo(words.say("The preview is at {address} – Ctrl+C ends it.", address=started.address))
    if started.public:
        import segno

        code = StringIO()
        segno.make(started.address, error="l").terminal(out=code, border=2, compact=True)
        click.echo(code.getvalue().rstrip("\n"))
        click.echo(words.say("Every machine in this network can read it, drafts too if they are shown."))
