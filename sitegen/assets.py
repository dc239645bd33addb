"""Styles, icons and other files of the design: each gets a name with its fingerprint, so that hosts may cache it
for ever, and style sheets find each other under those names."""

import re
from collections.abc import Mapping
from posixpath import dirname, splitext

from msgspec import Struct

from .files import digest, join
from .problems import Checked, Place, Problem, nearest, problem


class Asset(Struct, frozen=True):
    """`name` below assets/, as layouts call it; `path`: address below the root; `digest`: of `data`, as written."""

    name: str
    path: str
    data: bytes
    digest: str


def read_assets(contents: Mapping[str, bytes]) -> Checked[dict[str, Asset]]:
    """Fingerprint all assets, given as path → content with paths like assets/css/site.css."""
    reader = _Reader({path.removeprefix("assets/"): data for path, data in contents.items()})
    for name in reader.contents:
        reader.asset(name, ())
    return dict(sorted(reader.made.items())), tuple(reader.problems)


_REFERENCE = re.compile(r"""(?P<before>url\(\s*["']?|@import\s+["'])(?P<target>[^"')\s]+)""")
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|#|/")


class _Reader:
    """Fingerprints depth first: a style sheet's name depends on the names of what it refers to."""

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self.contents = contents
        self.made: dict[str, Asset] = {}
        self.problems: list[Problem] = []

    def asset(self, name: str, above: tuple[str, ...]) -> Asset:
        if name not in self.made:
            data = self.contents[name]
            if name.endswith(".css"):
                data = self._style_sheet(name, data, (*above, name))
            stem, suffix = splitext(name)
            fingerprint = digest(data)
            self.made[name] = Asset(name, f"assets/{stem}.{fingerprint[:10]}{suffix}", data, fingerprint)
        return self.made[name]

    def _style_sheet(self, name: str, data: bytes, above: tuple[str, ...]) -> bytes:
        text = data.decode("utf-8", "replace")

        def fingerprinted(match: re.Match[str]) -> str:
            target, mark, rest = match["target"], "", ""
            if _ELSEWHERE.match(target):
                return match[0]
            for separator in "?#":
                if separator in target:
                    target, mark, rest = target.partition(separator)
                    break
            resolved = join(dirname(name), target)
            place = Place(
                f"assets/{name}", text.count("\n", 0, match.start()) + 1, _column(text, match.start("target"))
            )
            if resolved in above:
                self.problems.append(problem("asset-cycle", place, target=target))
                return match[0]
            if resolved is None or resolved not in self.contents:
                self.problems.append(missing_asset(target, place, self.contents))
                return match[0]
            path = self.asset(resolved, above).path
            up = "../" * (name.count("/"))
            return match["before"] + up + path.removeprefix("assets/") + mark + rest

        return _REFERENCE.sub(fingerprinted, text).encode()


def missing_asset(name: str, place: Place, known: Mapping[str, object]) -> Problem:
    return problem("missing-asset", place, value=name, nearest=nearest(name, known))


def _column(text: str, index: int) -> int:
    return index - (text.rfind("\n", 0, index) + 1) + 1
