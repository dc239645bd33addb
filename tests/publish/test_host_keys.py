"""Whom SSH may talk to: a fingerprint in site.yaml, known_hosts, or nobody before somebody has said so."""

from pathlib import Path
from typing import Any

import asyncssh
import pytest

from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.staged.target import StagedTarget
from sitegen.publish.targets.target import HELD, Refused, TargetError, UnknownHost
from tests.support.sftp_host import ED25519, PASSWORD, Manners, sftp_host
from tests.support.sshd import Sshd, sshd
from tests.support.targets import over_sftp, publish, sftp_at

pytestmark = [pytest.mark.posix, pytest.mark.usefixtures("home")]

ECDSA = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
RSA = asyncssh.generate_private_key("ssh-rsa", key_size=2048)
OTHER = asyncssh.generate_private_key("ssh-ed25519")
AUTHORITY = asyncssh.generate_private_key("ssh-ed25519")


def at(host: Manners, fingerprint: str = "") -> StagedTarget:
    return over_sftp(host.port, Secrets("live", {"SITEGEN_LIVE_PASSWORD": PASSWORD}), fingerprint, user="web")


def line(key: asyncssh.SSHKey, hosts: str, marker: str = "") -> str:
    return f"{marker} {hosts} {key.export_public_key().decode()}".lstrip()


def refusal(host: Manners, fingerprint: str = "") -> TargetError:
    with pytest.raises(TargetError) as error, at(host, fingerprint):
        pass
    assert host.logins == []  # nothing was told to it
    return error.value


def test_a_host_that_nobody_knows(tmp_path: Path) -> None:
    with sftp_host(tmp_path, Manners()) as host:
        error = refusal(host)
        assert isinstance(error, UnknownHost)
        assert (error.problem.code, error.fingerprint, error.kind) == (
            "unknown-host-key", ED25519.get_fingerprint(), "ED25519",
        )  # fmt: skip
        assert host.connections == 1
        with at(host, error.fingerprint) as target:
            assert target.read(HELD) is None
        assert host.logins == [("web", PASSWORD)]


def test_the_fingerprint_is_the_one_that_ssh_keygen_shows(openssh: Sshd) -> None:
    with pytest.raises(UnknownHost) as error, sftp_at(openssh, pinned=False):
        pass
    assert error.value.fingerprint == openssh.fingerprint
    assert "Accepted" not in openssh.log.read_text("utf-8").rpartition("Connection from")[2]


@pytest.mark.parametrize("key", [ED25519, ECDSA, RSA], ids=["ED25519", "ECDSA", "RSA"])
def test_any_of_a_hosts_keys_may_be_the_one_that_is_known(tmp_path: Path, key: asyncssh.SSHKey) -> None:
    host = Manners()
    host.keys = (ED25519, ECDSA, RSA)
    with sftp_host(tmp_path, host):
        for fingerprint in (key.get_fingerprint(), f"{key.get_fingerprint()}="):
            with at(host, fingerprint) as target:
                assert target.read(HELD) is None
    assert len(host.logins) == 2


def test_a_host_with_another_key(tmp_path: Path) -> None:
    host = Manners()
    host.keys = (ED25519, ECDSA)
    with sftp_host(tmp_path, host):
        error = refusal(host, OTHER.get_fingerprint())
        assert isinstance(error, Refused)
        assert error.problem.code == "changed-host-key"
        assert error.problem.arguments["fingerprint"] == ED25519.get_fingerprint()
        assert error.problem.arguments["known"] == OTHER.get_fingerprint()


@pytest.mark.parametrize("form", ["[127.0.0.1]:{port}", "127.0.0.1", "other.example,[127.0.0.1]:{port}", "*", "hashed"])
def test_known_hosts(tmp_path: Path, home: Path, form: str) -> None:
    with sftp_host(tmp_path, Manners()) as host:
        hosts = form.format(port=host.port)
        if form == "hashed":
            import base64
            import hashlib
            import hmac

            salt = b"0123456789abcdefghij"
            name = hmac.new(salt, f"[127.0.0.1]:{host.port}".encode(), hashlib.sha1).digest()
            hosts = f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(name).decode()}"
        text = f"# mine\nno line at all\n@odd x y\n{line(ED25519, hosts)}"
        (home / ".ssh/known_hosts").write_text(text, "utf-8")
        with at(host) as target:
            assert target.read(HELD) is None


