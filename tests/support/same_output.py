"""Whether outputs are byte for byte those of another commit: `make same REVISION=…`. Both codes build every site of the
tests, right and wrong, as at the same moment, and build it again after edits."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from os.path import commonprefix
from pathlib import Path
from shutil import copytree, ignore_patterns, unpack_archive
from tempfile import TemporaryDirectory

from tests.support.sites import read_example, write_site
from tests.support.stress import RIGHT_TO_LEFT, STRESS

PROJECT = Path(__file__).parents[2]
NOW = "23/11/2026 10:00"
ROUNDS = ("at first", "body", "title", "layout laid over", "layout")
LARGE = ("new", "microsite", "stress", "right-to-left")
"""Sites that are built in every round, `new` being what `sitegen init` makes; others are built at first and at last."""


def main(revision: str) -> int:
    count = wrong = 0
    with TemporaryDirectory() as temporary, ThreadPoolExecutor(os.cpu_count()) as executor:
        folder = Path(temporary).resolve()
        subprocess.run(["git", "archive", f"-o{folder}/theirs.zip", revision, "sitegen"], cwd=PROJECT, check=True)
        unpack_archive(folder / "theirs.zip", folder / "theirs")
        copytree(PROJECT / "sitegen", folder / "ours" / "sitegen", ignore=ignore_patterns("__pycache__"))
        for code in (folder / "theirs", folder / "ours"):
            imported = _python(code, folder, "-P", "-c", "import sitegen; print(sitegen.__file__)")
            assert imported.startswith(bytes(code)), imported
        names = [*LARGE, *_write_sites(folder / "sites")]
        tasks = [(folder / code, name, folder / "sites") for name in names for code in ("theirs", "ours")]
        made = executor.map(_made, *zip(*tasks, strict=True))
        for name, theirs, ours in zip(names, made, made, strict=True):
            found, files = differences(theirs, ours), theirs.keys() | ours.keys()
            print(f"{name}: {len(files)} files, {len(found) or 'none'} different", *found, sep="\n    ", flush=True)
            count, wrong = count + len(files), wrong + len(found)
    print(f"{len(names)} sites, {count} files, {wrong or 'none'} different from those of {revision}")
    return min(wrong, 1)


def differences(theirs: Mapping[str, bytes], ours: Mapping[str, bytes]) -> list[str]:
    """A line for each file that only one of them has, or that is not the same."""
    single = {path: f"only {'theirs' if path in theirs else 'ours'}" for path in theirs.keys() ^ ours.keys()}
    other = {path: _first(theirs[path], ours[path]) for path in theirs.keys() & ours if theirs[path] != ours[path]}
    return [f"{path}: {what}" for path, what in sorted({**single, **other}.items())]


def _first(theirs: bytes, ours: bytes) -> str:
    """The first line that is not the same, from shortly before what is not."""
    try:
        before, now = (data.decode().splitlines(keepends=True) for data in (theirs, ours))
    except UnicodeDecodeError:
        return f"{len(theirs)} and {len(ours)} bytes"
    pairs = enumerate(zip_longest(before, now, fillvalue=""), 1)
    number, one, other = next((number, one, other) for number, (one, other) in pairs if one != other)
    start = max(len(commonprefix([one, other])) - 20, 0)  # noqa: RUF071 - of characters, as is meant here
    return f"line {number}: theirs {one[start : start + 80]!r}, ours {other[start : start + 80]!r}"


def _write_sites(folder: Path) -> list[str]:
    """Write all but what the codes make themselves; the names of those that are not large."""
    write_site(folder / "microsite", {"site.yaml": (PROJECT / "site.yaml").read_bytes()}, {})
    for name in ("content", "layouts", "assets"):
        copytree(PROJECT / name, folder / "microsite" / name)
    write_site(folder / "stress", STRESS)
    write_site(folder / "right-to-left", RIGHT_TO_LEFT, {})
    for path in sorted([*PROJECT.glob("tests/examples/sites/*.md"), *PROJECT.glob("tests/wrong/*.md")]):
        files = {name: text for name, text in read_example(path).files.items() if "." in name or "/" in name}
        write_site(folder / f"{path.parent.name}-{path.stem}", files)
    return sorted({path.name for path in folder.iterdir()} - {*LARGE})


def _made(code: Path, name: str, sites: Path) -> dict[str, bytes]:
    """What a code makes of a site, and what it says, in each round."""
    place, made = code / "built" / name, dict[str, bytes]()
    place.mkdir(parents=True)
    if name == "new":
        made = {"init: what is said": _python(code, place, "-m", "sitegen", "init", "site"), **_files(place, "init")}
    else:
        copytree(sites / name, place / "site", symlinks=True)
    for edits in [[edit] for edit in ROUNDS] if name in LARGE else [ROUNDS[:1], ROUNDS[1:]]:
        for edit in edits:
            _edit(place / "site", edit)
        how = ["--jobs", "2"] if edits[0] == ROUNDS[0] else ["--json", "--keep-going"]
        how += ["--future"] if name == "new" else []  # its article is of today
        said = _python(code, place, "-m", "sitegen", "build", "--root", "site", "--now", NOW, *how)
        made[f"{edits[-1]}: what is said"] = _NOT_COMPARED.sub(b"", said)
        made |= _files(place / "site" / "output", edits[-1])
    return made


_NOT_COMPARED = re.compile(
    rb'[\d.]+ s:|"seconds": [\d.]+|"(?:parsed|made)": \d+, |"restored": \[.*?\], |"not_restored": \{.*?\}, '
)
"""How long it took, and what was work: that may change with the program."""


def _files(folder: Path, when: str) -> dict[str, bytes]:
    return {f"{when}: {path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _python(code: Path, place: Path, *arguments: str) -> bytes:
    environment = {**os.environ, "PYTHONPATH": str(code)}
    done = subprocess.run([sys.executable, *arguments], cwd=place, env=environment, capture_output=True, check=False)
    return done.stdout + done.stderr + b"status %d\n" % done.returncode


def _edit(site: Path, what: str) -> None:
    texts = [path for path in sorted(site.glob("content/**/*.md")) if path.is_file() and not path.is_symlink()]
    if what == "layout laid over":
        write_site(site, {"layouts/base.html": next(PROJECT.glob("sitegen/**/layouts/base.html")).read_bytes()}, {})
    elif what == "title" and texts:
        texts[-1].write_bytes(re.sub(rb"(?m)^(title: *[\"']?)", rb"\1New ", texts[-1].read_bytes(), count=1))
    for path in {"body": texts, "layout": sorted(site.glob("layouts/*.html"))}.get(what, [])[:1]:
        path.write_bytes(path.read_bytes() + b"\nOne more line.\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
