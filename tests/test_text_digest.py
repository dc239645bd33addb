"""The digest that systems compare depends on texts, and these on no encoder of pictures and no font of the machine."""

from hashlib import sha256
from pathlib import Path

import pytest

from sitegen.artwork import fonts
from sitegen.build import picture_files
from sitegen.build.run import Workers
from tests.support.photos import photo
from tests.support.sites import SETTINGS, Content, article, make
from tests.support.text_digest import lines


def test_texts_alone_are_in_it(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name, data in (("b.html", "Hội"), ("a/z.svg", ""), ("B", "B"), (".sitegen-manifest.json", "{}")):
        (tmp_path / name).write_bytes(data.encode())
    (tmp_path / "x.png").write_bytes(b"\x89PNG")
    (tmp_path / "x.avif").write_bytes(b"\0\0ftyp")
    found = lines(tmp_path)
    *listed, whole = found.splitlines()
    assert [line[66:] for line in listed] == ["B", "a/z.svg", "b.html"]
    assert listed[-1].startswith(sha256("Hội".encode()).hexdigest())
    assert whole[:64] == sha256(found[: found.rindex(whole)].encode()).hexdigest()
    (tmp_path / "b.html").write_text("Hoi", "utf-8")
    assert lines(tmp_path).splitlines()[-1] != whole


def test_pages_name_pictures_by_what_they_are_made_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So an encoder that gives other bytes, as for another processor, changes no page, feed or address."""
    site: dict[str, Content] = {
        "site.yaml": SETTINGS.replace("share_cards: false\n", ""),
        "content/news/a/index.vi.md": article("Hội thảo 会議", "![Rừng](photo.jpg)"),
        "content/news/a/photo.jpg": photo(),
    }
    one = make(tmp_path / "one", site, workers=Workers(1)).files
    real = picture_files.make
    monkeypatch.setattr(picture_files, "make", lambda *given: (data + b"\0" for data in real(*given)))
    monkeypatch.setattr(fonts, "font_folders", tuple)
    monkeypatch.setenv("PATH", "")
    other = make(tmp_path / "other", site, workers=Workers(1)).files
    changed = {path for path in one if one[path] != other.get(path)}
    assert {path.partition("/")[0] for path in changed} == {"cards", "pictures"}
    assert one.keys() == other.keys()
    assert lines(tmp_path / "one/output") == lines(tmp_path / "other/output")
