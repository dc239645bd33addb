"""Names of which only the case or the normal form changes, on disks that tell these apart and on those that do not."""

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from sitegen.build.manifest import read_manifest
from sitegen.build.output import OutputError
from sitegen.files import MANIFEST, NOTES, STAGING
from tests.build.test_output import write
from tests.support.folding import fold_below, require_exact
from tests.support.photos import photo
from tests.support.sites import Content, article, codes, make, output_files, problems_of, rebuild

BEFORE = {"vi/Ha-Noi/index.html": b"1", "vi/Ha-Noi/Tin/a.html": b"2", "Report.pdf": b"3", "index.html": b"4"}
AFTER = {"vi/ha-noi/index.html": b"5", "vi/ha-noi/tin/a.html": b"2", "report.pdf": b"6", "index.html": b"4"}


@pytest.fixture(params=["folds", "tells apart"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An output folder on each kind of disk."""
    if request.param == "folds":
        fold_below(tmp_path, monkeypatch)
    else:
        require_exact(tmp_path)
    return tmp_path / "output"


def test_the_new_spelling_is_written(folder: Path) -> None:
    write(folder, BEFORE)
    written = write(folder, AFTER)
    assert ({*written.kept}, written.left) == ({"index.html"}, ())
    assert output_files(folder) == AFTER
    assert read_manifest(folder).files.keys() == AFTER.keys()
    assert write(folder, AFTER).written == ()
    write(folder, BEFORE)
    assert output_files(folder) == BEFORE


def test_what_others_put_into_a_folder_stays_there(folder: Path, request: pytest.FixtureRequest) -> None:
    write(folder, BEFORE)
    (folder / "vi/Ha-Noi/mine.txt").write_text("mine", "utf-8")
    write(folder, AFTER)
    mine = "ha-noi" if request.node.callspec.params["folder"] == "folds" else "Ha-Noi"
    assert output_files(folder) == AFTER | {f"vi/{mine}/mine.txt": b"mine"}


def test_the_same_content_in_another_spelling(folder: Path) -> None:
    write(folder, {"a/A.pdf": b"1", "b": b"2"})
    write(folder, {"a/a.pdf": b"1", "b": b"2"})
    assert output_files(folder) == {"a/a.pdf": b"1", "b": b"2"}


def test_a_file_becomes_a_folder_in_another_spelling_and_a_folder_a_file(folder: Path) -> None:
    write(folder, {"Old": b"1", "New/a/b": b"2"})
    write(folder, {"old/x": b"3", "new": b"4"})
    assert output_files(folder) == {"old/x": b"3", "new": b"4"}


@pytest.mark.parametrize("cut", ["moved", "noted"])
def test_a_build_cut_short_has_named_both(folder: Path, monkeypatch: pytest.MonkeyPatch, cut: str) -> None:
    """Nothing is lost, whatever the manifest says of the old spelling."""
    write(folder, BEFORE)
    with monkeypatch.context() as patch:
        stop_at(patch, "move_content" if cut == "moved" else "replace", NOTES[1])
        with pytest.raises(KeyboardInterrupt):
            write(folder, AFTER)
    assert read_manifest(folder).files.keys() == BEFORE.keys() | AFTER.keys()
    written = write(folder, AFTER)
    assert (output_files(folder), written.left) == (AFTER, ())
    assert ({*read_manifest(folder).files}, read_manifest(folder).left) == ({*AFTER}, ())
    assert write(folder, AFTER).written == ()


def stop_at(patch: pytest.MonkeyPatch, name: str, source: str) -> None:
    """Break off before a step of the publication."""
    from sitegen.build import output

    do = getattr(output, name)

    def stop(place: object, *rest: object, **words: object) -> None:
        if name == "move_content" or str(place).endswith(source):
            raise KeyboardInterrupt
        do(place, *rest, **words)

    patch.setattr(output, name, stop)


@pytest.mark.parametrize("is_sealed", [True, False])
def test_somebodys_file_in_another_spelling(folder: Path, request: pytest.FixtureRequest, is_sealed: bool) -> None:
    """It is in the way where the disk does not tell it from ours; where it does, it stays."""
    write(folder, {"a/index.html": b"1"})
    if not is_sealed:
        (folder / MANIFEST).write_bytes((folder / MANIFEST).read_bytes())
    (folder / "a/Mine.txt").write_text("mine", "utf-8")
    if request.node.callspec.params["folder"] == "folds":
        with pytest.raises(OutputError) as raised:
            write(folder, {"a/mine.txt": b"2"})
        assert codes(raised.value.problems) == ["foreign-file"]
        assert output_files(folder) == {"a/Mine.txt": b"mine", "a/index.html": b"1"}
    else:
        write(folder, {"a/mine.txt": b"2"})
        assert output_files(folder) == {"a/Mine.txt": b"mine", "a/mine.txt": b"2"}


def test_a_disk_is_not_taken_for_another(tmp_path: Path) -> None:
    require_exact(tmp_path)
    write(tmp_path, {"a": b"1"})
    (tmp_path / STAGING.upper()).mkdir()
    (tmp_path / "VI").mkdir()
    (tmp_path / "VI/mine").write_text("mine", "utf-8")
    write(tmp_path, {"a": b"1", "vi/a": b"1"})
    assert output_files(tmp_path) == {"VI/mine": b"mine", "a": b"1", "vi/a": b"1"}


def test_somebodys_file_in_the_new_spelling(tmp_path: Path) -> None:
    """On a disk that tells them apart it is another file, which is not ours."""
    require_exact(tmp_path)
    write(tmp_path, {"Report.pdf": b"1"})
    (tmp_path / "report.pdf").write_bytes(b"mine")
    with pytest.raises(OutputError) as raised:
        write(tmp_path, {"report.pdf": b"2"})
    assert codes(raised.value.problems) == ["foreign-file"]
    assert output_files(tmp_path) == {"Report.pdf": b"1", "report.pdf": b"mine"}


def test_a_disk_that_decomposes_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of ours that such a disk spells in NFD may become a file."""
    fold_below(tmp_path, monkeypatch)
    folder = tmp_path / "output"
    write(folder, {"tin/É.html": b"1", "x": b"2"})
    if not (folder / unicodedata.normalize("NFD", "tin/É.html")).exists():
        pytest.skip("this disk tells normal forms apart")
    (folder / "tin/É.html").rename(folder / unicodedata.normalize("NFD", "tin/É.html"))
    (folder / "tin").rename(folder / "tín")
    (folder / "tín").rename(folder / "tin")
    write(folder, {"tin": b"3", "x": b"2"})
    assert output_files(folder) == {"tin": b"3", "x": b"2"}


def test_a_disk_that_tells_normal_forms_apart_but_not_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As NTFS does: somebody's file with the name of ours in NFD stays."""
    fold_below(tmp_path, monkeypatch, str.casefold)
    folder = tmp_path / "output"
    write(folder, {"Tin/a": b"1"})
    mine = folder / unicodedata.normalize("NFD", "Tin/é.html")
    mine.write_text("mine", "utf-8")
    if (folder / "Tin/é.html").exists():
        pytest.skip("this disk does not")
    write(folder, {"tin/a": b"1", "tin/é.html": b"2"})
    assert output_files(folder) == {"tin/a": b"1", "tin/é.html": b"2", f"tin/{mine.name}": b"mine"}


def test_a_site_whose_address_changes_its_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fold_below(tmp_path, monkeypatch)
    path, text = "content/news/a.vi.md", "[x](Report.pdf)"
    make(tmp_path, {path: article("A", text, slug="Ha-Noi"), "content/news/Report.pdf": "1"})
    (tmp_path / "content/news/Report.pdf").rename(tmp_path / "content/news/report.pdf")
    (tmp_path / path).write_text(article("A", text.lower(), slug="ha-noi"), "utf-8")
    made = rebuild(tmp_path)
    assert {"vi/news/ha-noi/index.html", "files/news/report.pdf"} <= made.files.keys()
    assert made.build.problems == ()
    monkeypatch.undo()
    clean = rebuild(tmp_path, output=tmp_path / "clean", clean=True)
    assert clean.files == made.files


def test_names_in_other_letters_lead_nowhere_on_any_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a text, a layout or a style sheet names is looked for among the names of sources, and never on the disk."""
    head: dict[str, Any] = {
        "image": {"src": "Photo.JPG", "alt": ""},
        "attachments": [{"src": "Data.csv"}],
        "layout": "Article.html",
    }
    text = "![p](Photo.JPG) [q](PLAN.pdf) [b](B.md) [c](../News/b.md) [d](/vi/NEWS/b/) [e](../Files/x.pdf)"
    files: dict[str, Content] = {
        "content/news/a.vi.md": article("A", text, **head),
        "content/news/b.vi.md": article("B"),
        "content/news/photo.jpg": photo(),
        "content/news/plan.pdf": "%PDF",
        "content/news/data.csv": "1",
        "content/files/x.pdf": "%PDF",
        "layouts/section.html": '{% extends "theme/Section.html" %}{% include "parts/Footer.html" %}',
        "layouts/page.html": '{{ asset("CSS/site.css") }}',
        "content/p.vi.md": article("P", date=""),
        "assets/css/own.css": "a { background: url(Own.png) } @import 'SITE.css';",
        "assets/css/own.png": b"",
    }
    told = [problems_of(tmp_path / "exact", files)]
    (tmp_path / "folds").mkdir()
    fold_below(tmp_path / "folds", monkeypatch)
    told.append(problems_of(tmp_path / "folds", files))
    assert told[0] == told[1]
    nearest = {found.arguments.get("nearest") for found in told[0]}
    assert {"photo.jpg", "plan.pdf", "data.csv", "b.md", "/vi/news/b/", "article.html", "css/own.png"} <= nearest
