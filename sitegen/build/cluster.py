"""A Dask scheduler as one more executor: the same work on many machines that share the site's folder."""

import sys
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from importlib import import_module

from sitegen import __version__
from sitegen.problems import Place, Problem, problem
from sitegen.versions import OUTPUT_LIBRARIES

PATIENCE = 20.0
"""Seconds in which a scheduler must answer and a worker be there."""


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
        raise NoCluster(problem("no-dask", _PLACE)) from None
    try:
        client = dask.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise NoCluster(problem("no-cluster", _PLACE, address=address, reason=str(error))) from None
    with client:
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
        except OSError as error:
            raise NoCluster(problem("no-cluster", _PLACE, address=address, reason=str(error))) from None
        for worker, there in client.run(versions, on_error="return").items():
            if there != versions():
                raise NoCluster(problem("other-version", _PLACE, worker=worker, there=str(there), here=versions()))
        with client.get_executor() as executor:
            try:
                yield executor, client.scatter(common, broadcast=True, hash=False)
            except (dask.KilledWorker, CancelledError):
                raise NoCluster(
                    problem("no-cluster", _PLACE, address=address, reason="its workers were lost")
                ) from None


_PLACE = Place(".sitegen")
