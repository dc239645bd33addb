"""The configured Markdown parser: text → HTML that is final but for its links to other files of the site."""

import re
from functools import cache
from typing import Any, Literal
from urllib.parse import unquote

from babel import Locale
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from msgspec import Struct

from sitegen.config.settings import MarkdownSettings
from sitegen.files import digest, is_content, join
from sitegen.i18n.typography import reading_minutes
from sitegen.problems import Place, Problem, nearest, problem
from sitegen.text import nfc, unique_slug

from .chart_html import figure
from .charts import read_chart
from .parser import use
from .renderer import Renderer, description, plain_text
from .rules import DEFAULT_QUOTES, QUOTES, arrange, install

CONTAINERS = ("note", "tip", "warning", "quote", "contact", "timeline")


class Heading(Struct, frozen=True, gc=False, array_like=True):
    id: str
    level: int
    title: str


class Reference(Struct, frozen=True, gc=False, array_like=True):
    """A link or picture that depends on other files. `target` is a path below content/, or an address when it
    begins with /, as all do whose `kind` is "address"."""

    kind: Literal["document", "file", "address", "picture"]
    target: str
    fragment: str
    alt: str
    title: str
    line: int
    column: int


class Rendered(Struct, frozen=True, gc=False):
    """In `html`, `\\0n\\0` stands where the n-th reference goes, whose address depends on the reader's language, and
    `\\0word\\0` for one of chart_html.WORDS, since files are parsed without catalogues; NUL cannot come from Markdown
    (CommonMark 2.3). `blocks`: what it has that needs styles of its own."""

    html: str
    lead: str
    headings: tuple[Heading, ...]
    references: tuple[Reference, ...]
    minutes: int
    blocks: tuple[str, ...]
    problems: tuple[Problem, ...]


def render(text: str, path: str, first_line: int, locale: Locale, settings: MarkdownSettings) -> Rendered:
    """Render the body of the content file `path`, which begins on its line `first_line`."""
    md = _parser(locale.language, settings.html, settings.typography)
    text += "" if text.endswith("\n") else "\n"  # every line has an end, which the container plugin relies on
    page = _Page(path, text, first_line, locale)
    tokens = md.parse(text, page.env)
    page.prepare(tokens)
    html = str(md.renderer.render(tokens, md.options, page.env))
    page.check_fragments()
    return Rendered(
        html=html,
        lead=page.lead,
        headings=tuple(page.headings),
        references=tuple(page.references),
        minutes=reading_minutes(text),
        blocks=tuple(sorted(page.blocks)),
        problems=tuple(page.problems),
    )


