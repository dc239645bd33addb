"""Disks that are full, or may not be written."""

from pathlib import Path

import pytest

from tests.support.full import in_full
from tests.support.namespace import within
from tests.support.plain_theme import use_plain_theme
from tests.support.sites import article, rebuild, write_site

pytestmark = pytest.mark.posix

K = "content/news/k{}/index.vi.md"


WHOLLY = [(".", "size"), (".", "nr_inodes"), ("output", "size"), ("output", "nr_inodes"), (".sitegen", "size")]
"""Every page and every file less, which takes long."""


@pytest.fixture
def site(memory: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Built, then edited."""
    use_plain_theme(monkeypatch.setattr)
    root = write_site(memory / "start", {K.format(n): article(f"Old {n}") for n in range(5)})
    rebuild(root)
    return write_site(
        root, {K.format(n): article(f"New {n}", " ".join(map(str, range(6000)))) for n in range(3, 8)}, {}
    )


@pytest.mark.parametrize(
    ("disk", "unit", "step"),
    [
        (".", "size", 8),
        (".", "nr_inodes", 5),
        ("output", "size", 6),
        ("output", "nr_inodes", 3),
        (".sitegen", "size", 3),
        *(in_full(disk, unit, 1) for disk, unit in WHOLLY),
    ],
)
def test_a_full_disk_leaves_the_output_as_it_was(site: Path, disk: str, unit: str, step: int) -> None:
    """With more and more room, until there is enough of it."""
    *refused, done = within("tests.support.full_disk", site, disk, unit, str(step))
    assert len(refused) > 3
    assert done == [0, "", False]
    for status, message, as_it_was in refused:
        assert (status, as_it_was) == (1, True), message
        assert "[unwritable-output]" in message
        assert "disk is full" in message or "No space left on device" in message
