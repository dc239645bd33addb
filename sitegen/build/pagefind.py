"""Pagefind as a function: texts in, the files of a search index out.

The search page (theme/assets/js/search.js) does to what a reader types what `findable` does to texts, and turns what it
shows back. Pagefind knows words by the spaces around them, and letters without their marks by Unicode's decomposition.
Where there are no spaces, it and browsers cut by dictionaries that disagree, and lose words; so every character becomes
a word there, together with the one after it. And đ, which has no decomposition, changes places with ḏ, which has one.

As Pagefind cuts words, 143 of 469 parts of the microsite's Japanese text found too little or too much; in pairs 474 of
474 are found. Words that are in no text find nothing, though Pagefind would offer a shorter one; what stands together
as it was typed comes first.
"""

import os
import re
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from threading import Timer
from typing import IO, Any

import msgspec
from msgspec import Struct

from sitegen.files import SETTINGS
from sitegen.i18n.typography import CJK
from sitegen.markdown.raw_html import unescaped
from sitegen.problems import Checked, Place, problem
from sitegen.text import nfc, nfkc

UNSPACED = CJK + "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"
"""Scripts without spaces between words: Chinese and Japanese, Thai, Lao, Tibetan, Burmese, Khmer."""
WIDE = "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f"
"""Letters and digits of another width than the usual one."""
INVISIBLE = "\u00ad\u200b\u2060\ufeff"
"""Where a word may or may not break."""
PAIR = "\u0298"
"""Begins the words that we make; no language's word is this letter alone."""
BREAK = "\u00b7"
"""A word between a heading and the text below it."""
SEAM = BREAK * 2
"""A word between the title, the text and the topics of an article."""

_MARKER = re.compile("\0[^\0]*\0")
_TAG = re.compile(r"""<(?P<end>/?)(?P<name>[a-zA-Z][\w-]*+)(?P<rest>(?:"[^"]*"|'[^']*'|[^'"<>]++)*+)>""")
_UNREAD = {"audio", "canvas", "datalist", "iframe", "object", "rp", "rt", "script", "style", "svg", "template", "video"}
_UNREAD_IF = re.compile(
    r"""(?:[^"']|"[^"]*"|'[^']*')*?\s(?:hidden(?=[\s=/]|$)|class="(?:footnote-ref|footnote-backref|chart-picture)")"""
)
"""What readers do not see, a note's number and its way back, and the drawing of a chart, whose table says the same."""
_RAW = ("script", "style")
_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "br", "caption", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section",
    "summary", "table", "td", "th", "tr", "ul",
}  # fmt: skip
_CLOSED = re.compile(r"[.!?…。．！？:：;；,、،؟۔][\"'”’»」』）)\]]*$")
_STROKES = str.maketrans({"đ": "ḏ", "ḏ": "đ", "Đ": "Ḏ", "Ḏ": "Đ", **dict.fromkeys(INVISIBLE)})
_WIDE_RUN = re.compile(f"[{WIDE}]+")
_UNSPACED_RUN = re.compile(f"[{UNSPACED}]+(?: [{UNSPACED}]+)*")
_GAP = re.compile(f"(?<=[。．！？、，」』）]) (?=[{UNSPACED}])")

PATIENCE = 300.0
"""Seconds that Pagefind may take."""
_CUTS = {"ja", "th", "zh"}
"""Languages whose words Pagefind would find by itself; they are handed over cut already."""
_FILES = re.compile(r".+\.pf_(?:meta|index|fragment)|pagefind\.js|pagefind-entry\.json")


class Entry(Struct, frozen=True):
    """What readers may find. `text` is plain; `date`: as machines, then as readers write it; `topics`: their names."""

    url: str
    title: str
    text: str
    date: str
    topics: tuple[str, ...]


class _Refused(Exception):
    """Pagefind does not do what it is asked; says why."""


def make_index(lang: str, entries: Sequence[Entry]) -> Checked[dict[str, bytes]]:
    """The files of a language's index by path, the same for the same entries; none, and why, when Pagefind fails.
    Takes seconds for a thousand entries, and touches nothing, so it may run beside anything else."""
    base = re.split("[-_]", lang)[0].lower()
    language = "unknown" if base in _CUTS else base
    requests = [
        {"type": "NewIndex", "config": {}},
        *({"type": "AddRecord", "index_id": 0, "language": language, **_record(entry)} for entry in entries),
        {"type": "GetFiles", "index_id": 0},
    ]
    try:
        return _needed(_ask(requests)[-1]["files"]), ()
    except (EOFError, BrokenPipeError):
        detail = "it stopped, or took too long"
    except (_Refused, OSError) as error:
        detail = getattr(error, "strerror", None) or str(error)
    except (ValueError, LookupError, TypeError, msgspec.DecodeError):
        detail = "it answers in an unknown way; version 1.5 or later of it is needed"
    return {}, (problem("no-search-index", Place(SETTINGS), lang=lang, detail=detail),)


