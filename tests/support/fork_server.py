"""A server that processes of tests are forked from. It has read all code that they need, whichever of them is first."""

from multiprocessing import get_context
from multiprocessing.context import ForkServerContext


def fork_server() -> ForkServerContext:
    """Starts processes."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.support.forerunner"])
    return context
