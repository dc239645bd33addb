"""What a build has to do with where it is published: nothing, but for its address."""

from pathlib import Path

import pytest

from sitegen.cache.session import FOLDER, TARGETS
from sitegen.problems import SiteError
from tests.support.sites import SETTINGS, article, make, output_files, rebuild, write_site

FILES = {"content/news/first/index.vi.md": article("Bài đầu")}


def test_no_page_depends_on_targets(tmp_path: Path) -> None:
    make(tmp_path, FILES)
    said = "publish: {live: {to: folder:/srv/www}}\ngone: [/vi/cu/]\n"
    security = "security: {contact: a@example.org, expires: 2027-01-01}\n"
    write_site(tmp_path, {"site.yaml": SETTINGS + said + security})
    again = rebuild(tmp_path)
    assert (again.build.rendered, again.build.written.written) == (0, ())
    assert not again.site.config.publish


def test_a_trial_has_an_address_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER / TARGETS / "trial"
    made = make(tmp_path, FILES, output=folder, base_url="https://trial.example.org/", noindex=True)
    page = made.text("vi/news/first/index.html")
    assert '<link rel="canonical" href="https://trial.example.org/vi/news/first/">' in page
    assert '<meta name="robots" content="noindex">' in page
    live = rebuild(tmp_path)
    assert 'content="noindex"' not in live.text("vi/news/first/index.html")
    assert "vi/news/first/" in live.text("sitemap.xml")
    assert output_files(folder) == made.files


def test_a_site_may_ask_search_engines_to_stay_away(tmp_path: Path) -> None:
    made = make(tmp_path, {**FILES, "site.yaml": f"{SETTINGS}indexable: false\n"})
    assert '<meta name="robots" content="noindex">' in made.text("vi/index.html")


def test_no_output_among_what_builds_remember(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="output"):
        make(tmp_path, FILES, output=tmp_path / FOLDER / "made")


def test_a_host_of_a_target_has_rules_for_aliases(tmp_path: Path) -> None:
    old = {"content/news/first/index.vi.md": article("Bài đầu", aliases=["/?p=123", "/wiki/A:B"])}
    with pytest.raises(SiteError, match="Only rules for hosts"):
        make(tmp_path, old)
    for host, is_warned in (("apache", False), ("gitlab", True), ("nginx", False)):
        write_site(tmp_path, {"site.yaml": f"{SETTINGS}publish: {{live: {{to: folder:/srv/www, host: {host}}}}}\n"})
        found = [found.code for found in rebuild(tmp_path).build.problems]
        assert found == ["alias-with-query"] * is_warned
