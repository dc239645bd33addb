"""Parts of the preview by themselves: what cannot be brought about by saving files."""

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
import watchfiles

import sitegen.preview.builder
import sitegen.preview.searching
import sitegen.preview.server
import sitegen.preview.watcher
from sitegen.build import build
from sitegen.build.options import Options
from sitegen.i18n.messages import Words
from sitegen.preview.builder import Attempt, Rebuilding
from sitegen.preview.editors import editor_command
from sitegen.preview.searching import Searching, make_indexes
from sitegen.preview.server import Serving, _called, _listening, serve
from sitegen.preview.visitors import Door, refusal
from sitegen.preview.watcher import watched
from sitegen.problems import Place, problem
from sitegen.site.model import Site
from tests.support.previews import PATIENCE
from tests.support.sites import article, write_site

A = "content/news/a/index.vi.md"


@pytest.mark.parametrize(
    ("environment", "programs", "line", "expected"),
    [
        ({}, "code xdg-open", 7, ["/code", "-g", "/a b.md:7"]),
        ({}, "code", 0, ["/code", "-g", "/a b.md"]),
        ({}, "xdg-open open", 7, ["/xdg-open", "/a b.md"]),
        ({}, "open", 7, ["/open", "/a b.md"]),
        ({}, "", 7, None),
        ({"SITEGEN_EDITOR": "cursor --wait"}, "cursor code", 7, ["/cursor", "--wait", "-g", "/a b.md:7"]),
        ({"SITEGEN_EDITOR": "subl"}, "subl", 7, ["/subl", "/a b.md:7"]),
        ({"SITEGEN_EDITOR": "gvim -p"}, "gvim", 7, ["/gvim", "-p", "+7", "/a b.md"]),
        ({"SITEGEN_EDITOR": "gvim"}, "gvim", 0, ["/gvim", "/a b.md"]),
        ({"SITEGEN_EDITOR": "e --at {line} {path};x"}, "e", 0, ["/e", "--at", "1", "/a b.md;x"]),
        ({"SITEGEN_EDITOR": "vim"}, "vim code", 7, ["/vim", "/a b.md"]),
        ({"SITEGEN_EDITOR": "gone"}, "code", 7, ["/code", "-g", "/a b.md:7"]),
        ({"SITEGEN_EDITOR": "'"}, "code", 7, ["/code", "-g", "/a b.md:7"]),
        ({"VISUAL": "vim"}, "vim code", 7, ["/code", "-g", "/a b.md:7"]),
        ({"VISUAL": "emacs -nw"}, "emacs code", 7, ["/code", "-g", "/a b.md:7"]),
        ({"VISUAL": "emacs"}, "emacs code", 7, ["/emacs", "+7", "/a b.md"]),
        ({"VISUAL": "kate", "SITEGEN_EDITOR": "zed"}, "kate zed", 7, ["/zed", "/a b.md:7"]),
        ({"VISUAL": "kate"}, "kate", 7, ["/kate", "/a b.md"]),
    ],
)
def test_the_editor_of_ones_choice(
    environment: dict[str, str], programs: str, line: int, expected: list[str] | None
) -> None:
    there = {name: f"/{name}" for name in programs.split()}
    assert editor_command(environment, there.get, "/a b.md", line) == expected


def test_who_may_ask_a_preview_that_others_can_reach() -> None:
    open_door = Door(beyond=True, names=frozenset({"desk", "desk.local"}))
    for host in ("desk:8000", "DESK.local.:8000", "192.0.2.7", "[2001:db8::1]:8000", "localhost"):
        assert refusal(open_door, {"Host": host}) == ""
    for host in ("desk.example", "example.org", "192.0.2.7.example", ""):
        assert refusal(open_door, {"Host": host})
    assert refusal(open_door, {"Host": "desk:1", "Origin": "http://desk:1"}, peer="::1", acts=True) == ""
    assert refusal(open_door, {"Host": "desk:1"}, acts=True)


def test_what_a_machine_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _called("localhost", False) == "localhost"
    assert _called("127.0.0.1", False) == "127.0.0.1"
    assert _called("::1", False) == "[::1]"
    assert _called("0.0.0.0", True).count(".") == 3

    def no_network(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(socket.socket, "connect", no_network)
    assert _called("::", True) == "127.0.0.1"


def test_every_address_of_a_name_has_the_same_port(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, 1, 6, "", (f"127.0.0.{number}", 0)) for number in (1, 2, 1)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    sockets = _listening("desk", 0)
    assert [bound.getsockname()[0] for bound in sockets] == ["127.0.0.1", "127.0.0.2"]
    assert len({bound.getsockname()[1] for bound in sockets}) == 1
    for bound in sockets:
        bound.close()


@contextmanager
def rebuilding(root: Path, rested: Callable[[], None] = lambda: None) -> Iterator[tuple[Rebuilding, list[Attempt]]]:
    told: list[Attempt] = []
    running = Rebuilding(root, Options(output=root / "output", index=False), told.append, rested)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        yield running, told
    finally:
        running.end()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def awaited(is_so: Callable[[], Any]) -> None:
    ends = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_files_that_go_away_under_a_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_theme: None) -> None:
    """The builds before it can be made as they should are none."""
    failures: list[OSError] = [FileNotFoundError(2, "No such file or directory", "a.md")] * 2

    def unlucky(*given: Any) -> Any:
        if failures:
            raise failures.pop()
        return build(*given)

    monkeypatch.setattr(sitegen.preview.builder, "build", unlucky)
    with rebuilding(write_site(tmp_path, {A: article("Một")})) as (_, told):
        awaited(lambda: told)
        assert told[0].build
    failures += [PermissionError(13, "Permission denied", "a.md")] * 9
    with rebuilding(tmp_path) as (_, told):
        awaited(lambda: told)
        assert told[0].problems[0].message == "The build broke off: Permission denied (a.md)."
        failures.clear()
        awaited(lambda: told[-1].build)
    failures += [PermissionError(13, "Permission denied", "a.md")] * 9
    with rebuilding(tmp_path) as (_, told):
        awaited(lambda: len(failures) < 7)
    assert told == [], "it was ended between two attempts"


