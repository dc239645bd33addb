"""What the paths of content files say, and how many ways there are to say something else than was meant."""

import os
import unicodedata
from pathlib import Path

import pytest

from sitegen.config.paths import Identity, check_folders, check_names, identify
from sitegen.leftovers import is_passed_over
from sitegen.problems import Problem
from sitegen.sources import find
from sitegen.text import unportable
from tests.support.folding import require_forms
from tests.support.sites import article, codes, make, problems_of, write_site

LANGUAGES = ("vi", "ja", "en", "pt_BR")


def read(path: str) -> Identity | Problem:
    return identify(f"content/{path}", LANGUAGES, "vi")


MEANT = {
    "a.md": Identity("page", "", "a", "vi"),
    "a.VI.md": Identity("page", "", "a", "vi", "vi"),
    "a.ja.MD": Identity("page", "", "a", "ja", "ja"),
    "a.ja.Markdown": Identity("page", "", "a", "ja", "ja"),
    "a.pt-br.md": Identity("page", "", "a", "pt_BR", "pt_BR"),
    "vi.md": Identity("page", "", "vi", "vi"),
    "news/a.en.md": Identity("article", "news", "a", "en", "en"),
    "news/a/index.en.md": Identity("article", "news", "a", "en", "en"),
    "news/v1.0.en.md": Identity("article", "news", "v1.0", "en", "en"),
    "news/asp.net.md": Identity("article", "news", "asp.net", "vi"),
    "news/dong-ho-vi.md": Identity("article", "news", "dong-ho-vi", "vi"),
    "news/a_vi.vi.md": Identity("article", "news", "a_vi", "vi", "vi"),
    "news/about_us.md": Identity("article", "news", "about_us", "vi"),
    "news/report (2024).vi.md": Identity("article", "news", "report (2024)", "vi", "vi"),
    "ja/news/a.md": Identity("article", "news", "a", "ja", "ja"),
    "ja/news/a.ja.md": Identity("article", "news", "a", "ja", "ja"),
    "JA/news/a/index.md": Identity("article", "news", "a", "ja", "ja"),
    "pt-BR/a.md": Identity("page", "", "a", "pt_BR", "pt_BR"),
    "ja/index.md": Identity("section", "", "", "ja", "ja"),
    "ja/_index.md": Identity("section", "", "", "ja", "ja"),
    "ja/news/_index.md": Identity("section", "news", "", "ja", "ja"),
    "ja/about/index.md": Identity("page", "", "about", "ja", "ja"),
    "vi-an/a.md": Identity("article", "vi-an", "a", "vi"),
    "news/ja/a.md": Identity("article", "news/ja", "a", "vi"),
}


@pytest.mark.parametrize("path", MEANT)
def test_identity(path: str) -> None:
    assert read(path) == MEANT[path]


WRONG = {
    "ja/a.vi.md": ("two-languages", "ja", "vi"),
    "a.jp.md": ("country-code", "jp", "ja"),
    "a.JP.md": ("country-code", "JP", "ja"),
    "news/a/index.vn.md": ("country-code", "vn", "vi"),
    "a.us.md": ("country-code", "us", "en"),
    "a.kr.md": ("country-code", "kr", None),
    "a.fr.md": ("unknown-language", "fr", None),
    "a.FR.md": ("unknown-language", "FR", None),
    "a.ja-JP.md": ("unknown-language", "ja-JP", "ja"),
    "a.jpn.md": ("unknown-language", "jpn", "ja"),
    "ja-JP/news/a.md": ("unknown-language", "ja-JP", "ja"),
    "vi_VN/a.md": ("unknown-language", "vi_VN", "vi"),
    "en-GB/news/a.en.md": ("unknown-language", "en-GB", "en"),
    "a_ja.md": ("language-in-name", "ja", "a.ja.md"),
    "a_JA.md": ("language-in-name", "ja", "a.ja.md"),
    "a_pt_BR.md": ("language-in-name", "pt_BR", "a.pt_BR.md"),
    "news/_index_ja.md": ("language-in-name", "ja", "_index.ja.md"),
    "_index/a.md": ("invalid-slug", "_index", None),
    "q:r.vi.md": ("invalid-slug", "q:r", None),
    "end..vi.md": ("invalid-slug", "end.", None),
    "a .vi.md": ("invalid-slug", "a ", None),
    " a.vi.md": ("invalid-slug", " a", None),
    "50%.md": ("invalid-slug", "50%", None),
    "C#/a.md": ("invalid-slug", "C#", None),
    "a?b/index.md": ("invalid-slug", "a?b", None),
    "ja/q:r/a.md": ("invalid-slug", "q:r", None),
}


