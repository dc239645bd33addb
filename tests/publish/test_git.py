"""A branch as a target, on real repositories: on this disk, behind a real sshd, over HTTPS."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path

import pytest

from sitegen.problems import Place
from sitegen.publish.secrets import Secret
from sitegen.publish.targets.git.program import (
    GitAccess,
    GitFailed,
    GitProgram,
    environment,
    is_local,
    is_over_ssh,
    same_repository,
    ssh_command,
)
from sitegen.publish.targets.git.refusals import is_kept_by_git, refusal
from sitegen.publish.targets.git.target import GitTarget
from sitegen.publish.targets.target import (
    HELD,
    Changed,
    Claimed,
    Full,
    Overtaken,
    Refused,
    TargetError,
    UnknownHost,
    Unreachable,
    Upload,
)
from tests.support.git_hosts import https_git
from tests.support.sshd import sshd

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")

SECRET = "ghp_M4rked/+ế"


def git(*arguments: str | Path, folder: Path) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, encoding="utf-8")
    return done.stdout


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody's own settings."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith(("GIT_", "SSH_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setattr("sitegen.publish.targets.git.repository.PAUSES", ())
    return folder


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """An empty repository, as a host makes them."""
    git("init", "--quiet", "--bare", "--initial-branch=main", "host.git", folder=tmp_path)
    return tmp_path / "host.git"


def target(bare: Path | str, name: str = "own", branch: str = "pages", access: GitAccess = GitAccess()) -> GitTarget:
    site = bare.parent if isinstance(bare, Path) else Path.cwd()
    address = str(bare)
    return GitTarget(address, branch, site / name, site, access, Place("site.yaml", 3, 5))


def upload(path: str, data: bytes) -> Upload:
    return Upload(path, blake2b(data, digest_size=16).hexdigest(), len(data), data)


def publish(to: GitTarget, files: Mapping[str, bytes], gone: tuple[str, ...] = (), manifest: bytes = b"1") -> None:
    with to.claim(None, 0):
        put(to, files)
        assert [*to.place(files)] == [*files]
        assert [*to.remove(gone)] == [*gone]
        commit(to, manifest)


def put(to: GitTarget, files: Mapping[str, bytes]) -> dict[str, str]:
    return dict(to.put([upload(path, data) for path, data in files.items()]))


def commit(to: GitTarget, manifest: bytes) -> None:
    put(to, {HELD: manifest})
    assert [*to.place([HELD], f"example.org: release {manifest.decode()} ế")] == [HELD]


def live(bare: Path, branch: str = "pages") -> dict[str, bytes]:
    """What the host would serve."""
    listed = git("ls-tree", "-r", "-z", branch, folder=bare).split("\0")[:-1]
    found = {}
    for line in listed:
        about, _, path = line.partition("\t")
        blob = ["git", "cat-file", "blob", about.split()[2]]
        found[path] = subprocess.run(blob, cwd=bare, check=True, capture_output=True).stdout
    return found


def fill(bare: Path, files: Mapping[str, bytes], branch: str = "pages") -> Path:
    """A branch as somebody else has made it; gives their working tree."""
    work = bare.parent / f"work-{branch}"
    names = git("rev-parse", "--show-object-format", folder=bare).strip()
    git("init", "--quiet", f"--initial-branch={branch}", f"--object-format={names}", str(work), folder=bare.parent)
    git("remote", "add", "origin", str(bare), folder=work)
    for path, data in files.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_bytes(data)
    push(work, branch)
    return work


def push(work: Path, branch: str = "pages") -> None:
    git("add", "--all", folder=work)
    who = ("-c", "user.name=Ms Other", "-c", "user.email=other@example.org")
    git(*who, "commit", "--quiet", "--allow-empty", "--message=By hand", folder=work)
    git("push", "--quiet", "origin", f"HEAD:{branch}", folder=work)


def test_each_publish_is_one_commit(bare: Path) -> None:
    with target(bare) as to:
        assert (to.read(HELD), to.list()) == (None, {})
        publish(to, {"index.html": b"old", "a/b.css": b"x", "a/c.css": b"y"})
        assert to.list().keys() == {"index.html", "a/b.css", "a/c.css"}
    with target(bare) as to:
        assert to.read(HELD) == b"1"
        publish(
            to,
            {"index.html": b"new", "ế 環/trang mới.html": b""},
            gone=("a/b.css", "a/c.css", "never/was"),
            manifest=b"2",
        )
        assert to.read("index.html") == b"new"
    assert live(bare) == {"index.html": b"new", "ế 環/trang mới.html": b"", HELD: b"2"}
    assert (
        git("log", "--format=%an <%ae> %cn %aI", "pages", folder=bare).count("sitegen <sitegen@localhost.invalid>") == 2
    )
    assert git("log", "-1", "--format=%B", "pages", folder=bare).strip() == "example.org: release 2 ế"
    assert git("for-each-ref", "--format=%(refname)", folder=bare).split() == ["refs/heads/pages"]


def test_what_list_says_is_what_put_said(bare: Path) -> None:
    with target(bare) as to, to.claim(None, 0):
        said = put(to, {"a": b"1", "b": b"2" * 3_000_000})
        [*to.place(["a", "b"])]
        commit(to, b"1")
        assert to.list() == said
    with target(bare, "another folder") as to:
        assert to.list() == said


def test_nothing_shows_before_the_manifest_is_placed(bare: Path) -> None:
    with target(bare) as to:
        publish(to, {"index.html": b"old"})
        with to.claim(None, 0):
            put(to, {"index.html": b"new"})
            [*to.place(["index.html"]), *to.remove(["index.html"])]
        assert live(bare)["index.html"] == b"old"
        with to.claim(None, 0):
            commit(to, b"2")
    assert live(bare) == {"index.html": b"old", HELD: b"2"}, "and what was not finished is forgotten"


@pytest.mark.posix
def test_foreign_files_stay_as_they_are(bare: Path) -> None:
    work = fill(bare, {"CNAME": b"example.org", "index.html": b"by hand", "run.sh": b"#!"})
    (work / "run.sh").chmod(0o755)
    (work / "link").symlink_to("run.sh")
    git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module", folder=work)
    who = ("-c", "user.name=Ms Other", "-c", "user.email=other@example.org")
    git("add", "run.sh", "link", folder=work)
    git(*who, "commit", "--quiet", "--message=More", folder=work)
    git("push", "--quiet", "origin", "HEAD:pages", folder=work)
    before = git("ls-tree", "pages", folder=bare).splitlines()
    with target(bare) as to:
        assert to.list().keys() == {"CNAME", "index.html", "run.sh", "link", "module"}
        assert (to.read("index.html"), to.read("link"), to.read("module")) == (b"by hand", b"run.sh", None)
        publish(to, {"index.html": b"ours"})
    after = git("ls-tree", "pages", folder=bare).splitlines()
    assert {line for line in before if "index.html" not in line} < set(after)
    assert git("rev-list", "--count", "pages", folder=bare).strip() == "3", "it stands on what was there"


@pytest.mark.posix
def test_paths_that_git_writes_otherwise(bare: Path) -> None:
    paths = [
        '"quoted"',
        "a b",
        "back\\slash",
        "-dash",
        "tab\there",
        "ế",
        "e\u0302\u0301",
        "new\nline",
        ":(top)x",
        "a*",
        "a1",
    ]
    with target(bare) as to:
        publish(to, {path: path.encode() for path in paths})
        assert to.list().keys() == set(paths)
        publish(to, {"last": b""}, gone=tuple(paths[:-1]), manifest=b"2")
    assert live(bare).keys() == {"last", "a1", HELD}


def test_a_file_where_a_folder_was(bare: Path) -> None:
    with target(bare) as to:
        publish(to, {"a/b": b"1", "c": b"2"})
        publish(to, {"a": b"3", "c/d": b"4"}, gone=("a/b", "c"), manifest=b"2")
    assert live(bare) == {"a": b"3", "c/d": b"4", HELD: b"2"}


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        "a/.GIT/x",
        "a/.git",
        "GIT~1",
        ".git ./x",
        ".g\u200cit",
        ".git::$INDEX_ALLOCATION/x",
        "a/../b",
        "a//b",
    ],
)
def test_names_that_are_gits_own(bare: Path, path: str) -> None:
    with target(bare) as to, to.claim(None, 0), pytest.raises(Refused) as refused:
        put(to, {"index.html": b"", path: b""})
    assert refused.value.problem.message == f"No file of a Git repository may be called {path}."


@pytest.mark.parametrize(
    "path", [".gitlab-ci.yml", ".github/x", "git", ".well-known/security.txt", "a.git", ".nojekyll"]
)
def test_names_that_look_like_them(path: str) -> None:
    assert not is_kept_by_git(path)


def test_a_file_that_changes_while_it_is_sent(bare: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(b"as built")
    of_build = blake2b(b"as built", digest_size=16).hexdigest()
    good = Upload("index.html", of_build, 8, page)
    with target(bare) as to, to.claim(None, 0):
        for data in (b"as bUilt", b"as bui", b"as built, and more", b"more" * 1_000_000, None):
            page.write_bytes(data) if data else page.unlink()
            with pytest.raises(Changed) as changed:
                [*to.put([good])]
            assert changed.value.problem.place.path == "index.html"
        page.write_bytes(b"as built")
        [*to.put([good]), *to.place(["index.html"])]
        commit(to, b"1")
    assert live(bare)["index.html"] == b"as built"


# Whose branch it is


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"site.yaml": b"", "content/index.md": b""}, "source-branch"),
        ({"docs/site/site.yaml": b"", "index.html": b""}, "source-branch"),
        ({"main.py": b"", "README.md": b""}, "foreign-branch"),
        ({"README.md": b"", "LICENSE": b"", ".gitignore": b""}, ""),
        ({"index.html": b"", "old/main.py": b""}, ""),
        ({"CNAME": b"example.org"}, ""),
        ({HELD: b"1", "site.yaml": b"an attachment"}, ""),
    ],
)
def test_only_on_a_branch_of_pages(bare: Path, files: dict[str, bytes], code: str) -> None:
    fill(bare, files)
    before = git("rev-parse", "pages", folder=bare)
    with target(bare) as to:
        if not code:
            publish(to, {"index.html": b"ours"})
            assert live(bare) == files | {"index.html": b"ours", HELD: b"1"}
            return
        for ask in (lambda: to.read(HELD), to.list, lambda: publish(to, {})):
            with pytest.raises(Refused) as refused:
                ask()
            assert (refused.value.problem.code, refused.value.problem.place) == (code, Place("site.yaml", 3, 5))
            assert "Branch pages holds" in refused.value.problem.message
    assert git("rev-parse", "pages", folder=bare) == before


def test_never_on_the_branch_that_the_site_lies_on(bare: Path) -> None:
    """Found by what it holds, by its address, however that is written, and by its name."""
    work = fill(bare, {"README.md": b"", "part/content.md": b""}, "main")
    site = work / "part"
    (site / "more.md").write_bytes(b"not pushed yet")
    git("add", "--all", folder=work)
    git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message=More", folder=work)
    git("tag", "index", folder=work)

    def refused(address: str, branch: str) -> bool:
        with GitTarget(address, branch, bare.parent / "own", site, GitAccess()) as to:
            try:
                to.read(HELD)
            except Refused as error:
                return error.problem.code == "source-branch"
        return False

    assert refused(str(bare), "main")
    assert not refused(str(bare), "pages")
    assert not refused("../../host.git", "pages")
    git("init", "--quiet", "--bare", "empty.git", folder=bare.parent)
    assert not refused(f"{bare.parent}/empty.git", "main"), "another repository"
    git("remote", "set-url", "origin", f"file://{bare.parent}/empty.git/", folder=work)
    assert refused("../../empty.git", "main"), "which is not there yet"
    assert not refused("../../empty.git", "pages")
    assert refused(str(bare), "main"), "though no remote is called so any more"
    git("push", "--quiet", "origin", "main:other", folder=work)
    assert refused("../../empty.git", "other")
    git("checkout", "--quiet", "--detach", folder=work)
    assert not refused("../../empty.git", "main")


def test_one_repository_by_many_addresses(tmp_path: Path) -> None:
    ways = [
        "https://github.com/owner/repo", "https://github.com/Owner/Repo.git", "git@github.com:owner/repo.git",
        "ssh://git@github.com/owner/repo.git/", "ssh://git@github.com:22/owner/repo", "https://me@github.com/owner/repo",
    ]  # fmt: skip
    assert all(same_repository(one, ways[0]) for one in ways)
    others = [
        "https://github.com/owner/other",
        "git@gitlab.com:owner/repo.git",
        str(tmp_path),
        "repo",
        "https://github.com/x/owner/repo",
    ]
    assert not any(same_repository(other, ways[0]) for other in others)
    assert same_repository(f"file://{tmp_path}/x.git", f"{tmp_path}/x")
    assert [is_local(one) for one in (*ways[:4], "C:/x", "C:\\x", "../x", "a/b:c", "host:x")] == [False] * 4 + [
        True
    ] * 4 + [False]
    assert [is_over_ssh(one) for one in (*ways[:4], "git+ssh://h/x", "host:x")] == [
        False,
        False,
        True,
        True,
        True,
        True,
    ]


# Two at once


def test_somebody_else_comes_first(bare: Path) -> None:
    with target(bare) as to:
        publish(to, {"index.html": b"old"})
        with to.claim(None, 0):
            put(to, {"index.html": b"ours"})
            with target(bare, "theirs") as other:
                publish(other, {"index.html": b"theirs"}, manifest=b"2")
            [*to.place(["index.html"])]
            with pytest.raises(Overtaken) as claimed:
                commit(to, b"3")
        assert (
            claimed.value.problem.message
            == "Somebody else has changed branch pages meanwhile; nothing of yours is live."
        )
        assert live(bare) == {"index.html": b"theirs", HELD: b"2"}
        with to.claim(None, 0):
            assert to.read(HELD) == b"2", "it is seen from then on"
        publish(to, {"index.html": b"ours"}, manifest=b"3")
    assert live(bare) == {"index.html": b"ours", HELD: b"3"}
    assert git("rev-list", "--count", "pages", folder=bare).strip() == "3"


@pytest.mark.posix
def test_a_host_that_cannot_be_reached_for_a_while(bare: Path, calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked again, more often when it has answered before."""
    monkeypatch.setattr("sitegen.publish.targets.git.repository.PAUSES", (0.01,) * 7)
    wrapper = calls.parent / "bin" / "git"
    whole = wrapper.read_text("utf-8")

    def fail(command: str, times: int) -> None:
        left = calls.parent / "left"
        left.write_text("x" * times, "utf-8")
        test = f'[ -s {left} ] && truncate -s -1 {left} && echo "early EOF" >&2 && exit 1'
        takes = f'case " $* " in *" {command} "*) {test};; esac'
        wrapper.write_text(whole.replace("\n", f"\n{takes}\n", 1), "utf-8")
        calls.write_text("", "utf-8")

    with target(bare) as to:
        fail("ls-remote", 5)
        with pytest.raises(Unreachable):
            to.read(HELD)
        fail("ls-remote", 4)
        assert to.read(HELD) is None
        fail("push", 8)
        with pytest.raises(Unreachable):
            publish(to, {"index.html": b"x"})
        assert git("for-each-ref", folder=bare) == ""
        fail("push", 7)
        publish(to, {"index.html": b"x"})
    assert live(bare)["index.html"] == b"x"


