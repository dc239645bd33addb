"""Layouts with mistakes of every kind: each is told at its line, and nothing is written."""

from pathlib import Path

import pytest

from tests.support.sites import output_files, problems_of

DEEP = {
    "brackets": "{{ " + "(" * 300 + "1" + ")" * 300 + " }}",
    "brackets by the thousand": "{{ " + "(" * 100_000,
    "lists": "{{ " + "[" * 150 + "]" * 150 + " }}",
    "loops": "{% for a in [1] %}" * 30 + "{% endfor %}" * 30,
    "conditions": "{% if page %}" * 110 + "{% endif %}" * 110,
    "conditions by the thousand": "{% if 1 %}" * 1_000 + "{% endif %}" * 1_000,
    "macros": "".join(f"{{% macro m{n}() %}}" for n in range(110)) + "{% endmacro %}" * 110,
    "filters": "{{ 1" + "|string" * 3_000 + " }}",
    "attributes": "{{ site" + ".x" * 3_000 + " }}",
    "sums": "{{ " + "1+" * 5_000 + "1 }}",
    "choices": "{{ " + "1 if 1 else " * 3_000 + "1 }}",
}


@pytest.mark.parametrize("name", DEEP)
def test_what_nests_too_deeply(tmp_path: Path, name: str) -> None:
    check(tmp_path, DEEP[name], "layout-syntax")


FAILING = (
    "{{ 1/0 }}", '{{ "%d" % "a" }}', '{{ "%s %s" % 1 }}', "{% include 'home.html' %}", "{% extends 'home.html' %}",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "{{ 'x'|date }}", "{{ 'x'|number }}", "{{ 1e999|filesize }}",
    "{{ 3|listing }}", "{{ none|iso }}", "{{ _('a %(b)s', c=1) }}", "{{ ngettext('a', 'b', 'c') }}",
    "{{ _([]) }}", "{{ 3() }}", "{{ [1, 'a']|sort }}",
     "{% for a, b in [1] %}{% endfor %}", "{{ site|tojson }}", "{% include 1/0 %}",
    "{{ {'a b': 1}|xmlattr }}", "{{ cycler() }}",
)  # fmt: skip
REFUSED = (
    "{% endfor %}", "{% nope %}", "{% if 1 %}", "{{ '", "{{" * 1_000, "{{ " + "9" * 5_000 + " }}",
    "{{ 1|nofilter }}", "{{ 1 is notest }}", "{% do 1 %}", "{% break %}",
)  # fmt: skip


@pytest.mark.parametrize("text", FAILING)
def test_what_fails(tmp_path: Path, text: str) -> None:
    check(tmp_path, text, "layout-failed")


def test_what_needs_more_memory_than_there_is(tmp_path: Path) -> None:
    found = problems_of(tmp_path, {"layouts/home.html": "{{ 'a' * 10**18 }}"})
    assert [each.message for each in found] == ["The layout failed: it needs more memory than there is."]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_template(tmp_path: Path, text: str) -> None:
    check(tmp_path, text, "layout-syntax")


@pytest.mark.parametrize("name", ["3", "none", "[]", "{}"])
def test_assets_that_are_no_names(tmp_path: Path, name: str) -> None:
    check(tmp_path, f"{{{{ asset({name}) }}}}", "missing-asset")


def check(root: Path, text: str, code: str) -> None:
    found = problems_of(root, {"layouts/home.html": f"\n\n{text}"})
    assert {(each.code, each.place.path, each.place.line) for each in found if each.severity == "error"} == {
        (code, "layouts/home.html", 3)
    }
    assert output_files(root / "output") == {}
