"""How much a content file may hold: told where it is more, unless the settings allow it."""

from pathlib import Path

import pytest

from tests.support.sites import SETTINGS, article, codes, problems_of

TOO_MUCH = {
    "file_bytes": ("file-too-large", article("A", "Một câu. " * 100_000), 2_000_000),
    "text_characters": ("text-too-long", article("A" * 1_001), 1_001),
    "list_entries": ("too-many-entries", article("A", aliases=[f"/old/{n}/" for n in range(101)]), 101),
}


@pytest.mark.parametrize("limit", TOO_MUCH)
def test_settings_allow_more(limit: str, tmp_path: Path) -> None:
    """What is remembered of a text goes by the limits too."""
    code, text, enough = TOO_MUCH[limit]
    more = {"content/news/a.vi.md": text, "site.yaml": f"{SETTINGS}limits: {{{limit}: {enough}}}\n"}
    for _ in range(2):
        assert codes(problems_of(tmp_path, {"content/news/a.vi.md": text})) == [code]
        assert codes(problems_of(tmp_path, more)) == []


def test_texts_at_the_limit(tmp_path: Path) -> None:
    aliases = [f"/old/{n}/" for n in range(100)]
    text = article("A" * 1_000, summary="B" * 10_000, aliases=aliases)
    padded = text + "\n" * (1_000_000 - len(text))
    assert codes(problems_of(tmp_path, {"content/news/a.vi.md": padded})) == []
    assert codes(problems_of(tmp_path, {"content/news/a.vi.md": f"{padded}\n"})) == ["file-too-large"]


def test_settings_that_are_too_large(tmp_path: Path) -> None:
    files = {"content/tags.yaml": "#" * 5_000_001, "layouts/locales/vi.po": "#" * 5_000_001}
    found = problems_of(tmp_path, files)
    assert {each.place.path for each in found if each.code == "file-too-large"} == files.keys()
    settings = SETTINGS + "#" * 5_000_001
    assert "file-too-large" in codes(problems_of(tmp_path, {"site.yaml": settings}))


def test_too_many_languages(tmp_path: Path) -> None:
    languages = "".join(f"  x{n}:\n" for n in range(201))
    text = f"title: A\nbase_url: https://example.org/\nlanguages:\n{languages}"
    assert "too-many-entries" in codes(problems_of(tmp_path, {"site.yaml": text}))
