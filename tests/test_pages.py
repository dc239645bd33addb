"""What is written where: lists, feeds, redirects, embargoes, attachments."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from tests.support.links import broken_references
from tests.support.sites import SETTINGS, article, codes, make, problems_of, rebuild

BASE_URL = "https://example.org/site/"


def test_no_articles_at_all(tmp_path: Path) -> None:
    made = make(tmp_path, {"content/tags.yaml": ""})
    assert "Chưa có bài viết nào." in made.text("vi/index.html")
    assert {
        "index.html",
        "404.html",
        "vi/404.html",
        "vi/tags/index.html",
        "robots.txt",
        "sitemap.xml",
    } <= made.files.keys()
    assert broken_references(made.files, BASE_URL) == []


def test_long_lists_have_pages(tmp_path: Path) -> None:
    files = {
        f"content/news/a{n:02}/index.vi.md": article(f"A{n:02}", date=f"{n:02}/10/2024", tags="jcm")
        for n in range(1, 8)
    }
    made = make(tmp_path, {**files, "site.yaml": f"{SETTINGS}page_size: 3\n"})
    for first in ("vi/", "vi/news/", "vi/tags/jcm/"):
        shown = []
        for path in (first, f"{first}page/2/", f"{first}page/3/"):
            tree = html.document_fromstring(made.files[f"{path}index.html"])
            shown += [e.text for e in tree.xpath("//main//article//*[self::h2 or self::h3]/a")]
        assert shown == [f"A{n:02}" for n in range(7, 0, -1)]
        assert f"{first}page/4/index.html" not in made.files
        middle = html.document_fromstring(made.files[f"{first}page/2/index.html"])
        assert [e.get("href") for e in middle.iterfind(".//nav[@class='pager']//a")] == [
            f"/site/{first}",
            f"/site/{first}page/3/",
        ]
        assert "trang 2" in middle.findtext(".//title")
    assert broken_references(made.files, BASE_URL) == []


def test_newer_and_older(tmp_path: Path) -> None:
    files = {f"content/news/a{n}/index.vi.md": article(f"A{n}", date=f"0{n}/10/2024") for n in (1, 2, 3)}
    page = html.document_fromstring(make(tmp_path, files).files["vi/news/a2/index.html"])
    assert [(e.get("rel"), e.text) for e in page.iterfind(".//nav[@class='neighbours']//a")] == [
        ("prev", "A3"),
        ("next", "A1"),
    ]


def test_sections_within_sections(tmp_path: Path) -> None:
    files = {"content/news/2024/a.vi.md": article("A"), "content/news/b.vi.md": article("B")}
    made = make(tmp_path, files)
    assert "vi/news/2024/a/index.html" in made.files
    titles = html.document_fromstring(made.files["vi/news/index.html"]).xpath("//main//article//h2/a/text()")
    assert titles == ["A", "B"]


def test_the_lead_is_first_whatever_its_date(tmp_path: Path) -> None:
    files = {
        "content/news/old/index.vi.md": article("Old", date="01/01/2020"),
        "content/news/new/index.vi.md": article("New"),
        "site.yaml": f"{SETTINGS}lead: news/old\n",
    }
    home = html.document_fromstring(make(tmp_path, files).files["vi/index.html"])
    assert home.xpath("//*[@class='lead-title']/a/text()") == ["Old"]
    assert home.xpath("//*[@class='entry-title']/a/text()") == ["New"]


@pytest.mark.parametrize(
    ("head", "shown"),
    [
        ({"draft": True}, False),
        ({"publish": "23/11/2026 10:01"}, False),
        ({"publish": "23/11/2026 10:00"}, True),
        ({"date": "24/11/2026"}, False),
        ({"date": "23/11/2026"}, True),
        ({"expires": "22/11/2026"}, False),
        ({"expires": "23/11/2026"}, True),
        ({"expires": "23/11/2026 09:59"}, False),
    ],
)
def test_what_is_out_at_ten_in_the_morning(tmp_path: Path, head: dict[str, Any], shown: bool) -> None:
    """The clock says 2026-11-23T03:00Z, which is ten o'clock in Ha Noi."""
    text = article(
        "A",
        "![w](w.svg) [r](r.pdf)",
        **{"date": "04/10/2024", "tags": "jcm", "image": {"src": "i.svg", "alt": ""}, **head},
    )
    files = {"content/news/a/index.vi.md": text}
    files |= {
        f"content/news/a/{name}": "<svg xmlns='http://www.w3.org/2000/svg'/>" for name in ("w.svg", "r.pdf", "i.svg")
    }
    made = make(tmp_path, files)
    found = [path for path in made.files if "news/a/" in path]
    assert found == (
        ["files/news/a/i.svg", "files/news/a/r.pdf", "files/news/a/w.svg", "vi/news/a/index.html"] if shown else []
    )
    assert (b"news/a" in made.files["sitemap.xml"] + made.files["vi/feed.xml"] + made.files["vi/index.html"]) == shown


