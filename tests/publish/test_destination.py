"""Which target is meant, how its host comes to be trusted, and what a publish does where nobody can be asked."""

from pathlib import Path

import pytest

from sitegen.cli.publish.dialog import Dialog
from sitegen.i18n.messages import Words
from sitegen.problems import Place, SiteError, problem
from sitegen.publish.changes.plan import Plan
from sitegen.publish.destination import read_destination
from sitegen.publish.publication import Request, publish
from sitegen.publish.targets.connect import Origin, connect
from sitegen.publish.targets.target import Target, UnknownHost
from sitegen.publish.trust import trust
from tests.publish.test_publication import FILES
from tests.support.answers import Answers
from tests.support.sites import SETTINGS, article, run, write_site

KEY = "SHA256:zHY44eBWDwK85pm+hnD3g47rWBYq8TZWoaiUXLhTv+0"
SFTP = "search: false\npublish:\n  live: {to: sftp://127.0.0.1:1/www, url: http://127.0.0.1:1/}\n"
NEW = UnknownHost(problem("unknown-host-key", Place("site.yaml"), fingerprint=KEY, kind="ED25519"), KEY, "ED25519")


@pytest.mark.parametrize(
    ("settings", "code"), [(b"\xff", "invalid-utf8"), (b"title: A\n", "missing-key"), (None, "no-settings")]
)
def test_settings_that_cannot_be_read(tmp_path: Path, settings: bytes | None, code: str) -> None:
    if settings is not None:
        (tmp_path / "site.yaml").write_bytes(settings)
        assert run("publish", "--root", tmp_path).status == 2
    with pytest.raises(SiteError) as error:
        read_destination(tmp_path)
    assert code in {found.code for found in error.value.problems}


def test_settings_in_place_of_which_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").mkdir()
    with pytest.raises(SiteError):
        read_destination(tmp_path)


@pytest.mark.parametrize(
    ("said", "noindex"),
    [("", False), ("url: https://trial.example/", True), ("url: https://trial.example/, noindex: false", False),
     ("noindex: true", True)],
)  # fmt: skip
def test_trials_are_not_for_search_engines(tmp_path: Path, said: str, noindex: bool) -> None:
    write_site(tmp_path, {"site.yaml": f"{SETTINGS}publish: {{live: {{to: folder:x, {said}}}}}\n"})
    assert read_destination(tmp_path).settings.noindex is noindex


def test_a_key_that_is_trusted_is_known_from_now_on(tmp_path: Path) -> None:
    write_site(tmp_path, {"site.yaml": SETTINGS + SFTP})
    found = trust(tmp_path, read_destination(tmp_path), KEY)
    assert found.settings.host_key == KEY
    assert read_destination(tmp_path) == found
    assert [path.name for path in tmp_path.glob("site.yaml*")] == ["site.yaml"]


def test_a_key_that_cannot_be_written_is_known_once(tmp_path: Path) -> None:
    aliased = "x: &x {to: sftp://127.0.0.1:1/www}\npublish: {live: *x}\n"
    write_site(tmp_path, {"site.yaml": SETTINGS + SFTP})
    destination = read_destination(tmp_path)
    write_site(tmp_path, {"site.yaml": SETTINGS + aliased})
    assert trust(tmp_path, destination, KEY).settings.host_key == KEY
    assert KEY not in (tmp_path / "site.yaml").read_text("utf-8")


@pytest.mark.parametrize("trusts", [True, False])
def test_a_new_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusts: bool) -> None:
    """The host that is trusted is a folder here."""
    root = write_site(tmp_path / "site", {**FILES, "site.yaml": SETTINGS + SFTP})
    (tmp_path / "www").mkdir()

    def connected(settings: object, origin: Origin) -> Target:
        destination = read_destination(root)
        if destination.settings.host_key != KEY:
            raise NEW
        write_site(tmp_path / "other", {"site.yaml": f"{SETTINGS}publish: {{live: {{to: folder:../www}}}}\n"})
        return connect(read_destination(tmp_path / "other").settings, origin)

    monkeypatch.setattr("sitegen.publish.publication.connect", connected)
    answers = Answers(trusts=trusts)
    done = publish(root, Request(), answers, {})
    if trusts:
        assert (done.state, answers.asked) == ("published", ["trusts", "written", "begins"])
    else:
        assert (done.state, [found.code for found in done.problems]) == ("refused", ["unknown-host-key"])


def test_where_nobody_is_there_each_answer_is_a_no(tmp_path: Path, planned: Plan) -> None:
    root = write_site(tmp_path, {"site.yaml": SETTINGS + SFTP})
    dialog = Dialog(root, Words("en"), agreed=False, is_silent=False)
    destination = read_destination(root)
    assert not dialog.is_attended
    assert dialog.ask_secret("web@example.org") is None
    assert not dialog.trusts(destination, NEW)
    assert not dialog.replaces(planned)
    assert not dialog.begins(planned)


def test_what_must_be_written_by_hand_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = write_site(tmp_path, {"site.yaml": SETTINGS + SFTP})
    destination = trust(root, read_destination(root), KEY)
    Dialog(root, Words("en"), agreed=False, is_silent=False).trusted(destination, is_written=False)
    assert f'Write there as publish.live.host_key: "{KEY}"' in capsys.readouterr().out


@pytest.fixture
def planned(tmp_path: Path) -> Plan:
    root = write_site(tmp_path / "planned", FILES)
    (tmp_path / "www").mkdir()
    done = publish(root, Request(dry_run=True), Answers(), {})
    assert done.plan
    return done.plan


def test_what_is_too_much_to_compare_is_kept_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_site(tmp_path / "site", FILES)
    page = tmp_path / "www/vi/news/opening/index.html"
    (tmp_path / "www").mkdir()
    publish(root, Request(), Answers(), {})
    page.write_text("A quick fix", "utf-8")
    write_site(root, {"content/news/opening/index.vi.md": article("Mới")}, {})
    monkeypatch.setattr("sitegen.publish.look.MOST_READ", 3)
    assert publish(root, Request(), Answers(replaces=True), {}).state == "published"
    (copy,) = (root / ".sitegen" / "found").rglob("index.html")
    assert copy.read_text("utf-8") == "A quick fix"


def test_what_nobody_foresaw_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_site(tmp_path / "site", FILES)
    (tmp_path / "www").mkdir()

    def fail(*_: object) -> None:
        raise RuntimeError("nobody foresaw it")

    monkeypatch.setattr("sitegen.publish.publication.look", fail)
    said = run("publish", "--root", root, "--yes")
    assert (said.status, "[unforeseen]" in said.err) == (3, True)
