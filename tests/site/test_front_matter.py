"""What authors are told of front matter that YAML reads otherwise than they meant it, or not at all."""

import time
from datetime import UTC

import pytest
from msgspec.structs import fields

from sitegen.codes.other_names import OTHER_NAMES, own_name
from sitegen.config.registries import NamedSource, Tag
from sitegen.config.settings import Config, LanguageSettings, MenuLink
from sitegen.config.targets import TargetSettings
from sitegen.problems import Problem
from sitegen.site.front_matter import Attachment, FrontMatter, Head, Image, read_head
from sitegen.typed_yaml.reader import read


def head_of(lines: str) -> Head:
    """The lines stand between two others, from line 3 on."""
    return read_head(f"---\nlayout: x\n{lines}\ndate: 04/10/2024\n---\n\nText.\n", "a.md", UTC)


def said(found: Problem) -> str:
    place = found.place
    return f"{place.line}:{place.column} {found.code} {found.arguments.get('line', '')}".rstrip()


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('title: "Nóng" lên từng ngày', "3:8 yaml-quotes title: '\"Nóng\" lên từng ngày'"),
        ('title: "Nóng" lên "từng"', '3:8 yaml-quotes title: \'"Nóng" lên "từng"\''),
        ('title: "Ông "A" nói"', "3:8 yaml-quotes title: 'Ông \"A\" nói'"),
        ("title: 'A' b", "3:8 yaml-quotes title: \"'A' b\""),
        ("title: 'It's'", "3:8 yaml-quotes title: \"'It's'\""),
        ('title: ""x', "3:8 yaml-quotes title: '\"\"x'"),
        ("title: [Mới] Tin", '3:8 yaml-quotes title: "[Mới] Tin"'),
        ("title: [Mới, Tin]", '3:8 yaml-quotes title: "[Mới, Tin]"'),
        ("title: {x} y", '3:8 yaml-quotes title: "{x} y"'),
        ("title: {{ page.title }}", '3:8 yaml-quotes title: "{{ page.title }}"'),
        ("title: *Quan trọng*", '3:8 yaml-quotes title: "*Quan trọng*"'),
        ("title: **Tin**", '3:8 yaml-quotes title: "**Tin**"'),
        ("title: &x", '3:8 yaml-quotes title: "&x"'),
        ("title: & x", '3:8 yaml-quotes title: "& x"'),
        ("title: &Tin hay", '3:8 yaml-quotes title: "&Tin hay"'),
        ("title: !x", '3:8 yaml-quotes title: "!x"'),
        ("title: !Tin hay", '3:8 yaml-quotes title: "!Tin hay"'),
        ("title: %x", '3:8 yaml-quotes title: "%x"'),
        ("title: @x", '3:8 yaml-quotes title: "@x"'),
        ("title: `x`", '3:8 yaml-quotes title: "`x`"'),
        ("title: - x", '3:8 yaml-quotes title: "- x"'),
        ("title: ? x", '3:8 yaml-quotes title: "? x"'),
        ("title: > x", '3:8 yaml-quotes title: "> x"'),
        ("title: |x\n  y", '3:8 yaml-quotes title: "|x"'),
        ("title: , x", '3:8 yaml-quotes title: ", x"'),
        ("title: : x", '3:8 yaml-colon title: ": x"'),
        ("title: Tin: ", '3:11 yaml-colon title: "Tin:"'),
        ('title: Hội đàm: a "b" c', "3:15 yaml-colon title: 'Hội đàm: a \"b\" c'"),
        ("title: #1 trong", '3:8 unquoted-hash title: "#1 trong"'),
        ('title: "C:\\tin \\m"', "3:16 yaml-escape title: 'C:\\tin \\m'"),
        ('title: "Nóng', "3:8 yaml-not-closed"),
        ('title: "Nóng\nsummary: "x"', "3:8 yaml-not-closed"),
        ("title: [Mới", "3:8 yaml-not-closed"),
        ("title： X", "3:6 yaml-separator title: X"),
        ("title：Nóng: x", '3:6 yaml-separator title: "Nóng: x"'),
        ("title:\u3000X", "3:6 yaml-separator title: X"),
        ("title:\u00a0X", "3:6 yaml-separator title: X"),
        ("title:Không có dấu cách", "3:6 yaml-separator title: Không có dấu cách"),
        ('title = "X"', '3:6 yaml-separator title: "X"'),
        ("title:\nXin chào", "4:1 yaml-lone-line"),
        ("title: X\nXin chào", "4:1 yaml-lone-line"),
        ("title: X\nhttps://example.org/", "4:1 yaml-lone-line"),
        ("title: X\n  slug: y", "4:3 yaml-indentation"),
        ("title: X\n\tslug: y", "4:1 yaml-tab"),
        ("title: X\nimage:\n  src: a\n alt: b", "6:2 yaml-indentation"),
        ("title: X\nimage:\n\u3000src: a", "5:1 yaml-space"),
        ("title: X\ntags:\n\u3000- a", "5:1 yaml-space"),
        ("title: X\ntags:\n  - [Mới] Tin\n  - b", '5:5 yaml-quotes - "[Mới] Tin"'),
        ("title: X\ntags:\n- #jcm\n- x", '5:3 unquoted-hash - "#jcm"'),
        ("title: X\ntags: [a, @b]", "4:11 yaml-flow"),
        ("title: X\nimage: {src: a, alt: [Mới] Tin}", "4:28 yaml-flow"),
        ("title: X\nimage: {src: a, alt: Hội: đàm: x}", "4:25 yaml-flow"),
        ('title: X\nattachments:\n- src: a\n- src: "b" c', "6:8 yaml-quotes - src: '\"b\" c'"),
        ("title: X\nextra:\n  a: @x", '5:6 yaml-quotes a: "@x"'),
        ("title: Bài #1", "3:12 lost-end"),
    ],
)
def test_the_line_to_blame(written: str, expected: str) -> None:
    """And no other: nothing is missing that could not be read, and the lines around it are."""
    head = head_of(written)
    assert [said(found) for found in head.problems] == [expected]
    assert head.meta is not None
    assert (head.meta.layout, str(head.meta.date and head.meta.date.at.date())) == ("x", "2024-10-04")


