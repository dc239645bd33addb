"""The client: asks a site over HTTP (RFC 9110) as its readers do, past caches, and with bounds for everything.

A redirect is an answer like others. Certificates are always checked, with what the system trusts (SSL_CERT_FILE and
SSL_CERT_DIR name others). Proxies are those of the environment, but for this machine.
"""

import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from ipaddress import ip_address
from typing import Literal
from urllib.parse import quote, unquote, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from msgspec import Struct
from urllib3 import exceptions as failures

import sitegen
from sitegen.codes.live import SILENCES
from sitegen.files import measure

CONNECTIONS = 4
"""At once: hosts ban for more."""
TIMEOUT = 20.0
"""Seconds for an answer."""
SPARE = 65_536
"""Bytes that are read beyond those that are expected, so that what is added is seen as such."""
_SAFE = "/:@!$&'()*+,;=~-._"
KEPT = 65_536
"""Bytes of an answer that are kept, to find out who has made it."""
PACKED = "gzip, br" if "br" in urllib3.response.HTTPResponse.CONTENT_DECODERS else "gzip"

Why = Literal["unknown", "refused", "silent", "proxy", "certificate", "broken", "packed"]


class Answer(Struct, frozen=True):
    """What came. `headers`: by their names in lower case; `digest`, `size`: of the bytes once unpacked; `beginning`:
    the first of these; `location`: where a redirect leads, in full."""

    url: str
    status: int
    headers: Mapping[str, str]
    digest: str
    size: int
    beginning: bytes = b""
    location: str = ""


class Silence(Struct, frozen=True):
    """Why no answer came: no such name, nobody listens, nothing comes in time, the proxy, the certificate, an answer
    that is none (RFC 9112), one that is not packed as it says. `reason`: what is wrong with the certificate."""

    url: str
    why: Why
    reason: str = ""

    @property
    def words(self) -> str:
        return SILENCES[self.why]


class Clock(Struct, frozen=True):
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Web:
    """A client, which any number of threads may use. `deadline`: when nothing is asked any more, by the clock."""

    def __init__(self, clock: Clock, deadline: float) -> None:
        self.clock, self.deadline = clock, deadline
        self._pools: dict[str, urllib3.PoolManager] = {}

    def close(self) -> None:
        for pool in self._pools.values():
            pool.clear()

    def get(self, url: str, *, expected: int = 0, packed: str = PACKED, times: int = 2) -> Answer | Silence:
        """Ask for an address, in full and percent-encoded; a second time where chance may have had its hand in it.
        `expected`: the bytes that should come."""
        answer = self._get(url, expected + SPARE, packed)
        for _ in range(times - 1):
            if not _by_chance(answer) or self.clock.now() >= self.deadline:
                break
            self.clock.sleep(_pause(answer))
            answer = self._get(url, expected + SPARE, packed)
        return answer

    def _get(self, url: str, limit: int, packed: str) -> Answer | Silence:
        headers = {
            "Accept": "*/*",
            "Accept-Encoding": packed,
            "Cache-Control": "no-cache",
            "Pragma": "no-cache",
            "User-Agent": f"Mozilla/5.0 (compatible; sitegen/{sitegen.__version__})",
        }
        left = max(1.0, min(TIMEOUT, self.deadline - self.clock.now()))
        try:
            response = self._pool(url).request(
                "GET", url, headers=headers, timeout=left, retries=False, preload_content=False
            )
            with closing(response):
                return self._read(url, response, limit)
        except (failures.HTTPError, ValueError, OSError) as error:  # ValueError: a location that is no address
            return _silence(url, error)

    def _read(self, url: str, response: urllib3.BaseHTTPResponse, limit: int) -> Answer | Silence:
        """The answer as far as the limit goes; one that drips ends with the time that there is."""
        end = self.clock.now() + TIMEOUT + limit / 20_000
        pieces: list[bytes] = []
        size = 0
        while size < limit and (piece := response.read1(min(limit - size, 1_000_000), decode_content=True)):
            pieces.append(piece)
            size += len(piece)
            if self.clock.now() > end:
                return Silence(url, "silent")
        if size < limit:
            response.drain_conn()
            response.release_conn()
        size, digest = measure(pieces)
        names = {name.lower(): ", ".join(response.headers.getlist(name)) for name in response.headers}
        leads = 300 <= response.status < 400 and "location" in names
        location = urljoin(url, names["location"]) if leads else ""
        return Answer(url, response.status, names, digest, size, b"".join(pieces)[:KEPT], location)

    def _pool(self, url: str) -> urllib3.PoolManager:
        parts = urlsplit(url)
        proxy = _proxy(parts.scheme, parts.hostname or "")
        if proxy not in self._pools:
            self._pools[proxy] = _pool_by(proxy)
        return self._pools[proxy]


