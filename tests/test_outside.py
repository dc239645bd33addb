"""Nothing outside the site is read, written, removed or run, whatever came with the site."""

import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import msgspec
import pytest
from click import unstyle

from sitegen.build import build
from sitegen.build.run import Options
from sitegen.cache.session import FOLDER, own_folder
from sitegen.cache.store import SEARCH
from sitegen.cli.terminal import excerpts
from sitegen.files import MANIFEST, NOTES, STAGING, digest
from sitegen.i18n.messages import Words
from sitegen.preview.builder import make_indexes
from sitegen.preview.server import preview_folder
from sitegen.problems import SiteError
from sitegen.sources import find
from sitegen.system.processes import without_safe_path
from tests.support.full import in_full
from tests.support.previews import previewed
from tests.support.sites import NOW, SETTINGS, article, codes, make, output_files, problems_of, rebuild, run, write_site

A = "content/news/a/index.vi.md"
SECRET = b"a secret outside the site"
FILES = {
    A: article("A", "[plan](plan.txt) ![p](p.svg)", attachments=[{"src": "plan.txt"}]),
    "content/news/a/plan.txt": "plan",
    "content/news/a/p.svg": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'/>",
    "content/news/b.vi.md": article("B"),
    "content/about.vi.md": article("About", date=""),
    "site.yaml": SETTINGS,
}
WITH_CARDS = {"site.yaml": SETTINGS.replace("share_cards: false\n", "")}


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A folder beside the site, with all that somebody may have in one."""
    folder = tmp_path / "beside"
    (folder / "folder" / "empty").mkdir(parents=True)
    (folder / "folder" / "mine.txt").write_bytes(SECRET)
    (folder / "file").write_bytes(SECRET)
    (folder / "nothing").write_bytes(b"")
    with closing(sqlite3.connect(folder / "database")) as database, database:
        database.execute("CREATE TABLE mine (x)")
    for path in (folder, folder / "folder"):
        path.chmod(0o777)
    return folder


def seen(folder: Path) -> dict[str, tuple[int, str, int]]:
    """All that lies in a folder: mode, digest, time of the last change."""
    found = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        stat = path.lstat()
        content = digest(path.read_bytes()) if path.is_file() else ""
        found[str(path.relative_to(folder))] = (stat.st_mode, content, stat.st_mtime_ns)
    return found


FIRST = (
    "cache.sqlite", "cache.sqlite-journal", "cache.sqlite-wal", "lock.sqlite", "lock.sqlite-journal", "holder",
    "made", "preview", "preview.lock", "search",
)  # fmt: skip
BELOW = ("made/*", "preview/vi", "preview/index.html", *(f"preview/{name}" for name in (MANIFEST, STAGING, NOTES[0])))


def link(memory: Path, names: tuple[str, ...], target: Path) -> None:
    """Put links in place of what is remembered."""
    for name in names:
        folder, _, last = name.rpartition("/")
        (memory / folder).mkdir(parents=True, exist_ok=True)
        for place in (memory / folder).glob(last) if last == "*" else (memory / name,):
            _take_away(place)
            place.symlink_to(target)


def _take_away(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)


@pytest.mark.parametrize("target", ["folder", "database", "none", in_full("file"), in_full("nothing")])
@pytest.mark.parametrize("clean", [False, True])
def test_no_build_follows_a_link_among_what_is_remembered(
    tmp_path: Path, beside: Path, target: str, clean: bool
) -> None:
    """Below .sitegen/, one after another and all at once, and in its place."""
    root, memory = tmp_path / "site", tmp_path / "site" / FOLDER
    files = {**FILES, **WITH_CARDS}
    expected = make(root, files).files
    before = seen(beside)
    for names in (("made/*",), FIRST):
        link(memory, names, beside / target)
        write_site(root, {"content/news/b.vi.md": article(f"Edited {names}")}, {})
        rebuild(root, clean=clean)
        assert seen(beside) == before, names
    _take_away(memory)
    memory.symlink_to(beside / target)
    assert rebuild(write_site(root, files, {}), clean=clean).files == expected
    assert seen(beside) == before


@pytest.mark.usefixtures("plain_theme")
@pytest.mark.parametrize("target", ["folder", "file", "none"])
def test_the_output_of_a_preview_follows_no_link(tmp_path: Path, beside: Path, target: str) -> None:
    root, memory = write_site(tmp_path / "site", FILES), tmp_path / "site" / FOLDER
    before = seen(beside)
    for name in (*FIRST, *BELOW):
        link(memory, (name,), beside / target)
        with preview_folder(root) as folder, suppress(SiteError):
            build(root, Options(output=folder, now=NOW, index=False))
        assert seen(beside) == before, name
        _take_away(memory)
    memory.symlink_to(beside / target)
    with preview_folder(root) as folder:
        build(root, Options(output=folder, now=NOW, index=False))
    assert seen(beside) == before


@pytest.mark.parametrize("names", [(), ("made", "preview", "search")])
def test_no_preview_follows_a_link_among_what_is_remembered(
    tmp_path: Path, beside: Path, names: tuple[str, ...]
) -> None:
    """With time enough for it to rest and make search indexes. Without names: .sitegen itself."""
    root, memory = write_site(tmp_path / "site", FILES), tmp_path / "site" / FOLDER
    link(memory, names, beside / "folder")
    if not names:
        memory.symlink_to(beside / "folder")
    before = seen(beside)
    with previewed(root) as preview:
        preview.until("/vi/news/a/", lambda answer: answer.status == 200)
        preview.write("content/news/b.vi.md", article("Edited"))
        preview.until("/vi/news/b/", lambda answer: "Edited" in answer.text)
        time.sleep(3.5)
    assert seen(beside) == before


def test_no_preview_shows_what_a_link_leads_to(tmp_path: Path, beside: Path) -> None:
    root = write_site(tmp_path / "site", FILES)
    with previewed(root) as preview:
        for path in ("vi/index.html", "files/news/a/plan.txt", "vi/feed.xml"):
            assert preview.ask(f"/{path}").status == 200
            _take_away(preview.folder / path)
            (preview.folder / path).symlink_to(beside / "file")
            assert SECRET not in preview.ask(f"/{path}").body


def test_editors_are_given_the_environment_as_it_was() -> None:
    assert without_safe_path({"HOME": "/", "PYTHONSAFEPATH": "1"}) == {"HOME": "/"}


def test_search_indexes_of_a_preview_follow_no_link(tmp_path: Path, beside: Path) -> None:
    root = tmp_path / "site"
    site = make(root, FILES, assembled=True).site
    expected = make_indexes(root, site).keys()
    before, place = seen(beside), root / FOLDER / SEARCH
    for name in ("", "*"):
        for folder in place.glob(name) if name else [place]:
            _take_away(folder)
            folder.symlink_to(beside / "folder")
        made = make_indexes(root, site)
        assert made.keys() == expected
        assert seen(beside) == before
    _take_away(root / FOLDER)
    (root / FOLDER).symlink_to(beside / "folder")
    assert make_indexes(root, site) == {}
    assert seen(beside) == before


def journal(database: Path, victim: Path) -> None:
    """A database, and a journal that names a file to be removed when it has been played back."""
    database.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE x (y)")
    size, magic, name = database.stat().st_size // 4096, bytes.fromhex("d9d505f920a163d7"), os.fsencode(victim)
    head = magic + struct.pack(">IIIII", 0, 12345, size, 512, 4096)
    checksum = sum(byte if byte < 128 else byte - 256 for byte in name) & 0xFFFFFFFF
    end = struct.pack(">I", 0x40000000 // 4096 + 1) + name + struct.pack(">II", len(name), checksum) + magic
    Path(f"{database}-journal").write_bytes(head.ljust(512, b"\0") + end)


@pytest.mark.parametrize("name", ["lock.sqlite", "cache.sqlite"])
@pytest.mark.parametrize("kind", ["build", "clean", "preview"])
def test_a_journal_that_came_with_a_site_removes_nothing(tmp_path: Path, beside: Path, name: str, kind: str) -> None:
    root = write_site(tmp_path / "site", FILES)
    journal(root / FOLDER / name, beside / "file")
    before = seen(beside)
    with preview_folder(root) as folder:
        output = folder if kind == "preview" else None
        build(root, Options(output=output, clean=kind == "clean", now=NOW, index=False))
    assert seen(beside) == before


@pytest.mark.posix
def test_a_pipe_in_place_of_a_journal_is_not_waited_for(tmp_path: Path) -> None:
    root = write_site(tmp_path, FILES)
    rebuild(root)
    os.mkfifo(root / FOLDER / "cache.sqlite-journal")
    assert rebuild(root).build.written.written == ()


MODULES = ("csv", "jinja2", "yaml", "click", "socket", "tempfile", "pagefind", "multiprocessing", "msgspec", "html")


def trapped(root: Path) -> Path:
    """A site whose folder holds modules that would leave a note if they were run."""
    note = root.with_name("note")
    for name in MODULES:
        (root / f"{name}.py").write_text(
            f"open({str(note)!r}, 'a').write({name + chr(10)!r})\nraise ImportError\n", "utf-8"
        )
    return note


@pytest.mark.parametrize(
    "command", [["build"], ["build", "--jobs", "2"], ["messages"], ["schema", "site"], ["new", "X"]]
)
@pytest.mark.parametrize("program", [["-m", "sitegen"], [str(Path(sys.executable).with_name("sitegen"))]])
def test_no_command_imports_from_the_site(tmp_path: Path, command: list[str], program: list[str]) -> None:
    root = write_site(tmp_path / "site", {"content/news/a.vi.md": article("A"), "content/news/b.vi.md": article("B")})
    note = trapped(root)
    done = subprocess.run(
        [sys.executable, *program, *command], cwd=root, capture_output=True, encoding="utf-8", check=False,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )  # fmt: skip
    assert (done.returncode, note.exists()) == (0, False), done.stderr


def test_no_preview_imports_from_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do the processes that it starts, of which there are some for so many articles."""
    files = {f"content/news/a{number}.vi.md": article(f"A{number}") for number in range(250)}
    root = write_site(tmp_path / "site", files)
    note = trapped(root)
    monkeypatch.chdir(root)
    with previewed(root) as preview:
        assert "A249" in preview.ask("/vi/news/a249/").text
    assert not note.exists()


