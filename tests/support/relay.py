"""A line to a server on loopback: slow, or cut after so many bytes of both directions together."""

import asyncio
import socket
from contextlib import suppress
from threading import Thread
from typing import Self


class Relay:
    """`cut`: after how many bytes all connections break, and none is taken any more unless it `goes_on`, which then are
    whole; `delay`: seconds that each byte takes; `rate`: bytes a second. `passed`: of clients, of the server."""

    def __init__(
        self,
        server: int,
        cut: int | None = None,
        delay: float = 0,
        rate: float = 0,
        *,
        port: int = 0,
        goes_on: bool = False,
    ) -> None:
        self._server, self._left, self._delay, self._rate, self._goes_on = server, cut, delay, rate, goes_on
        self.passed = [0, 0]
        self._writers = set[asyncio.StreamWriter]()
        self._loop = asyncio.new_event_loop()
        listening = socket.create_server(("127.0.0.1", port))
        if rate:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)  # no line holds much
        self.port: int = listening.getsockname()[1]
        self._listening, self._thread = listening, Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()  # a browser may have a loop in this one
        starting = asyncio.start_server(self._join, sock=self._listening, limit=16_384)
        self._listener = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        there, to = await asyncio.open_connection("127.0.0.1", self._server, limit=16_384)
        self._writers.add(to)
        with suppress(asyncio.CancelledError):  # at the end
            await asyncio.gather(self._pass(reader, to, 0), self._pass(there, writer, 1), return_exceptions=True)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: int) -> None:
        try:
            while data := await reader.read(4096 if self._left is None else max(1, min(4096, self._left))):
                self.passed[way] += len(data)
                if self._rate:
                    await asyncio.sleep(len(data) / self._rate)
                if self._delay:
                    self._loop.call_later(self._delay, writer.write, data)
                else:
                    writer.write(data)
                if self._left is not None:
                    self._left -= len(data)
                    if self._left <= 0:
                        self._left = None
                        self._break()
        finally:  # a reset too
            self._loop.call_later(self._delay, writer.close)

    def _break(self) -> None:
        if not self._goes_on:
            self._listener.close()
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _end(self) -> None:
        self._goes_on = False
        self._break()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
