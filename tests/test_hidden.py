"""What is not out is in no output: the output is that of a site that does not have it, byte for byte.

SITEGEN_EXAMPLES=2000 asks for more than a test run has time for."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings

from sitegen.build import build
from sitegen.build.run import Options, Workers
from sitegen.translation.states import articles
from tests.support.sites import article, codes, make, output_files, rebuild, write_site
from tests.support.waiting import NOW, Draft, drafts, moment

EXAMPLES = int(os.environ.get("SITEGEN_EXAMPLES", "40"))
any_site = settings(
    max_examples=EXAMPLES, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def outcome(folder: Path, draft: Draft, *, index: bool = False) -> dict[str, bytes]:
    with TemporaryDirectory(dir=folder) as root:
        write_site(Path(root), draft.contents, {})
        build(Path(root), Options(now=NOW, keep_going=True, index=index, workers=Workers(1)))
        return output_files(Path(root) / "output")


@any_site
@given(drafts(extra="search: false\nshare_cards: false\n"))
def test_what_waits_is_in_no_file(plain_theme: None, memory: Path, draft: Draft) -> None:
    assert outcome(memory, draft) == outcome(memory, draft.without_what_waits)


@settings(any_site, max_examples=max(2, EXAMPLES // 15))
@given(drafts())
def test_what_waits_is_in_no_file_of_the_theme(memory: Path, draft: Draft) -> None:
    """Share cards and search indexes included, where these can be made here."""
    assert outcome(memory, draft, index=True) == outcome(memory, draft.without_what_waits, index=True)


def test_what_goes_before_it_comes_is_no_moment_to_build_at(tmp_path: Path) -> None:
    """But where what waits is let through."""
    never = {"content/news/a.vi.md": article("A", publish="26/11/2026", expires="24/11/2026 09:00")}
    made = make(tmp_path, never)
    assert (codes(made.build.problems), made.build.next_change) == (["never-published"], None)
    assert rebuild(tmp_path, future=True).build.next_change == moment("24/11/2026 09:00")


def test_an_update_to_come_is_a_moment_to_build_at(tmp_path: Path, settled: None) -> None:
    """Also where all else is as it was, and once the update is another."""
    path, early, late = "content/news/a.vi.md", "25/11/2026", "26/11/2026"
    first = make(tmp_path, {path: article("A", updated=late), "content/news/b.vi.md": article("B", draft=True)})
    write_site(tmp_path, {path: article("A", updated=early)}, {})
    second = rebuild(tmp_path)
    assert not second.build.memos["arrangement"]
    for made, written in ((first, late), (second, early)):
        assert made.build.next_change == made.site.edition.next_change == moment(written)
    assert first.files == second.files
    third = rebuild(tmp_path, now=early)
    assert (third.build.next_change, b"2026-11-25" in third.files["sitemap.xml"]) == (None, True)
    assert rebuild(tmp_path).files == first.files


@pytest.mark.parametrize("largest", [1, 1000])
def test_who_shows_what_is_no_picture_takes_it_from_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    """Too large to be read, or none at all: it may still be offered as it is."""
    monkeypatch.setattr("sitegen.build.picture_files.LARGEST", largest)
    offers = {
        "content/news/a.vi.md": article("A", "[Plan](plan.pdf)"),
        "content/news/plan.pdf": "PDF",
        "content/news/b.vi.md": article("B", "![Plan](plan.pdf)", draft=True),
    }
    made = make(tmp_path, offers, keep_going=True)
    assert codes(made.build.problems) == ["picture-too-large" if largest == 1 else "unknown-picture"]
    assert made.files["files/news/plan.pdf"] == b"PDF"
    write_site(tmp_path, {"content/news/b.vi.md": article("B", "![Plan](plan.pdf)")}, {})
    shown = rebuild(tmp_path, keep_going=True)
    assert codes(shown.build.problems) == codes(made.build.problems)
    assert "plan.pdf" not in shown.text("vi/news/b/index.html")
    write_site(tmp_path, {"content/news/a.vi.md": article("A")}, {})
    assert "files/news/plan.pdf" not in rebuild(tmp_path, keep_going=True).files


def test_a_translation_is_stale_from_the_update_on(tmp_path: Path) -> None:
    texts = {
        "content/news/a.vi.md": article("A", updated="24/11/2026"),
        "content/news/a.ja.md": article("A"),
    }
    for now, status in (("23/11/2026", "published"), ("24/11/2026", "stale")):
        site = make(tmp_path, texts, now=now).site
        (found,) = articles(site, moment(now))
        assert {version.lang: version.status for version in found.versions}["ja"] == status
