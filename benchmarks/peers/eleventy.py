"""Eleventy with its own plugin for feeds, and with all that its base blog has."""

import json
import shutil
from pathlib import Path
from typing import Any

from benchmarks.corpus import FEED_SIZE, LANGUAGES, PAGE_SIZE, Article

from .node import is_installed, modules, node, version
from .peer import ADDRESS, LAYOUTS, NAMES, TITLE, Peer

MODULES = modules("eleventy")
PACKAGE = MODULES / "@11ty" / "eleventy"


class Eleventy(Peer):
    name = "eleventy"
    title = "Eleventy"
    layout = "content/_includes/base.njk"
    output = "_site"
    slow = True

    def prepare(self) -> None:
        super().prepare()
        (self.folder / "node_modules").symlink_to(MODULES)
        site = {"title": TITLE, "address": ADDRESS, "pageSize": PAGE_SIZE, "feedSize": FEED_SIZE, "languages": NAMES}
        self._write("content/_data/site.json", site)
        for lang in LANGUAGES:
            self._write(f"content/{lang}/news/news.json", {"layout": "article.njk", "lang": lang, "type": "article"})

    def _write(self, path: str, data: dict[str, Any]) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(data), encoding="utf-8")

    def source(self, article: Article) -> Path:
        return self.folder / "content" / article.lang / "news" / f"{article.key}.md"

    def command(self) -> list[str]:
        return [node(), str(PACKAGE / "cmd.cjs"), "--quiet"]

    def version(self) -> str:
        return version(PACKAGE)

    def is_installed(self) -> bool:
        return is_installed(PACKAGE)


class BaseBlog(Eleventy):
    """Its starter is no package, so that the layouts are those of the other scene; the plugins are the starter's."""

    name = "eleventy-blog"
    title = "Eleventy, base blog"

    def prepare(self) -> None:
        shutil.copytree(LAYOUTS / super().name, self.folder)
        super().prepare()

    def body(self, article: Article) -> str:
        return article.body.replace("](../pictures/", "](/news/pictures/")

    def command(self) -> list[str]:
        return [*super().command(), "--config=blog.config.js"]
