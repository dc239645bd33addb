"""A live site is whole at every moment: publishes that are killed, and lines that are cut, on real servers.

After each the live site is looked through; then one run finishes, sends nothing twice, and the next has nothing to do.
"""

import errno
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from sitegen.publish.targets.git import repository
from sitegen.publish.targets.ssh import session
from sitegen.publish.targets.staged.target import UNDER_WAY
from tests.support.crawl import WHOLE, damage, files_below
from tests.support.publisher import Publisher
from tests.support.relay import Relay
from tests.support.sites import SETTINGS, TAGS, article, write_site
from tests.support.sshd import Sshd, sshd

pytestmark = pytest.mark.posix

ADDRESS = "http://127.0.0.1:9/site/"
"""Where nobody answers, so that nothing is read back."""
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(3000)


def texts(release: int) -> dict[str, str | bytes]:
    """A site, and the same with another style sheet, so that every page is another, and with changes of each kind."""
    style = (Path(__file__).parents[1] / "support" / "plain" / "assets" / "css" / "theme.css").read_text("utf-8")
    files: dict[str, str | bytes] = {
        "content/tags.yaml": TAGS,
        "assets/css/theme.css": f"{style}\n.release {{ order: {release}; }}\n",
        "assets/root/humans.txt": f"Release {release}\n",
        "content/news/stays/index.vi.md": article("Ở lại", "Không đổi. [Tải về](data.csv)", tags=["jcm"]),
        "content/news/stays/data.csv": "a,b\n" * (10 * release),
        "content/news/changes/index.vi.md": article("Đổi", f"Bản {release}.", tags=["climate-change"]),
        "content/news/changes/index.ja.md": article("変わる", f"第{release}版。"),
    }
    if release == 1:
        files["content/news/goes/index.vi.md"] = article("Đi", "Sẽ mất.")
        files["content/news/moves/index.vi.md"] = article("Chuyển nhà", "Sẽ chuyển.")
    else:
        files["content/news/moved/index.vi.md"] = article("Đã chuyển", "Đã chuyển.", aliases=["/vi/news/chuyen-nha/"])
        for number in range(3):
            files[f"content/news/new-{number}/index.vi.md"] = article(f"Mới {number}", "[Tải về](more.csv)")
            files[f"content/news/new-{number}/more.csv"] = f"{number}\n" * 1000
    return files


class Scene(NamedTuple):
    """A site of which release 1 is live and release 2 is to come. `live`: what a host serves, in a folder or a branch;
    `server`: of which it is asked for, if of any, through `line`, a port; `kept`: copies of what there was when release
    1 was."""

    publisher: Publisher
    live: Path
    server: Sshd | None
    line: int
    kept: Path
    old: dict[str, bytes]
    new: dict[str, bytes]

    def joined(self, cut: int | None = None, *, goes_on: bool = False) -> Relay:
        """The line to the server, cut after so many bytes."""
        assert self.server is not None
        return Relay(self.server.port, cut, port=self.line, goes_on=goes_on)

    def again(self) -> None:
        """Release 1 is live."""
        for name, place in (("live", self.live), ("memory", self.publisher.root / ".sitegen" / "publish")):
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(self.kept / name, place, symlinks=True)

    def files(self) -> dict[str, bytes]:
        """What readers get, once the host has done all that it was asked for."""
        end = time.monotonic() + 30
        while self.server and psutil.Process(self.server.pid).children() and time.monotonic() < end:
            time.sleep(0.01)
        return files_of(self.live)

    def is_whole(self) -> bool:
        assert damage(self.files(), self.old, self.new, ADDRESS) == WHOLE
        return True

    def waiting(self) -> set[str]:
        """Names of files that wait on the host, whole."""
        folder = self.live / ".sitegen" / "incoming"
        return {path.name for path in folder.glob("*") if path.suffix != ".part"} if folder.is_dir() else set()

    def finishes(self) -> bool:
        """One run brings release 2, and sends nothing that waited already; after it nothing is to do."""
        waited = self.waiting()
        done = self.publisher.publish()
        assert done.status == 0, done.said
        assert waited & {*done.sent()} == set()
        live = self.files()
        assert {path: live.get(path) for path in self.new} == self.new
        assert damage(live, self.old, self.new, ADDRESS) == WHOLE
        again = self.publisher.publish()
        assert (again.status, [*again.sent()]) == (0, [])
        assert "git push" not in again.steps
        return True


