"""What is kept of the parts that pages look at: those that some page looks at, and when they must be asked again."""

from array import array
from pathlib import Path

import pytest

from sitegen.cache import traces
from sitegen.cache.session import FOLDER, opened
from sitegen.cache.traces import KnownPart, PageRow
from sitegen.site.model import Site
from sitegen.site.parts import digest_of
from tests.support.sites import BASE, article, make, rebuild

SITE = {
    "content/news/a/index.vi.md": article("A", "[b](../b/index.md) ![p](p.svg)"),
    "content/news/a/p.svg": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>",
    "content/news/b/index.vi.md": article("B", "Text.", summary="S"),
}


def parts_of(root: Path) -> tuple[dict[str, set[str]], set[int], set[int]]:
    """The names of parts by kind, their numbers, and the numbers that pages have."""
    names: dict[str, set[str]] = {}
    numbers: set[int] = set()
    with opened(root / FOLDER, trust=True) as cache:
        for mapping in cache.names("parts:"):
            known = cache.entries(mapping, KnownPart).whole()
            names[mapping.removeprefix("parts:")] = {*known}
            numbers |= {part.number for part in known.values()}
        rows = cache.entries("pages", PageRow).whole().values()
        return names, numbers, {number for row in rows for number in array("I", row.parts)}


def test_parts_that_no_page_looks_at_any_more_are_forgotten(tmp_path: Path) -> None:
    """Where a page has let go of some, and where it has gone itself."""
    make(tmp_path, SITE)
    names, known, seen = parts_of(tmp_path)
    assert known == seen
    assert names["target"] == {"vi:news/b/index.md"}
    (tmp_path / "content/news/a/index.vi.md").write_text(article("A", "Text."), "utf-8")
    rebuild(tmp_path)
    names, known, seen = parts_of(tmp_path)
    assert known == seen
    assert not {"target", "file"} & names.keys()
    (tmp_path / "content/news/b/index.vi.md").unlink()
    rebuild(tmp_path)
    names, known, seen = parts_of(tmp_path)
    assert known == seen
    assert names["document"] == {"content/news/a/index.vi.md"}


def test_the_first_edit_asks_nothing_of_parts_that_are_as_they_were(
    tmp_path: Path, settled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the build before was the first that looked at their kinds."""
    make(tmp_path, SITE)
    asked: list[str] = []

    def noted(site: Site, kind: str, name: str) -> str | None:
        asked.append(kind)
        return digest_of(site, kind, name)

    monkeypatch.setattr(traces, "digest_of", noted)
    (tmp_path / "content/news/b/index.vi.md").write_text(article("B", "Text. More.", summary="S"), "utf-8")
    assert rebuild(tmp_path).build.rendered > 0
    assert "document" in asked
    assert not {"target", "drawing", "share_card", "file", "tag", "section"}.intersection(asked)


@pytest.mark.parametrize("pages", [1, 12])
def test_the_pages_are_woken_that_look_at_what_has_changed(tmp_path: Path, settled: None, pages: int) -> None:
    """However many of their parts have."""
    texts = {f"content/news/x{n}/index.vi.md": article(f"X{n}", summary="S") for n in range(15)}
    make(tmp_path, {**SITE, **texts, "site.yaml": f"{BASE['site.yaml']}feeds: []\n"})
    for n, path in enumerate([*texts][:pages]):
        (tmp_path / path).write_text(article(f"X{n}", "More.", summary="S"), "utf-8")
    written = rebuild(tmp_path).build.written.written
    assert sorted(written) == sorted(f"vi/news/x{n}/index.html" for n in range(pages))
