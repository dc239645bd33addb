"""Equal work: all generators get the same articles, and layouts of ours that do the same."""

import time
from collections.abc import Iterator
from functools import partial

from .addresses import counted, wanted
from .corpus import Corpus
from .measure import SETTLED, Contest, afresh, build, limit, loaded, peak
from .peers import Failed, Peer
from .preview import previewed
from .results import LIMIT, MEMORY, SAVED_BODY, SOON, US, Files

SLOW_ROUNDS = 3
"""So many rounds at most for slow peers."""


def prepare(contest: Contest, corpus: Corpus) -> Files:
    """Prepare and build every project. All must have written all articles, lists, tag pages and feeds."""
    contest.each("project", _begin)
    for article in corpus.articles():
        for peer in contest.peers:
            peer.add(article)
    kinds, files = wanted(corpus), Files()

    def first(peer: Peer) -> Iterator[tuple[str, float]]:
        build(peer)
        sizes = peer.written()
        missing = sorted(set().union(*kinds.values()) - sizes.keys())
        if missing:
            raise Failed(peer, f"did not write {missing[0]} and {len(missing) - 1} more of what it should")
        files[peer.name] = counted(sizes, kinds) | {"megabytes": round(sum(sizes.values()) / 1e6)}
        yield from ()

    contest.each("first build", first)
    return files


def _begin(peer: Peer) -> Iterator[tuple[str, float]]:
    peer.prepare()
    yield from ()


def measure(contest: Contest, corpus: Corpus, rounds: int) -> None:
    """Seconds by step, and megabytes of memory. A slow peer is asked for a cold build alone."""
    time.sleep(SETTLED)
    build(contest.us)
    libraries = loaded(contest.us)
    for number in range(1, rounds + 1):
        contest.each(f"round {number} of {rounds}", partial(_steps, corpus=corpus, number=number))
        contest.note(LIMIT, "cold", limit("markdown_alone", contest.us))
        contest.note(LIMIT, "nothing changed", limit("nothing_done", contest.us, *libraries))
    _preview(contest, corpus, rounds)
    contest.each("memory", lambda peer: [(MEMORY, peak(peer))])


def _preview(contest: Contest, corpus: Corpus, rounds: int) -> None:
    try:
        found = list(previewed(contest.peers, corpus, rounds, contest.tell))
    except Failed as error:
        contest.leave_out(error)
        _preview(contest, corpus, rounds)
        return
    for name, step, seconds in found:
        contest.note(name, step, seconds)
    if SAVED_BODY in contest.figures[US]:
        contest.note(LIMIT, SAVED_BODY, SOON)


def _steps(peer: Peer, corpus: Corpus, number: int) -> Iterator[tuple[str, float]]:
    """A cold build, and builds after changes, which are taken back at the end."""
    if peer.slow and number > SLOW_ROUNDS:
        return
    yield "cold", afresh(peer).seconds
    if peer.slow:
        return
    source, layout = peer.source(corpus.newest()), peer.folder / peer.layout
    text, markup = source.read_text("utf-8"), layout.read_text("utf-8")
    if peer.remembers:
        time.sleep(SETTLED)
        build(peer)
    yield "nothing changed", build(peer).seconds
    edited = f"{text}\nRound {number}.\n"
    source.write_text(edited, "utf-8")
    yield "one body", build(peer).seconds
    title = text.splitlines()[1]
    source.write_text(edited.replace(title, f"{title} {number}", 1), "utf-8")
    yield "one title", build(peer).seconds
    layout.write_text(markup.replace("<body", f'<body data-round="{number}"', 1), "utf-8")
    yield "base layout", build(peer).seconds
    source.write_text(text, "utf-8")
    layout.write_text(markup, "utf-8")
