"""A preview that has no file handles left: it waits, says so, and goes on by itself."""

import asyncio
import errno
import http.client
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count, islice, pairwise
from pathlib import Path
from typing import Any, Self
from unittest.mock import Mock

import psutil
import pytest
from tornado.netutil import add_accept_handler

import sitegen.preview.builder
import sitegen.preview.server
import sitegen.preview.watcher
from sitegen.build.output import Output
from sitegen.preview.builder import Indexer
from sitegen.preview.server import _listen
from sitegen.preview.watcher import watched
from sitegen.system.handles import SCARCE
from tests.support.full import in_full
from tests.support.previews import PATIENCE, Preview, awaited, previewed
from tests.support.sites import Content, article, make, write_site

resource = pytest.importorskip("resource")
pytestmark = [
    pytest.mark.posix,
    pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits are set from outside on Linux alone"),
]

A = "content/news/a/index.vi.md"
SITE: dict[str, Content] = {
    A: article("Một", "Alpha. [t](t.txt) ![](p.svg)"),
    "content/news/a/p.svg": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>",
    "content/news/a/t.txt": "text",
    "layouts/x.html": "",
}
CODE = "no-handles"


@contextmanager
def limited(running: Preview, left: int) -> Iterator[None]:
    """Only so many more handles than there are now."""
    pid = running.process.pid
    taken = {int(link.name) for link in Path(f"/proc/{pid}/fd").iterdir()}
    free = (number for number in count() if number not in taken)
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (next(islice(free, left, None)), before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


@contextmanager
def at_rest(running: Preview, seconds: float = 2.0) -> Iterator[None]:
    """What is done here leaves it idle and silent."""
    process, said = psutil.Process(running.process.pid), len("".join(running.said))
    yield
    before, began = sum(process.cpu_times()[:2]), time.monotonic()
    time.sleep(seconds)
    used = sum(process.cpu_times()[:2]) - before
    assert used < 0.4 * (time.monotonic() - began), used
    assert len("".join(running.said)) - said < 3_000, running.said


class Caller:
    """Asks over one connection that is there already."""

    def __init__(self, running: Preview) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE)

    def ask(self, target: str, method: str = "GET", **headers: str) -> tuple[int, str | None, bytes]:
        self._connection.request(method, target, headers=headers)
        answer = self._connection.getresponse()
        return answer.status, answer.getheader("Retry-After"), answer.read()

    def __enter__(self) -> Self:
        self.ask("/vi/")
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def is_changed(running: Preview, text: str) -> None:
    """An edit is shown."""
    running.write(A, article("Một", text))
    running.until("/vi/news/a/", lambda answer: answer.status == 200 and text in answer.text)


def test_very_many_connections(tmp_path: Path) -> None:
    with previewed(write_site(tmp_path, SITE)) as running:
        running.quiet()
        with limited(running, 40):
            with ExitStack() as stack:
                with at_rest(running):
                    for _ in range(100):
                        stack.enter_context(socket.create_connection(("127.0.0.1", running.port), PATIENCE))
                running.write(A, article("Một", "Beta."))
                until_said(running, CODE)
            running.until("/vi/news/a/", lambda answer: answer.status == 200 and "Beta." in answer.text)
            is_changed(running, "Gamma.")
        running.until("/__sitegen/problems", lambda answer: CODE not in answer.text)


def test_without_one_handle(tmp_path: Path) -> None:
    with previewed(write_site(tmp_path, SITE)) as running, Caller(running) as caller:
        running.quiet()
        own = running.address.rstrip("/")
        with limited(running, 0):
            for target in ("/vi/news/a/", "/vi/", "/files/news/a/t.txt", "/__sitegen/desk.js", "/none"):
                assert caller.ask(target)[:2] == (503, "1"), target
            for path in ("site.yaml", "none"):
                assert caller.ask(f"/__sitegen/open?path={path}", "POST", Origin=own)[:2] == (503, "1")
            assert caller.ask("/vi/news/a")[0] == 302
            assert "has no description" in caller.ask("/__sitegen/problems")[2].decode(), "without an excerpt"
            with at_rest(running):
                running.write(A, article("Một", "Beta."))
                until_said(running, CODE)
            assert CODE in caller.ask("/__sitegen/problems")[2].decode()
            with at_rest(running):
                (running.root / "layouts").rename(running.root / "kept")
                time.sleep(1.0)
                (running.root / "kept").rename(running.root / "layouts")
        running.until("/vi/news/a/", lambda answer: answer.status == 200 and "Beta." in answer.text)
        running.until("/__sitegen/problems", lambda answer: CODE not in answer.text)
        is_changed(running, "Gamma.")
        assert caller.ask("/__sitegen/desk.js")[0] == 200
        running.write("layouts/article.html", "Laid anew.")
        running.until("/vi/news/a/", lambda answer: "Laid anew." in answer.text)