@pytest.mark.parametrize("gone", [True, False])
def test_a_branch_that_has_gone_back_or_away_meanwhile(bare: Path, *, gone: bool) -> None:
    """A push without a lease would take it for its own past, or make it anew."""
    with target(bare) as to:
        publish(to, {"index.html": b"1"})
        publish(to, {"index.html": b"2"}, manifest=b"2")
        with to.claim(None, 0):
            git("update-ref", *(["-d", "refs/heads/pages"] if gone else ["refs/heads/pages", "pages~1"]), folder=bare)
            with pytest.raises(Overtaken):
                commit(to, b"3")
        publish(to, {"index.html": b"3"}, manifest=b"3")
    assert live(bare)["index.html"] == b"3"
    assert git("rev-list", "--count", "pages", folder=bare).strip() == ("1" if gone else "2")


def test_an_answer_that_was_lost(bare: Path) -> None:
    """The same push again finds its own commit there."""
    hook(bare, "post-receive", "kill -9 $PPID")
    with target(bare) as to, to.claim(None, 0):
        put(to, {"index.html": b"x", HELD: b"1"})
        [*to.place(["index.html"])]
        with pytest.raises(Unreachable):
            [*to.place([HELD])]
        (bare / "hooks" / "post-receive").unlink()
        [*to.place([HELD])]
    assert live(bare) == {"index.html": b"x", HELD: b"1"}
    assert git("rev-list", "--count", "pages", folder=bare).strip() == "1"


