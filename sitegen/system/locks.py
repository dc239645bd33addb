"""Locks: one process at a time in a folder. The system lets go of them however a process ends."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

LOCK = ".sitegen.lock"
"""What stands for a folder on Windows, which locks files alone."""


class InUse(Exception):
    """Another process holds the folder."""


if sys.platform == "win32":
    import msvcrt

    def lock(folder: Path) -> Callable[[], None]:
        """Hold a folder; what comes back lets it go. Raises InUse, and OSError where the disk knows no locks."""
        place = folder / LOCK
        try:
            file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_BINARY | os.O_NOINHERIT)
        except PermissionError:
            if not os.path.lexists(place):  # nobody may write in this folder
                raise
            raise InUse from None  # it is being taken away
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            os.close(file)
            raise InUse from None
        except OSError:
            os.close(file)
            raise
        return partial(_let_go, file, place)

    def _let_go(file: int, place: Path) -> None:
        os.close(file)
        with suppress(OSError):  # somebody waits for it
            place.unlink()

else:
    import fcntl

    def lock(folder: Path) -> Callable[[], None]:
        """Hold a folder; what comes back lets it go. Raises InUse, and OSError where the disk knows no locks."""
        file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise InUse from None
        except OSError:
            os.close(file)
            raise
        return partial(os.close, file)
