"""The limit of a cold build: markdown-it-py parses the bodies of a folder's content files, in as many processes as
there are cores, and nothing else is done."""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from markdown_it import MarkdownIt

BATCH = 40


def main() -> None:
    paths = sorted(Path(sys.argv[1]).rglob("*.md"))
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(_render, [paths[start : start + BATCH] for start in range(0, len(paths), BATCH)]))


def _render(paths: list[Path]) -> None:
    parser = MarkdownIt("commonmark").enable("table")
    for path in paths:
        parser.render(path.read_text("utf-8").split("---\n", 2)[2])


if __name__ == "__main__":
    main()
