"""Opening an editor from a preview: for this machine alone, and one at a time."""

import asyncio
import errno
import http.client
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast
from unittest.mock import Mock

import psutil
import pytest

import sitegen.preview.handlers
import sitegen.preview.server
from sitegen.i18n.messages import Words
from sitegen.preview.editors import BUSY, editor_command, is_busy
from sitegen.preview.server import ServerOptions, serve
from sitegen.system.desktop import find_program
from sitegen.system.handles import SCARCE
from tests.support.previews import PATIENCE, Answered, Preview, awaited, previewed
from tests.support.sites import article, write_site

A = "content/news/a/index.vi.md"
OPEN = "/__sitegen/open?path=site.yaml"


@pytest.mark.parametrize(
    ("environment", "programs", "line", "expected"),
    [
        ({}, "code xdg-open", 7, ["/code", "-g", "/a b.md:7"]),
        ({}, "code", 0, ["/code", "-g", "/a b.md"]),
        ({}, "xdg-open", 7, ["/xdg-open", "/a b.md"]),
        ({}, "", 7, None),
        ({"SITEGEN_EDITOR": "cursor --wait"}, "cursor code", 7, ["/cursor", "--wait", "-g", "/a b.md:7"]),
        ({"SITEGEN_EDITOR": "subl"}, "subl", 7, ["/subl", "/a b.md:7"]),
        ({"SITEGEN_EDITOR": "gvim -p"}, "gvim", 7, ["/gvim", "-p", "+7", "/a b.md"]),
        ({"SITEGEN_EDITOR": "gvim"}, "gvim", 0, ["/gvim", "/a b.md"]),
        ({"SITEGEN_EDITOR": "e --at {line} {path};x"}, "e", 0, ["/e", "--at", "1", "/a b.md;x"]),
        ({"SITEGEN_EDITOR": "e '--at={path}' {line}"}, "e", 7, ["/e", "--at=/a b.md", "7"]),
        ({"SITEGEN_EDITOR": "sh -c 'gvim {path}'"}, "sh code", 7, ["/code", "-g", "/a b.md:7"]),
        ({"SITEGEN_EDITOR": """sh -c 'gvim "$1"' sh {path}"""}, "sh", 7, ["/sh", "-c", 'gvim "$1"', "sh", "/a b.md"]),
        ({"SITEGEN_EDITOR": "vim"}, "vim code", 7, ["/vim", "/a b.md"]),
        ({"SITEGEN_EDITOR": "gone"}, "code", 7, ["/code", "-g", "/a b.md:7"]),
        ({"SITEGEN_EDITOR": "'"}, "code", 7, ["/code", "-g", "/a b.md:7"]),
        ({"VISUAL": "vim"}, "vim code", 7, ["/code", "-g", "/a b.md:7"]),
        ({"VISUAL": "Vim.basic"}, "Vim.basic", 7, None),
        ({"VISUAL": "emacs -nw"}, "emacs code", 7, ["/code", "-g", "/a b.md:7"]),
        ({"VISUAL": "emacs"}, "emacs code", 7, ["/emacs", "+7", "/a b.md"]),
        ({"VISUAL": "kate", "SITEGEN_EDITOR": "zed"}, "kate zed", 7, ["/zed", "/a b.md:7"]),
        ({"VISUAL": "kate"}, "kate", 7, ["/kate", "/a b.md"]),
    ],
)
def test_the_editor_of_ones_choice(
    environment: dict[str, str], programs: str, line: int, expected: list[str] | None
) -> None:
    there = {name: f"/{name}" for name in programs.split()}
    found = editor_command(environment, there.get, "/a b.md", line, ("xdg-open",), windows=False)
    assert found == expected


def test_a_program_in_a_folder_with_blanks() -> None:
    program = "/Applications/Sublime Text.app/Contents/SharedSupport/bin/subl"
    given = {"SITEGEN_EDITOR": program}
    found = editor_command(given, {program: program}.get, "/a.md", 7, ("open", "-t"), windows=False)
    assert found == [program, "/a.md:7"]


def test_the_editor_of_macos() -> None:
    """By `open` alone a .command would be run."""
    found = editor_command({}, {"open": "/usr/bin/open"}.get, "/a.md", 7, ("open", "-t"), windows=False)
    assert found == ["/usr/bin/open", "-t", "/a.md"]


