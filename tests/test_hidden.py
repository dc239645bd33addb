"""What is not out is in no output: the output is that of a site that does not have it, byte for byte.

SITEGEN_EXAMPLES=2000 asks for more than a test run has time for."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings

from sitegen.build import build
from sitegen.build.run import Options, Workers
from tests.support.sites import output_files, write_site
from tests.support.waiting import NOW, Draft, drafts

EXAMPLES = int(os.environ.get("SITEGEN_EXAMPLES", "40"))
any_site = settings(
    max_examples=EXAMPLES, deadline=None, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def outcome(folder: Path, draft: Draft, *, index: bool = False) -> dict[str, bytes]:
    with TemporaryDirectory(dir=folder) as root:
        write_site(Path(root), draft.contents, {})
        build(Path(root), Options(now=NOW, keep_going=True, index=index, workers=Workers(1)))
        return output_files(Path(root) / "output")


@any_site
@given(drafts(extra="search: false\nshare_cards: false\n"))
def test_what_waits_is_in_no_file(plain_theme: None, memory: Path, draft: Draft) -> None:
    assert outcome(memory, draft) == outcome(memory, draft.without_what_waits)


@settings(any_site, max_examples=max(2, EXAMPLES // 15))
@given(drafts())
def test_what_waits_is_in_no_file_of_the_theme(memory: Path, draft: Draft) -> None:
    """Share cards and search indexes included, where these can be made here."""
    assert outcome(memory, draft, index=True) == outcome(memory, draft.without_what_waits, index=True)
