"""A secret goes to the host that it is for, and nowhere else: whatever fails, it stands in no output and in no file."""

import base64
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from sitegen.publish import publication
from tests.publish.test_cuts import impatient
from tests.support.git_hosts import https_git
from tests.support.publisher import Publisher
from tests.support.sites import SETTINGS, TAGS, article, write_site
from tests.support.sshd import sshd

pytestmark = pytest.mark.posix

SECRET = "M4rked+S3cret/of%this&test"
FORMS = [
    SECRET.encode(), quote(SECRET).encode(), quote(SECRET, safe="").encode(), base64.b64encode(SECRET.encode())[:-4],
    base64.b64encode(f"git:{SECRET}".encode())[6:-4],
]  # fmt: skip
NAMES = ("PASSWORD", "TOKEN", "PASSPHRASE")
KEY = "SHA256:" + "A" * 43


def break_down() -> None:
    """Nobody foresaw this, and it has the secret in its message and in its variables."""
    impatient()

    def look(*_: object, **__: object) -> None:
        secret = SECRET
        raise RuntimeError(f"bad day with {secret}")

    setattr(publication, "look", look)  # noqa: B010 - which it does not export


Case = tuple[str, Mapping[str, str], Callable[[], None]]


def cases(place: Path) -> Iterator[tuple[str, Case]]:
    """Targets that fail, by what goes wrong: settings, what is in the environment besides, what is done before."""
    yield "no folder", (f"to: folder:{place}/nowhere", {}, impatient)
    yield "unforeseen", (f"to: folder:{place}/www", {}, break_down)
    yield "published", (f"to: folder:{place}/www", {}, impatient)
    yield "no ssh", (f'to: "sftp://web@127.0.0.1:9/www", host_key: "{KEY}"', {}, impatient)
    yield "no git over ssh", (f'to: "git:ssh://web@127.0.0.1:9/x#pages", host_key: "{KEY}"', {}, impatient)
    yield "no git over https", ('to: "git:https://127.0.0.1:9/x.git#pages"', {}, impatient)
    with sshd(place / "run", place, only_sftp=False, settings="PasswordAuthentication yes\n") as server:
        to = f'to: "sftp://{server.user}@127.0.0.1:{server.port}/{place}/www"'
        known = f'host_key: "{server.fingerprint}"'
        yield "unknown host", (to, {}, impatient)
        yield "another host", (f'{to}, host_key: "{KEY}"', {}, impatient)
        yield "wrong password", (f"{to}, {known}", {}, impatient)
        yield (
            "unusable key",
            (f"{to}, {known}", {"SITEGEN_LIVE_KEY_FILE": str(place / "site" / "site.yaml")}, impatient),
        )
        git = f'to: "git:ssh://{server.user}@127.0.0.1:{server.port}{place}/nothing.git#pages", {known}'
        yield "no such repository", (git, {"SITEGEN_LIVE_KEY_FILE": str(server.key)}, impatient)
    subprocess.run(["git", "init", "--quiet", "--bare", str(place / "host.git")], check=True)
    with (
        https_git(place, place / "https", password="another") as closed,
        https_git(place, place / "https-2", password=SECRET) as host,
    ):
        git = f'to: "git:{host.address}/host.git#pages"'
        trust = {"GIT_SSL_CAINFO": str(place / "both.pem")}
        (place / "both.pem").write_bytes(closed.certificate.read_bytes() + host.certificate.read_bytes())
        yield "certificate", (git, {}, impatient)
        yield "wrong token", (f'to: "git:{closed.address}/host.git#pages"', trust, impatient)
        subprocess.run(["git", "config", "http.receivepack", "false"], cwd=place / "host.git", check=True)
        yield "no write access", (git, trust, impatient)
        hook = place / "host.git" / "hooks" / "pre-receive"
        subprocess.run(["git", "config", "http.receivepack", "true"], cwd=place / "host.git", check=True)
        hook.write_text(f"#!/bin/sh\necho 'error: not with {SECRET}' >&2\nexit 1\n", "utf-8")
        hook.chmod(0o755)
        yield "told by the host", (git, trust, impatient)
        hook.unlink()
        yield "pushed", (git, trust, impatient)


@pytest.mark.parametrize("as_json", [False, pytest.param(True, marks=pytest.mark.full)])
def test_it_is_in_no_output_and_in_no_file(tmp_path: Path, *, as_json: bool) -> None:
    (tmp_path / "www").mkdir()
    states = {}
    for name, (to, more, before) in cases(tmp_path):
        root = tmp_path / "site"
        shutil.rmtree(root, ignore_errors=True)
        settings = SETTINGS.replace("https://example.org/", "http://127.0.0.1:9/") + f"publish: {{live: {{{to}}}}}\n"
        write_site(root, {"content/news/a.vi.md": article("A"), "site.yaml": settings, "content/tags.yaml": TAGS}, {})
        secrets = {f"SITEGEN_LIVE_{what}": SECRET for what in NAMES}
        environment = {"HOME": str(tmp_path / "home"), "SITEGEN_TRACEBACK": "1", "SSH_AUTH_SOCK": "", **secrets, **more}
        done = Publisher(root, environment, ("--yes", *(["--json"] if as_json else []))).publish(before=before)
        states[name] = done.status
        files = [
            path for folder in ("site", "www", "home") for path in (tmp_path / folder).rglob("*") if path.is_file()
        ]
        places = {str(path): path.read_bytes() for path in files} | {"what was said": done.said.encode()}
        assert [(name, where) for where, data in places.items() if any(form in data for form in FORMS)] == []
        assert done.said
    assert {name for name, status in states.items() if status == 0} == {"published", "pushed"}, states
    log = subprocess.run(
        ["git", "log", "-p", "--all"], cwd=tmp_path / "host.git", check=True, capture_output=True
    ).stdout
    assert b"release 1" in log
    assert not any(form in log for form in FORMS)
