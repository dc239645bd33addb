"""YAML: front matter, settings, registries; catalogues and layouts."""

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

import pytest

from sitegen.config.registries import read_sources, read_tags
from sitegen.config.settings import read_config
from sitegen.i18n.languages import read_catalogue
from sitegen.render.layouts import read_layouts
from sitegen.site.front_matter import LARGEST, read_head
from tests.support.sites import settings

from .growth import check_growth

CONFIG = settings()
SITE = "title: A\nbase_url: https://example.org/\nlanguages: {vi: , en: }\n"


def lines(form: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """So many pieces, each with its number where the form says {n}."""
    length = len(form.replace("{n}", "12345"))
    return lambda size: (
        before + "".join(form.replace("{n}", str(10_000 + n)) for n in range(size // length + 1)) + after
    )


HEADS: Mapping[str, Callable[[int], str]] = {
    "blank lines": lines("\n", "a: b: c"),
    "blank lines that nothing ends": lines("\n", "a: ["),
    "colons": lines(":"),
    "colons and spaces": lines(": "),
    "keys in keys": lines("a: "),
    "lines of colons": lines(": \n"),
    "spaces": lines(" ", "title:", "b"),
    "spaces before a colon": lines(" ", "title", "：x"),
    "keys": lines("  k{n}: v\n", "extra:\n"),
    "unknown keys": lines("k{n}: v\n"),
    "a long key": lines("k", "", ": v"),
    "one key": lines("a: v\n"),
    "quotes": lines('a: "'),
    "lines with a quote": lines('a: "x\n'),
    "hyphens": lines("- "),
    "braces": lines("{"),
    "brackets": lines("["),
    "question marks": lines("? "),
    "anchors": lines("  k{n}: &a{n} v\n", "extra:\n"),
    "aliases": lines(", *a", "extra: [&a x", "]"),
    "lists of aliases": lines(", *a", "extra: [&a [" + "x," * 5_000 + "]", "]"),
    "lists of nothing": lines(", *a", "attachments: [&a [" + "~," * 5_000 + "]", "]"),
    "undefined aliases": lines("a{n}: *a\n"),
    "tabs": lines("a:\tb\n\tc\n"),
    "lines without keys": lines("x\n"),
    "hash signs": lines(" #a", "title: a"),
    "other colons": lines("title：a\n"),
    "escapes": lines("\\q", 'title: "', '"'),
    "other line breaks": lines("\x85", "title: a"),
    "directives": lines("%YAML 1.1\n"),
    "spaces in a date": lines(" ", "date: '1", "x'"),
    "digits": lines("1", "extra: ", ".x"),
}
TAGS: Mapping[str, Callable[[int], str]] = {
    "topics": lines("t{n}: {name: n{n}}\n"),
    "topics of one name": lines("t{n}: {name: n}\n"),
    "topics of one address": lines("t{n}: {name: n{n}, slug: x}\n"),
    "topics without a name": lines("t{n}:\n"),
    "aliases of a long key": lines("a,", "k" * 50_000 + ": {name: x, aliases: [", "]}"),
    "a topic again and again": lines("x{n}: *a\n", "k: &a {name: x, aliases: [" + "a," * 10 + "]}\n"),
    "unknown keys": lines("x{n}: y,", "a: {name: A, ", "}"),
    "unknown languages": lines("x{n}: y,", "a: {name: {", "}}"),
}
SETTINGS: Mapping[str, Callable[[int], str]] = {
    "languages": lines("x{n}: ,", "title: A\nbase_url: https://example.org/\nlanguages: {", "}"),
    "patterns": lines("a{n},", f"{SITE}exclude: [", "]"),
    "stars": lines("**/", f"{SITE}exclude: ['", "']"),
    "menus": lines("{title: a, url: x y},", f"{SITE}menu: [", "]"),
    "an address": lines("a.", f"{SITE}menu: [{{title: a, url: '", "'}]"),
    "an address of mail": lines("a@b.", f"{SITE}menu: [{{title: a, url: '", "'}]"),
    "a time zone": lines("A/", f"{SITE}time_zone: "),
    "a code": lines("a-", f"{SITE}default_language: "),
}
CATALOGUE = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
CATALOGUES: Mapping[str, Callable[[int], str]] = {
    "messages": lines('msgid "{n}"\nmsgstr "b"\n\n', CATALOGUE),
    "a message": lines("x", f'{CATALOGUE}msgid "', '"\nmsgstr "b"\n'),
    "lines of a message": lines('"x"\n', f'{CATALOGUE}msgid ""\n', 'msgstr "b"\n'),
    "spaces in the header": lines(" ", 'msgid ""\nmsgstr "charset=', 'x\\n"\n'),
    "plural forms": lines("(", 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=', '\\n"\n'),
}
LAYOUTS: Mapping[str, Callable[[int], str]] = {
    "brackets": lines("(", "{{ "),
    "values": lines("{{ a }}"),
    "conditions": lines("{% if a %}"),
    "ids": lines(' id="a"'),
    "spaces": lines(" id ="),
}


@pytest.mark.parametrize("name", HEADS)
def test_front_matter(name: str, thorough: bool) -> None:
    zone = ZoneInfo("UTC")
    check_growth(
        lambda size: f"---\ntitle: A\n{HEADS[name](size)}\n---\n",
        lambda text: read_head(text, "content/a.md", zone),
        thorough=thorough,
        largest=LARGEST - 1_000,
    )


@pytest.mark.parametrize("name", TAGS)
def test_registries(name: str, thorough: bool) -> None:
    def work(text: str) -> object:
        return read_tags(text, CONFIG), read_sources(text, CONFIG)

    work(TAGS[name](1_000))  # the first mistakes load what most builds do without
    check_growth(TAGS[name], work, thorough=thorough)


@pytest.mark.parametrize("name", SETTINGS)
def test_settings(name: str, thorough: bool) -> None:
    read_config(SETTINGS[name](1_000), "site.yaml")
    check_growth(SETTINGS[name], lambda text: read_config(text, "site.yaml"), thorough=thorough)


@pytest.mark.parametrize("name", CATALOGUES)
def test_catalogues(name: str, thorough: bool) -> None:
    check_growth(CATALOGUES[name], lambda text: read_catalogue(text, "vi.po", "vi"), thorough=thorough)


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts(name: str, thorough: bool) -> None:
    check_growth(LAYOUTS[name], lambda text: read_layouts({"layouts/a.html": text}), thorough=thorough)
