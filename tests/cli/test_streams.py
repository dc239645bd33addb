"""What becomes of a command when nobody can read all that it says."""

import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from functools import cache
from io import BytesIO, StringIO, TextIOWrapper
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner

from sitegen.build.watchdog import Slow
from sitegen.cli import command as command_module
from sitegen.cli import streams
from sitegen.cli.main import main
from sitegen.cli.streams import Stream, safe_streams
from sitegen.i18n.messages import Words
from sitegen.preview import server
from sitegen.preview.builder import Attempt
from sitegen.text import nfc
from tests.support.sites import article, problems_of, run, write_site

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


@pytest.mark.posix
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


@pytest.mark.posix
def test_a_file_is_not_given_a_closed_stream(site: Path) -> None:
    """Else what another program says would be written into it."""
    program = "import os, sys; from sitegen.cli.streams import safe_streams as s\n"
    program += "with s(): sys.exit(os.open('site.yaml', os.O_RDONLY) < 3)"
    assert sh(f'python -c "{program}" <&- >&- 2>&-', site) == (0, "")


COMMANDS = {
    "build": 0,
    "build --json": 0,
    "build --root broken": 1,
    "build --root broken --json": 1,
    "build --port 1": 2,
    "build --now 気候": 2,
    "serve": 0,
    "serve --port ế": 2,
    "init {folder}": 0,
    "init .": 2,
    "new Hội --section {folder}": 0,
    "new Hội --section ../気候": 2,
    "messages": 0,
    "messages --root ế": 1,
    "schema site": 0,
    "schema article": 0,
    "schema sources": 0,
    "schema tags": 0,
    "schema ế": 2,
    "--version": 0,
    **{f"{command} --help": 0 for command in ("", "build", "init", "messages", "new", "schema", "serve")},
}
"""Every command, and the status that it leaves with whatever its output takes."""


WORDS = cache(Words)
"""A catalogue is read once, and not for each command."""


@pytest.mark.parametrize(
    ("encoding", "lang"),
    [
        *product(("cp1258", "cp932", "cp437", "cp1252"), ("vi", "ja", "en")),
        *product(("ascii", "utf-16", "utf-8"), ("vi",)),
    ],
)
def test_any_encoding(encoding: str, lang: str, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    monkeypatch.chdir(site)
    monkeypatch.setattr(server, "serve", _say_all)
    monkeypatch.setattr(command_module, "Words", WORDS)
    write_site(site / "broken", {"content/news/a/index.vi.md": article("Hội đàm 気候", date="30/02/2024")})
    for command, status in COMMANDS.items():
        arguments = ["--lang", lang, *command.format(folder=f"Bộ-気候-{lang}-{encoding}").split()]
        result = CliRunner(charset=encoding).invoke(main, arguments, catch_exceptions=False)
        assert (result.exit_code, "Traceback" in result.output) == (status, False), (command, result.output)
        assert result.output.strip(), command
        if "--json" in command or re.fullmatch("schema [a-z]+", command):
            assert json.loads(result.stdout_bytes.decode("utf-16" if encoding == "utf-16" else "utf-8")), command
            assert encoding in ("utf-16", "utf-8") or result.stdout_bytes.isascii(), command


def _say_all(root: Path, options: server.ServerOptions, words: Words, on_event: server.OnEvent) -> None:
    on_event(server.Started("http://192.0.2.1:8001/", 8000, public=True))
    on_event(Slow("content/news/a/index.vi.md", 10))
    on_event(Attempt(None, problems_of(root / "broken", {})))


@pytest.mark.posix
@pytest.mark.parametrize(
    ("encoding", "command"),
    [("cp932", "build --lang vi"), ("cp1252", "--lang ja build --json"), ("cp437", "serve --help --lang vi")],
)
def test_the_encoding_of_the_environment(encoding: str, command: str, site: Path) -> None:
    status, said = sh(
        f"PYTHONIOENCODING={encoding} sitegen {command} 2>&1 | iconv -f {encoding} -t utf-8; exit $PIPESTATUS", site
    )
    assert (status, "Traceback" in said) == (0, False)
    assert said.strip()


@pytest.mark.parametrize("encoding", ["cp1258", "cp437"])
def test_files_and_pipes_are_utf_8_where_windows_has_code_pages(
    encoding: str, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON is ASCII all the same: PowerShell takes what goes through it for text in a code page."""
    monkeypatch.setattr(streams, "needs_utf8", lambda stream: True)
    built, as_json = (
        CliRunner(charset=encoding).invoke(main, ["build", "--clean", "--root", str(site), "--lang", "ja", *more])
        for more in ((), ("--json",))
    )
    assert "警告" in built.stderr_bytes.decode()
    assert "ページ" in built.stdout_bytes.decode()
    assert "không-có" in built.stderr_bytes.decode()
    assert as_json.stdout_bytes.isascii()
    assert json.loads(as_json.stdout_bytes)["problems"]


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("cp1258", "Lỗi ở “Đổi mới” – \\u6c17\\u5019"),
        ("cp932", "L\\u1ed7i \\u1edf “\\u0110\\u1ed5i m\\u1edbi” \\u2013 気候"),
        ("latin-1", "L\\u1ed7i \\u1edf \\u201c\\u0110\\u1ed5i m\\u1edbi\\u201d \\u2013 \\u6c17\\u5019"),
        ("utf-8", "Lỗi ở “Đổi mới” – 気候"),
    ],
)
def test_letters_that_an_encoding_lacks(encoding: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In their parts where it has these, which Vietnamese Windows reads as the same; else escaped."""
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
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


def test_what_is_gathered_in_memory_may_have_any_letter(site: Path) -> None:
    """By a program that calls this one."""
    with redirect_stdout(StringIO()) as gathered, pytest.raises(SystemExit) as ended:
        main(["--lang", "ja", "build", "--json", "--root", str(site)])
    assert ended.value.code == 0
    assert "không-có" in gathered.getvalue()


def test_the_author_is_told_in_json_as_ever(site: Path) -> None:
    assert "không-có" in run("build", "--root", site, "--json").out
