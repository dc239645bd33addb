"""Markup from texts: whatever a text says, pages have the elements and attributes that they have with any other, and so
have feeds, maps and rules for hosts."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from lxml import etree, html

from sitegen.problems import errors
from sitegen.text import CONTROLS
from tests.support.photos import saved, scene
from tests.support.sites import BASE, Content, Made, article, make, run, write_site

ATTACKS: Mapping[str, str] = {
    "marker": "\0000\0\x001\0",
    "marker of an address": "\x000@\0\x001@\0",
    "marker of a word": "\0data\0",
    "marker in an address": "%000%00",
    "marker as entity": "&#0;0&#0;&#x0;",
    "nothing": "x\0\0",
    "script": "<script>alert(1)</script>",
    "end of script": "</script><script>alert(1)</script>",
    "end of title": "</title><svg onload=alert(1)>",
    "attribute": "\" onfocus=alert(1) autofocus x=\"",
    "attribute in single quotes": "' onfocus=alert(1) autofocus x='",
    "attribute without quotes": " onfocus=alert(1) autofocus ",
    "end of tag": "\"><img src=x onerror=alert(1)>",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt;",
    "twice": "&amp;lt;b onclick=alert(1)&amp;gt;",
    "end of cdata": "]]></content><script>alert(1)</script>",
    "cdata": "<![CDATA[<b>]]>",
    "instruction": "<?php echo 1 ?><?xml-stylesheet href=\"x\"?>",
    "template": "{{ site.title }}{% raw %}{# x #}",
    "format": "%(title)s {title} %s ${PATH} $0 \\1 \\g<0>",
    "style": "</style><style>*{color:red}",
    "other space": "\u2028<b>\u2029<i>\x85",
    "bidi": "\u202e<b>\u2066",
    "wide": "\uff1cscript\uff1e\uff02",
    "half a tag": "<a href=\"javascript:alert(1)",
    "fields": "\",\"x\":{\"y\":1},\"z\":\"",
    "lines": "a\nb\r\nc: d\n\n/x /y 301\n",
}  # fmt: skip

SETTINGS = """\
title: {{vi: {text}, en: Trial}}
base_url: https://example.org/site/
description: {text}
footer: {text}
share_cards: false
languages: {{vi: {{name: {wide}}}, en: {{}}}}
default_language: vi
menu: [news, tags, {{title: {text}, url: /vi/}}]
footer_menu: [about, {{title: {text}, url: "mailto:a@example.org?subject={coded}"}}]
redirect_files: [apache, netlify, nginx]
keep_together: [{text}, data, "0"]
id: {text}
"""
HEAD = """\
---
title: {text}
date: 04/10/2024
source: {text}
author: [{text}, {text}]
tags: [t]
summary: {text}
image: {{src: x.png, alt: {text}, caption: {text}, credit: {text}}}
attachments: [{{src: {name}, title: {text}}}, {{src: {name}}}]
extra: {{x: {text}}}
aliases: [{alias}, {query}]
---
"""
BODY = """\
Một [liên kết](../b/index.md) `{line}` {plain} <https://example.org/{coded}> ![{label}](x.png "{label}")

![{label}](x.png '{label}')

## {plain}

## B

## C

> [!NOTE] {plain}
> {plain}

