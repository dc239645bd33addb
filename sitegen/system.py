"""Differences between operating systems: file handles, cores, and how processes start.

Whoever opens very many connections to a preview takes all handles that it may have. So a build, an index or an editor
does not begin while fewer than ENOUGH are left: nothing is blamed on the site, nor remembered of it.
"""

import errno
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

SCARCE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""What the system says when the process, or the whole machine, has no handle left, or no memory for one more."""
ENOUGH = 32
"""Handles that a build, a search index or an editor may take at once."""
PAUSE = 0.3
"""Seconds before it is asked for handles again."""


def is_scarce(error: object) -> bool:
    """Whether something failed for want of handles; it will go well when there are some."""
    return isinstance(error, OSError) and error.errno in SCARCE


def are_left() -> bool:
    """Whether there are enough, which is found out by taking them for a moment."""
    taken: list[int] = []
    try:
        for _ in range(ENOUGH):
            taken.append(os.open(os.devnull, os.O_RDONLY))  # noqa: PERF401 - what was taken is given back in any case
    except OSError:
        return False
    finally:
        for handle in taken:
            os.close(handle)
    return True


def usable_cores() -> int:
    """As many as this process may run on, where the system tells; else all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def start_context(method: str | None = None) -> "BaseContext":
    """How processes start, by multiprocessing's names; by default as forks where the system has them. Those that are no
    forks begin as `python -c`, which would import from the working folder, perhaps a site's, but for this variable."""
    import multiprocessing  # noqa: PLC0415 - small builds do without

    os.environ[_SAFE_PATH] = "1"
    has_forks = "fork" in multiprocessing.get_all_start_methods()
    return multiprocessing.get_context(method or ("fork" if has_forks else "spawn"))


def without_safe_path(environment: Mapping[str, str]) -> dict[str, str]:
    """What other programs are given, whose own Python processes that would change."""
    return {name: value for name, value in environment.items() if name != _SAFE_PATH}


_SAFE_PATH = "PYTHONSAFEPATH"
