"""What UTF-8 cannot say: names on a disk, escapes in sources, and what is typed in a terminal."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.artwork import shaping
from sitegen.artwork.fonts import packaged
from sitegen.build.run import Workers
from sitegen.files import decode
from sitegen.problems import Place, problem
from sitegen.text import CONTROLS
from tests.support.previews import previewed
from tests.support.sites import SETTINGS, Content, Said, article, codes, make, problems_of, rebuild, run, write_site

A, B = "content/news/a/index.vi.md", "content/news/b/index.vi.md"
ODD = os.fsdecode(b"t\xc3\xaan\xff")
SAID = "tên\\udcff"
"""The same, as it is shown."""
ANYTHING = st.text(st.characters(exclude_categories=()))


@given(ANYTHING, ANYTHING)
def test_no_problem_holds_what_cannot_be_printed(path: str, target: str) -> None:
    found = problem("leads-outside", Place(path, 2, 3), target=target)
    assert (found.place.line, found.place.column) == (2, 3)
    for said, text in ((found.place.path, path), (found.arguments["target"], target)):
        assert CONTROLS.search(said) is None
        assert CONTROLS.search(text) or said == text


SITES: dict[str, tuple[dict[str, Content], str, str]] = {
    "a link": ({"content/news/x.md": Path("/nowhere") / ODD}, "leads-outside", f"to /nowhere/{SAID}."),
    "a link in another folder": ({"assets/css/x.css": Path("/") / ODD}, "leads-outside", f"to /{SAID}."),
    "a folder": ({f"content/{ODD}/x.vi.md": article("x")}, "invalid-file-name", f"“{SAID}”"),
    "a layout": ({f"layouts/{ODD}.html": ""}, "invalid-file-name", f"“{SAID}.html”"),
    "included": ({"layouts/article.html": '{% include "\\ud800.html" %}'}, "missing-layout", "\\ud800.html"),
    "an asset": ({"layouts/article.html": '{{ asset("\\udfff.png") }}'}, "missing-asset", "\\udfff.png"),
    "raised": ({"layouts/article.html": '{{ {}["\\ud800"].x }}'}, "layout-undefined", "\\ud800"),
    "rendered": ({"layouts/article.html": '{{ "\\ud800" }}'}, "layout-failed", "\\ud800"),
    "a filter": ({"layouts/article.html": '{{ "\\ud800"|urlencode }}'}, "layout-failed", "\\ud800"),
}  # fmt: skip


@pytest.mark.parametrize("name", SITES)
def test_the_author_is_told(tmp_path: Path, name: str) -> None:
    files, code, words = SITES[name]
    root = write_site(tmp_path, {A: article("A"), **files})
    found = json.loads(run("build", "--root", root, "--json").out)["problems"]
    assert [each["code"] for each in found] == [code]
    assert words in found[0]["message"]
    plain = run("build", "--root", root)
    assert (plain.status, words in plain.err) == (1, True)


@pytest.mark.parametrize(
    ("data", "line", "column"),
    [
        (b"ab\xff", 1, 3),
        (b"\xef\xbb\xbfab\xff", 1, 3),
        (b"\xef\xbb\xbf\xff", 1, 1),
        (b"ab\r\xff", 2, 1),
        (b"ab\r\nc\r\nd\xff", 3, 2),
        (b"ab\ncd\n\xc3\xaa\xff\nx", 3, 2),
        (b"a\x0e\x0eb\xff", 1, 3),
    ],
)
def test_the_first_byte_that_is_no_text_is_told_where_editors_show_it(data: bytes, line: int, column: int) -> None:
    """Whatever begins the file or ends its lines."""
    assert decode(data, "a.md") == problem("invalid-utf8", Place("a.md", line, column), byte="FF")


def test_a_text_that_is_no_utf8_is_read_as_far_as_possible(tmp_path: Path) -> None:
    """Whatever ends its lines, and with what no XML holds."""
    data = b"\xef\xbb\xbf---\rtitle: A\rslug: s\r---\r:::timeline\r\x0c\r\xff\r-\rx"
    found = problems_of(tmp_path, {"content/a.vi.md": data}, keep_going=True)
    assert [(each.code, each.place.line) for each in found] == [("invalid-utf8", 7)]


ESCAPES = {
    A: ('---\ntitle: "a\\ud800b"\ndate: 04/10/2024\n---\n', 2),
    B: ('---\ntitle: b\ndate: 04/10/2024\nextra: {x: ["\\udcff"]}\n---\n', 4),
    "content/tags.yaml": ('jcm:\n  name: x\n"\\udfff": {}\n', 3),
    "content/sources.yaml": ('x: {name: "\\ud83d"}\n', 1),
    "site.yaml": ('title: "\\U0000d800"\nbase_url: https://example.org/\nlanguages: {vi: {}}\n', 1),
}


@pytest.mark.parametrize("path", ESCAPES)
def test_escapes_in_yaml_are_a_mistake_at_a_place(tmp_path: Path, path: str) -> None:
    text, line = ESCAPES[path]
    (found,) = [each for each in problems_of(tmp_path, {path: text}) if each.place.path == path]
    assert (found.code, found.place.line) == ("yaml-syntax", line)
    assert found.message == "This is not valid YAML: found invalid Unicode character escape code."


@pytest.mark.parametrize(("lang", "words"), [("vi", "ký tự Unicode"), ("ja", "Unicode の文字")])
def test_escapes_in_the_authors_language(tmp_path: Path, lang: str, words: str) -> None:
    root = write_site(tmp_path, {A: ESCAPES[A][0]})
    assert words in run("--lang", lang, "build", "--root", root).err


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "--base-url", f"https://example.org/{ODD}"),
        ("build", "--cluster", f"tcp://{ODD}"),
        ("build", "--now", ODD),
        ("serve", "--host", ODD),
        ("serve", "--base-path", f"/{ODD}/"),
        ("new", ODD),
        ("new", "x", "--section", ODD),
        ("new", "x", "--key", ODD),
        ("schema", ODD),
    ],
)
def test_texts_that_are_typed(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    root = write_site(tmp_path, {})
    before = sorted(tmp_path.rglob("*"))
    said = run(*arguments, *(() if arguments[0] == "schema" else ("--root", root)))
    assert said.status == 2
    assert "\\udcff" in said.err
    assert sorted(tmp_path.rglob("*")) == before


def typed(*arguments: str | Path, encoding: str = "utf-8") -> Said:
    """A command in a terminal that is strict."""
    command = [sys.executable, "-m", "sitegen", *map(str, arguments)]
    done = subprocess.run(
        command, check=False, capture_output=True, env={**os.environ, "PYTHONIOENCODING": f"{encoding}:strict"}
    )
    return Said(done.returncode, done.stdout.decode(encoding), done.stderr.decode(encoding))


def test_a_site_in_such_a_folder(tmp_path: Path) -> None:
    root = tmp_path / ODD
    said = typed("init", root)
    assert (said.status, said.err) == (0, "")
    assert f"A site is in {tmp_path}/{SAID}. Build it" in said.out
    said = typed("new", "Tin", "--root", root)
    assert (said.status, said.err) == (0, "")
    assert f"{tmp_path}/{SAID}/content/news/tin/index.vi.md\n" in said.out
    assert typed("messages", "--root", root).status == 0
    said = typed("build", "--root", root, "--json", "--output", root / ODD)
    assert (said.status, json.loads(said.out)["problems"]) == (0, [])
    assert f"<title>{SAID}" in (root / ODD / "vi/index.html").read_text("utf-8")
    shutil.rmtree(root / ODD)
    (root / ODD).mkdir()
    (root / ODD / "robots.txt").touch()
    said = typed("build", "--root", root, "--output", root / ODD)
    assert said.err.startswith(f"{SAID}: error: robots.txt would overwrite")
    assert typed("init", root).status == 2


@pytest.mark.posix
def test_fonts_in_such_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are left out."""
    own = next(path for path in packaged() if path.name.startswith("NotoSans["))
    with_cards = SETTINGS.replace("share_cards: false\n", "")
    files: dict[str, Content] = {A: article("Một"), "fonts/Own.ttf": own.read_bytes(), "site.yaml": with_cards}
    root = write_site(tmp_path / ODD, files)
    asked = tmp_path / "fc-match"
    asked.write_bytes(b"#!/bin/sh\necho '" + os.fsencode(root) + b"/fonts/Own.ttf'\n")
    asked.chmod(0o755)
    monkeypatch.setattr(shaping, "packaged", tuple)
    monkeypatch.setenv("PATH", str(tmp_path))
    made = rebuild(root, workers=Workers(1))
    assert codes(made.build.problems) == ["no-card-font"] * 3


