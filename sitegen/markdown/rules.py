"""What our Markdown adds to CommonMark, as rules for markdown-it-py: one rule, one function."""

import re
from collections import Counter
from collections.abc import Container, Sequence
from functools import lru_cache
from itertools import count
from operator import itemgetter

from babel import Locale
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml, isMdAsciiPunct, isPunctChar, isWhiteSpace
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from sitegen.i18n.dates import Period, parse_period
from sitegen.i18n.languages import written_period
from sitegen.i18n.typography import CJK, is_cjk, touches
from sitegen.problems import Place, Problem, problem
from sitegen.typed_yaml.shapes import Refused

from . import blocks, inlines

QUOTES = {
    "fr": "«»‹›",
    "de": "„“‚‘",
    "es": "«»“”",
    "it": "«»“”",
    "pl": "„”‚’",
    "ru": "«»„“",
}
DEFAULT_QUOTES = "“”‘’"


def install(md: MarkdownIt, lang: str) -> None:
    """Teach `md` the rules of this module, for text in the language `lang`, without script or region."""
    blocks.install(md)
    inlines.install(md)
    md.inline.ruler.at("emphasis", emphasis)
    md.inline.ruler.at("strikethrough", strikethrough)
    md.inline.ruler.before("emphasis", "ruby", ruby)
    if lang == "ja":
        md.core.ruler.before("smartquotes", "corner_brackets", corner_brackets)
    md.core.ruler.at("smartquotes", quotes)
    md.core.ruler.push("cjk_line_breaks", cjk_line_breaks)


def emphasis(state: StateInline, silent: bool) -> bool:
    """CommonMark's delimiter runs (section 6.2), where CJK text and punctuation beside a run count as letters
    do: `これは**「重要」**です` is bold though no space surrounds it. So do letters of other languages whose words
    touch."""
    marker = state.src[state.pos]
    if silent or marker not in "*_":
        return False
    start, end = state.pos, _end_of_run(state, marker)
    opens, closes = _sides(marker, _before(state, start), _after(state, end))
    for _ in range(end - start):
        state.push("text", "", 0).content = marker
        state.delimiters.append(Delimiter(ord(marker), end - start, len(state.tokens) - 1, -1, opens, closes))
    state.pos = end
    return True


