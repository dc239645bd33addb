"""The option `--as`, in force before anything of sitegen is imported."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from . import handles, pretend

NO_PRIVILEGE = 1314
"""Windows’ number."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--as", dest="elsewhere", choices=pretend.SYSTEMS, default=os.environ.get(pretend.SYSTEM),
        help="let sitegen and its tests believe that they are on another system; without what is marked posix",
    )  # fmt: skip


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    system = early_config.known_args_namespace.elsewhere
    if not system:
        return
    if not handles.CAN_TELL:
        pytest.exit("Left out: other systems are simulated where there is a /proc that tells what is open", 0)
    os.environ |= {**pretend.environment(system), handles.ROOT: str(os.getpid())}
    pretend.begin()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Iterator[None]:
    with _links_or_not():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    with _links_or_not():
        yield


@contextmanager
def _links_or_not() -> Iterator[None]:
    """Windows lets hardly anybody make symbolic links."""
    try:
        yield
    except OSError as error:
        if getattr(error, "winerror", 0) != NO_PRIVILEGE:
            raise
        pytest.skip("no symbolic links may be made here")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("elsewhere"):
        left_out = [item for item in items if item.get_closest_marker("posix")]
        items[:] = [item for item in items if not item.get_closest_marker("posix")]
        config.hook.pytest_deselected(items=left_out)
