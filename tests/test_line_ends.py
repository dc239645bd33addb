"""Lines end as each system and editor likes it; what is built from them is the same."""

import subprocess
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from sitegen.cli.init import BINARY
from sitegen.config.file_types import TYPES
from tests.conftest import PROJECT
from tests.support.sites import BASE, SETTINGS, article, make, output_files, rebuild, run, write_site

DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'>\n</svg>\n"
CHART = "```chart bar\ntitle: Mưa\n\nPlace,1\nHuế,2\n```\n"
LINES = {
    "site.yaml": f"{SETTINGS}markdown: {{html: true}}\n",
    "content/news/a/index.vi.md": article(
        "A", f"Một\nhai\\\nba  \nbốn\n\n```\nx\n y\n```\n\n<pre>\nx\n</pre>\n\n{CHART}"
    ),
    "content/news/b/index.vi.md": "---\ntitle: B\ndate: 04/10/2024\nsummary: |\n  x\n\n  y\n---\n\nText\n",
    "layouts/home.html": '{% extends "theme/home.html" %}\n{% block aside_extra %}\n<p>\n{{ _("Latest") }}</p>\n'
    '<link rel="stylesheet" href="{{ asset("css/x.css") }}">{% endblock %}\n',
    "layouts/locales/vi.po": 'msgid ""\nmsgstr ""\n"Language: vi\\n"\n\nmsgid "Latest"\nmsgstr "Mới"\n',
    "assets/css/x.css": "/* x */\na {\n  color: red;\n}\n",
}
"""Texts of every kind that is read as lines."""
AS_THEY_ARE = {
    "content/news/c/index.vi.md": article("C", "[numbers](numbers.csv) [plan](plan.pdf) ![drawing](drawing.svg)"),
    "content/news/c/numbers.csv": "a,b\n1,2\n",
    "content/news/c/plan.pdf": "%PDF-1.4\r\nwhich says at which bytes its parts begin\r\n",
    "content/news/c/drawing.svg": DRAWING,
    "assets/js/x.js": "export const a = `1\n2`;\n",
    "assets/root/security.txt": "Contact: mailto:a@example.org\nExpires: 2030-01-01T00:00:00Z\n",
    "layouts/404.html": '{% extends "theme/404.html" %}{% block main %}{{ asset("js/x.js") }}{% endblock %}\n',
}
"""Files that readers get byte for byte, some of them by a digest in their names."""


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_texts_mean_the_same_however_their_lines_end(tmp_path: Path, end: str) -> None:
    made = [
        make(tmp_path / name, {path: text.replace("\n", ends) for path, text in LINES.items()}, base=base)
        for name, ends in (("usual", "\n"), ("other", end))
        for base in ({path: str(text).replace("\n", ends) for path, text in BASE.items()},)
    ]
    assert made[0].files == made[1].files


def test_a_clone_of_a_site_builds_the_same_bytes(tmp_path: Path) -> None:
    """Git for Windows writes CRLF into clones, unless the site says otherwise."""
    original, clone = tmp_path / "original", tmp_path / "clone"
    assert run("init", original, "--languages", "vi,ja,en").status == 0
    write_site(original, {**LINES, **AS_THEY_ARE}, base={})
    _clone(original, clone)
    assert rebuild(original).files == rebuild(clone).files
    assert (clone / "assets/js/x.js").read_bytes() == AS_THEY_ARE["assets/js/x.js"].encode()
    assert (clone / "content/news/c/plan.pdf").read_bytes() == AS_THEY_ARE["content/news/c/plan.pdf"].encode()
    assert {*BINARY} <= TYPES, "what a site may publish"


def test_a_clone_of_this_project_has_the_same_bytes(tmp_path: Path) -> None:
    """The theme and the microsite, whose digests are names, and examples of tests."""
    original, clone = tmp_path / "original", tmp_path / "clone"
    original.mkdir()
    for name in (".gitattributes", ".gitignore", "site.yaml", "README.md"):
        (original / name).write_bytes((PROJECT / name).read_bytes())
    for name in ("sitegen", "content", "layouts", "assets", "docs", "tests/examples", "tests/wrong"):
        copytree(PROJECT / name, original / name, ignore=ignore_patterns("__pycache__"))
    _clone(original, clone)
    before, after = (
        {path: data for path, data in output_files(place).items() if path[:5] != ".git/"} for place in (original, clone)
    )
    assert len(before) > 300
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == set()


def _clone(original: Path, clone: Path) -> None:
    """A clone as Git for Windows makes one of a folder, all of which was committed on another system."""
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "All"],
    ):
        subprocess.run(["git", "-C", original, *command], check=True)
    subprocess.run(["git", "-c", "core.autocrlf=true", "clone", "-q", original, clone], check=True)
