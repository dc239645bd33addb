"""Real servers do what the list of rules says, all of them the same: every header of every file, old addresses, what is
gone, pages for what is missing."""

import http.client
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

import pytest

from sitegen.config.targets import Host, TargetSettings
from sitegen.publish.hosting.host_files import HostFiles, host_files
from sitegen.publish.hosting.page_policy import LOOSE
from sitegen.publish.hosting.rules import Rules, make_rules
from sitegen.site.urls import quoted
from tests.support.edge import cloudflare, netlify
from tests.support.live import apache, nginx
from tests.support.sites import SETTINGS, article, make

pytestmark = pytest.mark.posix

ALIASES = {
    "old/": "vi/tin-tuc/bai-mot/",
    "2023/bài cũ.html": "vi/tin-tuc/bai-mot/",
    "tin (cũ) + thêm/": "vi/tin-tuc/bai-mot/",
    "100%/": "vi/tin-tuc/bai-mot/",
    "a&b=c,d;e'f~g!@/": "vi/tin-tuc/bai-mot/",
    "旧/お知らせ/": "ja/報道/気候/",
    "a.b/$1/${x}/": "ja/報道/気候/",
}
UNPORTABLE = {"a|b/": "ja/報道/気候/", "c:d/": "ja/報道/気候/"}
QUERIES = {
    "?p=123": "vi/tin-tuc/bai-mot/",
    "index.php?id=7&lang=vi": "vi/tin-tuc/bai-mot/",
    "old/?t=%C4%91%E1%BB%95i": "ja/報道/気候/",
}
GONE = ("vi/bỏ/", "ja/なし/x.html", "vi/100%/", "a b+c/")
SVG = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'/>"
FILES = {
    "site.yaml": f"{SETTINGS}redirect_files: [apache]\nattachment_types: [log]\n",
    "content/news/_index.vi.md": "---\ntitle: Tin tức\nslug: tin-tuc\n---\n",
    "content/news/_index.ja.md": "---\ntitle: 報道\nslug: 報道\n---\n",
    "content/news/a/index.vi.md": article(
        "Một",
        "[x](so-lieu.csv) [y](bản đồ.pdf)",
        slug="bai-mot",
        tags="jcm",
        aliases=[f"/{quote(path)}" for path in [*ALIASES][:5]] + [f"/{path}" for path in [*QUERIES][:2]],
    ),
    "content/news/a/index.ja.md": article(
        "一",
        "![図](図 1.svg)",
        slug="気候",
        tags="jcm",
        aliases=[f"/{quote(path)}" for path in (*[*ALIASES][5:], *UNPORTABLE)] + [f"/{[*QUERIES][2]}"],
    ),
    "content/news/a/図 1.svg": SVG,
    "content/news/a/so-lieu.csv": "a,b\n",
    "content/news/a/bản đồ.pdf": "%PDF-1.4",
    "content/tags.yaml": "jcm: {name: {vi: JCM, ja: JCM, en: JCM}, slug: {vi: tín chỉ, ja: 二国間}}\n",
    "assets/root/own.html": "<!doctype html><title>x</title><script>1</script>",
}
EXTRA = {"X-Extra": 'a "b" 50% of \\ it; c=d', "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": ""}


class Served(NamedTuple):
    """A site below a folder that a server's own user may read, with the rules for it."""

    files: Mapping[str, bytes]
    rules: Rules
    root: Path


@pytest.fixture(scope="module", params=["/site/", "/", "/tệp (mới) 100%25/"])
def site(request: pytest.FixtureRequest) -> Iterator[Served]:
    """At the root of its host, below a path, and below one of many letters."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    base_url = f"https://example.org{quote(request.param, safe='/%')}"
    try:
        settings = FILES["site.yaml"].replace("https://example.org/site/", base_url)
        root = folder / "served"
        output = root / unquote(request.param).strip("/")
        made = make(folder / "source", {**FILES, "site.yaml": settings}, base={}, output=output, index=True)
        target = TargetSettings("folder:/srv", headers=EXTRA, hsts=True, noindex=True)
        gone = [f"/{quote(path)}" for path in GONE]
        files = {path: data for path, data in made.files.items() if path != ".htaccess"}
        yield Served(files, make_rules(made.site, target, files, gone, made.build.problems), root)
    finally:
        shutil.rmtree(folder)


def install(site: Served, host: Host, where: Path | None = None) -> HostFiles:
    """Put a host's files where it reads them, and no other's."""
    made = host_files(host, site.rules)
    for name in (".htaccess", "_headers", "_redirects", "web.config"):
        for folder in (site.root, site.root / unquote(site.rules.base).strip("/")):
            (folder / name).unlink(missing_ok=True)
    for name, data in made.files.items():
        (where or site.root / unquote(site.rules.base).strip("/")).joinpath(name).write_bytes(data)
    return made


def ask(port: int, target: str) -> tuple[int, dict[str, str]]:
    """The status of an address, and headers, of which none comes twice; but what mod_expires says of redirects cannot
    be taken away."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        answer.read()
        names = [name.lower() for name, _ in answer.getheaders()]
        assert len(names) == len({*names}) or answer.status == 301, sorted(names)
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()


