"""Hosts that refuse, fill up, lack or lie, and lines that break: what is left is whole, and authors are told."""

from pathlib import Path

import pytest

from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.ssh import session
from sitegen.publish.targets.staged.target import StagedTarget
from sitegen.publish.targets.target import HELD, INCOMING, Full, Refused, Unreachable
from tests.support.sftp_host import PASSWORD, Manners, sftp_host
from tests.support.targets import QuickClock, files_in, over_sftp, publish, upload

pytestmark = [pytest.mark.posix, pytest.mark.usefixtures("home")]

POSIX_RENAME = frozenset({b"posix-rename@openssh.com"})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "www").mkdir()
    return tmp_path / "www"


def at(host: Manners, *, clock: QuickClock | None = None, claims: Path | None = None) -> StagedTarget:
    secrets = Secrets("live", {"SITEGEN_LIVE_PASSWORD": PASSWORD})
    return over_sftp(host.port, secrets, host.fingerprint, clock=clock, claims=claims, user="web")


def test_what_is_held_takes_two_round_trips(root: Path) -> None:
    with sftp_host(root, Manners()) as host:
        with at(host) as target:
            publish(target, {HELD: b"h" * 270_000})
        host.delay, host.rounds = 0.05, 0
        host.requests.clear()
        with at(host) as target:
            before = host.rounds
            assert before == 1  # what it can do, right after the login
            assert target.read(HELD) == b"h" * 270_000
        assert host.rounds - before == 3  # nobody waits for the last
        assert host.requests == ["extended", "open", *["read"] * 16, "close"]


def test_a_host_without_a_rename_that_replaces(root: Path) -> None:
    host = Manners()
    host.without = POSIX_RENAME
    with sftp_host(root, host), at(host) as target:
        publish(target, {"index.html": "1"})
        with target.claim(None, 0) as facts:
            assert not facts.replaces
        publish(target, {"index.html": "2", "a/b": "1"})
    assert files_in(root) == {"index.html": b"2", "a/b": b"1"}


def test_a_host_that_lies_about_exclusive_create(root: Path) -> None:
    host, clock = Manners(), QuickClock()
    host.lies = True
    with sftp_host(root, host), at(host, clock=clock) as target:
        with target.claim(None, 0) as facts:
            assert not facts.excludes
        assert 3.0 in clock.slept
        publish(target, {"index.html": "1"})
    assert files_in(root) == {"index.html": b"1"}


def test_a_host_that_folds_case(root: Path) -> None:
    host = Manners()
    host.folds = True
    with sftp_host(root, host), at(host) as target:
        publish(target, {"Anh/Foto.JPG": "1", "Anh/other": "1"})
        with target.claim(None, 0) as facts:
            assert not facts.tells_case
            states = dict(target.put([upload("anh/foto.jpg", "2")]))
            assert [*target.place(["anh/foto.jpg"])] == ["anh/foto.jpg"]
            assert target.list()["anh/foto.jpg"] == states["anh/foto.jpg"]
    assert files_in(root) == {"anh/foto.jpg": b"2", "anh/other": b"1"}


def test_a_host_that_is_full(root: Path) -> None:
    host = Manners()
    with sftp_host(root, host), at(host) as target:
        publish(target, {"index.html": "1"})
        host.room = host.written + 1_500
        with target.claim(None, 0), pytest.raises(Full) as error:
            list(target.put([upload(f"{number}.html", "x" * 400) for number in range(10)]))
        assert error.value.problem.code == "host-full"
        assert files_in(root) == {"index.html": b"1"}
        host.room = None
        publish(target, {f"{number}.html": "x" * 400 for number in range(10)})


def test_a_host_that_refuses_one_file(root: Path) -> None:
    host = Manners()
    host.refuses = lambda kind, path: kind == "rename" and path.endswith("b.html")
    with sftp_host(root, host), at(host) as target, target.claim(None, 0):
        assert len(dict(target.put([upload(f"{name}.html", "x") for name in "abc"]))) == 3
        with pytest.raises(Refused) as error:
            list(target.place(["b.html"]))
    assert error.value.problem.code == "host-refused"
    assert "Permission denied (./b.html)" in error.value.problem.message
    assert len(host.logins) == 1
    assert files_in(root) == {}


@pytest.mark.parametrize("gap", [67, 300])
def test_a_line_that_breaks_again_and_again(root: Path, gap: int) -> None:
    """At every n-th request; nothing is lost, and what has come is not sent again."""
    files = {f"{number % 5}/{number}.html": f"{number}" * 50 for number in range(60)}
    host = Manners()
    host.drops = frozenset(range(gap, 3_000, gap))
    with sftp_host(root, host), at(host) as target:
        target.read(HELD)
        states = publish(target, files)
        publish(target, {HELD: "held"}, removed=["0/0.html"])
        listed = target.list()
    del files["0/0.html"], states["0/0.html"]
    assert files_in(root) == {path: data.encode() for path, data in files.items()}
    assert listed == states
    assert host.connections > 1
    assert [*(root / INCOMING).iterdir()] == []


def test_a_host_that_is_gone_for_good(root: Path) -> None:
    clock, host = QuickClock(), Manners()
    with sftp_host(root, host):
        target = at(host, clock=clock).__enter__()
        assert target.read(HELD) is None
    before = clock.now()
    with pytest.raises(Unreachable) as error:
        target.read(HELD)
    assert error.value.problem.code == "host-unreachable"
    assert clock.slept[:6] == [1, 2, 4, 8, 16, 32]
    assert 300 <= clock.now() - before < 340
    with pytest.raises(Unreachable):  # at once
        target.read(HELD)
    assert clock.now() - before < 340
    target.__exit__()


def test_a_host_that_never_was_there(root: Path) -> None:
    clock, host = QuickClock(), Manners()
    with sftp_host(root, host):
        pass
    with pytest.raises(Unreachable), at(host, clock=clock):
        pass
    assert clock.slept == [1, 2, 4, 8]


def test_a_request_at_which_the_host_always_hangs_up(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "TRIES", 3)
    host, clock = Manners(), QuickClock()
    with sftp_host(root, host), at(host, clock=clock) as target:
        target.read(HELD)
        host.drops = frozenset(range(len(host.requests) + 1, 10_000, 2))  # but for what is asked at first each time
        with pytest.raises(Unreachable):
            target.read(HELD)
        assert host.connections == 3


def test_a_host_that_answers_no_more(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "ANSWER", 0.2)
    monkeypatch.setattr(session, "START", 0.2)
    host = Manners()
    with sftp_host(root, host), at(host) as target:
        target.read(HELD)
        host.delay = 3_600
        with pytest.raises(Unreachable):
            target.read(HELD)
        assert host.connections > 3


def test_a_host_that_prints_at_login(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "START", 0.5)
    for text in (b"Welcome to our server!\n", b"Hi\n"):
        host = Manners()
        host.prints = text
        with sftp_host(root, host), pytest.raises(Refused) as error, at(host):
            pass
        assert error.value.problem.code == "no-sftp"
        assert host.connections == 1


def test_a_host_without_sftp(root: Path) -> None:
    host = Manners()
    host.no_sftp = True
    with sftp_host(root, host), pytest.raises(Refused) as error, at(host):
        pass
    assert error.value.problem.code == "no-sftp"