def encoded(address: str, path: str, query: str = "") -> str:
    """What lies at a path below an address, as it is asked for: percent-encoded, the host in the letters of the DNS
    (RFC 3490). `query`: letters that change nothing but what caches know it by."""
    parts = urlsplit(address)
    host = parts.netloc
    with suppress(UnicodeError):
        host = host.encode("idna").decode()
    base = f"{parts.scheme}://{host}{quote(parts.path, safe=f'{_SAFE}%')}"
    return f"{base}{quote(path, safe=_SAFE)}" + (f"?sitegen={query}" if query else "")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: localhost (RFC 6761) and addresses such as 127.0.0.1."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".").rpartition(".")[2] == "localhost"


def _proxy(scheme: str, host: str) -> str:
    if is_loopback(host) or proxy_bypass(host):
        return ""
    proxies = getproxies()
    return proxies.get(scheme) or proxies.get("all") or ""


def _pool_by(proxy: str) -> urllib3.PoolManager:
    options = {"num_pools": 4, "maxsize": CONNECTIONS, "ssl_context": ssl.create_default_context()}
    if not proxy:
        return urllib3.PoolManager(**options)  # type: ignore[arg-type]
    by = urllib3.util.parse_url(proxy if "//" in proxy else f"http://{proxy}")
    headers = urllib3.make_headers(proxy_basic_auth=unquote(by.auth)) if by.auth else None
    return urllib3.ProxyManager(by._replace(auth=None).url, proxy_headers=headers, **options)  # type: ignore[arg-type]


def _by_chance(answer: Answer | Silence) -> bool:
    if isinstance(answer, Silence):
        return answer.why in ("silent", "broken")
    return answer.status in (429, 502, 503, 504)


def _pause(answer: Answer | Silence) -> float:
    """Seconds until another try: as the host wants (RFC 9110, 10.2.3), within reason."""
    wanted = answer.headers.get("retry-after", "") if isinstance(answer, Answer) else ""
    return min(float(wanted), 10.0) if wanted.isascii() and wanted.isdigit() else 1.0


def _silence(url: str, error: BaseException) -> Silence:
    causes = [*_causes(error)]
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Silence(url, "certificate", cause.verify_message or str(cause))
    for kinds, why in _WHYS:
        if any(isinstance(cause, kinds) for cause in causes):
            return Silence(url, why)
    return Silence(url, "broken")


def _causes(error: BaseException | None) -> list[BaseException]:
    """An exception and all that it stands for."""
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        original = getattr(error, "original_error", None)
        first = error.args[0] if error.args and isinstance(error.args[0], BaseException) else None
        error = original or first or error.__cause__ or error.__context__
    return found


_WHYS: tuple[tuple[tuple[type[BaseException], ...], Why], ...] = (
    ((failures.ProxyError, failures.ProxySchemeUnknown), "proxy"),
    ((failures.NameResolutionError,), "unknown"),
    ((failures.NewConnectionError,), "refused"),
    ((failures.TimeoutError,), "silent"),
    ((failures.DecodeError,), "packed"),
)