@pytest.mark.parametrize("path", WRONG)
def test_wrong_names(path: str) -> None:
    found = read(path)
    assert isinstance(found, Problem)
    words = found.arguments
    said = words["folder"] if "folder" in words else words["value"]
    assert (found.code, said, words.get("suffix") or words.get("nearest")) == WRONG[path]


COPIES = {
    "news/a.vi copy.md": "a.vi.md",
    "news/a.vi copy 2.md": "a.vi.md",
    "news/a.vi - Copy.md": "a.vi.md",
    "news/a.vi - Copy (2).md": "a.vi.md",
    "news/a.vi (1).md": "a.vi.md",
    "news/a (1).vi.md": "a.vi.md",
    "news/a(1).md": "a.md",
    "news/a.vi (copy).md": "a.vi.md",
    "news/a.vi (another copy).md": "a.vi.md",
    "news/a.vi - Bản sao.md": "a.vi.md",
    "news/a.vi bản sao 3.md": "a.vi.md",
    "news/a.viのコピー.md": "a.vi.md",
    "news/a.vi - コピー (2).md": "a.vi.md",
    "news/a.vi (Lan's conflicted copy 2024-10-04).md": "a.vi.md",
    "news/a.vi.sync-conflict-20241004-093000-ABCDEFG.md": "a.vi.md",
    "news/a copy/index.vi.md": "a",
    "news - Copy/a.md": "news",
    "news/index.vi - Copy.md": "index.vi.md",
    "news/index.en (1).md": "index.en.md",
    "news/index.vi copy.md": "index.vi.md",
    "news/index.vi - Sao chép.md": "index.vi.md",
    "news/index.vi - Sao chép (3).md": "index.vi.md",
    "news/index.vi のコピー.md": "index.vi.md",
    "news/Copy of index.vi.md": "index.vi.md",
    "news/Copy (2) of index.vi.md": "index.vi.md",
    "news/Bản sao của index.vi.md": "index.vi.md",
    "news/index-DESKTOP-AB12.md": "index.md",
    "news/index.vi-DESKTOP-AB12CD3.md": "index.vi.md",
    "news/a.vi-LAPTOP-9F8E7D6C-2.md": "a.vi.md",
    "news/a-DESKTOP-AB12CD3.vi.md": "a.vi.md",
    "news/index-LAN-PC.md": "index.md",
    "news/index.vi-LAN-PC.md": "index.vi.md",
    "news/index.vi 2.md": "index.vi.md",
    "news/index 2.md": "index.md",
    "news/_index 3.md": "_index.md",
    "news/a.vi 2.md": "a.vi.md",
    "news/index (Ann's conflicted copy 2024-10-04).md": "index.md",
    "news/index.vi (bản sao xung đột của Lan 2024-10-04).md": "index.vi.md",
    "news/index.vi (Lan の競合コピー 2024-10-04).md": "index.vi.md",
    "news/index.vi (SFConflict lan@example.org 2024-10-04-09-30-00).md": "index.vi.md",
    "news/index.vi (conflict #1 on 2024-10-04).md": "index.vi.md",
    "news/index.vi [Conflict].md": "index.vi.md",
    "news/index.vi_DESKTOP-AB12CD3_Oct-04-0930-2024_Conflict.md": "index.vi.md",
}


