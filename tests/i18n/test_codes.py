"""Codes of languages: as machines are told them, which are refused, names that tell varieties apart."""

import re
from pathlib import Path

import pytest
from lxml import etree, html

from sitegen.config.settings import Config, language_of, read_config
from sitegen.problems import Checked
from tests.support.graph import faults
from tests.support.links import broken_references
from tests.support.sites import BASE, SETTINGS, article, make
from tests.test_text import table

BASE_URL = "https://example.org/site/"


def read(*codes: str) -> Checked[Config | None]:
    languages = "".join(f"  {code}\n" if ": " in code else f'  "{code}": {{}}\n' for code in codes)
    settings, problems = read_config(f"title: T\nbase_url: {BASE_URL}\nlanguages:\n{languages}", "site.yaml")
    return settings and settings[0], problems


def config_of(*codes: str) -> Config:
    config, problems = read(*codes)
    assert problems == ()
    assert config
    return config


@pytest.mark.parametrize(("code", "comes"), table("language-codes.md"))
def test_codes(code: str, comes: str) -> None:
    config, problems = read(code)
    if config:
        assert language_of(config, code).tag == comes
    else:
        assert [found.code for found in problems] == ["unknown-locale"]
        nearest = problems[0].arguments.get("nearest")
        assert comes == (f"did you mean {nearest}?" if nearest else "no such code")


@pytest.mark.parametrize("locale", ["en_UK", "jp", "iw", "xx"])
def test_locales_are_looked_at_as_codes_are(locale: str) -> None:
    _, problems = read(f"en: {{locale: {locale}}}")
    assert [(found.code, found.place.line) for found in problems] == [("unknown-locale", 4)]


@pytest.mark.parametrize(
    ("codes", "names"),
    [
        (["zh-Hans", "zh-Hant"], ["简体中文", "繁體中文"]),
        (["zh_CN", "zh_TW"], ["简体中文", "繁體中文"]),
        (["zh-CN", "zh-TW", "zh-HK"], ["简体中文", "中文 (繁體, 台灣)", "中文 (繁體字, 中國香港特別行政區)"]),
        (["zh", "zh-Hant"], ["中文", "繁體中文"]),
        (["zh-Hant", "en"], ["中文", "English"]),
        (["sr-Cyrl", "sr-Latn"], ["Српски", "Srpski"]),
        (["pt", "pt-BR"], ["Português", "Português (Brasil)"]),
        (["pt_BR"], ["Português"]),
        (["en-GB", "en-US"], ["British English", "American English"]),
        (["en: {locale: en_GB}", "en-US"], ["British English", "American English"]),
        (["en-GB: {name: English}", "en-US"], ["English", "English"]),
        (["ca", "ca-valencia"], ["Català (ca)", "Català (ca-valencia)"]),
        (["ku", "ku-Arab"], ["Kurdî (kurmancî) (ku)", "Kurdî (kurmancî) (ku-Arab)"]),
        (["no", "nb"], ["Norsk", "Norsk bokmål"]),
        (["pa", "pa-Arab"], ["ਪੰਜਾਬੀ", "پنجابی"]),
    ],
)
def test_varieties_of_a_language_have_names_of_their_own(codes: list[str], names: list[str]) -> None:
    config = config_of(*codes)
    assert [language_of(config, code).name for code in config.languages] == names


@pytest.mark.parametrize(
    ("code", "territorial", "direction"),
    [
        ("vi", "vi_VN", "ltr"),
        ("ja", "ja_JP", "ltr"),
        ("en", "en_US", "ltr"),
        ("en: {locale: en-GB}", "en_GB", "ltr"),
        ("pt_BR", "pt_BR", "ltr"),
        ("zh-Hans", "zh_CN", "ltr"),
        ("zh-Hant", "zh_TW", "ltr"),
        ("zh-hk", "zh_HK", "ltr"),
        ("sr-Latn", "sr_RS", "ltr"),
        ("es-419", "es_419", "ltr"),
        ("eo", "eo", "ltr"),
        ("ar", "ar_EG", "rtl"),
        ("ar-001", "ar_EG", "rtl"),
        ("he", "he_IL", "rtl"),
        ("fa", "fa_IR", "rtl"),
        ("ur", "ur_PK", "rtl"),
        ("az-Arab", "az_IR", "rtl"),
        ("mn-Mong", "mn_CN", "ltr"),
    ],
)
def test_country_and_direction(code: str, territorial: str, direction: str) -> None:
    config = config_of(code)
    language = language_of(config, next(iter(config.languages)))
    assert (language.info.territorial, language.direction) == (territorial, direction)


