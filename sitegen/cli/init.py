"""`sitegen init`: a new site, which builds as it is."""

import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from sitegen.files import SETTINGS
from sitegen.i18n.messages import Words
from sitegen.problems import Place, SiteError, errors, in_utf8, misnamed, problem
from sitegen.text import unportable
from sitegen.versions import has_card_libraries, installed_pagefind

from .command import Command, Folder, author_words, fail_on_error, lang_option, option, root_option
from .create import quoted, write_new

EXAMPLE = "https://example.org/"
LANGUAGES = {"vi": "{name: Tiếng Việt}", "ja": "{name: 日本語}", "en": "{name: English, locale: en_GB}"}
"""Those that there are texts in."""
TOPIC = {
    "vi": ("Môi trường", "Tin về môi trường."),
    "ja": ("環境", "環境についての記事。"),
    "en": ("Environment", "Articles on the environment."),
}
SECTION = {"vi": "title: Tin tức\nslug: tin-tuc", "ja": "title: ニュース", "en": "title: News"}
WELCOME = {
    "vi": ("Xin chào", "Đây là bài viết đầu tiên. Hãy sửa tệp này, rồi chạy `sitegen build` để xem kết quả."),
    "ja": ("ようこそ", "これは最初の記事です。このファイルを書き換えて、`sitegen build` を実行してください。"),
    "en": ("Welcome", "This is the first article. Edit this file, then run `sitegen build` to see the result."),
}
KEPT_OUT = ("output/", ".sitegen/")
LEFT_BEHIND = (".DS_Store", "._*", "Thumbs.db", "desktop.ini", "~$*", "*~")
"""By macOS, Windows, Office and editors."""
LINE_ENDS = "* text=auto eol=lf"
BINARY = (
    "avif", "gif", "heic", "ico", "jpg", "jpeg", "png", "tif", "tiff", "webp",
    "pdf", "doc", "docx", "odp", "ods", "odt", "ppt", "pptx", "xls", "xlsx",
    "gz", "zip", "m4a", "mp3", "mp4", "ogg", "wav", "webm", "otf", "ttf", "woff", "woff2",
)  # fmt: skip
FOR_GIT = {
    ".gitignore": "\n".join((*KEPT_OUT, *LEFT_BEHIND, "")),
    ".gitattributes": "\n".join((LINE_ENDS, *(f"*.{ending} binary" for ending in BINARY), "")),
}
"""Every clone has the same bytes, also one by Git for Windows: drawings and scripts are named by their digests."""


@click.command("init", cls=Command)
@lang_option
@click.argument("folder", type=Folder(), required=False)
@root_option
@option(
    "--languages", default=",".join(LANGUAGES), show_default=True, help="Codes of its languages, the main one first."
)
@option("--title", default="", help="The site's name. Default: the folder's.")
@option("--url", default=EXAMPLE, show_default=True, help="Where it will be served.")
def init(folder: Path | None, root: Path, languages: str, title: str, url: str) -> None:
    """Start a site in FOLDER. Default: here."""
    folder = folder or root
    words = author_words()
    codes = [*dict.fromkeys(re.split(r"[\s,;、，]+", languages.strip(" ,;、，")))]
    with fail_on_error(folder):
        if unportable(folder.name) not in (None, "path") and not folder.exists():
            raise SiteError((misnamed("invalid-file-name", Place(folder.name), folder.name),))
        settings = new_settings(title or in_utf8(folder.resolve().name), url, codes, words)
        present = [name for name in FOR_GIT if os.path.lexists(folder / name)]  # where a repository was begun before
        files = new_site(settings, codes, datetime.now(UTC))
        taken = write_new(folder, {path: text for path, text in files.items() if path not in present})
    if taken:
        raise click.UsageError(words.say("{path} is there already; nothing was written.", path=taken[0]))
    for name in present:
        lines = ", ".join(KEPT_OUT) if name == ".gitignore" else LINE_ENDS
        kept = words.say(
            "{path} is there already and is kept; a site needs in it: {lines}", path=folder / name, lines=lines
        )
        click.echo(kept)
    click.echo(words.say('A site is in {folder}. Build it: sitegen build --root "{folder}"', folder=folder))


