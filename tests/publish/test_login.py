"""Who logs in, and what is said when the host does not want that; nobody tries twice."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import asyncssh
import pytest

from sitegen.problems import Place
from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.sftp import SftpDisk
from sitegen.publish.targets.ssh.refusals import Destination, refusal
from sitegen.publish.targets.ssh.session import Session
from sitegen.publish.targets.staged.folders import Where
from sitegen.publish.targets.staged.loop import Clock
from sitegen.publish.targets.staged.target import StagedTarget
from sitegen.publish.targets.target import HELD, Refused, Unreachable
from tests.support.sftp_host import PASSWORD, Manners, sftp_host
from tests.support.targets import PLACE, over_sftp

pytestmark = [pytest.mark.posix, pytest.mark.usefixtures("home")]


class Person:
    """Somebody at a terminal."""

    def __init__(self, *answers: str | None) -> None:
        self.answers, self.asked = [*answers], list[str]()

    def __call__(self, question: str) -> str | None:
        self.asked.append(question)
        return self.answers.pop(0)


def at(host: Manners, person: Person | None = None, /, **variables: str) -> StagedTarget:
    environment = {f"SITEGEN_LIVE_{name.upper()}": value for name, value in variables.items()}
    return over_sftp(host.port, Secrets("live", environment, person), host.fingerprint, user="web")


@pytest.fixture
def key(tmp_path: Path) -> asyncssh.SSHKey:
    return asyncssh.generate_private_key("ssh-ed25519")


@pytest.mark.parametrize("by_questions", [False, True])
def test_a_password_of_the_environment_or_of_somebody(tmp_path: Path, by_questions: bool) -> None:
    host = Manners()
    host.by_questions = by_questions
    with sftp_host(tmp_path, host):
        with at(host, password=PASSWORD) as target:
            assert target.read(HELD) is None
        person = Person(PASSWORD)
        with at(host, person) as target:
            target.read(HELD)
            host.open[-1].abort()
            target.read(HELD)  # over another connection, without another question
    assert person.asked == ["web@127.0.0.1"]
    assert host.logins == [("web", PASSWORD)] * 3


@pytest.mark.parametrize("by_questions", [False, True])
def test_a_wrong_password_is_told_once(tmp_path: Path, by_questions: bool) -> None:
    host = Manners()
    host.by_questions = by_questions
    with sftp_host(tmp_path, host), pytest.raises(Refused) as error, at(host, password="wrong-one"):
        pass
    assert host.logins == [("web", "wrong-one")]
    assert error.value.problem.code == "login-refused"
    assert error.value.problem.place == PLACE
    assert "wrong-one" not in str(error.value.problem)
    assert host.connections == 1


def test_nobody_knows_the_password(tmp_path: Path) -> None:
    with sftp_host(tmp_path, Manners()) as host:
        for person in (None, Person(None)):
            with pytest.raises(Refused), at(host, person):
                pass
    assert host.logins == []


def test_who_is_asked_may_leave(tmp_path: Path) -> None:
    def leave(question: str) -> str | None:
        raise KeyboardInterrupt

    with sftp_host(tmp_path, Manners()) as host:
        target = over_sftp(host.port, Secrets("live", {}, leave), host.fingerprint, user="web")
        with pytest.raises(KeyboardInterrupt), target:
            pass
    assert host.logins == []


def test_a_key_of_the_environment(tmp_path: Path, home: Path, key: asyncssh.SSHKey) -> None:
    host = Manners()
    host.client_keys = (key,)
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(home / ".ssh/id_ed25519")  # which would not do
    key.write_private_key(tmp_path / "key")
    with sftp_host(tmp_path, host), at(host, key_file=str(tmp_path / "key")) as target:
        assert target.read(HELD) is None
    assert host.logins == [("web", "key")] * len(host.logins)
    assert len(host.logins) <= 2  # it is asked whether that one would do, then it is used


@pytest.mark.filterwarnings("ignore:.*bcrypt.kdf")  # few rounds are quick
@pytest.mark.parametrize("place", ["environment", "home", "config"])
def test_a_key_with_a_passphrase(tmp_path: Path, home: Path, key: asyncssh.SSHKey, place: str) -> None:
    host = Manners()
    host.client_keys = (key,)
    file = home / ".ssh/id_ed25519" if place == "home" else home / "key"
    key.write_private_key(file, passphrase="open sesame", rounds=1)
    if place == "config":
        (home / ".ssh/config").write_text("Host *\n    IdentityFile ~/key\n", "utf-8")
    variables = {"key_file": str(file)} if place == "environment" else {}
    with sftp_host(tmp_path, host):
        person = Person("open sesame")
        with at(host, person, **variables) as target:
            assert target.read(HELD) is None
        assert [question.rpartition("/")[2] for question in person.asked] == [file.name]
        with at(host, passphrase="open sesame", **variables) as target:
            assert target.read(HELD) is None
        with pytest.raises(Refused) as error, at(host, passphrase="wrong-one", **variables):
            pass
        assert error.value.problem.code == ("unusable-key" if place == "environment" else "login-refused")
        assert "wrong-one" not in error.value.problem.message


@pytest.mark.parametrize("text", [None, "PuTTY-User-Key-File-3: ssh-ed25519\n", ""])
def test_keys_that_cannot_be_used(tmp_path: Path, text: str | None, key: asyncssh.SSHKey) -> None:
    file = tmp_path / "key.ppk"
    if text is not None:
        file.write_text(text, "utf-8")
    host = Manners()
    host.client_keys = (key,)
    with sftp_host(tmp_path, host), pytest.raises(Refused) as error, at(host, key_file=str(file)):
        pass
    assert (error.value.problem.code, error.value.problem.arguments["file"]) == ("unusable-key", str(file))


def test_a_user_of_ssh_config(tmp_path: Path, home: Path) -> None:
    with sftp_host(tmp_path, Manners()) as host:
        text = f"Host embassy\n    HostName 127.0.0.1\n    Port {host.port}\n    User web\n"
        (home / ".ssh/config").write_text(text, "utf-8")
        secrets = Secrets("live", {"SITEGEN_LIVE_PASSWORD": PASSWORD})
        session = Session(Destination("embassy", 0, "", PLACE), host.fingerprint, secrets, Clock())
        with StagedTarget(SftpDisk(session), Where(".", "./.sitegen", PLACE)) as target:
            assert target.read(HELD) is None


def test_ssh_config_that_cannot_be_understood(tmp_path: Path, home: Path) -> None:
    (home / ".ssh/config").write_text("Port many\n", "utf-8")
    with sftp_host(tmp_path, Manners()) as host, pytest.raises(Refused) as error, at(host, password=PASSWORD):
        pass
    assert error.value.problem.code == "bad-ssh-config"


def test_a_host_that_hangs_up(tmp_path: Path) -> None:
    host = Manners()
    host.hangs_up = True
    with sftp_host(tmp_path, host), pytest.raises(Unreachable) as error, at(host, password=PASSWORD):
        pass
    assert error.value.problem.hint.startswith("It hangs up before it says anything")


XSERVER, SAKURA, OTHER = "sv1234.xserver.jp", "web.sakura.ne.jp", "www.example.org"


@pytest.mark.parametrize(
    ("error", "host", "port", "code", "hint"),
    [
        (asyncssh.PermissionDenied("Permission denied"), OTHER, 22, "login-refused", "Look at the user's name"),
        (asyncssh.PermissionDenied("Permission denied"), SAKURA, 22, "login-refused", "国外IPアドレスフィルタ"),
        (asyncssh.PermissionDenied("Permission denied"), XSERVER, 10022, "login-refused", "SITEGEN_LIVE_KEY_FILE"),
        (
            asyncssh.DisconnectError(2, "Too many authentication failures"), OTHER, 22, "login-refused",
            "SITEGEN_LIVE_KEY_FILE",
        ),
        (asyncssh.ConnectionLost("Connection lost"), SAKURA, 22, "host-unreachable", "国外IPアドレスフィルタ"),
        (asyncssh.ConnectionLost("Connection lost"), XSERVER, 10022, "host-unreachable", "SSH設定"),
        (asyncssh.ConnectionLost("Connection lost"), OTHER, 22, "host-unreachable", "wait for an hour"),
        (ConnectionRefusedError(111, "x"), XSERVER, 0, "host-unreachable", "sftp://web@sv1234.xserver.jp:10022/"),
        (ConnectionRefusedError(111, "x"), XSERVER, 10022, "host-unreachable", "Look at the line"),
        (TimeoutError(), OTHER, 22, "host-unreachable", "Look at the line"),
        (socket.gaierror(-2, "Name or service not known"), OTHER, 22, "host-unreachable", "on line"),
        (asyncssh.ProtocolError("x"), OTHER, 22, "host-refused", "Look at what"),
    ],
)  # fmt: skip
def test_what_is_said_of_hosts(error: Exception, host: str, port: int, code: str, hint: str) -> None:
    told = refusal(error, Destination(host, port, "web", Place("site.yaml"), "SITEGEN_LIVE_KEY_FILE"))
    assert told.problem.code == code
    assert hint in told.problem.hint
    assert isinstance(told, Unreachable if code == "host-unreachable" else Refused)
    assert refusal(told, Destination(host, port, "web", Place("site.yaml"))) is told


def test_nothing_is_printed_when_a_line_breaks(tmp_path: Path) -> None:
    """By asyncio or asyncssh, which tell of it in a process where nobody has set up logging."""
    code = f"""
import sys, os
from pathlib import Path
from tests.support.sftp_host import *
from tests.publish.test_login import at
from tests.support.targets import publish
host = Manners()
host.drops = frozenset(range(60, 3000, 60))
with sftp_host(Path({str(tmp_path)!r}), host), at(host, password=PASSWORD) as target:
    publish(target, {{f"{{number}}.html": "x" * 1000 for number in range(20)}})
import gc; gc.collect()
"""
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONWARNDEFAULTENCODING": ""}
    said = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, env=environment)
    assert (said.returncode, said.stdout, [line for line in said.stderr.splitlines() if b"sftp_host" in line]) == (
        (0, b"", [])
    )
    assert said.stderr == b""
