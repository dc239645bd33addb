"""Runs a command where $SITEGEN_DISK is a disk of another system, as if on that system:
`unshare --map-root-user --mount python -m tests.support.disks ntfs pytest …`.

All temporary files lie there. Other kinds of disks: KINDS.
"""

import importlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.elsewhere.pretend import DISK, environment
from tests.support.namespace import mounting

PATIENCE = 10.0
"""Seconds in which a disk must be there."""
KINDS = {"ntfs": "windows", "scanned": "windows", "short": "windows", "fat": "windows", "hfs": "macos", "apfs": "macos"}
"""Of disks, with their systems; see foreign_disk."""


@contextmanager
def mounted(kind: str) -> Iterator[Path]:
    """A disk, mounted for this process and its children."""
    with TemporaryDirectory(prefix="disk-") as own:
        place = Path(own, "d")  # short, since paths on some disks are
        for folder in (Path(own, "folder"), place):
            folder.mkdir()
        program = [sys.executable, "-m", "tests.support.foreign_disk", kind, f"{own}/folder", str(place)]
        with subprocess.Popen(program, stderr=subprocess.DEVNULL) as disk:
            try:
                ends = time.monotonic() + PATIENCE
                while not place.is_mount():
                    assert disk.poll() is None, "no disk may be mounted here"
                    assert time.monotonic() < ends
                    time.sleep(0.01)
                yield place
            finally:
                subprocess.run(["umount", "--lazy", place], check=False)
                disk.kill()


def on_disk(kind: str, *command: str) -> list[str]:
    """The command that does this for another; skips the test where no such disks can be mounted."""
    try:
        importlib.import_module("mfusepy")
    except (ImportError, OSError) as error:
        pytest.skip(f"no disk of another system may be mounted here: {error}")
    return [*mounting(), sys.executable, "-m", __name__, kind, *command]


def main(kind: str, *command: str) -> int:
    with mounted(kind) as place:
        there = {name: str(place) for name in (DISK, "TMPDIR", "PYTEST_DEBUG_TEMPROOT")}
        return subprocess.run(command, env=environment(KINDS[kind]) | there, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