class _Page:
    """What one rendering gathers on its way."""

    def __init__(self, path: str, text: str, first_line: int, locale: Locale) -> None:
        self.path, self.lines, self.first_line, self.locale = path, text.split("\n"), first_line, locale
        self.folder = path.removeprefix("content/").rpartition("/")[0]
        self.env: dict[str, Any] = {"page": self}
        self.lead = ""
        self.headings: list[Heading] = []
        self.references: list[Reference] = []
        self.problems: list[Problem] = []
        self.fragments: list[tuple[str, Place]] = []
        self.blocks: set[str] = set()
        self.charts = 0
        self._found: dict[str, tuple[int, int]] = {}

    def prepare(self, tokens: list[Token]) -> None:
        """Give headings their ids and levels, make figures of lone pictures, find the first paragraph."""
        timelines = []
        shift = 1 if any(token.type == "heading_open" and token.tag == "h1" for token in tokens) else 0
        for index, token in enumerate(tokens):
            if token.type == "heading_open":
                self._heading(token, tokens[index + 1], tokens[index + 2], shift)
            elif token.type == "paragraph_open" and not token.hidden:
                inline = tokens[index + 1]
                if _is_lone_picture(inline):
                    token.type = tokens[index + 2].type = "figure"
                    (inline.children or [])[0].meta["figure"] = True
                elif not self.lead and token.level == 0:
                    self.lead = plain_text(inline.children or ())
            elif token.type == "container_box_open":
                name = token.info.split(maxsplit=1)[0]
                if name not in CONTAINERS:
                    place = Place(self.path, self.first_line + (token.map or [0])[0], 1)
                    close, known = nearest(name, CONTAINERS), ", ".join(CONTAINERS)
                    self.problems.append(problem("unknown-container", place, value=name, nearest=close, known=known))
                elif name == "timeline":
                    timelines.append(index)
            elif token.type == "inline" and token.map:
                for child in token.children or ():
                    if child.type in ("link_open", "image"):
                        child.map = token.map
        for index in reversed(timelines):  # entries get tokens of their own
            self.blocks.add("timeline")
            top = Place(self.path, self.first_line, 1)
            self.problems += arrange(tokens, index, self.lines, top, self.locale)

    def _heading(self, opening: Token, inline: Token, closing: Token, shift: int) -> None:
        children = inline.children or []
        explicit = _EXPLICIT_ID.search(children[-1].content) if children and children[-1].type == "text" else None
        if explicit:
            children[-1].content = children[-1].content[: explicit.start()]
        title = plain_text(children)
        taken = [heading.id for heading in self.headings]
        anchor = explicit[1] if explicit else unique_slug(title, taken, "section")
        level = min(int(opening.tag[1]) + shift, 6)
        opening.tag = closing.tag = f"h{level}"
        opening.attrs = {"id": anchor}
        self.headings.append(Heading(anchor, level, title))

    def chart(self, token: Token, kind: str) -> str:
        """The figure of a chart; nothing where it has mistakes."""
        line = (token.map or [0])[0]
        fence = Place(self.path, self.first_line + line, 1)
        chart, problems = read_chart(kind, token.content, self.lines[line:], fence)
        self.problems += problems
        self.charts += 1
        self.blocks.add("chart")
        name = f"chart-{digest(f'{self.path} {self.charts}'.encode())[:8]}"
        return figure(chart, name, self.locale) if chart else ""

    def refer(self, token: Token, attribute: str) -> str | None:
        """The marker that stands for a link or picture to elsewhere on the site; None when its HTML is final."""
        href = str(token.attrs.get(attribute, ""))
        if _EXTERNAL.match(href) or not href:
            self._check_description(token, href, None)
            return None
        if href.startswith("#"):
            self.fragments.append((unquote(href[1:]), self._place(token, href)))
            return None
        path, _, fragment = href.partition("#")
        target = nfc(unquote(path.partition("?")[0]))
        place = self._place(token, href)
        kind: Literal["document", "file", "address", "picture"]
        kind = "picture" if token.type == "image" else _kind_of(target)
        resolved = target if target.startswith("/") else join(self.folder, target)
        if resolved is None:
            self.problems.append(problem("climbs-out", place, target=target))
            return None
        self._check_description(token, target, place)
        alt, title = (description(token) if kind == "picture" else ""), str(token.attrs.get("title", ""))
        fragment = nfc(unquote(fragment))
        self.references.append(Reference(kind, resolved, fragment, alt, title, place.line, place.column))
        return f"\0{len(self.references) - 1}\0"

    def check_fragments(self) -> None:
        """Links to a heading of this text must find it; footnotes make ids of their own."""
        ids = [heading.id for heading in self.headings]
        for fragment, place in self.fragments:
            if fragment not in ids and fragment:
                close, known = nearest(fragment, ids), ", ".join(ids) or "—"
                self.problems.append(
                    problem("broken-fragment", place, fragment=fragment, target=self.path, nearest=close, known=known)
                )

    def _check_description(self, token: Token, target: str, place: Place | None) -> None:
        """Those who do not see a picture need to know what it shows, or that it is decoration."""
        if token.type == "image" and not token.content.strip():
            self.problems.append(problem("picture-without-alt", place or self._place(token, target), target=target))

    def _place(self, token: Token, href: str) -> Place:
        """Where `href` is written: markdown-it tells the block, so look for the text from there on."""
        block = token.map or [0, 0]
        lines = self.lines
        for needle in dict.fromkeys((unquote(href), href)):
            last_line, last_column = self._found.get(needle, (-1, -1))
            for number in range(block[0], len(lines)):
                column = lines[number].find(needle, last_column + 1 if number == last_line else 0)
                if column >= 0:
                    self._found[needle] = (number, column)
                    return Place(self.path, self.first_line + number, column + 1)
        return Place(self.path, self.first_line + block[0], 1)


_EXPLICIT_ID = re.compile(r"\s*\{#([^\s{}#]+)\}\s*\Z")
_EXTERNAL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//")


def _kind_of(target: str) -> Literal["document", "file", "address"]:
    if target.startswith("/"):
        return "address"
    last = target.rpartition("/")[2]
    return "document" if is_content(last) or "." not in last.strip(".") else "file"


def _is_lone_picture(inline: Token) -> bool:
    children = inline.children or []
    return len(children) == 1 and children[0].type == "image"


@cache
def _parser(lang: str, html: bool, typography: bool) -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": html, "typographer": typography}, renderer_cls=Renderer)
    md.options["quotes"] = QUOTES.get(lang, DEFAULT_QUOTES)
    md.enable(["table", "strikethrough"])
    if typography:
        md.enable(["replacements", "smartquotes"])
    md.use(footnote_plugin).use(deflist_plugin)
    container_plugin(md, "box", validate=lambda info, _: _CONTAINER.match(info.strip()) is not None)
    renderer = md.renderer
    assert isinstance(renderer, Renderer)
    for name in ("container_box_open", "container_box_close", "footnote_block_open", "footnote_block_close"):
        renderer.rules[name] = getattr(renderer, name)
    install(md, lang)
    use(md)
    return md


_CONTAINER = re.compile(r"[A-Za-z][\w-]*(\s|\Z)")
