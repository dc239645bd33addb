"""Work on many items: in this process, in a pool of them, or by a Dask scheduler whose workers share the disk.

Work is a function from values to values, so fork, spawn and a cluster give the same bytes. What all items share travels
once, with the process, and templates are compiled before. A cluster's workers must see the site's folder under the same
path, without links, and have the same versions, which is checked.

What goes wrong with an item is that item's problem, and all others are done: whatever it raises, however long it takes,
and also that it ends its process, as a decoder's mistake or a lack of memory does. The pool is ours for that: each
process has a pipe of its own, whose end is the end of that process and of no other, and nobody waits for what cannot
come. Items that it had been given together are then given out one by one, so that the one to blame is alone.
"""

import gc
import os
import pickle
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from signal import SIG_IGN, SIGINT, Signals, signal
from threading import Thread
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from msgspec import Struct

from sitegen import __version__
from sitegen.problems import Lost, Place, Problem, problem, unforeseen
from sitegen.system.disk import remove
from sitegen.system.processes import few, shares_memory, start_context, unheard
from sitegen.system.timers import has_ended_by_time
from sitegen.versions import OUTPUT_LIBRARIES

from .output import OutputError
from .run import FEW_COLLECTIONS, Workers
from .watchdog import Limits, Slow, TookTooLong, Watchdog, too_long

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future
    from multiprocessing.process import BaseProcess

    Connection = Any
    """Which is of another type on Windows."""

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")

CLUSTER_PATIENCE = 20.0
"""Seconds in which a scheduler must answer and a worker be there."""
PATIENCE = 1.0
"""Seconds without a word after which it is looked whether processes are there still."""
MOST_DEATHS = 8
"""Of processes in one piece of work; more are no item's fault."""


def one_piece(item: object) -> int:
    return 1


class Work(Struct, Generic[C, T, R], frozen=True):
    """What is done with each item, given what all have in common; which file an item is, to name it; what comes of
    an item with which it could not be done; and in how many pieces it is done, each of which may take long. No tuple,
    which Dask would take for a task."""

    do: Callable[[C, T], R]
    path: Callable[[T], str]
    failed: Callable[[C, T, Problem], R]
    pieces: Callable[[T], int] = one_piece


class WorkersLost(Exception):
    """Processes end whatever they are given to do."""


class Batches(NamedTuple):
    """How items are shared out: so many at a time, and none where they are no more than a few. Where one item is much
    work, both are less. `few`: by default what is few to processes as this system starts them."""

    few: int | None = None
    size: int = 40


def carry_out(
    work: Work[C, T, R], common: C, items: Sequence[T], workers: Workers,
    report: Callable[[int, int], None], batches: Batches = Batches(),
) -> Iterator[R]:  # fmt: skip
    """The results of work on many items that have something in common, as they come: from a cluster or
    processes where there is enough to do, else from here. Raises OutputError, Lost, WorkersLost."""
    count = _processes(workers, len(items), few(workers.method) if batches.few is None else batches.few)
    if workers.cluster and len(items) > batches.size:
        with connected(workers.cluster, common) as (executor, there):
            yield from in_batches(executor, work, there, items, report, batches.size)
    elif items and (count > 1 or workers.careful):
        with _Pool(work, common, count, workers) as pool:
            yield from pool.results(items, batches.size, report)
    elif items:
        with workers.watchdog.watching():
            for done, item in enumerate(items):
                report(done, len(items))
                yield attempt(work, common, item, workers.watchdog)


def attempt(work: Work[C, T, R], common: C, item: T, watchdog: Watchdog) -> R:
    """The result of an item, whatever happens. Raises OutputError and Lost, which are no item's fault."""
    path = work.path(item)
    found = watchdog.given_up.get(path)
    if found is not None:
        return work.failed(common, item, found)
    try:
        try:
            watchdog.begin(path, work.pieces(item))
            return work.do(common, item)
        finally:
            watchdog.end()
    except (OutputError, Lost):
        raise
    except TookTooLong as error:
        found = watchdog.given_up[path] = too_long(path, watchdog.limits, error)
    except Exception as error:  # noqa: BLE001 - whatever it is, others are done
        found = unforeseen(error, path)
    return work.failed(common, item, found)


