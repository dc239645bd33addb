"""Files below content/ that are none of the site's."""

from pathlib import Path

import pytest

from sitegen.cache.session import BuildSession
from tests.support.previews import previewed
from tests.support.settled import settle
from tests.support.sites import SETTINGS, article, codes, problems_of, rebuild, run, write_site

FILES = {
    "content/README.md": "# How we write\n",
    "content/news/README.md": "No front matter",
    "content/drafts/a.md": "nothing",
    "content/drafts/x\x07y.md": "nothing",
    "content/drafts/old/b.html": "<p>",
    "content/news/a.vi.md": article("A", "[b](b.pdf)"),
    "content/news/b.pdf": "%PDF",
    "content/news/c.tmp.vi.md": article("C", tags="nope"),
}
EXCLUDE = 'exclude: ["README.md", "drafts/**", "*.tmp.*"]\n'


def test_a_site_with_files_that_are_none_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_site(tmp_path, {**FILES, "site.yaml": SETTINGS + EXCLUDE})
    made = rebuild(root)
    assert codes(made.build.problems) == []
    assert sorted(made.site.documents) == ["content/news/a.vi.md"]
    assert [entry.title for entry in made.site.menus["main:vi"]] == ["News", ""]
    assert "files/news/b.pdf" in made.files
    settle(monkeypatch.setattr)
    rebuild(root)
    for edit in ("content/README.md", "content/drafts/new.md", "content/news/x.tmp.jpg"):
        (root / edit).write_text("changed", "utf-8")
        assert rebuild(root).build.memos["build"] == ""
    (root / "content/news/new.vi.md").write_text(article("N"), "utf-8")
    assert "vi/news/new/index.html" in rebuild(root).files


def test_without_it_they_are(tmp_path: Path) -> None:
    found = codes(problems_of(tmp_path, FILES))
    assert {"no-front-matter", "invalid-file-name", "unread-text", "unknown-tag"} <= {*found}


def test_what_is_excluded_changes_with_the_settings(tmp_path: Path) -> None:
    files = {"content/news/a.vi.md": article("A"), "content/drafts/b.vi.md": article("B")}
    root = write_site(tmp_path, files)
    session = BuildSession()
    for settings, is_there in (("", True), ("exclude: [drafts/]\n", False), ("exclude: [x]\n", True), ("", True)):
        (root / "site.yaml").write_text(SETTINGS + settings, "utf-8")
        made = rebuild(root, session=session)
        assert ("vi/drafts/b/index.html" in made.files) is is_there
        assert made.files == rebuild(root, output=root / "output", clean=True).files


def test_links_to_what_is_excluded_lead_nowhere(tmp_path: Path) -> None:
    files = {
        "site.yaml": SETTINGS + EXCLUDE,
        "content/news/a.vi.md": article("A", "[x](../drafts/b.md) [y](c.tmp.pdf)"),
    }
    files |= {"content/drafts/b.md": article("B"), "content/news/c.tmp.pdf": ""}
    assert codes(problems_of(tmp_path, files)) == ["broken-link", "broken-link"]


@pytest.mark.parametrize("pattern", ["../x", "a//b", ".", "./a", "!a", "a\\b", "", "/", "content/../../x"])
def test_patterns_that_mean_nothing(tmp_path: Path, pattern: str) -> None:
    (found,) = problems_of(tmp_path, {"site.yaml": f"{SETTINGS}exclude: ['{pattern}']\n"})
    assert (found.code, found.place.line) == ("invalid-path", len(SETTINGS.splitlines()) + 1)


def test_wrong_settings_do_not_hide_what_is_excluded(tmp_path: Path) -> None:
    """Nor say what is wrong there."""
    root = write_site(tmp_path, {**FILES, "site.yaml": f"{SETTINGS}{EXCLUDE}pge_size: 3\n"})
    said = run("build", "--root", root)
    assert (said.status, "x\\x07y" in said.err) == (2, False)


def test_the_overview_knows_nothing_of_them(tmp_path: Path) -> None:
    with previewed(write_site(tmp_path, {**FILES, "site.yaml": SETTINGS + EXCLUDE})) as preview:
        assert "README" not in preview.ask("/__sitegen/").text