@pytest.mark.parametrize("codes", [["pt_BR", "pt-br"], ["vi", "VI"], ["zh-Hant", "zh_hant"]])
def test_codes_that_are_one_language(codes: list[str]) -> None:
    _, problems = read(*codes)
    assert [(found.code, found.place.line) for found in problems] == [("same-language", 5)]


def test_machines_are_told_tags_and_addresses_stay_as_they_are_spelt(tmp_path: Path) -> None:
    """In pages of every kind, feeds, site map, search and what is told of translations."""
    languages = "languages:\n  pt_BR: {}\n  zh_hant: {}\n  ar_eg: {}\n"
    settings = (
        re.sub(r"title: .*\n", "title: T\n", re.sub(r"languages:\n.*", "", SETTINGS, flags=re.DOTALL)) + languages
    )
    files = {
        "site.yaml": settings + "menu: [news, about, tags]\ndefault_language: pt_BR\n",
        "content/tags.yaml": "jcm: {name: JCM}\n",
        **{f"content/news/a/index.{lang}.md": article("A", tags="jcm") for lang in ("pt_BR", "zh_hant", "ar_eg")},
        "content/news/b.zh_hant.md": article("B", "[a](a/index.pt_BR.md)", fallback="copy"),
        "content/news/c.ar_eg.md": article("C", aliases="/old/"),
        "content/about.zh_hant.md": article("About", date=""),
    }
    made = make(tmp_path, files, base=BASE)
    assert {"pt_BR/index.html", "zh_hant/news/a/index.html", "ar_eg/404.html"} <= made.files.keys()
    spelt = re.compile(rb"(?<![/:])(pt_BR|zh_hant|ar_eg)(?!/)|/(pt_BR|zh_hant|ar_eg)(?![/\"])")
    texts = {path: data for path, data in made.files.items() if path.endswith((".html", ".xml", ".json", ".txt"))}
    wrong = {
        path: spelt.findall(
            data.replace(b'"og:locale" content="pt_BR"', b"").replace(b'alternate" content="pt_BR"', b"")
        )
        for path, data in texts.items()
    }
    assert {path: found for path, found in wrong.items() if found} == {}
    tree = html.document_fromstring(made.files["zh_hant/news/a/index.html"])
    assert tree.get("lang") == "zh-Hant"
    links = tree.xpath("//nav[@class='languages']//a")
    assert [(a.get("lang"), a.get("hreflang"), a.get("href")) for a in links] == [
        ("pt-BR", "pt-BR", "/site/pt_BR/news/a/"),
        ("zh-Hant", "zh-Hant", "/site/zh_hant/news/a/"),
        ("ar-EG", "ar-EG", "/site/ar_eg/news/a/"),
    ]
    assert [e.get("content") for e in tree.xpath("//meta[starts-with(@property, 'og:locale')]")] == [
        "zh_TW", "pt_BR", "ar_EG",
    ]  # fmt: skip
    assert html.document_fromstring(made.files["ar_eg/index.html"]).get("dir") == "rtl"
    feed = etree.fromstring(made.files["pt_BR/feed.xml"])
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "pt-BR"
    assert '"language": "pt-BR"' in made.text("pt_BR/feed.json")
    assert '"inLanguage": "zh-Hant"' in made.text("zh_hant/news/a/index.html")
    assert faults(made.files, BASE_URL) == []
    assert broken_references(made.files, BASE_URL) == []


def test_ids_in_feeds_stay_where_a_code_becomes_a_tag(tmp_path: Path) -> None:
    """They are made of the code as it is spelt."""
    settings = {**BASE, "site.yaml": SETTINGS + "  pt_BR: {}\n"}
    made = make(tmp_path, {"content/news/a.pt_BR.md": article("A")}, base=settings)
    assert "<id>urn:uuid:" in made.text("pt_BR/feed.xml")
    from uuid import NAMESPACE_URL, uuid5

    assert uuid5(NAMESPACE_URL, "example.org/site|news/a|pt_BR").urn in made.text("pt_BR/feed.xml")


def test_a_catalogue_by_any_spelling(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    settings = {**BASE, "site.yaml": SETTINGS + "  pt-br: {}\n"}
    files = {
        "layouts/locales/pt_BR.po": f'{head}msgid "Search"\nmsgstr "Buscar"\n',
        "content/p.vi.md": article("P", date=""),
    }
    assert "Buscar" in make(tmp_path, files, base=settings).text("pt-br/index.html")
