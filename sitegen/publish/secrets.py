"""Secrets: where what a host asks for comes from, and what keeps it out of all that is printed."""

import importlib.util
import json
import netrc
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote, quote_plus

from sitegen.config.targets import secret_variable

MASK = "•••"
SHORTEST = 4
"""Characters of what is masked: shorter ones stand in many a text."""


class Secret:
    """A password, a passphrase or a token, which shows itself nowhere but where it is asked for."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __reduce__(self) -> Any:
        raise TypeError("A secret goes nowhere.")


class Secrets:
    """Those of one target, looked for in the environment, then in netrc and the system's keyring, then with the person
    at the terminal."""

    def __init__(
        self, target: str, environment: Mapping[str, str], ask: Callable[[str], str | None] | None = None
    ) -> None:
        """`ask` shows a question and takes what is typed unseen; None where nobody is there."""
        self._target, self._environment, self._ask = target, environment, ask
        self._given = [
            Secret(value)
            for what in ("PASSWORD", "TOKEN", "PASSPHRASE")
            if (value := environment.get(secret_variable(target, what)))
        ]

    @property
    def user(self) -> str:
        """The user's name on the host, where the environment says one."""
        return self._environment.get(secret_variable(self._target, "USER"), "")

    @property
    def key_file(self) -> str:
        """The private key to log in with, where the environment says one."""
        return self._environment.get(secret_variable(self._target, "KEY_FILE"), "")

    def token(self) -> Secret | None:
        return self._from_environment("TOKEN")

    def password(self, user: str, host: str, question: str = "") -> Secret | None:
        """That of a user on a host; None where nobody knows it. Without a `question` nobody is asked."""
        return (
            self._from_environment("PASSWORD")
            or self._note(_from_netrc(user, host))
            or self._note(_from_keyring(user, host))
            or self._asked(question)
        )

    def passphrase(self, question: str = "") -> Secret | None:
        """That of the private key."""
        return self._from_environment("PASSPHRASE") or self._asked(question)

    def mask(self, text: str) -> str:
        """A text without any of the secrets, as they are or in the forms that addresses, headers and JSON have."""
        for form in sorted({form for secret in self._given for form in _forms(secret.reveal())}, key=len, reverse=True):
            text = text.replace(form, MASK)
        return text

    def _from_environment(self, what: str) -> Secret | None:
        return self._note(self._environment.get(secret_variable(self._target, what)))

    def _asked(self, question: str) -> Secret | None:
        return self._note(self._ask(question)) if self._ask and question else None

    def _note(self, text: str | None) -> Secret | None:
        if not text:
            return None
        self._given.append(secret := Secret(text))
        return secret


def _from_netrc(user: str, host: str) -> str | None:
    with suppress(OSError, netrc.NetrcParseError):
        found = netrc.netrc().authenticators(host)
        if found and found[0] in ("", user):
            return found[2]
    return None


def _from_keyring(user: str, host: str) -> str | None:
    """What the system keeps for `keyring get HOST USER`, where that library is installed."""
    if importlib.util.find_spec("keyring") is None:
        return None
    with suppress(Exception):  # each system has its own ways to refuse
        found = importlib.import_module("keyring").get_password(host, user)
        return found if isinstance(found, str) else None
    return None


def _forms(text: str) -> Iterator[str]:
    if len(text) < SHORTEST:
        return
    data = text.encode("utf-8", "surrogateescape")  # as the environment has it
    yield from (text, quote(data), quote(data, safe=""), quote_plus(data), json.dumps(text)[1:-1], repr(text)[1:-1])
    for before in ("", "_", "__"):  # Base64 goes by threes, and something stands before, as in user:password
        coded = b64encode(before.encode() + data).decode().rstrip("=")
        yield coded[2 * len(before) : len(coded) - 1]
