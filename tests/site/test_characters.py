"""Characters that no XML may hold: wherever they come in, what goes out is whole."""

import json
from pathlib import Path

import pytest
from lxml import etree

from sitegen.text import clean, without_controls
from tests.support.sites import SETTINGS, TAGS, Content, Made, codes, make

FORBIDDEN = "\0\x01\x08\x0b\x0c\x0e\x1b\x1e\x1f\ufffe\uffff"
CHART = "```chart\ntitle: C{0}c\n\nA{0}a,B{0}b\nx{0}y,1\n```"
LAYOUT = """{{% extends "theme/article.html" %}}
{{% block main %}}{{{{ super() }}}}<p>L{0}l {{{{ _("Hi") }}}} {1}</p>{{% endblock %}}"""
PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Hi"\nmsgstr "X{0}x"\n'


def escaped(letter: str) -> str:
    return f"\\u{ord(letter):04x}"


def site(letter: str) -> dict[str, Content]:
    """A letter wherever one may write: as it is, by an escape, and by a reference."""
    escape, number = escaped(letter), f"&#{ord(letter)};&#x{ord(letter):X};"
    body = f'Hai{letter}từ {number} [a{letter}b](https://example.org/%{ord(letter) % 128:02x} "{letter}{number}")\n\n'
    body += f'![{letter}{number}](x.svg "{number}")\n\n`a{letter}b`\n\n## H{letter}h {number}\n\n' + CHART.format(
        letter
    )
    head = (
        f'---\ntitle: A{letter}b\ndate: 04/10/2024\ntags: [jcm]\nsummary: "S{escape}s"\nsource: t{letter}u\n'
        f'author: "N{escape}n"\nextra: {{x{letter}: "{escape}"}}\n---\n'
    )
    return {
        "site.yaml": SETTINGS.replace("Thử", f"\"Th{escape}ử\"") + f"footer: F{letter}f\n"
        f"menu: [{{title: \"M{escape}m\", url: /vi/}}]\nmarkdown: {{html: true}}\n",
        "content/tags.yaml": TAGS.replace("Joint", f"Jo{letter}int"),
        "content/sources.yaml": f"tu: {{name: \"T{escape}\"}}\n",
        "content/news/a.vi.md": head + body,
        "content/news/x.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
        "layouts/article.html": LAYOUT.format(letter, f'{{{{ "{escape}" }}}}'),
        **{f"layouts/locales/{lang}.po": PO.format(letter) for lang in ("vi", "ja")},
    }  # fmt: skip


def check(made: Made) -> None:
    for path, data in made.files.items():
        if path.endswith((".xml", ".svg")):
            etree.fromstring(data)
        elif path.endswith(".json"):
            json.loads(data)
        if path.endswith((".html", ".txt", ".conf", "_redirects", ".htaccess", ".json")):
            assert without_controls(data) == data, path


@pytest.mark.parametrize("letter", FORBIDDEN, ids=escaped)
def test_everything_is_whole(tmp_path: Path, letter: str) -> None:
    made = make(tmp_path, site(letter))
    assert codes(made.build.problems) == []
    check(made)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("một\x0bhai", "một hai"),
        ("một\x0chai", "một hai"),
        ("e\x1email", "e-mail"),
        ("a\x02b\x1fc\x00\x7f", "abc\x7f"),
        ("\ufffe\uffff\ufffd\ufeff\u202e\u200d", "\ufffd\ufeff\u202e\u200d"),
        ("a\tb\nc\r", "a\tb\nc\r"),
        ("e\u0301", "é"),
    ],
)
def test_what_is_left(before: str, after: str) -> None:
    assert clean(before) == after
    assert without_controls(before.encode()).decode().count("\x00") == 0
