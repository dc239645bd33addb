"""Search in the preview: indexes made beside it while nothing else is to do, and kept beside its output."""

import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread

import msgspec

from .cache import FAULTS, FILE, Bodies, Cache, Damaged
from .extras import installed_pagefind
from .files import digest
from .indexer import make_index
from .memory import FOLDER
from .problems import SiteError
from .reading import read_interface
from .routes import index_path
from .search import find_entries
from .site import Site

PLACE = "preview-search"
NOTE = "texts"


class Searching:
    """Makes the indexes of one site after another, in a thread, one at a time; `tell` gets their files by the path
    that they are asked for at."""

    def __init__(self, root: Path, tell: Callable[[dict[str, Path]], None]) -> None:
        self._root, self._tell = root, tell
        self._thread: Thread | None = None
        self._last: Site | None = None

    def look(self, site: Site | None) -> None:
        """Bring the indexes up to date with a site, unless they are, or others are being made."""
        if site is None or site is self._last or (self._thread is not None and self._thread.is_alive()):
            return
        self._last = site
        self._thread = Thread(target=self._make, args=(site,), daemon=True)
        self._thread.start()

    def _make(self, site: Site) -> None:
        with suppress(
            SiteError, Damaged, OSError, *FAULTS
        ):  # a build or an author was faster: there will be another time
            self._tell(make_indexes(self._root, site))


def make_indexes(root: Path, site: Site) -> dict[str, Path]:
    """The files of a site's search indexes, made anew where their texts have changed."""
    place, found = root / FOLDER / PLACE, dict[str, Path]()
    languages = read_interface(root).languages
    with closing(Cache(root / FOLDER / FILE)) as cache:
        keys = {path: key for path, (key, _) in cache.document_keys().items()}
    bodies = Bodies(str(root / FOLDER / FILE), keys)
    try:
        for lang in site.searchable:
            entries = find_entries(site, languages[lang], bodies)
            texts = digest(msgspec.msgpack.encode((installed_pagefind(), entries)))
            folder = place / lang
            if not _holds(folder, texts):
                files, problems = make_index(lang, entries)
                if problems:
                    continue
                _write(folder, files, texts)
            under = index_path(site.config, lang)
            found |= {
                f"{under}{path.relative_to(folder).as_posix()}": path
                for path in folder.rglob("*") if path.is_file() and path.name != NOTE
            }  # fmt: skip
    finally:
        bodies.close()
    return found


def _holds(folder: Path, texts: str) -> bool:
    try:
        return (folder / NOTE).read_text() == texts
    except OSError:
        return False


def _write(folder: Path, files: dict[str, bytes], texts: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (folder / NOTE).write_text(texts)