VS_CODE = r"C:\Users\Lê O'Brien\AppData\Local\Programs\Microsoft VS Code"
INSIDERS = r"C:\Program Files\Microsoft VS Code Insiders"
CURSOR = r"C:\Users\a\AppData\Local\Programs\cursor"
NOTEPAD = r"C:\Windows\System32\notepad.exe"
PLUS = r"C:\Program Files\Notepad++\notepad++.exe"
VIM = r"C:\Vim\GVIM.EXE"
AT = r"D:\a&calc\bài viết.md"
ON_PATH = {
    "code": rf"{VS_CODE}\bin\code.CMD",
    "code-insiders": rf"{INSIDERS}\bin\code-insiders.cmd",
    "cursor": rf"{CURSOR}\resources\app\bin\cursor.CMD",
    "notepad.exe": NOTEPAD,
    "notepad": NOTEPAD,
    "idea": r"C:\jetbrains\idea.BAT",
    "gvim": VIM,
    "vim": r"C:\Vim\VIM.EXE",
    "subl": r"C:\Sublime\subl.exe",
    "tool": r"C:\x\tool.JS",
    "other": r"C:\x\bin\other.cmd",
    "codium": r"C:\x\bin\codium.cmd",
    "cmd": r"C:\Windows\System32\cmd.exe",
    "pwsh.exe": r"C:\x\pwsh.exe",
    "explorer": r"C:\Windows\explorer.exe",
}
FILES = (
    *(rf"{VS_CODE}\{name}" for name in (r"bin\code", r"bin\code.cmd", "Code.exe")),
    *(rf"{INSIDERS}\{name}" for name in (r"bin\code-insiders.cmd", "Code - Insiders.exe")),
    *(rf"{CURSOR}\{name}" for name in (r"resources\app\bin\cursor.cmd", "Cursor.exe")),
    *(PLUS, NOTEPAD, VIM, r"C:\jetbrains\bin\idea.bat", r"C:\x\my editor.cmd ", r"C:\x\e.exe"),
)


def on_windows(asked: str) -> str | None:
    """Finds what is there as Windows does: in whatever case, and with / too."""
    wanted = asked.replace("/", "\\").lower()
    return ON_PATH.get(asked) or next((asked for file in FILES if file.lower() == wanted), None)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ("", [rf"{VS_CODE}\Code.exe", "-g", f"{AT}:7"]),
        ("code", [rf"{VS_CODE}\Code.exe", "-g", f"{AT}:7"]),
        ("code -n", [rf"{VS_CODE}\Code.exe", "-n", "-g", f"{AT}:7"]),
        (rf"{VS_CODE}\bin\code.cmd", [rf"{VS_CODE}\Code.exe", "-g", f"{AT}:7"]),
        (rf'"{VS_CODE}\bin\CODE.CMD" -n', [rf"{VS_CODE}\Code.exe", "-n", "-g", f"{AT}:7"]),
        (rf'"{VS_CODE}\bin\code" -n', [rf"{VS_CODE}\Code.exe", "-n", "-g", f"{AT}:7"]),
        (rf"{VS_CODE}\Code.exe", [rf"{VS_CODE}\Code.exe", "-g", f"{AT}:7"]),
        ("code-insiders --goto {path}:{line}", [rf"{INSIDERS}\Code - Insiders.exe", "--goto", f"{AT}:7"]),
        ("cursor", [rf"{CURSOR}\Cursor.exe", "-g", f"{AT}:7"]),
        (f'"{PLUS}" -n{{line}} {{path}}', [PLUS, "-n7", AT]),
        (f"'{PLUS}' -multiInst", [PLUS, "-multiInst", "-n7", AT]),
        (PLUS, [PLUS, "-n7", AT]),
        (PLUS.replace("\\", "/"), [PLUS.replace("\\", "/"), "-n7", AT]),
        ("gvim", [VIM, "+7", AT]),
        (VIM, [VIM, "+7", AT]),
        (r"""c:\x\e.exe --file="{path}" 'x""", [r"c:\x\e.exe", f"--file={AT}", "'x"]),
        ("subl", [r"C:\Sublime\subl.exe", f"{AT}:7"]),
        ("notepad", [NOTEPAD, AT]),
    ],
)
@pytest.mark.parametrize("location", [AT, AT.replace("\\", "/")])
def test_the_editor_of_ones_choice_on_windows(environment: str, expected: list[str], location: str) -> None:
    given = {"SITEGEN_EDITOR": environment}
    assert editor_command(given, on_windows, location, 7, ("notepad.exe",), windows=True) == expected