def headers_are_as_said(port: int, site: Served, rules: Rules, *, also: Iterable[str] = ()) -> None:
    """Of every file and of what is missing, with none that is not said. `also`: addresses that answer otherwise."""
    also = {*also, *(one.path for one in rules.redirects if not one.query)}
    known = {name.lower() for rule in site.rules.headers for name in rule.headers} | {"cross-origin-opener-policy"}
    known |= {"content-type"} if rules.types else set()
    asked = {
        path: path.removesuffix("index.html") for path in site.files if path.removesuffix("index.html") not in also
    }
    asked |= {path: f"{path.removesuffix('404.html')}không/có" for path in site.files if path.endswith("404.html")}
    assert len(asked) > 50
    for path, address in asked.items():
        status, found = ask(port, rules.url(address))
        assert status == (404 if path.endswith("404.html") else 200), address
        expected = {name.lower(): value for name, value in rules.headers_of(path).items()}
        assert {name: found[name] for name in known if name in found} == expected, address


def leads_on(port: int, site: Served, rules: Rules, old: str, new: str) -> None:
    path, mark, query = old.partition("?")
    for form in {path, path.rstrip("/")} if path else {path}:
        status, found = ask(port, f"{rules.url(form)}{mark}{query}")
        assert (status, unquote(urlsplit(found["location"]).path)) == (301, unquote(rules.url(new))), old
        assert not urlsplit(found["location"]).query
        assert ask(port, urlsplit(found["location"]).path)[0] == 200


OF_ITS_OWN = """
ExpiresActive On
ExpiresDefault "access plus 1 month"
Header set X-Content-Type-Options other
Header always set Referrer-Policy other
"""
APACHES = {
    "bare": ("AllowOverride All", ("alias", "dir")),
    "usual": ("AllowOverride All", ("alias", "dir", "headers", "mime", "rewrite", "expires")),
    "without AuthConfig": ("AllowOverride FileInfo\n    Options None", ("alias", "dir", "headers", "mime", "rewrite")),
    "without headers": ("AllowOverride All", ("alias", "dir", "mime")),
    "without alias": ("AllowOverride All\n    Options None", ("dir", "headers", "mime")),
    "with headers of its own": (f"AllowOverride All\n{OF_ITS_OWN}", ("alias", "dir", "headers", "mime", "expires")),
}


@pytest.mark.parametrize("kind", APACHES)
def test_apache(site: Served, tmp_path: Path, kind: str) -> None:
    directory, modules = APACHES[kind]
    rules = install(site, "apache").rules
    has_headers, has_types = "headers" in modules, "mime" in modules
    with apache(tmp_path, site.root, directory, modules) as port:
        if has_headers and has_types:
            headers_are_as_said(port, site, rules)
        assert ask(port, rules.url("vi/"))[0] == 200
        if "alias" not in modules:
            assert ask(port, rules.url("old/"))[0] == 200, "a page leads on"
            return
        addresses(port, site, rules)
        hidden(port, site, rules)


def test_nginx(site: Served, tmp_path: Path) -> None:
    made = install(site, "nginx")
    assert not made.files
    (tmp_path / "site.conf").write_bytes(made.beside["nginx.conf"])
    with nginx(tmp_path / "run", f'root "{site.root}"; index index.html; include {tmp_path}/site.conf;') as (port,):
        headers_are_as_said(port, site, made.rules)
        addresses(port, site, made.rules)
        hidden(port, site, made.rules)


def test_cloudflare(site: Served, tmp_path: Path) -> None:
    made = install(site, "cloudflare", site.root)
    moved = frozenset(one.path for one in made.rules.redirects)
    with cloudflare(site.root, tmp_path) as port:
        own = [path for path in site.files if path.endswith(".html") and not path.endswith("index.html")]
        headers_are_as_said(port, site, made.rules, also=own)
        for old, new in (ALIASES | UNPORTABLE).items():
            leads_on(port, site, made.rules, old, new)
        status, found = ask(port, made.rules.url("own"))
        assert (status, found["content-security-policy"]) == (200, LOOSE)
    log = (tmp_path / "log").read_text("utf-8")
    assert "invalid" not in log
    assert re.search(rf"Parsed {2 * len(moved) - 1} valid redirect rules", log)
    assert [found.code for found in made.remarks if found.code != "host-files-above"] == [
        "host-without-gone",
        "host-without-queries",
    ]


