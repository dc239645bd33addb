"""`make bench`: sitegen beside its peers, on a memory file system where there is one."""

import argparse
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

import psutil

from .chart import svg
from .measure import measured, prepare
from .peers import PEERS, Peer
from .report import markdown
from .results import Run, load, save

SHARED_MEMORY = Path("/dev/shm")
ARTICLE = 50_000
"""Bytes of disk for a version of an article, its page and its part of the lists, with room to spare."""

FEW = 1000
"""Articles up to which slow peers are measured unasked."""


def main() -> None:
    arguments = _arguments()
    started = time.perf_counter()
    if arguments.publish:
        _publish(arguments)
        _tell(f"took {(time.perf_counter() - started) / 60:.1f} minutes")
        return
    results = arguments.output / "results.json"
    for count in arguments.articles:
        run = _run(count, arguments.rounds or (5 if count <= FEW else 3), arguments.peers)
        save(results, load(results) | {count: run})
    runs = load(results)
    (arguments.output / "results.md").write_text(markdown(runs), encoding="utf-8")
    (arguments.output / "results.svg").write_text(svg(runs), encoding="utf-8")
    print(
        markdown({count: run for count, run in runs.items() if count in arguments.articles or not arguments.articles})
    )
    _tell(f"took {(time.perf_counter() - started) / 60:.1f} minutes")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--articles", type=int, nargs="*", default=[FEW, 10 * FEW], help="in each language; none: only draw again"
    )
    parser.add_argument("--rounds", type=int, help=f"5 up to {FEW:,} articles, else 3")
    parser.add_argument(
        "--peers",
        nargs="*",
        choices=[peer.name for peer in PEERS if peer.slow],
        help=f"besides Hugo; all up to {FEW:,} articles, none for more",
    )
    parser.add_argument("--publish", action="store_true", help="publishes that are killed, and nothing else")
    parser.add_argument("--moments", type=int, default=12, help="at which each is killed")
    parser.add_argument("--delay", type=float, default=5, help="milliseconds of that line, each way")
    parser.add_argument("--rate", type=float, default=250, help="its kilobytes a second")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, help="folder of the results")
    return parser.parse_args()


def _publish(arguments: argparse.Namespace) -> None:
    from .publishing import measured, table  # noqa: PLC0415 - takes what the tests have

    found = measured(arguments.moments, (arguments.delay / 1e3, arguments.rate * 1e3), _tell)
    line = f"{arguments.delay:g} ms each way, {arguments.rate:g} kB/s"
    text = table(found, f"{psutil.cpu_count()} cores, Python {platform.python_version()}, {line}")
    (arguments.output / "publishing.md").write_text(text, encoding="utf-8")
    print(text)


def _run(count: int, rounds: int, asked: list[str] | None) -> Run:
    classes = [peer for peer in PEERS if not peer.slow or (count <= FEW if asked is None else peer.name in asked)]
    place = _place(count * 3 * len(classes) * ARTICLE)
    with tempfile.TemporaryDirectory(prefix="sitegen-bench-", dir=place) as folder:
        peers = _installed([kind(Path(folder, kind.name)) for kind in classes])

        def tell(what: str) -> None:
            _tell(f"{count:,} articles: {what}")

        files = prepare(peers, count, tell)
        figures = measured(peers, count, rounds, tell)
    return Run(
        count=count,
        rounds=rounds,
        machine=f"{psutil.cpu_count()} cores, Python {platform.python_version()}",
        place="on a memory file system" if place else "on a disk",
        versions={peer.name: peer.version() for peer in peers},
        files=files,
        figures=figures,
    )


def _place(size: int) -> Path | None:
    """None is the system's own folder for what is temporary."""
    return SHARED_MEMORY if SHARED_MEMORY.is_dir() and shutil.disk_usage(SHARED_MEMORY).free > size else None


def _installed(peers: list[Peer]) -> list[Peer]:
    for peer in peers:
        if not peer.is_installed():
            _tell(f"left out: {peer.title}, which is not installed")
    return [peer for peer in peers if peer.is_installed()]


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
