"""Steps on a host that were cut off, refused or answered oddly, one by one."""

import errno
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from sitegen.publish.secrets import Secrets
from sitegen.publish.targets import folder
from sitegen.publish.targets.folder import LocalDisk
from sitegen.publish.targets.sftp import SftpDisk, _entry, _move_in_two
from sitegen.publish.targets.ssh.client import Answers, Client
from sitegen.publish.targets.ssh.host_keys import HostKeys
from sitegen.publish.targets.staged.disk import Entry
from sitegen.publish.targets.target import INCOMING, Refused, Unreachable
from sitegen.system.disk import open_regular
from tests.support.sftp_host import PASSWORD, Manners, sftp_host
from tests.support.targets import PLACE, QuickClock, files_in, folder_at, over_sftp, publish, run_apart, upload

pytestmark = [pytest.mark.posix, pytest.mark.usefixtures("home")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "www").mkdir()
    return tmp_path / "www"


def on_host(root: Path, work: Callable[[SftpDisk], Awaitable[None]], host: Manners) -> None:
    secrets = Secrets("live", {"SITEGEN_LIVE_PASSWORD": PASSWORD})
    with sftp_host(root, host), over_sftp(host.port, secrets, host.fingerprint, user="web") as target:
        disk: Any = target._disk
        target._do(work(disk))  # type: ignore[arg-type]


def test_steps_whose_answers_were_lost(root: Path) -> None:
    """The host takes them and hangs up; they are taken again, which is no mistake."""
    host = Manners()
    for name in ("old", "gone"):
        (root / name).write_text(name, "utf-8")
    (root / "empty").mkdir()

    async def work(disk: SftpDisk) -> None:
        steps: dict[str, Callable[[], Awaitable[object]]] = {
            "rename": lambda: disk.move("old", "new"),
            "remove": lambda: disk.remove("gone"),
            "mkdir": lambda: disk.make_folder("made"),
            "rmdir": lambda: disk.remove_folder("empty"),
            "link": lambda: disk.link("new", "second"),
            "symlink": lambda: disk.point("pointer", "made"),
        }
        client: Any = await disk._session._open()
        for name, step in steps.items():
            handler = client._handler
            method = {"rename": "posix_rename"}.get(name, name)
            real = getattr(handler, method)

            async def cut(*arguments: Any, real: Any = real) -> None:
                await real(*arguments)
                raise asyncssh.SFTPConnectionLost("Connection lost")

            setattr(handler, method, cut)
            await step()
            client = await disk._session._open()

    on_host(root, work, host)
    assert host.connections == 7
    assert (root / "pointer").readlink() == Path("made")
    assert sorted(path.name for path in root.iterdir()) == ["made", "new", "pointer", "second"]


def test_what_is_gone_for_good_is_told(root: Path) -> None:
    async def work(disk: SftpDisk) -> None:
        for step in (disk.remove("none"), disk.move("none", "new"), disk.remove_folder("none"), disk.read("none")):
            with pytest.raises(FileNotFoundError):
                await step
        await disk.make_folder("there")
        with pytest.raises(FileExistsError):
            await disk.make_folder("there")
        with pytest.raises(FileNotFoundError):
            await disk.make_folder("none/below")
        with pytest.raises(FileNotFoundError):
            await disk.create("none/lock", b"x")
        assert await disk.look("none") is None

    on_host(root, work, Manners())


