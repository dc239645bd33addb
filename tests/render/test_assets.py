"""Fingerprints, minified style sheets, integrity."""

import re
import shutil
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha384
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

import pytest
from lxml import html
from playwright.sync_api import Browser

from sitegen.problems import Place
from sitegen.render.assets import BLANK, Found, Minified, minified, read_assets
from tests.conftest import PROJECT
from tests.support.browser import serve
from tests.support.sites import SETTINGS, Made, article, make, output_files, problems_of, rebuild

PAIRS = re.compile(
    r"^## (?P<name>[^\n]+)\n\n```css\n(?P<css>.*?)^```\n\n```minified\n(?P<minified>.*?)^```$", re.MULTILINE | re.DOTALL
)
EXAMPLES = list(PAIRS.finditer((Path(__file__).parents[1] / "examples" / "styles.md").read_text("utf-8")))


@pytest.mark.parametrize("pair", EXAMPLES, ids=lambda pair: pair["name"])
def test_style_sheet(pair: re.Match[str]) -> None:
    assert minified(pair["css"]).text.strip() == pair["minified"].strip()


def published(contents: Mapping[str, str | bytes]) -> dict[str, str]:
    """The published text of each asset, with fingerprints shown as #."""
    data = {f"assets/{name}": text.encode() if isinstance(text, str) else text for name, text in contents.items()}
    assets, problems = read_assets(data)
    assert problems == ()
    return {
        name: re.sub(r"\.[0-9a-f]{10}\.", ".#.", asset.data.decode("utf-8", "surrogateescape"))
        for name, asset in assets.by_name.items()
    }


def test_what_refers_to_what_in_style_sheets() -> None:
    found = published(
        {
            "css/a.css": "@import \"b.css\" layer(x); @import url( 'sub/c d.css' );\n/* url(gone.png) it's */ "
            'a { content: "url(no.png)"; background: url("x%20y.svg#m"), url(q.png?v=1) }',
            "css/b.css": "b { color: red }",
            "css/sub/c d.css": "c { background: url('../q.png'), url('data:image/svg+xml,<svg a=\"url(x)\"/>') }",
            "css/x y.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "css/q.png": b"\x89PNG",
        }
    )
    assert found["css/a.css"] == (
        '@import "../css/b.#.css" layer(x);@import "../css/sub/c%20d.#.css";'
        'a{content:"url(no.png)";background:url(../css/x%20y.#.svg#m),url(../css/q.#.png?v=1)}'
    )
    assert "url(../../css/q.#.png)" in found["css/sub/c d.css"]


def test_modules_find_each_other_and_stay_as_they_are_written() -> None:
    script = (
        '// import "./gone.js"\nimport { x } from "./lib/n.js?a"; import \'./o.mjs\'\n'
        'const s = "import \'./p.js\'", u = "https://x"; import( "./lib/n.js" )\n'
        'export * from "../top.js" /* it\'s */\n'
    )
    latin = 'import "./lib/n.js" // \xe9\r\n'.encode("latin-1")
    modules = {"js/lib/n.js": "1", "js/o.mjs": "2", "top.js": "3", "a.js": "import './js/m.js'"}
    found = published({**modules, "js/m.js": script, "js/latin.js": latin})
    assert found["js/m.js"] == (
        '// import "./gone.js"\nimport { x } from "../js/lib/n.#.js?a"; import \'../js/o.#.mjs\'\n'
        'const s = "import \'./p.js\'", u = "https://x"; import( "../js/lib/n.#.js" )\n'
        'export * from "../top.#.js" /* it\'s */\n'
    )
    assert found["a.js"] == "import './js/m.#.js'"
    assert found["js/latin.js"].encode("utf-8", "surrogateescape").endswith(b'.js" // \xe9\r\n')


def test_what_an_earlier_build_knew_is_taken() -> None:
    contents = {"assets/a.css": b"a { color: red }"}
    first, _ = read_assets(contents)
    assert read_assets(contents, first.found)[0] == first
    (key,) = first.found.minified
    assert read_assets(contents, Found({key: Minified("b{}")}))[0].by_name["a.css"].data == b"b{}"
    broken, problems = read_assets({"assets/a.css": b"a { color red }"})
    assert read_assets({"assets/a.css": b"a { color red }"}, broken.found) == (broken, problems)


def test_a_style_sheet_that_is_no_utf8() -> None:
    (found,) = read_assets({"assets/a.css": b"a { color: red }\n/* \xe9 */"})[1]
    assert (found.code, found.place) == ("invalid-utf8", Place("assets/a.css", 2, 4))


RUNNING = '<svg xmlns="http://www.w3.org/2000/svg">\n  <script>alert(1)</script>\n</svg>'