def test_after_a_failed_attempt_the_output_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_theme: None
) -> None:
    """What happened to it meanwhile is mended by the very next build."""
    monkeypatch.setattr(sitegen.preview.builder, "QUIET", 60.0)
    page = tmp_path / "output/vi/news/a/index.html"
    with rebuilding(write_site(tmp_path, {A: article("Một")})) as (running, told):
        awaited(lambda: told)
        write_site(tmp_path, {A: "---\ndate: x\n---\n"}, {})
        running.ask()
        awaited(lambda: told[-1].build is None)
        page.unlink()
        write_site(tmp_path, {A: article("Một")}, {})
        running.ask()
        awaited(lambda: told[-1].build)
        assert page.exists()


def test_a_fault_of_ours_does_not_end_the_preview(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_theme: None
) -> None:
    with rebuilding(write_site(tmp_path, {A: article("Một")})) as (running, told):
        awaited(lambda: told)
        monkeypatch.setattr(sitegen.preview.builder, "build", lambda *_: 1 / 0)
        running.ask()
        awaited(lambda: len(told) > 1)
        assert told[1].problems[0].message == "The build broke off: ZeroDivisionError: division by zero."
        monkeypatch.setattr(sitegen.preview.builder, "build", build)
        awaited(lambda: told[-1].build)


def test_it_looks_once_more_when_all_is_quiet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_theme: None
) -> None:
    """A change that nobody was told of is found."""
    monkeypatch.setattr(sitegen.preview.builder, "QUIET", 0.3)
    rested = threading.Event()
    with rebuilding(write_site(tmp_path, {A: article("Một")}), rested.set) as (running, told):
        awaited(lambda: told)
        write_site(tmp_path, {A: article("Một", "Unseen.")}, {})
        assert rested.wait(PATIENCE)
        assert "Unseen." in (tmp_path / "output/vi/news/a/index.html").read_text("utf-8")
        assert len(told) == 2
        rested.clear()
        assert not rested.wait(1.0), "and then it is quiet"
        running.ask(saved=False)
        assert rested.wait(PATIENCE)
        assert len(told) == 2, "nothing new to tell"


def test_a_build_under_way_ends_with_the_preview(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_theme: None
) -> None:
    begun, ended = threading.Event(), []

    def slow(root: Path, options: Options, report: Callable[[str, int, int], None], *_: Any) -> None:
        begun.set()
        try:
            while True:
                report("parse", 1, 2)
                time.sleep(0.01)
        finally:
            ended.append(True)

    monkeypatch.setattr(sitegen.preview.builder, "build", slow)
    with rebuilding(write_site(tmp_path, {})) as (_, told):
        assert begun.wait(PATIENCE)
    assert ended == [True]
    assert told == []


def test_where_the_system_watches_no_more_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks by itself."""
    real = watchfiles.watch

    def scarce(*places: Path, force_polling: bool | None, **given: Any) -> Any:
        if not force_polling:
            raise OSError(28, "OS file watch limit reached")
        return real(*places, force_polling=True, **{**given, "poll_delay_ms": 20})

    monkeypatch.setattr(sitegen.preview.watcher, "watch", scarce)
    saved = threading.Event()
    on = threading.Semaphore(0)

    def told(*, saved: bool, deleted: bool, seen: threading.Event = saved) -> None:
        if saved:
            seen.set()
        else:
            on.release()

    root = write_site(tmp_path, {A: article("Một")})
    with watched(root, told, poll=False):
        assert on.acquire(timeout=PATIENCE)
        assert on.acquire(timeout=PATIENCE)
        time.sleep(1.1)  # it sees whole seconds only
        write_site(root, {A: article("Một", "Seen.")}, {})
        assert saved.wait(PATIENCE)


def test_where_nothing_can_be_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again and again."""
    tries: list[bool] = []

    def broken(*_: Path, force_polling: bool | None, **__: Any) -> Any:
        tries.append(bool(force_polling))
        raise OSError

    monkeypatch.setattr(sitegen.preview.watcher, "watch", broken)
    monkeypatch.setattr(sitegen.preview.watcher, "PAUSE", 0.01)
    with watched(write_site(tmp_path, {}), lambda *, saved, deleted: None, poll=True):
        awaited(lambda: len(tries) > 10)
    assert all(tries)


