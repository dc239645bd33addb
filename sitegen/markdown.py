"""The configured Markdown parser: text → HTML that is final but for its links to other files of the site."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin
from msgspec import Struct

from .config import MarkdownSettings
from .dialect import DEFAULT_QUOTES, QUOTES, caption_html, install, ruby_html
from .files import join
from .parsers import use
from .problems import Place, Problem, nearest, problem
from .text import nfc, reading_minutes, unique_slug

CONTAINERS = ("note", "tip", "warning", "quote", "contact")


class Heading(Struct, frozen=True, array_like=True):
    id: str
    level: int
    title: str


class Reference(Struct, frozen=True, array_like=True):
    """A link or picture that depends on other files. `target` is a path below content/, or an address when it
    begins with /, as all do whose `kind` is "address"."""

    kind: Literal["document", "file", "address", "picture"]
    target: str
    fragment: str
    alt: str
    title: str
    line: int
    column: int


class Rendered(Struct, frozen=True):
    """In `html`, `\\0n\\0` stands where the n-th reference goes (NUL cannot come from Markdown: CommonMark 2.3)."""

    html: str
    lead: str
    headings: tuple[Heading, ...]
    references: tuple[Reference, ...]
    minutes: int
    problems: tuple[Problem, ...]


def render(text: str, path: str, first_line: int, lang: str, settings: MarkdownSettings) -> Rendered:
    """Render the body of the content file `path`, which begins on its line `first_line`."""
    md = _parser(lang, settings.html, settings.typography)
    page = _Page(path, text, first_line)
    tokens = md.parse(text, page.env)
    page.prepare(tokens)
    html = str(md.renderer.render(tokens, md.options, page.env))
    page.check_fragments()
    return Rendered(
        html, page.lead, tuple(page.headings), tuple(page.references), reading_minutes(text), tuple(page.problems)
    )


class _Page:
    """What one rendering gathers on its way."""

    def __init__(self, path: str, text: str, first_line: int) -> None:
        self.path, self.text, self.first_line = path, text, first_line
        self.folder = path.removeprefix("content/").rpartition("/")[0]
        self.env: dict[str, Any] = {"page": self}
        self.lead = ""
        self.headings: list[Heading] = []
        self.references: list[Reference] = []
        self.problems: list[Problem] = []
        self.fragments: list[tuple[str, Place]] = []
        self.line = 0
        self._found: dict[str, tuple[int, int]] = {}

    def prepare(self, tokens: list[Token]) -> None:
        """Give headings their ids and levels, make figures of lone pictures, find the first paragraph."""
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
            elif token.type == "inline" and token.map:
                for child in token.children or ():
                    if child.type in ("link_open", "image"):
                        child.map = token.map

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
        alt, title = (_description(token) if kind == "picture" else ""), str(token.attrs.get("title", ""))
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
        lines = self.text.split("\n")
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
    return "document" if last.endswith(".md") or "." not in last.strip(".") else "file"


def plain_text(tokens: Sequence[Token]) -> str:
    """What a reader would hear: no marks, no footnote numbers, pictures by their description."""
    parts = []
    for token in tokens:
        if token.type in ("text", "code_inline", "ruby"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "image":
            parts.append(_description(token))
    return "".join(parts)


def _description(picture: Token) -> str:
    """What a picture shows; `""` says that it is decoration, as in front matter."""
    return "" if picture.content.strip() == '""' else plain_text(picture.children or ())


def _is_lone_picture(inline: Token) -> bool:
    children = inline.children or []
    return len(children) == 1 and children[0].type == "image"


class _Renderer(RendererHTML):
    """markdown-it's HTML with references marked, figures, and boxes that scroll where a phone is too narrow."""

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: Any) -> str:
        out, rules = [], self.rules
        for index, token in enumerate(tokens):
            kind = token.type
            if kind == "text":
                out.append(escapeHtml(token.content))
            elif kind == "inline":
                out.append(self.render(token.children or (), options, env))
            elif kind in rules:
                out.append(rules[kind](tokens, index, options, env))
            else:
                out.append(self.renderToken(tokens, index, options, env))
        return "".join(out)

    renderInline = render  # noqa: N815 - markdown-it's name; a row of tokens is a row of tokens

    def renderToken(  # noqa: N802
        self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any
    ) -> str:
        """The library's own, for the tokens it is called with most."""
        token = tokens[idx]
        if token.hidden or token.attrs or token.nesting == 0:
            return super().renderToken(tokens, idx, options, env)
        if not token.block:
            return f"</{token.tag}>" if token.nesting < 0 else f"<{token.tag}>"
        if token.nesting < 0:
            return f"</{token.tag}>\n"
        before = "\n" if idx and tokens[idx - 1].hidden else ""
        after = tokens[idx + 1] if idx + 1 < len(tokens) else token
        inside = after.type == "inline" or after.hidden or (after.nesting < 0 and after.tag == token.tag)
        return f"{before}<{token.tag}>" if inside else f"{before}<{token.tag}>\n"

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        token = tokens[idx]
        marker: str | None = env["page"].refer(token, "href")
        if marker is None:
            return str(self.renderToken(tokens, idx, options, env))
        title = token.attrs.get("title")
        return f'<a{marker} title="{escapeHtml(str(title))}">' if title else f"<a{marker}>"

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        token = tokens[idx]
        marker: str | None = env["page"].refer(token, "src")
        if marker is None:
            alt = escapeHtml(_description(token))
            marker = f'<img src="{escapeHtml(str(token.attrs["src"]))}" alt="{alt}" loading="lazy">'
        return marker + (caption_html(str(token.attrs.get("title", ""))) if token.meta.get("figure") else "")

    def figure(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return "<figure>" if tokens[idx].nesting == 1 else "</figure>\n"

    def ruby(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return ruby_html(tokens[idx].content, tokens[idx].meta["reading"])

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        label = ", ".join(_header_texts(tokens, idx))
        return f'<div class="table-scroll" tabindex="0" role="group" aria-label="{escapeHtml(label)}">\n<table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return "</table>\n</div>\n"

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        if not plain_text(tokens[idx + 1].children or ()):
            return "<td>"
        return f'<th scope="col"{_alignment(tokens[idx])}>'

    def th_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return "</th>\n" if plain_text(tokens[idx - 1].children or ()) else "</td>\n"

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f"<td{_alignment(tokens[idx])}>"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        token = tokens[idx]
        name = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
        css = f' class="language-{escapeHtml(name)}"' if name else ""
        return f'<pre tabindex="0"><code{css}>{escapeHtml(token.content)}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f'<pre tabindex="0"><code>{escapeHtml(tokens[idx].content)}</code></pre>\n'

    def container_box_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        name, _, title = tokens[idx].info.strip().partition(" ")
        tag = "blockquote" if name == "quote" else "div"
        role = ' role="note"' if name in ("note", "tip", "warning") else ""
        heading = f'<p class="container-title">{escapeHtml(title.strip())}</p>\n' if title.strip() else ""
        return f'<{tag} class="{escapeHtml(name)}"{role}>\n{heading}'

    def container_box_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        opening = next(
            t for t in reversed(tokens[:idx]) if t.type == "container_box_open" and t.level == tokens[idx].level
        )
        return "</blockquote>\n" if opening.info.split()[0] == "quote" else "</div>\n"

    def footnote_block_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return '<div class="footnotes">\n<ol class="footnotes-list">\n'

    def footnote_block_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return "</ol>\n</div>\n"


def _header_texts(tokens: Sequence[Token], start: int) -> list[str]:
    texts = []
    for index in range(start, len(tokens)):
        if tokens[index].type == "th_open":
            texts.append(plain_text(tokens[index + 1].children or ()))
        elif tokens[index].type == "thead_close":
            break
    return [text for text in texts if text]


def _alignment(token: Token) -> str:
    """A class where markdown-it writes an inline style, which the content security policy forbids."""
    style = str(token.attrs.get("style", ""))
    return f' class="align-{style.partition(":")[2]}"' if style else ""


@cache
def _parser(lang: str, html: bool, typography: bool) -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": html, "typographer": typography}, renderer_cls=_Renderer)
    md.options["quotes"] = QUOTES.get(lang.partition("-")[0], DEFAULT_QUOTES)
    md.enable(["table", "strikethrough"])
    if typography:
        md.enable(["replacements", "smartquotes"])
    md.use(footnote_plugin).use(deflist_plugin)
    container_plugin(md, "box", validate=lambda info, _: _CONTAINER.match(info.strip()) is not None)
    renderer = md.renderer
    assert isinstance(renderer, _Renderer)
    for name in ("container_box_open", "container_box_close", "footnote_block_open", "footnote_block_close"):
        renderer.rules[name] = getattr(renderer, name)
    install(md, lang)
    use(md)
    return md


_CONTAINER = re.compile(r"[A-Za-z][\w-]*(\s|\Z)")
