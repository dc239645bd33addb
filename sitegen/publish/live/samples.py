"""What to ask the live site for after a publish, and what it should answer: a fair sample, the same for equal input."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain, zip_longest
from typing import Literal

from msgspec import Struct

from sitegen.publish.release import Release, Served, address_of
from sitegen.publish.targets.target import HELD

PAGES, FILES = 50, 12
"""Changed pages, and other files new or changed, that are asked for at the most."""
LARGEST, ALL_TOGETHER = 4_000_000, 20_000_000
"""Bytes of a file, and of all files together, that are read back."""
NOWHERE = "sitegen-nowhere-{token}/"
"""An address that no site has."""

Kind = Literal["page", "asset", "missing", "redirect", "gone", "hidden"]


class Expected(Struct, frozen=True):
    """How a path below the site's address is to be answered. `path`: of an address, or of a file; `statuses`: any of
    them will do; `digest`, `size`: of the bytes, where they matter; `or_digest`: of others that will do; `before`: the
    digest that a reader got earlier; `headers`: by their names in lower case; `leads`: where a redirect leads, below
    the address; `front`: it is a language's first page."""

    kind: Kind
    path: str
    statuses: tuple[int, ...] = (200,)
    digest: str = ""
    size: int = 0
    or_digest: str = ""
    before: str = ""
    headers: Mapping[str, str] = {}
    leads: str = ""
    front: bool = False


class Manners(Struct, frozen=True):
    """What the host was told to do. `headers`: of a file, by its path; `moved`: from old addresses to new ones, below
    the root, where the host redirects by itself; `gone`: addresses that it answers with 410; `tells_languages`:
    its 404 page is that of the nearest folder; `languages`: the folders of their first pages, each with a final /, or
    nothing."""

    headers: Callable[[str], Mapping[str, str]] = lambda path: {}
    moved: Mapping[str, str] = {}
    gone: Collection[str] = ()
    tells_languages: bool = True
    languages: Collection[str] = ()


def samples(old: Mapping[str, Served], new: Release, manners: Manners, token: str) -> tuple[Expected, ...]:
    """`old`: the files that readers had; `token`: letters that make an address that nobody has asked for yet."""
    led = {_below_root(path) for path in (*manners.moved, *manners.gone)}
    served = {path: file for path, file in new.files.items() if path not in new.rules and _below_root(path) not in led}
    changed = sorted(path for path, file in served.items() if path not in old or old[path].digest != file.digest)
    homes = sorted(path.removesuffix("404.html") for path in served if path.rpartition("/")[2] == "404.html")
    homes = sorted({*homes, *manners.languages})
    fronts = [path for path in (f"{home}index.html" for home in homes) if path in served]
    missing = [f"{home}404.html" for home in homes if f"{home}404.html" in served]
    others = {*missing, *fronts, *new.redirects}
    pages = [path for path in changed if path.endswith(".html") and path not in others]
    files = [path for path in changed if not path.endswith(".html") and served[path].size <= LARGEST]
    asked = [*fronts, *spread(pages, max(0, PAGES - len(fronts))), *spread_by_ending(files, FILES)]
    return (
        *(_of_file(path, served, old, manners, fronts) for path in _within(asked, served)),
        *(_missing(page, served, manners, token) for page in missing),
        *_moved(new, manners),
        *_gone(old, new, manners),
        Expected("hidden", HELD, (403, 404, 410)),
    )


def _below_root(path: str) -> str:
    """What readers call a file."""
    return address_of(path)[1:]


def spread(paths: list[str], most: int) -> list[str]:
    """So many of them at the most, in equal steps."""
    count = min(most, len(paths))
    return [paths[number * len(paths) // count] for number in range(count)]


def spread_by_ending(paths: Iterable[str], most: int) -> list[str]:
    """Of each kind one, then of each a second …"""
    kinds: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        kinds[path.rpartition("/")[2].rpartition(".")[2]].append(path)
    rounds = zip_longest(*(kinds[ending] for ending in sorted(kinds)))
    return [path for path in chain.from_iterable(rounds) if path is not None][:most]


def _within(paths: Iterable[str], files: Mapping[str, Served]) -> Iterator[str]:
    left = ALL_TOGETHER
    for path in paths:
        if files[path].size <= left:
            left -= files[path].size
            yield path


def _of_file(
    path: str, files: Mapping[str, Served], old: Mapping[str, Served], manners: Manners, fronts: Collection[str]
) -> Expected:
    file, before = files[path], old[path].digest if path in old else ""
    return Expected(
        "page" if path.endswith(".html") else "asset",
        _below_root(path),
        digest=file.digest,
        size=file.size,
        before="" if before == file.digest else before,
        headers=_lower(manners.headers(path)),
        front=path in fronts and (not manners.languages or path.removesuffix("index.html") in manners.languages),
    )


def _missing(page: str, files: Mapping[str, Served], manners: Manners, token: str) -> Expected:
    nowhere = f"{page.removesuffix('404.html')}{NOWHERE.format(token=token)}"
    nearest = files[page]
    if manners.tells_languages or "404.html" not in files:
        headers = _lower(manners.headers(page))
        return Expected("missing", nowhere, (404,), nearest.digest, nearest.size, headers=headers)
    of_all, headers = files["404.html"], _lower(manners.headers("404.html"))
    size = max(nearest.size, of_all.size)
    return Expected("missing", nowhere, (404,), of_all.digest, size, nearest.digest, headers=headers)


def _lower(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _moved(new: Release, manners: Manners) -> Iterator[Expected]:
    """An old address that leads on; where the host does not, a page that does."""
    for old in sorted(manners.moved)[:1]:
        page = new.files.get(f"{old}index.html" if not old or old.endswith("/") else old, Served("", 0))
        yield Expected("redirect", _below_root(old), (301, 308), page.digest, page.size, leads=manners.moved[old])
    for path in sorted(new.redirects & new.files.keys())[: 0 if manners.moved else 1]:
        yield Expected("redirect", _below_root(path), digest=new.files[path].digest, size=new.files[path].size)


def _gone(old: Mapping[str, Served], new: Release, manners: Manners) -> Iterator[Expected]:
    """One that answers 410, else a page that was there before."""
    named = sorted(manners.gone)
    led = {_below_root(path) for path in manners.moved}
    left = sorted(path for path in old.keys() - new.files if path.endswith(".html") and _below_root(path) not in led)
    for path in [*named, *left][:1]:
        yield Expected("gone", _below_root(path), (410,) if named else (404, 410))