def test_pagefind_obeys_no_file_of_the_site(tmp_path: Path, beside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_site(tmp_path / "site", {**FILES, "pagefind.yml": f"logfile: {beside / 'file'}\nverbose: true\n"})
    monkeypatch.chdir(root)
    before = seen(beside)
    assert "vi/search/pagefind/pagefind.js" in rebuild(root, index=True).files
    assert seen(beside) == before


@pytest.mark.parametrize("name", ["site.yaml", "content", "layouts", "assets", "fonts", "content/news", "assets/css"])
@pytest.mark.parametrize("there", [True, False])
def test_sources_that_lie_outside_are_refused(tmp_path: Path, name: str, there: bool) -> None:
    root, elsewhere = write_site(tmp_path / "site", FILES), tmp_path / "elsewhere" / name
    elsewhere.parent.mkdir(parents=True)
    if (root / name).exists():
        (root / name).rename(elsewhere)
    elif there:
        elsewhere.mkdir()
    if not there:
        shutil.rmtree(tmp_path / "elsewhere")
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).symlink_to(elsewhere)
    with pytest.raises(SiteError) as raised:
        rebuild(root)
    assert [(found.code, found.place.path) for found in raised.value.problems][:1] == [("leads-outside", name)]
    assert output_files(root / "output") == {}
    said = run("build", "--root", root)
    assert f"{name}: error: This link on disk leads out of the site, to {elsewhere}." in said.err
    assert said.status == (2 if name == "site.yaml" else 1)
    assert run("new", "X", "--root", root).status == (2 if name in ("site.yaml", "content", "content/news") else 0)


