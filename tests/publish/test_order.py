"""A publish, and any number of them one after another, cut off anywhere: the site is whole at every moment."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sitegen.publish.changes.waves import Wave
from sitegen.publish.targets.target import Facts

from .model import Host, Site, Watch, begin, carry_out, end, groups, leftovers, named, planned, search, sites

NOW = datetime(2026, 11, 27, tzinfo=UTC)
FACTS = st.builds(Facts, tells_case=st.booleans(), tells_forms=st.booleans())
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
LONG = settings(QUICK, max_examples=1_000)
MOST_AT_ONCE = 6
"""So many steps that may come in any order have 64 halves, which are tried all."""


def halves(size: int, rnd: Random) -> list[tuple[int, ...]]:
    """What may be done of so many steps when a publish is cut off."""
    if size <= MOST_AT_ONCE:
        return [*chain.from_iterable(combinations(range(size), n) for n in range(size + 1))]
    single = [(n,) for n in range(size)]
    but_one = [tuple(n for n in range(size) if n != left) for left in range(size)]
    some = [tuple(sorted(rnd.sample(range(size), rnd.randint(2, size)))) for _ in range(20)]
    return [(), *single, *but_one, *some, tuple(range(size))]


def check_every_moment(host: Host, site: Site, moment: datetime, rnd: Random, *, tampered: bool = False) -> list[Host]:
    """All states that a publish may leave, each of which is whole; the last is its end."""
    found = planned(host, site.release, moment)
    tokens = begin(host, site, found)
    watch = Watch(host, site, found, tampered=tampered)
    assert watch.faults(host) == []
    states = [host.copy()]
    for state in states_of(host, found.waves, rnd):
        assert watch.faults(state) == [], found.waves
        states.append(state)
    end(host, found, tokens)
    return [*states, host]


def states_of(host: Host, waves: Iterable[Wave], rnd: Random) -> Iterator[Host]:
    """All that there may be while waves are carried out, and then the host as they leave it."""
    for group in groups(host, waves):
        for half in halves(len(group), rnd):
            state = host.copy()
            for index in half:
                path, act = group[index]
                getattr(state, act.__name__)(path)
            yield state
        for path, act in group:
            act(path)


def check_end(host: Host, site: Site, moment: datetime) -> None:
    assert {path: host.get(path) for path in site.files} == dict(site.files)
    again = planned(host, site.release, moment)
    assert again.is_empty, (again.waves, again.after({}), again.held)
    assert (again.moved, again.vanished) == ((), ())


def check_pair(old: Site, new: Site, host: Host, rnd: Random) -> None:
    carry_out(host, old, NOW)
    check_end(host, old, NOW)
    states = check_every_moment(host, new, NOW, rnd)
    check_end(states[-1], new, NOW)
    assert leftovers(states[-1], new) == set()
    for state in rnd.sample(states[:-1], min(len(states) - 1, 12)):
        carry_out(state, new, NOW)
        check_end(state, new, NOW)
        assert leftovers(state, new) == set()


@given(sites(), sites(), FACTS, st.booleans(), st.randoms(use_true_random=False))
@QUICK
def test_any_two_releases(old: Site, new: Site, facts: Facts, ticks: bool, rnd: Random) -> None:
    check_pair(old, new, Host(facts, ticks=ticks), rnd)


@pytest.mark.full
@given(sites(), sites(), FACTS, st.booleans(), st.randoms(use_true_random=False))
@LONG
def test_any_two_releases_for_long(old: Site, new: Site, facts: Facts, ticks: bool, rnd: Random) -> None:
    check_pair(old, new, Host(facts, ticks=ticks), rnd)


def check_chain(all_of_them: list[Site], facts: Facts, rnd: Random) -> None:
    """Each publish is cut off somewhere, the next may be of another release; the last is whole."""
    host, moment = Host(facts, ticks=rnd.random() < 0.5), NOW
    for site in all_of_them:
        moment += timedelta(days=rnd.choice([0, 1, 31]))
        states = check_every_moment(host, site, moment, rnd)
        host = rnd.choice(states)
    carry_out(host, site, moment)
    check_end(host, site, moment)
    assert leftovers(host, site) == set()


@given(st.lists(sites(), min_size=3, max_size=5), FACTS, st.randoms(use_true_random=False))
@QUICK
def test_any_chain_of_cuts(all_of_them: list[Site], facts: Facts, rnd: Random) -> None:
    check_chain(all_of_them, facts, rnd)


@pytest.mark.full
@given(st.lists(sites(), min_size=3, max_size=6), FACTS, st.randoms(use_true_random=False))
@LONG
def test_any_chain_of_cuts_for_long(all_of_them: list[Site], facts: Facts, rnd: Random) -> None:
    check_chain(all_of_them, facts, rnd)


TAMPERED = st.lists(st.tuples(st.sampled_from(["add", "alter", "touch", "remove"]), st.integers(0, 30)), max_size=5)
FOREIGN = (
    "stats/index.php",
    "vi/theirs.txt",
    "index.html",
    "vi/a/index.html",
    "logo.svg",
    ".htaccess",
    "default_page.png",
)


def tamper(host: Host, steps: list[tuple[str, int]]) -> None:
    """What somebody does on the host by other means, never with a file where a folder is."""
    for kind, number in steps:
        path = FOREIGN[number % len(FOREIGN)]
        if kind == "add" and host.fits(path):
            host.write(path, f"by hand {number}".encode())
        elif kind != "add" and host.files:
            path = sorted(host.files)[number % len(host.files)]
            if kind == "remove":
                host.remove(path)
            else:
                host.write(path, f"by hand {number}".encode() if kind == "alter" else host.files[path].data)


@given(sites(), sites(), FACTS, TAMPERED, TAMPERED, st.randoms(use_true_random=False))
@QUICK
def test_others_at_work_there(
    old: Site, new: Site, facts: Facts, first: list[tuple[str, int]], then: list[tuple[str, int]], rnd: Random
) -> None:
    """Before the first publish, after it, and after a cut: all is as it should be in the end, what was foreign is
    there still, and nothing is lost that was not named."""
    host = Host(facts)
    tamper(host, first)
    carry_out(host, old, NOW)
    check_end(host, old, NOW)
    tamper(host, then)
    asked = planned(host, new.release, NOW)
    host = rnd.choice(check_every_moment(host, new, NOW, rnd, tampered=True))
    tamper(host, then[::-1])
    found, before = planned(host, new.release, NOW), host.copy()
    told = {host.name_of(path) for one in (asked, found) for path in (*one.altered, *one.in_the_way)}
    carry_out(host, new, NOW)
    check_end(host, new, NOW)
    ours = {data for site in (old, new) for data in site.files.values()}
    for name, file in before.files.items():
        if file.data not in ours and name not in told:
            assert host.files[name] == file


def page(text: str, *paths: str) -> bytes:
    return json.dumps({"text": text, "needs": paths}).encode()


def whole_site(version: str, **others: bytes) -> Site:
    """One of everything that has a wave of its own."""
    style = named("assets/css/site", ".css", version)
    files = {
        style: version.encode(),
        "index.html": page(version, style, "files/a.svg"),
        "files/a.svg": f"drawing {version}".encode(),
        "vi/feed.xml": version.encode(),
        ".htaccess": version.encode(),
        **search(version, version),
        **others,
    }
    return Site(files, frozenset([".htaccess"]), {path: path for path in files})


OLD = whole_site("1", **{"vi/cu/index.html": page("1", "files/cu.svg"), "files/cu.svg": b"old"})
NEW = whole_site(
    "2",
    **{
        "vi/moi/index.html": page("2", named("assets/css/moi", ".css", "2")),
        named("assets/css/moi", ".css", "2"): b"2",
    },
)


def faults_of(old: Site, new: Site, first: str, then: str) -> list[str]:
    """What is wrong at some moment when two waves change places."""
    host = Host()
    carry_out(host, old, NOW)
    found = planned(host, new.release, NOW)
    begin(host, new, found)
    watch = Watch(host, new, found)
    kinds: dict[str, Wave] = {wave.kind: wave for wave in found.waves}
    order = [kinds[{first: then, then: first}.get(wave.kind, wave.kind)] for wave in found.waves]
    return [fault for state in states_of(host, order, Random(1)) for fault in watch.faults(state)]


@pytest.mark.parametrize(
    ("old", "first", "then"),
    [
        (OLD, "needed", "new pages"),
        (OLD, "needed", "pages"),
        (OLD, "needed", "feeds"),
        (OLD, "pages", "gone files"),
        (OLD, "gone pages", "gone files"),
        (Site({}, frozenset(), {}), "needed", "new pages"),
        (Site({}, frozenset(), {}), "search", "new pages"),
    ],
)
def test_another_order_is_noticed(old: Site, first: str, then: str) -> None:
    """So that the tests above can fail."""
    assert faults_of(old, NEW, "", "") == []
    assert faults_of(old, NEW, first, then) != []
