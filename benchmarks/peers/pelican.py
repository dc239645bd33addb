"""Pelican with the two plugins that a site in several languages needs: i18n_subsites, and neighbors."""

import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from benchmarks.corpus import FEED_SIZE, LANGUAGES, PAGE_SIZE, Article

from .peer import ADDRESS, NAMES, TITLE, Peer

DATES = {"vi": "%-d tháng %-m, %Y", "ja": "%Y年%-m月%-d日", "en": "%B %-d, %Y"}


class Pelican(Peer):
    name = "pelican"
    title = "Pelican"
    layout = "theme/templates/base.html"
    output = "output"
    slow = True
    traces = ("cache", "__pycache__")

    def prepare(self) -> None:
        super().prepare()
        settings = "".join(f"{name} = {value!r}\n" for name, value in _settings().items())
        (self.folder / "pelicanconf.py").write_text(settings, encoding="utf-8")

    def source(self, article: Article) -> Path:
        return self.folder / "content" / "news" / f"{article.key}.{article.lang}.md"

    def head(self, article: Article) -> str:
        tags = ", ".join(article.tags)
        return (
            f"title: {article.title}\nslug: {article.key}\nlang: {article.lang}\ndate: {article.date}\n"
            f"tags: {tags}\nsummary: {article.summary}\n"
        )

    def command(self) -> list[str]:
        return [sys.executable, "-m", "pelican", "--quiet"]

    def version(self) -> str:
        return version("pelican")

    def is_installed(self) -> bool:
        return find_spec("pelican") is not None


def _settings() -> dict[str, object]:
    first, *others = LANGUAGES
    return {
        "PATH": "content",
        "THEME": "theme",
        "SITENAME": TITLE,
        "TIMEZONE": "UTC",
        "DATE_FORMATS": DATES,
        "LANGUAGE_NAMES": NAMES,
        **_language(first),
        "I18N_SUBSITES": {lang: _language(lang) | _from_cache() for lang in others},
        "PLUGINS": ["i18n_subsites", "neighbors"],
        "ARTICLE_PATHS": ["news"],
        "STATIC_PATHS": [],
        "THEME_STATIC_PATHS": [],
        "ARTICLE_URL": "{category}/{slug}/",
        "ARTICLE_SAVE_AS": "{category}/{slug}/index.html",
        "DRAFT_SAVE_AS": "",
        "DRAFT_LANG_SAVE_AS": "",
        "CATEGORY_URL": "{slug}/",
        "CATEGORY_SAVE_AS": "{slug}/index.html",
        "TAG_URL": "tags/{slug}/",
        "TAG_SAVE_AS": "tags/{slug}/index.html",
        "TAGS_SAVE_AS": "tags/index.html",
        "TAGS_URL": "tags/",
        "INDEX_URL": "",
        "SITEMAP_SAVE_AS": "sitemap.xml",
        "DIRECT_TEMPLATES": ["index", "tags", "sitemap", "404"],
        "PAGINATED_TEMPLATES": {"index": PAGE_SIZE, "category": PAGE_SIZE, "tag": PAGE_SIZE},
        "PAGINATION_PATTERNS": [
            (1, "{url}", "{save_as}"),
            (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
        ],
        "FEED_MAX_ITEMS": FEED_SIZE,
        "FEED_RSS": "feed.xml",
        "CATEGORY_FEED_RSS": "{slug}/feed.xml",
        "TAG_FEED_RSS": "tags/{slug}/feed.xml",
        "FEED_ALL_ATOM": None,
        "CATEGORY_FEED_ATOM": None,
        "TRANSLATION_FEED_ATOM": None,
        "AUTHOR_FEED_ATOM": None,
        "AUTHOR_FEED_RSS": None,
        "MARKDOWN": {"extensions": ["markdown.extensions.tables"], "output_format": "html5"},
        "FORMATTED_FIELDS": [],
        "CACHE_CONTENT": True,
        "CHECK_MODIFIED_METHOD": "mtime",
    }


def _language(lang: str) -> dict[str, object]:
    address = f"{ADDRESS}/{lang}"
    return {"DEFAULT_LANG": lang, "SITEURL": address, "FEED_DOMAIN": address, "OUTPUT_PATH": f"output/{lang}"}


def _from_cache() -> dict[str, object]:
    """Each language reads all articles again, but need not parse what the first has parsed."""
    return {"CACHE_PATH": "cache", "CACHE_CONTENT": False, "LOAD_CONTENT_CACHE": True}
