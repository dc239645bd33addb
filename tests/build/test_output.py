"""What is written, kept, removed and left alone."""

import errno
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from sitegen.build import build
from sitegen.build.manifest import Manifest, is_sealed, read_manifest, write_manifest
from sitegen.build.output import Output, OutputError, Written
from sitegen.build.run import Options
from sitegen.cache.file_state import Made
from sitegen.files import MANIFEST, digest
from sitegen.problems import Problem, SiteError
from tests.support.sites import article, codes, make, output_files, rebuild, write_site

A = "content/news/a/index.vi.md"


def write(folder: Path, files: Mapping[str, bytes]) -> Written:
    """Make `folder` hold `files`, as a build does."""
    output = Output(folder, {})
    staged: dict[str, Made] = {}
    kept = set()
    try:
        for path, data in sorted(files.items()):
            if output.intact_digest(path) == digest(data):
                kept.add(path)
            else:
                staged[path] = output.stage(path, data)
        return output.finish(staged, kept)
    finally:
        output.abandon()


def test_second_build_keeps_everything(tmp_path: Path) -> None:
    first = make(tmp_path, {A: article("Một")})
    again = rebuild(tmp_path)
    assert again.build.written.written == ()
    assert again.files == first.files


def test_clean_writes_everything_again(tmp_path: Path) -> None:
    first = make(tmp_path, {A: article("Một")})
    again = rebuild(tmp_path, clean=True)
    assert again.build.written.written == first.build.written.written


def test_what_is_no_longer_made_is_removed_with_its_folder(tmp_path: Path) -> None:
    make(tmp_path, {A: article("Một"), "content/news/b/index.vi.md": article("Hai")})
    (tmp_path / "content/news/b/index.vi.md").unlink()
    again = rebuild(tmp_path)
    assert "vi/news/b/index.html" in again.build.written.removed
    assert not (tmp_path / "output/vi/news/b").exists()


def test_what_sitegen_did_not_write_is_left_alone(tmp_path: Path) -> None:
    make(tmp_path, {A: article("Một")})
    mine = tmp_path / "output/vi/news/a/mine.txt"
    mine.write_text("mine", "utf-8")
    (tmp_path / "output/CNAME").write_text("example.org", "utf-8")
    (tmp_path / A).unlink()
    again = rebuild(tmp_path)
    assert again.files["vi/news/a/mine.txt"] == b"mine"
    assert again.files["CNAME"] == b"example.org"


def test_a_file_in_the_way_is_not_overwritten(tmp_path: Path) -> None:
    write_site(tmp_path, {A: article("Một"), "output/index.html": "mine"})
    with pytest.raises(SiteError) as raised:
        rebuild(tmp_path)
    assert codes(raised.value.problems) == ["foreign-file"]
    assert output_files(tmp_path / "output") == {"index.html": b"mine"}


def test_a_file_that_is_the_same_already_is_taken_over(tmp_path: Path) -> None:
    write(tmp_path, {"a.html": b"a"})
    (tmp_path / MANIFEST).unlink()
    assert write(tmp_path, {"a.html": b"a", "b.html": b"b"}).written == ("a.html", "b.html")
    assert output_files(tmp_path) == {"a.html": b"a", "b.html": b"b"}


@pytest.mark.posix
@pytest.mark.parametrize(
    "path",
    ["..\\..\\mine.docx", "C:x", "\\Users\\a\\x", "\\\\host\\share\\x", "a.html:b", "con", "x.html.", "x ", "a?b"],
)
def test_a_manifest_from_elsewhere_names_nothing_that_windows_has_elsewhere(tmp_path: Path, path: str) -> None:
    """Nothing of it is asked of any disk, though here it is a file with the digest that is claimed."""
    (tmp_path / path).write_bytes(b"mine")
    (tmp_path / MANIFEST).write_bytes(msgspec.json.encode(Manifest({path: digest(b"mine")}, left=(path,))))
    written = write(tmp_path, {"a.html": b"a"})
    assert (written.removed, written.left) == ((), ())
    assert output_files(tmp_path) == {"a.html": b"a", path: b"mine"}
    assert read_manifest(tmp_path).files.keys() == {"a.html"}


def test_a_link_in_the_output_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = tmp_path / "output"
    folder.mkdir()
    (folder / "vi").symlink_to(elsewhere)
    with pytest.raises(OutputError):
        write(folder, {"vi/index.html": b"x"})
    assert list(elsewhere.iterdir()) == []


def test_a_file_where_a_folder_must_be(tmp_path: Path) -> None:
    (tmp_path / "vi").write_text("mine", "utf-8")
    with pytest.raises(OutputError):
        write(tmp_path, {"vi/index.html": b"x"})
    assert (tmp_path / "vi").read_text("utf-8") == "mine"


def test_a_page_becomes_a_folder_and_a_folder_a_page(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"1", "b/c": b"2"})
    write(tmp_path, {"a/b": b"3", "b": b"4"})
    assert output_files(tmp_path) == {"a/b": b"3", "b": b"4"}


