"""What is known of a source since it was last read, and of a file of the output since it was written."""

from collections.abc import Mapping

from msgspec import Struct

from sitegen.images.variants import Picture
from sitegen.sources import Source

MTIME_RESOLUTION = 2_000_000_000
"""Nanoseconds within which two changes of a file may look like one, on the coarsest disks."""


class FileState(Struct, frozen=True, gc=False, array_like=True):
    """A source as it was when it was read. `safe`: so long after its last change that a later one must show. Of what
    articles refer to also what it looks like, and the size and digest of what is published of it."""

    size: int
    modified: int
    changed: int
    digest: str
    safe: bool
    picture: Picture | None = None
    published: tuple[int, str] | None = None


class Made(Struct, frozen=True, gc=False, array_like=True):
    """A file of the output as it was written; a later change shows in size or time."""

    digest: str
    size: int
    modified: int


def state_of_file(
    source: Source, digest: str, started: int, picture: Picture | None = None, published: tuple[int, str] | None = None
) -> FileState:
    """What there is to know of a source read in a build that `started` then, in nanoseconds."""
    safe = started - max(source.modified, source.changed) > MTIME_RESOLUTION
    return FileState(source.size, source.modified, source.changed, digest, safe, picture, published)


def unchanged(sources: Mapping[str, Source], states: Mapping[str, FileState]) -> dict[str, FileState]:
    """What is known of the sources that are as they were, by size and times."""
    return {
        path: known
        for path, source in sources.items()
        if (known := states.get(path)) is not None
        and known.safe
        and known.modified == source.modified
        and known.changed == source.changed
        and known.size == source.size
    }
