"""What may not be published: addresses would be lost, or most of the site, or there is another site. No yes helps."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from sitegen.config.addresses import own_address
from sitegen.files import SETTINGS
from sitegen.problems import Known, Place, Problem, problem
from sitegen.publish.release import Release, address_of, own_path, role_of

from .held import Held
from .plan import Plan
from .vanished import living

if TYPE_CHECKING:
    from .origins import Source

ALL = "all"
"""What is said in place of an address, where all may go."""


class Verdict(Struct, frozen=True):
    """`problems`: why there must be no publish; `lost`: addresses among them; `given_up`: addresses that go since
    authors have said so: by `gone:`, by their date, or on the command line."""

    problems: tuple[Problem, ...]
    lost: tuple[str, ...] = ()
    given_up: tuple[str, ...] = ()


def judge(plan: Plan, sources: Mapping[str, "Source"], allowed: Collection[str] = ()) -> Verdict:
    """`sources`: by their digests, as a release has them; `allowed`: addresses that may go, or ALL."""
    is_all = ALL in allowed
    may_go = {path for text in allowed if (path := own_path(text, plan.release.address)) is not None}
    may_go |= plan.release.gone
    lost: list[str] = []
    given_up: list[str] = []
    for path in plan.vanished:
        source = sources.get(plan.inventory.promised[path])
        is_meant = is_all or (source is not None and source.state == "expired") or _is_among(path, may_go)
        (given_up if is_meant else lost).append(path)
    problems = [*_another_site(plan.release, plan.held, is_all=is_all), *_still_there(plan.release)]
    problems += [] if is_all else _too_few(plan, len(given_up))
    told = [path for path in lost if role_of(path) != "feed" or _list_of(path) not in lost]
    return Verdict(
        (*problems, *_vanished(plan, sources, told)), tuple(map(address_of, lost)), tuple(map(address_of, given_up))
    )


def _list_of(path: str) -> str:
    """The page whose list a feed announces."""
    return f"{path.rpartition('/')[0]}/index.html".lstrip("/")


def _is_among(path: str, addresses: Collection[str]) -> bool:
    """Whether an address is named, with or without what a host would add to it; a feed goes with its list."""
    names = {path, address_of(path)[1:], address_of(path)[1:].rstrip("/")}
    if not names.isdisjoint(addresses):
        return True
    return role_of(path) == "feed" and _list_of(path) != path and _is_among(_list_of(path), addresses)


def _another_site(release: Release, held: Held | None, *, is_all: bool) -> Iterator[Problem]:
    """An address is the same with another scheme, and with or without www."""
    if held is None:
        return
    if held.site != release.site:
        yield problem("another-site", Place(SETTINGS), other=held.site, own=release.site)
    elif not is_all and not _is_one(held.address, release.address):
        yield problem("another-address", Place(SETTINGS), other=held.address, own=release.address)


def _is_one(address: str, other: str) -> bool:
    own = own_address(address, other)
    return own is not None and own.path == "" and own_address(other, address) is not None


def _still_there(release: Release) -> Iterator[Problem]:
    for path in release.promised if release.gone else ():
        if _is_among(path, release.gone) and role_of(path) != "feed":
            yield problem("gone-but-there", Place(SETTINGS), address=address_of(path))


def _too_few(plan: Plan, given_up: int) -> Iterator[Problem]:
    """What is given up is not missed, nor the pictures that went with it."""
    there, release = plan.inventory, plan.release
    counts = [(len(there.promised) - given_up, len(release.promised))]
    counts += [] if given_up else [(len(there.files), len(release.files))]
    for before, now in counts:
        if now * 2 < before:
            yield problem("too-few-files", Place(SETTINGS), before=before, now=now)
            return


def _vanished(plan: Plan, sources: Mapping[str, "Source"], paths: Collection[str]) -> Iterator[Problem]:
    """Each with the line to write: where it has moved to, or else to let it go."""
    homes = living(plan.release) if paths else {}
    known = Known(address_of(path) for path in homes)
    elsewhere = dict(plan.moved)
    for path in paths:
        address, target = address_of(path), elsewhere.get(path)
        source = sources.get(plan.inventory.promised[path]) if role_of(path) != "feed" else None
        if source and source.state == "unused":
            yield problem("vanished-file", source.place, address=address)
        elif source and source.state == "empty":
            yield problem("vanished-list", source.place, address=address)
        elif source and source.state != "published":
            yield problem("vanished-text", source.place, address=address, state=source.state)
        else:
            now = address_of(target) if target else None
            if source and source.aliases is not None:
                aliases = ", ".join(map(_in_yaml, (*source.aliases, address)))
                yield problem("vanished-alias", source.place, address=address, now=now, aliases=aliases)
            else:
                words = {"nearest": now or known.nearest(address), "quoted": _in_yaml(address)}
                yield problem("vanished-address", Place(SETTINGS), address=address, **words)


def _in_yaml(text: str) -> str:
    """A text as an item of a list between brackets (YAML 1.2.2, section 7.3)."""
    return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "''") + "'"


_PLAIN = re.compile(r"[\w/.~+-]+")
