"""What no generator of this kind can go below: `python -m benchmarks.limits markdown|nothing FOLDER`."""

import importlib
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from markdown_it import MarkdownIt

LIBRARIES = ("babel", "click", "filelock", "jinja2", "markdown_it", "msgspec", "rapidfuzz", "rich.console", "yaml")
BATCH = 40


def main() -> None:
    what, folder = sys.argv[1], Path(sys.argv[2])
    if what == "markdown":
        markdown_alone(folder)
    else:
        stat_alone(folder)


def markdown_alone(folder: Path) -> None:
    """markdown-it-py parses the bodies of all content files, in as many processes as there are cores."""
    paths = sorted(folder.rglob("*.md"))
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(_render, [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]))


def stat_alone(folder: Path) -> None:
    """Imports the libraries that a build imports and looks at the size and times of every content file."""
    for library in LIBRARIES:
        importlib.import_module(library)
    _stat(folder)


def _stat(folder: str | Path) -> None:
    for entry in os.scandir(folder):
        if entry.is_dir():
            _stat(entry.path)
        else:
            entry.stat()


def _render(paths: list[Path]) -> None:
    parser = MarkdownIt("commonmark").enable("table")
    for path in paths:
        parser.render(path.read_text("utf-8").split("---\n", 2)[2])


if __name__ == "__main__":
    main()