def test_a_lock_of_which_half_was_written_is_taken_away(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    host = Manners()
    host.room = 0

    async def work(disk: SftpDisk) -> None:
        with pytest.raises(OSError, match="Failure") as error:
            await disk.create("lock", b"x")
        assert error.value.errno == errno.ENOSPC

    on_host(root, work, host)

    def fail(file: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        run_apart(LocalDisk().create(f"{root}/lock", b"x"))
    assert [*root.iterdir()] == []


class Client3:
    """What asyncssh's client answers, by name."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.asked = answers, list[str]()

    def __getattr__(self, name: str) -> Any:
        async def answer(*arguments: Any) -> Any:
            self.asked.append(name)
            found = self.answers.get(name)
            found = found.pop(0) if isinstance(found, list) else found
            if isinstance(found, BaseException):
                raise found
            return found

        return answer


NONE, NO = asyncssh.SFTPNoSuchFile("none"), asyncssh.SFTPPermissionDenied("no")


def test_a_move_in_two_steps() -> None:
    def moved(**answers: Any) -> list[str]:
        client: Any = Client3(**answers)
        run_apart(_move_in_two(client, "new", "old"))
        asked: list[str] = client.asked
        return asked

    assert moved() == ["lstat", "remove", "rename"]
    assert moved(remove=NONE) == ["lstat", "remove", "rename"]
    assert moved(rename=[asyncssh.SFTPFailure("there"), None]) == ["lstat", "remove", "rename", "rename"]
    for answers in ({"lstat": NONE}, {"remove": NO}, {"rename": [NO, NO]}, {"rename": [ConnectionError()]}):
        with pytest.raises((asyncssh.SFTPError, ConnectionError)):
            moved(**answers)


@pytest.mark.parametrize(
    ("attrs", "entry"),
    [
        (asyncssh.SFTPAttrs(permissions=0o100644, size=3, mtime=5), Entry("file", 3, 5 * 10**9, 0o644)),
        (asyncssh.SFTPAttrs(permissions=0o040755), Entry("folder", 0, 0, 0o755)),
        (asyncssh.SFTPAttrs(permissions=0o120777), Entry("link", 0, 0, 0o777)),
        (asyncssh.SFTPAttrs(permissions=0o140777), Entry("other", 0, 0, 0o777)),
        (asyncssh.SFTPAttrs(type=asyncssh.FILEXFER_TYPE_REGULAR, size=3, mtime=5), Entry("file", 3, 5 * 10**9)),
        (asyncssh.SFTPAttrs(type=asyncssh.FILEXFER_TYPE_DIRECTORY, size=0), Entry("folder", 0, 0)),
    ],
)
def test_what_lies_there(attrs: asyncssh.SFTPAttrs, entry: Entry) -> None:
    assert _entry(attrs) == entry


async def unasked(do: Callable[[], Any]) -> Any:
    return do()


def test_questions_that_are_no_password() -> None:
    async def ask() -> None:
        answers = Answers(Secrets("live", {"SITEGEN_LIVE_PASSWORD": PASSWORD}), unasked, PLACE)
        client = Client("web", "host", HostKeys("", []), answers)
        assert client.kbdint_auth_requested() == ""
        assert await client.kbdint_challenge_received("", "", "", []) == []
        assert await client.kbdint_challenge_received("", "", "", [("Password", False), ("Code", False)]) is None
        assert await client.kbdint_challenge_received("", "", "", [("Name", True)]) is None

    run_apart(ask())


def test_a_file_that_came_shorter(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Cutting(LocalDisk):
        async def look(self, path: str) -> Entry | None:
            entry = await super().look(path)
            return Entry("file", entry.size - 1, entry.moment) if entry and path.endswith(".part") else entry

    with folder_at(root, disk=Cutting()) as target, target.claim(None, 0), pytest.raises(Unreachable) as error:
        list(target.put([upload("a", "abc")]))
    assert error.value.problem.code == "came-otherwise"
    assert error.value.problem.message == "a has 2 bytes on the host, but 3 were sent."


def test_who_is_interrupted_finishes_what_is_under_way(root: Path) -> None:
    with folder_at(root) as target:
        publish(target, {"a": "1"})

        def be_interrupted() -> None:
            with target.claim(None, 0):
                for number, _ in enumerate(target.put([upload(f"{number}", "x") for number in range(10)])):
                    if number == 2:
                        raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            be_interrupted()
        assert not (root / ".sitegen/lock").exists()
        waiting = [path.name for path in (root / INCOMING).iterdir()]
        assert 3 <= len(waiting) < 10
        assert [name for name in waiting if name.endswith(".part")] == []
    assert files_in(root) == {"a": b"1"}


def test_a_file_that_is_replaced_while_it_is_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As mounted disks tell it (ESTALE of NFS, for one)."""
    (root / "lock").write_text("theirs", "utf-8")
    real, tries = open_regular, list[str]()

    def fail(path: str, flags: int = 0) -> int:
        tries.append(path)
        if len(tries) == 1:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), path)
        return real(path, flags)

    monkeypatch.setattr(folder, "open_regular", fail)
    assert run_apart(LocalDisk().read(f"{root}/lock")) == b"theirs"
    tries.clear()
    assert not run_apart(LocalDisk().create(f"{root}/lock", b"x"))
    assert (root / "lock").read_text("utf-8") == "theirs"


def test_a_lock_that_cannot_be_made(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes away nobody else's."""
    (root / "lock").write_text("theirs", "utf-8")

    def fail(path: str, flags: int = 0) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(folder, "open_regular", fail)
    with pytest.raises(PermissionError):
        run_apart(LocalDisk().create(f"{root}/lock", b"x"))
    assert (root / "lock").exists()


def test_nothing_is_changed_without_a_claim(root: Path) -> None:
    with folder_at(root) as target, pytest.raises(RuntimeError):
        list(target.put([upload("a", "a")]))


def test_folders_that_nobody_may_look_into(root: Path) -> None:
    class Closed(LocalDisk):
        async def scan(self, folder: str) -> Any:
            if folder.endswith(closed):
                raise PermissionError(errno.EACCES, "Permission denied", folder)
            return await super().scan(folder)

    (root / "theirs").mkdir()
    (root / "a").write_text("a", "utf-8")
    closed = "theirs"
    with folder_at(root, disk=Closed()) as target:
        assert [*target.list()] == ["a"]
        closed = "www"
        with pytest.raises(Refused) as error:
            target.list()
    assert error.value.problem.code == "host-refused"


def test_quick_clock_is_quick() -> None:
    clock = QuickClock()
    run_apart(clock.sleep(1_000_000))
    assert clock.slept == [1_000_000]
