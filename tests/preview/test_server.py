"""The preview as those meet it who ask for its pages."""

import asyncio
import errno
import http.client
import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import psutil
import pytest
from tornado.httpclient import HTTPClientError

import sitegen.preview.builder
import sitegen.preview.server
from sitegen.i18n.messages import Words
from sitegen.preview.server import CannotListen, NoFreePort, ServerOptions, _bind, _listen, _shown_host, serve
from sitegen.site.model import Site
from sitegen.text import CONTROLS
from tests.support.previews import PATIENCE, Listener, Preview, awaited, previewed, taken_port
from tests.support.sites import Content, Said, article, run, write_site

A, B = "content/news/a/index.vi.md", "content/news/b/index.vi.md"
DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {} 1'/>"
FILM = bytes(range(256)) * 4
SITE: dict[str, Content] = {
    A: article("Một", "Alpha. ![p](p.svg) [t](film.grib)"),
    "content/news/a/index.ja.md": article("一", "アルファ。"),
    B: article("Hai", "Beta."),
    "content/news/a/p.svg": DRAWING.format(1),
    "content/news/a/film.grib": FILM,
    "content/news/c/index.vi.md": article("Nháp", "Draft.", draft=True),
    "content/news/d/index.vi.md": article("Sau", "Later.", publish="01/01/2999 08:00"),
}


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """One site that is only read."""
    with previewed(write_site(tmp_path_factory.mktemp("read"), SITE)) as running:
        yield running


def test_pages_are_the_output_and_a_little_more(preview: Preview) -> None:
    answer = preview.ask("/vi/news/a/")
    raw = (preview.folder / "vi/news/a/index.html").read_text("utf-8")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.text.startswith(raw.partition("</body>")[0])
    assert '<script src="/__sitegen/live.js" defer></script>' in answer.text
    assert f'href="{preview.address}vi/news/a/"' in raw, "addresses are those of the preview"
    assert "Server" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not (preview.root / "output").exists()


@pytest.mark.parametrize(
    ("target", "status", "said"),
    [
        ("/vi/news/a", 302, "/vi/news/a/"),
        ("/vi/news/a?x=1", 302, "/vi/news/a/?x=1"),
        ("/vi/news/none/", 404, '<html lang="vi"'),
        ("/ja/none", 404, '<html lang="ja"'),
        ("/none", 404, '<html lang="vi"'),
        ("/vi/404.html", 200, '<html lang="vi"'),
        ("/vi/news/%61/", 200, "Alpha."),
        ("/", 200, "<html"),
        ("/vi/news/c/", 404, ""),
        ("/vi/news/d/", 404, ""),
    ],
)
def test_addresses(preview: Preview, target: str, status: int, said: str) -> None:
    answer = preview.ask(target)
    assert answer.status == status
    assert said == answer.headers["Location"] if status == 302 else said in answer.text


def test_head_is_get_without_the_body(preview: Preview) -> None:
    for target in ("/vi/news/a/", "/files/news/a/film.grib", "/vi/none", "/__sitegen/", "/__sitegen/live.js"):
        full, head = preview.ask(target), preview.ask(target, "HEAD")
        assert head.body == b""
        for each in (full, head):
            dict(each.headers).pop("Date")
        assert {**head.headers, "Date": ""} == {**full.headers, "Date": ""}, target
        assert head.status == full.status
    assert preview.ask("/vi/", "POST").status == 405


def test_parts_of_files(preview: Preview) -> None:
    film = "/files/news/a/film.grib"
    answer = preview.ask(film, Range="bytes=10-19")
    assert (answer.status, answer.body) == (206, FILM[10:20])
    assert answer.headers["Content-Range"] == "bytes 10-19/1024"
    assert preview.ask(film, Range="bytes=-4").body == FILM[-4:]
    assert preview.ask(film, Range="bytes=1020-").body == FILM[1020:]
    assert preview.ask(film, Range="bytes=5000-").status == 416
    assert preview.ask(film).headers["Accept-Ranges"] == "bytes"


def test_what_has_not_changed_is_not_sent_again(preview: Preview) -> None:
    for target in ("/vi/news/a/", "/files/news/a/film.grib", "/__sitegen/live.js"):
        first = preview.ask(target)
        assert first.headers["Cache-Control"] == "no-cache"
        assert preview.ask(target, If_None_Match=first.headers["Etag"]).status == 304
        assert preview.ask(target, If_None_Match='"other"').status == 200


