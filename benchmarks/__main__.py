"""`make bench`: sitegen beside its peers, on a memory file system where there is one."""

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from .chart import svg
from .corpus import KINDS, Corpus
from .measure import Contest
from .peers import Before, Failed, Peer
from .report import markdown
from .results import INSTALLED, Key, Run, load, save
from .scenes import SCENES, Scene

SHARED_MEMORY = Path("/dev/shm")
FEW = 1000
"""Articles up to which slow peers are measured unasked."""


def main() -> None:
    arguments = _arguments()
    started = time.perf_counter()
    if arguments.publish:
        _publish(arguments)
    else:
        _build(arguments)
    _tell(f"took {(time.perf_counter() - started) / 60:.1f} minutes")


def _build(arguments: argparse.Namespace) -> None:
    """Measure each scene, and keep its results as soon as they are there."""
    results = arguments.output / "results.json"
    done: dict[Key, Run] = {}
    for scene, corpus in _asked(arguments):
        run = _run(scene, corpus, arguments)
        done[run.key] = run
        save(results, load(results) | done)
        _draw(arguments.output)
    _draw(arguments.output)
    print(markdown((done or load(results)).values()))


def _draw(folder: Path) -> None:
    runs = load(folder / "results.json").values()
    (folder / "results.md").write_text(markdown(runs), encoding="utf-8")
    (folder / "results.svg").write_text(svg(runs), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    names = [scene.name for scene in SCENES]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scenes", nargs="*", choices=names, default=names, help="all, if none are named")
    parser.add_argument(
        "--articles", type=int, nargs="*", help="in each language, instead of each scene's own; none: only draw again"
    )
    parser.add_argument("--kinds", nargs="+", choices=KINDS, help="of articles, instead of each scene's own")
    parser.add_argument("--rounds", type=int, help=f"{_rounds(FEW)} up to {FEW:,} articles, else {_rounds(FEW + 1)}")
    parser.add_argument(
        "--peers",
        nargs="*",
        choices=[peer.name for scene in SCENES for peer in scene.peers if peer.slow],
        help=f"besides Hugo; all up to {FEW:,} articles, none for more",
    )
    parser.add_argument("--before", metavar="REVISION", help="sitegen as of this commit, among those as installed")
    parser.add_argument("--publish", action="store_true", help="publishes that are killed, and nothing else")
    parser.add_argument("--moments", type=int, default=12, help="at which each is killed")
    parser.add_argument("--delay", type=float, default=5, help="milliseconds of that line, each way")
    parser.add_argument("--rate", type=float, default=250, help="its kilobytes a second")
    parser.add_argument("--output", type=Path, default=Path(__file__).parent, help="folder of the results")
    arguments = parser.parse_args()
    try:
        _try_output(arguments.output)
    except OSError as error:
        parser.error(f"--output: {error.strerror}: {error.filename}")
    if arguments.before and not _is_commit(arguments.before):
        parser.error(f"--before: there is no commit {arguments.before}")
    return arguments


def _try_output(folder: Path) -> None:
    """See that results can be put there. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass
    for name in ("results.json", "results.md", "results.svg", "publishing.md"):
        if (folder / name).exists():
            (folder / name).open("ab").close()


def _is_commit(revision: str) -> bool:
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}"]
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode == 0


def _rounds(count: int) -> int:
    return 3 if count <= FEW else 2


def _publish(arguments: argparse.Namespace) -> None:
    from .publishing import measured, table  # noqa: PLC0415 - takes what the tests have

    found = measured(arguments.moments, (arguments.delay / 1e3, arguments.rate * 1e3), _tell)
    line = f"{arguments.delay:g} ms each way, {arguments.rate:g} kB/s"
    text = table(found, f"{psutil.cpu_count()} cores, Python {platform.python_version()}, {line}")
    (arguments.output / "publishing.md").write_text(text, encoding="utf-8")
    print(text)


def _asked(arguments: argparse.Namespace) -> Iterator[tuple[Scene, Corpus]]:
    for scene in SCENES:
        if scene.name in (arguments.scenes or [scene.name]):
            sizes = scene.sizes if arguments.articles is None else arguments.articles
            kinds = tuple(kind for kind in KINDS if kind in (arguments.kinds or scene.kinds))
            yield from ((scene, Corpus(size, kinds)) for size in sizes)


def _run(scene: Scene, corpus: Corpus, arguments: argparse.Namespace) -> Run:
    asked, rounds = arguments.peers, arguments.rounds or _rounds(corpus.count)
    classes = [
        peer for peer in scene.peers if not peer.slow or (corpus.count <= FEW if asked is None else peer.name in asked)
    ]
    place = _place(corpus.count * 3 * len(classes) * scene.article + scene.more)
    with tempfile.TemporaryDirectory(prefix="sitegen-bench-", dir=place) as folder:
        peers = [kind(Path(folder, kind.name)) for kind in classes]
        if arguments.before and scene.name == INSTALLED:
            peers.append(_before(arguments.before, Path(folder)))
        contest = _contest(peers, f"{scene.name}, {corpus.count:,} articles")
        files = scene.prepare(contest, corpus)
        scene.measure(contest, corpus, rounds)
    return Run(
        count=corpus.count,
        rounds=rounds,
        machine=f"{psutil.cpu_count()} cores, Python {platform.python_version()}",
        place="on a memory file system" if place else "on a disk",
        versions={peer.name: peer.version() for peer in contest.peers},
        files={peer.name: files[peer.name] for peer in contest.peers},
        figures=contest.figures,
        scene=scene.name,
        kinds=corpus.kinds,
        left_out=contest.left_out,
    )


def _contest(peers: list[Peer], what: str) -> Contest:
    contest = Contest(peers, lambda said: _tell(f"{what}: {said}"))
    for peer in peers:
        if not peer.is_installed():
            contest.leave_out(Failed(peer, "is not installed"))
    return contest


def _before(revision: str, folder: Path) -> Before:
    peer = Before(folder / Before.name)
    peer.check_out(revision, folder)
    return peer


def _place(size: int) -> Path | None:
    """None is the system's own folder for what is temporary."""
    return SHARED_MEMORY if SHARED_MEMORY.is_dir() and shutil.disk_usage(SHARED_MEMORY).free > size else None


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except Failed as error:
        sys.exit(str(error))
