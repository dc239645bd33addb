"""Astro Starlight: its integration with nothing set but the languages, with its own search, and sharp for pictures."""

import json
import shutil
from collections.abc import Collection
from pathlib import Path

from benchmarks.corpus import Article
from benchmarks.results import SEARCH

from .node import is_installed, modules, node, version
from .peer import ADDRESS, NAMES, TITLE, Peer

MODULES = modules("starlight")
PACKAGE = MODULES / "@astrojs" / "starlight"
DOCS, ASSETS = "src/content/docs", "src/assets"


class Starlight(Peer):
    """It takes no modules from outside of its folder and those above, so that they are copied there."""

    name = "starlight"
    title = "Starlight"
    starter = "starlight"
    layout = "astro.config.mjs"
    output = "dist"
    pictures = ASSETS
    traces = (".astro", "node_modules")
    slow = True
    extras: tuple[str, ...] = (SEARCH,)
    environment = {"ASTRO_TELEMETRY_DISABLED": "1"}
    sidebar: list[dict[str, str]] | None = None
    """Starlight's own lists all articles on every page."""

    def prepare(self) -> None:
        super().prepare()
        copied = self.folder.parent / MODULES.name
        if self.is_installed() and not copied.exists():
            shutil.copytree(MODULES, copied, symlinks=True)
        for lang in NAMES:
            home = self.folder / DOCS / lang / "index.md"
            home.parent.mkdir(parents=True)
            home.write_text(f"---\ntitle: {TITLE}\n---\n", encoding="utf-8")
        self.choose(self.extras)

    def choose(self, extras: Collection[str]) -> None:
        locales = {lang: {"label": name, "lang": lang} for lang, name in NAMES.items()}
        settings = {
            "title": TITLE,
            "locales": locales,
            "defaultLocale": next(iter(NAMES)),
            "pagefind": SEARCH in extras or SEARCH not in self.extras,
        }
        more = {} if self.sidebar is None else {"sidebar": self.sidebar}
        (self.folder / "settings.json").write_text(
            json.dumps({"site": ADDRESS, "starlight": settings | more}), encoding="utf-8"
        )

    def source(self, article: Article) -> Path:
        return self.folder / DOCS / article.lang / "news" / f"{article.key}.md"

    def head(self, article: Article) -> str:
        return f"title: {article.title}\ndescription: {article.summary}\nlastUpdated: {article.date}\n"

    def body(self, article: Article) -> str:
        return article.body.replace("](../pictures/", "](../../../../assets/")

    def command(self) -> list[str]:
        return [node(), str(self.folder.parent / "node_modules" / "astro" / "bin" / "astro.mjs"), "build"]

    def version(self) -> str:
        return version(PACKAGE)

    def is_installed(self) -> bool:
        return is_installed(PACKAGE)


class ShortSidebar(Starlight):
    """With a sidebar of one link, which spares most of the work of its pages; its search is always on."""

    name = "starlight-short"
    title = "Starlight, short sidebar"
    extras = ()
    sidebar = [{"label": TITLE, "link": "/"}]
