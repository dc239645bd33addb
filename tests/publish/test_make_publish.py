"""`make publish`: the microsite into a folder, read back through a server that ends by itself."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from sitegen.config.targets import read_target_address
from sitegen.publish.destination import read_destination
from sitegen.publish.live.web import is_loopback
from tests.conftest import PROJECT
from tests.support import published
from tests.support.live import free_port
from tests.support.sites import SETTINGS, article, write_site


def site(root: Path, target: str) -> Path:
    text = SETTINGS.replace("https://example.org/site/", "https://example.org/")
    files = {"content/news/a.vi.md": article("Một", aliases=["/cũ/"]), "content/news/b.vi.md": article("Hai")}
    return write_site(root, {"site.yaml": f"{text}publish: {{local: {target}}}\n", **files})


def test_the_microsites_own_target() -> None:
    """A folder that git passes over, at an address of this machine."""
    destination = read_destination(PROJECT)
    address = read_target_address(destination.settings.to)
    assert address is not None
    assert (address.kind, address.path.partition("/")[0], destination.settings.host) == ("folder", ".tools", "nginx")
    assert ".tools" in (PROJECT / ".gitignore").read_text("utf-8").split()
    assert is_loopback(destination.url.partition("//")[2].partition(":")[0])


@pytest.mark.posix
def test_the_target_of_make() -> None:
    if shutil.which("make") is None:
        pytest.skip("there is no make")
    said = subprocess.run(
        ["make", "--dry-run", "publish", "OPTIONS=--stay"],
        cwd=PROJECT,
        env={
            name: value for name, value in os.environ.items() if not name.startswith("MAKE")
        },  # the tests are run by one
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert said.stdout.splitlines()[-1] == ".venv/bin/python -m tests.support.published --stay"


@pytest.mark.posix
@pytest.mark.parametrize("server", ["nginx", "A small server of Python's"])
def test_published_and_read_back(
    tmp_path: Path, server: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if server != "nginx":
        monkeypatch.setattr(published.shutil, "which", lambda *_, **__: None)  # type: ignore[attr-defined]
    elif shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin") is None:
        pytest.skip("there is no nginx")
    port = free_port()
    root = site(tmp_path / "site", f'{{to: "folder:../www", url: "http://localhost:{port}/", host: nginx}}')
    for state in ("is release 1", "Nothing to publish"):
        assert published.main(root) == 0
        said, wrong = capfd.readouterr()
        assert "warning" not in wrong
        assert state in said
        assert f"{server} has served it at http://localhost:{port}/ from {tmp_path / 'www'}" in said
        assert ("read back: " in said) == (state == "is release 1")
        assert ("nginx.conf" in said) == (state == "is release 1")
    assert (tmp_path / "www/vi/index.html").exists()
    assert (root / ".sitegen/publish/local/nginx.conf").read_text("utf-8").startswith("# Written by sitegen")
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_what_it_cannot_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, target in enumerate(
        ('{to: "git:x#pages"}', '{to: "folder:../www"}', '{to: "folder:../www", url: "http://localhost/"}')
    ):
        assert published.main(site(tmp_path / str(number), target)) == 2
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        root = site(tmp_path / "taken", f'{{to: "folder:../www", url: "http://localhost:{port}/"}}')
        assert published.main(root) == 1
    assert f"port {port}" in capsys.readouterr().out
