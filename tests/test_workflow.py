"""What runs on Windows, macOS and Linux is what the README says and what this project has."""

import re
import tomllib
from importlib.util import find_spec
from typing import Any

import yaml

from tests.conftest import PROJECT

JOBS: dict[str, Any] = yaml.safe_load((PROJECT / ".github/workflows/systems.yml").read_text("utf-8"))["jobs"]
README = (PROJECT / "README.md").read_text("utf-8")
METADATA = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
VERSIONS = ["3.11", "3.12", "3.13", "3.14"]


def commands(job: str) -> list[str]:
    return [step["run"] for step in JOBS[job]["steps"] if "run" in step]


def test_the_readmes_commands_for_windows() -> None:
    """In both shells that Windows has, to the letter; but the preview would not end."""
    block = re.search(r"```bat\n(.*?)```", README, re.DOTALL)
    assert block is not None
    *written, preview = block[1].splitlines()
    assert preview.split() == [written[-1].split()[0], "serve", "--open"]
    assert len(written) == 3
    for job in ("cmd", "powershell"):
        assert JOBS[job]["runs-on"] == "windows-latest"
        assert JOBS[job]["defaults"]["run"]["shell"] == job
        assert commands(job)[:3] == written


def test_the_readmes_commands_for_make() -> None:
    for machine in JOBS["make"]["strategy"]["matrix"]["include"]:
        assert re.search(rf"(^|`){re.escape(machine['command'])}($|`|  )", README, re.MULTILINE), machine
    assert "${{ matrix.command }}" in commands("make")


def test_the_suite_runs_with_every_python_on_every_system() -> None:
    matrix = JOBS["suite"]["strategy"]["matrix"]
    assert matrix["python"] == VERSIONS
    assert {system.split("-")[0] for system in matrix["os"]} == {"windows", "macos", "ubuntu"}
    more = {(machine["os"], machine["python"]) for machine in matrix["include"]}
    assert more == {("windows-11-arm", "3.13")}
    assert METADATA["project"]["requires-python"] == f">={VERSIONS[0]}"
    named = {text.rpartition(" :: ")[2] for text in METADATA["project"]["classifiers"] if "Python :: 3." in text}
    assert named == {*VERSIONS}
    (suite,) = (command for command in commands("suite") if "pytest" in command)
    left_out = {*re.findall(r"not (\w+)", suite)}
    assert left_out == {name.partition(":")[0] for name in METADATA["tool"]["pytest"]["markers"]}


def test_what_is_compared_is_there() -> None:
    (command,) = (command for command in commands("suite") if "digest" in command)
    found = re.match(r"python -m ([\w.]+) same > \"(.+)\"", command)
    assert found is not None
    assert find_spec(found[1])
    first = re.search(r"diff (\S+)", commands("same")[0])
    assert first is not None
    assert first[1] == found[2].replace("${{ matrix.os }}", "ubuntu-latest").replace(
        "${{ matrix.python }}", VERSIONS[0]
    )