@pytest.mark.parametrize(
    "command",
    [
        "idea", "idea {path}", r"C:\jetbrains\bin\idea.bat", r"c:/JETBRAINS/bin/IDEA.BAT --line {line} {path}", "tool",
        "other", "codium", r"'C:\x\my editor.cmd '", "cmd /c code {path}", "pwsh.exe", "explorer", "gone", '"', "''",
    ],
)  # fmt: skip
@pytest.mark.parametrize("variable", ["SITEGEN_EDITOR", "VISUAL"])
def test_nothing_is_started_by_the_shell_of_windows(variable: str, command: str) -> None:
    """Which would run part of a name such as `a&calc`."""
    found = editor_command({variable: command}, on_windows, AT, 7, ("notepad.exe",), windows=True)
    assert found == [rf"{VS_CODE}\Code.exe", "-g", f"{AT}:7"]


@pytest.mark.parametrize("there", [{}, {"code": r"C:\bin\code.cmd"}, {"code": r"C:\code.cmd"}])
def test_the_editor_that_windows_has(there: dict[str, str]) -> None:
    find = {**there, "notepad.exe": NOTEPAD}.get
    assert editor_command({"VISUAL": "vim"}, find, AT, 7, ("notepad.exe",), windows=True) == [NOTEPAD, AT]
    assert editor_command({}, there.get, AT, 7, ("notepad.exe",), windows=True) is None


@pytest.mark.posix
@pytest.mark.parametrize(("path", "found"), [(":{bin}", None), (".:{bin}", None), ("{bin}:", "{bin}/code")])
def test_no_program_of_a_site_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, found: str | None
) -> None:
    """Where one looks in the working folder first, as Windows does."""
    for folder in ("bin", "site"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "code").touch(0o755)
    monkeypatch.chdir(tmp_path / "site")
    monkeypatch.setenv("PATH", path.format(bin=tmp_path / "bin"))
    assert find_program("code") == (found and found.format(bin=tmp_path / "bin"))
    assert find_program("./code") == "./code", "by its path"
    assert find_program("none") is None


def test_one_editor_at_a_time() -> None:
    assert not is_busy((), 100.0)
    assert is_busy((100.0,), 100.0)
    assert is_busy((100.0,), 99.9 + BUSY)
    assert not is_busy((100.0,), 100.0 + BUSY), "its window may stay open"
    assert is_busy((1.0, 100.0), 101.0)


@pytest.fixture
def noted(tmp_path: Path) -> Path:
    """A file with a line for each time that `editor` was started."""
    return tmp_path / "noted"


@pytest.fixture
def editor(tmp_path: Path, noted: Path) -> str:
    """A program that stays until it is told to go."""
    program = tmp_path / "editor"
    program.write_text(
        f'#!/bin/sh\necho "$1" >> "{noted}"\nwhile [ ! -e "{tmp_path}/go" ]; do sleep 0.05; done\n', "utf-8"
    )
    program.chmod(0o755)
    return str(program)


def lines(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines()) if file.exists() else 0


def opened(running: Preview, _: object = None) -> int:
    return running.ask(OPEN, "POST", Origin=running.address.rstrip("/")).status


@pytest.mark.posix
def test_an_editor_that_outlives_the_preview(tmp_path: Path, editor: str, noted: Path) -> None:
    """It is neither waited for nor ended, and nothing is printed of it."""
    root = write_site(tmp_path / "site", {A: article("Một")})
    with previewed(root, environment={"SITEGEN_EDITOR": editor}) as running:
        assert opened(running) == 204
        awaited(lambda: lines(noted))
        ended = time.monotonic()
    assert time.monotonic() - ended < 5.0
    (process,) = (each for each in psutil.process_iter(["cmdline"]) if editor in (each.info["cmdline"] or ()))
    (tmp_path / "go").touch()
    process.wait(PATIENCE)


@pytest.mark.posix
def test_many_requests_at_once(tmp_path: Path, editor: str, noted: Path) -> None:
    root = write_site(tmp_path / "site", {A: article("Một")})
    with previewed(root, environment={"SITEGEN_EDITOR": editor}) as running:
        with ThreadPoolExecutor(20) as pool:
            statuses = sorted(pool.map(lambda _: opened(running), range(20)))
        assert statuses == [204] + [429] * 19
        answer = running.ask(OPEN, "POST", Origin=running.address.rstrip("/"))
        assert answer.text == "429 An editor is being opened just now.\n"
        awaited(lambda: lines(noted))
        (tmp_path / "go").touch()
        awaited(lambda: opened(running) == 204)
        awaited(lambda: lines(noted) == 2)


@pytest.fixture
def outside() -> str:
    """An address of this machine by which others know it."""
    for addresses in psutil.net_if_addrs().values():
        for each in addresses:
            if each.family is socket.AF_INET and not each.address.startswith("127."):
                return str(each.address)
    pytest.skip("this machine has no address but loopback")


