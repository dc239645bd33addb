"""Search in the preview: indexes made beside it while nothing else is to do, and kept beside its output."""

import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock, Thread

import msgspec

from sitegen.build.design import read_interface
from sitegen.build.pagefind import make_index
from sitegen.build.search import find_entries
from sitegen.cache.buckets import FAULTS, Connections, Damaged
from sitegen.cache.documents import Bodies
from sitegen.cache.folder import own_folder, remove_links
from sitegen.cache.session import FILE
from sitegen.files import digest
from sitegen.problems import SiteError
from sitegen.site.model import Site
from sitegen.site.urls import index_path
from sitegen.system import PAUSE, are_left
from sitegen.versions import installed_pagefind

PLACE = "preview-search"


class Searching:
    """Makes the indexes of one site after another, in a thread, one at a time; `tell` gets their files by the path
    that they are asked for at."""

    def __init__(self, root: Path, tell: Callable[[dict[str, Path]], None]) -> None:
        self._root, self._tell = root, tell
        self._lock = Lock()
        self._is_busy = False
        self._wanted: Site | None = None
        self._made: Site | None = None

    def look(self, site: Site | None) -> None:
        """Bring the indexes up to date with a site, unless they are; after others, if such are being made."""
        with self._lock:
            self._wanted = site
            if site is self._made or self._is_busy:
                return
            self._is_busy = True
        Thread(target=self._make, daemon=True).start()

    def _make(self) -> None:
        while (site := self._next()) is not None:
            with suppress(SiteError, Damaged, OSError, *FAULTS):  # a build or an author was faster
                self._tell(make_indexes(self._root, site))
                self._made = site if are_left() else None  # else some may be lacking

    def _next(self) -> Site | None:
        """The site that is wanted, unless it was just tried; it will be again when all is quiet the next time."""
        while not are_left():
            time.sleep(PAUSE)
        with self._lock:
            site, self._wanted = self._wanted, None
            self._is_busy = site is not None and site is not self._made
            return site if self._is_busy else None


def make_indexes(root: Path, site: Site) -> dict[str, Path]:
    """The files of a site's search indexes, made anew where their texts have changed."""
    memory, found = own_folder(root), dict[str, Path]()
    if memory is None:
        return found
    languages = read_interface(root).languages
    with closing(Connections(str(memory / FILE))) as connections:
        bodies = Bodies(connections, site.digests)
        for lang in site.searchable:
            entries = find_entries(site, languages[lang], bodies)
            texts = digest(msgspec.msgpack.encode((installed_pagefind(), entries)))
            folder = _folder(memory, PLACE, lang) / texts
            if not folder.is_dir():
                files, problems = make_index(lang, entries)
                if problems:
                    continue
                _write(folder, files)
            under = index_path(site.config, lang)
            found |= {
                f"{under}{path.relative_to(folder).as_posix()}": path
                for path in folder.rglob("*") if path.is_file() and not path.is_symlink()
            }  # fmt: skip
    return found


def _folder(memory: Path, *names: str) -> Path:
    """A folder below another, made where it is not there, without any link in it."""
    folder = memory
    for name in names:
        folder /= name
        folder.mkdir(exist_ok=True)
        remove_links(folder)
    return folder


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """All of an index at once. That before it stays a while, for those who search just now. What a preview leaves that
    ends meanwhile goes with the next one."""
    for old in sorted(folder.parent.iterdir(), key=lambda path: path.stat().st_mtime)[:-1]:
        shutil.rmtree(old, ignore_errors=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        for path, data in files.items():
            target = made / "index" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        (made / "index").rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
