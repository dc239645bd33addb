"""A real OpenSSH server, on loopback, for whoever runs the tests: for SFTP alone, or for commands such as git too."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

CONFIGURATION = """\
ListenAddress 127.0.0.1:{port}
HostKey {run}/host
AuthorizedKeysFile {run}/user.pub
StrictModes no
UsePAM {pam}
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PermitUserEnvironment no
MaxStartups 100
PidFile none
LogLevel VERBOSE
Subsystem sftp internal-sftp {options}
"""


class Sshd(NamedTuple):
    """A server. `user` logs in with `key`; `fingerprint` and `known_hosts` tell its own key; `folder`: where SFTP
    begins; `log`: what it said so far, of each login too; `pid`: of the process that waits for connections."""

    port: int
    user: str
    key: Path
    fingerprint: str
    known_hosts: Path
    folder: Path
    log: Path
    pid: int

    @property
    def command(self) -> str:
        """A value for GIT_SSH_COMMAND; what stands in this user's own configuration counts for nothing."""
        options = f"-o UserKnownHostsFile={self.known_hosts} -o GlobalKnownHostsFile=/dev/null -o BatchMode=yes"
        return f"ssh -F none -p {self.port} -i {self.key} -o IdentitiesOnly=yes {options}"


@contextmanager
def sshd(
    run: Path, folder: Path, *, only_sftp: bool = True, settings: str = "", kind: str = "ed25519", umask: str = "022"
) -> Iterator[Sshd]:
    """Serve `folder`; keys and log lie in `run`, where those of an earlier server are used again. `settings`: more
    lines of sshd_config; `kind`: of the host's key. Skips where there is no sshd."""
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None or shutil.which("ssh-keygen") is None:
        pytest.skip("there is no sshd")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # which it wants when it is root's
    run.mkdir(parents=True, exist_ok=True)
    for name, of in (("host", kind), ("user", "ed25519")):
        if not (run / name).exists():
            subprocess.run(["ssh-keygen", "-q", "-t", of, "-N", "", "-C", name, "-f", run / name], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"-d {folder} -u {umask}"
    only = f"ForceCommand internal-sftp {options}\n" if only_sftp else ""
    pam = "no" if os.geteuid() == 0 else "yes"  # which lets in users who have no password at all, such as those of CI
    text = f"{settings}{CONFIGURATION.format(port=port, run=run, options=options, pam=pam)}{only}"
    (run / "sshd.conf").write_text(text, "utf-8")
    (run / "known_hosts").write_text(f"[127.0.0.1]:{port} {(run / 'host.pub').read_text('utf-8')}", "utf-8")
    with (run / "log").open("wb") as log:
        process = subprocess.Popen([program, "-D", "-e", "-f", run / "sshd.conf"], stderr=log, stdin=subprocess.DEVNULL)
    try:
        _await(process, port, run / "log")
        name, key = getpass.getuser(), run / "user"
        yield Sshd(
            port, name, key, fingerprint(run / "host.pub"), run / "known_hosts", folder, run / "log", process.pid
        )
    finally:
        _end(process)


def fingerprint(public_key: Path) -> str:
    """SHA256:…, as ssh-keygen shows it."""
    said = subprocess.run(["ssh-keygen", "-l", "-f", public_key], check=True, capture_output=True, encoding="utf-8")
    return said.stdout.split()[1]


def _await(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise AssertionError(log.read_text("utf-8"))
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("the server does not answer")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Also of the processes that it has started for each connection, which would live on."""
    try:
        sessions = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        sessions = []
    for one in (process, *sessions):
        try:
            one.terminate()
        except psutil.NoSuchProcess:
            continue
    process.wait(timeout=10)
    for one in psutil.wait_procs(sessions, timeout=5)[1]:
        one.kill()
