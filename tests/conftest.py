"""What all tests may ask for."""

from pathlib import Path

import pytest

from tests.support.browser import chromium
from tests.support.sites import Made, rebuild

__all__ = ["chromium"]

PROJECT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def microsite(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The project's own site, built once."""
    return rebuild(PROJECT, output=tmp_path_factory.mktemp("microsite") / "output")


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests speak English and live in the present, whatever the machine says."""
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
