"""Addresses in settings and registries: on the site, elsewhere, or none."""

from pathlib import Path

import pytest

from sitegen.config.addresses import OwnAddress, meant_link, own_address, read_link
from sitegen.problems import Problem
from sitegen.site.document import parse
from sitegen.site.redirects import read_aliases
from sitegen.text import unportable
from tests.support.sites import SETTINGS, article, codes, make, problems_of
from tests.support.sites import settings as read_settings

BASE = "https://example.org/site/"


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("/vi/", OwnAddress("vi/")),
        ("/", OwnAddress("")),
        ("/vi/đổi/#Liên hệ", OwnAddress("vi/đổi/", "", "Li%C3%AAn%20h%E1%BB%87")),
        ("/vi/%C4%91%E1%BB%95i/?a=1&b=%20", OwnAddress("vi/đổi/", "a=1&b=%20")),
        ("?q=1", None),
        ("#contact", None),
        ("https://example.org/site/vi/", OwnAddress("vi/")),
        ("HTTP://WWW.Example.ORG:80/site/vi/?q#f", OwnAddress("vi/", "q", "f")),
        ("//example.org/site/", OwnAddress("")),
        ("https://example.org/site", OwnAddress("")),
        ("https://example.org/other/", "https://example.org/other/"),
        ("https://example.org:8080/site/", "https://example.org:8080/site/"),
        ("ftp://example.org/site/", None),
        ("//cdn.example/x", "//cdn.example/x"),
        (" https://a.example/b c ", "https://a.example/b%20c"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("tel:+84-24-123", "tel:+84-24-123"),
        ("mailto:", None),
        ("https://", None),
        ("https:/a.example/", None),
        ("https://[", None),
        ("https://a.example:99999/", None),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        ("data:text/html,x", None),
        ("vi/about/", None),
        ("../about.md", None),
        ("", None),
        ("C:\\x", None),
    ],
)
def test_links(text: str, link: OwnAddress | str | None) -> None:
    assert read_link(text, BASE) == link


@pytest.mark.parametrize(
    "address", ["http://[:]", "http://[:", "//[:]/x.png", "https://a℀b/", "https://[1]/", "https://[v]/"]
)
@pytest.mark.parametrize("picture", ["![x](<{}>)", "<img src='{}' alt=x>", "<img srcset='{} 2x' alt=x>"])
def test_pictures_at_hosts_that_cannot_be(address: str, picture: str) -> None:
    """Some are percent-encoded by the library, and then are names like others."""
    config = read_settings(f"{SETTINGS}markdown: {{html: true}}\n")
    found = parse("content/a.vi.md", article("A", picture.format(address)), config)[2]
    assert codes(found) in (["unusable-target"], ["picture-elsewhere"])


@pytest.mark.parametrize(
    "address", ["https://e.example:99999/", "https://e.example:x/", "https://e.example:-1/", "https://[/"]
)
def test_sites_at_ports_that_cannot_be(tmp_path: Path, address: str) -> None:
    settings = (
        f"title: x\nbase_url: '{address}'\nlanguages: {{vi: }}\nmenu: [{{title: x, url: 'https://a.example/'}}]\n"
    )
    found = problems_of(tmp_path, {"site.yaml": settings, "content/a.md": article("A", aliases=["https://a.example/"])})
    assert codes(found) == ["invalid-address"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("vi/about/", "/vi/about/"),
        ("about", "/about"),
        ("www.a.example", "https://www.a.example"),
        ("monre.gov.vn/tin?x", "https://monre.gov.vn/tin?x"),
        ("a@b.example", "mailto:a@b.example"),
        ("+84 24 3795 6868", "tel:+842437956868"),
        ("(024)3795-6868", "tel:02437956868"),
        ("logo@2x.png", "/logo@2x.png"),
        ("about.md", None),
        ("../x", None),
        ("#x", None),
        ("a b", None),
        ("http//x.example", None),
        ("javascript:x", None),
    ],
)
def test_what_was_meant(text: str, meant: str | None) -> None:
    assert meant_link(text) == meant