def test_types_of_files(preview: Preview) -> None:
    page = preview.ask("/vi/").text
    style = re.search(r'href="(/assets/[^"]+\.css)"', page)
    assert style
    expected = {
        style[1]: "text/css; charset=utf-8",
        "/vi/feed.xml": "application/xml; charset=utf-8",
        "/robots.txt": "text/plain; charset=utf-8",
        "/files/news/a/p.svg": "image/svg+xml",
        "/files/news/a/film.grib": "application/octet-stream",
        "/__sitegen/live.js": "text/javascript; charset=utf-8",
        "/__sitegen/problems": "text/html; charset=utf-8",
    }
    assert {target: preview.ask(target).headers["Content-Type"].replace("image/svg+xml; charset=utf-8", "image/svg+xml")
            for target in expected} == expected  # fmt: skip


SECRET = "a secret outside the site"


@pytest.fixture(scope="module")
def guarded(preview: Preview) -> Preview:
    """With something to find beside what is served, and links that lead to it."""
    (preview.root.parent / "secret.txt").write_text(SECRET, "utf-8")
    (preview.root / ".sitegen" / "secret.txt").write_text(SECRET, "utf-8")
    (preview.folder / "link.txt").symlink_to(preview.root.parent / "secret.txt")
    (preview.folder / "folder").symlink_to(preview.root.parent)
    return preview


def test_what_is_asked_for_does_nothing_in_the_terminal(preview: Preview) -> None:
    """C1 has signs that begin sequences of commands (ECMA-48), and Tornado lets them through."""
    odd = "POST /vi/?\x9b31m HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data\r\n\r\n"
    with socket.create_connection(("127.0.0.1", preview.port), PATIENCE) as connection:
        connection.sendall(odd.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 400 ")
    awaited(lambda: [line for line in preview.said if "/vi/?" in line])
    assert [line for line in preview.said if CONTROLS.search(line)] == []


@pytest.mark.parametrize("climb", ["..", "%2e%2e", "%2E.", ".%2e", "%252e%252e", "..%00", "%c0%ae%c0%ae", "%uff0e."])
@pytest.mark.parametrize("slash", ["/", "%2f", "%2F", "\\", "%5c", "//", "%252f", "/./", "%c0%af"])
def test_no_way_leads_out(guarded: Preview, climb: str, slash: str) -> None:
    for depth in (1, 2, 3):
        for start in ("/", "/vi/", "/files/news/", "/__sitegen/"):
            answer = guarded.ask(f"{start}{(climb + slash) * depth}secret.txt")
            assert answer.status in (400, 403, 404), (start, depth)
            assert SECRET not in answer.body.decode("utf-8", "replace")


@pytest.mark.parametrize(
    "target",
    [
        "/link.txt", "/folder/secret.txt", "/.sitegen-manifest.json", "/%2esitegen-manifest.json", "//etc/passwd",
        "/%2fetc/passwd", "/etc/passwd", "/file:///etc/passwd", "/C:/secret.txt", "/%00", "/vi/%00/",
        "/vi%00/index.html",
        "/vi/index.html%00.css", "/%ff", "/%", "/vi//", "//vi/", "/vi/./", "/VI/", "/vi/index.html/", "/__sitegen/x",
        "/__sitegen/../../secret.txt", "/__sitegen/%2e%2e%2fpreview.py", "/__sitegen/live.js/", "/__sitegen/LIVE.JS",
        "//evil.example/%2e%2e", "/vi/\\evil.example", "http://evil.example/vi/", "*",
    ],
)  # fmt: skip
def test_odd_addresses(guarded: Preview, target: str) -> None:
    answer = guarded.ask(target)
    assert answer.status in (400, 403, 404), answer
    assert SECRET not in answer.body.decode("utf-8", "replace")
    assert "root:" not in answer.body.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200), ("localhost:{port}", 200), ("LOCALHOST", 200), ("127.0.0.1", 200),
        ("[::1]:{port}", 200), ("my.localhost:1", 200), ("127.0.0.2:{port}", 200),
        ("evil.example", 403), ("evil.example:{port}", 403), ("127.0.0.1.evil.example:{port}", 403),
        ("localhost.evil.example", 403), ("192.0.2.7:{port}", 403), ("[2001:db8::1]", 403), ("", 403),
        ("localhost@evil.example", 403), ("localhost:80:90", 403), ("local host", 403), ("2130706433", 403),
    ],
)  # fmt: skip
def test_foreign_hosts_are_refused(preview: Preview, host: str, status: int) -> None:
    for target in ("/vi/", "/__sitegen/", "/__sitegen/live.js", "/__sitegen/problems", "/none"):
        found = preview.ask(target, Host=host.format(port=preview.port)).status
        assert found in ((200, 404) if status == 200 else (403, 400)), target


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://127.0.0.1:1",
        "http://localhost:{port}",
        "ws://127.0.0.1:{port}",
        "x",
        "http://[",
    ],
)  # fmt: skip
def test_foreign_origins_are_refused(preview: Preview, origin: str) -> None:
    said = origin.format(port=preview.port)
    assert preview.ask("/vi/", Origin=said).status == 403
    assert preview.ask("/__sitegen/open?path=site.yaml", "POST", Origin=said).status == 403
    with pytest.raises(HTTPClientError, match="403"):
        preview.line("vi/", Origin=said)


