"""A plain static host: what it answers at an address, from the paths of a site's files, and to whom: pure."""

import re
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from urllib.parse import unquote_to_bytes, urlsplit

from msgspec import Struct

from sitegen.site.urls import output_of, quoted
from sitegen.text import nfc

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^:\[\]/@\s]+)(?::[0-9]{1,5})?", re.IGNORECASE)


class Answer(Struct, frozen=True):
    """`path`: of the file that answers, empty when there is none; `location`: where to ask instead, below the root."""

    status: int
    path: str = ""
    location: str | None = None


class AccessPolicy(Struct, frozen=True):
    """Who may read: this machine's browsers, by the names that it has, and no page of another site in them. `public`:
    whether other machines can reach it; `names`: what it may be called besides localhost."""

    public: bool
    names: frozenset[str]


def look_up(asked: str, files: Collection[str]) -> Answer:
    """The answer at an address below the root, as it was asked for, percent-encoded and without a leading slash. What
    is not in `files` letter by letter is not there, so nothing leads out of them."""
    path = _decoded(asked)
    if path is None:
        return _missing("", files)
    for wanted in (path, nfc(path)):
        output = output_of(wanted)
        if output in files:
            return Answer(200, output)
        if f"{wanted}/index.html" in files:
            return Answer(302, location=f"{quoted(wanted)}/")
    return _missing(path, files)


def refusal(policy: AccessPolicy, headers: Mapping[str, str], *, peer: str = "", acts: bool = False) -> str:
    """Why a request is not answered; empty when it is. A name that leads here without being ours belongs to a site that
    wants to read in a reader's browser (DNS rebinding). `acts`: it does more than read, so it must say where it comes
    from, and come from this machine: `peer` is the address at the other end of the connection, whatever headers say."""
    host, origin = headers.get("Host", ""), headers.get("Origin")
    found = _HOST.fullmatch(host)
    if found is None or not _is_ours(policy, found["name"].strip("[]").lower().rstrip(".")):
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


def _decoded(asked: str) -> str | None:
    """Decoded once; None when it is no text."""
    try:
        return unquote_to_bytes(asked).decode("utf-8")
    except UnicodeDecodeError:
        return None


def _missing(path: str, files: Collection[str]) -> Answer:
    """The page that says so, in the language of the part of the site that was asked for."""
    own = f"{path.partition('/')[0]}/404.html"
    return Answer(404, next((page for page in (own, "404.html") if page in files), ""))


def _is_ours(policy: AccessPolicy, name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost") or name in policy.names:
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or policy.public  # a number is nobody's name