def files_of(live: Path) -> dict[str, bytes]:
    """Of a folder, or of a branch of a repository."""
    if not (live / "HEAD").exists():
        return files_below(live)
    with subprocess.Popen(["git", "archive", "pages"], cwd=live, stdout=subprocess.PIPE) as archive:
        files = live.with_name("exported")
        shutil.rmtree(files, ignore_errors=True)
        files.mkdir()
        subprocess.run(["tar", "-x", "-C", files], stdin=archive.stdout, check=True)
    return files_below(files)


@contextmanager
def scene(kind: str, place: Path, settings: str = "") -> Iterator[Scene]:
    """A site on a target of a kind, with release 1 live and release 2 written."""
    live = place / "live"
    live.mkdir(parents=True)
    if kind.startswith("git"):
        subprocess.run(["git", "init", "--quiet", "--bare", str(live)], check=True)
    if kind in ("folder", "git"):
        to = {"folder": f"folder:{live}", "git": f"git:{live}#pages"}[kind]
        yield _scene(place, f'to: "{to}", {settings}', settings, None, 0)
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with sshd(place / "run", place, only_sftp=kind == "sftp") as server:
        host = f"{server.user}@127.0.0.1:{port}/"
        to = f"sftp://{host}{live}" if kind == "sftp" else f"git:ssh://{host}{str(live)[1:]}#pages"
        with Relay(server.port, port=port):
            one = f'to: "{to}", host_key: "{server.fingerprint}", {settings}'
            found = _scene(place, one, settings, server, port)
        yield found


def _scene(place: Path, to: str, settings: str, server: Sshd | None, line: int) -> Scene:
    both = f'live: {{{to}}}, later: {{to: "folder:{place}/later", {settings}}}'
    site = SETTINGS.replace("https://example.org/site/", ADDRESS) + f"publish: {{{both}}}\n"
    (place / "later").mkdir()
    root = write_site(place / "site", texts(1), {"site.yaml": site})
    environment = {"HOME": str(place)} | ({"SITEGEN_LIVE_KEY_FILE": str(server.key)} if server else {})
    publisher = Publisher(root, environment)
    done = publisher.publish()
    assert done.status == 0, done.said
    old = files_of(place / "live")
    for folder in ("content", "assets"):
        shutil.rmtree(root / folder)
    write_site(root, texts(2), {})
    done = publisher.publish("later")
    assert done.status == 0, done.said
    new = files_below(place / "later")
    assert len(new) > 30
    shutil.copytree(place / "live", place / "kept" / "live", symlinks=True)
    shutil.copytree(root / ".sitegen" / "publish", place / "kept" / "memory", symlinks=True)
    return Scene(publisher, place / "live", server, line, place / "kept", old, new)


@pytest.fixture(scope="module")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Scene]]:
    """One of each kind, which its tests begin `again`."""
    with ExitStack() as stack:
        yield cache(lambda kind: stack.enter_context(scene(kind, tmp_path_factory.mktemp("scene") / "place")))


def chosen(points: int, few: int, request: pytest.FixtureRequest) -> list[int]:
    """All of them in the long form, else some, from the first to the last."""
    if request.node.get_closest_marker("full"):
        return [*range(points)]
    return sorted({round(number * (points - 1) / (few - 1)) for number in range(few)})


def long_and_short(*kinds: str, only_long: tuple[str, ...] = ()) -> pytest.MarkDecorator:
    long = [pytest.param(kind, marks=pytest.mark.full, id=f"{kind}-full") for kind in (*kinds, *only_long)]
    return pytest.mark.parametrize("kind", [*kinds, *long])