def test_folders_that_come_without_handles_are_watched_later(tmp_path: Path) -> None:
    with previewed(write_site(tmp_path, SITE)) as running:
        running.quiet()
        with limited(running, 0):
            running.write("content/news/x/y/index.vi.md", article("Mới", "Alpha."))
            until_said(running, CODE)
        running.until("/vi/news/x/y/", lambda answer: answer.status == 200)
        running.quiet()
        running.quiet()
        running.write("content/news/x/y/index.vi.md", article("Mới", "Beta."))
        running.until("/vi/news/x/y/", lambda answer: "Beta." in answer.text)


@pytest.mark.parametrize("left", [1, in_full(3), 6, in_full(10), 20])
def test_with_few_handles(tmp_path: Path, left: int) -> None:
    """Whatever fails first."""
    with previewed(write_site(tmp_path, SITE)) as running, Caller(running) as caller:
        with limited(running, left), at_rest(running, 1.0):
            running.write(A, article("Một", "Beta."))
            until_said(running, CODE)
            for target in ("/vi/", "/__sitegen/", "/__sitegen/problems", "/vi/news/a/"):
                assert caller.ask(target)[0] in (200, 503)
        is_changed(running, "Gamma.")


def until_said(running: Preview, words: str) -> None:
    ends = time.monotonic() + PATIENCE
    while not any(words in line for line in running.said):
        assert time.monotonic() < ends, running.said
        time.sleep(0.02)


def test_a_search_index_waits_for_handles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_theme: None) -> None:
    """It is made when there are some; where they went meanwhile it is made again when all is quiet."""
    answers, told = [False, False, True, False, True, True, True, True], list[dict[str, bytes]]()
    monkeypatch.setattr(sitegen.preview.builder, "are_left", lambda: answers.pop(0))
    monkeypatch.setattr(sitegen.preview.builder, "PAUSE", 0.01)
    monkeypatch.setattr(sitegen.preview.builder, "make_indexes", lambda root, site: {site.config.base_path: b""})
    site = make(tmp_path, {A: article("Một")}).site
    indexer = Indexer(tmp_path, told.append)
    for times in (1, 2, 2):
        indexer.update(site)
        awaited(lambda: not indexer._is_busy)
        assert len(told) == times
    assert answers == []


@pytest.mark.parametrize(("lacking", "polls"), [(True, {False}), (False, {False, True})])
def test_a_watch_that_cannot_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacking: bool, polls: set[bool]
) -> None:
    """It polls where the system watches no more, but not where there will be handles again."""
    tries: list[bool] = []

    def broken(*_: Path, force_polling: bool | None, **__: Any) -> Any:
        tries.append(bool(force_polling))
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(sitegen.preview.watcher, "watch", broken)
    monkeypatch.setattr(sitegen.preview.watcher, "are_left", lambda: not lacking)
    monkeypatch.setattr(sitegen.preview.watcher, "PAUSE", 0.01)
    with watched(write_site(tmp_path, {}), lambda *, saved, deleted: None, poll=False):
        awaited(lambda: len(tries) > 10)
    assert {*tries} == polls


@pytest.mark.parametrize("code", [*SCARCE, errno.EPERM])
def test_connections_that_cannot_be_accepted(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    """They wait, and are accepted later; nobody asks for them without end."""
    tries: list[float] = []
    accept = socket.socket.accept

    def refuse(listening: socket.socket) -> Any:
        tries.append(time.monotonic())
        if len(tries) < 4:
            raise OSError(code, os.strerror(code))
        return accept(listening)

    async def accepted(listening: socket.socket) -> None:
        came = asyncio.Event()

        def take(connection: socket.socket, _: object) -> None:
            connection.close()
            came.set()

        remove = add_accept_handler(listening, take)
        with socket.create_connection(listening.getsockname()):
            await asyncio.wait_for(came.wait(), PATIENCE)
        listening._resume()  # type: ignore[attr-defined]  # once more, since it may be closed before its time
        remove()

    monkeypatch.setattr(sitegen.preview.server, "PAUSE", 0.1)
    monkeypatch.setattr(socket.socket, "accept", refuse)
    (listening,) = _listen("127.0.0.1", 0)
    with listening:
        if code not in SCARCE:
            with pytest.raises(PermissionError):
                listening.accept()
            return
        with ThreadPoolExecutor() as pool:
            pool.submit(asyncio.run, accepted(listening)).result(PATIENCE)
    assert [later - earlier > 0.09 for earlier, later in pairwise(tries[:4])] == [True] * 3
    listening._resume()  # type: ignore[attr-defined]  # it is closed: nothing happens


def test_whatever_fails_the_output_is_free_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = Output(tmp_path, {}), Output(tmp_path, {})
    first.stage("a.html", b"a")
    with monkeypatch.context() as scarce:
        scarce.setattr(Path, "glob", Mock(side_effect=OSError(errno.EMFILE, "Too many open files")))
        first.abandon()
    second.stage("a.html", b"b")
    second.abandon()
