"""Host files are tried in a folder of their own, so that the site itself never answers 500 or 403 for them."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from sitegen.config.targets import TargetSettings
from sitegen.files import digest
from sitegen.problems import Place, problem
from sitegen.publish.hosting.host_files import MOVED, TRIED, HostTrial
from sitegen.publish.live.trial import (
    SpoiledSite,
    Tried,
    place_guarded,
    try_host_file,
)
from sitegen.publish.live.web import Clock
from sitegen.publish.release import TRIALS, leftovers
from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.connect import Origin, connect
from sitegen.publish.targets.target import Target, TargetError, Unreachable, Upload
from tests.support.hosts import ask
from tests.support.live import SERVED, apache, free_port, nginx, write
from tests.support.sshd import Sshd
from tests.support.targets import sftp_at

pytestmark = pytest.mark.posix

PLACE = Place("site.yaml", 4, 3)
MODULES = ("alias", "dir", "headers", "mime", "rewrite", "authz_user", "auth_basic", "authn_core")
HEADERS = '<IfModule mod_headers.c>\nHeader always set X-Trial "yes"\n</IfModule>\n'
MOVES = f"<IfModule mod_alias.c>\nRedirectMatch 301 /{MOVED}$ {{folder}}{TRIED}\n</IfModule>\n"
REWRITES = f"RewriteEngine on\nRewriteRule ^{MOVED}$ {{folder}}{TRIED} [R=301]\n"
REQUIRES = "Require all granted\n"
IDLE = Clock(sleep=lambda seconds: None)


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder that a server's own user may read."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        write(Path(folder) / "www", {"index.html": b"home"})
        yield Path(folder) / "www"


@contextmanager
def target_at(root: Path, tmp_path: Path) -> Iterator[Target]:
    origin = Origin(tmp_path / "site", "live", PLACE, tmp_path / "memory", Secrets("live", {}))
    (tmp_path / "site").mkdir(exist_ok=True)
    with connect(TargetSettings(to=f"folder:{root}"), origin) as target, target.claim(None, 0):
        yield target


def written(*texts: str, moves: bool = True, name: str = ".htaccess") -> Callable[[str], Sequence[HostTrial]]:
    """Attempts that say this, each but the first without what the one before has."""

    def attempts(folder: str) -> list[HostTrial]:
        return [
            HostTrial(
                name,
                text.replace("{folder}", f"/{folder}").encode(),
                "rewriting" * bool(number),
                {"x-trial": "yes"},
                moves,
            )
            for number, text in enumerate(texts)
        ]

    return attempts


def site_at(port: int) -> Tried:
    return Tried(f"http://127.0.0.1:{port}/", PLACE, "t0k", "5a6b7c8d", IDLE)


@contextmanager
def watched(port: int) -> Iterator[list[int]]:
    """What the front page answers, asked without a pause."""
    seen: list[int] = []
    done = Event()

    def watch() -> None:
        while not done.is_set():
            seen.append(ask(port, "/")[0])

    thread = Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()


ALL, NO_REWRITING = "AllowOverride All\nOptions FollowSymLinks", "AllowOverride All\nOptions None"


@pytest.mark.parametrize(
    ("directory", "modules", "texts", "taken", "has_headers", "moves", "codes"),
    [
        (ALL, MODULES, [HEADERS + REWRITES, HEADERS + MOVES], 0, True, True, []),
        (NO_REWRITING, MODULES, [HEADERS + REWRITES, HEADERS + MOVES], 1, True, True, ["host-file-in-part"]),
        ("AllowOverride FileInfo", MODULES, [REQUIRES + MOVES, HEADERS + MOVES], 1, True, True, ["host-file-in-part"]),
        ("AllowOverride FileInfo", MODULES, [REQUIRES + MOVES], None, False, False, ["host-file-refused"]),
        ("AllowOverride Indexes", MODULES, [HEADERS + MOVES], None, False, False, ["host-file-refused"]),
        ("AllowOverride None", MODULES, [HEADERS + MOVES], 0, False, False, []),
        ("AllowOverride All", ("dir",), [HEADERS + MOVES], 0, False, False, []),
        ("AllowOverride All", ("dir", "alias"), [HEADERS + MOVES], 0, False, True, []),
        ("AllowOverride All", MODULES, ["Nonsense on\n"], None, False, False, ["host-file-refused"]),
        (ALL, MODULES, [HEADERS, HEADERS + MOVES], 1, True, True, ["host-file-in-part"]),
    ],
    ids=[
        "all", "options-none", "no-authconfig", "no-authconfig-alone", "no-fileinfo", "none", "bare", "no-headers",
        "nonsense", "moves-later",
    ],
)  # fmt: skip
def test_on_apache(
    root: Path, tmp_path: Path, directory: str, modules: tuple[str, ...], texts: list[str], taken: int | None,
    has_headers: bool, moves: bool, codes: list[str],
) -> None:  # fmt: skip
    """The site answers 200 all the while, and nothing is left."""
    with apache(tmp_path / "run", root, directory, modules) as port, target_at(root, tmp_path) as target:
        before = sorted(target.list())
        with watched(port) as seen:
            trial = try_host_file(target, site_at(port), ".htaccess", written(*texts))
        assert {*seen} == {200}
        assert (trial.taken, trial.has_headers, trial.moves) == (taken, has_headers, moves)
        assert [each.code for each in trial.problems] == codes
        assert {each.severity for each in trial.problems} <= {"warning"}
        assert all(each.message and each.hint for each in trial.problems)
        assert sorted(target.list()) == before
    if codes == ["host-file-refused"]:
        assert trial.problems[0].arguments["detail"] == "HTTP 500"


def test_a_host_that_shows_no_folders_with_a_point(root: Path, tmp_path: Path) -> None:
    directory = (
        f'{ALL}\n</Directory>\n<DirectoryMatch "/\\.">\nRequire all denied\n</DirectoryMatch>\n<Directory {root}>'
    )
    with apache(tmp_path / "run", root, directory, MODULES) as port, target_at(root, tmp_path) as target:
        trial = try_host_file(target, site_at(port), ".htaccess", written(HEADERS + MOVES))
        assert (trial.taken, trial.has_headers, trial.moves) == (0, True, True)
        assert [*target.list()] == ["index.html"]


def test_where_nothing_can_be_asked(root: Path, tmp_path: Path) -> None:
    """The site is not reached, or it is another folder that it shows: nothing is put where it counts."""
    with target_at(root, tmp_path) as target:
        trial = try_host_file(target, site_at(free_port()), ".htaccess", written(HEADERS))
        assert (trial.taken, [each.code for each in trial.problems]) == (None, ["host-file-untried"])
        write(tmp_path / "other", {"404.html": b"none"})
        with nginx(tmp_path / "run", SERVED.replace("{root}", str(tmp_path / "other"))) as (port,):
            trial = try_host_file(target, site_at(port), ".htaccess", written(HEADERS))
        assert trial.problems[0].arguments["detail"] == "HTTP 404"
        assert [*target.list()] == ["index.html"]


class Atomic:
    is_atomic = True


def test_a_target_that_shows_all_at_once() -> None:
    trial = try_host_file(Atomic(), site_at(1), ".htaccess", written(HEADERS))  # type: ignore[arg-type]
    assert [each.code for each in trial.problems] == ["host-file-untried"]


def test_what_a_killed_run_left_is_taken_away(root: Path, tmp_path: Path) -> None:
    """Its folder is named like this run's, and stands between it and its own page."""
    left = {f"{prefix}5a6b7c8d/{name}": b"Nonsense on\n" for prefix in TRIALS for name in (TRIED, ".htaccess")}
    write(root, left)
    with apache(tmp_path / "run", root, ALL, MODULES) as port, target_at(root, tmp_path) as target:
        assert leftovers(target.list()) == sorted(left, key=[*target.list()].index)
        assert try_host_file(target, site_at(port), ".htaccess", written(HEADERS + MOVES)).taken == 0
        assert leftovers(target.list()) == [path for path in target.list() if path.startswith(TRIALS[1])]
    assert leftovers([".sitegen-try-a/b/c", ".sitegen-trying", "x/.sitegen-try-a/b"]) == []


