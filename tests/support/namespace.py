"""Disks that are full or may not be written, even by root: mounted where only one process and its children see them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]


def within(module: str, *arguments: str | Path) -> Any:
    """What `python -m MODULE` prints as JSON where it may mount disks of its own; skips the test where the system does
    not allow that."""
    program = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run([*mounting(), *program], cwd=PROJECT, check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def mounting() -> list[str]:
    """The beginning of a command that may mount disks; skips the test where the system does not allow that."""
    command = ["unshare", "--map-root-user", "--mount"]
    try:
        tried = subprocess.run(
            [*command, "mount", "-t", "tmpfs", "x", "/mnt"], check=False, capture_output=True, encoding="utf-8"
        )
    except FileNotFoundError:
        pytest.skip("there is no unshare")
    if tried.returncode:
        pytest.skip(f"no disk may be mounted here: {tried.stderr.strip()}")
    return command
