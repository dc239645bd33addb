"""A watcher of a site's sources: reports each change, and misses none."""

import os
import posixpath
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import NamedTuple, Protocol

from watchfiles import Change, watch

from sitegen.files import FOLDERS, SETTINGS, is_below, locate, real_path, written_folders
from sitegen.leftovers import is_passed_over
from sitegen.problems import Problem, in_utf8
from sitegen.sources import find
from sitegen.system.desktop import follows_links, watched_root
from sitegen.system.disk import slashed
from sitegen.system.handles import are_left
from sitegen.text import DEEPEST, nfc

STEP = 3
"""Milliseconds without a further change after which a change is reported."""
LONGEST = 50
"""Milliseconds after which changes are reported even though more are coming."""
BEAT = 100
"""Milliseconds after which a watch without changes says that it is on."""
PAUSE = 0.3
"""Seconds between looks for what cannot be watched now."""
PATIENCE = 0.5
"""Seconds that each watch has to end."""
POLLING = 300
"""Milliseconds between looks at all files when the system tells nothing."""


class OnChange(Protocol):
    """Called at changes: whether there are any, or it is only that those before now could not be seen; and whether
    files went away, as they do a moment before many editors put them back."""

    def __call__(self, *, saved: bool, deleted: bool) -> None: ...


