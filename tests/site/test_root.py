"""Files with fixed addresses at the site's root."""

from pathlib import Path

import pytest

from tests.support.photos import exif, saved, scene
from tests.support.previews import previewed
from tests.support.settled import settle
from tests.support.sites import SETTINGS, Content, article, codes, make, problems_of, rebuild, write_site

PHOTO = saved(scene(), "JPEG", exif=exif())
FILES: dict[str, Content] = {
    "content/about.vi.md": article("A", "[icon](/favicon.ico) ![x](/old/photo.jpg)", date=""),
    "assets/root/favicon.ico": b"\0\0\1\0",
    "assets/root/CNAME": "example.org\n",
    "assets/root/.nojekyll": "",
    "assets/root/.well-known/security.txt": "Contact: mailto:a@example.org\n",
    "assets/root/.well-known/.hidden": "x",
    "assets/root/old/photo.jpg": PHOTO,
    "assets/root/old/bài 1.html": "<script>1</script><p>\x07",
    "assets/root/old/site.css": "a { b: c( }",
    "assets/root/old/run.svg": "<svg><script>1</script></svg>",
    "assets/root/.git/config": "secret",
    "assets/root/.gitkeep": "",
    "assets/root/.DS_Store": "x",
    "assets/root/._x": "x",
    "assets/root/x~": "x",
    "assets/.hidden": "x",
}
PUBLISHED = sorted(
    path.removeprefix("assets/root/")
    for path in FILES
    if path.startswith("assets/root/") and not path.endswith(("config", "keep", "Store", "._x", "~"))
)


def test_a_site_with_files_at_its_root(tmp_path: Path) -> None:
    made = make(tmp_path, FILES)
    assert codes(made.build.problems) == []
    for path in PUBLISHED:
        content = FILES[f"assets/root/{path}"]
        assert made.files[path] == (content if isinstance(content, bytes) else str(content).encode())
    others = [path for path in made.files if not path.startswith(("vi/", "ja/", "en/", "assets/", "drawn/"))]
    made_anyway = {"404.html", "index.html", "robots.txt", "sitemap.xml"}
    assert sorted({*others} - made_anyway) == PUBLISHED
    assert 'href="/site/favicon.ico"' in made.text("vi/about/index.html")
    assert "favicon" not in made.text("sitemap.xml")


def test_edits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_site(tmp_path, FILES)
    settle(monkeypatch.setattr)
    rebuild(root)
    assert rebuild(root).build.memos["build"] == ""
    well_known = root / "assets/root/.well-known/security.txt"
    well_known.write_text("changed", "utf-8")
    done = rebuild(root)
    assert done.files[".well-known/security.txt"] == b"changed"
    assert (done.build.parsed, done.build.rendered) == (0, 0)
    well_known.unlink()
    assert ".well-known/security.txt" not in rebuild(root).files
    (root / "output/favicon.ico").write_bytes(b"spoilt")
    assert rebuild(root).files["favicon.ico"] == b"\0\0\1\0"
    assert rebuild(root).files == rebuild(root, clean=True).files


TAKEN: dict[str, tuple[dict[str, Content], str]] = {
    "assets/root/robots.txt": ({}, "layouts/robots.txt"),
    "assets/root/index.html": ({}, "layouts/chooser.html"),
    "assets/root/Sitemap.xml": ({}, "layouts/sitemap.xml"),
    "assets/root/404.html": ({}, "layouts/404.html"),
    "assets/root/vi": ({}, "search"),
    "assets/root/vi/feed.xml": ({}, "layouts/feed.xml"),
    "assets/root/.htaccess": ({"site.yaml": f"{SETTINGS}redirect_files: [apache]\n"}, "layouts/redirects/apache.txt"),
    "assets/root/.sitegen-manifest.json": ({}, "sitegen"),
    "assets/root/.sitegen-new/x": ({}, "sitegen"),
    "assets/root/files/news/x.pdf": (
        {"content/news/a.vi.md": article("A", "[x](x.pdf)"), "content/news/x.pdf": ""}, "content/news/x.pdf",
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", TAKEN)
def test_names_that_are_taken(tmp_path: Path, path: str) -> None:
    files, other = TAKEN[path]
    found = [each for each in problems_of(tmp_path, {path: "x", **files}) if each.severity == "error"]
    assert {each.code for each in found} == {"duplicate-address"}
    assert {path, other} <= {words for each in found for words in (each.place.path, each.arguments["other"])}


def test_the_address_of_an_article(tmp_path: Path) -> None:
    files: dict[str, Content] = {"assets/root/vi/about/index.html": "x", "content/about.vi.md": article("A", date="")}
    (found,) = problems_of(tmp_path, files)
    assert (found.code, found.place.path, found.arguments["other"]) == (
        "duplicate-address", "content/about.vi.md", "assets/root/vi/about/index.html",
    )  # fmt: skip


def test_links_on_disk(tmp_path: Path) -> None:
    files: dict[str, Content] = {"assets/root/a.txt": Path("../x.txt"), "assets/x.txt": "x"}
    assert make(tmp_path / "in", files).files["a.txt"] == b"x"
    assert codes(problems_of(tmp_path / "out", {"assets/root/a.txt": Path("/etc/hostname")})) == ["leads-outside"]


def test_pointers(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
    assert codes(problems_of(tmp_path, {"assets/root/a.pdf": pointer})) == ["git-pointer"]


def test_the_preview_serves_them(tmp_path: Path) -> None:
    root = write_site(tmp_path, FILES)
    with previewed(root) as preview:
        base = f"/{preview.address.split('/', 3)[3]}"
        assert preview.ask(f"{base}.well-known/security.txt").text == FILES["assets/root/.well-known/security.txt"]
        assert preview.ask(f"{base}old/b%C3%A0i%201.html").status == 200
        (root / "assets/root/.well-known/security.txt").write_text("changed", "utf-8")
        preview.until(f"{base}.well-known/security.txt", lambda answer: answer.text == "changed")
