"""The desktop of who works here: language, terminal, fonts, programs."""

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO


def ui_locale() -> str:
    """The locale of the system's own menus, where no variable of the environment says it; else nothing."""
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - only to speak
        import locale  # noqa: PLC0415

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return ""


def needs_utf8(stream: TextIO) -> bool:
    """Whether a stream would be written in an old encoding although nobody wants that: on Windows files and pipes are,
    while terminals are not."""
    return sys.platform == "win32" and not stream.isatty() and not os.environ.get("PYTHONIOENCODING")


def is_unread(error: OSError) -> bool:
    """Whether a stream takes no more since nobody reads it any more, for which Windows has no number of its own."""
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == errno.EINVAL)


def folder_as_meant(text: str) -> str:
    """A folder of the command line as it was meant. On Windows no shell knows ~, and a last \\ in quotation marks has
    one of them behind it."""
    return os.path.expanduser(text.removesuffix('"')) if sys.platform == "win32" else text  # noqa: PTH111


def watched_root(root: Path) -> Path:
    """A folder by the path that the system tells of changes in it: macOS knows no links there, and spells a name as it
    is on the disk."""
    if sys.platform != "darwin":
        return root
    import fcntl  # noqa: PLC0415 - only to watch

    real = os.path.realpath(root)
    with suppress(OSError):
        folder = os.open(real, os.O_RDONLY)
        try:
            real = os.fsdecode(fcntl.fcntl(folder, _GETPATH, bytes(1024)).rstrip(b"\0"))
        finally:
            os.close(folder)
    return Path(real)


_GETPATH = 50
"""F_GETPATH (fcntl.h of macOS)."""


def follows_links() -> bool:
    """Whether changes are told of what lies behind links in a folder too."""
    return sys.platform not in ("win32", "darwin")


def font_folders() -> tuple[str, ...]:
    """Where the system's and this user's fonts lie."""
    if sys.platform == "win32":
        system, user = os.environ.get("SystemRoot", "C:/Windows"), os.environ.get("LOCALAPPDATA")  # noqa: SIM112
        return (f"{system}/Fonts", *([f"{user}/Microsoft/Windows/Fonts"] if user else []))
    if sys.platform == "darwin":
        return "/System/Library/Fonts", "/Library/Fonts", os.path.expanduser("~/Library/Fonts")  # noqa: PTH111
    own = (os.path.expanduser(folder) for folder in ("~/.fonts", "~/.local/share/fonts"))  # noqa: PTH111
    return "/usr/share/fonts", "/usr/local/share/fonts", *own


def text_opener() -> tuple[str, ...]:
    """The command that opens a text to be written in."""
    if sys.platform == "win32":
        return ("notepad.exe",)
    return ("open", "-t") if sys.platform == "darwin" else ("xdg-open",)


def find_program(name: str) -> str | None:
    """The path of a program by its name, or by a path. None for a name that stands for what lies in the working folder,
    perhaps a site's, where Windows looks first."""
    import shutil  # noqa: PLC0415 - most builds start none

    found = shutil.which(name)
    return found if found and (os.path.isabs(found) or os.path.dirname(name)) else None  # noqa: PTH117, PTH120


def has_cmd() -> bool:
    """Whether what ends in .cmd or .bat is run by cmd.exe, which takes a file's name for commands, and \\ separates
    folders."""
    return sys.platform == "win32"
