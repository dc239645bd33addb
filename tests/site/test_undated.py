"""Sections whose articles need no date."""

import json
from pathlib import Path

import pytest
from lxml import html

from tests.support.sites import Made, article, codes, make, problems_of, rebuild, write_site

DOCS = {
    "content/docs/_index.vi.md": article("Tài liệu", date="", dated=False),
    "content/docs/an.vi.md": article("Ăn uống", date="", tags="jcm"),
    "content/docs/at.vi.md": article("Át", date="", tags="jcm"),
    "content/docs/dan.vi.md": article("Dân số", date="04/10/2024"),
    "content/docs/dat.vi.md": article("Đất đai", date=""),
    "content/docs/dat.ja.md": article("土地", date=""),
    "content/docs/kana.ja.md": article("あした", date=""),
    "content/news/old.vi.md": article("Cũ", date="04/10/1965", tags="jcm"),
    "content/news/new.vi.md": article("Mới", date="05/10/2024", tags="jcm"),
}


def titles(made: Made, path: str) -> list[str]:
    found = html.fromstring(made.files[path]).xpath(
        "//h2[contains(@class, '-title')] | //h3[contains(@class, '-title')]"
    )
    return [title.text_content().strip() for title in found]


def feed(made: Made, path: str) -> list[str]:
    return [item["title"] for item in json.loads(made.files[path])["items"]]


def test_a_site_with_a_section_of_undated_articles(tmp_path: Path) -> None:
    made = make(tmp_path, DOCS)
    assert codes(made.build.problems) == []
    assert titles(made, "vi/docs/index.html") == ["Át", "Ăn uống", "Dân số", "Đất đai", "あした"]
    assert titles(made, "ja/docs/index.html") == ["Ăn uống", "Át", "Dân số", "あした", "土地"]
    assert titles(made, "vi/index.html") == ["Mới", "Cũ"]
    assert titles(made, "vi/tags/jcm/index.html") == ["Mới", "Cũ", "Át", "Ăn uống"]
    assert feed(made, "vi/feed.json") == feed(made, "vi/tags/jcm/feed.json") == ["Mới", "Cũ"]
    assert not [path for path in made.files if path.startswith(("vi/docs/feed", "ja/docs/feed"))]
    for name in ("an", "dan"):
        page = made.text(f"vi/docs/{name}/index.html")
        assert "<time" not in page
        assert "datePublished" not in page
        assert "dateModified" not in page
        assert 'class="neighbours"' not in page
        address = f"<loc>https://example.org/site/vi/docs/{name}/</loc>"
        assert "<lastmod>" not in made.text("sitemap.xml").split(address)[1].split("</url>")[0]
    assert [entry.title for entry in made.site.menus["main:vi"]][:2] == ["Tài liệu", "News"]


def test_a_title_moves_its_article(tmp_path: Path) -> None:
    root = write_site(tmp_path, DOCS)
    rebuild(root)
    for title, place in (("Zzz", 3), ("A", 0)):
        (root / "content/docs/dat.vi.md").write_text(article(title, date=""), "utf-8")
        made = rebuild(root)
        assert titles(made, "vi/docs/index.html")[place] == title
        assert made.files == rebuild(root, clean=True).files


@pytest.mark.parametrize(
    ("outer", "inner", "lacking"),
    [(False, None, []), (False, True, ["b"]), (None, False, ["a"]), (True, False, ["a"]), (None, None, ["a", "b"])],
)
def test_sections_within_sections(tmp_path: Path, outer: bool | None, inner: bool | None, lacking: list[str]) -> None:
    files = {"content/x/a.vi.md": article("A", date=""), "content/x/y/z/b.vi.md": article("B", date="")}
    for folder, dated in (("x", outer), ("x/y", inner)):
        files[f"content/{folder}/_index.vi.md"] = article(folder, date="", dated=dated)
    found = problems_of(tmp_path, files)
    assert [(each.code, Path(each.place.path).name[0]) for each in found] == [
        ("missing-date", name) for name in lacking
    ]


def test_the_whole_site(tmp_path: Path) -> None:
    files = {
        "content/_index.vi.md": article("Trang", date="", dated=False),
        "content/x/a.vi.md": article("A", date=""),
        "content/about.vi.md": article("B", date=""),
    }
    made = make(tmp_path, files)
    assert codes(made.build.problems) == []
    assert 'href="/site/vi/x/"' in made.text("vi/index.html")


def test_a_front_page_without_news_leads_to_the_sections(tmp_path: Path) -> None:
    files = {path: text for path, text in DOCS.items() if "/news/" not in path}
    made = make(tmp_path, files)
    page = made.text("vi/index.html")
    assert '<h2 class="rule" id="_latest">Chuyên mục</h2>' in page
    assert '<li><a href="/site/vi/docs/">Tài liệu</a> <span class="count"><span aria-hidden="true">5</span>' in page


def test_an_undated_article_may_lead(tmp_path: Path) -> None:
    settings = {"site.yaml": "lead: docs/at\n"}
    base = {"site.yaml": (write_site(tmp_path / "base", {}) / "site.yaml").read_text("utf-8") + settings["site.yaml"]}
    made = make(tmp_path / "site", {**DOCS, **base})
    assert titles(made, "vi/index.html") == ["Át", "Mới", "Cũ"]
    assert feed(made, "vi/feed.json") == ["Mới", "Cũ"]


def test_all_that_is_wrong_with_an_article_without_a_date(tmp_path: Path) -> None:
    wrong = article("A", "[x](y.md)", date="", tags="nope", layout="nope.html")
    found = problems_of(tmp_path, {"content/news/a.vi.md": wrong})
    assert sorted(codes(found)) == ["broken-link", "missing-date", "unknown-layout", "unknown-tag"]


def test_keeping_on_leaves_it_out(tmp_path: Path) -> None:
    files = {"content/news/a.vi.md": article("A", date=""), "content/news/b.vi.md": article("B", "[a](a.md)")}
    made = make(tmp_path, files, keep_going=True)
    assert codes(made.build.problems) == ["missing-date"]
    assert "vi/news/a/index.html" not in made.files


def test_dates_come_and_go(tmp_path: Path) -> None:
    root = write_site(tmp_path, DOCS)
    index = root / "content/docs/_index.vi.md"
    assert "missing-date" not in codes(rebuild(root).build.problems)
    index.write_text(article("Tài liệu", date=""), "utf-8")
    assert "missing-date" in codes(rebuild(root, keep_going=True).build.problems)
    index.write_text(article("Tài liệu", date="", dated=False), "utf-8")
    made = rebuild(root)
    assert made.files == rebuild(root, clean=True).files
