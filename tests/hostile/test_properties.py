"""Whether the fuzzers would tell: what they look for is found where it is."""

import json
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sitegen.build.run import Build
from sitegen.problems import Place, Problem, problem
from sitegen.site.document import parse
from tests.support.previews import Preview
from tests.support.sites import BASE, article, settings, write_site

from . import campaign, properties, requests
from .mutations import Files, Vandal, put, real_sites, real_texts
from .properties import Broken, check_document, check_html, check_places, check_site, check_words, compare

BASE_URL = "https://example.org/site/"


@pytest.mark.parametrize(
    "page",
    [
        "<p onfocus=x>", "<p style=x>", "<p OnLoad>", "<script>x</script>", "<iframe src=x>", "<a href='javascript:x'>",
        "<a href=' JAVA&#9;SCRIPT&colon;x'>", "<img src='data:x'>", "<form action=x>",
        "<svg><a xlink:href='vbscript:x'/></svg>",
        "<base href=x>", "<link rel=stylesheet href='https://evil.example/'>", "<meta http-equiv=set-cookie>",
        "<p id=a><p id=a>", "<script src='https://evil.example/x.js'></script>", "<iframe srcdoc=x>",
    ],
)  # fmt: skip
def test_what_no_text_may_make_is_found(page: str) -> None:
    with pytest.raises(Broken):
        check_html(f"<html><body>{page}", raw=False, base=BASE_URL)


def test_what_layouts_make_is_theirs() -> None:
    page = (
        '<html><head><meta charset="utf-8"><link rel="canonical" href="https://example.org/site/vi/">'
        '<script src="/site/assets/x.js"></script><body id="a"><p id="b"><a href="mailto:a@b.c">x</a>'
    )
    check_html(page, raw=False, base=BASE_URL)
    with pytest.raises(Broken):
        check_html(page, raw=False)


def test_a_problem_elsewhere_is_found(tmp_path: Path) -> None:
    write_site(tmp_path, {"content/a.md": "one\ntwo"})
    check_places(tmp_path, [problem("no-front-matter", Place("content/a.md", 2, 4))])
    for place in (Place("content/b.md"), Place("content/a.md", 3, 1), Place("content/a.md", 2, 9)):
        with pytest.raises(Broken):
            check_places(tmp_path, [problem("no-front-matter", place)])
    with pytest.raises(Broken):
        check_words(Problem("invalid-slug", Place("a"), {"value": "\x1b"}))
    with pytest.raises(KeyError):
        check_words(Problem("invalid-slug", Place("a")))


@pytest.mark.parametrize("html", ["<script>", "\0", "\x0099\0", "<b id=a></b><b id=a></b>"])
def test_a_content_file_that_becomes_something_else_is_found(monkeypatch: pytest.MonkeyPatch, html: str) -> None:
    text = article("A")
    check_document("content/news/a.vi.md", text, settings())
    monkeypatch.setattr(properties, "parse", lambda *given: (parse(*given)[0], html, ()))
    with pytest.raises(Broken):
        check_document("content/news/a.vi.md", text, settings())


@pytest.mark.usefixtures("plain_theme", "settled")
@pytest.mark.parametrize("is_refused", [True, False])
def test_a_build_that_does_other_than_it_should_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_refused: bool
) -> None:
    """One that is refused and writes all the same, and one that writes again what is there."""
    files: Files = {**BASE, "content/news/a.vi.md": article("A", titel="x")}
    root, build = write_site(tmp_path, files, {}), properties.attempt

    def write(root: Path, **options: Any) -> Build | tuple[Problem, ...]:
        if is_refused:
            write_site(root, {"output/x": "x"}, {})
            return build(root, **options)
        return build(root, **{**options, "keep_going": True, "clean": True})

    monkeypatch.setattr(properties, "attempt", write)
    with pytest.raises(Broken):
        check_site(root, files)


@pytest.mark.usefixtures("plain_theme", "settled")
def test_an_output_that_a_clean_build_would_not_make_is_found(tmp_path: Path) -> None:
    for name in ("now", "clean"):
        write_site(tmp_path / name, {"content/news/a.vi.md": article("A")})
    compare(tmp_path / "now", tmp_path / "clean")
    (tmp_path / "now/output/x").touch()
    with pytest.raises(Broken):
        compare(tmp_path / "now", tmp_path / "clean")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 x\r\n\r\n", b"HTTP/1.1 302 x\r\nLocation: //evil.example/\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nsecret",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: x\r\n\r\n",
    ],
)  # fmt: skip
def test_an_answer_that_should_not_be_is_found(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    preview = cast(Preview, SimpleNamespace(port=1, process=SimpleNamespace(poll=lambda: None)))
    monkeypatch.setattr(requests, "send", lambda port, data: answer)
    with pytest.raises(Broken):
        requests.check_request(preview, Vandal(Random(1)), b"secret")


def test_a_stranger_who_is_let_in_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    preview = cast(Preview, SimpleNamespace(port=1, process=SimpleNamespace(poll=lambda: None)))
    asked = b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"
    monkeypatch.setattr(requests, "send", lambda port, data: b"HTTP/1.1 200 OK\r\n\r\n")
    monkeypatch.setattr(requests, "write_request", lambda vandal, port: (asked, "evil.example"))
    with pytest.raises(Broken):
        requests.check_request(preview, Vandal(Random(1)), b"secret")


def test_the_same_chance_makes_the_same_changes(tmp_path: Path) -> None:
    before = dict(real_sites()[0][1])
    for seed in range(20):
        one, other = (Vandal(Random(seed)).site(before) for _ in range(2))
        assert one == other
        put(tmp_path / f"{seed}", one)
    made = {Vandal(Random(seed)).edited(text, "markdown") for seed in range(20) for text in real_texts("markdown")[:1]}
    assert len(made) > 15


def test_a_finding_is_made_small_and_kept_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files: Files = {"a": b"one\ntwo\nthree\n", "b": "four"}
    monkeypatch.setattr(campaign, "shown", lambda files, kind: kind if b"w" in files.get("a", b"") else "")
    campaign_ = campaign.Campaign(tmp_path)
    for seed in (1, 2):
        campaign_.note(seed, "kind", files, "words")
    (found,) = (tmp_path / "findings").iterdir()
    assert campaign.from_json((found / "site.json").read_text("utf-8")) == {"a": b"w"}
    assert (tmp_path / "log").read_text("utf-8").count("\n") == 2
    assert campaign.smallest({"b": b""}, "kind") is None


def test_sites_are_written_down_and_read_again() -> None:
    files: Files = {"a": b"\xff\xc3\xa9", "b": Path("../x"), "é": "ế".encode()}
    assert campaign.from_json(campaign.to_json(files)) == files
    assert json.loads(campaign.to_json(files))["b"] == {"link": "../x"}
