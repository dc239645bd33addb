"""Charts and timelines: what authors write, what readers get."""

import re
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html
from playwright.sync_api import Browser

from sitegen.config.settings import MarkdownSettings
from sitegen.i18n.codes import parse_locale
from sitegen.markdown.chart_html import WORDS
from sitegen.markdown.charts import read_chart
from sitegen.markdown.render import render
from sitegen.problems import Place
from tests.conftest import PROJECT
from tests.markdown.test_markdown import PAIRS
from tests.support import nu
from tests.support.browser import serve
from tests.support.sites import SETTINGS, article, make, rebuild

EXAMPLES = list(PAIRS.finditer((PROJECT / "tests" / "examples" / "charts.md").read_text("utf-8")))
IN_THE_DOCS = re.findall(
    r"^(````?)markdown\n(.*?)^\1$", (PROJECT / "docs" / "writing.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
)


def shown(text: str, lang: str = "en") -> str:
    rendered = render(text, "content/news/a/index.md", 1, parse_locale(lang), MarkdownSettings())
    assert rendered.problems == ()
    return rendered.html


@pytest.mark.parametrize("pair", EXAMPLES, ids=lambda pair: pair["name"])
def test_pair(pair: re.Match[str]) -> None:
    made = shown(pair["text"], pair["lang"])
    assert re.sub(rf"\0({'|'.join(WORDS)})\0", r"[\1]", made) == pair["html"]


@pytest.mark.parametrize("example", IN_THE_DOCS, ids=lambda example: example[1].split("\n")[1][:20])
def test_examples_of_the_docs(example: tuple[str, str]) -> None:
    assert re.match('<(figure class="chart"|ol class="timeline")>', shown(example[1]))


def chart(kind: str, *rows: str, head: str = "title: T") -> str:
    return f"```chart {kind}\n{head}\n\n" + "\n".join(rows) + "\n```\n"


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ("0 10", "0 2 4 6 8 10"),
        ("1 7.5", "0 2 4 6 8"),
        ("411.4 424.5", "410 415 420 425"),
        ("-3 6", "-4 -2 0 2 4 6"),
        ("-8 -5", "-8 -6 -4 -2 0"),
        ("0", "0 0.2"),
        ("5 5", "0 1 2 3 4 5"),
        ("0.001 0.0042", "0 0.001 0.002 0.003 0.004 0.005"),
        ("1200000 4900000", "0 1,000,000 2,000,000 3,000,000 4,000,000 5,000,000"),
    ],
)
def test_lines_have_round_ticks(values: str, ticks: str) -> None:
    rows = [f"{place},{value}" for place, value in enumerate(values.split())]
    drawn = html.fromstring(shown(chart("line", "x,y", *rows)))
    texts = drawn.xpath("//*[@class='chart-tick'][not(@text-anchor)]/*/text()")
    assert texts == ticks.split()


def test_as_many_labels_as_have_room() -> None:
    def labels(*names: str) -> list[str]:
        rows = [f"{name},{number}" for number, name in enumerate(names)]
        return [
            " ".join(text.xpath("./*/text()"))
            for text in html.fromstring(shown(chart("line", "x,y", *rows))).xpath("//*[@text-anchor]")
        ]

    months = [f"Tháng {number}" for number in range(1, 13)]
    assert labels(*months) == ["Tháng 1", "Tháng 5", "Tháng 12"]
    assert labels("2019", "2020", "2021", "2022") == ["2019", "2020", "2021", "2022"]
    assert labels("one") == ["one"]
    assert labels("Financial year 2021 to 2022", "2023") == ["Financial year 2021 to 2022", "2023"]


def test_a_chart_that_ends_with_the_file() -> None:
    assert shown("```chart\ntitle: T\n\nx,y\na,1\nb,2").count("<rect") == 2


def test_many_points_are_a_line_without_dots_but_for_those_alone() -> None:
    rows = [f"{place},{'' if place in (10, 12) else place}" for place in range(30)]
    drawn = html.fromstring(shown(chart("line", "x,y", *rows)))
    assert len(drawn.xpath("//line[not(@class)]")) == 30 - 1 - 4
    assert len(drawn.xpath("//circle")) == 1


