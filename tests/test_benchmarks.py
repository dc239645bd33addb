"""The benchmark without its peers: the corpus, our own project, and what is made of figures."""

import re
import shutil
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from xml.etree import ElementTree

import msgspec
import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from benchmarks.addresses import counted, wanted
from benchmarks.chart import svg
from benchmarks.corpus import LANGUAGES, OTHER_SHARES, SHARES, Article, corpus, newest, outlines
from benchmarks.measure import loaded, measured, prepare
from benchmarks.peers import PEERS, Peer, Sitegen
from benchmarks.preview import previewed
from benchmarks.publishing import Killed, copiers, hosted, killed, pages, table
from benchmarks.report import markdown
from benchmarks.results import SAVED_BODY, SAVED_TITLE, Run, growth, load, save, verdicts
from tests.support.crawl import damage, files_below

STEPS = ("cold", "nothing changed", "one body", "one title", "base layout", "peak memory")
HUGO = (2.0, 2.0, 2.0, 2.0, 2.0, 400.0)
SAVES = (SAVED_BODY, SAVED_TITLE)


def run_of(count: int, own: tuple[float, ...], **others: tuple[float, ...]) -> Run:
    """Three rounds of which the middle one counts."""
    figures = {
        name: {step: [value * 9, value, value / 9] for step, value in zip(STEPS, values, strict=False)}
        for name, values in {"sitegen": own, "hugo": HUGO, **others}.items()
    }
    peers = [name for name in figures if name != "limit"]
    files = {name: {"articles": count * 3, "megabytes": count // 100} for name in peers}
    return Run(count, 3, "2 cores", "on a disk", dict.fromkeys(peers, "1.2"), files, figures)


SMALL = run_of(
    1000, (1.9, 0.19, 0.30, 0.3, 1.0, 120.0), eleventy=(3.0,), pelican=(8.0,), limit=(1.9, 0.1)
)  # fmt: skip
LARGE = run_of(10_000, (1.6, 0.05, 0.05, 0.1, 1.0, 130.0))


def test_the_same_corpus_at_every_call() -> None:
    first = list(corpus(4))
    assert first == list(corpus(4))
    assert len({article.body for article in first}) == len({article.title for article in first}) == len(first)
    assert newest(4) in first
    assert newest(4).date == max(article.date for article in first if article.lang == "vi")
    assert {tuple(match["to"].split("/")[1::2]) for a in first for match in INSIDE.finditer(a.body)} <= {
        (article.lang, article.key) for article in first
    }


@pytest.fixture(scope="module")
def sample() -> dict[tuple[int, str], list[Article]]:
    """Articles of each kind in each language."""
    kinds = {outline.key: outline.kind for outline in outlines(900)}
    found: dict[tuple[int, str], list[Article]] = defaultdict(list)
    for article in corpus(900):
        found[kinds[article.key], article.lang].append(article)
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", range(3))
def test_articles_have_the_shares_of_real_ones(
    sample: dict[tuple[int, str], list[Article]], kind: int, lang: str
) -> None:
    articles = sample[kind, lang]
    assert len(articles) > 150
    lengths = quantiles([len(article.body) for article in articles], n=10)
    counts = sum(map(shares_of, articles), Counter[str]())
    paragraphs = counts["paragraphs"]
    found = {name: number / len(articles) for name, number in counts.items()} | {
        "median": lengths[4],
        "ninth decile": lengths[8],
        "wrapped": counts["wrapped"] / paragraphs,
        "plain": counts["plain"] / paragraphs,
    }
    wanted = {name: shares[kind] for name, shares in (SHARES | OTHER_SHARES.get(lang, {})).items()}
    for name, share in wanted.items():
        if not name.startswith("in "):
            assert found.get(name, 0) == pytest.approx(share, rel=0.2, abs=0.08), name
    least, most = (15, 45) if lang == "ja" else (20, 110)
    assert all(least <= len(article.title) <= most for article in articles)


def test_few_articles_are_in_every_language(sample: dict[tuple[int, str], list[Article]]) -> None:
    for kind in range(3):
        versions = Counter(article.key for lang in LANGUAGES for article in sample[kind, lang])
        assert all(15 <= len(key) <= 60 for key in versions)
        for name, number in (("in two", 2), ("in one", 1)):
            share = [*versions.values()].count(number) / 300
            assert share == pytest.approx(SHARES[name][kind], abs=0.05), name


def test_tags_are_used_very_unevenly() -> None:
    uses = Counter(tag for outline in outlines(900) for tag in outline.tags)
    assert {len(outline.tags) for outline in outlines(900)} == {1, 2, 3, 4}
    assert len(uses) == 40
    assert max(uses.values()) > 10 * min(uses.values())


COMMONMARK = MarkdownIt("commonmark").enable("table").use(footnote_plugin)
MARK = re.compile(r"""[\\`*_~\[\]!<>&{}^"']""")
INSIDE = re.compile(r"\]\((?P<to>/[^)]*)\)")
NAMES = {
    "heading_open": "headings", "ordered_list_open": "numbered lists", "code_block": "indented code", "fence": "fences",
    "table_open": "tables", "blockquote_open": "quotes", "strong_open": "strong", "em_open": "emphasis",
    "code_inline": "spans", "image": "pictures", "footnote_ref": "footnotes",
}  # fmt: skip


def shares_of(article: Article) -> Counter[str]:
    """What an article has, by the names in the corpus."""
    tokens = COMMONMARK.parse(article.body)
    texts = [token for token in tokens if token.type == "inline"]
    children = [child for token in texts for child in token.children or ()]
    found = Counter(NAMES[token.type] for token in [*tokens, *children] if token.type in NAMES)
    for opening, inline in pairwise(tokens):
        if opening.type == "bullet_list_open":
            found["nested lists" if opening.level else "bullet lists"] += 1
        elif opening.type == "paragraph_open" and not opening.level and not inline.content.startswith("!["):
            found["paragraphs"] += 1
            lines = inline.content.count("\n") + 1
            assert lines <= 5
            found["wrapped" if lines > 1 else "marked" if MARK.search(inline.content) else "plain"] += 1
    found["autolinks"] = sum(child.type == "link_open" and child.info == "auto" for child in children)
    found["references"] = len(re.findall(r"\]\[source", article.body))
    found["links"] = sum(child.type == "link_open" for child in children) - found["autolinks"] - found["references"]
    found["tags"] = sum(child.type == "html_inline" and child.content[1] != "/" for child in children)
    text = re.sub(r"^!\[.*", "", article.body, flags=re.MULTILINE)
    found["straight"] = text.count('"') + text.count("'")
    found["front pictures"] = int(article.picture != "")
    return found


def test_what_is_wanted_of_a_corpus() -> None:
    kinds = wanted(45)
    assert len(kinds["articles"]) == len([*corpus(45)])
    assert {path for path in kinds["lists"] if path.startswith("ja")} == {
        f"ja/{folder}{page}index.html" for folder in ("", "news/") for page in ("", "page/2/", "page/3/")
    }
    assert "ja/tags/index.html" in kinds["tag pages"]
    assert {"ja/feed.xml", "ja/news/feed.xml"} < kinds["feeds"]
    assert counted(["ja/feed.xml", "ja/index.html", "404.html"], kinds) == {
        "articles": 0, "lists": 1, "tag pages": 0, "feeds": 1, "others": 1,
    }  # fmt: skip


@pytest.mark.parametrize("kind", PEERS)
def test_every_peer_is_given_the_articles(tmp_path: Path, kind: type[Peer]) -> None:
    peer = kind(tmp_path / kind.name)
    peer.prepare()
    for article in corpus(2):
        peer.add(article)
        text = peer.source(article).read_text("utf-8")
        assert text.splitlines()[1] == f"title: {article.title}", "its title is found there when it is edited"
        assert text.endswith(f"---\n{article.body}")
    assert "<body" in (peer.folder / peer.layout).read_text("utf-8")
    assert len({peer.source(article) for article in corpus(2)}) == len([*corpus(2)])


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Peer:
    peer = Sitegen(tmp_path_factory.mktemp("ours") / "sitegen")
    files = prepare([peer], 3, lambda what: None)
    assert files["sitegen"]["articles"] == len([*corpus(3)])
    return peer


def test_our_own_project_is_built(ours: Peer) -> None:
    assert {f"{article.lang}/news/{article.key}/index.html" for article in corpus(3)} <= ours.written().keys()


def test_the_limit_imports_what_a_build_does(ours: Peer) -> None:
    names = loaded(ours)
    assert {"os", "msgspec"} <= set(names)
    assert [name for name in names if name.startswith(("sitegen", "pytest"))] == []


def test_a_project_forgets_its_builds(tmp_path: Path) -> None:
    peer = Sitegen(tmp_path / "sitegen")
    peer.prepare()
    before = {path.name for path in peer.folder.iterdir()}
    (peer.folder / "output").mkdir()
    (peer.folder / ".sitegen").mkdir()
    peer.forget()
    assert {path.name for path in peer.folder.iterdir()} == before


def test_a_save_until_a_browser_is_told(ours: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.preview.PAUSE", (0.0, 0.0))
    monkeypatch.setattr("benchmarks.preview.EDITS", 2)
    text = ours.source(newest(3)).read_text("utf-8")
    silent = Copier(ours.folder)
    with ThreadPoolExecutor(1) as apart:  # where no browser test has a loop
        found = apart.submit(list, previewed([ours, silent], 3, 2, lambda what: None)).result()
    assert [step for _, step, _ in found] == [SAVED_BODY] * 2 + [SAVED_TITLE] * 2 + [SAVED_BODY] * 2 + [SAVED_TITLE] * 2
    assert {name for name, _, _ in found} == {"sitegen"}
    assert all(0 < seconds < 30 for _, _, seconds in found)
    assert ours.source(newest(3)).read_text("utf-8") == text


@pytest.mark.posix
def test_a_peer_that_does_not_serve(ours: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "server", lambda port: ["false"])
    with pytest.raises(SystemExit, match="sitegen does not serve"):
        list(previewed([ours], 3, 1, lambda what: None))


class Copier(Sitegen):
    """Its builds keep what they were given, and write nothing else; it does not serve."""

    line = ""

    def command(self) -> list[str]:
        source = self.source(newest(3)).relative_to(self.folder)
        return ["sh", "-c", f"mkdir -p seen; cat {source} {self.layout} > seen/$(ls seen | wc -l)"]


def test_the_steps_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.measure.SETTLED", 0.0)
    peer, slow = Copier(tmp_path / "sitegen"), Copier(tmp_path / "slow")
    slow.name, slow.slow = "slow", True
    for project in (peer, slow):
        project.folder.mkdir()
        (project.folder / "layouts").mkdir()
        (project.folder / peer.layout).write_text("<body>", "utf-8")
        project.add(newest(3))
    figures = measured([peer, slow], 3, 2, lambda what: None)
    assert {name: {step: len(values) for step, values in steps.items()} for name, steps in figures.items()} == {
        "sitegen": {**dict.fromkeys(STEPS, 2), "peak memory": 1},
        "slow": {"cold": 2, "peak memory": 1},
        "limit": {"cold": 2, "nothing changed": 2},
    }
    title = f"title: {newest(3).title}"
    seen = [(peer.folder / "seen" / str(number)).read_text("utf-8") for number in range(14)]
    plain, body, new_title, layout = seen[0], seen[4], seen[5], seen[6]
    assert seen[1] == seen[2] == seen[3] == seen[7] == seen[13] == plain, "and all is taken back"
    assert body == plain.replace("<body>", "\nRound 1.\n<body>")
    assert new_title == body.replace(title, f"{title} 1")
    assert layout == new_title.replace("<body>", '<body data-round="1">')


def test_a_peer_that_leaves_something_out_is_told_off(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"sitegen did not write en/feed\.xml and"):
        prepare([Copier(tmp_path / "sitegen")], 3, lambda what: None)


def test_ratios_and_whether_they_are_met() -> None:
    small = {(verdict.bound.step, verdict.bound.peer): verdict for verdict in verdicts(SMALL)}
    assert small["cold", "hugo"].ratio == pytest.approx(0.95)
    assert small["one body", "hugo"].ratio == pytest.approx(0.15)
    assert small["peak memory", "hugo"].ratio == pytest.approx(0.3)
    assert [key for key, verdict in small.items() if not verdict.met] == [("one body", "hugo"), ("cold", "eleventy")]
    large = {verdict.bound.step: verdict for verdict in verdicts(LARGE)}
    assert [key for key, verdict in large.items() if not verdict.met] == ["cold"], "less is allowed of a large site"
    assert {verdict.met for verdict in verdicts(run_of(20, HUGO))} == {None}
    saves = {"sitegen": 0.09, "hugo": 0.6, "limit": 0.1}
    figures = {name: {step: [seconds] for step in SAVES[: 1 + (name != "limit")]} for name, seconds in saves.items()}
    told = msgspec.structs.replace(SMALL, figures=figures, versions={})
    assert [(verdict.bound.peer, round(verdict.ratio, 2), verdict.met) for verdict in verdicts(told)] == [
        ("hugo", 0.15, True), ("hugo", 0.15, True), ("limit", 0.9, True),
    ]  # fmt: skip
    assert "| preview: body ÷ Hugo's server | 0.150 | ≤ 0.35 | met |\n" in markdown({1000: told})
    assert "| preview: body ÷ limit | 0.900 | ≤ 1.00 | met |\n" in markdown({1000: told})


def test_growth_beside_that_of_the_site() -> None:
    assert growth({}) == growth({1000: SMALL}) == []
    assert [(grown.peer, grown.articles, round(grown.memory, 2)) for grown in growth({1000: SMALL, 10_000: LARGE})] == [
        ("sitegen", 10.0, 1.08),
        ("hugo", 10.0, 1.0),
    ]


def test_one_size_of_site_leaves_the_figures_of_another(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    assert load(path) == {}
    save(path, {10_000: LARGE})
    save(path, load(path) | {1000: SMALL})
    assert load(path) == {1000: SMALL, 10_000: LARGE}


def test_the_tables() -> None:
    text = markdown({10_000: LARGE, 1000: SMALL})
    assert text.index("## 1,000 articles") < text.index("## 10,000 articles")
    assert "|  | sitegen | Hugo | Eleventy | Pelican | limit |\n" in text
    assert "| cold | 1.90 s | 2.00 s | 3.00 s | 8.00 s | 1.90 s |\n" in text
    assert "| peak memory | 120 MB | 400 MB | – | – | – |\n" in text
    assert "| cold ÷ Hugo's build | 0.950 | ≤ 1.00 | met |\n" in text
    assert "| cold ÷ Eleventy | 0.633 | ≤ 0.60 | **missed** |\n" in text
    assert "| times as many | 10 | 1.1 | 1.0 |\n" in text


def test_the_bars() -> None:
    root = ElementTree.fromstring(svg({1000: SMALL, 10_000: LARGE}))
    space = {"": "http://www.w3.org/2000/svg"}
    texts = [element.text for element in root.iterfind("text", space)]
    assert root.findtext("title", "", space)
    assert "cold, Pelican: 8.00 s" in root.findtext("desc", "", space)
    assert [text for text in texts if text and text.endswith("× 3 languages")] == [
        "1,000 articles × 3 languages",
        "10,000 articles × 3 languages",
    ]
    bars = [(float(bar.attrib["width"]), float(bar.attrib["y"])) for bar in root.iterfind("rect[@y]", space)]
    assert len(bars) == len([text for text in texts if text and text.endswith((" s", " MB"))]) == 14 + 12
    own, hugo, eleventy, pelican = (width for width, _ in bars[:4])
    assert own / pelican == pytest.approx(1.9 / 8, rel=0.01)
    assert hugo / pelican == pytest.approx(2 / 8, rel=0.01)
    assert eleventy / pelican == pytest.approx(3 / 8, rel=0.01)
    assert all(below - above >= 14 for (_, above), (_, below) in pairwise(bars)), "no bar lies over another"
    height = float(root.attrib["viewBox"].split()[3])
    assert bars[-1][1] + 14 < height
    assert ElementTree.fromstring(svg({})).tag.endswith("svg")


@pytest.mark.posix
@pytest.mark.skipif(shutil.which("rsync") is None, reason="there is no rsync")
def test_a_tool_is_killed_and_run_once_more(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder, name in ((old, "a"), (new, "longer")):
        folder.mkdir()
        (folder / f"{name}.css").write_text("p {}", "utf-8")
        (folder / "index.html").write_text(f'<link rel="stylesheet" href="{name}.css">', "utf-8")
    with hosted(tmp_path / "host", 0.001, 1e6, only_sftp=False) as host:
        tool = copiers(old, new)[0]
        found = killed(tool, host, (files_below(old), files_below(new)), 2, lambda what: None)
        assert (found.is_whole, found.left, found.finished) == (True, 0, [True, True])
        tool.begin(host)
        (host.root / "a.css").unlink()
        assert pages(damage(files_below(host.root), files_below(old), files_below(new), "http://localhost:9/")) == 1
    lasting = Killed("rclone sync --checksum", 3.0, False, 86, [0, 86, 3], [0, 1, 0], [0, 0, 0], [False] * 3)
    text = table([found, lasting, Killed("sitegen publish", 2.0, True, 0, [0], [0], [0], [True])], "2 cores")
    assert (
        "sync --checksum | 3.0 s: **not published**, 86 pages broken | – | 2 of 3 | 86 pages | 1 | 0 | 0 of 3 |\n"
        in text
    )
    assert text.endswith("| sitegen publish | 2.0 s | 1.00 | 0 of 1 | 0 pages | 0 | 0 | 1 of 1 |\n")
