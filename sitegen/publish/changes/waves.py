"""The order in which files change places: whatever a page needs is there before it, and goes after it.

What happens within a wave may happen in any order, and end anywhere; a wave begins when the one before is whole.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, get_args

from msgspec import Struct

from sitegen.publish.release import Role, is_fingerprinted

Kind = Literal[
    "needed",  # new files that nothing refers to yet
    "first rules",  # for a host that has had none
    "in place",  # new files where something else must go first: a folder where a file was, or a file for a folder
    "search",  # new ones that lead into indexes, of which all is there
    "new pages",
    "files",  # changed ones that are no pages
    "pages",  # changed ones, the deepest first: lists come after what they list
    "pages in place",  # new ones where something else must go first
    "feeds",  # with the site map, and what leads into search indexes
    "rules",  # for the host: redirects lead to what is there
    "gone pages",
    "gone files",
]


class Wave(Struct, frozen=True):
    """`removes`: paths that must be gone before the first of those that it `places`."""

    kind: Kind
    removes: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


class Upload(Struct, frozen=True, gc=False):
    """`is_new`: nothing of ours answers there yet; `after`: what must be gone before."""

    path: str
    role: Role
    is_new: bool
    after: tuple[str, ...] = ()


def arrange(uploads: Iterable[Upload], removals: Mapping[str, Role], *, is_first: bool) -> tuple[Wave, ...]:
    """`removals`: what goes when all else is done; `is_first`: the host has had no release before."""
    uploads = [*uploads]
    early = {path for upload in uploads if upload.role != "page" for path in upload.after}
    places: dict[Kind, list[str]] = {kind: [] for kind in get_args(Kind)}
    removes: dict[Kind, set[str]] = {kind: set() for kind in get_args(Kind)}
    kinds = {upload.path: _kind(upload, early, is_first=is_first) for upload in uploads}
    for upload in uploads:
        places[kinds[upload.path]].append(upload.path)
    gone: set[str] = set()
    for upload in sorted(uploads, key=lambda upload: _ORDER[kinds[upload.path]]):
        removes[kinds[upload.path]] |= {*upload.after} - gone
        gone.update(upload.after)
    for path, role in removals.items():
        if path not in gone:
            removes["gone pages" if role in ("page", "feed") else "gone files"].add(path)
    waves = (Wave(kind, tuple(sorted(removes[kind])), tuple(sorted(places[kind], key=_depth))) for kind in places)
    return tuple(wave for wave in waves if wave.removes or wave.places)


_ORDER: Mapping[Kind, int] = {kind: index for index, kind in enumerate(get_args(Kind))}


def _depth(path: str) -> tuple[int, str]:
    return -path.count("/"), path


def _kind(upload: Upload, early: set[str], *, is_first: bool) -> Kind:
    if upload.role == "rule":
        return "first rules" if is_first else "rules"
    if upload.role == "feed":
        return "feeds"
    if upload.role == "page":
        if upload.after and early.isdisjoint(upload.after):
            return "pages in place"
        return "new pages" if upload.is_new else "pages"
    if upload.role == "search" and not is_fingerprinted(upload.path):
        return "search" if upload.is_new else "feeds"
    if upload.after:
        return "in place"
    return "needed" if upload.is_new else "files"


def obstacles(
    uploads: Iterable[str], others: Iterable[str], name_of: Callable[[str], str]
) -> Mapping[str, tuple[str, ...]]:
    """Which other files must go before a new one can come: a file where it needs a folder, files in a folder where it
    must be a file."""
    new: defaultdict[str, list[str]] = defaultdict(list)
    """What lies at a name or below it."""
    names = {name_of(path): path for path in uploads}
    for name, path in names.items():
        for folder in _folders(name):
            new[folder].append(path)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for other in others:
        name = name_of(other)
        below = new.get(name, ())
        above = [names[folder] for folder in _folders(name) if folder in names]
        for path in (*below, *above):
            found[path].append(other)
    return {path: tuple(sorted(paths)) for path, paths in found.items()}


def _folders(path: str) -> Iterator[str]:
    """The folders that a path lies in."""
    while path := path.rpartition("/")[0]:
        yield path
