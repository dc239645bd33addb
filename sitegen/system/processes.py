"""Processes: how many, how they start, and what they hear of Ctrl+C."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from signal import SIG_IGN, SIGINT, SIGTERM, signal
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, Any, Literal, NoReturn

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from multiprocessing.context import BaseContext

StartMethod = Literal["fork", "spawn", "forkserver"]
"""By multiprocessing's names."""


def most_processes(jobs: int | None) -> int:
    """How many to use where there is much to do: so many as asked for, else as cores that this process may run on, as
    far as the system tells. Windows waits for no more than 61 at once."""
    wanted = _usable_cores() if jobs is None else jobs
    return min(wanted, 61) if sys.platform == "win32" else wanted


def _usable_cores() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start_method(*, threads: bool) -> StartMethod:
    """How processes start that do a build's work. Forks have all that is in memory, but cannot be made by a process
    with several `threads`, nor at all on macOS, whose own libraries have some."""
    if sys.platform == "win32":
        return "spawn"
    if threads:
        return "forkserver"
    return "spawn" if sys.platform == "darwin" else "fork"


def shares_memory(method: StartMethod) -> bool:
    """Whether a process that starts so has what was in memory."""
    return method == "fork"


def few(method: StartMethod) -> int:
    """Articles or pages for which other processes do not pay: those that are no forks import everything first, a fork
    server once. On two cores, spawned: 250 articles take 2.0 s and 1.6 s in one process, 1,000 take 3.7 s and 4.3 s."""
    return 1_000 if method == "spawn" else 200


def start_context(method: StartMethod) -> "BaseContext":
    """What starts them. Those that are no forks begin as `python -c`, which would import from the working folder,
    perhaps a site's, but for this variable."""
    import multiprocessing  # noqa: PLC0415 - small builds do without

    os.environ[_SAFE_PATH] = "1"
    return multiprocessing.get_context(method)


def preload(method: StartMethod, module: str) -> None:
    """Let a fork server import a module before anything is asked of it."""
    if method == "forkserver":
        start_context(method).set_forkserver_preload([module])


def without_safe_path(environment: Mapping[str, str]) -> dict[str, str]:
    """What other programs are given, whose own Python processes that would change."""
    return {name: value for name, value in environment.items() if name != _SAFE_PATH}


_SAFE_PATH = "PYTHONSAFEPATH"


if sys.platform == "win32":
    from signal import SIGBREAK

    INTERRUPTS = (SIGINT, SIGTERM, SIGBREAK)
    """Asks to end; the last is also the window that is closed."""

    @contextmanager
    def unheard(method: StartMethod) -> Iterator[None]:
        """Processes that start meanwhile hear nothing of Ctrl+C; whoever interrupts a build ends them."""
        import ctypes  # noqa: PLC0415 - small builds do without

        ctypes.windll.kernel32.SetConsoleCtrlHandler(None, True)  # which they inherit
        try:
            yield
        finally:
            ctypes.windll.kernel32.SetConsoleCtrlHandler(None, False)

    def apart() -> dict[str, Any]:
        """How Popen starts a program that Ctrl+C does not end with this one."""
        import subprocess  # noqa: PLC0415 - builds start none

        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}

else:
    from signal import SIG_BLOCK, SIG_SETMASK, pthread_sigmask

    INTERRUPTS = (SIGINT, SIGTERM)
    """Asks to end."""

    @contextmanager
    def unheard(method: StartMethod) -> Iterator[None]:
        """Processes that start meanwhile hear nothing of Ctrl+C; whoever interrupts a build ends them."""
        if method != "fork":
            from multiprocessing import resource_tracker  # noqa: PLC0415 - small builds do without

            resource_tracker.ensure_running()  # which lets this thread hear again
        before = pthread_sigmask(SIG_BLOCK, {SIGINT})  # which they inherit
        try:
            yield
        finally:
            pthread_sigmask(SIG_SETMASK, before)

    def apart() -> dict[str, Any]:
        """How Popen starts a program that Ctrl+C does not end with this one."""
        return {"start_new_session": True}


def new_event_loop() -> "AbstractEventLoop":
    """An event loop that Ctrl+C wakes, and that has processes: on Windows a proactor, whatever a library has chosen."""
    import asyncio  # noqa: PLC0415 - the preview alone has one

    if sys.platform == "win32":
        return asyncio.ProactorEventLoop()
    return asyncio.new_event_loop()


def when_interrupted(loop: "AbstractEventLoop", call: Callable[[], object]) -> None:
    """Let a loop make a call when somebody asks this process to end, however often. Only a main thread can."""

    def ask(number: int, frame: object) -> None:
        with suppress(RuntimeError):  # it has ended
            loop.call_soon_threadsafe(call)

    for number in INTERRUPTS:
        signal(number, ask)


@contextmanager
def leaving_when_interrupted() -> Iterator[None]:
    """Leave at once when somebody asks this process to end while the context lasts; after it, if all went well, it is
    ending, and nobody is heard. In no main thread it changes nothing."""
    if current_thread() is not main_thread():
        yield
        return
    before = [(number, signal(number, lambda number, frame: leave())) for number in INTERRUPTS]
    try:
        yield
    except BaseException:
        for number, handler in before:
            signal(number, handler)
        raise
    for number, _ in before:
        signal(number, SIG_IGN)


def leave() -> NoReturn:
    """End this process and those that work for it, whatever they are doing: a build that is killed loses nothing."""
    if "multiprocessing" in sys.modules:
        import multiprocessing  # noqa: PLC0415

        for process in multiprocessing.active_children():
            process.kill()
    os._exit(0)
