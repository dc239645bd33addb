"""Makes derived files: those that neither the output nor the store has, in batches that read their sources once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from .derived import Derived
from .files import Source, digest, read_bytes
from .output import Made, Output, stage
from .problems import Checked, Place, Problem, problem
from .store import Store
from .work import Workers, carry_out


class Bench(Struct, frozen=True):
    """Where what is made goes."""

    staging: Path
    store: Store


class Order(Struct, frozen=True):
    """Files of one kind that are made from the same sources; `locations`: where those lie."""

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
    missing: dict[object, list[Derived]] = {}
    for file in derived:
        if output.holds(file.path):
            continue
        data = store.get(file.key)
        if data is None:
            missing.setdefault((type(file.recipe), file.reads or file.key), []).append(file)
        else:
            staged[file.path] = output.stage(file.path, data)
    orders = [_order(files, sources) for files in missing.values()]
    problems: list[Problem] = []
    if orders:
        bench = Bench(output.staging, store)
        for delivery in carry_out(fill_orders, bench, orders, workers, report, few=1, batch=1):
            staged |= delivery.made
            problems += delivery.problems
    return staged, tuple(problems)


def fill_orders(bench: Bench, orders: Sequence[Order]) -> list[Delivery]:
    """Make and stage files, and keep them in the store."""
    return [_fill(bench, order) for order in orders]


def make(files: Sequence[Derived], contents: Sequence[bytes]) -> Iterator[bytes]:
    """The bytes of each file, made from the contents of their sources. What makes them is imported here, and nowhere
    before: it is heavy, and few builds make anything."""
    from . import pixels  # noqa: PLC0415

    return pixels.encode([file.recipe for file in files], contents[0])


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
    for file, data in zip(order.files, make(order.files, contents), strict=True):
        bench.store.put(file.key, data)
        made[file.path] = stage(bench.staging, file.path, data)
    return Delivery(made, ())
