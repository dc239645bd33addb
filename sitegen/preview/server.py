"""The preview: builds a site, serves it, and builds again whenever a source changes."""

import asyncio
import errno
import fcntl
import os
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from signal import SIGINT, SIGTERM
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Struct
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop

from sitegen.build.options import Options, Workers
from sitegen.cache.folder import OTHERS, PREVIEW, own_folder
from sitegen.files import open_regular
from sitegen.i18n.messages import Words
from sitegen.site.urls import quoted
from sitegen.system import PAUSE, is_scarce, start_context

from .builder import Attempt, Rebuilding
from .handlers import application
from .reloading import Stage
from .searching import Searching
from .snapshot import Shown, after
from .toolbar import State
from .visitors import Door, is_here
from .watcher import watched

PORTS = 20
"""How many are tried from the one that was asked for."""
_PROCESSES = "forkserver"
"""A process with several threads, as this one is, cannot well be forked."""
GRACE = 5.0
"""Seconds that a build under way has to end."""


class Serving(Struct, frozen=True):
    """What is asked of a preview. `base_path`: where the site begins; `poll`: look at all files now and then, where the
    system does not tell of changes."""

    host: str = "127.0.0.1"
    port: int = 8000
    base_path: str = "/"
    poll: bool = False
    drafts: bool = False
    future: bool = False


class Opened(Struct, frozen=True):
    """The preview has begun, at an address. `busy`: the port that was asked for and is not free; `beyond`: whether
    other machines can reach the address."""

    address: str
    busy: int | None
    beyond: bool


class NoDoor(Exception):
    """There is no such place to serve at; says why."""


Told = Callable[[Opened | Attempt], None]
"""Told of what has happened, in the server's thread."""


def serve(root: Path, serving: Serving, words: Words, tell: Told) -> None:
    """Serve until somebody interrupts. Raises NoDoor."""
    start_context(_PROCESSES).set_forkserver_preload(["sitegen.build.pipeline"])
    asyncio.run(preview(root, serving, words, tell))


async def preview(root: Path, serving: Serving, words: Words, tell: Told) -> None:
    """Serve until the process is interrupted."""
    sockets, beyond, busy = _bound(serving.host, serving.port)
    loop, stop, root = asyncio.get_running_loop(), _interrupted(), root.absolute()
    with ExitStack() as stack:
        for bound in sockets:
            stack.callback(bound.close)
        base = "".join(f"/{quoted(unquote(part))}" for part in serving.base_path.split("/") if part)
        address = f"http://{_called(serving.host, beyond)}:{sockets[0].getsockname()[1]}{base}/"
        options = Options(
            output=stack.enter_context(preview_folder(root)), base_url=address, drafts=serving.drafts,
            future=serving.future, workers=Workers(start=_PROCESSES), index=False,
        )  # fmt: skip
        state = State(root, None, None, (), failed=False, words=words, options=options, building=True)
        assert options.output is not None
        stage = Stage(Shown(state, options.output, base))
        searching = Searching(root, lambda found: soon(_show_found, stage, found))

        def show(attempt: Attempt) -> None:
            stage.show(after(stage.shown, attempt))
            tell(attempt)

        def soon(call: Callable[..., None], *values: object) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody is there to be told
                loop.call_soon_threadsafe(call, *values)

        rebuilding = Rebuilding(root, options, partial(soon, show), partial(soon, _rest, stage, searching))
        names = frozenset({serving.host.lower(), *(_machine() if beyond else ())})
        server = HTTPServer(application(stage, Door(beyond, names), partial(rebuilding.ask, lost=True)))
        server.add_sockets(sockets)
        tell(Opened(address, busy, beyond))
        stack.enter_context(watched(root, rebuilding.ask, poll=serving.poll))
        builder = threading.Thread(target=rebuilding.run, daemon=True)
        builder.start()
        await stop.wait()
        rebuilding.end()
        server.stop()
        for line in [*stage.lines]:
            line.close(1001)
        await asyncio.to_thread(builder.join, GRACE)
        await server.close_all_connections()


def _rest(stage: Stage, searching: Searching) -> None:
    searching.look(stage.shown.state.site)


def _show_found(stage: Stage, found: dict[str, Path]) -> None:
    stage.shown = msgspec.structs.replace(stage.shown, found=found)


def _interrupted() -> asyncio.Event:
    """Set when the process is asked to end."""
    stop = asyncio.Event()
    for signal in (SIGINT, SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signal, stop.set)
    return stop


def _bound(host: str, port: int) -> tuple[list[socket.socket], bool, int | None]:
    """Sockets at the first port that is free, whether other machines reach them, and the port asked for if it is
    busy."""
    for candidate in range(port, min(port + PORTS, 65_536)) if port else (0,):
        try:
            sockets = _listening(host, candidate)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                continue
            raise NoDoor(error.strerror or str(error)) from None
        except UnicodeError as error:  # no name that could be anybody's
            raise NoDoor(str(error)) from None
        beyond = not all(is_here(bound.getsockname()[0]) for bound in sockets)
        return sockets, beyond, port if candidate != port else None
    raise NoDoor(os.strerror(errno.EADDRINUSE))


class _Listening(socket.socket):
    """Waits a moment where the system has no handle for one more connection: Tornado would ask again at once, and say
    so, for ever. Those who ask wait meanwhile."""

    def accept(self) -> tuple[socket.socket, Any]:
        try:
            return super().accept()
        except OSError as error:
            if not is_scarce(error):
                raise
        loop = IOLoop.current()
        loop.update_handler(self, 0)
        loop.call_later(PAUSE, self._resume)
        raise BlockingIOError

    def _resume(self) -> None:
        if self.fileno() != -1:  # else the server has ended
            IOLoop.current().update_handler(self, IOLoop.READ)


def _listening(host: str, port: int) -> list[socket.socket]:
    """A socket for each address that a name stands for. Raises OSError."""
    with ExitStack() as stack:
        sockets: list[socket.socket] = []
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for family, address in dict.fromkeys((family, address) for family, *_, address in found):
            at = sockets[0].getsockname()[1] if sockets else port
            server = socket.create_server((str(address[0]), at), family=family)
            sockets.append(stack.enter_context(_Listening(fileno=server.detach())))
            sockets[-1].setblocking(False)
        stack.pop_all()
    return sockets


def _called(host: str, beyond: bool) -> str:
    """What browsers call this machine: where it listens everywhere, the address that others know it by."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified and beyond:
        address = ip_address(_outward())
    return f"[{address}]" if address.version == 6 else str(address)


def _outward() -> str:
    """The address from which this machine would reach others; asking sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _machine() -> set[str]:
    name = socket.gethostname().lower()
    return {name, f"{name.partition('.')[0]}.local"}


@contextmanager
def preview_folder(root: Path) -> Iterator[Path]:
    """Where the preview is built: beside what builds remember, or, where another preview of the site is or nothing can
    be written, in a folder that goes with it."""
    with ExitStack() as stack:
        folder = _kept_folder(root, stack)
        if folder is None:
            temporary = tempfile.TemporaryDirectory(prefix="sitegen-", ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(temporary))
        yield folder


def _kept_folder(root: Path, stack: ExitStack) -> Path | None:
    memory = own_folder(root)
    if memory is None or memory.stat().st_mode & OTHERS:
        return None
    with suppress(OSError):
        note = open_regular(memory / "preview.lock", os.O_WRONLY | os.O_CREAT)
        stack.callback(os.close, note)
        fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return memory / PREVIEW
    return None
