"""A branch of a Git repository, as hosts of pages serve it: each publish is one commit, there at once or not at all."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

from sitegen.files import SETTINGS
from sitegen.problems import Place, problem
from sitegen.publish.targets.target import HELD, STATE, Claimed, Facts, Refused, Upload
from sitegen.system.locks import InUse, lock

from .program import GitAccess, GitProgram, is_local, same_repository
from .repository import Repository

PATIENCE = 120.0
"""Seconds for another publish of this very site, on this machine, to end."""
PAGES = frozenset({"index.html", ".nojekyll", "CNAME", ".domains", "404.html"})
"""One of which stands at the root of a site that another tool has put on a branch."""
ABOUT = ("readme", "license", "licence", "copying", ".gitignore", ".gitattributes")
"""How the files begin that hosts put on a branch when it is made."""


class GitTarget:
    """A branch. Its lock is the branch itself: a push says what was there before, and is refused where that has changed
    (git-push(1), --force-with-lease)."""

    is_atomic = True
    lists_at_once = True

    def __init__(
        self, address: str, branch: str, folder: Path, site: Path, access: GitAccess, place: Place = Place(SETTINGS)
    ) -> None:
        """`folder`: for a repository of our own, which may be deleted at any time, and nothing else; `site`: from where
        a relative `address` is seen; `place`: where the target stands in site.yaml."""
        self._address = str((site / Path(address).expanduser()).resolve()) if is_local(address) else address
        self._branch, self._folder, self._site, self._access, self._place = branch, folder, site, access, place
        self._open = ExitStack()
        self._moment = 0
        self._staged: dict[str, str] = {}
        self._changes: dict[str, str] = {}

    def __enter__(self) -> Self:
        program = shutil.which("git")
        if program is None:
            raise Refused(problem("no-git", self._place))
        self._git = GitProgram(program, self._address, self._access)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._open.callback(self._hold())
        self._repository = Repository(self._git, self._folder, self._branch, self._place)
        self._is_seen = False
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def read(self, path: str) -> bytes | None:
        self._look(again=False)
        return self._repository.read(path)

    def list(self) -> Mapping[str, str]:
        self._look(again=False)
        files = self._repository.files.items()
        return {path: entry.name for path, entry in files if not path.startswith(f"{STATE}/")}

    @contextmanager
    def claim(self, facts: Facts | None, wait: float) -> Iterator[Facts]:
        """Nothing to wait for: who comes second is told so when the manifest is placed."""
        self._look(again=True)
        self._staged, self._changes, self._moment = {}, {}, int(time.time())
        yield Facts()

    def unlock(self) -> bool:
        """There never is any."""
        return False

    def put(self, uploads: Iterable[Upload]) -> Iterator[tuple[str, str]]:
        """Into our own repository: what a line has taken of a commit before it broke cannot be used again."""
        for path, blob in self._repository.add(uploads):
            self._staged[path] = blob
            yield path, blob

    def place(self, paths: Iterable[str], note: str = "") -> Iterator[str]:
        for path in paths:
            self._changes[path] = self._staged[path]
            if path == HELD:
                self._repository.publish(self._changes, note or "Publish", self._moment)
            yield path

    def remove(self, paths: Iterable[str]) -> Iterator[str]:
        for path in paths:
            self._changes[path] = ""
            yield path

    def _look(self, *, again: bool) -> None:
        """Ask the host for the branch, once unless it is to be done again."""
        if again or not self._is_seen:
            self._repository.look()
            self._require_pages()
            self._is_seen = True

    def _require_pages(self) -> None:
        """A branch on which sitegen has not published yet must have nothing of a source, which would be mixed with
        pages: nothing but a site, or what hosts put on a new branch."""
        files = self._repository.files
        if HELD in files:
            return
        code = ""
        if any(f"/{path}".endswith(f"/{SETTINGS}") for path in files) or self._is_source():
            code = "source-branch"
        elif files and not PAGES & files.keys() and not all(path.casefold().startswith(ABOUT) for path in files):
            code = "foreign-branch"
        if code:
            raise Refused(problem(code, self._place, branch=self._branch))

    def _is_source(self) -> bool:
        """Whether the site itself lies on this branch, or on one that holds what this one does."""

        def answer(*arguments: str) -> str:
            return self._git.answer(*arguments, folder=self._site)

        tip = self._repository.tip
        if tip and answer("merge-base", tip, "HEAD") == tip:
            return True
        if answer("symbolic-ref", "--short", "HEAD") != self._branch:
            return False
        remotes = answer("config", "--get-regexp", r"^remote\..*\.(push)?url$").splitlines()
        addresses = [answer("rev-parse", "--show-toplevel"), *(line.partition(" ")[2] for line in remotes)]
        return any(same_repository(self._address, address) for address in addresses)

    def _hold(self) -> Callable[[], None]:
        """Keep other publishes of this site on this machine away; what comes back lets them. Raises Claimed."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return lock(self._folder)
            except InUse:
                if time.monotonic() > end:
                    raise Claimed(problem("publishing-here", self._place)) from None
                time.sleep(0.1)
            except OSError:  # a disk without locks
                return lambda: None
