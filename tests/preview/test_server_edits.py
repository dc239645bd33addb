"""What is saved is seen: every kind of edit, in every way that editors and version control make it."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.previews import PATIENCE, Preview, awaited, previewed
from tests.support.sites import SETTINGS, Content, article, output_files, rebuild, write_site

A, B = "content/news/a/index.vi.md", "content/news/b/index.vi.md"
PLAIN = {
    path.name: path.read_text("utf-8") for path in (Path(__file__).parents[1] / "support/plain/layouts").glob("*.*")
}


def drawing(width: int) -> str:
    return f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} 1'/>"


SITE: dict[str, Content] = {
    A: article("Một", "Alpha. ![p](p.svg)"),
    "content/news/a/p.svg": drawing(1),
    B: article("Hai", "Beta."),
    "content/news/c/index.vi.md": article("Ba", "Gamma."),
    "content/about.vi.md": article("About", "About.", date=""),
    "assets/css/extra.css": "p { color: #111 }",
    "layouts/parts/note.html": "",
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    with previewed(write_site(tmp_path_factory.mktemp("edited"), SITE)) as running:
        yield running


@pytest.fixture
def preview(shared: Preview) -> Preview:
    """The site as it was at first."""
    for path, text in SITE.items():
        target = shared.root / path
        if not target.is_file() or target.read_text("utf-8") != text:
            shared.write(path, str(text))
    settled(shared)
    return shared


def settled(preview: Preview) -> None:
    """Wait until what is served is what a clean build makes of the sources."""
    clean = rebuild(preview.root, output=preview.root / "clean", base_url=preview.address, now=None, clean=True).files
    ends = time.monotonic() + PATIENCE
    while (found := served(preview)) != clean:
        assert time.monotonic() < ends, differing(found, clean)
        time.sleep(0.05)
    shutil.rmtree(preview.root / "clean")


def served(preview: Preview) -> dict[str, bytes]:
    """The preview's files; none while some are being moved into place."""
    with suppress(FileNotFoundError):
        return output_files(preview.folder)
    return {}


def differing(found: dict[str, bytes], wanted: dict[str, bytes]) -> list[str]:
    return sorted(path for path in found.keys() | wanted.keys() if found.get(path) != wanted.get(path))


def test_only_the_pages_that_changed_reload(preview: Preview) -> None:
    with preview.line("vi/news/a/") as own, preview.line("vi/about/") as other, preview.line("__sitegen/") as overview:
        preview.write(A, article("Một", "Delta. ![p](p.svg)"))
        assert own.until("reload")["path"] == "/vi/news/a/"
        assert other.until_built() == ["built"]
        assert overview.until("reload")
    assert "Delta." in preview.ask("/vi/news/a/").text


def test_a_new_title_is_shown_in_the_lists(preview: Preview) -> None:
    with preview.line("vi/news/a/") as own, preview.line("vi/") as home:
        preview.write(A, article("Mới", "Alpha. ![p](p.svg)"))
        assert own.until("reload")
        assert home.until("reload")
    assert "Mới" in preview.ask("/vi/").text


def test_a_style_is_swapped(preview: Preview) -> None:
    name = "assets/css/theme.css" if (preview.root / "assets/css/theme.css").exists() else "assets/css/type.css"
    with preview.line("vi/news/a/") as line:
        preview.write(name, "main { color: #123 }")
        said = line.until("reload")
        assert said["path"] == "*.css"
        page = preview.ask("/vi/news/a/").text
        assert said["styles"]
        assert all(element in page for element in said["styles"])
        (preview.root / name).unlink()
        assert line.until("reload")["styles"] != said["styles"], "and back"


def test_a_style_for_a_client_that_knows_no_swapping(preview: Preview) -> None:
    from tests.support.previews import Listener

    with Listener(preview.address, "vi/news/a/", "", {}) as line:
        preview.write("assets/css/type.css", "main { color: #124 }")
        assert line.until("reload") == {"command": "reload", "path": "/vi/news/a/", "liveCSS": True}
        (preview.root / "assets/css/type.css").unlink()
        assert line.until("reload")
        preview.write(B, article("Hai", "Delta."))
        preview.until("/vi/news/b/", lambda answer: "Delta." in answer.text)
        assert line.hear(0.5) is None, "nor is it told what it cannot know"


def test_a_file_that_pages_show_by_name(preview: Preview) -> None:
    with preview.line("vi/news/a/") as own, preview.line("vi/news/b/") as other:
        preview.write("content/news/a/p.svg", drawing(3))
        assert own.until("reload")
        assert other.until_built()[-1] == "built"


def test_a_page_that_goes_and_one_that_comes(preview: Preview) -> None:
    with preview.line("vi/news/b/") as line:
        shutil.rmtree((preview.root / B).parent)
        assert line.until("reload")
    assert preview.ask("/vi/news/b/").status == 404
    with preview.line("vi/news/b/") as line:
        preview.write(B, article("Hai", "Back."))
        assert line.until("reload")
    assert "Back." in preview.ask("/vi/news/b/").text


