"""Whom to tell of holes in the site, as a file for machines and people (RFC 9116)."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from sitegen.config.settings import Config
from sitegen.files import ROOT, SETTINGS
from sitegen.i18n.codes import language_tag
from sitegen.problems import Checked, Place, Problem, problem
from sitegen.typed_yaml.reader import Marks, place_of

PATH = ".well-known/security.txt"
SOON, LONGEST = timedelta(days=30), timedelta(days=366)
"""How long before it expires that is said; how long it should hold (section 2.5.5)."""


def security_txt(
    config: Config, marks: Marks, moment: datetime, own: Collection[str] = ()
) -> Checked[Mapping[str, bytes]]:
    """The file by its path, where the settings ask for one. `marks`: places of settings; `own`: files of the site's own
    at its root, which it does not replace."""
    security = config.security
    if security is None:
        return {}, ()
    if PATH in own:
        return {}, (problem("own-security-txt", Place(f"{ROOT}{PATH}")),)
    expires = security.expiry(config.zone)
    place = place_of(marks, "security.expires", SETTINGS)
    problems = tuple(_check(expires.astimezone(config.zone), moment, place))
    if config.base_path != "/":
        problems = (problem("security-below-root", place_of(marks, "security", SETTINGS), path=config.base_path),)
    lines = [
        *(f"Contact: {contact}" for contact in security.contacts),
        f"Expires: {expires.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z",
        *(f"Encryption: {address}" for address in [security.encryption] if address),
        *(f"Acknowledgments: {address}" for address in [security.acknowledgments] if address),
        f"Preferred-Languages: {', '.join(language_tag(code) for code in config.languages)}",
        f"Canonical: {config.base_url}{PATH}",
        *(f"Policy: {address}" for address in [security.policy] if address),
    ]
    has_errors = any(found.severity == "error" for found in problems)
    return {} if has_errors else {PATH: "".join(f"{line}\n" for line in lines).encode()}, problems


def _check(expires: datetime, moment: datetime, place: Place) -> Iterator[Problem]:
    if expires <= moment:
        yield problem("security-expired", place, date=f"{expires:%d/%m/%Y}")
    elif expires - moment <= SOON:
        yield problem("security-expires", place, date=f"{expires:%d/%m/%Y}", count=(expires - moment).days)
    elif expires - moment > LONGEST:
        yield problem("security-holds-long", place, date=f"{expires:%d/%m/%Y}")
