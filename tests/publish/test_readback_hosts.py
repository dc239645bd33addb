"""The microsite on real servers that obey what is written for them: read back, all is as the rules say."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sitegen.config.targets import Host, TargetSettings
from sitegen.problems import Place
from sitegen.publish.hosting.host_files import HostFiles, host_files
from sitegen.publish.hosting.rules import make_rules
from sitegen.publish.live.readback import Patience, readback
from sitegen.publish.live.samples import Manners, samples
from sitegen.publish.release import Release, Served, release_of
from tests.support.live import apache, nginx, release, write
from tests.support.sites import Made

pytestmark = pytest.mark.posix

GONE = "vi/tin-tuc/cu/"
APACHE = ("alias", "dir", "headers", "mime", "setenvif")


@contextmanager
def hosted(host: Host, made: Made, run: Path, *, obeys: bool = True) -> Iterator[tuple[str, Release, HostFiles]]:
    """The site where a server's own user may read it; `obeys`: it does what is written for it."""
    site, files = made.site, made.files
    rules = make_rules(site, TargetSettings("folder:x", host=host), [*files], [f"/{GONE}"])
    told = host_files(host, rules)
    served = {path: Served(each.digest, each.size) for path, each in release(files).files.items()}
    published = release_of("microsite", site.config.base_url, served, site.pages.values(), told.files, [f"/{GONE}"])
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        write(Path(folder), {**files, **(told.files if obeys else {})})
        if host == "nginx":
            write(run, told.beside)
            server = f"root {folder}; index index.html;" + (f"include {run}/nginx.conf;" if obeys else "")
            with nginx(run / "server", server) as (port,):
                yield f"http://127.0.0.1:{port}/", published, told
        else:
            with apache(run, Path(folder), "AllowOverride FileInfo", APACHE) as port:
                yield f"http://127.0.0.1:{port}/", published, told


def manners(told: HostFiles) -> Manners:
    rules = told.rules
    moved = {one.path: one.target for one in rules.redirects if not one.query}
    return Manners(rules.headers_of, moved, rules.gone, len(rules.not_found) > 1, ("vi/", "ja/", "en/"))


@pytest.mark.parametrize("host", ["nginx", "apache"])
def test_the_microsite(host: Host, microsite: Made, tmp_path: Path) -> None:
    with hosted(host, microsite, tmp_path) as (address, published, told):
        asked = samples({}, published, manners(told), "t0k")
        found = readback(address, asked, Place("site.yaml"), "t0k", Patience(0))
    assert found.problems == ()
    assert {kind: found.counts[kind] for kind in ("page", "asset", "language", "missing", "gone", "hidden")} == {
        "page": 50, "asset": 12, "language": 3, "missing": 4, "gone": 1, "hidden": 1,
    }  # fmt: skip
    assert found.counts["headers"] == 66
    assert found.counts["redirect"] == len(told.rules.redirects[:1])


@pytest.mark.parametrize("host", ["nginx", "apache"])
def test_a_server_that_does_nothing_of_it(host: Host, microsite: Made, tmp_path: Path) -> None:
    """All that readers miss is a warning: the site itself is right."""
    with hosted(host, microsite, tmp_path, obeys=False) as (address, published, told):
        asked = samples({}, published, manners(told), "t0k")
        found = readback(address, asked, Place("site.yaml"), "t0k", Patience(0))
    codes = {each.code for each in found.problems}
    assert {"read-no-headers", "read-404-page"} <= codes
    assert [each for each in found.problems if each.severity == "error" and each.code != "read-type"] == []
