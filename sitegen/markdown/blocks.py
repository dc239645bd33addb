"""Blocks that CommonMark does not have: comments, containers with their ends, alerts, attributes."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import count

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import html_block as any_html_block
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from .findings import findings_of

NOTES = ("note", "tip", "info", "important", "warning", "caution", "danger")
CONTAINERS = (*NOTES, "quote", "details", "contact", "timeline")

COMMENT, COMMENT_END = "<!--", "-->"

ATTRIBUTES = (
    r"\{:?[ \t]*+(?:(?:[#.][^\s{}]++|-|[A-Za-z_][\w:-]*+=(?:\"[^\"{}\n]*+\"|'[^'{}\n]*+'|[^\s{}\"']++))"
    r"(?=[\s}])[ \t]*+)++\}"
)
"""`{#id .class key=value}` as Pandoc writes it, and Kramdown with a colon."""
_ATTRIBUTES = re.compile(rf"{ATTRIBUTES}\s*")
_OF_A_BLOCK = re.compile(r"\{[ \t]*[:.#]")
_ID = re.compile(r"(?<=[{: \t])#([^\s{}]+)|(?<=[{ \t])id=[\"']?([^\s{}\"']+)")


def install(md: MarkdownIt) -> None:
    html: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote"]}
    md.block.ruler.before("fence", "container", container, {"alt": [*html["alt"], "list"]})
    md.block.ruler.before("html_block", "comment", comment, html)
    md.block.ruler.at("html_block", html_block, html)
    md.core.ruler.after("block", "arrange_blocks", arrange_blocks)


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def comment(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A comment that has its lines for itself; text may follow the end of one of several lines."""
    source, at = state.src, state.bMarks[start] + state.tShift[start]
    if not source.startswith(COMMENT, at) or state.is_code_block(start):
        return False
    found = source.find(COMMENT_END, at + 2, state.eMarks[end - 1])
    stop = found + len(COMMENT_END)
    if found >= 0 and stop <= state.eMarks[start] and source[stop : state.eMarks[start]].strip():
        return False  # a paragraph that begins with one
    if silent:
        return True
    if found < 0:
        if (findings := findings_of(state)) is not None:
            findings.note("comment-not-closed", findings.search((COMMENT,), start))
        state.line = end
        return True
    line = start
    while state.eMarks[line] < stop:
        line += 1
    rest = source[stop : state.eMarks[line]]
    if rest.strip():
        state.bMarks[line], state.tShift[line] = stop, len(rest) - len(rest.lstrip(" \t"))
        state.sCount[line], state.bsCount[line] = state.blkIndent, 0
        state.line = line
    else:
        state.line = line + 1
    return True


def html_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Raw HTML (CommonMark, section 4.6) but for comments."""
    if not state.md.options["html"] or _line(state, start).startswith(COMMENT):
        return False
    return any_html_block(state, start, end, silent)


def without_comments(text: str) -> str:
    """A text without what is between <!-- and -->."""
    first, *others = text.split(COMMENT)
    return first + "".join(part.partition(COMMENT_END)[2] if COMMENT_END in part else part for part in others)


_INFO = (
    r"(?:(?P<name>[^\W\d_][\w-]*)(?=[\s\[{:]|\Z)|\{[ \t]*\.?(?P<braced>[^\W\d_][\w-]*)(?P<said>[^{}]*)\})(?P<rest>.*)"
)
_OPENING = re.compile(rf"(?P<marks>:{{3,}})[ \t]*{_INFO}")
_IN_A_LIST = re.compile(r"(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)++")
_END = re.compile(r"(:{3,})[ \t]*")
_FENCE = re.compile(r"(`{3,})[^`]*|(~{3,}).*")


def container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Blocks between `::: name` and `:::`; one within another ends first, or has fewer colons."""
    source, at = state.src, state.bMarks[start] + state.tShift[start]
    if not source.startswith(":::", at) or state.is_code_block(start):
        return False
    line = _line(state, start)
    opening = _OPENING.fullmatch(line)
    if opening is None:
        return _stray_end(state, start, silent) if _END.fullmatch(line) else False
    if silent:
        return True
    last = _last_line(state, start, end, len(opening["marks"]))
    name, title = _name_and_title(opening)
    if last is None and (findings := findings_of(state)) is not None:
        place = findings.search((line.rstrip(),), start)
        findings.note("container-not-closed", place, value=f"::: {name}", end=opening["marks"])
    parent, most = state.parentType, state.lineMax
    stop = end if last is None else last
    state.parentType, state.lineMax = "container", stop  # no paragraph goes on past it
    token = state.push("container_open", "div", 1)
    token.map, token.markup, token.info = [start, stop], opening["marks"], title
    token.meta = {"name": name}
    state.md.block.tokenize(state, start + 1, stop)
    state.push("container_close", "div", -1).meta = {"name": name}
    state.parentType, state.lineMax = parent, most
    state.line = end if last is None else last + 1
    return True


