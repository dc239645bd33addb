"""What may lie on a disk: folders, links and names by the thousand, found and told."""

import os
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from time import process_time

import pytest

from sitegen.build.manifest import Ownership, read_manifest
from sitegen.config.paths import check_folders, check_names, check_unread, identify
from sitegen.files import MANIFEST
from sitegen.sources import find
from sitegen.system.disk import remove_folder

from .growth import NEVER_LONG, check_growth

LANGUAGES = ("vi", "ja", "en")


def files(root: Path, count: int) -> None:
    for number in range(count):
        (root / f"content/f{number}").touch()


def twins(root: Path, count: int) -> None:
    """Names that differ in their normal form alone, and such as nearly are languages."""
    for number in range(count):
        (root / f"content/\u00ea{number}.vn.md").touch()
        (root / f"content/e\u0302{number}.vn.md").touch()


def outward(root: Path, count: int) -> None:
    for number in range(count):
        (root / f"content/l{number}").symlink_to("/etc")


def doubling(root: Path, count: int) -> None:
    for number in range(count):
        (root / f"content/n{number}").mkdir()
        for way in "ab":
            (root / f"content/n{number}/{way}").symlink_to(f"../n{number + 1}")


def chain(root: Path, count: int) -> None:
    for number in range(count):
        (root / f"content/l{number}").symlink_to(f"l{number + 1}")


def back(root: Path, count: int) -> None:
    for number in range(count):
        (root / f"content/l{number}").symlink_to(".")


def to_one(root: Path, count: int) -> None:
    """Links to a folder of as many files."""
    (root / "kept").mkdir()
    for number in range(count):
        (root / f"kept/f{number}").touch()
        (root / f"content/l{number}").symlink_to("../kept")


FAMILIES: Mapping[str, Callable[[Path, int], None]] = {
    made.__name__: made for made in (files, twins, outward, chain, back)
}


@pytest.mark.parametrize("name", FAMILIES)
def test_sources_are_found_in_proportion(memory: Path, name: str, thorough: bool) -> None:
    def make(size: int) -> Path:
        root = memory / f"{len(os.listdir(memory))}"  # noqa: PTH208
        (root / "content").mkdir(parents=True)
        FAMILIES[name](root, size)
        return root

    check_growth(make, find, thorough=thorough, largest=4_000)


@pytest.mark.parametrize("made", [doubling, to_one])
@pytest.mark.parametrize("size", [30, 1000])
def test_what_links_multiply_has_a_bound(memory: Path, made: Callable[[Path, int], None], size: int) -> None:
    (memory / "content").mkdir()
    made(memory, size)
    before = process_time()
    problems = find(memory)[1]
    assert process_time() - before < NEVER_LONG
    assert len(problems) <= 2 * size + 1, "each link is blamed once"


NAMES: Mapping[str, Callable[[int], str]] = {
    "folders": lambda number: f"content/{number}/{number}/a.vi.md",
    "languages": lambda number: f"content/a{number}-vi.md",
    "countries": lambda number: f"content/a{number}.vn.md",
    "long": lambda number: f"content/{'b' * 230}{number} (copy) (copy).md",
    "copies": lambda number: f"content/{'a - copy ' * 20}{number}.md",
    "texts": lambda number: f"content/{number}.txt",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_read_in_proportion(name: str, thorough: bool) -> None:
    def work(paths: list[str]) -> None:
        for path in paths:
            identify(path, LANGUAGES, "vi")
        names = [path.removeprefix("content/") for path in paths]
        deque(check_names(paths, LANGUAGES, "vi"), maxlen=0)
        deque(check_folders(paths, LANGUAGES), maxlen=0)
        deque(check_unread(names, (), paths, LANGUAGES), maxlen=0)

    check_growth(lambda size: [*map(NAMES[name], range(size))], work, thorough=thorough, largest=16_000)


@pytest.mark.parametrize("start", ['{"files": {"a": ', '{"x": ', "["])
def test_manifests_are_read_in_proportion(memory: Path, start: str, thorough: bool) -> None:
    def make(size: int) -> Path:
        (memory / MANIFEST).write_text(start + '{"a": [' * (size // 7), "utf-8")
        return memory

    check_growth(make, read_manifest, thorough=thorough, largest=4_000_000)


@pytest.mark.posix
def test_folders_in_folders_are_removed_in_proportion(memory: Path, thorough: bool) -> None:
    def make(size: int) -> Path:
        top = memory / "top"
        top.mkdir(exist_ok=True)
        at = os.open(top, os.O_RDONLY)
        for _ in range(size):
            os.mkdir("d", dir_fd=at)
            below = os.open("d", os.O_RDONLY, dir_fd=at)
            os.close(at)
            at = below
        os.close(at)
        return top

    check_growth(make, remove_folder, thorough=thorough, largest=4_000)


def test_what_a_manifest_claims_is_looked_for_in_proportion(memory: Path, thorough: bool) -> None:
    def work(paths: dict[str, str]) -> None:
        manifest = type(read_manifest(memory))(paths)
        owned = Ownership(memory, manifest, (), is_lost=False)
        (memory / MANIFEST).touch()
        assert sum(map(owned.is_ours, paths)) == len(paths)

    check_growth(lambda size: {f"{n}/{n}/{n}": "0" for n in range(size)}, work, thorough=thorough, largest=16_000)