NO_COPIES = [
    "news/report 2.md", "news/tin-ASEAN-EU.vi.md", "news/gia-laptop-2024.md", "news/index-2.md", "news/COVID-19.vi.md",
    "news/copyright.md", "news/report (2024).md", "news/Myanmar (conflict).md", "news/san-pham-desktop-2024.md",
    "news/conflict-2024.md", "news/bien_dong_conflict.md", "news/dong_conflict-2024.md", "news/2 copies.md",
]  # fmt: skip


@pytest.mark.parametrize("path", NO_COPIES)
def test_what_only_looks_like_a_copy(path: str) -> None:
    assert isinstance(read(path), Identity)


@pytest.mark.parametrize("path", COPIES)
def test_copies(path: str) -> None:
    found = read(path)
    assert isinstance(found, Problem)
    assert (found.code, found.arguments["original"]) == ("copied-file", COPIES[path])


@pytest.mark.parametrize(
    ("names", "wrong"),
    [
        (("a-vi.md", "a-ja.md"), ("a-ja.md", "a-vi.md")),
        (("a-ja.md", "a.md"), ("a-ja.md",)),
        (("a-ja.md", "a.vi.md", "a.en.md"), ("a-ja.md",)),
        (("index-ja.md",), ("index-ja.md",)),
        (("dong-ho-vi.md", "dong-ho.md"), ()),
        (("dong-ho-vi.md", "dong-ho.vi.md"), ()),
        (("dong-ho-vi.md",), ()),
        (("a-vi.md", "b/a-ja.md"), ()),
        (("a-vi.vi.md", "a-ja.vi.md"), ()),
    ],
)
def test_languages_behind_a_hyphen(names: tuple[str, ...], wrong: tuple[str, ...]) -> None:
    found = check_names([f"content/{name}" for name in names], ("vi", "ja", "en"), "vi")
    assert sorted(each.place.path.removeprefix("content/") for each in found) == sorted(wrong)


@pytest.mark.parametrize(
    ("names", "wrong"),
    [
        (("vi/a.md", "jp/b.md"), {"jp": "unknown-language"}),
        (("vi/a.md", "news/jp/b.md", "br/c.md", "fr/d.md"), {}),
        (("vn/a.md", "jp/a.md"), {}),
        (("news/vi/a.md", "news/JA/b.md"), {"news/vi": "language-folder", "news/JA": "language-folder"}),
        (("news/vi/index.md", "news/vi/index.ja.md", "news/a/ja.md", "events/ja/b.md"), {}),
    ],
)
def test_folders_called_as_languages(names: tuple[str, ...], wrong: dict[str, str]) -> None:
    found = check_folders([f"content/{name}" for name in names], ("vi", "ja", "en"))
    assert {each.place.path.removeprefix("content/"): each.code for each in found} == wrong


@pytest.mark.parametrize("path", ["content/news/é.vi.md", "content/news/é/a.pdf", "layouts/é.html", "assets/é.css"])
def test_two_normal_forms_of_a_name(tmp_path: Path, path: str) -> None:
    require_forms(tmp_path)
    files = {unicodedata.normalize(form, path): article("A") if "content" in path else "" for form in ("NFC", "NFD")}
    (found,) = problems_of(tmp_path, files)
    assert (found.code, found.arguments["one"][:2], found.arguments["other"][:4]) == ("same-name", "e\\", "\\xe9")


CONTROLS = ["content/a\nb.vi.md", "content/a\x1b[31m.pdf", "content/a\\b.pdf", "assets/a\x85.css", "content/a\u2028.md",
            "content/thong-bao-\u202efdp.zip", "content/a\u2066b.vi.md"]  # fmt: skip


