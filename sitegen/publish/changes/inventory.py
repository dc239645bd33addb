"""What lies on the host: our manifest, compared with a listing where there is one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sitegen.publish.targets.target import Facts
from sitegen.text import nfc

from .held import Held, Kept, Left


class Inventory(Struct, frozen=True):
    """`files`: ours that readers get; `kept`: ours for the sake of earlier pages; `altered`: ours that are not as they
    were left; `missing`: ours that somebody took away; `foreign`: all others, with what the listing says of them. What
    is promised is so by all releases of which something is there."""

    files: Mapping[str, Left]
    kept: Mapping[str, Kept]
    altered: frozenset[str]
    missing: frozenset[str]
    foreign: Mapping[str, str]
    promised: Mapping[str, str]
    redirects: frozenset[str]
    rules: frozenset[str]


class _Spelt(NamedTuple):
    """What may lie at a path, as we spelt it."""

    path: str
    left: Left
    kept: Kept | None = None
    is_coming: bool = False


def naming(facts: Facts) -> Callable[[str], str]:
    """What names have in common that the host does not tell apart."""
    if facts.tells_case:
        return _same if facts.tells_forms else nfc
    return str.casefold if facts.tells_forms else _casefold_nfc


def _same(path: str) -> str:
    return path


def _casefold_nfc(path: str) -> str:
    return path.lower() if path.isascii() else nfc(nfc(path).casefold())


def take(held: Held | None, listing: Mapping[str, str] | None, facts: Facts, read: Mapping[str, str] = {}) -> Inventory:
    """`listing`: path → token, as a target gives it; None to believe the manifest; `read`: digests of files that were
    read there since they were not as they should be."""
    name_of = naming(facts)
    known = _known(held, name_of)
    files: dict[str, Left] = {}
    kept: dict[str, Kept] = {}
    altered: set[str] = set()
    missing: set[str] = set()
    found = None if listing is None else {name_of(path): (path, listing[path]) for path in sorted(listing)}
    for name, spelt in known.items():
        one = _unlisted(spelt) if found is None else _listed(spelt, *found[name], read) if name in found else None
        if one is None:
            missing.update(own.path for own in spelt if name not in (found or ()) and not (held and held.coming))
            continue
        is_altered = (
            found is not None and not one.left.digest and all(own.left.token != one.left.token for own in spelt)
        )
        if one.kept and is_altered:
            continue  # readers have what somebody made of it, and no page of ours needs it
        if one.kept:
            kept[one.path] = replace(one.kept, file=one.left)
        else:
            files[one.path] = one.left
            altered.update([one.path] if is_altered else ())
    ours = {name_of(path) for path in (*files, *kept)}
    foreign = {path: token for path, token in (listing or {}).items() if name_of(path) not in ours}
    coming = held.coming if held else None
    promised = dict(held.promised) if held else {}
    if coming:
        promised |= {path: origin for path, origin in coming.promised.items() if path in files}
    return Inventory(
        files, kept, frozenset(altered), frozenset(missing), foreign, promised,
        (held.redirects if held else frozenset()) | (coming.redirects if coming else frozenset()),
        (held.rules if held else frozenset()) | (coming.rules if coming else frozenset()),
    )  # fmt: skip


def _known(held: Held | None, name_of: Callable[[str], str]) -> Mapping[str, list[_Spelt]]:
    """All that may lie there of ours, by what the host makes of its name."""
    known: defaultdict[str, list[_Spelt]] = defaultdict(list)
    if held is None:
        return known
    for path, left in held.files.items():
        known[name_of(path)].append(_Spelt(path, left))
    for path, kept in held.kept.items():
        known[name_of(path)].append(_Spelt(path, kept.file, kept))
    for path, left in held.coming.files.items() if held.coming else ():
        known[name_of(path)].append(_Spelt(path, left, is_coming=True))
    return known


def _unlisted(spelt: Iterable[_Spelt]) -> _Spelt:
    """What lies there by the manifest: what is to come may or may not have come."""
    *_, last = spelt
    return _Spelt(last.path, Left("", 0)) if last.is_coming else last


def _listed(spelt: list[_Spelt], path: str, token: str, read: Mapping[str, str]) -> _Spelt | None:
    """What lies there by its token, or else by its digest; None for what was never ours."""
    fitting = [one for one in spelt if one.left.token == token]
    if not fitting and (seen := read.get(path) or read.get(spelt[0].path)):
        fitting = [one for one in spelt if one.left.digest == seen]
    if len({one.left.digest for one in fitting}) == 1:
        return fitting[-1]._replace(left=replace(fitting[-1].left, token=token))
    ours = [one for one in spelt if not one.is_coming]
    if not ours and not fitting:
        return None
    return (fitting or ours)[0]._replace(left=Left("", 0, "", token))
