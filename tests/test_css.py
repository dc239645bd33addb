"""CSS as tokens."""

import tinycss2
from hypothesis import given, settings
from hypothesis import strategies as st
from tinycss2 import ast

from sitegen.css import Shape, Token, shape, tokens


def found(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.value) for token in tokens(text)]


def test_what_loads_and_what_nests() -> None:
    assert found('@media x { a { b: url( "c\\64 " ) } } /* url(d) */ "url(e)" #url(f) 5url(g)') == [
        ("at", "media"), ("open", "{"), ("open", "{"), ("url", "cd"), ("close", "}"), ("close", "}"),
        ("open", "("), ("close", ")"), ("open", "("), ("close", ")"),
    ]  # fmt: skip
    assert found("@import /* a */ 'b'; @Import url(c)") == [
        ("at", "import"), ("url", "b"), ("at", "Import"), ("url", "c")
    ]  # fmt: skip
    assert found("url('a' b) url(a b) src('a')") == [
        ("function", "url"), ("close", ")"), ("bad", "url"), ("function", "src"), ("close", ")")
    ]  # fmt: skip


def test_places_are_those_of_what_is_written() -> None:
    text = r"a { b: \75rl( 'c\20 d' ) }"
    (url,) = (token for token in tokens(text) if token.kind == "url")
    assert (url.value, text[url.start : url.end]) == ("c d", r"c\20 d")


def test_what_escapes_stand_for() -> None:
    assert found(r'url("\a\0\110000\d800\"\zé\
x")') == [("url", "\n���\"zéx")]  # fmt: skip
    assert found("\\") == []
    assert found("\\(") == []


def test_how_a_style_sheet_nests() -> None:
    assert shape("a { b: c } @media { d { e: (f) } } @x;", 3, 2) == Shape(ends=(10, 34))
    assert shape("a { b: (c]) }", 2, 1) == Shape(ends=(13,))
    assert shape("@media { d { e: (f) } }", 2, 2) == Shape(too_deep=16)
    assert shape("a { b: c(d(e())) }", 3, 2) == Shape(too_deep=11)
    assert shape("a { b: C(D(e)) }", 10, 2, {"d": 9}) == Shape(too_deep=9)
    assert shape("a { b: C(D(e)) }", 11, 2, {"d": 9}) == Shape(ends=(16,))
    assert shape("@media { a {} b {} c {} }", 3, 3) == Shape(too_many=21)
    assert shape("a {} b {} c {}", 1, 1) == Shape(ends=(4, 9, 14))


PIECES = (
    "url(", "URL(", r"u\72l(", r"\75 rl(", "src(", "image-set(",
    "a", "x", "1", "5", "5e", "e", "-", "--", "-5", "+", ".",
    ".5", "%", "#", "@", "@im", r"@i\6d", "\\", "\\\n", "\\)", '\\"', '"', "'", "/*", "*/", "/", "*", "(", ")", "[",
    "]",
    "{", "}", "\n", "\r\n", "\f", " ", "\t", "é", "🌊", r"\0", r"\110000", "<!--", "-->", "<",
    ";", ":", "|", "~=", "\x7f",
)  # fmt: skip


@settings(max_examples=2_000, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_another_parser_finds_the_same(text: str) -> None:
    """But for two mistakes of its own: it takes a line break that is escaped for a part of an address, and passes over
    the end of a bad one behind an escaped backslash."""
    if "\\\n" not in text and r"\\" not in text:
        assert with_ends(text) == list(told(tinycss2.parse_component_value_list(text)))


def with_ends(text: str) -> list[tuple[str, ...]]:
    """Tokens, each bracket with its end; one too many is a mistake."""
    open_ones: list[str] = []
    seen: list[tuple[str, ...]] = []
    for token in tokens(text):
        match token:
            case Token("close", value):
                fits = open_ones[-1:] == [value]
                seen.append(("end",) if fits else ("mistake",))
                del open_ones[len(open_ones) - fits :]
            case Token("bad"):
                seen.append(("mistake",))
            case Token(kind, value):
                seen.append((kind, value))
                if kind in ("open", "function"):
                    open_ones.append({"[": "]", "{": "}"}.get(value, ")"))
    return [*seen, *[("end",)] * len(open_ones)]


def told(nodes: list[ast.Node]) -> list[tuple[str, ...]]:
    seen: list[tuple[str, ...]] = []
    for node in nodes:
        if isinstance(node, ast.ParseError):
            seen += [("mistake",)] if node.kind not in ("bad-string", "eof-in-string", "eof-in-url") else []
        elif isinstance(node, ast.URLToken):
            seen.append(("url", node.value))
        elif isinstance(node, ast.AtKeywordToken):
            seen.append(("at", node.value))
        elif isinstance(node, ast.FunctionBlock):
            within = [inner for inner in node.arguments if not isinstance(inner, ast.WhitespaceToken)]
            if node.lower_name == "url" and len(within) == 1 and isinstance(within[0], ast.StringToken):
                seen.append(("url", within[0].value))
            else:
                seen += [("function", node.name), *told(node.arguments), ("end",)]
        elif isinstance(node, ast.ParenthesesBlock | ast.SquareBracketsBlock | ast.CurlyBracketsBlock):
            seen += [("open", node.type[0]), *told(node.content), ("end",)]
    return seen