class Cut:
    """A target whose line is cut at the n-th step."""

    is_atomic = False

    def __init__(self, target: Target, steps: int) -> None:
        self._target, self._left = target, steps

    def __getattr__(self, name: str) -> object:
        def step(*arguments: object) -> object:
            self._left -= 1
            if self._left == 0:
                raise Unreachable(problem("host-unreachable", PLACE, reason="cut"))
            return getattr(self._target, name)(*arguments)

        return step


def test_a_line_that_is_cut_at_each_step(root: Path, tmp_path: Path) -> None:
    """What is left is taken away as soon as the line is there, or by the next run; the site's own files stay."""
    with apache(tmp_path / "run", root, ALL, MODULES) as port, target_at(root, tmp_path) as target:
        cut = 0
        for steps in range(1, 20):
            with suppress(TargetError):
                trial = try_host_file(Cut(target, steps), site_at(port), ".htaccess", written(HEADERS + MOVES))  # type: ignore[arg-type]
                assert trial.taken == 0
                break
            cut += 1
            assert {path for path in target.list() if path not in leftovers(target.list())} == {"index.html"}
        assert 4 < cut < 19
        assert [*target.list()] == ["index.html"]


def stage(target: Target, files: dict[str, bytes]) -> None:
    for _ in target.put([Upload(path, digest(data), len(data), data) for path, data in files.items()]):
        pass


