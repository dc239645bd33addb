"""What sitegen and its tests are given when they import something: modules without what another system lacks."""

import builtins
import os
import sys
from collections.abc import Callable, Collection, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

SYSTEM = "SITEGEN_AS"
"""The variable with the system's name."""
SYSTEMS = ("windows", "macos")
DISK = "SITEGEN_DISK"
"""The variable with the place of another system’s disk, where there is one."""
_OWN = ("sitegen", "tests", "benchmarks")
_import = builtins.__import__


class Poorer(NamedTuple):
    """A system: `missing`: modules that are not there; `lacking`: names that a module has not; `has`: what it has in
    their place or besides; `has_too`: whole modules; `later`: what is done to a library once it is there, by the module
    of it that counts."""

    missing: Collection[str]
    lacking: Mapping[str, Collection[str]]
    has: Mapping[str, Mapping[str, Any]]
    has_too: Mapping[str, ModuleType]
    later: Mapping[str, Callable[[ModuleType], None]]


class _Seen:
    """A module as it is seen; what is changed in it is changed in the real one, unless that has it not."""

    __slots__ = ("_has", "_lacking", "_real")

    def __init__(self, real: ModuleType, lacking: Collection[str], has: Mapping[str, Any]) -> None:
        for name, value in {"_real": real, "_lacking": frozenset(lacking) - has.keys(), "_has": {**has}}.items():
            object.__setattr__(self, name, value)

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        return {**{name: it for name, it in vars(self._real).items() if name not in self._lacking}, **self._has}

    def __getattr__(self, name: str) -> Any:
        if name in self._has:
            return self._has[name]
        if name in self._lacking:
            raise AttributeError(f"module {self._real.__name__!r} has no {name!r} on {os.environ[SYSTEM]}")
        return getattr(self._real, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._has or name in self._lacking:
            self._has[name] = value
        else:
            setattr(self._real, name, value)

    def __delattr__(self, name: str) -> None:
        if name in self._has:
            del self._has[name]
        else:
            delattr(self._real, name)

    def __dir__(self) -> list[str]:
        return sorted(self.__dict__)


def environment(system: str) -> dict[str, str]:
    """With which Python processes believe to be there."""
    own = [str(Path(__file__).parent), str(Path(__file__).parents[3])]
    before = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path and path not in own]
    return {**os.environ, "PYTHONPATH": os.pathsep.join([*own, *before]), SYSTEM: system}


def begin() -> None:
    """Be poorer from now on, in this process and all that it starts, where the variable says how."""
    system = os.environ.get(SYSTEM)
    if not system or builtins.__import__ is not _import:
        return
    poorer = import_module(f"{__package__}.{system}").begin()
    builtins.__import__ = _importing(poorer)


def _importing(poorer: Poorer) -> Callable[..., Any]:
    seen: dict[str, _Seen] = {}
    waiting = {**poorer.later, "tempfile": _elsewhere}

    def import_as_there(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        if level or not is_own(globals or {}):
            found = _import(name, globals, locals, fromlist, level)
            if waiting and not level:
                late(name)
            return found
        top, _, rest = name.partition(".")
        if top in poorer.has_too:
            return poorer.has_too[top]
        if top in poorer.missing:
            raise ModuleNotFoundError(f"No module named {name!r} on {os.environ[SYSTEM]}", name=name)
        found = _import(name, globals, locals, fromlist, level)
        late(name)
        if (rest and fromlist) or not (top in poorer.lacking or top in poorer.has):
            return found
        if top not in seen:
            seen[top] = _Seen(sys.modules[top], poorer.lacking.get(top, ()), poorer.has.get(top, {}))
        return seen[top]

    def late(name: str) -> None:
        top = name.partition(".")[0]
        for module in [module for module in waiting if module.partition(".")[0] == top]:
            real = sys.modules.get(module)
            if real is not None and not getattr(real.__spec__, "_initializing", False):
                waiting.pop(module)(real)

    for name in [*waiting]:
        late(name)
    return import_as_there


def _elsewhere(tempfile: Any) -> None:
    """Files without names lie where Linux has such, whatever the disk."""
    tempfile.TemporaryFile = partial(tempfile.TemporaryFile, dir="/dev/shm")


def is_own(importer: Mapping[str, Any]) -> bool:
    """Whether a module, by its globals, is sitegen or a test."""
    name = str(importer.get("__name__", ""))
    if name == "__main__":
        name = getattr(importer.get("__spec__"), "name", None) or name
    return name.partition(".")[0] in _OWN and not name.startswith("tests.support.elsewhere")