def new_settings(title: str, url: str, codes: Sequence[str], words: Words) -> str:
    """The text of site.yaml; what needs a library that is not installed is left out, and how to get it is said. Raises
    SiteError where the settings would be none, with the option to blame."""
    from sitegen.config.settings import read_config

    lines = [
        f"# {words.say('Every setting: sitegen schema site.')}",
        f"title: {quoted(title)}",
        f"base_url: {_scalar(url)}",
        f"default_language: {_scalar(codes[0])}",
        "languages:",
        *(f"  {_scalar(code)}: {LANGUAGES.get(code, '{}')}" for code in codes),
    ]
    if installed_pagefind() is None:
        why = words.say('To have a search, run pip install "sitegen[search]" and take out the next line.')
        lines += [f"# {why}", "search: false"]
    if not has_card_libraries():
        why = words.say('To have share cards, run pip install "sitegen[cards]" and take out the next line.')
        lines += [f"# {why}", "share_cards: false"]
    wrong = errors(read_config("\n".join(lines), SETTINGS)[1])
    if wrong:
        options = {"invalid-address": "--url", "unknown-locale": "--languages", "same-language": "--languages"}
        raise SiteError(
            problem(found.code, Place(options.get(found.code, "--title")), **found.arguments) for found in wrong
        )
    lines.insert(3, f"time_zone: {time_zone(codes)}")
    return "\n".join(lines) + "\n"


def time_zone(codes: Sequence[str]) -> str:
    """That of the first language whose readers mostly live in a country with one zone, as tzdata has them."""
    from importlib.resources import files

    from sitegen.i18n.codes import parse_locale, territory_of

    rows = (line.split("\t") for line in (files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines())
    places = [(row[0], row[2]) for row in rows if len(row) > 2]
    for code in codes:
        country = territory_of(parse_locale(code))
        zones = [zone for where, zone in places if where == country]
        if len(zones) == 1:
            return zones[0]
    return "UTC"


def new_site(settings: str, codes: Sequence[str], now: datetime) -> dict[str, str]:
    """The files of a small site that builds as it is, by path. What there is no text for in any of its languages is
    begun in English, in the first of them."""
    texts = {code: base for code in codes if (base := re.split("[-_]", code)[0].lower()) in WELCOME}
    files = {
        SETTINGS: settings,
        "content/tags.yaml": _tags(codes, texts),
        **FOR_GIT,
        "layouts/README.txt": "Templates here are laid over the theme's, file by file.\n",
        "assets/README.txt": "Styles and icons here are laid over the theme's, file by file.\n",
    }
    for code, base in (texts or {codes[0]: "en"}).items():
        title, text = WELCOME[base]
        files[f"content/news/_index.{code}.md"] = f"---\n{SECTION[base]}\n---\n"
        head = f"---\ntitle: {title}\ndate: {now:%d/%m/%Y}\ntags: environment\n---\n\n"
        files[f"content/news/welcome/index.{code}.md"] = f"{head}{text}\n"
    return files


def _tags(codes: Sequence[str], texts: Mapping[str, str]) -> str:
    """One topic, named in all languages; in English where there is no text in one."""
    topics = {code: TOPIC[texts.get(code, "en")] for code in codes}
    names = ", ".join(f"{code}: {name}" for code, (name, _) in topics.items())
    slugs = ", ".join(f"{code}: moi-truong" for code in codes if texts.get(code) == "vi")
    return "\n".join(
        (
            "environment:",
            f"  name: {{{names}}}",
            *([f"  slug: {{{slugs}}}"] if slugs else []),
            "  description:",
            *(f"    {code}: {description}" for code, (_, description) in topics.items()),
            "",
        )
    )


def _scalar(text: str) -> str:
    """A code or an address, in quotes where YAML wants them."""
    return text if re.fullmatch(r"(https?://)?\w[\w./-]*", text, re.ASCII) else quoted(text)
