"""Files that pages of earlier releases needed are cleared away when nobody should have such a page any more."""

from datetime import timedelta
from pathlib import Path

from msgspec.structs import replace

from sitegen.publish.changes.held import encode
from sitegen.publish.targets.target import HELD
from tests.support.sites import SETTINGS, output_files, run

from .test_publication import PUBLISH, Site


def test_cleared_away_though_nothing_else_changes(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.publish()
    first = output_files(site.www).keys()
    site.write("site.yaml", f"{SETTINGS}{PUBLISH}theme: {{colors: {{light: {{green: '#005500'}}}}}}\n")
    assert site.publish().state == "published"
    kept = {*site.held.kept}
    assert kept
    assert kept <= first
    assert site.publish().state == "unchanged"
    until = replace(
        site.held,
        kept={path: replace(of, since=0, until=of.until - timedelta(99)) for path, of in site.held.kept.items()},
    )
    (site.www / HELD).write_bytes(encode(until))
    said = run("publish", "--root", site.root)
    assert "live · release 2: what no page needs any more is cleared away\n" in said.out
    assert kept.isdisjoint(output_files(site.www))
    assert (site.held.number, site.held.kept) == (2, {})
    assert site.publish().state == "unchanged"