@pytest.mark.parametrize("old", [None, HEADERS], ids=["first", "changed"])
@pytest.mark.parametrize("new", ["Nonsense on\n", "Redirect 403 /\n"], ids=["500", "403"])
def test_a_site_that_does_not_stand_its_host_file(root: Path, tmp_path: Path, old: str | None, new: str) -> None:
    """What was there is back at once."""
    if old:
        write(root, {".htaccess": old.encode()})
    with apache(tmp_path / "run", root, ALL, MODULES) as port, target_at(root, tmp_path) as target:
        stage(target, {".htaccess": new.encode()})
        with pytest.raises(SpoiledSite) as spoiled:
            [*place_guarded(target, site_at(port), [".htaccess"], "")]
        assert spoiled.value.problem.message
        assert spoiled.value.problem.arguments["status"] == ("500" if "Nonsense" in new else "403")
        assert ask(port, "/")[0] == 200
        assert target.read(".htaccess") == (old.encode() if old else None)


def test_a_host_file_that_does_no_harm(root: Path, tmp_path: Path) -> None:
    """Nor is one blamed for a site that answered 403 before, or that cannot be asked."""
    with apache(tmp_path / "run", root, ALL, MODULES) as port, target_at(root, tmp_path) as target:
        for before, after in [(HEADERS, "Redirect 404 /\n"), ("Redirect 403 /\n", "Redirect 403 /index\n")]:
            write(root, {".htaccess": before.encode()})
            stage(target, {".htaccess": after.encode()})
            assert [*place_guarded(target, site_at(port), [".htaccess"], "index.html")] == [".htaccess"]
            assert target.read(".htaccess") == after.encode()
    with target_at(root, tmp_path) as target:
        stage(target, {".htaccess": b"Nonsense on\n"})
        assert [*place_guarded(target, site_at(free_port()), [".htaccess"], "")] == [".htaccess"]


def test_over_sftp(openssh: Sshd, tmp_path: Path) -> None:
    """To nginx, which reads no file of a site: all is as it was, and so it may be there."""
    write(openssh.folder, {"index.html": b"home"})
    with (
        nginx(tmp_path / "run", SERVED.replace("{root}", str(openssh.folder))) as (port,),
        sftp_at(openssh, openssh.folder.name) as target,
        target.claim(None, 0),
    ):
        with watched(port) as seen:
            trial = try_host_file(target, site_at(port), ".htaccess", written(HEADERS + MOVES))
            stage(target, {".htaccess": HEADERS.encode()})
            assert [*place_guarded(target, site_at(port), [".htaccess"], "")] == [".htaccess"]
        assert (trial.taken, trial.has_headers, trial.moves, trial.problems) == (0, False, False, ())
        assert {*seen} == {200}
        assert {*target.list()} == {"index.html", ".htaccess"}
