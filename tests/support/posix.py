"""Cases of which Windows knows nothing."""

import os
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., None])


def on_posix(*values: Any) -> Any:
    """The parameters of a case that is left out there."""
    return pytest.param(*values, marks=pytest.mark.posix)


def as_root(test: Test) -> Test:
    """For root alone."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    for mark in (pytest.mark.posix, pytest.mark.skipif(not is_root, reason="only root may give files away")):
        test = mark(test)
    return test
