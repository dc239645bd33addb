"""A site that is exchanged as a whole: a link that moves from release to release."""

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from sitegen.config.targets import TargetSettings
from sitegen.problems import Place
from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.connect import Origin, connect
from sitegen.publish.targets.target import HELD, Refused, Target
from tests.support.sftp_host import PASSWORD, Manners, sftp_host
from tests.support.sshd import Sshd
from tests.support.targets import files_in, publish, upload

pytestmark = pytest.mark.posix
New = Callable[[], Target]


@pytest.fixture(params=["folder", "sftp"])
def new(request: pytest.FixtureRequest, tmp_path: Path, openssh: Sshd) -> tuple[New, Path]:
    """Makes a target, and where it lies."""
    site = tmp_path / "site"
    site.mkdir()
    variables = {}
    if request.param == "folder":
        root = tmp_path / "www"
        settings = TargetSettings("folder:../www", releases=True)
    else:
        root = openssh.folder / "www"
        variables = {"SITEGEN_LIVE_KEY_FILE": str(openssh.key)}
        to = f"sftp://{openssh.user}@127.0.0.1:{openssh.port}/{openssh.folder.name}/www"
        settings = TargetSettings(to, releases=True, host_key=openssh.fingerprint)
    root.mkdir()
    memory = site / ".sitegen/publish/live"
    origin = Origin(site, "live", Place("site.yaml"), memory, Secrets("live", variables))
    return (lambda: connect(settings, origin)), root


def numbers(root: Path) -> list[str]:
    return sorted(path.name for path in root.with_name("www.releases").iterdir() if path.name.isdecimal())


def test_releases_come_and_go(new: tuple[New, Path]) -> None:
    target, root = new
    (root / "foreign").mkdir()
    (root / "foreign/file.txt").write_text("theirs", "utf-8")
    (root / "foreign/link").symlink_to("file.txt")
    for number in range(1, 6):
        with target() as host:
            assert host.is_atomic
            publish(host, {"index.html": f"{number}", "same.css": "same", f"{number}.html": "new", HELD: f"{number}"}
                    if number == 1 else {"index.html": f"{number}", f"{number}.html": "new", HELD: f"{number}"},
                    removed=())  # fmt: skip
            assert host.read(HELD) == f"{number}".encode()
            assert host.list()["index.html"].startswith("1-")
        assert root.is_symlink()
        assert files_in(root) == {
            "index.html": f"{number}".encode(), "same.css": b"same", "foreign/file.txt": b"theirs",
            "foreign/link": b"theirs", **{f"{old}.html": b"new" for old in range(1, number + 1)},
        }  # fmt: skip
        assert (root / "foreign/link").is_symlink()
        assert numbers(root) == [str(one) for one in range(max(0, number - 2), number + 1)][-3:]
    assert (root / "same.css").stat().st_nlink == 3
    assert {path.name for path in root.with_name("www.releases").iterdir() if not path.name.isdecimal()} == {"incoming"}


def test_nothing_shows_before_the_manifest_does(new: tuple[New, Path]) -> None:
    target, root = new
    with target() as host:
        publish(host, {"index.html": "1", "a/old.html": "1", HELD: "1"})
        with host.claim(None, 0):
            wanted = [upload(path, "2") for path in ("index.html", "b/new.html", HELD)]
            assert len(dict(host.put(wanted))) == 3
            assert sorted(host.place(["index.html", "b/new.html"])) == ["b/new.html", "index.html"]
            assert [*host.remove(["a/old.html"])] == ["a/old.html"]
            assert files_in(root) == {"index.html": b"1", "a/old.html": b"1"}
            assert host.read(HELD) == b"1"
        assert files_in(root) == {"index.html": b"1", "a/old.html": b"1"}  # it was cut off
        publish(host, {"index.html": "3", HELD: "3"}, removed=[])
    assert files_in(root) == {"index.html": b"3", "a/old.html": b"1"}
    assert not (root / "b").exists()


def test_one_that_died_when_the_folder_became_a_link(new: tuple[New, Path]) -> None:
    target, root = new
    with target() as host:
        publish(host, {"index.html": "1", HELD: "1"})
    root.rename(root.with_name("www.releases") / "link")
    with target() as host:
        assert host.read(HELD) == b"1"
    assert files_in(root) == {"index.html": b"1"}


def test_removed_files_are_gone_with_the_next_release(new: tuple[New, Path]) -> None:
    target, root = new
    with target() as host:
        publish(host, {"a/b.html": "1", "c.html": "1", HELD: "1"})
        with host.claim(None, 0):
            assert len(dict(host.put([upload(HELD, "2")]))) == 1
            assert [*host.remove(["a/b.html"])] == ["a/b.html"]
            assert [*host.place([HELD])] == [HELD]
    assert files_in(root) == {"c.html": b"1"}
    assert not (root / "a").exists()


def test_readers_meanwhile(new: tuple[New, Path]) -> None:
    """From release to release there is never none, nor a mixture."""
    target, root = new
    over, seen = threading.Event(), set[str]()

    def read() -> None:
        while not over.is_set():
            try:
                folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
            except OSError as error:
                seen.add(str(error))
                continue
            texts = []
            with suppress(FileNotFoundError):  # two releases later: who reads that slowly begins anew
                for name in ("a", "b"):
                    file = os.open(name, os.O_RDONLY, dir_fd=folder)
                    texts.append(os.read(file, 10).decode())
                    os.close(file)
                seen.add("".join(texts))
            os.close(folder)

    with target() as host:
        publish(host, {"a": "0", "b": "0", HELD: "0"})
        reader = threading.Thread(target=read)
        reader.start()
        try:
            for number in range(1, 8):
                publish(host, {"a": f"{number}", "b": f"{number}", HELD: f"{number}"})
        finally:
            over.set()
            reader.join()
    assert {text[:1] for text in seen} <= {*"01234567"}
    assert [text for text in seen if text[0] != text[1]] == []


def test_a_link_of_somebody_else(new: tuple[New, Path], tmp_path: Path) -> None:
    target, root = new
    root.rmdir()
    (tmp_path / "elsewhere").mkdir()
    root.symlink_to(tmp_path / "elsewhere")
    with target() as host, host.claim(None, 0):
        assert len(dict(host.put([upload("a", "a")]))) == 1
        with pytest.raises(Refused) as error:
            list(host.place(["a"]))
    assert error.value.problem.code == "in-the-way-there"
    assert files_in(tmp_path / "elsewhere") == {}


def test_a_host_without_links(tmp_path: Path, home: Path) -> None:
    (tmp_path / "www").mkdir()
    host = Manners()
    host.without = frozenset({b"hardlink@openssh.com"})
    secrets = Secrets("live", {"SITEGEN_LIVE_PASSWORD": PASSWORD})
    with sftp_host(tmp_path, host):
        for folder, code in (("www", "no-links-there"), ("", "no-links-there")):
            settings = TargetSettings(
                f"sftp://web@127.0.0.1:{host.port}/{folder}", releases=True, host_key=host.fingerprint
            )
            origin = Origin(tmp_path, "live", Place("site.yaml"), tmp_path / "memory", secrets)
            with pytest.raises(Refused) as error, connect(settings, origin) as target, target.claim(None, 0):
                pass
            assert error.value.problem.code == code
    assert not (tmp_path / "www").is_symlink()
