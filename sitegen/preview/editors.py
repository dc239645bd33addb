"""The command that opens a text in its author's editor, at a line.

One opens at a time, so that no page can open hundreds. Folders and files may be called anything, `a&calc` too, and be
anything: so no shell reads a command, nor Windows's cmd.exe, which runs what ends in .cmd or .bat; and the system is
not asked to open what it may take for a program.
"""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from pathlib import PureWindowsPath

_TERMINAL = re.compile(
    r"(?:n?vim?|vim\..*|nano|pico|joe|jed|ne|mcedit|micro|hx|helix|kak|ed|edit|less|more|emacsclient)"
)
"""Editors that need a terminal, which the preview has not."""
_GOTO = {
    "code": "Code",
    "code-insiders": "Code - Insiders",
    "codium": "VSCodium",
    "vscodium": "VSCodium",
    "cursor": "Cursor",
    "windsurf": "Windsurf",
    "positron": "Positron",
}
"""VS Code and what is made of it; on Windows these are .cmd files, some folders below a program of this name."""
_COLON = re.compile(r"subl|sublime_text|zed|zeditor|hx-gui|lapce|atom|pulsar")
_PLUS = re.compile(r"gvim|mvim|nvim-qt|neovide|emacs|gedit|gnome-text-editor|xed|pluma|mousepad|geany|leafpad")
_WORD = re.compile(r"""'[^']*'(?!\S)|(?:[^\s"]|"[^"]*"?)+""")
"""A word of a command on Windows, where \\ separates folders and ' may be in a name."""
_STARTERS = re.compile(r"cmd|command|powershell|pwsh|wsl|wt|explorer|rundll32|[wc]script|mshta")
"""Programs of Windows that take a file's name for a part of a command, or run what such files are."""
BUSY = 10.0
"""Seconds, at most, that an editor's command keeps others waiting: many programs stay until their window is closed."""

Find = Callable[[str], str | None]
"""Finds a program by its name or path."""


def editor_command(
    environment: Mapping[str, str], find: Find, location: str, line: int, opener: tuple[str, ...], *, windows: bool
) -> list[str] | None:
    """The first that there is: $SITEGEN_EDITOR, in which {path} and {line} may stand, $VISUAL, VS Code, the
    system's own `opener` of texts. `location`: absolute, so that it is never taken for an option."""
    if windows:
        location = location.replace("/", "\\")
    for variable in ("SITEGEN_EDITOR", "VISUAL"):
        words = _words(environment.get(variable, ""), find, windows=windows)
        if variable == "VISUAL" and _needs_terminal(words):
            continue
        if program := _program(words, find, windows=windows):
            return [program, *_arguments(words, location, line)]
    for words in (["code"], [*opener]):
        if program := _program(words, find, windows=windows):
            return [program, *_arguments(words, location, line)]
    return None


def is_busy(begun: Iterable[float], now: float) -> bool:
    """Whether an editor is being opened: a command that has not ended yet has begun just now, in seconds."""
    return any(now - moment < BUSY for moment in begun)


def _words(command: str, find: Find, *, windows: bool) -> list[str]:
    """The words of a command; a program's path may have blanks in it without being quoted."""
    if command and find(command):
        return [command]
    if windows:
        return [word[1:-1] if word[0] == "'" == word[-1] else word.replace('"', "") for word in _WORD.findall(command)]
    try:
        return shlex.split(command)
    except ValueError:
        return []


def _program(words: list[str], find: Find, *, windows: bool) -> str | None:
    """The program that is to be started, if there is one, and no shell will read what it is given."""
    if not words or any("{path}" in word and re.search(r"\s", word) for word in words):  # as of `sh -c "vim {path}"`
        return None
    program = find(words[0])
    if program is None or not windows:
        return program
    name = _name(program)
    if program.lower().endswith((".exe", ".com")):
        return None if _STARTERS.fullmatch(name) else program
    above = PureWindowsPath(program).parents[1:4:2]  # of bin, or of resources\app\bin
    beside = (find(f"{folder}\\{_GOTO[name]}.exe") for folder in above if name in _GOTO)
    return next(filter(None, beside), None)


def _name(program: str) -> str:
    """What a program is called, however it is spelt."""
    return re.sub(r"\.(?:exe|com|cmd|bat)\Z", "", PureWindowsPath(program).name.lower())


def _needs_terminal(words: list[str]) -> bool:
    name = _name(words[0]) if words else ""
    return bool(_TERMINAL.fullmatch(name)) or (name == "emacs" and bool({"-nw", "--no-window-system"} & {*words}))


def _arguments(words: list[str], location: str, line: int) -> list[str]:
    if any("{path}" in word for word in words[1:]):
        return [word.replace("{line}", str(line or 1)).replace("{path}", location) for word in words[1:]]
    name = _name(words[0])
    at = f"{location}:{line}" if line else location
    if name in _GOTO:
        return [*words[1:], "-g", at]
    if _COLON.fullmatch(name):
        return [*words[1:], at]
    if _PLUS.fullmatch(name) and line:
        return [*words[1:], f"+{line}", location]
    if name == "notepad++" and line:
        return [*words[1:], f"-n{line}", location]
    return [*words[1:], location]
