"""What pages may load, and what makes that unknown."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from sitegen.config.targets import TargetSettings
from sitegen.publish.hosting.page_policy import LOOSE
from sitegen.publish.hosting.rules import Rules, make_rules
from sitegen.site.model import Asset, Layout, Site
from tests.support.sites import SETTINGS, Content, article, make

STRICT = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; media-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
LAYOUT = '{% extends "theme/home.html" %}{% block aside_extra %}TEXT{% endblock %}'


def rules(root: Path, files: Mapping[str, Content], **settings: object) -> Rules:
    made = make(root, {"content/news/a/index.vi.md": article("A"), **files})
    return make_rules(made.site, TargetSettings("folder:/srv", **settings), made.files, (), made.build.problems)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return make(tmp_path_factory.mktemp("site"), {"content/news/a/index.vi.md": article("A")}).site


def with_file(site: Site, path: str, text: str) -> Rules:
    """The rules of a site that has one file more of its own, laid over the theme's where that has it too."""
    folder, _, name = path.partition("/")
    if folder == "layouts":
        hidden = {f"theme/{name}": site.layouts[name]} if name in site.layouts else {}
        site = replace(site, layouts={**site.layouts, **hidden, name: Layout(name, path, text, "")})
    else:
        asset = Asset(name, path, text.encode(), "", "", None)
        site = replace(site, assets={**site.assets, name: asset})
    return make_rules(site, TargetSettings("folder:/srv"), site.pages.keys())


def policy(found: Rules, path: str = "vi/index.html") -> str:
    return found.headers_of(path)["Content-Security-Policy"]


def test_the_theme_needs_its_own_host_alone(tmp_path: Path) -> None:
    found = rules(tmp_path, {})
    assert policy(found) == policy(found, "vi/news/a/index.html") == policy(found, "404.html") == STRICT
    searching = "media-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; manifest-src"
    assert policy(found, "vi/search/index.html") == STRICT.replace("media-src 'self'; manifest-src", searching)
    assert not found.remarks


@pytest.mark.parametrize(
    "text",
    [
        '<link rel="stylesheet" href="{{ asset("css/timeline.css") }}">',
        '<img src="{{ site.logo.url }}" alt="">',
        '<a href="https://example.org/">x</a><p class="style">on time = now</p>',
        '<script type="application/ld+json">{"@context": "https://schema.org"}</script>',
        '<meta property="og:image" content="https://example.net/a.png">{# see https://example.net/ #}',
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><path d="M0 0"/></svg>',
        "{{ 7 // 2 }} <!-- https://example.net/ -->",
    ],
)
def test_layouts_that_bring_nothing(plain: Site, text: str) -> None:
    assert policy(with_file(plain, "layouts/home.html", text)) == STRICT


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<script type="module" src="{{ asset("js/search.js") }}"></script>',
        "<STYLE>p { color: red }</STYLE>",
        '<p style="color: red">x</p>',
        '<p onclick="x()">x</p>',
        '<img src="https://example.net/a.png" alt="">',
        '<img srcset="//example.net/a.png 2x" alt="">',
        '<img src="data:image/gif;base64,R0lGODdh" alt="">',
        '<link rel="stylesheet" href="https://example.net/a.css">',
        '<iframe src="/vi/"></iframe>',
        '<form action="https://example.net/"></form>',
        '{% set picture = "https://example.net/a.png" %}<img src="{{ picture }}" alt="">',
        '<a href="javascript:x()">x</a>',
        '{{ "<b>x</b>"|safe }}',
        "{% autoescape false %}{{ site.title }}{% endautoescape %}",
        "{% if false %}{{ article.extra.video }}{% endif %}",
    ],
)
def test_layouts_that_may_bring_anything(plain: Site, text: str) -> None:
    found = with_file(plain, "layouts/home.html", text)
    assert {policy(found), policy(found, "vi/search/index.html")} == {LOOSE}
    assert [(p.code, p.place.path) for p in found.remarks] == [("weak-policy", "layouts/home.html")]
    assert "layouts/home.html may bring" in found.remarks[0].message


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("layouts/parts/extra.html", "<script>1</script>"),
        ("assets/css/type.css", "@import 'https://example.net/a.css';"),
        ("assets/css/more.css", "p { background: url(//example.net/a.png) }"),
        ("assets/css/data.css", "p { background: url('data:image/gif;base64,R0lGODdh') }"),
        ("assets/css/set.css", "p { background: image-set('https://example.net/a.png' 1x) }"),
        ("assets/css/escaped.css", "p { background: url(h\\74tps://example.net/a.png) }"),
        ("layouts/feed.xml", '<?xml-stylesheet href="a.xsl"?><feed/>'),
        ("assets/js/search.js", "import('https://example.net/a.js');"),
    ],
)
def test_other_files_that_may_bring_anything(plain: Site, path: str, text: str) -> None:
    found = with_file(plain, path, text)
    assert policy(found) == LOOSE
    assert [p.place.path for p in found.remarks] == [path]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("layouts/robots.txt", "Sitemap: https://example.net/sitemap.xml\n"),
        ("layouts/feed.xml", '<feed xmlns="http://www.w3.org/2005/Atom"/>'),
        ("assets/css/more.css", "/* of https://example.net/ */ p { background: url(../icon.svg) }"),
        ("assets/js/more.js", "export const address = 'https://example.net/';"),
    ],
)
def test_other_files_that_bring_nothing(plain: Site, path: str, text: str) -> None:
    assert policy(with_file(plain, path, text)) == STRICT


