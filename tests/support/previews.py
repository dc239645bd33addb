"""Real previews: `sitegen serve` as a process, those that ask it, and those that wait on its line."""

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple, Self

import psutil
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

PATIENCE = 15.0
"""Seconds for what happens in a moment on a machine that has nothing else to do."""

WARNINGS = "error,ignore:'asyncio.:DeprecationWarning"
"""All are errors, but what Python 3.14 tells of LiveReload's library on Windows."""
_ADDRESS = re.compile(r"http://[^ ]+/")


class Answered(NamedTuple):
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Preview:
    """A preview under way. `said`: the lines it has printed."""

    def __init__(self, root: Path, process: "subprocess.Popen[str]", said: list[str]) -> None:
        self.root, self.process, self.said = root, process, said

    @property
    def address(self) -> str:
        """Of the site, with a final slash."""
        return next(found[0] for line in self.said if (found := _ADDRESS.search(line)))

    @property
    def port(self) -> int:
        return int(self.address.split(":")[2].split("/")[0])

    @property
    def folder(self) -> Path:
        """What is served, before the preview adds to it."""
        return self.root / ".sitegen" / "preview"

    def ask(self, target: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answered:
        """A request with its target as it is; _ in the names of headers stands for -."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.putrequest(method, target, skip_host="Host" in headers, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.putheader("Content-Length", str(len(body or b"")))
            connection.endheaders(body)
            answer = connection.getresponse()
            return Answered(answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def until(self, target: str, wanted: Callable[[Answered], bool]) -> Answered:
        """Ask until the answer is what it should be."""
        return until(lambda: self.ask(target), wanted)

    def line(self, path: str = "", **headers: str) -> "Listener":
        """A browser that has just loaded a page."""
        page = self.ask(f"/{self.address.split('/', 3)[3]}{path}")
        mark = re.search(rb"<!--(sitegen .*?)-->\s*\Z", page.body)
        assert mark, page.text
        return Listener(self.address, path, mark[1].decode(), headers)

    def is_built(self) -> bool:
        """Whether the first attempt to build is over."""
        found = re.search(rb"<!--sitegen (\d+) ", self.ask(f"/{self.address.split('/', 3)[3]}none").body)
        return found is None or int(found[1]) > 0

    def memory(self) -> int:
        """Bytes that the process has for itself."""
        return int(psutil.Process(self.process.pid).memory_full_info().uss)

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def quiet(self) -> None:
        """Wait until nothing more is built: no line is printed for a while."""
        before = -1
        while before != len(self.said):
            before = len(self.said)
            time.sleep(1.0)


class Listener:
    """One end of a line, which hears all that it is told. Its loop has a thread of its own, since a browser under test
    may have one in this."""

    def __init__(self, address: str, path: str, mark: str, headers: Mapping[str, str]) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._ask = HTTPRequest(f"ws{address.removeprefix('http')}__sitegen/livereload", headers=dict(headers))
        try:
            self._connection: WebSocketClientConnection = self._run(self._connect())
        except BaseException:
            self._end()
            raise
        self.say(command="hello", protocols=["http://livereload.com/protocols/official-7"])
        assert (self.hear() or {})["command"] == "hello"
        self.say(command="info", url=f"{address}{path}", **({"sitegen": mark} if mark else {}))

    def say(self, **message: Any) -> None:
        self.write(json.dumps(message))

    def write(self, text: str) -> None:
        self._run(self._write(text))

    def hear(self, seconds: float = PATIENCE) -> dict[str, Any] | None:
        """The next message; None when there is none in time, or the line is cut."""
        said = self._run(self._read(seconds))
        return None if said is None else dict(json.loads(said))

    def until(self, command: str) -> dict[str, Any]:
        """The next message of a kind."""
        while True:
            said = self.hear()
            assert said, f"no {command}"
            if said["command"] == command:
                return said

    def until_built(self) -> list[str]:
        """The kinds of all that is heard until a build is told of."""
        kinds = []
        while (said := self.hear()) is not None:
            kinds.append(str(said["command"]))
            if said["command"] == "built":
                break
        return kinds

    def close(self) -> None:
        self._run(self._close())
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(2 * PATIENCE)

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _connect(self) -> WebSocketClientConnection:
        self._heard: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._cut = False
        return await websocket_connect(self._ask, on_message_callback=self._heard.put_nowait)

    async def _write(self, text: str) -> None:
        await self._connection.write_message(text)

    async def _read(self, seconds: float) -> str | bytes | None:
        with suppress(TimeoutError):
            said = await asyncio.wait_for(self._heard.get(), seconds)
            self._cut = said is None
            return said
        return None

    async def _close(self) -> None:
        """Until the server has answered: else the socket would be left to the collector."""
        self._connection.close()
        while not self._cut:
            await self._read(PATIENCE)


def until(look: Callable[[], Answered], wanted: Callable[[Answered], bool]) -> Answered:
    ends = time.monotonic() + PATIENCE
    while not wanted(found := look()):
        assert time.monotonic() < ends, found
        time.sleep(0.02)
    return found


@contextmanager
def previewed(
    root: Path, *arguments: str, environment: Mapping[str, str] = {}, built: bool = True
) -> Iterator[Preview]:
    """A preview of a site on a free port, ended as its author would; `built`: only once there is something to see."""
    command = [sys.executable, "-m", "sitegen", "serve", "--root", str(root), *arguments]
    if "--port" not in arguments:
        command += ["--port", "0"]
    process = subprocess.Popen(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        env={**os.environ, "PYTHONWARNINGS": WARNINGS, **environment}, **OWN_GROUP,
    )  # fmt: skip
    said: list[str] = []
    threads = [Thread(target=_read, args=(stream, said), daemon=True) for stream in (process.stdout, process.stderr)]
    for thread in threads:
        thread.start()
    preview = Preview(root, process, said)
    try:
        ends = time.monotonic() + PATIENCE
        while not any(map(_ADDRESS.search, said)) or (built and not preview.is_built()):
            assert process.poll() is None, said
            assert time.monotonic() < ends, said
            time.sleep(0.01)
        yield preview
        assert process.poll() is None, said
    finally:
        end(process)
        try:
            status = process.wait(PATIENCE)
        finally:
            process.kill()
            for thread in threads:
                thread.join()
            for stream in (process.stdout, process.stderr):
                assert stream
                stream.close()
    assert status == 0, said
    assert not [line for line in said if "Traceback" in line or "Error" in line], said


OWN_GROUP: dict[str, Any] = {}
"""What a process is started with that can be interrupted alone."""

if sys.platform == "win32":
    OWN_GROUP["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP

    def end(process: "subprocess.Popen[str]") -> None:
        """Interrupt a process as its author would: with Ctrl+Break, since Ctrl+C ends all that has the same console."""
        process.send_signal(signal.CTRL_BREAK_EVENT)

else:

    def end(process: "subprocess.Popen[str]") -> None:
        """Interrupt a process as its author would."""
        process.send_signal(signal.SIGINT)


def _read(stream: Any, said: list[str]) -> None:
    said.extend(line.rstrip("\n") for line in stream)


def taken_port() -> socket.socket:
    """A port that somebody else listens at."""
    busy = socket.socket()
    busy.bind(("127.0.0.1", 0))
    busy.listen()
    return busy


def awaited(is_so: Callable[[], Any]) -> None:
    ends = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.01)