@pytest.fixture
def reachable(tmp_path: Path, editor: str) -> Iterator[Preview]:
    (tmp_path / "go").touch()
    root = write_site(tmp_path / "site", {A: article("Một", "![](none.png)")})
    with previewed(root, "--host", "0.0.0.0", environment={"SITEGEN_EDITOR": editor}, built=False) as running:
        awaited(running.is_built)
        yield running


def ask(running: Preview, machine: str, target: str, method: str = "GET", **headers: str) -> Answered:
    """From an address of this machine to the same one."""
    connection = http.client.HTTPConnection(machine, running.port, timeout=PATIENCE, source_address=(machine, 0))
    try:
        connection.request(method, target, headers=headers)
        answer = connection.getresponse()
        return Answered(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()


@pytest.mark.posix
def test_other_machines_open_nothing(reachable: Preview, outside: str, noted: Path) -> None:
    for named in (outside, "127.0.0.1", "localhost"):
        name = f"{named}:{reachable.port}"
        for more in ({}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Real-IP": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}):
            headers = {"Host": name, "Origin": f"http://{name}", **more}
            answer = ask(reachable, outside, OPEN, "POST", **headers)
            assert (answer.status, answer.text) == (
                403,
                "403 Files open only from the machine that the preview runs on.\n",
            )
            assert ask(reachable, outside, "/vi/", **headers).status in (200, 503), "it may read"
    time.sleep(0.3)
    assert lines(noted) == 0
    own = f"127.0.0.1:{reachable.port}"
    headers = {"Host": own, "Origin": f"http://{own}", "X-Forwarded-For": "192.0.2.7"}
    assert ask(reachable, "127.0.0.1", OPEN, "POST", **headers).status == 204
    awaited(lambda: lines(noted) == 1)


@pytest.mark.posix
def test_other_machines_are_offered_nothing_to_open(reachable: Preview, outside: str) -> None:
    button = b'class="sitegen-open'
    for target in ("/vi/", "/__sitegen/", "/__sitegen/problems"):
        assert button in ask(reachable, "127.0.0.1", target).body, "there is a mistake to mend"
        there = ask(reachable, outside, target)
        assert button not in there.body
        assert b"content/news/a/index.vi.md:" in there.body
    reachable.write(A, article("Một"))
    for target in ("/vi/news/a/", "/__sitegen/"):
        reachable.until(target, lambda answer: button in answer.body)
        there = ask(reachable, outside, target)
        assert button not in there.body
    assert b"content/news/a/index.vi.md" in ask(reachable, outside, "/vi/news/a/").body


@pytest.mark.posix
def test_a_command_that_cannot_be_started(tmp_path: Path) -> None:
    program = tmp_path / "editor"
    program.write_bytes(b"\0")
    program.chmod(0o755)
    root = write_site(tmp_path / "site", {A: article("Một")})
    with previewed(root, environment={"SITEGEN_EDITOR": str(program)}) as running:
        for _ in range(2):
            assert opened(running) == 501
        long = running.ask(f"{OPEN}&line={'1' * 5000}", "POST", Origin=running.address.rstrip("/"))
        assert long.status == 404


@pytest.mark.parametrize(("code", "status"), [*((scarce, 503) for scarce in SCARCE), (errno.EACCES, 501)])
def test_a_command_that_the_system_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, status: int
) -> None:
    """It keeps nobody waiting afterwards."""
    told, stops = list[Any](), list[Any]()

    def interrupted() -> asyncio.Event:
        stops.extend((asyncio.get_running_loop(), asyncio.Event()))
        return cast(asyncio.Event, stops[1])

    program = tmp_path / "editor.exe"
    program.touch(0o755)
    monkeypatch.setenv("SITEGEN_EDITOR", str(program))
    monkeypatch.setattr(sitegen.preview.server, "_interrupted", interrupted)
    monkeypatch.setattr(sitegen.preview.handlers, "Popen", Mock(side_effect=OSError(code, os.strerror(code))))
    with ThreadPoolExecutor() as pool:  # since a browser's tests leave a loop running here
        running = pool.submit(serve, write_site(tmp_path, {}), ServerOptions(port=0), Words("en"), told.append)
        awaited(lambda: told)
        name = told[0].address.split("/")[2]
        for _ in range(2):
            connection = http.client.HTTPConnection(name, timeout=PATIENCE)
            connection.request("POST", OPEN, headers={"Origin": f"http://{name}"})
            answer = connection.getresponse()
            assert (answer.status, answer.getheader("Retry-After")) == (status, "1" if status == 503 else None)
            connection.close()
        stops[0].call_soon_threadsafe(stops[1].set)
        running.result(PATIENCE)
