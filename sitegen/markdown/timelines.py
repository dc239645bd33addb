"""Timelines: in a container `timeline`, the entries of a list begin with their date, `- 01/2024: what happened`."""

import re
from collections.abc import Sequence
from itertools import count

from babel import Locale
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from sitegen.i18n.dates import Period, parse_period
from sitegen.i18n.languages import written_period
from sitegen.problems import Place, Problem, problem
from sitegen.typed_yaml import Refused


def arrange(tokens: list[Token], start: int, lines: Sequence[str], top: Place, locale: Locale) -> list[Problem]:
    """Make an ordered list of the container that opens at `start`, a `<time>` of each date. `lines` are those of the
    whole text, which begins at `top`."""
    level = tokens[start].level + 1
    end = next(i for i in count(start) if tokens[i].type == "container_box_close" and tokens[i].level == level - 1)
    problems = []
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
                tokens[index + 1 : rest] = [_date(found, locale)]
        elif token.level == level + 2 and token.type in ("paragraph_open", "paragraph_close"):
            token.hidden = False
    return problems


_DATED = re.compile(r"\s*(?P<date>[^:：]*\d[^:：]*?)\s*[:：]\s*")


def _take_date(item: Token, below: Token, inline: Token, lines: Sequence[str], top: Place) -> Period | Problem:
    """Cut the date from the first paragraph of an entry, if that is what stands below it."""
    first = (inline.children or [item])[0]
    dated = _DATED.match(first.content) if below.type == "paragraph_open" and first.type == "text" else None
    line = (item.map or [0])[0]
    if dated is None:
        return problem("timeline-entry", top.below(lines, line))
    try:
        period = parse_period(dated["date"])
    except Refused as refused:
        place = top.below(lines, line, dated["date"])
        if refused.code == "invalid-date":
            return problem("timeline-entry", place)
        return problem(refused.code, place, value=dated["date"], **refused.arguments)
    first.content = first.content[dated.end() :]
    return period


def _date(period: Period, locale: Locale) -> Token:
    token = Token("html_block", "", 0)
    text = escapeHtml(written_period(period, locale))
    token.content = f'<p class="timeline-date"><time datetime="{period.iso}">{text}</time></p>\n'
    return token
