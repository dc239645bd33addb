"""Small whole sites: files in, files out."""

import json
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from click.testing import CliRunner

from sitegen.build import build
from sitegen.build.run import Build, Options
from sitegen.cache.session import BuildSession
from sitegen.cli.main import main
from sitegen.config.settings import Config, read_config
from sitegen.problems import Problem, SiteError
from sitegen.site.model import Site

SETTINGS = """\
title: {vi: Thử, ja: 試し, en: Trial}
base_url: https://example.org/site/
time_zone: Asia/Ho_Chi_Minh
share_cards: false
languages:
  vi: {name: Tiếng Việt}
  ja: {name: 日本語}
  en: {name: English, locale: en_GB}
"""

TAGS = """\
climate-change:
  name: {vi: Biến đổi khí hậu, ja: 気候変動, en: Climate change}
  slug: {vi: bien-doi-khi-hau}
  aliases: [climate]
jcm:
  name: {vi: Cơ chế tín chỉ chung (JCM), ja: 二国間クレジット制度（JCM）, en: Joint Crediting Mechanism (JCM)}
"""

BASE: Mapping[str, str] = {"site.yaml": SETTINGS, "content/tags.yaml": TAGS}

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)

Content = str | bytes | Path


class Made(NamedTuple):
    """A site that was built: its files by path, and what the build said."""

    files: dict[str, bytes]
    build: Build

    @property
    def site(self) -> Site:
        assert self.build.site is not None, "nothing had changed"
        return self.build.site

    def text(self, path: str) -> str:
        return self.files[path].decode()


def article(title: str, body: str = "Text.", date: str = "04/10/2024", **head: Any) -> str:
    """A content file; further keys of the front matter as YAML or values that JSON can write."""
    lines = [f"title: {json.dumps(title, ensure_ascii=False)}"]
    if date:
        lines.append(f"date: {date}")
    lines += [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    return "---\n" + "\n".join(lines) + f"\n---\n\n{body}\n"


def settings(text: str = SETTINGS) -> Config:
    """Settings as they are read from site.yaml."""
    read, problems = read_config(text, "site.yaml")
    assert read is not None, problems
    return read[0]


def write_site(root: Path, files: Mapping[str, Content], base: Mapping[str, Content] = BASE) -> Path:
    """Write files below `root`; a Path as content makes a symbolic link to it."""
    for path, content in {**base, **files}.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            target.symlink_to(content)
        else:
            target.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def make(root: Path, files: Mapping[str, Content], *, base: Mapping[str, Content] = BASE, **options: Any) -> Made:
    """Write a site and build it."""
    return rebuild(write_site(root, files, base), **options)


def rebuild(root: Path, *, session: BuildSession | None = None, **options: Any) -> Made:
    """Search indexes are made only with `index=True`: few tests look at them."""
    done = build(root, Options(**{"now": NOW, "index": False, **options}), session=session)
    return Made(output_files(options.get("output") or root / "output"), done)


def problems_of(root: Path, files: Mapping[str, Content], **options: Any) -> tuple[Problem, ...]:
    """What is wrong with a site."""
    try:
        return make(root, files, **options).build.problems
    except SiteError as error:
        return error.problems


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [found.code for found in problems]


def output_files(folder: Path) -> dict[str, bytes]:
    """All files below a folder, but for sitegen's own note."""
    found, above = {}, len(f"{folder}/")
    for place, _, names in os.walk(folder):
        for path in (f"{place}/{name}" for name in names):
            with open(path, "rb") as file:  # noqa: PTH123 - for very many files
                found[path[above:]] = file.read()
    return {path: data for path, data in sorted(found.items()) if not path.startswith(".sitegen")}


class Said(NamedTuple):
    """What a command printed and the status it left with."""

    status: int
    out: str
    err: str


def run(*arguments: str | Path) -> Said:
    """Run a sitegen command in this process."""
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
    return Said(result.exit_code, result.stdout, result.stderr)


BLOCK = re.compile(r"^(?P<fence>````?)(?P<info>[^`\n]+)\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
"""A fenced block of a fixture in Markdown: what it is, and its text."""


class Example(NamedTuple):
    """A fixture in Markdown: a title, files as fenced blocks named by their path, and what is expected."""

    title: str
    files: dict[str, Content]
    expected: str


def read_example(path: Path) -> Example:
    source = path.read_text("utf-8")
    files: dict[str, Content] = {}
    expected = ""
    for block in BLOCK.finditer(source):
        if block["info"] == "expected":
            expected = block["text"]
        else:
            files |= read_file(block["info"], block["text"])
    return Example(source.split("\n", 1)[0].removeprefix("# "), files, expected)


def read_file(info: str, text: str) -> dict[str, Content]:
    """A file of a fixture. Words after its path: `escapes` (in the text and in the path: \\xff is a byte, %20 a byte of
    the path), `link` (the text is the target), `times N` (the line that is … stands N times)."""
    name, *words = info.split()
    if "link" in words:
        return {name: Path(text.strip())}
    if "escapes" in words:
        return {unquote(name): text.rstrip("\n").encode().decode("unicode_escape").encode("latin-1")}
    if "times" in words:
        line = next(line for line in text.splitlines(keepends=True) if "…" in line)
        return {name: text.replace(line, line.replace("…", "") * int(words[words.index("times") + 1]))}
    return {name: text}
