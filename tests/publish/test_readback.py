"""After a publish the live site is asked what readers get; whatever differs is told with its likely cause."""

import gzip
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import brotli
import pytest
import trustme
from msgspec.structs import replace

from sitegen.files import digest
from sitegen.problems import Place, Problem
from sitegen.publish.live import readback as module
from sitegen.publish.live.readback import Patience, Readback, readback
from sitegen.publish.live.samples import ALL_TOGETHER, LARGEST, PAGES, Manners, samples
from sitegen.publish.live.verdict import Seen, is_right, problems
from sitegen.publish.live.web import CONNECTIONS, SPARE, Answer, Clock, Silence, Web, is_loopback
from sitegen.publish.release import Release, Served
from tests.support.live import BROTLI, SERVED, free_port, nginx, pages, release, write

OLD, NEW = pages("1"), pages("2")
TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
PLACE = Place("site.yaml", 5, 3)


class Watch:
    """A clock that moves when somebody sleeps; `then`: what is done at a moment."""

    def __init__(self, then: Mapping[float, Callable[[], object]] = {}) -> None:
        self.time, self.then = 0.0, dict(then)

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        for moment in [moment for moment in self.then if moment <= self.time]:
            self.then.pop(moment)()

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep)


def typed(path: str) -> Mapping[str, str]:
    kind = TYPES.get(path.rpartition(".")[2])
    return {"content-type": kind} if kind else {}


def ask(
    address: str, *, manners: Manners = Manners(headers=typed), watch: Watch | None = None, seconds: float = 0,
    new: Release | None = None,
) -> Readback:  # fmt: skip
    asked = samples(release(OLD).files, new or release(NEW), manners, "t0k")
    found = readback(address, asked, PLACE, "t0k", Patience(seconds, (watch or Watch()).clock))
    assert all(each.message and each.hint for each in found.problems), "there are words for each"
    return found


def told(found: Readback) -> list[tuple[str, str]]:
    """Codes and the addresses they name, without the host."""
    return [(each.code, _short(each)) for each in found.problems]


def _short(each: Problem) -> str:
    text = each.arguments.get("addresses", each.arguments.get("address", "")).partition(" … ")[0]
    return " ".join(part.partition("//")[2].partition("/")[2] for part in text.split(", "))


@pytest.fixture(autouse=True)
def _no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked for a name that is not this machine's."""
    known = socket.getaddrinfo

    def look_up(host: str, *rest: Any, **more: Any) -> Any:
        if not is_loopback(host):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "www", NEW)
    return tmp_path / "www"


@contextmanager
def served(root: Path, server: str = SERVED) -> Iterator[str]:
    with nginx(root.parent / "run", server.replace("{root}", str(root))) as (port, *_):
        yield f"http://127.0.0.1:{port}/"


@pytest.mark.posix
def test_a_host_that_does_all_right(root: Path) -> None:
    with served(root) as address:
        found = ask(address)
    assert found.problems == ()
    assert found.counts == {"page": 7, "asset": 3, "missing": 3, "hidden": 1, "language": 3, "headers": 12}


@pytest.mark.posix
def test_bytes_that_somebody_changes_on_the_way(root: Path) -> None:
    with served(
        root, f"{SERVED} sub_filter '</title>' '</title><script src=/cdn/x.js></script>'; sub_filter_once off;"
    ) as address:
        new = pages("2", address)
        write(root, new)
        found = ask(address, new=release(new))
    assert told(found) == [
        ("read-rewritten", " ja/ vi/"),
        ("read-404-page", "sitegen-nowhere-t0k/ ja/sitegen-nowhere-t0k/ vi/sitegen-nowhere-t0k/"),
    ]
    assert found.problems[0].place == PLACE
    assert found.problems[0].arguments["server"].startswith("nginx")
    assert found.problems[0].arguments["addresses"].endswith("… (+4)")
    assert found.counts["page"] == 0
    assert found.counts["asset"] == 3


@pytest.mark.posix
def test_one_byte_of_one_page(root: Path) -> None:
    page = bytearray(NEW["vi/tin/một/index.html"])
    page[-3] ^= 1
    (root / "vi/tin/một/index.html").write_bytes(page)
    with served(root) as address:
        assert told(ask(address)) == [("read-elsewhere", "vi/tin/một/")]


