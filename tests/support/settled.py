"""Sources that are known by size and time as soon as they are read, for tests of what builds remember."""

from collections.abc import Callable

from sitegen.cache import file_state


def settle(set_attribute: Callable[[object, str, object], None] = setattr) -> None:
    """Let builds in this process take every file for so old that a later change of it must show."""
    set_attribute(file_state, "MTIME_RESOLUTION", -(10**19))
