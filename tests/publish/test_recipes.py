"""What docs/publishing.md tells people to write and to run: settings as they are read, commands in a fresh copy of
a site whose host is a bare repository or a folder."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from sitegen.cli.main import main
from sitegen.config.settings import read_config
from sitegen.config.targets import TargetSettings, secret_variable
from tests.conftest import PROJECT
from tests.support.live import free_port
from tests.support.sites import SETTINGS, article, write_site

PAGE = (PROJECT / "docs/publishing.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
YAML = [text for kind, text in BLOCKS if kind == "yaml"]
TARGETS = [text for text in YAML if text.startswith("publish:\n  live:")]
UNITS = [text for kind, text in BLOCKS if kind == "ini"]


@pytest.mark.parametrize("text", TARGETS)
def test_settings_are_as_they_are_read(text: str) -> None:
    read, problems = read_config(f"{SETTINGS}{text}", "site.yaml")
    assert read is not None
    assert problems == ()
    assert read[0].publish.keys() >= {"live"}


def test_every_setting_is_a_real_one_and_every_real_one_is_told() -> None:
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"\w+", row)}
    assert told == {*TargetSettings.__struct_fields__} | {"gone", "security"}


def test_variables_and_options_are_real_ones() -> None:
    variables = {*re.findall(r"SITEGEN_LIVE_(\w+)", PAGE)}
    assert variables == {"USER", "PASSWORD", "KEY_FILE", "PASSPHRASE", "TOKEN"}
    assert secret_variable("live", "KEY_FILE") == "SITEGEN_LIVE_KEY_FILE"
    known = {option for parameter in main.commands["publish"].params for option in parameter.opts}
    said = {
        option
        for line in re.findall(r"sitegen(?:\.exe)? publish([^\n`\"&]*)", PAGE)
        for option in re.findall(r"--[\w-]+", line)
    }
    assert said
    assert said <= known
    assert {*re.findall(r"`(--[\w-]+)", PAGE)} <= known


class Desk:
    """A fresh copy of a site, a shell in it, and programs of which some only say that they were called."""

    def __init__(self, folder: Path, target: str) -> None:
        if shutil.which("git") is None or shutil.which("bash") is None:
            pytest.skip("there is no git, or no bash")
        self.folder, self.root, self.host = folder, folder / "site", folder / "host.git"
        self._run(["git", "init", "--quiet", "--bare", str(self.host)])
        self._run(["git", "init", "--quiet", "--bare", str(folder / "origin.git")])
        files = {
            "content/news/a.vi.md": article("Một", aliases=["/cũ/"]),
            ".gitignore": "/output/\n/.sitegen/\n/.venv/\n/handed-on*\n",
        }
        text = f"{SETTINGS}search: false\n{target}".replace(
            "https://example.org/site/", f"http://127.0.0.1:{free_port()}/"
        )
        write_site(folder / "first", {"site.yaml": text, **files})
        git = ["git", "-C", str(folder / "first"), "-c", "user.name=A", "-c", "user.email=a@example.org"]
        for words in (
            "init --quiet -b main",
            "add .",
            "commit --quiet -m one",
            f"push --quiet {folder}/origin.git main",
        ):
            self._run([*git, *words.split()])
        self._run(["git", "clone", "--quiet", "-b", "main", str(folder / "origin.git"), str(self.root)])
        self.bin = folder / "bin"
        self.bin.mkdir()
        called = f'echo "$(basename "$0") $*" >> {folder}/called\n'
        real = f'exec {sys.executable} -P "$@"\n'
        self._program("python", f'if [ "$1 $2 $3" = "-m pip install" ]; then {called}else {real}fi\n')
        self._program("npx", called)
        self._program("sitegen", f'exec {sys.executable} -P -m sitegen "$@"\n')
        (self.root / ".venv/bin").mkdir(parents=True)
        (self.root / ".venv/bin/sitegen").symlink_to(self.bin / "sitegen")

    def _program(self, name: str, text: str) -> None:
        (self.bin / name).write_text(f"#!/bin/sh\n{text}", "utf-8")
        (self.bin / name).chmod(0o755)

    def _run(self, command: list[str]) -> None:
        subprocess.run(command, check=True, capture_output=True)

    def shell(self, command: str, environment: Mapping[str, str] = {}) -> str:
        """What a line says; it must end well."""
        path = f"{self.bin}:{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-e", "-c", command.replace("/srv/site", str(self.root))], cwd=self.root, check=False,
            capture_output=True, encoding="utf-8",
            env={**os.environ, "PYTHONPATH": str(PROJECT), "PATH": path, **environment},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout + done.stderr

    @property
    def called(self) -> list[str]:
        return (self.folder / "called").read_text("utf-8").splitlines()

    @property
    def published(self) -> list[str]:
        """What lies in the branch."""
        listed = ["git", "-C", str(self.host), "ls-tree", "-r", "--name-only", "pages"]
        return subprocess.run(listed, check=True, capture_output=True, encoding="utf-8").stdout.splitlines()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, f'publish: {{live: {{to: "git:{tmp_path}/host.git#pages"}}}}\n')


@pytest.mark.posix
def test_github_actions(desk: Desk) -> None:
    (text,) = (text for text in YAML if text.startswith("# .github/workflows/"))
    steps = yaml.safe_load(text)["jobs"]["publish"]["steps"]
    assert [step["uses"].partition("@")[0] for step in steps if "uses" in step] == [
        "actions/checkout", "actions/setup-python", "actions/cache",
    ]  # fmt: skip
    assert steps[2]["with"]["path"] == ".sitegen"
    for step in (step for step in steps if "run" in step):
        said = desk.shell(step["run"], {name: _filled(value, desk) for name, value in step.get("env", {}).items()})
    assert "is release 1" in said
    assert desk.called == ["python -m pip install sitegen[all]"]
    assert (desk.folder / "key").read_text("utf-8") == "a private key\n"
    assert (desk.folder / "key").stat().st_mode & 0o777 == 0o600
    assert "vi/index.html" in desk.published
    assert "Nothing to publish" in desk.shell(steps[-1]["run"])


def _filled(value: str, desk: Desk) -> str:
    return value.replace("${{ runner.temp }}", str(desk.folder)).replace("${{ secrets.KEY }}", "a private key")


@pytest.mark.posix
def test_gitlab_ci(desk: Desk) -> None:
    (text,) = (text for text in YAML if text.startswith("# .gitlab-ci.yml"))
    job: dict[str, Any] = yaml.safe_load(text)["publish"]
    (desk.folder / "key").touch()
    said = desk.shell("\n".join(job["script"]), {"SITEGEN_LIVE_KEY_FILE": str(desk.folder / "key")})
    assert "is release 1" in said
    assert job["cache"]["paths"] == [".sitegen/"]
    assert "vi/index.html" in desk.published


@pytest.mark.posix
def test_cron(desk: Desk) -> None:
    (line,) = (text for kind, text in BLOCKS if kind == "crontab")
    *moments, command = line.strip().split(maxsplit=5)
    assert moments == ["*/10", "*", "*", "*", "*"]
    assert "%" not in command  # which ends a line there
    desk.shell("mkdir -p .sitegen")
    assert desk.shell(command) == ""
    assert "is release 1" in (desk.root / ".sitegen/publish.log").read_text("utf-8")


@pytest.mark.posix
def test_systemd(desk: Desk) -> None:
    service, timer = (configparser.ConfigParser(interpolation=None) for _ in UNITS)
    for parser, text in zip((service, timer), UNITS, strict=True):
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(text)
    assert dict(timer["Timer"]) == {"OnCalendar": "*:0/10", "Persistent": "true"}
    assert service["Service"]["Type"] == "oneshot"
    assert service["Service"]["WorkingDirectory"] == "/srv/site"
    for key in ("ExecStartPre", "ExecStart"):
        said = desk.shell(service["Service"][key])
    assert "is release 1" in said


def test_windows_task() -> None:
    (line,) = (text.strip() for kind, text in BLOCKS if kind == "bat")
    words = shlex.split(line.replace("\\", "/"))
    assert words[:2] == ["schtasks", "/Create"]
    assert dict(zip(words[2::2], words[3::2], strict=True)) == {
        "/TN": "sitegen publish",
        "/SC": "MINUTE",
        "/MO": "10",
        "/TR": "C:/site/.venv/Scripts/sitegen.exe publish --yes --root C:/site",
    }


@pytest.mark.posix
@pytest.mark.parametrize(("program", "host"), [("wrangler", "cloudflare"), ("netlify", "netlify")])
def test_programs_of_hosts(tmp_path: Path, program: str, host: str) -> None:
    """They take a folder in which nothing is sitegen's own; readers are not asked, since they get it later."""
    target = TARGETS[-1].replace("host: cloudflare", f"host: {host}")
    desk = Desk(tmp_path, target)
    (command,) = (text.strip() for kind, text in BLOCKS if kind == "sh" and program in text)
    said = desk.shell(command)
    assert "is release 1" in said
    assert "[read-" not in said
    (called,) = desk.called
    assert f"npx {program}" in called
    handed = {path.relative_to(desk.root / "handed-on").as_posix() for path in (desk.root / "handed-on").rglob("*")}
    assert {"_headers", "_redirects", "vi/index.html"} <= handed
    assert not [path for path in handed if path.startswith(".sitegen")]


def test_commands_of_authors_are_real() -> None:
    first = next(text for kind, text in BLOCKS if kind == "sh")
    assert [line.split("#")[0].split() for line in first.splitlines()] == [
        ["sitegen", "publish", "--dry-run"],
        ["sitegen", "publish"],
    ]
