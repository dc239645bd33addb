"""What the benchmark knows of a generator."""

import shutil
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from pathlib import Path

from PIL import Image, ImageOps

from benchmarks.bodies import PICTURES
from benchmarks.corpus import Article

LAYOUTS = Path(__file__).parents[1] / "layouts"
NAMES = {"vi": "Tiếng Việt", "ja": "日本語", "en": "English"}
TITLE, ADDRESS = "Benchmark", "https://example.org"


class Failed(Exception):
    """A peer did not do what it should."""

    def __init__(self, peer: "Peer", what: str) -> None:
        super().__init__(f"{peer.title} {what}")
        self.peer = peer


class Peer(ABC):
    """A generator, and its project in `folder`.

    `starter`: the folder of its templates, if not by its name; `layout`: the one that all others extend; `output`:
    where the site goes; `pictures`: where articles find theirs; `traces`: what else a build leaves behind; `extras`:
    what it makes besides pages and pictures, if asked; `environment`: variables for it. `remembers`: whether it builds
    a second time faster than the first; `slow`: whether it is measured in fewer rounds, and cold alone; `line`: where
    its server tells browsers of changes, if that is measured."""

    name: str
    title: str
    starter = ""
    layout: str
    output: str
    pictures = "content/news/pictures"
    traces: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    environment: Mapping[str, str] = {}
    remembers = False
    slow = False
    line = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Write the project without its articles: the templates in `layouts/`, pictures, and settings."""
        shutil.copytree(LAYOUTS / (self.starter or self.name), self.folder, dirs_exist_ok=True)
        pictures = self.folder / self.pictures
        pictures.mkdir(parents=True)
        for name, color in PICTURES.items():
            ImageOps.colorize(Image.linear_gradient("L"), color, "white").save(pictures / name)

    def take_pictures(self, folder: Path) -> None:
        """Take more pictures, that articles may show as the others."""
        shutil.copytree(folder, self.folder / self.pictures, dirs_exist_ok=True)

    def choose(self, extras: Collection[str]) -> None:
        """Make these of the extras only. Of peers with extras."""
        raise NotImplementedError(extras)

    def add(self, article: Article) -> None:
        path = self.source(article)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{self.head(article)}---\n{self.body(article)}", encoding="utf-8")

    def body(self, article: Article) -> str:
        return article.body

    def source(self, article: Article) -> Path:
        return self.folder / "content" / "news" / article.key / f"index.{article.lang}.md"

    def head(self, article: Article) -> str:
        """The front matter, with the title in its first line."""
        tags = ", ".join(article.tags)
        image = f"image:\n  src: ../pictures/{article.picture}\n  alt: {article.summary}\n" if article.picture else ""
        return f"title: {article.title}\ndate: {article.date}\ntags: [{tags}]\nsummary: {article.summary}\n{image}"

    @abstractmethod
    def command(self) -> list[str]:
        """Builds the project; run in its folder."""

    def server(self, port: int) -> list[str]:
        """Serves the project on loopback; run in its folder. Of peers with a `line`."""
        raise NotImplementedError(port)

    @abstractmethod
    def version(self) -> str: ...

    def is_installed(self) -> bool:
        return True

    def forget(self) -> None:
        """Remove what a fresh machine would not have."""
        for name in (self.output, *self.traces):
            path = self.folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def written(self) -> dict[str, int]:
        """The size of every file in the output, by path."""
        output = self.folder / self.output
        return {
            path.relative_to(output).as_posix(): path.stat().st_size for path in output.rglob("*") if path.is_file()
        }
