"""What is known of a branch elsewhere, and the next commit on it: a repository of our own, with the last commit alone.

Nothing is checked out: files go from the output into it as they are, in one process however many, and from there to the
host. When it is damaged or has been deleted, it begins anew.
"""

import hashlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TypeVar, cast

from msgspec import Struct

from sitegen.problems import Place, problem
from sitegen.publish.targets.target import Refused, TargetError, Unreachable, Upload, pieces

from .program import GitFailed, GitProgram, quoted
from .refusals import is_kept_by_git, refusal

T = TypeVar("T")

SEEN, NEXT = "refs/heads/seen", "refs/heads/next"
"""In our own repository: the branch as it was when it was looked at, and what is to be pushed."""
FILE, MODULE = "100644", "160000"
"""Modes in a tree: of what we write, and of a commit of another repository, of which nothing is here."""
PAUSES: Sequence[float] = (1, 2, 4, 8, 16, 32, 64)
FIRST = 4
"""Seconds before a host is asked again, and how many such pauses one is worth that has never answered."""
NOBODY = "sitegen <sitegen@localhost.invalid>"
"""Who commits where Git has not been told who works here: no user and no machine by name."""


class Entry(Struct, frozen=True, gc=False):
    """A file of a tree; `name`: of its blob."""

    mode: str
    name: str


