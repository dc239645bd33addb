"""Several languages: what is tied together, what readers get where there is no translation."""

import itertools
import random
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import Phase, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from lxml import etree, html

from tests.support.graph import faults, nodes
from tests.support.links import broken_references
from tests.support.sites import BASE, SETTINGS, Made, article, codes, make, problems_of

BASE_URL = "https://example.org/site/"
ALL = ("vi", "ja", "en")


def bundle(key: str, languages: tuple[str, ...] = ALL, **head: Any) -> dict[str, str]:
    return {f"content/news/{key}/index.{lang}.md": article(f"{key} {lang}", **head) for lang in languages}


def settings(**changes: object) -> dict[str, str]:
    return {**BASE, "site.yaml": SETTINGS + "".join(f"{key}: {value}\n" for key, value in changes.items())}


def titles(made: Made, path: str) -> list[str]:
    tree = html.document_fromstring(made.files[path])
    return [element.text for element in tree.iterfind(".//main//article//a") if element.getparent().tag[0] == "h"]


def test_translations_are_tied_by_path(tmp_path: Path) -> None:
    made = make(tmp_path, {**bundle("a"), "content/news/b.md": article("B"), "content/news/b.ja.md": article("B ja")})
    translations = made.site.edition.translations
    assert {key: tuple(group) for key, group in translations.items()} == {"news/a": ALL, "news/b": ("vi", "ja")}
    assert faults(made.files, BASE_URL) == []


@pytest.mark.parametrize("key", ["shared", "news/one"])
def test_translations_are_tied_by_key(tmp_path: Path, key: str) -> None:
    files = {
        "content/news/one.vi.md": article("Một", "[two](../events/two.md)", translation_key=key),
        "content/news/other.ja.md": article("一", "[one](one.md)", translation_key=key),
        "content/events/two.vi.md": article("Hai", "[one](../news/other.md)"),
    }
    made = make(tmp_path, files)
    assert b'hreflang="ja" href="https://example.org/site/ja/news/other/"' in made.files["vi/news/one/index.html"]
    assert '<a href="/site/vi/news/one/">one</a>' in made.text("vi/events/two/index.html")
    assert '<a href="/site/ja/news/other/">one</a>' in made.text("ja/news/other/index.html")
    assert faults(made.files, BASE_URL) == []


def test_addresses_of_their_own_in_each_language(tmp_path: Path) -> None:
    files = {
        **bundle("a", ("en",), tags=["climate-change"]),
        "content/news/a/index.vi.md": article("A vi", slug="tin-a", tags=["climate-change"]),
        "content/news/a/index.ja.md": article("A ja", slug="気候", tags=["climate-change"]),
        "content/news/_index.vi.md": "---\ntitle: Tin tức\nslug: tin-tuc\n---\n\nGiới thiệu.\n",
        "content/news/_index.ja.md": "---\ntitle: ニュース\nslug: 報道\n---\n",
    }
    made = make(tmp_path, files)
    assert {"vi/tin-tuc/tin-a/index.html", "ja/報道/気候/index.html", "en/news/a/index.html"} <= made.files.keys()
    assert {"vi/tags/bien-doi-khi-hau/index.html", "ja/tags/climate-change/feed.xml"} <= made.files.keys()
    assert f'href="/site/ja/{quote("報道")}/{quote("気候")}/"' in made.text("vi/tin-tuc/tin-a/index.html")
    assert "<p>Giới thiệu.</p>" in made.text("vi/tin-tuc/index.html")
    assert faults(made.files, BASE_URL) == []
    assert broken_references(made.files, BASE_URL) == []


def test_link_shows_the_title_in_its_own_language(tmp_path: Path) -> None:
    made = make(tmp_path, bundle("a", ("ja",), tags=["jcm"]))
    assert "vi/news/a/index.html" not in made.files
    for path in ("vi/index.html", "vi/news/index.html", "vi/tags/jcm/index.html"):
        tree = html.document_fromstring(made.files[path])
        link = tree.find(".//main//article//a[@hreflang]")
        assert (link.get("href"), link.get("lang"), link.text) == ("/site/ja/news/a/", "ja", "a ja")
        assert "日本語" in tree.find(".//main//article").text_content()
    assert b"<entry" not in made.files["vi/feed.xml"]
    assert "vi/news/feed.xml" not in made.files
    tree = html.document_fromstring(made.files["ja/news/a/index.html"])
    untranslated = tree.xpath("//nav[@class='languages']//span[@class='untranslated']")
    assert [element.text_content() for element in untranslated] == ["Tiếng Việt 未翻訳", "English 未翻訳"]
    assert list(nodes(made.files, BASE_URL)[f"{BASE_URL}ja/news/a/"].alternates) == ["ja", "x-default"]