::: details {plain}
x[^1] [{label}](#b "{label}") {{環|{reading}}}
:::

::: details
x
:::

[^1]: {plain}

| {plain} | b |
|---|---|
| {plain} | c |

{plain}
: {plain}

```{info}
{line}
```

``` chart
title: {text}
unit: {text}
note: {text}

{cell},{cell}
{cell},1
```

::: timeline
- 04/10/2024: {plain}
:::
"""
LAYOUT = """\
{% extends "theme/article.html" %}
{% set x = article.extra.x|default("") %}
{% block main %}{{ super() }}<p title="{{ x }}">{{ x }}</p>{% endblock %}
"""
PO = """\
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

{entries}"""
MESSAGES = ("Data", "Topics", "Files", "Bar chart. The numbers are in the table below it.", "Published", "Details")


def site(text: str) -> dict[str, Content]:
    """A text wherever one may write one: in YAML, in lines of Markdown and their parts, in catalogues and names."""
    line = " ".join(CONTROLS.sub(" ", text).split())
    label = re.sub(r"[\[\]\\`|\"'<>{}&^*_$]", lambda sign: f"\\{sign[0]}", line)
    fills = {
        "text": json.dumps(text),
        "wide": json.dumps(text + 40 * "a"),
        "coded": quote(text, safe=""),
        "line": line.replace("`", ""),
        "plain": label,
        "label": label,
        "info": "x" + re.sub(r"[\s`]", "", line),
        "reading": re.sub(r"[{}|\\<]", "", line) or "x",
        "cell": '"' + line.replace(";", "").replace('"', '""') + '"',
        "name": json.dumps(re.sub(r'[/\\:*?"<>|]', "_", line).strip(" .") + ".pdf"),
        "alias": json.dumps("/cu:/" + quote(re.sub(r"[/\\]", "_", line).strip(" .") or "x") + "/"),
        "query": json.dumps(f"/cu.php?a={quote(line, safe='')}"),
    }
    entries = "\n".join(f"msgid {json.dumps(one)}\nmsgstr {json.dumps(text)}\n" for one in MESSAGES)
    name, text, plain, body = fills["name"], fills["text"], fills["plain"], BODY.format(**fills)
    at_top = body.replace("x.png", "news/a/x.png").replace("../b", "news/b")
    return {
        "site.yaml": SETTINGS.format(**fills),
        "content/tags.yaml": f"t:\n  name: {text}\n  description: {text}\n  slug: t\n",
        "content/sources.yaml": f"s: {{name: {text}}}\n",
        "content/about.vi.md": f"---\ntitle: {text}\n---\n\n{at_top}",
        "content/news/_index.vi.md": f"---\ntitle: {text}\nsummary: {text}\n---\n\n{plain}\n",
        "content/news/a/index.vi.md": f"{HEAD.format(**fills)}\n{body}",
        "content/news/b/index.vi.md": f"---\ntitle: {text}\ndate: 05/10/2024\nsource: s\n---\n\n{plain}",
        "content/news/a/x.png": saved(scene(), "PNG"),
        "content/news/a/" + json.loads(name): b"%PDF-1.7",
        "layouts/article.html": LAYOUT,
        "layouts/locales/vi.po": PO.format(entries=entries),
    }


def harmless(text: str) -> str:
    """A text of the same length and width, on as many lines, that cannot be taken for anything."""
    return re.sub(r"[^\w\n]", "a", text)


def shape(path: str, data: bytes) -> object:
    """What a file is made of, but for its texts and what attributes say."""
    if not path.endswith((".html", ".xml", ".json", ".txt", ".conf", ".htaccess", "_redirects")):
        return len(data)
    text = data.decode()
    if path.endswith(".html"):
        return [*_elements(html.document_fromstring(text))]
    if path.endswith(".xml"):
        return [*_elements(etree.fromstring(data))]
    if path.endswith(".json"):
        return _keys(json.loads(text))
    return [[word[:1] for word in _WORD.findall(line)] for line in text.splitlines()]


_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|\S+')


_MARKED = [[("class", f"name{kind}")] for kind in ("", " word", " long")]
"""Around names that are kept together, of which a text has more or fewer; so are the lines of a label in a chart."""


def _elements(root: Any) -> Iterator[object]:
    for element in root.iter():
        if not isinstance(element.tag, str):
            yield "comment or instruction"
            continue
        if element.tag == "tspan" or element.attrib.items() in _MARKED:
            continue
        yield element.tag, sorted(element.attrib)
        if element.tag == "script":
            yield _keys(json.loads(element.text)) if element.text else None
        elif element.get("type") == "html":  # of a feed
            yield [*_elements(html.fragment_fromstring(element.text, create_parent=True))]


def _keys(value: object) -> object:
    if isinstance(value, dict):
        return {
            key: [*_elements(html.fragment_fromstring(part, create_parent=True))]
            if key == "content_html"
            else _keys(part)
            for key, part in value.items()
        }
    return [_keys(part) for part in value] if isinstance(value, list) else type(value).__name__


@pytest.mark.parametrize("name", ATTACKS)
def test_texts_bring_no_markup(memory: Path, name: str) -> None:
    attack = ATTACKS[name]
    made = make(memory / "attack", site(attack), keep_going=True)
    other = make(memory / "other", site(harmless(attack)), keep_going=True)
    assert [found.code for found in errors(made.build.problems)] == []
    alike = {path for path in made.files if path in other.files}
    assert [path for path in alike if shape(path, made.files[path]) != shape(path, other.files[path])] == []
    assert _rest(made, alike) == _rest(other, alike)


def _rest(made: Made, alike: set[str]) -> list[str]:
    """What files are made of whose names hold a text."""
    return sorted(repr(shape(path, data)) for path, data in made.files.items() if path not in alike)


CONTROLLED = "x\x1b[2J\x9b31m\u202egpj\u2066.exe\u2028y\x07"


def test_nothing_does_anything_in_a_terminal(memory: Path) -> None:
    """What turns text around, moves about or rings a bell, wherever it is told of."""
    said = json.dumps(CONTROLLED)
    head = (
        f"title: {said}\ndate: 04/10/2024\ntags: [{said}]\nlayout: {said}\nslug: {said}\naliases: [{said}]\n{said}: 1"
    )
    body = (
        f"[a]({CONTROLLED}.md) ![b](\u202e.png) [c](#\u202e)\n\n::: x\u202e\n\n:::\n\n```chart \u202e\n{said}: 1\n```"
    )
    files = {f"content/news/{name}.vi.md": f"---\n{head}\n---\n\n{body}\n" for name in ("a", "a \u202e", "b\x9b")}
    root = write_site(memory, {**files, "layouts/locales/vi.po": f'msgid "{CONTROLLED}"\n'})
    for command in (["build"], ["build", "--json"], ["messages"]):
        told = run(*command, "--root", root)
        text = told.out + told.err
        assert text
        assert CONTROLS.search(text.replace("\n", "")) is None


def test_rules_for_hosts_name_nothing_of_theirs(memory: Path) -> None:
    settings = f"{BASE['site.yaml']}redirect_files: [apache]\n"
    made = make(memory, {"site.yaml": settings, "content/${PATH}.vi.md": article("A", aliases=["/${HOME}/"])})
    assert "${" not in made.text(".htaccess")
    assert '"/site/vi/\\$\\{PATH}/"' in made.text(".htaccess")
