"""What tests of publishing may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sshd import Sshd, sshd


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder in which ssh has nothing, and no agent."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return home


@pytest.fixture(scope="session")
def _openssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    folder = tmp_path_factory.mktemp("sshd")
    (folder / "www").mkdir()
    with sshd(folder / "run", folder / "www") as server:
        yield server


@pytest.fixture
def openssh(_openssh: Sshd, home: Path, request: pytest.FixtureRequest) -> Sshd:
    """An OpenSSH server for SFTP, with an empty folder for each test; `folder` is that one."""
    name = f"{request.node.name[:40]}-{len([*_openssh.folder.iterdir()])}"
    name = "".join(letter if letter.isalnum() else "-" for letter in name)
    (_openssh.folder / name).mkdir()
    return _openssh._replace(folder=_openssh.folder / name)
