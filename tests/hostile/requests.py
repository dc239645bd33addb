"""Requests to a preview as no browser makes them, over a real connection."""

import re
import socket
from urllib.parse import quote

from tests.support.previews import PATIENCE, Preview

from .fragments import ADDRESSES, ATTACKS, NAMES, ODD_TEXT
from .mutations import Vandal
from .properties import Broken

METHODS = ("GET",) * 60 + (
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "OPTIONS",
    "CONNECT",
    "TRACE",
    "PATCH",
    "get",
    "X",
    "",
    "G\0T",
    "GET " * 3,
    "A" * 500,
)
OWN = ("127.0.0.1", "localhost", "LOCALHOST.", "[::1]", "a.localhost")
HOSTS = (
    "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "evil.example:80@127.0.0.1",
    "127.0.0.1@evil.example", "[::1", "[::1]evil", "", " ", "a b", "127.0.0.1:99999999", "127.0.0.1:x", "127.1",
    "2130706433", "0x7f000001", "0.0.0.0", "[::]", "192.0.2.7", "localhost\\evil", "localhost/evil", "localhost#",
    "localhost?", "\x00", "é", "xn--", "*", "%6cocalhost", "localhost%00.evil", "[fe80::1%25eth0]", "local\u017fhost",
    "localhost,evil.example",
)  # fmt: skip
TARGETS = (
    "/", "//", "/vi/", "/vi", "/vi/news/a/", "/vi/news/a", "/VI/", "/__sitegen/", "/__sitegen/problems",
    "/__sitegen/open", "/__sitegen/livereload", "/__sitegen/live.js", "/__sitegen/../vi/", "/__sitegen//",
    "/__sitegen/x.css", "/__sitegen/..%2flive.js", "//evil.example/%2e%2e", "//evil.example/vi", "/\\evil.example/",
    "/%5cevil.example/%2e%2e", "/%2f%2fevil.example/%2e%2e", "http://evil.example/", "http://127.0.0.1/vi/", "*",
    "vi/", "", "?", "/?", "/vi/?", "/vi/#x", "/%00", "/vi/%00/", "/%2e%2e/%2e%2e/etc/passwd",
    "/..%c0%af..%c0%afetc/passwd", "/%ff", "/%", "/%zz", "/%e2%80%a8", "/vi/%0d%0aSet-Cookie:x", "/feed.xml",
    "/vi/feed.xml", "/robots.txt", "/sitemap.xml", "/404.html", "/.sitegen-manifest.json", "/.sitegen/", "/site.yaml",
    "/content/news/a.vi.md", "/assets/", "/files/", "/vi/" + "x" * 3000, "/" + "a/" * 2000, "/" + "%61" * 5000,
)  # fmt: skip
QUERIES = (
    "", "?", "?x", "?lang=vi", "?state=draft&lang=xx", "?path=content/news/a.vi.md&line=1",
    "?path=../../etc/passwd&line=1", "?path=site.yaml&line=-1", "?path=site.yaml&line=٣",
    "?path=site.yaml&line=" + "9" * 400, "?path=&line=", "?path=%00", "?path=%ff", "?%ff=%fe", "?a=%00",
    "?" + "a=1&" * 3000, "?lang[]=x", "?q=<script>", "?sort=x&sort=y", "?\x85",
)  # fmt: skip
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
HEADERS = {
    "Range": (
        "bytes=0-",
        "bytes=-1",
        "bytes=5-2",
        "bytes=0-1,3-4",
        "bytes=99999999999999999999-",
        "bytes=-0",
        "bytes=-",
        "bytes=",
        "x",
        "bytes=٣-",
        "bytes=0x1-",
        "bytes=1_0-",
        "bytes= 1 - 2 ",
        "bytes=+1-2",
        "items=0-1",
    ),
    "If-None-Match": ("*", '"x"', "W/", '"' * 50, "x," * 2000, '"\\"'),
    "If-Modified-Since": (
        "x",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Feb 9999 99:99:99 GMT",
        "0",
        "-1",
        "Mon, 01 Jan 0000 00:00:00 GMT",
        "Thu, 01 Jan 99999999999 00:00:00 GMT",
    ),
    "Origin": ("http://evil.example", "null", "", "http://[::1", "http://127.0.0.1", "x", "file://"),
    "Content-Length": ("-1", "0", "x", "99999999999999999999", "5, 5", "+1", "1e3", "٣"),
    "Transfer-Encoding": ("chunked", "x", "chunked, chunked", "identity"),
    "Expect": ("100-continue", "x"),
    "Content-Type": (
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "x" * 300,
    ),
    "Upgrade": ("websocket", "h2c", "x"),
    "Connection": ("Upgrade", "close", "keep-alive", "x"),
    "Sec-WebSocket-Key": ("x", KEY, ""),
    "Sec-WebSocket-Version": ("13", "0", "x", "99"),
    "Sec-WebSocket-Extensions": (
        "permessage-deflate",
        "permessage-deflate; client_max_window_bits=99",
        "x;;;",
        "permessage-deflate; server_max_window_bits=x",
    ),
    "Accept-Encoding": ("gzip", "x", "*"),
    "Accept-Language": ("vi", "x" * 2000, "\xff"),
    "Cookie": ("a=b", "\xff=\x01", "a" * 3000),
    "X-Forwarded-For": ("127.0.0.1",),
    "X-Forwarded-Host": ("evil.example",),
    "Referer": ("x",),
}


