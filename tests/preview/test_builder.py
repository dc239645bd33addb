"""The builder and the indexer by themselves: what cannot be brought about by saving files."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sitegen.preview.builder
import sitegen.preview.server
import sitegen.preview.watcher
from sitegen.build import build
from sitegen.build.run import Options
from sitegen.preview.builder import Attempt, Builder, Indexer, make_indexes
from sitegen.problems import Place, problem
from sitegen.site.model import Site
from tests.support.previews import PATIENCE, awaited
from tests.support.sites import article, write_site

A = "content/news/a/index.vi.md"


@contextmanager
def rebuilding(root: Path, rested: Callable[[], None] = lambda: None) -> Iterator[tuple[Builder, list[Attempt]]]:
    told: list[Attempt] = []
    running = Builder(root, Options(output=root / "output", index=False), told.append, rested)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        yield running, told
    finally:
        running.end()
        thread.join(PATIENCE)
        assert not thread.is_alive()


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
        assert told[1].problems[0].message.startswith("sitegen itself failed at this: ZeroDivisionError: division by")
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
    (kept,) = (root / ".sitegen/search").iterdir()
    made = kept.stat().st_mtime_ns
    assert make_indexes(root, site) == first
    assert kept.stat().st_mtime_ns == made, "it was not made again"
    assert "ja/search/pagefind/pagefind-entry.json" not in first, "where there is nothing to find"
    second = make_indexes(root, written("Gamma."))
    assert entry in second
    assert second != first
    assert not kept.exists(), "what nobody reads any more goes"
    failed = (problem("no-search-index", Place("site.yaml"), lang="vi", detail="it stopped, or took too long"),)
    monkeypatch.setattr("sitegen.build.pagefind.make_index", lambda *_: ({}, failed))
    assert entry not in make_indexes(root, written("Epsilon."))
    assert not [path for path in (root / "output").rglob("*") if "pagefind" in path.name]


def test_one_index_after_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plain_theme: None) -> None:
    """What is wanted while another is made is made then; what fails is tried again, but not at once."""
    root = write_site(tmp_path, {A: article("Một")})
    sites = [build(root, Options(index=False, assembled=True)).site for _ in range(3)]
    go, tried, told = threading.Semaphore(0), [], list[dict[str, bytes]]()

    def make(_: Path, site: Site) -> dict[str, bytes]:
        tried.append(site)
        assert go.acquire(timeout=PATIENCE)
        if len(tried) == 2:
            raise FileNotFoundError
        return {}

    monkeypatch.setattr(sitegen.preview.builder, "make_indexes", make)
    indexer = Indexer(root, told.append)
    indexer.update(None)
    indexer.update(sites[0])
    awaited(lambda: tried)
    indexer.update(sites[1])
    indexer.update(sites[2])
    go.release()
    awaited(lambda: len(tried) == 2)
    go.release()
    awaited(lambda: not indexer._is_busy)
    assert tried == [sites[0], sites[2]], "the newest, once"
    go.release()
    indexer.update(sites[2])
    awaited(lambda: len(told) == 2)
    awaited(lambda: not indexer._is_busy)
    indexer.update(sites[2])
    assert len(tried) == 3
