"""Includes and imports: the same text as if each page ran them, and made again when what they show is another."""

from pathlib import Path

import pytest

from sitegen.render import fragments
from tests.support.sites import Made, article, make, rebuild, write_site

BASE = "<html>{% block main %}{% endblock %}</html>"
TAGS = "waste: {name: Waste}\nwater: {name: Water}\n"


def site(root: Path, layout: str, parts: dict[str, str], **files: str) -> Made:
    """Two articles in English, shown by a layout of their own."""
    written = {
        "site.yaml": "title: {en: Trial, ja: 試し}\nbase_url: https://example.org/\nshare_cards: false\n"
        "fallback: hide\nlanguages: {en: {}, ja: {}}\n",
        "content/tags.yaml": TAGS,
        "content/news/a.en.md": article("A <b>", tags=["waste", "water"]),
        "content/news/b.en.md": article("B", tags=["waste"]),
        "content/news/b.ja.md": article("乙", tags=["waste"]),
        "layouts/article.html": layout,
    }
    return make(root, {**written, **{f"layouts/parts/{name}": text for name, text in parts.items()}, **files}, base={})


def shown(made: Made) -> list[str]:
    return [made.text(f"{path}/index.html").strip() for path in ("en/news/a", "en/news/b", "ja/news/b")]


INCLUDE = '{% include "parts/p.html" %}'
TAGGED = f"{{% for tag in article.tags %}}{INCLUDE}{{% endfor %}}"
LISTED = f"{{% for other in site.latest(9) %}}{INCLUDE}{{% endfor %}}"


@pytest.mark.parametrize(
    ("layout", "part", "expected"),
    [
        (INCLUDE, "{{ page.title }}", ["A &lt;b&gt;", "B", "乙"]),
        (INCLUDE, "{{ site.title }}", ["Trial", "Trial", "試し"]),
        (INCLUDE, "{{ (site.menu|selectattr('within')|first).url }}", ["/en/news/", "/en/news/", "/ja/news/"]),
        (INCLUDE, "{{ language.code }}{{ range(2)|list }}", ["en[0, 1]", "en[0, 1]", "ja[0, 1]"]),
        (INCLUDE, "{{ article.key }}", ["news/a", "news/b", "news/b"]),
        ("{% set x = article.title %}" + INCLUDE, "{{ x }}", ["A &lt;b&gt;", "B", "乙"]),
        ("{% set x = article.title|safe %}" + INCLUDE, "{{ x }}", ["A <b>", "B", "乙"]),
        ("{% set x = 1 if article.newer else true %}" + INCLUDE, "{{ x }}", ["True", "1", "True"]),
        ("{% set x = [article.title] %}" + INCLUDE, "{{ x[0] }}", ["A &lt;b&gt;", "B", "乙"]),
        ("{% set site = {'title': article.key} %}" + INCLUDE, "{{ site.title }}", ["news/a", "news/b", "news/b"]),
        ("{% if article.newer %}{% set x = 1 %}{% endif %}" + INCLUDE, "{{ x|default(0) }}", ["0", "1", "0"]),
        (TAGGED, "{{ tag.name }} {{ tag.count }} ", ["Waste 2 Water 1", "Waste 2", "Waste 1"]),
        (LISTED, "{{ other.title }},", ["A &lt;b&gt;,B,", "A &lt;b&gt;,B,", "乙,"]),
        ("{% for i in [1, 2] %}" + INCLUDE + "{% endfor %}", "{{ i }}", ["12", "12", "12"]),
        (INCLUDE, "{% for s in site.sections %}{{ s.count }}{{ s.body }}{% endfor %}", ["2", "2", "1"]),
    ],
)  # fmt: skip
def test_what_an_include_may_show(tmp_path: Path, layout: str, part: str, expected: list[str]) -> None:
    assert shown(site(tmp_path, layout, {"p.html": part})) == expected


