"""What a terminal does to the programs in it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest


def ctrl_c(process: "subprocess.Popen[str]") -> None:
    """Send it to all processes of a group, as a terminal does. A real Windows has it for whole consoles alone."""
    if not hasattr(os, "killpg"):
        pytest.skip("Ctrl+C would end this process too")
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)


def is_anybody_left(process: "subprocess.Popen[str]") -> bool:
    """Whether a process of its group lives that is not ending."""
    return any(
        int(words[2]) == process.pid and words[0] != "Z"
        for words in (_state(place) for place in Path("/proc").glob("[0-9]*/stat"))
        if words
    )


def _state(place: Path) -> list[str]:
    """The state, the parent and the group of a process; nothing where it has gone."""
    with suppress(OSError):
        return place.read_text("utf-8", "replace").rpartition(")")[2].split()[:3]
    return []


def keep_alone(path: Path) -> Callable[[], None]:
    """Open a file so that nobody else can on Windows; what comes back lets it go."""
    if sys.platform == "win32":
        import _winapi as api
    else:
        from . import winapi as api
    return partial(api.CloseHandle, api.CreateFile(str(path), api.GENERIC_READ, 0, 0, api.OPEN_EXISTING, 0, 0))


def junction(place: Path, target: Path) -> None:
    """Make a folder that leads elsewhere; its name must begin so."""
    if sys.platform == "win32":
        subprocess.run(["cmd", "/c", "mklink", "/J", str(place), str(target)], check=True, capture_output=True)
    else:
        from .windows import JUNCTION, link

        assert place.name.startswith(JUNCTION)
        link(target, place)
