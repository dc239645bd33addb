"""The YAML head of a content file → a typed FrontMatter, every mistake with its line."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Any, Literal

from msgspec import Meta as Says
from msgspec import Struct
from msgspec.structs import replace

from sitegen.codes.other_names import own_name
from sitegen.codes.table import IS_JSON, IS_TITLE, IS_TOML, LINES_AROUND, THREE_HYPHENS
from sitegen.config.limits import Limits
from sitegen.config.settings import Fallback
from sitegen.i18n.dates import Moment, far_ahead, parse_moment
from sitegen.problems import Place, Problem, problem
from sitegen.typed_yaml.errors import scalar
from sitegen.typed_yaml.reader import Bounds, Marks, read

LARGEST = 65_536
MOST_VALUES = 10_000


class Image(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A picture that stands for an article."""

    src: Annotated[str, Says(description="Path of the file, relative to the article.")]
    alt: Annotated[
        str | None, Says(description='What it shows, for those who do not see it; "" when it is decoration.')
    ] = None
    caption: Annotated[str, Says(description="Text below the picture.")] = ""
    credit: Annotated[str, Says(description="Who made it.")] = ""


class Attachment(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A file to download with an article."""

    src: Annotated[str, Says(description="Path of the file, relative to the article.")]
    title: Annotated[str, Says(description="What the reader sees. Default: the file's name.")] = ""


class TranslationNote(Struct, frozen=True, forbid_unknown_fields=True):
    """How a translation came about."""

    source: Annotated[str, Says(description="Digest of the text that was translated.")] = ""
    translator: Annotated[str, Says(description="Who translated it.")] = ""


class FrontMatter(Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """Front matter of an article, a page or a section."""

    title: Annotated[str, Says(description="The headline.")]
    date: Annotated[
        Moment | None, Says(description="Day first: 04/10/2024 is 4 October 2024. Required in sections.")
    ] = None
    updated: Annotated[Moment | None, Says(description="When the text last changed.")] = None
    publish: Annotated[Moment | None, Says(description="Embargo: nothing is published before this moment.")] = None
    expires: Annotated[Moment | None, Says(description="Last moment it is published; a day counts to its end.")] = None
    draft: Annotated[bool, Says(description="true: published only with --drafts.")] = False
    source: Annotated[
        str, Says(description="Where it comes from: free text such as TN&MT, or an entry of sources.yaml.")
    ] = ""
    author: Annotated[str | tuple[str, ...], Says(description="One author or a list.")] = ()
    tags: Annotated[str | tuple[str, ...], Says(description="One or a list of tag ids or names, in any language.")] = ()
    summary: Annotated[str, Says(description="One or two sentences. Default: cut from the first paragraph.")] = ""
    slug: Annotated[str, Says(description="Address part for this language. Default: the article's key.")] = ""
    image: Annotated[
        str | Image | None, Says(description="Picture of the article: a path, or src, alt, caption, credit.")
    ] = None
    attachments: Annotated[tuple[Attachment, ...], Says(description="Files to download.")] = ()
    aliases: Annotated[str | tuple[str, ...], Says(description="Old addresses that redirect here.")] = ()
    fallback: Annotated[Fallback | None, Says(description="For readers of other languages: link, copy or hide.")] = None
    layout: Annotated[str, Says(description="Another template of layouts/.")] = ""
    translation_key: Annotated[str, Says(description="Ties files with different names into one article.")] = ""
    translation: Annotated[TranslationNote | None, Says(description="In a translation: its source and translator.")] = (
        None
    )
    dated: Annotated[
        bool | None,
        Says(
            description="In an _index: false for a section whose articles need no date and show none. Default: that of "
            "the section around it."
        ),
    ] = None
    extra: Annotated[dict[str, Any], Says(description="Anything else, handed to the layout as it is.")] = {}


State = Literal["published", "draft", "scheduled", "expired", "broken"]


class Moments(Struct, frozen=True):
    """The clock of one build and what it lets through."""

    now: datetime
    drafts: bool = False
    future: bool = False


class Times(Struct, frozen=True, gc=False, array_like=True):
    """When a text is out: from `start` until `end`, as a `draft` never; `updated`: when it has changed since, which is
    told from then on."""

    draft: bool
    start: datetime | None
    end: datetime | None
    updated: datetime | None

    def state(self, moments: Moments) -> State:
        if self.draft and not moments.drafts:
            return "draft"
        if self.end is not None and self.end <= moments.now:
            return "expired"
        return "scheduled" if self.start and self.start > moments.now and not moments.future else "published"

    @property
    def is_never_out(self) -> bool:
        """Whether it would go before it comes."""
        return self.start is not None and self.end is not None and self.end <= self.start

    def is_ahead(self, moments: Moments) -> bool:
        """Whether the update of a text that is out is still to come."""
        is_ahead = self.updated is not None and self.updated > moments.now and not moments.future
        return is_ahead and self.state(moments) == "published"


def times_of(meta: FrontMatter) -> Times:
    """A day counts to its end; the last of the calendar, which has none there, means never."""
    starts = [moment.at for moment in (meta.date, meta.publish) if moment is not None]
    end = meta.expires.at if meta.expires else None
    if meta.expires and end and not meta.expires.timed:
        end = end + _DAY if end < _LAST_DAY else None
    return Times(meta.draft, max(starts, default=None), end, meta.updated.at if meta.updated else None)


_DAY = timedelta(days=1)
_LAST_DAY = datetime.max.replace(tzinfo=UTC) - 2 * _DAY
"""From then on a day may end where the calendar has no days, in one zone or another."""


def changes(times: Iterable[Times], moments: Moments) -> tuple[datetime | None, datetime | None]:
    """The last moment until now and the next one at which something comes out, goes, or has been updated."""
    known = [one for one in times if moments.drafts or not one.draft]
    past = {at for one in known for at in (one.start, one.end, one.updated) if at and at <= moments.now}
    out = [one for one in known if moments.future or not one.is_never_out]
    alive = [one for one in out if one.end is None or one.end > moments.now]
    starts = set() if moments.future else {at for one in alive for at in (one.start, one.updated)}
    coming = {at for at in starts | {one.end for one in alive} if at and at > moments.now}
    return max(past, default=None), min(coming, default=None)


class Head(Struct, frozen=True, gc=False):
    """Front matter, as far as it could be read, and where the body begins; `meta` is None when none could be.
    `unread`: keys with a problem of their own."""

    meta: FrontMatter | None
    marks: Marks
    body: str
    body_line: int
    problems: tuple[Problem, ...]
    unread: frozenset[str] = frozenset()


_OTHER_FENCE = re.compile(r"^(?:[-‐‑‒–—―−－]+|\.\.\.)[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)


def read_head(text: str, path: str, zone: tzinfo, limits: Limits = Limits()) -> Head:
    """Split a content file and read its front matter; dates without an offset are in `zone`."""
    start = _FENCE.match(text, len(text) - len(text.lstrip()))
    if start is None:
        line = text.count("\n", 0, len(text) - len(text.lstrip())) + 1
        return Head(None, {}, text, 1, (problem("no-front-matter", Place(path, line, 1), **_advice(text.strip())),))
    first_line = text.count("\n", 0, start.start()) + 1
    end = _FENCE.search(text, start.end())
    if end is None:
        other = _OTHER_FENCE.search(text, start.end())
        line = text.count("\n", 0, other.start()) + 1 if other else first_line
        advice = {"advice": THREE_HYPHENS} if other else {}
        return Head(None, {}, "", first_line, (problem("front-matter-not-closed", Place(path, line, 1), **advice),))
    head = text[start.end() + 1 : end.start()]
    if len(head) > LARGEST:
        found = problem("front-matter-too-large", Place(path, first_line, 1), limit=LARGEST)
        return Head(None, {}, "", first_line, (found,))
    scalars: dict[Any, Callable[[str], Any]] = {Moment: lambda value: parse_moment(value, zone)}
    typed = read(head, FrontMatter, path, first_line=first_line + 1, scalars=scalars, bounds=_bounds(limits))
    body_line = first_line + 1 + text.count("\n", start.end() + 1, end.end()) + 1
    odd = _odd_dates(typed.value, typed.marks, path, zone) if typed.value else ()
    return Head(typed.value, typed.marks, text[end.end() + 1 :], body_line, (*typed.problems, *odd), typed.unread)


def _bounds(limits: Limits) -> Bounds:
    longer = {"summary": 10 * limits.text_characters}
    return replace(limits.bounds, values=MOST_VALUES, longer=longer, entries=limits.list_entries)


def salvage(text: str, zone: tzinfo) -> tuple[FrontMatter, frozenset[str]]:
    """What is left of front matter that cannot be read as a whole: what says where a text has its place, and when; and
    the keys among these that cannot be read either."""
    scalars: dict[Any, Callable[[str], Any]] = {Moment: lambda value: parse_moment(value, zone)}
    found: dict[str, Any] = {"title": ""}
    unread: set[str] = set()
    for key, value in reversed(_PLACING.findall(text, 0, LARGEST)):  # of two lines the first counts
        line = read(f"{key}: {value}", FrontMatter, "", scalars=scalars)
        if line.value is None or key in line.unread or "\ufffd" in value:
            unread.add(key)
        else:
            unread.discard(key)
            found[key] = getattr(line.value, key)
    return FrontMatter(**found), frozenset((WHOLE, *unread))


WHOLE = "---"
"""Stands among keys for the front matter as a whole."""
_PLACING = re.compile(
    r"^(title|slug|translation_key|fallback|dated|draft|date|publish|expires)[ \t]*[:=][ \t]*(\S.*)$", re.MULTILINE
)
_FAR = {"date": 2200, "updated": 2200, "publish": 10_000, "expires": 10_000}
"""The years from which on a date is a slip of the pen; what is to wait or to stay for ever does so until any."""


def _odd_dates(meta: FrontMatter, marks: Marks, path: str, zone: tzinfo) -> Iterator[Problem]:
    for key, year in _FAR.items():
        moment = getattr(meta, key)
        if moment is not None and (words := far_ahead(moment, zone, year)):
            yield problem("far-date", Place(path, *marks[key]), **words)
    if times_of(meta).is_never_out:
        yield problem("never-published", Place(path, *marks["expires"]))


_TOML_TITLE = re.compile(r"^title[ \t]*=[ \t]*[\"']([^\"'\n]*)", re.MULTILINE)
_JSON_TITLE = re.compile(r'"title"[ \t]*:[ \t]*"([^"\n]*)')
_DASHES, _UNDERLINES = frozenset("-‐‑‒–—―−－_*=~"), frozenset("=-~^*#+`'\"")


def _advice(text: str) -> dict[str, str]:
    """How a text should begin that begins as the files of other tools do: with TOML, JSON, keys without lines around
    them, another line, or its title (Markdown, AsciiDoc, Org, reStructuredText)."""
    first, second = (line.strip() for line in f"{text}\n\n".split("\n", 2)[:2])
    head = text[:LARGEST]
    if first == "+++":
        return _with_title(IS_TOML, _TOML_TITLE.search(head))
    if first.startswith("{"):
        return _with_title(IS_JSON, _JSON_TITLE.search(head))
    if first and _DASHES.issuperset(first):
        return {"advice": THREE_HYPHENS}
    if own_name(FrontMatter.__name__, first.partition(":")[0], FrontMatter.__struct_fields__) and re.match(
        r"\w+[ \w-]*:", first
    ):
        return {"advice": LINES_AROUND}
    sign, _, title = first.partition(" ")
    if second and second[0] in _UNDERLINES and len(set(second)) == 1:
        title = first
    elif sign.strip("#") and sign not in ("=", "#+TITLE:", "#+title:"):
        title = ""
    title = title.rstrip("# ").strip()
    return {"advice": IS_TITLE, "title": scalar(title)} if title else {}


def _with_title(advice: str, found: re.Match[str] | None) -> dict[str, str]:
    return {"advice": advice, "title": scalar(found[1]) if found and found[1].strip() else "…"}


def many(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """A key that takes one or a list, as a list; empty texts do not count."""
    return tuple(item for item in ((value,) if isinstance(value, str) else value) if item)
