"""Ourselves: with plain layouts, as installed, and as we were."""

import shutil
import subprocess
import sys
from collections.abc import Collection
from importlib.metadata import version
from pathlib import Path

from benchmarks.corpus import FEED_SIZE, PAGE_SIZE, TAGS
from benchmarks.results import BEFORE, CARDS, SEARCH

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
        sizes = f"page_size: {PAGE_SIZE}\nfeed_size: {FEED_SIZE}\n"
        self._set(sizes + "search: false\nshare_cards: false\nfallback: hide\nfeeds: [atom]\n")

    def _set(self, settings: str) -> None:
        languages = "".join(f"  {code}: {{name: {name}}}\n" for code, name in NAMES.items())
        (self.folder / "site.yaml").write_text(
            f"title: {TITLE}\nbase_url: {ADDRESS}/\n{settings}languages:\n{languages}", encoding="utf-8"
        )

    def command(self) -> list[str]:
        return [sys.executable, "-m", "sitegen", "build"]

    def server(self, port: int) -> list[str]:
        return [sys.executable, "-m", "sitegen", "serve", "--port", str(port)]

    def version(self) -> str:
        return version("sitegen")


class Installed(Sitegen):
    """With the theme and the settings that a newcomer gets."""

    line = ""
    extras = (CARDS, SEARCH)

    def prepare(self) -> None:
        super().prepare()
        shutil.rmtree(self.folder / "layouts")
        self.choose(self.extras)

    def choose(self, extras: Collection[str]) -> None:
        settings = {CARDS: "share_cards", SEARCH: "search"}
        self._set("".join(f"{settings[extra]}: false\n" for extra in self.extras if extra not in extras))


class Before(Installed):
    """As of another commit."""

    name = BEFORE
    title = "before"
    starter = Sitegen.name

    def check_out(self, revision: str, folder: Path) -> None:
        """Build with the code of that commit, of which a copy is put into a folder. Raises CalledProcessError."""
        git = ["git", "-C", str(Path(__file__).parents[2])]
        named = subprocess.run([*git, "rev-parse", "--short", revision], check=True, capture_output=True, text=True)
        self.commit = named.stdout.strip()
        archive = folder / "code.zip"
        subprocess.run([*git, "archive", f"--output={archive}", f"{revision}:sitegen"], check=True)
        shutil.unpack_archive(archive, folder / "code" / "sitegen")
        self.environment = {"PYTHONPATH": str(folder / "code")}

    def version(self) -> str:
        return self.commit
