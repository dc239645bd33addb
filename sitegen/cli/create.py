"""`sitegen new`: a new article; and how files of a site are begun."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from sitegen.files import SETTINGS, decode, locate, read_source
from sitegen.problems import Place, Problem, SiteError, misnamed, problem
from sitegen.text import is_address_part, is_path_within, shortened, slug, unreserved

from .command import Command, author_words, fail, fail_on_error, lang_option, option, require_settings, root_option

LONGEST_KEY, MOST_BYTES = 60, 200
"""Letters of a key that is made from a title, and its bytes; authors may give a longer one."""


@click.command("new", cls=Command)
@root_option
@lang_option
@click.argument("title")
@option("--section", default="news", show_default=True, help="Folder below content/.")
@option("--key", default="", help="Name of the bundle. Default: made from the title.")
def new(root: Path, title: str, section: str, key: str) -> None:
    """Start an article with TITLE: a bundle with a file per language."""
    from sitegen.config.settings import read_config

    require_settings(root)
    data = read_source(root, SETTINGS)
    text = data if isinstance(data, Problem) else decode(data, SETTINGS)
    read, found = (None, (text,)) if isinstance(text, Problem) else read_config(text, SETTINGS)
    if read is None:
        fail(root, found)
    config, _ = read
    with fail_on_error(root):
        files = new_article([*config.languages], title, section, key, datetime.now(config.zone))
        taken = write_new(root, files)
    if taken:
        raise click.UsageError(author_words().say("{path} is there already; choose another --key.", path=taken[0]))
    for path in files:
        click.echo(root / path)


def new_article(languages: Sequence[str], title: str, section: str, key: str, now: datetime) -> dict[str, str]:
    """A bundle with a file for each language, by path; the date is that of `now`, day first. `section`: also as shells
    complete it. Raises SiteError when a section or key is no path, or would mean something else."""
    from sitegen.config.paths import identify

    section = f"{section}/".replace("\\", "/").removeprefix("./content/").removeprefix("content/").rstrip("/")
    if section and not is_path_within(section):
        raise SiteError((problem("invalid-path", Place(section), value=section),))
    if key and not is_address_part(key):
        raise SiteError((misnamed("invalid-slug", Place(key), key),))
    folder = "/".join(filter(None, ("content", section, key or short_key(title) or f"{now:%Y-%m-%d}")))
    text = f"---\ntitle: {quoted(title)}\ndate: {now:%d/%m/%Y}\ntags: []\ndraft: true\n---\n\n"
    files = {f"{folder}/index.{lang}.md": text for lang in languages}
    wrong = [found for path in files if isinstance(found := identify(path, languages, languages[0]), Problem)]
    if wrong:
        raise SiteError(wrong)
    return files


def short_key(title: str) -> str:
    """An address part that is no longer than a line: whole words where there are any."""
    whole = unreserved(slug(title))
    cut = shortened(whole[:LONGEST_KEY], MOST_BYTES)
    words = cut if whole[len(cut) :].startswith("-") else cut.rpartition("-")[0]
    return whole if cut == whole else words if len(words) > len(cut) // 2 else cut


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


def quoted(text: str) -> str:
    """A YAML scalar that means this text whatever it contains (YAML 1.2, section 7.3.1)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
