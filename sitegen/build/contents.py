"""Content files as values: parsed anew only where they changed, and remembered at once."""

from collections.abc import Iterator, Mapping
from operator import attrgetter

import msgspec
from msgspec import Struct

from sitegen.cache.documents import Documents, KnownDocument, Record, load_records, save_documents
from sitegen.cache.file_state import FileState, state_of_file
from sitegen.cache.session import Cache
from sitegen.config.settings import Config
from sitegen.files import decode, digest, read_bytes
from sitegen.problems import Checked, Problem
from sitegen.site.document import Document, Teaser, parse, structure, teaser, unreadable
from sitegen.site.front_matter import Times
from sitegen.sources import Source

from .parallel import Work, carry_out
from .run import Run


class ParseContext(Struct, frozen=True):
    """What parsing depends on besides the text; `settings` is its digest."""

    config: Config
    settings: str


class Task(Struct, frozen=True, gc=False):
    """A content file to read; `known` is the key that it is remembered by."""

    path: str
    location: str
    known: str | None


class Parsed(Struct, frozen=True, gc=False):
    """A content file by its digest; `record` and `html` are None when it is as it is remembered; `structure` is
    empty when it says nothing. Or why it cannot be read, and what is known by its path alone."""

    path: str
    digest: str = ""
    structure: str = ""
    times: Times | None = None
    teaser: Teaser | None = None
    record: bytes | None = None
    html: bytes | None = None
    problem: Problem | None = None
    lost: Document | None = None


class Contents(Struct, frozen=True):
    """Content files that could be read, by path: `keys`, by which they are remembered, and `parsed`, of those that
    were parsed now; `structure`: one digest for all of them, None when one has none; `flawed`: the paths of those that
    have problems; `times`, `teasers`: of those whose paths say something, with the paths of those whose teasers
    may be others than in the last whole build; the states of what was read now."""

    keys: Mapping[str, str]
    parsed: Mapping[str, Record]
    structure: str | None
    times: Mapping[str, Times]
    teasers: Mapping[str, Teaser]
    retold: frozenset[str]
    flawed: tuple[str, ...]
    lost: tuple[Document, ...]
    states: Mapping[str, FileState]


def read_contents(run: Run, config: Config) -> Contents:
    """Read and parse the content that is not known, and remember it at once: that is right whatever becomes of the
    build."""
    settings = _settings(config)
    contents = {path: source for path, source in run.sources.items() if source.kind == "content"}
    rows = {**run.cache.entries("documents", KnownDocument).whole()}
    gone = rows.keys() - contents.keys()
    tasks = [*_tasks(run, contents, rows, content_key(settings, ""))]
    parsed: dict[str, Record] = {}
    now: dict[str, Teaser | None] = dict.fromkeys(gone)
    states: dict[str, FileState] = {}
    lost: list[Document] = []

    def changed() -> Iterator[tuple[str, str, bytes, bytes]]:
        common, workers = ParseContext(config, settings), run.options.workers
        for result in carry_out(PARSE, common, tasks, workers, run.progress("parse")):
            if result.problem is not None:
                run.log.note(result.problem)
                lost.extend([result.lost] if result.lost else ())
                gone.add(result.path)
                now[result.path] = None
                continue
            states[result.path] = state_of_file(contents[result.path], result.digest, run.started)
            if result.record is not None and result.html is not None:
                record = parsed[result.path] = msgspec.msgpack.decode(result.record, type=Record)
                key = content_key(settings, result.digest)
                rows[result.path] = KnownDocument(key, result.structure, bool(record.problems), result.times)
                now[result.path] = result.teaser
                yield result.path, key, result.record, result.html

    retold = {*(run.cache.load("retold", list[str]) or ())}
    if tasks or gone:
        save_documents(run.cache, changed(), gone)
        known, teasers = run.cache.entries("documents", KnownDocument), run.cache.entries("teasers", Teaser)
        known.amend({**{path: rows[path] for path in parsed}, **dict.fromkeys(gone)})
        retold |= {path for path, teaser in now.items() if teasers.get(path) != teaser}
        teasers.amend({path: now[path] for path in retold & now.keys()})
        run.cache.commit({"retold": sorted(retold)})
    keys, structures = {}, {}
    for path in contents:  # once, since there may be very many
        if path not in gone and (row := rows.get(path)) is not None:
            keys[path], structures[path] = row.key, row.structure
    run.watch.lap("parse")
    return Contents(
        keys=keys,
        parsed=parsed,
        lost=tuple(lost),
        flawed=tuple(path for path in keys if rows[path].has_problems),
        structure=_structure(structures) if len(keys) == len(contents) else None,
        times={path: times for path in keys if (times := rows[path].times) is not None},
        teasers=run.cache.mapping("teasers", Teaser),
        retold=frozenset(retold),
        states=states,
    )