@pytest.mark.parametrize("path", CONTROLS)
def test_names_that_no_terminal_should_see(tmp_path: Path, path: str) -> None:
    (found,) = problems_of(tmp_path, {path: article("A")})
    assert (found.code, found.place.path.isprintable()) == ("invalid-file-name", True)


TEXTS = {
    "a.mdx": "a.md",
    "a.HTML": "a.md",
    "a.vi.rst": "a.vi.md",
    "a.docx": "a.md",
    "a.vi.md.txt": "a.vi.md",
    "a.vi": "a.vi.md",
    "tags.yml": "tags.yaml",
    "news/tags.yml": "content/tags.yaml",
    "b.vi.md.bak": None,
    "b.vi.html": None,
    "tags - Copy.yaml": None,
    "notes (1).txt": None,
}


@pytest.mark.parametrize("name", TEXTS)
def test_texts_that_nobody_reads(tmp_path: Path, name: str) -> None:
    (found,) = problems_of(tmp_path, {f"content/{name}": "x", "content/b.vi.md": article("B", date="")})
    assert (found.code, found.place.path, found.arguments.get("nearest")) == (
        "unread-text", f"content/{name}", TEXTS[name],
    )  # fmt: skip


def test_texts_that_articles_offer(tmp_path: Path) -> None:
    offers = article("A", "[x](a.html) [y](sub/b.docx)", attachments=[{"src": "c.txt"}], draft=True)
    files = {"content/news/n.vi.md": offers} | {f"content/news/{n}": "x" for n in ("a.html", "sub/b.docx", "c.txt")}
    assert problems_of(tmp_path, {**files, "content/news/x.csv": "", "content/news/LICENSE": ""}) == ()


def test_folders_of_languages_are_no_sections(tmp_path: Path) -> None:
    made = make(
        tmp_path,
        {
            "content/vi/news/a.md": article("Bài", "[b](b.md) [ja](../../ja/news/b.md) [mục](../) ![x](x.svg)"),
            "content/vi/news/b.md": article("Bài hai", "[a](../../news/a.ja.md)"),
            "content/vi/news/x.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
            "content/ja/news/b.md": article("記事", "[a](a.md)"),
            "content/news/a.ja.md": article("記事一"),
            "content/ja/index.md": article("試し", date=""),
            "content/vi/_index.md": article("Thử", date=""),
        },
        drafts=False,
    )
    assert codes(made.build.problems) == []
    page = made.text("vi/news/a/index.html")
    assert 'href="/site/vi/news/b/">b</a>' in page
    assert 'href="/site/ja/news/b/" hreflang="ja">ja</a>' in page
    assert 'href="/site/vi/">mục</a>' in page
    assert 'href="/site/ja/news/a/" hreflang="ja">a</a>' in made.text("vi/news/b/index.html")
    assert 'href="/site/ja/news/a/">a</a>' in made.text("ja/news/b/index.html")
    assert [entry.title for entry in made.site.menus["main:vi"]] == ["News", ""]
    assert not [path for path in made.files if path.startswith(("vi/vi", "vi/ja"))]


def test_links_within_a_folder_of_a_language_name_none(tmp_path: Path) -> None:
    """Readers of a copy in another language are led to their own."""
    made = make(
        tmp_path,
        {
            "content/vi/news/a.md": article("Bài", "[b](b.md#x)\n\n## X", fallback="copy"),
            "content/vi/news/b.md": article("Bài hai", "## X"),
            "content/ja/news/b.md": article("記事", "## X"),
        },
    )
    assert codes(made.build.problems) == []
    assert 'href="/site/ja/news/b/#x">b</a>' in made.text("ja/news/a/index.html")


def test_links_that_lead_nowhere_are_shown_as_they_are_written(tmp_path: Path) -> None:
    files = {"content/vi/news/a.md": article("A", "[b](opning.md)"), "content/ja/news/opening.md": article("記事")}
    (found,) = problems_of(tmp_path, files)
    assert (found.code, found.arguments["target"], found.arguments["nearest"]) == (
        "broken-link", "opning.md", "opening.md",
    )  # fmt: skip


