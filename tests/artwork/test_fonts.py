"""Fonts that were remembered, and are no longer where they were or as they were."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from sitegen.artwork import fonts, shaping
from tests.support.sites import SETTINGS, article, codes, make, rebuild, write_site

A, B = "content/news/a/index.vi.md", "content/news/b/index.vi.md"
WITH_CARDS = SETTINGS.replace("share_cards: false\n", "")
SANS = next(path for path in fonts.packaged() if path.name.startswith("NotoSans["))


def rename(folder: Path) -> None:
    (folder / "Sans.ttf").rename(folder / "Other.ttf")


def replace(folder: Path) -> None:
    """By one that has few letters, without a word: neither the folder nor its times are others."""
    (folder / "Sans.ttf").write_bytes(b"no font")


def remove(folder: Path) -> None:
    (folder / "Sans.ttf").unlink()


def move(folder: Path) -> None:
    folder.rename(folder.with_name("phông chữ"))


CHANGES = [rename, replace, remove, move]


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of fonts that only fontconfig knows, in place of all others."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    shutil.copy(SANS, folder / "Sans.ttf")
    asked = tmp_path / "fc-match"
    asked.write_text(f"#!/bin/sh\nfor font in '{tmp_path}'/*/*.ttf; do echo \"$font\"; done\n", "utf-8")
    asked.chmod(0o755)
    monkeypatch.setattr(shaping, "packaged", tuple)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return folder


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.posix
@pytest.mark.usefixtures("settled")
def test_a_font_of_the_system_that_changes(tmp_path: Path, system: Path, change: Callable[[Path], None]) -> None:
    root = make_site(tmp_path / "site")
    change(system)
    for text in ({}, {B: article("Hai")}):
        again = rebuild(write_site(root, text, {}))
        clean = make(tmp_path / f"clean{len(text)}", {A: article("Một"), **text, "site.yaml": WITH_CARDS})
        assert (again.files, again.build.problems) == (clean.files, clean.build.problems)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.usefixtures("settled")
def test_a_font_of_the_site_that_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None]
) -> None:
    monkeypatch.setattr(shaping, "packaged", tuple)
    monkeypatch.setattr(shaping, "installed", lambda lang, letters: ())
    root = make_site(tmp_path / "site", {"fonts/latin/Sans.ttf": SANS.read_bytes()})
    change(root / "fonts/latin")
    (tmp_path / "clean").mkdir()
    for text in ({}, {B: article("Hai")}):
        again = rebuild(write_site(root, text, {}))
        shutil.copytree(root, tmp_path / f"clean{len(text)}", ignore=shutil.ignore_patterns("output", ".sitegen"))
        assert again.files == rebuild(tmp_path / f"clean{len(text)}").files


def make_site(root: Path, more: Mapping[str, bytes] = MappingProxyType({})) -> Path:
    made = make(root, {A: article("Một"), "site.yaml": WITH_CARDS, **more})
    assert [path for path in made.files if path.endswith(".png")]
    assert rebuild(root).build.written.written == ()
    return root


@pytest.mark.usefixtures("settled")
def test_a_site_that_is_moved(tmp_path: Path) -> None:
    """It remembers all but where it lay."""
    root = make_site(tmp_path / "site", {"fonts/Sans.ttf": SANS.read_bytes()})
    for place in ("trang mới", "d/e/f", "n" * 100):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        root = root.rename(tmp_path / place)
        again = rebuild(root)
        assert (again.build.written.written, again.build.rendered, again.build.parsed) == ((), 0, 0)
        again = rebuild(write_site(root, {A: article(place[:9])}, {}))
        shutil.copytree(root, tmp_path / "clean", ignore=shutil.ignore_patterns("output", ".sitegen"))
        assert again.files == rebuild(tmp_path / "clean").files
        shutil.rmtree(tmp_path / "clean")


@pytest.mark.usefixtures("settled")
def test_a_site_by_several_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In full, by a link to it, and from where one is."""
    root = make_site(tmp_path / "site", {"fonts/Sans.ttf": SANS.read_bytes()})
    (tmp_path / "link").symlink_to(root)
    monkeypatch.chdir(root)
    for path in (tmp_path / "link", Path(), Path("../link"), root):
        assert rebuild(path).build.written.written == ()


@pytest.mark.posix
def test_fonts_that_are_listed_and_are_not_there(tmp_path: Path, system: Path) -> None:
    """Fontconfig may remember what is gone."""
    (tmp_path / "fc-match").write_text(
        f"#!/bin/sh\necho {system}/Gone.ttf\necho {system}\necho {system}/Sans.ttf\n", "utf-8"
    )
    made = make(tmp_path / "site", {A: article("Một"), "site.yaml": WITH_CARDS})
    assert set(codes(made.build.problems)) <= {"no-card-font"}


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only there it can be seen")
def test_a_font_that_is_drawn_with_may_be_replaced(tmp_path: Path) -> None:
    """Which Windows allows nobody while a program has mapped it."""
    own = tmp_path / "Sans.ttf"
    shutil.copy(SANS, own)
    lettering = shaping.choose("Tiếng Việt", "vi", (own,))
    assert [face.file for family in lettering.families for face in family.faces] == [str(own)]
    for weight in (400, 700):
        assert shaping.drawn("Việt", lettering.families, weight, 60, "ltr").mask.getbbox()
    assert str(own) not in Path("/proc/self/maps").read_text("utf-8")