def test_a_terminal_of_another_encoding(tmp_path: Path) -> None:
    said = typed("--lang", "ja", "build", "--help", encoding="latin-1")
    assert said.status == 0
    assert "\\u30d3\\u30eb\\u30c9" in said.out


def test_a_preview_of_a_site_with_such_links(tmp_path: Path) -> None:
    root = write_site(tmp_path, {A: article("Một")})
    with previewed(root) as running, running.line("vi/") as line:
        (root / "content/news/x.md").symlink_to(f"/nowhere/{ODD}")
        line.until("built")
        for target, status in (("/vi/", 200), ("/vi/none", 404), ("/__sitegen/", 200), ("/__sitegen/problems", 200)):
            answer = running.ask(target)
            assert answer.status == status
            assert f"leads out of the site, to /nowhere/{SAID}." in answer.text
        (root / "content/news/x.md").unlink()
        line.until("built")
        assert running.ask("/__sitegen/problems").body == b""


def test_a_preview_of_a_site_that_was_never_built(tmp_path: Path) -> None:
    root = write_site(tmp_path, {f"content/{ODD}.vi.md": article("Một")})
    with previewed(root) as running:
        answer = running.ask("/vi/")
        assert answer.status == 503
        assert f"content/{SAID}.vi.md" in answer.text


