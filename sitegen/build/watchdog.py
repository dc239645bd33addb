"""How long a build works on one file: what takes long is named, what takes too long becomes that file's error.

Time is the processor's, so that neither a machine that slept nor one with much else to do blames a file. Nothing waits
in it without end: only regular files are read, and Pagefind, which is another program, has a limit of its own. What
does not come back to Python at all ends with its process, in a pool.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import get_ident
from time import process_time

from msgspec import Struct

from sitegen.problems import Place, Problem, problem
from sitegen.system.timers import end_after, listen, looking, raise_in


class Slow(Struct, frozen=True):
    """A file that takes long, and after how many seconds it is told."""

    path: str
    seconds: float


class Limits(Struct, frozen=True):
    """Seconds of work on one file: after which it is named, after which it is given up, and after which the process of
    a pool ends that does not come back to Python. The last two are for each piece of the work."""

    named: float = 10.0
    most: float = 60.0
    last: float = 90.0


class TookTooLong(BaseException):
    """Broken off; no Exception, which a layout or a decoder's caller could take for its own."""


class Watchdog:
    """With the file that one thread works on at a time. `name` is told of a file that takes long."""

    def __init__(
        self, name: Callable[[Slow], None] = lambda slow: None, limits: Limits = Limits(), *, may_end: bool = False
    ) -> None:
        """`may_end`: this process, when the last limit has passed."""
        self.name, self.limits, self._may_end = name, limits, may_end
        self._thread, self._path, self._since, self._most, self._is_named = 0, "", 0.0, 0.0, False
        self.given_up: dict[str, Problem] = {}
        """Files that many items are made of, such as a layout, are tried once."""

    def listen(self) -> None:
        """Take the timer's signals for whichever thread works. Only a main thread can."""
        listen(self._look)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While it lasts, this thread's work is timed; not so in a thread that no main thread listens for."""
        self.listen()
        self._thread, self._path, self.given_up = get_ident(), "", {}
        with looking(self._look, self.limits.named / 10):
            yield

    def begin(self, path: str, pieces: int = 1) -> None:
        self._since, self._most = process_time(), self.limits.most * pieces
        self._is_named, self._path = False, path
        if self._may_end:
            end_after(self.limits.last * pieces)

    def end(self) -> None:
        self._path = ""
        if self._may_end:
            end_after(0)

    def _look(self, *_: object) -> None:
        if not self._path:
            return
        seconds = process_time() - self._since
        if seconds >= self._most:
            self._break_off()
        if seconds >= self.limits.named and not self._is_named:
            self._is_named = True
            self.name(Slow(self._path, self.limits.named))

    def _break_off(self) -> None:
        if self._thread == get_ident():
            raise TookTooLong
        raise_in(self._thread, TookTooLong)


def too_long(path: str, limits: Limits, error: TookTooLong | None = None) -> Problem:
    """The problem of a file that was given up: of the layout that was at work, at its line, where one was."""
    from traceback import walk_tb  # noqa: PLC0415 - hardly ever

    place = Place(path)
    for frame, line in walk_tb(error.__traceback__ if error else None):
        template = frame.f_globals.get("__jinja_template__")
        if template is not None and template.filename:
            place = Place(template.filename, template.get_corresponding_lineno(line), 1)
    return problem("took-too-long", place, seconds=f"{limits.most:g}")
