"""Addresses that readers may have noted: which have moved, and which nothing answers any more."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from sitegen.publish.release import Release, role_of

from .inventory import Inventory


def vanished(release: Release, there: Inventory, name_of: Callable[[str], str]) -> tuple[str, ...]:
    """Promised paths of which neither a file nor a folder answers: hosts lead from the name of a folder into it, and
    where a file is back, nobody misses what led on from its name."""
    living = {name_of(path) for path in release.files}
    return tuple(
        path
        for path in sorted(there.promised)
        if name_of(path) not in living
        and name_of(f"{path}/index.html") not in living
        and not (path in there.redirects and name_of(path.removesuffix("/index.html")) in living)
    )


def moved(release: Release, there: Inventory) -> tuple[tuple[str, str], ...]:
    """Old and new path of what is now elsewhere: it comes from the same source, or has the same bytes. The old one may
    redirect."""
    by_origin: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    by_digest: defaultdict[str, list[str]] = defaultdict(list)
    for path, origin in release.promised.items():
        if path in there.promised or path in release.redirects:
            continue
        by_origin[_kind(path), origin].append(path)
        by_digest[release.files[path].digest].append(path)
    found = []
    for path in sorted(there.promised) if by_origin else ():
        if path in there.redirects or (path in release.files and path not in release.redirects):
            continue
        left = there.files.get(path)
        new = by_origin.get((_kind(path), there.promised[path])) or by_digest.get(left.digest if left else "")
        if new:
            found.append((path, _likeliest(path, new)))
    return tuple(found)


def _kind(path: str) -> str:
    """A list and its feeds come from the same, and move together."""
    return role_of(path) + (path.rpartition("/")[2] if role_of(path) == "feed" else "")


def _likeliest(path: str, others: Iterable[str]) -> str:
    """One in the same language before all others."""
    return min(others, key=lambda other: (other.partition("/")[0] != path.partition("/")[0], other))


def living(release: Release) -> Mapping[str, str]:
    """Paths that readers may go to in place of another, with what they come from."""
    return {path: origin for path, origin in release.promised.items() if path not in release.redirects}
