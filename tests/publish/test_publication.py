"""A publish from the site's folder to a folder that is served, as whoever publishes sees it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import pytest

from sitegen.problems import Place, problem
from sitegen.publish.changes.held import Held, decode
from sitegen.publish.delivery import Delivery
from sitegen.publish.publication import Publication, Request, publish
from sitegen.publish.targets.connect import connect
from sitegen.publish.targets.target import (
    HELD,
    Full,
    Overtaken,
    Refused,
    Target,
    TargetError,
    Unreachable,
)
from tests.support.answers import Answers
from tests.support.live import SERVED, nginx
from tests.support.sites import SETTINGS, Content, article, output_files, run, write_site

PUBLISH = "search: false\npublish:\n  live: {to: folder:../www, url: http://127.0.0.1:1/}\n"
FILES: Mapping[str, Content] = {
    "site.yaml": SETTINGS + PUBLISH,
    "content/news/opening/index.vi.md": article("Lễ khai mạc"),
    "content/news/training/index.vi.md": article("Đào tạo", slug="dao-tao"),
    "content/news/training/plan.pdf": b"%PDF-1.4\n",
    "assets/root/robots-of-old.txt": b"old",
}


class Site:
    """A site, and the folder that it is published in."""

    def __init__(self, folder: Path, files: Mapping[str, Content] = FILES) -> None:
        self.root, self.www = folder / "site", folder / "www"
        self.www.mkdir()
        write_site(self.root, files)

    def publish(self, answers: Answers | None = None, **request: object) -> Publication:
        return publish(self.root, Request(**request), answers or Answers(), {})  # type: ignore[arg-type]

    def write(self, path: str, content: Content) -> None:
        write_site(self.root, {path: content}, {})

    @property
    def held(self) -> Held:
        held = decode((self.www / HELD).read_bytes())
        assert isinstance(held, Held)
        return held

    def codes(self, done: Publication) -> list[str]:
        return [found.code for found in done.problems if found.code != "read-unreached"]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_what_is_live_is_what_was_built(site: Site) -> None:
    done = site.publish()
    assert (done.state, site.codes(done)) == ("published", [])
    assert output_files(site.www) == output_files(site.root / ".sitegen" / "targets" / "live")
    assert not (site.www / ".sitegen-manifest.json").exists()
    assert site.held.number == 1
    again = site.publish()
    assert (again.state, again.plan and again.plan.number) == ("unchanged", 1)


def test_no_draft_is_published_even_if_one_was_built(site: Site) -> None:
    site.write("content/news/secret/index.vi.md", article("Bí mật", draft=True))
    site.write("content/news/later/index.vi.md", article("Sau này", publish="2099-01-01"))
    site.write("site.yaml", SETTINGS + PUBLISH.replace("http://127.0.0.1:1/", "https://example.org/site/"))
    assert run("build", "--root", site.root, "--drafts", "--future").status == 0
    assert "vi/news/secret/index.html" in output_files(site.root / "output")
    site.publish(dry_run=True)
    assert "secret" not in str([*output_files(site.root / "output")])


def test_a_first_release_wants_a_yes(site: Site) -> None:
    done = site.publish(Answers(begins=False))
    assert (done.state, site.codes(done)) == ("refused", ["first-publish"])
    assert [*site.www.iterdir()] == []


def test_a_trial_run_changes_nothing(site: Site) -> None:
    answers = Answers()
    done = site.publish(answers, dry_run=True)
    assert (done.state, answers.asked, [*site.www.iterdir()]) == ("planned", [], [])
    assert done.plan
    assert done.plan.new


def test_vanished_addresses_stop_it(site: Site) -> None:
    site.publish()
    before = output_files(site.www)
    site.write("content/news/training/index.vi.md", article("Đào tạo", slug="chia-se"))
    done = site.publish()
    assert (done.state, site.codes(done)) == ("refused", ["vanished-alias"])
    assert done.verdict
    assert done.verdict.lost == ("/vi/news/dao-tao/",)
    assert output_files(site.www) == before
    assert site.publish(allowed=("/vi/news/dao-tao/",)).state == "published"
    assert not (site.www / "vi/news/dao-tao").exists()


@pytest.mark.parametrize("written", ["/vi/news/dao-tao/", "https://example.org/site/vi/news/dao-tao/"])
def test_gone_lets_them_go(site: Site, written: str) -> None:
    site.publish()
    (site.root / "content/news/training/index.vi.md").unlink()
    (site.root / "content/news/training/plan.pdf").unlink()
    assert site.publish().state == "refused"
    site.write("site.yaml", f"{SETTINGS}{PUBLISH}gone: [{written}]\n")
    done = site.publish()
    assert (done.state, site.codes(done)) == ("published", [])


def test_another_site_is_never_overwritten(site: Site) -> None:
    site.publish()
    site.write("site.yaml", f"{SETTINGS}{PUBLISH}id: another\n")
    done = site.publish(allowed=("all",))
    assert (done.state, site.codes(done)) == ("refused", ["another-site"])


def test_what_others_changed_is_asked_about_and_kept(site: Site) -> None:
    site.publish()
    page = site.www / "vi/news/opening/index.html"
    page.write_text("A quick fix", "utf-8")
    site.write("content/news/opening/index.vi.md", article("Lễ khai mạc mới"))
    refusing = Answers()
    done = site.publish(refusing)
    assert (done.state, site.codes(done), refusing.asked) == ("refused", ["changed-on-host"], ["replaces"])
    assert page.read_text("utf-8") == "A quick fix"
    assert site.publish(Answers(replaces=True)).state == "published"
    assert "Lễ khai mạc mới" in page.read_text("utf-8")
    (copy,) = (site.root / ".sitegen" / "found" / "live").rglob("index.html")
    assert copy.read_text("utf-8") == "A quick fix"


def test_what_others_took_away_comes_again(site: Site) -> None:
    site.publish()
    (site.www / "vi/news/opening/index.html").unlink()
    said = run("publish", "--root", site.root)
    assert "vi/news/opening/index.html   taken away there; comes again\n" in said.out
    assert (site.www / "vi/news/opening/index.html").exists()


def test_of_very_many_files_of_others_some_are_named(site: Site) -> None:
    for number in range(25):
        (site.www / f"{number}.php").write_text("<?php", "utf-8")
    said = run("publish", "--root", site.root, "--yes")
    assert said.out.count(".php ") == 20
    assert "… and 5 more: sitegen publish --dry-run shows every one." in said.out
    assert "php" not in run("publish", "--root", site.root).out, "they were told once"


def test_a_site_that_was_built_before(site: Site) -> None:
    """And is published where it was built for."""
    site.write("site.yaml", SETTINGS + PUBLISH.replace(", url: http://127.0.0.1:1/", ""))
    assert run("build", "--root", site.root).status == 0
    done = site.publish(dry_run=True)
    assert done.artifact.release.files.keys() == output_files(site.root / "output").keys()
    assert "vi/news/dao-tao/index.html" in done.artifact.release.promised


def test_what_the_host_would_refuse_is_told_before_anything_is_sent(site: Site) -> None:
    site.write("site.yaml", f"{SETTINGS}{PUBLISH}security: {{contact: a@example.org, expires: 01/02/2020}}\n")
    said = run("publish", "--root", site.root, "--yes")
    assert (said.status, "[security-expired]" in said.err) == (2, True)
    assert [*site.www.iterdir()] == []


def test_security_txt_is_for_the_address_that_is_published(site: Site) -> None:
    site.write("site.yaml", f"{SETTINGS}{PUBLISH}security: {{contact: a@example.org, expires: 01/02/2027}}\n")
    assert site.publish().state == "published"
    found = (site.www / ".well-known/security.txt").read_text("utf-8")
    assert "Canonical: http://127.0.0.1:1/.well-known/security.txt" in found


def test_a_claim_may_be_taken_over(site: Site) -> None:
    site.publish()
    (site.www / ".sitegen" / "lock").write_text("somebody 0 \n", "utf-8")
    site.write("content/news/opening/index.vi.md", article("Lễ khai mạc mới"))
    assert run("publish", "--root", site.root, "--unlock").status == 0
    assert not (site.www / ".sitegen" / "lock").exists()


def test_who_has_published_meanwhile_is_noticed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look and the claim: what was planned is planned anew."""
    site.publish()
    before = (site.www / HELD).read_bytes()
    site.write("content/news/opening/index.vi.md", article("Lễ khai mạc mới"))
    site.publish()
    after = (site.www / HELD).read_bytes()
    site.write("content/news/opening/index.vi.md", article("Lễ khai mạc nữa"))
    manifests = [before]

    class Late(Failing):
        def read(self, path: str) -> bytes | None:
            return manifests.pop() if path == HELD and manifests else self._target.read(path)

    monkeypatch.setattr("sitegen.publish.publication.connect", lambda *given: Late(connect(*given), "", 0, []))
    done = site.publish(Answers(replaces=True))
    assert (done.state, done.plan and done.plan.number, after) == ("published", 3, after)
    assert "nữa" in (site.www / "vi/news/opening/index.html").read_text("utf-8")