@pytest.mark.parametrize(
    ("macro", "expected"),
    [
        ("{{ x }}", ["A &lt;b&gt;", "B", "乙"]),
        ("{{ page.title }}{{ x|length }}", ["A &lt;b&gt;5", "B1", "乙1"]),
        ("{{ site.title }}", ["Trial", "Trial", "試し"]),
        ("{{ asset('icon.svg')|length > 9 }}", ["True"] * 3),
        ("{{ _('Topics') }} {{ x }}", ["Topics A &lt;b&gt;", "Topics B", "テーマ 乙"]),
        ("{{ given|default('-') }}", ["news/a", "news/b", "news/b"]),
        ("{{ nothing is none }}", ["True"] * 3),
    ],
)
def test_what_an_imported_macro_may_show(tmp_path: Path, macro: str, expected: list[str]) -> None:
    part = f"{{% macro m(x) %}}{macro}{{% endmacro %}}"
    layout = (
        "{% set given, nothing = article.key, none %}{% import 'parts/p.html' as parts with context %}"
        "{{ parts.m(article.title) }}"
    )
    assert shown(site(tmp_path, layout, {"p.html": part})) == expected


def test_an_include_of_includes_is_as_particular_as_these(tmp_path: Path) -> None:
    parts = {"p.html": "{{ site.title }} {% include 'parts/q.html' %}", "q.html": "{{ page.url }}"}
    assert shown(site(tmp_path, INCLUDE, parts)) == [
        "Trial /en/news/a/", "Trial /en/news/b/", "試し /ja/news/b/",
    ]  # fmt: skip


def test_a_part_that_is_broken_harms_no_page_that_does_not_show_it(tmp_path: Path) -> None:
    parts = {
        "p.html": "{{ site.title }}{% if false %}{% include 'parts/q.html' %}{% endif %}",
        "q.html": "{{ 1|nope }}",
    }
    assert shown(site(tmp_path, INCLUDE, parts)) == ["Trial", "Trial", "試し"]


@pytest.mark.parametrize(
    ("part", "path", "text"),
    [
        ("{% for tag in site.tags %}{{ tag.name }}{% endfor %}", "content/tags.yaml", TAGS.replace("Waste", "Refuse")),
        ("{{ site.latest(1)[0].title }}", "content/news/b.en.md", article("Another", date="05/10/2024")),
        ("{{ asset('a.css').integrity }}", "assets/a.css", "b { color: red }"),
        ("{{ _('Topics') }}", "layouts/locales/en.po", 'msgid ""\nmsgstr ""\n\nmsgid "Topics"\nmsgstr "Themes"\n'),
    ],
)  # fmt: skip
def test_every_page_that_shows_an_include_notes_what_it_looked_at(
    tmp_path: Path, part: str, path: str, text: str
) -> None:
    before = site(tmp_path / "a", INCLUDE, {"p.html": part}, **{"assets/a.css": "b { color: blue }"})
    write_site(tmp_path / "a", {path: text}, {})
    after = rebuild(tmp_path / "a")
    assert shown(after)[:2] != shown(before)[:2]
    clean = site(tmp_path / "b", INCLUDE, {"p.html": part}, **{"assets/a.css": "b { color: blue }", path: text})
    assert after.files == clean.files


def test_more_texts_than_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "MOST", 1)
    layout = TAGGED + INCLUDE.replace("p.html", "q.html")
    made = site(tmp_path, layout, {"p.html": "{{ tag.name }} ", "q.html": "{{ site.title }}"})
    assert shown(made) == ["Waste Water Trial", "Waste Trial", "Waste 試し"]


def test_pages_that_list_the_most_used_topics_do_not_look_at_all_others(tmp_path: Path) -> None:
    tags = {
        f"t{number:02}": f"t{number:02}: {{name: Topic {number:02}, description: Of old.}}\n" for number in range(20)
    }
    listed = {f"content/news/{tag}.en.md": article(tag, tags=[tag, "t00"]) for tag in tags}
    settings = "title: T\nbase_url: https://example.org/\nshare_cards: false\nlanguages: {en: {}}\n"
    make(tmp_path, {"site.yaml": settings, "content/tags.yaml": "".join(tags.values()), **listed}, base={})
    tags["t19"] = "t19: {name: Topic 19, description: Of late.}\n"
    write_site(tmp_path, {"content/tags.yaml": "".join(tags.values())}, {})
    made = rebuild(tmp_path)
    assert "Of late." in made.text("en/tags/t19/index.html")
    assert made.build.rendered < len(tags)