def strikethrough(state: StateInline, silent: bool) -> bool:
    """The same for `~~`, as GitHub's Markdown has it; the odd one of a run is text."""
    if silent or not state.src.startswith("~~", state.pos):
        return False
    start, end = state.pos, _end_of_run(state, "~")
    opens, closes = _sides("~", _before(state, start), _after(state, end))
    if (end - start) % 2:
        state.push("text", "", 0).content = "~"
    for _ in range((end - start) // 2):
        state.push("text", "", 0).content = "~~"
        state.delimiters.append(Delimiter(ord("~"), 0, len(state.tokens) - 1, -1, opens, closes))
    state.pos = end
    return True


def _end_of_run(state: StateInline, marker: str) -> int:
    end = state.pos
    while end < state.posMax and state.src[end] == marker:
        end += 1
    return end


def _before(state: StateInline, start: int) -> str:
    return state.src[start - 1] if start else " "


def _after(state: StateInline, end: int) -> str:
    return state.src[end] if end < state.posMax else " "


@lru_cache(4096)
def _sides(marker: str, before: str, after: str) -> tuple[bool, bool]:
    """Whether a run can open, and whether it can close."""
    opens, closes = _flanks(before, after), _flanks(after, before)
    if marker == "_":
        return opens and (not closes or _is_punctuation(before)), closes and (not opens or _is_punctuation(after))
    return opens, closes


def _flanks(outer: str, inner: str) -> bool:
    """Whether a run between `outer` and `inner` belongs to what is on its inner side."""
    if isWhiteSpace(ord(inner)):
        return False
    if not _is_punctuation(inner) or touches(inner):
        return True
    return isWhiteSpace(ord(outer)) or _is_punctuation(outer) or touches(outer)


def _is_punctuation(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


_RUBY = re.compile(r"\{([^{}|\n]+)\|([^{}|\n]+)\}")


def ruby(state: StateInline, silent: bool) -> bool:
    """`{環境|かんきょう}`: a reading above the characters; several readings, one for each, may be split by spaces."""
    match = _RUBY.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "{" else None
    if match is None or not any(map(is_cjk, match[1])):
        return False
    if not silent:
        token = state.push("ruby", "ruby", 0)
        token.content, token.meta = match[1].strip(), {"reading": match[2].strip()}
    state.pos = match.end()
    return True


def ruby_html(base: str, reading: str) -> str:
    """Ruby markup with parentheses for readers that know none (HTML, section 4.5.10)."""
    readings = reading.split()
    pairs = list(zip(base, readings, strict=True)) if len(readings) == len(base) > 1 else [(base, reading)]
    inner = "".join(f"{escapeHtml(b)}<rp>（</rp><rt>{escapeHtml(r)}</rt><rp>）</rp>" for b, r in pairs)
    return f"<ruby>{inner}</ruby>"


def caption_html(title: str) -> str:
    """What stands below a lone picture, from its title: `caption | who made it`, or either."""
    caption, _, credit = f" {title} ".partition(" | ")
    parts = [escapeHtml(caption.strip())] if caption.strip() else []
    if credit.strip():
        parts.append(f'<span class="credit">{escapeHtml(credit.strip())}</span>')
    return f"<figcaption>{' '.join(parts)}</figcaption>" if parts else ""


def corner_brackets(state: StateCore) -> None:
    """Straight double quotes in a paragraph of Japanese become 「 and 」, if each that opens is closed."""
    for block in state.tokens:
        if block.type != "inline" or '"' not in block.content:
            continue
        texts = [token for token in block.children or () if token.type == "text" and '"' in token.content]
        if sum(token.content.count('"') for token in texts) % 2 or not any(map(is_cjk, block.content)):
            continue
        closing = False
        for token in texts:
            parts = token.content.split('"')
            for index in range(len(parts) - 1):
                parts[index] += "」" if closing else "「"
                closing = not closing
            token.content = "".join(parts)


def quotes(state: StateCore) -> None:
    """Straight quotes become those of the language, and apostrophes, as markdown-it's rule has it; that one copies the
    text for each of them, and goes back over all that are open."""
    for block in state.tokens:
        if block.type == "inline" and block.children and ('"' in block.content or "'" in block.content):
            _curl(block.children, state.md.options.quotes)


_QUOTE = re.compile("[\"']")


def _curl(tokens: Sequence[Token], marks: Sequence[str]) -> None:
    beside = _Beside(tokens, up_to=("hardbreak",))
    curled: dict[int, dict[int, str]] = {}
    levels: list[tuple[int, list[_Open], Counter[str]]] = []
    for index, token in enumerate(tokens):
        while levels and levels[-1][0] > token.level:
            levels.pop()
        if token.type != "text" or not ("'" in token.content or '"' in token.content):
            continue
        if not levels or levels[-1][0] < token.level:
            levels.append((token.level, [], Counter()))
        _, opened, count = levels[-1]
        text, made = token.content, curled.setdefault(index, {})
        around = text.join(_ends(*beside.of(index)))
        for found in _QUOTE.finditer(text):
            mark, at = found[0], found.start()
            opens, closes = _opens_and_closes(mark, around[at], around[at + 2])
            if closes and count[mark]:
                while (last := opened.pop())[0] != mark:
                    count[last[0]] -= 1
                count[mark] -= 1
                pair = marks[:2] if mark == '"' else marks[2:]
                curled[last[1]][last[2]], made[at] = pair
            elif opens:
                opened.append((mark, index, at))
                count[mark] += 1
            elif mark == "'":
                made[at] = "’"
    for index, made in curled.items():
        text, starts = tokens[index].content, [0, *(at + 1 for at in sorted(made))]
        parts = (text[start:at] + made[at] for start, at in zip(starts, sorted(made), strict=False))
        tokens[index].content = "".join(parts) + text[starts[-1] :]


_Open = tuple[str, int, int]
"""A quote that is open: which, and where: in which text, and there."""


@lru_cache(4096)
def _opens_and_closes(mark: str, before: str, after: str) -> tuple[bool, bool]:
    """Whether a quote can open, and whether it can close; within a word it does neither."""
    if mark == after == '"' and "0" <= before <= "9":
        return False, False  # inches
    left, right = _is_punctuation(before), _is_punctuation(after)
    space_before, space_after = isWhiteSpace(ord(before)), isWhiteSpace(ord(after))
    opens = not space_after and (not right or space_before or left)
    closes = not space_before and (not left or space_after or right)
    return (left, right) if opens and closes else (opens, closes)


class _Beside:
    """What stands before and behind tokens that are asked for in their order: the next that shows something."""

    def __init__(self, tokens: Sequence[Token], *, past: str = "", up_to: Container[str] = ()) -> None:
        self._tokens, self._past, self._up_to = tokens, past, up_to
        self._asked, self._before, self._behind = 0, "", 0

    def of(self, index: int) -> tuple[str, str]:
        """Their contents, empty where there is none: tokens of the kind `past` show nothing, and none of the kinds
        `up_to` is gone past."""
        for token in self._tokens[self._asked : index]:
            if self._is_seen(token):
                self._before = "" if token.type in self._up_to else token.content
        self._asked, self._behind = index, max(self._behind, index + 1)
        while self._behind < len(self._tokens) and not self._is_seen(self._tokens[self._behind]):
            self._behind += 1
        last = self._tokens[self._behind] if self._behind < len(self._tokens) else None
        return self._before, "" if last is None or last.type in self._up_to else last.content

    def _is_seen(self, token: Token) -> bool:
        if self._past and (token.type == self._past or token.content == "\n"):
            return False  # what is behind a tag is beside a line break, and so is what is behind another
        return token.type in self._up_to or bool(token.content)


def cjk_line_breaks(state: StateCore) -> None:
    """A line break between two Chinese or Japanese characters is no space (CSS Text 4, section 4.1.3)."""
    for block in state.tokens:
        if block.type != "inline" or not block.children or "\n" not in block.content:
            continue
        beside = _Beside(block.children, past="html_inline")
        for index, token in enumerate(block.children):
            if token.type == "text" and "\n" in token.content:
                before, after = beside.of(index)
                around = token.content.join(_ends(before.rstrip("\n"), after.lstrip("\n")))
                token.content = _NO_SPACE.sub("", around)[1:-1]


_WIDE = f"[{CJK}“”‘’…—]"
_NO_SPACE = re.compile(rf"\n(?<={_WIDE}\n)(?={_WIDE})")


def _ends(before: str, after: str) -> tuple[str, str]:
    return before[-1:] or " ", after[:1] or " "


def arrange(
    tokens: list[Token], starts: Sequence[int], lines: Sequence[str], top: Place, locale: Locale
) -> list[Problem]:
    """Make ordered lists of the containers that open at `starts`, a `<time>` of each date. `lines` are those of the
    whole text, which begins at `top`."""
    problems: list[Problem] = []
    dates: list[tuple[int, int, Token]] = []
    for start in reversed(starts):
        _arrange_one(tokens, start, (lines, top), problems, dates, locale)
    arranged, done = list[Token](), 0
    for start, end, date in sorted(dates, key=itemgetter(0)):
        arranged += (*tokens[done:start], date)
        done = end
    tokens[:done] = arranged
    return problems


def _arrange_one(
    tokens: Sequence[Token],
    start: int,
    written: tuple[Sequence[str], Place],
    problems: list[Problem],
    dates: list[tuple[int, int, Token]],
    locale: Locale,
) -> None:
    """The timeline that opens at `start`. `dates`: each with the tokens that it takes the place of."""
    level = tokens[start].level + 1
    lines, top = written
    end = next(i for i in count(start) if tokens[i].type == "container_close" and tokens[i].level == level - 1)
    for index in range(end - 1, start, -1):
        token = tokens[index]
        if token.level == level and token.type in ("bullet_list_open", "bullet_list_close"):
            token.tag = "ol"
            token.attrs = {"class": "timeline"} if token.nesting == 1 else {}
        elif token.level == level and token.nesting >= 0:
            problems.append(problem("timeline-entry", top.below(lines, (token.map or [0])[0])))
        elif token.level == level + 1 and token.type == "list_item_open":
            found = _take_date(token, tokens[index + 1], tokens[index + 2], lines, top)
            if isinstance(found, Problem):
                problems.append(found)
            else:
                text = tokens[index + 2].children or []
                rest = index + (1 if len(text) > 1 or text[0].content else 4)
                dates.append((index + 1, rest, _date(found, locale)))
        elif token.level == level + 2 and token.type in ("paragraph_open", "paragraph_close"):
            token.hidden = False


_DATED = re.compile(r"(?=[^:：\d\n]*+\d)(?P<date>[^:：\n]++)[:：][^\S\n]*+")


def _take_date(item: Token, below: Token, inline: Token, lines: Sequence[str], top: Place) -> Period | Problem:
    """Cut the date from the first paragraph of an entry, if that is what stands below it."""
    first = (inline.children or [item])[0]
    dated = _DATED.match(first.content) if below.type == "paragraph_open" and first.type == "text" else None
    line = (item.map or [0])[0]
    if dated is None:
        return problem("timeline-entry", top.below(lines, line))
    date = dated["date"].strip()
    try:
        period = parse_period(date)
    except Refused as refused:
        place = top.below(lines, line, date)
        if refused.code == "invalid-date":
            return problem("timeline-entry", place)
        return problem(refused.code, place, value=date, **refused.arguments)
    first.content = first.content[dated.end() :]
    return period


def _date(period: Period, locale: Locale) -> Token:
    token = Token("html_block", "", 0)
    text = escapeHtml(written_period(period, locale))
    token.content = f'<p class="timeline-date"><time datetime="{period.iso}">{text}</time></p>\n'
    return token
