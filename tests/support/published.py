"""A site published into the folder that its site.yaml names, which nginx serves meanwhile: `make publish`.

A server of Python's own takes the place of nginx where there is none; both obey the rules that are written for nginx.
Nothing listens any more when it ends.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.parse import quote, unquote, urlsplit

from sitegen.config.targets import read_target_address
from sitegen.preview.hosting import look_up
from sitegen.publish.artifact import make_artifact
from sitegen.publish.destination import Destination, read_destination
from sitegen.publish.hosting.rules import Rules
from sitegen.publish.live.web import is_loopback

NGINX = """\
{user}
pid {run}/nginx.pid;
worker_processes 1;
daemon off;
events {{ worker_connections 64; }}
http {{
    access_log off;
    {temporary}
    server {{
        listen 127.0.0.1:{port};
        root {root};
        index index.html;
        include {run}/site.conf;
    }}
}}
"""


def main(root: Path, *, stays: bool = False) -> int:
    """The exit status of `sitegen publish`."""
    destination = read_destination(root)
    address = read_target_address(destination.settings.to)
    parts = urlsplit(destination.url)
    if address is None or address.kind != "folder" or not is_loopback(parts.hostname or "") or not parts.port:
        print("The first target of site.yaml must be a folder, with a url such as http://localhost:8017/")
        return 2
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", parts.port)) == 0:
            print(f"Something else listens at port {parts.port} already; end it, or name another in site.yaml.")
            return 1
    folder = (root / address.path).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _served(root, destination, folder, parts.port) as name:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "sitegen", "publish", "--root", str(root), "--yes"], check=False
        )
        if done.returncode == 0:
            print(f"\n{name} has served it at {destination.url} from {folder}, where you can look at it.")
        if stays and done.returncode == 0:
            print(f"It goes on at {destination.url} until Ctrl+C.")
            _wait()
    return done.returncode


def _wait() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        pass


@contextmanager
def _served(root: Path, destination: Destination, folder: Path, port: int) -> Iterator[str]:
    """Serve the folder as the rules for nginx say; the name of what does."""
    with TemporaryDirectory() as temporary:
        memory = Path(temporary) / "memory"
        host = make_artifact(root, destination, memory, datetime.now(UTC), lambda *_: None).host
        nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
        if nginx is None:
            with _python(folder, port, host.rules):
                yield "A small server of Python's"
            return
        (Path(temporary) / "site.conf").write_bytes(b"".join(host.beside.values()))
        with _running(nginx, Path(temporary), folder, port):
            yield "nginx"


@contextmanager
def _running(nginx: str, run: Path, folder: Path, port: int) -> Iterator[None]:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    text = NGINX.format(
        user="user root;" if hasattr(os, "geteuid") and os.geteuid() == 0 else "",
        run=run, root=folder, port=port, temporary=" ".join(f"{kind}_temp_path {run}/{kind};" for kind in kinds),
    )  # fmt: skip
    (run / "nginx.conf").write_text(text, "utf-8")
    with subprocess.Popen([nginx, "-c", f"{run}/nginx.conf", "-e", f"{run}/error.log"]) as process:
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if process.poll() is not None or probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.02)
            yield
        finally:
            process.terminate()


@contextmanager
def _python(folder: Path, port: int, rules: Rules) -> Iterator[None]:
    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = unquote(self.path.partition("?")[0]).lstrip("/")
            if leads := next((one.target for one in rules.redirects if not one.query and one.path == asked), None):
                self.send_response(301)
                self.send_header("Location", rules.url(leads))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
            found = look_up(quote(asked), {path for path in files if not path.startswith(".sitegen/")})
            body = (folder / found.path).read_bytes() if found.path else b""
            self.send_response(found.status)
            for name, value in (rules.headers_of(found.path) if found.path else {}).items():
                self.send_header(name, value)
            if found.location is not None:
                self.send_header("Location", f"/{found.location}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Publish a site into a folder, and read it back from there.")
    parser.add_argument("--root", type=Path, default=Path())
    parser.add_argument("--stay", action="store_true", help="go on serving until Ctrl+C")
    options = parser.parse_args()
    sys.exit(main(options.root, stays=options.stay))