def test_sources_that_lie_elsewhere_in_the_site_are_read(tmp_path: Path) -> None:
    root = write_site(tmp_path, {**FILES, "kept/site.yaml": FILES["site.yaml"]})
    (root / "site.yaml").unlink()
    (root / "site.yaml").symlink_to("kept/site.yaml")
    (root / "content").rename(root / "kept" / "content")
    (root / "content").symlink_to(root / "kept" / "content")
    assert "vi/news/a/index.html" in rebuild(root).files


@pytest.mark.parametrize("name", ["assets", "content", "layouts/x", "content/news/x"])
@pytest.mark.parametrize("target", [FOLDER, f"{FOLDER}/cache.sqlite", "output", "output/vi"])
def test_what_builds_write_is_no_source(tmp_path: Path, name: str, target: str) -> None:
    root = tmp_path / "site"
    make(root, FILES)
    place = root / name
    if place.exists():
        place.rename(tmp_path / "before")
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(root / target)
    for output in (root / "output", tmp_path / "elsewhere", root / FOLDER / "preview"):
        with pytest.raises(SiteError) as raised:
            rebuild(root, output=output)
        assert "leads-to-output" in codes(raised.value.problems) or codes(raised.value.problems) == [
            "output-among-sources"
        ]


@pytest.mark.parametrize("name", ["assets", "content/news/x"])
def test_a_preview_does_not_build_again_for_what_it_writes(tmp_path: Path, name: str) -> None:
    root = tmp_path / "site"
    make(root, FILES)
    (root / name).symlink_to(root / FOLDER)
    with previewed(root) as preview:
        preview.quiet()
        assert 1 <= "\n".join(preview.said).count("leads-to-output") <= 3


