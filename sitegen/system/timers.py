"""Timers of the processor's time.

POSIX systems count it and send a signal, for which regular expressions look. Windows has no such signal: a thread looks
instead, which comes to nothing while an expression runs on, and the end comes by the clock.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

Look = Callable[..., None]
"""Called now and then."""

if sys.platform == "win32":
    import faulthandler
    import os
    from threading import Event, Thread

    def listen(look: Look) -> None:
        """Take the timer's signals for whichever thread works. Only a main thread can."""

    @contextmanager
    def looking(look: Look, seconds: float) -> Iterator[None]:
        """While it lasts, there is a look whenever so many seconds have passed, if somebody listens."""
        import ctypes  # noqa: F401, PLC0415 - while nothing can come in between

        over = Event()

        def wait() -> None:
            while not over.wait(seconds):
                look()

        Thread(target=wait, daemon=True).start()
        try:
            yield
        finally:
            over.set()

    def end_after(seconds: float) -> None:
        """End this process then, unless that is put off before; 0: not at all. By the clock."""
        if seconds:
            faulthandler.dump_traceback_later(seconds, exit=True, file=_NOWHERE)
        else:
            faulthandler.cancel_dump_traceback_later()

    def has_ended_by_time(status: int) -> bool:
        """Whether that is how a process ended; `status` as of multiprocessing."""
        return status == 1

    _NOWHERE = os.open(os.devnull, os.O_WRONLY)

else:
    from signal import (
        ITIMER_PROF,
        ITIMER_VIRTUAL,
        SIG_DFL,
        SIGPROF,
        SIGVTALRM,
        getsignal,
        setitimer,
        siginterrupt,
        signal,
    )

    def listen(look: Look) -> None:
        """Take the timer's signals for whichever thread works. Only a main thread can."""
        if current_thread() is main_thread():
            signal(SIGPROF, look)
            siginterrupt(SIGPROF, False)
            signal(SIGVTALRM, SIG_DFL)

    @contextmanager
    def looking(look: Look, seconds: float) -> Iterator[None]:
        """While it lasts, there is a look whenever so many seconds have passed, if somebody listens."""
        if current_thread() is not main_thread():
            import ctypes  # noqa: F401, PLC0415 - while no signal can come in between
        is_heard = getsignal(SIGPROF) == look
        if is_heard:
            setitimer(ITIMER_PROF, seconds, seconds)
        try:
            yield
        finally:
            if is_heard:
                setitimer(ITIMER_PROF, 0)  # a signal that is on its way finds nothing

    def end_after(seconds: float) -> None:
        """End this process then, unless that is put off before; 0: not at all."""
        setitimer(ITIMER_VIRTUAL, seconds)

    def has_ended_by_time(status: int) -> bool:
        """Whether that is how a process ended; `status` as of multiprocessing."""
        return status == -SIGVTALRM


def raise_in(thread: int, error: type[BaseException]) -> None:
    """Raise an error in another thread, at its next step in Python."""
    import ctypes  # noqa: PLC0415 - hardly ever

    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
