"""Fuzzing for hours: `python -m tests.hostile.campaign FOLDER --minutes 180`.

FOLDER/findings gets a folder for each kind of mistake: how it came about, and the smallest site that shows it, which
`--site FOLDER/findings/…/site.json` tries again; `--seed` tries a case with all its steps. FOLDER/log has a line each
time, FOLDER/tally says how many cases were tried. The next campaign in the FOLDER goes on from there.
"""

import argparse
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest

import sitegen.build.run
from sitegen.sources import find
from tests.support.plain_theme import use_plain_theme
from tests.support.quick_templates import use_quick_templates
from tests.support.settled import settle
from tests.support.sites import Content, settings

from .damage import check_damage
from .mutations import BUILT, Files, Vandal, in_bytes, put, real_files, real_sites
from .properties import PATHS, Broken, attempt, check_commands, check_part, check_preview, check_site, compare

BATCH = 150
"""Cases that one process tries."""
TWICE = 10
"""Of so many batches one is tried by two processes with other hash seeds and zones, which must come to the same."""
STEPS, PARTS = 3, 60
MEMORY, LONGEST = 4 << 30, 60
"""Bytes, and seconds for a case."""
PATIENCE = 60
"""Seconds for making one finding smaller."""
See = Callable[[Files], None]
"""Told what is tried next."""


def try_parts(seed: int, see: See) -> str:
    """Texts of one language, changed, and read by themselves."""
    vandal = Vandal(Random(f"parts {seed}"))
    language = vandal.chance.choice([*PATHS])
    real, config = real_files(language), settings()
    for _ in range(PARTS):
        written = vandal.text(language).encode("utf-8", "surrogatepass")
        data = vandal.chance.choice(real)[:8000] if real and vandal.chance.random() < 0.8 else written
        data = vandal.data(data, language)
        see({PATHS[language]: data})
        _quickly(lambda data=data: check_part(language, data, config), 1 + len(data) / 20_000)  # type: ignore[misc]
    return ""


def try_site(seed: int, see: See) -> str:
    """Some steps from a real site, and in the end what a clean build makes of it."""
    vandal = Vandal(Random(f"site {seed}"))
    files = {path: data for path, data in vandal.chance.choice(real_sites())[1].items() if _is_small(data)}
    said, options = hashlib.sha256(), dict[str, Any]()
    with _folder() as folder:
        root, before = folder / "site", Files()
        root.mkdir()
        for _ in range(vandal.chance.randint(1, STEPS)):
            files, options = vandal.site(files), _options(vandal)
            see(files)
            put(root, files, before)
            before = files
            said.update(_check(root, files, **options).encode())
        to_builds = any(isinstance(data, Path) and data.name in BUILT for data in files.values())
        if vandal.chance.random() < 0.5 and not to_builds:  # which a clean folder has not
            put(folder / "clean", files)
            compare(root, folder / "clean", **options)
    return said.hexdigest()


def try_damage(seed: int, see: See) -> str:
    see({})
    with _folder() as folder:
        return check_damage(folder, Vandal(Random(f"damage {seed}")))


def try_theme(seed: int, see: See) -> str:
    """A site with the theme of the package and its search, and all commands."""
    vandal = Vandal(Random(f"theme {seed}"))
    files = vandal.site({path: data for path, data in vandal.chance.choice(real_sites())[1].items() if _is_small(data)})
    see(files)
    with _folder() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sitegen.build.run, "find", find)
        put(folder / "site", files)
        said = _check(folder / "site", files)
        check_preview(folder / "site", vandal)
        check_commands(folder / "site", vandal)
        attempt(folder / "site", keep_going=True, index=True)
    return said


KINDS = (
    try_parts, try_site, try_site, try_parts, try_site, try_damage, try_parts, try_site, try_site, try_parts, try_site,
    try_theme,
)  # fmt: skip


def _is_small(data: Content) -> bool:
    return isinstance(data, Path) or len(data) < 20_000


@contextmanager
def _folder() -> Any:
    """In memory, where there is such a disk."""
    with TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        yield Path(folder)


def _check(root: Path, files: Files, **options: Any) -> str:
    size = sum(len(data) for data in files.values() if not isinstance(data, Path))
    return _quickly(lambda: check_site(root, files, **options), 6 + size / 20_000)