@pytest.mark.posix
def test_types_without_charset_and_wrong_ones(root: Path) -> None:
    with served(root, f"{SERVED.replace('charset utf-8;', '')} types {{ text/html html; text/plain js; }}") as address:
        found = ask(address)
    codes = [(code, where.split()[0] if where.split() else "") for code, where in told(found)]
    assert sorted(codes) == [
        ("read-charset", "ja/"),
        ("read-type", "assets/script.2.js"),
        ("read-type", "assets/style.2.css"),
    ]


CACHED = (
    "location / { proxy_pass http://127.0.0.1:{port1}; "
    "proxy_cache cache; proxy_cache_valid any 1h; proxy_cache_key {key}; }"
)


@pytest.mark.posix
@pytest.mark.parametrize("key", ["$uri$is_args$args", "$uri"], ids=["passed-by", "heeds-no-query"])
def test_a_cache_that_keeps_what_was(root: Path, key: str) -> None:
    write(root, OLD)
    origin = SERVED.replace("{root}", str(root))
    with nginx(root.parent / "run", CACHED.replace("{key}", key), origin) as (port, _):
        address = f"http://127.0.0.1:{port}/"
        kept = samples({}, release(OLD), Manners(), "t0k")
        assert readback(address, kept, PLACE, "old", Patience(0)).problems == ()
        write(root, NEW)
        found = ask(address)
    if key == "$uri":
        assert [code for code, _ in told(found)] == ["read-old"]
    else:
        assert [(each.code, each.severity) for each in found.problems] == [("read-cache", "warning")]


@pytest.mark.posix
def test_an_old_root(root: Path) -> None:
    shutil.rmtree(root)
    write(root, OLD)
    with served(root) as address:
        found = ask(address)
    assert told(found) == [
        ("read-old", " ja/ vi/"),
        ("read-missing", "assets/style.2.css assets/script.2.js"),
    ]


def test_a_site_that_is_down_is_said_and_no_failure() -> None:
    found = ask(f"http://127.0.0.1:{free_port()}/")
    assert (told(found), found.is_reached) == ([("read-unreached", "")], False)
    assert found.problems[0].severity == "warning"


def test_a_name_that_nobody_knows() -> None:
    found = ask("https://site.invalid/")
    assert [each.code for each in found.problems] == ["read-unreached"]


@pytest.mark.posix
def test_redirects(root: Path) -> None:
    manners = Manners(moved={"cũ/index.html": "vi/tin/một/"})
    server = (
        f"{SERVED} location = /cũ/ {{ return 301 {{leads}}; }} location = /vi/tin/một {{ return 301 /vi/tin/một/; }}"
    )
    for leads, expected in [
        ("/vi/tin/m%E1%BB%99t/", []),
        ("/vi/tin/m%E1%BB%99t", [("read-chain", "cũ/")]),
        ("/ja/tin/", [("read-redirected", "cũ/")]),
    ]:
        with served(root, server.replace("{leads}", leads)) as address:
            found = ask(address, manners=manners)
            assert told(found) == expected, leads
            assert found.counts["redirect"] == (1 if not expected else 0)
    with served(root) as address:
        assert told(ask(address, manners=manners)) == [("read-missing", "cũ/")]
        page = {"cũ/index.html": b"<meta http-equiv=refresh content='0; url=/vi/'>"}
        write(root, page)
        new = release({**NEW, **page}, redirects=frozenset(page))
        assert told(ask(address, manners=manners, new=new)) == [("read-redirect", "cũ/")]
        assert ask(address, new=new).counts["redirect"] == 1


@pytest.mark.posix
def test_a_redirect_whose_end_leads_on(root: Path) -> None:
    server = f"{SERVED} location = /cũ/ {{ return 301 /neu/; }} location = /neu/ {{ return 301 /vi/; }}"
    with served(root, server) as address:
        found = ask(address, manners=Manners(moved={"cũ/index.html": "neu/"}))
    assert told(found) == [("read-chain", "cũ/")]


