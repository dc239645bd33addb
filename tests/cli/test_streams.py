"""What becomes of a command when nobody can read all that it says."""

import json
import os
import subprocess
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from click.testing import CliRunner

from sitegen.cli.main import main
from sitegen.cli.streams import Stream, safe_streams
from sitegen.text import nfc
from tests.support.sites import article, run, write_site

FULL = "What was to be printed could not be written: No space left on device.\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("streams")
    return write_site(root, {"content/news/a/index.vi.md": article("Hội đàm về 「気候」", "[a](/vi/không-có/)")})


def sh(command: str, site: Path) -> tuple[int, str]:
    """The exit status of a shell's command in the site's folder, and what it printed of either kind."""
    program = f'sitegen() {{ "{sys.executable}" -m sitegen "$@"; }}; python() {{ "{sys.executable}" "$@"; }}\n'
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        ["/bin/bash", "-c", program + command],
        cwd=site,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("command", "status", "printed"),
    [
        ("sitegen build >/dev/full", 0, FULL),
        ("sitegen build --json >/dev/full", 2, FULL),
        ("sitegen build --lang ja 2>/dev/full >&2", 0, ""),
        ("sitegen schema site >/dev/full", 2, FULL),
        ("sitegen --help >/dev/full", 0, FULL),
        ("sitegen build --clean 2>&- >/dev/null", 0, ""),
        ("sitegen build --clean >&-", 0, "vi/không-có/"),
        ("sitegen build --clean <&- >&- 2>&-", 0, ""),
        ("sitegen schema site | true; exit ${PIPESTATUS[0]}", 0, ""),
        ("sitegen build --root nowhere 2>&- >&-", 2, ""),
    ],
)
def test_nobody_reads(command: str, status: int, printed: str, site: Path) -> None:
    """The exit status is that of the work, but where what is lost is all that was asked for."""
    for page in site.glob("output/vi/index.html"):
        page.unlink()
    left, said = sh(command, site)
    assert (left, "Traceback" in said) == (status, False), said
    assert printed in said if printed else said == ""
    if "build" in command and "nowhere" not in command:
        assert (site / "output" / "vi" / "index.html").exists()


def test_a_file_is_not_given_a_closed_stream(site: Path) -> None:
    """Else what another program says would be written into it."""
    program = "import os, sys; from sitegen.cli.streams import safe_streams as s\n"
    program += "with s(): sys.exit(os.open('site.yaml', os.O_RDONLY) < 3)"
    assert sh(f'python -c "{program}" <&- >&- 2>&-', site) == (0, "")


@pytest.mark.parametrize("encoding", ["cp1258", "cp932", "latin-1", "ascii", "utf-16", "utf-8"])
@pytest.mark.parametrize(
    "command",
    ["build", "build --json", "schema site", "messages", "--help", "build --help", "--version", "build --port 1",
     "new Hội --section ../x", "init .", "serve --port x"],
)  # fmt: skip
def test_any_encoding(command: str, encoding: str, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(site)
    arguments = ["--lang", "vi", *command.split()]
    result = CliRunner(charset=encoding).invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code in (0, 2)
    if "json" in command or "schema" in command:
        assert json.loads(result.stdout_bytes.decode(encoding))
        if encoding != "utf-16":
            assert encoding == "utf-8" or result.stdout_bytes.isascii()


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("cp1258", "Lỗi ở “Đổi mới” – \\u6c17\\u5019"),
        ("cp932", "L\\u1ed7i \\u1edf “\\u0110\\u1ed5i m\\u1edbi” \\u2013 気候"),
        ("latin-1", "L\\u1ed7i \\u1edf \\u201c\\u0110\\u1ed5i m\\u1edbi\\u201d \\u2013 \\u6c17\\u5019"),
        ("utf-8", "Lỗi ở “Đổi mới” – 気候"),
    ],
)
def test_letters_that_an_encoding_lacks(encoding: str, shown: str) -> None:
    """In their parts where it has these, which Vietnamese Windows reads as the same; else escaped."""
    written = BytesIO()
    stream = Stream(TextIOWrapper(written, encoding=encoding))
    stream.write("Lỗi ở “Đổi mới” – 気候")
    stream.flush()
    assert nfc(written.getvalue().decode(encoding)) == shown


def test_a_window_without_streams(monkeypatch: pytest.MonkeyPatch, site: Path) -> None:
    """Python without a console has none."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with safe_streams() as (output, error), pytest.raises(SystemExit) as ended:
        main(["build", "--root", str(site)])
    assert (ended.value.code, output.lost, error.lost) == (0, "", "")
    assert sys.stdout is None


def test_the_author_is_told_in_json_as_ever(site: Path) -> None:
    assert "không-có" in run("build", "--root", site, "--json").out
