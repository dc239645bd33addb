"""Work on many items in batches: in this process, in a pool of them, or by any executor that shares the disk.

Work is a function from values to values, so fork, spawn and a cluster give the same bytes. What all batches share
travels once, with the process, and templates are compiled before. A cluster's workers must see the site's folder under
the same path, without links, and have the same versions, which is checked. A process that is ended from outside is a
problem with advice; the output stays as it was.
"""

import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from importlib import import_module
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, TypeVar, cast

from sitegen import __version__
from sitegen.problems import Place, Problem, problem
from sitegen.system import start_context
from sitegen.versions import OUTPUT_LIBRARIES

from .run import FEW_COLLECTIONS, Workers

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")

PATIENCE = 1.0
"""Seconds without an answer after which it is asked whether all processes still live."""
CLUSTER_PATIENCE = 20.0
"""Seconds in which a scheduler must answer and a worker be there."""


class Batches(NamedTuple):
    """How items are shared out: so many at a time, and none where they are no more than a few. Where one item is much
    work, both are less."""

    few: int = 200
    size: int = 40


def carry_out(
    work: Callable[[C, Sequence[T]], list[R]], common: C, items: Sequence[T], workers: Workers,
    report: Callable[[int, int], None], batches: Batches = Batches(),
) -> Iterator[R]:  # fmt: skip
    """The results of work on many items that have something in common, as they come: from a cluster or
    processes where there is enough to do, else from here."""
    count = _processes(workers, len(items), batches.few)
    if workers.cluster and len(items) > batches.size:
        with connected(workers.cluster, common) as (executor, there):
            yield from in_batches(executor, work, there, items, report, batches.size)
    elif count > 1:
        with _pool(count, workers.start, common) as executor:
            yield from in_batches(executor, _with_inherited, work, items, report, batches.size)
    else:
        for done, item in enumerate(items):
            report(done, len(items))
            yield from work(common, [item])


def in_batches(
    executor: Executor, work: Callable[[C, Sequence[T]], list[R]], common: object, items: Sequence[T],
    report: Callable[[int, int], None], size: int,
) -> Iterator[R]:  # fmt: skip
    """The results of a function of batches, as they come, so that few wait in memory; `common` is what the executor
    takes for the function's first argument."""
    done, completed = 0, SimpleQueue[Future[list[R]]]()
    futures = [
        executor.submit(cast(Any, work), common, items[start : start + size]) for start in range(0, len(items), size)
    ]
    for future in futures:
        future.add_done_callback(completed.put)
    answered = 0
    while answered < len(futures):
        try:
            results = completed.get(timeout=PATIENCE).result()
        except Empty:
            _give_up_if_one_died(executor)
            continue
        answered += 1
        done += len(results)
        report(done, len(items))
        yield from results


def _give_up_if_one_died(executor: Executor) -> None:
    """CPython's pool waits for ever for the rest of an answer whose sender was killed: let it see the end of it."""
    processes = [*(getattr(executor, "_processes", None) or {}).values()]
    if not all(process.is_alive() for process in processes):
        for process in processes:
            process.kill()
        cast(Any, executor)._result_queue._writer.close()


_INHERITED: list[Any] = []
"""In a process of the pool alone: what it was born with."""


def _inherit(common: object) -> None:
    _INHERITED[:] = [common]
    Thread(target=_end_with_parent, daemon=True).start()
    gc.freeze()  # what it was born with stays, so the collector need not look at it, nor copy its pages
    gc.set_threshold(FEW_COLLECTIONS)


def _end_with_parent() -> None:
    """A build that is killed leaves no workers behind, which would wait for ever."""
    from multiprocessing import parent_process  # noqa: PLC0415 - in a process of a pool, which has it

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _with_inherited(work: Callable[[Any, Sequence[T]], list[R]], items: Sequence[T]) -> list[R]:
    return work(_INHERITED[0], items)


@contextmanager
def _pool(jobs: int, method: str | None, common: object) -> Iterator[Executor]:
    """Processes of this machine; fork gives them what they have in common for nothing, spawn sends it."""
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - small builds do without

    executor = ProcessPoolExecutor(jobs, mp_context=start_context(method), initializer=_inherit, initargs=(common,))
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _processes(workers: Workers, items: int, few: int) -> int:
    """How many to use for so many items."""
    if items < 2 or (workers.jobs is None and items <= few):
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
def connected(address: str, common: object) -> Iterator[tuple[Executor, object]]:
    """The executor of the scheduler at `address`, such as tcp://host:8786, and what stands there for `common`, which
    each worker is sent once. Raises NoCluster."""
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
