"""The order of the house: what imports what, as the docstrings of the packages say."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sitegen

PACKAGE = Path(sitegen.__file__).parent
MOST_MODULES, MOST_LINES, LONGEST, MOST_PARAMETERS = 12, 350, 60, 6
"""Modules of a package, lines of a module, lines of a function, parameters of a function."""


def listed(folder: Path) -> list[str]:
    """What the docstring of a package lists, from the top down; data folders left out."""
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
    names = re.findall(r"^(\w+)  +\S", docstring.partition("\n\n")[2], re.MULTILINE)
    return [name for name in names if (folder / f"{name}.py").is_file() or (folder / name / "__init__.py").is_file()]


def order(package: str = "") -> Iterator[str]:
    """All modules from the top down, by their names below the package; a package stands for its `__init__`."""
    for name in listed(PACKAGE / package.replace(".", "/")):
        module = f"{package}.{name}".lstrip(".")
        yield module
        if path_of(module).name == "__init__.py":
            yield from order(module)


def path_of(module: str) -> Path:
    path = PACKAGE / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


ORDER = list(order())
PACKAGES = [name for name in ORDER if path_of(name).name == "__init__.py"]


def imports(module: str) -> Iterator[str]:
    """Modules that one imports anywhere in its text: at the top, lazily, or for types only."""
    path = path_of(module)
    at = ["sitegen", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = [*at[: len(at) - node.level + 1], *(node.module or "").split(".")] if node.level else []
            base = [part for part in base or (node.module or "").split(".") if part]
            for name in (".".join((*base, alias.name)) for alias in node.names):
                found = name.removeprefix("sitegen.")
                yield from [found if found in ORDER else found.rpartition(".")[0]] if name != found else ()
        elif isinstance(node, ast.Import):
            yield from (
                alias.name.removeprefix("sitegen.") for alias in node.names if alias.name.startswith("sitegen.")
            )


def test_every_module_is_listed() -> None:
    modules = {path.relative_to(PACKAGE).with_suffix("") for path in PACKAGE.rglob("*.py")} - {Path("__init__")}
    names = {".".join(path.parts).removesuffix(".__init__") for path in modules}
    assert (sorted(names), len(ORDER)) == (sorted(ORDER), len(names))


@pytest.mark.parametrize("module", ORDER)
def test_imports_go_down_only(module: str) -> None:
    below = ["", *ORDER[ORDER.index(module) + 1 :]]  # the version is in no module
    assert [name for name in imports(module) if name not in below] == []


Function = ast.FunctionDef | ast.AsyncFunctionDef


def length(function: Function) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def parameters(function: Function) -> int:
    """How many there are but for the object itself; one for any number of them."""
    of = function.args
    named = [one.arg for one in (*of.posonlyargs, *of.args, *of.kwonlyargs, of.vararg, of.kwarg) if one]
    return len([name for name in named if name not in ("self", "cls")])


def is_command(function: Function) -> bool:
    return any(ast.unparse(decorator).startswith("click.command(") for decorator in function.decorator_list)


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_small(package: str) -> None:
    assert len(listed(path_of(package).parent)) <= MOST_MODULES


def test_the_ground_is_small_enough() -> None:
    assert len([name for name in listed(PACKAGE) if name not in PACKAGES]) <= MOST_MODULES


@pytest.mark.parametrize("module", ORDER)
def test_modules_and_functions_are_small(module: str) -> None:
    """What the command line calls has a parameter for each of its options."""
    text = path_of(module).read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, Function)]
    long = [function.name for function in found if length(function) > LONGEST]
    wide = [function.name for function in found if parameters(function) > MOST_PARAMETERS and not is_command(function)]
    assert (long, wide) == ([], [])


@pytest.mark.parametrize("package", [name for name in PACKAGES if name != "build"])
def test_packages_import_nothing(package: str) -> None:
    """So that who imports a module loads no more than it asks for; `build` itself is what its package is for."""
    assert len(ast.parse(path_of(package).read_text("utf-8")).body) == 1


OF_SYSTEMS = {"fcntl", "msvcrt", "ctypes", "_winapi", "name", "platform", "geteuid", "st_uid", "dir_fd", "setitimer"}
"""Modules, attributes of `os` and `sys`, arguments that not every system has."""


def asked_of_system(module: str) -> Iterator[str]:
    """What a module asks that another system would not know or would answer otherwise."""
    for node in ast.walk(ast.parse(path_of(module).read_text("utf-8"))):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [getattr(node, "module", None) or "", *(alias.name for alias in node.names)]
            yield from (name for name in names if name.partition(".")[0] in OF_SYSTEMS - {"name", "platform"})
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in ("os", "sys"):
            yield from [node.attr] if node.attr in OF_SYSTEMS else ()
        elif isinstance(node, ast.Attribute) and node.attr == "st_uid":
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg in ("dir_fd", "src_dir_fd"):
            yield node.arg
        elif isinstance(node, ast.Constant) and node.value in ("fork", "forkserver", "spawn", "win32", "darwin", "nt"):
            yield node.value


@pytest.mark.parametrize("module", [name for name in ORDER if not name.startswith("system.")])
def test_system_alone_knows_systems(module: str) -> None:
    assert [*asked_of_system(module)] == []


@pytest.mark.parametrize("module", ["disk", "locks", "processes", "timers"])
def test_system_does_know_them(module: str) -> None:
    assert [*asked_of_system(f"system.{module}")] != []


ALONE = """
import os, sys
import babel.dates, jinja2.ext, markdown_it, msgspec.msgpack, PIL.Image, rich.progress, yaml  # what many ask for

for module in sys.argv[1:]:
    assert "sitegen" not in sys.modules
    if os.fork() == 0:
        __import__(f"sitegen.{module}")
        os.write(1, f"{module} ".encode())
        os._exit(0)
    os.wait()
"""


@pytest.mark.full
def test_each_module_stands_alone() -> None:
    """In a process where no other of ours has been imported before."""
    modules = [name for name in ORDER if name != "__main__"]
    said = subprocess.run([sys.executable, "-W", "error", "-c", ALONE, *modules], check=False, capture_output=True)
    assert (said.stdout.decode().split(), said.stderr) == (modules, b"")


def test_architecture_page_shows_the_same_packages() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text("utf-8")
    assert (sitegen.__doc__ or "").partition("\n\n")[2].strip("\n") in page
