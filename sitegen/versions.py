"""Libraries that are not needed, and whether they are installed; found without importing them."""

from importlib.util import find_spec
from pathlib import Path

_PAGEFIND = ("pagefind", "pagefind_bin_extended", "pagefind_bin")


def installed_pagefind() -> str | None:
    """What of Pagefind is installed, as one value that changes with it; None when it is not."""
    specs = [find_spec(name) for name in _PAGEFIND]
    origins = [spec.origin for spec in specs if spec and spec.origin]
    return repr([(path, Path(path).stat().st_mtime_ns) for path in origins]) if specs[0] else None