def test_a_site_with_files_of_its_own(tmp_path: Path) -> None:
    files = {"layouts/home.html": LAYOUT.replace("TEXT", "<p>x</p>"), "assets/css/more.css": "p { color: red }"}
    assert policy(rules(tmp_path / "a", files)) == STRICT
    assert policy(rules(tmp_path / "b", {**files, "layouts/tag.html": "<script>1</script>"})) == LOOSE


def test_raw_html_may_bring_anything(tmp_path: Path) -> None:
    found = rules(tmp_path, {"site.yaml": f"{SETTINGS}markdown: {{html: true}}\n"})
    assert policy(found) == LOOSE
    assert [p.place.path for p in found.remarks] == ["site.yaml"]


def test_pictures_elsewhere_are_let_in(tmp_path: Path) -> None:
    text = "![a](https://pictures.example/a.png) ![b](http://Ảnh.example:8080/b.png) ![c](//pictures.example/c.png)"
    found = rules(tmp_path, {"content/news/b.vi.md": article("B", text)})
    assert "img-src 'self' pictures.example:* xn--nh-h5s.example:*; font-src" in policy(found)


def test_a_host_that_no_policy_can_name(tmp_path: Path) -> None:
    for number, host in enumerate(("a..example", "[2001:db8::1]", "a_b.example")):
        text = f"![a](https://{host}/a.png)"
        found = rules(tmp_path / str(number), {"content/news/b.vi.md": article("B", text)})
        assert policy(found) == LOOSE
        assert [p.place.path for p in found.remarks] == ["content/news/b.vi.md"]


def test_a_policy_of_ones_own(tmp_path: Path) -> None:
    own = {"content-security-policy": "default-src 'self'"}
    found = rules(tmp_path, {"layouts/home.html": LAYOUT.replace("TEXT", "<script>1</script>")}, headers=own)
    for path in ("vi/index.html", "vi/search/index.html", "files/a.pdf"):
        assert found.headers_of(path)["content-security-policy"] == "default-src 'self'"
        assert "Content-Security-Policy" not in found.headers_of(path)
    assert not found.remarks
    taken = rules(tmp_path / "two", {}, headers={"Content-Security-Policy": ""})
    assert not any("Content-Security-Policy" in rule.headers for rule in taken.headers)


def test_what_is_no_page_may_be_opened_by_itself(tmp_path: Path) -> None:
    svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'><style>path { fill: red }</style></svg>"
    found = rules(
        tmp_path,
        {
            "content/news/b/index.vi.md": article("B", "![x](x.svg)", attachments=[{"src": "a.pdf"}]),
            "content/news/b/x.svg": svg,
            "content/news/b/a.pdf": "%PDF-1.4",
            "assets/root/own.html": "<script>1</script>",
        },
    )
    assert "Content-Security-Policy" not in found.headers_of("files/news/b/a.pdf")
    assert "style-src 'unsafe-inline'" in policy(found, "files/news/b/x.svg")
    assert "style-src 'unsafe-inline'" in policy(found, "vi/feed.xml")
    assert policy(found, "own.html") == LOOSE
    assert not found.remarks
