"""What is measured: whom, on which articles, and by which steps."""

from collections.abc import Callable
from typing import NamedTuple

from . import equal, installed
from .corpus import KINDS, Corpus
from .measure import Contest
from .peers import BaseBlog, Eleventy, Hugo, Installed, Peer, Pelican, ShortSidebar, Sitegen, Starlight
from .results import EQUAL, INSTALLED, Files


class Scene(NamedTuple):
    """Peers, ourselves first, and the corpora that they get unasked. `article`: bytes of disk for a version of an
    article, its page and its part of the lists, with room to spare; `more`: bytes that a site needs besides."""

    name: str
    peers: tuple[type[Peer], ...]
    kinds: tuple[str, ...]
    sizes: tuple[int, ...]
    prepare: Callable[[Contest, Corpus], Files]
    measure: Callable[[Contest, Corpus, int], None]
    article: int
    more: int = 0


SCENES = (
    Scene(
        EQUAL, (Sitegen, Hugo, Eleventy, Pelican), KINDS, (1000, 10_000), equal.prepare, equal.measure, article=50_000
    ),
    Scene(
        INSTALLED, (Installed, Starlight, ShortSidebar, BaseBlog), ("posts",), (1000,),
        installed.prepare, installed.measure, article=200_000, more=400_000_000,
    ),
)  # fmt: skip
