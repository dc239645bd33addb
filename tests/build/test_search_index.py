"""Search indexes: what is handed to Pagefind, when, and what a site has without it."""

import gzip
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from sitegen.build.pagefind import Entry, findable
from sitegen.cache.store import Store
from sitegen.problems import Checked
from tests.support.sites import SETTINGS, article, codes, make, rebuild, run

A, B = "content/news/a/index.vi.md", "content/news/b/index.vi.md"
SITE = {
    A: article("Tin A", "Nước *sạch*.", tags=["jcm", "climate-change"]),
    "content/news/a/index.en.md": article("News A", "Clean water.", tags=["jcm"]),
    B: article("Tin B", "Không khí.", date="05/10/2024 09:30"),
    "content/news/_index.vi.md": "---\ntitle: Tin tức\n---\n\nMọi tin.\n",
    "content/about.ja.md": article("概要", "このサイト。", date=""),
}
UNKNOWN = "it answers in an unknown way; version 1.5 or later of it is needed"


class Indexer:
    """Stands in for Pagefind, and notes what it is handed."""

    def __init__(self) -> None:
        self.handed: dict[str, Sequence[Entry]] = {}

    def __call__(self, lang: str, entries: Sequence[Entry]) -> Checked[dict[str, bytes]]:
        self.handed[lang] = entries
        return {"pagefind.js": b"", f"{len(entries)}.pf_meta": repr(entries).encode()}, ()

    def run(self) -> list[str]:
        """The languages since the last time."""
        languages = [*self.handed]
        self.handed.clear()
        return languages


@pytest.fixture
def indexer(monkeypatch: pytest.MonkeyPatch) -> Indexer:
    made = Indexer()
    monkeypatch.setattr("sitegen.build.pagefind.make_index", made)
    return made