def _options(vandal: Vandal) -> dict[str, Any]:
    """How a site is built: most often as always, sometimes at another moment, or with what waits."""
    if vandal.chance.random() < 0.6:
        return {}
    return {
        "drafts": vandal.chance.random() < 0.3,
        "future": vandal.chance.random() < 0.3,
        "now": vandal.chance.choice(("04/10/2024", "23/11/2026 10:00", "01/01/2999 08:00", "31/12/9998", "02/01/0001")),
    }


def _quickly(work: Callable[[], str], seconds: float) -> str:
    """Do something that should take no longer than that; the first time may, since libraries are read."""
    for _ in range(2):
        before = time.process_time()
        said = work()
        if (spent := time.process_time() - before) < seconds:
            return said
    raise Broken(f"takes {spent:.1f} s, not {seconds:.1f}")


class Late(BaseException):
    """A case takes too long."""


@contextmanager
def _in_time() -> Any:
    """In seconds of the processor, and in far more of the clock: machines are busy, and pipes are waited for."""

    def stop(*_: object) -> None:
        raise Late

    for number in (signal.SIGPROF, signal.SIGALRM):
        signal.signal(number, stop)
    signal.setitimer(signal.ITIMER_PROF, LONGEST)
    signal.alarm(10 * LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.alarm(0)


def kind_of(error: BaseException) -> str:
    """What mistakes of one kind have in common."""
    if isinstance(error, Late):
        return "Late"
    frames = [
        f"{Path(f.filename).name}:{f.name}" for f in traceback.extract_tb(error.__traceback__) if _is_ours(f.filename)
    ]
    said = str(error) if isinstance(error, Broken) else ""
    unforeseen = re.search(
        r"^(?:unforeseen|broken-off|no-memory) .*?(\w*Error)?[^()]*(\([\w.]+:\d+\))?$", said, re.DOTALL
    )
    what = (
        f"unforeseen {unforeseen[1]} {unforeseen[2]}"
        if unforeseen
        else re.sub(r"[0-9.]+", "N", said).partition(":")[0][:40]
    )
    return f"{type(error).__name__} {' '.join(frames[-2:])} {what}"


def _is_ours(filename: str) -> bool:
    return "/sitegen/" in filename or filename.endswith("hostile/properties.py")


class Campaign:
    """`folder`: of findings."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "findings").mkdir(parents=True, exist_ok=True)

    def run(self, minutes: float) -> None:
        """Batches in processes of their own, one after another: what is tried may end a process."""
        ends, tally = time.monotonic() + 60 * minutes, self.folder / "tally"
        start = int(tally.read_text("utf-8")) if tally.exists() else 0
        while time.monotonic() < ends:
            if start // BATCH % TWICE == TWICE - 1:
                said = [self._batch(start, "1", "UTC"), self._batch(start, "2", "Pacific/Honolulu")]
                for seed in sorted(said[0].keys() & said[1].keys()):
                    if said[0][seed] != said[1][seed]:
                        self.note(seed, "differs by hash seed or time zone", {})
            else:
                self._batch(start, "0", "UTC")
            start += BATCH
            tally.write_text(f"{start}\n", "utf-8")

    def _batch(self, start: int, hash_seed: str, zone: str) -> dict[int, str]:
        """What each case came to."""
        said: dict[int, str] = {}
        while start % BATCH or not said:
            command = [sys.executable, "-m", "tests.hostile.campaign", str(self.folder), "--batch", str(start)]
            environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone}
            done = subprocess.run(
                command, env=environment, capture_output=True, encoding="utf-8", errors="replace", check=False
            )
            lines = [line.split() for line in done.stdout.splitlines()]
            said |= {int(line[0]): line[1] if len(line) > 1 else "" for line in lines}
            start = max(said, default=start - 1) + 1
            if done.returncode == 0:
                break
            self.note(start, f"process died: {done.returncode}", {}, done.stderr[-5000:])
            said[start], start = "", start + 1
        return said

    def batch(self, start: int) -> None:
        """In a process of its own; says of each case what it came to when it is over."""
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        prepare()
        for seed in range(start, start // BATCH * BATCH + BATCH):
            said, tried = "", list[Files]()
            try:
                with _in_time():
                    said = KINDS[seed % len(KINDS)](seed, tried.append)
            except (Exception, Late) as error:  # noqa: BLE001 - whatever it is
                words = "".join(traceback.format_exception(error))
                self.note(seed, kind_of(error), tried[-1], words)
            print(seed, said, flush=True)

    def note(self, seed: int, kind: str, files: Files, words: str = "") -> None:
        """Keep a finding, if it is the first of its kind."""
        name = hashlib.sha256(kind.encode("utf-8", "replace")).hexdigest()[:10]
        last = words.rstrip().rpartition("\n")[2][:150]
        with (self.folder / "log").open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(f"{time.strftime('%H:%M')} {seed} {name} {kind}: {last}\n")
        place = self.folder / "findings" / name
        if place.exists():
            return
        place.mkdir()
        (place / "words").write_text(f"--seed {seed}\n{kind}\n{words}", "utf-8", "backslashreplace")
        alone = smallest(files, kind) if files and kind != "Late" else None
        (place / ("site.json" if alone else "site-with-steps.json")).write_text(to_json(alone or files), "utf-8")


def to_json(files: Mapping[str, Content]) -> str:
    """A site as text; what is no UTF-8 is escaped."""

    def said(data: Content) -> Any:
        return (
            {"link": os.fspath(data)} if isinstance(data, Path) else in_bytes(data).decode("utf-8", "surrogateescape")
        )

    return json.dumps({path: said(data) for path, data in files.items()}, indent=1)


def from_json(text: str) -> Files:
    return {
        path: Path(data["link"]) if isinstance(data, dict) else data.encode("utf-8", "surrogateescape")
        for path, data in json.loads(text).items()
    }


def shown(files: Files, kind: str = "") -> str:
    """The kind of mistake that a site shows by itself, or one file of it if it is of such a kind."""
    try:
        with _in_time():
            alone = next((name for name, path in PATHS.items() if "check_part" in kind and [*files] == [path]), None)
            if alone:
                check_part(
                    alone, in_bytes(next(data for data in files.values() if not isinstance(data, Path))), settings()
                )
                return ""
            with _folder() as folder:
                put(folder / "site", files)
                _check(folder / "site", files)
    except (Exception, Late) as error:  # noqa: BLE001 - whatever it is
        return kind_of(error)
    return ""


def smallest(files: Files, kind: str) -> Files | None:
    """The smallest site that shows a kind of mistake by itself, as far as there is time; None when it does not."""
    if not files or shown(files, kind) != kind:
        return None
    ends = time.monotonic() + PATIENCE

    def still(fewer: Files) -> bool:
        return time.monotonic() < ends and bool(fewer) and shown(fewer, kind) == kind

    for path in [*files]:
        fewer = {name: data for name, data in files.items() if name != path}
        files = fewer if still(fewer) else files
    for path, data in [*files.items()]:
        if isinstance(data, Path):
            continue

        def will_do(some: Sequence[bytes], path: str = path, rest: Files = files) -> bool:
            return still({**rest, path: b"".join(some)})

        lines = _fewest(in_bytes(data).splitlines(keepends=True), will_do)
        letters = _fewest([bytes((byte,)) for line in lines for byte in line], will_do)
        files = {**files, path: b"".join(letters)}
    return files


def _fewest(pieces: Sequence[bytes], will_do: Callable[[Sequence[bytes]], bool]) -> Sequence[bytes]:
    size = len(pieces)
    while size > 1:
        size //= 2
        at = 0
        while at < len(pieces):
            fewer = [*pieces[:at], *pieces[at + size :]]
            pieces, at = (fewer, at) if will_do(fewer) else (pieces, at + size)
    return pieces


def prepare() -> None:
    use_plain_theme()
    use_quick_templates()
    settle()


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.hostile.campaign", description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--minutes", type=float, default=30.0)
    asked.add_argument("--batch", type=int, help=argparse.SUPPRESS)
    asked.add_argument("--seed", type=int, help="Try one case.")
    asked.add_argument("--site", type=Path, help="Try a finding.")
    options = asked.parse_args()
    campaign = Campaign(options.folder)
    if options.batch is not None:
        campaign.batch(options.batch)
    elif options.seed is not None:
        prepare()
        print(KINDS[options.seed % len(KINDS)](options.seed, lambda files: None))
    elif options.site is not None:
        prepare()
        with _folder() as folder:
            files = from_json(options.site.read_text("utf-8"))
            put(folder / "site", files)
            print(_check(folder / "site", files))
    else:
        campaign.run(options.minutes)


if __name__ == "__main__":
    main()
