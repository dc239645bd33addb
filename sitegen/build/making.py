"""Makes derived files: those that neither the output nor the store has, in batches that read their sources once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sitegen.artwork.drawings import Drawing, draw
from sitegen.artwork.share_cards import ShareCard
from sitegen.cache.file_state import Made
from sitegen.files import Source, digest, read_bytes
from sitegen.images.variants import Variant
from sitegen.problems import Checked, Place, Problem, problem
from sitegen.site.derived import Derived

from .options import Workers
from .output import Output, stage
from .parallel import carry_out
from .store import Store


class Bench(Struct, frozen=True):
    """Where what is made goes."""

    staging: Path
    store: Store


class Order(Struct, frozen=True):
    """Files of one kind, made from sources with the same contents; `locations`: where those of the first lie."""

    files: tuple[Derived, ...]
    locations: tuple[str, ...]


class Delivery(Struct, frozen=True):
    """What was staged, by path below the output."""

    made: Mapping[str, Made]
    problems: tuple[Problem, ...]


def make_missing(
    derived: Iterable[Derived], sources: Mapping[str, Source], output: Output, store: Store, workers: Workers,
    report: Callable[[int, int], None],
) -> Checked[dict[str, Made]]:  # fmt: skip
    """Stage the files that the output lacks: from the store, else made anew."""
    staged: dict[str, Made] = {}
    missing: dict[tuple[type, object], list[Derived]] = {}
    for file in derived:
        if output.holds(file.path):
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
    for has_letters, hands in ((False, workers), (True, replace(workers, cluster=None))):  # here the fonts are known
        orders = [_order(files, sources) for (kind, _), files in missing.items() if (kind is ShareCard) is has_letters]
        bench = Bench(output.staging, store) if orders else None
        for delivery in carry_out(fill_orders, bench, orders, hands, report, few=1, batch=1) if bench else ():
            staged |= delivery.made
            problems += delivery.problems
    return staged, tuple(problems)


def fill_orders(bench: Bench, orders: Sequence[Order]) -> list[Delivery]:
    """Make and stage files, and keep them in the store."""
    return [_fill(bench, order) for order in orders]


def make(files: Sequence[Derived], contents: Sequence[bytes]) -> Iterator[bytes]:
    """The bytes of each file, made from the contents of their sources. What makes them is imported here, and nowhere
    before: it is heavy, and few builds make anything."""
    recipes = [file.recipe for file in files]
    if cards := [recipe for recipe in recipes if isinstance(recipe, ShareCard)]:
        from sitegen.artwork import card_painter  # noqa: PLC0415

        return card_painter.paint(cards)
    from sitegen.images import codecs  # noqa: PLC0415

    return codecs.encode([recipe for recipe in recipes if isinstance(recipe, Variant)], contents[0])


def _order(files: Sequence[Derived], sources: Mapping[str, Source]) -> Order:
    return Order(tuple(files), tuple(sources[path].location for path, _ in files[0].reads))


def _fill(bench: Bench, order: Order) -> Delivery:
    contents: list[bytes] = []
    for (path, wanted), location in zip(order.files[0].reads, order.locations, strict=True):
        data = read_bytes(location, path)
        if isinstance(data, Problem):
            return Delivery({}, (data,))
        if digest(data) != wanted:
            return Delivery({}, (problem("changed-meanwhile", Place(path)),))
        contents.append(data)
    made: dict[str, Made] = {}
    paths: dict[str, list[str]] = {}
    for file in order.files:
        paths.setdefault(file.key, []).append(file.path)
    once = list({file.key: file for file in order.files}.values())
    for file, data in zip(once, make(once, contents), strict=True):
        bench.store.put(file.key, data)
        made |= {path: stage(bench.staging, path, data) for path in paths[file.key]}
    return Delivery(made, ())
