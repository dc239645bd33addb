"""A host as a dictionary, and small sites to publish there: pages are texts that name what they need."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple

from hypothesis import strategies as st
from msgspec import Struct

from sitegen.files import digest
from sitegen.publish.changes.held import Held, decode, encode
from sitegen.publish.changes.inventory import naming
from sitegen.publish.changes.plan import Plan, plan
from sitegen.publish.changes.waves import Wave
from sitegen.publish.release import Release, Served, is_fingerprinted, origin_digest, role_of
from sitegen.publish.targets.target import Facts

ADDRESS = "https://example.org/"


class Site(Struct, frozen=True):
    """Path → bytes of all that is published."""

    files: Mapping[str, bytes]
    rules: frozenset[str]
    origins: Mapping[str, str]

    @property
    def release(self) -> Release:
        files = {path: Served(digest(data), len(data)) for path, data in self.files.items()}
        promised = {path: origin_digest(origin) for path, origin in self.origins.items()}
        return Release("vjec", ADDRESS, files, promised, REDIRECTS & files.keys(), self.rules)


@cache
def needs(data: bytes) -> list[str]:
    """What a page, or what leads into a search index, cannot do without."""
    try:
        found = json.loads(data)
    except ValueError:
        return []
    return found["needs"] if isinstance(found, dict) else []


def named(stem: str, ending: str, text: str) -> str:
    """A path with a digest of the content in it."""
    return f"{stem}.{digest(text.encode())[:10]}{ending}"


PAGES = (
    "index.html",
    "vi/index.html",
    "vi/a/index.html",
    "vi/a/b/index.html",
    "en/index.html",
    "old.php",
    "old.php/index.html",
    "files/report.pdf/index.html",
)
FILES = ("files/report.pdf", "files/Foto.svg", "files/foto.svg", "logo.svg")
STYLES = ("assets/css/site", "pictures/a", "cards/vi/a")
REDIRECTS = frozenset(("old.php", "old.php/index.html", "files/report.pdf/index.html"))
VERSIONS = st.sampled_from("1234")


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """A site as a build could have made it: nothing is both a file and a folder, or differs in case alone."""
    assets = {
        named(stem, ".css", text): text.encode() for stem in STYLES for text in draw(st.sets(VERSIONS, max_size=2))
    }
    taken: set[str] = set()

    def fits(path: str) -> bool:
        name = path.casefold()
        free = not any(name == one or name.startswith(f"{one}/") or one.startswith(f"{name}/") for one in taken)
        taken.update({name} if free else ())
        return free

    names = draw(st.permutations(FILES).map(lambda paths: paths[: draw(st.integers(0, 3))]))
    attachments = {path: f"{path.casefold()} {draw(VERSIONS)}".encode() for path in names if fits(path)}
    parts = sorted(assets | attachments)
    pages: dict[str, bytes] = {}
    for path in draw(st.lists(st.sampled_from(PAGES), unique=True, max_size=6)):
        if fits(path):
            own = draw(st.lists(st.sampled_from(parts), unique=True, max_size=3)) if parts else []
            pages[path] = json.dumps({"text": draw(VERSIONS), "needs": own}).encode()
    if draw(st.booleans()):
        pages |= search(draw(VERSIONS), draw(VERSIONS))
    feeds = {
        path: draw(VERSIONS).encode()
        for path in draw(st.sets(st.sampled_from(["vi/feed.xml", "sitemap.xml", "robots.txt"])))
    }
    rules = {
        path: draw(VERSIONS).encode()
        for path in draw(st.sets(st.sampled_from([".htaccess", ".well-known/security.txt"])))
    }
    files = assets | attachments | pages | feeds | rules
    origins = {
        path: path for path in files if role_of(path, REDIRECTS, frozenset(rules)) in ("page", "attachment", "feed")
    }
    return Site(files, frozenset(rules), origins)


def search(text: str, code: str) -> dict[str, bytes]:
    """A search page, what it runs, and the index that this leads to."""
    folder = "vi/search/pagefind/"
    fragment = named(f"{folder}fragment/vi_{text}", ".pf_fragment", text)
    meta = named(f"{folder}pagefind.vi_{text}", ".pf_meta", text)
    entry, run = f"{folder}pagefind-entry.json", f"{folder}pagefind.js"
    return {
        fragment: text.encode(),
        meta: json.dumps({"needs": [fragment]}).encode(),
        entry: json.dumps({"needs": [meta]}).encode(),
        run: code.encode(),
        "vi/search/index.html": json.dumps({"needs": [run, entry]}).encode(),
    }


class File(NamedTuple):
    """`path`: as it is spelt there."""

    path: str
    data: bytes
    time: int

    @property
    def token(self) -> str:
        return f"{len(self.data)}-{self.time}"


class Host:
    """Files by what it makes of their names, each with the moment at which it came, by a clock of its own."""

    def __init__(self, facts: Facts = Facts(), *, ticks: bool = True) -> None:
        """`ticks`: whether its clock is fine enough to tell two files apart."""
        self.facts, self.name_of = facts, naming(facts)
        self.files: dict[str, File] = {}
        self.staged: dict[str, File] = {}
        self.held: bytes | None = None
        self._ticks, self._clock = ticks, 0

    def copy(self) -> "Host":
        other = Host(self.facts, ticks=self._ticks)
        other.files, other.staged, other.held, other._clock = {**self.files}, self.staged, self.held, self._clock
        return other

    def write(self, path: str, data: bytes) -> None:
        """What somebody does there, by other means."""
        self._clock += self._ticks
        self._set(File(path, data, self._clock))

    def fits(self, path: str) -> bool:
        """Whether no folder is where the file should be, and no file where its folder should be."""
        name = above = self.name_of(path)
        while above := above.rpartition("/")[0]:
            if above in self.files:
                return False
        return not any(one.startswith(f"{name}/") for one in self.files)

    def _set(self, file: File) -> None:
        assert self.fits(file.path), file.path
        name = self.name_of(file.path)
        self.files[name] = file._replace(path=self.files.get(name, file).path)

    def get(self, path: str) -> bytes | None:
        found = self.files.get(self.name_of(path))
        return found.data if found else None

    def list(self) -> dict[str, str]:
        return {file.path: file.token for file in self.files.values()}

    def put(self, files: Mapping[str, bytes]) -> dict[str, str]:
        self.staged = {}
        for path, data in files.items():
            self._clock += self._ticks
            self.staged[path] = File(path, data, self._clock)
        return {path: file.token for path, file in self.staged.items()}

    def place(self, path: str) -> None:
        self._set(self.staged[path])

    def remove(self, path: str) -> None:
        self.files.pop(self.name_of(path), None)


Step = tuple[str, Callable[[str], None]]


def read_held(host: Host) -> Held | None:
    found = decode(host.held) if host.held is not None else None
    return found if isinstance(found, Held) else None


def planned(host: Host, release: Release, moment: datetime, *, listed: bool = True) -> Plan:
    """With what the plan was unsure of read, as the loop does."""
    held = read_held(host)
    listing = host.list() if listed or held is None or held.coming else None
    found = plan(release, held, listing, moment, host.facts)
    seen = {path: digest(data) for path in found.unsure if (data := host.get(path)) is not None}
    return plan(release, held, listing, moment, host.facts, seen) if seen else found


def begin(host: Host, site: Site, found: Plan) -> dict[str, str]:
    """All is sent, and the manifest of both placed."""
    tokens = host.put({path: site.files[path] for path in found.uploads})
    host.held = encode(found.between(tokens))
    return tokens


def end(host: Host, found: Plan, tokens: Mapping[str, str]) -> None:
    host.held = encode(found.after(tokens))


def groups(host: Host, waves: Iterable[Wave]) -> Iterator[list[Step]]:
    """What may happen in any order; each group when the one before is done."""
    for wave in waves:
        yield [(path, host.remove) for path in wave.removes]
        yield [(path, host.place) for path in wave.places]


def carry_out(host: Host, site: Site, moment: datetime, *, listed: bool = True) -> Plan:
    """One publish, whole."""
    found = planned(host, site.release, moment, listed=listed)
    tokens = begin(host, site, found)
    for group in groups(host, found.waves):
        for path, act in group:
            act(path)
    end(host, found, tokens)
    return found


class Watch:
    """What must be so at every moment of a publish."""

    def __init__(self, host: Host, site: Site, found: Plan, *, tampered: bool = False) -> None:
        """`tampered`: others have been there, so that something may be lacking that nobody can help yet."""
        self.before = {name: file.data for name, file in host.files.items()}
        self.new = {host.name_of(path): data for path, data in site.files.items()}
        self.name_of = host.name_of
        self.excused = self._names(path for wave in found.waves if wave.places for path in wave.removes)
        wanted = (path for data in self.before.values() for path in needs(data)) if tampered else ()
        self.excused |= self._names(wanted) - self.before.keys()
        self.whole = {name for name in self.before if not self._lacks(self.before, name)}
        ours = self._names((*found.inventory.files, *found.inventory.kept))
        self.foreign = self.before.keys() - ours - self._names(found.in_the_way)
        self.always = (self.before.keys() & self.new.keys()) - self.excused

    def _names(self, paths: Iterable[str]) -> set[str]:
        return {*map(self.name_of, paths)}

    def _lacks(self, files: Mapping[str, bytes], name: str) -> set[str]:
        """What a page needs, and what that needs, and is not there."""
        lacking, wanted = set[str](), [name] if name.endswith((".html", ".php")) else []
        while wanted:
            name = wanted.pop()
            if name in files:
                wanted += map(self.name_of, needs(files[name]))
            else:
                lacking.add(name)
        return lacking

    def faults(self, host: Host) -> list[str]:
        files = {name: file.data for name, file in host.files.items()}
        found = [f"{name} does not answer" for name in self.always - files.keys()]
        found += [f"{name} was foreign" for name in self.foreign if files.get(name) != self.before[name]]
        for name, data in files.items():
            is_old, is_new = data == self.before.get(name), data == self.new.get(name)
            if not is_old and not is_new:
                found.append(f"{name} is of no release")
            if name in self.whole if is_old else is_new:
                found += [f"{name} lacks {other}" for other in self._lacks(files, name) - self.excused]
        return found


def leftovers(host: Host, site: Site) -> set[str]:
    """What lies there that is not of a release, nor kept for the sake of earlier ones."""
    others = host.files.keys() - {host.name_of(path) for path in site.files}
    return {name for name in others if not is_fingerprinted(name)}