def in_batches(
    executor: "Executor", work: Work[C, T, R], common: object, items: Sequence[T],
    report: Callable[[int, int], None], size: int,
) -> Iterator[R]:  # fmt: skip
    """The results of all items, as they come; `common` is what the executor takes for what they have in common."""
    from concurrent.futures import as_completed  # noqa: PLC0415 - clusters alone

    futures: list[Future[list[R]]] = [
        executor.submit(cast(Any, _attempt_all), work, common, items[start : start + size])
        for start in range(0, len(items), size)
    ]
    done = 0
    for future in as_completed(futures):
        results = future.result()
        done += len(results)
        report(done, len(items))
        yield from results


def _attempt_all(work: Work[C, T, R], common: C, items: Sequence[T]) -> list[R]:
    return [attempt(work, common, item, Watchdog()) for item in items]


class _Pool(Generic[C, T, R]):
    """Processes of this machine. Forks have what items have in common; others read it from a file, which was written
    once, since a pipe must be read, and a process may end before it does."""

    def __init__(self, work: Work[C, T, R], common: C, count: int, workers: Workers) -> None:
        self._work, self._common, self._count, self._workers = work, common, count, workers
        self._context = start_context(workers.method)
        self._processes: dict[Connection, BaseProcess] = {}
        self._given: dict[Connection, Sequence[T]] = {}
        self._deaths = 0
        self._shared: Path | None = None

    def __enter__(self) -> "_Pool[C, T, R]":
        if not shares_memory(self._workers.method):
            from tempfile import NamedTemporaryFile  # noqa: PLC0415 - not where processes are forks

            with NamedTemporaryFile(prefix="sitegen-", delete=False) as file:
                self._shared = Path(file.name)
                pickle.dump((self._work, self._common), file, pickle.HIGHEST_PROTOCOL)
        return self

    def __exit__(self, *_: object) -> None:
        for pipe, process in self._processes.items():
            if pipe in self._given:
                process.kill()
            with pipe, suppress(OSError):
                pipe.send(None)
        for process in self._processes.values():
            process.join()
        if self._shared is not None:
            with suppress(OSError):
                remove(self._shared)

    def results(self, items: Sequence[T], size: int, report: Callable[[int, int], None]) -> Iterator[R]:
        """As they come, so that few wait in memory."""
        from multiprocessing.connection import wait  # noqa: PLC0415 - small builds do without

        waiting = deque(items[start : start + size] for start in range(0, len(items), size))
        done = 0
        while waiting or any(self._given.values()):
            with suppress(OSError):  # the system lets no more begin
                while len(self._processes) < self._count and self._beginning() < len(waiting):
                    self._begin()
            if not self._given:  # not one, so it is done here
                with self._workers.watchdog.watching():
                    for item in waiting.popleft():
                        yield attempt(self._work, self._common, item, self._workers.watchdog)
                        done += 1
                continue
            for pipe in wait([*self._given], PATIENCE) or self._ended():
                results = self._answer(pipe, waiting)
                if results:
                    done += len(results)
                    report(done, len(items))
                    yield from results

    def _answer(self, pipe: "Connection", waiting: deque[Sequence[T]]) -> list[R]:
        """What has come through a pipe; the process has its next work before anybody looks at it."""
        try:
            answer = pipe.recv() if self._processes[pipe].exitcode is None or pipe.poll() else None
        except (EOFError, OSError):
            answer = None
        if answer is None:
            return self._bury(pipe, waiting)
        if isinstance(answer, Slow):
            self._workers.watchdog.name(answer)
            return []
        del self._given[pipe]
        if isinstance(answer, Exception):
            raise answer
        self._give(pipe, waiting)
        return cast("list[R]", answer)

    def _beginning(self) -> int:
        """How many processes are not ready yet."""
        return sum(not batch for batch in self._given.values())

    def _ended(self) -> list["Connection"]:
        """The pipes of processes that have come to their end. Windows does not always tell by the pipe, when it is one
        that had just begun."""
        return [pipe for pipe in self._given if self._processes[pipe].exitcode is not None]

    def _give(self, pipe: "Connection", waiting: deque[Sequence[T]]) -> None:
        if waiting:
            self._given[pipe] = batch = waiting.popleft()
            with suppress(OSError):  # it has died: its end is to be read
                pipe.send(batch)

    def _begin(self) -> None:
        here, there = self._context.Pipe()
        with there, unheard(self._workers.method):
            given = there, self._shared or (self._work, self._common), self._workers.watchdog.limits
            process = cast(Any, self._context).Process(target=_serve, args=given, daemon=True)
            process.start()
        self._processes[here], self._given[here] = process, ()  # it says when it is ready

    def _bury(self, pipe: "Connection", waiting: deque[Sequence[T]]) -> list[R]:
        """Give out item by item what a process that has died was given; were it but one, that is to blame."""
        process, batch = self._processes.pop(pipe), self._given.pop(pipe)
        pipe.close()
        process.join()
        self._deaths += 1
        if self._deaths > MOST_DEATHS:
            raise WorkersLost
        if len(batch) != 1:
            waiting.extendleft([item] for item in reversed(batch))
            return []
        found = _cause(self._work.path(batch[0]), process.exitcode or 0, self._workers.watchdog.limits)
        return [self._work.failed(self._common, batch[0], found)]