def test_drawings_that_would_run_are_refused_as_in_content(tmp_path: Path) -> None:
    loading = RUNNING.replace("script", "g onload='x'", 1)
    contents = {"a.svg": RUNNING, "b.SVG": loading, "c.svg": RUNNING.split("\n")[0], "d.txt": RUNNING}
    found = read_assets({f"assets/{name}": text.encode() for name, text in contents.items()})[1]
    assert [(one.code, one.place) for one in found] == [
        ("unsafe-svg", Place("assets/a.svg", 2, 3)),
        ("unsafe-svg", Place("assets/b.SVG", 2, 6)),
        ("broken-svg", Place("assets/c.svg", 1, 41)),
    ]
    (one,) = problems_of(tmp_path, {"assets/logo.svg": RUNNING, "content/a.vi.md": article("A")})
    assert (one.code, one.place) == ("unsafe-svg", Place("assets/logo.svg", 2, 3))
    assert output_files(tmp_path / "output") == {}
    made = rebuild(tmp_path, keep_going=True)
    assert [data for path, data in made.files.items() if path.startswith("assets/logo.")] == [BLANK]
    assert "vi/a/index.html" in made.files


def test_a_name_changes_with_what_it_stands_for() -> None:
    def path(paper: bytes) -> str:
        contents = {"assets/a.css": b"a { background: url(paper.svg) }", "assets/paper.svg": paper}
        return read_assets(contents)[0].by_name["a.css"].path

    assert (
        path(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        == path(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        != path(b"<svg xmlns='http://www.w3.org/2000/svg'></svg>")
    )


def test_every_style_sheet_of_a_page_has_its_integrity(microsite: Made) -> None:
    links = [
        (path, link)
        for path, data in microsite.files.items()
        if path.endswith(".html")
        for link in html.document_fromstring(data).xpath("//link[@rel='stylesheet']")
    ]
    assert len(links) > 50
    for path, link in links:
        data = microsite.files[unquote(link.get("href")).lstrip("/")]
        assert link.get("integrity") == f"sha384-{b64encode(sha384(data).digest()).decode()}", path


def test_minify_may_be_off(tmp_path: Path) -> None:
    files = {"assets/a.css": "a { color: red }\n", "content/a.vi.md": article("A")}
    made = make(tmp_path, {**files, "site.yaml": f"{SETTINGS}minify: false\n"})
    assert [data for path, data in made.files.items() if path.startswith("assets/a.")] == [b"a { color: red }\n"]


@pytest.mark.browser
def test_a_module_runs_with_all_it_imports(chromium: Browser, tmp_path: Path) -> None:
    files = {
        "layouts/page.html": '<!doctype html><title>no</title><script type="module" src="{{ asset("js/a.js") }}" '
        'integrity="{{ asset("js/a.js").integrity }}"></script>',
        "assets/js/a.js": 'import { name } from "./b.js"; document.title = name',
        "assets/js/b.js": 'export const name = "yes"',
        "content/a.vi.md": article("A"),
    }
    make(tmp_path, files, base={"site.yaml": SETTINGS.replace("example.org/site/", "example.org/")})
    with serve(tmp_path / "output") as address:
        page = chromium.new_page()
        page.goto(f"{address}/vi/a/")
        assert page.title() == "yes"
        page.close()


@pytest.mark.browser
@pytest.mark.full
def test_minified_style_sheets_look_the_same(chromium: Browser, tmp_path: Path) -> None:
    """To the pixel: narrow and light, wide and dark, printed."""
    settings = (PROJECT / "site.yaml").read_text("utf-8")
    for name in ("content", "layouts", "assets"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    sizes, pictures = [], []
    for minify in ("true", "false"):
        (tmp_path / "site.yaml").write_text(f"{settings}\nminify: {minify}\n", "utf-8")
        made = rebuild(tmp_path, output=tmp_path / minify)
        sizes.append(sum(len(data) for path, data in made.files.items() if path.endswith(".css")))
        with serve(tmp_path / minify) as address:
            page = chromium.new_page()
            seen = []
            for path, width, scheme, media in SHOWN:
                page.set_viewport_size({"width": width, "height": 800})
                page.emulate_media(color_scheme=scheme, media=media)
                page.goto(f"{address}/{path}")
                page.evaluate(ALL_PICTURES)
                seen.append(page.screenshot(full_page=True))
            page.close()
        pictures.append(seen)
    assert sizes[0] < sizes[1] * 0.85
    assert pictures[0] == pictures[1]


ALL_PICTURES = """() => Promise.all([...document.images].filter((image) => image.checkVisibility()).map((image) => {
    image.loading = 'eager';
    return image.decode();
}))"""

SHOWN: tuple[tuple[str, int, Literal["light", "dark"], Literal["screen", "print"]], ...] = (
    ("ja/", 360, "light", "screen"),
    ("vi/tin-tuc/co-che-tin-chi-chung/", 1280, "dark", "screen"),
    ("en/timeline/", 800, "light", "print"),
)