@given(st.text(alphabet="a:\n ,;\t\"'0123.-%título環", max_size=60), st.sampled_from(["bar", "line"]))
@example('unit: "', "bar")
@example("unit: [\n  a", "line")
@example("unit: *b", "bar")
@settings(max_examples=300, deadline=None)
def test_whatever_stands_in_a_chart_it_is_drawn_or_refused(text: str, kind: str) -> None:
    content = f"title: T\n{text}\n"
    found, problems = read_chart(kind, content, ["```", *content.split("\n")], Place("content/a.md", 1, 1))
    assert (found is None) == bool(problems)
    if found:
        assert "</figure>" in shown(f"````chart {kind}\n{content}````\n")


TABLE = chart("bar", "Place,Value", "A,1234.5", head="title: T")
LINES = chart("line", "Year,A,B", "2021,1,2", "2022,2,3")
TIMELINE = "::: timeline\n- 04/10/2024: Text.\n:::\n"


def test_words_and_numbers_are_in_the_language_of_the_text(tmp_path: Path) -> None:
    files = {f"content/news/a/index.{lang}.md": article("A", TABLE) for lang in ("vi", "ja", "en")}
    files["content/news/b/index.vi.md"] = article("B", LINES, fallback="copy")
    made = make(tmp_path, files)
    for lang, word, number in (("vi", "Số liệu", "1.234,5"), ("ja", "データ", "1,234.5"), ("en", "Data", "1,234.5")):
        page = html.document_fromstring(made.files[f"{lang}/news/a/index.html"])
        assert page.xpath("//summary/text()") == [word]
        assert page.xpath("//figure//td/text()") == [number]
        assert page.xpath("//*[@class='chart-number']/text()") == [number]
    copy = html.document_fromstring(made.files["en/news/b/index.html"])
    assert copy.xpath("//summary/text()") == ["Số liệu"]
    assert copy.xpath("//desc/text()") == ["Biểu đồ đường. Số liệu có trong bảng bên dưới."]
    (tmp_path / "layouts" / "locales").mkdir(parents=True)
    (tmp_path / "layouts" / "locales" / "vi.po").write_text('msgid "Data"\nmsgstr "Bảng số"\n', "utf-8")
    assert "Bảng số" in rebuild(tmp_path).text("en/news/b/index.html")


def test_another_locale_writes_other_dates(tmp_path: Path) -> None:
    made = make(tmp_path, {"content/a.en.md": article("A", TIMELINE)})
    assert "4 October 2024</time></p>" in made.text("en/a/index.html")
    (tmp_path / "site.yaml").write_text(SETTINGS.replace("en_GB", "en_US"), "utf-8")
    assert "October 4, 2024</time></p>" in rebuild(tmp_path).text("en/a/index.html")


def test_styles_only_where_they_are_needed(tmp_path: Path) -> None:
    files = {
        "content/news/a.vi.md": article("A", TABLE + TIMELINE),
        "content/news/b.vi.md": article("B"),
        "content/news/_index.vi.md": "---\ntitle: News\n---\n\n" + TIMELINE,
    }
    made = make(tmp_path, files)

    def styles(path: str) -> set[str]:
        links = html.document_fromstring(made.files[path]).xpath("//link[@rel='stylesheet']/@href")
        return {re.sub(r".*/([a-z]+)\..*", r"\1", link) for link in links} & {"chart", "timeline"}

    assert styles("vi/news/a/index.html") == {"chart", "timeline"}
    assert styles("vi/news/b/index.html") == set()
    assert styles("vi/news/index.html") == {"timeline"}
    assert styles("vi/index.html") == set()


def test_feeds_have_the_numbers(tmp_path: Path) -> None:
    made = make(tmp_path, {"content/news/a/index.vi.md": article("A", f"{TABLE}\n{LINES}\nEnd.")})
    for feed in ("vi/feed.xml", "vi/feed.json"):
        text = made.text(feed)
        assert "svg" not in text
        assert text.count("1.234,5") == 1
        assert "End." in text


