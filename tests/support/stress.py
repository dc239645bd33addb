"""A site of things that no one plans for, and one that is read from right to left."""

from collections.abc import Mapping

from tests.support.sites import SETTINGS, Content, article

TITLES = {
    "vi": "Về việc phối hợp giữa các cơ quan trung ương và địa phương trong khảo sát, phân tích, đánh giá, "
    "xử lý và công bố số liệu về rác thải nhựa đại dương ở những vùng biển ven bờ trong năm tới",
    "ja": "沿岸海域における海洋プラスチックごみの調査、分析、評価、処理および"
    "データの公表に関する中央と地方の関係機関の連携について、また来年度の実施計画と、"
    "その実施に向けた研修、機材の提供、制度づくりの進め方、成果の測定と報告の方法、各地の取り組みの紹介、"
    "今後の課題と期待をまとめた、これほどまでに長い長い題名の記事であり、百八十字に届くまでまだまだ続いていき、"
    "どの画面の幅でも、どの文字の大きさでも崩れずに読めるかを確かめます",
    "en": "On how central and local bodies work together when they survey, analyse, judge, treat and publish "
    "what is known of marine plastic litter along the coasts: Donaudampfschifffahrtsgesellschaften",
}
COLUMNS = 12
TAGS = "".join(
    f"t{number}:\n  name: {{vi: Chủ đề số {number}, ja: テーマ第{number}号, en: Topic number {number}}}\n"
    for number in range(1, 101)
)
TABLE = "\n".join(
    "| " + " | ".join(cell.format(n) for n in range(1, COLUMNS + 1)) + " |" for cell in ("Column {}", "---", "{}0,000")
)
CODE = "```\n" + "x = " + " + ".join(f"value_{n}" for n in range(60)) + "\n```"
ADDRESS = "https://example.net/" + "a-very-long-address-without-an-end/" * 8
TALL = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="9000"><path d="M0 0h9v9z"/></svg>'

STRESS: Mapping[str, Content] = {
    "site.yaml": SETTINGS
    + "footer: A sentence of the owner's that is rather long, to see where it goes and how it breaks\n"
    + "keep_together: [trung ương và địa phương, 海洋プラスチックごみの調査, central and local bodies work]\n",
    "content/tags.yaml": TAGS,
    **{
        f"content/news/long/index.{lang}.md": article(
            title,
            f'{TABLE}\n\n{CODE}\n\n<{ADDRESS}>\n\n![tall](tall.svg "caption")\n\n> {title}\n\n1. {title}\n',
            tags=[f"t{number}" for number in range(1, 101)],
            image={"src": "tall.svg", "alt": "", "caption": title, "credit": "PV"},
            author=["Một người viết", "Một người khác"],
            source="TN&MT",
            summary=title,
        )
        for lang, title in TITLES.items()
    },
    "content/news/long/tall.svg": TALL,
    "content/news/word.vi.md": article("Một", "Từ."),
    "content/news/word.ja.md": article("一", "語。"),
    "content/news/word.en.md": article("A", "Word."),
    "content/news/only.ja.md": article("日本語だけの記事", "本文。"),
}
PAGES = ("{}/", "{}/news/", "{}/news/long/", "{}/news/word/", "{}/tags/", "{}/tags/t1/", "{}/search/", "{}/404.html")

RIGHT_TO_LEFT: Mapping[str, Content] = {
    "site.yaml": "title: {ar: موقع التعاون, he: אתר שיתוף, vi: Thử}\nbase_url: https://example.org/site/\n"
    "languages: {ar: {}, he: {}, vi: {}}\n",
    "content/news/a/index.ar.md": article(
        "عنوان المقال",
        "نص.\n\n> اقتباس\n\n- بند\n\n| عمود | عمود |\n|---|---:|\n| نص | 12 |\n\n## أ\n\n## ب\n\n## ج\n",
        tags="jcm",
    ),
    "content/news/a/index.he.md": article("כותרת המאמר", "טקסט.", tags="jcm"),
    "content/news/b/index.vi.md": article("Tiêu đề dài của một bài viết", "Nội dung.", tags="jcm"),
    "content/tags.yaml": "jcm: {name: JCM}\n",
}
