"""The simulated systems, which must not be in the way of real ones."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.posix
def test_pytest_begins_where_flags_are_lacking_that_mark_files() -> None:
    """The plugin is loaded in any case; Windows has neither."""
    program = "import os; del os.O_SYNC, os.O_DSYNC; import tests.support.elsewhere.plugin"
    done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == 0
