"""Sites and machines that are not as one expects."""

import errno
import os
import re
import sys
from pathlib import Path

import pytest
from click import unstyle
from hypothesis import given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from lxml import html

from sitegen.cli.terminal import Bar, excerpts
from sitegen.config.settings import language_of, read_config
from sitegen.files import read_bytes
from sitegen.i18n.messages import Words
from sitegen.images.svg import read_svg
from sitegen.problems import Place, Problem, problem
from sitegen.sources import find
from sitegen.typed_yaml.reader import read
from tests.conftest import PROJECT
from tests.support.graph import faults
from tests.support.links import broken_references
from tests.support.sites import SETTINGS, article, codes, make, problems_of, run, write_site

BASE_URL = "https://example.org/site/"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    found = read_bytes(str(tmp_path / "gone.md"), "content/a.md")
    assert isinstance(found, Problem)
    assert (found.code, found.message) == ("changed-meanwhile", "This file changed while the site was being built.")


def test_a_folder_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_site(tmp_path, {"content/news/a.vi.md": article("A")})
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("news"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    _, problems = find(tmp_path)
    assert [(found.code, found.place.path) for found in problems] == [("unreadable-file", "content/news")]


def test_a_name_that_is_not_unicode(tmp_path: Path) -> None:
    write_site(tmp_path, {})
    (tmp_path / "content" / "news").mkdir()
    (tmp_path / "content/news" / os.fsdecode(b"\xff.vi.md")).write_bytes(b"---\ntitle: A\n---\n")
    said = run("build", "--root", tmp_path)
    assert said.status == 1
    assert "named “\\udcff.vi.md”" in said.err


def test_links_on_disk_within_the_site_are_followed_and_loops_are_told(tmp_path: Path) -> None:
    write_site(tmp_path, {"content/news/a/index.vi.md": article("A"), "drafts/b.vi.md": article("B")})
    (tmp_path / "content/news/loop").symlink_to(tmp_path / "content/news")
    (tmp_path / "content/events").symlink_to(tmp_path / "drafts")
    (tmp_path / "content/events.txt").symlink_to(tmp_path / "gone")
    sources, problems = find(tmp_path)
    assert [path for path in sources if path.endswith(".md")] == [
        "content/events/b.vi.md",
        "content/news/a/index.vi.md",
    ]
    assert [(found.code, found.place.path) for found in problems] == [
        ("leads-nowhere", "content/events.txt"),
        ("leads-in-a-circle", "content/news/loop"),
    ]


@pytest.mark.parametrize(
    ("svg", "size"),
    [
        ('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="10px" height=\'20.4\'/>', (10, 20)),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 9" width="100%"/>', (16, 9)),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0,0,16,9"/>', (16, 9)),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 x y"/>', (None, None)),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", (None, None)),
    ],
)
def test_size_of_svg(svg: str, size: tuple[int | None, int | None]) -> None:
    picture, problems = read_svg(svg.encode(), "a.svg")
    assert picture
    assert ((picture.width, picture.height), problems) == (size, ())


def test_search_can_be_left_out(tmp_path: Path) -> None:
    made = make(tmp_path, {"site.yaml": f"{SETTINGS}search: false\n", "content/news/a.vi.md": article("A")})
    assert "vi/search/index.html" not in made.files
    assert broken_references(made.files, BASE_URL) == []


def test_a_section_that_some_languages_lack(tmp_path: Path) -> None:
    text = article("A", "[events](../events/_index.md)")
    files = {"content/news/a.vi.md": text, "content/news/a.ja.md": text, "content/events/b.ja.md": article("B")}
    made = make(tmp_path, {**files, "site.yaml": f"{SETTINGS}fallback: hide\nmenu: [news, events]\n"})
    assert '<a href="/site/ja/events/" hreflang="ja">events</a>' in made.text("vi/news/a/index.html")
    assert broken_references(made.files, BASE_URL) == []
    assert faults(made.files, BASE_URL) == []


def test_a_site_with_one_language_and_little_else(tmp_path: Path) -> None:
    base = {"site.yaml": "title: Một\nbase_url: https://example.org\nlanguages: {vi: }\nmarkdown: {html: true}\n"}
    made = make(tmp_path, {"content/news/a.md": article("A", "<b>x</b>")}, base=base)
    assert "<p><b>x</b></p>" in made.text("vi/news/a/index.html")
    assert "Tiếng Việt" in made.text("vi/index.html")
    assert broken_references(made.files, "https://example.org/") == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", ["missing-key"] * 3),
        ("title: x\nbase_url: https://example.org/\nlanguages:\n", ["missing-key"]),
        ("title: x\nbase_url: 'https://[::1/'\nlanguages: {vi: }\n", ["invalid-address"]),
        ("title: x\nbase_url: https://example.org/\nlanguages: {vi: }\npage_size: {a: b}\n", ["wrong-type"]),
        ("title: x\nbase_url: https://example.org/\nlanguages: {vi: }\npage_size: true\n", ["wrong-type"]),
        ("title: x\nbase_url: https://example.org/\nlanguages: {[a]: b, vi: }\n", ["wrong-type"]),
        ("title: x\x7f\n", ["yaml-syntax"]),
        ("title: x\nbase_url: https://example.org/\nlanguages: {}\n", ["missing-key"]),
        ("a: " + "[" * 600 + "]" * 600 + "\n", ["yaml-too-deep"]),
        ("- [" + "[a], " * 600 + "]\n", ["wrong-type"]),
    ],
)
def test_settings_that_are_not(tmp_path: Path, settings: str, expected: list[str]) -> None:
    assert codes(problems_of(tmp_path, {"site.yaml": settings})) == expected