@pytest.mark.posix
def test_what_is_read_back_is_in_the_json(site: Site, tmp_path: Path) -> None:
    with nginx(tmp_path / "nginx", SERVED.replace("{root}", str(site.www))) as (port,):
        site.write("site.yaml", SETTINGS + PUBLISH.replace("127.0.0.1:1/", f"127.0.0.1:{port}/"))
        found = json.loads(run("publish", "--root", site.root, "--yes", "--json").out)
    assert (found["verified"], [one["code"] for one in found["problems"]]) == (True, ["read-exposed"])


def test_files_of_others_stay(site: Site) -> None:
    (site.www / "statistics").mkdir()
    (site.www / "statistics" / "index.php").write_text("<?php", "utf-8")
    answers = Answers()
    assert site.publish(answers).state == "published"
    assert answers.asked == ["begins"]
    assert (site.www / "statistics" / "index.php").read_text("utf-8") == "<?php"


@pytest.mark.parametrize("data", [None, b"", b"what is this", b"\x1f\x8b\x08"])
def test_a_lost_manifest_is_made_again(site: Site, data: bytes | None) -> None:
    site.publish()
    if data is None:
        (site.www / HELD).unlink()
    else:
        (site.www / HELD).write_bytes(data)
    answers = Answers()
    done = site.publish(answers)
    assert (done.state, answers.asked) == ("unchanged", [])
    assert done.plan
    assert done.plan.adopted == tuple(output_files(site.www))
    assert site.held.files.keys() == output_files(site.www).keys()


