"""Pictures and attachments as values: looked at anew only where they changed, and only if something refers to them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

import msgspec
from msgspec import Struct

from sitegen.cache.file_state import Facts, fact
from sitegen.files import Source, digest, read_bytes
from sitegen.images.metadata import without_private_data
from sitegen.images.svg import read_svg
from sitegen.images.variants import Picture, key_of
from sitegen.problems import Checked, Place, Problem, problem
from sitegen.site.document import Document, shown_and_offered
from sitegen.site.media import File
from sitegen.site.urls import file_path

from .options import Workers
from .parallel import carry_out
from .store import Store

LARGEST = 64_000_000
"""Bytes of a picture."""

HEAVY = 2_000_000
"""Bytes of a moving picture that make readers wait."""


class Inspected(Struct, frozen=True):
    """By path below content/, and the facts by path. What cannot be shown is left out."""

    files: Mapping[str, File]
    facts: dict[str, Facts]


class Look(Struct, frozen=True):
    """A file to look at: `shown` as a picture, or `offered` to load as it is, or both, or for its digest alone."""

    path: str
    location: str
    shown: bool
    offered: bool


class Looked(Struct, frozen=True):
    """What was seen; `published`: size and digest of what readers get of the file itself."""

    path: str
    digest: str = ""
    picture: Picture | None = None
    published: tuple[int, str] | None = None
    problems: tuple[Problem, ...] = ()


def inspect_files(
    sources: Mapping[str, Source], known: Mapping[str, Facts], documents: Iterable[Document], store: Store,
    workers: Workers, report: Callable[[int, int], None], started: int,
) -> Checked[Inspected]:  # fmt: skip
    """Look at the files beside the articles that are not known as well as `documents` need them."""
    found = {path: source for path, source in sources.items() if source.kind == "file"}
    shown, offered = shown_and_offered(documents if found else ())
    facts: dict[str, Facts] = {path: known[path] for path in found if path in known}
    problems: list[Problem] = []
    looks = []
    for path, source in found.items():
        name = path.removeprefix("content/")
        look = Look(path, source.location, name in shown, name in offered)
        if look.shown and source.size > LARGEST:
            words = {"found": f"{source.size // 1_000_000} MB", "limit": f"{LARGEST // 1_000_000} MB"}
            problems.append(problem("picture-too-large", Place(path), **words))
            facts.pop(path, None)
        elif not _suffices(facts.get(path), look):
            looks.append(look)
    for looked in _look_at_all(looks, store, workers, report):
        problems += looked.problems
        if looked.problems:
            facts.pop(looked.path, None)
        else:
            source = found[looked.path]
            facts[looked.path] = fact(source, looked.digest, started, looked.picture, looked.published)
    files = {path.removeprefix("content/"): _file(path, facts[path]) for path in found if path in facts}
    problems += [heavy for name in shown & files.keys() for heavy in _heavy(name, files[name])]
    return Inspected(files, facts), tuple(problems)


def _heavy(name: str, file: File) -> Iterator[Problem]:
    if file.picture and file.picture.kind == "moving" and file.size > HEAVY:
        yield problem("heavy-animation", Place(f"content/{name}"), size=f"{file.size / 1_000_000:.1f} MB")


def _suffices(facts: Facts | None, look: Look) -> bool:
    if facts is None:
        return False
    return not (look.shown and facts.picture is None) and not (look.offered and facts.published is None)


def _look_at_all(
    looks: Sequence[Look], store: Store, workers: Workers, report: Callable[[int, int], None]
) -> list[Looked]:
    """Pictures that must be decoded in the pool, all others here."""
    light: list[Look] = []
    heavy: list[Look] = []
    for look in looks:
        (heavy if look.shown and not _is_svg(look) else light).append(look)
    return [*look_batch(store, light), *carry_out(look_batch, store, heavy, workers, report, few=4, batch=2)]


def look_batch(store: Store, looks: Sequence[Look]) -> list[Looked]:
    """Read files and see what they are."""
    return [_look(look, store) for look in looks]


def _look(look: Look, store: Store) -> Looked:
    data = read_bytes(look.location, look.path)
    if isinstance(data, Problem):
        return Looked(look.path, problems=(data,))
    content = digest(data)
    picture: Picture | None = None
    if _is_svg(look):
        picture, problems = read_svg(data, look.path)
        if problems:
            return Looked(look.path, problems=problems)
    elif look.shown:
        seen = _seen(data, content, look.path, store)
        if isinstance(seen, Problem):
            return Looked(look.path, problems=(seen,))
        picture = seen
    if not look.offered and (picture is None or picture.kind == "still"):
        return Looked(look.path, content, picture)
    clean = without_private_data(data)
    if clean is None:
        return Looked(look.path, problems=(problem("broken-picture", Place(look.path)),))
    return Looked(look.path, content, picture, (len(clean), digest(clean)))


def _is_svg(look: Look) -> bool:
    return (look.shown or look.offered) and look.path.lower().endswith(".svg")


def _seen(data: bytes, content: str, path: str, store: Store) -> Picture | Problem:
    """What a picture looks like. That is in the store as well, for files that were moved, and for clean builds."""
    key = key_of(content)
    kept = store.get(key)
    if kept is not None:
        with suppress(msgspec.DecodeError):
            return msgspec.msgpack.decode(kept, type=Picture)
    from sitegen.images import codecs  # noqa: PLC0415 - Pillow is heavy, and most builds have no new picture

    seen = codecs.look(data, path)
    if isinstance(seen, Picture):
        store.put(key, msgspec.msgpack.encode(seen))
    return seen


def _file(path: str, facts: Facts) -> File:
    name = path.removeprefix("content/")
    size, published = facts.published or (facts.size, facts.digest)
    return File(file_path(name), size, published, facts.digest, facts.picture)
