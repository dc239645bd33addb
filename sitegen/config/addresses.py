"""Addresses as authors write them, in settings and registries (RFC 3986): on the site, elsewhere, or none."""

import re
from contextlib import suppress
from urllib.parse import SplitResult, quote, unquote, urlsplit

from msgspec import Struct

from sitegen.text import nfc

SCHEMES = ("http", "https", "mailto", "tel", "sms", "geo", "webcal")
"""What links may do, wherever they are written; all else runs something, is of some program, or of nobody's."""
UNUSABLE = ("javascript", "vbscript", "data", "file", "ftp", "blob", "about", "intent", "view-source")
"""What is meant as an address where it stands for itself, though links may not have it."""


class OwnAddress(Struct, frozen=True):
    """An address of the site. `path`: below its root, decoded, as it was written but for the first /; `query` and
    `fragment`: percent-encoded, without ? and #."""

    path: str
    query: str = ""
    fragment: str = ""

    @property
    def suffix(self) -> str:
        """What follows the path."""
        return (f"?{self.query}" if self.query else "") + (f"#{self.fragment}" if self.fragment else "")


def own_address(text: str, base_url: str) -> OwnAddress | None:
    """A path from the site's root, which begins with /, or an address in full that begins as the site's do, whatever
    its scheme and with or without www; None for all others. `base_url`: with a final /."""
    parts, base = _split(text), urlsplit(base_url)
    if parts is None or not (text.startswith("/") or is_in_full(text)):
        return None
    path = parts.path
    if is_in_full(text):
        if parts.scheme not in ("", "http", "https") or _host(parts) != _host(base):
            return None
        if not f"{path}/".startswith(base.path):
            return None
        path = path[len(base.path) :]
    return OwnAddress(nfc(unquote(path)).lstrip("/"), _encoded(parts.query), _encoded(parts.fragment))


def is_in_full(text: str) -> bool:
    """Whether an address says its host."""
    return _IN_FULL.match(text) is not None


def scheme_of(text: str) -> str:
    """The scheme that a browser sees, in lower case; empty for none. It passes over spaces and controls before it, and
    over line ends and tabs in it (URL, section 4.4)."""
    found = _SCHEME.match(text)
    return _PASSED_OVER.sub("", found[0][:-1]).lower() if found else ""


def is_usable(text: str) -> bool:
    """Whether a link may have an address: a path of the web, or one with a scheme of SCHEMES and what this needs."""
    scheme = scheme_of(text)
    if scheme in ("http", "https"):
        return _WITH_HOST.match(text) is not None
    return (not scheme or scheme in SCHEMES) and _OF_A_DISK.match(text) is None


def is_elsewhere(text: str) -> bool:
    """Whether what should be a path is an address in full, data, or a path of some machine."""
    return is_in_full(text) or text.startswith("\\\\") or scheme_of(text) != ""


def has_scheme(text: str) -> bool:
    """Whether an address begins with a scheme that we know; a path may have a colon too."""
    return scheme_of(text) in (*SCHEMES, *UNUSABLE)


def read_link(text: str, base_url: str) -> OwnAddress | str | None:
    """Where a link leads: on the site, by its path or in full, or elsewhere, in full. None for what leads nowhere, or
    would run something."""
    if _FORBIDDEN.search(text):
        return None
    text = text.strip().replace(" ", "%20")
    own = own_address(text, base_url)
    parts = _split(text)
    if own is not None or parts is None or parts.scheme not in (*SCHEMES, ""):
        return own
    if is_in_full(text):
        return text if parts.hostname else None
    return text if parts.scheme not in ("", "http", "https") and parts.path else None


def meant_link(text: str) -> str | None:
    """What was probably meant by an address that leads nowhere for want of its beginning."""
    if found := with_scheme(text):
        return found
    if not text or text[0] in ".#?/" or " " in text or "//" in text or _SCHEME.match(text):
        return None
    if _FORBIDDEN.search(text) or _FILE.search(text):
        return None
    return f"https://{text}" if _HOST.match(text) else f"/{text}"


def with_scheme(text: str) -> str | None:
    """An address of mail, a telephone number, or a host that begins with www, with the scheme that it lacks."""
    if _MAIL.fullmatch(text):
        return f"mailto:{text}"
    if _TELEPHONE.fullmatch(text):
        return "tel:" + re.sub(r"[^\d+]", "", text)
    return f"https://{text}" if text.startswith("www.") and " " not in text else None


def host_of(text: str) -> str | None:
    """The host that an address names, in lower case; empty where it names none, None where it cannot be one."""
    parts = _split(text)
    return None if parts is None else parts.hostname or ""


def _split(text: str) -> SplitResult | None:
    with suppress(ValueError):
        parts = urlsplit(text)
        if parts.port is None or parts.hostname:  # looking at the port checks it
            return parts
    return None


def _host(parts: SplitResult) -> tuple[str, int | None]:
    """The host in the letters of the DNS (RFC 3490) and without www, with a port that is not its scheme's own."""
    name = (parts.hostname or "").removeprefix("www.")
    with suppress(UnicodeError):
        name = name.encode("idna").decode()
    return name, parts.port if parts.port not in (80, 443) else None


def _encoded(text: str) -> str:
    return quote(nfc(text), safe="%/?:@!$&()*+,;=~-._")


_IN_FULL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")
_SCHEME = re.compile(r"[\x00-\x20]*+[A-Za-z][A-Za-z0-9+.\t\n\r-]*+:")
_PASSED_OVER = re.compile(r"[\x00-\x20]")
_WITH_HOST = re.compile(r"https?://[^/]", re.IGNORECASE)
_OF_A_DISK = re.compile(r"\\|%5C", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\u2028\u2029<>\"\\]")
_MAIL = re.compile(r"[^@\s/]+@[^@\s/]+\.(?!(?:png|jpe?g|gif|webp|avif|svg|pdf)\Z)[A-Za-z]{2,}")
_TELEPHONE = re.compile(r"\+?[\d ().-]{6,}")
_HOST = re.compile(r"[^/.@\s]+(?:\.[^/.@\s]+)*\.[A-Za-z]{2,}(?:/|\Z)")
_FILE = re.compile(r"\.(?:md|markdown|html?)(?:[?#]|\Z)", re.IGNORECASE)
