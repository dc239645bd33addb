"""What tests of hostile input may ask for."""

import pytest


@pytest.fixture(params=[pytest.param(False, id="short"), pytest.param(True, id="full", marks=pytest.mark.full)])
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether to go on to the largest input there may be, and to look at memory too."""
    return bool(request.param)
