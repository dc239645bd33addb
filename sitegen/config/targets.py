"""Where a site is published: `publish:` in site.yaml, and what hosts are told beside the files."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from msgspec import Meta as Says
from msgspec import Struct

from sitegen.i18n.dates import parse_moment
from sitegen.problems import Place, Problem, problem
from sitegen.text import CONTROLS, without_secrets
from sitegen.typed_yaml.reader import Typed, place_of
from sitegen.typed_yaml.shapes import Refused

from .addresses import host_of, own_address, with_scheme

Host = Literal["", "apache", "nginx", "iis", "netlify", "cloudflare", "github", "gitlab", "codeberg"]
TargetKind = Literal["folder", "sftp", "git"]


class TargetSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """One place where the site is published."""

    to: Annotated[
        str,
        Says(
            description="folder:PATH, sftp://USER@HOST/FOLDER (where the login leads; //FOLDER is from the root), or "
            "git:ADDRESS#BRANCH."
        ),
    ]
    url: Annotated[
        str, Says(description="Where readers find it. Default: base_url; another gets a build of its own.")
    ] = ""
    host: Annotated[
        Host,
        Says(
            description="What serves it, which gets redirects, headers and error pages in its own files: apache "
            "(LiteSpeed too), nginx, iis, netlify, cloudflare, github, gitlab, codeberg."
        ),
    ] = ""
    host_key: Annotated[str, Says(description="Fingerprint of the host's key: SHA256:… (SFTP, Git over SSH).")] = ""
    state: Annotated[
        str, Says(description="Folder on the host in which sitegen remembers. Default: .sitegen in the site's.")
    ] = ""
    releases: Annotated[
        bool, Says(description="Exchange the whole site at once: the folder becomes a link to one release of several.")
    ] = False
    headers: Annotated[
        dict[str, str], Says(description="HTTP headers of every page, by name; an empty text takes ours away.")
    ] = {}
    hsts: Annotated[bool, Says(description="Tell browsers to use https alone from now on, for a year (RFC 6797).")] = (
        False
    )
    noindex: Annotated[
        bool | None, Says(description="Ask search engines to stay away. Default: where url is not base_url.")
    ] = None


class SecuritySettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to tell of holes in the site (/.well-known/security.txt, RFC 9116)."""

    contact: Annotated[str | tuple[str, ...], Says(description="Mail addresses, or addresses in full.")]
    expires: Annotated[str, Says(description="Until when this holds, day first: 04/10/2027; a year at the most.")]
    policy: Annotated[str, Says(description="Address of what you ask of those who look for holes.")] = ""
    encryption: Annotated[str, Says(description="Address of a key to encrypt with.")] = ""
    acknowledgments: Annotated[str, Says(description="Address of a page that thanks those who found some.")] = ""

    @property
    def contacts(self) -> tuple[str, ...]:
        """In full, mail addresses with their scheme."""
        written = (self.contact,) if isinstance(self.contact, str) else self.contact
        return tuple(with_scheme(text) or text for text in written)

    def expiry(self, zone: ZoneInfo) -> datetime:
        """In UTC. Raises Refused where that is no date."""
        return parse_moment(self.expires, zone).at


class TargetAddress(Struct, frozen=True):
    """What `to` says. `path`: of the folder, below where a login leads or from the root; of Git, the repository's
    address."""

    kind: TargetKind
    path: str
    user: str = ""
    host: str = ""
    port: int = 0
    branch: str = ""


def read_target_address(text: str) -> TargetAddress | None:
    """None where it says nothing that can be published to."""
    kind, _, rest = text.partition(":")
    if CONTROLS.search(text) or not rest:
        return None
    if kind == "folder":
        return TargetAddress("folder", rest)
    if kind == "git":
        path, _, branch = rest.rpartition("#")
        is_fine = path and branch and not path.startswith("-") and _BRANCH.fullmatch(branch) and ".." not in branch
        return TargetAddress("git", path, branch=branch) if is_fine else None
    if kind == "sftp":
        try:
            parts = urlsplit(text)
            port = parts.port or 0
        except ValueError:
            return None
        path, host, user = unquote(parts.path)[1:], parts.hostname or "", unquote(parts.username or "")
        is_fine = host and host[0] != "-" and not parts.query and not parts.fragment
        is_fine = is_fine and "\\" not in path and ".." not in path.split("/")
        return TargetAddress("sftp", path, user, host, port) if is_fine else None
    return None


