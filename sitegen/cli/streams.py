"""Standard output and error, whatever they are: in any encoding, closed, full, or read by nobody any more.

What came of a command does not depend on who listens. So what cannot be written is lost, is said on standard error
where it was not just that the reader had enough, and the exit status is the command's; but 2 where what is lost is all
that was asked for (JSON).
"""

import codecs
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import Any, TextIO

from sitegen.system.desktop import is_unread, needs_utf8


class Stream:
    """A text stream that raises nothing. `mask`: takes secrets out of what is written; `lost`: why it took no more;
    `is_utf8`: whether whoever reads it is known to expect that: PowerShell reads what goes through it in a code page
    all the same."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self.lost = stream, ""
        self.mask: Callable[[str], str] | None = None
        self.is_utf8 = _codec(stream) == "utf-8"
        if isinstance(stream, TextIOWrapper):
            if needs_utf8(stream):
                stream.reconfigure(encoding="utf-8")
            stream.reconfigure(errors=_error_handler(stream.encoding))

    @property
    def encoding(self) -> str:
        """Click goes round a stream in ASCII to write UTF-8 below it, so it is told of another."""
        codec = _codec(self._stream)
        return "utf-8" if codec == "ascii" else codec

    def write(self, text: str) -> int:
        try:
            return self._stream.write(self.mask(text) if self.mask else text)
        except OSError as error:
            self._lose(error)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self._lose(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _lose(self, error: OSError) -> None:
        self.lost = self.lost or ("" if is_unread(error) else error.strerror or str(error))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())  # what is still in buffers is written when the process ends
        os.close(nowhere)


@contextmanager
def safe_streams() -> Iterator[tuple[Stream, Stream]]:
    """Standard output and error as streams that raise nothing, and are there."""
    before = sys.stdout, sys.stderr
    if None in (sys.stdin, *before):
        _fill_descriptors()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123
        output, error = (Stream(stream or nowhere) for stream in before)
        sys.stdout, sys.stderr = output, error
        try:
            yield output, error
        finally:
            output.flush()
            error.flush()
            sys.stdout, sys.stderr = before


def _fill_descriptors() -> None:
    """Open what is closed of the first three, which files would else be given, for other programs to write into."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _codec(stream: TextIO) -> str:
    """A stream in memory has none, and takes every letter."""
    return codecs.lookup(stream.encoding or "utf-8").name


_TONES = "\u0300\u0301\u0303\u0309\u0323"


def _error_handler(encoding: str) -> str:
    """The name of what shows letters that an encoding lacks by their parts where it has these (Windows-1258 has ê and
    an acute, but no ế), and escapes the others."""

    def show(error: UnicodeError) -> tuple[str | bytes, int]:
        assert isinstance(error, UnicodeEncodeError)
        parts = unicodedata.normalize("NFD", error.object[error.start])
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
        error.end = error.start + 1
        try:
            return (base + "".join(part for part in parts if part in _TONES)).encode(encoding), error.end
        except UnicodeEncodeError:
            return codecs.backslashreplace_errors(error)

    name = f"sitegen-{encoding}"
    codecs.register_error(name, show)
    return name
