"""A publish that is killed: sitegen beside rsync and rclone, over one line to a real OpenSSH server.

The microsite's two releases differ in one style sheet, so that every page names another. Each tool brings the second
where the first is: once to its end, and then killed at so many moments of that time. After each kill the live site is
looked through, and the tool is run once more.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import psutil
from msgspec import Struct

from sitegen.files import THEME
from tests.support.crawl import Damage, damage, files_below
from tests.support.relay import Relay
from tests.support.sshd import Sshd, sshd

PROJECT = Path(__file__).parents[1]
ADDRESS = "http://localhost:9/"
"""Where nobody answers, so that nothing is read back."""
PROGRAMS = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
STOP = 120.0
"""Seconds after which a tool is ended."""
KNOWN = (
    "-o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=no -o LogLevel=ERROR"
)


HEAD = """\
# Publishes that are killed

Made by `make bench BENCH=--publish`: the microsite's two releases, which differ in one style sheet, so that all of its
86 pages name another, go to a real OpenSSH server over one slow line, by each tool in turn; hosts of rclone and sitegen
have SFTP alone. Each is killed (SIGKILL) at so many moments, evenly over the time that it takes; then the live site is
looked through for pages without what they show (broken), files of neither release (torn) and addresses of both that
are gone, and the tool is run once more.
"""


class Killed(Struct, frozen=True):
    """What came of a tool. Of a run that nobody kills: its `seconds`, whether the release was there then, and how many
    pages it left without what they show. Of each kill: such pages, files torn, addresses gone; whether one more run
    brought the release."""

    title: str
    seconds: float
    is_whole: bool
    left: int
    broken: list[int]
    torn: list[int]
    missing: list[int]
    finished: list[bool]


class Host(Struct, frozen=True):
    """A server, behind a slow line. `root`: what it serves."""

    server: Sshd
    port: int
    root: Path


class Tool(Protocol):
    title: str
    only_sftp: bool
    """Whether the host has no shell, as those that offer SFTP alone."""

    @property
    def program(self) -> str: ...

    def begin(self, host: Host) -> None:
        """The old release is live, and the new one is to come."""

    def command(self, host: Host) -> list[str]: ...

    def environment(self, host: Host) -> dict[str, str]: ...


class Copier:
    """A tool that copies a folder."""

    def __init__(self, title: str, new: Path, old: Path, *command: str, only_sftp: bool = False) -> None:
        self.title, self.only_sftp = title, only_sftp
        self._new, self._old, self._command = new, old, command

    @property
    def program(self) -> str:
        return self._command[0]

    def begin(self, host: Host) -> None:
        shutil.rmtree(host.root, ignore_errors=True)
        shutil.copytree(self._old, host.root)

    def command(self, host: Host) -> list[str]:
        words = {"port": host.port, "key": host.server.key, "user": host.server.user, "root": host.root}
        return [word.format(new=self._new, known=KNOWN, **words) for word in self._command]

    def environment(self, host: Host) -> dict[str, str]:
        return {}


def copiers(old: Path, new: Path) -> list[Copier]:
    rsync = ("-e", "ssh -F none -p {port} -i {key} -o IdentitiesOnly=yes {known}", "{new}/", "{user}@127.0.0.1:{root}/")
    rclone = (
        "--config=/dev/null", "--sftp-host=127.0.0.1", "--sftp-port={port}", "--sftp-user={user}",
        "--sftp-key-file={key}", "--retries=1", "--low-level-retries=1", "{new}", ":sftp:{root}",
    )  # fmt: skip
    return [
        Copier("rsync -a --delete", new, old, "rsync", "-a", "--delete", *rsync),
        Copier(
            "rsync --delete-after --delay-updates", new, old, "rsync", "-a", "--delete-after", "--delay-updates", *rsync
        ),
        Copier("rclone sync", new, old, "rclone", "sync", *rclone, only_sftp=True),
        Copier("rclone sync --checksum", new, old, "rclone", "sync", "--checksum", *rclone, only_sftp=True),
    ]


class Ours:
    """Sitegen, which has published the old release already, and has built the new one."""

    title, only_sftp = "sitegen publish", True

    def __init__(self, site: Path, change: Callable[[Path], None]) -> None:
        self._site, self._change = site, change
        self._before = site.with_name("before")

    @property
    def program(self) -> str:
        return sys.executable

    def begin(self, host: Host) -> None:
        if not self._before.exists():  # the first time
            host.root.mkdir()
            settings = self._site / "site.yaml"
            to = f"sftp://{host.server.user}@127.0.0.1:{host.port}/{host.root}"
            target = f'publish: {{live: {{to: "{to}", host_key: "{host.server.fingerprint}"}}}}\n'
            settings.write_text(f"{settings.read_text('utf-8')}\n{target}", "utf-8")
            subprocess.run(
                self.command(host), env=self.environment(host), check=True, timeout=STOP, capture_output=True
            )
            shutil.copytree(host.root, self._before / "live")
            shutil.copytree(self._site / ".sitegen" / "publish", self._before / "publish")
            self._change(self._site)
            build(self._site)
        for kept, place in (
            (self._before / "live", host.root),
            (self._before / "publish", self._site / ".sitegen/publish"),
        ):
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(kept, place)

    def command(self, host: Host) -> list[str]:
        return [sys.executable, "-m", "sitegen", "publish", "--yes", "--root", str(self._site)]

    def environment(self, host: Host) -> dict[str, str]:
        return {"SITEGEN_LIVE_KEY_FILE": str(host.server.key)}


def measured(moments: int, line: tuple[float, float], tell: Callable[[str], None]) -> list[Killed]:
    """All tools that are there, in turn."""
    with tempfile.TemporaryDirectory(prefix="sitegen-bench-") as folder:
        place = Path(folder)
        old, new = releases(place)
        site = copied(place / "ours")
        found = []
        tools: list[Tool] = [*copiers(old, new), Ours(site, with_another_style)]
        for number, tool in enumerate(tools):
            if shutil.which(tool.program, path=PROGRAMS) is None:
                tell(f"left out: {tool.title}, which is not installed")
                continue
            with hosted(place / f"host-{number}", *line, only_sftp=tool.only_sftp) as host:
                found.append(killed(tool, host, (files_below(old), files_below(new)), moments, tell))
        return found


def killed(
    tool: Tool, host: Host, files: tuple[dict[str, bytes], dict[str, bytes]], moments: int, tell: Callable[[str], None]
) -> Killed:
    old, new = files
    tool.begin(host)
    started = time.perf_counter()
    run(tool, host)
    seconds = time.perf_counter() - started
    found = damage(files_below(host.root), old, new, ADDRESS)
    made = Killed(tool.title, round(seconds, 1), has(host, new), pages(found), [], [], [], [])
    for number in range(1, moments + 1):
        tool.begin(host)
        run(tool, host, seconds * number / (moments + 1))
        found = damage(files_below(host.root), old, new, ADDRESS)
        made.broken.append(pages(found))
        made.torn.append(len(found.torn))
        made.missing.append(len(found.missing))
        run(tool, host)
        made.finished.append(has(host, new))
        tell(f"{tool.title}: killed {number} of {moments} times")
    return made


def pages(found: Damage) -> int:
    """How many are broken."""
    return len({entry.partition(" ")[0] for entry in found.broken})


def has(host: Host, new: dict[str, bytes]) -> bool:
    """Whether the release is live; what older pages need may be there too."""
    live = files_below(host.root)
    return all(live.get(path) == data for path, data in new.items())


def run(tool: Tool, host: Host, until: float = STOP) -> None:
    """A tool with all that it starts, killed after so many seconds; what it asked the host for has come to an end."""
    process = subprocess.Popen(
        tool.command(host),
        env={**os.environ, "PATH": PROGRAMS, **tool.environment(host)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with suppress(subprocess.TimeoutExpired):
        process.wait(until)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    end = time.monotonic() + 30
    while psutil.Process(host.server.pid).children() and time.monotonic() < end:
        time.sleep(0.02)


def releases(place: Path) -> tuple[Path, Path]:
    """Two folders of files; those that are the same are of one time, as a tool that builds leaves them."""
    site = copied(place / "site")
    build(site)
    old, new = place / "old", place / "new"
    shutil.copytree(site / "output", old, ignore=shutil.ignore_patterns(".sitegen*"))
    with_another_style(site)
    build(site)
    shutil.copytree(site / "output", new, ignore=shutil.ignore_patterns(".sitegen*"))
    return old, new


def copied(site: Path) -> Path:
    """The microsite, at an address of its own."""
    for name in ("content", "assets", "layouts"):
        if (PROJECT / name).exists():
            shutil.copytree(PROJECT / name, site / name)
    lines = (PROJECT / "site.yaml").read_text("utf-8").split("\npublish:")[0]
    address = next(line for line in lines.splitlines() if line.startswith("base_url:"))
    (site / "site.yaml").write_text(lines.replace(address, f"base_url: {ADDRESS}"), "utf-8")
    return site


def with_another_style(site: Path) -> None:
    """A rule more in a style sheet that every page has."""
    style = site / "assets" / "css" / "type.css"
    style.parent.mkdir(parents=True, exist_ok=True)
    style.write_bytes((THEME / "assets" / "css" / "type.css").read_bytes() + b"\n.another { color: #0b5d57; }\n")


def build(site: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "sitegen", "build", "--root", site], check=True, timeout=STOP, capture_output=True
    )


@contextmanager
def hosted(folder: Path, delay: float, rate: float, *, only_sftp: bool) -> Iterator[Host]:
    folder.mkdir()
    with sshd(folder / "run", folder, only_sftp=only_sftp) as server, Relay(server.port, None, delay, rate) as line:
        yield Host(server, line.port, folder / "live")


def table(found: list[Killed], machine: str) -> str:
    """As Markdown, for benchmarks/publishing.md and for whoever asked."""
    head = (
        "|  | whole | sitegen ÷ it | broken after a kill | at worst | torn | gone | finished by the next run |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    )
    ours = next((one.seconds for one in found if one.title == Ours.title), 0)
    return "\n".join([HEAD, f"{machine}.\n", *head, *(_row(one, ours) for one in found)]) + "\n"


def _row(one: Killed, ours: float) -> str:
    times = len(one.broken)
    whole = (
        f"{one.seconds:.1f} s" if one.is_whole else f"{one.seconds:.1f} s: **not published**, {one.left} pages broken"
    )
    ratio = f"{ours / one.seconds:.2f}" if ours and one.is_whole and one.seconds else "–"
    broken, torn, gone = (sum(map(bool, counts)) for counts in (one.broken, one.torn, one.missing))
    cells = [
        one.title,
        whole,
        ratio,
        f"{broken} of {times}",
        f"{max(one.broken, default=0)} pages",
        str(torn),
        str(gone),
    ]
    return f"| {' | '.join(cells)} | {sum(one.finished)} of {times} |"
