"""Content files: front matter and Markdown, parsed alone."""

from collections.abc import Callable, Mapping

import pytest

from sitegen.site.document import parse
from tests.support.sites import settings

from .growth import check_growth

HEAD = "---\ntitle: Tin\ndate: 04/10/2024\n---\n\n"
CONFIG = settings()


def repeated(fragment: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """Bodies that repeat a fragment."""
    return lambda size: f"{HEAD}{before}{fragment * (size // len(fragment.encode()))}{after}\n"


FAMILIES: Mapping[str, Callable[[int], str]] = {
    "words": repeated("Một câu văn. "),
    "paragraphs": repeated("Một đoạn văn.\n\n"),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_time_is_in_proportion(name: str, thorough: bool) -> None:
    check_growth(FAMILIES[name], lambda text: parse("content/news/a.vi.md", text, CONFIG), thorough=thorough)