def test_nothing_is_missed_between_loading_and_listening(preview: Preview) -> None:
    line = preview.line("vi/news/a/")
    line.close()
    preview.write(A, article("Một", "Epsilon. ![p](p.svg)"))
    preview.until("/vi/news/a/", lambda answer: "Epsilon." in answer.text)
    from tests.support.previews import Listener

    with Listener(preview.address, "vi/news/a/", "sitegen 1 0123 4567", {}) as late:
        assert late.hear() == {"command": "reload", "path": "/vi/news/a/", "liveCSS": True}
    with preview.line("vi/news/a/") as current:
        heard = iter(lambda: current.hear(0.3), None)
        assert {said["command"] for said in heard} <= {"built"}, "what is current is not loaded again"


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (A, article("Một", "Alpha.", tags=["nope"]), "nope"),
        ("site.yaml", "title: [", "site.yaml"),
        ("site.yaml", "", "site.yaml"),
        ("layouts/article.html", "{% if %}", "layouts/article.html"),
        ("layouts/article.html", "{{ 1 / 0 }}", "layouts/article.html"),
        ("content/tags.yaml", "\t", "content/tags.yaml"),
        ("assets/css/extra.css", "p { background: url(nothing.svg) }", "nothing.svg"),
    ],
)
def test_what_is_broken_is_said_and_mended(preview: Preview, path: str, text: str, said: str) -> None:
    target = preview.root / path
    before = target.read_text("utf-8") if target.exists() else None
    with preview.line("vi/about/") as line:
        preview.write(path, text)
        preview.until("/__sitegen/problems", lambda answer: said in answer.text)
        line.until("built")
        page = preview.ask("/vi/about/")
        assert (page.status, "About." in page.text, said in page.text) == (200, True, True), "over the last good page"
        preview.write(B, article("Hai", "While it is broken."))
        line.until("built")
        assert "While it is broken." not in preview.ask("/vi/news/b/").text
        if before is None:
            target.unlink()
        else:
            preview.write(path, before)
        preview.until("/vi/news/b/", lambda answer: "While it is broken." in answer.text)
        line.until("built")
    assert preview.ask("/__sitegen/problems").text == ""


def test_settings_that_go_away(preview: Preview) -> None:
    (preview.root / "site.yaml").rename(preview.root / "other.yaml")
    preview.until("/__sitegen/problems", lambda answer: "There is no site.yaml here." in answer.text)
    assert "Alpha." in preview.ask("/vi/news/a/").text
    (preview.root / "other.yaml").rename(preview.root / "site.yaml")
    preview.until("/__sitegen/problems", lambda answer: answer.text == "")


def test_all_content_goes_away_and_comes_back(preview: Preview) -> None:
    (preview.root / "content").rename(preview.root / "kept")
    preview.until("/vi/news/a/", lambda answer: answer.status == 404)
    (preview.root / "kept").rename(preview.root / "content")
    preview.until("/vi/news/a/", lambda answer: answer.status == 200)
    preview.write(A, article("Một", "Once more. ![p](p.svg)"))
    preview.until("/vi/news/a/", lambda answer: "Once more." in answer.text)


def by_rename(target: Path, text: str) -> None:
    """As most editors save: a file beside it takes its place."""
    other = target.with_name(f".{target.name}.tmp")
    other.write_text(text, "utf-8")
    os.replace(other, target)


def by_backup(target: Path, text: str) -> None:
    """As Vim may: the old one steps aside."""
    target.rename(f"{target}~")
    target.write_text(text, "utf-8")
    Path(f"{target}~").unlink()


def by_deletion(target: Path, text: str) -> None:
    target.unlink()
    target.write_text(text, "utf-8")


def by_folder(target: Path, text: str) -> None:
    """A whole folder takes the place of another, as programs do that synchronize."""
    folder = target.parent
    new = shutil.copytree(folder, folder.with_name("new"))
    (new / target.name).write_text(text, "utf-8")
    moved(folder, folder.with_name("old"))
    moved(new, folder)
    shutil.rmtree(folder.with_name("old"))


def moved(folder: Path, target: Path) -> None:
    """Windows refuses it while somebody reads what is in a folder, so programs try again."""

    def is_moved() -> bool:
        with suppress(PermissionError):
            folder.rename(target)
        return target.exists()

    awaited(is_moved)


def in_pieces(target: Path, text: str) -> None:
    data = text.encode()
    with target.open("wb", buffering=0) as file:
        for start in range(0, len(data), 7):
            file.write(data[start : start + 7])


@pytest.mark.parametrize("save", [by_rename, by_backup, by_deletion, by_folder, in_pieces])
def test_every_way_to_save(preview: Preview, save: Callable[[Path, str], None]) -> None:
    target = preview.root / A
    for number in range(5):
        save(target, article("Một", f"Saved {number}. ![p](p.svg)"))
        preview.until("/vi/news/a/", lambda answer, number=number: f"Saved {number}." in answer.text)  # type: ignore[misc]
    settled(preview)