def test_what_is_hidden_in_the_site_is_no_source(tmp_path: Path) -> None:
    root = write_site(tmp_path, {**FILES, ".git/config": "token", ".env": "token"})
    (root / "content/news/a/plan.txt").unlink()
    (root / "content/news/a/plan.txt").symlink_to(root / ".git/config")
    (root / "assets").mkdir()
    (root / "assets/x").symlink_to("../.env")
    found = problems_of(root, {}, base={})
    hidden = [one.place.path for one in found if one.code == "leads-to-hidden"]
    assert hidden == ["assets/x", "content/news/a/plan.txt"]


@pytest.mark.parametrize("name", ["layouts/x", "content/tags.yaml", "content/news/x", "assets"])
def test_links_that_lead_to_themselves(tmp_path: Path, name: str) -> None:
    root = write_site(tmp_path, {A: article("A"), "layouts/own.html": ""})
    (root / name).unlink(missing_ok=True)
    (root / name).symlink_to(root / name)
    for command in ("build", "messages"):
        said = run(command, "--root", root)
        assert (said.status, "leads in a circle or through too many others. [leads-in-a-circle]" in said.err) == (
            1,
            True,
        )


@pytest.mark.parametrize("target", ["..", ".", "content", "assets"])
def test_links_in_place_of_what_builds_write_close_no_sources(tmp_path: Path, target: str) -> None:
    root = write_site(tmp_path / "site", {**FILES, "assets/own.txt": ""})
    for name in (FOLDER, "output"):
        (root / name).symlink_to(target)
    assert "vi/news/a/index.html" in rebuild(root, output=tmp_path / "elsewhere").files


def swapping(step: str, swap: Callable[[], None]) -> Callable[[str, int, int], None]:
    """Does it once, when a build has come so far."""
    left = [swap]

    def report(at: str, done: int, total: int) -> None:
        if at == step and left:
            left.pop()()

    return report


@pytest.mark.posix
@pytest.mark.parametrize("step", ["parse", "render"])
@pytest.mark.parametrize("name", ["content/news/a/plan.txt", "content/news/a/p.svg", "content/news/a", "content/news"])
def test_what_becomes_a_link_during_a_build_is_not_followed(tmp_path: Path, step: str, name: str) -> None:
    root = write_site(tmp_path / "site", FILES)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(root / "content", elsewhere / "content")
    for path in ("content/news/a/plan.txt", "content/news/a/p.svg", A):
        (elsewhere / path).write_bytes((elsewhere / path).read_bytes() + b"\n<!-- " + SECRET + b" -->\n")

    def swap() -> None:
        (root / name).rename(root / "kept")
        (root / name).symlink_to(elsewhere / name)

    with pytest.raises(SiteError) as raised:
        build(root, Options(now=NOW, index=False), swapping(step, swap))
    assert {*codes(raised.value.problems)} == {"changed-meanwhile"}
    (root / name).unlink()
    (root / "kept").rename(root / name)
    made = rebuild(root)
    assert made.files == make(tmp_path / "clean", FILES).files
    assert not [path for path, data in made.files.items() if SECRET in data]