def test_drafts_and_future_on_demand(tmp_path: Path) -> None:
    files = {
        "content/news/a.vi.md": article("A", draft=True),
        "content/news/b.vi.md": article("B", publish="01/01/2999"),
    }
    make(tmp_path, files)
    assert "vi/news/a/index.html" in rebuild(tmp_path, drafts=True).files
    assert "vi/news/b/index.html" in rebuild(tmp_path, future=True).files
    assert "Bản nháp" in rebuild(tmp_path, drafts=True).text("vi/news/a/index.html")


def test_next_build(tmp_path: Path) -> None:
    files = {
        "content/news/a.vi.md": article("A", publish="01/01/2027"),
        "content/news/b.vi.md": article("B", expires="30/11/2026"),
    }
    made = make(tmp_path, files)
    assert made.site.edition.next_change == datetime(2026, 11, 30, 17, tzinfo=UTC)
    assert rebuild(tmp_path, now=datetime(2026, 12, 1, tzinfo=UTC)).site.edition.next_change == datetime(
        2026, 12, 31, 17, tzinfo=UTC
    )


def test_redirects(tmp_path: Path) -> None:
    aliases = ["/old/", "2023/bài-cũ.html", "https://example.org/site/older", "/site/oldest/"]
    made = make(tmp_path, {"content/news/a/index.vi.md": article("A", aliases=aliases)})
    for path in ("old/index.html", "2023/bài-cũ.html", "older/index.html", "oldest/index.html"):
        page = made.text(path)
        assert '<meta http-equiv="refresh" content="0; url=/site/vi/news/a/">' in page
        assert '<link rel="canonical" href="https://example.org/site/vi/news/a/">' in page
    assert b"old" not in made.files["sitemap.xml"]


def test_attachments_show_type_and_size(tmp_path: Path) -> None:
    files = {
        "content/news/a/index.vi.md": article(
            "A", attachments=[{"src": "báo cáo.pdf", "title": "Báo cáo"}, {"src": "../data.csv"}]
        ),
        "content/news/a/báo cáo.pdf": "x" * 1_234_567,
        "content/news/data.csv": "a,b\n",
    }
    made = make(tmp_path, files)
    shown = html.document_fromstring(made.files["vi/news/a/index.html"]).find(".//section[@class='attachments']")
    assert [" ".join(e.text_content().split()) for e in shown.iter("li")] == [
        "Báo cáo PDF, 1,2 MB",
        "data.csv CSV, 4 byte",
    ]
    assert shown.find(".//a").get("href") == "/site/files/news/a/b%C3%A1o%20c%C3%A1o.pdf"
    assert broken_references(made.files, BASE_URL) == []


def test_a_source_of_the_registry_has_its_name_and_link(tmp_path: Path) -> None:
    registry = "moe:\n  name: {vi: Bộ Môi trường, ja: 環境省, en: Ministry}\n  link: https://example.org/moe?a=1&b=2\n"
    files = {"content/sources.yaml": registry, "content/news/a.ja.md": article("A", source="moe", author=["PV", "X"])}
    page = make(tmp_path, files).text("ja/news/a/index.html")
    assert '<a href="https://example.org/moe?a=1&amp;b=2">環境省</a>' in page
    assert "<dd>PV、X</dd>" in page
    assert '"name": "環境省", "url": "https://example.org/moe?a=1\\u0026b=2"}' in page


def test_menus(tmp_path: Path) -> None:
    menu = """\
menu:
  - about
  - news
  - {title: {vi: Ngoài, ja: 外, en: Out}, url: https://example.org/}
  - {title: Feed, url: /vi/feed.xml}
footer_menu: [tags]
"""
    files = {
        "site.yaml": SETTINGS + menu,
        "content/about.vi.md": article("Giới thiệu", date=""),
        "content/news/a.vi.md": article("A"),
    }
    made = make(tmp_path, files)
    tree = html.document_fromstring(made.files["ja/index.html"])
    links = [(e.text, e.get("href"), e.get("lang")) for e in tree.iterfind(".//nav[@class='menu']//a")]
    assert links == [
        ("Giới thiệu", "/site/vi/about/", "vi"),
        ("News", "/site/ja/news/", None),
        ("外", "https://example.org/", None),
        ("Feed", "/site/vi/feed.xml", None),
    ]
    assert [e.get("href") for e in tree.iterfind(".//footer//a")] == ["/site/ja/tags/", "/site/ja/feed.xml"]


