"""One publisher at a time, on each kind of host; whoever is dead keeps nobody away."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.staged import claim
from sitegen.publish.targets.staged.loop import Clock
from sitegen.publish.targets.staged.target import StagedTarget
from sitegen.publish.targets.target import Claimed
from sitegen.system.locks import LOCK
from tests.support.sftp_host import PASSWORD, Manners, sftp_host
from tests.support.sshd import Sshd
from tests.support.targets import QuickClock, folder_at, over_sftp, sftp_at, upload

New = Callable[..., StagedTarget]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "www").mkdir()
    return tmp_path / "www"


@pytest.fixture(
    params=["folder", pytest.param("sftp", marks=pytest.mark.posix), pytest.param("liar", marks=pytest.mark.posix)]
)
def new(request: pytest.FixtureRequest, root: Path, home: Path) -> Iterator[New]:
    """Makes a target on one host; the last says yes to every exclusive create."""
    if request.param == "folder":
        yield lambda **words: folder_at(root, **words)
    else:
        host = Manners()
        host.lies = request.param == "liar"
        secrets = Secrets("live", {"SITEGEN_LIVE_PASSWORD": PASSWORD})
        with sftp_host(root, host):
            yield lambda **words: over_sftp(host.port, secrets, host.fingerprint, user="web", **words)


@contextmanager
def lock_of(root: Path, text: str, age: float) -> Iterator[Path]:
    """A claim of somebody, whose last beat was so many seconds ago."""
    (root / ".sitegen").mkdir(exist_ok=True)
    file = root / ".sitegen/lock"
    file.write_text(text, "utf-8")
    moment = time.time_ns() - int(age * 1e9)
    os.utime(file, ns=(moment, moment))
    yield file


def test_the_second_is_told_since_when(new: New, root: Path) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)
    with new() as one, one.claim(None, 0):
        clock = QuickClock()
        with new(clock=clock) as two, pytest.raises(Claimed) as error, two.claim(None, 120):
            pass
        assert error.value.problem.code == "target-in-use"
        assert error.value.since is not None
        assert before < error.value.since < datetime.now(UTC) + timedelta(seconds=5)
        assert 120 <= sum(slept for slept in clock.slept if slept < claim.SETTLE) < 130
    assert not (root / ".sitegen/lock").exists()
    with new() as two, two.claim(None, 0):
        assert (root / ".sitegen/lock").exists()


def test_who_waits_comes_next(new: New, root: Path) -> None:
    class Ends(QuickClock):
        """The other ends while this one waits."""

        async def sleep(self, seconds: float) -> None:
            if seconds == claim.POLL and not over:
                over.append(True)
                await super().sleep(0)
                (root / ".sitegen/lock").unlink()
            await super().sleep(seconds)

    over: list[bool] = []
    with lock_of(root, "somebody 0", 1), new(clock=Ends()) as target, target.claim(None, 10):
        assert over


@pytest.mark.parametrize(("age", "is_over"), [(0, False), (560, False), (640, True), (90_000, True), (-90_000, True)])
@pytest.mark.parametrize("off", [0.0, 86_400.0, -86_400.0])
def test_a_claim_without_a_beat_is_over(new: New, root: Path, age: float, off: float, is_over: bool) -> None:
    """By the host's clock, whatever ours says."""
    clock = QuickClock()
    clock.time = time.time() + off
    with lock_of(root, "somebody 0", age), new(clock=clock) as target:
        if is_over:
            with target.claim(None, 0):
                assert b"somebody" not in (root / ".sitegen/lock").read_bytes()
        else:
            with pytest.raises(Claimed), target.claim(None, 0):
                pass
            assert (root / ".sitegen/lock").read_bytes() == b"somebody 0"
    left = {path.name for path in (root / ".sitegen").iterdir()} - {LOCK}  # which a scanner may look at
    assert left == {"incoming"} | ({"lock"} if not is_over else set())


def test_unlock_ends_the_other(new: New, root: Path) -> None:
    with new() as one, one.claim(None, 0):
        with new() as two:
            assert two.unlock()
            assert not two.unlock()
        clock_moved(one)
        with pytest.raises(Claimed):
            list(one.put([upload("a", "a")]))
    assert not (root / "a").exists()


def clock_moved(target: StagedTarget) -> None:
    """A machine that slept."""
    clock = target._clock
    assert isinstance(clock, QuickClock)
    clock.time += claim.DOUBTFUL + 1


def test_who_slept_and_lost_its_claim_stops(new: New, root: Path) -> None:
    with new() as one, one.claim(None, 0):
        (root / ".sitegen/lock").write_text("another 0", "utf-8")
        clock_moved(one)
        for _ in range(2):
            with pytest.raises(Claimed):
                list(one.put([upload("a", "a")]))
    assert (root / ".sitegen/lock").read_text("utf-8") == "another 0"  # which was not taken away


def test_who_slept_and_kept_it_goes_on(new: New) -> None:
    with new() as one, one.claim(None, 0):
        clock_moved(one)
        assert len(list(one.put([upload("a", "a")]))) == 1


