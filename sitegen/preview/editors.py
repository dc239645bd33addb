"""The command that opens a file in its author's editor, at a line.

One opens at a time, so that no page can open hundreds.
"""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath

_TERMINAL = re.compile(r"(?:n?vim?|vim\..*|nano|pico|joe|jed|ne|mcedit|micro|hx|helix|kak|ed|less|more|emacsclient)")
"""Editors that need a terminal, which the preview has not."""
_GOTO = re.compile(r"code|code-insiders|codium|vscodium|cursor|windsurf|positron")
_COLON = re.compile(r"subl|sublime_text|zed|zeditor|hx-gui|lapce|atom|pulsar")
_PLUS = re.compile(r"gvim|mvim|nvim-qt|neovide|emacs|gedit|gnome-text-editor|xed|pluma|mousepad|geany|leafpad")
_OPENERS = ("xdg-open", "open")
BUSY = 10.0
"""Seconds, at most, that an editor's command keeps others waiting: many programs stay until their window is closed."""


def editor_command(
    environment: Mapping[str, str], find: Callable[[str], str | None], location: str, line: int
) -> list[str] | None:
    """The first that there is: $SITEGEN_EDITOR, in which {path} and {line} may stand, $VISUAL, VS Code, what the system
    opens such files with. `find` finds a program. Never through a shell."""
    for variable in ("SITEGEN_EDITOR", "VISUAL"):
        try:
            words = shlex.split(environment.get(variable, ""))
        except ValueError:
            words = []
        if words and (program := find(words[0])) and (variable == "SITEGEN_EDITOR" or not _needs_terminal(words)):
            return [program, *_arguments(words, location, line)]
    if code := find("code"):
        return [code, *_arguments(["code"], location, line)]
    opener = next(filter(None, map(find, _OPENERS)), None)
    return [opener, location] if opener else None


def is_busy(begun: Iterable[float], now: float) -> bool:
    """Whether an editor is being opened: a command that has not ended yet has begun just now, in seconds."""
    return any(now - moment < BUSY for moment in begun)


def _needs_terminal(words: list[str]) -> bool:
    name = PurePath(words[0]).name
    return bool(_TERMINAL.fullmatch(name)) or (name == "emacs" and bool({"-nw", "--no-window-system"} & {*words}))


def _arguments(words: list[str], location: str, line: int) -> list[str]:
    if any("{path}" in word for word in words[1:]):
        return [word.replace("{path}", location).replace("{line}", str(line or 1)) for word in words[1:]]
    name = PurePath(words[0]).name.removesuffix(".exe")
    at = f"{location}:{line}" if line else location
    if _GOTO.fullmatch(name):
        return [*words[1:], "-g", at]
    if _COLON.fullmatch(name):
        return [*words[1:], at]
    if _PLUS.fullmatch(name) and line:
        return [*words[1:], f"+{line}", location]
    return [*words[1:], location]