@pytest.mark.posix
def test_where_files_cannot_be_opened_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows, for one."""
    monkeypatch.setattr(os, "supports_dir_fd", set())
    root, elsewhere = write_site(tmp_path / "site", FILES), tmp_path / "elsewhere"
    elsewhere.write_bytes(SECRET)

    def swap() -> None:
        (root / A).unlink()
        (root / A).symlink_to(elsewhere)

    with pytest.raises(SiteError) as raised:
        build(root, Options(now=NOW, index=False), swapping("parse", swap))
    assert codes(raised.value.problems) == ["changed-meanwhile"]


@pytest.mark.posix
def test_what_becomes_a_pipe_during_a_build_is_not_waited_for(tmp_path: Path) -> None:
    root = write_site(tmp_path, FILES)

    def swap() -> None:
        (root / A).unlink()
        os.mkfifo(root / A)

    with pytest.raises(SiteError) as raised:
        build(root, Options(now=NOW, index=False), swapping("parse", swap))
    assert codes(raised.value.problems) == ["changed-meanwhile"]


@pytest.mark.posix
def test_a_source_that_goes_while_it_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not taken for one that its author has removed."""
    root, scandir = write_site(tmp_path, FILES), os.scandir

    def going(path: str) -> list["os.DirEntry[str]"]:
        found = [*scandir(path)]
        if path.endswith("content"):
            (root / "content/about.vi.md").unlink()
        return found

    monkeypatch.setattr(os, "scandir", going)
    assert [(found.code, found.place.path) for found in find(root)[1]] == [("changed-meanwhile", "content/about.vi.md")]


def test_where_there_can_be_no_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert own_folder(tmp_path / "file") is None


CLIMBING = {
    "alias with a new line": {A: article("A", aliases=["/a%0aRedirect /x/ https://example.net/"])},
    "translation_key": {A: article("A", translation_key="a/../../../../x")},
    "translation_key of a page": {"content/a.vi.md": article("A", date="", translation_key="../../../x")},
    "translation_key with a point": {A: article("A", translation_key="./a")},
    "translation_key with nothing": {A: article("A", translation_key="a//b")},
    "tag": {"content/tags.yaml": '"../../../..": {name: X}\n', A: article("A", tags="X")},
    "tag ..": {"content/tags.yaml": "..: {name: X}\n", A: article("A", tags="X")},
    "tag with slashes": {"content/tags.yaml": '"//": {name: X, slug: {vi: x}}\n', A: article("A", tags="X")},
    "slug of a tag": {"content/tags.yaml": "x: {name: X, slug: ../x}\n", A: article("A", tags="X")},
    "slug": {A: article("A", slug="..")},
    "alias": {A: article("A", aliases=["../../x"])},
    "alias encoded": {A: article("A", aliases=["/%2e%2e/%2e%2e/x"])},
    "alias below the address": {A: article("A", aliases=["https://example.org/site/../../x"])},
    "language": {"site.yaml": SETTINGS.replace("  en:", "  en.x/../../../..:")},
    "language with a modifier": {"site.yaml": SETTINGS.replace("  en:", "  en@/../../../..:")},
    "sitegen's own": {A: article("A", aliases=[f"/{STAGING}/", f"/{MANIFEST}/", f"/{NOTES[0]}/"])},
}


@pytest.mark.parametrize("name", CLIMBING)
@pytest.mark.parametrize("keep_going", [True, False])
def test_no_address_climbs(tmp_path: Path, name: str, keep_going: bool) -> None:
    """Not even in a build that is refused, or that leaves out what is broken."""
    root = tmp_path / "in" / "a" / "folder" / "site"
    cards = WITH_CARDS if name.startswith("translation_key") else {}
    files = {**FILES, **cards, "content/tags.yaml": "", **CLIMBING[name]}
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(root)}
    found = problems_of(root, files, keep_going=keep_going)
    assert [problem for problem in found if problem.severity == "error"]
    after = {path for path in tmp_path.rglob("*") if not path.is_relative_to(root)}
    assert after - before == {tmp_path / "in", tmp_path / "in/a", tmp_path / "in/a/folder"}
    names = {FOLDER, "site.yaml", "content"}
    assert {path.name for path in root.iterdir()} - names <= {"output"}
    home = root / "output/vi/index.html"
    assert home.exists() == (keep_going and "language" not in name)
    assert not home.exists() or "<title>Thử</title>" in home.read_text("utf-8")


