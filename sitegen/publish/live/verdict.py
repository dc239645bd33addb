"""Answers of the live site that differ from what was published, and what likely lies behind: pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from sitegen.problems import Place, Problem, problem

from .samples import Expected
from .web import Answer, Silence

NAMED = 3
"""Addresses that a problem names."""


class Seen(Struct, frozen=True):
    """A question and what came. `past`: what came where it had a query that no cache can have seen, if that was asked;
    `then`: what came where a redirect led; `packed`: what came in other packings, by their names."""

    expected: Expected
    url: str
    answer: Answer | Silence
    past: Answer | Silence | None = None
    then: Answer | Silence | None = None
    packed: Mapping[str, Answer | Silence] = {}
    leads: str = ""

    @property
    def is_right(self) -> bool:
        if not self.expected.leads or isinstance(self.answer, Silence):
            return is_right(self.expected, self.answer)
        return _same(self.answer.location, self.leads) and isinstance(self.then, Answer) and self.then.status == 200


class Finding(Struct, frozen=True):
    """What is wrong with one address; those with one code and the same arguments are told together."""

    code: str
    url: str
    arguments: tuple[tuple[str, str], ...] = ()


def is_right(expected: Expected, answer: Answer | Silence) -> bool:
    """Whether an answer has the status and the bytes that it should."""
    return (
        isinstance(answer, Answer)
        and answer.status in expected.statuses
        and (not expected.digest or answer.digest in (expected.digest, expected.or_digest))
    )


def problems(seen: Sequence[Seen], place: Place) -> tuple[Problem, ...]:
    """What is wrong with all of them, in the order of asking."""
    found = dict.fromkeys(_findings(seen))
    grouped: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = defaultdict(list)
    for finding in found:
        grouped[finding.code, finding.arguments].append(finding.url)
    return tuple(
        problem(code, place, addresses=_named(urls), **dict(arguments)) for (code, arguments), urls in grouped.items()
    )


def _findings(seen: Sequence[Seen]) -> Iterator[Finding]:
    times = Counter(one.answer.digest for one in seen if isinstance(one.answer, Answer) and not one.is_right)
    for one in seen:
        kind, answer = one.expected.kind, one.answer
        if isinstance(answer, Silence):
            yield _unanswered(one.url, answer)
        elif one.expected.leads:
            yield from _of_redirect(one, answer, times[answer.digest])
        elif kind == "hidden":
            yield from [Finding("read-exposed", one.url)] if answer.status == 200 else ()
        elif kind == "gone":
            yield from [Finding("read-still-there", one.url)] if answer.status < 400 else ()
        elif one.is_right:
            yield from _of_packing(one)
            yield from _of_headers(one, answer)
        elif kind == "missing":
            yield _of_missing(one, answer)
        else:
            yield _of_file(one, answer, times[answer.digest])


def _unanswered(url: str, silence: Silence) -> Finding:
    if silence.why == "packed":
        return Finding("read-packed", url, (("packing", "gzip, br"),))
    if silence.why == "certificate":
        return Finding("read-certificate", _origin(url), (("reason", silence.reason),))
    return Finding("read-failed", url, (("detail", silence.words),))


def _of_file(one: Seen, answer: Answer, times: int) -> Finding:
    """`times`: at how many addresses the same wrong answer came."""
    url, expected = one.url, one.expected
    if one.past is not None and is_right(expected, one.past):
        return Finding("read-cache", url)
    is_packed = answer.beginning.startswith(_GZIP) and not expected.path.endswith("gz")
    if is_packed or any(is_right(expected, other) for other in one.packed.values()):
        return Finding("read-packed", url, (("packing", answer.headers.get("content-encoding", "gzip")),))
    if answer.location:
        return _led_elsewhere(url, answer.location)
    if answer.status in (401, 403):
        return Finding("read-login", url)
    if answer.status in (404, 410):
        return Finding("read-missing", url)
    if answer.status != 200:
        return Finding("read-failed", url, (("detail", f"HTTP {answer.status}"),))
    if answer.digest == expected.before:
        return Finding("read-old", url)
    if expected.kind == "page" and url.encode() in answer.beginning:
        return Finding("read-rewritten", url, (("server", answer.headers.get("server", "—")),))
    return Finding("read-same-page" if times > 1 else "read-elsewhere", url)


def _led_elsewhere(url: str, location: str) -> Finding:
    if _LOGIN.search(location):
        return Finding("read-login", url)
    is_same_path = urlsplit(location)[2:4] == urlsplit(url)[2:4]
    return Finding("read-redirected", url, (("location", _origin(location) if is_same_path else _shown(location)),))


def _of_missing(one: Seen, answer: Answer) -> Finding:
    if answer.status not in one.expected.statuses:
        return Finding("read-no-404", one.url, (("status", str(answer.status)),))
    return Finding("read-404-page", one.url)


def _of_redirect(one: Seen, answer: Answer, times: int) -> Iterator[Finding]:
    """Where the host does not lead on, the page that does will do."""
    wanted = _shown(one.leads)
    if not answer.location:
        has_page = answer.status == 200 and answer.digest == one.expected.digest
        yield Finding("read-redirect", one.url, (("location", wanted),)) if has_page else _of_file(one, answer, times)
    elif not _same(answer.location, one.leads):
        if isinstance(one.then, Answer) and one.then.location:
            yield Finding("read-chain", one.url, (("location", wanted), ("first", _shown(answer.location))))
        else:
            yield _of_file(one, answer, times)
    elif isinstance(one.then, Answer) and one.then.location:
        yield Finding("read-chain", one.url, (("location", _shown(one.then.location)), ("first", wanted)))


def _of_packing(one: Seen) -> Iterator[Finding]:
    for packing, answer in one.packed.items():
        if not is_right(one.expected, answer):
            yield Finding("read-packed", one.url, (("packing", packing),))


def _of_headers(one: Seen, answer: Answer) -> Iterator[Finding]:
    missing = sorted(name for name in one.expected.headers.keys() - answer.headers.keys() if name != "content-type")
    if missing:
        yield Finding("read-no-headers", one.url, (("names", ", ".join(missing)),))
    for name, wanted in one.expected.headers.items():
        came = answer.headers.get(name, "")
        if name == "content-type":
            yield from _of_type(one.url, wanted, came)
        elif name not in missing and _directives(name, came) != _directives(name, wanted):
            code = "read-caching" if name == "cache-control" else "read-header"
            yield Finding(code, one.url, (("name", name), ("wanted", wanted), ("value", came)))


def _of_type(url: str, wanted: str, came: str) -> Iterator[Finding]:
    (kind, charset), (kind_came, charset_came) = _type_of(wanted), _type_of(came)
    if kind != kind_came:
        code = "read-type" if kind in _SHOWN else "read-other-type"
        yield Finding(code, url, (("wanted", wanted), ("value", came or "—")))
    elif charset and charset != charset_came:
        yield Finding("read-charset", url, (("wanted", charset), ("value", came)))


def _type_of(header: str) -> tuple[str, str]:
    """The type, by the name that is usual for it, and the charset (RFC 9110, 8.3)."""
    kind, _, parameters = header.lower().partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", parameters)
    return _SAME_TYPES.get(kind.strip(), kind.strip()), charset[1] if charset else ""


def _directives(name: str, value: str) -> object:
    if name != "cache-control":
        return " ".join(value.split())
    return frozenset(part.strip().lower() for part in value.split(",") if part.strip())


def _same(one: str, other: str) -> bool:
    """Whether two addresses are the same but for how they are percent-encoded (RFC 3986, 6.2.2)."""
    return unquote(one.partition("#")[0]) == unquote(other.partition("#")[0])


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _named(urls: Iterable[str]) -> str:
    """The first of them, as people read addresses, and how many more there are."""
    shown = [*dict.fromkeys(_shown(url) for url in urls)]
    more = len(shown) - NAMED
    return ", ".join(shown[:NAMED]) + (f" … (+{more})" if more > 0 else "")


def _shown(url: str) -> str:
    """Without what percent-encoding hides; what would be read otherwise stays as it is."""
    text = unquote(url) if _WHOLE.fullmatch(url) else url
    return url if re.search(r"[\s<>\"\ufffd]", text) else text


_WHOLE = re.compile(r"(?:[^%]|%(?!2[35fF]|3[fF]|[01]|7[fF])[0-9A-Fa-f]{2})*")
_LOGIN = re.compile(r"log-?in|sign-?in|sso\b|saml|oauth|/auth|wp-admin|cgi-sys|access\.cgi", re.IGNORECASE)
_GZIP = b"\x1f\x8b"
"""How all that is packed with gzip begins (RFC 1952)."""
_SHOWN = ("text/html", "text/css", "text/javascript")
"""Types without which browsers do not show a page as it is meant."""
_SAME_TYPES = {
    "application/javascript": "text/javascript",
    "application/x-javascript": "text/javascript",
    "text/xml": "application/xml",
    "image/vnd.microsoft.icon": "image/x-icon",
    "application/font-woff2": "font/woff2",
    "application/font-woff": "font/woff",
    "application/x-font-woff": "font/woff",
}
