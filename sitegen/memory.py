"""The folder in which builds remember: held by one build at a time, and written by nobody but its user."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from stat import S_IWGRP, S_IWOTH

FOLDER = ".sitegen"
LOCK = "lock.sqlite"
OTHERS = S_IWGRP | S_IWOTH


class Locked(Exception):
    """Another build is under way; `holder` is its process."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


@contextmanager
def held(root: Path, wait: float) -> Iterator[Path | None]:
    """The folder in which to remember the site in `root`, held for this build alone; None where there can be none.
    Raises Locked when another build holds it for longer than `wait` seconds. The lock is SQLite's on an empty
    database: the system lets go of it however a build ends."""
    folder = root / FOLDER
    holder = folder / "holder"
    with ExitStack() as stack:
        try:
            folder.mkdir(0o755, exist_ok=True)
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
                holder.unlink(missing_ok=True)  # where it is a link, what it leads to is not ours
                with holder.open("x") as note:
                    note.write(str(os.getpid()))
            yield folder if _is_kept(folder) else None
        finally:
            with suppress(OSError):
                holder.unlink()


def _is_kept(folder: Path) -> bool:
    """Whether this user may remember in a folder; what others may have put there goes."""
    try:
        if folder.stat().st_uid != os.geteuid():
            return False
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
        return holder.read_text()[:20]
    except (OSError, UnicodeDecodeError):
        return "?"
