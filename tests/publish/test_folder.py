"""A folder as a target: staged, moved into place, nothing followed, nothing foreign touched."""

import errno
import os
from pathlib import Path

import pytest

from sitegen.files import digest
from sitegen.publish.targets import folder
from sitegen.publish.targets.folder import LocalDisk, locate
from sitegen.publish.targets.target import HELD, INCOMING, Changed, Refused, TargetError, Upload
from sitegen.system.locks import LOCK
from tests.support.folding import fold_below, require_exact
from tests.support.targets import PLACE, files_in, folder_at, publish, run_apart, upload


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "www").mkdir()
    return tmp_path / "www"


def test_files_come_and_go(root: Path) -> None:
    (root / "foreign.txt").write_text("theirs", "utf-8")
    first: dict[str, str | bytes] = {
        "index.html": "one",
        "vi/tin-tuc/index.html": "hai",
        "ja/報道/気候/a b.png": b"\0" * 3_000_000,
        "empty": "",
    }
    with folder_at(root) as target:
        assert target.read(HELD) is None
        states = publish(target, first)
        listed = target.list()
        assert {path: listed[path] for path in first} == states
        assert set(listed) == {*first, "foreign.txt"}
        publish(target, {"index.html": "two", HELD: "held"}, removed=["vi/tin-tuc/index.html", "never/was.html"])
        assert target.read(HELD) == b"held"
        assert target.read("index.html") == b"two"
    assert files_in(root) == {
        "index.html": b"two", "ja/報道/気候/a b.png": b"\0" * 3_000_000, "empty": b"", "foreign.txt": b"theirs"
    }  # fmt: skip
    assert not (root / "vi").exists()
    assert {path.name for path in (root / ".sitegen").iterdir()} - {LOCK} == {"incoming", "manifest.json.gz"}
    assert [*(root / INCOMING).iterdir()] == []


def test_what_waits_is_not_sent_again(root: Path, tmp_path: Path) -> None:
    source = tmp_path / "a.css"
    source.write_bytes(b"body {}")
    sent = Upload("a.css", digest(b"body {}"), 7, source)
    with folder_at(root) as target, target.claim(None, 0):
        states = dict(target.put([sent]))
    source.unlink()  # so it could not be read again
    part = next((root / INCOMING).iterdir())
    part.with_suffix(".part").write_bytes(b"bo")
    with folder_at(root) as target, target.claim(None, 0):
        assert dict(target.put([sent])) == states
        assert [*target.place(["a.css"])] == ["a.css"]
        assert target.list() == states
    assert files_in(root) == {"a.css": b"body {}"}


def test_two_paths_with_one_content_are_two_files(root: Path) -> None:
    with folder_at(root) as target:
        publish(target, {"a": "same", "b": "same"})
    assert files_in(root) == {"a": b"same", "b": b"same"}


def test_leftovers_go_after_a_day(root: Path) -> None:
    with folder_at(root) as target:
        with target.claim(None, 0):
            assert len(dict(target.put([upload("a", "a"), upload("b", "b")]))) == 2
        old, young = sorted((root / INCOMING).iterdir())
        os.utime(old, ns=(0, old.stat().st_mtime_ns - 86_401 * 10**9))
        with target.claim(None, 0):
            assert [*(root / INCOMING).iterdir()] == [young]


@pytest.mark.parametrize(("data", "exists"), [(b"other", True), (b"bOdy {}", True), (b"", False)])
def test_a_file_that_is_not_what_the_build_wrote(root: Path, tmp_path: Path, data: bytes, exists: bool) -> None:
    source = tmp_path / "a.css"
    if exists:
        source.write_bytes(data)
    with folder_at(root) as target:
        publish(target, {"a.css": "before"})
        with target.claim(None, 0), pytest.raises(Changed) as error:
            [*target.put([Upload("a.css", digest(b"body {}"), 7, source)])]
        assert (error.value.problem.code, error.value.problem.place.path) == ("changed-after-build", "a.css")
    assert files_in(root) == {"a.css": b"before"}
    assert [*(root / INCOMING).iterdir()] == []


def test_an_error_ends_what_follows(root: Path, tmp_path: Path) -> None:
    wanted = [upload("a", "a"), Upload("b", digest(b"b"), 1, tmp_path / "none"), upload("c", "c")]
    done = []
    with folder_at(root) as target, target.claim(None, 0):
        states = target.put(wanted)
        done.append(next(states))
        with pytest.raises(Changed):
            next(states)
    assert [path for path, _ in done] == ["a"]
    assert len([*(root / INCOMING).iterdir()]) == 1


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a/../../b", "con", "a:b", "x ", "a\\b", "a\x1bb", ""])
def test_paths_that_no_disk_should_be_asked_for(root: Path, path: str) -> None:
    with folder_at(root) as target, target.claim(None, 0):
        for work in (target.put([upload(path, "x")]), target.remove([path])):
            with pytest.raises(Refused) as error:
                list(work)
            assert error.value.problem.code == "invalid-path"


