"""Parsing and rendering in batches: in this process, in a pool of them, or by any executor that shares the disk."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from .cache import Bodies, Record
from .config import Config
from .document import parse
from .files import decode, digest, read_bytes
from .languages import Language
from .output import Made, stage
from .problems import Problem
from .render import Renderer
from .site import Site
from .traces import Job

T = TypeVar("T")
R = TypeVar("R")

FEW = 200
BATCH = 40


class Task(Struct, frozen=True):
    """A content file to read; `known` is the key that it is remembered by."""

    path: str
    location: str
    known: str | None


class Parsed(Struct, frozen=True):
    """`key` of the content; `record` and `html` are None when the key is the known one. Or why it cannot be read."""

    path: str
    digest: str
    key: str
    record: bytes | None
    html: bytes | None
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

    def __init__(self, site: Site, languages: dict[str, Language], bodies: Bodies, staging: Path) -> None:
        self.site, self.languages, self.bodies, self.staging = site, languages, bodies, staging
        self._renderer: Renderer | None = None

    @property
    def renderer(self) -> Renderer:
        if self._renderer is None:
            self._renderer = Renderer(self.site, self.languages, self.bodies)
        return self._renderer

    def warm(self) -> None:
        """Compile the templates before other processes are born."""
        self.renderer.compile({page.layout for page in self.site.pages})

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_renderer": None}


def content_key(settings: str, content: str) -> str:
    """What a parsed file is remembered by."""
    return f"{settings} {content}"


def parse_batch(tasks: Sequence[Task], config: Config, settings: str) -> list[Parsed]:
    """Read and parse content files; `settings` is the digest of what parsing depends on besides their text."""
    results = []
    for task in tasks:
        data = read_bytes(task.location, task.path)
        if isinstance(data, Problem):
            results.append(Parsed(task.path, "", "", None, None, data))
            continue
        content = digest(data)
        key = content_key(settings, content)
        if key == task.known:
            results.append(Parsed(task.path, content, key, None, None))
            continue
        text = decode(data, task.path)
        if isinstance(text, Problem):
            results.append(Parsed(task.path, content, "", None, None, text))
            continue
        document, html, problems = parse(task.path, text, config, key)
        record = msgspec.msgpack.encode(Record(document, problems))
        results.append(Parsed(task.path, content, key, record, html.encode()))
    return results


def render_batch(workshop: Workshop | None, jobs: Sequence[Job]) -> list[Result]:
    """Make pages; what differs from the output is staged. In a pool's process the workshop is there already."""
    shop = workshop or _WORKSHOPS[0]
    results = []
    for job in jobs:
        rendered = shop.renderer.render(job.page)
        made = None
        if rendered.text is not None:
            data = rendered.text.encode()
            made = stage(shop.staging, job.page.output, data) if digest(data) != job.held else None
        seen = tuple(sorted(rendered.seen))
        results.append(Result(job.page.output, rendered.text is not None, made, seen, rendered.problems))
    return results


_WORKSHOPS: list[Workshop] = []
"""What a process of the pool was born with."""


def _begin(workshop: Workshop | None) -> None:
    _WORKSHOPS[:] = [workshop] if workshop else []


@contextmanager
def pool(jobs: int, method: str | None = None, workshop: Workshop | None = None) -> Iterator[Executor]:
    """Processes of this machine; fork gives them the workshop for nothing, spawn sends it."""
    method = method or ("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    context = multiprocessing.get_context(method)
    executor = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(workshop,))
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


@contextmanager
def here(workshop: Workshop | None) -> Iterator[None]:
    """A pool of one, which is the process that asks."""
    _begin(workshop)
    try:
        yield
    finally:
        _begin(None)


def in_batches(
    executor: Executor, work: Callable[[Sequence[T]], list[R]], items: Sequence[T], report: Callable[[int, int], None]
) -> Iterator[R]:
    """The results of a function of batches, as they come, so that few wait in memory."""
    done = 0
    for future in as_completed(
        [executor.submit(work, items[start : start + BATCH]) for start in range(0, len(items), BATCH)]
    ):
        results = future.result()
        done += len(results)
        report(done, len(items))
        yield from results


def processes(jobs: int | None) -> int:
    """How many to use: as asked for, else as many as this process may run on."""
    return jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else jobs or os.cpu_count() or 1
