"""A real Chromium, and a plain static host for it to read from."""

import gzip
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None
)

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'"
)

PACKED = (".html", ".css", ".js", ".svg", ".xml", ".json", ".txt")

Scheme = Literal["light", "dark"]


class _StaticHost(SimpleHTTPRequestHandler):
    """Folders by their index.html, the nearest 404.html for what is not there, texts packed, assets kept, and a policy
    that lets pages use nothing but files of their own host: WebAssembly to search, no code that stands in a page."""

    packed: tuple[str, ...] = PACKED

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path).lstrip("/")
        root = Path(self.directory)
        file, status = root / path, 200
        if file.is_dir() or not path:
            file /= "index.html"
        if not file.is_file():
            own = root / path.partition("/")[0] / "404.html"
            file, status = own if own.is_file() else root / "404.html", 404
        data = file.read_bytes() if file.is_file() else b""
        self.send_response(status)
        self.send_header("Content-Type", self.guess_type(str(file)))
        if file.suffix in self.packed and "gzip" in self.headers.get("Accept-Encoding", ""):
            data = gzip.compress(data, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        script = "script-src 'self'"
        policy = POLICY.replace(script, f"{script} 'wasm-unsafe-eval'") if "/search/" in self.path else POLICY
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Cache-Control", "max-age=31536000, immutable" if path.startswith("assets/") else "no-cache")
        self.end_headers()
        self.answer(data)

    def answer(self, data: bytes) -> None:
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        pass


class _SlowHost(_StaticHost):
    """Pages come unpacked and a few lines at a time, so that a browser draws what it has. All else comes at once."""

    packed = tuple(suffix for suffix in PACKED if suffix != ".html")

    def answer(self, data: bytes) -> None:
        if not self.path.endswith(("/", ".html")):
            super().answer(data)
            return
        piece = b""
        for line in data.splitlines(keepends=True):
            piece += line
            if len(piece) > 500:
                self.wfile.write(piece)
                piece = b""
                time.sleep(0.02)
        self.wfile.write(piece)


@contextmanager
def serve(folder: Path, *, slowly: bool = False) -> Iterator[str]:
    """Serve a folder on loopback; gives the address without a final slash."""
    host = _SlowHost if slowly else _StaticHost
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(host, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Reader:
    """Someone before a screen: opens pages, always anew, in one window for each width, scheme and way to read."""

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium
        self._windows: dict[tuple[int, Scheme, tuple[tuple[str, Any], ...]], Page] = {}

    def open(self, address: str, width: int = 1280, scheme: Scheme = "light", **ways: Any) -> Page:
        """`ways`: more of Playwright's options of a context, such as java_script_enabled."""
        key = (width, scheme, tuple(sorted(ways.items())))
        if key not in self._windows:
            self._windows[key] = self.window(width, scheme, **ways).new_page()
        page = self._windows[key]
        page.emulate_media(media="null")
        page.goto(address)
        return page

    def window(self, width: int = 1280, scheme: Scheme = "light", **ways: Any) -> BrowserContext:
        """A window of one's own, to close."""
        height = 740 if width < 700 else 800
        return self._chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, **ways)


@pytest.fixture(scope="session")
def reader(chromium: Browser) -> Reader:
    return Reader(chromium)
