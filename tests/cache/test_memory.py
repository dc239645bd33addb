"""A memory that is damaged, or that someone else has written, costs time only."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from sitegen.cache.session import FILE, FOLDER, LOCK, opened
from tests.support.namespace import within
from tests.support.plain_theme import use_plain_theme
from tests.support.posix import as_root
from tests.support.sites import SETTINGS, Made, article, output_files, rebuild, write_site

K = "content/news/k{}/index.vi.md"
SOMEONE = 4711
OLD = {"site.yaml": f"{SETTINGS}search: false\n"} | {
    K.format(n): article(f"Old {n}", "[k0](../k0/index.md)", tags="jcm") for n in range(8)
}
NEW = {K.format(0): article("New", "Other.", tags="climate")}


class Site:
    """`cache`: of a site that was built; `again`: what becomes of it when it is edited and built again."""

    def __init__(self, folder: Path) -> None:
        self.root = write_site(folder / "site", OLD)
        rebuild(self.root)
        self.memory, self.cache = self.root / FOLDER, self.root / FOLDER / FILE
        self.expected = rebuild(write_site(folder / "clean", {**OLD, **NEW})).files

    def again(self, root: Path | None = None) -> Made:
        made = rebuild(write_site(root or self.root, NEW, {}))
        assert made.files == self.expected
        return made

    def was_trusted(self) -> bool:
        """Whether the next build makes less than all of the site."""
        made = self.again().build
        assert rebuild(self.root).build.rendered == 0 or not self.memory.is_dir()
        return made.rendered < made.pages


@pytest.fixture
def site(memory: Path, settled: None, monkeypatch: pytest.MonkeyPatch) -> Site:
    use_plain_theme(monkeypatch.setattr)
    return Site(memory)


def test_a_memory_of_ones_own_is_trusted(site: Site) -> None:
    assert site.was_trusted()


def execute(cache: Path, script: str) -> None:
    with closing(sqlite3.connect(cache)) as connection:
        connection.executescript(script)


def scatter(data: bytearray, chance: Random) -> None:
    for _ in range(chance.choice((1, 4, 30))):
        data[chance.randrange(len(data))] = chance.randrange(256)


def flip(data: bytearray, chance: Random) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def blank(data: bytearray, chance: Random) -> None:
    start = chance.randrange(len(data) // 512) * 512
    data[start : start + 512] = bytes(512)


def misplace(data: bytearray, chance: Random) -> None:
    """A whole page of SQLite's, where another should be."""
    one, other = (chance.randrange(len(data) // 4096) * 4096 for _ in range(2))
    data[one : one + 4096] = data[other : other + 4096]


def cut(data: bytearray, chance: Random) -> None:
    del data[chance.randrange(len(data)) :]


@pytest.mark.parametrize("damage", [scatter, flip, blank, misplace, cut])
def test_whatever_the_damage(site: Site, damage: Callable[[bytearray, Random], None]) -> None:
    """SITEGEN_STEPS asks for more than a test run has time for."""
    for seed in range(int(os.environ.get("SITEGEN_STEPS", "15"))):
        copy = shutil.copytree(site.root, site.root.with_name("copy"))
        data = bytearray((copy / FOLDER / FILE).read_bytes())
        damage(data, Random(seed))
        (copy / FOLDER / FILE).write_bytes(data)
        site.again(copy)
        shutil.rmtree(copy)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE rows SET value = x'' WHERE name NOT IN ('', 'record', 'body')",
        "UPDATE rows SET value = NULL WHERE name = 'pages'",
        "UPDATE rows SET name = 'x' || name WHERE name = 'pages'",
        "DELETE FROM rows WHERE name LIKE 'parts:%'",
        "DELETE FROM rows WHERE name = 'parts:card'",
        "DELETE FROM rows WHERE rowid = (SELECT max(rowid) FROM rows WHERE name = 'parts:card')",
        "UPDATE rows SET key = key || 'x' WHERE name = 'parts:document'",
        "UPDATE rows SET value = x'80' WHERE name LIKE 'arranged:%'",
        "UPDATE rows SET key = key || 'x' WHERE name = 'record'",
        "UPDATE rows SET value = NULL WHERE name = 'record'",
        "UPDATE rows SET value = 'x' WHERE name = 'body'",
        "UPDATE rows SET value = 'x' WHERE name = 'outputs'",
        "UPDATE rows SET value = 'x' WHERE name = '' AND key = 'checksums'",
    ],
)
def test_what_no_longer_goes_together(site: Site, change: str) -> None:
    execute(site.cache, change)
    site.again()


