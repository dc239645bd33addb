"""Who may read a preview: this machine's browsers, by the names that it has, and no page of another site in them."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from msgspec import Struct

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:\[\]/@\s]+)(?::[0-9]{1,5})?", re.IGNORECASE)


class Door(Struct, frozen=True):
    """`beyond`: whether other machines can reach it; `names`: what it may be called besides localhost."""

    beyond: bool
    names: frozenset[str]


def refusal(door: Door, headers: Mapping[str, str], *, acts: bool = False) -> str:
    """Why a request is not answered; empty when it is. A name that leads here without being ours belongs to a site that
    wants to read in a reader's browser (DNS rebinding). `acts`: it does more than read, so it must say where it comes
    from."""
    host, origin = headers.get("Host", ""), headers.get("Origin")
    found = _HOST.fullmatch(host)
    if found is None or not _is_ours(door, found["name"].strip("[]").lower().rstrip(".")):
        return "This address does not belong to the preview."
    if origin is None and acts:
        return "This request does not say where it comes from."
    if origin is not None and not is_same_origin(origin, host):
        return "This request comes from another site."
    return ""


def is_same_origin(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _is_ours(door: Door, name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost") or name in door.names:
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or door.beyond  # a number is nobody's name
