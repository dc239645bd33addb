"""The watcher: what cannot be brought about by saving files."""

import errno
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import watchfiles

import sitegen.preview.watcher
from sitegen.preview.watcher import watched
from tests.support.previews import PATIENCE, awaited
from tests.support.sites import SETTINGS, Content, article, write_site

A = "content/news/a/index.vi.md"


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


DRAFT, LINK = "drafts/b.vi.md", "content/news/b.vi.md"
TO_FILE, TO_FOLDER = Path("../../drafts/b.vi.md"), Path("../drafts")


@pytest.mark.parametrize("poll", [False, True])
def test_where_links_lead(tmp_path: Path, poll: bool) -> None:
    """Whatever is saved, put in the place of another, or taken away; also by way of links that are made meanwhile."""
    files: dict[str, Content] = {A: article("Một"), DRAFT: article("Hai"), "drafts/c/d.vi.md": article("Ba")}
    root = write_site(tmp_path, files)
    asked: list[bool] = []

    def seen(act: Callable[[], object]) -> None:
        time.sleep(1.1 if poll else 0.4)  # polling sees whole seconds only
        asked.clear()
        act()
        awaited(lambda: any(asked))

    def replace() -> None:
        (root / "drafts/x").write_text(article("Hai", "Replaced."), "utf-8")
        (root / "drafts/x").replace(root / DRAFT)

    with watched(root, lambda *, saved, deleted: asked.append(saved), poll=poll):
        awaited(lambda: len(asked) >= 2)
        seen(lambda: (root / LINK).symlink_to(TO_FILE))
        seen(lambda: (root / DRAFT).write_text(article("Hai", "Saved."), "utf-8"))
        if poll:
            return
        seen(replace)
        seen(lambda: (root / DRAFT).write_text(article("Hai", "Saved again."), "utf-8"))
        seen((root / DRAFT).unlink)
        seen(lambda: (root / DRAFT).write_text(article("Hai", "Back."), "utf-8"))
        seen(lambda: (root / "content/events").symlink_to(TO_FOLDER))
        seen(lambda: (root / "drafts/c/d.vi.md").write_text(article("Ba", "Saved."), "utf-8"))
        seen(lambda: (root / "drafts/c/e.vi.md").write_text(article("Bốn"), "utf-8"))
        seen(lambda: (root / "drafts").rename(root / "away"))
        seen(lambda: write_site(root, {"drafts/c/d.vi.md": article("Ba", "Another.")}, {}))
        seen(lambda: (root / "drafts/c/d.vi.md").write_text(article("Ba", "Yet another."), "utf-8"))


def test_a_site_that_is_reached_by_a_link(tmp_path: Path) -> None:
    """As are all temporary folders on macOS, which tells of changes by real paths."""
    write_site(tmp_path / "Tên thật/site", {A: article("Một")})
    root = tmp_path / "link"
    root.symlink_to("Tên thật/site")
    asked: list[bool] = []

    def seen(act: Callable[[], object]) -> None:
        time.sleep(0.4)
        asked.clear()
        act()
        awaited(lambda: any(asked))

    with watched(root, lambda *, saved, deleted: asked.append(saved), poll=False):
        awaited(lambda: len(asked) >= 2)
        seen(lambda: (root / "site.yaml").write_text(SETTINGS + "page_size: 2\n", "utf-8"))
        seen(lambda: (root / A).write_text(article("Một", "Seen."), "utf-8"))
        seen(lambda: (root / "content").rename(root / "away"))
        seen(lambda: (root / "away").rename(root / "content"))
        seen(lambda: (root / A).write_text(article("Một", "Seen again."), "utf-8"))


def test_names_that_the_disk_spells_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where case and normal forms are one, changes are told by the names that are on the disk."""
    real = watchfiles.watch
    root = write_site(tmp_path, {A: article("Một")})

    def spelt(path: str) -> str:
        folder, _, name = path.rpartition("/")
        return f"{folder}/{name.upper()}" if folder == str(root) else path

    def told(*places: Path, watch_filter: Any, **given: Any) -> Any:
        for changes in real(*places, watch_filter=lambda change, path: watch_filter(change, spelt(path)), **given):
            yield {(change, spelt(path)) for change, path in changes}

    monkeypatch.setattr(sitegen.preview.watcher, "watch", told)
    asked: list[bool] = []
    with watched(root, lambda *, saved, deleted: asked.append(saved), poll=False):
        acts: tuple[Callable[[], object], ...] = (
            lambda: write_site(root, {"site.yaml": SETTINGS + "page_size: 2\n"}, {}),
            lambda: (root / "content").rename(root / "away"),
            lambda: (root / "away").rename(root / "content"),
            lambda: write_site(root, {A: article("Một", "Seen.")}, {}),
        )
        for act in acts:
            time.sleep(0.6)
            asked.clear()
            act()
            awaited(lambda: any(asked))


@pytest.mark.posix
def test_a_folder_that_cannot_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there may be no link to it either, it is not watched, and nothing else fails."""
    root = write_site(Path(os.fsdecode(bytes(tmp_path) + b"/\xff")), {A: article("Một")})
    monkeypatch.setattr(Path, "symlink_to", Mock(side_effect=OSError(errno.EPERM, "A required privilege is not held")))
    failed: list[object] = []
    monkeypatch.setattr(threading, "excepthook", failed.append)
    with watched(root, lambda *, saved, deleted: None, poll=False):
        time.sleep(0.5)
    assert failed == []


def test_settings_that_are_a_link(tmp_path: Path) -> None:
    root = write_site(tmp_path, {"site.yaml": Path("config/mine.yaml"), "config/mine.yaml": SETTINGS}, {})
    asked: list[bool] = []
    with watched(root, lambda *, saved, deleted: asked.append(saved), poll=False):
        time.sleep(0.5)
        asked.clear()
        (root / "config/mine.yaml").write_text(SETTINGS + "page_size: 2\n", "utf-8")
        awaited(lambda: any(asked))


def test_links_that_no_build_follows_are_not_watched(tmp_path: Path) -> None:
    """What a build writes would ask for the next."""
    files: dict[str, Content] = {
        "content/out": Path("../output"),
        "content/page": Path("../output/vi/index.html"),
        "content/itself": Path("itself"),
    }
    root = write_site(tmp_path, files)
    asked: list[bool] = []
    with watched(root, lambda *, saved, deleted: asked.append(saved), poll=False):
        time.sleep(0.5)
        asked.clear()
        write_site(root, {"output/vi/index.html": "x"}, {})
        time.sleep(0.5)
        assert not any(asked)


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


@pytest.mark.parametrize("wild", ["links", "depth"])
def test_a_site_that_cannot_be_walked_through(tmp_path: Path, wild: str) -> None:
    """Thirty folders of which each has two links to the next, or lies in the one before. Where a folder came, the watch
    begins anew, and what is saved meanwhile is told of as what could not be seen."""
    root = write_site(tmp_path, {A: article("Một")})
    if wild == "links":
        links = {f"content/n{n}/l{way}": Path(f"../n{n + 1}") for n in range(30) for way in range(2)}
        write_site(root, {**links, "content/n30/a.txt": ""}, {})
    else:
        (root / "/".join(("content", *"d" * 150))).mkdir(parents=True)
    asked: list[bool] = []
    with watched(root, lambda *, saved, deleted: asked.append(saved), poll=False):
        awaited(lambda: len(asked) >= 2)
        for path in (A, "content/new/b.vi.md", "content/new/c.vi.md"):
            asked.clear()
            write_site(root, {path: article("Seen")}, {})
            awaited(lambda: asked)
            time.sleep(0.5)
