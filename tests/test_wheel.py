"""The wheel alone is enough: the theme and the preview's own files are inside."""

import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.support.links import broken_references
from tests.support.sites import output_files


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty environment with the wheel. What it depends on is lent by this one, since tests use no network."""
    folder = tmp_path_factory.mktemp("wheel")
    build: list[str | Path] = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, PROJECT]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("sitegen-*.whl")
    home = folder / "environment"
    venv.create(home, with_pip=False)
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", home / "bin" / "python"]
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--quiet", wheel], check=True)
    (packages,) = home.glob("lib/python*/site-packages")
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return home


def inside(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_init_and_build_outside_the_repository(environment: Path, tmp_path: Path) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
    where = "import sitegen; print(sitegen.__file__)"
    said = subprocess.run(
        [environment / "bin" / "python", "-c", where],
        cwd=tmp_path,
        env=bare,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    assert str(environment) in said.stdout
    for data in ("preview/static", "preview/templates", "theme", "i18n/locales"):
        assert inside(Path(said.stdout.strip()).parent / data) == inside(PROJECT / "sitegen" / data)
    for command in (["init", "demo"], ["build", "--root", "demo"]):
        subprocess.run([environment / "bin" / "sitegen", *command], cwd=tmp_path, env=bare, check=True)
    files = output_files(tmp_path / "demo" / "output")
    assert "vi/tin-tuc/welcome/index.html" in files
    assert broken_references(files, "https://example.org/") == []