def _stray_end(state: StateBlock, start: int, silent: bool) -> bool:
    """An end without a beginning is no text."""
    if not silent:
        if (findings := findings_of(state)) is not None:
            line = _line(state, start).rstrip()
            findings.note("container-without-start", findings.search((line,), start), value=line)
        state.line = start + 1
    return True


def _last_line(state: StateBlock, start: int, end: int, marks: int) -> int | None:
    """The line that ends the container which begins at `start`: with as many colons, else with more. Each that begins
    within has an end of its own, which is remembered; in code there are none."""
    known: dict[tuple[int, int, int], tuple[int | None, int]] = state.env.setdefault("container_ends", {})
    found, until = known.get((start, state.bMarks[start], state.blkIndent), (None, 0))
    if found is not None or until >= end:
        return found if found is not None and found < end else None
    opened, fence = _Opened(start, marks), ""
    for number in range(start + 1, end):
        line = _line(state, number)
        if line and state.sCount[number] < state.blkIndent:
            break
        if fence:
            if line.startswith(fence) and not line.strip(fence[0] + " \t"):
                fence = ""
        elif line.startswith(("```", "~~~")):
            matched = _FENCE.fullmatch(line)
            fence = (matched[1] or matched[2]) if matched else ""
        elif ":::" in line:
            listed = _IN_A_LIST.match(line)
            opening = _OPENING.fullmatch(line, listed.end() if listed else 0)
            if opening:
                opened.begin(-1 if listed else number, len(opening["marks"]))
            elif (ending := _END.fullmatch(line)) and opened.end(len(ending[1]), number):
                end = number
                break
    for number, last in opened.ends.items():
        known[number, state.bMarks[number], state.blkIndent] = last, end
    return opened.ends[start]


class _Opened:
    """Containers that are open, the innermost last: the line each began on, and its colons. `ends`: of each its last
    line; by their number of colons, so that looking for those with fewer takes no longer than to write them."""

    def __init__(self, start: int, marks: int) -> None:
        self._open: list[tuple[int, int]] = []
        self._levels: defaultdict[int, list[int]] = defaultdict(list)
        self.ends: dict[int, int | None] = {}
        self.begin(start, marks)

    def begin(self, line: int, marks: int) -> None:
        self._levels[marks].append(len(self._open))
        self._open.append((line, marks))
        if line >= 0:
            self.ends[line] = None

    def end(self, marks: int, line: int) -> bool:
        """End the innermost with so many colons, else the innermost with fewer; whether that was the outermost."""
        fewer = (levels[-1] for number in range(3, marks) if (levels := self._levels.get(number)))
        level = same[-1] if (same := self._levels.get(marks)) else max(fewer, default=-1)
        if level < 0:
            return False
        begun = self._open[level][0]
        if begun >= 0:
            self.ends[begun] = line
        for _, within in self._open[level:]:
            self._levels[within].pop()
        del self._open[level:]
        return level == 0


_LABEL = re.compile(r"\[(.*)\]")
_TITLE = re.compile(r"title=[\"']([^\"']*)[\"']")


def _name_and_title(opening: re.Match[str]) -> tuple[str, str]:
    """`note Title`, and as others write it: `note[Title]{.a}`, `{.note title="Title"}`."""
    rest, said = opening["rest"].strip(), opening["said"] or ""
    rest = rest.rstrip(":").rstrip() if rest.endswith(":::") else rest
    if first := _ATTRIBUTES.match(rest):
        rest, said = rest[first.end() :], first[0]
    elif last := _attributes_at_the_end(rest):
        rest, said = rest[: last[0]], last[1]
    label, named = _LABEL.fullmatch(rest.strip()), _TITLE.search(said)
    title = label[1] if label else rest or (named[1] if named else "")
    return (opening["name"] or opening["braced"]).lower(), title.strip()


_ALERT = re.compile(r"\[!(?P<name>[^\W\d_][\w-]*)\][-+]?[ \t]*(?P<title>[^\n]*)(?:\n|\Z)")


def arrange_blocks(state: StateCore) -> None:
    """Alerts become containers, titles of containers blocks of their own; attributes are taken off."""
    source = state.src
    if "}" in source:
        state.tokens = list(_without_attributes(state.tokens))
    if "[!" in source:
        state.tokens = _with_alerts(state.tokens)
    if ":::" in source or "[!" in source:
        state.tokens = [made for token in state.tokens for made in (token, *_title_of(token))]
    if "\u3000" in source:
        _keep_indents(state)


