"""One connection, whose host is known before anything is told to it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import asyncssh

from sitegen.problems import problem
from sitegen.publish.targets.target import Refused

from .client import Answers, Client
from .host_keys import HostKeys
from .refusals import Destination, refusal

CONNECT, LOGIN, QUIET, MOST_QUIET = 30, 180, 15, 4
"""Seconds until a host must answer; until somebody must be logged in, who may have to look for a password; after which
it is asked whether it still is there; and how often it may leave that unanswered."""
KNOWN_HOSTS = ("~/.ssh/known_hosts", "~/.ssh/known_hosts2", "/etc/ssh/ssh_known_hosts")
KEYS = ("~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa")


async def open_connection(to: Destination, fingerprint: str, answers: Answers) -> asyncssh.SSHClientConnection:
    """As ~/.ssh/config, the agent and known_hosts have it; `fingerprint`: the only key that the host may show, if any.
    Raises TargetError."""
    settings = _settings(to, answers)
    try:
        options = await asyncssh.SSHClientConnectionOptions.construct(**settings)
        config = options.config
        if not answers.key_file:
            answers.others = [file for file in config.get("IdentityFile", KEYS) if Path(file).expanduser().is_file()]
        files = [*config.get("UserKnownHostsFile", KNOWN_HOSTS), *config.get("GlobalKnownHostsFile", ())]
        keys = HostKeys(fingerprint, files)
        return await _open(settings, to, keys, lambda: Client(options.username, to.host, keys, answers))
    except (OSError, ValueError, asyncssh.Error) as error:
        raise refusal(error, to) from None


async def _open(
    settings: Mapping[str, Any], to: Destination, keys: HostKeys, new_client: Callable[[], Client]
) -> asyncssh.SSHClientConnection:
    """A host has several keys, of which it shows one: the others are asked for too, before it is said to be another."""
    names = keys.left if keys.is_pinned else []
    while True:
        client = new_client()
        shown = len(keys.shown)
        try:
            return await asyncssh.connect(
                **settings, client_factory=lambda client=client: client, known_hosts=keys.look_up,
                server_host_key_algs=names or (),
            )  # fmt: skip
        except (asyncssh.HostKeyNotVerifiable, asyncssh.KeyExchangeFailed) as error:
            is_first, names = not names, keys.left
            if keys.shown and (not keys.are_known or len(keys.shown) == shown or not names):
                raise keys.refusal(to.place) from None
            if len(keys.shown) == shown and not is_first:
                raise Refused(problem("host-refused", to.place, reason=error.reason)) from None
        except asyncssh.Error:
            if client.error is not None:
                raise client.error from None
            raise


def _settings(to: Destination, answers: Answers) -> dict[str, Any]:
    found: dict[str, Any] = {
        "host": to.host, "config": (), "gss_host": None,
        "preferred_auth": ("publickey", "keyboard-interactive", "password"),
        "connect_timeout": CONNECT, "login_timeout": LOGIN, "keepalive_interval": QUIET,
        "keepalive_count_max": MOST_QUIET,
    }  # fmt: skip
    found |= {name: value for name, value in (("port", to.port), ("username", to.user)) if value}
    if answers.key_file:  # others would count as failures
        found |= {"client_keys": None, "agent_path": None}
    return found
