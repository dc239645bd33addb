"""Hosts that read .htaccess in their own way, as LiteSpeed may: whether they heed conditions is seen before they
count."""

import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar, Literal

import pytest
from msgspec.structs import replace

from sitegen.config.targets import TargetSettings
from sitegen.problems import Place
from sitegen.publish.hosting.host_files import TRIED, HostTrial, trials
from sitegen.publish.hosting.rules import Rules, make_rules
from sitegen.publish.live.trial import Tried, try_host_file
from sitegen.publish.live.web import Clock
from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.connect import Origin, connect
from tests.support.live import apache
from tests.support.sites import SETTINGS, article, make

pytestmark = pytest.mark.posix

Manner = Literal["skips what has conditions", "does it whatever the condition"]


class _Host(SimpleHTTPRequestHandler):
    """The .htaccess beside a file, as far as it is asked for here."""

    manner: ClassVar[Manner]

    def end_headers(self) -> None:
        for name, value in self._headers.items():
            self.send_header(name, value)
        super().end_headers()

    def do_GET(self) -> None:
        self._headers: dict[str, str] = {}
        path = self.path.partition("?")[0]
        place = Path(self.directory + path).with_name(".htaccess")
        lines = place.read_text("utf-8").splitlines() if place.exists() else []
        moved = ""
        for line in self._heeded(lines):
            if found := re.match(r'Header always set (\S+) "([^"]*)"', line):
                self._headers[found[1]] = found[2]
            elif (found := re.match(r'RedirectMatch 301 "(.*)" "(.*)"', line)) and not moved:
                moved = found[2] if re.search(found[1].replace("\\\\", "\\"), path) else ""
        if moved:
            self.send_response(301)
            self.send_header("Location", moved)
            self.end_headers()
        else:
            super().do_GET()

    def _heeded(self, lines: list[str]) -> Iterator[str]:
        inside = False
        for line in lines:
            inside = line.startswith("<If ") or (inside and line != "</If>")
            if self.manner == "does it whatever the condition" or not (inside or "expr=" in line):
                yield line

    def guess_type(self, path: object) -> str:
        return "text/html; charset=utf-8"

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def host(root: Path, manner: Manner) -> Iterator[int]:
    kind = type("Host", (_Host,), {"manner": manner})

    def made(*arguments: object) -> SimpleHTTPRequestHandler:
        return kind(*arguments, directory=str(root))  # type: ignore[no-any-return]

    with ThreadingHTTPServer(("127.0.0.1", 0), made) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder that a server's own user may read."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def rules(tmp_path: Path) -> Rules:
    settings = SETTINGS.replace("https://example.org/site/", "http://127.0.0.1/")
    files = {
        "site.yaml": f"{settings}redirect_files: [apache]\n",
        "content/a.vi.md": article("A", aliases=["old", "?p=1"]),
    }
    made = make(tmp_path / "site", files)
    return make_rules(made.site, TargetSettings("folder:x"), made.files)


def taken(port: int, root: Path, tmp_path: Path, rules: Rules) -> tuple[int | None, bool, bool]:
    """Which attempt the host takes, whether it sends all headers then, and leads on."""

    def attempts(folder: str) -> list[HostTrial]:
        ways = trials("apache", replace(rules, base=f"/{folder}"))
        return [HostTrial(way.name, way.data, way.without, way.headers, way.moves) for way in ways]

    origin = Origin(tmp_path / "site", "live", Place("site.yaml"), tmp_path / "memory", Secrets("live", {}))
    site = Tried(f"http://127.0.0.1:{port}/", Place("site.yaml"), "t0k", "5a6b7c8d", Clock(sleep=lambda seconds: None))
    with connect(TargetSettings(to=f"folder:{root}"), origin) as target, target.claim(None, 0):
        trial = try_host_file(target, site, ".htaccess", attempts)
    assert not any(TRIED in path.name for path in root.rglob("*"))
    return trial.taken, trial.has_headers, trial.moves


@pytest.mark.parametrize("manner", ["skips what has conditions", "does it whatever the condition"])
def test_conditions_that_are_not_heeded(root: Path, tmp_path: Path, rules: Rules, manner: Manner) -> None:
    with host(root, manner) as port:
        assert taken(port, root, tmp_path, rules) == (1, True, True)


def test_conditions_that_are(root: Path, tmp_path: Path, rules: Rules) -> None:
    modules = ("alias", "dir", "headers", "mime")
    with apache(tmp_path / "run", root, "AllowOverride FileInfo", modules) as port:
        assert taken(port, root, tmp_path, rules) == (0, True, True)