def test_our_own_origin_is_welcome(preview: Preview) -> None:
    own = preview.address.rstrip("/")
    assert preview.ask("/vi/", Origin=own).status == 200
    for site in ("same-origin", "cross-site"):
        with preview.line("vi/", **{"Origin": own, "Sec-Fetch-Site": site}):
            pass
    with pytest.raises(HTTPClientError, match="403"):
        preview.line("vi/", Host="evil.example", Origin="http://evil.example")


def test_what_is_no_message_ends_the_line(preview: Preview) -> None:
    for said in ("{", "[]", '"x"', "{}"):
        with preview.line("vi/") as line:
            line.write(said)
            assert line.hear() is None
    with preview.line("vi/") as line:
        line.say(command="other")
        line.say(command="info", url=3)
        assert line.hear(0.2) is None
        line.say(command="hello", protocols=[])
        assert (line.hear() or {})["command"] == "hello", "and it still stands"


@pytest.mark.parametrize("editor", ["SITEGEN_EDITOR", "VISUAL"])
def test_a_source_opens_in_its_editor(tmp_path: Path, editor: str) -> None:
    noted = tmp_path / "noted"
    program = tmp_path / "my editor"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{noted}.new" && mv "{noted}.new" "{noted}"\n', "utf-8")
    program.chmod(0o755)
    root = write_site(tmp_path / "site", {"content/news/tên $(touch x) bài/index.vi.md": article("Một")})
    (root / "content" / "out.md").symlink_to(tmp_path / "noted")
    write_site(root, {"content/run.desktop": "", "content/run.SH": "", "assets/x.jar": ""}, {})
    said = f"'{program}' --wait"
    with previewed(root, environment={editor: f"{said} +{{line}} {{path}}" if editor == "VISUAL" else said}) as running:
        own = running.address.rstrip("/")

        def opened(query: str) -> int:
            return running.ask(f"/__sitegen/open?{query}", "POST", Origin=own).status

        path = "content/news/t%C3%AAn%20$(touch%20x)%20b%C3%A0i/index.vi.md"
        assert opened(f"path={path}&line=7") == 204
        ends = time.monotonic() + PATIENCE
        while not noted.exists() and time.monotonic() < ends:
            time.sleep(0.02)
        location = str((root / "content/news/tên $(touch x) bài/index.vi.md").resolve())
        given = noted.read_text("utf-8").splitlines()
        assert given == (["--wait", "+7", location] if editor == "VISUAL" else ["--wait", location])
        for wrong in ("site.yaml/../../x", "../secret.txt", "/etc/passwd", "content/out.md", "output/x",
                      ".sitegen/lock.sqlite", "theme/layouts/base.html", "layouts/base.html", "",
                      "content", "content/news", "content/run.desktop", "content/run.SH", "assets/x.jar"):  # fmt: skip
            assert opened(f"path={wrong}") == 404, wrong
        assert opened("path=site.yaml&line=x") == opened("line=1") == 404
        while (status := opened("path=site.yaml")) == 429 and time.monotonic() < ends:
            time.sleep(0.02)
        assert status == 204
        assert running.ask("/__sitegen/open?path=site.yaml", "POST").status == 403
        assert running.ask("/__sitegen/open?path=site.yaml", Origin=own).status == 405


