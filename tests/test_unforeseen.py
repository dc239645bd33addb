"""What nobody foresaw, anywhere: a sentence, exit status 3, the output as it was, and the next build is right."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NoReturn

import pytest

import sitegen
from sitegen.site.document import Document
from tests.support.full import in_full
from tests.support.sites import Said, article, output_files, rebuild, run, write_site

A = "content/news/a/index.vi.md"
SITE = {A: article("Một"), "content/news/b/index.en.md": article("Two", "[a](../a/index.md)", tags="jcm")}
EDITS = {A: article("Khác"), "content/news/c/index.ja.md": article("三"), "assets/css/theme.css": "a { color: red }"}
PACKAGE = str(Path(sitegen.__file__).parent)


@pytest.fixture(autouse=True)
def _plain(plain_theme: None) -> None: ...


@contextmanager
def failing(point: tuple[CodeType, int], error: BaseException) -> Iterator[None]:
    """The n-th call of a function raises this before it does anything, wherever it is called."""
    code, left = point

    def watch(frame: FrameType, event: str, _: Any) -> None:
        nonlocal left
        if event == "call" and frame.f_code is code:
            left -= 1
            if left == 0:
                raise error

    with suppress(SystemExit):
        sys.setprofile(watch)
        try:
            yield
        finally:
            sys.setprofile(None)


def calls(site: Path) -> Counter[CodeType]:
    """How often a build of the site calls each function of the program."""
    counted: Counter[CodeType] = Counter()

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(PACKAGE):
            counted[frame.f_code] += 1

    sys.setprofile(watch)
    try:
        run("build", "--root", site, "--jobs", "1")
    finally:
        sys.setprofile(None)
    return counted


ERRORS = (KeyError("x"), OSError(28, "No space left on device"), RecursionError(), MemoryError(), AssertionError())


@pytest.mark.parametrize(("step", "start"), [(23, 7), in_full(1, 0)])
def test_a_fault_anywhere(memory: Path, step: int, start: int) -> None:
    """In any function of the program, at its first call or in the midst of its calls."""
    old, new = memory / "old", memory / "new"
    write_site(old, SITE)
    before = rebuild(old).files
    shutil.copytree(old, new)
    counted = calls(write_site(new, EDITS, {}))
    after = output_files(new / "output")
    codes = sorted(counted, key=lambda code: (code.co_filename, code.co_firstlineno))
    points = [(code, number) for code in codes for number in {1, counted[code] // 2 + 1}]
    assert len(points) > 500
    told = Counter[int]()
    for at, point in enumerate(points[start::step]):
        site, where = memory / "site", (point[0].co_filename, point[0].co_qualname, point[1])
        shutil.copytree(old, site)
        write_site(site, EDITS, {})
        with failing(point, ERRORS[at % len(ERRORS)]):
            said = run("build", "--root", site, "--jobs", "1")
        told[said.status] += 1
        check(said, output_files(site / "output"), before, after, where)
        assert rebuild(site, index=True).files == after, where
        shutil.rmtree(site)
    assert told[3] > sum(told.values()) // 4, told


def check(said: Said, left: dict[str, bytes], before: dict[str, bytes], after: dict[str, bytes], where: object) -> None:
    assert said.status in (0, 1, 2, 3), (where, said)  # 2: settings name what could not be read
    assert "Traceback" not in said.out + said.err, (where, said)
    if "[no-search-index]" in said.err:
        left, after = (
            {path: data for path, data in files.items() if "/pagefind/" not in path} for files in (left, after)
        )
    if said.status == 0:
        assert left == after, (where, said)
    elif "half-written-output" in said.err:
        assert all(data in (before.get(path), after.get(path)) for path, data in left.items()), where
    else:
        assert left == before or (left == after and "as it was" not in said.out), (where, said)


def spoilt(*_: object, **__: object) -> NoReturn:
    raise ZeroDivisionError("by nothing")


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_a_sentence_in_the_authors_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str) -> None:
    """Of the file that was worked on, where that is known."""

    def assemble(inputs: object, documents: dict[str, Document], *_: object) -> None:
        for path, document in documents.items():
            assert document.path == path
            spoilt()

    site = write_site(tmp_path, SITE)
    monkeypatch.setattr("sitegen.build.pipeline.assemble", assemble)
    said = run("build", "--root", site, "--lang", lang)
    told = {
        "vi": "Chính sitegen gặp lỗi ở đây",
        "ja": "sitegen 自体がここで失敗しました",
        "en": "sitegen itself failed",
    }
    assert said.status == 3
    assert said.err.startswith(f"{A}: ")
    assert told[lang] in said.err
    assert "ZeroDivisionError: by nothing (test_unforeseen.py:" in said.err
    assert "Traceback" not in said.err
    made = json.loads(run("build", "--root", site, "--json").out)
    assert [(found["code"], found["path"]) for found in made["problems"]] == [("unforeseen", A)]


def test_the_traceback_is_printed_on_demand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITEGEN_TRACEBACK", "1")
    monkeypatch.setattr("sitegen.build.pipeline.assemble", spoilt)
    said = run("build", "--root", write_site(tmp_path, SITE))
    assert "Traceback (most recent call last)" in said.err
    assert said.status == 3


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("sitegen.cli.schema.json_schema", ("schema", "site")),
        ("sitegen.cli.init.new_site", ("init",)),
        ("sitegen.cli.create.new_article", ("new", "X")),
        ("sitegen.translation.catalogs.read_interface", ("messages",)),
        ("sitegen.cli.build.summary", ("build",)),
        ("sitegen.preview.server.serve", ("serve",)),
    ],
)
def test_every_command_is_guarded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, arguments: tuple[str, ...]
) -> None:
    write_site(tmp_path, {} if arguments == ("init",) else SITE)
    monkeypatch.setattr(name, spoilt)
    root = ("--root", tmp_path) if arguments[0] != "schema" else ()
    said = run(*arguments, *root)
    assert said.status == 3
    assert said.err.startswith("error: sitegen itself failed at this: ZeroDivisionError: by nothing")


def test_what_is_remembered_may_be_to_blame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is begun anew once, before anybody is told."""
    site = write_site(tmp_path, SITE)
    rebuild(site)
    write_site(site, EDITS, {})
    monkeypatch.setattr("sitegen.build.contents.load_records", spoilt)
    made = rebuild(site)
    assert made.build.problems == ()
    assert made.build.parsed == 3


CONFINED = """
from resource import RLIMIT_AS, setrlimit
setrlimit(RLIMIT_AS, ({size}, {size}))
from sitegen.cli.main import main
main()
"""


@pytest.mark.posix
@pytest.mark.parametrize("size", [75, 85, 95, 110])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_memory_runs_out(tmp_path: Path, size: int, jobs: str) -> None:
    body = ("word *emph* [x](https://example.org/) " * 10 + "\n\n") * 1500
    site = write_site(tmp_path, {**SITE, A: article("A", body)})
    code = CONFINED.format(size=size * 1024 * 1024)
    command = [sys.executable, "-c", code, "build", "--root", str(site), "--jobs", jobs]
    made = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert made.returncode in (0, 1, 3), made
    assert "Traceback" not in made.stderr
    if made.returncode:
        assert "error: " in made.stderr
        assert output_files(site / "output") == {}
