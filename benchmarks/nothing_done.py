"""The limit of a build after no change: the libraries that are named after the folder are imported, the size and times
of all its files are looked at, and nothing else is done."""

import importlib
import os
import sys


def main() -> None:
    folder, *libraries = sys.argv[1:]
    for library in libraries:
        importlib.import_module(library)
    _look(folder)


def _look(folder: str) -> None:
    for entry in os.scandir(folder):
        if entry.is_dir():
            _look(entry.path)
        else:
            entry.stat()


if __name__ == "__main__":
    main()
