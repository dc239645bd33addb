"""What a terminal shows while a site is published, and what it asks."""

import sys
import time
from pathlib import Path
from typing import Self

import click

from sitegen.build.run import Build
from sitegen.cli.report import summary
from sitegen.cli.streams import Stream
from sitegen.cli.terminal import Bar, print_problems
from sitegen.i18n.messages import Words
from sitegen.publish.changes.guards import Verdict
from sitegen.publish.changes.plan import Plan
from sitegen.publish.destination import Destination
from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.target import UnknownHost

from .transcript import headline, plan_lines

YES = frozenset({"y", "yes", "c", "có", "co", "はい"})
SAME = frozenset({"s", "same", "g", "giống", "giong", "同"})
TRUST = frozenset({"t", "trust", "tin", "信"})


class Dialog:
    """At a terminal somebody is asked; elsewhere each answer is a no."""

    def __init__(self, root: Path, words: Words, *, agreed: bool, is_silent: bool) -> None:
        """`agreed`: to a first release; `is_silent`: nothing is said, since all of it is told as JSON."""
        self._root, self._words, self._agreed, self._is_silent = root, words, agreed, is_silent
        self.is_attended = not is_silent and sys.stdin.isatty() and sys.stdout.isatty()
        self._has_bar = not is_silent and sys.stderr.isatty()
        self._bar: Bar | None = None
        self._begun, self._is_named = time.perf_counter(), False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def report(self, step: str, done: int, total: int) -> None:
        if self._has_bar:
            self._bar = self._bar or Bar()
            self._bar.report(step, done, total)

    def sends(self, done: int, total: int) -> None:
        self.report(self._words.say("sending"), done, total)

    def builds(self, build: Build) -> None:
        self._clear()
        if self._is_silent:
            return
        print_problems(self._root, build.problems, self._words)
        self._say(summary(build.problems, build, time.perf_counter() - self._begun, self._words))

    def keeps(self, secrets: Secrets) -> None:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, Stream):
                stream.mask = secrets.mask

    def ask_secret(self, question: str) -> str | None:
        return self._ask(self._words.say("Password of {user}:", user=question), hidden=True) or None

    def trusts(self, destination: Destination, host: UnknownHost) -> bool:
        if not self.is_attended:
            return False
        say = self._words.say
        self._name(destination)
        self._say("", say("This host is new to you. Its key is"), f"    {host.fingerprint}   ({host.kind})")
        self._say(
            say(
                "Compare it with your provider's control panel or help page. If they do not show it, you can only "
                "trust the first connection, as every FTP program does; any later change will be noticed."
            )
        )
        return self._ask(say("Same / trust unseen / no [s/t/N]:")) in SAME | TRUST

    def trusted(self, destination: Destination, *, is_written: bool) -> None:
        say, key = self._words.say, destination.settings.host_key
        name = f"publish.{destination.name}.host_key"
        if is_written:
            self._say(
                say("Written to site.yaml: {name}. Commit it, so that colleagues and timers know it too.", name=name)
            )
        else:
            self._say(say('site.yaml could not be changed. Write there as {name}: "{key}"', name=name, key=key))

    def sees(self, destination: Destination, planned: Plan, verdict: Verdict, *, every: bool) -> None:
        if planned.held is None:
            self._name(destination)
        self._say(*plan_lines(destination, planned, verdict, self._words, every=every))

    def replaces(self, planned: Plan) -> bool:
        lost = (*planned.altered, *planned.in_the_way)
        question = self._words.count(
            "Replace {n} file? A copy goes to .sitegen/found/. [y/N]:",
            "Replace {n} files? Copies go to .sitegen/found/. [y/N]:",
            len(lost),
        )
        return self._ask(question) in YES

    def begins(self, planned: Plan) -> bool:
        return self._agreed or self._ask(self._words.say("Publish? [y/N]:")) in YES

    def _name(self, destination: Destination) -> None:
        if not self._is_named:
            self._is_named = True
            self._say(headline(destination))

    def _ask(self, question: str, *, hidden: bool = False) -> str:
        if not self.is_attended:
            return ""
        self._clear()
        answer = click.prompt(question, default="", show_default=False, prompt_suffix=" ", hide_input=hidden)
        return str(answer) if hidden else str(answer).strip().casefold()

    def _say(self, *lines: str) -> None:
        self._clear()
        if not self._is_silent:
            for line in lines:
                click.echo(line)

    def _clear(self) -> None:
        if self._bar is not None:
            self._bar.__exit__()
            self._bar = None