def test_an_alias_like_what_is_sitegens_own_appears(tmp_path: Path) -> None:
    files = {A: article("A", aliases=["/.sitegen-x.html", "/.sitegen-y/"])}
    make(tmp_path, files)
    rebuild(write_site(tmp_path, {"content/b.vi.md": article("B", date="")}, {}))
    assert (tmp_path / "output/.sitegen-x.html").is_file()
    assert (tmp_path / "output/.sitegen-y/index.html").is_file()


def claim(folder: Path, *paths: str) -> None:
    """Leave a manifest that names files as sitegen's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_bytes(msgspec.json.encode({"files": dict.fromkeys(paths, digest(b"what was there"))}))


@pytest.mark.parametrize("clean", [False, True])
def test_a_manifest_from_elsewhere_is_a_claim(tmp_path: Path, clean: bool) -> None:
    root, folder = write_site(tmp_path / "site", FILES), tmp_path / "served"
    claim(folder, "mine.txt", "below/mine.txt", "index.html", "left.txt", "../site/site.yaml")
    (folder / "below").mkdir()
    for name in ("mine.txt", "below/mine.txt"):
        (folder / name).write_text("mine", "utf-8")
    (folder / "left.txt").write_bytes(b"what was there")
    made = rebuild(root, output=folder, clean=clean)
    left = [found.arguments["output"] for found in made.build.problems if found.code == "left-behind"]
    assert left == ["below/mine.txt", "mine.txt"]
    again = rebuild(root, output=folder, clean=clean).build.problems
    assert [found.arguments["output"] for found in again if found.code == "left-behind"] == left, "until they are gone"
    assert (folder / "mine.txt").read_text("utf-8") == (folder / "below/mine.txt").read_text("utf-8") == "mine"
    assert not (folder / "left.txt").exists(), "with the digest that the manifest names it is ours"
    assert (root / "site.yaml").is_file()


@pytest.mark.parametrize("clean", [False, True])
@pytest.mark.parametrize("name", ["index.html", "vi", "vi/news/a/index.html"])
def test_a_manifest_from_elsewhere_overwrites_nothing(tmp_path: Path, name: str, clean: bool) -> None:
    root, folder = write_site(tmp_path / "site", FILES), tmp_path / "served"
    claim(folder, name)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("mine", "utf-8")
    with pytest.raises(SiteError) as raised:
        rebuild(root, output=folder, clean=clean)
    assert {*codes(raised.value.problems)} == {"foreign-file"}
    assert output_files(folder) == {name: b"mine"}


@pytest.mark.parametrize("clean", [False, True])
def test_a_manifest_that_was_changed_is_a_claim(tmp_path: Path, clean: bool) -> None:
    made = make(tmp_path, FILES)
    folder = tmp_path / "output"
    manifest = msgspec.json.decode((folder / MANIFEST).read_bytes())
    manifest["files"]["mine.txt"] = digest(b"x")
    (folder / MANIFEST).write_bytes(msgspec.json.encode(manifest))
    (folder / "mine.txt").write_text("mine", "utf-8")
    assert rebuild(tmp_path, clean=clean).files == {**made.files, "mine.txt": b"mine"}


@pytest.mark.parametrize("clean", [False, True])
@pytest.mark.parametrize("name", [MANIFEST, *NOTES, STAGING])
def test_links_in_place_of_what_is_sitegens_own(tmp_path: Path, beside: Path, name: str, clean: bool) -> None:
    root = tmp_path / "site"
    make(root, FILES)
    place = root / "output" / name
    place.unlink(missing_ok=True)
    place.symlink_to(beside / ("folder" if name == STAGING else "file"))
    before = seen(beside)
    write_site(root, {"content/news/b.vi.md": article("Edited")}, {})
    found = problems_of(root, {}, base={}, clean=clean)
    is_unknown = name == MANIFEST and clean  # then nothing else tells what was written here
    assert {*codes(found)} == ({"foreign-file"} if is_unknown else set())
    assert seen(beside) == before


def test_a_link_that_leads_away_from_the_output(tmp_path: Path, beside: Path) -> None:
    """Whoever wants the site there says so."""
    root = write_site(tmp_path / "site", FILES)
    (root / "output").symlink_to(beside / "folder")
    before = seen(beside)
    said = run("build", "--root", root)
    assert (said.status, seen(beside)) == (1, before)
    assert "output: error: This link on disk leads out of the site" in said.err
    assert run("build", "--root", root, "--output", root / "output").status == 2
    assert seen(beside) == before
    assert run("build", "--root", root, "--output", beside / "folder").status == 0
    assert (beside / "folder/vi/index.html").is_file()


@pytest.mark.parametrize(
    "name",
    [
        ".", "..", "content", "content/news", "content/new", "assets", "assets/x/y", "layouts", "fonts/x", "linked",
        "linked/x", FOLDER, f"{FOLDER}/made",
    ],
)  # fmt: skip
@pytest.mark.parametrize("clean", [False, True])
def test_an_output_among_sources_is_refused(tmp_path: Path, name: str, clean: bool) -> None:
    root = write_site(tmp_path / "site", {**FILES, "assets/mine.txt": "mine"})
    (root / "linked").symlink_to("assets")
    claim(root, "site.yaml")
    before = seen(root)
    said = run("build", "--root", root, "--output", root / name, *(["--clean"] if clean else []))
    assert said.status == 2
    assert said.err.startswith("--output: error: The output folder is, holds or lies in a folder of sources: ")
    assert seen(root) == before


@pytest.mark.parametrize(
    "wanted",
    [
        ["--section", "../../x"], ["--section", "a/../../.."], ["--section", "/abs"], ["--section", "..\\x"],
        ["--section", "C:\\x"], ["--section", "a//b"], ["--section", "."], ["--section", "a/q:r"],
        ["--section", "a\nb"], ["--section", "s" * 256], ["--key", "../x"], ["--key", ".."], ["--key", "k" * 256],
        ["--key", "/x"], ["--key", "_index"],
    ],
)  # fmt: skip
def test_new_articles_lie_in_the_site(tmp_path: Path, wanted: list[str]) -> None:
    root = write_site(tmp_path / "site", FILES)
    before = seen(tmp_path)
    said = run("new", "Title", "--root", root, *wanted)
    assert said.status == 2
    assert "cannot be" in said.err
    assert seen(tmp_path) == before


def test_new_articles_that_cannot_be_written(tmp_path: Path) -> None:
    root = write_site(tmp_path, {"content/news/index.vi.md": "---\ntitle: N\n---\n"})
    said = run("new", "Title", "--root", root, "--key", "index.vi.md")
    assert (said.status, "error: This file cannot be written: " in said.err) == (2, True)


@pytest.mark.parametrize("name", ["content", "content/news", "content/news/title", "content/news/title/index.vi.md"])
def test_new_articles_follow_no_link_out(tmp_path: Path, beside: Path, name: str) -> None:
    root = write_site(tmp_path / "site", {})
    if name == "content":
        shutil.rmtree(root / "content")
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).symlink_to(beside / "folder" if not name.endswith(".md") else beside / "new.md")
    before = seen(beside)
    said = run("new", "Title", "--root", root)
    assert said.status == 2
    assert "leads out of the site" in said.err
    assert seen(beside) == before


def test_a_new_site_follows_no_link_out(tmp_path: Path, beside: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "content").symlink_to(beside / "folder")
    before = seen(beside)
    said = run("init", tmp_path / "site")
    assert said.status == 2
    assert "leads out of the site" in said.err
    assert seen(beside) == before


def test_an_excerpt_shows_nothing_from_outside(tmp_path: Path, beside: Path) -> None:
    root = write_site(tmp_path / "site", {**FILES, "content/news/b.vi.md": article("B", "[x](nowhere.md)")})
    with pytest.raises(SiteError) as raised:
        rebuild(root)
    (root / "content/news/b.vi.md").unlink()
    (root / "content/news/b.vi.md").symlink_to(beside / "file")
    told = [unstyle(line) for line in excerpts(root, raised.value.problems, Words("en"))]
    assert not [line for line in told if SECRET.decode() in line]