def test_hosts_of_any_script_are_compared_as_the_dns_does() -> None:
    base = "https://môi-trường.example/"
    in_ascii = "môi-trường.example".encode("idna").decode()
    assert own_address(f"https://{in_ascii}/x", base) == OwnAddress("x")
    assert own_address("https://WWW.Môi-Trường.example/x", base) == OwnAddress("x")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("old", ("old/", "")),
        ("/old", ("old/", "")),
        ("/old/", ("old/", "")),
        ("/site/old/", ("old/", "")),
        ("/old.html", ("old.html", "")),
        ("/OLD.PHP?id=3", ("OLD.PHP", "id=3")),
        ("/?p=1", ("", "p=1")),
        ("?p=1", ("", "p=1")),
        ("/old/?", ("old/", "")),
        ("http://www.example.org/site/old/?a=1&b", ("old/", "a=1&b")),
        ("example.org/site/old", ("old/", "")),
        ("www.example.org/site/old", ("old/", "")),
        ("//example.org/site/old", ("old/", "")),
        ("tin: mới/", ("tin: mới/", "")),
        ("/old/#x", "alias-with-fragment"),
        ("https://example.org/site/#x", "alias-with-fragment"),
        ("https://www.old.example/x/", "foreign-alias"),
        ("www.old.example/x/", "foreign-alias"),
        ("https://example.org/elsewhere/", "foreign-alias"),
        ("https://[", "foreign-alias"),
        ("ftp://example.org/site/x", "foreign-alias"),
        ("mailto:a@b.example", "foreign-alias"),
        ("JavaScript:x", "foreign-alias"),
        ("tel/new", ("tel/new/", "")),
        ("\\old", "invalid-path"),
        ("/a/../../x", "climbs-out"),
        ("https://example.org/site/%2e%2e/x", "climbs-out"),
        ("/a\tb/", "invalid-path"),
        ("/a%0ab/", "invalid-path"),
        ("/wiki/A:B?x=1", ("wiki/A:B/", "x=1")),
        ("/con.html", ("con.html", "")),
        ("/tin./", ("tin./", "")),
    ],
)
def test_aliases(text: str, found: tuple[str, str] | str) -> None:
    config = read_settings(SETTINGS.replace("share_cards: false", "redirect_files: [apache]"))
    document, _, _ = parse("content/a.vi.md", article("A", aliases=[text]), config)
    assert document is not None
    aliases, problems = read_aliases(config, [document])
    if isinstance(found, str):
        assert [problem.code for problem in problems] == [found]
        assert all(isinstance(problem, Problem) for problem in problems)
    else:
        assert [(alias.path, alias.query) for alias in aliases] == [found]
        assert problems == ()


@pytest.mark.parametrize(
    ("hosts", "query", "warned"),
    [
        ("", "p=1", True),
        ("netlify", "p=1", False),
        ("netlify", "123", True),
        ("netlify, nginx", "123", False),
        ("cloudflare", "p=1", True),
        ("cloudflare, apache", "p=1", False),
    ],
)
def test_queries_that_no_rule_can_look_for_are_told(hosts: str, query: str, warned: bool) -> None:
    config = read_settings(SETTINGS.replace("share_cards: false", f"redirect_files: [{hosts}]"))
    document, _, _ = parse("content/a.vi.md", article("A", aliases=[f"/?{query}"]), config)
    assert document is not None
    assert bool(read_aliases(config, [document])[1]) is warned


@pytest.mark.parametrize("hosts", ["", "netlify", "cloudflare", "apache", "nginx", "netlify, apache"])
@pytest.mark.parametrize(
    "text",
    [
        "/a:b/",
        "/a*",
        "/a%3Fb/",
        "/%3Ca%3E",
        "/a|b/x/",
        "/%22a%22.html",
        "/a./",
        "/a%20/b",
        "/Con/",
        "/o/nul.php",
        "/a:b/?p=1",
    ],
)
def test_what_no_page_can_answer_on_every_disk(hosts: str, text: str) -> None:
    """A rule can, where a host is named whose rules have no use for such signs."""
    config = read_settings(SETTINGS.replace("share_cards: false", f"redirect_files: [{hosts}]"))
    document, _, _ = parse("content/a.vi.md", article("A", aliases=[text]), config)
    assert document is not None
    told = [found.code for found in read_aliases(config, [document])[1]]
    can = any(host in hosts for host in ("apache", "nginx")) or (hosts == "cloudflare" and "?p=" not in text)
    assert told == ([] if can else ["unportable-alias"])


def test_rules_for_what_no_page_can_answer(tmp_path: Path) -> None:
    settings = SETTINGS.replace("share_cards: false", "redirect_files: [apache]")
    aliases = ["/wiki/Tin:A/", "/con.html", "/old/"]
    made = make(tmp_path, {"site.yaml": settings, "content/a.vi.md": article("A", date="", aliases=aliases)})
    assert made.build.problems == ()
    assert "old/index.html" in made.files
    assert not [path for path in made.files if unportable(path)]
    rules = made.text(".htaccess")
    assert 'RedirectMatch 301 "^/site/wiki/Tin:A/?$" "/site/vi/a/"' in rules
    assert 'RedirectMatch 301 "^/site/con\\\\.html$" "/site/vi/a/"' in rules
    twice = {"content/a.vi.md": article("A", aliases=["/a:b/"]), "content/b.vi.md": article("B", aliases=["/a:b/"])}
    (found,) = problems_of(tmp_path, twice, base={})
    assert (found.code, found.arguments["address"]) == ("duplicate-address", "/a:b/")


def test_an_alias_said_twice(tmp_path: Path) -> None:
    made = make(tmp_path, {"content/a.vi.md": article("A", date="", aliases=["/old", "/old/", "old"])})
    assert (codes(made.build.problems), "old/index.html" in made.files) == ([], True)


def test_two_articles_with_one_query(tmp_path: Path) -> None:
    """One that claims it twice is told nothing."""
    files = {
        "content/a.vi.md": article("A", date="", aliases=["/?p=1", "?p=1"]),
        "content/b.vi.md": article("B", date="", aliases=["/?p=1"]),
        "site.yaml": SETTINGS.replace("share_cards: false", "redirect_files: [nginx]"),
    }
    found = [(found.code, found.place.path, found.arguments["other"]) for found in problems_of(tmp_path, files)]
    assert found == [("duplicate-address", "content/b.vi.md", "content/a.vi.md")]
