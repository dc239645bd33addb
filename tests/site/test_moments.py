"""What is wrong later is told now, however much waits."""

from collections.abc import Mapping
from pathlib import Path

import pytest

import sitegen.site.assembly
from tests.support.sites import Content, article, make, problems_of

WAITING = {f"content/news/{n}.vi.md": article(str(n), date=f"{n:02}/12/2026") for n in range(1, 31)}


def arranged(root: Path, files: Mapping[str, Content], monkeypatch: pytest.MonkeyPatch) -> int:
    """How often a site is arranged for a build."""
    count, arrange = 0, sitegen.site.assembly._arrange

    def counted(*arguments: object) -> object:
        nonlocal count
        count += 1
        return arrange(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(sitegen.site.assembly, "_arrange", counted)
    make(root, files)
    return count


def test_a_site_is_not_arranged_for_each_of_very_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for now, for each of the next times, and for the last of all."""
    assert arranged(tmp_path, WAITING, monkeypatch) == 1 + 24 + 1


@pytest.mark.parametrize("expires", ["", "28/12/2026", "27/12/2026 12:00", "30/12/2027"])
def test_what_comes_far_behind_others_is_checked(tmp_path: Path, expires: str) -> None:
    head = {"expires": expires} if expires else {}
    late = {"content/news/27.vi.md": article("27", "[x](none.md)", "27/12/2026", tags=["none"], **head)}
    found = problems_of(tmp_path, {**WAITING, **late})
    assert [each.code for each in found] == ["unknown-tag", "broken-link"]


def test_what_is_never_out_is_not_waited_for(tmp_path: Path) -> None:
    never = {"content/news/27.vi.md": article("27", "[x](none.md)", "27/12/2026", expires="26/12/2026")}
    assert [each.code for each in problems_of(tmp_path, {**WAITING, **never})] == ["never-published"]