def _without_attributes(tokens: Sequence[Token]) -> Iterator[Token]:
    """Ids of headings go into their `meta`; what is said of other blocks has no use here."""
    resume = 0
    heading: Token | None = None
    for index, token in enumerate(tokens):
        if index < resume:
            continue
        kind, found = token.type, None
        if kind == "heading_open":
            heading = token
        if kind in ("paragraph_open", "heading_open"):
            found = _attributes_at_the_end(tokens[index + 1].content)
        elif kind == "tr_open" and (skipped := _row_of_attributes(tokens, index)):
            resume = index + skipped + 1
            continue
        if found:
            start, attributes = found
            text = tokens[index + 1]
            if kind == "heading_open":
                token.meta["id"] = _id_in(attributes)
                text.content = text.content[:start]
            elif text.content[:start].endswith(")") or _stands_apart(text.content, start, attributes):
                text.content = text.content[:start]
                if not text.content:  # a line of its own, perhaps below a heading
                    if heading is not None and heading.map and text.map and heading.map[1] == text.map[0]:
                        heading.meta.setdefault("id", _id_in(attributes))
                    resume = index + 3
                    continue
        yield token


def _stands_apart(text: str, start: int, attributes: str) -> bool:
    """Whether what a paragraph ends with is said of it, and no text such as `a{.b}`."""
    return _OF_A_BLOCK.match(attributes) is not None and (start == 0 or text[start].isspace())


def _row_of_attributes(tokens: Sequence[Token], start: int) -> int:
    """How many tokens follow in the row that begins at `start`, if it is no row but said of the table above it."""
    end = next(index for index in count(start) if tokens[index].type == "tr_close")
    first, *others = (token.content for token in tokens[start:end] if token.type == "inline")
    is_said = _OF_A_BLOCK.match(first) and _attributes_at_the_end(first) == (0, first) and not any(others)
    return end - start if is_said else 0


def _attributes_at_the_end(text: str) -> tuple[int, str] | None:
    """Attributes with which a text ends, and where they and the space before them begin."""
    end = len(text)
    while text.endswith(COMMENT_END, 0, end) and (comment := text.rfind(COMMENT, 0, end)) >= 0:
        end = comment
        while end and text[end - 1].isspace():
            end -= 1
    if not text.endswith("}", 0, end):
        return None
    start = text.rfind("{", 0, end)
    if start < 0 or text[start - 1 : start] == "\\" or not (match := _ATTRIBUTES.fullmatch(text, start, end)):
        return None
    return len(text[:start].rstrip(" \t\n")), match[0]


def _id_in(attributes: str) -> str:
    found = _ID.search(attributes)
    return (found[1] or found[2]) if found else ""


def _with_alerts(tokens: Sequence[Token]) -> list[Token]:
    """`> [!NOTE]` as GitHub writes it, and with a title as Obsidian does."""
    out: list[Token] = []
    names: list[str] = []  # of the quotes that are open; "" for those that are none
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.type == "blockquote_open":
            text = tokens[index + 2] if tokens[index + 1].type == "paragraph_open" else None
            alert = _ALERT.match(text.content) if text else None
            names.append(alert["name"].lower() if alert else "")
            if alert and text:
                token.type, token.tag, token.info, token.meta = (
                    "container_open",
                    "div",
                    alert["title"],
                    {"name": names[-1]},
                )
                text.content = text.content[alert.end() :]
                if text.map:
                    text.map = [text.map[0] + 1, text.map[1]]
                index += 0 if text.content else 3
        elif token.type == "blockquote_close" and (name := names.pop()):
            token.type, token.tag, token.meta = "container_close", "div", {"name": name}
        out.append(token)
        index += 1
    return out


def _title_of(token: Token) -> Iterator[Token]:
    """Of a container that begins: a line above its blocks."""
    if token.type != "container_open" or not (token.info or token.meta["name"] == "details"):
        return
    tag = "summary" if token.meta["name"] == "details" else "p"
    opening, text, closing = Token("title_open", tag, 1), Token("inline", "", 0), Token("title_close", tag, -1)
    opening.attrs = {} if tag == "summary" else {"class": "container-title"}
    for made in (opening, text, closing):
        made.block, made.level = True, token.level
    text.content, text.children, text.map = token.info, [], token.map and [token.map[0], token.map[0] + 1]
    yield from (opening, text, closing)


def _keep_indents(state: StateCore) -> None:
    """An ideographic space at the beginning of a paragraph is what its author indents it with."""
    lines = state.src.split("\n")
    for before, token in zip(state.tokens, state.tokens[1:], strict=False):
        if before.type == "paragraph_open" and token.map and "\u3000" in lines[token.map[0]]:
            start = lines[token.map[0]].find(token.content.partition("\n")[0])
            above = lines[token.map[0]][: max(start, 0)]
            token.content = above[len(above.rstrip("\u3000")) :] + token.content
