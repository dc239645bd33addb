"""Content files: front matter and Markdown, parsed alone."""

from collections.abc import Callable, Mapping

import pytest

from sitegen.config.settings import Config
from sitegen.site.document import parse
from tests.support.sites import SETTINGS, settings

from .growth import check_growth

HEAD = "---\ntitle: Tin\ndate: 04/10/2024\n---\n\n"
CONFIG = settings()


def repeated(fragment: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """Bodies that repeat a fragment."""
    return lambda size: f"{HEAD}{before}{fragment * (size // len(fragment.encode()))}{after}\n"


UNITS = [
    "<", "<!--", "<sub>", "</sub>", "<a ", "{", "{{", "{%", "[", "![", "](", ":::\n", "::: a\n", "~", "*", ":", "://",
    "https://", "https://a", ")", "<kbd title='", "{.a ", "{#a=", "> [!", "-", ".", "&amp;", "import ", "\u3000",
    "\u3000\n", "<!-- -->", "<img src='", "a=b ", "a\n", "## a\n", "![x]() ", "<br>",
    "Một câu văn. ", "Một đoạn văn.\n\n",
]  # fmt: skip
FAMILIES: Mapping[str, Callable[[int], str]] = {repr(unit): repeated(unit, before="https://a") for unit in UNITS}
HTML = settings(f"{SETTINGS}\nmarkdown: {{html: true}}\n")


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("config", [CONFIG, HTML], ids=["", "html"])
def test_time_is_in_proportion(name: str, config: Config, thorough: bool) -> None:
    check_growth(FAMILIES[name], lambda text: parse("content/news/a.vi.md", text, config), thorough=thorough)