@contextmanager
def watched(root: Path, on_change: OnChange, *, poll: bool) -> Iterator[None]:
    """Watch while the context lasts: the site's folder for its settings and folders, those folders with all that is in
    them, but not what builds write, and where links in them lead."""
    with _in_utf8(watched_root(root)) as place:
        site = _Site(place, on_change, poll, stop=Event(), moved=Event(), linked=Event())
        threads = [
            Thread(target=watching, args=(site,), daemon=True)
            for watching in (_watch_top, _watch_folders, _watch_targets)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            site.stop.set()
            site.linked.set()
            for thread in threads:
                thread.join(PATIENCE)  # no longer, since a disk may not answer


class _Site(NamedTuple):
    """What is watched, and what the watches tell each other: that all is over, that folders came or went, that links
    did."""

    root: Path
    on_change: OnChange
    poll: bool
    stop: Event
    moved: Event
    linked: Event

    def tell(self, changes: Collection[tuple[Change, str]]) -> None:
        self.on_change(saved=bool(changes), deleted=any(change is Change.deleted for change, _ in changes))


@contextmanager
def _in_utf8(root: Path) -> Iterator[Path]:
    """A folder by a path that is UTF-8, since watchfiles takes no other: a link to it, where its own is none and there
    may be links."""
    if in_utf8(str(root)) == str(root):
        yield root
        return
    with TemporaryDirectory(prefix="sitegen-") as folder:
        link = Path(folder, "site")
        with suppress(OSError):
            link.symlink_to(root)
        yield link if link.is_symlink() else root


class _Either:
    """Set as soon as one of two is."""

    def __init__(self, one: Event, other: Event) -> None:
        self._one, self._other = one, other

    def is_set(self) -> bool:
        return self._one.is_set() or self._other.is_set()


def _watch_top(site: _Site) -> None:
    root = site.root
    top, settings = _folded(root), _folded(root / SETTINGS)
    places = {top, settings, *(_folded(root / name) for name in FOLDERS)}
    while not site.stop.is_set():
        for changes in _changes((root,), partial(_is_among, places), site.stop, site.poll, recursive=False):
            if changes:
                site.linked.set()
            changed = {_folded(path) for _, path in changes}
            if changed - {settings}:
                site.moved.set()  # a folder came or went, which the other watch cannot notice
            site.tell(changes)
            if top in changed or not _is_folder(root):
                break
        site.stop.wait(PAUSE)


def _watch_folders(site: _Site) -> None:
    root = site.root
    start, written = len(root.parts) + 1, written_folders(root)
    either = _Either(site.stop, site.moved)
    while not site.stop.is_set():
        site.moved.clear()
        inside = [root / name for name in FOLDERS if not isinstance(locate(root, name), Problem)]
        if not follows_links():
            inside += map(Path, sorted(_survey(root).targets))
        folders = tuple(folder for folder in inside if _is_folder(folder))
        wild = not _WILD.isdisjoint(found.code for found in find(root)[1])
        if wild:
            folders = tuple(map(Path, sorted(_survey(root).folders)))
        if folders:
            for changes in _changes(
                folders, lambda _, path: _is_source(path, start, written), either, site.poll, recursive=not wild
            ):
                if any(change is Change.deleted or _may_hold_links(Path(path)) for change, path in changes):
                    site.linked.set()
                    if wild:
                        site.moved.set()
                site.tell(changes)
        if not either.is_set():
            time.sleep(PAUSE)


_WILD = frozenset({"too-many-behind-links", "lies-too-deep"})
"""Sites with such problems would watchfiles, which follows all links, walk through for ever: their folders are watched
one by one."""


def _watch_targets(site: _Site) -> None:
    """Files and folders elsewhere in the site that links lead to, each in the folder that it lies in, since what is
    replaced is another file. A folder's own content is watched with the sources."""
    known: frozenset[str] = frozenset()
    either = _Either(site.stop, site.linked)
    while not site.stop.is_set():
        site.linked.clear()
        targets = _survey(site.root).targets
        if any(_is_folder(target) for target in targets if _folded(target) not in known):
            site.moved.set()  # the other watch follows the links that there were when it began
        known = frozenset(map(_folded, targets))
        folders = tuple(folder for folder in sorted({Path(target).parent for target in targets}) if _is_folder(folder))
        if not folders:
            site.linked.wait()
            continue
        for changes in _changes(folders, partial(_is_among, known), either, site.poll, recursive=False):
            replaced = {_folded(path) for change, path in changes if change is not Change.modified}
            if replaced:
                known -= replaced
                site.linked.set()
            site.tell(changes)
        if not either.is_set():
            site.stop.wait(PAUSE)


def _is_among(paths: Collection[str], _: Change, path: str) -> bool:
    return _folded(path) in paths


def _folded(path: str | Path) -> str:
    """A path as disks compare it that tell neither case nor normal form apart; it is told as it is spelt there."""
    return nfc(slashed(str(path))).casefold()


def _is_folder(path: str | Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 - which raises nothing for a link that no disk could follow


def _may_hold_links(path: Path) -> bool:
    return path.is_symlink() or _is_folder(path)


class _Survey(NamedTuple):
    """By paths below the root: where links among the sources of a site lead, whether anything is there or not, but for
    what is watched with the sources, or is a build's; and all folders of sources, each once."""

    targets: frozenset[str]
    folders: frozenset[str]


def _survey(root: Path) -> _Survey:
    site = real_path(root)
    own = (posixpath.join(site, name) for name in FOLDERS if not (root / name).is_symlink())
    closed = (*written_folders(root), *own)
    pending, found, seen = [posixpath.join(site, name) for name in (SETTINGS, *FOLDERS)], set(), set()
    while pending:
        path = pending.pop()
        real = real_path(path)
        if real != path and is_below(real, site) and not any(is_below(real, folder) for folder in closed):
            found.add(str(root / posixpath.relpath(real, site)))
        if real not in seen and is_below(real, site) and real.count("/") - site.count("/") <= DEEPEST:
            seen.add(real)
            with suppress(OSError), os.scandir(real) as entries:
                inside = [posixpath.join(real, entry.name) for entry in entries if entry.name[0] != "."]
                pending += [path for path in inside if _may_hold_links(Path(path))]
    written = written_folders(root)
    folders = (path for path in seen if _is_folder(path) and not any(is_below(path, folder) for folder in written))
    below = (str(root / posixpath.relpath(path, site)) for path in folders)
    return _Survey(*(frozenset(path for path in paths if in_utf8(path) == path) for paths in (found, below)))


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
    except (OSError, RuntimeError, UnicodeError):
        # gone meanwhile; or too many for the system, which polling does without
        if not poll and are_left() and all(_is_folder(place) for place in places):
            yield from _changes(places, wanted, stop, True, recursive=recursive)


def _is_source(path: str, start: int, written: Collection[str]) -> bool:
    """Whether a build would read it: not what editors and version control leave beside their files, nor what builds
    write, to which a link may lead."""
    real = real_path(path)
    parts = Path(path).parts
    folders = ("/".join(parts[start - 1 : index]) for index in range(start, len(parts)))
    return not any(is_below(real, folder) for folder in written) and not any(
        is_passed_over(name, folder) for name, folder in zip(parts[start:], folders, strict=True)
    )
