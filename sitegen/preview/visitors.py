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


def refusal(door: Door, headers: Mapping[str, str], *, peer: str = "", acts: bool = False) -> str:
    """Why a request is not answered; empty when it is. A name that leads here without being ours belongs to a site that
    wants to read in a reader's browser (DNS rebinding). `acts`: it does more than read, so it must say where it comes
    from, and come from this machine: `peer` is the address at the other end of the connection, whatever headers say."""
    host, origin = headers.get("Host", ""), headers.get("Origin")
    found = _HOST.fullmatch(host)
    if found is None or not _is_ours(door, found["name"].strip("[]").lower().rstrip(".")):
        return "This address does not belong to the preview."
    if origin is None and acts:
        return "This request does not say where it comes from."
    if origin is not None and not is_same_origin(origin, host):
        return "This request comes from another site."
    if acts and not is_here(peer):
        return "Files open only from the machine that the preview runs on."
    return ""


def is_here(peer: str) -> bool:
    """Whether an address is loopback, which no other machine can have; IPv4 may come as IPv6."""
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


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
