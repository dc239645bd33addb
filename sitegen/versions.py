"""Libraries: those that the output depends on, and whether those that are not needed are installed. None is imported to
find out, since a build in which nothing has changed asks that too."""

from importlib.util import find_spec
from pathlib import Path

OUTPUT_LIBRARIES = (
    "babel", "jinja2", "lightningcss", "markdown_it", "mdit_py_plugins", "msgspec", "PIL", "rapidfuzz", "tzdata", "yaml"
)  # fmt: skip
"""The output depends on these."""
CARD_LIBRARIES = ("budoux", "resvg_py", "uharfbuzz", "uniseg", "zlib_ng")
"""Share cards are drawn with these."""
_PAGEFIND = ("pagefind", "pagefind_bin_extended", "pagefind_bin")


def has_card_libraries() -> bool:
    return all(find_spec(name) for name in CARD_LIBRARIES)


def installed_pagefind() -> str | None:
    """What of Pagefind is installed, as one value that changes with it; None when it is not."""
    specs = [find_spec(name) for name in _PAGEFIND]
    origins = [spec.origin for spec in specs if spec and spec.origin]
    return repr([(path, Path(path).stat().st_mtime_ns) for path in origins]) if specs[0] else None
