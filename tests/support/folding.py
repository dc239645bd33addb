"""A disk that does not tell apart names which differ in case or normal form alone, in this process: as on Windows and
macOS, a file keeps the spelling in which it was made, and any finds it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sitegen.text import caseless


def require_exact(folder: Path) -> None:
    """Skip a test where the disk itself is such a one."""
    if folder.with_name(folder.name.swapcase()).exists():
        pytest.skip("this disk does not tell names apart that differ in case")


def fold_below(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the disk do so below a folder."""
    lstat, listdir, join = os.lstat, os.listdir, os.path.join

    def lexists(path: str) -> bool:
        try:
            lstat(path)
        except OSError:
            return False
        return True

    def found(path: Any, *, new: bool = False) -> Any:
        """As it is spelt there; a `new` name as it is given."""
        if not isinstance(path, str | Path) or not Path(path).is_relative_to(root):
            return path
        place = str(root)
        parts = Path(path).relative_to(root).parts
        for number, part in enumerate(parts, 1):
            is_known = lexists(join(place, part)) or (new and number == len(parts)) or not lexists(place)
            names = [] if is_known else [name for name in listdir(place) if caseless(name) == caseless(part)]
            place = join(place, *(names or [part])[:1])
        return place

    def looking(do: Callable[..., Any]) -> Callable[..., Any]:
        return lambda path, *args, **words: do(found(path), *args, **words)

    def moving(do: Callable[..., Any]) -> Callable[..., Any]:
        def move(source: Any, target: Any, **words: Any) -> None:
            source, old = found(source), found(target)
            if old != source and lexists(old):
                do(source, old, **words)
                source = old
            if source != (target := found(target, new=True)):
                do(source, target, **words)

        return move

    for name in ("lstat", "stat", "open", "unlink", "rmdir", "mkdir", "scandir", "listdir", "access", "utime"):
        patch.setattr(os, name, looking(getattr(os, name)))
    for name in ("rename", "replace"):
        patch.setattr(os, name, moving(getattr(os, name)))
