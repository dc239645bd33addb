"""The folder in which builds remember: held by one build at a time, and written by nobody but its user."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from stat import S_ISDIR, S_IWGRP, S_IWOTH

from sitegen.files import MEMORY, read_regular

FOLDER = MEMORY
PREVIEW = "preview"
"""The preview's output, in this folder."""
LOCK = "lock.sqlite"
OTHERS = S_IWGRP | S_IWOTH
_BESIDE = ("-journal", "-wal", "-shm")
"""What SQLite leaves beside a database and acts upon: a journal may name any file, which is removed when it has been
played back (SQLite, “Database File Format”, section 3)."""


class Locked(Exception):
    """Another build is under way; `holder` is its process."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


def own_folder(root: Path) -> Path | None:
    """The folder in which to remember the site in `root`, made where it is not there; None where it is a link, somebody
    else's, or cannot be made. Links in it are taken away, since what they lead to is not ours."""
    folder = root / FOLDER
    try:
        with suppress(FileExistsError):
            folder.mkdir(0o755)
        stat = folder.lstat()
        if not S_ISDIR(stat.st_mode) or stat.st_uid != os.geteuid():
            return None
        remove_links(folder)
    except OSError:
        return None
    return folder


def remove_links(folder: Path) -> None:
    """Take away the links in a folder, not what they lead to."""
    for entry in os.scandir(folder):
        if entry.is_symlink():
            Path(entry.path).unlink(missing_ok=True)


@contextmanager
def held(root: Path, wait: float) -> Iterator[Path | None]:
    """The folder in which to remember the site in `root`, held for this build alone; None where there can be none.
    Raises Locked when another build holds it for longer than `wait` seconds. The lock is SQLite's on an empty
    database: the system lets go of it however a build ends."""
    folder = own_folder(root)
    if folder is None:
        yield None
        return
    holder = folder / "holder"
    with ExitStack() as stack:
        try:
            _empty(folder / LOCK)
            lock = stack.enter_context(closing(sqlite3.connect(folder / LOCK, timeout=wait, isolation_level=None)))
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise Locked(_read(holder)) from None
            yield None
            return
        except (OSError, sqlite3.DatabaseError):
            yield None
            return
        try:
            with suppress(OSError):
                holder.unlink(missing_ok=True)
                with holder.open("x") as note:
                    note.write(str(os.getpid()))
            yield folder if _is_kept(folder) else None
        finally:
            with suppress(OSError):
                holder.unlink()


def is_alone(database: Path) -> bool:
    """Whether there is nothing beside it that SQLite would act upon."""
    return not any(os.path.lexists(f"{database}{ending}") for ending in _BESIDE)


def remove_beside(database: Path) -> None:
    """Raises OSError."""
    for ending in _BESIDE:
        Path(f"{database}{ending}").unlink(missing_ok=True)


def _empty(lock: Path) -> None:
    """Take away what is no lock of ours, which is an empty file and never written. Raises OSError."""
    if os.path.lexists(lock) and not (lock.is_file() and lock.stat().st_size == 0):
        lock.unlink()
    remove_beside(lock)


def _is_kept(folder: Path) -> bool:
    """Whether this user may remember in a folder; what others may have put there goes."""
    try:
        if not is_private(folder):
            for path in folder.iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                elif path.name not in (LOCK, "holder"):
                    path.unlink()
    except OSError:
        return False
    return True


def is_private(path: Path) -> bool:
    """Whether nobody but this user can have written it; from now on nobody can."""
    stat = path.stat()
    if stat.st_uid == os.geteuid() and stat.st_mode & OTHERS:
        path.chmod(stat.st_mode & ~OTHERS)
        return bool(path.stat().st_mode & OTHERS)  # a disk that knows no permissions
    return stat.st_uid == os.geteuid()


def _read(holder: Path) -> str:
    try:
        return read_regular(holder)[:20].decode("ascii")
    except (OSError, UnicodeDecodeError):
        return "?"
