"""Pictures and attachments: what of them is published, as it is or in variants.

An attachment is written once for all languages, under /files/ and its path below content/, and only if something
published refers to it; so are SVG and pictures that move. Of other pictures only variants are published, under
/pictures/, with a digest in their names: hosts may cache them for ever. What lies in the folder of an article waits
with that article, whatever refers to it. What lies in assets/root/ is published as it is, at the site's root.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from posixpath import splitext

from msgspec import Struct

from sitegen.artwork.drawings import Drawing
from sitegen.artwork.share_cards import ShareCard
from sitegen.config.file_types import refusal
from sitegen.config.pictures import PictureSettings
from sitegen.files import ROOT
from sitegen.images.variants import Picture, Variant, key_of_variants, path_of, variants
from sitegen.problems import Known

from .document import Document, shown_and_offered
from .edition import Edition
from .front_matter import Moments, State


def name_of_file(path: str) -> str:
    """What the file at `path` goes by: its path below content/, or below assets/root/ with / before it."""
    return f"/{path.removeprefix(ROOT)}" if path.startswith(ROOT) else path.removeprefix("content/")


def path_of_file(name: str) -> str:
    """The path of the file that goes by this name."""
    return f"{ROOT}{name[1:]}" if name.startswith("/") else f"content/{name}"


Recipe = Variant | Drawing | ShareCard
"""How a file is made, as plain data: a union of tagged structs. The makers are in build/picture_files."""


class Derived(Struct, frozen=True, gc=False):
    """`key`: a digest of all that the bytes depend on: recipe, sources, the maker's version. `path`: below the output,
    with so much of the key in it that a file which lies there is the right one. `reads`: path and digest of the sources
    that it is made from."""

    path: str
    key: str
    recipe: Recipe
    reads: tuple[tuple[str, str], ...] = ()


class File(Struct, frozen=True, gc=False):
    """A picture or attachment. `path`: its address below the root, if it is published as it is, with `size` and
    `digest`; `source`: digest of the file itself; `picture`: what is known of it as one."""

    path: str
    size: int
    digest: str
    source: str
    picture: Picture | None


class Media(Struct, frozen=True):
    """`files`: what published documents refer to, and all of assets/root/, by name (`name_of_file`); `copies`: which of
    them are published as they are; `derived`: variants of pictures, to be made."""

    files: Mapping[str, File]
    copies: tuple[str, ...]
    derived: tuple[Derived, ...]

    @property
    def paths(self) -> set[str]:
        """All addresses, below the root."""
        return {self.files[name].path for name in self.copies} | {made.path for made in self.derived}


def file_states(
    documents: Iterable[Document], edition: Edition, present: Iterable[str], moments: Moments
) -> dict[str, State]:
    """Whether readers may have the files that there are, by path below content/: of what lies in the folder of an
    article of which no text is out, why not."""
    closed: dict[str, State] = {}
    opened: set[str] = set()
    for document in documents:
        folder, _, name = document.path.removeprefix("content/").rpartition("/")
        state = edition.hidden.get(document.path, "published")
        if state == "broken" and not document.unread.intersection(("draft", "date", "publish", "expires")):
            state = document.times.state(moments)
        if state == "published":
            opened.add(folder)
        elif document.role != "section" and name.startswith("index."):
            closed[folder] = "expired" if "expired" in (state, closed.get(folder)) else state
    for folder in opened:
        closed[folder] = "published"
    return {path: _nearest(path, closed) if len(closed) > len(opened) else "published" for path in present}


def _nearest(path: str, closed: Mapping[str, State]) -> State:
    """What is said of the nearest folder above a file of which something is said."""
    while path := path.rpartition("/")[0]:
        if path in closed:
            return closed[path]
    return "published"


def published(
    documents: Iterable[Document],
    edition: Edition,
    files: Mapping[str, File],
    states: Mapping[str, State],
    types: Collection[str],
    pictures: PictureSettings,
) -> Media:
    """What the documents that are out show and offer, as far as readers may have it; `types`: more than the usual."""
    out = (document for document in documents if document.path not in edition.hidden) if files else ()
    shown, offered = shown_and_offered(out)
    may_be_shown = {name for name in shown if name in files and files[name].picture is not None}
    wanted = {
        name: files[name]
        for name in sorted(may_be_shown | offered)
        if name in files and states.get(name) == "published" and refusal(name, types) is None
    }
    wanted |= {name: file for name, file in files.items() if name.startswith("/")}
    return Media(
        files=wanted,
        copies=tuple(name for name, file in wanted.items() if name in offered or not is_replaced(file)),
        derived=tuple(
            made for name, file in wanted.items() if name in shown for made in variants_of(name, file, pictures)
        ),
    )


def is_replaced(file: File) -> bool:
    """Whether readers who are shown a picture get its variants only."""
    return file.picture is not None and file.picture.kind == "still"


def variants_of(name: str, file: File, settings: PictureSettings) -> Iterator[Derived]:
    """All that is made of the picture at `name` below content/."""
    key, reads = key_of_variants(file.source, settings), ((f"content/{name}", file.source),)
    for variant in variants(file.picture, settings) if file.picture else ():
        yield Derived(path_of(name, key, variant), f"{key}-{variant.width}.{variant.form}", variant, reads)


_PICTURES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".gif", ".svg", ".avif"))


class NearFiles:
    """Files that were probably meant: a picture for a picture, of the same name before all others."""

    def __init__(self, paths: Iterable[str]) -> None:
        alike: dict[bool, list[str]] = {True: [], False: []}
        self._named: dict[tuple[bool, str], list[str]] = defaultdict(list)
        for path in paths:
            alike[_is_picture(path)].append(path)
            self._named[_is_picture(path), _name(path)].append(path)
        self._alike = {kind: Known(found) for kind, found in alike.items()}
        self._known: dict[tuple[bool, str], Known] = {}

    def find(self, path: str) -> str | None:
        key = _is_picture(path), _name(path)
        if named := self._named.get(key):
            if key not in self._known:
                self._known[key] = Known(named)
            return self._known[key].nearest(path) or named[0]
        return self._alike[key[0]].nearest(path)


def _is_picture(path: str) -> bool:
    return suffix(path) in _PICTURES


def _name(path: str) -> str:
    return path.rpartition("/")[2].casefold()


def suffix(path: str) -> str:
    """What the name of a file ends with, in lower case."""
    return splitext(path)[1].lower()
