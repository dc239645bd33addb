"""Parsing and rendering in batches: in this process, in a pool of them, or by any executor that shares the disk."""

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct

from .cache import Bodies, Record
from .cluster import connected
from .config import Config
from .document import parse
from .files import decode, digest, read_bytes
from .languages import Language
from .output import Made, stage
from .problems import Problem
from .render import Renderer
from .site import Site
from .traces import Job

C = TypeVar("C")
T = TypeVar("T")
R = TypeVar("R")

FEW = 200
BATCH = 40
FEW_COLLECTIONS = 50_000
"""New objects before the collector looks for cycles; a parsed article leaves some thousands."""


class Workers(Struct, frozen=True):
    """How much may happen at once. `jobs`: processes, by default one for each core where there is much to do;
    `start`: how they start, by multiprocessing's names; `cluster`: the address of a Dask scheduler to use instead."""

    jobs: int | None = None
    start: str | None = None
    cluster: str | None = None

    def count(self, items: int, few: int = FEW) -> int:
        """How many processes to use for so many items."""
        if items < 2 or (self.jobs is None and items <= few):
            return 1
        return self.jobs or _cores()


class Parsing(Struct, frozen=True):
    """What parsing depends on besides the text; `settings` is its digest."""

    config: Config
    settings: str


class Task(Struct, frozen=True):
    """A content file to read; `known` is the key that it is remembered by."""

    path: str
    location: str
    known: str | None


class Parsed(Struct, frozen=True):
    """A content file by its digest; `record` and `html` are None when it is as it is remembered. Or why it cannot be
    read."""

    path: str
    digest: str = ""
    record: bytes | None = None
    html: bytes | None = None
    problem: Problem | None = None


class Result(Struct, frozen=True):
    """`ok`: the layout did not fail; `made`: what was staged, since it differs from what the output has."""

    output: str
    ok: bool
    made: Made | None
    seen: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]


class Workshop:
    """What rendering needs; goes to another process without its compiled templates."""

    def __init__(self, site: Site, languages: Mapping[str, Language], bodies: Bodies, staging: Path) -> None:
        self.site, self.languages, self.bodies, self.staging = site, languages, bodies, staging
        self.renderer = Renderer(site, languages, bodies)

    def __reduce__(self) -> tuple[type["Workshop"], tuple[Any, ...]]:
        return Workshop, (self.site, self.languages, self.bodies, self.staging)


def content_key(settings: str, content: str) -> str:
    """What a parsed file is remembered by."""
    return f"{settings} {content}"


def parse_batch(parsing: Parsing, tasks: Sequence[Task]) -> list[Parsed]:
    """Read and parse content files."""
    return [_parse(parsing, task) for task in tasks]


def _parse(parsing: Parsing, task: Task) -> Parsed:
    data = read_bytes(task.location, task.path)
    if isinstance(data, Problem):
        return Parsed(task.path, problem=data)
    content = digest(data)
    key = content_key(parsing.settings, content)
    if key == task.known:
        return Parsed(task.path, content)
    text = decode(data, task.path)
    if isinstance(text, Problem):
        return Parsed(task.path, problem=text)
    document, html, problems = parse(task.path, text, parsing.config, key)
    return Parsed(task.path, content, msgspec.msgpack.encode(Record(document, problems)), html.encode())


def render_batch(workshop: Workshop, jobs: Sequence[Job]) -> list[Result]:
    """Make pages; what differs from the output is staged."""
    results = []
    for job in jobs:
        rendered = workshop.renderer.render(job.page)
        made = None
        if rendered.text is not None:
            data = rendered.text.encode()
            made = stage(workshop.staging, job.page.output, data) if digest(data) != job.held else None
        seen = tuple(sorted(rendered.seen))
        results.append(Result(job.page.output, rendered.text is not None, made, seen, rendered.problems))
    return results


def carry_out(
    work: Callable[[C, Sequence[T]], list[R]], common: C, items: Sequence[T], workers: Workers,
    report: Callable[[int, int], None], few: int = FEW, batch: int = BATCH,
) -> Iterator[R]:  # fmt: skip
    """The results of work on many items that have something in common, as they come: from a cluster or
    processes where there is enough to do, else from here. Where one item is much work, `few` and `batch` are less."""
    count = workers.count(len(items), few)
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
    done = 0
    for future in as_completed(
        [
            executor.submit(cast(Any, work), common, items[start : start + batch])
            for start in range(0, len(items), batch)
        ]
    ):
        results = future.result()
        done += len(results)
        report(done, len(items))
        yield from results


_INHERITED: list[Any] = []
"""In a process of the pool alone: what it was born with."""


def _inherit(common: object) -> None:
    _INHERITED[:] = [common]
    gc.freeze()  # what it was born with stays, so the collector need not look at it, nor copy its pages
    gc.set_threshold(FEW_COLLECTIONS)


def _with_inherited(work: Callable[[Any, Sequence[T]], list[R]], items: Sequence[T]) -> list[R]:
    return work(_INHERITED[0], items)


@contextmanager
def _pool(jobs: int, method: str | None, common: object) -> Iterator[Executor]:
    """Processes of this machine; fork gives them what they have in common for nothing, spawn sends it."""
    method = method or ("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    context = multiprocessing.get_context(method)
    executor = ProcessPoolExecutor(jobs, mp_context=context, initializer=_inherit, initargs=(common,))
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _cores() -> int:
    """Those that this process may run on, where the system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
