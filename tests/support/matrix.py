"""The pages that a reader may meet: kinds × languages × widths × schemes of colour, and fair samples of them."""

from collections.abc import Sequence
from typing import NamedTuple

import pytest

from tests.support.browser import Scheme

WIDTHS = (360, 768, 1280)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
KINDS = {
    "home": {"vi": "vi/", "ja": "ja/", "en": "en/"},
    "section": {"vi": "vi/tin-tuc/", "ja": "ja/news/", "en": "en/news/"},
    "tag": {"vi": "vi/tags/quan-ly-chat-thai/", "ja": "ja/tags/waste-management/", "en": "en/tags/waste-management/"},
    "tags": {"vi": "vi/tags/", "ja": "ja/tags/", "en": "en/tags/"},
    "article": {
        "vi": "vi/tin-tuc/co-che-tin-chi-chung/",
        "ja": "ja/news/joint-crediting-mechanism/",
        "en": "en/news/joint-crediting-mechanism/",
    },
    "page": {"vi": "vi/gioi-thieu/", "ja": "ja/about/", "en": "en/about/"},
    "timeline": {"vi": "vi/dong-thoi-gian/", "ja": "ja/timeline/", "en": "en/timeline/"},
    "search": {"vi": "vi/search/", "ja": "ja/search/", "en": "en/search/"},
    "not_found": {"vi": "vi/404.html", "ja": "ja/404.html", "en": "en/404.html"},
}
LANGUAGES = ("vi", "ja", "en")


class Visit(NamedTuple):
    """A page and how it is read. The chooser has no language of its own; it counts as the default language's."""

    kind: str
    lang: str
    path: str
    width: int
    scheme: Scheme

    def __str__(self) -> str:
        return f"{self.kind}-{self.lang}-{self.width}-{self.scheme}"


CHOOSER = ("chooser", "vi", "")
ADDRESSES = [CHOOSER, *((kind, lang, path) for kind, by_lang in KINDS.items() for lang, path in by_lang.items())]


def visits(
    *, widths: tuple[int, ...] = WIDTHS, schemes: tuple[Scheme, ...] = SCHEMES, turn: int = 0, kinds_only: bool = False,
    without: str = "",
) -> Sequence[object]:  # fmt: skip
    """Parameters of a test: the whole matrix, all but a sample of it marked `full`. The sample has every page once,
    and every language in every width and scheme; with `kinds_only` every kind once, in one language or another.
    `turn` lets another test see the pages otherwise; `without`: a kind that is in neither."""
    ways = [(width, scheme) for width in widths for scheme in schemes]
    params = []
    for kind, lang, path in ADDRESSES:
        if kind == without:
            continue
        number, spoken = (list(KINDS).index(kind), LANGUAGES.index(lang)) if kind in KINDS else (0, 0)
        chosen = ways[(number + 2 * spoken + turn) % len(ways)]
        left_out = kinds_only and kind in KINDS and spoken != (number + turn) % len(LANGUAGES)
        for width, scheme in ways:
            marks = pytest.mark.full if left_out or (width, scheme) != chosen else ()
            visit = Visit(kind, lang, path, width, scheme)
            params.append(pytest.param(visit, id=str(visit), marks=marks))
    return params