@pytest.mark.posix
def test_what_is_missing_answers_200(root: Path) -> None:
    with served(root, "root {root}; index index.html; error_page 404 =200 /index.html;") as address:
        found = ask(address, manners=Manners())
    assert [code for code, _ in told(found)] == ["read-no-404", "read-exposed"]
    assert found.problems[0].arguments["status"] == "200"
    with served(root, "root {root}; index index.html;") as address:
        assert [code for code, _ in told(ask(address, manners=Manners()))] == ["read-404-page"]


@pytest.mark.posix
def test_what_is_gone(root: Path) -> None:
    (root / "alt").mkdir()
    (root / "alt/index.html").write_text("Alt", "utf-8")
    with served(root, f"{SERVED} location = /weg/ {{ return 410; }}") as address:
        old = {**release(OLD).files, "alt/index.html": release({"a": b"Alt"}).files["a"]}
        for manners, expected in [(Manners(), [("read-still-there", "alt/")]), (Manners(gone=["weg/index.html"]), [])]:
            asked = samples(old, release(NEW), manners, "t0k")
            assert told(readback(address, asked, PLACE, "t0k", Patience(0))) == expected


@pytest.mark.posix
def test_what_sitegen_remembers_is_refused(root: Path) -> None:
    write(root, {".sitegen/manifest.json.gz": b"x"})
    with served(root) as address:
        assert told(ask(address)) == [("read-exposed", ".sitegen/manifest.json.gz")]


