"""Work on many items in batches: in this process, in a pool of them, or by any executor that shares the disk."""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar, cast

from sitegen.system import start_context

from .cluster import connected
from .options import FEW_COLLECTIONS, Workers

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")

FEW = 200
BATCH = 40
PATIENCE = 1.0
"""Seconds without an answer after which it is asked whether all processes still live."""


def carry_out(
    work: Callable[[C, Sequence[T]], list[R]], common: C, items: Sequence[T], workers: Workers,
    report: Callable[[int, int], None], few: int = FEW, batch: int = BATCH,
) -> Iterator[R]:  # fmt: skip
    """The results of work on many items that have something in common, as they come: from a cluster or
    processes where there is enough to do, else from here. Where one item is much work, `few` and `batch` are less."""
    count = _processes(workers, len(items), few)
    if workers.cluster and len(items) > batch:
        with connected(workers.cluster, common) as (executor, there):
            yield from in_batches(executor, work, there, items, report, batch)
    elif count > 1:
        with _pool(count, workers.start, common) as executor:
            yield from in_batches(executor, _with_inherited, work, items, report, batch)
    else:
        for done, item in enumerate(items):
            report(done, len(items))
            yield from work(common, [item])


def in_batches(
    executor: Executor, work: Callable[[C, Sequence[T]], list[R]], common: object, items: Sequence[T],
    report: Callable[[int, int], None], batch: int = BATCH,
) -> Iterator[R]:  # fmt: skip
    """The results of a function of batches, as they come, so that few wait in memory; `common` is what the executor
    takes for the function's first argument."""
    done, completed = 0, SimpleQueue[Future[list[R]]]()
    futures = [
        executor.submit(cast(Any, work), common, items[start : start + batch]) for start in range(0, len(items), batch)
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
