"""What sitegen itself says, in the author's language."""

import ast
import inspect
import re
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from sitegen.cli.main import main
from sitegen.codes.table import PHRASES, WORDINGS
from sitegen.i18n.messages import LOCALES, Words, author_language
from sitegen.preview.problem_list import TEMPLATES
from tests.conftest import PROJECT
from tests.support.sites import run, write_site
from tests.test_text import table

SITE = {
    "content/news/a/index.vi.md": "---\ntitle: A\ndate: 30/02/2024\ntag: jcm\n---\n",
    "content/news/b/index.vi.md": "---\ntitle: B\ndate: 04/10/2024\ndraft: perhaps\n---\n\n[a](../c.md)\n",
}


SAYING = ("say", *(f"words{call}.{name}" for call in ("", "()") for name in ("say", "count")))


def said_by_the_program() -> set[str]:
    """Every text that an author may read: problems, their parts, the command line and its help."""
    texts = {text for wording in WORDINGS.values() for text in (wording.message, wording.hint, wording.hint_plain)}
    trees = [ast.parse(path.read_text("utf-8")) for path in (PROJECT / "sitegen").rglob("*.py")]
    for call in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(SAYING):
            texts |= {argument.value for argument in call.args[:1] if isinstance(argument, ast.Constant)}  # type: ignore[misc]
    for path in TEMPLATES.glob("*.html"):
        for node in Environment().parse(path.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(node.node, nodes.Getattr) and node.node.attr in ("say", "count"):
                texts |= {argument.value for argument in node.args[:1] if isinstance(argument, nodes.Const)}
    commands = [main, *main.commands.values()]
    for command in commands:
        texts.add(inspect.cleandoc(command.help or ""))
        texts |= {option.help for option in command.params if isinstance(option, click.Option) and option.help}
    return {*texts, *PHRASES, "error", "warning"} - {""}


def formats_of_moments() -> set[str]:
    """All that moments are formatted with: as texts that are translated, or within f-strings."""
    nodes = [
        node for path in (PROJECT / "sitegen").rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))
    ]
    said = (
        node.args[0] for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".strftime")
    )
    texts = [text.value for call in said for text in ast.walk(call) if isinstance(text, ast.Constant)]
    specs = (node.format_spec for node in nodes if isinstance(node, ast.FormattedValue) and node.format_spec)
    texts += [text.value for spec in specs for text in ast.walk(spec) if isinstance(text, ast.Constant)]
    return {text for text in texts if isinstance(text, str) and "%" in text}


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_every_system_has_the_formats_of_moments(lang: str) -> None:
    """Windows has no %-d, and before Python 3.13.1 none with a letter like 年."""
    formats = formats_of_moments()
    assert {"%d/%m/%Y %H:%M %z", "%d/%m/%Y"} <= formats
    for text in map(Words(lang).say, formats):
        assert text.isascii(), text
        assert re.fullmatch(r"(%[dmYHMz]|[^%])+", text), text


@pytest.mark.parametrize("lang", ["vi", "ja"])
def test_everything_is_said(lang: str) -> None:
    with (LOCALES / f"{lang}.po").open("rb") as file:
        catalogue = read_po(file, locale=lang)
    translated = {}
    for message in catalogue:
        if message.id:
            text = message.id if isinstance(message.id, str) else message.id[0]
            translated[text] = message.string if isinstance(message.string, str) else (message.string or ("",))[0]
    assert translated.keys() == said_by_the_program()
    words = Words(lang)
    for text, translation in translated.items():
        assert translation
        assert words.say(text) == translation
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", str(translation)))


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_problems_in_each_language(tmp_path: Path, lang: str) -> None:
    page = (PROJECT / "tests" / "examples" / "messages.md").read_text("utf-8")
    expected = re.search(rf"^## {lang}\n\n```\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert expected
    said = run("build", "--root", write_site(tmp_path, SITE), "--lang", lang)
    assert said.err + said.out == expected[1]


def test_codes_stay_the_same(tmp_path: Path) -> None:
    site = write_site(tmp_path, SITE)
    codes = {
        lang: re.findall(r"\[[a-z-]+\]", run("--lang", lang, "build", "--root", site).err)
        for lang in ("vi", "ja", "en")
    }
    assert codes["vi"] == codes["ja"] == codes["en"] != []


@pytest.mark.parametrize(("environment", "lang"), table("locales.md"))
def test_language_of_the_locale(environment: str, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = dict(pair.split("=", 1) for pair in environment.split())
    assert author_language(variables, lambda: "") == lang
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    titles = {"vi": "Dựng trang", "ja": "ビルドします", "en": "Build the site"}
    assert titles[lang] in run("build", "--help").out


@pytest.mark.parametrize(
    ("environment", "of_system", "lang"),
    [
        ({}, "vi_VN", "vi"),
        ({"LANG": ""}, "ja_JP", "ja"),
        ({}, "zh_CN", "en"),
        ({}, "", "en"),
        ({"LANG": "en_US.UTF-8"}, "ja_JP", "en"),
        ({"LC_ALL": "C"}, "vi_VN", "en"),
        ({"LANGUAGE": "vi:en"}, "en_US", "vi"),
    ],
)
def test_language_of_a_system_without_variables(environment: dict[str, str], of_system: str, lang: str) -> None:
    assert author_language(environment, lambda: of_system) == lang


def test_plain_python_sees_the_locale_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    said = run("build", "--root", tmp_path, "--json")
    assert '"code": "no-settings", "message": "Ở đây không có tệp site.yaml."' in said.out


def test_commands_that_are_told_work_in_any_shell() -> None:
    """To cmd.exe single quotes are letters like others; to zsh brackets without quotes are a pattern of files."""
    files = [file for ending in ("py", "po", "md") for file in PROJECT.glob(f"sitegen/**/*.{ending}")]
    told = [
        (file, installed)
        for file in (*files, *PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"))
        for installed in re.findall(r"pip install (\S+)", file.read_text("utf-8"))
    ]
    assert len(told) > 20
    assert [each for each in told if not re.match(r'(\\?)"[.\w]*\[[\w,]+\]\1"', each[1])] == []
