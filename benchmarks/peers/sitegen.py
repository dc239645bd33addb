"""Ourselves."""

import sys
from importlib.metadata import version

from benchmarks.corpus import FEED_SIZE, PAGE_SIZE, TAGS

from .peer import ADDRESS, NAMES, TITLE, Peer


class Sitegen(Peer):
    name = "sitegen"
    title = "sitegen"
    layout = "layouts/base.html"
    output = "output"
    traces = (".sitegen",)
    remembers = True
    line = "/__sitegen/livereload"

    def prepare(self) -> None:
        super().prepare()
        tags = "".join(f"{tag}: {{name: {tag}}}\n" for tag in TAGS)
        (self.folder / "content" / "tags.yaml").write_text(tags, encoding="utf-8")
        languages = "".join(f"  {code}: {{name: {name}}}\n" for code, name in NAMES.items())
        (self.folder / "site.yaml").write_text(
            f"title: {TITLE}\nbase_url: {ADDRESS}/\npage_size: {PAGE_SIZE}\nfeed_size: {FEED_SIZE}\n"
            f"search: false\nshare_cards: false\nfallback: hide\nfeeds: [atom]\nlanguages:\n{languages}",
            encoding="utf-8",
        )

    def command(self) -> list[str]:
        return [sys.executable, "-m", "sitegen", "build"]

    def server(self, port: int) -> list[str]:
        return [sys.executable, "-m", "sitegen", "serve", "--port", str(port)]

    def version(self) -> str:
        return version("sitegen")
