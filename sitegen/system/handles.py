"""File handles, which can run out.

Whoever opens very many connections to a preview takes all handles that it may have. So a build, an index or an editor
does not begin while fewer than ENOUGH are left: nothing is blamed on the site, nor remembered of it.
"""

import errno
import os

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
