"""The generators in turn, A B A B, on one corpus."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence

import psutil

from .addresses import counted, wanted
from .corpus import corpus, newest
from .peers import Peer
from .preview import previewed
from .results import LIMIT, MEMORY, SAVED_BODY, SOON, US, Figures, Files

SETTLED = 3.0
"""Seconds after which no build takes a source for one that may still be changing."""

STOP = 1800.0
"""Seconds after which a build is ended: nothing here may go on for ever."""

SLOW_ROUNDS = 3
"""So many rounds at most for slow peers."""

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


def prepare(peers: Sequence[Peer], count: int, tell: Tell) -> Files:
    """Prepare and build every project. All must have written all articles, lists, tag pages and feeds."""
    for peer in peers:
        peer.prepare()
    for article in corpus(count):
        for peer in peers:
            peer.add(article)
    kinds, files = wanted(count), {}
    for peer in peers:
        tell(f"{peer.title}: first build")
        build(peer)
        sizes = peer.written()
        missing = sorted(set().union(*kinds.values()) - sizes.keys())
        if missing:
            sys.exit(f"{peer.title} did not write {missing[0]} and {len(missing) - 1} more of what it should")
        files[peer.name] = counted(sizes, kinds) | {"megabytes": round(sum(sizes.values()) / 1e6)}
    return files


def measured(peers: Sequence[Peer], count: int, rounds: int, tell: Tell) -> Figures:
    """Seconds by peer and step, and megabytes of memory. A slow peer is asked for a cold build alone."""
    figures: Figures = {name: {} for name in (*(peer.name for peer in peers), LIMIT)}
    us = next(peer for peer in peers if peer.name == US)
    time.sleep(SETTLED)
    libraries = loaded(us)
    for number in range(1, rounds + 1):
        for peer in peers:
            if peer.slow and number > SLOW_ROUNDS:
                continue
            tell(f"{peer.title}: round {number} of {rounds}")
            for step, seconds in _cold(peer) if peer.slow else _steps(peer, count, number):
                figures[peer.name].setdefault(step, []).append(seconds)
        limits = {"cold": _limit("markdown_alone", us), "nothing changed": _limit("nothing_done", us, *libraries)}
        for step, seconds in limits.items():
            figures[LIMIT].setdefault(step, []).append(seconds)
    for name, step, seconds in previewed(peers, count, rounds, tell):
        figures[name].setdefault(step, []).append(seconds)
    if SAVED_BODY in figures[US]:
        figures[LIMIT][SAVED_BODY] = [SOON]
    for peer in peers:
        tell(f"{peer.title}: memory")
        peer.forget()
        figures[peer.name][MEMORY] = [peak(peer)]
    return figures


def _cold(peer: Peer) -> Iterator[tuple[str, float]]:
    peer.forget()
    yield "cold", build(peer)


def _steps(peer: Peer, count: int, number: int) -> Iterator[tuple[str, float]]:
    """A cold build, and builds after changes, which are taken back at the end."""
    source, layout = peer.source(newest(count)), peer.folder / peer.layout
    text, markup = source.read_text("utf-8"), layout.read_text("utf-8")
    yield from _cold(peer)
    if peer.remembers:
        time.sleep(SETTLED)
        build(peer)
    yield "nothing changed", build(peer)
    edited = f"{text}\nRound {number}.\n"
    source.write_text(edited, "utf-8")
    yield "one body", build(peer)
    title = text.splitlines()[1]
    source.write_text(edited.replace(title, f"{title} {number}", 1), "utf-8")
    yield "one title", build(peer)
    layout.write_text(markup.replace("<body", f'<body data-round="{number}"', 1), "utf-8")
    yield "base layout", build(peer)
    source.write_text(text, "utf-8")
    layout.write_text(markup, "utf-8")


def build(peer: Peer) -> float:
    """The seconds that a build takes."""
    started = time.perf_counter()
    subprocess.run(peer.command(), cwd=peer.folder, check=True, timeout=STOP, stdout=subprocess.DEVNULL)
    return round(time.perf_counter() - started, 3)


def peak(peer: Peer) -> float:
    """The most memory that a build's processes have at one time, what they share counted once (PSS), in megabytes."""
    most, started = 0, time.perf_counter()
    with subprocess.Popen(peer.command(), cwd=peer.folder, stdout=subprocess.DEVNULL) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            most = max(most, sum(map(_memory, [root, *root.children(recursive=True)])))
            time.sleep(0.02)
            if time.perf_counter() - started > STOP:
                process.kill()
    if process.returncode:
        sys.exit(f"{peer.title} failed")
    return round(most / 1e6, 1)


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def loaded(us: Peer) -> list[str]:
    """The libraries, Python's own among them, that a build of ours imports when nothing has changed."""
    build(us)
    command = [sys.executable, "-c", LOADED]
    made = subprocess.run(command, cwd=us.folder, check=True, timeout=STOP, capture_output=True, encoding="utf-8")
    names = made.stderr.splitlines()[-1].split()
    return [name for name in names if name.partition(".")[0] != "sitegen"]


def _limit(module: str, us: Peer, *libraries: str) -> float:
    """The seconds that a process needs which does only what a build cannot do without."""
    command = [sys.executable, "-m", f"benchmarks.{module}", str(us.folder / "content"), *libraries]
    started = time.perf_counter()
    subprocess.run(command, check=True, timeout=STOP)
    return round(time.perf_counter() - started, 3)
