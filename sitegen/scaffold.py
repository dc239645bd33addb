"""Begins things: a new site, a new article."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from .config import Config
from .problems import in_utf8
from .text import slug

SITE = """\
# Every setting: sitegen schema site.
title: {title}
base_url: https://example.org/
time_zone: Asia/Ho_Chi_Minh
default_language: vi
languages:
  vi: {{name: Tiếng Việt}}
  ja: {{name: 日本語}}
  en: {{name: English, locale: en_GB}}
"""

TAGS = """\
environment:
  name: {vi: Môi trường, ja: 環境, en: Environment}
  slug: {vi: moi-truong}
  description:
    vi: Tin về môi trường.
    ja: 環境についての記事。
    en: Articles on the environment.
"""

SECTIONS = {"vi": ("Tin tức", "tin-tuc"), "ja": ("ニュース", ""), "en": ("News", "")}

WELCOME = {
    "vi": ("Xin chào", "Đây là bài viết đầu tiên. Hãy sửa tệp này, rồi chạy `sitegen build` để xem kết quả."),
    "ja": ("ようこそ", "これは最初の記事です。このファイルを書き換えて、`sitegen build` を実行してください。"),
    "en": ("Welcome", "This is the first article. Edit this file, then run `sitegen build` to see the result."),
}

IGNORED = "output/\n.sitegen/\n"


def new_site(folder: Path, now: datetime) -> dict[Path, str]:
    """The files of a small site in three languages that builds as it is."""
    files = {
        folder / "site.yaml": SITE.format(title=_quoted(in_utf8(folder.resolve().name))),
        folder / "content" / "tags.yaml": TAGS,
        folder / ".gitignore": IGNORED,
        folder / "layouts" / "README.txt": "Templates here are laid over the theme's, file by file.\n",
        folder / "assets" / "README.txt": "Styles and icons here are laid over the theme's, file by file.\n",
    }
    for lang, (title, address) in SECTIONS.items():
        head = f"---\ntitle: {title}\n" + (f"slug: {address}\n" if address else "") + "---\n"
        files[folder / "content" / "news" / f"_index.{lang}.md"] = head
    for lang, (title, text) in WELCOME.items():
        head = f"---\ntitle: {title}\ndate: {now:%d/%m/%Y}\ntags: environment\n---\n\n"
        files[folder / "content" / "news" / "welcome" / f"index.{lang}.md"] = head + text + "\n"
    return files


def new_article(root: Path, config: Config, title: str, section: str, key: str, now: datetime) -> dict[Path, str]:
    """A bundle with a file for each language; the date is today's in the site's time zone, day first."""
    today = now.astimezone(config.zone)
    folder = root / "content" / section / (key or slug(title) or f"{today:%Y-%m-%d}")
    text = f"---\ntitle: {_quoted(title)}\ndate: {today:%d/%m/%Y}\ntags: []\ndraft: true\n---\n\n"
    return {folder / f"index.{lang}.md": text for lang in config.languages}


def write_new(files: Mapping[Path, str]) -> tuple[Path, ...]:
    """Write files that are not there yet; returns those that are, and then writes none."""
    taken = tuple(path for path in files if path.exists())
    if not taken:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    return taken


def _quoted(text: str) -> str:
    """A YAML scalar that means this text whatever it contains (YAML 1.2, section 7.3.1)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
