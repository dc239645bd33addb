"""Catalogues that are none, as translators and others may leave them."""

import pytest

from sitegen.i18n.languages import Catalogue, read_catalogue
from sitegen.problems import Problem


def header(plurals: str = "nplurals=1; plural=0", charset: str = "utf-8") -> str:
    return (
        f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset={charset}\\n"\n"Plural-Forms: {plurals}\\n"\n\n'
        'msgid "{n} a"\nmsgid_plural "{n} b"\nmsgstr[0] "{n} c"\n\n'
    )


CHARSETS = ("x", "utf-16", "hex", " 1.5", "B\u0301", "idna", "undefined", "a" * 100_000, "CHARSET")
PLURALS = (
    "nplurals=1000000000; plural=0", "nplurals=" + "9" * 99, "nplurals=0; plural=0", "nplurals=-1", "nplurals=x",
    "nplurals=²", "nplurals=INTEGER; plural=EXPRESSION;", "nplurals=2; plural=__import__('os').system('x')",
    "nplurals=2; plural=1/0", "nplurals=2; plural=1/(n-150)", "nplurals=2; plural=" + "(" * 5_000,
    "nplurals=2; plural=" + "9" * 5_000, "nplurals=" + " " * 100_000,
)  # fmt: skip
MESSAGES = (
    'msgid "a"\nmsgid_plural "b"\n', 'msgid "a"\nmsgid_plural "b"\nmsgstr[999999999] "x"\n',
    'msgid "a"\nmsgid_plural "b"\nmsgstr[x] "x"\n', 'msgid "a"\nmsgid_plural "b"\nmsgstr[-1] "x"\n',
    'msgid "a"\nmsgid_plural "b"\nmsgstr[ "x"\n', "#~ x\n", "\x01\x02", "".join(map(chr, range(32, 256))),
    'msgid "%(a)s"\nmsgstr "%(b)s"\n', 'msgid "%(a)s"\nmsgstr "%(a"\n', 'msgid "%(a)s"\nmsgstr "%(a)s %d"\n',
    'msgid "%(num)s a"\nmsgid_plural "%(num)s b"\nmsgstr[0] "100 %"\n', "#: \u2068a\n" + 'msgid "a"\nmsgstr "b"\n',
)  # fmt: skip


@pytest.mark.parametrize("plurals", PLURALS)
def test_plural_forms_that_are_none(plurals: str) -> None:
    check_told(header(plurals))


@pytest.mark.parametrize("charset", CHARSETS)
def test_charsets_that_are_none(charset: str) -> None:
    check_told(header(charset=charset))


@pytest.mark.parametrize("message", MESSAGES)
def test_messages_that_are_none(message: str) -> None:
    check_told(header() + message)


def check_told(text: str) -> None:
    found = read_catalogue(text, "layouts/locales/vi.po", "vi")
    assert isinstance(found, Problem)
    assert found.code == "broken-catalogue"
    assert 1 <= found.place.line <= text.count("\n") + 1
    assert found.message


@pytest.mark.parametrize(
    "message",
    [
        "",
        'msgid "a"\nmsgstr "b"\n' * 2,
        f'msgid "a"\nmsgstr "{"x" * 1_000_000}"\n',
        "#~ msgid \"a\"\n#~ msgstr \"b\"\n",
        '#, fuzzy\nmsgid "%(a)s"\nmsgstr "%(b)s"\n',
        'msgid "%(a)s"\nmsgstr ""\n',
        'msgid "%(a)s"\nmsgstr "100 %% %(a)s"\n',
        'msgid "100 %"\nmsgstr "% 100"\n',
        "#: " + "a:1 " * 10_000 + '\nmsgid "a"\nmsgstr "b"\n',
    ],
)  # fmt: skip
def test_messages_that_are_odd_are_read(message: str) -> None:
    assert isinstance(read_catalogue(header() + message, "layouts/locales/vi.po", "vi"), Catalogue)