@given(st.text("[]{}:,-?&*!|>'\"%@`#a1 \n\t\x85\u2028\ufeff", max_size=12))
@settings_of_hypothesis(deadline=None, derandomize=True, max_examples=500)
def test_any_yaml_is_read_or_refused(text: str) -> None:
    typed = read(text, dict[str, str], "x.yaml")
    assert typed.problems or typed.value is not None


def test_broken_registry_of_sources(tmp_path: Path) -> None:
    assert codes(problems_of(tmp_path, {"content/sources.yaml": "a: b\n"})) == ["wrong-type"]


def test_catalogue_with_a_wrong_header(tmp_path: Path) -> None:
    text = 'msgid ""\nmsgstr "Plural-Forms: nplurals=1; plural=zz(;\\n"\n\nmsgid "Latest"\nmsgstr "x"\n'
    assert codes(problems_of(tmp_path, {"layouts/locales/vi.po": text})) == ["broken-catalogue"]


def test_layouts_may_include_what_only_a_run_can_tell(tmp_path: Path) -> None:
    layout = '{% set name = "one" %}{% include name ~ ".html" %}{% include "none.html" ignore missing %}'
    made = make(tmp_path, {"layouts/home.html": layout, "layouts/one.html": "one"})
    assert made.text("vi/index.html") == "one"
    found = problems_of(tmp_path / "b", {"layouts/home.html": '{% include "no" ~ "ne.html" %}'})
    assert codes(found) == ["missing-layout"]


def test_every_name_in_the_layouts_page_is_there(tmp_path: Path) -> None:
    table = (PROJECT / "docs/layouts.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `?(\w+)`? \| (.*) \|$", table, re.MULTILINE))
    plain = {key: re.sub(r"\([^()]*`[^()]*\)", "", row) for key, row in rows.items()}
    names = {key: re.findall(r"\w+(?:\(\w+\))?", " ".join(re.findall(r"`([^`]*)`", row))) for key, row in plain.items()}

    def shows(variable: str) -> str:
        calls = {"latest(n)": "latest(2)", "most_used(n)": "most_used(2)", "page(key)": 'page("about")'}
        tried = [calls.get(name, name) for name in names[variable]]
        return "".join(f"{{{{ {variable}.{name} is defined }}}}" for name in tried)

    layouts = {
        "article.html": shows("page") + shows("site") + shows("article") + "{{ site.page(0) }}",
        "section.html": shows("section") + "{% for entry in entries %}{{ entry.article.title }}" + "{% endfor %}",
        "tag.html": shows("term"),
        "sitemap.xml": "{% for item in sitemap %}{{ item.absolute }}{{ item.x_default is defined }}{% endfor %}",
    }
    layouts["section.html"] += "{% set entry = entries[0] %}" + "".join(
        f"{{{{ entry.{name} is defined }}}}" for name in names["entries"]
    )
    files = {
        "content/about.vi.md": article("About", date=""),
        "content/news/a/index.vi.md": article("A", tags="jcm", updated="05/10/2024 09:30"),
        "content/news/a/index.ja.md": article("A", tags="jcm", updated="05/10/2024 09:30"),
        **{f"layouts/{name}": text for name, text in layouts.items()},
    }
    made = make(tmp_path, files)
    for path in ("vi/news/a/index.html", "vi/news/index.html", "vi/tags/jcm/index.html"):
        assert "False" not in made.text(path)
        assert made.text(path).count("True") >= 5


def test_times_are_shown_where_the_author_gave_one(tmp_path: Path) -> None:
    files = {f"content/news/a.{lang}.md": article("A", date="04/10/2024 14:30") for lang in ("vi", "ja", "en")}
    made = make(tmp_path, files)
    shown = [
        html.document_fromstring(made.files[f"{lang}/news/a/index.html"]).find(".//dd/time")
        for lang in ("vi", "ja", "en")
    ]
    assert [element.get("datetime") for element in shown] == ["2024-10-04T14:30+07:00"] * 3
    assert [element.text for element in shown] == [
        "14:30 4 tháng 10, 2024",
        "2024年10月4日 14:30",
        "4 October 2024, 14:30",
    ]


