"""A watcher of a site's sources: reports each change, and misses none."""

import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Protocol

from watchfiles import Change, watch

from sitegen.files import FOLDERS, SETTINGS, is_below, locate, written_folders
from sitegen.problems import Problem, in_utf8
from sitegen.system import are_left

STEP = 3
"""Milliseconds without a further change after which a change is reported."""
LONGEST = 50
"""Milliseconds after which changes are reported even though more are coming."""
BEAT = 100
"""Milliseconds after which a watch without changes says that it is on."""
PAUSE = 0.3
"""Seconds between looks for what cannot be watched now."""
POLLING = 300
"""Milliseconds between looks at all files when the system tells nothing."""


class OnChange(Protocol):
    """Called at changes: whether there are any, or it is only that those before now could not be seen; and whether
    files went away, as they do a moment before many editors put them back."""

    def __call__(self, *, saved: bool, deleted: bool) -> None: ...


@contextmanager
def watched(root: Path, on_change: OnChange, *, poll: bool) -> Iterator[None]:
    """Watch while the context lasts: the site's folder for its settings and folders, and those folders with all that
    is in them, but not what builds write."""
    stop, moved = Event(), Event()
    with _in_utf8(root) as place:
        threads = [
            Thread(target=watching, args=(place, on_change, moved, stop, poll), daemon=True)
            for watching in (_watch_top, _watch_folders)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()


@contextmanager
def _in_utf8(root: Path) -> Iterator[Path]:
    """A folder by a path that is UTF-8, since watchfiles takes no other: a link to it, where its own is none."""
    if in_utf8(str(root)) == str(root):
        yield root
        return
    with TemporaryDirectory(prefix="sitegen-") as folder:
        link = Path(folder, "site")
        link.symlink_to(root)
        yield link


class _Either:
    """Set as soon as one of two is."""

    def __init__(self, one: Event, other: Event) -> None:
        self._one, self._other = one, other

    def is_set(self) -> bool:
        return self._one.is_set() or self._other.is_set()


def _watch_top(root: Path, on_change: OnChange, moved: Event, stop: Event, poll: bool) -> None:
    names = {SETTINGS, *FOLDERS}
    places = {str(root), *(str(root / name) for name in names)}
    while not stop.is_set():
        for changes in _changes((root,), lambda _, path: path in places, stop, poll, recursive=False):
            if any(Path(path).name != SETTINGS for _, path in changes):
                moved.set()  # a folder came or went, which the other watch cannot notice
            on_change(saved=bool(changes), deleted=any(change is Change.deleted for change, _ in changes))
            if any(path == str(root) for _, path in changes) or not root.is_dir():
                break
        stop.wait(PAUSE)


def _watch_folders(root: Path, on_change: OnChange, moved: Event, stop: Event, poll: bool) -> None:
    start, written = len(root.parts) + 1, written_folders(root)
    either = _Either(stop, moved)
    while not stop.is_set():
        moved.clear()
        inside = [root / name for name in FOLDERS if not isinstance(locate(root, name), Problem)]
        folders = tuple(folder for folder in inside if folder.is_dir())
        if folders:
            for changes in _changes(
                folders, lambda _, path: _is_source(path, start, written), either, poll, recursive=True
            ):
                on_change(saved=bool(changes), deleted=any(change is Change.deleted for change, _ in changes))
        if not either.is_set():
            time.sleep(PAUSE)


def _changes(
    places: tuple[Path, ...],
    wanted: Callable[[Change, str], bool],
    stop: Event | _Either,
    poll: bool,
    *,
    recursive: bool,
) -> Iterator[set[tuple[Change, str]]]:
    """The changes, and none at first: as soon as the watch is on, since what came before was not seen. Ends when the
    places cannot be watched, or when there are handles again: a folder that came without them is not watched."""
    fresh, lacking = True, False
    try:
        for changes in watch(
            *places, watch_filter=wanted, debounce=LONGEST, step=STEP, stop_event=stop, rust_timeout=BEAT,
            yield_on_timeout=True, raise_interrupt=False, force_polling=poll or None, poll_delay_ms=POLLING,
            recursive=recursive, ignore_permission_denied=True,
        ):  # fmt: skip
            if changes or fresh:
                yield changes
            fresh = False
            if changes or lacking:
                before, lacking = lacking, not are_left()
                if before and not lacking:
                    return
    except (OSError, RuntimeError):  # gone meanwhile; or too many for the system, which polling can do without
        if not poll and are_left() and all(place.is_dir() for place in places):
            yield from _changes(places, wanted, stop, True, recursive=recursive)


def _is_source(path: str, start: int, written: Collection[str]) -> bool:
    """Whether a build would read it: not what editors and version control leave beside their files, nor what builds
    write, to which a link may lead."""
    real = os.path.realpath(path)
    return not any(is_below(real, folder) for folder in written) and not any(
        part[0] == "." or part[-1] == "~" or part[0] == part[-1] == "#" for part in Path(path).parts[start:]
    )
