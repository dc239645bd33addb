"""As installed: generators with their own themes and all that a newcomer gets, and what each extra costs."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from functools import partial
from pathlib import PurePosixPath

from .addresses import wanted
from .corpus import Article, Corpus
from .measure import SETTLED, Contest, Spent, afresh, build, limit, loaded, peak
from .peers import Failed, Peer
from .photographs import NAMES, write_pictures
from .results import BARE, BODY, COLD, LIMIT, MEMORY, NOTHING, PICTURE, PICTURE_MEMORY, Files

WARNINGS = 100
"""Articles that have something to be warned of."""
SLOW_ROUNDS = 2
"""So many rounds at most for slow peers."""
WRONG = "\n<center>So it was said.</center>\n"
PICTURE_FILES = "files of pictures"
KINDS = ("pages", "share cards", "files of search", "feeds", PICTURE_FILES, "others")

GALLERY = Article(
    "gallery", "en", "A gallery", "2026-01-05", ("topic-00",), "Photos and screenshots.", "", "Pictures:\n"
)


def prepare(contest: Contest, corpus: Corpus) -> Files:
    """Prepare and build every project, and one beside it with a gallery. All must have written all articles."""
    contest.each("project", _begin)
    for number, article in enumerate(corpus.articles()):
        for peer in contest.peers:
            peer.add(article._replace(body=article.body + WRONG) if number < WARNINGS else article)
    contest.tell("photos and screenshots")
    pictures = contest.us.folder.parent / "made"
    write_pictures(pictures)
    kinds, files = wanted(corpus), Files()

    def first(peer: Peer) -> Iterator[tuple[str, float]]:
        build(peer)
        sizes = peer.written()
        missing = sorted(kinds["articles"] - sizes.keys())
        if missing:
            raise Failed(peer, f"did not write {missing[0]} and {len(missing) - 1} more articles")
        gallery = _gallery(peer)
        gallery.take_pictures(pictures)
        seconds, written = _a_picture(gallery)
        files[peer.name] = _made(sizes) | {
            "files a picture": round(len(written) / len(_hung(peer))),
            "kilobytes a picture": round(sum(written.values()) / len(_hung(peer)) / 1e3),
        }
        if peer.slow:
            yield PICTURE, seconds

    contest.each("first build", first)
    return files


def _begin(peer: Peer) -> Iterator[tuple[str, float]]:
    peer.prepare()
    _gallery(peer).prepare()
    yield from ()


def measure(contest: Contest, corpus: Corpus, rounds: int) -> None:
    """Seconds by step, seconds of processors' time by extra, and megabytes of memory."""
    us = contest.us
    us.choose(())
    build(us)
    time.sleep(SETTLED)
    build(us)
    libraries = loaded(us)
    with _edited(us, corpus, "An edit."):
        more_libraries = loaded(us)
    us.choose(us.extras)
    for number in range(1, rounds + 1):
        contest.each(f"round {number} of {rounds}", partial(_steps, corpus=corpus, number=number))
        contest.note(LIMIT, NOTHING, limit("nothing_done", us, *libraries))
        contest.note(LIMIT, BODY, limit("nothing_done", us, *more_libraries))
    contest.each("memory", _memory)


def _steps(peer: Peer, corpus: Corpus, number: int) -> Iterator[tuple[str, float]]:
    """With all extras, without, after changes, with each extra alone, and with pictures, which slow peers had in the
    first build."""
    if peer.slow and number > SLOW_ROUNDS:
        return
    whole = afresh(peer)
    yield COLD, whole.seconds
    if peer.extras:
        peer.choose(())
        bare = afresh(peer)
        yield BARE, bare.seconds
        if peer.remembers:
            yield from _warm(peer, corpus, number)
        for extra in peer.extras:
            yield extra, _alone(peer, extra, whole).processors - bare.processors
        peer.choose(peer.extras)
    if not peer.slow:
        yield PICTURE, _a_picture(_gallery(peer))[0]


def _alone(peer: Peer, extra: str, whole: Spent) -> Spent:
    """A cold build with one of the extras."""
    if peer.extras == (extra,):
        return whole
    peer.choose((extra,))
    return afresh(peer)


def _warm(peer: Peer, corpus: Corpus, number: int) -> Iterator[tuple[str, float]]:
    time.sleep(SETTLED)
    build(peer)
    yield NOTHING, build(peer).seconds
    with _edited(peer, corpus, f"Round {number}."):
        yield BODY, build(peer).seconds


@contextmanager
def _edited(peer: Peer, corpus: Corpus, line: str) -> Iterator[None]:
    source = peer.source(corpus.newest())
    text = source.read_text("utf-8")
    source.write_text(f"{text}\n{line}\n", "utf-8")
    yield
    source.write_text(text, "utf-8")


def _memory(peer: Peer) -> Iterator[tuple[str, float]]:
    yield MEMORY, peak(peer)
    if not peer.slow:
        yield PICTURE_MEMORY, peak(_gallery(peer))


def _gallery(peer: Peer) -> Peer:
    """The same generator's project of a single article."""
    gallery = copy(peer)
    gallery.folder = peer.folder.with_name(f"{peer.name}-gallery")
    return gallery


def _hung(peer: Peer) -> Sequence[str]:
    """The names of the pictures in its gallery, of each kind as many; a third of them is enough of slow peers."""
    return NAMES[::3] if peer.slow else NAMES


def _a_picture(gallery: Peer) -> tuple[float, Mapping[str, int]]:
    """Seconds of processors' time for a picture, and the sizes of all files that are there for pictures."""
    shown = "".join(f"\n![{name}](../pictures/{name})\n" for name in _hung(gallery))
    gallery.add(GALLERY)
    without, files = afresh(gallery), gallery.written()
    gallery.add(GALLERY._replace(body=GALLERY.body + shown))
    spent = afresh(gallery).processors - without.processors
    return spent / len(_hung(gallery)), {
        path: size for path, size in gallery.written().items() if path not in files and _kind(path) == PICTURE_FILES
    }


def _made(sizes: Mapping[str, int]) -> dict[str, int]:
    kinds = Counter(map(_kind, sizes))
    return {kind: kinds[kind] for kind in KINDS} | {"megabytes": round(sum(sizes.values()) / 1e6)}


def _kind(path: str) -> str:
    """What a file of an output is."""
    name = PurePosixPath(path)
    if "pagefind" in name.parts:
        return "files of search"
    if name.parts[0] == "cards":
        return "share cards"
    if name.suffix == ".html":
        return "pages"
    if name.suffix in {".avif", ".webp", ".png", ".jpg", ".jpeg"}:
        return PICTURE_FILES
    return "feeds" if name.stem == "feed" else "others"