def check_publishing(
    targets: Mapping[str, TargetSettings], gone: Iterable[str], security: SecuritySettings | None, base_url: str,
    typed: Typed, path: str,
) -> Iterator[Problem]:  # fmt: skip
    """All that is wrong with what is said of publishing; `base_url`: the site's."""
    for name, target in targets.items():
        yield from _check_target(name, target, target.url or base_url, typed, path)
    for index, text in enumerate(gone):
        if own_address(text, base_url) is None:
            yield problem("foreign-gone", place_of(typed.marks, f"gone.{index}", path), value=text, site=base_url)
    if security is not None:
        yield from _check_security(security, typed, path)


def _check_target(name: str, target: TargetSettings, url: str, typed: Typed, path: str) -> Iterator[Problem]:
    at = f"publish.{name}"

    def place(key: str) -> Place:
        return place_of(typed.marks, f"{at}.{key}" if f"{at}.{key}" in typed.marks else at, path)

    if not _NAME.fullmatch(name):
        yield problem("invalid-target-name", place_of(typed.marks, f"{at}:", path), value=name)
    yield from _check_secrets(name, target, place)
    address = read_target_address(target.to)
    if address is None and f"{at}.to" not in typed.unread:
        yield problem("invalid-target", place("to"), value=without_secrets(target.to))
    if target.url and not (_URL.fullmatch(target.url) and host_of(target.url)):
        yield problem("invalid-address", place("url"), value=target.url)
    if target.host_key and not _FINGERPRINT.fullmatch(target.host_key):
        yield problem("invalid-fingerprint", place("host_key"), value=target.host_key)
    for key, kinds in _OF_KINDS.items():
        if address and getattr(target, key) and address.kind not in kinds:
            yield problem("not-for-target", place(key), key=key, kinds=", ".join(kinds))
    if target.hsts and url.startswith("http:"):
        yield problem("hsts-without-https", place("hsts"), address=url)
    for header, value in target.headers.items():
        if not _HEADER.fullmatch(header) or not _HEADER_VALUE.fullmatch(value):
            yield problem("invalid-header", place(f"headers.{header}"), value=f"{header}: {value}")


def _check_security(security: SecuritySettings, typed: Typed, path: str) -> Iterator[Problem]:
    """What security.txt says should be a date and addresses (RFC 9116, section 2.5)."""
    try:
        if "security.expires" not in typed.unread:
            parse_moment(security.expires, UTC)
    except Refused as refused:
        place = place_of(typed.marks, "security.expires", path)
        yield problem(refused.code, place, value=security.expires, **refused.arguments)
    is_list = not isinstance(security.contact, str)
    texts = {f"contact.{index}" if is_list else "contact": text for index, text in enumerate(security.contacts)}
    links = {key: getattr(security, key) for key in ("policy", "encryption", "acknowledgments")}
    for key, text in {**texts, **links}.items():
        form = _CONTACT if key.startswith("contact") else _URL
        if (text or key.startswith("contact")) and not form.fullmatch(text):
            yield problem("invalid-contact", place_of(typed.marks, f"security.{key}", path), value=text)


def _check_secrets(name: str, target: TargetSettings, place: Callable[[str], Place]) -> Iterator[Problem]:
    """A password or token in settings would go wherever the repository goes."""
    texts = {"to": target.to, "url": target.url, "host_key": target.host_key, "state": target.state}
    texts |= {f"headers.{header}": value for header, value in target.headers.items()}
    for key, text in texts.items():
        if without_secrets(text) != text:
            yield problem("secret-in-settings", place(key), variable=secret_variable(name, "PASSWORD"))


def secret_variable(target: str, what: str) -> str:
    """The environment's variable for the USER, PASSWORD, KEY_FILE, PASSPHRASE or TOKEN of a target."""
    return f"SITEGEN_{target.upper().replace('-', '_')}_{what}"


_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
_URL = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")
_BRANCH = re.compile(r"(?![-./])[^\s~^:?*\[\\@{}\x00-\x1f\x7f]+(?<![./])")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
"""A token (RFC 9110, section 5.6.2)."""
_HEADER_VALUE = re.compile(r"(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?")
_CONTACT = re.compile(r"(?:mailto:[^\s@]+@[^\s@]+|tel:\+?[\d().-]+|https://\S+)")
_OF_KINDS: Mapping[str, tuple[TargetKind, ...]] = {"host_key": ("sftp", "git"), "releases": ("folder", "sftp")}
