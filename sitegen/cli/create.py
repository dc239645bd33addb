"""Begins things: a new site, a new article."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sitegen.config.registries import is_address_part
from sitegen.config.settings import Config
from sitegen.files import locate
from sitegen.problems import Place, Problem, SiteError, in_utf8, problem
from sitegen.text import is_path_within, slug

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


def new_site(name: str, now: datetime) -> dict[str, str]:
    """The files of a small site in three languages that builds as it is, by path."""
    files = {
        "site.yaml": SITE.format(title=_quoted(in_utf8(name))),
        "content/tags.yaml": TAGS,
        ".gitignore": IGNORED,
        "layouts/README.txt": "Templates here are laid over the theme's, file by file.\n",
        "assets/README.txt": "Styles and icons here are laid over the theme's, file by file.\n",
    }
    for lang, (title, address) in SECTIONS.items():
        head = f"---\ntitle: {title}\n" + (f"slug: {address}\n" if address else "") + "---\n"
        files[f"content/news/_index.{lang}.md"] = head
    for lang, (title, text) in WELCOME.items():
        head = f"---\ntitle: {title}\ndate: {now:%d/%m/%Y}\ntags: environment\n---\n\n"
        files[f"content/news/welcome/index.{lang}.md"] = head + text + "\n"
    return files


def new_article(config: Config, title: str, section: str, key: str, now: datetime) -> dict[str, str]:
    """A bundle with a file for each language, by path; the date is today's in the site's time zone, day first. Raises
    SiteError when a section or key is no path."""
    wrong = []
    if section and not is_path_within(section):
        wrong.append(problem("invalid-path", Place(section), value=section))
    if key and not is_address_part(key):
        wrong.append(problem("invalid-slug", Place(key), value=key))
    if wrong:
        raise SiteError(wrong)
    today = now.astimezone(config.zone)
    folder = "/".join(filter(None, ("content", section, key or slug(title) or f"{today:%Y-%m-%d}")))
    text = f"---\ntitle: {_quoted(title)}\ndate: {today:%d/%m/%Y}\ntags: []\ndraft: true\n---\n\n"
    return {f"{folder}/index.{lang}.md": text for lang in config.languages}


def write_new(root: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """Write files of a site that are not there yet; returns those that are, and then writes none. Raises SiteError when
    a link leads out of the site, or a file cannot be written."""
    outside = [found for path in files if isinstance(found := locate(root, path), Problem)]
    if outside:
        raise SiteError(outside)
    taken = tuple(root / path for path in files if os.path.lexists(root / path))
    for path, text in files.items() if not taken else ():
        try:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            with (root / path).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise SiteError((problem("unwritable-file", Place(path), reason=error.strerror or str(error)),)) from None
    return taken


def _quoted(text: str) -> str:
    """A YAML scalar that means this text whatever it contains (YAML 1.2, section 7.3.1)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
