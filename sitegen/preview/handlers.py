"""The server's handlers: the site's files as a plain host gives them, pages with the toolbar, live reload, and the
preview's own pages and files.

The connection speaks LiveReload's protocol, so other clients work too. Nothing that is added to a page is inline, so a
site with a strict policy of its own is previewed under it.
"""

import asyncio
import os
import re
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, Popen
from threading import Thread
from typing import Any, cast

import msgspec
from livereload.handlers import LiveReloadHandler
from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPOutputError
from tornado.web import Application, HTTPError, RedirectHandler, RequestHandler, StaticFileHandler

from sitegen.config.media_types import content_type
from sitegen.files import PIECE, is_below, read_regular, real_path
from sitegen.problems import printable
from sitegen.sources import find
from sitegen.system.desktop import find_program, has_cmd, text_opener
from sitegen.system.disk import open_regular
from sitegen.system.handles import are_left, is_scarce
from sitegen.system.processes import apart, without_safe_path

from .editors import editor_command, is_busy
from .hosting import AccessPolicy, is_here, is_same_origin, look_up, refusal
from .overview import overview
from .problem_list import problem_list
from .snapshot import RESERVED, PageSeen, Snapshot, address_below, changes_since, mark, page_at, parse_mark
from .toolbar import blank_page, with_toolbar

FILES = Path(__file__).parent / "static"
"""The preview's own scripts and styles."""
_LINE = re.compile("[0-9]{1,9}")
_NO_EDITOR = "Set SITEGEN_EDITOR to the editor of your choice."


class LiveState:
    """The snapshot that is shown now, and connections to browsers that show it; used in the server's thread alone."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.connections: set[LiveReloadConnection] = set()

    def show(self, snapshot: Snapshot) -> None:
        """Show something new, to those too who show what was before."""
        self.snapshot = snapshot
        for connection in [*self.connections]:
            connection.send_changes()


class _Handler(RequestHandler):
    """Answers those who may ask, and nobody may keep the answer without asking again."""

    acts = False

    @property
    def peer(self) -> str:
        """The address at the other end of the connection."""
        return self.request.remote_ip or ""

    @property
    def live(self) -> LiveState:
        return cast(LiveState, self.settings["live"])

    @property
    def snapshot(self) -> Snapshot:
        """What is shown now; other machines are not offered what they may not do."""
        return msgspec.structs.replace(self.live.snapshot, opens=is_here(self.peer))

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "no-cache")

    def prepare(self) -> None:
        refused = refusal(self.settings["policy"], self.request.headers, peer=self.peer, acts=self.acts)
        if refused:
            raise HTTPError(403, reason=refused)

    def _request_summary(self) -> str:
        """What is said of a request in the terminal."""
        return printable(super()._request_summary())

    def log_exception(self, *error: Any) -> None:
        if not is_scarce(error[1]):
            super().log_exception(*error)

    def send_error(self, status_code: int = 500, **given: Any) -> None:
        error = given.get("exc_info", (None, None))[1]
        super().send_error(503 if is_scarce(error) else status_code, **given)

    def write_error(self, status_code: int, **_: Any) -> None:
        if status_code == 503:
            self.set_header("Retry-After", "1")
            self.set_header("Refresh", "1")  # a page that cannot be shown has no script that would ask again
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")

    def finish_page(self, html: str) -> None:
        """Finish with a page of the preview's own."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(html.encode() + mark(self.snapshot))


class _FileHandler(_Handler, StaticFileHandler):
    """Files of a folder, in parts where that is asked for."""

    def get_content_type(self) -> str:
        return content_type(self.path)

    def compute_etag(self) -> str | None:
        stat = self._stat()
        return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'

    def should_return_304(self) -> bool:
        """By the tag alone: a second is too long a time."""
        return self.check_etag_header()


