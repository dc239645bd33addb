"""The benchmark without its peers: the corpus, our own project, and what is made of figures."""

import json
import random
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from xml.etree import ElementTree

import msgspec
import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin

from benchmarks import equal, installed
from benchmarks.__main__ import main
from benchmarks.addresses import counted, wanted
from benchmarks.chart import svg
from benchmarks.corpus import LANGUAGES, OTHER_SHARES, SHARES, Article, Corpus, outlines
from benchmarks.measure import Contest, build, loaded
from benchmarks.peers import PEERS, Failed, Installed, Peer, Sitegen, Starlight
from benchmarks.photographs import photo, screenshot
from benchmarks.preview import previewed
from benchmarks.publishing import Killed, copiers, hosted, killed, pages, table
from benchmarks.report import markdown
from benchmarks.results import CARDS, SAVED_BODY, SAVED_TITLE, SEARCH, Files, Run, growth, load, save, verdicts
from benchmarks.scenes import SCENES
from tests.support.crawl import damage, files_below

THREE, FOUR, MANY = Corpus(3), Corpus(4), Corpus(900)
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
THEMES = Run(
    1000, 2, "2 cores", "on a disk", dict.fromkeys(("sitegen", "starlight", "before"), "1.2"),
    {name: {"pages": 7} for name in ("sitegen", "starlight", "before")},
    {
        "sitegen": {"cold": [5.0], "a picture": [6.0], "nothing changed": [0.09], "one body": [0.3]},
        "starlight": {"cold": [20.0], "a picture": [3.0]},
        "before": {"cold": [9.0], "a picture": [10.0]},
        "limit": {"nothing changed": [0.03], "one body": [0.2]},
    },
    "installed", ("posts",), {"eleventy-blog": "Eleventy, base blog is not installed"},
)  # fmt: skip
LARGE = run_of(10_000, (1.7, 0.05, 0.05, 0.1, 1.0, 130.0))


def test_the_same_corpus_at_every_call() -> None:
    first = list(FOUR.articles())
    assert first == list(FOUR.articles())
    assert len({article.body for article in first}) == len({article.title for article in first}) == len(first)
    assert FOUR.newest() in first
    assert FOUR.newest().date == max(article.date for article in first if article.lang == "vi")
    assert {tuple(match["to"].split("/")[1::2]) for a in first for match in INSIDE.finditer(a.body)} <= {
        (article.lang, article.key) for article in first
    }


@pytest.fixture(scope="module")
def sample() -> dict[tuple[int, str], list[Article]]:
    """Articles of each kind in each language."""
    kinds = {outline.key: outline.kind for outline in outlines(MANY)}
    found: dict[tuple[int, str], list[Article]] = defaultdict(list)
    for article in MANY.articles():
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
    uses = Counter(tag for outline in outlines(MANY) for tag in outline.tags)
    assert {len(outline.tags) for outline in outlines(MANY)} == {1, 2, 3, 4}
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
    kinds = wanted(Corpus(45))
    assert len(kinds["articles"]) == len([*Corpus(45).articles()])
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
    for article in Corpus(2).articles():
        peer.add(article)
        text = peer.source(article).read_text("utf-8")
        assert text.splitlines()[1] == f"title: {article.title}", "its title is found there when it is edited"
        assert text.endswith(f"---\n{peer.body(article)}")
    assert kind not in SCENES[0].peers or "<body" in (peer.folder / peer.layout).read_text("utf-8")
    assert len({peer.source(article) for article in Corpus(2).articles()}) == len([*Corpus(2).articles()])


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Peer:
    peer = Sitegen(tmp_path_factory.mktemp("ours") / "sitegen")
    files = equal.prepare(contest_of(peer), THREE)
    assert files["sitegen"]["articles"] == len([*THREE.articles()])
    return peer


def test_our_own_project_is_built(ours: Peer) -> None:
    assert {f"{article.lang}/news/{article.key}/index.html" for article in THREE.articles()} <= ours.written().keys()


def test_the_limit_imports_what_a_build_does(ours: Peer) -> None:
    build(ours)
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
    text = ours.source(THREE.newest()).read_text("utf-8")
    silent = Copier(ours.folder)
    with ThreadPoolExecutor(1) as apart:  # where no browser test has a loop
        found = apart.submit(list, previewed([ours, silent], THREE, 2, lambda what: None)).result()
    assert [step for _, step, _ in found] == [SAVED_BODY] * 2 + [SAVED_TITLE] * 2 + [SAVED_BODY] * 2 + [SAVED_TITLE] * 2
    assert {name for name, _, _ in found} == {"sitegen"}
    assert all(0 < seconds < 30 for _, _, seconds in found)
    assert ours.source(THREE.newest()).read_text("utf-8") == text