def test_without_an_editor_it_says_so(tmp_path: Path) -> None:
    with previewed(write_site(tmp_path, {A: article("Một")}), environment={"PATH": ""}) as running:
        answer = running.ask("/__sitegen/open?path=site.yaml", "POST", Origin=running.address.rstrip("/"))
        assert (answer.status, answer.text) == (501, "501 Set SITEGEN_EDITOR to the editor of your choice.\n")


def test_below_a_base_path_with_drafts_and_what_is_scheduled(tmp_path: Path) -> None:
    with previewed(write_site(tmp_path, SITE), "--base-path", "repo/đất", "--drafts", "--future") as running:
        base = "/repo/%C4%91%E1%BA%A5t"
        assert running.address.endswith(f"{base}/")
        for target in ("/", base):
            answer = running.ask(target)
            assert (answer.status, answer.headers["Location"]) == (302, f"{base}/")
        page = running.ask(f"{base}/vi/news/c/")
        assert "Draft." in page.text
        assert f'<script src="{base}/__sitegen/live.js" defer></script>' in page.text
        assert "Later." in running.ask(f"{base}/vi/news/d/").text
        style = re.search(r'href="(/[^"]+\.css)"', page.text)
        assert style
        assert style[1].startswith(f"{base}/assets/")
        assert running.ask(style[1]).status == running.ask(f"{base}/__sitegen/live.js").status == 200
        assert running.ask("/vi/news/c/").status == running.ask("/__sitegen/").status == 404
        assert running.ask(f"{base}/vi/news/c").headers["Location"] == f"{base}/vi/news/c/"
        with running.line("vi/news/c/") as line:
            running.write("content/news/c/index.vi.md", article("Nháp", "Changed.", draft=True))
            assert line.until("reload")["path"] == f"{base}/vi/news/c/"


def test_a_busy_port_and_a_second_preview_of_the_site(tmp_path: Path) -> None:
    root = write_site(tmp_path, SITE)
    with taken_port() as busy:
        port = busy.getsockname()[1]
        with previewed(root, "--port", str(port)) as first:
            assert first.said[0] == f"Port {port} is in use; the preview has taken the next free one."
            assert first.port > port
            with previewed(root) as second:
                assert second.said[0].startswith("The preview is at ")
                for running in (first, second):
                    assert f'href="{running.address}vi/news/a/"' in running.ask("/vi/news/a/").text
                first.write(A, article("Một", "Gamma."))
                for running in (first, second):
                    running.until("/vi/news/a/", lambda answer: "Gamma." in answer.text)


def test_what_a_machine_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _shown_host("localhost", False) == "localhost"
    assert _shown_host("127.0.0.1", False) == "127.0.0.1"
    assert _shown_host("::1", False) == "[::1]"
    assert _shown_host("0.0.0.0", True).count(".") == 3

    def no_network(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(socket.socket, "connect", no_network)
    assert _shown_host("::", True) == "127.0.0.1"


def test_every_address_of_a_name_has_the_same_port(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, 1, 6, "", (f"127.0.0.{number}", 0)) for number in (1, 2, 1)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    sockets = _listen("desk", 0)
    assert [bound.getsockname()[0] for bound in sockets] == ["127.0.0.1", "127.0.0.2"]
    assert len({bound.getsockname()[1] for bound in sockets}) == 1
    for bound in sockets:
        bound.close()


def test_an_index_that_comes_after_the_end_is_nobodys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_theme: None
) -> None:
    """A thread that has something to tell when the server is gone says nothing, and shows no traceback."""
    begun, ended, stops, threads = threading.Event(), threading.Event(), list[Any](), list[threading.Thread]()

    def interrupted() -> asyncio.Event:
        stops.extend((asyncio.get_running_loop(), asyncio.Event()))
        return cast(asyncio.Event, stops[1])

    def indexes(root: Path, site: Site) -> dict[str, Path]:
        threads.append(threading.current_thread())
        begun.set()
        assert ended.wait(PATIENCE)
        return {}

    monkeypatch.setattr(sitegen.preview.server, "_interrupted", interrupted)
    monkeypatch.setattr(sitegen.preview.builder, "make_indexes", indexes)
    root = write_site(tmp_path, {A: article("A")})
    with ThreadPoolExecutor() as pool:  # since a browser's tests leave a loop running here
        running = pool.submit(serve, root, ServerOptions(port=0), Words("en"), lambda what: None)
        assert begun.wait(PATIENCE)
        stops[0].call_soon_threadsafe(stops[1].set)
        running.result(PATIENCE)
    ended.set()
    threads[0].join(PATIENCE)
    assert not threads[0].is_alive()