class _SiteHandler(_FileHandler):
    """The site below its root."""

    async def get(self, path: str, include_body: bool = True) -> None:
        snapshot = self.snapshot
        asked = self.request.path.removeprefix(snapshot.base)
        if snapshot.build is None:
            self._finish_blank()
            return
        answer = look_up(asked, snapshot.files)
        other = snapshot.found.get(look_up(asked, snapshot.found).path) if answer.status == 404 else None
        if answer.location is not None:
            query = f"?{self.request.query}" if self.request.query else ""
            self.redirect(f"{snapshot.base}{answer.location}{query}", status=answer.status)
        elif other is not None:
            self.set_header("Content-Type", content_type(asked))
            self.finish(other)
        elif answer.path.endswith(".html"):
            self._finish_html(answer.path, answer.status)
        else:
            await self._finish_file(answer.path, include_body)

    async def _finish_file(self, path: str, include_body: bool) -> None:
        try:
            await super().get(path, include_body)
        except (OSError, HTTPOutputError) as error:
            if is_scarce(error) and not self._headers_written:
                raise
            cast(HTTP1Connection, self.request.connection).close()  # it is another file now: who asks again gets that

    @classmethod
    def get_content(
        cls, abspath: str, start: int | None = None, end: int | None = None
    ) -> Generator[bytes, None, None]:
        """A file piece by piece, each opened for itself: however long somebody reads, it can be replaced on Windows."""
        at, whole = start or 0, None
        while end is None or at < end:
            with os.fdopen(open_regular(abspath), "rb", buffering=0) as file:
                state = os.fstat(file.fileno())
                if whole is not None and (state.st_ino, state.st_size, state.st_mtime_ns) != whole:
                    raise OSError("another file")
                whole = state.st_ino, state.st_size, state.st_mtime_ns
                file.seek(at)
                piece = file.read(PIECE if end is None else min(PIECE, end - at))
            if not piece:
                return
            at += len(piece)
            yield piece

    def _finish_html(self, path: str, status: int) -> None:
        snapshot = self.snapshot
        try:
            html = read_regular(snapshot.folder / path)
        except OSError as error:
            if is_scarce(error):
                raise
            # somebody took it away
            self.settings["on_lost"]()
            self._finish_blank()
            return
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(with_toolbar(html, path, snapshot) + mark(snapshot, html))

    def _finish_blank(self) -> None:
        self.set_status(503)
        self.set_header("Retry-After", "1")
        self.finish_page(blank_page(self.snapshot))

    def compute_etag(self) -> str | None:
        return super().compute_etag() if self._is_file() else RequestHandler.compute_etag(self)

    def _is_file(self) -> bool:
        return getattr(self, "absolute_path", None) is not None


class _OverviewHandler(_Handler):
    def get(self) -> None:
        query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        self.finish_page(overview(self.snapshot, query))

    head = get


class _ProblemsHandler(_Handler):
    def get(self) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(problem_list(self.snapshot))

    head = get


class _EditorHandler(_Handler):
    """Opens one of the site's own sources in its author's editor, which runs on this machine; one after another."""

    acts = True

    def post(self) -> None:
        asked, line = self.get_query_argument("path", ""), self.get_query_argument("line", "0")
        if not are_left():
            raise HTTPError(503)
        root = self.snapshot.root
        source = find(root)[0].get(asked)
        is_own = source is not None and is_below(source.location, real_path(root)) and self.snapshot.may_open(asked)
        if source is None or not is_own or not _LINE.fullmatch(line):
            raise HTTPError(404)
        opener, windows = text_opener(), has_cmd()
        command = editor_command(os.environ, find_program, source.location, int(line), opener, windows=windows)
        if command is None:
            raise HTTPError(501, reason=_NO_EDITOR)
        begun, now = self.settings["begun"], time.monotonic()
        if is_busy(begun.values(), now):
            raise HTTPError(429, reason="An editor is being opened just now.")
        try:
            process = Popen(  # noqa: S603
                command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, env=without_safe_path(os.environ), **apart()
            )
        except OSError as error:
            if is_scarce(error):
                raise
            raise HTTPError(501, reason=_NO_EDITOR) from None
        begun[self] = now
        Thread(target=self._wait, args=(process, asyncio.get_running_loop()), daemon=True).start()
        self.set_status(204)

    def _wait(self, process: Popen[bytes], loop: asyncio.AbstractEventLoop) -> None:
        """In a thread, which an editor that outlives the preview does not keep from ending."""
        process.wait()
        with suppress(RuntimeError):  # it has ended
            loop.call_soon_threadsafe(self.settings["begun"].pop, self)