MESSAGES = (
    '{"command":"hello","protocols":["http://livereload.com/protocols/official-7"]}',
    '{"command":"info","url":"http://localhost/vi/"}', '{"command":"info","url":1}', '{"command":["hello"]}',
    '{"command":"info","url":"//evil.example/%ff","sitegen":"sitegen 1 x y"}', '{"command":{}}', "[]", "1", "null",
    '{"command":"info","url":"' + "x" * 60_000 + '"}', '"x"', "", "{", "[" * 5000, '{"a":' * 5000, "\0", "9" * 5000,
    '{"command":"info","url":"\\ud800","sitegen":"sitegen 99999999999999999999 x y"}', '{"command":"reload"}',
    '{"command":"info","url":"/","sitegen":"sitegen -1  "}', '{"command":"info","url":"/%00","sitegen":{}}',
    '{"command":"hello"}' * 3, '{"command":"info","url":"http://[::1","sitegen":"sitegen ٣ a b"}',
)  # fmt: skip


def write_frames(vandal: Vandal) -> bytes:
    """What a browser says on its line (RFC 6455, section 5.2), the mask being zero."""
    frames = b""
    for _ in range(vandal.chance.choice((1, 2, 5))):
        said = vandal.chance.choice(MESSAGES).encode()
        first = vandal.chance.choice((0x81, 0x81, 0x81, 0x82, 0x80, 0x01, 0x88, 0x89, 0x8A, 0xC1, 0x8F))
        size = bytes((0x80 | len(said),)) if len(said) < 126 else b"\xfe" + len(said).to_bytes(2, "big")
        frames += bytes((first,)) + size + b"\0\0\0\0" + said
    return vandal.data(frames, "bytes") if vandal.chance.random() < 0.3 else frames


def write_request(vandal: Vandal, port: int) -> tuple[bytes, str]:
    """A request, and the host that it names."""
    chance = vandal.chance
    target = (
        chance.choice(TARGETS)
        if chance.random() < 0.7
        else "/" + chance.choice((*ADDRESSES, *NAMES, *ATTACKS, *ODD_TEXT))
    )
    if chance.random() < 0.3:
        target = quote(target, safe=chance.choice(("/", "", "/%?&=")), errors="surrogatepass")
    speaks = chance.random() < 0.15
    target = "/__sitegen/livereload" if speaks else target
    target += chance.choice(QUERIES) if chance.random() < 0.4 else ""
    own = chance.random() < 0.7
    host = chance.choice(OWN) + chance.choice(("", f":{port}")) if own else chance.choice(HOSTS)
    method = "GET" if speaks else chance.choice(METHODS)
    lines = [f"{method} {target} {chance.choice(('HTTP/1.1',) * 40 + ('HTTP/1.0', 'HTTP/9.9', '', 'X'))}"]
    lines += [f"Host: {host}"] * chance.choice((*(1,) * 20, 0, 2))
    for _ in range(chance.choice((0, 0, 1, 2, 4))):
        name = chance.choice([*HEADERS])
        lines.append(f"{name}: {chance.choice(HEADERS[name])}")
    if speaks:
        lines += ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {KEY}", "Sec-WebSocket-Version: 13"]
    elif chance.random() < 0.9:
        lines.append("Connection: close")
    data = "\r\n".join((*lines, "", "")).encode("utf-8", "surrogatepass")
    data += write_frames(vandal) if speaks else b"x" * chance.choice((0, 0, 0, 5))
    return vandal.data(data, "bytes") if chance.random() < 0.1 else data, host


def send(port: int, data: bytes) -> bytes:
    """What comes back, until the server says no more for a moment."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        line.sendall(data)
        line.settimeout(0.15)
        found = b""
        try:
            while part := line.recv(65536):
                found += part
        except OSError:  # it waits for more, or has hung up
            return found
    return found


def check_request(preview: Preview, vandal: Vandal, secret: bytes) -> None:
    """Whatever is asked, an answer is that of a plain host, and nobody is led or let in where he should not be."""
    data, host = write_request(vandal, preview.port)
    answer = send(preview.port, data)
    status = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    if preview.process.poll() is not None:
        raise Broken(f"the preview has ended after {data[:300]!r}")
    if status and status[1].startswith(b"5") and status[1] not in (b"501", b"505"):
        raise Broken(f"{status[1]!r} is the answer to {data[:300]!r}")
    if secret in answer:
        raise Broken(f"a secret is told to {data[:300]!r}")
    head = answer.partition(b"\r\n\r\n")[0]
    location = re.search(rb"\r\nLocation: ([^\r\n]*)", head)
    if location and (not location[1].startswith(b"/") or location[1][1:2] in (b"/", b"\\")):
        raise Broken(f"leads to {location[1]!r} from {data[:300]!r}")
    if b"Set-Cookie" in head or b"Access-Control-Allow" in head:
        raise Broken(f"a header that was asked for: {data[:300]!r}")
    named = re.findall(rb"\r\nHost:[ \t]*([^\r\n]*)", data.partition(b"\r\n\r\n")[0], re.IGNORECASE)
    hostile = host in HOSTS and len(named) == 1 and named[0].decode("utf-8", "replace").strip() == host.strip()
    if hostile and status and status[1] in (b"200", b"101", b"204", b"206") and host not in _ALLOWED:
        raise Broken(f"{host!r} is let in: {data[:300]!r}")


_ALLOWED = ("127.1",)  # none of these is a name that somebody else could have
