"""What a preview says in a terminal: its address, what came of each build, and what is wrong."""

import threading
import webbrowser
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import segno

from sitegen.i18n.messages import Words
from sitegen.preview.builder import Attempt
from sitegen.preview.server import Started

from .report import summary
from .terminal import print_problems


def teller(root: Path, words: Words, say: Callable[[str], None], *, opens: bool) -> Callable[[Started | Attempt], None]:
    """Says what happens to a preview; `opens`: the site in a browser, once there is something to see."""
    address = ""

    def tell(what: Started | Attempt) -> None:
        nonlocal address, opens
        if isinstance(what, Started):
            address = what.address
            for line in welcome(what, words):
                say(line)
            return
        print_problems(root, what.problems, words)
        seconds = sum(what.build.timings.values()) if what.build else 0.0
        say(summary(what.problems, what.build, seconds, words))
        if opens:
            opens = False
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    return tell


def welcome(opened: Started, words: Words) -> list[str]:
    lines = []
    if opened.busy is not None:
        lines.append(words.say("Port {port} is in use; the preview has taken the next free one.", port=opened.busy))
    lines.append(words.say("The preview is at {address} – Ctrl+C ends it.", address=opened.address))
    if opened.public:
        code = StringIO()
        segno.make(opened.address, error="l").terminal(out=code, border=2, compact=True)
        lines.append(code.getvalue().rstrip("\n"))
        lines.append(words.say("Every machine in this network can read it, drafts too if they are shown."))
    return lines