@pytest.mark.parametrize(
    "title",
    ["“Nóng” lên", "C# và F#", "-x", "?x", ":x", "x:y", "<b>", "---", "https://a.b/#c", "Tin  # ghi chú",
     "Tin # ghi chú", "!!str 5", '"#1"', "'[Mới] Tin'", "Tin\n  #1", ">\n  [Mới] Tin #1", "Tin & x!"],
)  # fmt: skip
def test_nothing_to_say(title: str) -> None:
    assert head_of(f"title: {title}").problems == ()


def test_an_anchor_that_is_used() -> None:
    head = head_of("title: &t Tin\nsummary: *t")
    assert (head.problems, head.meta and head.meta.summary) == ((), "Tin")


def test_a_head_that_is_one_wrong_line() -> None:
    head = read_head("---\ntitle：X\n---\n", "a.md", UTC)
    assert [said(found) for found in head.problems] == ["2:6 yaml-separator title: X"]


@pytest.mark.parametrize("first", ["title： X", "title:X", "title:\u3000X", "title = X"])
def test_a_first_line_that_the_next_seems_to_go_on_with(first: str) -> None:
    head = read_head(f"---\n{first}\nslug:y\n\ndate: 04/10/2024\nsummary: S\n---\n", "a.md", UTC)
    assert sorted(said(found) for found in head.problems) == [
        "2:6 yaml-separator title: X",
        "3:5 yaml-separator slug: y",
    ]
    assert head.meta is not None
    assert head.meta.summary == "S"


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029"])
def test_what_ends_a_line_for_yaml_alone(sign: str) -> None:
    """It is a space (YAML 1.2, section 5.4), so places are those that editors show."""
    head = head_of(f"title: Tin{sign}tức{sign}\n{sign}slug: x\nsummary: a{sign}b\ntitel: x")
    assert [said(found) for found in head.problems] == ["4:2 yaml-indentation", "6:1 unknown-key"]
    assert head.meta is not None
    assert (head.meta.title, head.meta.summary) == ("Tin tức", "a b")


@pytest.mark.parametrize(
    "text", ["? ", "? a", '"\n?\n', "! {2: {", "[", "a: [", "a:\n  b: {\n", "  i-}\nclimate:\nae:", "a:\n "]
)
def test_what_is_missing_at_the_end_is_missed_within_the_text(text: str) -> None:
    lines = text.split("\n")
    found = read(text, dict[str, Image], "a.yaml").problems
    assert found
    assert [each for each in found if each.place.column > len(lines[each.place.line - 1]) + 1] == []


def test_several_lines_to_blame() -> None:
    head = head_of("title: [Mới] Tin\ntags: [a\nslug： b\nsummary: @x\nrating: 5")
    assert sorted(said(found) for found in head.problems) == [
        '3:8 yaml-quotes title: "[Mới] Tin"',
        "4:7 yaml-not-closed",
        "5:5 yaml-separator slug: b",
        '6:10 yaml-quotes summary: "@x"',
        "7:1 unknown-key",
    ]


def test_more_lines_to_blame_than_are_told() -> None:
    head = head_of("\n".join(f"a{number}: @x" for number in range(30)))
    assert ([found.code for found in head.problems], head.meta) == (["yaml-quotes"] * 20, None)


