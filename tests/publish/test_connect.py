"""From settings to a target."""

import subprocess
import sys
from pathlib import Path

import pytest

from sitegen.config.targets import TargetSettings
from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.connect import Origin, connect
from sitegen.publish.targets.git.target import GitTarget
from sitegen.publish.targets.staged.target import StagedTarget
from sitegen.publish.targets.target import HELD, Refused
from tests.support.targets import PLACE, publish


def test_without_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "sitegen.publish.targets.sftp", raising=False)
    monkeypatch.setitem(sys.modules, "asyncssh", None)
    with pytest.raises(Refused) as error:
        connect(TargetSettings("sftp://web@host.example/www"), origin(tmp_path))
    assert error.value.problem.code == "no-asyncssh"
    assert 'pip install "sitegen[publish]"' in error.value.problem.hint


def origin(site: Path) -> Origin:
    return Origin(site, "live", PLACE, site / ".sitegen/publish/live", Secrets("live", {}))


def test_a_folder_and_its_memory_elsewhere(tmp_path: Path) -> None:
    site = tmp_path / "site"
    for folder in (site, tmp_path / "www", tmp_path / "memory"):
        folder.mkdir()
    with connect(TargetSettings("folder:../www", state="../memory/live"), origin(site)) as target:
        assert isinstance(target, StagedTarget)
        publish(target, {"index.html": "x", HELD: "held"})
        assert target.read(HELD) == b"held"
    assert [path.name for path in (tmp_path / "www").iterdir()] == ["index.html"]
    assert {path.name for path in (tmp_path / "memory/live").iterdir()} == {"manifest.json.gz", "incoming"}
    assert [*(site / ".sitegen/publish/live/claims").iterdir()] == []


def test_a_branch(tmp_path: Path) -> None:
    assert isinstance(connect(TargetSettings("git:../pages.git#main"), origin(tmp_path)), GitTarget)


@pytest.mark.parametrize("to", ["folder:content/www", "folder:.", "nowhere"])
def test_settings_that_lead_nowhere(tmp_path: Path, to: str) -> None:
    with pytest.raises(Refused) as error:
        connect(TargetSettings(to), origin(tmp_path))
    assert error.value.problem.place == PLACE


@pytest.mark.parametrize("to", ["folder:../www", "git:../pages.git#main"])
def test_no_library_is_loaded_in_vain(tmp_path: Path, to: str) -> None:
    code = f"""
import sys
from pathlib import Path
from sitegen.config.targets import TargetSettings
from sitegen.problems import Place
from sitegen.publish.secrets import Secrets
from sitegen.publish.targets.connect import Origin, connect
origin = Origin(Path({str(tmp_path)!r}), "live", Place("site.yaml"), Path("m"), Secrets("live", {{}}))
connect(TargetSettings({to!r}), origin)
print([name for name in ("asyncssh", "cryptography", "urllib3") if name in sys.modules])
"""
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout.strip() == b"[]"