def aside(*arguments: str | Path) -> Said:
    """Run a command in a thread, since a browser under test may have a loop in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run, *arguments).result(PATIENCE)


def test_where_it_cannot_listen_it_says_why(tmp_path: Path) -> None:
    root = write_site(tmp_path, {})
    said = aside("serve", "--root", root, "--host", "192.0.2.1")
    assert said.status == 2
    assert "Error: The preview cannot listen at 192.0.2.1, port 8000: " in said.err
    said = aside("serve", "--root", root, "--host", "a..b")
    assert said.status == 2
    assert "a..b, port 8000: " in said.err
    assert aside("serve", "--root", tmp_path / "none").err.splitlines()[0].endswith("[no-settings]")


def test_the_last_port_there_is(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 65535))
        busy.listen()
        said = aside("serve", "--root", write_site(tmp_path, {}), "--port", "65535")
    assert said.status == 2
    assert "The ports from 65535 to 65535 are in use. Name another with --port." in " ".join(said.err.split())


@pytest.mark.parametrize(("code", "free"), [(errno.EADDRINUSE, 8150), (errno.EACCES, 8150)])
def test_ports_that_the_system_keeps_back(monkeypatch: pytest.MonkeyPatch, code: int, free: int) -> None:
    """As Windows does a hundred in a row for Hyper-V: it says EACCES, as others do of ports below 1024."""

    def listen(host: str, port: int) -> list[Any]:
        if port < free:
            raise OSError(code, "An attempt was made to access a socket in a way forbidden by its access permissions")
        return []

    monkeypatch.setattr(sitegen.preview.server, "_listen", listen)
    assert _bind("127.0.0.1", 8000) == ([], False, 8000)
    assert _bind("127.0.0.1", free) == ([], False, None)
    monkeypatch.setattr(sitegen.preview.server, "PORTS", 20)
    with pytest.raises(NoFreePort, match=r"^8019$"):
        _bind("127.0.0.1", 8000)
    with pytest.raises(CannotListen, match=r"^99$" if code == errno.EADDRINUSE else r"^An attempt"):
        _bind("127.0.0.1", 80)


def test_reachable_from_a_phone(tmp_path: Path) -> None:
    with previewed(write_site(tmp_path, {A: article("Một")}), "--host", "0.0.0.0", "--lang", "en") as running:
        assert any("█" in line or "▀" in line or "▄" in line for line in running.said), "a QR code"
        assert any("Every machine in this network" in line for line in running.said)
        outside = running.address.split("/")[2]
        assert running.ask("/vi/", Host=outside).status == 200
        assert running.ask("/vi/", Host=f"{socket.gethostname()}:{running.port}").status == 200
        assert running.ask("/vi/", Host="192.0.2.7").status == 200
        assert running.ask("/vi/", Host="evil.example").status == 403


@pytest.mark.posix
@pytest.mark.posix
def test_opened_in_a_browser(tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{noted}"\n', "utf-8")
    browser.chmod(0o755)
    with previewed(
        write_site(tmp_path / "site", {A: article("Một")}), "--open", environment={"BROWSER": str(browser)}
    ) as it:
        ends = time.monotonic() + PATIENCE
        while not (noted.exists() and noted.read_text("utf-8")) and time.monotonic() < ends:
            time.sleep(0.02)
        assert noted.read_text("utf-8").strip() == it.address


def test_a_site_that_is_wrong_from_the_start(tmp_path: Path) -> None:
    root = write_site(tmp_path, {A: article("Một", tags=["nope"])})
    with previewed(root) as running:
        page = running.ask("/vi/")
        assert page.status == 503
        assert "There is no tag “nope”." in page.text
        with running.line("vi/") as line:
            running.write(A, article("Một", tags=["jcm"]))
            assert line.until("reload")
        assert running.ask("/vi/news/a/").status == 200


def test_a_download_that_nobody_reads_on(tmp_path: Path) -> None:
    """It does not hold the file, which could not be replaced on Windows; who reads on gets no mixture of two files."""
    film = "content/news/a/film.grib"
    root = write_site(tmp_path, {A: article("Một", "[t](film.grib)"), film: b"1" * 30_000_000})
    with previewed(root) as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE)
        connection.request("GET", "/files/news/a/film.grib")
        answer = connection.getresponse()
        assert (answer.status, answer.read(10)) == (200, b"1" * 10)
        time.sleep(0.3)
        held = [file.path for file in psutil.Process(running.process.pid).open_files()]
        assert [path for path in held if path.endswith(".grib")] == []
        (root / film).write_bytes(b"2" * 20_000_000)
        awaited(lambda: running.ask("/files/news/a/film.grib", Range="bytes=0-0").body == b"2")
        with pytest.raises(http.client.IncompleteRead) as cut:
            answer.read()
        assert {*cut.value.partial} == {*b"1"}
        connection.close()
        assert running.ask("/files/news/a/film.grib", Range="bytes=19999990-").body == b"2" * 10


def test_what_takes_its_time(tmp_path: Path) -> None:
    """An article comes out, and another goes, when their time has come."""
    now = datetime.now(UTC)
    root = write_site(tmp_path, {
        A: article("Một", "Out.", publish=(now + timedelta(seconds=6)).isoformat()),
        B: article("Hai", "Gone.", expires=(now + timedelta(seconds=6)).isoformat()),
    })  # fmt: skip
    with previewed(root) as running:
        assert running.ask("/vi/news/a/").status == 404
        with running.line("vi/news/b/") as line:
            assert line.until("reload")
        assert running.ask("/vi/news/b/").status == 404
        assert running.ask("/vi/news/a/").status == 200


def test_somebody_takes_the_output_away(tmp_path: Path) -> None:
    with previewed(write_site(tmp_path, {A: article("Một")})) as running:
        running.quiet()
        shutil.rmtree(running.folder / "vi")
        with Listener(running.address, "vi/news/a/", "sitegen 1 0123 4567", {}) as line:
            assert running.ask("/vi/news/a/").status == 503
            assert line.until("reload")
            running.until("/vi/news/a/", lambda answer: answer.status == 200)


def test_where_nothing_can_be_remembered(tmp_path: Path) -> None:
    root = write_site(tmp_path, {A: article("Một")})
    (root / ".sitegen").write_text("in the way", "utf-8")
    with previewed(root) as running:
        assert running.ask("/vi/news/a/").status == 200
        running.write(A, article("Một", "Gamma."))
        running.until("/vi/news/a/", lambda answer: "Gamma." in answer.text)


@pytest.mark.posix
@pytest.mark.posix
def test_where_others_may_write_into_what_is_remembered(tmp_path: Path) -> None:
    """Nothing is built there before that has been put right."""
    root = write_site(tmp_path, {A: article("Một")})
    (root / ".sitegen").mkdir()
    (root / ".sitegen").chmod(0o777)
    with previewed(root) as running:
        assert running.ask("/vi/news/a/").status == 200
        assert not running.folder.exists()
        assert (root / ".sitegen").stat().st_mode & 0o022 == 0
    with previewed(root) as running:
        assert running.folder.exists()


def test_it_speaks_its_authors_language(tmp_path: Path) -> None:
    with previewed(write_site(tmp_path, {A: article("Một", tags=["nope"])}), "--lang", "ja") as running:
        assert any(line.startswith("プレビュー：http://127.0.0.1:") for line in running.said)
        assert "タグ" in running.ask("/").text


def test_its_json_is_json(preview: Preview) -> None:
    feed = json.loads(preview.ask("/vi/feed.json").text)
    assert feed["feed_url"] == f"{preview.address}vi/feed.json"