@pytest.mark.parametrize("letter", list("a[{\"'-:：= \t#&!*|>@,?]}%~\u3000ữ\\"))
@pytest.mark.parametrize("around", ["{}\n", "title: {}\ndate: x\n", "title: x\n{}\nb: c"])
def test_very_many_letters(letter: str, around: str) -> None:
    start = time.perf_counter()
    read(around.format(letter * 250_000), FrontMatter, "a.md")
    assert time.perf_counter() - start < 2.5


TYPES = {
    kind.__name__: kind
    for kind in (FrontMatter, Config, LanguageSettings, MenuLink, TargetSettings, Tag, NamedSource, Image, Attachment)
}


@pytest.mark.parametrize("kind", OTHER_NAMES)
def test_names_of_other_tools(kind: str) -> None:
    """Each is found as it is written, leads to a key that there is, or to advice, and hides none of ours."""
    own = [field.encode_name for field in fields(TYPES[kind])]
    assert {name: own_name(kind, name, own) for name in OTHER_NAMES[kind]} == OTHER_NAMES[kind]
    assert [name for name in OTHER_NAMES[kind] if name in own] == []


@pytest.mark.parametrize(
    ("key", "own"),
    [("Title", "title"), ("TAGS", "tags"), ("translationKey", "translation_key"), ("redirect-from", "aliases"),
     ("last_update", "updated"), ("Tóm tắt", "summary"), ("タイトル", "title"), ("カテゴリ", "tags"), ("rating", ""),
     ("", "")],
)  # fmt: skip
def test_spellings_of_names(key: str, own: str) -> None:
    assert own_name("FrontMatter", key, [field.encode_name for field in fields(FrontMatter)]) == own


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("+++\ntitle = \"Hội nghị: 1\"\n+++\n", 1,
         "This is TOML; here it is YAML: a line ---, then title: \"Hội nghị: 1\", then another line ---."),
        ("\n+++\n+++\n", 2, "This is TOML; here it is YAML: a line ---, then title: …, then another line ---."),
        ('{\n  "title": "A"\n}\n', 1,
         "This is JSON; here it is YAML: a line ---, then title: A, then another line ---."),
        ("Title: A\nDate: 2024-10-04\n\nX\n", 1,
         "Put a line --- above the first of these lines, and another below the last."),
        ("ngày: 3\n\nX\n", 1, "Put a line --- above the first of these lines, and another below the last."),
        ("\n\n# Hội nghị #\n\nX\n", 3,
         "Write in place of this title: a line ---, then title: Hội nghị, then another line ---."),
        ("## [Mới] Tin\n", 1,
         "Write in place of this title: a line ---, then title: \"[Mới] Tin\", then another line ---."),
        ("Bài #1\n======\n", 1,
         "Write in place of this title: a line ---, then title: \"Bài #1\", then another line ---."),
        ("= A\n", 1, "Write in place of this title: a line ---, then title: A, then another line ---."),
        ("#+TITLE: A\n", 1, "Write in place of this title: a line ---, then title: A, then another line ---."),
        ("—\ntitle: A\n—\n", 1, "This line must be three hyphens: ---"),
        ("----\ntitle: A\n----\n", 1, "This line must be three hyphens: ---"),
        ("Hà Nội: A\n", 1, "Begin it with a line ---, then title: …, then another line ---."),
        ("#Hà Nội\n", 1, "Begin it with a line ---, then title: …, then another line ---."),
        ("# \n", 1, "Begin it with a line ---, then title: …, then another line ---."),
        ("", 1, "Begin it with a line ---, then title: …, then another line ---."),
    ],
)  # fmt: skip
def test_heads_of_other_tools(text: str, line: int, hint: str) -> None:
    (found,) = read_head(text, "a.md", UTC).problems
    assert (found.code, found.place.line, found.hint) == ("no-front-matter", line, hint)


@pytest.mark.parametrize(("end", "line"), [("—", 3), ("----", 3), ("...", 3), ("- a", 1)])
def test_ends_that_are_none(end: str, line: int) -> None:
    (found,) = read_head(f"---\ntitle: A\n{end}\n\nX\n", "a.md", UTC).problems
    assert (found.code, found.place.line) == ("front-matter-not-closed", line)
    assert found.hint == (
        "Close it with a line that is only ---." if line == 1 else "This line must be three hyphens: ---"
    )


@pytest.mark.parametrize("character", ["\x7f", "\x80", "\ufffe", "\uffff"])
def test_a_character_that_yaml_does_not_take_where_front_matter_lacks(character: str) -> None:
    head = read_head(f"# A {character}\n\nText.\n", "content/a.md", UTC)
    assert [found.code for found in head.problems] == ["no-front-matter"]