@pytest.mark.parametrize("inside", ["mine", "link", "empty/", None])
def test_a_folder_in_place_of_what_was_written(tmp_path: Path, inside: str | None) -> None:
    """It is somebody's: nothing is moved while it is in the way, nor is it removed."""
    write(tmp_path, {"a": b"1", "b": b"1"})
    (tmp_path / "a").unlink()
    (tmp_path / "a").mkdir()
    if inside == "link":
        (tmp_path / "a" / inside).symlink_to(tmp_path)
    elif inside == "mine":
        (tmp_path / "a" / inside).write_text("mine", "utf-8")
    elif inside:
        (tmp_path / "a" / inside).mkdir()
    with pytest.raises(OutputError) as raised:
        write(tmp_path, {"a": b"2", "b": b"2"})
    assert codes(raised.value.problems) == ["foreign-file"]
    assert (tmp_path / "b").read_bytes() == b"1"
    written = write(tmp_path, {"b": b"1"})
    assert (written.removed, written.left) == ((), ("a",))
    assert (tmp_path / "a").is_dir()


@pytest.mark.parametrize("closed", ["x", "x/y", ""])
@pytest.mark.parametrize("wanted", [{"a": b"2", "x/y/z": b"2"}, {"a": b"2", "x/y/w/v": b"2"}, {"a": b"2"}])
def test_where_a_folder_may_not_be_changed_nothing_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: str, wanted: dict[str, bytes]
) -> None:
    """What stays in such a folder is in nobody's way."""
    write(tmp_path, {"a": b"1", "x/y/z": b"1"})
    before, access = output_files(tmp_path), os.access
    place = f"{tmp_path}/{closed}"
    monkeypatch.setattr(os, "access", lambda path, mode: access(path, mode) and str(path) != place)
    if closed == "x":
        write(tmp_path, wanted)
        return
    with pytest.raises(OutputError) as raised:
        write(tmp_path, wanted)
    assert codes(raised.value.problems) == ["unwritable-output"]
    assert output_files(tmp_path) == before


def test_a_folder_on_another_disk_is_told_as_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a": b"1", "x/z": b"1"})
    before, stat = output_files(tmp_path), os.stat

    def elsewhere(path: str | Path, **given: bool) -> os.stat_result:
        found = stat(path, **given)
        is_there = str(path) == f"{tmp_path}/x"
        return os.stat_result((*found[:2], found.st_dev + 1, *found[3:10])) if is_there else found

    monkeypatch.setattr(os, "stat", elsewhere)
    with pytest.raises(OutputError) as raised:
        write(tmp_path, {"a": b"2", "x/z": b"2"})
    monkeypatch.undo()
    assert (codes(raised.value.problems), output_files(tmp_path)) == (["unwritable-output"], before)
    assert os.strerror(errno.EXDEV) in raised.value.problems[0].message


def test_what_came_from_elsewhere_and_is_found_true_is_sealed(tmp_path: Path) -> None:
    """So that a tool may change it from then on."""
    write(tmp_path / "a", {"a": b"1", "b": b"1"})
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    assert write(tmp_path / "b", {"a": b"1", "b": b"1"}).written == ()
    (tmp_path / "b" / "a").write_bytes(b"changed by a tool")
    assert write(tmp_path / "b", {"b": b"1"}).removed == ("a",)


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "a//b", ""])
def test_nothing_is_staged_outside(tmp_path: Path, path: str) -> None:
    output = Output(tmp_path / "output", {})
    with pytest.raises(OutputError) as raised:
        output.stage(path, b"x")
    output.abandon()
    assert codes(raised.value.problems) == ["invalid-path"]
    assert [*tmp_path.rglob("*")] == []


def test_what_someone_changed_or_deleted_in_the_output_is_made_again(tmp_path: Path) -> None:
    write(tmp_path, {"a.html": b"a", "b.html": b"b"})
    (tmp_path / "a.html").write_bytes(b"x")
    (tmp_path / "b.html").unlink()
    assert write(tmp_path, {"a.html": b"a", "b.html": b"b"}).written == ("a.html", "b.html")


def test_a_damaged_manifest_costs_nothing_but_time(tmp_path: Path) -> None:
    write(tmp_path, {"a.html": b"a"})
    (tmp_path / MANIFEST).write_text("{", "utf-8")
    assert write(tmp_path, {"a.html": b"a"}).written == ("a.html",)