def test_one_publish_of_a_site_at_a_time_on_a_machine(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.publish.targets.git.target.PATIENCE", 0.2)
    with target(bare):
        with pytest.raises(Claimed) as claimed, target(bare):
            pass
        assert claimed.value.problem.message == "This site is being published from this machine already."
        with target(bare, "another site"):
            pass
    with target(bare):
        pass


# What is kept on this machine


@pytest.mark.parametrize("harm", ["deleted", "emptied", "objects", "torn", "flipped", "head", "ref"])
def test_what_is_kept_may_be_damaged(bare: Path, harm: str) -> None:
    files = {f"{number}.html": os.urandom(50) for number in range(200)}
    with target(bare) as to:
        publish(to, files)
    own = bare.parent / "own" / "sha1.git"
    packs = [*own.rglob("*.pack")]
    assert packs
    for pack in packs:
        pack.chmod(0o600)
    match harm:
        case "deleted":
            shutil.rmtree(own.parent)
        case "emptied":
            shutil.rmtree(own)
            own.mkdir()
        case "objects":
            shutil.rmtree(own / "objects")
        case "torn":
            for pack in packs:
                pack.write_bytes(pack.read_bytes()[:-3000])
        case "flipped":
            for pack in packs:
                pack.write_bytes(bytes(byte ^ 1 for byte in pack.read_bytes()))
        case "head":
            (own / "HEAD").write_bytes(b"\0")
        case "ref":
            (own / "refs" / "heads" / "seen").write_text("0" * 39, "utf-8")
    with target(bare) as to:
        assert to.read(HELD) == b"1"
        assert {path: to.read(path) for path in to.list()} == files
        publish(to, {"index.html": b"new"}, gone=tuple(files), manifest=b"2")
    assert live(bare) == {"index.html": b"new", HELD: b"2"}


def test_a_read_of_what_was_damaged_meanwhile(bare: Path) -> None:
    with target(bare) as to:
        publish(to, {"index.html": b"x"})
        to.list()
        shutil.rmtree(bare.parent / "own" / "sha1.git")
        assert to.read("index.html") == b"x"


def test_a_commit_on_what_was_damaged_meanwhile(bare: Path) -> None:
    with target(bare) as to:
        publish(to, {"index.html": b"x"})
        with to.claim(None, 0):
            shutil.rmtree(bare.parent / "own" / "sha1.git" / "objects")
            with pytest.raises(Refused) as refused:
                commit(to, b"2")
        assert refused.value.problem.message.startswith("Git fails on this machine: ")
        publish(to, {"index.html": b"y"}, manifest=b"2")
    assert live(bare) == {"index.html": b"y", HELD: b"2"}


def test_a_repository_with_longer_names(tmp_path: Path) -> None:
    git("init", "--quiet", "--bare", "--object-format=sha256", "host.git", folder=tmp_path)
    fill(tmp_path / "host.git", {"CNAME": b"example.org"})
    with target(tmp_path / "host.git") as to:
        publish(to, {"index.html": b"x"})
    assert live(tmp_path / "host.git") == {"CNAME": b"example.org", "index.html": b"x", HELD: b"1"}


# Whose environment it is


def test_a_hook_of_another_repository_may_publish(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has set what says which repository Git means."""
    work = fill(bare, {"index.html": b"", "CNAME": b"x"})
    git("init", "--quiet", "other", folder=bare.parent)
    other = bare.parent / "other"
    (other / "mine").write_text("not committed", "utf-8")
    git("add", "mine", folder=other)

    def state() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in other.rglob("*") if path.is_file()}

    before = state()
    for name, value in {
        "GIT_DIR": ".git", "GIT_WORK_TREE": ".", "GIT_INDEX_FILE": ".git/index", "GIT_PREFIX": "x/",
        "GIT_OBJECT_DIRECTORY": ".git/objects", "GIT_CONFIG_PARAMETERS": "'core.bare=false'", "GIT_TRACE": "1",
        "GIT_NAMESPACE": "elsewhere", "GIT_QUARANTINE_PATH": "/nowhere", "GIT_PUSH_OPTION_COUNT": "1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, str(other / value) if value[0] == "." else value)
    with target(bare) as to:
        publish(to, {"index.html": b"ours"})
    for name in [name for name in os.environ if name.startswith("GIT_") and name != "GIT_CONFIG_NOSYSTEM"]:
        monkeypatch.delenv(name)
    assert state() == before
    assert live(bare) == {"index.html": b"ours", "CNAME": b"x", HELD: b"1"}
    assert work.exists()


def test_what_is_set_for_this_user_is_not_in_the_way(bare: Path, home: Path) -> None:
    git("config", "core.hooksPath", "hooks", folder=bare)  # the host's own
    hooks = home / "hooks"
    hooks.mkdir()
    for name in ("pre-push", "reference-transaction", "pre-commit", "commit-msg", "post-update"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {shlex.quote(str(home))}/hook-ran\nexit 1\n", "utf-8")
        (hooks / name).chmod(0o755)
    (home / ".gitconfig").write_text(
        f"[core]\nhooksPath = {hooks}\nautocrlf = true\nattributesFile = {home}/attributes\n[commit]\ngpgSign = true\n"
        "[push]\ngpgSign = true\nfollowTags = true\n[gpg]\nprogram = false\n[submodule]\nrecurse = true\n"
        "[user]\nname = Trần Ế\nemail = tran@example.org\n[filter \"lfs\"]\nclean = false\nrequired = true\n"
        "[init]\ntemplateDir = /nowhere\n[safe]\nbareRepository = explicit\n[transfer]\nfsckObjects = true\n", "utf-8"
    )  # fmt: skip
    (home / "attributes").write_text("* text=auto eol=crlf filter=lfs\n", "utf-8")
    with target(bare) as to:
        publish(to, {"index.html": b"a\r\nb\n", "photo.jpg": b"\r\n\0"})
    assert not (home / "hook-ran").exists()
    (home / ".gitconfig").unlink()
    assert live(bare) == {"index.html": b"a\r\nb\n", "photo.jpg": b"\r\n\0", HELD: b"1"}
    assert git("log", "-1", "--format=%an %ae %G?", "pages", folder=bare) == "Trần Ế tran@example.org N\n"


def test_no_git(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(bare))
    with pytest.raises(Refused) as refused, target(bare):
        pass
    assert refused.value.problem.message == "There is no git command here."


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a line for each call of Git, its arguments and nothing else."""
    folder = tmp_path / "bin"
    folder.mkdir()
    log = tmp_path / "calls"
    real = shutil.which("git")
    (folder / "git").write_text(
        f'#!/bin/sh\nprintf "%s\\n" "$*" >> {shlex.quote(str(log))}\nexec {real} "$@"\n', "utf-8"
    )
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    log.touch()
    return log


def asked(log: Path) -> list[str]:
    """Commands that were called."""
    lines = [shlex.split(line) for line in log.read_text("utf-8").splitlines()]
    log.write_text("", "utf-8")
    return [next(word for word in line if not word.startswith("-") and "/" not in word) for line in lines]


@pytest.mark.posix
def test_calls_do_not_grow_with_the_site(bare: Path, calls: Path) -> None:
    """However many files: so many processes, and of those that ask the host, one where nothing is to be done."""
    files = {f"{number % 50}/{number}.html": b"%d" % number for number in range(10_000)}
    with target(bare) as to:
        to.read(HELD)
        asked(calls)
        publish(to, files)
    commands = ["fast-import", "fast-import", "var", "fast-import", "push", "update-ref", "gc"]
    assert asked(calls) == ["ls-remote", "symbolic-ref", *commands]
    with target(bare) as to:
        assert to.read(HELD) == b"1"
        assert len(to.list()) == 10_000
        assert to.read(HELD) == b"1"
    assert asked(calls) == ["ls-remote", "rev-parse", "ls-tree", "cat-file", "cat-file"]
    with target(bare) as to:
        publish(to, {"0/0.html": b"new"}, gone=("1/1.html",), manifest=b"2")
        assert "0/0.html" in to.list()
    assert asked(calls) == ["ls-remote", "rev-parse", "ls-tree", *commands]


@pytest.mark.posix
@pytest.mark.parametrize("command", ["init", "ls-tree", "fast-import", "gc", "update-ref"])
def test_git_fails_on_this_machine(bare: Path, calls: Path, command: str) -> None:
    wrapper = calls.parent / "bin" / "git"
    whole = wrapper.read_text("utf-8")
    with target(bare) as to:
        publish(to, {"index.html": b"x"})
        shutil.rmtree(bare.parent / "own" / "sha1.git")
        wrapper.write_text(
            whole.replace("\n", f'\ncase " $* " in *" {command} "*) echo "fatal: bad day" >&2; exit 1;; esac\n', 1),
            "utf-8",
        )
        if command in ("gc", "update-ref"):
            publish(to, {"index.html": b"y"}, manifest=b"2")
        else:
            with pytest.raises(Refused) as refused:
                publish(to, {"index.html": b"x" * 5_000_000})
            assert refused.value.problem.message == "Git fails on this machine: fatal: bad day."
        wrapper.write_text(whole, "utf-8")
        publish(to, {"index.html": b"z"}, manifest=b"3")
        assert not to.unlock()
    assert live(bare) == {"index.html": b"z", HELD: b"3"}


def test_a_disk_without_locks(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> None:
        raise OSError

    monkeypatch.setattr("sitegen.publish.targets.git.target.lock", refuse)
    with target(bare) as to:
        publish(to, {"index.html": b"x"})
    assert live(bare)["index.html"] == b"x"


# Whom hosts let in


def hook(bare: Path, name: str, script: str) -> None:
    (bare / "hooks").mkdir(exist_ok=True)
    (bare / "hooks" / name).write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    (bare / "hooks" / name).chmod(0o755)


@pytest.mark.posix
@pytest.mark.parametrize(
    ("said", "error", "message"),
    [
        ("GH006: Protected branch update failed.", Refused, "The host takes no commit on branch pages: {}."),
        ("GH001: Large files detected.\nFile a.mp4 is 312 MB", Refused, "The host does not take so large a file: {}."),
        ("GitLab: You are not allowed to push code.", Refused, "The host takes no commit on branch pages: {}."),
        ("fatal: write error: No space left on device", Full, "There is no room left on the host."),
        ("Bảo trì", Refused, "The host takes no commit on branch pages: {}."),
        ("\033[31mno\a", Refused, "The host takes no commit on branch pages: \\x1b[31mno\\x07."),
    ],
)
def test_a_host_that_refuses_a_push(bare: Path, said: str, error: type[TargetError], message: str) -> None:
    hook(bare, "pre-receive", f"printf '%s\\n' {shlex.quote(said)} >&2; exit 1")
    with target(bare) as to:
        with pytest.raises(error) as refused:
            publish(to, {"index.html": b"x"})
        assert refused.value.problem.message == message.format(said.splitlines()[0].removesuffix("."))
        assert refused.value.problem.hint
        assert git("for-each-ref", folder=bare) == ""
        (bare / "hooks" / "pre-receive").unlink()
        publish(to, {"index.html": b"x"})
    assert live(bare)["index.html"] == b"x"


SAID = {
    (Unreachable, "host-unreachable"): [
        "fatal: unable to access 'https://x/': Could not resolve host: x",
        "ssh: connect to host x port 22: Connection refused\nfatal: Could not read from remote repository.",
        "fatal: unable to access 'https://x/': The requested URL returned error: 503",
        "error: RPC failed; curl 92 HTTP/2 stream 0\nfatal: the remote end hung up unexpectedly",
    ],
    (Refused, "repository-closed"): [
        "git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.",
        "ERROR: Permission to o/r.git denied to u.\nfatal: Could not read from remote repository.",
        "remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://x/'",
        "fatal: could not read Username for 'https://x': terminal prompts disabled",
        "fatal: unable to access 'https://x/': The requested URL returned error: 403",
    ],
    (Refused, "no-repository"): [
        "ERROR: Repository not found.\nfatal: Could not read from remote repository.",
        "fatal: 'x' does not appear to be a git repository\nfatal: Could not read from remote repository.",
    ],
    (Refused, "certificate-refused"): [
        "fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate"
    ],
    (Overtaken, "branch-moved"): [
        "! refs/heads/pages [rejected] (stale info)",
        "remote: error: cannot lock ref 'refs/heads/pages'\n! [remote rejected] (failed to update ref)",
    ],
    (Full, "host-full"): ["remote: Your push has been rejected because this repository has exceeded its size quota"],
    (Refused, "host-refused"): ["fatal: bad day", ""],
}


@pytest.mark.parametrize(("error", "code", "said"), [(*key, said) for key, texts in SAID.items() for said in texts])
def test_what_hosts_say(error: type[TargetError], code: str, said: str) -> None:
    program = GitProgram(shutil.which("git") or "", "https://x/", GitAccess())
    found = refusal(GitFailed(said), program, "pages", Place("site.yaml", 2))
    assert (type(found), found.problem.code, found.problem.place) == (error, code, Place("site.yaml", 2))
    assert "{" not in f"{found.problem.message}{found.problem.hint}"


def test_no_host_and_no_repository(bare: Path, tmp_path: Path) -> None:
    for address, code in (
        (tmp_path / "nothing", "no-repository"),
        ("https://localhost:9/x", "host-unreachable"),
        ("ext::sh -c true", "host-refused"),
    ):
        with (
            GitTarget(str(address), "pages", tmp_path / "own", tmp_path, GitAccess()) as to,
            pytest.raises(TargetError) as error,
        ):
            to.read(HELD)
        assert error.value.problem.code == code


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("GIT_SSL_NO_VERIFY", "1")  # which counts for nothing
    return monkeypatch


@pytest.mark.posix
def test_a_token_opens_a_repository(bare: Path, tmp_path: Path, calls: Path, trusted: pytest.MonkeyPatch) -> None:
    with https_git(tmp_path, tmp_path / "run", password=SECRET) as host:
        address = f"{host.address}/host.git"
        git("config", "http.receivepack", "true", folder=bare)

        def to(token: str = "", address: str = address) -> GitTarget:
            access = GitAccess(token=Secret(token) if token else None)
            return GitTarget(address, "pages", tmp_path / "own", tmp_path, access)

        def refused(target: GitTarget) -> str:
            with target, pytest.raises(Refused) as error:
                target.read(HELD)
            assert SECRET not in f"{error.value!r} {error.value.problem!r} {target.__dict__}"
            return error.value.problem.code

        assert refused(to(SECRET)) == "certificate-refused"
        assert host.seen == [], "nothing was sent"
        trusted.setenv("GIT_SSL_CAINFO", str(host.certificate))
        assert refused(to()) == refused(to("wrong")) == "repository-closed"
        with to(SECRET) as target:
            publish(target, {"index.html": b"x" * 2_000_000})
            publish(target, {"more.html": os.urandom(2_000_000)}, manifest=b"2")
        assert len(live(bare)) == 3
        with https_git(tmp_path, tmp_path / "run-2", redirect=host.address) as elsewhere:
            (tmp_path / "both.pem").write_bytes(host.certificate.read_bytes() + elsewhere.certificate.read_bytes())
            trusted.setenv("GIT_SSL_CAINFO", str(tmp_path / "both.pem"))
            before = len(host.seen)
            assert refused(to(SECRET, f"{elsewhere.address}/host.git")) == "host-refused"
            assert host.seen[before:] == [], "no token goes where a host sends us on to"
    for path in [calls, *(path for path in (tmp_path / "own").rglob("*") if path.is_file())]:
        assert SECRET.encode() not in path.read_bytes()
        assert b"Basic" not in path.read_bytes()
    assert SECRET not in git("log", "-p", "pages", folder=bare)


def test_a_token_goes_to_its_address_alone() -> None:
    access = GitAccess(user="me", token=Secret(SECRET))
    for address in ("http://host/x.git", "ssh://host/x.git", "host:x.git", "/x.git"):
        assert not any("Authorization" in value for value in environment({}, address, access).values())
    settings = environment({"GIT_CONFIG_COUNT": "7", "PATH": "/bin"}, "https://host/x.git", access)
    names = [value for name, value in settings.items() if name.startswith("GIT_CONFIG_KEY")]
    assert "http.https://host/x.git.extraHeader" in names
    assert settings["GIT_CONFIG_COUNT"] == str(len(names))
    assert settings["GIT_TERMINAL_PROMPT"] == "0"


def test_who_is_asked_for_a_password() -> None:
    assert environment({}, "https://x", GitAccess())["GIT_TERMINAL_PROMPT"] == "0"
    assert environment({}, "https://x", GitAccess(may_ask=True))["GIT_TERMINAL_PROMPT"] == "1"
    assert "BatchMode=yes" in ssh_command("", GitAccess())
    assert "BatchMode" not in ssh_command("", GitAccess(may_ask=True))
    assert ssh_command("ssh -i 'my key'", GitAccess()).startswith("ssh -i 'my key' -o ")
    assert ssh_command("/usr/bin/plink -batch", GitAccess(host_key="SHA256:x")) == "/usr/bin/plink -batch"
    assert 'IdentityFile="/a b"' in ssh_command("", GitAccess(key_file="/a b"))


@pytest.mark.posix
def test_a_host_over_ssh(bare: Path, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sshd(tmp_path / "run", tmp_path, only_sftp=False) as server:
        address = f"ssh://{server.user}@127.0.0.1:{server.port}{bare}"
        monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -F none -o UserKnownHostsFile=known -o GlobalKnownHostsFile=none")

        def to(name: str = "own", address: str = address, host_key: str = "") -> GitTarget:
            access = GitAccess(key_file=str(server.key), host_key=host_key)
            return GitTarget(address, "pages", tmp_path / name, tmp_path, access)

        with to() as target, pytest.raises(UnknownHost) as unknown:
            target.read(HELD)
        assert (unknown.value.fingerprint, unknown.value.kind) == (server.fingerprint, "ED25519")
        assert unknown.value.problem.message == f"This host is new to you. Its key is {server.fingerprint} (ED25519)."
        with to(host_key="SHA256:" + "A" * 43) as target, pytest.raises(Refused) as changed:
            target.read(HELD)
        assert changed.value.problem.code == "changed-host-key"
        assert server.fingerprint in changed.value.problem.message
        assert "A" * 43 in changed.value.problem.message
        assert b"Accepted publickey" not in server.log.read_bytes(), "nobody logged in before the key was right"
        with to(host_key=server.fingerprint) as target:
            publish(target, {"index.html": b"x"})
        known = f"-o UserKnownHostsFile={server.known_hosts}"
        monkeypatch.setenv("GIT_SSH_COMMAND", f"ssh -F none {known} -o GlobalKnownHostsFile=none -p {server.port}")
        with to("scp", f"{server.user}@127.0.0.1:{bare}") as target:
            publish(target, {"index.html": b"y"}, manifest=b"2")
        assert live(bare) == {"index.html": b"y", HELD: b"2"}
        key = (tmp_path / "run" / "user.pub").read_text("utf-8").split()
        server.known_hosts.write_text(f"[127.0.0.1]:{server.port} {key[0]} {key[1]}\n", "utf-8")
        with to() as target, pytest.raises(Refused) as changed:
            target.read(HELD)
        assert changed.value.problem.code == "changed-host-key"
        monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -F none")
        with GitTarget(address, "pages", tmp_path / "own", tmp_path, GitAccess(host_key=server.fingerprint)) as target:
            with pytest.raises(Refused) as closed:
                target.read(HELD)
            assert closed.value.problem.code == "repository-closed"
    with to(host_key=server.fingerprint) as target, pytest.raises(Unreachable):
        target.read(HELD)
