"""Files that are larger than the memory: copied in pieces, and published as the very bytes that were looked at."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sitegen.build import build
from sitegen.build.run import Options, Workers
from sitegen.build.watchdog import Watchdog
from sitegen.files import PIECE, Unread, read_bytes, read_pieces
from sitegen.problems import SiteError
from sitegen.text import LARGEST
from tests.support.sites import NOW, article, codes, make, output_files, problems_of, rebuild, write_site

A = "content/news/a/index.vi.md"
FILM = "content/news/a/film.mp4"
OFFERED = {A: article("A", "[film](film.mp4)", attachments=[{"src": "film.mp4"}])}
SIZE = 300_000_000

PEAK = """
import json, sys
from pathlib import Path
from sitegen.build import build
from tests.support.plain_theme import use_plain_theme

use_plain_theme(setattr)
done = build(Path(sys.argv[1]))
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))  # that of this program alone
print(json.dumps([len(done.written.written), int(peak.split()[1]) * 1024]))
"""


def sparse(place: Path, size: int = SIZE) -> None:
    """A file of so many zeros, which take no room."""
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.open("wb") as file:
        file.truncate(size)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only there a program can ask what it took")
@pytest.mark.parametrize("name", [FILM, "assets/root/film.mp4", "fonts/large.ttf", "content/news/a/notes.bin"])
def test_a_large_file_takes_no_memory(memory: Path, name: str) -> None:
    """Whether it is published or only lies there, at the first build and at the next."""
    root = write_site(memory, OFFERED if name == FILM else {A: article("A")})
    sparse(root / name)
    for text in ("A", "B"):
        write_site(root, {"content/news/b/index.vi.md": article(text)}, {})
        done = subprocess.run([sys.executable, "-c", PEAK, root], check=True, capture_output=True)
        written, peak = json.loads(done.stdout)
        assert written > 0
        assert peak < SIZE
    published = {FILM: "output/files/news/a/film.mp4", "assets/root/film.mp4": "output/film.mp4"}
    if name in published:
        assert (root / published[name]).stat().st_size == SIZE


@pytest.mark.parametrize("name", ["content/x.vi.md", "layouts/x.html", "assets/x.css", "site.yaml"])
def test_what_is_read_as_a_whole_may_not_be_too_large(memory: Path, name: str) -> None:
    root = write_site(memory, {A: article("A")})
    sparse(root / name, 4 * LARGEST)
    assert "file-too-large" in codes(problems_of(root, {}, base={}))


def test_pieces_are_put_together_as_they_were(tmp_path: Path) -> None:
    film = bytes(range(256)) * (2 * PIECE // 256) + b"end"
    made = make(tmp_path, {**OFFERED, FILM: film, "assets/root/film": film})
    assert made.files["files/news/a/film.mp4"] == made.files["film"] == film
    again = rebuild(tmp_path, clean=True)
    assert again.files == made.files


@pytest.mark.parametrize("name", [FILM, "assets/root/film"])
@pytest.mark.parametrize("change", [b"other", b"fil", b"films", None])
def test_a_file_that_changes_before_it_is_copied(tmp_path: Path, name: str, change: bytes | None) -> None:
    """It is as long as it was, shorter, longer or gone; no page tells of one file while readers get another."""
    root = write_site(tmp_path, {**OFFERED, FILM: b"film!", "assets/root/film": b"film!"})
    first = rebuild(root)
    write_site(root, {name: b"newer"}, {})

    def meanwhile(step: str, done: int, total: int) -> None:
        if step == "render" and not done:
            (root / name).unlink()
            if change is not None:
                (root / name).write_bytes(change)

    with pytest.raises(SiteError) as raised:
        build(root, Options(now=NOW, index=False, clean=True), meanwhile)
    assert codes(raised.value.problems) == ["changed-meanwhile"]
    assert output_files(root / "output") == first.files


def test_a_file_that_grows_while_it_is_read(tmp_path: Path) -> None:
    """However fast: its end is where it was when it was opened."""
    place = tmp_path / "film"
    place.write_bytes(bytes(PIECE))
    pieces = read_pieces(str(place), "film")
    place.write_bytes(place.read_bytes() + next(pieces))
    with pytest.raises(Unread) as raised:
        next(pieces)
    assert raised.value.problem.code == "changed-meanwhile"
    assert isinstance(read_bytes(str(place), "film"), bytes)


def test_a_large_file_may_take_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = {}

    class Noting(Watchdog):
        def begin(self, path: str, pieces: int = 1) -> None:
            begun[path] = pieces
            super().begin(path, pieces)

    monkeypatch.setattr("sitegen.build.picture_files.GIGABYTE", 100)
    make(tmp_path, {**OFFERED, FILM: bytes(250)}, workers=Workers(watchdog=Noting()))
    assert begun[FILM] == 3
