"""Cases that `make test` has no time for."""

from typing import Any

import pytest


def in_full(*values: Any) -> Any:
    """The parameters of a case for `make test-full` alone."""
    return pytest.param(*values, marks=pytest.mark.full)
