"""What every generator has to write of the corpus, by kind of file."""

from collections import Counter
from collections.abc import Iterable, Iterator
from math import ceil

from .corpus import LANGUAGES, PAGE_SIZE, Corpus

Kinds = dict[str, set[str]]


def wanted(corpus: Corpus) -> Kinds:
    """Paths in the output of articles, lists, tag pages and feeds."""
    kinds: Kinds = {"articles": set(), "lists": set(), "tag pages": set(), "feeds": set()}
    for lang in LANGUAGES:
        written = corpus.written_in(lang)
        uses = Counter(tag for outline in written for tag in outline.tags)
        kinds["articles"] |= {f"{lang}/news/{outline.key}/index.html" for outline in written}
        kinds["lists"] |= {page for folder in (f"{lang}/", f"{lang}/news/") for page in _pages(folder, len(written))}
        kinds["tag pages"] |= {f"{lang}/tags/index.html"}
        kinds["tag pages"] |= {page for tag, used in uses.items() for page in _pages(f"{lang}/tags/{tag}/", used)}
        folders = (f"{lang}/", f"{lang}/news/", *(f"{lang}/tags/{tag}/" for tag in uses))
        kinds["feeds"] |= {f"{folder}feed.xml" for folder in folders}
    return kinds


def counted(written: Iterable[str], kinds: Kinds) -> dict[str, int]:
    """How many files there are of each kind, and of others: redirects, site maps, pages of errors."""
    written = set(written)
    counts = {kind: len(paths & written) for kind, paths in kinds.items()}
    return {**counts, "others": len(written) - sum(counts.values())}


def _pages(folder: str, entries: int) -> Iterator[str]:
    yield f"{folder}index.html"
    yield from (f"{folder}page/{number}/index.html" for number in range(2, ceil(entries / PAGE_SIZE) + 1))