class Repository:
    """`tip`: the commit that the branch elsewhere had when it was looked at last, or nothing; `files`: its own."""

    def __init__(self, git: GitProgram, folder: Path, branch: str, place: Place) -> None:
        self._git, self._folder, self._branch, self._place = git, folder, f"refs/heads/{branch}", place
        self._own, self._hash = folder / "sha1.git", "sha1"
        self._was_there = False
        self.tip = ""
        self.files: Mapping[str, Entry] = {}

    def look(self) -> None:
        """Ask for the branch, and fetch what is not known of it. Raises TargetError."""
        told = self._asked("ls-remote", "--", self._git.address, self._branch, "HEAD")
        found = {name: commit for commit, _, name in (line.partition("\t") for line in told)}
        self._hash = "sha256" if any(len(name) == 64 for name in found.values()) else "sha1"
        self._own = self._folder / f"{self._hash}.git"
        self._mended(lambda: self._learn(found.get(self._branch, "")))

    def read(self, path: str) -> bytes | None:
        """A file of the branch. Raises TargetError."""
        entry = self.files.get(path)
        if entry is None or entry.mode == MODULE:
            return None
        return self._mended(lambda: self._run("cat-file", "blob", entry.name), again=lambda: self._learn(self.tip))

    def add(self, uploads: Iterable[Upload]) -> Iterator[tuple[str, str]]:
        """Take files: the path and the blob of each. Raises TargetError."""
        with self._git.start(*self._at, "fast-import", "--quiet", "--done", takes=True) as process:
            try:
                for upload in uploads:
                    yield upload.path, self._send(upload, process)
            except BrokenPipeError:
                pass  # it says why
            self._end(process, b"done\n")

    def publish(self, changes: Mapping[str, str], message: str, moment: int) -> None:
        """Commit and push: blobs by path, nothing for what is to go; the same again is the same commit. Raises
        TargetError: Claimed when the branch has changed since it was looked at."""
        name = self._commit(changes, message, moment)
        lease = f"--force-with-lease={self._branch}:{self.tip}"
        self._asked(
            *self._at, "push", "--porcelain", "--no-verify", lease, "--", self._git.address, f"{name}:{self._branch}"
        )
        entries = {path: Entry(FILE, blob) for path, blob in changes.items() if blob}
        self.files = {path: entry for path, entry in self.files.items() if path not in changes} | entries
        self.tip = name
        with suppress(GitFailed):  # next time it is fetched, then
            self._run("update-ref", SEEN, name)
            self._run("gc", "--auto", "--quiet")

    def _learn(self, tip: str) -> None:
        is_new = not (self._own / "HEAD").is_file()
        if is_new:
            self._git.run("init", "--quiet", "--bare", "--template=", f"--object-format={self._hash}", str(self._own))
        if tip and self._git.answer(*self._at, "rev-parse", SEEN) != tip:
            refs = f"+{self._branch}:{SEEN}"
            fetch = (*self._at, "fetch", "--quiet", "--depth=1", "--no-tags", "--", self._git.address, refs)
            self._asked(*fetch) if is_new else self._git.run(*fetch)  # which may fail for what is here
            tip = self._run("rev-parse", SEEN).decode("ascii").strip()
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", tip) if tip else b""
        self.tip, self.files = tip, dict(_entries(listed))

    def _commit(self, changes: Mapping[str, str], message: str, moment: int) -> str:
        said = message.encode("utf-8")
        lines = [
            f"commit {NEXT}\nmark :1\ncommitter {self._author()} {moment} +0000\ndata {len(said)}\n".encode() + said,
            *([f"from {self.tip}".encode()] if self.tip else []),
            *(b"D " + quoted(path) for path, blob in changes.items() if not blob),
            *(f"M {FILE} {blob} ".encode() + quoted(path) for path, blob in changes.items() if blob),
            b"\nget-mark :1\ndone\n",
        ]
        with self._git.start(*self._at, "fast-import", "--quiet", "--done", "--force", takes=True) as process:
            return self._end(process, b"\n".join(lines)).decode("ascii").strip()

    def _author(self) -> str:
        with suppress(GitFailed):
            return self._git.run("var", "GIT_COMMITTER_IDENT").decode("utf-8", "replace").rsplit(" ", 2)[0]
        return NOBODY

    def _send(self, upload: Upload, process: subprocess.Popen[bytes]) -> str:
        """Hand a file to `git fast-import`; the name of its blob."""
        if is_kept_by_git(upload.path):
            raise Refused(problem("kept-by-git", self._place, path=upload.path))
        blob = hashlib.new(self._hash, b"blob %d\0" % upload.size, usedforsecurity=False)
        stream = cast("IO[bytes]", process.stdin)
        stream.write(b"blob\ndata %d\n" % upload.size)
        for piece in pieces(upload):
            blob.update(piece)
            stream.write(piece)
        stream.write(b"\n")
        return blob.hexdigest()

    def _end(self, process: subprocess.Popen[bytes], last: bytes) -> bytes:
        """Hand over the last lines; what the process printed."""
        try:
            said, complaint = process.communicate(last)
        except BrokenPipeError:  # it has ended already
            said, complaint = process.communicate()
        if process.returncode:
            raise self._failure(GitFailed(complaint.decode("utf-8", "replace")))
        return said

    @property
    def _at(self) -> tuple[str, ...]:
        return ("--git-dir", str(self._own))

    def _run(self, *arguments: str) -> bytes:
        return self._git.run(*self._at, *arguments)

    def _asked(self, *arguments: str) -> list[str]:
        """The lines that a command prints which asks the host; again after a while where that could not be reached.
        Raises TargetError."""
        pauses = iter(PAUSES if self._was_there else PAUSES[:FIRST])
        while True:
            try:
                said = self._git.run(*arguments)
            except GitFailed as failed:
                error = refusal(failed, self._git, self._branch.removeprefix("refs/heads/"), self._place)
                pause = next(pauses, None)
                if pause is None or not isinstance(error, Unreachable):
                    raise error from None
                time.sleep(pause)
            else:
                self._was_there = True
                return said.decode("utf-8", "replace").splitlines()

    def _mended(self, do: Callable[[], T], again: Callable[[], object] = lambda: None) -> T:
        """What is done with our own repository, which begins anew when it fails."""
        try:
            return do()
        except GitFailed:
            shutil.rmtree(self._own, ignore_errors=True)
        try:
            again()
            return do()
        except GitFailed as failed:
            raise self._failure(failed) from None

    def _failure(self, failed: GitFailed) -> TargetError:
        shutil.rmtree(self._own, ignore_errors=True)
        return Refused(problem("git-failed", self._place, reason=failed.reason))


def _entries(listed: bytes) -> Iterator[tuple[str, Entry]]:
    """What `git ls-tree -r -z` prints."""
    for line in listed.split(b"\0")[:-1]:
        about, _, path = line.partition(b"\t")
        mode, _, name = about.decode("ascii").split(" ")
        yield path.decode("utf-8", "surrogateescape"), Entry(mode, name)