@pytest.mark.posix
def test_a_peer_that_does_not_serve(ours: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ours, "server", lambda port: ["false"])
    with pytest.raises(Failed, match="sitegen does not serve"):
        list(previewed([ours], THREE, 1, lambda what: None))


def contest_of(*peers: Peer) -> Contest:
    return Contest(peers, lambda what: None)


class Copier(Sitegen):
    """Its builds keep what they were given, and write nothing else; it does not serve."""

    line = ""

    def command(self) -> list[str]:
        source = self.source(THREE.newest()).relative_to(self.folder)
        return ["sh", "-c", f"mkdir -p seen; cat {source} {self.layout} > seen/$(ls seen | wc -l)"]


def test_the_steps_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.equal.SETTLED", 0.0)
    peer, slow = Copier(tmp_path / "sitegen"), Copier(tmp_path / "slow")
    slow.name, slow.slow = "slow", True
    for project in (peer, slow):
        project.folder.mkdir()
        (project.folder / "layouts").mkdir()
        (project.folder / peer.layout).write_text("<body>", "utf-8")
        project.add(THREE.newest())
    contest = contest_of(peer, slow)
    equal.measure(contest, THREE, 2)
    assert {name: {step: len(values) for step, values in steps.items()} for name, steps in contest.figures.items()} == {
        "sitegen": {**dict.fromkeys(STEPS, 2), "peak memory": 1},
        "slow": {"cold": 2, "peak memory": 1},
        "limit": {"cold": 2, "nothing changed": 2},
    }
    title = f"title: {THREE.newest().title}"
    seen = [(peer.folder / "seen" / str(number)).read_text("utf-8") for number in range(14)]
    plain, body, new_title, layout = seen[0], seen[4], seen[5], seen[6]
    assert seen[1] == seen[2] == seen[3] == seen[7] == seen[13] == plain, "and all is taken back"
    assert body == plain.replace("<body>", "\nRound 1.\n<body>")
    assert new_title == body.replace(title, f"{title} 1")
    assert layout == new_title.replace("<body>", '<body data-round="1">')


def test_a_peer_that_leaves_something_out_is_left_out_itself(tmp_path: Path, ours: Peer) -> None:
    with pytest.raises(Failed, match=r"sitegen did not write en/feed\.xml and"):
        equal.prepare(contest_of(Copier(tmp_path / "sitegen")), THREE)
    other, broken = Copier(tmp_path / "other"), Copier(tmp_path / "broken")
    other.name, broken.name, broken.title = "other", "broken", "Broken"
    contest = contest_of(ours, other, broken)
    broken.folder.mkdir()
    contest.note("broken", "cold", 1.0)
    monkey = pytest.MonkeyPatch()
    monkey.setattr(broken, "command", lambda: ["sh", "-c", "echo no wheels >&2; exit 3"])
    contest.each("first build", lambda peer: [("cold", build(peer).seconds)] if peer is not other else [])
    assert contest.left_out == {"broken": "Broken ended with status 3: no wheels"}
    assert contest.peers == [ours, other]
    assert [*contest.figures] == ["sitegen"]


class Themed(Copier):
    """It keeps the settings that it was built with, and what its gallery showed."""

    starter = "sitegen"
    extras: tuple[str, ...] = (CARDS, SEARCH)

    def choose(self, extras: Collection[str]) -> None:
        (self.folder / "site.yaml").write_text(" + ".join(extras) or "bare", "utf-8")

    def command(self) -> list[str]:
        shown = (
            "grep -c '^!.*pictures/' content/news/gallery/index.en.md"
            if "gallery" in self.folder.name
            else "cat site.yaml"
        )
        return ["sh", "-c", f"mkdir -p seen output; {shown} > seen/$(ls seen | wc -l); touch output/index.html"]