def edit(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text("utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new), "utf-8")


def test_what_is_handed_over(tmp_path: Path, indexer: Indexer) -> None:
    """Articles and pages in their own language, newest first; no lists, no copies."""
    made = make(tmp_path, {**SITE, "site.yaml": SETTINGS + "fallback: copy\n"}, index=True)
    assert "en/news/b/index.html" in made.files
    topics = ("Cơ chế tín chỉ chung (JCM)", "Biến đổi khí hậu")
    assert indexer.handed["vi"] == (
        Entry("/site/vi/news/b/", "Tin B", "Không khí.", "2024-10-05 5 tháng 10, 2024", ()),
        Entry("/site/vi/news/a/", "Tin A", "Nước sạch.", "2024-10-04 4 tháng 10, 2024", topics),
    )
    assert [entry.url for entry in indexer.handed["en"]] == ["/site/en/news/a/"]
    assert indexer.handed["ja"] == (Entry("/site/ja/about/", "概要", "このサイト。", "", ()),)


WHOLE = """\
Đoạn một
viết hai dòng, [liên kết](../b.md), [tệp](x.pdf).

![Ảnh nước](p.svg "Chú thích")

Chữ ![nhỏ](p.svg) trong dòng[^1], {環境|かんきょう}.

[^1]: Ghi chú.

```chart
title: Mưa

Tháng,Huế
1,10
```
"""
WHOLE_SITE = {
    "content/news/a/index.vi.md": article("Tin A", WHOLE),
    "content/news/a/p.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0h9v9z"/></svg>',
    "content/news/a/x.pdf": "%PDF",
    "content/news/b.vi.md": article("B", "x"),
}
READ = "Đoạn một viết hai dòng, liên kết, tệp. Chú thích · Chữ trong dòng, 環境. Mưa · Tháng · Huế · 1 · 10 · Ghi chú."


def test_what_readers_see_of_an_article_is_handed_over(tmp_path: Path, indexer: Indexer) -> None:
    """Its text, once; neither what stands for pictures and links till a page is made, nor what none sees."""
    make(tmp_path, WHOLE_SITE, index=True)
    assert [entry.text for entry in indexer.handed["vi"]] == ["x", READ]


def test_what_pagefind_makes_of_it(tmp_path: Path) -> None:
    made = make(tmp_path, WHOLE_SITE, index=True)
    fragments = [gzip.decompress(data) for path, data in made.files.items() if path.endswith(".pf_fragment")]
    contents = {
        found["url"]: found["content"] for found in (json.loads(data[data.index(b"{") :]) for data in fragments)
    }
    assert contents["/site/vi/news/a/"] == f"Tin A ·· {findable(READ)} ··"


def test_only_changed_texts_are_indexed_again(tmp_path: Path, indexer: Indexer) -> None:
    made = make(tmp_path, {**SITE, "layouts/search.html": "{{ site.search_index }}"}, index=True)
    assert indexer.run() == ["vi", "ja", "en"]
    assert made.text("ja/search/index.html") == "/site/ja/search/pagefind/"
    assert "vi/search/pagefind/2.pf_meta" in made.files
    again = rebuild(tmp_path, index=True)
    assert (indexer.run(), again.files) == ([], made.files)
    for path, old, new, languages in (
        (A, "Nước", "Dòng nước", ["vi"]),
        (A, "title: ", "summary: Tóm tắt\ntitle: ", []),
        ("layouts/search.html", "{{", "New {{", []),
        ("site.yaml", "en: Trial", "en: Test", []),
        ("content/tags.yaml", "en: Joint", "en: The Joint", ["en"]),
    ):
        edit(tmp_path, path, old, new)
        rebuild(tmp_path, index=True)
        assert indexer.run() == languages, path


def test_what_is_no_longer_out_is_no_longer_found(tmp_path: Path, indexer: Indexer) -> None:
    make(tmp_path, SITE, index=True)
    (tmp_path / B).unlink()
    (tmp_path / "content/about.ja.md").unlink()
    made = rebuild(tmp_path, index=True)
    assert [path for path in made.files if path.endswith(".pf_meta")] == [
        "en/search/pagefind/1.pf_meta",
        "vi/search/pagefind/1.pf_meta",
    ]
    assert "Tin B" not in made.text("vi/search/pagefind/1.pf_meta")
    assert "search.js" not in made.text("ja/search/index.html")


def test_preview_may_leave_indexes_as_they_are(tmp_path: Path, indexer: Indexer, settled: None) -> None:
    before = make(tmp_path, SITE, index=True).files
    edit(tmp_path, A, "Nước", "Dòng nước")
    indexer.run()
    for _ in range(2):
        left = rebuild(tmp_path, index=False).files
        assert left["vi/search/pagefind/2.pf_meta"] == before["vi/search/pagefind/2.pf_meta"]
        assert "Dòng nước" in left["vi/news/a/index.html"].decode()
    assert indexer.run() == []
    assert "Dòng nước" in rebuild(tmp_path, index=True).text("vi/search/pagefind/2.pf_meta")
    assert indexer.run() == ["vi"]


@pytest.mark.parametrize("kept", [True, False])
def test_an_index_that_someone_changed_is_there_again(tmp_path: Path, indexer: Indexer, kept: bool) -> None:
    """As the store has it, else made anew."""
    made = make(tmp_path, SITE, index=True)
    indexer.run()
    (tmp_path / "output/en/search/pagefind/1.pf_meta").unlink()
    if not kept:
        shutil.rmtree(tmp_path / ".sitegen/search")
    assert rebuild(tmp_path, index=True).files == made.files
    assert indexer.run() == ([] if kept else ["en"])


def test_a_clean_build_makes_no_index_again(tmp_path: Path, indexer: Indexer) -> None:
    made = make(tmp_path, SITE, index=True)
    indexer.run()
    assert rebuild(tmp_path, index=True, clean=True).files == made.files
    assert indexer.run() == []


@pytest.mark.parametrize(
    "data", [b"no index", msgspec.msgpack.encode({"../../climbs": b""}), msgspec.msgpack.encode([])]
)
def test_what_is_no_index_in_the_store_costs_time_only(tmp_path: Path, indexer: Indexer, data: bytes) -> None:
    """Whole, but not what it should be, such as a repository may bring."""
    made = make(tmp_path, SITE, index=True)
    indexer.run()
    for kept in (tmp_path / ".sitegen/search").iterdir():
        Store(kept.parent).put(kept.name, data)
    assert rebuild(tmp_path, index=True, clean=True).files == made.files
    assert indexer.run() == ["vi", "ja", "en"]


def test_another_pagefind_makes_all_indexes_again(
    tmp_path: Path, indexer: Indexer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, SITE, index=True)
    indexer.run()
    for module in ("run", "search"):
        monkeypatch.setattr(f"sitegen.build.{module}.installed_pagefind", lambda: "another")
    rebuild(tmp_path, index=True)
    assert indexer.run() == ["vi", "ja", "en"]


def test_no_search_no_index(tmp_path: Path, indexer: Indexer) -> None:
    make(tmp_path, SITE, index=True)
    indexer.run()
    (tmp_path / "site.yaml").write_text(SETTINGS + "search: false\n", "utf-8")
    assert [path for path in rebuild(tmp_path, index=True).files if "/search/" in path] == []
    assert indexer.run() == []


def test_without_pagefind_the_rest_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.versions.find_spec", lambda name: None)
    made = make(tmp_path, SITE, index=True)
    assert codes(made.build.problems) == ["no-pagefind"]
    page = made.text("vi/search/index.html")
    assert "<script" not in page
    assert "<form" not in page
    assert '<a href="/site/vi/news/a/">Tin A</a>' in page
    assert [path for path in made.files if "pagefind" in path] == []
    said = run("build", "--root", tmp_path)
    assert said.status == 0
    assert 'pip install "sitegen[search]"' in said.err
    monkeypatch.undo()
    assert "<form" in rebuild(tmp_path, index=False).text("vi/search/index.html")


@pytest.mark.posix
@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("#!/bin/sh\nexit 1", "it stopped, or took too long"),
        ("#!/bin/sh\nexec sleep 60", "it stopped, or took too long"),
        ("#!/bin/sh\nprintf eyJwYXlsb2FkIjp7InR5cGUiOiJFcnJvciIsIm1lc3NhZ2UiOiJmdWxsIn19,\ncat >/dev/null", "full"),
        ("#!/bin/sh\necho usage: pagefind,\ncat >/dev/null", UNKNOWN),
        ("#!/bin/sh\nprintf 'e30=,e30=,e30=,'\ncat >/dev/null", UNKNOWN),
        ("#!/bin/sh\nexec 1>&-\ncat >/dev/null", "it stopped, or took too long"),
        ("not a program", "Exec format error"),
        (None, "its program is not installed"),
    ],
)
def test_when_pagefind_fails_the_rest_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str | None, why: str
) -> None:
    if program and "sleep" in program:
        monkeypatch.setattr("sitegen.build.pagefind.PATIENCE", 0.2)
    broken = tmp_path / "pagefind"
    broken.write_text(program or "", "utf-8")
    broken.chmod(0o755)
    if program is None:
        monkeypatch.setattr("pagefind.service.get_executable", lambda: None)
    monkeypatch.setenv("PAGEFIND_BINARY_PATH", str(broken))
    large = {A: article("A", "từ " * 100_000)}
    made = make(tmp_path / "site", large, index=True)
    assert [(found.code, found.arguments["detail"]) for found in made.build.problems] == [("no-search-index", why)]
    assert "<form" in made.text("vi/search/index.html")
    assert [path for path in made.files if "/pagefind/" in path] == []
    monkeypatch.undo()
    again = rebuild(tmp_path / "site", index=True)
    assert again.build.problems == ()
    assert "vi/search/pagefind/pagefind.js" in again.files


def test_the_same_bytes_and_nothing_that_no_page_asks_for(tmp_path: Path) -> None:
    one, other = (make(tmp_path / name, SITE, index=True).files for name in "ab")
    assert one == other
    names = {path.removeprefix("ja/search/pagefind/") for path in one if path.startswith("ja/search/pagefind/")}
    assert {re.sub(r"unknown_[0-9a-f]+", "x", name) for name in names} == {
        "pagefind.js",
        "pagefind-entry.json",
        "wasm.unknown.pagefind",
        "pagefind.x.pf_meta",
        "fragment/x.pf_fragment",
        "index/x.pf_index",
    }
    assert "en/search/pagefind/wasm.en.pagefind" in one


def test_another_folder_has_an_index_of_its_own(tmp_path: Path) -> None:
    made = make(tmp_path / "site", SITE, index=True)
    there = rebuild(tmp_path / "site", index=True, output=tmp_path / "there")
    assert there.files == made.files
    assert rebuild(tmp_path / "site", index=True).files == made.files
