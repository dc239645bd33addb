"""The development server: builds a site, serves it, and builds again whenever a source changes.

The site is built in .sitegen/preview/, never in output/: its pages have this machine's address in them, perhaps drafts,
and are made at every save. A second preview has a temporary folder, since two addresses cannot share pages.
"""

import asyncio
import errno
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgspec
from msgspec import Struct
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop

from sitegen.build.run import Options, Workers
from sitegen.build.watchdog import Slow, Watchdog
from sitegen.cache.session import PREVIEW, own_folder
from sitegen.i18n.messages import Words
from sitegen.site.urls import quoted
from sitegen.system.handles import PAUSE, is_scarce
from sitegen.system.locks import InUse, lock
from sitegen.system.processes import new_event_loop, preload, start_method, when_interrupted
from sitegen.system.status import is_open_to_others

from .builder import Attempt, Builder, Indexer
from .handlers import LiveState, application
from .hosting import AccessPolicy, is_here
from .snapshot import Snapshot
from .watcher import watched

PORTS = 1_000
"""How many are tried from the one that was asked for: Hyper-V and WSL keep hundreds in a row for themselves."""
_FREE_TO_ALL = 1024
"""The first port that needs no special rights."""
_ALONE = getattr(socket, "SO_EXCLUSIVEADDRUSE", socket.SO_REUSEADDR)
"""Keeps others from listening at the same port, as they may on Windows; elsewhere nobody may, and one can listen again
where a preview has just ended."""
GRACE = 5.0
"""Seconds, at most, from Ctrl+C to the end."""
_PATIENCE = 2.0
"""Of these a build under way has so many to come to a stop by itself."""


class ServerOptions(Struct, frozen=True):
    """How to serve. `base_path`: where the site begins; `poll`: look at all files now and then, where the
    system does not tell of changes."""

    host: str = "127.0.0.1"
    port: int = 8000
    base_path: str = "/"
    poll: bool = False
    drafts: bool = False
    future: bool = False


class Started(Struct, frozen=True):
    """The preview listens, at an address. `busy`: the port that was asked for and is not free; `public`: whether other
    machines can reach the address."""

    address: str
    busy: int | None
    public: bool


class CannotListen(Exception):
    """There is no such place to serve at; says why."""


class NoFreePort(CannotListen):
    """All that were tried are in use; says which was the last."""


OnEvent = Callable[[Started | Attempt | Slow], None]
"""Called in the server's thread with what has happened."""


def serve(root: Path, options: ServerOptions, words: Words, on_event: OnEvent) -> None:
    """Serve until somebody interrupts. Raises CannotListen."""
    preload(start_method(threads=True), "sitegen.build.pipeline")
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(_serve(root, options, words, on_event))


