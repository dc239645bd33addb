"""The preview's web server: the site's files as a plain host gives them, pages with what the preview adds to them, and
the preview's own pages and files."""

import asyncio
import os
import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, Popen
from threading import Thread
from typing import Any

import msgspec
from tornado.web import Application, HTTPError, RedirectHandler, RequestHandler, StaticFileHandler

from sitegen.files import find, read_regular
from sitegen.system import are_left, is_scarce, without_safe_path

from .editors import editor_command, is_busy
from .hosting import content_type, look_up
from .reloading import Line, Stage
from .snapshot import DESK, mark
from .toolbar import State, blank, dressed, overview, problems_fragment
from .visitors import Door, is_here, refusal

FILES = Path(__file__).parent / "static"
"""The preview's own scripts and styles."""
_LINE = re.compile("[0-9]{1,9}")
_NO_EDITOR = "Set SITEGEN_EDITOR to the editor of your choice."


class _Guarded(RequestHandler):
    """Answers those who may ask, and nobody may keep the answer without asking again."""

    acts = False

    @property
    def peer(self) -> str:
        """The address at the other end of the connection."""
        return self.request.remote_ip or ""

    @property
    def state(self) -> State:
        """What is shown now; other machines are not offered what they may not do."""
        stage: Stage = self.settings["stage"]
        return msgspec.structs.replace(stage.shown.state, opens=is_here(self.peer))

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cache-Control", "no-cache")

    def prepare(self) -> None:
        refused = refusal(self.settings["door"], self.request.headers, peer=self.peer, acts=self.acts)
        if refused:
            raise HTTPError(403, reason=refused)

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
        self.finish(html.encode() + mark(self.settings["stage"].shown))


class _Files(_Guarded, StaticFileHandler):
    """Files of a folder, in parts where that is asked for."""

    def get_content_type(self) -> str:
        return content_type(self.path)

    def compute_etag(self) -> str | None:
        stat = self._stat()
        return f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"'

    def should_return_304(self) -> bool:
        """By the tag alone: a second is too long a time."""
        return self.check_etag_header()


class _Site(_Files):
    """The site below its root."""

    def initialize(self, stage: Stage) -> None:  # type: ignore[override]  # the routes below know
        super().initialize(path=str(stage.shown.folder))
        self._stage = stage

    async def get(self, path: str, include_body: bool = True) -> None:
        asked, shown = self.request.path.removeprefix(f"{self._stage.shown.base}/"), self._stage.shown
        if shown.state.build is None:
            self._say_nothing_yet()
            return
        answer = look_up(asked, shown.files)
        other = shown.found.get(look_up(asked, shown.found).path) if answer.status == 404 else None
        if answer.location is not None:
            query = f"?{self.request.query}" if self.request.query else ""
            self.redirect(f"{shown.base}/{answer.location}{query}", status=answer.status)
        elif other is not None:
            self.root = str(other.parent)
            await super().get(other.name, include_body)
        elif answer.path.endswith(".html"):
            self._give_page(answer.path, answer.status)
        else:
            await super().get(answer.path, include_body)

    def _give_page(self, path: str, status: int) -> None:
        shown = self._stage.shown
        try:
            html = read_regular(shown.folder / path)
        except OSError as error:
            if is_scarce(error):
                raise
            # somebody took it away
            self.settings["lost"]()
            self._say_nothing_yet()
            return
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(dressed(html, path, self.state, shown.base) + mark(shown, html))

    def _say_nothing_yet(self) -> None:
        shown = self._stage.shown
        self.set_status(503)
        self.set_header("Retry-After", "1")
        self.finish_page(blank(self.state, shown.base))

    def compute_etag(self) -> str | None:
        return super().compute_etag() if self._is_file() else RequestHandler.compute_etag(self)

    def _is_file(self) -> bool:
        return getattr(self, "absolute_path", None) is not None


class _Overview(_Guarded):
    def initialize(self, stage: Stage) -> None:
        self._stage = stage

    def get(self) -> None:
        query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        self.finish_page(overview(self.state, self._stage.shown.base, query))

    head = get


class _Problems(_Guarded):
    def get(self) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(problems_fragment(self.state))

    head = get


class _Open(_Guarded):
    """Opens one of the site's own sources in its author's editor, which runs on this machine; one after another."""

    acts = True

    def post(self) -> None:
        asked, line = self.get_query_argument("path", ""), self.get_query_argument("line", "0")
        if not are_left():
            raise HTTPError(503)
        root = self.state.root
        source = find(root)[0].get(asked)
        if source is None or not Path(source.location).is_relative_to(root.resolve()) or not _LINE.fullmatch(line):
            raise HTTPError(404)
        command = editor_command(os.environ, shutil.which, source.location, int(line))
        if command is None:
            raise HTTPError(501, reason=_NO_EDITOR)
        begun, now = self.settings["begun"], time.monotonic()
        if is_busy(begun.values(), now):
            raise HTTPError(429, reason="An editor is being opened just now.")
        try:
            process = Popen(  # noqa: S603
                command, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True,
                env=without_safe_path(os.environ),
            )  # fmt: skip
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


class _Line(_Guarded, Line):
    """The line to a browser, for those who may read."""


class _Nothing(_Guarded):
    def get(self) -> None:
        raise HTTPError(404)

    head = post = get


class _Home(_Guarded, RedirectHandler):
    """To the base that the site is served below."""


def application(stage: Stage, door: Door, lost: Callable[[], None]) -> Application:
    """The whole server, for one site below its base. `lost` is called when a page is not where a build left it."""
    base, given = stage.shown.base, {"stage": stage}
    root = re.escape(base)
    own = f"{root}/{DESK}"
    routes: list[Any] = [
        (own, _Overview, given),
        (f"{own}problems", _Problems),
        (f"{own}open", _Open),
        (f"{own}livereload", _Line, given),
        (rf"{own}([a-z0-9-]+\.(?:css|js|svg))", _Files, {"path": str(FILES)}),
        (f"{own}.*", _Nothing),
        (f"{root}/(.*)", _Site, given),
    ]
    if base:
        routes.append((f"{root}|/", _Home, {"url": f"{base}/", "permanent": False}))
    return Application(
        routes, default_handler_class=_Nothing, log_function=lambda _: None,
        stage=stage, door=door, lost=lost, begun=dict[_Open, float](), websocket_max_message_size=65_536,
    )  # fmt: skip