def test_copy_has_a_notice_and_points_to_the_original(tmp_path: Path) -> None:
    made = make(tmp_path, bundle("a", ("ja", "en"), tags=["jcm"]), base=settings(fallback="copy"))
    page = made.text("vi/news/a/index.html")
    tree = html.document_fromstring(page)
    assert tree.get("lang") == "vi"
    assert [element.get("lang") for element in tree.xpath("//main//h1|//main//*[@class='prose']")] == ["ja", "ja"]
    assert '<a href="/site/ja/news/a/" lang="ja" hreflang="ja">日本語</a>' in page
    node = nodes(made.files, BASE_URL)[f"{BASE_URL}vi/news/a/"]
    assert (node.canonical, node.robots, node.alternates) == (f"{BASE_URL}ja/news/a/", "noindex", {})
    assert b"/vi/news/a/" not in made.files["sitemap.xml"]
    assert b"<entry" not in made.files["vi/feed.xml"]
    assert titles(made, "vi/index.html") == ["a ja"]


def test_hide_shows_nothing(tmp_path: Path) -> None:
    made = make(tmp_path, bundle("a", ("ja",), tags=["jcm"]), base=settings(fallback="hide"))
    assert titles(made, "vi/index.html") == []
    assert not [path for path in made.files if path.startswith(("vi/news", "vi/tags/jcm"))]
    assert titles(made, "ja/index.html") == ["a ja"]


def test_an_article_overrides_the_site(tmp_path: Path) -> None:
    made = make(
        tmp_path, {**bundle("a", ("vi",), fallback="copy"), **bundle("b", ("vi",))}, base=settings(fallback="hide")
    )
    assert "ja/news/a/index.html" in made.files
    assert "ja/news/b/index.html" not in made.files


def test_links_lead_to_the_readers_language_or_the_one_there_is(tmp_path: Path) -> None:
    files = {**bundle("a", ("vi", "ja")), **bundle("b", ("vi",))}
    for lang in ("vi", "ja"):
        text = "[b](../b/index.md#x) [a](./) [vi](index.vi.md) [news](../) [file](r.pdf)"
        files[f"content/news/a/index.{lang}.md"] = article("A", text)
    files["content/news/b/index.vi.md"] = article("B", "## X")
    files["content/news/a/r.pdf"] = "%PDF"
    made = make(tmp_path, files)
    assert (
        '<p><a href="/site/vi/news/b/#x" hreflang="vi">b</a> <a href="/site/ja/news/a/">a</a> '
        '<a href="/site/vi/news/a/" hreflang="vi">vi</a> <a href="/site/ja/news/">news</a> '
        '<a href="/site/files/news/a/r.pdf">file</a></p>'
    ) in made.text("ja/news/a/index.html")
    assert broken_references(made.files, BASE_URL) == []


@pytest.mark.parametrize(
    ("fallback", "at_root", "base_url"),
    list(itertools.product(("link", "copy", "hide"), ("true", "false"), ("https://example.org/", BASE_URL))),
)
def test_every_pattern_of_translation(tmp_path: Path, fallback: str, at_root: str, base_url: str) -> None:
    """Articles and pages in every set of languages, some with no default-language version."""
    files: dict[str, str] = {}
    for number, languages in enumerate(
        itertools.chain.from_iterable(itertools.combinations(ALL, n) for n in (1, 2, 3))
    ):
        link = f"[next](../a{(number + 1) % 7}/index.md)"
        files |= {
            f"content/news/a{number}/index.{lang}.md": article(f"{number} {lang}", link, tags=["jcm"])
            for lang in languages
        }
        files |= {f"content/p{number}.{lang}.md": article(f"p{number} {lang}", date="") for lang in languages}
    base = settings(fallback=fallback, default_language_at_root=at_root, page_size=2)
    made = make(tmp_path, files, base=base, base_url=base_url)
    assert faults(made.files, base_url) == []
    assert broken_references(made.files, base_url) == []
    assert ("vi/index.html" in made.files) == (at_root == "false")
    feed = etree.fromstring(made.files["ja/feed.xml"])
    assert {entry.get("{http://www.w3.org/XML/1998/namespace}lang") for entry in feed.iter("{*}entry")} == {"ja"}
    assert len(list(feed.iter("{*}entry"))) == 4


def test_five_languages_two_of_them_by_settings_alone(tmp_path: Path) -> None:
    base = settings()
    base["site.yaml"] = base["site.yaml"].rstrip() + "\n  ar: {}\n  ko: {name: 한국어}\n"
    made = make(tmp_path, {**bundle("a", (*ALL, "ar", "ko"), tags=["jcm"])}, base=base)
    tree = html.document_fromstring(made.files["ar/news/a/index.html"])
    assert (tree.get("lang"), tree.get("dir")) == ("ar", "rtl")
    assert tree.find(".//time").text == "4 أكتوبر 2024"
    assert html.document_fromstring(made.files["ko/news/a/index.html"]).find(".//time").text == "2024년 10월 4일"
    names = [e.text for e in tree.iterfind(".//nav[@class='languages']/ul/li/a")]
    assert names == ["Tiếng Việt", "日本語", "English", "العربية", "한국어"]
    assert faults(made.files, BASE_URL) == []


