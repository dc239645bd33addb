"""One question, answered by a process of its own while this one goes on: for what takes long and only looks."""

import os
import threading
from collections.abc import Callable


class Aside:
    """Forks to work out an answer; only where `is_possible` says so."""

    def __init__(self, work_out: Callable[[], bytes]) -> None:
        self._pipe, there = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            _work_out(work_out, there)
        os.close(there)

    def answer(self) -> bytes | None:
        """Waits for it; None when the process did not come to an end of its own. To be called once."""
        with os.fdopen(self._pipe, "rb") as pipe:
            said = pipe.read()
        _, status = os.waitpid(self._process, 0)
        return said if status == 0 else None


def is_possible() -> bool:
    """A process with several threads cannot well be forked."""
    return hasattr(os, "fork") and threading.active_count() == 1


def _work_out(work_out: Callable[[], bytes], there: int) -> None:
    """Nothing that this process was born with may be ended by it: it goes without clearing up."""
    status = 1
    try:
        with os.fdopen(there, "wb") as pipe:
            pipe.write(work_out())
        status = 0
    finally:
        os._exit(status)