HOSTILE = {
    "a view that never ends": "DROP TABLE rows; CREATE VIEW rows AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL "
    "SELECT x + 1 FROM n) SELECT x AS name, x AS key, x AS checksum, x AS value FROM n",
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON rows BEGIN UPDATE rows SET value = x'3c'; END",
    "another column": "ALTER TABLE rows ADD COLUMN more TEXT",
    "a default that runs": "ALTER TABLE rows ADD COLUMN more AS (hex(zeroblob(1000000000)))",
    "a table more": "CREATE TABLE more (x)",
}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_tables_that_are_not_ours(site: Site, hostile: str) -> None:
    execute(site.cache, HOSTILE[hostile])
    assert not site.was_trusted()


@pytest.mark.posix
@pytest.mark.parametrize("mode", [0o666, 0o620])
def test_a_cache_that_others_could_write(site: Site, mode: int) -> None:
    site.cache.chmod(mode)
    assert not site.was_trusted()
    assert site.cache.stat().st_mode & 0o022 == 0


@pytest.mark.posix
def test_a_folder_in_which_others_could_write(site: Site) -> None:
    site.memory.chmod(0o777)
    (site.memory / "kept").mkdir()
    (site.memory / "kept" / "by whom").write_text("?", "utf-8")
    assert not site.was_trusted()
    assert site.memory.stat().st_mode & 0o022 == 0
    assert {path.name for path in site.memory.iterdir()} <= {FILE, LOCK}


@as_root
def test_a_cache_of_someone_else(site: Site) -> None:
    os.chown(site.cache, SOMEONE, SOMEONE)
    assert not site.was_trusted()
    assert site.cache.stat().st_uid == os.geteuid()


@as_root
def test_a_folder_of_someone_else(site: Site) -> None:
    os.chown(site.memory, SOMEONE, SOMEONE)
    before = site.cache.read_bytes()
    made = site.again().build
    assert made.rendered == made.pages
    assert site.cache.read_bytes() == before


def test_a_link_to_a_cache(site: Site) -> None:
    """What it leads to is neither read nor written."""
    elsewhere = site.cache.rename(site.root / "elsewhere")
    before = elsewhere.read_bytes()
    site.cache.symlink_to(elsewhere)
    assert not site.was_trusted()
    assert elsewhere.read_bytes() == before
    assert not site.cache.is_symlink()


def test_a_folder_that_is_a_link(site: Site) -> None:
    """What it leads to is neither read nor written, even where it is one's own."""
    elsewhere = site.memory.rename(site.root / "elsewhere")
    before = output_files(elsewhere)
    site.memory.symlink_to(elsewhere)
    made = site.again().build
    assert made.rendered == made.pages
    assert output_files(elsewhere) == before


@pytest.mark.posix
def test_a_pipe_in_place_of_the_cache(site: Site) -> None:
    site.cache.unlink()
    os.mkfifo(site.cache)
    assert not site.was_trusted()


def test_a_folder_in_place_of_the_cache(site: Site) -> None:
    site.cache.unlink()
    site.cache.mkdir()
    made = site.again().build
    assert made.rendered == made.pages


@pytest.mark.parametrize("name", ["holder", LOCK])
def test_links_that_came_with_a_site_from_elsewhere(site: Site, name: str) -> None:
    mine = site.root.with_name("mine")
    mine.write_text("mine", "utf-8")
    (site.memory / name).unlink(missing_ok=True)
    (site.memory / name).symlink_to(mine)
    site.again()
    assert mine.read_text("utf-8") == "mine"


@pytest.mark.parametrize("locked", [FOLDER, f"{FOLDER}/{FILE}", "content", "."])
def test_where_nothing_can_be_remembered(site: Site, locked: str) -> None:
    """Or read-only sources, or a site all of which is, which then cannot be built."""
    write_site(site.root, NEW, {})
    status, message, as_it_was = within("tests.support.read_only", site.root, locked)
    if locked == ".":
        assert (status, as_it_was) == (1, True)
        assert "Read-only file system" in message
        assert "[unwritable-output]" in message
    else:
        assert (status, message) == (0, "")
        assert output_files(site.root / "output") == site.expected


def test_an_output_that_may_not_be_written(site: Site) -> None:
    write_site(site.root, NEW, {})
    status, message, as_it_was = within("tests.support.read_only", site.root, "output")
    assert (status, as_it_was) == (1, True)
    assert message.startswith("output: error: The output cannot be written: Read-only file system")
    assert site.again().build.rendered > 0


def test_a_cache_that_is_thrown_away_may_still_be_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As by what looks for viruses: a build that is done does not fail for it."""

    def refuse(path: object, **_: object) -> None:
        raise PermissionError(13, "The process cannot access the file", path)

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with monkeypatch.context() as held, opened(None, trust=False):
        held.setattr(os, "unlink", refuse)
    assert [*tmp_path.iterdir()]
