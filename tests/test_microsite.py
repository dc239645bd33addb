"""The project's own site: whole, valid, and the same everywhere."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import feedparser
import pytest
from lxml import etree, html

from tests.conftest import PROJECT
from tests.support import nu
from tests.support.feeds import read_feeds
from tests.support.links import broken_references
from tests.support.sites import Made

XHTML_LINK = Path(__file__).parent / "support" / "xhtml-link.xsd"
SITEMAP_SCHEMA = """
<schema xmlns="http://www.w3.org/2001/XMLSchema">
  <import namespace="http://www.sitemaps.org/schemas/sitemap/0.9" schemaLocation="{}"/>
  <import namespace="http://www.w3.org/1999/xhtml" schemaLocation="{}"/>
</schema>
"""

LANGUAGES = ("vi", "ja", "en")
ARTICLES = sorted(path.name for path in (PROJECT / "content" / "news").iterdir() if path.is_dir())


def test_every_article_is_there_in_every_language(microsite: Made) -> None:
    assert len(ARTICLES) >= 7
    translations = microsite.site.edition.translations
    for key in ARTICLES:
        assert tuple(translations[f"news/{key}"]) == LANGUAGES


def test_nothing_is_wrong(microsite: Made) -> None:
    assert microsite.build.problems == ()


def test_every_reference_leads_to_a_file(microsite: Made) -> None:
    assert broken_references(microsite.files, microsite.site.config.base_url) == []


def test_every_page_is_valid_html(microsite: Made, tmp_path: Path) -> None:
    pages = [path for path in microsite.files if path.endswith(".html")]
    assert len(pages) > 80
    for path in pages:
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(microsite.files[path])
    assert nu.check([tmp_path]) == []


def test_feeds_parse(microsite: Made) -> None:
    feeds = [path for path in microsite.files if path.endswith("feed.xml")]
    assert len(feeds) > 30
    for path in feeds:
        feed = feedparser.parse(microsite.files[path])
        assert not feed.bozo, path
        assert feed.feed.title
        assert feed.feed.id.startswith("urn:uuid:")
        assert feed.entries
        for entry in feed.entries:
            assert entry.title
            assert entry.link.startswith("https://vietnam-japan-environment.example/")
            assert entry.content[0].value.startswith("<")
            assert [person.name for person in entry.contributors] == ["TN&MT"]


def test_json_feeds_parse(microsite: Made, tmp_path: Path) -> None:
    paths = [path for path in microsite.files if path.endswith("feed.json")]
    assert len(paths) > 30
    for path, feed in read_feeds({path: microsite.files[path] for path in paths}, tmp_path).items():
        assert feed["format"] == "json"
        assert feed["feed"]["feed_url"] == f"https://vietnam-japan-environment.example/{path}"
        assert feed["feed"]["language"] == path[:2]
        assert feed["feed"]["items"]
        atom = feedparser.parse(microsite.files[path.replace(".json", ".xml")])
        assert [item["id"] for item in feed["feed"]["items"]] == [entry.id for entry in atom.entries]
        assert [item["title"] for item in feed["feed"]["items"]] == [entry.title for entry in atom.entries]


def test_site_map_validates(microsite: Made) -> None:
    schema_file = nu.TOOLS / "sitemap" / "schema" / "sitemap.xsd"
    if not schema_file.is_file():
        pytest.skip("there is no site map schema")
    schema = etree.XMLSchema(etree.fromstring(SITEMAP_SCHEMA.format(schema_file.as_uri(), XHTML_LINK.as_uri())))
    tree = etree.fromstring(microsite.files["sitemap.xml"])
    schema.assertValid(tree)
    locations = [element.text for element in tree.iter("{*}loc")]
    assert len(locations) == len(set(locations)) > 60


def test_titles_are_unique_in_their_language(microsite: Made) -> None:
    titles: dict[tuple[str, str], str] = {}
    for path, data in microsite.files.items():
        if not path.endswith(".html") or path.endswith("404.html"):
            continue
        tree = html.document_fromstring(data)
        key = (tree.get("lang"), tree.findtext(".//title"))
        assert titles.setdefault(key, path) == path


def test_source_and_byline_survive_every_format(microsite: Made) -> None:
    page = microsite.text("vi/tin-tuc/co-che-tin-chi-chung/index.html")
    tree = html.document_fromstring(page)
    assert "TN&MT" in [element.text for element in tree.iter("dd")]
    assert "PV" in [element.text for element in tree.iter("dd")]
    assert "TN&amp;MT" in page
    news = json.loads(tree.findtext(".//script[@type='application/ld+json']"))
    assert news["sourceOrganization"]["name"] == "TN&MT"
    assert news["datePublished"] == "2024-10-04T00:00:00+07:00"
    assert "TN&amp;MT" in microsite.text("vi/feed.xml")
    assert "&amp;amp;" not in page


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("vi/tin-tuc/co-che-tin-chi-chung/index.html", "4 tháng 10, 2024"),
        ("ja/news/joint-crediting-mechanism/index.html", "2024年10月4日"),
        ("en/news/joint-crediting-mechanism/index.html", "4 October 2024"),
    ],
)
def test_dates_are_written_out(microsite: Made, path: str, shown: str) -> None:
    time = html.document_fromstring(microsite.files[path]).find(".//time")
    assert (time.get("datetime"), time.text) == ("2024-10-04", shown)


def test_same_bytes_anywhere(tmp_path: Path) -> None:
    """Two folders, two hash seeds, two time zones, two locales, two moments of a day."""
    made = []
    for seed, zone, locale in (("1", "Pacific/Honolulu", "C"), ("2", "Asia/Tokyo", "ja_JP.UTF-8")):
        root = tmp_path / seed / "site"
        root.mkdir(parents=True)
        for name in ("site.yaml", "content", "layouts", "assets"):
            copy = shutil.copytree if (PROJECT / name).is_dir() else shutil.copy
            copy(PROJECT / name, root / name)
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale, "LANG": locale}
        subprocess.run([sys.executable, "-m", "sitegen", "build", "--root", root], env=environment, check=True)
        made.append({p.relative_to(root): p.read_bytes() for p in (root / "output").rglob("*") if p.is_file()})
    assert made[0] == made[1]


def test_every_page_says_what_it_is_about(microsite: Made) -> None:
    """In its own words: no two pages of a language say the same, but for the chooser."""
    said: dict[tuple[str, str], list[str]] = {}
    for path, data in microsite.files.items():
        page = html.document_fromstring(data) if path.endswith(".html") else None
        if page is not None and page.find(".//meta[@http-equiv='refresh']") is None:
            description = page.find(".//meta[@name='description']")
            assert description is not None, path
            if page.find(".//link[@rel='canonical']") is not None and path != "index.html":
                said.setdefault((page.get("lang"), description.get("content")), []).append(path)
    assert {what: paths for what, paths in said.items() if not what[1] or len(paths) > 1} == {}
