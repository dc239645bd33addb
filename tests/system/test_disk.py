"""Files as systems have them: any name, any date, any disk."""

import errno
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sitegen import sources
from sitegen.build import build
from sitegen.build.run import Options
from sitegen.cache.session import own_folder
from sitegen.files import read_bytes, real_path, written_folders
from sitegen.problems import Problem, SiteError
from sitegen.system import disk
from tests.support.elsewhere.console import junction
from tests.support.sites import NOW, article, output_files, write_site


def test_files_have_names_in_any_script(tmp_path: Path) -> None:
    file = tmp_path / "Tin tức" / "お知らせ.md"
    file.parent.mkdir()
    file.write_bytes(b"a")
    assert read_bytes(real_path(file), "content/a.md") == b"a"


def test_what_only_the_system_knows_is_said_in_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a file that lies in a cloud, which Windows gives no number of C's."""

    def refuse(location: str) -> int:
        raise OSError(errno.EINVAL, "The cloud file provider is not running")

    monkeypatch.setattr("sitegen.files.open_without_links", refuse)
    found = read_bytes(str(tmp_path / "a.md"), "content/a.md")
    assert isinstance(found, Problem)
    assert (found.code, found.arguments["reason"]) == ("unreadable-file", "The cloud file provider is not running")


@pytest.mark.parametrize("moment", [-(11_644_473_600 * 10**9), 17_000 * 365 * 86_400 * 10**9])
def test_files_may_have_any_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int) -> None:
    """Windows counts from the year 1601, and as long as nobody will live."""
    write_site(tmp_path, {"content/news/a/index.vi.md": article("A", "a")})
    told = sources._stat

    def dated(entry: "os.DirEntry[str]") -> Any:
        found = told(entry)
        if found is None or entry.name != "index.vi.md":
            return found
        return SimpleNamespace(st_mode=found.st_mode, st_size=found.st_size, st_mtime_ns=moment, st_ctime_ns=moment)

    monkeypatch.setattr(sources, "_stat", dated)
    assert [build(tmp_path, Options(now=NOW)).parsed for _ in range(2)] == [1, 0]


@pytest.mark.posix
def test_a_site_may_be_a_whole_disk() -> None:
    assert written_folders(Path("/")) == ("/output", "/.sitegen")


@pytest.mark.skipif(sys.platform != "win32", reason="other systems take longer paths")
def test_long_paths_are_asked_for_in_one_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    import ctypes

    answers = SimpleNamespace(ntdll=SimpleNamespace(RtlAreLongPathsEnabled=lambda: 0x7F00))
    monkeypatch.setattr(ctypes, "windll", answers)
    assert disk.longest_path() == 259


@pytest.mark.skipif(sys.platform != "win32", reason="of Windows alone")
def test_nothing_is_written_or_removed_through_a_junction(tmp_path: Path) -> None:
    """Which Windows says to be a folder."""
    page = "vi/junction/a/index.html"
    root = write_site(tmp_path / "site", {"content/junction/a/index.vi.md": article("A", "a")})
    build(root, Options(now=NOW))
    elsewhere = tmp_path / "elsewhere"
    (root / "output" / "vi" / "junction").rename(elsewhere)
    junction(root / "output" / "vi" / "junction", elsewhere)
    before = output_files(elsewhere)
    write_site(root, {"content/junction/a/index.vi.md": article("A", "Another.")})
    with pytest.raises(SiteError) as error:
        build(root, Options(now=NOW))
    assert page in [found.arguments.get("output") for found in error.value.problems]
    assert output_files(elsewhere) == before


@pytest.mark.skipif(sys.platform != "win32", reason="of Windows alone")
def test_nothing_is_remembered_through_a_junction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.cache.session.FOLDER", "junction")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    junction(tmp_path / "junction", elsewhere)
    assert own_folder(tmp_path) is None


@pytest.mark.skipif(sys.platform != "darwin", reason="of macOS alone")
def test_a_site_below_folders_that_nobody_may_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As those in iCloud are: to read a file, no folder on the way is opened."""
    opened: list[str] = []
    opening = os.open

    def note(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        opened.append(str(path))
        return opening(path, flags, mode, dir_fd=dir_fd)

    file = tmp_path / "a.md"
    file.write_bytes(b"a")
    location = real_path(file)
    monkeypatch.setattr("sitegen.system.disk.os.open", note)
    assert read_bytes(location, "content/a.md") == b"a"
    assert opened == [location]


def test_a_folder_may_become_a_link_at_any_moment(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.md").write_bytes(b"a")
    location = f"{real_path(tmp_path)}/here/a.md"
    (tmp_path / "here").symlink_to(tmp_path / "there")
    found = read_bytes(location, "content/a.md")
    assert isinstance(found, Problem)
    assert found.code == "changed-meanwhile"
