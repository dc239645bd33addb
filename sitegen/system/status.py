"""The status of files (POSIX.1-2017, <sys/stat.h>): whose they are, what they are, whether two are one."""

import os
import stat
import sys
from pathlib import Path

if sys.platform == "win32":

    def is_ours(found: os.stat_result) -> bool:
        """Whether this user owns a file. Windows lets nobody else write into a profile."""
        return True

    def is_open_to_others(found: os.stat_result) -> bool:
        """Whether others may write there, by its mode, which says nothing on Windows."""
        return False

    def is_link(entry: "os.DirEntry[str]") -> bool:
        """Whether an entry leads elsewhere: a symbolic link or a junction."""
        return entry.is_symlink() or leads_elsewhere(entry.stat(follow_symlinks=False))

    def leads_elsewhere(found: os.stat_result) -> bool:
        """The same of what `lstat` says."""
        return stat.S_ISLNK(found.st_mode) or found.st_reparse_tag == stat.IO_REPARSE_TAG_MOUNT_POINT

    def identity(found: os.stat_result) -> tuple[int, ...]:
        """Changes when a database is another file. One that is open stays there, and its times come late."""
        return (found.st_size,)

else:

    def is_ours(found: os.stat_result) -> bool:
        """Whether this user owns a file."""
        return found.st_uid == os.geteuid()

    def is_open_to_others(found: os.stat_result) -> bool:
        """Whether others may write there."""
        return bool(found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))

    def is_link(entry: "os.DirEntry[str]") -> bool:
        """Whether an entry leads elsewhere."""
        return entry.is_symlink()

    def leads_elsewhere(found: os.stat_result) -> bool:
        """The same of what `lstat` says."""
        return stat.S_ISLNK(found.st_mode)

    def identity(found: os.stat_result) -> tuple[int, ...]:
        """Changes when a database is another file, or is written."""
        return found.st_dev, found.st_ino, found.st_uid, found.st_mode, found.st_size, found.st_mtime_ns


def mode_of(path: str | Path) -> int:
    """What lies at a path, no link or junction followed; 0 where nothing does. Raises OSError."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return 0
    return stat.S_IFLNK if leads_elsewhere(found) else found.st_mode


def is_one(path: str, other: str) -> bool:
    """Whether two paths are spellings of one, as far as a disk numbers what it holds."""
    try:
        one, two = os.lstat(path), os.lstat(other)
    except OSError:
        return False
    return one.st_ino != 0 and os.path.samestat(one, two)
