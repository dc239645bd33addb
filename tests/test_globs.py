"""Patterns of paths as .gitignore has them."""

import time

import pytest

from sitegen.globs import read_glob


@pytest.mark.parametrize(
    ("pattern", "found", "passed_over"),
    [
        ("README.md", ["README.md", "a/README.md", "a/b/README.md"], ["readme.md", "README.md.txt", "a/XREADME.md"]),
        ("/README.md", ["README.md"], ["a/README.md"]),
        ("content/README.md", ["README.md"], ["a/README.md"]),
        ("/content/README.md", ["README.md"], ["a/README.md"]),
        ("drafts/**", ["drafts/a.md", "drafts/a/b.md"], ["x/drafts/a.md", "drafts.md"]),
        ("**/drafts/**", ["drafts/a.md", "x/y/drafts/a/b.md"], ["draft/a.md"]),
        ("drafts", ["drafts", "a/drafts"], ["drafts2"]),
        ("a/*.md", ["a/b.md", "a/.md"], ["a/b/c.md", "b.md", "x/a/b.md"]),
        ("a/**/b.md", ["a/b.md", "a/x/b.md", "a/x/y/b.md"], ["b.md", "a/xb.md"]),
        ("*.bak", ["x.bak", "a/b/.bak"], ["x.bak2"]),
        ("?[0-9].md", ["a1.md"], ["1.md", "aa.md"]),
        ("[!a].md", ["b.md"], ["a.md"]),
        ("**", ["a", "a/b/c"], []),
        ("đổi/*", ["đổi/mới.md"], ["đổi"]),
    ],
)
def test_globs(pattern: str, found: list[str], passed_over: list[str]) -> None:
    glob = read_glob(pattern, "content")
    assert [path for path in found if not glob.matches(path)] == []
    assert [path for path in passed_over if glob.matches(path)] == []


def test_only_folders() -> None:
    assert read_glob("drafts/", "content").folders
    assert read_glob("drafts/", "content").matches("a/drafts")
    assert not read_glob("a/drafts", "content").folders


def test_hostile_patterns() -> None:
    begun = time.perf_counter()
    assert not read_glob("**/a/" * 40 + "*a" * 40 + "b", "content").matches("a/" * 500 + "a" * 200)
    assert time.perf_counter() - begun < 1
