"""What is done in batches: content files parsed, pages rendered; values in, values out, so that any process may."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from jinja2 import Environment
from msgspec import Struct

from sitegen.cache.documents import Bodies, Rows
from sitegen.cache.file_state import Made
from sitegen.cache.traces import Job, Part
from sitegen.config.settings import Config
from sitegen.files import decode, digest, read_bytes
from sitegen.i18n.languages import Language
from sitegen.problems import Problem
from sitegen.render.renderer import Renderer
from sitegen.site.document import Document, Teaser, outline, parse, teaser
from sitegen.site.model import Site

from .output import stage


class Record(Struct, frozen=True, gc=False, array_like=True):
    """A parsed content file, without its HTML, as it is remembered."""

    document: Document | None
    problems: tuple[Problem, ...]


class Documents(Rows, Mapping[str, Document]):
    """Documents that are read when something asks for them."""

    def __getitem__(self, path: str) -> Document:
        document = self.record(path).document if path in self._keys else None
        if document is None:
            raise KeyError(path)
        return document

    def record(self, path: str) -> Record:
        """A document with its problems."""
        return msgspec.msgpack.decode(self.read(path), type=Record)

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


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


class Result(Struct, frozen=True, gc=False):
    """`ok`: the layout did not fail; `made`: what was staged, since it differs from what the output has."""

    output: str
    ok: bool
    made: Made | None
    seen: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...]


class Workshop:
    """What rendering needs; goes to another process without its compiled templates."""

    def __init__(
        self, site: Site, languages: Mapping[str, Language], bodies: Bodies, staging: Path,
        templates: Environment | None = None,
    ) -> None:  # fmt: skip
        self.site, self.languages, self.bodies, self.staging = site, languages, bodies, staging
        self.renderer = Renderer(site, languages, bodies, templates)

    def __reduce__(self) -> tuple[type["Workshop"], tuple[Any, ...]]:
        return Workshop, (self.site, self.languages, self.bodies, self.staging)


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


def render_batch(workshop: Workshop, jobs: Sequence[Job]) -> list[Result]:
    """Make pages; what differs from the output is staged."""
    results = []
    known: dict[Part, Part] = {}  # so that what many pages look at is sent, and held, once
    for job in jobs:
        rendered = workshop.renderer.render(job.page)
        made = None
        if rendered.data is not None:
            name = digest(rendered.data)
            made = stage(workshop.staging, job.page.output, rendered.data, name) if name != job.held else None
        seen = tuple(known.setdefault(part, part) for part in sorted(rendered.seen))
        results.append(Result(job.page.output, rendered.data is not None, made, seen, rendered.problems))
    return results