async def _serve(root: Path, wanted: ServerOptions, words: Words, on_event: OnEvent) -> None:
    sockets, public, busy = _bind(wanted.host, wanted.port)
    loop, stop, root = asyncio.get_running_loop(), _interrupted(), root.absolute()

    def soon(call: Callable[..., None], *values: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is there to be told
            loop.call_soon_threadsafe(call, *values)

    with ExitStack() as stack:
        for bound in sockets:
            stack.callback(bound.close)
        base = "".join(f"/{quoted(unquote(part))}" for part in wanted.base_path.split("/") if part) + "/"
        address = f"http://{_shown_host(wanted.host, public)}:{sockets[0].getsockname()[1]}{base}"
        watchdog = Watchdog(partial(soon, on_event))
        watchdog.listen()
        options = Options(
            output=stack.enter_context(preview_folder(root)), base_url=address, drafts=wanted.drafts,
            future=wanted.future, workers=Workers(method=start_method(threads=True), watchdog=watchdog), index=False,
        )  # fmt: skip
        live = LiveState(Snapshot(root, words, options, base, building=True))

        def show(attempt: Attempt) -> None:
            live.show(live.snapshot.after(attempt))
            on_event(attempt)

        def show_found(found: dict[str, bytes]) -> None:
            live.snapshot = msgspec.structs.replace(live.snapshot, found=found)

        indexer = Indexer(root, partial(soon, show_found))
        builder = Builder(root, options, partial(soon, show), partial(soon, lambda: indexer.update(live.snapshot.site)))
        policy = AccessPolicy(public, frozenset({wanted.host.lower(), *(_machine_names() if public else ())}))
        server = HTTPServer(application(live, policy, partial(builder.ask, lost=True)))
        server.add_sockets(sockets)
        on_event(Started(address, busy, public))
        stack.enter_context(watched(root, builder.ask, poll=wanted.poll))
        thread = threading.Thread(target=builder.run, daemon=True)
        thread.start()
        await stop.wait()
        builder.end()
        server.stop()
        for connection in [*live.connections]:
            connection.close(1001)
        await asyncio.to_thread(thread.join, _PATIENCE)
        await server.close_all_connections()


def _interrupted() -> asyncio.Event:
    """Set when the process is asked to end."""
    stop = asyncio.Event()
    when_interrupted(asyncio.get_running_loop(), stop.set)
    return stop


def _bind(host: str, port: int) -> tuple[list[socket.socket], bool, int | None]:
    """Sockets at the first port that is free, whether other machines reach them, and the port asked for if it is
    busy."""
    candidates = range(port, min(port + PORTS, 65_536)) if port else (0,)
    for candidate in candidates:
        try:
            sockets = _listen(host, candidate)
        except OSError as error:
            if _is_taken(error, candidate):
                continue
            raise CannotListen(error.strerror or str(error)) from None
        except UnicodeError as error:  # no name that could be anybody's
            raise CannotListen(str(error)) from None
        public = not all(is_here(bound.getsockname()[0]) for bound in sockets)
        return sockets, public, port if candidate != port else None
    raise NoFreePort(candidates[-1])


def _is_taken(error: OSError, port: int) -> bool:
    """Whether a port is somebody else's; what any user may have is refused only where the system keeps it back."""
    return error.errno == errno.EADDRINUSE or (error.errno == errno.EACCES and port >= _FREE_TO_ALL)


class _Listener(socket.socket):
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


def _listen(host: str, port: int) -> list[socket.socket]:
    """A socket for each address that a name stands for. Raises OSError."""
    with ExitStack() as stack:
        sockets: list[socket.socket] = []
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for family, address in dict.fromkeys((family, address) for family, *_, address in found):
            at = sockets[0].getsockname()[1] if sockets else port
            server = stack.enter_context(_Listener(family, socket.SOCK_STREAM))
            server.setsockopt(socket.SOL_SOCKET, _ALONE, 1)
            if family == socket.AF_INET6:
                server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            server.bind((str(address[0]), at))
            server.listen()
            server.setblocking(False)
            sockets.append(server)
        stack.pop_all()
    return sockets


def _shown_host(host: str, public: bool) -> str:
    """What browsers call this machine: where it listens everywhere, the address that others know it by."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if address.is_unspecified and public:
        address = ip_address(_outward_address())
    return f"[{address}]" if address.version == 6 else str(address)


def _outward_address() -> str:
    """The address from which this machine would reach others; asking sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _machine_names() -> set[str]:
    name = socket.gethostname().lower()
    return {name, f"{name.partition('.')[0]}.local"}


@contextmanager
def preview_folder(root: Path) -> Iterator[Path]:
    """Where the preview is built: beside what builds remember, or, where another preview of the site is or nothing can
    be written, in a folder that goes with it."""
    with ExitStack() as stack:
        folder = _lasting_folder(root, stack)
        if folder is None:
            temporary = tempfile.TemporaryDirectory(prefix="sitegen-", ignore_cleanup_errors=True)
            folder = Path(stack.enter_context(temporary))
        yield folder


def _lasting_folder(root: Path, stack: ExitStack) -> Path | None:
    memory = own_folder(root)
    if memory is None or is_open_to_others(memory.stat()):
        return None
    with suppress(OSError, InUse):
        stack.callback(lock(memory))
        return memory / PREVIEW
    return None
