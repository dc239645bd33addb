"""Patterns of paths as .gitignore has them."""

from fnmatch import fnmatchcase

from msgspec import Struct


class Glob(Struct, frozen=True):
    """The names on the way to what it means, from where it counts; `folders`: folders alone."""

    names: tuple[str, ...]
    folders: bool

    def matches(self, path: str) -> bool:
        """Whether it means this path. In one pass, however many ** there are: `at` has all the places in the pattern
        that the path may have come to."""
        names = self.names
        at = self._ahead({0})
        for part in path.split("/"):
            steps = {i for i in at if i < len(names) and (names[i] == "**" or fnmatchcase(part, names[i]))}
            at = self._ahead({i if names[i] == "**" else i + 1 for i in steps})
        return len(names) in at

    def _ahead(self, at: set[int]) -> set[int]:
        """With the places behind each ** that need no folder."""
        for index, name in enumerate(self.names):
            if name == "**" and index in at:
                at.add(index + 1)
        return at


def read_glob(text: str, base: str) -> Glob:
    """One without / before its end is found in any folder; ** stands for any number of folders, * ? [a-z] for letters
    of a name; one with / at its end means folders. It counts from the folder `base`, with which it may begin."""
    path = text.rstrip("/")
    names = path.removeprefix("/").removeprefix(f"{base}/").split("/")
    return Glob((*names,) if "/" in path else ("**", *names), text.endswith("/"))