def test_the_same_article_in_a_folder_and_with_a_suffix(tmp_path: Path) -> None:
    files = {"content/vi/news/a.md": article("A"), "content/news/a.vi.md": article("B")}
    (found,) = problems_of(tmp_path, files)
    assert (found.code, {found.place.path, found.arguments["other"]}) == ("duplicate-article", {*files})


@pytest.mark.parametrize("target", ["b.markdown", "b.MD", "b.ja.Markdown", "b"])
def test_links_to_any_suffix(tmp_path: Path, target: str) -> None:
    files = {"content/news/a.vi.md": article("A", f"[x]({target})"), "content/news/b.ja.Markdown": article("記事")}
    made = make(tmp_path, files)
    assert codes(made.build.problems) == []
    assert 'href="/site/ja/news/b/"' in made.text("vi/news/a/index.html")


def test_settings_in_another_spelling(tmp_path: Path) -> None:
    found = problems_of(tmp_path, {"Site.yaml": "title: A", "content/a.vi.md": article("A", date="")}, base={})
    assert (found[0].code, found[0].place.path) == ("other-spelling", "Site.yaml")
    assert ("no-settings" in codes(found)) is not (tmp_path / "site.yaml").exists()


LEFT_BEHIND = [
    "Thumbs.db", "thumbs.DB", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "$RECYCLE.BIN/x",
    "System Volume Information/x", "__MACOSX/x", "Icon\r", "~$Báo cáo.docx", "~WRL0001.tmp", "a.pdf.part",
    "a.pdf.crdownload", "a.pdf.partial", "~a~1b2c.idlk", "a.jpg:Zone.Identifier", "Thumbs.db:encryptable", "a.md~",
    "#a.md#", ".#a.md", ".a.md.swp", ".a.md.kate-swp", "._a.jpg", ".DS_Store", ".AppleDouble/a", ".apdisk",
    ".localized", ".Spotlight-V100/a", ".Trashes/a", ".Trash-1000/a", ".fseventsd/a", ".TemporaryItems/a",
    ".VolumeIcon.icns", ".DocumentRevisions-V100/a", ".directory", ".~lock.a.odt#", ".goutputstream-X1",
    ".fuse_hidden01", ".nfs01", ".dropbox", ".dropbox.cache/a", ".tmp.driveupload/1", ".syncthing.a.md.tmp",
    ".sync/a", ".stfolder/a", ".stversions/a", ".git/a", ".gitignore", ".svn/a", ".hg/a",
]  # fmt: skip
FOLDERS_OF_SOURCES = (
    "content",
    "content/news",
    "layouts/parts",
    "layouts/locales",
    "assets/css",
    "assets/root",
    "fonts",
)


def test_what_programs_leave_behind(tmp_path: Path) -> None:
    """It is no source, in no folder."""
    files = [f"{folder}/{name}" for folder in FOLDERS_OF_SOURCES for name in LEFT_BEHIND]
    root = write_site(tmp_path, {path: "{{ x" for path in files if os.name == "posix" or not unportable(path)})
    sources, problems = find(root)
    assert (sources.keys() & {*files}, problems) == (set(), ())


@pytest.mark.parametrize(
    "path",
    ["content/news/~x.vi.md", "content/thumbs.db.vi.md", "content/tmp/a.md", "content/#x.md", "content/a$.md",
     "assets/root/.well-known/x", "assets/root/.htaccess", "assets/root/.nojekyll", "assets/root/.domains"],
)  # fmt: skip
def test_what_they_do_not(path: str) -> None:
    folder, _, name = path.rpartition("/")
    assert not is_passed_over(name, folder)
    assert not any(is_passed_over(part, "assets/root") for part in folder.split("/"))
