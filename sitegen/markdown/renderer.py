"""Tokens of Markdown → HTML: markdown-it's, with references marked, figures, containers, and boxes that scroll where
a phone is too narrow."""

import re
from collections.abc import Sequence
from itertools import count, takewhile
from typing import Any

from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from .blocks import NOTES
from .rules import caption_html, ruby_html


def plain_text(tokens: Sequence[Token]) -> str:
    """What a reader would hear: no marks, no footnote numbers, pictures by their description."""
    parts = []
    for token in tokens:
        if token.type in ("text", "code_inline", "ruby"):
            parts.append(token.content)
        elif token.type == "hardbreak" or token.content == "<br>":
            parts.append(" ")
        elif token.type == "image":
            parts.append(description(token))
    return "".join(parts).replace("\n", " ")


def description(picture: Token) -> str:
    """What a picture shows; `""` says that it is decoration, as in front matter."""
    return "" if picture.content.strip() == '""' else plain_text(picture.children or ())


class Renderer(RendererHTML):
    """`env["page"]` gives the markers of references, and draws charts."""

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: Any) -> str:
        """The library's own, which asks a method for each token, and a rule for each text."""
        out, rules = [], self.rules
        for index, token in enumerate(tokens):
            kind = token.type
            if kind == "text":
                out.append(escapeHtml(token.content))
            elif kind == "inline":
                children = token.children or ()
                if len(children) == 1 and children[0].type == "text":
                    out.append(escapeHtml(children[0].content))
                else:
                    out.append(self.render(children, options, env))
            elif kind in rules:
                out.append(rules[kind](tokens, index, options, env))
            elif token.nesting == 0 or token.attrs:
                out.append(self.renderToken(tokens, index, options, env))
            elif token.hidden:
                continue
            elif not token.block:
                out.append(f"</{token.tag}>" if token.nesting < 0 else f"<{token.tag}>")
            elif token.nesting < 0:
                out.append(f"</{token.tag}>\n")
            else:
                before = "\n" if index and tokens[index - 1].hidden else ""
                after = tokens[index + 1]
                inside = after.type == "inline" or after.hidden or (after.nesting < 0 and after.tag == token.tag)
                out.append(f"{before}<{token.tag}>" if inside else f"{before}<{token.tag}>\n")
        return "".join(out)

    renderInline = render  # noqa: N815 - markdown-it's name; a row of tokens is a row of tokens

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        token = tokens[idx]
        marker: str | None = env["page"].references.mark(token, "href")
        if marker is None:
            return str(self.renderToken(tokens, idx, options, env))
        title = token.attrs.get("title")
        return f'<a{marker} title="{escapeHtml(str(title))}">' if title else f"<a{marker}>"

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        token = tokens[idx]
        marker: str | None = env["page"].references.mark(token, "src")
        if marker is None:
            alt = escapeHtml(description(token))
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
        name, _, rest = token.info.strip().partition(" ")
        if name == "chart":
            return str(env["page"].chart(token, rest.strip() or "bar"))
        language = _language(token.info)
        css = f' class="language-{escapeHtml(language)}"' if language else ""
        return f'<pre tabindex="0"><code{css}>{escapeHtml(token.content)}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f'<pre tabindex="0"><code>{escapeHtml(tokens[idx].content)}</code></pre>\n'

    def container_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        name = tokens[idx].meta["name"]
        if name == "timeline":
            return ""
        role = ' role="note"' if name in NOTES else ""
        return f'<{_TAGS.get(name, "div")} class="{escapeHtml(name)}"{role}>\n'

    def container_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        name = tokens[idx].meta["name"]
        return "" if name == "timeline" else f"</{_TAGS.get(name, 'div')}>\n"

    def title_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        nothing = tokens[idx].tag == "summary" and not tokens[idx - 1].content
        return f"{env['page'].markers.mark(NO_TITLE) if nothing else ''}</{tokens[idx].tag}>\n"

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return tokens[idx].content

    html_block = html_inline

    def footnote_block_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return '<div class="footnotes">\n<ol class="footnotes-list">\n'

    def footnote_block_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return "</ol>\n</div>\n"


NO_TITLE = "details"
"""What stands above what is folded and has no title, in chart_html.WORDS."""

_TAGS = {"quote": "blockquote", "details": "details"}
_LANGUAGE = re.compile(r"\{\s*(?:#\S+\s+)?\.(?P<class>[\w+#-]+)|\{?(?P<name>[^\s{},:]+)")


def _language(info: str) -> str:
    """The first word of what stands behind a fence; as others write it, ```js{1,3}` and ```{.python}` too."""
    match = _LANGUAGE.match(info.strip())
    return (match["class"] or match["name"]) if match else ""


def _header_texts(tokens: Sequence[Token], start: int) -> list[str]:
    head = takewhile(lambda index: tokens[index].type != "thead_close", count(start))
    texts = (plain_text(tokens[index + 1].children or ()) for index in head if tokens[index].type == "th_open")
    return [text for text in texts if text]


def _alignment(token: Token) -> str:
    """A class where markdown-it writes an inline style, which the content security policy forbids."""
    style = str(token.attrs.get("style", ""))
    return f' class="align-{style.partition(":")[2]}"' if style else ""
