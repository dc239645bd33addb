"""The manifest of an output folder: which files in it sitegen wrote."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from sitegen.files import MANIFEST, digest, read_regular

_SECOND, _GRAIN = 1_000_000_000, 100
"""Nanoseconds, and how many of them a disk may count as one."""


class Manifest(Struct, frozen=True, omit_defaults=True):
    """What a folder of output holds that sitegen wrote: path → digest. `left`: what an earlier manifest named and no
    build makes any more, but that was not as it said."""

    files: dict[str, str]
    left: tuple[str, ...] = ()


def read_manifest(folder: Path) -> Manifest:
    """What an earlier build left; nothing when there was none, it is damaged, or no file."""
    try:
        return msgspec.json.decode(read_regular(folder / MANIFEST), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return Manifest({})


def identity(folder: Path) -> tuple[int, int, int] | None:
    """Of a folder's manifest, which is never changed but replaced; None when there is none."""
    try:
        stat = (folder / MANIFEST).lstat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns // _SECOND


def write_manifest(place: Path, folder: Path, files: Mapping[str, str], left: tuple[str, ...] = ()) -> None:
    """Write and seal the manifest of a folder at a place where nothing is yet. Raises OSError."""
    manifest = Manifest({path: files[path] for path in sorted(files)}, left)
    with place.open("xb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    seal(place, manifest, folder)


def seal(place: Path, manifest: Manifest, folder: Path) -> None:
    """Say by its time that it was written, or found true, by a build in this very folder. Raises OSError."""
    moment = time.time_ns() // _SECOND * _SECOND + _seal(manifest, folder)
    os.utime(place, ns=(moment, moment), follow_symlinks=False)


def is_sealed(manifest: Manifest, folder: Path) -> bool:
    """Whether that is so, and it has not been changed since. One that came from elsewhere, with a repository for
    instance, has no seal: what it says is a claim. Raises OSError."""
    return (folder / MANIFEST).lstat().st_mtime_ns % _SECOND == _seal(manifest, folder)


def _seal(manifest: Manifest, folder: Path) -> int:
    """The nanoseconds of the second in which it says that it was written, since its bytes must be the same on any
    machine: made of its files and of the number that the disk gave the folder, which nobody knows who has not seen it.
    """
    found = digest(msgspec.msgpack.encode((folder.stat().st_ino, manifest.files)))
    return int(found, 16) % (_SECOND // _GRAIN) * _GRAIN
