"""What people give and read on the desktops of several systems."""

import errno
import ntpath
import os
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from sitegen.build.run import name_of
from sitegen.cli.main import main
from sitegen.cli.streams import Stream
from tests.support.sites import article, run, write_site

WINDOWS = pytest.mark.skipif(sys.platform != "win32", reason="of the shells of Windows")


@WINDOWS
def test_a_folder_with_its_last_backslash_in_quotes(tmp_path: Path) -> None:
    r"""`--root "C:\my site\"`, as shells complete it, ends in a quotation mark, which no name there has."""
    root = write_site(tmp_path / "my site", {"content/news/a/index.vi.md": article("A", "a")})
    assert run("build", "--root", f'{root}"').status == 0


@WINDOWS
def test_a_folder_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write_site(tmp_path / "site", {"content/news/a/index.vi.md": article("A", "a")})
    assert run("build", "--root", "~/site").status == 0


class _Windows:
    """The module `os` as the library of the command line sees it there."""

    name = "nt"

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


def test_a_title_stays_as_it_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library would take it for a pattern of files on Windows, and put in what variables hold."""
    root = write_site(tmp_path, {})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHI", "no")
    monkeypatch.setattr("click.core.os", _Windows())
    monkeypatch.setattr(sys, "argv", ["sitegen", "new", "~ $CHI site.yam?", "--key", "a"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    assert 'title: "~ $CHI site.yam?"' in (root / "content/news/a/index.vi.md").read_text("utf-8")


@WINDOWS
def test_a_reader_who_has_enough_is_no_fault() -> None:
    """As PowerShell's `Select-Object -First 1`."""

    class _Unread(StringIO):
        encoding = "utf-8"

        def write(self, text: str) -> int:
            raise OSError(errno.EINVAL, "Invalid argument")

        def fileno(self) -> int:
            return spare

    spare = os.open(os.devnull, os.O_WRONLY)
    stream = Stream(_Unread())
    stream.write("a")
    os.close(spare)
    assert stream.lost == ""


def test_a_drive_is_one_whatever_its_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """Terminals of editors say c: where others say C:."""
    monkeypatch.setattr(os.path, "normcase", ntpath.normcase)
    assert name_of(Path("c:\\site\\output")) == name_of(Path("C:\\Site\\output"))
