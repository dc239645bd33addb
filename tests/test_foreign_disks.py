"""Disks of other systems, as all programs find them: SQLite and Pagefind do not ask Python.

The whole suite on one of them: `make on-disk`, or `make on-disk DISK=hfs`.
"""

import os
import subprocess
import sys

import pytest

from tests.support.disks import KINDS, on_disk

pytestmark = [pytest.mark.full, pytest.mark.posix]

SEEDS = {"SITEGEN_SEEDS": "3-4", "SITEGEN_STEPS": "30"}
"""Of those who edit there, who have no two files of one name in two forms."""


@pytest.mark.parametrize("kind", KINDS)
def test_on_the_disk_of_another_system(kind: str) -> None:
    """Builds, edits, previews and saves, as on that system."""
    tests = ["tests/test_systems.py", "tests/test_edits.py", "tests/build/test_spellings.py"]
    tests += ["tests/publish/test_folder.py", "tests/publish/test_claim.py"]
    command = on_disk(kind, sys.executable, "-m", "pytest", "-p", "no:xdist", "-q", "--tb", "short", *tests)
    done = subprocess.run(command, env=os.environ | SEEDS, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout[-20_000:]
