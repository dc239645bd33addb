"""What all tests may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest

from tests.support.browser import chromium, reader, serve
from tests.support.elsewhere.pretend import DISK
from tests.support.plain_theme import use_plain_theme
from tests.support.quick_templates import use_quick_templates
from tests.support.settled import settle
from tests.support.sites import Made, rebuild

__all__ = ["chromium", "reader"]

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def microsite(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The project's own site, built once."""
    return rebuild(PROJECT, output=tmp_path_factory.mktemp("microsite") / "output")


class Hosted(NamedTuple):
    """A site that is served: its address, without a final slash, what was built, and where."""

    address: str
    made: Made
    folder: Path


@pytest.fixture(scope="session")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """The microsite as a host serves it, at the address it believes in."""
    output = tmp_path_factory.mktemp("hosted") / "output"
    output.mkdir()
    with serve(output) as address:
        yield Hosted(address, rebuild(PROJECT, output=output, base_url=f"{address}/"), output)


@pytest.fixture
def plain_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small theme in place of the one that ships with the package."""
    use_plain_theme(monkeypatch.setattr)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled at once, as if the test had waited until no change could be missed."""
    settle(monkeypatch.setattr)


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder in memory where there is one, for tests that write a great deal; on the disk that is to be tried."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) and DISK not in os.environ else None
    with TemporaryDirectory(dir=place) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True, scope="session")
def _quick_templates() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        use_quick_templates(patch.setattr)
        yield


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests speak English and live in the present, whatever the machine says."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
