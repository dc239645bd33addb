"""Articles as people write them, in five languages and by the habits of other tools: a small site, looked at whole."""

import re
from pathlib import Path

import pytest
from lxml import html

from tests.support.graph import faults
from tests.support.links import broken_references
from tests.support.sites import BASE, Made, article, make

SETTINGS = """\
title: {vi: Thử, ja: 試し, en: Trial, ko: 시험, th: ทดลอง}
base_url: https://example.org/site/
time_zone: Asia/Ho_Chi_Minh
share_cards: false
languages: {vi: {}, ja: {}, en: {}, ko: {}, th: {}}
"""

VI = """\
<!-- chờ bộ trưởng duyệt -->

## Mở đầu

Nồng độ CO<sub>2</sub> tăng <!-- kiểm tra lại --> mỗi năm, xem https://example.com/bao-cao--2024...
(https://example.com/a_(b)). Ba việc: (a), (b), (c).

> [!NOTE]
> Số liệu tạm.

:::info[Dành cho **báo chí**]
Gọi +84 24 3000 0000.
:::

::: details Xem thêm
Chi tiết.
:::

## Main

## Contents { #noi-dung }

## Topics {#chu-de .lon}

## Main

Xem [phần đầu](#Mở-Đầu), [đầu trang](#top), [bản tiếng Nhật](../b/index.ja.md#結論).

Lời kết. {.cuoi}
"""
JA = """\
　これは~~「旧」~~です。**「重要」**です（https://example.com/ja）。詳細はhttps://example.com/cを参照。

<!--
大臣の確認待ち

-->

> [!WARNING] 注意
> 未定です。

{環境|かんきょう}は{{ 変数 }}ではない。

## Attachments

## 結論
"""
KO = "**글리프(Glyph)**는 글자의 모양입니다. 자세한 내용은 https://example.com/ko에서 확인하세요.\n"
TH = (
    "กระทรวง ได้จัดการประชุมว่าด้วยการเปลี่ยนแปลงสภาพภูมิอากาศและความร่วมมือระหว่างประเทศในการลดก๊าซเรือนกระจกอย่างยั่งยืน"
    "ซึ่งมีผู้เข้าร่วมจากหลายประเทศทั่วทวีปเอเชียและยุโรปเพื่อแลกเปลี่ยนความคิดเห็นและประสบการณ์ต่างๆระหว่างกันตลอดสองวันของการประชุม"
)
EN = """\
<div align="center">Centred</div>

Press <kbd>Ctrl</kbd>, then ![Waves](waves.svg){width=300}.

![Waves](waves.svg){width=300}

{{< figure src="x.jpg" >}}

[Missing](my file.pdf)

## Search {#main}
"""
WAVES = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9"><path d="M0 0h16v9z"/></svg>'
FILES = {
    "site.yaml": SETTINGS,
    "content/news/a/index.vi.md": article("Như người ta viết", VI),
    "content/news/b/index.ja.md": article("書かれるままに", JA),
    "content/news/b/index.ko.md": article("쓰이는 대로", KO),
    "content/news/b/index.th.md": article("ตามที่เขียน", TH),
    "content/news/a/index.en.md": article("As it is written", EN),
    "content/news/a/waves.svg": WAVES,
    "content/_index.vi.md": "---\ntitle: Thử\n---\n\n## Latest\n\n## Results\n",
    "content/results.vi.md": "---\ntitle: Kết quả\n---\n\n## Results\n\n[Lên](#results)[^1]\n\n[^1]: Chú thích.\n",
    "layouts/home.html": (
        '{% extends "theme/home.html" %}{% block aside_extra %}{{ site.page("results").body }}{% endblock %}'
    ),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("written"), FILES, base={"content/tags.yaml": "{}"})


def prose(made: Made, path: str) -> str:
    return made.text(path).partition('<div class="prose">\n')[2].partition("\n\n</div>")[0]


def test_vietnamese(made: Made) -> None:
    assert prose(made, "vi/news/a/index.html") == (
        '<h2 id="mo-dau">Mở đầu</h2>\n'
        "<p>Nồng độ CO<sub>2</sub> tăng mỗi năm, xem "
        '<a href="https://example.com/bao-cao--2024">https://example.com/bao-cao--2024</a>…\n'
        '(<a href="https://example.com/a_(b)">https://example.com/a_(b)</a>). Ba việc: (a), (b), (c).</p>\n'
        '<div class="note" role="note">\n<p>Số liệu tạm.</p>\n</div>\n'
        '<div class="info" role="note">\n<p class="container-title">Dành cho <strong>báo chí</strong></p>\n'
        "<p>Gọi +84 24 3000 0000.</p>\n</div>\n"
        '<details class="details">\n<summary>Xem thêm</summary>\n<p>Chi tiết.</p>\n</details>\n'
        '<h2 id="main">Main</h2>\n<h2 id="noi-dung">Contents</h2>\n<h2 id="chu-de">Topics</h2>\n'
        '<h2 id="main-2">Main</h2>\n'
        '<p>Xem <a href="#mo-dau">phần đầu</a>, <a href="#top">đầu trang</a>, '
        '<a href="/site/ja/news/b/#%E7%B5%90%E8%AB%96" hreflang="ja">bản tiếng Nhật</a>.</p>\n'
        "<p>Lời kết.</p>"
    )


