"""Builds where a folder or a file may not be written, not even by root; run by tests.support.namespace."""

import json
import subprocess
import sys
from pathlib import Path

from tests.support.plain_theme import use_plain_theme
from tests.support.sites import output_files, run


def main(site: Path, locked: Path) -> tuple[int, str, bool]:
    """Status, message, and whether the output is as it was."""
    before = output_files(site / "output")
    subprocess.run(["mount", "--bind", locked, locked], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", locked], check=True)
    said = run("build", "--root", site, "--now", "23/11/2026 10:00", "--lang", "en")
    return said.status, said.err, output_files(site / "output") == before


if __name__ == "__main__":
    use_plain_theme()
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[1], sys.argv[2]))))