def test_the_sites_layouts_and_assets_are_laid_over_the_themes(tmp_path: Path) -> None:
    files = {
        "content/news/a.vi.md": article(
            "A", layout="special.html", extra={"colour": "blue", "n": 3, "deep": [{"x": None}]}
        ),
        "layouts/special.html": """\
{% extends "article.html" %}
{% block head_extra %}<link rel="stylesheet" href="{{ asset("css/own.css") }}">{% endblock %}
{% block main %}{{ article.extra.colour }} {{ article.extra.n + 1 }} {{ article.extra.deep[0].x is none }}{% endblock %}
""",
        "assets/css/own.css": """\
@import "sub/more.css";
body { background: url( "../paper.svg" ), url(data:image/png;base64,x) }
""",
        "assets/css/sub/more.css": "a { background: url(../../paper.svg?v) }",
        "assets/paper.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "assets/logo.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    }
    made = make(tmp_path, files)
    page = made.text("vi/news/a/index.html")
    assert "blue 4 True" in page
    assert "Hợp" not in page
    assert broken_references(made.files, BASE_URL) == []
    assert [data for path, data in made.files.items() if path.startswith("assets/logo.")] == [
        b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    ]


def test_the_home_page_may_have_a_text(tmp_path: Path) -> None:
    made = make(
        tmp_path,
        {
            "content/_index.vi.md": "---\ntitle: x\n---\n\nXin *chào*.\n",
            "content/index.ja.md": "---\ntitle: x\n---\n\nようこそ\n",
        },
    )
    assert "<p>Xin <em>chào</em>.</p>" in made.text("vi/index.html")
    assert "<p>ようこそ</p>" in made.text("ja/index.html")


def test_headings_of_odd_files(tmp_path: Path) -> None:
    """BOM, CRLF, blank lines before the front matter, decomposed letters, a version number in a name."""
    lines = [
        "\ufeff",
        "",
        "---",
        "title: Tie\u0302\u0301ng Vie\u0323\u0302t",
        "date: 04/10/2024",
        "---",
        "",
        "# Đo\u0302\u0309i",
        "",
    ]
    text = "\r\n".join(lines)
    made = make(tmp_path, {"content/news/a.v2.md": text, "content/news/.hidden.md": "x", "content/news/b.md~": "x"})
    page = made.text("vi/news/a.v2/index.html")
    assert "<h1>Tiếng Việt</h1>" in page
    assert '<h2 id="doi">Đổi</h2>' in page


def test_template_code_in_content_is_text(tmp_path: Path) -> None:
    made = make(
        tmp_path,
        {
            "content/news/a.vi.md": article(
                "{{ 7 * 7 }}", "{{ site.title }} {% include 'x' %}", source="<b>&", summary="{{ x }}"
            )
        },
    )
    page = made.text("vi/news/a/index.html")
    assert "{{ site.title }} {% include ‘x’ %}" in page
    assert "<h1>{{ 7 * 7 }}</h1>" in page
    assert "<dd>&lt;b&gt;&amp;</dd>" in page


def test_a_large_site_map_is_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.site.pages.SITEMAP_SIZE", 10)
    made = make(tmp_path, {f"content/news/a{n}.vi.md": article(f"A{n}") for n in range(20)})
    index = etree.fromstring(made.files["sitemap.xml"])
    parts = [e.text.removeprefix(BASE_URL) for e in index.iter("{*}loc")]
    assert len(parts) > 2
    locations = [e.text for part in parts for e in etree.fromstring(made.files[part]).iter("{*}loc")]
    assert (
        len(locations)
        == len(set(locations))
        == len([p for p in made.files if p.endswith("index.html") and "search" not in p])
    )


def test_trace_names_what_was_looked_at(tmp_path: Path) -> None:
    from sitegen.build.design import read_languages
    from sitegen.cache.database import Connections
    from sitegen.cache.documents import Bodies
    from sitegen.cache.session import FILE, FOLDER
    from sitegen.render.renderer import Renderer
    from sitegen.site.parts import PARTS, digest_of

    made = make(
        tmp_path,
        {
            "content/news/a.vi.md": article("A", "[b](b.md) ![w](w.svg)", tags="jcm"),
            "content/news/b.vi.md": article("B"),
            "content/news/w.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
        },
    )
    site = made.site
    (languages, _), _ = read_languages(site.config, {}, {})
    page = next(page for page in site.pages.values() if page.path == "vi/news/a/")
    keys = {path: document.digest for path, document in site.documents.items()}
    renderer = Renderer(site, languages, Bodies(Connections(str(tmp_path / FOLDER / FILE)), keys))
    seen = {*renderer.render(page).seen}
    assert {
        ("card", "content/news/a.vi.md"),
        ("document", "content/news/a.vi.md"),
        ("target", "vi:news/b.md"),
        ("file", "news/w.svg"),
        ("tag", "jcm"),
        ("layout", "article.html"),
        ("config", ""),
        ("neighbours", "content/news/a.vi.md"),
    } <= seen
    assert ("document", "content/news/b.vi.md") not in seen
    assert all(digest_of(site, kind, name) or PARTS[kind].get(site, name) is None for kind, name in seen)


def test_problems_of_registries_are_told_together(tmp_path: Path) -> None:
    files = {"content/tags.yaml": "a: {names: A}\n", "content/sources.yaml": "x: {nam: X}\n"}
    assert codes(problems_of(tmp_path, files)) == ["missing-key", "unknown-key"] * 2
