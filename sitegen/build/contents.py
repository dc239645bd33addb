"""Content files as values: parsed anew only where they changed, and remembered at once."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from sitegen.cache.database import Cache, Known
from sitegen.cache.documents import Documents, Record
from sitegen.cache.file_state import Facts, fact
from sitegen.config.settings import Config
from sitegen.files import decode, digest, read_bytes
from sitegen.problems import Checked, Problem
from sitegen.site.document import Document, Teaser, outline, parse, teaser

from .parallel import carry_out
from .run import Run

TOLD = "!"


class Parsing(Struct, frozen=True):
    """What parsing depends on besides the text; `settings` is its digest."""

    config: Config
    settings: str


class Task(Struct, frozen=True, gc=False):
    """A content file to read; `known` is the key that it is remembered by."""

    path: str
    location: str
    known: str | None


class Parsed(Struct, frozen=True, gc=False):
    """A content file by its digest; `record` and `html` are None when it is as it is remembered; `outline` begins with
    TOLD when it has problems, and is empty when it says nothing. Or why it cannot be read."""

    path: str
    digest: str = ""
    outline: str = ""
    teaser: Teaser | None = None
    record: bytes | None = None
    html: bytes | None = None
    problem: Problem | None = None


class Contents(Struct, frozen=True):
    """Content files that could be read, by path: `keys`, by which they are remembered, and `parsed`, of those that were
    parsed now; `outlines`: one digest for all of them, None when one has none; `teasers`: of those that say
    something; `told`: the paths of those that have problems; the states of what was read now."""

    keys: Mapping[str, str]
    parsed: Mapping[str, Record]
    outlines: str | None
    teasers: Mapping[str, Teaser]
    told: tuple[str, ...]
    facts: Mapping[str, Facts]


def read_contents(run: Run, config: Config) -> Contents:
    """Read and parse the content that is not known, and remember it at once: that is right whatever becomes of the
    build."""
    asked = config.languages, config.default_language, config.time_zone, config.markdown, config.keep_together
    settings = digest(repr(asked).encode())
    contents = {path: source for path, source in run.sources.items() if source.kind == "content"}
    rows = {**run.cache.entries("documents", Known)}
    gone = rows.keys() - contents.keys()
    start = content_key(settings, "")
    fresh = [
        path
        for path in contents
        if (seen := run.known.get(path)) is None or (row := rows.get(path)) is None or row.key != start + seen.digest
    ]
    tasks = [Task(path, contents[path].location, rows[path].key if path in rows else None) for path in fresh]
    parsed: dict[str, Record] = {}
    facts: dict[str, Facts] = {}

    def changed() -> Iterator[tuple[str, Known, bytes, bytes]]:
        common, workers = Parsing(config, settings), run.options.workers
        for result in carry_out(parse_batch, common, tasks, workers, run.progress("parse")):
            if result.problem is not None:
                run.problems.problems.append(result.problem)
                rows.pop(result.path, None)
                continue
            facts[result.path] = fact(contents[result.path], result.digest, run.started)
            if result.record is not None and result.html is not None:
                rows[result.path] = Known(content_key(settings, result.digest), result.outline, result.teaser)
                parsed[result.path] = msgspec.msgpack.decode(result.record, type=Record)
                yield result.path, rows[result.path], result.record, result.html

    if tasks or gone:
        run.cache.remember_documents(changed(), gone)
    keys, outlines, teasers = {}, {}, {}
    for path in contents:  # once, since there may be very many
        if (row := rows.get(path)) is not None:
            keys[path], outlines[path] = row.key, row.outline
            if row.teaser is not None:
                teasers[path] = row.teaser
    says_something = len(keys) == len(contents) and all(outlines.values())
    run.watch.lap("parse")
    return Contents(
        keys=keys,
        parsed=parsed,
        told=tuple(path for path, outline in outlines.items() if outline.startswith(TOLD)),
        outlines=digest(msgspec.msgpack.encode(outlines)) if says_something else None,
        teasers=teasers,
        facts=facts,
    )


def read_documents(contents: Contents, cache: Cache) -> Checked[dict[str, Document]]:
    """All documents in the order of their paths: those that were parsed now, the others from the cache."""
    others = {path: key for path, key in contents.keys.items() if path not in contents.parsed}
    records = {**(cache.documents(others, Record) if others else {}), **contents.parsed}
    cache.hold(records, contents.keys)
    documents = {path: record.document for path, record in sorted(records.items()) if record.document}
    return documents, tuple(found for _, record in sorted(records.items()) for found in record.problems)


def read_problems(contents: Contents, remembered: Documents) -> tuple[Problem, ...]:
    """What is wrong with documents, of which no others are read."""
    return tuple(found for path in contents.told for found in remembered.record(path).problems)


def content_key(settings: str, content: str) -> str:
    """What a parsed file is remembered by."""
    return f"{settings} {content}"


def parse_batch(parsing: Parsing, tasks: Sequence[Task]) -> list[Parsed]:
    """Read and parse content files."""
    return [_parse(parsing, task) for task in tasks]


def _parse(parsing: Parsing, task: Task) -> Parsed:
    data = read_bytes(task.location, task.path)
    if isinstance(data, Problem):
        return Parsed(task.path, problem=data)
    content = digest(data)
    key = content_key(parsing.settings, content)
    if key == task.known:
        return Parsed(task.path, content)
    text = decode(data, task.path)
    if isinstance(text, Problem):
        return Parsed(task.path, problem=text)
    document, html, problems = parse(task.path, text, parsing.config, key)
    outlined = f"{TOLD if problems else ''}{outline(document)}" if document else ""
    told = teaser(document) if document else None
    record = msgspec.msgpack.encode(Record(document, problems))
    return Parsed(task.path, content, outlined, told, record, html.encode())
