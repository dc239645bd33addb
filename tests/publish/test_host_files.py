"""Host files as text: what hosts get, what their limits forbid, what they cannot do."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest
import yaml
from msgspec.structs import replace

from sitegen.config.media_types import content_type
from sitegen.config.targets import Host, TargetSettings
from sitegen.problems import Problem
from sitegen.publish.hosting.host_files import NAMES, check_limits, host_files, trials
from sitegen.publish.hosting.page_policy import LOOSE
from sitegen.publish.hosting.rules import HeaderRule, Rules, make_rules
from sitegen.site.urls import Redirect
from tests.support.live import write
from tests.support.sites import SETTINGS, article, make

MOVED = (Redirect("", "vi/a/", "p=1"), Redirect("cũ/", "vi/a/"), Redirect("a|b/", "vi/a/"))


def rules(**changes: object) -> Rules:
    found = Rules(
        base="/",
        domain="example.org",
        headers=(HeaderRule("*", {"X": "y"}), HeaderRule("files/*", {"X": ""})),
        types={"html": "text/html; charset=utf-8"},
        not_found=(("vi/", "vi/404.html"), ("", "404.html")),
    )
    return replace(found, **changes)


def codes(problems: Iterator[Problem]) -> list[str]:
    return [found.code for found in problems]


@pytest.mark.parametrize("host", get_args(Host))
def test_every_host_has_its_files(host: Host) -> None:
    made = host_files(host, rules(redirects=MOVED, gone=("x/",)))
    assert bool(made.files) == (host not in ("", "nginx"))
    assert bool(made.beside) == (host == "nginx")
    assert all(found.severity == "warning" and found.message and found.hint for found in made.remarks)
    assert host == "" or host in NAMES
    assert not [*check_limits(host, made.files, {"a": 1})]


def test_a_page_for_what_is_missing_names_what_is_there(tmp_path: Path) -> None:
    made = make(tmp_path, {"content/a.vi.md": article("A"), "site.yaml": f"{SETTINGS}default_language_at_root: true\n"})
    found = make_rules(made.site, TargetSettings("folder:x"), made.files)
    assert found.not_found == (("ja/", "ja/404.html"), ("en/", "en/404.html"), ("", "404.html"))
    assert found.headers_of("404.html")["Cache-Control"] == "no-store"


def test_what_is_gone_however_it_is_written(tmp_path: Path) -> None:
    made = make(tmp_path, {"content/a.vi.md": article("A")})
    written = {
        "/vi/cu/": "vi/cu/",
        "/vi/cu": "vi/cu/",
        "/site/vi/c%E1%BB%A7/": "vi/củ/",
        "https://www.example.org/site/vi/b": "vi/b/",
        "/vi/tin-v1.2": "vi/tin-v1.2/",
        "/files/news/a.pdf": "files/news/a.pdf",
        "/old.php": "old.php",
        "/vi/d/index.html": "vi/d/",
    }
    for text, path in written.items():
        assert make_rules(made.site, TargetSettings("folder:x"), made.files, [text]).gone == (path,), text
    assert make_rules(made.site, TargetSettings("folder:x"), made.files, ["https://example.net/a"]).gone == ()


def test_what_is_kept_for_ever(tmp_path: Path) -> None:
    """All that has a digest in its name, and no page of a section that goes by the name of its folder."""
    settings = SETTINGS.replace("share_cards: false\n", "default_language_at_root: true\n")
    files = {
        "site.yaml": settings,
        "content/pictures/a.vi.md": article("A"),
        "content/news/b/index.vi.md": article("B", "![x](x.svg)"),
        "content/news/b/x.svg": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'/>",
        "assets/root/cards/x.png": "x",
    }
    made = make(tmp_path, files, index=True)
    found = make_rules(made.site, TargetSettings("folder:x"), made.files)
    kept = {path for path in made.files if "immutable" in found.headers_of(path)["Cache-Control"]}
    assert {path.partition("/")[0] for path in kept} == {"assets", "drawn", "search"}
    assert {path for path in made.files if path.startswith("assets/")} <= kept
    assert {path.rpartition(".")[2] for path in kept if path.startswith("search/")} == {
        "pf_meta", "pf_index", "pf_fragment",
    }  # fmt: skip
    assert {"pictures/index.html", "pictures/a/index.html", "files/news/b/x.svg", "cards/x.png"} <= made.files.keys()


def test_settings_of_a_target(tmp_path: Path) -> None:
    made = make(tmp_path, {"content/a.vi.md": article("A")})
    said = TargetSettings("folder:x", hsts=True, noindex=True, headers={"cache-control": "no-cache", "X-Own": "1"})
    found = make_rules(made.site, said, made.files).headers_of("vi/index.html")
    assert found["Strict-Transport-Security"] == "max-age=31536000"
    assert found["X-Robots-Tag"] == "noindex"
    assert (found["X-Own"], found["cache-control"]) == ("1", "no-cache")
    assert "Cache-Control" not in found
    plain = make_rules(made.site, TargetSettings("folder:x"), made.files)
    assert not {"Strict-Transport-Security", "X-Robots-Tag"} & plain.headers_of("vi/index.html").keys()
    styles = next(path for path in made.files if path.endswith(".css"))
    assert "immutable" in make_rules(made.site, said, made.files).headers_of(styles)["Cache-Control"]
    insecure = make(tmp_path, {"site.yaml": SETTINGS.replace("https:", "http:")})
    assert "Strict-Transport-Security" not in make_rules(insecure.site, said, made.files).headers_of("vi/index.html")


def test_a_host_file_of_the_sites_own(tmp_path: Path) -> None:
    files = {"content/a.vi.md": article("A", aliases=["old"]), "assets/root/_headers": "/*\n  X: y\n"}
    made = make(tmp_path, files)
    found = make_rules(made.site, TargetSettings("folder:x"), made.files)
    done = host_files("netlify", found)
    assert done.files.keys() == {"_redirects"}
    assert ("own-host-file", "assets/root/_headers") in [(one.code, one.place.path) for one in done.remarks]
    assert (done.rules.headers, [one.path for one in done.rules.redirects]) == ((), ["old/"])
    assert host_files("apache", found).files.keys() == {".htaccess"}
    own = host_files("apache", replace(found, own=frozenset({".htaccess"})))
    assert (own.files, own.rules.headers, own.rules.redirects) == ({}, (), ())
    assert not trials("apache", replace(found, own=frozenset({".htaccess"})))


def test_a_layout_of_the_sites_own_says_it(tmp_path: Path) -> None:
    files = {"layouts/redirects/apache.txt": "# ours\n", "site.yaml": f"{SETTINGS}redirect_files: [apache, netlify]\n"}
    made = make(tmp_path, {"content/a.vi.md": article("A"), **files})
    found = make_rules(made.site, TargetSettings("folder:x"), made.files)
    assert found.own == {".htaccess"}
    assert not host_files("apache", found).files


@pytest.mark.parametrize("host", ["netlify", "cloudflare", "apache"])
def test_what_builds_write_says_the_same(tmp_path: Path, host: Host) -> None:
    """`redirect_files`, whose layouts a site may have of its own, are for who publishes by other means."""
    aliases = ["/cũ (1) + 2/", "/a$1.html", "/旧/", "/x'y\"z/", *(["/?p=1&q=%C3%A9"] if host != "cloudflare" else [])]
    files = {
        "content/news/a.ja.md": article("A", aliases=aliases, slug="気候"),
        "site.yaml": f"{SETTINGS}redirect_files: [apache, {host}]\n".replace("[apache, apache]", "[apache]"),
    }
    made = make(tmp_path, files)
    name = ".htaccess" if host == "apache" else "_redirects"
    (built,) = (made.text(path) for path in made.files if path == name)
    written = host_files(host, make_rules(made.site, TargetSettings("folder:x"), made.files)).files[name].decode()
    lines = [line for line in built.splitlines() if "301" in line]
    assert len(lines) >= len(aliases)
    assert not [line for line in lines if line not in written.splitlines()]


def test_very_many_old_addresses() -> None:
    """Pages lead on from most of them, since Apache reads its file at each request."""
    many = (*MOVED, *(Redirect(f"{number}/", "vi/a/") for number in range(1_000)))
    hosts: dict[Host, tuple[str, int]] = {"apache": (".htaccess", 1_000), "iis": ("web.config", 300)}
    for host, (name, most) in hosts.items():
        made = host_files(host, rules(redirects=many[: most + 1]))
        assert made.rules.redirects == (MOVED[0], MOVED[2])
        assert len(made.files[name]) < 10_000
        assert host_files(host, rules(redirects=many[:most])).rules.redirects == many[:most]


@pytest.mark.parametrize(
    ("host", "name", "value"),
    [("nginx", "nginx", "5 $"), ("apache", "Apache", "a ${HOME}"), ("cloudflare", "Cloudflare Pages", "a:splat")],
)
def test_a_header_that_a_host_cannot_send(host: Host, name: str, value: str) -> None:
    made = host_files(host, rules(headers=(HeaderRule("*", {"X-Price": value, "X": "y"}),)))
    written = b"".join((*made.files.values(), *made.beside.values()))
    assert b"X-Price" not in written
    assert b"X: y" in written or b'X "y"' in written
    assert made.rules.headers_of("a") == {"X": "y"}
    assert f"{name} cannot send the header X-Price." in [found.message for found in made.remarks]
    assert host_files("netlify", rules(headers=(HeaderRule("*", {"X-Price": value}),))).rules.headers_of("a")


def test_pages_of_the_sites_own_where_there_is_one_policy(tmp_path: Path) -> None:
    files = {
        "content/news/a/index.vi.md": article("A", "[x](x.html)"),
        "content/news/a/x.html": "<script>1</script>",
        "assets/root/của tôi.html": "<script>1</script>",
        "site.yaml": f"{SETTINGS}attachment_types: [html]\n",
    }
    made = make(tmp_path, files)
    found = make_rules(made.site, TargetSettings("folder:x"), made.files)
    for path in ("files/news/a/x.html", "của tôi.html"):
        assert found.headers_of(path)["Content-Security-Policy"] == LOOSE
    done = host_files("netlify", found)
    assert done.rules.headers_of("vi/index.html")["Content-Security-Policy"] == LOOSE
    assert [one.code for one in done.remarks if one.code == "weak-policy"] == ["weak-policy"]
    headers = host_files("cloudflare", found).files["_headers"].decode()
    assert "\n/site/c%E1%BB%A7a%20t%C3%B4i\n" in headers


def test_trials() -> None:
    """A page that is tried shows whether conditions are heeded."""
    searching = HeaderRule("vi/search/index.html", {"X": "s"})
    said = rules(base="/site/.sitegen-try-1/", redirects=MOVED, headers=(HeaderRule("*", {"X": "y"}), searching))
    full, plain = trials("apache", said)
    kind = "text/html; charset=utf-8"
    assert (full.name, full.without, full.headers, full.moves) == (
        ".htaccess", "", {"x": "s", "content-type": kind}, True,
    )  # fmt: skip
    line = 'RedirectMatch 301 "^/site/\\\\.sitegen\\\\-try\\\\-1/moved\\\\.html$" "/site/.sitegen-try-1/page.html"\n'
    assert line in full.data.decode()
    assert line in plain.data.decode()
    assert b"QUERY_STRING" in full.data
    assert (plain.without, plain.headers, plain.moves) == ("<If>, expr=", {"x": "y", "content-type": kind}, True)
    assert b"<If " not in plain.data
    assert b"expr" not in plain.data
    full, plain = trials("iis", rules())
    assert (full.moves, full.without, plain.moves, plain.without) == (True, "", False, "<rewrite>")
    assert b"<rewrite>" in full.data
    assert b"<rewrite>" not in plain.data
    assert not trials("cloudflare", rules())
    for count in (998, 999, 1_000, 1_001):
        many = tuple(Redirect(f"{number}/", "vi/a/") for number in range(count))
        for trial in trials("apache", rules(redirects=many)):
            assert b'"^/moved' in trial.data
            assert trial.moves


def test_apache_without_conditions() -> None:
    """One policy that lets all pages work, one page for what is missing, no old addresses with a query."""
    said = rules(
        redirects=MOVED,
        gone=("x/",),
        headers=(
            HeaderRule("*", {"Content-Security-Policy": "strict", "Cache-Control": "ask"}),
            HeaderRule("assets/*", {"Cache-Control": "for ever", "Content-Security-Policy": ""}),
            HeaderRule("vi/search/index.html", {"Content-Security-Policy": "script-src 'wasm-unsafe-eval'"}),
        ),
    )
    made = host_files("apache", said, plain=True)
    policy = "script-src 'wasm-unsafe-eval'; object-src 'self'"
    assert made.rules.headers_of("assets/x") == {"Content-Security-Policy": policy, "Cache-Control": "ask"}
    assert made.rules.not_found == (("", "404.html"),)
    assert [one.path for one in made.rules.redirects] == ["cũ/", "a|b/"]
    assert made.rules.gone == ("x/",)
    assert [one.code for one in made.remarks] == ["host-without-queries", "host-without-languages"]


def test_all_headers_taken_away(tmp_path: Path) -> None:
    made = make(tmp_path, {"content/a.vi.md": article("A")})
    found = make_rules(made.site, TargetSettings("folder:x"), made.files)
    none = dict.fromkeys(found.headers[0].headers, "")
    found = make_rules(made.site, TargetSettings("folder:x", headers=none), made.files)
    assert found.headers[0] == HeaderRule("*", {})
    hosts: tuple[Host, ...] = ("apache", "nginx", "iis", "netlify", "cloudflare")
    for host in hosts:
        for plain in (True, False):
            done = host_files(host, found, plain=plain)
            assert done.rules.headers_of("vi/index.html").keys() <= {"Content-Type"}
            assert not done.files.get("_headers", b"").startswith(b"/site/*\n")


class TestLimits:
    """Of a host, told before anything is sent."""

    def test_cloudflare(self) -> None:
        many = rules(redirects=tuple(Redirect(f"a|{number}/", "vi/") for number in range(2_001)))
        assert codes(check_limits("cloudflare", host_files("cloudflare", many).files, {})) == ["too-many-host-rules"]
        fits = replace(many, redirects=many.redirects[:2_000])
        assert not [*check_limits("cloudflare", host_files("cloudflare", fits).files, {})]
        heavy = rules(redirects=tuple(Redirect(f"a|{number:0100}/", "vi/") for number in range(999)))
        assert codes(check_limits("cloudflare", host_files("cloudflare", heavy).files, {})) == ["over-host-limit"]
        long = rules(redirects=(Redirect(f"{'ế' * 120}/", "vi/"),))
        assert codes(check_limits("cloudflare", host_files("cloudflare", long).files, {})) == ["too-long-host-rule"]
        for number in (2_000, 2_001, 20_000):
            paged = tuple(Redirect(f"{number}/", "vi/") for number in range(number))
            made = host_files("cloudflare", rules(redirects=(*paged, Redirect("a|b/", "vi/"))))
            assert not [*check_limits("cloudflare", made.files, {})]
            assert [one.path for one in made.rules.redirects] == ["a|b/"], "pages lead on from all others"
        wide = rules(headers=(HeaderRule("*", {"X": "y" * 2_000}),))
        assert codes(check_limits("cloudflare", host_files("cloudflare", wide).files, {})) == ["too-long-host-rule"]
        pages = tuple(HeaderRule(f"{number}/index.html", {"X": "y"}) for number in range(101))
        assert codes(check_limits("cloudflare", host_files("cloudflare", rules(headers=pages)).files, {})) == [
            "too-many-host-rules"
        ]
        assert not [*check_limits("cloudflare", host_files("cloudflare", rules(headers=pages[:100])).files, {})]
        assert codes(check_limits("cloudflare", {}, {"a.pdf": 26_214_401, "b.pdf": 26_214_400})) == ["over-host-limit"]
        assert codes(check_limits("cloudflare", {}, dict.fromkeys(map(str, range(20_001)), 1))) == ["too-many-files"]
        assert not [*check_limits("cloudflare", {}, dict.fromkeys(map(str, range(20_000)), 1))]

    def test_iis(self) -> None:
        long = rules(redirects=tuple(Redirect(f"{'ế' * 400}{number}/", "vi/") for number in range(300)))
        made = host_files("iis", long)
        assert codes(check_limits("iis", made.files, {})) == ["over-host-limit"]
        assert not [*check_limits("iis", host_files("iis", long, plain=True).files, {})]

    def test_git_hosts(self) -> None:
        many = rules(redirects=tuple(Redirect(f"a|{number}/", "vi/") for number in range(1_001)))
        assert codes(check_limits("gitlab", host_files("gitlab", many).files, {})) == ["too-many-host-rules"]
        assert codes(check_limits("github", {}, {"a.zip": 200_000_000})) == ["over-host-limit"]
        assert codes(check_limits("github", {}, dict.fromkeys(map(str, range(11)), 100_000_000))) == ["site-too-large"]
        assert not [*check_limits("", {}, {"a.zip": 10**12})]

    def test_what_is_said(self) -> None:
        (found,) = check_limits("cloudflare", {}, {"files/a.pdf": 30_000_000})
        assert found.message == "This file has 30000000 bytes, and Cloudflare Pages takes 26214400."
        assert found.place.path == "files/a.pdf"


def test_git_hosts() -> None:
    moved = rules(redirects=MOVED)
    assert host_files("github", moved).files == {".nojekyll": b"", "CNAME": b"example.org\n"}
    for domain, base in (("user.github.io", "/"), ("user.github.io", "/site/"), ("example.org", "/site/")):
        assert host_files("github", rules(domain=domain, base=base)).files == {".nojekyll": b""}
    assert host_files("codeberg", rules(domain="user.codeberg.page")).files == {}
    assert host_files("codeberg", moved).files == {
        ".domains": b"example.org\n",
        "_redirects": b"/c%C5%A9/ /vi/a/ 301\n/a%7Cb/ /vi/a/ 301\n",
    }
    gitlab = host_files("gitlab", moved)
    assert gitlab.files["_redirects"] == b"/a%7Cb/ /vi/a/ 301\n"
    assert [one.path for one in gitlab.rules.redirects] == ["a|b/"]


@pytest.mark.posix
def test_what_gitlab_is_told_to_do(tmp_path: Path) -> None:
    """Its job hands on all of a branch but what is not the site's, whatever folders that has."""
    job = yaml.safe_load(host_files("gitlab", rules()).files[".gitlab-ci.yml"])["pages"]
    files = {"public/a.html": "a", ".well-known/x": "x", "vi/index.html": "vi", "b c.html": "b"}
    others = {".git/config": "", ".sitegen/manifest.json.gz": "", ".gitlab-ci.yml": ""}
    write(tmp_path, {path: text.encode() for path, text in {**files, **others}.items()})
    script = "\n".join(["set -e", *job["script"]])
    subprocess.run(["sh", "-c", script], cwd=tmp_path, check=True, timeout=30)
    made = tmp_path / "public"
    assert {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()} == files.keys()
    assert job["artifacts"]["paths"] == ["public"]


