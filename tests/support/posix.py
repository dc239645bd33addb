"""Cases of which Windows knows nothing."""

import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pytest

from sitegen.text import unportable

Test = TypeVar("Test", bound=Callable[..., None])


def on_posix(*values: Any) -> Any:
    """The parameters of a case that is left out there."""
    return pytest.param(*values, marks=pytest.mark.posix)


def on_disks_of(value: Any, paths: Iterable[str]) -> Any:
    """The parameter of a case with files that no disk of Windows can hold."""
    return on_posix(value) if any(map(unportable, paths)) else value


def as_root(test: Test) -> Test:
    """For root alone."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    for mark in (pytest.mark.posix, pytest.mark.skipif(not is_root, reason="only root may give files away")):
        test = mark(test)
    return test