def _needed(files: Iterable[dict[str, str]]) -> dict[str, bytes]:
    """Those that search.js has use for; not Pagefind's own pages and styles, nor programs for other languages."""
    made = {file["path"]: b64decode(file["content"]) for file in files}
    known = msgspec.json.decode(made["pagefind-entry.json"])["languages"]
    programs = {f"wasm.{index['wasm'] or 'unknown'}.pagefind" for index in known.values()}
    return {path: data for path, data in sorted(made.items()) if path in programs or _FILES.fullmatch(path)}


def _record(entry: Entry) -> dict[str, Any]:
    """A title in meta weighs more, but only what is in the content has places. No filters: up to version 1.5.2 of
    Pagefind they are in another order each time."""
    parts = (entry.title, entry.text, f" {BREAK} ".join(entry.topics))
    return {
        "url": entry.url,
        "content": findable(f" {SEAM} ".join(parts)),
        "meta": {"title": findable(entry.title), "date": entry.date},
    }


def _ask(requests: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What Pagefind's service answers. Its own client for Python waits a tenth of a second before each answer."""
    executable = import_module("pagefind.service").get_executable()  # imports asyncio
    if executable is None:
        raise _Refused("its program is not installed")
    command, folder = [executable, "--service"], Path(executable).parent
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL,
        cwd=folder,  # it obeys a pagefind.yml where it is started, perhaps a site's
    ) as process:  # fmt: skip
        timer = Timer(PATIENCE, process.kill)
        timer.start()
        try:
            assert process.stdin
            assert process.stdout
            for number, request in enumerate(requests):
                process.stdin.write(b64encode(msgspec.json.encode({"message_id": number, "payload": request})) + b",")
            process.stdin.flush()
            answers = _answers(process.stdout)
            return [next(answers) for _ in requests]
        finally:
            timer.cancel()
            process.kill()


def _answers(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    """In the order of the requests, each in base64 and with a comma after it."""
    parts: list[bytes] = []
    while chunk := os.read(stream.fileno(), 1 << 16):
        *ends, rest = chunk.split(b",")
        for end in ends:
            answer = msgspec.json.decode(b64decode(b"".join((*parts, end))))["payload"]
            if answer["type"] == "Error":
                raise _Refused(answer["message"])
            yield answer
            parts = []
        parts.append(rest)
    raise EOFError


def plain_text(html: str) -> str:
    """What can be read of a document's HTML (markdown.Rendered), without notes' numbers and readings; blocks without a
    full stop are set off from what follows."""
    first, *others = _MARKER.sub("", html).split("<!--")
    written = "".join((first, *(other.partition("-->")[2] for other in others)))
    blocks = (" ".join(block.split()) for block in unescaped("".join(_pieces(written))).split("\0"))
    text = " ".join(block if _CLOSED.search(block) else f"{block} {BREAK}" for block in blocks if block)
    return text.removesuffix(f" {BREAK}")


def _pieces(html: str) -> Iterator[str]:
    """What is read, with NUL where a block begins or ends."""
    unread: list[str] = []
    at = 0
    for tag in _TAG.finditer(html):
        if not unread:
            yield html[at : tag.start()]
            if tag["name"].lower() in _BLOCKS:
                yield "\0"
        _step(unread, tag)
        at = tag.end()
    yield "" if unread else html[at:]


def _step(unread: list[str], tag: re.Match[str]) -> None:
    """Note what a tag opens or closes: `unread` is an element that is not read, and all that are open in it."""
    name = tag["name"].lower()
    if unread[:1] == [name] and name in _RAW and tag["end"]:
        unread.clear()
    elif unread and unread[0] in _RAW:
        return
    elif not tag["end"]:
        is_unread = name in _UNREAD or (tag["rest"] and _UNREAD_IF.match(tag["rest"]))
        if (unread or is_unread) and name not in _VOID and tag["rest"][-1:] != "/":
            unread.append(name)
    else:
        while unread and unread.pop() != name:  # all of them, where what they stand in has ended
            pass


def findable(text: str) -> str:
    """A text as words that Pagefind finds as they are, in its order; nothing of it is lost but the width of letters."""
    usual = nfc(_WIDE_RUN.sub(lambda run: nfkc(run[0]), text))
    closed = _GAP.sub("", " ".join(usual.translate(_STROKES).split()))
    return " ".join(_UNSPACED_RUN.sub(_pairs, closed).split())


def _pairs(run: re.Match[str]) -> str:
    """Each UTF-16 unit with the one after it, in hexadecimal: browsers do not cut that, nor is it ever a word."""
    units = f"{run[0]} ".encode("utf-16-be").hex()
    return "".join(f" {PAIR}{units[start : start + 8]}" for start in range(0, len(units) - 4, 4)) + " "
