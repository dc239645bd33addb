"""Eleventy with its own plugins for languages and feeds."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from benchmarks.corpus import FEED_SIZE, LANGUAGES, PAGE_SIZE, Article

from .peer import ADDRESS, NAMES, TITLE, Peer

MODULES = Path(sys.prefix) / "node_modules"
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
        return ["node", str(PACKAGE / "cmd.cjs"), "--quiet"]

    def version(self) -> str:
        package: dict[str, str] = json.loads((PACKAGE / "package.json").read_text("utf-8"))
        return package["version"]

    def is_installed(self) -> bool:
        return PACKAGE.is_dir() and shutil.which("node") is not None
