"""A site with addresses in three scripts on real servers: every address answers, old ones redirect."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from lxml import etree, html

from tests.support.hosts import ask, host
from tests.support.links import references
from tests.support.sites import BASE, SETTINGS, Made, article, make, problems_of

pytestmark = pytest.mark.posix

BASE_URL = "https://example.org/site/"
ALIASES = {
    "old/": "/vi/tin-tuc/bai-mot/",
    "2023/bài cũ.html": "/vi/tin-tuc/bai-mot/",
    "tin (cũ) + thêm/": "/vi/tin-tuc/bai-mot/",
    "旧/お知らせ/": "/ja/報道/気候/",
    "a.b/$1/": "/ja/報道/気候/",
    f"{'long-' * 30}/": "/ja/報道/気候/",
}
QUERIES = {
    "?p=123": "/vi/tin-tuc/bai-mot/",
    "index.php?id=7&lang=vi": "/vi/tin-tuc/bai-mot/",
    "old/?t=%C4%91%E1%BB%95i": "/ja/報道/気候/",
}
FILES = {
    "site.yaml": f"{SETTINGS}redirect_files: [netlify, apache, nginx]\n",
    "content/news/_index.vi.md": "---\ntitle: Tin tức\nslug: tin-tuc\n---\n",
    "content/news/_index.ja.md": "---\ntitle: 報道\nslug: 報道\n---\n",
    "content/news/a/index.vi.md": article("Một", slug="bai-mot", tags="jcm", aliases=[*ALIASES][:3] + [*QUERIES][:2]),
    "content/news/a/index.ja.md": article(
        "一", "![図](図 1.svg)", slug="気候", tags="jcm", aliases=[*ALIASES][3:] + [*QUERIES][2:]
    ),
    "content/news/a/図 1.svg": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'/>",
    "content/tags.yaml": "jcm: {name: {vi: JCM, ja: JCM, en: JCM}, slug: {vi: tín chỉ, ja: 二国間}}\n",
}


@pytest.fixture(scope="module")
def made() -> Iterator[tuple[Made, Path]]:
    """The site below a folder that a server's own user may read."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        yield make(folder / "source", FILES, base={}, output=folder / "served" / "site"), folder
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["apache", "nginx"])
def test_on_a_real_server(made: tuple[Made, Path], tmp_path: Path, name: str) -> None:
    site, folder = made
    with host(name, folder / "served", tmp_path) as port:
        for old, new in ALIASES.items():
            status, location, _ = ask(port, quote(f"/site/{old}"))
            assert (status, unquote(urlsplit(location or "").path)) == (301, f"/site{new}"), old
            assert ask(port, urlsplit(location or "").path)[0] == 200
        for old, new in QUERIES.items():
            status, location, _ = ask(port, f"/site/{old}")
            assert (status, unquote(urlsplit(location or "").path), urlsplit(location or "").query) == (
                (301, f"/site{new}", "")
            ), old
        assert ask(port, "/site/?p=1234")[0] == 200
        assert urlsplit(ask(port, "/site/old/?p=123")[1] or "").path == "/site/vi/tin-tuc/bai-mot/"
        addresses = {address for path, data in site.files.items() for address in references(path, data, BASE_URL)}
        assert len(addresses) > 40
        for address in addresses:
            parts = urlsplit(address)
            assert parts.path.isascii()
            assert ask(port, parts.path)[0] == 200, address
        status, _, body = ask(port, "/site/ja/none/")
        assert (status, html.document_fromstring(body).get("lang")) == (404, "ja")
        status, _, body = ask(port, "/site/none/")
        assert (status, html.document_fromstring(body).get("lang")) == (404, "vi")


def test_below_a_path_of_many_letters(tmp_path: Path) -> None:
    """Apache compares addresses decoded; a server's own user may read the folder."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        settings = FILES["site.yaml"].replace("example.org/site/", "example.org/" + quote("tệp (mới) 100%") + "/")
        files = {"site.yaml": settings, "content/news/a.ja.md": article("A", aliases=["cũ"])}
        root = Path(folder) / "served"
        made = make(Path(folder) / "source", files, output=root / "tệp (mới) 100%")
        (root / ".htaccess").write_bytes(made.files[".htaccess"])
        with host("apache", root, tmp_path) as port:
            base = f"/{quote('tệp (mới) 100%')}/"
            assert ask(port, f"{base}{quote('cũ')}/")[0] == 301
            for lang in ("ja", "vi"):
                status, _, body = ask(port, f"{base}{lang}/none/")
                assert (status, html.document_fromstring(body).get("lang")) == (404, lang)


def test_addresses_are_percent_encoded_wherever_they_must_be(made: tuple[Made, Path]) -> None:
    address = f"{BASE_URL}ja/{quote('報道')}/{quote('気候')}/"
    site = made[0].files
    assert etree.fromstring(site["sitemap.xml"]).xpath(f"//*[local-name()='loc'][.='{address}']")
    for path in ("ja/feed.xml", "ja/feed.json", "旧/お知らせ/index.html", "vi/tin-tuc/bai-mot/index.html"):
        assert address.encode() in site[path]
    assert f"/site/{quote('旧/お知らせ')}/ /site/ja/{quote('報道/気候')}/ 301" in site["_redirects"].decode()
    assert "/site/ p=123 /site/vi/tin-tuc/bai-mot/ 301!\n" in site["_redirects"].decode()
    assert "/site/index.php id=7 lang=vi /site/vi/tin-tuc/bai-mot/ 301!\n" in site["_redirects"].decode()
    assert "/site/ja/* /site/ja/404.html 404\n" in site["_redirects"].decode()


def test_cloudflare_is_told_what_it_reads(tmp_path: Path) -> None:
    settings = FILES["site.yaml"].replace("[netlify, apache, nginx]", "[cloudflare]")
    aliases = {"old/": "/site/vi/news/a/", "a:b/": "/site/vi/news/a/"}
    files = {"site.yaml": settings, "content/news/a.vi.md": article("A", aliases=[*aliases])}
    text = make(tmp_path / "site", files, output=tmp_path / "served").text("_redirects")
    assert text == "/site/a%3Ab/ /site/vi/news/a/ 301\n/site/old/ /site/vi/news/a/ 301\n"


def test_redirect_files_only_when_asked_for(tmp_path: Path) -> None:
    files = make(tmp_path, {"content/a.vi.md": article("A", aliases=["old"])}, base=BASE).files
    assert not {"_redirects", ".htaccess", "redirects.nginx.conf"} & files.keys()


def test_two_articles_that_claim_each_others_address(tmp_path: Path) -> None:
    files = {
        "content/news/a.vi.md": article("A", aliases="/vi/news/b/"),
        "content/news/b.vi.md": article("B", aliases=["/vi/news/a/", "/vi/news/b"]),
    }
    assert [(p.code, p.place.path) for p in problems_of(tmp_path, files)] == [
        ("duplicate-address", "content/news/a.vi.md"),
        ("duplicate-address", "content/news/b.vi.md"),
        ("redirect-loop", "content/news/b.vi.md"),
    ]
