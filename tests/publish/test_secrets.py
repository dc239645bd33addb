"""Secrets: where they come from, and that nothing shows them."""

import base64
import json
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.publish.secrets import MASK, Secret, Secrets

MARKED = "Mật khẩu/%+\"' ÿ9"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody's own netrc is read."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    return tmp_path


def test_a_secret_shows_itself_nowhere() -> None:
    secret = Secret(MARKED)
    assert f"{secret} {secret!r} {[secret]}" == f"{MASK} {MASK} [{MASK}]"
    assert secret.reveal() == MARKED
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_the_environment_comes_first(home: Path) -> None:
    (home / ".netrc").write_text("machine example.org login web password from-netrc\n", "utf-8")
    secrets = Secrets("trial-2", {"SITEGEN_TRIAL_2_PASSWORD": "from-environment", "SITEGEN_TRIAL_2_USER": "web"})
    assert secrets.user == "web"
    assert (found := secrets.password("web", "example.org"))
    assert found.reveal() == "from-environment"


def test_netrc_is_read(home: Path) -> None:
    netrc = home / ".netrc"
    netrc.write_text("machine example.org login web password from-netrc\n", "utf-8")
    netrc.chmod(0o600)
    assert (found := Secrets("live", {}).password("web", "example.org"))
    assert found.reveal() == "from-netrc"
    assert Secrets("live", {}).password("other", "example.org") is None
    netrc.write_text("what is this", "utf-8")
    assert Secrets("live", {}).password("web", "example.org") is None


def test_the_keyring_is_asked_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def get(host: str, user: str) -> str | None:
        if host == "locked.example":
            raise RuntimeError(MARKED)
        return {("example.org", "web"): "from-keyring"}.get((host, user))

    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=get))
    assert (found := Secrets("live", {}).password("web", "example.org"))
    assert found.reveal() == "from-keyring"
    assert Secrets("live", {}).password("web", "other.example") is None
    assert Secrets("live", {}).password("web", "locked.example") is None


def test_at_last_somebody_is_asked() -> None:
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return MARKED

    secrets = Secrets("live", {"SITEGEN_LIVE_PASSPHRASE": "of-the-key"}, ask)
    assert (found := secrets.passphrase("Passphrase?"))
    assert found.reveal() == "of-the-key"
    assert secrets.password("web", "example.org") is None
    assert (found := secrets.password("web", "example.org", "Password of web?"))
    assert (found.reveal(), asked) == (MARKED, ["Password of web?"])
    assert Secrets("live", {}).passphrase("Passphrase?") is None


@given(st.text(min_size=4, max_size=20), st.text(max_size=5))
def test_what_is_printed_has_no_secret(secret: str, before: str) -> None:
    secrets = Secrets("live", {"SITEGEN_LIVE_TOKEN": secret})
    coded = base64.b64encode(f"{before}:{secret}".encode("utf-8", "replace")).decode()
    shown = secrets.mask(f"#{secret}#{quote(secret, errors='replace')}#{json.dumps(secret)}#{secret!r}#{coded}#")
    assert secret not in shown.replace(MASK, "")
    for whole in (f"#{quote(secret, safe='', errors='replace')}#", coded):
        assert whole not in shown


def test_secrets_may_be_any_bytes() -> None:
    assert Secrets("live", {"SITEGEN_LIVE_TOKEN": "\udcffabcdef"}).mask("\udcffabcdef %FFabcdef") == f"{MASK} {MASK}"


def test_all_forms_are_masked() -> None:
    secrets = Secrets("live", {"SITEGEN_LIVE_TOKEN": MARKED, "SITEGEN_LIVE_PASSWORD": "abc"})
    basic = base64.b64encode(f"web:{MARKED}".encode()).decode()
    shown = secrets.mask(f"{MARKED} {quote(MARKED)} {json.dumps(MARKED)} {basic} abc")
    assert "khẩu" not in shown
    assert "kh%E1" not in shown
    assert basic[8:-4] not in shown
    assert shown.endswith(" abc")
