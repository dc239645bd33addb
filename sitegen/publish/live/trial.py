"""Host files, tried in a folder of their own before they count; and what was there before, back at once, where a site
does not stand them.

A host that does not know a directive of .htaccess, or forbids it there, answers 500 or 403 for the whole site.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from msgspec import Struct

from sitegen.codes.live import SILENCES
from sitegen.files import digest
from sitegen.problems import Place, Problem, problem
from sitegen.publish.hosting.host_files import MOVED, TRIED, HostTrial
from sitegen.publish.release import TRIALS
from sitegen.publish.targets.target import Target, TargetError, Upload, exhaust

from .samples import Expected
from .verdict import Seen, is_right, problems
from .web import Answer, Clock, Silence, Web, encoded

MAY_CHOKE = frozenset({".htaccess", "web.config"})
"""Host files that can take a whole site down."""
SECONDS = 60.0
PAUSES = (0.5, 1.0, 2.0)
"""Between questions for what was put there a moment ago."""


class Trial(Struct, frozen=True):
    """`taken`: which of the attempts the host takes, the first that it takes whole or else the first at all, or None;
    `has_headers`, `moves`: whether it sends all headers then, and leads on; `problems`: warnings."""

    taken: int | None
    has_headers: bool = False
    moves: bool = False
    problems: tuple[Problem, ...] = ()


class Tried(Struct, frozen=True):
    """The site that is asked. `folder`: a name for all trials of this site, so that a run takes away what one before it
    could not; `token`: letters that nobody has asked for yet."""

    address: str
    place: Place
    token: str
    folder: str
    clock: Clock = Clock()


def try_host_file(target: Target, site: Tried, name: str, attempts: Callable[[str], Sequence[HostTrial]]) -> Trial:
    """Find what the host takes of a host file. Leaves nothing behind, and the site's own files alone. `attempts`: how
    it may be written for a folder, the best first."""
    if target.is_atomic:
        return _untried(site, name, SILENCES["atomic"])
    web = Web(site.clock, site.clock.now() + SECONDS)
    try:
        status = 0
        for prefix in TRIALS:
            folder = f"{prefix}{site.folder}/"
            with _cleared(target, folder, name):
                _put(target, {f"{folder}{TRIED}": _PAGE})
                before = _ask(web, site, f"{folder}{TRIED}")
                if isinstance(before, Silence):
                    return _untried(site, name, before.words)
                if before.status == 200 and before.digest == digest(_PAGE):
                    return _best(target, web, site, folder, attempts(folder))
                status = before.status
        return _untried(site, name, f"HTTP {status}")
    finally:
        web.close()


def place_guarded(target: Target, site: Tried, paths: Sequence[str], front: str) -> Iterator[str]:
    """Place host files that wait: each path when it is there. Where the front page then answers 5xx or 403, and did not
    before, what was there comes back, and SpoiledSite says so. `front`: the page's address below the site's."""
    web = Web(site.clock, site.clock.now() + SECONDS)
    try:
        before = web.get(_url(site, front, "before"), times=1)
        old = {path: target.read(path) for path in paths}
        yield from target.place(paths)
        after = web.get(_url(site, front, "after"), times=1)
        if _is_down(after) and not _is_down(before):
            _put(target, {path: data for path, data in old.items() if data is not None})
            exhaust(target.remove([path for path, data in old.items() if data is None]))
            status = after.status if isinstance(after, Answer) else 0
            raise SpoiledSite(problem("host-file-undone", site.place, names=", ".join(paths), status=status))
    finally:
        web.close()


class SpoiledSite(TargetError):
    """The site did not stand its new host files; the old ones are back."""


def _best(target: Target, web: Web, site: Tried, folder: str, attempts: Sequence[HostTrial]) -> Trial:
    tried: list[Trial] = []
    for number, attempt in enumerate(attempts):
        trial = _try(target, web, site, folder, attempt, number)
        if trial.has_headers and trial.moves >= attempt.moves:
            return trial
        tried.append(trial)
    return max(tried, key=lambda trial: (trial.taken is not None, trial.moves, trial.has_headers))


def _try(target: Target, web: Web, site: Tried, folder: str, attempt: HostTrial, number: int) -> Trial:
    _put(target, {f"{folder}{attempt.name}": attempt.data})
    page = Expected("page", f"{folder}{TRIED}", digest=digest(_PAGE), size=len(_PAGE), headers=attempt.headers)
    answer = _ask(web, site, page.path)
    if not is_right(page, answer):
        detail = f"HTTP {answer.status}" if isinstance(answer, Answer) else answer.words
        return Trial(None, problems=(problem("host-file-refused", site.place, name=attempt.name, detail=detail),))
    differs = problems([Seen(page, _url(site, page.path), answer)], site.place)
    parts = [problem("host-file-in-part", site.place, name=attempt.name, parts=attempt.without)]
    moves = attempt.moves and _moves(web, site, folder)
    return Trial(number, not differs, moves, tuple(parts if attempt.without else ()))


def _moves(web: Web, site: Tried, folder: str) -> bool:
    answer = web.get(_url(site, f"{folder}{MOVED}", site.token))
    return isinstance(answer, Answer) and answer.location.partition("?")[0].endswith(f"{folder}{TRIED}")


def _untried(site: Tried, name: str, detail: str) -> Trial:
    found = problem("host-file-untried", site.place, name=name, address=site.address, detail=detail)
    return Trial(None, problems=(found,))


def _ask(web: Web, site: Tried, path: str) -> Answer | Silence:
    """Ask for what was put there a moment ago: a few times, since some disks take a moment."""
    answer = web.get(_url(site, path, site.token), expected=len(_PAGE))
    for number, pause in enumerate(PAUSES):
        if isinstance(answer, Silence) or answer.status in (200, 403, 500):
            break
        web.clock.sleep(pause)
        answer = web.get(_url(site, path, f"{site.token}{number}"), expected=len(_PAGE))
    return answer


@contextmanager
def _cleared(target: Target, folder: str, name: str) -> Iterator[None]:
    """A folder in which nothing lies of a run before, nor afterwards of this one, whatever happens."""
    paths = [f"{folder}{name}", f"{folder}{TRIED}"]
    exhaust(target.remove(paths))
    try:
        yield
    except BaseException:
        with suppress(TargetError):  # the line that failed may fail for this too
            exhaust(target.remove(paths))
        raise
    exhaust(target.remove(paths))


def _put(target: Target, files: Mapping[str, bytes]) -> None:
    uploads = [Upload(path, digest(data), len(data), data) for path, data in files.items()]
    exhaust(target.put(uploads))
    exhaust(target.place([upload.path for upload in uploads]))


def _is_down(answer: Answer | Silence) -> bool:
    return isinstance(answer, Answer) and (answer.status >= 500 or answer.status == 403)


def _url(site: Tried, path: str, query: str = "") -> str:
    return encoded(site.address, path, query)


_PAGE = (
    b'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="robots" content="noindex"><title>Trial</title>\n'
)