def _cause(path: str, status: int, limits: Limits) -> Problem:
    """Why the process ended that had this file alone: `status` as of multiprocessing."""
    if has_ended_by_time(status):
        return too_long(path, limits)
    reason = Signals(-status).name if -status in {*Signals} else str(status)
    return problem("process-died", Place(path), reason=reason)


def _serve(pipe: "Connection", shared: tuple[Work[C, T, R], C] | Path, limits: Limits) -> None:
    """What a process of the pool does until its pipe is closed. `shared`: the work and what all items have in common,
    or the file that holds it."""
    signal(SIGINT, SIG_IGN)  # who interrupts a build ends its processes
    Thread(target=_end_with_parent, daemon=True).start()
    gc.freeze()  # what it was born with stays, so the collector need not look at it, nor copy its pages
    gc.set_threshold(FEW_COLLECTIONS)
    watchdog = Watchdog(pipe.send, limits, may_end=True)
    with suppress(Exception, TookTooLong), watchdog.watching():  # whatever it is, the end of a process tells
        work, common = pickle.loads(shared.read_bytes()) if isinstance(shared, Path) else shared  # noqa: S301 - ours
        pipe.send([])
        while (batch := pipe.recv()) is not None:
            try:
                answer: object = [attempt(work, common, item, watchdog) for item in batch]
            except (OutputError, Lost) as error:
                answer = error
            pipe.send(answer)


def _end_with_parent() -> None:
    """A build that is killed leaves no workers behind, which would wait for ever."""
    from multiprocessing import parent_process  # noqa: PLC0415 - in a process of a pool, which has it

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _processes(workers: Workers, items: int, too_few: int) -> int:
    """How many to use for so many items."""
    if items < 2 or (workers.jobs is None and items <= too_few):
        return 1
    return workers.most


def versions() -> str:
    """Of sitegen, Python, and the libraries that the output depends on."""
    libraries = [str(getattr(import_module(name), "__version__", "")) for name in OUTPUT_LIBRARIES]
    return " ".join([__version__, sys.version.split()[0], *libraries])


class NoCluster(Exception):
    """The cluster cannot do the work; `problem` says why."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


@contextmanager
def connected(address: str, common: object) -> Iterator[tuple["Executor", object]]:
    """The executor of the scheduler at `address`, such as tcp://host:8786, and what stands there for `common`, which
    each worker is sent once. Raises NoCluster."""
    from concurrent.futures import CancelledError  # noqa: PLC0415

    try:
        dask = import_module("distributed")  # it takes longer to import than a small site to build
    except ImportError:
        raise NoCluster(problem("no-dask", Place(".sitegen"))) from None
    try:
        client = dask.Client(address, timeout=CLUSTER_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoCluster(problem("no-cluster", Place(".sitegen"), address=address, reason=str(error))) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=CLUSTER_PATIENCE)
        except OSError as error:
            raise NoCluster(problem("no-cluster", Place(".sitegen"), address=address, reason=str(error))) from None
        for worker, there in client.run(versions, on_error="return").items():
            if there != versions():
                words = {"worker": worker, "there": str(there), "here": versions()}
                raise NoCluster(problem("other-version", Place(".sitegen"), **words))
        with client.get_executor() as executor:
            try:
                yield executor, client.scatter(common, broadcast=True, hash=False)
            except (dask.KilledWorker, CancelledError):
                raise NoCluster(
                    problem("no-cluster", Place(".sitegen"), address=address, reason="its workers were lost")
                ) from None