def test_it_beats(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Beats(Clock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(0.01)

    with folder_at(root, clock=Beats()) as target, target.claim(None, 0):
        file = root / ".sitegen/lock"
        os.utime(file, ns=(0, 0))
        ends = time.monotonic() + 10
        while file.stat().st_mtime_ns == 0:
            assert time.monotonic() < ends
            time.sleep(0.01)
        file.write_text("another 0", "utf-8")
        while not target._claim or not target._claim._is_lost:
            assert time.monotonic() < ends
            time.sleep(0.01)
        with pytest.raises(Claimed):
            list(target.put([upload("a", "a")]))


KILLED = """
import os, signal, sys
from pathlib import Path
from typing import Any
from tests.support.targets import *
from sitegen.system.locks import LOCK
from tests.support.sftp_host import *
from sitegen.publish.secrets import Secrets
kind, root, claims, port, fingerprint = sys.argv[1:]
secrets = Secrets("live", {"SITEGEN_LIVE_PASSWORD": PASSWORD})
claims = Path(claims)
if kind == "folder":
    target = folder_at(Path(root), claims=claims)
else:
    target = over_sftp(int(port), secrets, fingerprint, user="web", claims=claims)
with target, target.claim(None, 0):
    print("there", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.posix
@pytest.mark.parametrize("kind", ["folder", "sftp"])
@pytest.mark.parametrize("remembers", [True, False])
def test_one_that_was_killed_here_keeps_nobody_away(
    root: Path, tmp_path: Path, home: Path, kind: str, remembers: bool
) -> None:
    """On a disk of this machine even where nothing is noted here."""
    claims, clock = tmp_path / "claims", QuickClock()
    secrets = Secrets("live", {"SITEGEN_LIVE_PASSWORD": PASSWORD})
    with sftp_host(root, Manners()) as host:
        arguments = [kind, str(root), str(claims), str(host.port), host.fingerprint]
        said = subprocess.run([sys.executable, "-c", KILLED, *arguments], check=False, stdout=subprocess.PIPE)
        assert (said.stdout, said.returncode) == (b"there\n", -signal.SIGKILL)
        assert (root / ".sitegen/lock").exists()
        words: dict[str, Any] = {"claims": claims if remembers else None, "clock": clock}
        target = (
            folder_at(root, **words) if kind == "folder"
            else over_sftp(host.port, secrets, host.fingerprint, user="web", **words)
        )  # fmt: skip
        with target:
            if kind == "sftp" and not remembers:
                with pytest.raises(Claimed), target.claim(None, 0):
                    pass
            else:
                with target.claim(None, 0):
                    assert claim.POLL not in clock.slept
                assert not remembers or [*claims.iterdir()] == []


def test_one_that_was_killed_before_it_wrote_its_name(new: New, root: Path, tmp_path: Path) -> None:
    (tmp_path / "claims" / "0123").mkdir(parents=True)
    with lock_of(root, "", 1), new(claims=tmp_path / "claims") as target, target.claim(None, 0):
        pass
    with lock_of(root, "", 1), new() as target, pytest.raises(Claimed), target.claim(None, 0):
        pass


def counts_up(new: New, file: Path, rounds: int) -> None:
    """Adds one to a number, in a way that loses some when two do so at once."""
    for _ in range(rounds):
        with new(clock=Clock()) as target, target.claim(None, 60):
            number = int(file.read_text("utf-8"))
            time.sleep(0.002)
            file.write_text(str(number + 1), "utf-8")


@pytest.mark.parametrize("kind", ["folder", "openssh"])
def test_two_at_once(
    kind: str, root: Path, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds = 10
    monkeypatch.setattr(claim, "POLL", 0.01)
    if kind == "openssh":
        server: Sshd = request.getfixturevalue("openssh")
        new: New = lambda **words: sftp_at(server, server.folder.name, **words)  # noqa: E731
    else:
        new = lambda **words: folder_at(root, **words)  # noqa: E731
    (file := tmp_path / "number").write_text("0", "utf-8")
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(counts_up, new, file, rounds) for _ in range(2)]:
            done.result()
    assert file.read_text("utf-8") == str(2 * rounds)


@pytest.mark.posix
def test_two_at_once_where_the_host_lies(
    root: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim, "POLL", 0.02)
    monkeypatch.setattr(claim, "SETTLE", 0.15)
    host = Manners()
    host.lies = True
    secrets = Secrets("live", {"SITEGEN_LIVE_PASSWORD": PASSWORD})
    (file := tmp_path / "number").write_text("0", "utf-8")
    with sftp_host(root, host), ThreadPoolExecutor(2) as pool:
        new: New = lambda **words: over_sftp(host.port, secrets, host.fingerprint, user="web", **words)  # noqa: E731
        for done in [pool.submit(counts_up, new, file, 5) for _ in range(2)]:
            done.result()
    assert file.read_text("utf-8") == "10"
