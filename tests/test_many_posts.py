"""A site of some 1,500 posts as they come from elsewhere: every habit that authors of other generators have."""

import random
import unicodedata

import pytest

from tests.support.graph import faults
from tests.support.links import broken_references
from tests.support.sites import SETTINGS, TAGS, Made, make

BASE_URL = "https://example.org/site/"
WORDS = {
    "vi": [
        "Bộ",
        "Tài",
        "nguyên",
        "và",
        "Môi",
        "trường",
        "hợp",
        "tác",
        "với",
        "Nhật",
        "Bản",
        "về",
        "rác",
        "thải",
        "nhựa",
        "đại",
        "dương",
        "ở",
        "Việt",
        "Nam",
    ],
    "ja": ["環境省は、", "ベトナムと", "海洋プラスチックごみの", "削減に", "取り組みます。", "詳しくは", "こちら。"],
    "en": [
        "The",
        "ministries",
        "of",
        "both",
        "countries",
        "work",
        "together",
        "on",
        "waste",
        "and",
        "on",
        "climate",
        "change",
        "in",
        "cities",
    ],
}
DATES = (
    "2025-12-25 00:00:00 +0000", "2024-10-04T09:30:00+07:00", "2019-2-3", "04/10/2024", "'2020-01-31'",
    "2021-06-01 23:59:59 -0800", "2022年3月4日", "2023-05-06 07:08",
)  # fmt: skip
TAG_LINES = ("tags: []", "tags:", 'tags: [""]', "tags: ''", "tags: [jcm]", "tags:\n  - climate\n  - JCM", "")
QUIRKS = (
    "Xem {{ page.url }} và {% include figure.html %} {{< ref “x” >}} {{% note %}}.",
    '<br>\n<div class="box">HTML <script>alert(1)</script></div>\n<!-- a comment -->',
    "```yaml\ntitle: {{ .Title }}\n---\n```",
    "\tIndented by a tab\nand\u00a0more\u200b…",
    "| A | B |\n|---|--:|\n| 1 | {{ 2 }} |",
    "1. one\n2. two\n   * three [link](https://example.com/a?b=c&d=e#f)\n",
    "Title\n=====\n\nSub\n---\n\n### Sub\n\n### Sub",
    '![](https://example.com/p.png "cap")',
    "![alt](/images/none.png) [old](/2019/old-post.html) [mail](mailto:a@example.org) [top](#)",
    "**「太字」**と*斜体*、[リンク](https://example.jp/環境?q=水)。",
    "Footnote[^a] and $5 < $6 & \\ \\* & &amp; &copy; 100%.\n\n[^a]: Note {{ x }}.",
    "***\n\n> quote\n>> nested\n\n- [ ] task\n- [x] done",
    "🌏 ☂️ 👩‍🔬 𠮷野家 ｶﾞｷﾞ ﷺ",
)


def posts(count: int) -> dict[str, str | bytes]:
    """`count` posts, most in some of three languages only."""
    chance = random.Random(20241004)
    files: dict[str, str | bytes] = {}
    for number in range(count):
        name = chance.choice(("bai-viet", "Bài viết", "記事", "Post_NAME", "2024-10-04-post", "a.b")) + f"-{number}"
        languages = chance.sample(("vi", "ja", "en"), chance.choice((1, 1, 2, 3)))
        bundled = chance.random() < 0.5
        for lang in languages:
            body = "\n\n".join(
                (" " if lang != "ja" else "").join(chance.choices(WORDS[lang], k=40))
                if chance.random() < 0.6
                else chance.choice(QUIRKS)
                for _ in range(8)
            )
            title = " ".join(chance.choices(WORDS[lang], k=7)).replace("'", "’")
            head = f"title: '{title} & {{{{ {number} }}}}'\ndate: {chance.choice(DATES)}\n{chance.choice(TAG_LINES)}\n"
            text = f"---\n{head}author: PV\nsource: TN&MT\n---\n{body}\n"
            if chance.random() < 0.1:
                text = unicodedata.normalize("NFD", text)
            if chance.random() < 0.1:
                text = "\ufeff\r\n" + text.replace("\n", "\r\n")
            path = f"content/news/{name}/index.{lang}.md" if bundled else f"content/news/{name}.{lang}.md"
            files[path] = text
    return files


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    settings = SETTINGS.replace("base_url:", "fallback: link\nbase_url:")
    base = {"site.yaml": settings, "content/tags.yaml": TAGS}
    return make(tmp_path_factory.mktemp("posts"), posts(850), base=base)


def test_nothing_is_left_out(made: Made) -> None:
    articles = [page for page in made.site.pages.values() if page.kind == "article"]
    assert len(articles) == len(made.site.documents) > 1450
    told = {"broken-address", "picture-without-alt", "picture-elsewhere", "raw-html", "template-marks", "link-to-top"}
    assert {found.code for found in made.build.problems} == told


def test_the_languages_are_whole(made: Made) -> None:
    assert faults(made.files, BASE_URL) == []
    expected = ("/images/none.png", "/2019/old-post.html")
    assert [line for line in broken_references(made.files, BASE_URL) if not line.endswith(expected)] == []


def test_braces_in_content_are_text(made: Made) -> None:
    pages = [data.decode() for path, data in made.files.items() if path.endswith(".html")]
    shown = [page for page in pages if "{{ page.url }}" in page]
    assert shown
    assert all("{% include figure.html %} {{&lt; ref “x” &gt;}}" in page for page in shown)
    assert not [page for page in pages if "<script>alert" in page]
