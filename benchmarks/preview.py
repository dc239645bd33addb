"""From a save to the message that reloads browsers: the servers of generators in turn, A B A B, on one corpus."""

import asyncio
import json
import random
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from tornado.websocket import WebSocketClientConnection, websocket_connect

from .corpus import Corpus
from .measure import Tell, environment
from .peers import Failed, Peer
from .results import SAVED_BODY, SAVED_TITLE

HELLO = '{"command":"hello","protocols":["http://livereload.com/protocols/official-7"]}'
"""As browsers write it, without spaces: Hugo knows no other."""
EDITS = 3
"""Of each kind in a round."""
READY = 1800.0
"""Seconds that a server may take to answer at first."""
PATIENCE = 120.0
"""Seconds that an edit may take."""
FAREWELL = 10.0
"""Seconds that a server may take to let a browser go."""
PAUSE = (1.0, 1.5)
"""Seconds between edits, by chance, so that they do not keep step with a server that looks now and then."""


def previewed(peers: Sequence[Peer], corpus: Corpus, rounds: int, tell: Tell) -> Iterator[tuple[str, str, float]]:
    """Peer, step and seconds of each edit. Edits are taken back at the end. Raises Failed."""
    chance, page = random.Random(corpus.count), _page(corpus)
    with ExitStack() as stack:
        running = []
        for peer in (peer for peer in peers if peer.line):
            tell(f"{peer.title}: server")
            running.append((peer, stack.enter_context(_served(peer, page))))
        for number in range(1, rounds + 1):
            for peer, port in running:
                tell(f"{peer.title}: edits, round {number} of {rounds}")
                for step, edit in _edits(peer.source(corpus.newest()), number):
                    time.sleep(chance.uniform(*PAUSE))
                    yield peer.name, step, round(asyncio.run(_seconds(peer, port, page, edit)), 4)


def _page(corpus: Corpus) -> str:
    article = corpus.newest()
    return f"/{article.lang}/news/{article.key}/"


def _edits(source: Path, number: int) -> Iterator[tuple[str, Callable[[], object]]]:
    text = source.read_text("utf-8")
    title = text.splitlines()[1]
    for edit in range(EDITS):
        yield SAVED_BODY, partial(source.write_text, f"{text}\nEdit {number}.{edit}.\n", "utf-8")
    for edit in range(EDITS):
        new = text.replace(title, f"{title} {number} {edit}", 1)
        yield SAVED_TITLE, partial(source.write_text, new, "utf-8")
    source.write_text(text, "utf-8")


async def _seconds(peer: Peer, port: int, page: str, edit: Callable[[], object]) -> float:
    """From an edit to the message, as a browser gets it that shows the page."""
    line = await websocket_connect(f"ws://127.0.0.1:{port}{peer.line}")
    try:
        await line.write_message(HELLO)
        await _heard(peer, line, "hello")
        await line.write_message(json.dumps({"command": "info", "url": f"http://127.0.0.1:{port}{page}"}))
        await asyncio.sleep(0.2)
        started = time.perf_counter()
        edit()
        await _heard(peer, line, "reload")
        return time.perf_counter() - started
    finally:
        line.close()
        with suppress(TimeoutError):  # until it is closed: nothing may be left to the collector
            while await asyncio.wait_for(line.read_message(), FAREWELL) is not None:
                pass


async def _heard(peer: Peer, line: WebSocketClientConnection, command: str) -> None:
    try:
        while (said := await asyncio.wait_for(line.read_message(), PATIENCE)) is not None:
            if json.loads(said).get("command") == command:
                return
    except TimeoutError:
        raise Failed(peer, f"did not say {command}") from None
    raise Failed(peer, "cut the line")


@contextmanager
def _served(peer: Peer, page: str) -> Iterator[int]:
    """The port at which a peer serves its project, once it does."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = subprocess.Popen(peer.server(port), cwd=peer.folder, env=environment(peer), stdout=subprocess.DEVNULL)
    try:
        ends = time.monotonic() + READY
        while not _answers(port, page):
            if process.poll() is not None or time.monotonic() > ends:
                raise Failed(peer, "does not serve")
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _answers(port: int, page: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", page)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
