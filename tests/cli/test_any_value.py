"""Each option and argument of each command with odd values: a sentence and an exit status, never more."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sitegen.cli.main import main
from sitegen.preview import server
from tests.support.sites import article, write_site

VALUES = (
    "", " ", "-", "--", ".", "..", "/", "a\nb", "x" * 300, "x" * 10_000, "😀", "\udcff", "\x1b[31m", "0", "-1",
    "B\u0301",
    "99999999", "1e9", "nan", "²", "70000", "javascript:alert(1)", "http://", "https://[::1]:8080/", "https://[::1",
    "https://x:99999/", "https://x:y/", "https://a b/", "https://user:pw@x/", "https://x/?q#f", "https://x/../y",
    "https://x..y/", "https://é.example/", "https://" + "x" * 10_000, "//x", "01/01/0001", "31/12/9999", "04/0/20",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "30/02/2024", "site.yaml", "site.yaml/x", "content",
    "a/b",
    "../x", "%s {x}", "C:\\x", "vi,", "vi,vi", "xx", "de-DE,zh-Hant-TW", "_index", "index", "a.", "feed.xml", "-rf",
    "\u202e", "\u2028", "::", "999.1.1.1", "a" * 64 + ".example",
)  # fmt: skip


def parameters() -> Iterator[tuple[str, click.Parameter]]:
    for name, command in main.commands.items():
        yield from ((name, parameter) for parameter in command.params if not getattr(parameter, "is_flag", False))


@pytest.mark.parametrize(
    ("name", "parameter"), [pytest.param(*each, id=f"{each[0]} {each[1].name}") for each in parameters()]
)
def test_any_value(name: str, parameter: click.Parameter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "serve", _only_bind)
    monkeypatch.setattr("sitegen.cli.serve.leaving_when_interrupted", nullcontext)
    monkeypatch.chdir(write_site(tmp_path / "site", {"content/news/a.vi.md": article("A")}))
    for number, value in enumerate(VALUES):
        rest = {"new": [f"T{number}"], "schema": ["site"], "init": [str(tmp_path / f"{number}")]}.get(name, [])
        given = [value] if isinstance(parameter, click.Argument) else [parameter.opts[0], value, *rest]
        said = CliRunner().invoke(main, [name, *given])
        assert isinstance(said.exception, SystemExit | None), (value, said.exception)
        assert said.exit_code in (0, 1, 2), (value, said.output)
        assert said.output.strip(), value
        assert "unforeseen" not in said.output, (value, said.output)


def _only_bind(root: Path, options: server.ServerOptions, *others: object) -> None:
    for socket in server._bind(options.host, options.port)[0]:
        socket.close()
    print("bound")


@pytest.mark.parametrize(
    "value", ["9" * 30, "-9" * 9, "-99999999999", "253402300799", "253402300800", "nan", "1e3", " ", "²", "0x1"]
)
def test_moments_of_the_environment(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    said = CliRunner().invoke(main, ["build", "--root", os.fspath(write_site(tmp_path, {}))])
    assert said.exit_code in (0, 2), said.output
    assert said.output.strip()


@pytest.mark.parametrize(
    "given", [["new", "a", "\x9b31m\u202e\x07"], ["schema", "\x1b[31m"], ["build", "--jobs", "\x1b[31m"]]
)
def test_wrong_use_does_nothing_to_a_terminal(given: list[str]) -> None:
    said = CliRunner().invoke(main, given)
    assert said.exit_code == 2
    assert not set("\x9b\u202e\x07\x1b").intersection(said.output)