@pytest.mark.posix
def test_extras_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.installed.SETTLED", 0.0)
    monkeypatch.setattr("benchmarks.installed.write_pictures", Path.mkdir)
    monkeypatch.setattr("benchmarks.installed.loaded", lambda peer: ["os"])
    monkeypatch.setattr("benchmarks.installed.wanted", lambda corpus: {"articles": {"index.html"}})
    peer, slow = Themed(tmp_path / "sitegen"), Themed(tmp_path / "slow")
    slow.name, slow.slow, slow.remembers, slow.extras = "slow", True, False, ()
    contest = contest_of(peer, slow)
    files = installed.prepare(contest, THREE)
    assert (files["slow"]["pages"], files["slow"]["files a picture"]) == (1, 0)
    assert sum("<center>" in peer.source(article).read_text("utf-8") for article in THREE.articles()) > 3
    installed.measure(contest, THREE, 2)
    assert {name: {step: len(values) for step, values in steps.items()} for name, steps in contest.figures.items()} == {
        "sitegen": {
            "cold, no extras": 2, "nothing changed": 2, "one body": 2, "share cards": 2, "search": 2, "cold": 2,
            "a picture": 2, "peak memory": 1, "peak memory, pictures": 1,
        },
        "slow": {"a picture": 1, "cold": 2, "peak memory": 1},
        "limit": {"nothing changed": 2, "one body": 2},
    }  # fmt: skip
    settings = [(peer.folder / "seen" / str(number)).read_text("utf-8") for number in range(10)]
    assert settings[3:10] == ["share cards + search"] + ["bare"] * 4 + ["share cards", "search"]
    shown = [(tmp_path / "sitegen-gallery" / "seen" / str(number)).read_text("utf-8") for number in range(4)]
    assert shown == ["0\n", "24\n"] * 2


def test_what_is_chosen_is_made(tmp_path: Path) -> None:
    ours, starlight = Installed(tmp_path / "sitegen"), Starlight(tmp_path / "starlight")
    for peer in (ours, starlight):
        peer.prepare()
    assert "false" not in (ours.folder / "site.yaml").read_text("utf-8")
    assert not (ours.folder / "layouts").exists()
    ours.choose((SEARCH,))
    assert re.findall("(.*): false", (ours.folder / "site.yaml").read_text("utf-8")) == ["share_cards"]
    assert '"pagefind": true' in (starlight.folder / "settings.json").read_text("utf-8")
    starlight.choose(())
    assert '"pagefind": false' in (starlight.folder / "settings.json").read_text("utf-8")


def test_photos_and_screenshots() -> None:
    for draw, size in ((partial(photo, size=(400, 300)), (400, 300)), (screenshot, (1920, 1080))):
        first, again, other = (draw(random.Random(seed)) for seed in (1, 1, 2))
        assert first.size == size
        assert first == again != other
        assert len(first.getcolors(first.width * first.height) or ()) > 100


@pytest.mark.posix
def test_what_a_command_leaves_behind_is_counted() -> None:
    work = "import time\nwhile time.process_time() < 0.3: pass"
    command = [sys.executable, "-m", "benchmarks.clock", "60", "sh", "-c", f'{sys.executable} -c "{work}" & exit 4']
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, encoding="utf-8")
    seconds, processors = json.loads(done.stdout)
    assert done.returncode == 4
    if sys.platform == "linux":
        assert processors > 0.25
        assert seconds < processors


def test_results_are_kept_of_each_scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "not" / "there"

    def measure(contest: Contest, corpus: Corpus, rounds: int) -> None:
        if corpus.count == 4:
            raise Failed(contest.us, "broke")
        contest.note("sitegen", "cold", 1.0)
        contest.note("hugo", "cold", 2.0)

    def prepare(contest: Contest, corpus: Corpus) -> Files:
        return {peer.name: {"articles": 1} for peer in contest.peers}

    scene = SCENES[0]._replace(peers=(Sitegen, Absent), prepare=prepare, measure=measure)
    monkeypatch.setattr("benchmarks.__main__.SCENES", (scene,))
    monkeypatch.setattr(
        sys, "argv", ["benchmarks", "--articles", "3", "4", "--kinds", "posts", "--output", str(folder)]
    )
    with pytest.raises(Failed, match="sitegen broke"):
        main()
    (run,) = load(folder / "results.json").values()
    assert (run.key, run.left_out) == (("equal", ("posts",), 3), {"absent": "Absent is not installed"})
    assert "### 3 articles × 3 languages, posts alone" in (folder / "results.md").read_text("utf-8")
    assert ElementTree.fromstring((folder / "results.svg").read_text("utf-8")).tag.endswith("svg")


def test_a_project_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours, other = Installed(tmp_path / "sitegen"), Starlight(tmp_path / "starlight")
    monkeypatch.setattr(other, "pictures", "src/content.config.ts")
    monkeypatch.setattr(equal, "build", lambda peer: None)
    monkeypatch.setattr(equal, "wanted", lambda corpus: {"articles": set()})
    contest = contest_of(ours, other)
    equal.prepare(contest, THREE)
    assert "Starlight [Errno 17] File exists" in contest.left_out["starlight"]


