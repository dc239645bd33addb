"""The keys that a host may show: one fingerprint in site.yaml, else what known_hosts says (sshd(8))."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from asyncssh import SSHKey, SSHKnownHosts

from sitegen.problems import Place, problem
from sitegen.publish.targets.target import Refused, TargetError, UnknownHost

Known = tuple[Sequence[object], ...]
"""Keys, authorities, what is revoked, and the same of certificates, as asyncssh takes them."""

_KINDS = {"ssh-ed25519": "ED25519", "ssh-rsa": "RSA", "ssh-dss": "DSA", "ssh-ed448": "ED448"}


class HostKeys:
    """What is known of a host, and what it has shown."""

    def __init__(self, fingerprint: str, files: Iterable[str | Path]) -> None:
        """`fingerprint`: the only one, where there is one."""
        self._only = fingerprint.rstrip("=")
        self._files = [*files]
        self._known: list[str] = []
        self.shown: list[SSHKey] = []

    def look_up(self, host: str, addr: str, port: int | None) -> Known:
        """What is known of a host at connecting."""
        keys, authorities, revoked, *others = _read(self._files).match(host, addr, port)
        if self._only:
            self._known = [self._only]
            return (), (), revoked
        self._known = [key.get_fingerprint() for key in keys]
        return keys, authorities, revoked, *others

    def accepts(self, key: SSHKey) -> bool:
        """Whether a key that known_hosts does not have will do."""
        self.shown.append(key)
        return key.get_fingerprint() == self._only

    @property
    def is_pinned(self) -> bool:
        """Whether one key alone will do."""
        return bool(self._only)

    @property
    def are_known(self) -> bool:
        """Whether any is."""
        return bool(self._known)

    @property
    def left(self) -> list[str]:
        """The algorithms of keys that it has not shown yet."""
        from asyncssh.public_key import get_default_public_key_algs  # noqa: PLC0415 - beside what else is asyncssh's

        tried = {name for key in self.shown for name in key.sig_algorithms}
        return [name.decode() for name in get_default_public_key_algs() if name not in tried]

    def refusal(self, place: Place) -> TargetError:
        """Of a host that has shown no key that would do. `place`: of the target in site.yaml."""
        key = self.shown[0]
        fingerprint, kind = key.get_fingerprint(), kind_of(key)
        if not self._known:
            found = problem("unknown-host-key", place, fingerprint=fingerprint, kind=kind)
            return UnknownHost(found, fingerprint, kind)
        known = ", ".join(dict.fromkeys(self._known))
        return Refused(problem("changed-host-key", place, fingerprint=fingerprint, kind=kind, known=known))


def kind_of(key: SSHKey) -> str:
    """As ssh-keygen calls it."""
    name = key.get_algorithm()
    return _KINDS.get(name, "ECDSA" if name.startswith("ecdsa") else name.upper())


def _read(files: Iterable[str | Path]) -> SSHKnownHosts:
    """All lines that can be read: one that cannot is no reason to trust nobody."""
    found = SSHKnownHosts()
    for file in files:
        with suppress(OSError):
            for line in Path(file).expanduser().read_text("utf-8", "replace").splitlines():
                with suppress(ValueError):
                    found.load(line)
    return found
