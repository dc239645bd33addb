"""A disk that does not tell apart names which differ in case or normal form alone, in this process: as on Windows and
macOS, a file keeps the spelling in which it was made, and any finds it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sitegen.text import caseless


def is_such(folder: Path) -> bool:
    """Whether the disk itself is one."""
    return folder.with_name(folder.name.swapcase()).exists()


def require_exact(folder: Path) -> None:
    """Skip a test where it is."""
    if is_such(folder):
        pytest.skip("this disk does not tell names apart that differ in case")


def require_forms(folder: Path) -> None:
    """Skip a test where the disk does not tell normal forms apart."""
    (folder / "é").touch()
    if (folder / "e\u0301").exists():
        pytest.skip("this disk does not tell normal forms apart")
    (folder / "é").unlink()


def fold_below(root: Path, patch: pytest.MonkeyPatch, alike: Callable[[str], str] = caseless) -> None:
    """Let the disk do so below a folder, where it does not by itself; `alike`: what names have in common."""
    if is_such(root):
        return
    if os.name == "nt":
        pytest.skip("what pretends to be Windows has a module os of its own")
    found = _Finder(root, alike)
    for name in ("lstat", "stat", "open", "unlink", "rmdir", "mkdir", "scandir", "listdir", "access", "utime"):
        patch.setattr(os, name, _looking(getattr(os, name), found))
    for name in ("rename", "replace"):
        patch.setattr(os, name, _moving(getattr(os, name), found))


class _Finder:
    """Paths as they are spelt below a folder."""

    def __init__(self, root: Path, alike: Callable[[str], str]) -> None:
        self._root, self._alike, self._lstat, self._listdir = root, alike, os.lstat, os.listdir

    def __call__(self, path: Any, *, new: bool = False) -> Any:
        """`new`: the last name as it is given."""
        if not isinstance(path, str | Path) or not Path(path).is_relative_to(self._root):
            return path
        place = str(self._root)
        parts = Path(path).relative_to(self._root).parts
        for number, part in enumerate(parts, 1):
            is_known = self.has(f"{place}/{part}") or (new and number == len(parts)) or not self.has(place)
            names = (
                [] if is_known else [name for name in self._listdir(place) if self._alike(name) == self._alike(part)]
            )
            place = "/".join((place, *(names or [part])[:1]))
        return place

    def has(self, path: str) -> bool:
        try:
            self._lstat(path)
        except OSError:
            return False
        return True


def _looking(do: Callable[..., Any], found: _Finder) -> Callable[..., Any]:
    return lambda path, *args, **words: do(found(path), *args, **words)


def _moving(do: Callable[..., Any], found: _Finder) -> Callable[..., Any]:
    def move(source: Any, target: Any, **words: Any) -> None:
        source, old = found(source), found(target)
        if old != source and found.has(old):
            do(source, old, **words)
            source = old
        if source != (target := found(target, new=True)):
            do(source, target, **words)

    return move
