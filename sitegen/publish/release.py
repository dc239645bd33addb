"""A release: the files of a build as readers get them, and the addresses that they may have noted."""

from collections.abc import Mapping

from msgspec import Struct


class Served(Struct, frozen=True, gc=False, array_like=True):
    """A file. `digest` and `size`: of its bytes; `headers`: a digest of those that the target sends with this very
    file, where it does."""

    digest: str
    size: int
    headers: str = ""


class Release(Struct, frozen=True):
    """What a site is to be for its readers. `site`: its id; `address`: in full, with a final /; `files`: by path below
    the root; `promised`: paths that readers may have noted (pages but later pages of lists, redirects, feeds,
    attachments), each with a digest of the source that it comes from, or nothing; `rules`: which files are for the host
    alone; `gone`: paths that are meant to answer no more."""

    site: str
    address: str
    files: Mapping[str, Served]
    promised: Mapping[str, str]
    rules: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
