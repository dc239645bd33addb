"""The configured Markdown parser: text → HTML that is final but for its links to other files of the site."""

import re
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

from babel import Locale
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from msgspec import Struct

from sitegen.config.settings import MarkdownSettings
from sitegen.files import digest
from sitegen.i18n.typography import reading_minutes
from sitegen.problems import Problem, nearest

from .anchors import Anchors, Fragments
from .blocks import COMMENT, COMMENT_END, CONTAINERS, without_comments
from .chart_html import figure
from .charts import read_chart
from .findings import Findings
from .parser.footnotes import footnotes
from .parser.parsers import use
from .raw_html import ids, rewrite
from .references import Markers, Reference, References
from .renderer import Renderer, plain_text
from .rules import DEFAULT_QUOTES, QUOTES, arrange, install

DEEPEST = 40
"""Blocks within each other; a list counts twice. CommonMark names no limit, markdown-it's is 20 for its dialect."""

CHART_IDS = ("title", "text", "2", "3")
"""How ids in a chart end."""


class Heading(Struct, frozen=True, gc=False, array_like=True):
    id: str
    level: int
    title: str


class Rendered(Struct, frozen=True, gc=False):
    """In `html`, `\\0n\\0` stands where the n-th reference goes, whose address depends on the reader's language, and
    `\\0word\\0` for one of chart_html.WORDS, since files are parsed without catalogues; it holds no other NUL.
    `anchors`: all ids, those of headings too; `blocks`: what it has that needs styles of its own."""

    html: str
    lead: str
    headings: tuple[Heading, ...]
    anchors: tuple[str, ...]
    references: tuple[Reference, ...]
    minutes: int
    blocks: tuple[str, ...]
    problems: tuple[Problem, ...]


def render(text: str, path: str, first_line: int, locale: Locale, settings: MarkdownSettings) -> Rendered:
    """Render the body of the content file `path`, which begins on its line `first_line`."""
    md = _parser(locale.language, settings.html, settings.typography)
    text += "" if text.endswith("\n") else "\n"  # every line has an end
    page = _Page(Findings(path, text, first_line), Markers(text), locale, html=settings.html)
    tokens = md.parse(text, page.env)
    page.prepare(tokens)
    html = page.markers.settle(str(md.renderer.render(tokens, md.options, page.env)))
    page.env.clear()  # which has the page
    return Rendered(
        html=html,
        lead=page.lead,
        headings=tuple(page.headings),
        anchors=page.anchors.ids,
        references=tuple(page.references.found),
        minutes=reading_minutes(without_comments(text) if COMMENT in text else text),
        blocks=tuple(sorted(page.blocks)),
        problems=tuple(page.findings.problems),
    )


