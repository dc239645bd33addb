"""Pictures, attachments and other files that are no pages: looked at where they changed, and only if something refers
to them; copied, or made from others, where neither the output nor the store has them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from sitegen.artwork.drawings import Drawing, draw
from sitegen.artwork.share_cards import ShareCard
from sitegen.cache.file_state import FileState, Made, state_of_file
from sitegen.cache.store import Store
from sitegen.config.file_types import is_page, is_xml
from sitegen.files import ROOT, Unread, digest, measure, read_bytes, read_pieces
from sitegen.images.metadata import is_raster, without_private_data
from sitegen.images.svg import read_svg
from sitegen.images.variants import Picture, Variant, key_of
from sitegen.problems import Checked, Place, Problem, SiteError, problem
from sitegen.site.document import Document, shown_and_offered
from sitegen.site.media import Derived, File, name_of_file, path_of_file
from sitegen.site.model import Site
from sitegen.site.urls import file_path
from sitegen.sources import Source

from .output import Output, stage
from .parallel import Batches, Work, carry_out
from .run import Run, Workers

LARGEST, HEAVY, GIGABYTE = 64_000_000, 2_000_000, 1_000_000_000
"""Bytes of a picture, and of a moving one that makes readers wait."""


class Inspected(Struct, frozen=True):
    """By name, and the states by path. What cannot be shown is left out."""

    files: Mapping[str, File]
    states: dict[str, FileState]


class Look(Struct, frozen=True):
    """A file to look at: `shown` as a picture, or `offered` to load as it is, or both, or for its digest alone; in so
    many `pieces` of a gigabyte."""

    path: str
    location: str
    pieces: int
    shown: bool
    offered: bool


class Looked(Struct, frozen=True):
    """What was seen; `published`: size and digest of what readers get of the file itself, which they may get to load
    even where it cannot be shown."""

    path: str
    digest: str = ""
    picture: Picture | None = None
    published: tuple[int, str] | None = None
    problems: tuple[Problem, ...] = ()


def inspect_files(run: Run, documents: Iterable[Document]) -> Inspected:
    """Look at the files beside the articles, and at the site's root, that are not known as well as `documents` need
    them."""
    found = {path: source for path, source in run.sources.items() if source.kind in ("file", "root")}
    shown, offered = shown_and_offered(documents if found else ())
    states: dict[str, FileState] = {path: run.known[path] for path in found if path in run.known}
    problems: list[Problem] = []
    looks = []
    for path, source in found.items():
        name = name_of_file(path)
        look = Look(path, source.location, 1 + source.size // GIGABYTE, name in shown, name in offered)
        if look.shown and source.size > LARGEST:
            words = {"found": f"{source.size // 1_000_000} MB", "limit": f"{LARGEST // 1_000_000} MB"}
            problems.append(problem("picture-too-large", Place(path), **words))
            look = replace(look, shown=False)
            if not look.offered:
                states.pop(path, None)
                continue
        if not _suffices(states.get(path), look):
            looks.append(look)
    for looked in _look_at_all(run, looks):
        problems += looked.problems
        if looked.problems and looked.published is None:
            states.pop(looked.path, None)
        else:
            source = found[looked.path]
            states[looked.path] = state_of_file(source, looked.digest, run.started, looked.picture, looked.published)
    files = {name_of_file(path): _file(path, states[path]) for path in found if path in states}
    problems += [heavy for name in shown & files.keys() for heavy in _heavy(name, files[name])]
    return run.log.take((Inspected(files, states), problems))


def _heavy(name: str, file: File) -> Iterator[Problem]:
    if file.picture and file.picture.kind == "moving" and file.size > HEAVY:
        yield problem("heavy-animation", Place(f"content/{name}"), size=f"{file.size / 1_000_000:.1f} MB")


def _suffices(state: FileState | None, look: Look) -> bool:
    if state is None:
        return False
    return not (look.shown and state.picture is None) and not (look.offered and state.published is None)


def _look_at_all(run: Run, looks: Sequence[Look]) -> list[Looked]:
    """Pictures that must be decoded in the pool, all others here."""
    light: list[Look] = []
    heavy: list[Look] = []
    for look in looks:
        (heavy if look.shown and not _is_svg(look) else light).append(look)
    workers, report = run.options.workers, run.progress("parse")
    seen = carry_out(LOOK, run.store, light, replace(workers, jobs=1, cluster=None), report)
    return [*seen, *carry_out(LOOK, run.store, heavy, workers, report, Batches(few=4, size=2))]


def look_at(store: Store, look: Look) -> Looked:
    """Read a file and see what it is."""
    plain = None if look.shown or _is_svg(look) or (look.offered and is_xml(look.path)) else _measured(look)
    if plain is not None:
        return plain
    data = read_bytes(look.location, look.path)
    if isinstance(data, Problem):
        return Looked(look.path, problems=(data,))
    if look.offered and is_xml(look.path) and is_page(data):
        return Looked(look.path, problems=(problem("page-in-disguise", Place(look.path)),))
    content = digest(data)
    picture: Picture | None = None
    wrong: tuple[Problem, ...] = ()
    if _is_svg(look):
        picture, problems = read_svg(data, look.path)
        if problems:
            return Looked(look.path, problems=problems)
    elif look.shown:
        seen = _seen(data, content, look.path, store)
        if isinstance(seen, Picture):
            picture = seen
        else:
            wrong = (seen,)
    if not look.offered and (picture is None or picture.kind == "still"):
        return Looked(look.path, content, picture, problems=wrong)
    clean = without_private_data(data)
    if clean is None:
        return Looked(look.path, problems=(*wrong, problem("broken-picture", Place(look.path))))
    return Looked(look.path, content, picture, (len(clean), digest(clean)), wrong)


def _not_seen(store: Store, look: Look, found: Problem) -> Looked:
    return Looked(look.path, problems=(found,))


LOOK = Work(look_at, attrgetter("path"), _not_seen, attrgetter("pieces"))


def _measured(look: Look) -> Looked | None:
    """A file as it is, however large; None where readers get a picture without what it says of its author."""
    pieces = read_pieces(look.location, look.path, pointers=not (look.offered or look.path.startswith(ROOT)))
    try:
        first = next(pieces, b"")
        if look.offered and is_raster(first):
            return None
        size, content = measure(chain((first,), pieces))
    except Unread as error:
        return Looked(look.path, problems=(error.problem,))
    return Looked(look.path, content, published=(size, content) if look.offered else None)


def _is_svg(look: Look) -> bool:
    return (look.shown or look.offered) and look.path.lower().endswith(".svg")


def _seen(data: bytes, content: str, path: str, store: Store) -> Picture | Problem:
    """What a picture looks like. That is in the store as well, for files that were moved, and for clean builds."""
    key = key_of(content)
    kept = store.load(key, Picture)
    if kept is not None:
        return kept
    from sitegen.images import codecs  # noqa: PLC0415 - Pillow is heavy, and most builds have no new picture

    seen = codecs.look(data, path)
    if isinstance(seen, Picture):
        store.save(key, seen)
    return seen


def _file(path: str, state: FileState) -> File:
    name = name_of_file(path)
    size, published = state.published or (state.size, state.digest)
    return File(name[1:] if name.startswith("/") else file_path(name), size, published, state.digest, state.picture)


class MakeContext(Struct, frozen=True):
    """Where what is made goes."""

    staging: Path
    store: Store


class Batch(Struct, frozen=True):
    """Files of one kind, made from sources with the same contents; `locations`: where those of the first lie."""

    files: tuple[Derived, ...]
    locations: tuple[str, ...]


class BatchResult(Struct, frozen=True):
    """What was staged, by path below the output."""

    made: Mapping[str, Made]
    problems: tuple[Problem, ...]


def make_files(run: Run, site: Site, drawn: Iterable[Derived]) -> dict[str, Made]:
    """Stage what the output lacks besides pages and search indexes. Raises SiteError where a source is not as it was
    read: it will be the next time, so nothing is left out for it."""
    copied, unread = _copies(run, site)
    derived, unmade = make_missing(
        {file.path: file for file in (*site.media.derived, *drawn)}.values(),
        run.sources, run.output, run.store, run.options.workers, run.progress("make"),
    )  # fmt: skip
    if unread or unmade:
        raise SiteError((*run.log.problems, *unread, *unmade))
    run.watch.lap("make")
    return copied | derived


def _copies(run: Run, site: Site) -> Checked[dict[str, Made]]:
    """The assets, pictures and attachments that the output lacks."""
    staged: dict[str, Made] = {}
    problems = []
    for asset in site.assets.values():
        if run.output.intact_digest(asset.path) != asset.digest:
            staged[asset.path] = run.output.stage(asset.path, asset.data)
    for name in site.media.copies:
        file, path = site.media.files[name], path_of_file(name)
        if run.output.intact_digest(file.path) != file.digest:
            try:
                made = staged[file.path] = run.output.copy(file.path, _published(run.sources[path].location, path))
            except Unread as error:
                problems.append(error.problem)
            else:
                problems += [problem("changed-meanwhile", Place(path))] if made.digest != file.digest else []
    return staged, tuple(problems)


def _published(location: str, path: str) -> Iterator[bytes]:
    """What readers get of a file, piece by piece. Raises Unread."""
    pieces = read_pieces(location, path)
    first = next(pieces, b"")
    if path.startswith(ROOT) or not is_raster(first):
        yield first
        yield from pieces
        return
    data = read_bytes(location, path)
    clean = data if isinstance(data, Problem) else without_private_data(data)
    if isinstance(clean, bytes):
        yield clean
    else:
        raise Unread(clean or problem("changed-meanwhile", Place(path)))


def make_missing(
    derived: Iterable[Derived], sources: Mapping[str, Source], output: Output, store: Store, workers: Workers,
    report: Callable[[int, int], None],
) -> Checked[dict[str, Made]]:  # fmt: skip
    """The derived files that the output lacks: from the store, else made anew."""
    staged: dict[str, Made] = {}
    missing: dict[tuple[type, object], list[Derived]] = {}
    for file in derived:
        if output.intact_digest(file.path):
            continue
        if isinstance(file.recipe, Drawing):  # as quickly made as found
            staged[file.path] = output.stage(file.path, draw(file.recipe).encode())
            continue
        data = store.get(file.key)
        if data is None:
            contents = tuple(digest for _, digest in file.reads)
            missing.setdefault((type(file.recipe), contents or file.key), []).append(file)
        else:
            staged[file.path] = output.stage(file.path, data)
    problems: list[Problem] = []
    pictures = [_batch(files, sources) for (kind, _), files in missing.items() if kind is not ShareCard]
    cards = [_batch(files, sources) for (kind, _), files in missing.items() if kind is ShareCard]
    cards.sort(key=lambda batch: cast(ShareCard, batch.files[0].recipe).ground)
    here = replace(workers, cluster=None)  # where the fonts are known
    for work in ((pictures, workers, report, Batches(few=1, size=1)), (cards, here, report, Batches(size=16))):
        for result in carry_out(MAKE, MakeContext(output.staging, store), *work) if work[0] else ():
            staged |= result.made
            problems += result.problems
    return staged, tuple(problems)


def make(files: Sequence[Derived], contents: Sequence[bytes]) -> Iterator[bytes]:
    """The bytes of each file, made from the contents of their sources. What makes them is imported here, and nowhere
    before: it is heavy, and few builds make anything."""
    recipes = [file.recipe for file in files]
    if cards := [recipe for recipe in recipes if isinstance(recipe, ShareCard)]:
        from sitegen.artwork import card_painter  # noqa: PLC0415

        return card_painter.paint(cards)
    from sitegen.images import codecs  # noqa: PLC0415

    return codecs.encode([recipe for recipe in recipes if isinstance(recipe, Variant)], contents[0])


def _batch(files: Sequence[Derived], sources: Mapping[str, Source]) -> Batch:
    return Batch(tuple(files), tuple(sources[path].location for path, _ in files[0].reads))


def make_batch(context: MakeContext, batch: Batch) -> BatchResult:
    """Make and stage files, and keep them in the store."""
    contents: list[bytes] = []
    for (path, wanted), location in zip(batch.files[0].reads, batch.locations, strict=True):
        data = read_bytes(location, path)
        if isinstance(data, Problem):
            return BatchResult({}, (data,))
        if digest(data) != wanted:
            return BatchResult({}, (problem("changed-meanwhile", Place(path)),))
        contents.append(data)
    made: dict[str, Made] = {}
    paths: dict[str, list[str]] = {}
    for file in batch.files:
        paths.setdefault(file.key, []).append(file.path)
    once = list({file.key: file for file in batch.files}.values())
    for file, data in zip(once, make(once, contents), strict=True):
        context.store.put(file.key, data)
        made |= {path: stage(context.staging, path, data) for path in paths[file.key]}
    return BatchResult(made, ())


def _source_of(batch: Batch) -> str:
    """Share cards are made from no file; what shows one is not known here."""
    file = batch.files[0]
    return next((path for path, _ in file.reads), file.path)


def _not_made(context: MakeContext, batch: Batch, found: Problem) -> BatchResult:
    return BatchResult({}, (found,))


def _encodings(batch: Batch) -> int:
    """A tall picture in all its sizes may honestly take a slow machine minutes."""
    return len(batch.files)


MAKE = Work(make_batch, _source_of, _not_made, _encodings)
