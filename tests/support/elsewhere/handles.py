"""Which files are open, in this process and those that it started or that started with it.

A descriptor that lets others replace and remove its file is marked by O_SYNC, one that lets nobody even read it by
O_DSYNC: neither changes anything for who reads, and /proc tells of both.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = "SITEGEN_AS_ROOT"
"""The variable with the first process of the tree."""
CAN_TELL = Path(f"/proc/self/task/{os.getpid()}/children").exists()
SHARED, ALONE = getattr(os, "O_SYNC", 0), getattr(os, "O_DSYNC", 0)
_MAPPED = (".ttf", ".otf", ".ttc", ".woff2")
"""Files that libraries map into the memory, which counts too."""

_readlink, _scandir = os.readlink, os.scandir


def is_open(path: str, *, below: bool = False) -> bool:
    """Whether a file may not be replaced; `below`: or anything in a folder, which counts while somebody works in it."""
    within = f"{path}/"
    for process in relatives():
        if below:
            with suppress(OSError):
                found = _readlink(f"/proc/{process}/cwd")
                if found == path or found.startswith(within):
                    return True
        for place, found in opened(process):
            if (found == path or (below and found.startswith(within))) and _flags(place) & SHARED != SHARED:
                return True
        if path.endswith(_MAPPED) and f" {path}\n" in _text(f"/proc/{process}/maps"):
            return True
    return False


def is_taken(path: str) -> bool:
    """Whether somebody has a file open who lets nobody read it."""
    return any(
        found == path and _flags(place) & SHARED == ALONE for process in relatives() for place, found in opened(process)
    )


def relatives() -> list[str]:
    """The processes of the tree."""
    found, pending = [], [os.environ.get(ROOT) or str(os.getpid())]
    while pending:
        process = pending.pop()
        found.append(process)
        with suppress(OSError), _scandir(f"/proc/{process}/task") as threads:
            for thread in threads:
                pending += _text(f"{thread.path}/children").split()
    return found


def opened(process: str) -> Iterator[tuple[str, str]]:
    """The descriptors of a process, where /proc tells of them, and the files."""
    with suppress(OSError), _scandir(f"/proc/{process}/fd") as entries:
        for entry in entries:
            with suppress(OSError):
                yield f"/proc/{process}/fdinfo/{entry.name}", _readlink(entry.path)


def _flags(place: str) -> int:
    words = _text(place).split()
    return int(words[words.index("flags:") + 1], 8) if "flags:" in words else 0


def _text(place: str) -> str:
    try:
        with open(place, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