@pytest.mark.posix
def test_links_are_not_followed(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "index.html").write_text("theirs", "utf-8")
    (root / "vi").symlink_to(outside)
    (root / "page.html").symlink_to(outside / "index.html")
    with folder_at(root) as target:
        assert target.list() == {"vi": "link", "page.html": "link"}
        with target.claim(None, 0):
            assert len(dict(target.put([upload("vi/index.html", "ours"), upload("page.html", "ours")]))) == 2
            with pytest.raises(Refused) as error:
                [*target.place(["vi/index.html"])]
            assert error.value.problem.code == "in-the-way-there"
            assert [*target.place(["page.html"])] == ["page.html"]  # the link itself is replaced
            assert [*target.remove(["vi/index.html"])] == ["vi/index.html"]
    assert (outside / "index.html").read_text("utf-8") == "theirs"
    assert (root / "page.html").read_text("utf-8") == "ours"
    assert not (root / "page.html").is_symlink()


def test_folders_and_files_in_the_way(root: Path) -> None:
    (root / "full" / "inner").mkdir(parents=True)
    (root / "empty").mkdir()
    (root / "file").write_text("theirs", "utf-8")
    with folder_at(root) as target, target.claim(None, 0):
        assert len(dict(target.put([upload(path, "ours") for path in ("full", "empty", "file/index.html")]))) == 3
        assert [*target.place(["empty"])] == ["empty"]
        for path in ("full", "file/index.html"):
            with pytest.raises(Refused) as error:
                [*target.place([path])]
            assert error.value.problem.code == "in-the-way-there"
    assert files_in(root) == {"empty": b"ours", "file": b"theirs"}


@pytest.mark.posix
def test_readers_may_read_whatever_the_umask(root: Path) -> None:
    before = os.umask(0o077)
    try:
        with folder_at(root) as target:
            publish(target, {"a/b.html": "x"})
    finally:
        os.umask(before)
    assert ((root / "a").stat().st_mode & 0o777, (root / "a/b.html").stat().st_mode & 0o777) == (0o755, 0o644)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with folder_at(tmp_path / "ww") as target:
        assert target.read(HELD) is None
        for work in (target.list, lambda: target.claim(None, 0).__enter__()):
            with pytest.raises(Refused) as error:
                work()
            assert (error.value.problem.code, error.value.problem.place) == ("no-target-folder", PLACE)
    assert not (tmp_path / "ww").exists()


@pytest.mark.parametrize("path", [".", "output", "output/x", ".sitegen/x", "content", "assets/www", "layouts/../fonts"])
def test_the_sites_own_folders(tmp_path: Path, path: str) -> None:
    with pytest.raises(Refused) as error:
        locate(path, tmp_path, PLACE)
    assert error.value.problem.code == "own-folder-as-target"


def test_other_folders_seen_from_the_site(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    assert locate("../www", site, PLACE) == f"{tmp_path.resolve().as_posix()}/www"
    assert locate("public", site, PLACE) == f"{site.resolve().as_posix()}/public"


def test_what_a_disk_refuses(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for code, said in {
        errno.ENOSPC: "host-full", errno.EDQUOT: "host-full", errno.EROFS: "host-refused", errno.EACCES: "host-refused",
        errno.EIO: "host-unreachable", errno.EXDEV: "state-on-other-disk",
    }.items():  # fmt: skip
        with folder_at(root) as target, target.claim(None, 0):
            states = target.put([upload("a", "a")])

            def fail(source: str, target: str, code: int = code) -> None:
                raise OSError(code, os.strerror(code), source)

            with monkeypatch.context() as patch:
                patch.setattr(folder, "replace", fail)
                with pytest.raises(TargetError) as error:
                    list(states)
        assert error.value.problem.code == said
    assert files_in(root) == {}


def test_facts_of_this_disk(root: Path) -> None:
    require_exact(root)
    with folder_at(root) as target, target.claim(None, 0) as facts:
        assert (facts.replaces, facts.excludes, facts.tells_case) == (True, True, True)
        assert {path.name for path in (root / ".sitegen").iterdir()} - {LOCK} == {"incoming", "lock"}


def test_names_on_a_disk_that_folds_case(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fold_below(root, monkeypatch)
    with folder_at(root) as target:
        publish(target, {"Anh/Foto.JPG": "1", "Anh/other": "1"})
        with target.claim(None, 0) as facts:
            assert not facts.tells_case
            states = dict(target.put([upload("anh/foto.jpg", "2")]))
            assert [*target.place(["anh/foto.jpg"])] == ["anh/foto.jpg"]
            listed = target.list()
            assert listed["anh/foto.jpg"] == states["anh/foto.jpg"]
            assert sorted(listed) == ["anh/foto.jpg", "anh/other"]
    assert files_in(root) == {"anh/foto.jpg": b"2", "anh/other": b"1"}


def test_local_disk_moves_in_two_steps_where_one_is_refused(root: Path) -> None:
    (root / "a").write_text("a", "utf-8")
    (root / "b").write_text("b", "utf-8")
    run_apart(LocalDisk().move(f"{root}/a", f"{root}/b", replaces=False))
    run_apart(LocalDisk().move(f"{root}/b", f"{root}/c", replaces=False))
    assert files_in(root) == {"c": b"a"}
