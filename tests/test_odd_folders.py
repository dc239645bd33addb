"""What a disk may hold besides files in folders: circles of links, links that multiply, pipes, folders in folders."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sitegen.sources import MOST_LINKED, find
from sitegen.system.disk import remove_folder
from tests.support.sites import SETTINGS, article, make, problems_of, run, write_site

pytestmark = pytest.mark.posix

A = "content/news/a/index.vi.md"


@pytest.fixture(autouse=True)
def _removed(tmp_path: Path) -> Iterator[None]:
    """No other tool removes folders that lie so deep."""
    yield
    remove_folder(tmp_path)


def found(root: Path) -> list[tuple[str, str]]:
    """What is wrong with the sources of a site: code and path."""
    return sorted({(problem.code, problem.place.path) for problem in find(root)[1]})


def deep(folder: Path, depth: int, name: str = "d") -> int:
    """Make folders in folders, which no path could name. Returns a descriptor of the last."""
    folder.mkdir(parents=True, exist_ok=True)
    at = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=at)
        below = os.open(name, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    return at


@pytest.mark.parametrize("target", [".", "..", "../../content", "../x/../news", "../other/back"])
def test_a_link_to_a_folder_that_it_lies_in(tmp_path: Path, target: str) -> None:
    links = {"content/news/link": Path(target), "content/other/back": Path("../news")}
    assert ("leads-in-a-circle", "content/news/link") in found(write_site(tmp_path, {A: article("A"), **links}))


def test_a_circle_through_several_folders(tmp_path: Path) -> None:
    files = {f"content/n{n}/next": Path(f"../n{(n + 1) % 4}") for n in range(4)}
    assert [code for code, _ in found(write_site(tmp_path, files))] == ["leads-in-a-circle"] * 4


@pytest.mark.parametrize("name", ["site.yaml", "content", "layouts", "content/news/x.vi.md", "fonts/x.ttf"])
@pytest.mark.parametrize("length", [1, 2, 5000])
def test_links_that_end_nowhere_but_in_each_other(tmp_path: Path, name: str, length: int) -> None:
    root = write_site(tmp_path, {})
    links = [root / name, *(tmp_path / f"l{n}" for n in range(length - 1))]
    for link, target in zip(links, [*links[1:], links[0]], strict=True):
        if link.is_dir():
            link.rename(tmp_path / "kept")
        link.unlink(missing_ok=True)
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(target)
    assert ("leads-in-a-circle", name) in found(root)


@pytest.mark.parametrize("ways", [2, 9])
def test_links_that_multiply(tmp_path: Path, ways: int) -> None:
    """Thirty folders, each with links to the next: there would be 2^30 paths to the last."""
    files = {f"content/n{n}/l{way}": Path(f"../n{n + 1}") for n in range(30) for way in range(ways)}
    root = write_site(tmp_path, {A: article("A"), **files, "content/n30/plan.txt": "Plan"})
    sources, problems = find(root)
    assert [problem.code for problem in problems] == ["too-many-behind-links"]
    assert {path for path in sources if path.startswith("content/n3")} == {"content/n30/plan.txt"}


def test_a_folder_that_several_links_lead_to(tmp_path: Path) -> None:
    shared = {f"shared/{n}.txt": "" for n in range(3)}
    links = {f"content/news/a{n}/shared": Path("../../../shared") for n in range(50)}
    sources, problems = find(write_site(tmp_path, {**shared, **links}))
    assert (len([path for path in sources if path.startswith("content/news/a")]), problems) == (150, ())
    assert MOST_LINKED > 150


@pytest.mark.parametrize("length", [30, 5000])
def test_files_behind_very_many_links(tmp_path: Path, length: int) -> None:
    """Some forty of them the system follows."""
    links = {f"content/news/l{n}.txt": Path(f"l{n + 1}.txt") for n in range(length)}
    sources, problems = find(write_site(tmp_path, {**links, f"content/news/l{length}.txt": "Plan"}))
    assert {problem.code for problem in problems} == ({"leads-in-a-circle"} if length > 40 else set())
    assert len([path for path in sources if path.startswith("content/news/l")]) == length + 1 - len(problems)


FOLDERS = ["content", "content/news/a", "assets", "assets/root", "layouts", "layouts/locales", "fonts"]


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("depth", [1100, 3000])
def test_sources_that_lie_very_deep(tmp_path: Path, folder: str, depth: int) -> None:
    os.close(deep(write_site(tmp_path, {A: article("A")}) / folder, depth))
    ((code, path),) = found(tmp_path)
    assert (code, path.count("/")) == ("lies-too-deep", 100)


def test_long_names_in_long_names(tmp_path: Path) -> None:
    os.close(deep(write_site(tmp_path, {A: article("A")}) / "content/news/a", 20, "n" * 250))
    assert [code for code, _ in found(tmp_path)] == ["lies-too-deep"]


def test_what_lies_deep_may_be_excluded(tmp_path: Path) -> None:
    root = write_site(tmp_path, {A: article("A"), "site.yaml": f"{SETTINGS}exclude: [old/]\n"})
    os.close(deep(root / "content/old", 1100))
    assert run("build", "--root", root).status == 0


@pytest.mark.parametrize("folder", ["output", "output/vi", "output/.sitegen-new", ".sitegen", ".sitegen/made"])
def test_what_lies_deep_where_builds_write(tmp_path: Path, folder: str) -> None:
    os.close(deep(write_site(tmp_path, {A: article("A")}) / folder, 3000))
    said = run("build", "--root", tmp_path)
    assert said.status == 0, said.err
    assert not (tmp_path / "output/.sitegen-new").exists()


def test_an_address_that_would_lie_very_deep(tmp_path: Path) -> None:
    alias = "/" + "a/" * 400
    assert [one.code for one in problems_of(tmp_path, {A: article("A", aliases=[alias])})] == ["invalid-path"]


def pipe(place: Path) -> None:
    os.mkfifo(place)


def listen(place: Path) -> None:
    before = Path.cwd()
    os.chdir(place.parent)  # such a name may not be long
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place.name)
    os.chdir(before)


@pytest.mark.parametrize("made", [pipe, listen, Path.mkdir])
@pytest.mark.parametrize("name", ["site.yaml", "content/tags.yaml", "content/sources.yaml"])
def test_what_is_no_file(tmp_path: Path, name: str, made: Callable[[Path], None]) -> None:
    root = write_site(tmp_path, {A: article("A")})
    (root / name).unlink(missing_ok=True)
    made(root / name)
    assert found(root) == [("not-a-file", name)]
    said = run("build", "--root", root)
    assert said.status == (2 if name == "site.yaml" else 1)
    assert run("new", "X", "--root", root).status == (2 if name == "site.yaml" else 0)


@pytest.mark.parametrize("made", [pipe, listen])
@pytest.mark.parametrize(
    "name",
    ["content/news/b.vi.md", "assets/x.css", "assets/root/x", "layouts/x.html", "layouts/locales/vi.po", "fonts/x"],
)
def test_what_is_neither_file_nor_folder(tmp_path: Path, name: str, made: Callable[[Path], None]) -> None:
    root = write_site(tmp_path, {A: article("A")})
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    made(root / name)
    assert found(root) == [("not-a-file", name)]


@pytest.mark.parametrize("name", ["content", "layouts", "assets", "fonts"])
@pytest.mark.parametrize("made", [Path.touch, pipe])
def test_what_should_be_a_folder(tmp_path: Path, name: str, made: Callable[[Path], None]) -> None:
    root = write_site(tmp_path, {}, {"site.yaml": SETTINGS})
    made(root / name)
    assert found(root) == [("not-a-folder", name)]


@pytest.mark.parametrize("name", ["content", "site.yaml", "content/news/b.vi.md", "assets/x.css"])
def test_a_link_to_nothing(tmp_path: Path, name: str) -> None:
    """What was there before would be taken away from readers without a word."""
    made = make(tmp_path, {A: article("A")})
    (tmp_path / "kept").mkdir()
    if (tmp_path / name).exists():
        (tmp_path / name).rename(tmp_path / "kept/x")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).symlink_to(tmp_path / "nothing")
    assert found(tmp_path) == [("leads-nowhere", name)]
    assert run("build", "--root", tmp_path).status == (2 if name == "site.yaml" else 1)
    assert (tmp_path / "output/vi/news/a/index.html").read_bytes() == made.files["vi/news/a/index.html"]