def test_folders_are_moved_and_edited_where_they_went(preview: Preview) -> None:
    news = preview.root / "content" / "news"
    (news / "c").rename(news / "moved")
    preview.until("/vi/news/moved/", lambda answer: answer.status == 200)
    assert preview.ask("/vi/news/c/").status == 404
    preview.write("content/news/moved/index.vi.md", article("Ba", "After the move."))
    preview.until("/vi/news/moved/", lambda answer: "After the move." in answer.text)
    (news / "moved").rename(preview.root / "aside")
    preview.until("/vi/news/moved/", lambda answer: answer.status == 404)
    (news / "deep" / "er").mkdir(parents=True)
    (preview.root / "aside").rename(news / "deep" / "er" / "c")
    preview.until("/vi/news/deep/er/c/", lambda answer: answer.status == 200)
    preview.write("content/news/deep/er/c/index.vi.md", article("Ba", "Deep."))
    preview.until("/vi/news/deep/er/c/", lambda answer: "Deep." in answer.text)
    shutil.rmtree(news / "deep")
    preview.until("/vi/news/deep/er/c/", lambda answer: answer.status == 404)


def test_folders_that_were_not_there(preview: Preview) -> None:
    shutil.rmtree(preview.root / "layouts")
    preview.write("layouts/article.html", "<!doctype html><html lang=vi><title>x</title><body>mine {{ article.title }}")
    preview.until("/vi/news/a/", lambda answer: "mine Một" in answer.text)
    preview.write("layouts/article.html", "<!doctype html><html lang=vi><title>x</title><body>mine too")
    preview.until("/vi/news/a/", lambda answer: "mine too" in answer.text)
    shutil.rmtree(preview.root / "layouts")
    preview.until("/vi/news/a/", lambda answer: "Alpha." in answer.text)


def test_new_settings_make_another_site(preview: Preview) -> None:
    with preview.line("vi/") as line:
        preview.write("site.yaml", SETTINGS.replace("Thử", "Khác"))
        assert line.until("reload")
    assert "Khác" in preview.ask("/vi/").text
    preview.write("site.yaml", SETTINGS)
    preview.until("/vi/", lambda answer: "Khác" not in answer.text)


def test_polling_sees_it_too(tmp_path: Path) -> None:
    with previewed(write_site(tmp_path, SITE), "--poll") as running:
        running.write(A, article("Một", "Seen."))
        running.until("/vi/news/a/", lambda answer: "Seen." in answer.text)
        (tmp_path / "content").rename(tmp_path / "kept")
        running.until("/vi/news/a/", lambda answer: answer.status == 404)
        (tmp_path / "kept").rename(tmp_path / "content")
        running.until("/vi/news/a/", lambda answer: answer.status == 200)


def git(root: Path, *arguments: str) -> None:
    settings = (
        "-c",
        "user.name=n",
        "-c",
        "user.email=e@example.org",
        "-c",
        "init.defaultBranch=main",
        "-c",
        "gc.auto=0",
    )
    subprocess.run(["git", *settings, *arguments], cwd=root, check=True, capture_output=True)


def test_bursts_and_branches_and_no_more_memory(tmp_path: Path) -> None:
    """A thousand saves at once, branches to and fro: what is served is what a clean build makes, and nothing is left
    over in memory."""
    root = write_site(tmp_path, {**SITE, ".gitignore": ".sitegen\nclean\n"})
    git(root, "init")
    git(root, "add", "-A")
    git(root, "commit", "-m", "one")
    git(root, "checkout", "-b", "other")
    for number in range(30):
        write_site(root, {f"content/events/e{number}/index.vi.md": article(f"E{number}", "Event.")}, {})
    (root / "content/news/c").rename(root / "content/events/c")
    (root / B).unlink()
    write_site(root, {A: article("Khác", "Other branch.")}, {})
    git(root, "add", "-A")
    git(root, "commit", "-m", "two")
    git(root, "checkout", "main")
    with previewed(root) as running:

        def burst(count: int) -> None:
            for number in range(count):
                name = ("a", "b", "c")[number % 3]
                by_rename(root / f"content/news/{name}/index.vi.md", article(f"T{number % 7}", f"Burst {number}."))
            running.until("/vi/news/a/", lambda answer: f"Burst {(count - 1) // 3 * 3}." in answer.text)

        def switch() -> None:
            git(root, "checkout", "-f", "other")
            running.until("/vi/news/a/", lambda answer: "Other branch." in answer.text)
            git(root, "checkout", "main")
            running.until("/vi/news/a/", lambda answer: "Alpha." in answer.text)

        for _ in range(3):
            burst(100)
            switch()
        running.quiet()
        before = running.memory()
        for _ in range(2):
            burst(1000)
            switch()
        running.quiet()
        assert running.memory() < 1.1 * before
        burst(1000)
        git(root, "checkout", "-f", "other")
        settled(running)
