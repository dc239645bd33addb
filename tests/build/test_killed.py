"""Killed at any moment: the output is the old site or the new one, or the next build makes it so."""

import shutil
import signal
from pathlib import Path

import pytest

from tests.support.full import in_full
from tests.support.mortal import Mortal, lived, until, until_size
from tests.support.plain_theme import use_plain_theme
from tests.support.sites import article, output_files, rebuild, write_site

pytestmark = pytest.mark.posix

K = "content/news/k{}/index.vi.md"
OLD = {
    **{K.format(n): article(f"Old {n}", "[k0](../k0/index.md) ![p](../k0/p.svg)", tags="jcm") for n in range(3)},
    "content/news/k0/p.svg": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>",
}
NEW = {
    K.format(0): article("New 0", tags="climate"),
    K.format(3): article("New 3"),
    "content/news/k0/p.svg": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 1'/>",
    "assets/css/theme.css": "a { color: red }",
}
GONE = K.format(2)
NEXT = {K.format(1): article("Next 1", "Body.", tags="jcm"), "layouts/article.html": "{{ article.title }}"}


class Story:
    """A site of which another build is due. `before`, `after`: its output; `later`: that after further edits."""

    def __init__(self, folder: Path, *, built: bool) -> None:
        self.folder, self.start = folder, write_site(folder / "start", OLD)
        self.before = rebuild(self.start).files if built else {}
        write_site(self.start, NEW, {})
        (self.start / GONE).unlink()
        self.after, self.later = self._clean({}), self._clean(NEXT)

    def _clean(self, edits: dict[str, str]) -> dict[str, bytes]:
        site = self.folder / "clean"
        shutil.copytree(self.start, site, ignore=shutil.ignore_patterns("output", ".sitegen"))
        made = rebuild(write_site(site, edits, {})).files
        shutil.rmtree(site)
        return made

    def steps(self, jobs: int) -> list[str]:
        """What a build of it does on the disk when nobody kills it."""
        life = lived(until(None), shutil.copytree(self.start, self.folder / "alive"), jobs)
        assert output_files(self.folder / "alive" / "output") == self.after
        assert life.status == 0
        return life.steps

    def check(self, mortal: Mortal, number: int, jobs: int, where: str) -> None:
        site = shutil.copytree(self.start, self.folder / "killed")
        output = site / "output"
        assert lived(mortal, site, jobs).status == -number, where
        for path, data in output_files(output).items():
            assert data in (self.before.get(path), self.after.get(path)), (where, path)
        assert rebuild(site).files == self.after, where
        assert [path.name for path in output.glob(".sitegen*")] == [".sitegen-manifest.json"], where
        assert rebuild(write_site(site, NEXT, {})).files == self.later, where
        shutil.rmtree(site)


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    use_plain_theme(monkeypatch.setattr)


@pytest.mark.parametrize(
    ("built", "jobs", "every", "others"),
    [
        (False, 1, 3, 6),
        (True, 1, 3, 6),
        (True, 2, None, 4),
        in_full(False, 1, 1, 60),
        in_full(True, 1, 1, 60),
    ],
)
def test_killed_at_any_step(memory: Path, built: bool, jobs: int, every: int | None, others: int) -> None:
    """At every step that replaces or removes something, or every third, and at others from the first to the last."""
    story = Story(memory, built=built)
    steps = story.steps(jobs)
    points = set(range(0, len(steps), len(steps) // others))
    if every:
        changes = [n for n, step in enumerate(steps) if step in ("replace", "rename", "unlink", "rmdir")]
        points.update(changes[::every])
    assert len(points) >= others
    for point in sorted(points):
        story.check(until(point), signal.SIGKILL, jobs, f"step {point}, before or in {steps[point]}")


@pytest.mark.parametrize("built", [False, True])
def test_killed_in_the_midst_of_a_write(memory: Path, built: bool) -> None:
    story = Story(memory, built=built)
    for size in range(4_500, 40_000, 5_000):
        story.check(until_size(size), signal.SIGXFSZ, 1, f"at {size} bytes")
