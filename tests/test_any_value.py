"""Each place of each document that authors write in YAML, with each kind of value: it is read, or told of."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

import pytest
from msgspec import Struct
from msgspec.structs import fields

from sitegen.config.registries import NamedSource, Tag, read_sources, read_tags
from sitegen.config.settings import Config, read_config
from sitegen.i18n.dates import Moment, parse_moment
from sitegen.markdown.charts import Settings
from sitegen.problems import Problem, errors
from sitegen.site.document import parse
from sitegen.site.front_matter import FrontMatter
from sitegen.typed_yaml.reader import read
from tests.support.sites import SETTINGS, article, problems_of, settings

VALUES = (
    "", "~", "null", '""', '" "', '"   "', "0", "-1", "1e400", "-1e400", ".inf", ".nan", "true", "false", "[]", "{}",
    "[[]]", "[{}]", "[~]", "[ , ]", '[""]', '[" "]', "[a, ~, b]", "{vi: }", "{vi: ~, en: A}", '{vi: ""}', '{"": a}',
    "{~: a}", "{? [a] : b}", "{1: x, true: y}", "{? {a: b} : c}", "{2024-10-04: x}", "2024-10-04", "01/01/0001",
    "31/12/9999", "04/0/20", "4 ſep 2024", "令和6年0月4日", "!!binary aGk=", "!!python/object:os.system x",
    "!!set {a, b}", "!!omap [a: 1]", "&a [*a]", "&a {x: *a}", "&a text", "*nowhere", "{<<: {a: b}}", '"\\0"',
    '"a\\0b"', '"\\x1b[31m"', '"a\\nb"', '"\\uFFFF"', '"\\ud800"', '"\\u202e"', '"B\\u0301"', '"\\u0301"', '"\\u200b"',
    '"\\u1100\\u1161"', '"' + "\\u0301" * 500 + '"', '"' + "a" * 300 + '"', '"' + "a" * 3_001 + '"', '"/"', "..",
    '"../x"', '"a/../b"', '"//"', '"%2e%2e/x"', '"a%00b"', '"?"', '"#"', '"a:b"', '"javascript:alert(1)"', '"http://"',
    '"http://[::1"', '"http://x:99999/"', '"//host"', '"\\\\\\\\x\\\\y"', '"<b>\'\\""', "99999999999999999999999",
    "9223372036854775808", "0x7fffffffffffffff", "tags", '"*"', '"**"', '"[a"', '"!a"', '"%d %s {0} {x}"', "😀",
    "-",    "_index", "index", '"a."', "feed.xml", '"\\u0130"', "#a", "a #b", "[a, b", "'a", "x: y", "\t",
)  # fmt: skip

HERE = "…"
"""Stands where a value is put."""


def places(shape: Any) -> Iterator[Any]:
    """A value of a type for each place in it that something may stand in, a key among them."""
    yield HERE
    origin = get_origin(shape)
    if origin is Annotated:
        yield from inner(get_args(shape)[0])
    elif origin in (Union, UnionType):
        for arm in get_args(shape):
            yield from inner(arm)
    elif origin is tuple:
        yield from ([value] for value in places(get_args(shape)[0]))
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield from ({"vi": value} for value in places(get_args(shape)[1]))
        yield {HERE: "a"}
    elif is_mapping(shape):
        needed = {field.encode_name: "a" for field in fields(shape) if field.required}
        for field in fields(shape):
            yield from ({**needed, field.encode_name: value} for value in places(field.type))
        yield {**needed, HERE: "a"}
    elif shape is Any:
        yield from ([HERE], {"a": HERE}, {HERE: "a"})


def inner(shape: Any) -> Iterator[Any]:
    return (value for value in places(shape) if value != HERE)


def is_mapping(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, Struct) and shape is not Moment


def with_value(place: Any, value: str) -> str:
    """YAML, in its flow style, as JSON is."""
    return json.dumps(place, ensure_ascii=False).replace(json.dumps(HERE, ensure_ascii=False), f" {value} ")


def conforms(value: Any, shape: Any) -> bool:
    """Whether a value is what its type says: what has been read is asked no more."""
    origin = get_origin(shape)
    if shape is Any:
        return True
    if origin is Annotated:
        return conforms(value, get_args(shape)[0])
    if origin in (Union, UnionType):
        return any(conforms(value, arm) for arm in get_args(shape))
    if origin is Literal:
        return value in get_args(shape)
    if origin is tuple:
        return isinstance(value, tuple) and all(conforms(item, get_args(shape)[0]) for item in value)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return isinstance(value, dict) and all(
            isinstance(key, str) and conforms(item, get_args(shape)[1]) for key, item in value.items()
        )
    if is_mapping(shape):
        return isinstance(value, shape) and all(conforms(getattr(value, f.name), f.type) for f in fields(shape))
    return value is None if shape is NoneType else type(value) is shape


SITE = {"title": "x", "base_url": "https://example.org/", "languages": {"vi": {}, "en": {}}, "share_cards": False}
CONFIG = settings("title: A\nbase_url: https://example.org/\nlanguages: {vi: , en: }\n")


def of_site(place: Any) -> Any:
    return {**SITE, **{key: value for key, value in place.items() if value != "a"}} if place != HERE else place


def check_front_matter(text: str) -> tuple[Problem, ...]:
    return parse("content/news/a.vi.md", f"---\n{text}\n---\n\nText.\n", CONFIG)[2]


DOCUMENTS: Mapping[str, Any] = {
    "site": (Config, of_site, lambda text: read_config(text, "site.yaml")[1]),
    "tags": (dict[str, Tag], None, lambda text: read_tags(text, CONFIG)[1]),
    "sources": (dict[str, NamedSource], None, lambda text: read_sources(text, CONFIG)[1]),
    "front matter": (FrontMatter, None, check_front_matter),
    "chart": (Settings, None, lambda text: read(text, Settings, "a.md").problems),
}
SCALARS = {Moment: lambda text: parse_moment(text, ZoneInfo("UTC"))}


def documents(kind: str) -> list[str]:
    """All of them; of settings, which have many, a part that has each value and each place."""
    shape, whole, _ = DOCUMENTS[kind]
    texts = [with_value(whole(place) if whole else place, value) for place in places(shape) for value in VALUES]
    return texts[:: 4 if kind == "site" else 1]


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_any_value_is_read_or_told_of(kind: str) -> None:
    shape, _, check = DOCUMENTS[kind]
    for text in documents(kind):
        found = read(text, shape, "a.yaml", scalars=SCALARS)
        assert found.problems or conforms(found.value, shape), text
        assert found.value is None or conforms(found.value, shape), text
        for problem in (*found.problems, *check(text)):
            assert 1 <= problem.place.line <= text.count("\n") + 6, text
            assert "".join(problem.worded()), text


def test_what_is_read_can_be_built(tmp_path: Path) -> None:
    """All that front matter may say without an error, as articles of one site; many of them are at odds with it."""
    heads = {text.replace("{", "{date: 04/10/2024, ", 1) for text in documents("front matter") if text.startswith("{")}
    fine = sorted(head for head in heads if not errors(check_front_matter(head)))
    files = {f"content/news/a{number}.vi.md": f"---\n{head}\n---\n\nText.\n" for number, head in enumerate(fine[::5])}
    assert len(files) > 200
    base = {"site.yaml": SETTINGS, "content/tags.yaml": ""}
    found = errors(problems_of(tmp_path / "one", {**base, **files}))
    whole = {path: text for path, text in files.items() if path not in {each.place.path for each in found}}
    assert len(whole) > len(files) / 2
    assert errors(problems_of(tmp_path / "two", {**base, **whole})) == ()


def test_settings_that_are_read_can_be_built(tmp_path: Path) -> None:
    """Each value in all places of the settings that take it, one site for each."""
    article_of_site = {"content/tags.yaml": "jcm: {name: J}", "content/news/a.vi.md": article("A", tags="jcm")}
    for number, value in enumerate(VALUES[::4]):
        fine: dict[str, Any] = {}
        for place in places(Config):
            text = with_value(of_site(place), value)
            if place != HERE and HERE not in place and not errors(read_config(text, "site.yaml")[1]):
                fine |= {key: item for key, item in place.items() if item != "a"}
        text = with_value({**SITE, **fine}, value)
        problems_of(tmp_path / f"{number}", {"site.yaml": text, **article_of_site})


@pytest.mark.parametrize(
    "text", ["title: A\nx: \x85\u2028\u2029y\nfoo\nbar: 1", '"\n? a\n', "  i-}\na:\nb:", "a: [\n", "a: '\n"]
)
def test_places_are_in_the_text(text: str) -> None:
    """Other signs than \\n end no line, and what was mended to read on has the places of what stands there."""
    lines = text.split("\n")
    for found in read(text, dict[str, Tag], "tags.yaml").problems:
        assert 1 <= found.place.line <= len(lines)
        assert 1 <= found.place.column <= len(lines[found.place.line - 1]) + 1