def test_what_git_hosts_cannot_do() -> None:
    made = host_files("github", rules(redirects=MOVED, gone=("x/",)))
    assert [found.code for found in made.remarks] == [
        "host-without-headers", "host-without-gone", "host-without-queries", "host-without-languages",
    ]  # fmt: skip
    assert made.rules.not_found == (("", "404.html"),)


def test_names_of_a_sub_path() -> None:
    assert [found.code for found in host_files("cloudflare", rules(base="/site/")).remarks] == ["host-files-above"]


class TestWebConfig:
    """For IIS, which cannot be had here: by the rules of its schema."""

    @pytest.fixture
    def config(self, tmp_path: Path) -> ElementTree.Element:
        files = {
            "content/news/a.vi.md": article("A", "[x](x.avif) [y](y.webmanifest)", aliases=["/cũ/", "/b$1/{C}.html"]),
            "content/news/x.avif": "x",
            "content/news/y.webmanifest": "{}",
            "site.yaml": f"{SETTINGS}attachment_types: [webmanifest]\n",
        }
        made = make(tmp_path, files, index=True)
        found = make_rules(made.site, TargetSettings("folder:x"), made.files, ["/vi/gone/"])
        assert host_files("iis", found).rules.redirects == made.site.redirects
        return ElementTree.fromstring(host_files("iis", found).files["web.config"])

    def test_what_is_added_is_taken_away_first(self, config: ElementTree.Element) -> None:
        assert config.tag == "configuration"
        keys = {"mimeMap": "fileExtension", "add": None, "error": "statusCode"}
        seen = 0
        for parent in config.iter():
            if parent.tag not in ("staticContent", "customHeaders", "hiddenSegments", "httpErrors"):
                continue
            removed: list[str | None] = []
            for child in parent:
                if child.tag == "remove":
                    removed.append(next(iter(child.attrib.values())))
                    assert removed.count(removed[-1]) == 1
                else:
                    key = keys[child.tag] or ("name" if parent.tag == "customHeaders" else "segment")
                    assert child.attrib[key] == removed[-1], "the one just taken away"
                    seen += 1
        assert seen > 30

    def test_types(self, config: ElementTree.Element) -> None:
        kinds = {one.attrib["fileExtension"]: one.attrib["mimeType"] for one in config.iter("mimeMap")}
        for suffix in (".avif", ".webmanifest", ".json", ".pagefind", ".pf_meta", ".pf_index", ".pf_fragment", ".html"):
            assert kinds[suffix] == content_type(f"a{suffix}")

    def test_each_place_once(self, config: ElementTree.Element) -> None:
        places = [one.attrib["path"] for one in config.iter("location")]
        assert len(places) == len({*places})
        assert {"vi", "vi/search", "assets", "404.html", "vi/404.html"} <= {*places}
        assert not any("*" in place or place.endswith("/") for place in places)
        assert [one.tag for one in config] == ["system.webServer", *["location"] * len(places)]
        for one in config.iter("location"):
            assert [child.tag for child in one] == ["system.webServer"]

    def test_the_state_is_hidden(self, config: ElementTree.Element) -> None:
        assert [one.attrib for one in config.iter("hiddenSegments") for one in one.iter("add")] == [
            {"segment": ".sitegen"}
        ]

    def test_rewriting(self, config: ElementTree.Element) -> None:
        (parent,) = config.iter("rules")
        assert len({rule.attrib["name"] for rule in parent}) == len(parent) == 3
        found = {rule.find("match").attrib["url"]: rule.find("action").attrib for rule in parent}  # type: ignore[union-attr]
        assert found["^cũ/?$"]["url"] == "/site/vi/news/a/"
        assert found["^cũ/?$"]["redirectType"] == "Permanent"
        assert found[r"^b\$1/\{C\}\.html$"]["type"] == "Redirect"
        assert found["^vi/gone/?$"] == {"type": "CustomResponse", "statusCode": "410", "statusReason": "Gone"}

    def test_error_pages(self, config: ElementTree.Element) -> None:
        paths = [one.attrib["path"] for one in config.iter("error") if one.attrib["statusCode"] == "404"]
        assert {*paths} == {"404.html", "vi\\404.html", "ja\\404.html", "en\\404.html"}