def test_japanese(made: Made) -> None:
    assert prose(made, "ja/news/b/index.html") == (
        "<p>　これは<s>「旧」</s>です。<strong>「重要」</strong>です（"
        '<a href="https://example.com/ja">https://example.com/ja</a>）。詳細は'
        '<a href="https://example.com/c">https://example.com/c</a>を参照。</p>\n'
        '<div class="warning" role="note">\n<p class="container-title">注意</p>\n<p>未定です。</p>\n</div>\n'
        "<p><ruby>環境<rp>（</rp><rt>かんきょう</rt><rp>）</rp></ruby>は{{ 変数 }}ではない。</p>\n"
        '<h2 id="attachments">Attachments</h2>\n<h2 id="結論">結論</h2>'
    )


def test_korean_and_thai(made: Made) -> None:
    assert prose(made, "ko/news/b/index.html") == (
        "<p><strong>글리프(Glyph)</strong>는 글자의 모양입니다. 자세한 내용은 "
        '<a href="https://example.com/ko">https://example.com/ko</a>에서 확인하세요.</p>'
    )
    (summary,) = re.findall(r'<meta name="description" content="([^"]*)">', made.text("th/news/b/index.html"))
    assert len(summary) > 150
    assert TH.startswith(summary.removesuffix("…"))


def test_english(made: Made) -> None:
    picture = (
        '<img src="/site/files/news/a/waves.svg" alt="Waves" width="16" height="9" loading="lazy" decoding="async">'
    )
    assert prose(made, "en/news/a/index.html") == (
        "<p>&lt;div align=&quot;center&quot;&gt;Centred&lt;/div&gt;</p>\n"
        f"<p>Press <kbd>Ctrl</kbd>, then {picture}.</p>\n<figure>{picture}</figure>\n"
        "<p>{{&lt; figure src=“x.jpg” &gt;}}</p>\n<p>[Missing](my file.pdf)</p>\n"
        '<h2 id="main">Search</h2>'
    )


def test_authors_are_told_what_readers_see_as_text(made: Made) -> None:
    told = [found for found in made.build.problems if found.code != "missing-message"]
    assert [(p.code, p.place.path.rpartition("/")[2], p.place.line, p.place.column) for p in told] == [
        ("raw-html", "index.en.md", 6, 1),
        ("template-marks", "index.en.md", 12, 1),
        ("space-in-target", "index.en.md", 14, 1),
        ("template-marks", "index.ja.md", 16, 12),
    ]


def test_ids_are_unique_and_links_lead_somewhere(made: Made) -> None:
    assert faults(made.files, "https://example.org/site/") == []
    assert broken_references(made.files, "https://example.org/site/") == []
    for path, data in made.files.items():
        if path.endswith(".html"):
            ids = html.document_fromstring(data).xpath("//@id")
            assert sorted(set(ids)) == sorted(ids), path


def test_a_text_within_another_page_has_ids_of_its_own(made: Made) -> None:
    home, page = made.text("vi/index.html"), made.text("vi/results/index.html")
    assert ('id="results"' in home, 'id="_results_results"' in home, 'href="#_results_fn1"' in home) == (True,) * 3
    assert ('id="results"' in page, 'href="#results"' in page, 'href="#fn1"' in page) == (True,) * 3


@pytest.mark.parametrize("secret", ["chờ bộ trưởng", "kiểm tra lại", "大臣の確認待ち", "<!--"])
def test_comments_are_in_no_output(made: Made, secret: str) -> None:
    assert [path for path, data in made.files.items() if secret.encode() in data] == []


def test_an_edit_of_a_heading_is_followed(tmp_path: Path) -> None:
    files = {
        "content/news/a/index.vi.md": article("A", "[x](../b/index.md#Kết-quả)"),
        "content/news/b/index.vi.md": article("B", "## Kết quả"),
    }
    assert 'href="/site/vi/news/b/#ket-qua"' in make(tmp_path, files).text("vi/news/a/index.html")
    files["content/news/b/index.vi.md"] = article("B", "## Kết quả {#Kết-quả}")
    assert 'href="/site/vi/news/b/#K%E1%BA%BFt-qu%E1%BA%A3"' in make(tmp_path, files).text("vi/news/a/index.html")


def test_raw_html_of_a_site_refers_to_its_files(tmp_path: Path) -> None:
    body = (
        '<figure>\n<img src="waves.svg" alt="W">\n</figure>\n\n<a id="ở-đây"></a><a href="../b/index.md#X">x</a>\n'
        '<a href="list.csv">y</a> <a href="../b/index.md" hreflang="vi">z</a> <!-- w -->\n'
    )
    files = {
        "site.yaml": BASE["site.yaml"] + "markdown: {html: true}\n",
        "content/news/a/index.vi.md": article("A", body),
        "content/news/a/waves.svg": WAVES,
        "content/news/a/list.csv": "a\n",
        "content/news/b/index.vi.md": article("B", "## X\n\n[a](../a/index.md#o-day)"),
    }
    made = make(tmp_path, files, base={})
    assert prose(made, "vi/news/a/index.html") == (
        '<figure>\n<img src="/site/files/news/a/waves.svg" alt="W">\n</figure>\n'
        '<p><a id="ở-đây"></a><a href="/site/vi/news/b/#x">x</a>\n'
        '<a href="/site/files/news/a/list.csv">y</a> <a href="/site/vi/news/b/" hreflang="vi">z</a></p>'
    )
    assert 'href="/site/vi/news/a/#%E1%BB%9F-%C4%91%C3%A2y"' in made.text("vi/news/b/index.html")
    assert "https://example.org/site/files/news/a/waves.svg" in made.text("vi/feed.xml")
    assert made.build.problems == ()