def test_tags_by_any_name(tmp_path: Path) -> None:
    names = ["jcm", "Cơ chế tín chỉ chung (JCM)", "二国間クレジット制度（jcm）", "JOINT CREDITING MECHANISM (JCM)"]
    files = {f"content/news/a{n}/index.vi.md": article(f"A{n}", tags=name) for n, name in enumerate(names)}
    files["content/news/b/index.vi.md"] = article("B", tags=["climate", "climate-change"])
    made = make(tmp_path, files)
    assert made.site.edition.collections["vi:tag:climate-change"] == ("content/news/b/index.vi.md",)
    assert len(made.site.edition.collections["vi:tag:jcm"]) == 4
    index = html.document_fromstring(made.files["vi/tags/index.html"])
    assert [e.text_content() for e in index.iterfind(".//main//dt")] == [
        "Biến đổi khí hậu 1 bài",
        "Cơ chế tín chỉ chung (JCM) 4 bài",
    ]


def test_feed_ids_survive_a_changed_address(tmp_path: Path) -> None:
    def ids(made: Made) -> list[str]:
        return [e.findtext("{*}id") for e in etree.fromstring(made.files["vi/feed.xml"]).iter("{*}entry")]

    first = make(tmp_path / "1", bundle("a"))
    second = make(tmp_path / "2", bundle("a", slug="moved"))
    assert ids(first) == ids(second)
    assert len(set(ids(first))) == 1


def test_a_language_that_the_catalogue_lacks_is_written_in_english(tmp_path: Path) -> None:
    base = settings()
    base["site.yaml"] = base["site.yaml"].rstrip() + "\n  fr: {}\n"
    made = make(tmp_path, {**bundle("a", ("fr",))}, base=base)
    assert "Reading time" in made.text("fr/news/a/index.html")
    assert "4 octobre 2024" in made.text("fr/news/a/index.html")


def test_the_sites_own_words_come_before_the_themes(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=1; plural=0;\\n"\n'
    files = {**bundle("a"), "layouts/locales/vi.po": f'{head}\nmsgid "Search"\nmsgstr "Tìm tin"\n'}
    page = make(tmp_path, files).text("vi/index.html")
    assert "Tìm tin" in page
    assert "Đến nội dung chính" in page


def test_wrong_languages_are_told(tmp_path: Path) -> None:
    found = problems_of(
        tmp_path, {"content/news/a/index.vi.md": article("A"), "content/news/a/index.zh-Hant.md": article("A")}
    )
    assert codes(found) == ["unknown-language"]


@given(
    groups=st.lists(
        st.tuples(st.sets(st.sampled_from(ALL), min_size=1), st.sampled_from(("article", "page", "nested"))), max_size=5
    ),
    languages=st.permutations(ALL).flatmap(lambda order: st.integers(1, 3).map(lambda n: tuple(order[:n]))),
    fallback=st.sampled_from(("link", "copy", "hide")),
    own=st.sampled_from((None, "link", "copy", "hide")),
    at_root=st.booleans(),
    base_url=st.sampled_from(("https://example.org/", "https://example.org/a/b/", "https://example.org/trang tin/")),
    seed=st.randoms(use_true_random=False),
)
@settings_of_hypothesis(max_examples=15, deadline=None, phases=[Phase.generate])
def test_any_site(
    groups: list[tuple[set[str], str]], languages: tuple[str, ...], fallback: str, own: str | None, at_root: bool,
    base_url: str, seed: random.Random,
) -> None:  # fmt: skip
    """Whatever is translated, however it falls back, wherever it lies: no page misleads, nothing leads nowhere."""
    folders = {
        "article": "content/news/a{}/index.{}.md",
        "page": "content/p{}.{}.md",
        "nested": "content/x/y/n{}.{}.md",
    }
    files: dict[str, str] = {}
    for number, (chosen, kind) in enumerate(groups):
        head = {"fallback": own} if own and seed.random() < 0.5 else {}
        for lang in sorted(chosen & set(languages)):
            slug = {"slug": seed.choice(["bài", "記事", f"s{number}"]) + str(number)} if seed.random() < 0.5 else {}
            tags = seed.sample(["jcm", "気候変動"], seed.randint(0, 2))
            files[folders[kind].format(number, lang)] = article(f"{number} {lang}", tags=tags, **head, **slug)
    lines = "".join(f"  {code}: {{}}\n" for code in languages)
    base = {
        "site.yaml": f"title: T\nbase_url: '{base_url.replace(' ', '%20')}'\nfallback: {fallback}\npage_size: 2\n"
        f"default_language_at_root: {str(at_root).lower()}\nlanguages:\n{lines}",
        "content/tags.yaml": "jcm: {name: JCM}\nclimate: {name: 気候変動, slug: 気候}\n",
    }
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder), files, base=base)
    assert faults(made.files, base_url) == []
    assert broken_references(made.files, base_url.replace(" ", "%20")) == []
    homes = {"" if at_root and lang == languages[0] else f"{lang}/" for lang in languages}
    for home in homes:
        assert {f"{home}index.html", f"{home}feed.xml", f"{home}feed.json", f"{home}404.html"} <= made.files.keys()
