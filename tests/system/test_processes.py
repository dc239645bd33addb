"""How many processes there are, and how they start."""

import os
import sys

import pytest

from sitegen.system.processes import few, most_processes, start_method

EXPECTED: dict[str, tuple[str, str]] = {"win32": ("spawn", "spawn"), "darwin": ("spawn", "forkserver")}


def test_how_processes_start() -> None:
    """MacOS has forks too, but no process there may well be one."""
    found = start_method(threads=False), start_method(threads=True)
    assert found == EXPECTED.get(sys.platform, ("fork", "forkserver"))


def test_what_begins_anew_pays_later() -> None:
    assert few("spawn") > few("fork") == few("forkserver")


def test_windows_waits_for_61_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 128)
    if hasattr(os, "sched_getaffinity"):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(128))
    most = 61 if sys.platform == "win32" else 128
    assert (most_processes(None), most_processes(100), most_processes(8)) == (most, min(most, 100), 8)
