"""The OpenSSH server that other tests use."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.sshd import sshd

pytestmark = pytest.mark.posix


def test_it_serves_sftp_alone_or_commands_too(tmp_path: Path) -> None:
    if shutil.which("sftp") is None:
        pytest.skip("there is no sftp")
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "a.txt").write_text("a", "utf-8")
    for only_sftp, said in ((True, "This service allows sftp connections only.\n"), (False, "hello\n")):
        with sshd(tmp_path / "run", folder, only_sftp=only_sftp) as server:
            command = [*server.command.split(), "127.0.0.1", "echo hello"]
            assert subprocess.run(command, check=False, capture_output=True, encoding="utf-8").stdout == said
            sftp = ["sftp", *server.command.replace("-p ", "-P ").split()[1:], "-b", "-", "127.0.0.1"]
            listed = subprocess.run(sftp, check=True, capture_output=True, encoding="utf-8", input="ls\n")
            assert "a.txt" in listed.stdout
            assert server.fingerprint.startswith("SHA256:")
            assert "Accepted publickey" in server.log.read_text("utf-8")