@pytest.mark.posix
def test_a_preview_in_such_a_folder(tmp_path: Path) -> None:
    with previewed(write_site(tmp_path / ODD, {A: article("Một"), "layouts/x.html": ""})) as running:
        for target in ("/vi/", "/__sitegen/", "/__sitegen/problems"):
            assert running.ask(target).status == 200
        with running.line("vi/news/a/") as line:
            running.write(A, article("Một", "Changed."))
            assert line.until("reload")
        assert "Changed." in running.ask("/vi/news/a/").text
        (running.root / "layouts").rename(running.root / "kept")
        (running.root / "kept").rename(running.root / "layouts")
        with running.line("vi/news/a/") as line:
            running.write("layouts/article.html", "Laid anew.")
            assert line.until("reload")


def test_messages_that_are_no_text(tmp_path: Path) -> None:
    with previewed(write_site(tmp_path, {A: article("Một")})) as running:
        for said in (
            '{"command": "info", "url": "\\ud800"}',
            '{"command": "info", "url": "/vi/", "sitegen": "sitegen 1 \\udcff a"}',
            '{"command": "hello", "protocols": ["\\ud800"]}',
            "[" * 60_000,
            '{"command": "hello", "protocols": ' + "[" * 60_000,
        ):
            with running.line("vi/") as line:
                line.write(said)
                assert line.hear() is None, "the line ends"
        with running.line("vi/") as line:
            line.say(command="info", url="/vi/", sitegen=f"sitegen {'9' * 5000} a b")
            line.say(command="hello", protocols=[])
            assert (line.hear() or {})["command"] == "hello", "the line still stands"


@pytest.mark.parametrize("target", ["/%ff", "/%ed%a0%80", "/vi/%ff/", "/__sitegen/?text=%ff", "/__sitegen/?%ff=1"])
def test_addresses_that_are_no_text(tmp_path: Path, target: str) -> None:
    with previewed(write_site(tmp_path, {A: article("Một")})) as running:
        assert running.ask(target).status < 500


def test_sound_sites_are_as_they_were(tmp_path: Path) -> None:
    made = make(tmp_path, {A: article("Một"), B: article("\U0001f600")})
    assert codes(made.build.problems) == []
    assert "\U0001f600" in made.text("vi/news/b/index.html")
