"""What people reported, one file each in tests/reports/: a small site, and what its author and its readers get."""

import shlex
from pathlib import Path

import pytest

from tests.support.sites import BASE, BLOCK, Content, read_file, run, write_site

REPORTS = Path(__file__).parent / "reports"
NAMES = sorted(path.stem for path in REPORTS.glob("*.md") if path.stem != "README")
NOW = "2026-11-23 10:00"


@pytest.mark.parametrize("name", NAMES)
def test_report(name: str, tmp_path: Path) -> None:
    files: dict[str, Content] = {}
    commands, told, checks = ["sitegen build --all"], "", 0
    blocks = [
        (block["info"].strip(), block["text"]) for block in BLOCK.finditer((REPORTS / f"{name}.md").read_text("utf-8"))
    ]
    for info, text in blocks:
        match info.split():
            case ["commands"]:
                commands = text.splitlines()
            case ["author", "reads"]:
                told = text
            case ["readers", *_] | ["published"] | ["not", "published"]:
                checks += 1
            case _:
                files |= read_file(info, text)
    site = write_site(tmp_path, files, {k: v for k, v in BASE.items() if k not in files})
    assert "".join(_said(command, site) for command in commands) == told
    assert told or checks, "a report says what is expected"
    for info, text in blocks:
        _check(info, text, site / "output")


def _said(command: str, site: Path) -> str:
    """What a command says to the author beside its last line."""
    _, name, *options = shlex.split(command)
    moment = ["--now", NOW] if name == "build" and "--now" not in options else []
    return run(name, "--root", site, *options, *moment).err


def _check(info: str, text: str, output: Path) -> None:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    match info.split():
        case ["readers", "get", *path]:
            page = (output / " ".join(path)).read_text("utf-8")
            assert [line for line in lines if line not in page] == [], page
        case ["readers", "never", "get", *path]:
            page = (output / " ".join(path)).read_text("utf-8")
            assert [line for line in lines if line in page] == [], page
        case ["published"]:
            assert [line for line in lines if not (output / line).exists()] == [], sorted(output.rglob("*"))
        case ["not", "published"]:
            assert [line for line in lines if (output / line).exists()] == []
