"""The manifest of an output folder: which files in it sitegen wrote."""

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


class Manifest(Struct, frozen=True, omit_defaults=True):
    """`files`: path → digest. `seal`: of these files in this very folder; without it, or with another, the manifest
    came from elsewhere, with a repository for instance, and what it says is no more than a claim."""

    files: dict[str, str]
    seal: str = ""


def read_manifest(folder: Path) -> Manifest:
    """What an earlier build left; nothing when there was none, it is damaged, or no file."""
    try:
        return msgspec.json.decode(read_regular(folder / MANIFEST), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return Manifest({})


def write_manifest(place: Path, folder: Path, files: Mapping[str, str]) -> None:
    """Write the manifest of a folder to a place where nothing is yet. Raises OSError."""
    ordered = {path: files[path] for path in sorted(files)}
    manifest = Manifest(ordered, _seal(folder, ordered))
    with place.open("xb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")


def is_sealed(manifest: Manifest, folder: Path) -> bool:
    """Whether it was written by a build in this folder, and has not been changed since."""
    return manifest.seal == _seal(folder, manifest.files)


def _seal(folder: Path, files: Mapping[str, str]) -> str:
    """By the number that the disk gave the folder, which nobody knows who has not seen it."""
    stat = folder.stat()
    return digest(msgspec.msgpack.encode((stat.st_dev, stat.st_ino, files)))
