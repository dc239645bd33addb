"""A release: what its files are for, which addresses it promises, what these come from."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from sitegen.files import digest
from sitegen.publish.changes.origins import sources_of
from sitegen.publish.release import (
    Release,
    Served,
    address_of,
    is_fingerprinted,
    origin_digest,
    own_path,
    release_of,
    role_of,
)
from tests.support.sites import SETTINGS, Made, article, make

ADDRESS = "https://example.org/site/"


def release(made: Made, **more: object) -> Release:
    files = {path: Served(digest(data), len(data)) for path, data in made.files.items()}
    given = {"rules": {}, "gone": (), **more}
    return release_of("vjec", ADDRESS, files, made.site.pages.values(), given["rules"], given["gone"])  # type: ignore[arg-type]


SITE: Mapping[str, str | bytes] = {
    "content/news/bai/index.vi.md": article(
        "Bài", "[Giấy](report.pdf) ![Cây](tree.svg)", aliases=["/cu/", "/bai.php"], tags=["jcm"]
    ),
    "content/news/bai/report.pdf": b"%PDF-1.7 paper",
    "content/news/bai/tree.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>',
    "assets/root/brochure.pdf": b"%PDF-1.7 brochure",
    "assets/root/google123.html": "google-site-verification: google123.html",
    "site.yaml": f"{SETTINGS}fallback: copy\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    many = {f"content/news/tin-{number}.vi.md": article(f"Tin {number}") for number in range(11)}
    return make(tmp_path_factory.mktemp("site"), {**SITE, **many})


def test_promised(made: Made) -> None:
    """All pages but later pages of lists and what is shown where nothing is; redirects, feeds, attachments."""
    found = release(made)
    assert {"index.html", "vi/index.html", "ja/index.html", "vi/news/bai/index.html", "vi/tags/index.html"} <= {
        *found.promised
    }
    assert {"vi/news/index.html", "vi/feed.xml", "vi/tags/jcm/index.html", "vi/tags/jcm/feed.json"} <= {*found.promised}
    assert {"cu/index.html", "bai.php", "files/news/bai/report.pdf", "files/news/bai/tree.svg"} <= {*found.promised}
    assert {"brochure.pdf", "google123.html"} <= {*found.promised}
    left = found.files.keys() - found.promised.keys()
    assert {
        "vi/page/2/index.html",
        "vi/news/page/2/index.html",
        "404.html",
        "vi/404.html",
        "sitemap.xml",
        "robots.txt",
    } <= left
    assert {role_of(path) for path in left} == {"page", "asset", "feed"}
    assert found.redirects == {"cu/index.html", "bai.php"}
    assert found.files.keys() == made.files.keys()


def test_names_no_source(made: Made) -> None:
    found = release(made)
    assert all(len(origin) == 12 and "/" not in origin for origin in found.promised.values())
    text = origin_digest("content/news/bai/index.vi.md")
    assert {path for path, origin in found.promised.items() if origin == text} == {
        "vi/news/bai/index.html", "ja/news/bai/index.html", "en/news/bai/index.html", "cu/index.html", "bai.php",
    }  # fmt: skip
    assert found.promised["files/news/bai/report.pdf"] == origin_digest("content/news/bai/report.pdf")
    assert found.promised["brochure.pdf"] == origin_digest("assets/root/brochure.pdf")
    assert found.promised["vi/tags/jcm/feed.xml"] == found.promised["vi/tags/jcm/index.html"]
    assert (
        found.promised["vi/news/feed.xml"]
        == found.promised["vi/news/index.html"]
        != found.promised["ja/news/index.html"]
    )


def test_host_files(made: Made) -> None:
    """They stand in for what the build has there; sitegen's own names are never published."""
    found = release(
        made, rules={".htaccess": b"# rules", "robots.txt": b"", ".sitegen/x": b""}, gone=["/site/vi/cu/", "/x"]
    )
    assert found.files[".htaccess"] == Served(digest(b"# rules"), 7)
    assert found.files["robots.txt"].size == 0
    assert found.rules == {".htaccess", "robots.txt"}
    assert ".sitegen/x" not in found.files
    assert found.gone == {"vi/cu/", "x"}
    assert ".htaccess" not in found.promised
    own = {**made.files, ".sitegen-manifest.json": b"{}"}
    assert ".sitegen-manifest.json" not in release(Made(own, made.build)).files