def test_known_hosts_with_another_key(tmp_path: Path, home: Path) -> None:
    host = Manners()
    host.keys = (ED25519, ECDSA)
    with sftp_host(tmp_path, host):
        (home / ".ssh/known_hosts").write_text(line(OTHER, f"[127.0.0.1]:{host.port}"), "utf-8")
        error = refusal(host)
        assert (error.problem.code, error.problem.arguments["known"]) == ("changed-host-key", OTHER.get_fingerprint())
        (home / ".ssh/known_hosts").write_text(line(RSA, f"[127.0.0.1]:{host.port}"), "utf-8")
        error = refusal(host)  # it has none of that kind
        assert (error.problem.code, error.problem.arguments["known"]) == ("changed-host-key", RSA.get_fingerprint())
        assert not isinstance(error, UnknownHost)


def test_what_site_yaml_says_comes_first(tmp_path: Path, home: Path) -> None:
    with sftp_host(tmp_path, Manners()) as host:
        (home / ".ssh/known_hosts").write_text(line(ED25519, "127.0.0.1"), "utf-8")
        assert refusal(host, OTHER.get_fingerprint()).problem.code == "changed-host-key"
        (home / ".ssh/known_hosts").write_text(line(OTHER, "127.0.0.1"), "utf-8")
        with at(host, ED25519.get_fingerprint()) as target:
            assert target.read(HELD) is None


def test_a_key_that_was_revoked(tmp_path: Path, home: Path) -> None:
    with sftp_host(tmp_path, Manners()) as host:
        (home / ".ssh/known_hosts").write_text(line(ED25519, "*", "@revoked"), "utf-8")
        for fingerprint in ("", ED25519.get_fingerprint()):
            error = refusal(host, fingerprint)
            assert isinstance(error, Refused)
            assert "revoked" in error.problem.message


def certified(names: list[str]) -> Any:
    return AUTHORITY.generate_host_certificate(ED25519.convert_to_public(), "host", principals=names)


def test_a_host_with_a_certificate(tmp_path: Path, home: Path) -> None:
    host = Manners()
    host.certificates = (certified(["127.0.0.1"]),)
    with sftp_host(tmp_path, host):
        error = refusal(host)  # whose authority nobody knows: it is a host like others
        assert isinstance(error, UnknownHost)
        assert error.fingerprint == ED25519.get_fingerprint()
        with at(host, ED25519.get_fingerprint()) as target:
            assert target.read(HELD) is None
        host.logins.clear()
        (home / ".ssh/known_hosts").write_text(line(AUTHORITY, "*", "@cert-authority"), "utf-8")
        with at(host) as target:
            assert target.read(HELD) is None


def test_ssh_config_that_would_trust_anybody(tmp_path: Path, home: Path) -> None:
    (home / ".ssh/config").write_text("UserKnownHostsFile none\nStrictHostKeyChecking no\n", "utf-8")
    with sftp_host(tmp_path, Manners()) as host:
        assert isinstance(refusal(host), UnknownHost)


def test_known_hosts_elsewhere_and_another_name(tmp_path: Path, home: Path) -> None:
    with sftp_host(tmp_path, Manners()) as host:
        (home / "mine").write_text(line(ED25519, "web.example"), "utf-8")
        text = f"Host 127.0.0.1\nHostKeyAlias web.example\nUserKnownHostsFile {home}/mine\n"
        (home / ".ssh/config").write_text(text, "utf-8")
        with at(host) as target:
            assert target.read(HELD) is None


def test_a_key_that_changes_while_we_publish(tmp_path: Path) -> None:
    host = Manners()
    with sftp_host(tmp_path, host):
        target = at(host, ED25519.get_fingerprint()).__enter__()
        assert target.read(HELD) is None
    host.keys = (OTHER,)
    host.logins.clear()
    with sftp_host(tmp_path, host), pytest.raises(Refused) as error:
        target.read(HELD)
    assert error.value.problem.code == "changed-host-key"
    assert host.logins == []
    target.__exit__()


def test_a_real_host_with_a_key_of_another_kind(tmp_path: Path, home: Path) -> None:
    (tmp_path / "www").mkdir()
    with sshd(tmp_path / "run", tmp_path / "www", kind="ecdsa") as server, sftp_at(server) as target:
        publish(target, {"index.html": "x"})