def test_a_manifest_of_a_newer_sitegen_is_left_alone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.publish()
    monkeypatch.setattr("sitegen.publish.changes.held.FORMAT", 0)
    done = site.publish()
    assert (done.state, site.codes(done)) == ("refused", ["newer-manifest"])


def test_a_build_that_fails_stops_it(site: Site) -> None:
    site.publish()
    before = output_files(site.www)
    site.write("content/news/opening/index.vi.md", "---\ntitle: A\ndate: 31/02/2024\n---\n")
    said = run("publish", "--root", site.root)
    assert said.status == 1
    assert "[impossible-date]" in said.err
    assert said.out == "1 problem; nothing was published.\n"
    assert output_files(site.www) == before


def test_settings_that_cannot_be_used(site: Site) -> None:
    assert run("publish", "--root", site.root, "nowhere").status == 2
    assert "Did you mean “live”?" in run("publish", "liv", "--root", site.root).err
    site.write("site.yaml", SETTINGS)
    said = run("publish", "--root", site.root)
    assert (said.status, "[no-target]" in said.err) == (2, True)
    (site.root / "site.yaml").unlink()
    assert "[no-settings]" in run("publish", "--root", site.root).err


def test_json(site: Site) -> None:
    first = json.loads(run("publish", "--root", site.root, "--yes", "--json").out)
    assert (first["state"], first["release"], first["previous"], first["verified"]) == ("published", 1, None, None)
    assert first["uploaded"] == len(first["new"]) == len(output_files(site.www))
    assert first["bytes"] == sum(map(len, output_files(site.www).values()))
    assert (first["target"], first["lock"]) == ("live", "proven")
    assert [found["code"] for found in first["problems"]] == ["read-unreached"]
    site.write("content/news/training/index.vi.md", article("Đào tạo", slug="chia-se"))
    said = run("publish", "--root", site.root, "--json")
    second = json.loads(said.out)
    assert (said.status, second["state"], second["vanished"]) == (1, "refused", ["/vi/news/dao-tao/"])
    assert second["moved"] == [["/vi/news/dao-tao/", "/vi/news/chia-se/"]]
    assert (second["release"], second["previous"]) == (2, 1)


@pytest.mark.posix
def test_a_site_that_is_exchanged_has_no_rules_that_nobody_tried(site: Site) -> None:
    site.write("site.yaml", SETTINGS + PUBLISH.replace("}\n", ", host: apache, releases: true}\n"))
    done = site.publish()
    assert (done.state, "host-file-untried" in site.codes(done)) == ("published", True)
    assert site.www.is_symlink()
    assert ".htaccess" not in output_files(site.www)
    assert done.artifact.release.files.keys() - {".htaccess"} == output_files(site.www).keys()
    assert site.publish().state == "unchanged"


