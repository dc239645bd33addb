"""Builds on a disk with less and less room left, run by tests.support.namespace."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.plain_theme import use_plain_theme
from tests.support.sites import output_files, run

UNITS = {"size": os.sysconf("SC_PAGE_SIZE"), "nr_inodes": 1}


def main(start: Path, folder: str, unit: str, step: int) -> list[tuple[int, str, bool]]:
    """Status, message, and whether the output is as it was, of builds of a site of which `folder` is on a small disk;
    each has more room than the one before, until one succeeds."""
    site = start.parent / "site"
    before = output_files(start / "output")
    built: list[tuple[int, str, bool]] = []
    while not built or built[-1][0]:
        shutil.copytree(start, site, ignore=shutil.ignore_patterns(folder))
        disk = site / folder
        disk.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", disk], check=True)
        shutil.copytree(start / folder, disk, dirs_exist_ok=True)
        usage = os.statvfs(disk)
        used = usage.f_blocks - usage.f_bfree if unit == "size" else usage.f_files - usage.f_ffree
        room = (used + len(built) * step) * UNITS[unit]
        subprocess.run(["mount", "-o", f"remount,{unit}={room}", disk], check=True)
        said = run("build", "--root", site, "--now", "23/11/2026", "--lang", "en")
        built.append((said.status, said.err, output_files(site / "output") == before))
        subprocess.run(["umount", disk], check=True)
        shutil.rmtree(site)
    return built


if __name__ == "__main__":
    use_plain_theme()
    tempfile.tempdir = str(Path(sys.argv[1]).parent / "site" / sys.argv[2])
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))))
