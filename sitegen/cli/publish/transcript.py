"""A plan and what came of it: in lines for people, as one JSON object for programs."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, get_args

from rich.cells import cell_len, set_cell_size

from sitegen.cli.report import problem_objects
from sitegen.i18n.messages import Words
from sitegen.problems import Problem, errors, printable
from sitegen.publish.changes.guards import Verdict
from sitegen.publish.changes.plan import Plan
from sitegen.publish.changes.waves import Kind
from sitegen.publish.destination import Destination
from sitegen.publish.publication import Publication
from sitegen.publish.release import Role, address_of

FEW = 3
"""Addresses of one kind of change that are shown where not every one is."""
NOTED: tuple[Role, ...] = ("page", "attachment")
"""What readers may notice."""
SHORT = 20
"""So many files are told in one line."""
STEPS: tuple[tuple[Kind, ...], ...] = (
    ("needed", "in place", "search", "files"),
    ("new pages", "pages", "pages in place"),
    ("feeds",),
    ("first rules", "rules"),
)
"""Waves that are told together, since readers make no difference."""


def headline(destination: Destination) -> str:
    return f"{destination.name} · {destination.settings.to}"


def plan_lines(
    destination: Destination, planned: Plan, verdict: Verdict, words: Words, *, every: bool
) -> Iterator[str]:
    """What would be done; `every`: with all paths."""
    yield from _foreign_lines(planned, words, every=every)
    if planned.held is None:
        yield from (
            "",
            words.say("First publish · {files}, {size}", files=_files(planned.new, words), size=_size(planned.size)),
        )
        yield "    " + " · ".join(_roles(planned, planned.new, words))
        if not every:
            return
    else:
        before = planned.held.number
        now = words.say("release {before} → {number}", before=before, number=planned.number)
        if planned.held.coming is not None:
            now = words.say("release {number}, which was cut off", number=planned.number)
        elif planned.number == before:
            now = words.say("release {number}: what no page needs any more is cleared away", number=before)
        yield f"{destination.name} · {now}"
    rows = [*(_every_row(planned, verdict, words) if every else _rows(planned, verdict, words))]
    widths = [max((cell_len(row[column]) for row in rows), default=0) for column in range(3)]
    for row in rows:
        cells = (set_cell_size(cell, width) for cell, width in zip(row, widths, strict=False))
        yield f"    {'   '.join((*cells, row[3]))}".rstrip()


def _foreign_lines(planned: Plan, words: Words, *, every: bool) -> Iterator[str]:
    rows = [
        *((path, words.say("altered there; would be replaced")) for path in planned.altered),
        *((path, words.say("taken away there; comes again")) for path in planned.missing),
        *((path, words.say("not written by sitegen; would be replaced")) for path in planned.in_the_way),
        *(
            (path, words.say("not written by sitegen; stays"))
            for path in (planned.foreign if every else planned.untold)
        ),
    ]
    if not rows:
        return
    shown = [(printable(path), said) for path, said in (rows if every else rows[:SHORT])]
    yield ""
    yield words.count(
        "On the host is {n} file that sitegen did not leave so:",
        "On the host are {n} files that sitegen did not leave so:",
        len(rows),
    )
    width = max(cell_len(path) for path, _ in shown)
    yield from (f"    {set_cell_size(path, width)}   {said}" for path, said in shown)
    if len(shown) < len(rows):
        yield f"    {words.say('… and {n} more: sitegen publish --dry-run shows every one.', n=len(rows) - len(shown))}"


Row = tuple[str, str, str, str]
"""What happens, to what, how large it is, and where."""


def _rows(planned: Plan, verdict: Verdict, words: Words) -> Iterator[Row]:
    """What readers may notice, and all else in one row."""
    moved = {path for pair in planned.moved for path in pair}
    groups = (
        (words.say("new"), planned.new),
        (words.say("changed"), planned.changed),
        (words.say("removed"), planned.removed),
    )
    for name, paths in groups:
        for role, of_role in planned.by_role(path for path in paths if path not in moved).items():
            if role in NOTED:
                yield name, _counted(role, len(of_role), words), _size_of(planned, of_role), _addresses(of_role, words)
    yield from _moved(planned, words, planned.moved[:FEW])
    others = [path for path in planned.uploads if planned.role(path) not in NOTED]
    if others:
        yield words.say("also"), " · ".join(_roles(planned, others, words)), _size_of(planned, others), ""
    yield from _lost(verdict, words)


def _every_row(planned: Plan, verdict: Verdict, words: Words) -> Iterator[Row]:
    """Every path."""
    groups = (
        (words.say("new"), planned.new),
        (words.say("changed"), planned.changed),
        (words.say("removed"), planned.removed),
        (words.say("kept for earlier pages"), planned.superseded),
        (words.say("adopted"), planned.adopted),
    )
    for name, paths in groups:
        yield from ((name, path, _size_of(planned, [path]), "") for path in paths)
    yield from _moved(planned, words, planned.moved)
    yield from ((words.say("vanished"), address, "", "") for address in verdict.lost)
    yield from ((words.say("given up"), address, "", "") for address in verdict.given_up)


def _moved(planned: Plan, words: Words, pairs: Iterable[tuple[str, str]]) -> Iterator[Row]:
    yield from ((words.say("moved"), address_of(old), "", f"→ {address_of(new)}") for old, new in pairs)


def _lost(verdict: Verdict, words: Words) -> Iterator[Row]:
    for name, addresses in ((words.say("vanished"), verdict.lost), (words.say("given up"), verdict.given_up)):
        if addresses:
            yield name, words.count("{n} address", "{n} addresses", len(addresses)), "", _few(addresses, words)


def _size_of(planned: Plan, paths: Iterable[str]) -> str:
    """Of what is sent."""
    size = sum(planned.release.files[path].size for path in paths if path in planned.release.files)
    return _size(size) if size else ""


def outcome(done: Publication | None, problems: Collection[Problem], seconds: float, words: Words) -> Iterator[str]:
    """How it ended."""
    wrong = words.count("{n} problem", "{n} problems", len(errors(problems)))
    if done is None:
        yield f"{wrong}{words.say('; nothing was published.')}" if problems else words.say("Nothing was published.")
        return
    for path in done.artifact.beside:
        yield words.say("New for whoever keeps the server, who includes it there: {path}", path=path)
    name, planned, took = done.destination.name, done.plan, words.say("{seconds} s", seconds=f"{seconds:.1f}")
    if done.state == "unchanged" and planned is not None:
        same = words.say("release {number} is what you have. Nothing to publish", number=planned.number)
        yield f"{name} · {same} · {took}"
    elif done.state == "planned":
        yield words.say("Nothing was done: this was a trial run.")
    elif done.state == "refused":
        yield f"{wrong}{words.say('; the live site is as it was.')}"
    elif done.state == "cut":
        yield from _cut_lines(done, words)
    elif done.delivery is not None and planned is not None:
        yield from _step_lines(done, words)
        said = words.say("{address} is release {number}", address=planned.release.address, number=planned.number)
        yield f"{said} · {took}"


def _cut_lines(done: Publication, words: Words) -> Iterator[str]:
    delivery = done.delivery
    if delivery is None:
        yield words.say("Nothing had been sent; the live site is as it was.")
        return
    total = sum(1 for _ in delivery.plan.uploads)
    if delivery.has_begun:
        yield words.say("Cut off between two releases: the live site is whole. Publish again: it goes on from here.")
        return
    yield words.say(
        "Cut off: {sent} of {total} files are sent; the live site is as it was. Publish again: it goes on from here.",
        sent=delivery.sent, total=total,
    )  # fmt: skip


def _step_lines(done: Publication, words: Words) -> Iterator[str]:
    delivery = done.delivery
    assert delivery is not None, "published"
    steps = []
    names = (words.say("what pages need"), words.say("pages"), words.say("feeds, search"), words.say("for the host"))
    for name, kinds in zip(names, STEPS, strict=True):
        paths = [path for wave in delivery.plan.waves if wave.kind in kinds for path in wave.places]
        if paths:
            size = sum(delivery.plan.release.files[path].size for path in paths)
            seconds = sum(delivery.seconds[kind] for kind in kinds)
            steps.append((name, paths, size, seconds))
    if delivery.sent <= SHORT:
        parts = [f"{name} {len(paths)}" for name, paths, _, _ in steps]
        parts += [words.say("read back: {found}", found=found)] if (found := _read_back(done, words)) else []
        yield "  " + " ".join(f"✓ {part} ·" for part in parts).rstrip("·")
        return
    width = max((cell_len(name) for name, *_ in steps), default=0)
    for name, paths, size, seconds in steps:
        files, took = _files(paths, words), words.say("{seconds} s", seconds=f"{seconds:.0f}")
        yield f"  ✓ {set_cell_size(name, width)}   {files:>10}   {_size(size):>8}   {took:>6}"
    if found := _read_back(done, words):
        yield f"  ✓ {words.say('read back: {found}', found=found)}"


def _read_back(done: Publication, words: Words) -> str:
    """What was right of what was read back."""
    if done.readback is None or not done.readback.is_reached:
        return ""
    counts = done.readback.counts
    pages = words.count("{n} page", "{n} pages", counts.get("page", 0))
    parts = [pages]
    if counts.get("language"):
        parts = [
            words.say(
                "{pages} in {languages}",
                pages=pages,
                languages=words.count("{n} language", "{n} languages", counts["language"]),
            )
        ]
    if counts.get("asset"):
        parts.append(words.count("{n} asset", "{n} assets", counts["asset"]))
    if counts.get("missing"):
        parts.append(words.say("404 pages"))
    if counts.get("redirect"):
        parts.append(words.count("{n} redirect", "{n} redirects", counts["redirect"]))
    if counts.get("headers"):
        parts.append(words.say("headers"))
    return " · ".join(parts)


def publication_object(
    done: Publication | None, problems: Iterable[Problem], seconds: float, words: Words
) -> dict[str, Any]:
    """What `publish --json` prints."""
    planned = done.plan if done else None
    delivery = done.delivery if done else None
    verdict = done.verdict if done else None
    held = planned.held if planned else None
    return {
        "target": done.destination.name if done else None,
        "state": done.state if done else "refused",
        "release": planned.number if planned else None,
        "previous": held.number if held else None,
        "new": [*planned.new] if planned else [],
        "changed": [*planned.changed] if planned else [],
        "moved": [[address_of(old), address_of(new)] for old, new in planned.moved] if planned else [],
        "gone": [*planned.removed] if planned else [],
        "kept": [*planned.superseded] if planned else [],
        "vanished": [*verdict.lost] if verdict else [],
        "given_up": [*verdict.given_up] if verdict else [],
        "altered": [*planned.altered] if planned else [],
        "foreign": [*planned.in_the_way, *planned.foreign] if planned else [],
        "uploaded": delivery.sent if delivery else 0,
        "bytes": delivery.bytes if delivery else 0,
        "seconds": round(seconds, 3),
        "lock": _lock(planned),
        "verified": _is_verified(done),
        "problems": problem_objects(problems, words),
    }


def _lock(planned: Plan | None) -> str | None:
    return None if planned is None else "proven" if planned.facts.excludes else "weak"


def _is_verified(done: Publication | None) -> bool | None:
    """None where nobody looked, or nothing answered."""
    if done is None or done.readback is None or not done.readback.is_reached:
        return None
    return not errors(done.readback.problems)


def _files(paths: Collection[str], words: Words) -> str:
    return words.count("{n} file", "{n} files", len(paths))


def _roles(planned: Plan, paths: Iterable[str], words: Words) -> list[str]:
    by_role = planned.by_role(paths)
    return [_counted(role, len(by_role[role]), words) for role in get_args(Role) if role in by_role]


def _counted(role: Role, number: int, words: Words) -> str:
    match role:
        case "page":
            return words.count("{n} page", "{n} pages", number)
        case "asset":
            return words.count("{n} style, script or picture", "{n} styles, scripts, pictures", number)
        case "attachment":
            return words.count("{n} attachment", "{n} attachments", number)
        case "search":
            return words.count("{n} file for the search", "{n} files for the search", number)
        case "feed":
            return words.count("{n} feed or site map", "{n} feeds, site map", number)
        case "rule":
            return words.count("{n} file for the host", "{n} files for the host", number)


def _addresses(paths: Iterable[str], words: Words) -> str:
    return _few([address_of(path) for path in paths], words)


def _few(addresses: Collection[str], words: Words) -> str:
    shown = [*addresses][:FEW]
    left = len(addresses) - len(shown)
    return "   ".join([*shown, *([words.say("… and {n} more", n=left)] if left else [])])


def _size(size: int) -> str:
    """Decimal units (ISO 80000-1, annex C)."""
    return (
        f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1_000))} kB" if size else "0 kB"
    )