class _Page:
    """What one rendering gathers on its way."""

    def __init__(self, findings: Findings, markers: Markers, locale: Locale, *, html: bool) -> None:
        self.path, self.findings, self.markers, self.locale, self.html = findings.path, findings, markers, locale, html
        self.env: dict[str, Any] = {"page": self, "findings": findings}
        self.lead = ""
        self.headings: list[Heading] = []
        self.anchors = Anchors(findings)
        self.references = References(findings, markers)
        self.blocks: set[str] = set()
        self.charts = 0

    def prepare(self, tokens: list[Token]) -> None:
        """Give headings their ids and levels, make figures of lone pictures, find the first paragraph."""
        timelines, shift = [], self._claim_ids(tokens)
        for index, token in enumerate(tokens):
            if token.type == "heading_open":
                self._heading(token, tokens[index + 1], tokens[index + 2], shift)
        self.references.fragments = Fragments(self.anchors.ids, [heading.id for heading in self.headings])
        for index, token in enumerate(tokens):
            kind = token.type
            if kind == "inline":
                self._inline(token)
            elif kind == "paragraph_open" and not token.hidden:
                inline = tokens[index + 1]
                if _is_lone_picture(inline):
                    token.type = tokens[index + 2].type = "figure"
                    (inline.children or [])[0].meta["figure"] = True
                elif not self.lead and token.level == 0:
                    self.lead = plain_text(inline.children or ())
            elif kind == "container_open":
                self._check_name(token)
                if token.meta["name"] == "timeline":
                    timelines.append(index)
            elif kind == "fence" and "name" not in token.meta:  # of a chart the data would be wrong
                self._check_fence(token)
            elif kind == "html_block":
                self._raw_block(token)
        if timelines:
            self.blocks.add("timeline")
            top = self.findings.line(0)
            self.findings.problems += arrange(tokens, timelines, self.findings.lines, top, self.locale)

    def _inline(self, token: Token) -> None:
        """Tell links and pictures where they are; see to raw HTML."""
        for child in token.children or ():
            kind = child.type
            if kind == "text":
                continue
            if kind in ("link_open", "image"):
                child.map = token.map
            elif self.html and kind == "html_inline":
                child.content = rewrite(child.content, partial(self.references.mark_raw, (token.map or [0])[0]))
        if token.content.startswith(_MARKS) and (match := _MARK.match(token.content)):
            place = self.findings.search((match[0],), (token.map or [0])[0])
            self.findings.note("template-marks", place, value=match[0])

    def _claim_ids(self, tokens: Sequence[Token]) -> int:
        """Those that are given, by us to footnotes and charts, or by the author. Also by how much headings go down."""
        notes = self.env.get("footnotes", {}).get("list", {})
        for number, note in notes.items():
            more = (f"fnref{number + 1}:{again}" for again in range(1, note.get("count", 1)))
            self.anchors.reserve((f"fn{number + 1}", f"fnref{number + 1}", *more))
        shift = 0
        for token in tokens:
            if token.type == "heading_open":
                shift = max(shift, token.tag == "h1")
                if written := token.meta.get("id"):
                    place = self.findings.search((f"#{written}", written), (token.map or [0])[0])
                    token.meta["id"] = self.anchors.claim(written, place)
            elif token.type == "fence" and token.info.split()[:1] == ["chart"]:
                self.charts += 1
                name = token.meta["name"] = f"chart-{digest(f'{self.path} {self.charts}'.encode())[:8]}"
                self.anchors.reserve(f"{name}-{part}" for part in CHART_IDS)
            elif self.html and token.type in ("html_block", "inline"):
                self._claim_raw_ids(token)
        return shift

    def _claim_raw_ids(self, token: Token) -> None:
        raw = [token] if token.type == "html_block" else [t for t in token.children or () if t.type == "html_inline"]
        for written in (found for part in raw for found in ids(part.content)):
            self.anchors.claim(written, self.findings.search((written,), (token.map or [0])[0]))

    def _check_name(self, token: Token) -> None:
        name = token.meta["name"]
        if name not in CONTAINERS:
            place = self.findings.line((token.map or [0])[0])
            close, known = nearest(name, CONTAINERS), ", ".join(CONTAINERS)
            self.findings.note("unknown-container", place, value=name, nearest=close, known=known)

    def _check_fence(self, token: Token) -> None:
        """A fence that no line closes goes on to the end of the text, or of the list or quote it is in."""
        start, end = token.map or [0, 0]
        last = self.findings.lines[end - 1].lstrip(" \t>") if end > start + 1 else ""
        if not last.startswith(token.markup):
            place = self.findings.search((token.markup,), start)
            self.findings.note("fence-not-closed", place, end=token.markup)

    def _raw_block(self, token: Token) -> None:
        line = (token.map or [0])[0]
        if token.content.rfind(COMMENT) > token.content.rfind(COMMENT_END):
            self.findings.note("comment-not-closed", self.findings.search((COMMENT,), line))
        token.content = rewrite(token.content, partial(self.references.mark_raw, line))

    def _heading(self, opening: Token, inline: Token, closing: Token, shift: int) -> None:
        title = plain_text(inline.children or ())
        anchor = opening.meta.get("id") or self.anchors.of_title(title)
        level = min(int(opening.tag[1]) + shift, 6)
        opening.tag = closing.tag = f"h{level}"
        opening.attrs = {"id": anchor}
        self.headings.append(Heading(anchor, level, title))

    def chart(self, token: Token, kind: str) -> str:
        """The figure of a chart; nothing where it has mistakes."""
        line, end = token.map or [0, 1]
        chart, problems = read_chart(kind, token.content, self.findings.lines[line:end], self.findings.line(line))
        self.findings.problems += problems
        self.blocks.add("chart")
        return figure(chart, token.meta["name"], self.locale, self.markers.mark) if chart else ""


_MARKS = ("import ", "export ", "!!! ", "??? ", "???+ ", "[")
_MARK = re.compile(
    r"(?:!!!|\?\?\?\+?)[ \t]+[A-Za-z]+(?:[ \t]+\"[^\"\n]*\")?[ \t]*$"
    r"|\[(?:\[_?)?(?i:toc)(?:_?\])?\][ \t]*$"
    r"|(?:import\s+(?:[\w*{][^\n\"']*\sfrom\s+)?(?:\"[^\n\"]+\"|'[^\n']+')"
    r"|export\s+(?:const|let|default|function)\s[^\n]*);?[ \t]*$",
    re.MULTILINE,
)


def _is_lone_picture(inline: Token) -> bool:
    children = inline.children or []
    return len(children) == 1 and children[0].type == "image"


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802
        """Of any address, since a link that is none would be told to nobody; References tells of it."""
        return True


@cache
def _parser(lang: str, html: bool, typography: bool) -> MarkdownIt:
    md = _Markdown(
        "commonmark", {"html": html, "typographer": typography, "maxNesting": DEEPEST}, renderer_cls=Renderer
    )
    md.options["quotes"] = QUOTES.get(lang, DEFAULT_QUOTES)
    md.enable(["table", "strikethrough"])
    if typography:
        md.enable(["replacements", "smartquotes"])
    md.use(footnotes).use(deflist_plugin)
    renderer = md.renderer
    assert isinstance(renderer, Renderer)
    for name in ("footnote_block_open", "footnote_block_close"):
        renderer.rules[name] = getattr(renderer, name)
    install(md, lang)
    use(md)
    return md
