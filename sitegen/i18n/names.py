"""Names that no line may break within: pages mark them for the style sheet, while titles, feeds and what search reads
keep their plain spaces."""

import re
from functools import cache
from html import escape, unescape

from markupsafe import Markup

from .typography import is_cjk

LONG = 12
"""Letters above which a name of several words may not fit a phone's line in the size of a title."""

_LEFT_ALONE = r"<!--.*?-->|(?i:<(pre|code|script|style|textarea|svg|math)\b.*?</\1>)|<[^>]*>"
_APOSTROPHE = "(?:'|’|&#39;)"


def in_text(text: str, names: tuple[str, ...]) -> Markup:
    """A text as HTML, with its names marked; what is HTML already stays as it is."""
    if isinstance(text, Markup) or not names:
        return Markup.escape(text)
    return Markup(_pattern(names).sub(_marked, str(Markup.escape(text))))


def in_html(html: str, names: tuple[str, ...]) -> str:
    """The same for what stands between tags, code left alone."""
    return _pattern(names).sub(_marked, html) if names else html


def _marked(match: re.Match[str]) -> str:
    name = match["name"]
    if not name:
        return match[0]
    words = unescape(name).split()
    if len(words) == 1:
        return f'<span class="name word">{name}</span>'
    if len(" ".join(words)) > LONG:
        return f'<span class="name long">{name}</span>'
    return f'<span class="name">{name}</span>'


@cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the names as a whole word, the longest first; a line break of the source counts as its space."""
    known = "|".join(_spelling(name.split()) for name in sorted(names, key=len, reverse=True) if name.strip())
    return re.compile(f"{_LEFT_ALONE}|(?P<name>{known or '(?!)'})", re.DOTALL)


def _spelling(words: list[str]) -> str:
    start = "" if is_cjk(words[0][0]) else r"(?<!\w)"
    end = "" if is_cjk(words[-1][-1]) else r"(?!\w)"
    spelled = (_APOSTROPHE.join(re.escape(escape(part)) for part in word.split("'")) for word in words)
    return start + r"\s+".join(spelled) + end
