"""Locks of folders."""

import sys
from pathlib import Path

import pytest

from sitegen.system import locks

WINDOWS = pytest.mark.skipif(sys.platform != "win32", reason="a file stands for the folder on Windows alone")


@WINDOWS
@pytest.mark.parametrize(("there", "error"), [(False, PermissionError), (True, locks.InUse)])
def test_a_folder_in_which_nobody_may_write_is_in_nobodys_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool, error: type[Exception]
) -> None:
    if there:
        (tmp_path / locks.LOCK).touch()

    def refuse(path: Path, flags: int) -> int:
        raise PermissionError(13, "Access is denied", str(path))

    monkeypatch.setattr("sitegen.system.locks.os.open", refuse)
    with pytest.raises(error):
        locks.lock(tmp_path)