def test_netlify(site: Served, tmp_path: Path) -> None:
    made = install(site, "netlify", site.root)
    read = netlify(site.root, tmp_path)
    assert not read["errors"]
    for path in site.files:
        address = made.rules.url(path.removesuffix("index.html"))
        found = [rule["values"] for rule in read["headers"] if re.search(rule["forRegExp"], address, re.IGNORECASE)]
        names = [name for values in found for name in values]
        assert len(names) == len({*names}), "no two rules have one header"
        assert {name: value for values in found for name, value in values.items()} == made.rules.headers_of(path), path
    moved = {(rule["path"], *rule["query"].items()): rule for rule in read["redirects"]}
    for old, new in (ALIASES | UNPORTABLE).items():
        assert (moved[made.rules.url(old),]["to"], moved[made.rules.url(old),]["status"]) == (made.rules.url(new), 301)
    for old, new in QUERIES.items():
        path, _, query = old.partition("?")
        rule = moved[(made.rules.url(path), *(tuple(part.split("=")) for part in query.split("&")))]
        assert (rule["to"], rule["status"], rule["force"]) == (made.rules.url(new), 301, True)
    for path in GONE:
        assert moved[made.rules.url(path),]["status"] == 410
    missing = {rule["path"]: rule["to"] for rule in read["redirects"] if rule["status"] == 404}
    assert missing == {f"{made.rules.url(folder)}*": made.rules.url(page) for folder, page in made.rules.not_found}


SIGNS = [chr(code) for code in range(0x20, 0x7F) if chr(code) not in "/\\?#"] + [
    "\xa0",
    "é",
    "ế",
    "環",
    "𠮟",
    "%25",
    "$1",
    "${HOME}",
    "%{HTTP_HOST}",
]


@pytest.fixture(scope="module")
def signs() -> Iterator[Served]:
    """A site with old addresses and gone ones of every sign, in paths and in queries."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    try:
        paths = [f"/x{quote(sign)}y/" for sign in SIGNS]
        queries = [f"/q/?x{sign.strip() or '+'}y" for sign in SIGNS]
        settings = SETTINGS.replace("https://example.org/site/", "https://example.org/")
        files = {
            "site.yaml": f"{settings}redirect_files: [apache]\nlimits: {{list_entries: 500}}\n",
            "content/a.vi.md": article("A", date="", aliases=[*paths, *queries]),
        }
        made = make(folder / "source", files, base={}, output=folder / "served")
        gone = [f"/gone/{quote(sign)}/" for sign in SIGNS if sign != "."]
        rules = make_rules(made.site, TargetSettings("folder:x"), made.files, gone)
        assert len(rules.redirects) > 150
        yield Served(made.files, rules, folder / "served")
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("host", ["apache", "nginx"])
def test_every_sign(signs: Served, tmp_path: Path, host: Host) -> None:
    made = install(signs, host)
    (tmp_path / "site.conf").write_bytes(b"".join(made.beside.values()))
    of_nginx = f'root "{signs.root}"; index index.html; include {tmp_path}/site.conf;'
    of_apache = ("AllowOverride FileInfo", ("alias", "dir", "headers", "mime"))
    with ExitStack() as stack:
        if host == "nginx":
            (port,) = stack.enter_context(nginx(tmp_path / "run", of_nginx))
        else:
            port = stack.enter_context(apache(tmp_path / "run", signs.root, *of_apache))
        for one in made.rules.redirects:
            leads_on(port, signs, made.rules, f"{one.path}?{one.query}".rstrip("?"), one.target)
        for path in made.rules.gone:
            assert ask(port, made.rules.url(path))[0] == 410, path
        assert ask(port, "/xzzy/")[0] == 404


def addresses(port: int, site: Served, rules: Rules) -> None:
    for old, new in (ALIASES | UNPORTABLE | QUERIES).items():
        leads_on(port, site, rules, old, new)
    assert ask(port, f"{rules.url('')}?p=1234")[0] == 200
    assert "/vi/tin-tuc/bai-mot/" in ask(port, f"{rules.url('old/')}?p=123")[1]["location"]
    for path in GONE:
        for form in {path, path.rstrip("/")}:
            status, found = ask(port, rules.url(form))
            assert status == 410, path
            if "cache-control" in found:
                assert found["cache-control"] == "no-store"
    assert ask(port, rules.url("vi/bỏ/thêm"))[0] == 404


def hidden(port: int, site: Served, rules: Rules) -> None:
    folder = site.root / unquote(rules.base).strip("/")
    for name in (".sitegen", ".sitegen-try-1"):
        (folder / name).mkdir()
        (folder / name / "x.html").write_text("x", "utf-8")
    try:
        for path in (".sitegen", ".sitegen/", ".sitegen/x.html", ".sitegen/no.html"):
            assert ask(port, rules.url(path))[0] == 404
        assert ask(port, rules.url(".sitegen-try-1/x.html"))[0] == 200
    finally:
        for name in (".sitegen", ".sitegen-try-1"):
            shutil.rmtree(folder / name)


def test_addresses_are_what_they_seem() -> None:
    assert quoted("tin (cũ) + thêm/") == "tin%20%28c%C5%A9%29%20%2B%20th%C3%AAm/"
