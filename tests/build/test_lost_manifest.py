"""Manifests that are no file, damaged, hostile or gone: the output is made whole again, and nothing else is touched."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from sitegen.build.manifest import read_manifest
from sitegen.files import MANIFEST, NOTES, STAGING
from sitegen.problems import SiteError
from sitegen.text import LARGEST
from tests.support.plain_theme import use_plain_theme
from tests.support.posix import on_posix
from tests.support.sites import article, codes, output_files, problems_of, rebuild, run, write_site

B = "content/news/b/index.vi.md"
OLD = {f"content/news/{name}/index.vi.md": article(name) for name in "abc"}
NEW = {B: article("Edited")}


@pytest.fixture
def root(memory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_plain_theme(monkeypatch.setattr)
    root = write_site(memory / "site", OLD)
    rebuild(root)
    return root


@pytest.fixture
def expected(memory: Path, root: Path) -> dict[str, bytes]:
    """Of a clean build, where one text is gone and another edited."""
    assert root.is_dir()
    files = {**OLD, **NEW}
    del files["content/news/c/index.vi.md"]
    return rebuild(write_site(memory / "clean", files)).files


def edit(root: Path) -> Path:
    shutil.rmtree(root / "content/news/c")
    return write_site(root, NEW, {})


def replaced(place: Path, data: bytes) -> None:
    place.unlink()
    place.write_bytes(data)


def with_byte(place: Path) -> None:
    data = place.read_bytes()
    replaced(place, data[:-9] + b"\xff" + data[-9:])


def large(place: Path) -> None:
    place.unlink()
    with place.open("wb") as file:
        file.truncate(4 * LARGEST)


def pipe(place: Path) -> None:
    place.unlink()
    os.mkfifo(place)


def link(place: Path) -> None:
    place.rename(place.with_name("kept"))
    place.symlink_to("kept")


HOSTILE = {
    "empty": b"",
    "half": b'{"files": {"a": "',
    "deep": b'{"x": ' + b"[" * 100_000,
    "deep files": b'{"files": ' + b'{"a":' * 100_000,
    "types": b'{"files": [1, 2]}',
    "numbers": b'{"files": {"vi/index.html": 1e999}}',
    "null": b"null",
    "msgpack": b"\x81\xa5files\x80",
}


@pytest.mark.parametrize("damage", [with_byte, large, on_posix(pipe), link, Path.unlink, *HOSTILE])
def test_the_next_build_goes_well(root: Path, expected: dict[str, bytes], damage: Callable[[Path], None] | str) -> None:
    """What is no longer made goes, what was edited is made anew, and the manifest is there again."""
    place = root / "output" / MANIFEST
    if isinstance(damage, str):
        replaced(place, HOSTILE[damage])
    else:
        damage(place)
    (root / "output" / "mine.txt").write_text("mine", "utf-8")
    made = rebuild(edit(root))
    assert {path for path in made.files if path not in ("kept", "mine.txt")} == expected.keys()
    assert all(made.files[path] == data for path, data in expected.items())
    assert read_manifest(root / "output").files.keys() == expected.keys()
    assert rebuild(root).build.written.written == ()


def test_where_nothing_else_has_changed(root: Path) -> None:
    replaced(root / "output" / MANIFEST, b"{")
    before = output_files(root / "output")
    assert rebuild(root).files == before
    assert read_manifest(root / "output").files.keys() == before.keys()


def test_what_is_remembered_is_no_more_than_a_claim(root: Path) -> None:
    """Somebody has put another site in place of the output."""
    shutil.rmtree(root / "output")
    write_site(root, {"output/vi/index.html": "mine", "output/vi/news/c/index.html": "mine"}, {})
    with pytest.raises(SiteError) as raised:
        rebuild(edit(root))
    assert codes(raised.value.problems) == ["foreign-file"]
    assert {*output_files(root / "output").values()} == {b"mine"}


def test_an_output_that_was_deleted(root: Path, expected: dict[str, bytes]) -> None:
    shutil.rmtree(root / "output")
    made = rebuild(edit(root))
    assert (made.files, made.build.written.removed) == (expected, ())


def test_a_folder_in_place_of_the_manifest(root: Path) -> None:
    place = root / "output" / MANIFEST
    place.unlink()
    place.mkdir()
    (place / "mine").touch()
    before = output_files(root / "output")
    said = run("--lang", "en", "build", "--root", edit(root))
    assert said.status == 1
    assert said.err.startswith("output: error: The output cannot be written: ")
    assert output_files(root / "output") == before


PATHS = ["../x", "/etc/x", "a/../../x", "a\x00b", "x" * 100_000, "a/" * 50_000, "", ".", "vi", MANIFEST, "\u2028"]


def test_absurd_paths(root: Path, expected: dict[str, bytes]) -> None:
    found = read_manifest(root / "output").files
    paths = dict.fromkeys([*PATHS, *(f"gone/{n}" for n in range(20_000))], "0" * 32)
    replaced(root / "output" / MANIFEST, msgspec.json.encode({"files": {**paths, **found}, "left": PATHS}))
    assert rebuild(edit(root)).files == expected
    assert read_manifest(root / "output").files.keys() == expected.keys()


def folder(place: Path) -> None:
    (place / "in" / "it").mkdir(parents=True)


def empty_pipe(place: Path) -> None:
    os.mkfifo(place)


def to_nothing(place: Path) -> None:
    place.symlink_to("nowhere")


@pytest.mark.parametrize("name", [STAGING, *NOTES])
@pytest.mark.parametrize("made", [folder, Path.touch, on_posix(empty_pipe), to_nothing])
def test_what_lies_where_new_files_wait(
    root: Path, expected: dict[str, bytes], name: str, made: Callable[[Path], None]
) -> None:
    made(root / "output" / name)
    assert rebuild(edit(root)).files == expected
    assert not os.path.lexists(root / "output" / name)


@pytest.mark.parametrize("made", [Path.touch, on_posix(empty_pipe)])
def test_what_lies_in_place_of_the_output(memory: Path, made: Callable[[Path], None]) -> None:
    root = write_site(memory, OLD)
    made(root / "output")
    assert codes(problems_of(root, {}, base={})) == ["unwritable-output"]