def test_redirect_files_of_the_build_are_rules(tmp_path: Path) -> None:
    files = {
        "site.yaml": f"{SETTINGS}redirect_files: [apache, netlify]\n",
        "content/a.vi.md": article("A", aliases=["/b/"]),
    }
    made = make(tmp_path, files)
    found = release(made)
    assert found.rules == {".htaccess", "_redirects"}
    assert not found.rules & found.promised.keys()


@pytest.mark.parametrize(
    ("path", "role", "is_stable"),
    [
        ("index.html", "page", False),
        ("vi/x.htm", "page", False),
        ("assets/css/type.356b94f178.css", "asset", True),
        ("assets/LICENSE.356b94f178", "asset", True),
        ("pictures/news/a.0123456789-800.avif", "asset", True),
        ("cards/vi/home.abf453694d.png", "asset", True),
        ("drawn/drum-clay-1-soft.b9140df9d2.svg", "asset", True),
        ("assets/own.css", "asset", False),
        ("assets", "attachment", False),
        ("files/news/a.356b94f178.pdf", "attachment", False),
        ("files/search/pagefind/pagefind.js", "attachment", False),
        ("files/feed.xml", "attachment", False),
        ("favicon.ico", "attachment", False),
        ("vi/search/pagefind/fragment/vi_17c18f3.pf_fragment", "search", True),
        ("search/pagefind/pagefind.vi_fe4308662f.pf_meta", "search", True),
        ("search/pagefind/index/vi_c7cb2cb.pf_index", "search", True),
        ("search/pagefind/pagefind-entry.json", "search", False),
        ("search/pagefind/wasm.vi.pagefind", "search", False),
        ("vi/research/pagefind/x", "attachment", False),
        ("vi/tags/a/feed.json", "feed", False),
        ("sitemap.xml", "feed", False),
        ("sitemap-12.xml", "feed", False),
        ("robots.txt", "feed", False),
        ("vi/feed.xml/index.html", "page", False),
    ],
)
def test_roles(path: str, role: str, is_stable: bool) -> None:
    assert (role_of(path), is_fingerprinted(path)) == (role, is_stable)
    assert role_of(path, frozenset([path])) == "page"
    assert role_of(path, frozenset([path]), frozenset([path])) == "rule"


def test_microsite(microsite: Made) -> None:
    """What its name calls stable has a digest of what is in it, or is made from what has."""
    found = release(microsite)
    unstable = [path for path in found.files if role_of(path) == "asset" and not is_fingerprinted(path)]
    assert unstable == []
    for path, served in found.files.items():
        if path.startswith("assets/"):
            assert served.digest[:10] in path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/vi/cu/", "vi/cu/"),
        ("vi/cu/", "vi/cu/"),
        ("/site/vi/cu/", "vi/cu/"),
        ("https://example.org/site/vi/cu/", "vi/cu/"),
        ("https://www.example.org/site/vi/b%C3%A3o/", "vi/bão/"),
        ("/", ""),
        ("https://elsewhere.example/vi/", None),
        ("all", "all"),
    ],
)
def test_own_path(text: str, path: str | None) -> None:
    assert own_path(text, ADDRESS) == path


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("index.html", "/"),
        ("vi/index.html", "/vi/"),
        ("vi/a.html", "/vi/a.html"),
        ("vi/myindex.html", "/vi/myindex.html"),
        ("404.html", "/404.html"),
    ],
)
def test_address_of(path: str, address: str) -> None:
    assert address_of(path) == address


def test_sources(made: Made) -> None:
    """Each promise that comes from a text or a file leads back to where its old addresses are written."""
    found, sources = release(made), sources_of(made.site)
    text = sources[found.promised["vi/news/bai/index.html"]]
    assert (text.place.path, text.place.line, text.aliases, text.state) == (
        "content/news/bai/index.vi.md", 4, ("/cu/", "/bai.php"), "published",
    )  # fmt: skip
    plain = sources[found.promised["vi/news/tin-1/index.html"]]
    assert (plain.place.line, plain.aliases) == (2, ())
    assert sources[found.promised["files/news/bai/report.pdf"]].state == "unused"
    assert sources[found.promised["vi/tags/jcm/index.html"]].state == "empty"
    assert found.promised["vi/news/index.html"] not in sources
