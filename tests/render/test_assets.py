"""Fingerprints, minified style sheets, integrity."""

import re
import shutil
import subprocess
import sys
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
from sitegen.render.assets import BLANK, MOST_PROBLEMS, Found, read_assets
from sitegen.render.style_sheets import DEEPEST, TOGETHER, TOO_DEEP, TOO_MANY, Minified, minified
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


def test_references_however_they_are_spelt() -> None:
    found = published(
        {
            "a.css": "@import/* a */'b.css';a{b:url( ),url(x\\ y.png?a\\ b#c),u\\72l('#d'),\\75 rl(x\\20 y.png)}",
            "b.css": "c{content:'url(a)'}/* url(a) */e{f:url(x\\ y.png)}",
            "x y.png": b"",
        }
    )
    assert found["a.css"] == ('@import "./b.#.css";a{b:url(),url(./x%20y.#.png?a%20b#c),url(#d),url(./x%20y.#.png)}')
    assert "url(./x%20y.#.png)" in found["b.css"]


@pytest.mark.parametrize(
    ("script", "imported"),
    [
        ("x = /[/*]/; import './n.js'", True),  # no comment, since it has no end
        ('x = /\'/; import "./n.js"', True),  # no text, since it has no end in its line
        ('x = /"\\"\\"/\nimport \'./n.js\' // "', True),
        ("x = 'a\\' import \"./n.js\"'", False),
        ("/* import './n.js' */", False),
        ("// import './n.js'", False),
        ("ximport './n.js'", False),
        ("import ( './n.js' )", True),
        ("import './n.js?\udce9'", True),
    ],
)
def test_what_is_an_import(script: str, imported: bool) -> None:
    data = {"assets/a.js": script.encode("utf-8", "surrogateescape"), "assets/n.js": b""}
    assets, problems = read_assets(data)
    assert problems == ()
    assert (b"./n." in assets.by_name["a.js"].data and b"./n.js" not in assets.by_name["a.js"].data) is imported


def test_a_chain_of_files_however_long() -> None:
    count = 10_000
    files = {f"assets/{number}.js": f"import './{number + 1}.js'".encode() for number in range(count)}
    assets, problems = read_assets({**files, f"assets/{count}.js": b"1"})
    assert problems == ()
    assert len(assets.by_name) == count + 1
    changed, _ = read_assets({**files, f"assets/{count}.js": b"2"})
    assert changed.by_name["0.js"].path != assets.by_name["0.js"].path


def test_files_that_refer_to_each_other_in_a_circle() -> None:
    files = {"a.css": "@import 'b.css';", "b.css": "@import 'c.css'; @import 'a.css';", "c.css": "@import 'c.css';"}
    assets, problems = read_assets({f"assets/{name}": text.encode() for name, text in files.items()})
    assert {(one.code, one.place) for one in problems} == {
        ("asset-cycle", Place("assets/b.css", 1, 27)),
        ("asset-cycle", Place("assets/c.css", 1, 10)),
    }
    assert sorted(assets.by_name) == ["a.css", "b.css", "c.css"]


def test_no_more_is_told_of_a_file_than_anyone_reads() -> None:
    found = read_assets({"assets/a.css": b"a{b:url(c.png)}\n" * 1000})[1]
    assert {one.code for one in found} == {"missing-asset"}
    assert len(found) == MOST_PROBLEMS


DEEP = {
    "blocks": ("a{", "}"),
    "selectors": (":is(", ")"),
    "negations": (":not(", ")"),
    "queries": ("@media screen{", "}"),
    "conditions": ("@supports (", ")"),
    "numbers": ("calc(", ")"),
    "brackets": ("[", "]"),
    "functions": ("var(--a,", ")"),
    "brackets behind what looks like a comment": ("a{b:url(/*);c:", "}"),
    "brackets behind what looks like an address": ("5url(", ")"),
}


@pytest.mark.parametrize(("opened", "closed"), DEEP.values(), ids=DEEP)
@pytest.mark.parametrize("times", [100, 100_000])
def test_brackets_that_lie_deep_in_each_other(opened: str, closed: str, times: int) -> None:
    text = f"/* a */\n{opened * times}{closed * times}"
    found = minified(text)
    assert (found.text, found.fault, found.line) == (text, TOO_DEEP, 2)
    assert found.column > len(opened)


def test_brackets_as_deep_as_may_be_on_a_small_stack() -> None:
    """In a process of its own, since it would not survive."""
    text = "a{color:red}" + ":is(" * (DEEPEST - 1) + "b" + ")" * (DEEPEST - 1) + "{c:d}"
    code = (
        "import sys, threading; from sitegen.render.style_sheets import minified; threading.stack_size(1 << 18); "
        "work = threading.Thread(target=lambda: print(minified(sys.argv[1]).fault)); work.start(); work.join()"
    )
    said = subprocess.run([sys.executable, "-c", code, text], check=True, capture_output=True)
    assert said.stdout == b"\n"


def test_sums_in_functions_of_numbers() -> None:
    """Whose end is missing, so that they are read in every way there is."""
    for name, deepest in (("calc", 9), ("min", 9), ("atan2", 3)):
        assert minified(f"a{{width:{f'{name}(' * deepest}").fault != TOO_DEEP
        assert minified(f"a{{width:{f'{name}(' * (deepest + 1)}").fault == TOO_DEEP
    assert minified("a{width:calc(1px + (2 * (3em - max(1px, min(2vw, clamp(1em, (2px), 3em))))))}").fault == ""


def test_many_rules() -> None:
    """Together they are minified as they are apart, but for what is alike across a cut."""
    rules = [f".a{number}{{color:rgb({number % 256} 0 0)}}" for number in range(3 * TOGETHER)]
    found = minified("@charset 'utf-8';\n" + "\n".join(rules))
    assert (found.text, found.fault) == ("".join(minified(rule).text for rule in rules), "")
    broken = minified("\n".join([*rules, "a { b c }"]))
    assert (broken.fault, broken.line, broken.column) == ("unexpected token", 3 * TOGETHER + 1, 7)
    crowd = minified("\n@media print {" + "".join(rules * 2) + "}")
    assert (crowd.fault, crowd.line) == (TOO_MANY, 2)


def test_lines_are_those_of_the_author_and_not_those_of_css() -> None:
    found = [minified(f"/*{mark}*/ a {{ b: c }}{mark}p {{ d e }}") for mark in ("\n", "\f", "\r\n", "\u2028", "🌊")]
    assert [(one.fault, one.line, one.column) for one in found] == [
        ("unexpected token", line, column) for line, column in ((3, 7), (1, 24), (3, 7), (1, 24), (1, 24))
    ]
    assert minified('a { b: "c\\\n d" } p { e f }').line == 2


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
