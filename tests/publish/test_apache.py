"""A site on Apaches of which each forbids something else: while it is published with rules for them, it never answers
500 or 403."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sitegen.files import digest
from tests.publish.test_trial import watched
from tests.support.hosts import ask
from tests.support.live import apache, free_port
from tests.support.sites import SETTINGS, article, run, write_site

pytestmark = pytest.mark.posix

MODULES = ("alias", "dir", "headers", "mime", "authz_user", "auth_basic", "authn_core", "setenvif")


@pytest.fixture
def root() -> Iterator[Path]:
    """A folder that a server's own user may read."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "www").mkdir()
        yield Path(folder) / "www"


def publish(site: Path, root: Path, port: int, more: str = "", **files: str) -> tuple[int, str]:
    text = SETTINGS.replace("https://example.org/site/", f"http://127.0.0.1:{port}/").replace(
        "time_zone", "id: trial\nsearch: false\ntime_zone"
    )
    target = f'publish: {{live: {{to: "folder:{root}"{more}}}}}\n'
    write_site(site, {"site.yaml": text + target, "content/news/a.vi.md": article("Một", aliases=["/cũ/"])})
    write_site(site, {path.replace("__", "/"): data for path, data in files.items()}, base={})
    said = run("publish", "--root", site, "--yes")
    return said.status, said.out + said.err


@pytest.mark.parametrize(
    ("directory", "modules", "is_there", "told"),
    [
        ("AllowOverride All", MODULES, True, []),
        ("AllowOverride FileInfo\nOptions None", MODULES, True, []),
        ("AllowOverride None", MODULES, True, ["read-no-headers", "read-404-page"]),
        ("AllowOverride Indexes", MODULES, False, ["host-file-refused"]),
        ("AllowOverride All", ("dir",), True, ["read-redirect"]),
    ],
    ids=["all", "options-none", "none", "no-fileinfo", "bare"],
)
def test_rules_for_a_site_that_has_had_none(
    root: Path, tmp_path: Path, directory: str, modules: tuple[str, ...], is_there: bool, told: list[str]
) -> None:
    with apache(tmp_path / "run", root, directory, modules) as port:
        assert publish(tmp_path / "site", root, port)[0] == 0
        with watched(port) as seen:
            more = {"content__news__b.vi.md": article("Hai")}
            status, said = publish(tmp_path / "site", root, port, ", host: apache", **more)
        assert {*seen} == {200}
        assert status == 0 or "[read-type]" in said
        assert (root / ".htaccess").exists() == is_there
        assert [code for code in told if f"[{code}]" not in said] == []
        assert not [path for path in root.rglob("*") if "sitegen-try" in path.name]
        again = publish(tmp_path / "site", root, port, ", host: apache")
        assert again[0] == 0
        assert ask(port, "/")[0] == 200


@pytest.mark.parametrize("own", ["Require all granted\n", "Options +FollowSymLinks\n", "RewriteEngine on\n"])
def test_a_file_of_the_sites_own_that_the_host_forbids(root: Path, tmp_path: Path, own: str) -> None:
    """Which makes any other publisher take the site down."""
    with apache(tmp_path / "run", root, "AllowOverride FileInfo\nOptions None", MODULES) as port:
        assert publish(tmp_path / "site", root, port)[0] == 0
        with watched(port) as seen:
            said = publish(tmp_path / "site", root, port, ", host: apache", **{"assets__root__.htaccess": own})[1]
        assert {*seen} == {200}
        assert "[host-file-refused]" in said
        assert not (root / ".htaccess").exists()


def test_a_host_that_stands_a_file_anywhere_but_at_the_root(root: Path, tmp_path: Path) -> None:
    """What was there is back at once; a publish without the file finishes."""
    below = f"{root}/.sitegen-try-{digest(b'trial')[:8]}"
    directory = f"AllowOverride FileInfo\n</Directory>\n<Directory {below}>\nAllowOverride All"
    with apache(tmp_path / "run", root, directory, MODULES) as port:
        assert publish(tmp_path / "site", root, port)[0] == 0
        own = {"assets__root__.htaccess": "Require all granted\n"}
        status, said = publish(tmp_path / "site", root, port, ", host: apache", **own)
        assert (status, "[host-file-undone]" in said) == (3, True)
        assert ask(port, "/vi/")[0] == 200
        assert not (root / ".htaccess").exists()
        (tmp_path / "site/assets/root/.htaccess").unlink()
        status, said = publish(tmp_path / "site", root, port)
        assert status == 0
        assert ask(port, "/vi/")[0] == 200


def test_rules_that_no_host_can_choke_on_are_not_tried(root: Path, tmp_path: Path) -> None:
    status, said = publish(tmp_path / "site", root, free_port(), ", host: netlify")
    assert (status, "warning" in said) == (0, False)
    assert (root / "_headers").exists()
