"""The manifest of an output folder: which files in it sitegen wrote."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from .files import digest, read_regular

MANIFEST = ".sitegen-manifest.json"
STAGING = ".sitegen-new"
"""Where new files wait."""
NOTES = (f"{MANIFEST}.both", f"{MANIFEST}.last")
"""Manifests that wait: of the old and the new files together, and of the new ones."""
RESERVED = (MANIFEST, STAGING, *NOTES)
"""The names in an output folder that are sitegen's own."""
_SECOND = 1_000_000_000
"""Nanoseconds."""


class Manifest(Struct, frozen=True):
    """What a folder of output holds that sitegen wrote: path → digest."""

    files: dict[str, str]


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
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def write_manifest(place: Path, folder: Path, files: Mapping[str, str]) -> None:
    """Write and seal the manifest of a folder at a place where nothing is yet. Raises OSError."""
    manifest = Manifest({path: files[path] for path in sorted(files)})
    with place.open("xb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    moment = time.time_ns() // _SECOND * _SECOND + _seal(manifest, folder)
    os.utime(place, ns=(moment, moment))


def is_sealed(manifest: Manifest, folder: Path) -> bool:
    """Whether it was written by a build in this very folder, and has not been changed since. One that came from
    elsewhere, with a repository for instance, has no seal: what it says is a claim. Raises OSError."""
    return (folder / MANIFEST).lstat().st_mtime_ns % _SECOND == _seal(manifest, folder)


def _seal(manifest: Manifest, folder: Path) -> int:
    """The nanoseconds of the second in which it says that it was written, since its bytes must be the same on any
    machine: made of its files and of the number that the disk gave the folder, which nobody knows who has not seen it.
    """
    stat = folder.stat()
    return int(digest(msgspec.msgpack.encode((stat.st_dev, stat.st_ino, manifest.files))), 16) % _SECOND