def test_the_whole_site_goes_away_and_comes_back(tmp_path: Path) -> None:
    root = write_site(tmp_path / "site", {A: article("Một")})
    asked: list[tuple[bool, bool]] = []
    with watched(root, lambda *, saved, deleted: asked.append((saved, deleted)), poll=False):
        awaited(lambda: len(asked) >= 2)
        shutil.rmtree(root)
        awaited(lambda: any(saved for saved, _ in asked))
        time.sleep(1.0)
        asked.clear()
        write_site(root, {A: article("Một")})
        awaited(lambda: asked)
        time.sleep(1.0)
        asked.clear()
        (root / A).write_text(article("Một", "Seen."), "utf-8")
        awaited(lambda: asked)


def test_what_editors_leave_is_no_change(tmp_path: Path) -> None:
    root = write_site(tmp_path, {A: article("Một")})
    asked: list[bool] = []
    with watched(root, lambda *, saved, deleted: asked.append(saved), poll=False):
        awaited(lambda: len(asked) >= 2)
        time.sleep(0.3)
        asked.clear()
        for name in (".index.vi.md.swp", "index.vi.md~", "#index.vi.md#", ".#index.vi.md", ".git/x"):
            write_site(root, {f"content/news/a/{name}": "x"}, {})
        write_site(root, {"output/x": "x", ".sitegen/x": "x", ".git/x": "x", "README.md": "x"}, {})
        time.sleep(0.5)
        assert asked == []
        write_site(root, {"content/news/a/4913": "x"}, {})
        awaited(lambda: asked)


def test_indexes_are_made_where_texts_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_theme: None
) -> None:
    root = write_site(tmp_path, {A: article("Một", "Alpha beta.")})

    def written(text: str) -> Site:
        write_site(root, {A: article("Một", text)}, {})
        site = build(root, Options(index=False, assembled=True)).site
        assert site
        return site

    site = written("Alpha beta.")
    entry = "vi/search/pagefind/pagefind-entry.json"
    first = make_indexes(root, site)
    made = first[entry].stat().st_mtime_ns
    assert make_indexes(root, site) == first
    assert first[entry].stat().st_mtime_ns == made, "it was not made again"
    assert "ja/search/pagefind/pagefind-entry.json" not in first, "where there is nothing to find"
    second = make_indexes(root, written("Gamma."))[entry]
    assert second.read_bytes() != first[entry].read_bytes() or second != first[entry]
    third = make_indexes(root, written("Delta."))[entry]
    assert third.exists()
    assert not first[entry].exists(), "what nobody reads any more goes"
    failed = (problem("no-search-index", Place("site.yaml"), lang="vi", detail="it stopped, or took too long"),)
    monkeypatch.setattr(sitegen.preview.searching, "make_index", lambda *_: ({}, failed))
    assert entry not in make_indexes(root, written("Epsilon."))
    assert not [path for path in (root / "output").rglob("*") if "pagefind" in path.name]


def test_one_index_after_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_theme: None) -> None:
    """What is wanted while another is made is made then; what fails is tried again, but not at once."""
    root = write_site(tmp_path, {A: article("Một")})
    sites = [build(root, Options(index=False, assembled=True)).site for _ in range(3)]
    go, tried, told = threading.Semaphore(0), [], list[dict[str, Path]]()

    def make(_: Path, site: Site) -> dict[str, Path]:
        tried.append(site)
        assert go.acquire(timeout=PATIENCE)
        if len(tried) == 2:
            raise FileNotFoundError
        return {}

    monkeypatch.setattr(sitegen.preview.searching, "make_indexes", make)
    searching = Searching(root, told.append)
    searching.look(None)
    searching.look(sites[0])
    awaited(lambda: tried)
    searching.look(sites[1])
    searching.look(sites[2])
    go.release()
    awaited(lambda: len(tried) == 2)
    go.release()
    awaited(lambda: not searching._is_busy)
    assert tried == [sites[0], sites[2]], "the newest, once"
    go.release()
    searching.look(sites[2])
    awaited(lambda: len(told) == 2)
    awaited(lambda: not searching._is_busy)
    searching.look(sites[2])
    assert len(tried) == 3


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
    monkeypatch.setattr(sitegen.preview.searching, "make_indexes", indexes)
    root = write_site(tmp_path, {A: article("A")})
    with ThreadPoolExecutor() as pool:  # since a browser's tests leave a loop running here
        running = pool.submit(serve, root, Serving(port=0), Words("en"), lambda what: None)
        assert begun.wait(PATIENCE)
        stops[0].call_soon_threadsafe(stops[1].set)
        running.result(PATIENCE)
    ended.set()
    threads[0].join(PATIENCE)
    assert not threads[0].is_alive()
