"""What a host asks of who logs in, answered once each: hosts shut out who tries again and again."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import asyncssh

from sitegen.problems import Place, problem
from sitegen.publish.secrets import Secret, Secrets
from sitegen.publish.targets.staged.loop import InCaller
from sitegen.publish.targets.target import Refused

from .host_keys import HostKeys


class Answers:
    """What this run has been told, so that nobody is asked twice. `key_file`: the only key to log in with, if any;
    `others`: private keys that ssh itself would try."""

    def __init__(self, secrets: Secrets, in_caller: InCaller, place: Place) -> None:
        self._secrets, self._in_caller, self._place = secrets, in_caller, place
        self.key_file = secrets.key_file
        self.others: list[str] = []
        self._password: Secret | None = None
        self._keys: dict[str, asyncssh.SSHKey | None] = {}

    async def password(self, user: str, host: str) -> str | None:
        if self._password is None:
            self._password = await self._in_caller(lambda: self._secrets.password(user, host, f"{user}@{host}"))
        return self._password.reveal() if self._password else None

    async def key(self, file: str) -> asyncssh.SSHKey | None:
        """A private key from a file; None where it has a passphrase that nobody tells. Raises Refused."""
        if file not in self._keys:
            self._keys[file] = await self._read(file)
        return self._keys[file]

    async def _read(self, file: str) -> asyncssh.SSHKey | None:
        try:
            data = Path(file).expanduser().read_bytes()
        except OSError as error:
            raise self._refused(file, error.strerror or str(error)) from None
        try:
            return asyncssh.import_private_key(data)
        except asyncssh.KeyImportError as error:
            if "passphrase" not in str(error).lower():
                raise self._refused(file, str(error)) from None
        passphrase = await self._in_caller(lambda: self._secrets.passphrase(file))
        if passphrase is None:
            return None
        try:
            return asyncssh.import_private_key(data, passphrase.reveal())
        except (asyncssh.KeyEncryptionError, asyncssh.KeyImportError):
            raise self._refused(file, "wrong passphrase") from None

    def _refused(self, file: str, reason: str) -> Refused:
        return Refused(problem("unusable-key", self._place, file=file, reason=reason))


class Client(asyncssh.SSHClient):
    """One connection's."""

    def __init__(self, user: str, host: str, keys: HostKeys, answers: Answers) -> None:
        self._user, self._host, self._host_keys, self._answers = user, host, keys, answers
        self._files: Iterator[str] = iter([answers.key_file] if answers.key_file else answers.others)
        self._is_told = False
        self.error: Refused | None = None

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        return self._host_keys.accepts(key)

    def validate_host_ca_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        return False  # its key alone will be asked for

    async def public_key_auth_requested(self) -> asyncssh.SSHKey | None:
        for file in self._files:
            try:
                key = await self._answers.key(file)
            except Refused as error:
                if self._answers.key_file:
                    self.error = error
                    return None
                continue
            if key is not None:
                return key
        return None

    async def password_auth_requested(self) -> str | None:
        return await self._password()

    def kbdint_auth_requested(self) -> str | None:
        return None if self._is_told else ""

    async def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str] | None:
        """A password asked for that way; what else might be asked, nobody here can answer."""
        if not prompts:
            return []
        if len(prompts) > 1 or prompts[0][1]:
            return None
        password = await self._password()
        return None if password is None else [password]

    async def _password(self) -> str | None:
        """Told once on a connection, since a second time it would be as wrong."""
        if self._is_told:
            return None
        self._is_told = True
        return await self._answers.password(self._user, self._host)