def test_what_the_keeper_of_the_server_gets_lies_beside(site: Site) -> None:
    site.write("site.yaml", SETTINGS + PUBLISH.replace("}\n", ", host: nginx}\n"))
    said = run("publish", "--root", site.root, "--yes")
    beside = site.root / ".sitegen/publish/live/nginx.conf"
    assert str(beside) in said.out
    assert "Content-Security-Policy" in beside.read_text("utf-8")
    assert not [path for path in output_files(site.www) if path.endswith(".conf")]
    assert "nginx.conf" not in run("publish", "--root", site.root).out


def test_a_remembered_artifact_is_checked(site: Site) -> None:
    site.publish()
    remembered = site.root / ".sitegen/publish/live/release"
    for data in (b"", remembered.read_bytes()[:-9], remembered.read_bytes()[:64] + b"\x93" * 40):
        remembered.write_bytes(data)
        assert site.publish().state == "unchanged"


class Failing:
    """A target that fails at the n-th call of an operation, as long as `errors` has some."""

    def __init__(self, target: Target, operation: str, number: int, errors: list[BaseException]) -> None:
        self._target, self._operation, self._number, self._errors = target, operation, number, errors
        self._count = 0

    def __enter__(self) -> Self:
        self._target.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._target.__exit__(*error)

    def __getattr__(self, name: str) -> object:
        if name == self._operation:
            self._count += 1
            if self._count == self._number and self._errors:
                raise self._errors.pop()
        return getattr(self._target, name)


def of_host(kind: type[TargetError]) -> TargetError:
    return kind(problem("host-refused", Place("site.yaml"), reason="it says so"))


SENT = "Cut off: {sent} of {total} files are sent; the live site is as it was."


@pytest.mark.parametrize(
    ("operation", "number", "error", "state", "status", "said"),
    [
        ("read", 1, of_host(Unreachable), "refused", 1, "1 problem; the live site is as it was."),
        ("read", 1, KeyboardInterrupt(), "cut", 3, "Nothing had been sent; the live site is as it was."),
        ("put", 1, of_host(Refused), "refused", 1, "1 problem; the live site is as it was."),
        (
            "put",
            2,
            of_host(Unreachable),
            "cut",
            3,
            SENT,
        ),
        (
            "put",
            2,
            KeyboardInterrupt(),
            "cut",
            3,
            SENT,
        ),
        ("place", 3, of_host(Full), "cut", 3, "Cut off between two releases: the live site is whole."),
        ("place", 3, KeyboardInterrupt(), "cut", 3, "Cut off between two releases: the live site is whole."),
        ("claim", 1, of_host(Overtaken), "published", 0, "http://127.0.0.1:1/ is release 1"),
    ],
)
def test_where_things_stand(
    site: Site, monkeypatch: pytest.MonkeyPatch, operation: str, number: int, error: BaseException, state: str,
    status: int, said: str,
) -> None:  # fmt: skip
    errors = [error]
    monkeypatch.setattr(
        "sitegen.publish.publication.connect", lambda *given: Failing(connect(*given), operation, number, errors)
    )
    shown = run("publish", "--root", site.root, "--yes")
    assert shown.status == status
    sent = len(output_files(site.www / ".sitegen" / "incoming"))
    total = len(site.publish(dry_run=True).artifact.release.files)
    assert said.format(sent=sent, total=total) in shown.out
    if state == "published":
        return
    if "as it was" in said:
        assert output_files(site.www) == {}
    done = site.publish()
    assert done.state == "published"
    assert output_files(site.www).keys() == done.artifact.release.files.keys()


def test_who_stops_too_late_has_published(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sitegen.publish.live.readback.readback", stop)
    done = site.publish()
    assert (done.state, site.codes(done), done.readback) == ("published", [], None)
    site.write("content/news/opening/index.vi.md", article("Lễ khai mạc mới"))
    place = Delivery.place

    def place_and_stop(*given: Any) -> None:
        place(*given)
        raise KeyboardInterrupt

    monkeypatch.setattr(Delivery, "place", place_and_stop)
    assert site.publish().state == "published"
    monkeypatch.undo()
    assert site.publish().state == "unchanged"


def test_who_is_overtaken_again_and_again_gives_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    errors: list[BaseException] = [of_host(Overtaken) for _ in range(9)]
    monkeypatch.setattr(
        "sitegen.publish.publication.connect", lambda *given: Failing(connect(*given), "claim", 1, errors)
    )
    assert site.publish().state == "refused"
    assert len(errors) == 6


def test_where_nothing_can_be_remembered_nothing_is_published(site: Site) -> None:
    (site.root / ".sitegen").write_text("a file", "utf-8")
    said = run("publish", "--root", site.root, "--yes")
    assert (said.status, re.findall(r"\[(.*?)\]", said.err)[-1]) == (1, "unwritable-output")