@pytest.mark.posix
def test_a_terminal_sees_progress_and_colour(tmp_path: Path) -> None:
    """In a real pseudo-terminal, and without the wait that spares short builds the bar."""
    site = {f"content/news/a{n}.vi.md": article(f"A{n}", "Text. " * 200) for n in range(250)}
    code = "from sitegen.cli.main import main\nfrom sitegen.cli.terminal import Bar\nBar.WAIT = 0\nmain()"
    write_site(tmp_path, {**site, "content/news/b.vi.md": article("B", attachments=[{"src": "none"}])})
    import pty

    pid, descriptor = pty.fork()
    if pid == 0:  # pragma: no cover
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": "100"}
        os.execv(sys.executable, [sys.executable, "-c", code, "build", "--root", str(tmp_path)])
    seen = b""
    while True:
        try:
            part = os.read(descriptor, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    _, status = os.waitpid(pid, 0)
    os.close(descriptor)
    assert os.waitstatus_to_exitcode(status) == 1
    text = seen.decode()
    assert "parse" in text
    assert "render" in text
    assert "\x1b[31m\x1b[1merror\x1b[0m" in text
    assert text.count("\n") < 100


def test_a_problem_of_a_whole_line(tmp_path: Path) -> None:
    write_site(tmp_path, {"content/a.md": "one\ntwo\n"})
    found = problem("asset-cycle", Place("content/a.md", 2), target="x")
    told = [unstyle(line) for line in excerpts(tmp_path, (found,), Words("en"))]
    assert told == [f"content/a.md:2: error: {found.message} [asset-cycle]", "    two", f"    {found.hint}"]


def test_a_link_beside_a_file_whose_name_says_nothing(tmp_path: Path) -> None:
    """The advice for the link is as good as before."""
    files = {"content/x.fr.md": article("X"), "content/a.vi.md": article("A", "[b](news/bb.md)", date="")}
    found = problems_of(tmp_path, {**files, "content/news/b.vi.md": article("B")})
    assert [p.code for p in found] == ["broken-link", "unknown-language"]
    assert found[0].hint == "Did you mean news/b.md?"


def test_work_that_takes_no_time_has_no_bar(capfd: pytest.CaptureFixture[str]) -> None:
    with Bar() as bar:
        bar.report("parse", 1, 2)
    assert capfd.readouterr() == ("", "")


def test_very_large_attachments_are_told_in_gigabytes() -> None:
    read, _ = read_config(SETTINGS, "site.yaml", None, ())
    assert read is not None
    assert language_of(read[0], "en").filesize(5_200_000_000_000) == "5,200 GB"


def test_a_page_may_be_shown_as_an_article(tmp_path: Path) -> None:
    made = make(tmp_path, {"content/about.vi.md": article("Trang", date="", layout="article.html")})
    assert html.document_fromstring(made.files["vi/about/index.html"]).xpath("//*[@class='kicker']") == []


@pytest.mark.posix
def test_where_a_disk_knows_no_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("sitegen.system.locks.fcntl.flock", refuse)
    assert "vi/a/index.html" in make(tmp_path, {"content/a.vi.md": article("A", date="")}).files


def test_links_that_are_hard_to_find_in_their_text(tmp_path: Path) -> None:
    text = "Text.\n\n[a](../b\\_c.md) and [b](x.fr.md)\n"
    found = problems_of(tmp_path, {"content/news/a/index.vi.md": article("A", text)})
    assert [(p.code, p.place.line, p.place.column) for p in found] == [("broken-link", 8, 1), ("broken-link", 8, 25)]


def test_a_mistake_that_shows_in_the_themes_own_layout(tmp_path: Path) -> None:
    write_site(tmp_path, {"layouts/parts/entries.html": "{% macro list(entries) %}{% endmacro %}"})
    said = run("build", "--root", tmp_path)
    assert said.status == 1
    assert re.search(r"^layouts/home\.html:\d+:\d+: error: The layout uses a name that is not there: empty", said.err)
    assert "parts.empty()" in said.err


def test_without_typography(tmp_path: Path) -> None:
    files = {"site.yaml": f"{SETTINGS}markdown: {{typography: false}}\n", "content/a.vi.md": article("A", '"x" -- y')}
    assert "<p>&quot;x&quot; -- y</p>" in make(tmp_path, files).text("vi/a/index.html")


def test_ruby_within_a_link(tmp_path: Path) -> None:
    text = article("A", "[*{環境|かんきょう}*](https://example.org/)")
    page = make(tmp_path, {"content/a.ja.md": text}).text("ja/a/index.html")
    assert '<a href="https://example.org/"><em><ruby>環境<rp>' in page
