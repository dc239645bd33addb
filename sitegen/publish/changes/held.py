"""The host's manifest: what sitegen has put there, and while it does, what is to come.

It names what is published and nothing else: no source, nobody, no machine.
"""

import gzip
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from itertools import chain
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from sitegen.files import digest
from sitegen.publish.release import Served
from sitegen.publish.targets.target import STATE, Facts
from sitegen.text import LARGEST, unportable

FORMAT = 1
Moment = Annotated[datetime, Meta(tz=True)]


class Left(Served, frozen=True, gc=False, array_like=True):
    """A file as it was left on the host. `token`: what its listing says of it since then. Without a digest, it is ours,
    but nobody knows what is in it."""

    token: str = ""


class Kept(Struct, frozen=True, gc=False, array_like=True):
    """A file that pages of an earlier release need. `since`: the number of the release that has it no more; `until`:
    when nobody should have such a page any longer."""

    file: Left
    since: int
    until: Moment


class Coming(Struct, frozen=True, omit_defaults=True):
    """What a publish under way puts beside or in place of what is held: of files and promises those that differ."""

    files: Mapping[str, Left]
    promised: Mapping[str, str] = {}
    redirects: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()


class Held(Struct, frozen=True, omit_defaults=True):
    """What the host has. `number`: of the release, from 1; 0 while the first one comes; `moment`: when it was
    published; `listed`: when the files there were last compared with this; `foreign`: digests of the paths of other
    files that were told; `coming`: while a publish is under way. All else as of a Release."""

    site: str
    address: str
    number: int
    moment: Moment
    listed: Moment | None = None
    files: Mapping[str, Left] = {}
    promised: Mapping[str, str] = {}
    redirects: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    kept: Mapping[str, Kept] = {}
    foreign: frozenset[str] = frozenset()
    facts: Facts = Facts()
    coming: Coming | None = None

    @property
    def paths(self) -> Iterator[str]:
        return chain(self.files, self.kept, self.coming.files if self.coming else ())


class _Envelope(Struct, frozen=True):
    """`digest`: of the bytes of `held`."""

    format: int
    digest: str
    held: msgspec.Raw


def encode(held: Held) -> bytes:
    """The same bytes for the same manifest."""
    text = msgspec.json.encode(held, order="deterministic")
    envelope = msgspec.json.encode(_Envelope(FORMAT, digest(text), msgspec.Raw(text)))
    packed = BytesIO()
    with gzip.GzipFile("", "wb", fileobj=packed, mtime=0) as file:
        file.write(envelope)
    return packed.getvalue()


def decode(data: bytes) -> Held | Literal["damaged", "newer"]:
    """A manifest that was read, unless it is not whole, or a later version of sitegen wrote it."""
    try:
        unpacker = zlib.decompressobj(wbits=31)
        text = unpacker.decompress(data, LARGEST)
        envelope = msgspec.json.decode(text, type=_Envelope)
        if not unpacker.eof or digest(bytes(envelope.held)) != envelope.digest:
            return "damaged"
        if envelope.format > FORMAT:
            return "newer"
        held = msgspec.json.decode(envelope.held, type=Held)
    except (zlib.error, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "damaged"
    return "damaged" if any(unportable(path) or path.partition("/")[0] == STATE for path in held.paths) else held
