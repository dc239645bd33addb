"""Wrong sites, one for each kind of mistake, and exactly what their authors are told."""

from pathlib import Path, PurePosixPath

import pytest

from sitegen.codes.live import LIVE
from sitegen.codes.publish import PUBLISH
from sitegen.codes.table import WORDINGS
from sitegen.text import caseless
from tests.support.folding import require_exact
from tests.support.posix import on_disks_of
from tests.support.sites import BASE, Example, read_example, run, write_site

WRONG = Path(__file__).parent / "wrong"
EXAMPLES = {path.stem: read_example(path) for path in sorted(WRONG.glob("*.md"))}

MADE_ELSEWHERE = {
    "no-settings",
    "unreadable-file",
    "too-many-behind-links",
    "changed-meanwhile",
    "heavy-animation",
    "foreign-file",
    "left-behind",
    "half-written-output",
    "unwritable-file",
    "unwritable-output",
    "build-under-way",
    "output-in-use",
    "file-in-use",
    "path-too-long",
    "output-among-sources",
    "worker-lost",
    "process-died",
    "took-too-long",
    "no-memory",
    "unforeseen",
    "broken-off",
    "no-handles",
    "no-card-font",
    "no-card-libraries",
    "no-dask",
    "no-cluster",
    "other-version",
    "no-pagefind",
    "no-search-index",
}


@pytest.mark.parametrize("name", [on_disks_of(name, example.files) for name, example in EXAMPLES.items()])
def test_message(name: str, tmp_path: Path) -> None:
    site = build_wrong(tmp_path, EXAMPLES[name])
    (site / "output").mkdir()
    (site / "output" / "before.html").write_text("as it was", "utf-8")
    said = run("build", "--root", site, "--all")
    assert said.err == EXAMPLES[name].expected
    has_error = ": error: " in said.err
    in_settings = any(line.startswith("site.yaml:") and ": error:" in line for line in said.err.splitlines())
    assert said.status == (2 if in_settings else 1 if has_error else 0)
    if has_error:
        assert [path.name for path in (site / "output").iterdir()] == ["before.html"]
        assert "Traceback" not in said.out + said.err


def test_every_code_has_a_wrong_site() -> None:
    shown = "".join(example.expected for example in EXAMPLES.values())
    assert {
        code for code in WORDINGS.keys() - PUBLISH.keys() - LIVE.keys() if f"[{code}]" not in shown
    } == MADE_ELSEWHERE


def build_wrong(folder: Path, example: Example) -> Path:
    places = {place for path in (*BASE, *example.files) for place in (path, *map(str, PurePosixPath(path).parents))}
    if len({*map(caseless, places)}) < len(places):
        require_exact(folder)
    return write_site(folder / "site", example.files, {k: v for k, v in BASE.items() if k not in example.files})
