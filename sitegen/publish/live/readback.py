"""After a publish: whether readers get what was published."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from sitegen.problems import Place, Problem, problem

from .samples import Expected
from .verdict import Seen, is_right, problems
from .web import CONNECTIONS, Answer, Clock, Silence, Web, encoded

LONGEST = 120.0
"""Seconds for all questions together."""
PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds between questions to a host that takes its time; then always the last."""
PLAIN = "identity"
"""Without any packing (RFC 9110, 8.4.1)."""
PACKINGS = (PLAIN, "gzip")
"""In which front pages are asked for too."""


_MAY_PASS = ("silent", "broken", "packed")
"""Silences that another try may end."""


class Readback(Struct, frozen=True):
    """What was read back. `counts`: of what was right, by kind (page, language, asset, missing, redirect, gone,
    headers); `is_reached`: whether the site answered at all; where it did not, a warning says so."""

    counts: Mapping[str, int]
    problems: tuple[Problem, ...]
    is_reached: bool = True


class Patience(Struct, frozen=True):
    """How many seconds a host is given to show what is new, and by which clock."""

    seconds: float = 10.0
    clock: Clock = Clock()


def readback(
    address: str, samples: Sequence[Expected], place: Place, token: str, patience: Patience | None = None
) -> Readback:
    """Ask the site at `address`, in full and with a final /, for samples. `place`: where it is said; `token`: letters
    that nobody has asked for yet."""
    patience = patience or Patience()
    clock = patience.clock
    web = Web(clock, clock.now() + patience.seconds + LONGEST)
    try:
        silence = _await(web, address, samples, token, patience)
        if silence is not None:
            return _unreached(web, address, silence, place)
        seen = _ask_all(web, address, samples, token)
        late = () if len(seen) == len(samples) else (_too_slow(len(seen), len(samples), place),)
        return Readback(_counts(seen), (*problems(seen, place), *_of_scheme(web, address, place), *late))
    finally:
        web.close()


def _await(web: Web, address: str, samples: Sequence[Expected], token: str, patience: Patience) -> Silence | None:
    """Wait until something that changed is there, or patience ends; why nothing came at all."""
    watched = next((one for one in samples if one.before), None) or next(
        (one for one in samples if one.kind in ("page", "asset") and not one.front), samples[0]
    )
    clock, began, number = patience.clock, patience.clock.now(), 0
    while True:
        answer = web.get(encoded(address, watched.path, f"{token}{number}"), expected=watched.size)
        if is_right(watched, answer) or (isinstance(answer, Silence) and answer.why not in _MAY_PASS):
            break
        pause = PAUSES[min(number, len(PAUSES) - 1)]
        if clock.now() + pause > began + patience.seconds:
            break
        clock.sleep(pause)
        number += 1
    return answer if isinstance(answer, Silence) and answer.why != "packed" else None


def _ask_all(web: Web, address: str, samples: Sequence[Expected], token: str) -> list[Seen]:
    """By a few threads, which are left to themselves where they take longer than there is time."""
    waiting: SimpleQueue[tuple[int, Expected]] = SimpleQueue()
    for item in enumerate(samples):
        waiting.put(item)
    seen: dict[int, Seen] = {}

    def work() -> None:
        while web.clock.now() < web.deadline:
            try:
                number, expected = waiting.get_nowait()
            except Empty:
                return
            answered = _ask(web, address, expected, token)
            if answered.is_right or web.clock.now() < web.deadline:  # else it may be our own haste
                seen[number] = answered

    threads = [Thread(target=work, daemon=True) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(1.0, web.deadline - web.clock.now()))
    found = dict(seen)
    return [found[number] for number in sorted(found)]


def _ask(web: Web, address: str, expected: Expected, token: str) -> Seen:
    url = encoded(address, expected.path)
    seen = Seen(expected, url, web.get(url, expected=expected.size))
    if expected.leads:
        return _follow(web, address, seen)
    answer = seen.answer
    if isinstance(answer, Answer) and answer.location and _is_shorter(url, answer.location):
        answer = web.get(answer.location, expected=expected.size)
        seen = replace(seen, answer=answer)
    if expected.kind in ("page", "asset") and not seen.is_right:
        past = web.get(encoded(address, expected.path, token), expected=expected.size)
        plain = {} if is_right(expected, past) else {PLAIN: web.get(url, expected=expected.size, packed=PLAIN)}
        return replace(seen, past=past, packed=plain)
    if expected.front:
        packed = {packing: web.get(url, expected=expected.size, packed=packing) for packing in PACKINGS}
        return replace(seen, packed=packed)
    return seen


def _follow(web: Web, address: str, seen: Seen) -> Seen:
    leads = encoded(address, seen.expected.leads)
    if not isinstance(seen.answer, Answer) or not seen.answer.location:
        return replace(seen, leads=leads)
    return replace(seen, leads=leads, then=web.get(seen.answer.location))


def _is_shorter(url: str, location: str) -> bool:
    """Whether a host redirects to the same page without .html, as some always do."""
    return url.endswith(".html") and location == url.removesuffix(".html").removesuffix("/index")


def _of_scheme(web: Web, address: str, place: Place) -> Iterator[Problem]:
    """Whether who comes by http is led to https."""
    parts = urlsplit(address)
    if parts.scheme != "https" or ":" in parts.netloc:
        return
    plain = address.replace("https", "http", 1)
    answer = web.get(plain)
    if isinstance(answer, Answer) and not answer.location.startswith("https:"):
        yield problem("read-http-open", place, address=plain, location=address)


def _unreached(web: Web, address: str, silence: Silence, place: Place) -> Readback:
    """Nothing came: with a wrong certificate that is a mistake, else it may be this machine's line."""
    found = problem("read-unreached", place, address=address, detail=silence.words)
    if silence.why == "certificate":
        found = problem("read-certificate", place, addresses=address, reason=silence.reason)
    elif address.startswith("https:") and isinstance(web.get(address.replace("https", "http", 1)), Answer):
        found = problem("read-http-only", place, address=address)
    return Readback({}, (found,), is_reached=False)


def _too_slow(count: int, of: int, place: Place) -> Problem:
    return problem("read-too-slow", place, count=count, of=of)


def _counts(seen: Sequence[Seen]) -> Mapping[str, int]:
    right = [one for one in seen if one.is_right]
    counts = Counter[str](one.expected.kind for one in right)
    counts["language"] = sum(one.expected.front for one in right)
    counts["headers"] = sum(bool(one.expected.headers) for one in right)
    return counts
