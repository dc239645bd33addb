"""The manifest of an output folder: which files in it sitegen wrote, and what is in the way of new ones.

It stands in the output and not in .sitegen/, since deleting a cache must not make a build forget what it may remove. It
may come with a repository, so it is sealed by the time of the file: without its seal it is a claim.
"""

import errno
import os
import time
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from stat import S_ISDIR, S_ISREG
from typing import Literal

import msgspec
from msgspec import Struct

from sitegen.files import MANIFEST, digest, digest_regular, read_regular
from sitegen.system.disk import set_time, slashed
from sitegen.system.status import is_link, is_one, mode_of
from sitegen.text import caseless, unportable

_SECOND, _GRAIN = 1_000_000_000, 100
"""Nanoseconds, and how many of them a disk may count as one."""


class Manifest(Struct, frozen=True, omit_defaults=True):
    """What a folder of output holds that sitegen wrote: path → digest. `left`: what an earlier manifest named and no
    build makes any more, but that was not as it said."""

    files: dict[str, str]
    left: tuple[str, ...] = ()


def manifest_text(folder: Path) -> bytes:
    """The bytes of a folder's manifest; none where there is none, or it is no file."""
    try:
        return read_regular(folder / MANIFEST)
    except OSError:
        return b""


def decode_manifest(text: bytes) -> Manifest:
    """What an earlier build left; nothing when there was none, or it is damaged."""
    try:
        return msgspec.json.decode(text, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Manifest({})


def read_manifest(folder: Path) -> Manifest:
    """What an earlier build left in a folder."""
    return decode_manifest(manifest_text(folder))


def write_manifest(place: Path, folder: Path, files: Mapping[str, str], left: tuple[str, ...] = ()) -> None:
    """Write and seal the manifest of a folder at a place where nothing is yet. Raises OSError."""
    manifest = Manifest({path: files[path] for path in sorted(files)}, left)
    with place.open("xb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    seal(place, manifest, folder)


def seal(place: Path, manifest: Manifest, folder: Path) -> None:
    """Say by its time that it was written, or found true, by a build in this very folder. Raises OSError."""
    moment = time.time_ns() // _SECOND * _SECOND + _seal(manifest, folder)
    set_time(place, moment)


def is_sealed(manifest: Manifest, folder: Path) -> bool:
    """Whether that is so, and it has not been changed since. One that came from elsewhere, with a repository for
    instance, has no seal: what it says is a claim. Raises OSError."""
    return (folder / MANIFEST).lstat().st_mtime_ns % _SECOND == _seal(manifest, folder)


def _seal(manifest: Manifest, folder: Path) -> int:
    """The nanoseconds of the second in which it says that it was written, since its bytes must be the same on any
    machine: made of its files and of the number that the disk gave the folder, which nobody knows who has not seen it.
    """
    number = folder.stat().st_ino & _64_BITS
    found = digest(msgspec.msgpack.encode((number, manifest.files)))
    return int(found, 16) % (_SECOND // _GRAIN) * _GRAIN


_64_BITS = 0xFFFF_FFFF_FFFF_FFFF
"""Of a number that may have 128 on Windows (ReFS)."""

Way = Literal["open", "new", "blocked"]
"""To a folder of the output: it is there, it will be made, or something that is not ours is in the way."""


class Ownership:
    """Of what lies in a folder, by its manifest and the paths that we remember to have written there (`ours`). Some
    disks do not tell apart paths which differ in case or normal form alone: there, two of them are one file."""

    def __init__(self, folder: Path, manifest: Manifest, ours: Container[str], *, is_lost: bool) -> None:
        """`is_lost`: the folder has no manifest, and this one is what is remembered of it."""
        self._folder, self._manifest, self._ours, self._is_lost = folder, manifest, ours, is_lost
        self._ways: dict[str, Way] = {"": "open"}
        self._gone: Mapping[str, str] = {}

    @cached_property
    def is_sealed(self) -> bool:
        """Whether the manifest was written here, so that what it names is ours even where somebody has changed it."""
        return not self._is_lost and is_sealed(self._manifest, self._folder)

    def is_ours(self, path: str) -> bool:
        """Whether what a manifest names lies in this folder and was written by us, as far as it is there at all: as we
        remember, as the seal says, or by its digest."""
        name = self._manifest.files.get(path)
        if name is None or unportable(path) or self._way(path.rpartition("/")[0]) == "blocked":
            return False
        place = f"{self._folder}/{path}"
        mode = mode_of(place)
        if S_ISDIR(mode):
            return False
        return not mode or path in self._ours or self.is_sealed or has_digest(place, name)

    def in_the_way(self, wanted: Mapping[str, str], removed: Collection[str]) -> list[str]:
        """The paths among those that are `wanted`, each with its digest, where something lies that is not ours, or that
        stays: a file, a link that leads away, a file where a folder must be. Raises OSError when a folder may not be
        changed or is on another disk. Asked before anything is moved."""
        self._ways = {"": "open"}
        self._gone = {caseless(path): path for path in removed}
        found = []
        for path, name in wanted.items():
            way = self._way(path.rpartition("/")[0])
            if way == "blocked" or (way == "open" and not self._is_free(path, name)):
                found.append(path)
        if not found:
            self._check_rights((*wanted, *removed))
        return found

    def _way(self, folder: str) -> Way:
        """What is where a folder must be; below one that is not there, nothing needs to be looked for."""
        known = self._ways
        if folder not in known:
            above = self._way(folder.rpartition("/")[0])
            known[folder] = self._step(folder) if above == "open" else above
        return known[folder]

    def _step(self, folder: str) -> Way:
        mode = mode_of(f"{self._folder}/{folder}")
        if not mode:
            return "new"
        return "open" if S_ISDIR(mode) or (S_ISREG(mode) and self._is_going(folder)) else "blocked"

    def _is_free(self, path: str, wanted: str) -> bool:
        """Whether nothing is there, what we wrote, the same bytes, or a folder of which nothing will be left."""
        place = f"{self._folder}/{path}"
        mode = mode_of(place)
        if S_ISDIR(mode):
            start = len(f"{self._folder}/")
            return all(self._is_going(slashed(found)[start:]) for found in _ends(place))
        return not mode or self.is_ours(path) or self._is_going(path) or has_digest(place, wanted)

    def _is_going(self, path: str) -> bool:
        """Whether what lies at a path is among what is removed."""
        other = self._gone.get(caseless(path))
        return other is not None and self._is_one(path, other)

    def respelt(self, paths: Iterable[str], others: Iterable[str]) -> frozenset[str]:
        """Those of some paths that name, in another spelling, what some others do."""
        known = {caseless(path): path for path in others}
        found = ((path, known.get(caseless(path))) for path in paths)
        return frozenset(path for path, other in found if other is not None and self._is_one(path, other))

    def _is_one(self, path: str, other: str) -> bool:
        """Whether two spellings of a path lead to one file on this disk."""
        return path == other or is_one(f"{self._folder}/{path}", f"{self._folder}/{other}")

    def _check_rights(self, paths: Iterable[str]) -> None:
        """Raises OSError when one of them is in a folder that may not be changed, or that is on another disk."""
        device = os.stat(self._folder).st_dev  # noqa: PTH116
        for folder in sorted({self._nearest(folder) for folder in {path.rpartition("/")[0] for path in paths}}):
            place = f"{self._folder}/{folder}"
            code = errno.EXDEV if os.stat(place).st_dev != device else errno.EACCES  # noqa: PTH116
            if code == errno.EXDEV or not os.access(place, os.W_OK | os.X_OK):
                raise OSError(code, os.strerror(code), folder or self._folder.name)

    def _nearest(self, folder: str) -> str:
        """The folder itself, or else the first above it that is there."""
        while folder and not S_ISDIR(mode_of(f"{self._folder}/{folder}")):
            folder = folder.rpartition("/")[0]
        return folder

    def left_behind(self, paths: Iterable[str]) -> tuple[str, ...]:
        """Those that are there still."""
        return tuple(sorted(path for path in paths if not unportable(path) and mode_of(f"{self._folder}/{path}")))


def has_digest(path: str, expected: str) -> bool:
    """Whether a file, and no link to one, has this digest."""
    try:
        return digest_regular(path) == expected
    except OSError:
        return False


def _ends(folder: str) -> Iterator[str]:
    """All that lies in a folder but the folders on the way to it: files, links, folders with nothing in them."""
    pending = [folder]
    while pending:
        at = pending.pop()
        with os.scandir(at) as entries:
            found = [*entries]
        for entry in found:
            if entry.is_dir(follow_symlinks=False) and not is_link(entry):
                pending.append(entry.path)
            else:
                yield entry.path
        if not found:
            yield at