LONG = "Một nhãn rất dài, dài hơn mọi nhãn mà một bảng số liệu nghiêm túc cần đến, không ngắt"
JAPANESE = "二酸化炭素の排出量を測定した地点の名前がとても長い場合"
YEARS = [f"{year},{year * year}" for year in range(1990, 2024)]
HARD = [
    chart("bar", "Place,A,B,C,D", f'"{LONG}",1234567.5,-999999,3,4', f"{JAPANESE},1,,2,3"),
    chart("line", "Place,Tên dài của một chuỗi,B,C,D", f'"{LONG}",123456789,2,3,4', "b,1,2,3,4", f'"{LONG}",-5,2,3,'),
    chart("line", "Năm,A", *YEARS, head=f"title: {LONG}\nunit: tấn"),
    TIMELINE,
]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("charts")
    text = "Text.\n\n" + "\n".join(HARD)
    files = {f"content/news/a/index.{lang}.md": article("A", text) for lang in ("vi", "ar")}
    files["site.yaml"] = "title: T\nbase_url: https://example.org/\nlanguages: {vi: {}, ar: {}}\n"
    files["content/news/_index.vi.md"] = f"---\ntitle: News\n---\n\n{TABLE}"
    make(site, files, base={})
    return site / "output"


@pytest.mark.java
def test_pages_with_charts_are_valid(pages: Path) -> None:
    assert (
        nu.check([pages / "vi/news/a/index.html", pages / "ar/news/a/index.html", pages / "vi/news/index.html"]) == []
    )


@pytest.mark.browser
@pytest.mark.parametrize("path", ["vi/news/a/", "ar/news/a/"])
def test_nothing_sideways_and_every_letter_inside(chromium: Browser, pages: Path, path: str) -> None:
    with serve(pages) as address:
        page = chromium.new_page(viewport={"width": 320, "height": 700})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{address}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        out = page.evaluate("""() => [...document.querySelectorAll('.chart-picture > svg')].flatMap(svg => {
            const whole = svg.getBoundingClientRect();
            return [...svg.querySelectorAll('text')].filter(text => { const box = text.getBoundingClientRect();
                return box.left < whole.left - 1 || box.right > whole.right + 1 || box.top < whole.top - 1 ||
                    box.bottom > whole.bottom + 1; }).map(text => text.textContent); })""")
        assert out == []
        sizes = page.evaluate(
            "[...document.querySelectorAll('svg text')].map(text => parseFloat(getComputedStyle(text).fontSize))"
        )
        assert min(sizes) >= 14
        assert said == []
        page.close()


Scheme = Literal["light", "dark"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(chromium: Browser, pages: Path, scheme: Scheme) -> None:
    with serve(pages) as address:
        page = chromium.new_page(viewport={"width": 360, "height": 800}, color_scheme=scheme)
        page.goto(f"{address}/vi/news/a/")
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
        found = Axe().run(page, options={"runOnly": RULES})
        assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found.response["violations"]] == []
        page.close()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("scheme", "forced", "looks"), [("light", "none", 5), ("dark", "none", 5), ("light", "active", 1)]
)
def test_every_series_stands_out_from_the_paper(
    chromium: Browser, pages: Path, scheme: Scheme, forced: Literal["none", "active"], looks: int
) -> None:
    """At 3:1 at least (WCAG 2.2, success criterion 1.4.11)."""
    with serve(pages) as address:
        page = chromium.new_page(color_scheme=scheme, forced_colors=forced)
        page.goto(f"{address}/vi/news/a/")
        paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        drawn = "[...document.querySelectorAll('.chart-bar, .chart-line, .chart-axis')]"
        colours = set(page.evaluate(f"{drawn}.map(element => getComputedStyle(element).stroke)"))
        assert len(colours) == looks
        assert [colour for colour in colours if contrast(colour, paper) < 3] == []
        page.close()


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance, of colours as browsers compute them."""

    def luminance(colour: str) -> float:
        red, green, blue = (int(part) / 255 for part in re.findall(r"\d+", colour)[:3])
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