@pytest.mark.parametrize("moves", range(6))
def test_a_build_cut_short_is_made_good_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moves: int
) -> None:
    write(tmp_path, {"a": b"1", "b": b"1", "c": b"1"})
    replace, left = os.replace, moves

    def cut(source: Path, target: Path) -> None:
        nonlocal left
        if left == 0:
            raise OSError(28, "No space left on device", str(target))
        left -= 1
        replace(source, target)

    monkeypatch.setattr(os, "replace", cut)
    wanted = {"a": b"2", "b": b"2", "d": b"2"}
    if moves < 5:
        with pytest.raises(OutputError) as raised:
            write(tmp_path, wanted)
        assert codes(raised.value.problems) == ["unwritable-output" if moves == 0 else "half-written-output"]
        assert "No space left on device" in raised.value.problems[0].message
    monkeypatch.setattr(os, "replace", replace)
    write(tmp_path, wanted)
    assert output_files(tmp_path) == wanted
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".sitegen-") and path.is_dir()] == []


def test_a_manifest_from_elsewhere_removes_nothing_elsewhere(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "output", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("mine", "utf-8")
    write(folder, {"a": b"1"})
    (folder / "link").symlink_to(elsewhere)
    paths = ["../elsewhere/mine", str(elsewhere / "mine"), "link/mine", "./../elsewhere/mine", "a/../../elsewhere/mine"]
    (folder / MANIFEST).write_bytes(msgspec.json.encode({"files": dict.fromkeys(["a", *paths], digest(b"1"))}))
    assert write(folder, {"b": b"2"}).removed == ("a",)
    assert (elsewhere / "mine").read_text("utf-8") == "mine"
    assert read_manifest(folder).files.keys() == {"b"}


def test_two_sites_that_write_to_one_folder_at_once(tmp_path: Path) -> None:
    """The one that comes second is refused, and neither takes what the other is writing for left over."""
    folder = tmp_path / "output"
    one = write_site(tmp_path / "one", {A: article("One")})
    two = write_site(tmp_path / "two", {A: article("Two")})
    refused: list[tuple[Problem, ...]] = []

    def meanwhile(step: str, done: int, total: int) -> None:
        if step == "render" and not done:
            with pytest.raises(SiteError) as raised:
                build(two, Options(output=folder))
            refused.append(raised.value.problems)

    build(one, Options(output=folder), meanwhile)
    assert [codes(problems) for problems in refused] == [["output-in-use"]]
    assert "One" in rebuild(one, output=folder).text("vi/index.html")
    assert "Two" in rebuild(two, output=folder).text("vi/index.html")


def test_a_site_that_was_written_by_another_build_meanwhile(tmp_path: Path) -> None:
    folder = tmp_path / "output"
    one = write_site(tmp_path / "one", {A: article("One")})
    two = write_site(tmp_path / "two", {A: article("Two")})

    def meanwhile(step: str, done: int, total: int) -> None:
        if step == "parse" and not done:
            build(two, Options(output=folder))

    with pytest.raises(SiteError) as raised:
        build(one, Options(output=folder), meanwhile)
    assert codes(raised.value.problems) == ["output-in-use"]
    assert "Two" in (folder / "vi/index.html").read_text("utf-8")
    assert "One" in rebuild(one, output=folder).text("vi/index.html")


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(OutputError) as raised:
        write(tmp_path / "file" / "output", {"a": b"1"})
    assert codes(raised.value.problems) == ["unwritable-output"]


def test_the_same_bytes_whatever_the_order_on_disk(tmp_path: Path) -> None:
    files = {f"content/news/{name}/index.vi.md": article(name.upper()) for name in ("c", "a", "b")}
    first = make(tmp_path / "1", files)
    second = make(tmp_path / "2", dict(reversed(files.items())))
    assert first.files == second.files


def test_deleting_what_is_remembered_changes_nothing(tmp_path: Path) -> None:
    make(tmp_path, {A: article("Một")})
    first = output_files(tmp_path / "output")
    shutil.rmtree(tmp_path / ".sitegen")
    again = rebuild(tmp_path)
    assert again.files == first
    assert again.build.written.written == ()


def test_a_first_build_that_fails_leaves_no_folder(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {A: article("A", "[x](none.md)")})
    with pytest.raises(SiteError):
        build(site, Options(output=tmp_path / "far/away"))
    assert not (tmp_path / "far").exists()


def test_an_empty_output_stays_where_a_build_fails(tmp_path: Path) -> None:
    write_site(tmp_path, {A: article("A", "[x](none.md)")})
    (tmp_path / "output").mkdir()
    with pytest.raises(SiteError):
        build(tmp_path)
    assert [*(tmp_path / "output").iterdir()] == []


def test_a_folder_may_have_a_number_of_128_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As ReFS gives them, Windows's disk for developers."""
    stat = Path.stat

    def numbered(path: Path, *, follow_symlinks: bool = True) -> Any:
        found = stat(path, follow_symlinks=follow_symlinks)
        return SimpleNamespace(st_ino=0x4D2 << 64 | found.st_ino) if path == tmp_path else found

    monkeypatch.setattr(Path, "stat", numbered)
    write_manifest(tmp_path / MANIFEST, tmp_path, {"index.html": "00"})
    assert is_sealed(read_manifest(tmp_path), tmp_path)