class Absent(Sitegen):
    name = "absent"
    title = "Absent"

    def is_installed(self) -> bool:
        return False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--output", "file"], "--output: File exists: file"),
        (["--output", "file/folder"], "--output: Not a directory: file/folder"),
        (["--output", "taken"], "--output: Is a directory: taken/results.md"),
        (["--output", "new", "--before", "nothing-of-that-name"], "--before: there is no commit nothing-of-that-name"),
    ],
)
@pytest.mark.posix
def test_what_cannot_be_is_said_at_the_start(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("taken/results.md").mkdir(parents=True)
    monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert said in capsys.readouterr().err


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
    assert "| preview: body ÷ Hugo's server | 0.150 | ≤ 0.35 | met |\n" in markdown([told])
    assert "| preview: body ÷ limit | 0.900 | ≤ 1.00 | met |\n" in markdown([told])


def test_growth_beside_that_of_the_site() -> None:
    assert growth([]) == growth([SMALL]) == []
    assert [(grown.peer, grown.articles, round(grown.memory, 2)) for grown in growth([LARGE, SMALL])] == [
        ("sitegen", 10.0, 1.08),
        ("hugo", 10.0, 1.0),
    ]


def test_one_size_of_site_leaves_the_figures_of_another(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    assert load(path) == {}
    save(path, {LARGE.key: LARGE})
    save(path, load(path) | {SMALL.key: SMALL, THEMES.key: THEMES})
    assert list(load(path).values()) == [SMALL, LARGE, THEMES]


def test_the_tables() -> None:
    text = markdown([LARGE, THEMES, SMALL])
    titles = [line for line in text.splitlines() if line.startswith("##")]
    assert titles[:5] == [
        "## Equal work", f"### {SMALL.title}", f"### {LARGE.title}", "## As installed", f"### {THEMES.title}",
    ]  # fmt: skip
    assert "Left out: Eleventy, base blog is not installed.\n" in text
    assert "| cold ÷ Starlight | 0.250 | ≤ 0.25 | met |\n" in text
    assert "| a picture, processors ÷ before | 0.600 | ≤ 0.50 | **missed** |\n" in text
    assert "| nothing changed ÷ limit | 3.000 | ≤ 2.20 or 0.10 s | met |\n" in text
    assert "| one body ÷ limit | 1.500 | ≤ 1.20 or 0.22 s | **missed** |\n" in text
    assert "|  | sitegen | Hugo | Eleventy | Pelican | limit |\n" in text
    assert "| cold | 1.90 s | 2.00 s | 3.00 s | 8.00 s | 1.90 s |\n" in text
    assert "| peak memory | 120 MB | 400 MB | – | – | – |\n" in text
    assert "| cold ÷ Hugo's build | 0.950 | ≤ 1.00 | met |\n" in text
    assert "| cold ÷ Eleventy | 0.633 | ≤ 0.60 | **missed** |\n" in text
    assert "| times as many | 10 | 1.1 | 1.0 |\n" in text


def test_the_bars() -> None:
    root = ElementTree.fromstring(svg([THEMES, LARGE, SMALL]))
    space = {"": "http://www.w3.org/2000/svg"}
    texts = [element.text for element in root.iterfind("text", space)]
    assert root.findtext("title", "", space)
    assert "cold, Pelican: 8.00 s" in root.findtext("desc", "", space)
    assert [text for text in texts if text and "× 3 languages" in text] == [
        "Equal work: 1,000 articles × 3 languages",
        "Equal work: 10,000 articles × 3 languages",
        "As installed: 1,000 articles × 3 languages, posts alone",
    ]
    bars = [(float(bar.attrib["width"]), float(bar.attrib["y"])) for bar in root.iterfind("rect[@y]", space)]
    assert len(bars) == len([text for text in texts if text and text.endswith((" s", " MB"))]) == 14 + 12 + 4
    own, hugo, eleventy, pelican = (width for width, _ in bars[:4])
    assert own / pelican == pytest.approx(1.9 / 8, rel=0.01)
    assert hugo / pelican == pytest.approx(2 / 8, rel=0.01)
    assert eleventy / pelican == pytest.approx(3 / 8, rel=0.01)
    assert all(below - above >= 14 for (_, above), (_, below) in pairwise(bars)), "no bar lies over another"
    height = float(root.attrib["viewBox"].split()[3])
    assert bars[-1][1] + 14 < height
    assert ElementTree.fromstring(svg([])).tag.endswith("svg")


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
