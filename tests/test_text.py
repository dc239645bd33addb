"""Slugs and normal forms, by tables that a translator could edit; names that every disk can hold."""

import ntpath
import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.text import caseless, fold, is_address_part, nfc, slug, unique_slug, unportable, unreserved

EXAMPLES = Path(__file__).parent / "examples"


def table(name: str) -> list[tuple[str, str]]:
    """The rows of the table in an example file."""
    rows = [line.strip("|").split("|") for line in (EXAMPLES / name).read_text("utf-8").splitlines() if line[:1] == "|"]
    return [(left.strip(), right.strip()) for left, right in rows[2:]]


@pytest.mark.parametrize(("written", "becomes"), table("slugs.md"))
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_slugs(written: str, becomes: str, form: str) -> None:
    assert slug(unicodedata.normalize(form, written)) == becomes  # type: ignore[arg-type]


@given(st.text())
def test_a_slug_stays_what_it_is(text: str) -> None:
    made = slug(text)
    assert slug(made) == made
    assert not set(made) & set("/\\ ?#%&")


def test_slugs_are_numbered_where_taken() -> None:
    assert unique_slug("Đổi", ["doi", "doi-2"], "section") == "doi-3"
    assert unique_slug("!", [], "section") == "section"


def test_names_are_folded() -> None:
    assert fold("  KHÍ\u00a0 HẬU ") == fold(unicodedata.normalize("NFD", "khí hậu"))
    assert fold("ＪＣＭ") == "jcm"
    assert nfc("e\u0301") == "é"


UNPORTABLE = {
    "path": [
        "", "/", "a/", "/a", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a\0", "a\x1f", "a\nb", "a\x7f", "a\x85",
        "a\u2028", "a\u202e", "\ud800", "\uffff", "a" * 256, "ệ" * 86, "水" * 120, "𠮷" * 64, "b/" * 101 + "b",
    ],
    "sign": [
        "a:b", "C:x", "C:/x", "a:$DATA", "a?b", "a*", "a|b", '"a"', "<a", "a>", "..\\..\\mine.docx", "\\Users\\a\\x",
        "\\\\host\\x", "a\\b", "con:x", "vi/a:b/index.html",
    ],
    "end": ["a.", "a ", "tin./x", "tin /x", "a/b .", "...", "a/.../b", " ", ".. ", "x. .", "C#.", "Con nguoi "],
    "device": [
        "con", "Con", "CON.html", "con ", "con.", "con .txt", "aux/a", "a/prn", "nul.tar.gz", "vi/tags/con/index.html",
        "com1", "COM9.x", "lpt1", "com¹", "LPT².md", "com³/x", "conin$", "CONOUT$.txt", "nul...",
    ],
}  # fmt: skip
PORTABLE = [
    "a", "a/b", "vi/news/khai-mac/index.html", "files/news/Báo cáo (1).pdf", "ja/気候変動/index.html", ".well-known/x",
    ".htaccess", "..x", "x..y", "con-1", "contact", "conn", "com", "com0", "com10", "com1x", "a/xcon", "x.con", ".con",
    "_con", "con_", "cón", "auxiliary", "null", "nul-1.txt", "lpt", "lpta", "a b", " a", "~$x", "'", "conin", "clock$",
    "a;b=c&d,e@f!g{h}[i]%20#j^k`l+m", "a" * 255, "ệ" * 85, "𠮷" * 63, "b/" * 99 + "b", "e\u0301",
]  # fmt: skip


@pytest.mark.parametrize(("flaw", "path"), [(flaw, path) for flaw, paths in UNPORTABLE.items() for path in paths])
def test_paths_that_some_disk_cannot_hold(flaw: str, path: str) -> None:
    assert unportable(path) == flaw
    if flaw != "path":
        assert unportable(f"vi/{path}/index.html") == unportable(f"assets/{path}") == flaw


@pytest.mark.parametrize("path", PORTABLE)
def test_paths_that_every_disk_can_hold(path: str) -> None:
    assert unportable(path) is None
    assert unreserved(path) == path


@given(st.lists(st.sampled_from([*"aC.:/\\ ~$", "..", "con", "COM1", ".html"]), max_size=8).map("".join) | st.text())
def test_what_every_disk_can_hold_stays_in_its_folder(path: str) -> None:
    """On Windows too, which reads other signs as steps."""
    better = unreserved(path)
    assert unportable(better) != "device"
    assert unreserved(better) == better
    if unportable(path) is None:
        folder = PureWindowsPath("D:/site/output")
        assert (folder / path).parts == (*folder.parts, *path.split("/"))
        assert ntpath.normpath(f"{folder}/{path}") == ntpath.join(folder, *path.split("/"))


@pytest.mark.parametrize(
    ("name", "better"),
    [("con", "con-1"), ("con.vi.md", "con-1.vi.md"), ("Nul .tar.gz", "Nul-1.tar.gz"), ("news/AUX/x", "news/AUX-1/x")],
)
def test_names_that_are_no_device(name: str, better: str) -> None:
    assert unreserved(name) == better


def test_parts_of_addresses() -> None:
    parts = [
        "con",
        "Con",
        "aux.x",
        "a:b",
        "a?",
        "a.",
        "a ",
        " a",
        ".a",
        "a/b",
        "a#",
        "a%",
        "",
        "e\u0301",
        "\u3000a",
        "x" * 256,
    ]
    assert [part for part in parts if is_address_part(part)] == []
    assert all(map(is_address_part, ["con-1", "a.b", "a b", "気候", "é", "x" * 255]))


def test_what_is_made_of_the_name_of_a_device() -> None:
    assert unique_slug("Con", [], "tag") == "con-1"
    assert unique_slug("Con", ["con-1"], "tag") == "con-1-2"
    assert unique_slug("!", [], "aux") == "aux-1"


def test_names_that_some_disks_do_not_tell_apart() -> None:
    assert caseless("Ha-Noi/É") == caseless("ha-noi/e\u0301") == "ha-noi/é"
