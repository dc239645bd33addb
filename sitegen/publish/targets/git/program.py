"""The `git` command: called without a shell, with nothing of a caller's own repository, and asking nobody unseen."""

import os
import re
import shlex
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from sitegen.publish.secrets import Secret
from sitegen.system.disk import slashed


class GitAccess(Struct, frozen=True):
    """How a repository lets somebody in, besides what Git itself knows. `token`: sent over HTTPS alone; `key_file`,
    `host_key`: for SSH, the private key and the fingerprint that the host must show; `may_ask`: whether somebody is
    there to answer."""

    user: str = ""
    token: Secret | None = None
    key_file: str = ""
    host_key: str = ""
    may_ask: bool = False


class GitFailed(Exception):
    """A command failed; `said`: all that it printed, in English."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said

    @property
    def reason(self) -> str:
        """The line that says most: of the host, else of Git."""
        lines = [line.strip() for line in self.said.splitlines() if line.strip() and HOST_KEY not in line]
        told = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
        telling = [line for line in told if re.match(r"(?i)(error|fatal|GH\d+|GitLab)", line)]
        own = [line for line in lines if line.startswith(("fatal:", "error:", "ssh:"))]
        return next(iter([*telling, *filter(None, told), *own, *lines[::-1]]), "git failed").rstrip(".")


HOST_KEY = "sitegen-host-key"
"""Begins the line in which ssh tells of the key that a host has shown."""

_OF_CALLER = re.compile(
    r"(?!GIT_)|GIT_(SSH|SSH_COMMAND|SSH_VARIANT|ASKPASS|EXEC_PATH|SSL_C\w+|PROXY_\w+|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM)|"
    r"(AUTHOR|COMMITTER)_(NAME|EMAIL))\Z"
)
"""What of an environment is for us too: how hosts are reached, and not which repository is meant, as hooks have it;
nothing that traces secrets, or does without certificates."""

_SETTINGS = {
    "core.hooksPath": os.devnull, "core.quotePath": "false", "submodule.recurse": "false",
    "push.gpgSign": "false", "push.followTags": "false", "push.recurseSubmodules": "no",
    "gc.autoDetach": "false", "maintenance.autoDetach": "false", "user.useConfigOnly": "true",
    "http.sslVerify": "true", "http.lowSpeedLimit": "1", "http.lowSpeedTime": "300",
}  # fmt: skip
"""Against whatever else is set for this user."""

_KNOWN = (
    "import sys; shown, kind, host, key = sys.argv[1:]; sys.stderr.write(f'{mark} {{shown}} {{kind}}\\n'); "
    "shown == '{pinned}' and print(host, kind, key)"
)
"""What ssh asks for the keys of a host (ssh_config(5), KnownHostsCommand)."""


class GitProgram:
    """Git for one repository on this disk, and one elsewhere."""

    def __init__(self, program: str, address: str, access: GitAccess) -> None:
        self._program, self.address, self.pinned = program, address, access.host_key
        self._environment = environment(os.environ, address, access)
        if "GIT_SSH_COMMAND" in self._environment or is_over_ssh(address):
            own = self._environment.get("GIT_SSH_COMMAND") or self.answer("config", "--get", "core.sshCommand")
            self._environment["GIT_SSH_COMMAND"] = ssh_command(own or self._environment.get("GIT_SSH", ""), access)

    def answer(self, *arguments: str, folder: Path | None = None) -> str:
        """What a command prints, without the end of the line; nothing when it fails."""
        with suppress(GitFailed):
            return self.run(*arguments, folder=folder).decode("utf-8", "replace").removesuffix("\n")
        return ""

    def run(self, *arguments: str, folder: Path | None = None) -> bytes:
        """What a command prints. Raises GitFailed."""
        with self.start(*arguments, folder=folder) as process:
            said, complaint = process.communicate()
        if process.returncode:
            raise GitFailed((complaint + b"\n" + said).decode("utf-8", "replace"))
        return said

    @contextmanager
    def start(
        self, *arguments: str, folder: Path | None = None, takes: bool = False
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A command, ended at the latest with the context. `folder`: where; `takes`: whether it is written to."""
        taken = subprocess.PIPE if takes else subprocess.DEVNULL
        where = folder or Path(self._program).parent  # anywhere but in a repository
        with subprocess.Popen(  # noqa: S603 - no shell, no text of a host's
            [self._program, *arguments], cwd=where, env=self._environment, stdin=taken,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()
                if process.stdin:
                    with suppress(BrokenPipeError):  # what it did not take any more
                        process.stdin.close()


def environment(own: Mapping[str, str], address: str, access: GitAccess) -> dict[str, str]:
    """The environment of Git for a repository elsewhere, from that of this process. A token goes the way of settings,
    since everybody may read the arguments of a process, and is sent to that very address alone."""
    settings = dict(_SETTINGS)
    if is_with_token := access.token is not None and address.startswith("https:"):
        pair = f"{access.user or 'git'}:{access.token.reveal()}".encode("utf-8", "surrogateescape")
        settings[f"http.{address}.extraHeader"] = f"Authorization: Basic {b64encode(pair).decode('ascii')}"
        settings["http.followRedirects"] = "false"
    kept = {name: value for name, value in own.items() if _OF_CALLER.match(name) and name not in _LANGUAGES}
    return kept | {
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "1" if access.may_ask and not is_with_token else "0",
        "GCM_INTERACTIVE": "auto" if access.may_ask else "never",
        "GIT_ALLOW_PROTOCOL": "file:http:https:ssh",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_CONFIG_COUNT": str(len(settings)),
        **{f"GIT_CONFIG_KEY_{index}": name for index, name in enumerate(settings)},
        **{f"GIT_CONFIG_VALUE_{index}": value for index, value in enumerate(settings.values())},
    }


_LANGUAGES = ("LANGUAGE", "LC_MESSAGES")


def ssh_command(own: str, access: GitAccess) -> str:
    """How Git starts ssh: as this user does, but an unknown host is told of and not asked about, so that sitegen asks
    in the author's language; nothing waits for ever. A program that is not OpenSSH has other options, and is left as it
    is."""
    words = shlex.split(own) if own else ["ssh"]
    if not words or Path(words[0]).stem.lower() != "ssh":
        return own
    known = _KNOWN.format(mark=HOST_KEY, pinned=access.host_key)
    options = {
        "IgnoreUnknown": "KnownHostsCommand",  # before OpenSSH 8.5
        "KnownHostsCommand": f'"{slashed(sys.executable)}" -I -S -c "{known}" %f %t %H %K',
        "StrictHostKeyChecking": "yes", "ConnectTimeout": "30", "ServerAliveInterval": "15", "ServerAliveCountMax": "4",
    }  # fmt: skip
    if access.key_file:
        options |= {"IdentityFile": f'"{slashed(access.key_file)}"', "IdentitiesOnly": "yes"}
    if access.host_key:
        options |= {"UserKnownHostsFile": "none", "GlobalKnownHostsFile": "none"}
    if not access.may_ask:
        options["BatchMode"] = "yes"
    return " ".join([own or "ssh", *(f"-o {shlex.quote(f'{name}={value}')}" for name, value in options.items())])


def is_over_ssh(address: str) -> bool:
    """Also as scp writes it: HOST:PATH, where no / comes before the colon, and HOST is no drive (git-fetch(1))."""
    return bool(re.match(r"(?:git\+)?ssh(?:\+git)?://|(?!\w:[\\/])[^/\\]+:(?!//)", address))


def is_local(address: str) -> bool:
    return not is_over_ssh(address) and "://" not in address


def same_repository(one: str, other: str) -> bool:
    """Whether two addresses mean one repository, over whichever protocol."""
    return _plain(one) == _plain(other)


def _plain(address: str) -> str:
    if is_local(address) or address.startswith("file:"):
        return os.path.realpath(address.removeprefix("file://")).removesuffix(".git").removesuffix("/")
    found = re.match(r"(?:[a-z+]+://)?(?:[^@/]*@)?(?P<host>[^:/]+)(?::\d+)?[:/]+(?P<path>.*)", address)
    return f"{found['host']}/{found['path'].strip('/').removesuffix('.git')}".casefold() if found else address


def quoted(path: str) -> bytes:
    """A path as `git fast-import` reads it."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'.encode("utf-8", "surrogateescape")