def _settings(config: Config) -> str:
    """The digest of all settings that parsing asks."""
    languages = config.languages, config.default_language, config.time_zone
    return digest(repr((*languages, config.markdown, config.keep_together, config.limits)).encode())


def _tasks(run: Run, contents: Mapping[str, Source], rows: Mapping[str, KnownDocument], start: str) -> Iterator[Task]:
    """Files that are not as they are remembered, or not by a key that starts so."""
    for path, source in contents.items():
        seen, row = run.known.get(path), rows.get(path)
        if seen is None or row is None or row.key != start + seen.digest:
            yield Task(path, source.location, row.key if row else None)


def _structure(structures: Mapping[str, str]) -> str | None:
    """One digest for those of all documents, if each says something."""
    return digest(msgspec.msgpack.encode(structures)) if all(structures.values()) else None


def read_documents(contents: Contents, cache: Cache) -> Checked[dict[str, Document]]:
    """All documents in the order of their paths: those that were parsed now, the others from the cache."""
    others = {path: key for path, key in contents.keys.items() if path not in contents.parsed}
    known = {path: record for path, (key, record) in cache.records.items() if others.get(path) == key}
    if len(known) < len(others):
        known = load_records(cache, others)
    records = {**known, **contents.parsed}
    if cache.lasting:
        cache.records = {path: (contents.keys[path], record) for path, record in records.items()}
    documents = {path: record.document for path, record in records.items() if record.document}
    documents |= {document.path: document for document in contents.lost}
    return dict(sorted(documents.items())), tuple(
        found for _, record in sorted(records.items()) for found in record.problems
    )


def read_problems(contents: Contents, remembered: Documents) -> tuple[Problem, ...]:
    """What is wrong with documents, of which no others are read."""
    return tuple(found for path in contents.flawed for found in remembered.record(path).problems)


def content_key(settings: str, content: str) -> str:
    """What a parsed file is remembered by."""
    return f"{settings} {content}"


def parse_file(context: ParseContext, task: Task) -> Parsed:
    """Read and parse a content file."""
    data = read_bytes(task.location, task.path, most=context.config.limits.file_bytes)
    if isinstance(data, Problem):
        return _not_parsed(context, task, data)
    content = digest(data)
    key = content_key(context.settings, content)
    if key == task.known:
        return Parsed(task.path, content)
    text = decode(data, task.path)
    if isinstance(text, Problem):
        readable = decode(data.decode("utf-8", "replace").encode(), task.path)
        assert isinstance(readable, str)
        document = unreadable(task.path, readable, context.config)
        return _as_parsed(task.path, content, document, "", (text,))
    return _as_parsed(task.path, content, *parse(task.path, text, context.config, key))


def _not_parsed(context: ParseContext, task: Task, found: Problem) -> Parsed:
    return Parsed(task.path, problem=found, lost=unreadable(task.path, "", context.config))


PARSE = Work(parse_file, attrgetter("path"), _not_parsed)


def _as_parsed(path: str, content: str, document: Document | None, html: str, problems: tuple[Problem, ...]) -> Parsed:
    record = msgspec.msgpack.encode(Record(document, problems))
    return Parsed(
        path=path,
        digest=content,
        structure=structure(document) if document else "",
        times=document.times if document else None,
        teaser=teaser(document) if document else None,
        record=record,
        html=html.encode(),
    )
