"""Whether the measure of growth itself tells what is in proportion from what is not."""

import pytest

from . import growth
from .growth import check_growth

LARGE = 1 << 20


@pytest.mark.parametrize("name", ["linear", "sorted"])
def test_what_is_in_proportion_is_taken(name: str) -> None:
    work = {"linear": lambda n: sum(i for i in range(20 * n)), "sorted": lambda n: sorted(range(4 * n, 0, -1))}
    check_growth(int, work[name], thorough=False, largest=LARGE)


def test_what_grows_out_of_proportion_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "SURE", 0.1)  # of a processor's caches this knows nothing
    with pytest.raises(AssertionError, match="time grows with the power"):
        check_growth(int, lambda n: sum(1 for i in range(n) for _ in range(n)), thorough=False, largest=LARGE)


def test_memory_out_of_proportion_is_told() -> None:
    with pytest.raises(AssertionError, match="memory grows"):
        check_growth(int, lambda n: bytes(n * n // 32), thorough=True, largest=1 << 17)