@pytest.mark.posix
def test_certificates(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = root.parent
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(run / "site.pem")
    authority.cert_pem.write_to_path(run / "authority.pem")
    server = f"{SERVED} ssl_certificate {run}/site.pem; ssl_certificate_key {run}/site.pem;"
    with served(root, server) as address:
        secure = address.replace("http:", "https:")
        found = ask(secure)
        assert [(each.code, each.severity) for each in found.problems] == [("read-certificate", "error")]
        assert "self" in found.problems[0].arguments["reason"] or "issuer" in found.problems[0].arguments["reason"]
        monkeypatch.setenv("SSL_CERT_FILE", str(run / "authority.pem"))
        assert ask(secure).problems == ()
        named = ask(secure.replace("127.0.0.1", "localhost"))
        assert [each.code for each in named.problems] == ["read-certificate"]
        plain = ask(address.replace("127.0.0.1", "localhost"))
        assert [each.code for each in plain.problems][:1] == ["read-failed"]


@pytest.mark.posix
def test_what_comes_packed(root: Path) -> None:
    for path, data in NEW.items():
        (root / f"{path}.gz").write_bytes(gzip.compress(data))
        (root / f"{path}.br").write_bytes(brotli.compress(data))
    packs = "gzip_static on;" + ("brotli_static on;" if BROTLI.exists() else "")
    with served(root, f"{SERVED} {packs}") as address:
        assert ask(address).problems == ()
        for path, data in OLD.items():
            (root / f"{path}.gz").write_bytes(gzip.compress(data))
        if BROTLI.exists():
            assert told(ask(address)) == [("read-packed", " ja/ vi/")]
        (root / "vi/index.html.gz").write_bytes(b"no gzip at all")
        (root / "vi/index.html.br").write_bytes(b"no brotli at all")
        assert ("read-packed", "vi/") in told(ask(address))


Reply = tuple[int, Mapping[str, str], bytes]


@contextmanager
def answering(reply: Callable[[str, Mapping[str, str]], Reply | None]) -> Iterator[int]:
    """A server that answers what it is told to, or hangs up for None."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = reply(self.path, {name.lower(): value for name, value in self.headers.items()})
            if found is None:
                self.close_connection = True
                return
            status, headers, body = found
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)
            self.close_connection = "Content-Length" in headers

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def static(files: Mapping[str, bytes]) -> Callable[[str, Mapping[str, str]], Reply]:
    """As a host with these files answers."""

    def reply(target: str, headers: Mapping[str, str]) -> Reply:
        path = unquote(urlsplit(target).path)[1:]
        name = f"{path}index.html" if not path or path.endswith("/") else path
        kind = {"Content-Type": TYPES.get(name.rpartition(".")[2], "image/svg+xml")}
        if name in files:
            return 200, kind, files[name]
        home = path.partition("/")[0] + "/"
        return 404, {"Content-Type": TYPES["html"]}, files.get(f"{home}404.html", files["404.html"])

    return reply


def codes_of(reply: Callable[[str, Mapping[str, str]], Reply | None], **options: Any) -> list[str]:
    with answering(reply) as port:
        return [each.code for each in ask(f"http://127.0.0.1:{port}/", **options).problems]


def test_pages_that_are_none_of_the_site() -> None:
    one = 200, {"Content-Type": TYPES["html"]}, b"<title>Under maintenance</title>"
    assert codes_of(lambda target, headers: one) == ["read-same-page", "read-no-404", "read-exposed"]
    other = static({"404.html": b"", **{path: f"{path} of another".encode() for path in NEW}})
    assert codes_of(other)[0] == "read-elsewhere"
    login = {"Location": "https://login.example.org/sso?back=1"}
    assert codes_of(lambda target, headers: (302, login, b"")) == ["read-login", "read-no-404"]
    assert codes_of(lambda target, headers: (401, {}, b"who?")) == ["read-login", "read-no-404"]
    assert codes_of(lambda target, headers: (500, {}, b"oh"))[0] == "read-failed"
    elsewhere = codes_of(lambda target, headers: (301, {"Location": f"http://www.example.org{target}"}, b""))
    assert elsewhere == ["read-redirected", "read-no-404"]
    one_page = codes_of(lambda target, headers: (302, {"Location": "/under-construction"}, b""))
    assert one_page == ["read-redirected", "read-no-404"]


def test_a_host_that_wants_to_be_asked_again() -> None:
    """As some do that count connections; as long as it says, but for ten seconds at the most."""
    watch, asked, one_by_one = Watch(), set[str](), Lock()

    def reply(target: str, headers: Mapping[str, str]) -> Reply | None:
        with one_by_one:
            if target in asked:
                return static(NEW)(target, headers)
            asked.add(target)
            return (429, {"Retry-After": "7200"}, b"") if len(asked) % 2 else None

    assert codes_of(reply, watch=watch) == []
    assert watch.time > 50


def test_a_host_that_hangs_up_at_one_address() -> None:
    def reply(target: str, headers: Mapping[str, str]) -> Reply | None:
        return None if target.startswith("/vi/tin/") else static(NEW)(target, headers)

    with answering(reply) as port:
        found = ask(f"http://127.0.0.1:{port}/")
    assert told(found) == [("read-failed", "vi/tin/ vi/tin/một/")]
    assert found.problems[0].arguments["detail"] == "the answer breaks off"


@pytest.mark.parametrize(("seconds", "codes"), [(300, []), (10, ["read-old", "read-missing"])])
def test_a_host_that_takes_its_time(seconds: float, codes: list[str]) -> None:
    """Such as one that fetches a branch: what changed is waited for."""
    files = dict(OLD)

    def show_what_is_new() -> None:
        files.clear()
        files.update(NEW)

    watch = Watch({100: show_what_is_new})
    assert codes_of(static(files), watch=watch, seconds=seconds) == codes


def test_a_host_that_is_silent_for_a_while() -> None:
    watch = Watch()

    def reply(target: str, headers: Mapping[str, str]) -> Reply | None:
        return static(NEW)(target, headers) if watch.time > 20 else None

    assert codes_of(reply, watch=watch, seconds=60) == []


def test_nobody_is_waited_for_who_is_not_there() -> None:
    """No name, nobody who listens: that is an answer."""
    watch = Watch()
    for address, words in (
        (f"http://127.0.0.1:{free_port()}/", "nobody listens there"),
        ("https://site.invalid/", "its name is not known"),
    ):
        found = ask(address, watch=watch, seconds=300)
        assert (found.is_reached, found.problems[0].arguments["detail"]) == (False, words)
    assert watch.time == 0


def test_no_more_is_read_than_is_expected() -> None:
    sent = list[int]()

    def reply(target: str, headers: Mapping[str, str]) -> Reply:
        body = b"x" * 3_000_000
        packed = gzip.compress(body) if "gzip" in headers["accept-encoding"] else body
        sent.append(len(packed))
        return 200, {"Content-Encoding": "gzip"} if packed != body else {}, packed

    with answering(reply) as port:
        seen = Web(Clock(), 1e12).get(f"http://127.0.0.1:{port}/", expected=10)
    assert isinstance(seen, Answer)
    assert seen.size == 10 + SPARE


def test_a_host_that_drips() -> None:
    """Each byte comes in time, and the whole never."""
    watch = Watch()

    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            with suppress(OSError):
                while True:
                    line, _ = server.accept()
                    with line:
                        line.recv(4096)
                        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                        while True:
                            watch.sleep(5)
                            time.sleep(0.002)
                            line.sendall(b"x")

        thread = Thread(target=drip, daemon=True)
        thread.start()
        seen = Web(watch.clock, 1e12).get(f"http://127.0.0.1:{server.getsockname()[1]}/", times=1)
    assert isinstance(seen, Silence)
    assert seen.why == "silent"


def test_what_there_is_no_time_for(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch()

    def reply(target: str, headers: Mapping[str, str]) -> Reply:
        watch.sleep(2)
        return static(NEW)(target, headers)

    monkeypatch.setattr(module, "LONGEST", 30)

    with answering(reply) as port:
        found = ask(f"http://127.0.0.1:{port}/", watch=watch)
    assert [each.code for each in found.problems] == ["read-too-slow"]
    late = found.problems[0]
    assert (late.code, late.severity) == ("read-too-slow", "warning")
    assert 1 < int(late.arguments["count"]) < int(late.arguments["of"]) == 14


@pytest.mark.parametrize("path", ["vi/a.html", "vi/b/index.html"])
def test_hosts_that_take_endings_away(path: str) -> None:
    def reply(target: str, headers: Mapping[str, str]) -> Reply:
        if target.endswith(".html"):
            return 308, {"Location": target.removesuffix(".html")}, b""
        return static({**NEW, path: b"A", path.removesuffix(".html"): b"A"})(target, headers)

    assert codes_of(reply, new=release({**NEW, path: b"A"}), manners=Manners()) == []


def through(proxy: int, monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {"http_proxy": f"http://a%40b:c@127.0.0.1:{proxy}", **more}.items():
        monkeypatch.setenv(name, value)


def test_proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """For other machines, not for this one."""
    asked = list[tuple[str, str]]()

    def reply(target: str, headers: Mapping[str, str]) -> Reply:
        asked.append((target, headers.get("proxy-authorization", "")))
        return static(NEW)(target, headers)

    with answering(reply) as port:
        through(port, monkeypatch)
        assert ask("http://trang-web.example/").problems == ()
        assert {text.split("/")[2] for text, _ in asked} == {"trang-web.example"}
        assert {word for _, word in asked} == {"Basic YUBiOmM="}
        asked.clear()
        assert ask(f"http://127.0.0.1:{port}/").problems == ()
        assert {text[0] for text, _ in asked} == {"/"}
        monkeypatch.setenv("no_proxy", "trang-web.example")
        assert [each.code for each in ask("http://trang-web.example/").problems] == ["read-unreached"]
    through(free_port(), monkeypatch)
    (down,) = ask("http://trang-web.example/").problems
    assert down.code == "read-unreached"
    assert "c@" not in f"{down.arguments}"
    through(free_port(), monkeypatch, http_proxy="socks5://127.0.0.1:1")
    assert [each.code for each in ask("http://trang-web.example/").problems] == ["read-unreached"]


def test_where_https_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the two, the proxy lets http pass alone."""
    with answering(static(NEW)) as port:
        through(port, monkeypatch, https_proxy=f"http://127.0.0.1:{free_port()}")
        assert [each.code for each in ask("https://trang-web.example/").problems] == ["read-http-only"]


@contextmanager
def tunnel(behind: int, context: ssl.SSLContext) -> Iterator[int]:
    """A proxy through which TLS ends at this machine, whatever host is asked for."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    Thread(target=lead, args=[server.accept()[0]], daemon=True).start()

        def lead(line: socket.socket) -> None:
            with suppress(OSError), line, socket.create_connection(("127.0.0.1", behind)) as other:
                line.recv(4096)
                line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                with context.wrap_socket(line, server_side=True) as secure:
                    Thread(target=pump, args=[other, secure], daemon=True).start()
                    pump(secure, other)

        def pump(source: socket.socket, target: socket.socket) -> None:
            with suppress(OSError):
                while data := source.recv(65536):
                    target.sendall(data)

        Thread(target=serve, daemon=True).start()
        yield int(server.getsockname()[1])


@pytest.mark.parametrize(
    ("location", "codes"),
    [
        ("https://trang-web.example/", []),
        ("", ["read-http-open"]),
        ("http://www.trang-web.example/", ["read-http-open"]),
    ],
)
def test_who_comes_by_http_is_led_to_https(
    location: str, codes: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through a proxy that ends the secure line itself."""
    authority = trustme.CA()
    issued = authority.issue_cert("trang-web.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issued.configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))

    def plain(target: str, headers: Mapping[str, str]) -> Reply:
        return (301, {"Location": location}, b"") if location else (200, {}, b"by http")

    with answering(static(NEW)) as secure, answering(plain) as port, tunnel(secure, context) as https:
        through(port, monkeypatch, https_proxy=f"http://127.0.0.1:{https}")
        assert [each.code for each in ask("https://trang-web.example/").problems] == codes


def test_types_that_do_no_harm_and_headers_of_the_hosts_own() -> None:
    files = {**NEW, "vi/feed.xml": b"<feed/>", "a.ico": b"icon"}
    wanted = {"vi/feed.xml": "application/atom+xml", "a.ico": "image/x-icon"}
    kept = {"content-type": "text/html", "cache-control": "Public, max-age=0"}
    manners = Manners(lambda path: {"content-type": wanted[path]} if path in wanted else kept)

    def reply(target: str, headers: Mapping[str, str]) -> Reply:
        status, sent, body = static(files)(target, headers)
        kind = {"/vi/feed.xml": "text/plain", "/a.ico": "image/vnd.microsoft.icon"}.get(target, "text/html")
        own = "no-store" if target == "/vi/tin/" else "max-age=0,public"
        return status, {**sent, "Content-Type": kind, "Cache-Control": own}, body

    with answering(reply) as port:
        found = ask(f"http://127.0.0.1:{port}/", manners=manners, new=release(files))
    assert told(found) == [("read-caching", "vi/tin/"), ("read-other-type", "vi/feed.xml")]
    assert found.problems[0].arguments["value"] == "no-store"
    assert {each.severity for each in found.problems} == {"warning"}


def test_a_header_that_is_sent_twice() -> None:
    """Browsers obey both, so that is not what was wanted."""
    manners = Manners(lambda path: {"Content-Security-Policy": "default-src 'self'"})

    def reply(target: str, headers: Mapping[str, str]) -> Reply:
        status, sent, body = static(NEW)(target, headers)
        return status, {**sent, "Content-Security-Policy": "default-src  'self'", "content-security-policy": "x"}, body

    with answering(reply) as port:
        (found,) = ask(f"http://127.0.0.1:{port}/", manners=manners).problems
    assert (found.code, found.arguments["value"]) == ("read-header", "default-src  'self', x")


def test_a_certificate_that_ends_meanwhile_and_packing_that_is_none() -> None:
    asked = samples({}, release(NEW), Manners(), "t0k")[:2]
    silences = [Silence("https://a.example/b", "certificate", "expired"), Silence("https://a.example/c", "packed")]
    seen = [Seen(one, silence.url, silence) for one, silence in zip(asked, silences, strict=True)]
    assert [(each.code, each.arguments["addresses"]) for each in problems(seen, PLACE)] == [
        ("read-certificate", "https://a.example/"),
        ("read-packed", "https://a.example/c"),
    ]


def test_addresses_are_told_as_people_read_them() -> None:
    """But for what would then be read as something else."""
    asked = samples({}, release(NEW), Manners(), "t0k")[0]
    for url, shown in [
        ("https://a.example/vi/m%E1%BB%99t/", "https://a.example/vi/một/"),
        ("https://a.example/a%20b%3Fc", "https://a.example/a%20b%3Fc"),
        ("https://a.example/%E1%BB", "https://a.example/%E1%BB"),
    ]:
        (found,) = problems([Seen(asked, url, Answer(url, 404, {}, "", 0))], PLACE)
        assert found.arguments["addresses"] == shown


def test_what_is_asked_is_a_fair_sample_and_the_same_each_time() -> None:
    """Of pages in equal steps, of other files some of each kind; no host files, nothing very large, not too much."""
    many = {f"vi/{number:04}/index.html": b"page" for number in range(1000)}
    files = {**NEW, **many, **{f"files/{number}.{kind}": b"x" for number in range(9) for kind in ("pdf", "css", "zip")}}
    large = {"files/large.iso": LARGEST + 1, **{f"files/{number}.mp{number}": LARGEST for number in range(6)}}
    new = release(files)
    served = {**new.files, **{path: Served("d", size) for path, size in large.items()}, ".htaccess": Served("h", 9)}
    new = replace(new, files=dict(sorted(served.items(), reverse=True)), rules=frozenset({".htaccess"}))
    asked = samples(release(OLD).files, new, Manners(), "t0k")
    assert asked == samples(release(OLD).files, replace(new, files=dict(sorted(served.items()))), Manners(), "t0k")
    pages = [one.path for one in asked if one.kind == "page"]
    assert len(pages) == PAGES
    numbers = [int(path[3:7]) for path in pages if path[3:4].isdigit()]
    steps = {after - before for before, after in pairwise(numbers)}
    assert max(steps) - min(steps) <= 1
    assert {path.rpartition(".")[2] for path in (one.path for one in asked if one.kind == "asset")} >= {
        "pdf",
        "css",
        "zip",
        "xml",
    }
    assert sum(one.size for one in asked) <= ALL_TOGETHER
    assert not [one for one in asked if "large" in one.path or one.path == ".htaccess"]


def test_nothing_but_what_changed_is_asked_beside_what_always_is() -> None:
    asked = samples(release(NEW).files, release({**NEW, "vi/tin/index.html": b"new"}), Manners(), "t0k")
    kinds = [(one.kind, one.path) for one in asked]
    assert kinds[:4] == [("page", ""), ("page", "ja/"), ("page", "vi/"), ("page", "vi/tin/")]
    assert [kind for kind, _ in kinds[4:]] == ["missing", "missing", "missing", "hidden"]
    assert [one.path for one in asked if one.before] == ["vi/tin/"]


def test_languages_that_have_no_folder() -> None:
    manners = Manners(languages=("", "ja/"), tells_languages=False)
    asked = samples({}, release(NEW), manners, "t0k")
    assert [one.path for one in asked if one.front] == ["", "ja/"]
    missing = {(one.digest, one.or_digest) for one in asked if one.kind == "missing"}
    assert missing == {(digest(NEW["404.html"]), digest(NEW[f"{home}404.html"])) for home in ("", "vi/", "ja/")}
    for given in ("404.html", "vi/404.html", "ja/404.html"):
        right = [is_right(one, Answer("", 404, {}, digest(NEW[given]), 1)) for one in asked if one.kind == "missing"]
        assert right == ([True] * 3 if given == "404.html" else [False, given[0] == "j", given[0] == "v"])


def test_what_comes_too_late_is_not_held_against_the_host() -> None:
    watch = Watch()

    def reply(target: str, headers: Mapping[str, str]) -> Reply:
        if "?" not in target:
            watch.sleep(1000)
            return 500, {}, b""
        return static(NEW)(target, headers)

    assert codes_of(reply, watch=watch) == ["read-too-slow"]


def test_names_of_all_kinds_below_a_path_of_a_host() -> None:
    odd = [
        "files/a b+c%20d.pdf",
        "files/a#b?c.pdf",
        "旧/お知らせ/index.html",
        "vi/~x;y=(1)'!,$&@:z/index.html",
        'vi/"<q>"/index.html',
    ]
    files = {**NEW, **{path: path.encode() for path in odd}}
    below = static({f"môi trường/{path}": data for path, data in files.items()} | {"404.html": NEW["404.html"]})
    asked = list[str]()

    def reply(target: str, headers: Mapping[str, str]) -> Reply:
        asked.append(target)
        return below(target, headers)

    with answering(reply) as port:
        for path in ("môi trường/", "m%C3%B4i%20tr%C6%B0%E1%BB%9Dng/"):
            manners = Manners(languages=("vi/",), tells_languages=False)
            found = ask(f"http://127.0.0.1:{port}/{path}", manners=manners, new=release(files))
            assert told(found) == []
            assert found.counts["page"] == 10
    assert all(target.isascii() and " " not in target for target in asked)


def test_a_host_whose_name_has_other_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = set[str]()

    def reply(target: str, headers: Mapping[str, str]) -> Reply:
        asked.add(urlsplit(target).netloc)
        return static(NEW)(target, headers)

    with answering(reply) as port:
        through(port, monkeypatch)
        assert ask("http://môi-trường.example/").problems == ()
    assert asked == {"xn--mi-trng-t0a01o974m.example"}


def test_no_more_than_a_few_connections_at_once() -> None:
    """Hosts shut out who has more."""
    lines, most, lock = 0, 0, Lock()

    def reply(target: str, headers: Mapping[str, str]) -> Reply:
        nonlocal lines, most
        with lock:
            lines += 1
            most = max(most, lines)
        time.sleep(0.005)
        with lock:
            lines -= 1
        return static(NEW)(target, headers)

    assert codes_of(reply) == []
    assert 1 < most <= CONNECTIONS


def test_who_asks_for_nothing_over_http_loads_none_of_it() -> None:
    imports = "import sys, sitegen.cli.main, sitegen.publish.publication"
    code = f"{imports}; print({{'urllib3', 'asyncssh'}} & {{*sys.modules}})"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8")
    assert said.stdout == "set()\n"


def test_what_is_packed_without_a_word_twice_or_long_ago() -> None:
    """Readers without packing get it right, and so may a browser that has it already."""

    def raw(target: str, headers: Mapping[str, str]) -> Reply:
        status, sent, body = static(NEW)(target, headers)
        return status, sent, gzip.compress(body)

    def twice(target: str, headers: Mapping[str, str]) -> Reply:
        status, sent, body = static(NEW)(target, headers)
        return status, {**sent, "Content-Encoding": "gzip"}, gzip.compress(gzip.compress(body))

    def long_ago(target: str, headers: Mapping[str, str]) -> Reply:
        if "br" not in headers["accept-encoding"]:
            return static(NEW)(target, headers)
        status, sent, body = static(pages("0"))(target, headers)
        return status, {**sent, "Content-Encoding": "br"}, brotli.compress(body)

    for reply, packing in ((raw, "gzip"), (twice, "gzip"), (long_ago, "br")):
        with answering(reply) as port:
            found = ask(f"http://127.0.0.1:{port}/").problems[0]
        assert (found.code, found.arguments["packing"]) == ("read-packed", packing)


ODD = [
    b"HTTP/1.1 301 Moved\r\nLocation: http://[\r\n",
    b"HTTP/1.1 301 Moved\r\nLocation: javascript:alert(1)\r\n",
    b"HTTP/1.1 301 Moved\r\nLocation: //\r\n",
    b"HTTP/1.1 301 Moved\r\nLocation: http://a:b/\r\n",
    b"HTTP/1.1 301 Moved\r\n",
    b"HTTP/1.1 999 ?\r\n",
    b"HTTP/1.1 204 No Content\r\n",
    b"HTTP/1.1 101 Switching\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip, gzip, gzip, gzip, gzip\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n",
    b"HTTP/1.1 200 OK\r\nX: \xff\xfe\x1b[31m\r\nServer: \x1b]0;x\x07\r\n",
    b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 300,
    b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"\x15\x03\x01\x00\x02\x02\x46",
]


@pytest.mark.parametrize("head", ODD, ids=[str(number) for number in range(len(ODD))])
def test_whatever_a_host_answers_is_told(head: bytes) -> None:
    """In words that any terminal can show."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    line, _ = server.accept()
                    with line, suppress(OSError):
                        line.recv(65536)
                        line.sendall(head + b"Connection: close\r\n\r\n<title>odd</title>")

        Thread(target=serve, daemon=True).start()
        found = ask(f"http://127.0.0.1:{server.getsockname()[1]}/")
    assert found.problems
    for each in found.problems:
        assert not set("\x1b\x07\r\n") & set(each.message + each.hint)


@pytest.mark.parametrize("address", ["http://../", f"http://{'a' * 300}/"])
def test_addresses_that_cannot_be_asked(address: str) -> None:
    assert [each.code for each in ask(address).problems] == ["read-unreached"]
