"""After any edits, each followed by a publish that may be cut, what is live is what was built last without a mistake.

SITEGEN_SEEDS=1000-1099 SITEGEN_STEPS=100 asks for more than a test run has time for.
"""

import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

from sitegen.problems import SiteError
from sitegen.publish.changes.held import Held, decode
from sitegen.publish.publication import Publication, Request, publish
from sitegen.publish.targets.connect import connect
from sitegen.publish.targets.target import HELD
from tests.publish.test_publication import Failing
from tests.support.answers import Answers
from tests.support.author import Author, first_draft
from tests.support.sites import output_files
from tests.test_edits import Folder

FIRST, _, LAST = os.environ.get("SITEGEN_SEEDS", "0-1").partition("-")
STEPS = int(os.environ.get("SITEGEN_STEPS", "12"))
TARGET = "publish: {live: {to: folder:../www, url: http://127.0.0.1:1/}}\nsearch: false\n"


def publish_here(root: Path) -> Publication | None:
    """None where the site cannot be built."""
    try:
        return publish(root, Request(allowed=("all",)), Answers(replaces=True), {})
    except SiteError:
        return None


@pytest.mark.usefixtures("plain_theme")
@pytest.mark.parametrize("seed", range(int(FIRST), int(LAST or FIRST) + 1))
def test_what_is_live_is_what_was_built(seed: int, memory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site, www, author, chance = Folder(memory / "site"), memory / "www", Author(seed), Random(seed)
    www.mkdir()
    errors: list[BaseException] = []

    def failing(*given: Any) -> Failing:
        return Failing(connect(*given), chance.choice(("put", "place", "remove")), chance.randrange(1, 9), errors)

    monkeypatch.setattr("sitegen.publish.publication.connect", failing)
    for step in range(STEPS):
        draft = author.step() if step else first_draft()
        draft.settings.pop("search", None)
        site.follow(draft)
        (site.root / "site.yaml").write_bytes(draft.files["site.yaml"] + TARGET.encode())
        before = output_files(www)
        errors[:] = [KeyboardInterrupt()] if step % 3 == 1 else []
        done = publish_here(site.root)
        story = f"SITEGEN_SEEDS={seed} SITEGEN_STEPS={step + 1}: {author.history}"
        if done is not None and done.state == "cut":
            errors.clear()
            done = publish_here(site.root)
        if done is None:
            assert output_files(www) == before, story
            assert step, "the first draft has no mistake"
            continue
        assert done.state in ("published", "unchanged"), (story, done.problems)
        held = decode((www / HELD).read_bytes())
        assert isinstance(held, Held), story
        built = output_files(site.root / ".sitegen" / "targets" / "live")
        live = output_files(www)
        assert {path: live[path] for path in built} == built, story
        assert live.keys() - built.keys() == held.kept.keys(), story
