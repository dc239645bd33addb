"""What is remembered of a release is not believed for longer than it holds, though what is built may be the same."""

from pathlib import Path

import pytest

from sitegen.publish.publication import Publication
from tests.support.sites import article, run

from .test_publication import Site

TEXT = "content/news/training/index.vi.md"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path)
    assert site.publish().state == "published"
    return site


def places(done: Publication) -> list[tuple[str, int]]:
    return [(found.code, found.place.line) for found in done.problems if found.code.startswith("vanished")]


@pytest.mark.parametrize("built", [False, True])
def test_another_reason_for_the_same_output(site: Site, built: bool) -> None:
    """`built`: somebody has built the site in between, so that the publish finds nothing to do."""
    site.write(TEXT, article("Đào tạo", slug="dao-tao", draft=True))
    assert places(site.publish()) == [("vanished-text", 4)]
    site.write(TEXT, article("Đào tạo", slug="dao-tao", expires="01/01/2025"))
    if built:
        target = site.root / ".sitegen" / "targets" / "live"
        said = run("build", "--root", site.root, "--output", target, "--base-url", "http://127.0.0.1:1/")
        assert said.status == 0, said.err
    assert site.publish().state == "published"


def test_another_line(site: Site) -> None:
    text = article("Đào tạo", slug="chia-se")
    site.write(TEXT, text)
    assert places(site.publish()) == [("vanished-alias", 4)]
    site.write(TEXT, text.replace("slug:", "# once dao-tao\nslug:"))
    assert places(site.publish()) == [("vanished-alias", 5)]
