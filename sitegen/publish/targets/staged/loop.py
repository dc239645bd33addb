"""An event loop in a thread of its own, for work that waits for many answers at once."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import asynccontextmanager, suppress
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, Protocol, TypeVar

from sitegen.system.processes import new_event_loop

T = TypeVar("T")
R = TypeVar("R")

LOOK = 0.5
"""Seconds after which it is looked whether Ctrl+C was pressed: on Windows a thread that waits does not hear of it."""


class Clock:
    """What time it is, and what waits; another in tests."""

    def now(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class InCaller(Protocol):
    """Does something in the thread of whoever waits, who can be asked there."""

    def __call__(self, do: Callable[[], T]) -> Awaitable[T]: ...


class Loop:
    """Does what it is handed one after another, or many at once."""

    def __init__(self) -> None:
        self._loop = new_event_loop()
        self._loop.set_exception_handler(lambda loop, context: None)  # what matters is raised where it is waited for
        self._levels = [(logger, logger.level) for logger in map(logging.getLogger, ("asyncio", "asyncssh"))]
        for logger, _ in self._levels:  # which tell of lines that break
            logger.setLevel(logging.CRITICAL)
        self._thread = Thread(target=self._loop.run_forever, name="publish", daemon=True)
        self._thread.start()
        self._asked: SimpleQueue[Callable[[], None]] = SimpleQueue()
        """What is to be done in the thread that waits."""

    def close(self) -> None:
        """End it, and what still runs there."""
        self.run(self._cancel())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        for logger, level in self._levels:
            logger.setLevel(level)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What comes of it, while it may ask for something to be done in this thread. When that is interrupted, it is
        given up."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        future.add_done_callback(lambda _: self._asked.put(lambda: None))
        try:
            while not future.done():
                _next(self._asked)()
            return future.result()
        finally:
            future.cancel()

    async def in_caller(self, do: Callable[[], T]) -> T:
        """Do something in the thread that waits in `run`."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def work() -> None:
            done = do()  # when it raises, that thread waits no more
            loop.call_soon_threadsafe(answer.set_result, done)

        self._asked.put(work)
        return await answer

    def each(self, do: Callable[[T], Awaitable[R]], items: Iterable[T], most: int) -> Iterator[R]:
        """What comes of each, as soon as it is there, `most` at once, begun in their order. After an error, or when
        nobody asks any more, nothing is begun, and what is under way is finished."""
        todo, failed, is_over = iter([*items]), list[BaseException](), Event()
        done: SimpleQueue[tuple[R, ...]] = SimpleQueue()
        """One each; nothing at the end."""

        async def work() -> None:
            for item in todo:
                if is_over.is_set():
                    return
                try:
                    done.put((await do(item),))
                except BaseException as error:  # noqa: BLE001 - raised in the other thread
                    failed.append(error)
                    is_over.set()

        async def work_all() -> None:
            try:
                await asyncio.gather(*(work() for _ in range(most)))
            finally:
                done.put(())

        future = asyncio.run_coroutine_threadsafe(work_all(), self._loop)
        try:
            while found := _next(done):
                yield found[0]
        finally:
            is_over.set()
            _result(future)
        if failed:
            raise failed[0]

    async def _cancel(self) -> None:
        others = [task for task in asyncio.all_tasks(self._loop) if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._loop.shutdown_default_executor()


class Room:
    """For so many bytes at once: what is larger than all of it waits until it is alone."""

    def __init__(self, most: int) -> None:
        self._most = self._left = most
        self._freed = asyncio.Condition()

    @asynccontextmanager
    async def taken(self, size: int) -> AsyncIterator[None]:
        size = min(size, self._most)
        async with self._freed:
            await self._freed.wait_for(lambda: self._left >= size)
            self._left -= size
        try:
            yield
        finally:
            async with self._freed:
                self._left += size
                self._freed.notify_all()


def _result(future: Future[T]) -> T:
    while True:
        try:
            return future.result(LOOK)
        except NotYet:
            if future.done():
                raise


def _next(queue: SimpleQueue[T]) -> T:
    while True:
        with suppress(Empty):
            return queue.get(timeout=LOOK)


async def gather(do: Callable[[T], Awaitable[R]], items: Iterable[T], most: int) -> list[R]:
    """What comes of each, `most` at once."""
    limit = asyncio.Semaphore(most)

    async def one(item: T) -> R:
        async with limit:
            return await do(item)

    return await asyncio.gather(*map(one, items))