@long_and_short("folder", "sftp", "git", only_long=("git over ssh",))
def test_killed_at_each_step(kind: str, scenes: Callable[[str], Scene], request: pytest.FixtureRequest) -> None:
    found = scenes(kind)
    with found.joined() if found.server else nullcontext():
        found.again()
        whole = found.publisher.publish()
        assert whole.status == 0, whole.said
        points = chosen(len(whole.steps), 3, request)
        for point in points:
            found.again()
            assert found.publisher.publish(kill_at=point).status == -signal.SIGKILL
            assert found.is_whole(), whole.steps[point]
            assert found.finishes(), whole.steps[point]
        print(f"{kind}: killed at {len(points)} of {len(whole.steps)} steps")


def hasty() -> None:
    """A host that cannot be reached is asked again at once."""
    session.LONGEST = 0.1
    repository.PAUSES = [0.1] * len(repository.PAUSES)


def impatient() -> None:
    """A host that cannot be reached is soon given up."""
    hasty()
    session.FIRST = session.PATIENCE = 0.2
    repository.PAUSES = ()


@pytest.mark.parametrize("goes_on", [True, False])
@long_and_short("sftp", "git over ssh")
def test_a_line_that_is_cut(
    kind: str, goes_on: bool, scenes: Callable[[str], Scene], request: pytest.FixtureRequest
) -> None:
    """After so many bytes of both directions: from the first to the last, those of logging in too. Where it is back at
    once, that same publish goes on."""
    found = scenes(kind)
    found.again()
    with found.joined() as line:
        assert found.publisher.publish().status == 0
        size = sum(line.passed)
    cuts = [1 + point * (size - 1) // 60 for point in chosen(60, 3, request)]
    for cut in cuts:
        found.again()
        with found.joined(cut, goes_on=goes_on):
            done = found.publisher.publish(before=hasty if goes_on else impatient)
        assert done.status in ((0,) if goes_on else (0, 1, 3)), done.said
        assert "Traceback" not in done.said
        assert found.is_whole(), cut
        with found.joined():
            assert found.finishes(), cut
    print(f"{kind}: cut at {len(cuts)} places of {size} bytes")


@pytest.mark.parametrize(("number", "lasts"), [(errno.EACCES, False), (errno.ENOSPC, True)])
@long_and_short("folder", only_long=("sftp",))
def test_a_host_that_refuses(
    kind: str, number: int, lasts: bool, scenes: Callable[[str], Scene], request: pytest.FixtureRequest
) -> None:
    """At its n-th step, that one alone or all from then on: the site stays whole, and the next run heals it."""
    found = scenes(kind)
    with found.joined() if found.server else nullcontext():
        found.again()
        whole = found.publisher.publish().steps
        for point in chosen(len(whole), 3, request):
            found.again()
            done = found.publisher.fail(point, number, lasts=lasts)
            assert "Traceback" not in done.said
            assert "unforeseen" not in done.said
            is_there = found.new.items() <= found.files().items()
            assert done.status in (1, 3) or is_there, (whole[point], done.said)
            assert found.is_whole(), whole[point]
            assert found.finishes(), whole[point]


def test_ten_cuts_of_a_growing_upload(tmp_path: Path) -> None:
    """All that is sent in the end is hardly more than there is."""
    with scene("sftp", tmp_path) as small:
        for number in range(10):
            folder = f"content/news/big-{number}"
            page = article(f"Lớn {number}", f"Bài {number}. [x](x.csv)")
            write_site(
                small.publisher.root, {f"{folder}/index.vi.md": page, f"{folder}/x.csv": os.urandom(150_000)}, {}
            )
        shutil.rmtree(tmp_path / "later")  # so that nothing older is kept there
        (tmp_path / "later").mkdir()
        assert small.publisher.publish("later").status == 0
        found = small._replace(new=files_below(tmp_path / "later"))
        with found.joined() as line:
            done = found.publisher.publish()
            assert done.status == 0, done.said
            once = line.passed[0]
        found.again()
        sent = cuts = 0
        for _ in range(10):
            with found.joined(once // 8) as line:
                done = found.publisher.publish(before=impatient)
                sent += line.passed[0]
                cuts += done.status == 3
            assert found.is_whole()
        with found.joined() as line:
            assert found.finishes()
            sent += line.passed[0]
        print(f"{cuts} cuts: {sent} bytes in place of {once}")
        assert cuts >= 6
        assert sent <= once + 10 * (UNDER_WAY + 20_000), "of each run what was under way, and who logs in"
