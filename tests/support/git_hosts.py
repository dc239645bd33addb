"""Git repositories as hosts have them: one that asks for a password over HTTPS, on loopback."""

import os
import ssl
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple
from urllib.parse import urlsplit

import trustme


class GitHost(NamedTuple):
    """`seen`: what has been sent to it as Authorization."""

    address: str
    certificate: Path
    seen: list[str | None]


@contextmanager
def https_git(folder: Path, run: Path, password: str = "", redirect: str = "") -> Iterator[GitHost]:
    """Serve the repositories in `folder`; all asks are sent on to `redirect` where that is given."""
    seen: list[str | None] = []
    wanted = f"Basic {b64encode(f'git:{password}'.encode()).decode()}"

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

        def do_GET(self) -> None:
            body = self._body()
            seen.append(self.headers["Authorization"])
            if redirect:
                self._answer(302, [("Location", redirect + self.path)], b"")
            elif password and seen[-1] != wanted:
                self._answer(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
            else:
                self._answer(*_backend(folder, self, body))

        do_POST = do_GET  # noqa: N815

        def _body(self) -> bytes:
            if self.headers["Transfer-Encoding"] != "chunked":
                return self.rfile.read(int(self.headers["Content-Length"] or 0))
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in [*headers, ("Content-Length", str(len(body)))]:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    run.mkdir(exist_ok=True)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(run / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # such as of a client without trust
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield GitHost(f"https://localhost:{server.server_address[1]}", run / "ca.pem", seen)
        finally:
            server.shutdown()
            thread.join()


def _backend(folder: Path, asked: BaseHTTPRequestHandler, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
    """What git-http-backend(1) answers, which speaks CGI."""
    parts = urlsplit(asked.path)
    variables = {
        "GIT_PROJECT_ROOT": str(folder), "GIT_HTTP_EXPORT_ALL": "1", "REQUEST_METHOD": asked.command,
        "PATH_INFO": parts.path, "QUERY_STRING": parts.query, "CONTENT_TYPE": asked.headers["Content-Type"] or "",
        "HTTP_CONTENT_ENCODING": asked.headers["Content-Encoding"] or "", "REMOTE_USER": "git",
        "GIT_PROTOCOL": asked.headers["Git-Protocol"] or "", "CONTENT_LENGTH": str(len(body)),
        "REMOTE_ADDR": "127.0.0.1", "PATH": os.environ["PATH"],
    }  # fmt: skip
    said = subprocess.run(["git", "http-backend"], input=body, env=variables, check=True, capture_output=True).stdout
    head, _, rest = said.partition(b"\r\n\r\n")
    lines = [line.partition(": ")[::2] for line in head.decode().split("\r\n")]
    status = next((int(value.split()[0]) for name, value in lines if name == "Status"), 200)
    return status, [(name, value) for name, value in lines if name != "Status"], rest
