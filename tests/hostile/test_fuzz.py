"""Fuzzers: a few inputs, the same each time; in `make test-full` others, for SITEGEN_FUZZ_MINUTES."""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st

from sitegen.files import decode
from sitegen.text import CONTROLS
from tests.support.previews import Preview, previewed
from tests.support.sites import SETTINGS, article, settings, write_site

from .damage import SECRET, check_damage
from .mutations import PROJECT, Vandal, put, real_files, real_sites, real_texts
from .properties import PATHS, check_document, check_part, check_site
from .requests import check_request

MINUTES = os.environ.get("SITEGEN_FUZZ_MINUTES", "30")
CONFIGS = (settings(), settings(f"{SETTINGS}markdown: {{html: true}}\n"))


def few(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """So many inputs."""
    chosen = settings_of_hypothesis(
        max_examples=examples, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )  # fmt: skip

    def bound(test: Callable[..., None]) -> Callable[..., None]:
        return chosen(given(chance=st.randoms(use_true_random=True))(test))

    return bound


@few(250)
def test_content_files(chance: Random) -> None:
    vandal = Vandal(chance)
    real = chance.choice(real_texts("markdown"))
    written = vandal.text("markdown") if chance.random() < 0.3 else vandal.edited(real, "markdown")
    text = decode(written.encode("utf-8", "replace"), "x.md")
    assert isinstance(text, str)
    check_document("content/news/a.vi.md", text, chance.choice(CONFIGS))


@pytest.mark.parametrize("language", PATHS)
def test_other_files(language: str) -> None:
    @few(60)
    def check(chance: Random) -> None:
        vandal = Vandal(chance)
        real = real_files(language)
        data = chance.choice(real)[:8000] if real else vandal.text(language).encode("utf-8", "surrogatepass")
        check_part(language, vandal.data(data, language), CONFIGS[0])

    check()


@few(20)
@pytest.mark.usefixtures("plain_theme", "settled")
def test_sites(memory: Path, chance: Random) -> None:
    files = Vandal(chance).site(dict(chance.choice(real_sites())[1]))
    with TemporaryDirectory(dir=memory) as folder:
        put(Path(folder), files)
        check_site(Path(folder), files)


@few(6)
@pytest.mark.usefixtures("plain_theme", "settled")
def test_what_is_remembered_and_published(memory: Path, chance: Random) -> None:
    with TemporaryDirectory(dir=memory) as folder:
        check_damage(Path(folder), Vandal(chance))


@pytest.fixture(scope="module")
def preview(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Preview]:
    """With a secret beside what it shows."""
    root = write_site(tmp_path_factory.mktemp("preview") / "site", {"content/news/a.vi.md": article("A")})
    (root / "secret.txt").write_bytes(SECRET)
    with previewed(root) as running:
        yield running
        assert running.ask("/vi/").status == 200
        assert [line for line in running.said if CONTROLS.search(line)] == []


@few(100)
def test_requests(preview: Preview, chance: Random) -> None:
    check_request(preview, Vandal(chance), SECRET)


@pytest.mark.full
def test_requests_for_long(preview: Preview) -> None:
    ends = time.monotonic() + 10 * float(MINUTES)
    for seed in itertools.takewhile(lambda _: time.monotonic() < ends, itertools.count()):
        check_request(preview, Vandal(Random(seed)), SECRET)


@pytest.mark.full
@pytest.mark.parametrize("fuzzer", ["campaign", "fuzz_parse"])
def test_for_long(fuzzer: str, tmp_path: Path) -> None:
    if fuzzer == "fuzz_parse" and find_spec("atheris") is None:
        pytest.skip("atheris is not here")
    command = [sys.executable, "-m", f"tests.hostile.{fuzzer}", str(tmp_path), "--minutes", MINUTES]
    subprocess.run(command, cwd=PROJECT, check=True)
    assert sorted(path.name for path in (tmp_path / "findings").glob("*")) == []
