"""`make bench`: the generators in turn, A B A B, on a memory file system where there is one."""

import argparse
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median

import psutil

from .corpus import corpus
from .peers import Hugo, Peer, Sitegen

MEMORY = Path("/dev/shm")
SETTLED = 3.0
"""Seconds after which no build takes a source for one that may still be changing."""

LIMITS = {"cold": "markdown", "nothing changed": "nothing"}
"""What a step is held against (benchmarks.limits)."""

Figures = dict[tuple[str, str], list[float]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[1000], help="articles in each language")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("results.md"))
    arguments = parser.parse_args()
    parts = [_heading(arguments.rounds)]
    for count in arguments.articles:
        with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
            peers = [Sitegen(Path(folder, "sitegen")), Hugo(Path(folder, "hugo"))]
            parts.append(_table(count, _measured(peers, count, arguments.rounds)))
    arguments.output.write_text("\n".join(parts), encoding="utf-8")
    print("\n".join(parts))


def _measured(peers: Sequence[Peer], count: int, rounds: int) -> Figures:
    """Seconds, and mebibytes of memory, by peer and step."""
    for peer in peers:
        peer.prepare(corpus(count))
    _check_addresses(peers, count)
    time.sleep(SETTLED)
    figures: Figures = {}
    for number in range(rounds):
        for peer in peers:
            for step, change in _steps(peer, number):
                change()
                if step == "nothing changed":
                    time.sleep(SETTLED)
                    _build(peer)
                figures.setdefault((peer.name, step), []).append(_build(peer))
        for step, limit in LIMITS.items():
            figures.setdefault(("limit", step), []).append(_limit(limit, peers[0].folder / "content"))
    for peer in peers:
        peer.forget()
        figures[peer.name, "peak memory"] = [_peak(peer)]
    return figures


def _check_addresses(peers: Sequence[Peer], count: int) -> None:
    """All peers must have written the same articles."""
    wanted = {article.address for article in corpus(count)}
    for peer in peers:
        _build(peer)
        if peer.addresses() != wanted:
            sys.exit(f"{peer.name} did not write the articles that were asked for")


def _steps(peer: Peer, number: int) -> Iterator[tuple[str, Callable[[], object]]]:
    path = peer.source(next(corpus(1)))
    text = path.read_text("utf-8")
    title = text.partition("\n")[2].partition("\n")[0]
    layout = peer.folder / peer.layout
    yield "cold", peer.forget
    yield "nothing changed", lambda: None
    yield "one body", lambda: path.write_text(f"{text}\nRound {number}.\n", "utf-8")
    yield "one title", lambda: path.write_text(text.replace(title, f"title: Round {number}"), "utf-8")
    plain = layout.read_text("utf-8")
    yield "base layout", lambda: layout.write_text(plain.replace("<body", f'<body data-round="{number}"', 1), "utf-8")
    path.write_text(text, "utf-8")
    layout.write_text(plain, "utf-8")


def _build(peer: Peer) -> float:
    started = time.perf_counter()
    subprocess.run(peer.command(), cwd=peer.folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _limit(limit: str, folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-m", "benchmarks.limits", limit, folder], check=True)
    return time.perf_counter() - started


def _peak(peer: Peer) -> float:
    """The most memory that a build's processes have at one time, what they share counted once (PSS)."""
    most = 0
    with subprocess.Popen(peer.command(), cwd=peer.folder, stdout=subprocess.DEVNULL) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            most = max(most, sum(map(_memory, [root, *root.children(recursive=True)])))
            time.sleep(0.02)
    return most / 2**20


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def _heading(rounds: int) -> str:
    return (
        "# Sitegen beside its peers\n\n"
        f"Made by `make bench`: medians of {rounds} rounds, all generators in turn, "
        f"{psutil.cpu_count()} cores, Python {platform.python_version()}. Ratios are to Hugo's cold build.\n"
        "Limits: markdown-it-py alone parsing the same bodies in as many processes; a process that imports the same "
        "libraries and stats every source.\n"
    )


def _table(count: int, figures: Figures) -> str:
    names = list(dict.fromkeys(name for name, _ in figures if name != "limit"))
    lines = [
        f"## {count:,} articles × 3 languages\n",
        f"| | {' | '.join(names)} | limit | sitegen ÷ Hugo | sitegen ÷ limit |",
        f"|---|{'---:|' * (len(names) + 3)}",
    ]
    for step in dict.fromkeys(step for _, step in figures):
        unit, base = ("MB", "peak memory") if step == "peak memory" else ("s", "cold")
        shown = [_shown(figures.get((name, step)), unit) for name in (*names, "limit")]
        own, limit = median(figures["sitegen", step]), figures.get(("limit", step))
        ratios = [f"{own / median(figures['hugo', base]):.2f}", f"{own / median(limit):.2f}" if limit else "–"]
        lines.append(f"| {' | '.join([step, *shown, *ratios])} |")
    return "\n".join(lines) + "\n"


def _shown(values: list[float] | None, unit: str) -> str:
    if values is None:
        return "–"
    return f"{median(values):.0f} MB" if unit == "MB" else f"{median(values):.2f} s"


main()
