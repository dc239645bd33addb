"""Writes the finished site: all of it or nothing, what is no longer made removed, nothing else touched."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from .files import digest
from .problems import Place, Problem, problem

MANIFEST = ".sitegen-manifest.json"


class Manifest(Struct, frozen=True):
    """What a folder of output holds that sitegen wrote: path → digest."""

    files: dict[str, str]


class Written(Struct, frozen=True):
    """Paths below the output folder."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]


class OutputError(Exception):
    """Nothing was changed; `problems` say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(found.message for found in problems))
        self.problems = problems


def write(folder: Path, files: Mapping[str, bytes], *, clean: bool = False) -> Written:
    """Make `folder` hold `files`. New content is staged beside the old and then moved into place; the manifest
    names old and new together meanwhile, so that a build cut short is made good by the next one."""
    try:
        before = read_manifest(folder)
        digests = {path: digest(data) for path, data in sorted(files.items())}
        stale = [p for p, d in digests.items() if clean or before.files.get(p) != d or not _holds(folder / p, d)]
        _refuse_foreign(folder, stale, before, digests)
        removed = sorted(before.files.keys() - digests.keys())
        if stale or removed or before.files != digests:
            _replace(folder, {path: files[path] for path in stale}, removed, before, Manifest(digests))
    except OSError as error:
        reason = f"{error.strerror or error} ({Path(error.filename).name if error.filename else folder.name})"
        raise OutputError((problem("unwritable-output", Place(folder.name), reason=reason),)) from error
    fresh = set(stale)
    return Written(tuple(stale), tuple(path for path in digests if path not in fresh), tuple(removed))


def read_manifest(folder: Path) -> Manifest:
    """What an earlier build left; nothing when there was none or its note is damaged."""
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return Manifest({})


def _holds(path: Path, expected: str) -> bool:
    return path.is_file() and digest(path.read_bytes()) == expected


def _refuse_foreign(folder: Path, stale: list[str], before: Manifest, digests: Mapping[str, str]) -> None:
    """What we did not write may be in the way: a file, a link that leads elsewhere, a file where a folder must be."""
    problems = tuple(
        problem("foreign-file", Place(folder.name), output=path)
        for path in stale
        if any(_blocks(folder, parent, before) for parent in (folder / path).parents if folder in parent.parents)
        or (path not in before.files and not _is_free(folder, folder / path, before, digests[path]))
    )
    if problems:
        raise OutputError(problems)


def _blocks(folder: Path, parent: Path, before: Manifest) -> bool:
    return parent.is_symlink() or (parent.is_file() and _inside(folder, parent) not in before.files)


def _is_free(folder: Path, target: Path, before: Manifest, wanted: str) -> bool:
    """Whether nothing is there, or the same bytes, or a folder with only what we wrote."""
    if target.is_dir() and not target.is_symlink():
        return all(_inside(folder, path) in before.files for path in target.rglob("*") if not path.is_dir())
    return not os.path.lexists(target) or _holds(target, wanted)


def _inside(folder: Path, path: Path) -> str:
    return path.relative_to(folder).as_posix()


def _replace(folder: Path, fresh: Mapping[str, bytes], removed: list[str], before: Manifest, after: Manifest) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".sitegen-", dir=folder))
    try:
        for number, data in enumerate(fresh.values()):
            (staging / str(number)).write_bytes(data)
        _write_manifest(folder, staging, Manifest(dict(sorted({**after.files, **before.files}.items()))))
        for path in removed:
            (folder / path).unlink(missing_ok=True)
            _remove_empty_folders(folder, (folder / path).parent)
        for number, path in enumerate(fresh):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / str(number), target)
        _write_manifest(folder, staging, after)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write_manifest(folder: Path, staging: Path, manifest: Manifest) -> None:
    note = staging / "manifest"
    note.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    os.replace(note, folder / MANIFEST)


def _remove_empty_folders(folder: Path, start: Path) -> None:
    for parent in (start, *start.parents):
        if parent == folder:
            return
        try:
            parent.rmdir()
        except OSError:
            return
