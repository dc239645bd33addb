"""A folder over SFTP as a target, on a real OpenSSH server."""

import os
from pathlib import Path

import pytest

from sitegen.files import digest
from sitegen.publish.targets.target import HELD, INCOMING, Changed, Refused, Upload
from tests.support.sshd import Sshd, sshd
from tests.support.targets import files_in, publish, sftp_at, upload

pytestmark = pytest.mark.posix


def test_files_come_and_go(openssh: Sshd) -> None:
    (openssh.folder / "foreign.txt").write_text("theirs", "utf-8")
    first: dict[str, str | bytes] = {
        "index.html": "one", "vi/tin-tuc/index.html": "hai", "ja/報道/気候/a b.png": b"\0" * 3_000_000, "empty": ""
    }  # fmt: skip
    with sftp_at(openssh, openssh.folder.name) as target:
        assert target.read(HELD) is None
        states = publish(target, first)
        listed = target.list()
        assert {path: listed[path] for path in first} == states
        assert set(listed) == {*first, "foreign.txt"}
        publish(target, {"index.html": "two", HELD: b"h" * 1_000_000}, removed=["vi/tin-tuc/index.html", "never/was"])
        assert target.read(HELD) == b"h" * 1_000_000
        assert target.read("index.html") == b"two"
    assert files_in(openssh.folder) == {
        "index.html": b"two", "ja/報道/気候/a b.png": b"\0" * 3_000_000, "empty": b"", "foreign.txt": b"theirs"
    }  # fmt: skip
    assert not (openssh.folder / "vi").exists()
    assert [path.name for path in (openssh.folder / ".sitegen").iterdir() if path.name != "incoming"] == [
        "manifest.json.gz"
    ]
    assert [*(openssh.folder / INCOMING).iterdir()] == []


@pytest.mark.parametrize("size", [0, 1, 32_767, 32_768, 32_769, 524_287, 524_288, 524_289, 2_000_000])
def test_every_size_comes_back(openssh: Sshd, size: int) -> None:
    data = os.urandom(size)
    with sftp_at(openssh, openssh.folder.name) as target:
        publish(target, {"a": data})
        assert target.read("a") == data


def test_many_files_in_many_folders(openssh: Sshd) -> None:
    files = {f"{number % 7}/{number % 30}/{number}.html": str(number) * 100 for number in range(400)}
    with sftp_at(openssh, str(openssh.folder)) as target:
        assert publish(target, files) == target.list()
        publish(target, {}, removed=files)
    assert [path.name for path in openssh.folder.iterdir()] == [".sitegen"]


def test_what_waits_is_not_sent_again(openssh: Sshd, tmp_path: Path) -> None:
    source = tmp_path / "a.css"
    source.write_bytes(b"body {}")
    sent = Upload("a.css", digest(b"body {}"), 7, source)
    with sftp_at(openssh, openssh.folder.name) as target, target.claim(None, 0):
        states = dict(target.put([sent]))
    source.unlink()  # so it could not be read again
    with sftp_at(openssh, openssh.folder.name) as target, target.claim(None, 0):
        assert dict(target.put([sent])) == states
        assert [*target.place(["a.css"])] == ["a.css"]
        assert target.list() == states


def test_a_file_that_is_not_what_the_build_wrote(openssh: Sshd, tmp_path: Path) -> None:
    source = tmp_path / "a.css"
    source.write_bytes(b"bOdy {}")
    with sftp_at(openssh, openssh.folder.name) as target, target.claim(None, 0):
        with pytest.raises(Changed):
            list(target.put([Upload("a.css", digest(b"body {}"), 7, source)]))
        assert [*(openssh.folder / INCOMING).iterdir()] == []


def test_links_are_not_followed(openssh: Sshd, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "index.html").write_text("theirs", "utf-8")
    (openssh.folder / "vi").symlink_to(outside)
    (openssh.folder / "page.html").symlink_to(outside / "index.html")
    with sftp_at(openssh, openssh.folder.name) as target:
        assert target.list() == {"vi": "link", "page.html": "link"}
        with target.claim(None, 0):
            assert len(dict(target.put([upload("vi/index.html", "ours"), upload("page.html", "ours")]))) == 2
            with pytest.raises(Refused) as error:
                list(target.place(["vi/index.html"]))
            assert error.value.problem.code == "in-the-way-there"
            assert [*target.place(["page.html"])] == ["page.html"]
            assert [*target.remove(["vi/index.html"])] == ["vi/index.html"]
    assert (outside / "index.html").read_text("utf-8") == "theirs"
    assert not (openssh.folder / "page.html").is_symlink()


def test_a_root_that_is_a_link(openssh: Sshd, tmp_path: Path) -> None:
    link = openssh.folder.with_name(f"{openssh.folder.name}-link")
    link.symlink_to(openssh.folder)
    with sftp_at(openssh, link.name) as target:
        publish(target, {"index.html": "x", "a/b": "x"})
        publish(target, {}, removed=["index.html"])
        assert [*target.list()] == ["a/b"]
    assert files_in(openssh.folder) == {"a/b": b"x"}


def test_folders_and_files_in_the_way(openssh: Sshd) -> None:
    (openssh.folder / "full" / "inner").mkdir(parents=True)
    (openssh.folder / "empty").mkdir()
    (openssh.folder / "file").write_text("theirs", "utf-8")
    with sftp_at(openssh, openssh.folder.name) as target, target.claim(None, 0):
        assert len(dict(target.put([upload(path, "ours") for path in ("full", "empty", "file/index.html")]))) == 3
        assert [*target.place(["empty"])] == ["empty"]
        for path in ("full", "file/index.html"):
            with pytest.raises(Refused) as error:
                list(target.place([path]))
            assert error.value.problem.code == "in-the-way-there"
    assert files_in(openssh.folder) == {"empty": b"ours", "file": b"theirs"}


def test_a_folder_that_is_not_there(openssh: Sshd) -> None:
    with sftp_at(openssh, "no/such") as target:
        assert target.read(HELD) is None
        with pytest.raises(Refused) as error:
            target.list()
        assert (error.value.problem.code, error.value.problem.arguments["folder"]) == ("no-target-folder", "no/such")
        with pytest.raises(Refused) as error, target.claim(None, 0):
            pass
        assert error.value.problem.code == "no-target-folder"
    assert not (openssh.folder.parent / "no").exists()


def test_names_that_are_no_utf8(openssh: Sshd) -> None:
    Path(os.fsdecode(os.fsencode(openssh.folder) + b"/caf\xe9.txt")).touch()
    with sftp_at(openssh, openssh.folder.name) as target:
        assert [*target.list()] == ["caf\udce9.txt"]


def test_readers_may_read_whatever_the_umask(openssh: Sshd, tmp_path: Path) -> None:
    with sshd(tmp_path / "run", openssh.folder, umask="077") as server, sftp_at(server) as target:
        publish(target, {"a/b.html": "x"})
    assert (openssh.folder / "a").stat().st_mode & 0o777 == 0o755
    assert (openssh.folder / "a/b.html").stat().st_mode & 0o777 == 0o644


def test_facts_of_openssh(openssh: Sshd) -> None:
    with sftp_at(openssh, openssh.folder.name) as target, target.claim(None, 0) as facts:
        assert (facts.replaces, facts.excludes, facts.tells_case, facts.tells_forms) == (True, True, True, True)
        assert sorted(path.name for path in (openssh.folder / ".sitegen").iterdir()) == ["incoming", "lock"]
