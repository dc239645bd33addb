"""`--keep-going` leaves out what is broken, and moves nothing else."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sitegen.build import build
from sitegen.build.run import Options, Workers
from sitegen.problems import Place, Problem, problem
from tests.support.sites import Made, article, codes, make, output_files, rebuild, write_site
from tests.support.waiting import NOW, Draft, drafts

INDEX = "content/news/_index.vi.md"
SITE = {
    INDEX: "---\ntitle: Tin tức\nslug: tin-tuc\n---\n\nMọi tin.\n",
    "content/news/a.vi.md": article("A"),
    "content/news/b.vi.md": article("B", tags=["jcm"]),
    "content/news/b.ja.md": article("B"),
    "content/news/sub/c/index.vi.md": article("C", "[Tin](../../_index.md)"),
}


def pages(made: Made) -> set[str]:
    return {path for path in made.files if path.startswith(("vi/", "ja/", "en/"))}


@pytest.mark.parametrize(
    "text",
    [
        "---\ntitle: Tin tức\nslug: tin-tuc\nslgu: x\n---\n",
        "---\nslug: tin-tuc\n---\n",
        "---\ntitle:\nslug: tin-tuc\n---\n",
        "---\ntitle: Tin tức\nslug: tin-tuc\ndate: 30/02/2024\n---\n",
        '---\ntitle: "Tin tức\nslug: tin-tuc\n---\n',
        "---\ntitle: [Tin] tức\nslug: 'tin-tuc'\n---\n",
        "---\ntitle: Tin: tức\n\tsource: x\nslug: tin-tuc\n---\n",
        "---\n{{{{\nslug: tin-tuc\n---\n",
        "---\ntitle: Tin tức\nslug: tin-tuc\n\nMọi tin.\n",
        "---\ntitle: Tin tức\nslug: tin-tuc\n---\n\n::: nothing\n:::\n",
        '+++\ntitle = "Tin tức"\nslug = "tin-tuc"\n+++\n',
        "title: Tin tức\nslug: tin-tuc\n\nMọi tin.\n",
        f"---\ntitle: Tin tức\nslug: tin-tuc\nsummary: {'x' * 70_000}\n---\n",
        b"---\ntitle: Tin t\xff\nslug: tin-tuc\n---\n",
    ],
)
def test_a_broken_section_text_moves_nothing(tmp_path: Path, text: str | bytes) -> None:
    whole = make(tmp_path, SITE)
    write_site(tmp_path, {INDEX: text}, {})
    kept = rebuild(tmp_path, keep_going=True)
    assert {problem.place.path for problem in kept.build.problems} == {INDEX}
    assert pages(kept) == pages(whole) > {"vi/tin-tuc/a/index.html", "vi/tin-tuc/sub/c/index.html"}
    assert "Mọi tin" not in kept.text("vi/tin-tuc/index.html")


@pytest.mark.parametrize(
    "text", ["---\ntitle: T\nslug: a/b\n---\n", "---\ntitle: T\nslug: [a]\n---\n", b"---\ntitle: T\nslug: t\xff\n---\n"]
)
def test_what_has_no_place_is_left_out(tmp_path: Path, text: str | bytes) -> None:
    """Where the address of a section cannot be read; in other languages it is."""
    write_site(tmp_path, {**SITE, INDEX: text})
    left_out(tmp_path)


def test_what_is_in_a_section_whose_text_cannot_be_opened_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(location: str, path: str, **_: object) -> bytes | Problem:
        if path == INDEX:
            return problem("unreadable-file", Place(path), reason="no")
        return Path(location).read_bytes()

    monkeypatch.setattr("sitegen.build.contents.read_bytes", refuse)
    write_site(tmp_path, SITE)
    left_out(tmp_path)


def left_out(root: Path) -> None:
    made = rebuild(root, keep_going=True)
    assert not any("/index.html" in path and "vi/news" in path for path in made.files)
    assert {path for path in pages(made) if "/a/" in path or "/b/" in path or "/c/" in path} == {"ja/news/b/index.html"}
    assert "ja/news/index.html" in made.files
    assert {problem.place.path for problem in made.build.problems} == {INDEX}


def test_nothing_takes_the_place_of_a_broken_text(tmp_path: Path) -> None:
    """Neither a copy of its translation nor another text by its name: it will be mended."""
    site = {
        "site.yaml": "title: T\nbase_url: https://example.org/\nlanguages: {vi: {}, ja: {}, en: {}}\nfallback: copy\n"
        "share_cards: false\n",
        "content/tags.yaml": "jcm: {name: JCM}\n",
        "content/news/tin.vi.md": article("Tin", translation_key="n"),
        "content/news/n.ja.md": article("報せ"),
        "content/news/n/index.vi.md": article("Sau"),
    }
    whole = make(tmp_path, site, keep_going=True)
    assert codes(whole.build.problems) == ["duplicate-article"]
    assert {"vi/news/n/index.html", "en/news/n/index.html"} <= pages(whole)
    write_site(tmp_path, {"content/news/n/index.vi.md": article("Sau", titel="x")}, {})
    kept = rebuild(tmp_path, keep_going=True)
    assert pages(kept) <= pages(whole)
    assert not {"vi/news/n/index.html", "en/news/n/index.html"} & pages(kept)


@pytest.mark.parametrize(
    ("tags", "left"),
    [
        ("jcm: {name: JCM, slug: j, titel: x}\nwater: {name: Water, slug: w}\n", {"j", "w"}),
        ("jcm: {name: JCM, slug: a/b}\nwater: {name: Water, slug: w}\n", {"w"}),
        ("jcm: {name: JCM, slug: [j]}\nwater: {name: Water, slug: w}\n", {"w"}),
        ("jcm: {slug: j}\nwater: {name: Water, slug: w}\n", {"w"}),
        ("jcm: J\nwater: {name: Water, slug: w}\n", {"w"}),
    ],
)
def test_a_broken_tag_is_left_out(tmp_path: Path, tags: str, left: set[str]) -> None:
    write_site(tmp_path, {"content/tags.yaml": tags, "content/news/a.vi.md": article("A", tags=["jcm", "water"])})
    made = rebuild(tmp_path, keep_going=True)
    assert {path.split("/")[2] for path in made.files if path.startswith("vi/tags/") and path.count("/") == 3} == left
    assert {found.place.path for found in made.build.problems} == {"content/tags.yaml"}


@pytest.mark.parametrize("head", [{"date": ""}, {"titel": "x"}])
def test_what_is_broken_takes_its_place_when_it_would_come_out(tmp_path: Path, head: dict[str, str]) -> None:
    """Readers get the translation until then, also where the clock alone has moved on, or back."""
    late = article("Tin", **{"publish": "24/11/2026", **head})
    write_site(tmp_path, {"content/news/a.vi.md": late, "content/news/a.ja.md": article("報せ")})
    before = rebuild(tmp_path, keep_going=True, now="23/11/2026 10:00")
    after = rebuild(tmp_path, keep_going=True, now="24/11/2026 10:00")
    assert (before.build.next_change is not None, after.build.next_change) == (True, None)
    assert "報せ" in before.text("vi/index.html")
    assert "報せ" not in after.text("vi/index.html")
    assert rebuild(tmp_path, keep_going=True, now="23/11/2026 10:00").files == before.files


BREAKS = ("titel: x", "date: 31/31/2024", "title: [", "draft: maybe", "slug: a/b")


@settings(
    max_examples=int(os.environ.get("SITEGEN_EXAMPLES", "25")), deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(drafts(extra="search: false\nshare_cards: false\n"), st.data())
def test_whatever_is_broken_no_page_moves(plain_theme: None, memory: Path, draft: Draft, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(draft.texts))
    assume("slug" not in text.head)
    line = data.draw(st.sampled_from(BREAKS))
    with TemporaryDirectory(dir=memory) as root:
        write_site(Path(root), draft.contents, {})
        whole = addresses(Path(root))
        broken = text.content.replace("---\n", f"---\n{line}\n", 1)
        write_site(Path(root), {text.path: broken}, {})
        assert addresses(Path(root)) <= whole


def addresses(root: Path) -> set[str]:
    """Of pages: drawings have a name for each look."""
    build(root, Options(now=NOW, keep_going=True, index=False, workers=Workers(1)))
    return {path for path in output_files(root / "output") if not path.startswith("drawn/")}
