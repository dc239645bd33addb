"""After any edits the output is what a clean build makes of the same sources, byte for byte.

SITEGEN_SEEDS=1000-1099 SITEGEN_STEPS=1000 asks for more than a test run has time for."""

import os
import shutil
import sys
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest

from sitegen.build import build
from sitegen.build.run import Options, Workers
from sitegen.cache.session import FILE, FOLDER, BuildSession
from sitegen.problems import Problem, SiteError, errors
from tests.support.author import EDITS, Author, Draft
from tests.support.sites import output_files

SOMEONE = "someone was here"
GRAIN = 2 * 10**9
"""Nanoseconds in which a disk may tell no two times apart."""
ALWAYS, FAR = range(16), 104
"""Seeds and steps of each in a test run."""
FIRST, _, LAST = os.environ.get("SITEGEN_SEEDS", f"{ALWAYS[0]}-{ALWAYS[-1]}").partition("-")
SEEDS = range(int(FIRST), int(LAST or FIRST) + 1)
STEPS = int(os.environ.get("SITEGEN_STEPS", FAR))


class Outcome(NamedTuple):
    """`files` are None where the build was refused."""

    files: dict[str, bytes] | None
    problems: tuple[Problem, ...]
    rendered: int


def outcome(root: Path, draft: Draft, session: BuildSession | None = None) -> Outcome:
    wanted: dict[str, Any] = dict(draft.options)
    try:
        done = build(root, Options(now=draft.now, workers=Workers(1), index=False, **wanted), session=session)
    except SiteError as error:
        return Outcome(None, error.problems, 0)
    return Outcome(output_files(root / "output"), done.problems, done.rendered)


class Folder:
    """A site on the disk that follows its author; every change shows in a file's time."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[str, bytes] = {}
        self._time, self._chance = 10**18, Random(0)

    def follow(self, draft: Draft) -> None:
        wanted = draft.files
        old, new = draft.moved or ("", "")
        if old and (self.root / old).exists():
            (self.root / new).parent.mkdir(parents=True, exist_ok=True)
            (self.root / old).rename(self.root / new)
            self._files = {f"{new}{p[len(old) :]}" if p.startswith(f"{old}/") else p: d for p, d in self._files.items()}
        for path in self._files.keys() - wanted.keys():
            (self.root / path).unlink()
            with suppress(OSError):  # what is left in it keeps it; an empty one is no part of a site
                (self.root / path).parent.rmdir()
        for path in sorted(wanted):
            if self._files.get(path) != wanted[path]:
                self._time += GRAIN
                target = self.root / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(wanted[path])
                os.utime(target, ns=(self._time, self._time))
        self._files = wanted
        self._suffer(draft.accident)

    def _suffer(self, accident: str) -> None:
        pages = sorted((self.root / "output").rglob("*.html"))
        cache = self.root / FOLDER / FILE
        if accident.startswith(("memory", "output of")):
            self._take_away_changed(pages)
        match accident:
            case "output changed" if pages:
                self._chance.choice(pages).write_text(SOMEONE, "utf-8")
            case "output deleted" if pages:
                self._chance.choice(pages).unlink()
            case "memory cut" if cache.exists():
                os.truncate(cache, cache.stat().st_size // 2)
            case "memory of before":
                self._bring_back(FOLDER)
            case "output of before":
                self._bring_back("output")

    def _take_away_changed(self, pages: list[Path]) -> None:
        """Where neither the memory nor the manifest's seal tells that sitegen wrote what somebody has changed, it is
        theirs, and in the way."""
        for page in pages:
            if page.read_bytes() == SOMEONE.encode():
                page.unlink()

    def _bring_back(self, name: str) -> None:
        """What a folder held when this was last asked for; nothing at first."""
        folder, kept, now = self.root / name, self.root.parent / f"{name}.kept", self.root.parent / f"{name}.now"
        if folder.exists():
            folder.rename(now)
        if kept.exists():
            shutil.copytree(kept, folder)
            shutil.rmtree(kept)
        if now.exists():
            now.rename(kept)


class Clean:
    """Builds the same sources where nothing has been built before; what was built once is not built again."""

    def __init__(self, site: Path) -> None:
        self._site, self._known = site, dict[Any, Outcome]()

    def outcome(self, draft: Draft) -> Outcome:
        key = draft.input
        if key not in self._known:
            with TemporaryDirectory(dir=self._site.parent) as folder:
                shutil.copytree(
                    self._site, folder, ignore=_ignore_built, copy_function=shutil.copyfile, dirs_exist_ok=True
                )
                self._known[key] = outcome(Path(folder), draft)
        return self._known[key]


def _ignore_built(folder: str, names: list[str]) -> set[str]:
    return {"output", FOLDER} & {*names}


def follow(seed: int, steps: int, folder: Path) -> None:
    """Build a site after each of an author's steps, and compare; for every other seed as a preview does, which has in
    memory what it has read."""
    with closing(BuildSession()) as session:
        _follow(seed, steps, Folder(folder / "site"), session if seed % 2 else None)


def _follow(seed: int, steps: int, site: Folder, session: BuildSession | None) -> None:
    author, clean = Author(seed), Clean(site.root)
    for step in range(steps):
        draft = author.step()
        if session and sys.platform == "win32" and draft.accident.startswith("memory"):
            session.close()  # nobody can take away what is open there
        site.follow(draft)
        expected = clean.outcome(draft)
        before = output_files(site.root / "output") if expected.files is None else {}
        grown = outcome(site.root, draft, session)
        story = f"SITEGEN_SEEDS={seed} SITEGEN_STEPS={step + 1}: {author.history}"
        assert grown.problems == expected.problems, story
        if expected.files is None:
            assert output_files(site.root / "output") == before, story
            continue
        assert grown.files == expected.files, story
        if step % 4 == 0 and not errors(expected.problems):
            assert outcome(site.root, draft, session) == (expected.files, expected.problems, 0), story


@pytest.mark.usefixtures("plain_theme")
@pytest.mark.parametrize("seed", SEEDS)
def test_any_edits_give_what_a_clean_build_gives(seed: int, memory: Path, request: pytest.FixtureRequest) -> None:
    """Every other site is as if its files were old, so that they are told from new ones by their times."""
    if seed % 2:
        request.getfixturevalue("settled")
    follow(seed, STEPS, memory)


@pytest.mark.parametrize("seed", [0, 1])
def test_any_edits_of_a_site_with_the_theme(seed: int, memory: Path) -> None:
    follow(seed, STEPS // 6, memory)


def test_every_kind_of_edit_is_made() -> None:
    made: Counter[str] = Counter()
    for author in map(Author, ALWAYS):
        for _ in range(FAR):
            author.step()
        made.update(kind for kinds in author.history for kind in kinds)
    assert made.keys() == {*EDITS, "undo"}
    assert min(made.values()) >= 10