class LiveReloadConnection(_Handler, LiveReloadHandler):  # type: ignore[misc]  # the library has no types
    """A browser, told when what it shows has changed. Ours says by a page's mark what it shows, and is told what is new
    at once; any other client of the protocol is taken to show what there is when it comes."""

    _seen: PageSeen | None = None
    _is_ours = False

    def check_origin(self, origin: str) -> bool:
        return is_same_origin(origin, self.request.headers.get("Host", ""))

    def on_message(self, message: str | bytes) -> None:
        try:
            said = msgspec.json.decode(message)
            command = said["command"]
        except (ValueError, TypeError, KeyError, RecursionError):
            self.close(1002, "not LiveReload's protocol")
            return
        if command == "hello":
            super().on_message('{"command": "hello"}')
        elif command == "info" and isinstance(said.get("url"), str):
            self._begin(said["url"], said.get("sitegen"))

    def on_close(self) -> None:
        self.live.connections.discard(self)

    def send_changes(self) -> None:
        assert self._seen is not None
        snapshot = self.live.snapshot
        changes = changes_since(self._seen, snapshot)
        self._seen = page_at(snapshot, self._seen.path)
        if changes.reload or (changes.styles and not self._is_ours):
            self._send({"command": "reload", "path": f"{snapshot.base}{self._seen.path}", "liveCSS": True})
        elif changes.styles:
            self._send({"command": "reload", "path": "*.css", "liveCSS": True, "styles": changes.styles})
        if self._is_ours and changes.problems:
            self._send({"command": "built", "number": snapshot.number})

    def _begin(self, url: str, said: object) -> None:
        path = address_below(url, self.live.snapshot.base)
        seen = parse_mark(path, said) if isinstance(said, str) else None
        self._is_ours = seen is not None
        self._seen = seen or page_at(self.live.snapshot, path)
        self.live.connections.add(self)
        self.send_changes()

    def _send(self, message: dict[str, Any]) -> None:
        self.send_message(msgspec.json.encode(message).decode())


class _NotFoundHandler(_Handler):
    def get(self) -> None:
        raise HTTPError(404)

    head = post = get


class _HomeHandler(_Handler, RedirectHandler):
    """To the base that the site is served below."""


def application(live: LiveState, policy: AccessPolicy, on_lost: Callable[[], None]) -> Application:
    """The whole server, for one site below its base. `on_lost` is called when a page is not where a build left it."""
    base = live.snapshot.base
    own = re.escape(f"{base}{RESERVED}")
    routes: list[Any] = [
        (own, _OverviewHandler),
        (f"{own}problems", _ProblemsHandler),
        (f"{own}open", _EditorHandler),
        (f"{own}livereload", LiveReloadConnection),
        (rf"{own}([a-z0-9-]+\.(?:css|js|svg))", _FileHandler, {"path": str(FILES)}),
        (f"{own}.*", _NotFoundHandler),
        (f"{re.escape(base)}(.*)", _SiteHandler, {"path": str(live.snapshot.folder)}),
    ]
    if base != "/":
        routes.append((f"{re.escape(base.rstrip('/'))}|/", _HomeHandler, {"url": base, "permanent": False}))
    return Application(
        routes, default_handler_class=_NotFoundHandler, log_function=lambda _: None, live=live, policy=policy,
        on_lost=on_lost, begun=dict[_EditorHandler, float](), websocket_max_message_size=65_536,
    )  # fmt: skip
