"""Builds measured: seconds, processors' time, memory, and the limits of both."""

import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

import psutil

from .peers import Failed, Peer
from .results import US, Figures

SETTLED = 3.0
"""Seconds after which no build takes a source for one that may still be changing."""

STOP = 1800.0
"""Seconds after which a build is ended: nothing here may go on for ever."""

CLOCK = Path(__file__).with_name("clock.py")

LOADED = """\
import runpy, sys
sys.argv = ["sitegen", "build"]
try:
    runpy.run_module("sitegen", run_name="__main__")
except SystemExit:
    specs = {name: getattr(module, "__spec__", None) for name, module in sys.modules.items()}
    print(*(name for name, spec in specs.items() if spec and spec.name == name), file=sys.stderr)
"""

Tell = Callable[[str], None]


class Spent(NamedTuple):
    """Seconds of a build, and of processors' time in all its processes."""

    seconds: float
    processors: float


class Contest:
    """Peers in turn, and what was measured of each. One that fails is left out from then on, unless it is ourselves."""

    def __init__(self, peers: Sequence[Peer], tell: Tell) -> None:
        self.peers, self.tell = list(peers), tell
        self.figures: Figures = {}
        self.left_out: dict[str, str] = {}

    def each(self, what: str, measured: Callable[[Peer], Iterable[tuple[str, float]]]) -> None:
        """Note what is measured of each peer, by step."""
        for peer in list(self.peers):
            self.tell(f"{peer.title}: {what}")
            try:
                for step, figure in measured(peer):
                    self.note(peer.name, step, figure)
            except Failed as error:
                self.leave_out(error)
            except OSError as error:
                self.leave_out(Failed(peer, str(error)))

    def note(self, name: str, step: str, figure: float) -> None:
        self.figures.setdefault(name, {}).setdefault(step, []).append(figure)

    def leave_out(self, error: Failed) -> None:
        if error.peer.name == US:
            raise error
        self.tell(f"left out: {error}")
        self.left_out[error.peer.name] = str(error)
        self.figures.pop(error.peer.name, None)
        self.peers = [peer for peer in self.peers if peer.name != error.peer.name]

    @property
    def us(self) -> Peer:
        return next(peer for peer in self.peers if peer.name == US)


def build(peer: Peer) -> Spent:
    command = [sys.executable, str(CLOCK), str(STOP), *peer.command()]
    with TemporaryFile() as said:
        done = subprocess.run(
            command, cwd=peer.folder, env=environment(peer), check=False, stdout=subprocess.PIPE, stderr=said
        )
        if done.returncode:
            said.seek(0)
            lines = b"".join(deque(said, 5)).decode(errors="replace")
            raise Failed(peer, f"ended with status {done.returncode}: {lines.strip()}")
    return Spent(*json.loads(done.stdout))


def afresh(peer: Peer) -> Spent:
    """A build by a machine that knows nothing of the site."""
    peer.forget()
    return build(peer)


def peak(peer: Peer) -> float:
    """The most memory that a cold build's processes have at one time, what they share counted once (PSS), in
    megabytes."""
    peer.forget()
    most, started, quiet = 0, time.perf_counter(), subprocess.DEVNULL
    with subprocess.Popen(
        peer.command(), cwd=peer.folder, env=environment(peer), stdout=quiet, stderr=quiet
    ) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            most = max(most, sum(map(_memory, [root, *root.children(recursive=True)])))
            time.sleep(0.02)
            if time.perf_counter() - started > STOP:
                process.kill()
    if process.returncode:
        raise Failed(peer, f"ended with status {process.returncode}")
    return round(most / 1e6, 1)


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def environment(peer: Peer) -> dict[str, str]:
    return {**os.environ, **peer.environment}


def loaded(us: Peer) -> list[str]:
    """The libraries, Python's own among them, that a build of ours imports."""
    command = [sys.executable, "-c", LOADED]
    made = subprocess.run(command, cwd=us.folder, check=True, timeout=STOP, capture_output=True, encoding="utf-8")
    names = made.stderr.splitlines()[-1].split()
    return [name for name in names if name.partition(".")[0] != "sitegen"]


def limit(module: str, us: Peer, *libraries: str) -> float:
    """The seconds that a process needs which does only what a build cannot do without."""
    command = [sys.executable, "-m", f"benchmarks.{module}", str(us.folder / "content"), *libraries]
    started = time.perf_counter()
    subprocess.run(command, check=True, timeout=STOP)
    return round(time.perf_counter() - started, 3)
