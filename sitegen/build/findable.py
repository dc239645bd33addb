"""Text as the search indexer is handed it. The search page (theme/assets/js/search.js) does the same to what a reader
types, and turns what it shows back.

Pagefind knows words by the spaces around them, and letters without their marks by Unicode's decomposition. Where there
are no spaces, it and browsers cut by dictionaries that disagree, and lose words; so every character becomes a word
there, together with the one after it. And đ, which has no decomposition, changes places with ḏ, which has one.
"""

import re
import unicodedata
from html import unescape

from sitegen.i18n.typography import CJK
from sitegen.text import nfc

UNSPACED = CJK + "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"
"""Scripts without spaces between words: Chinese and Japanese, Thai, Lao, Tibetan, Burmese, Khmer."""
WIDE = "\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f"
"""Letters and digits of another width than the usual one."""
PAIR = "\u0298"
"""Begins the words that we make; no language's word is this letter alone."""
BREAK = "\u00b7"
"""A word between a heading and the text below it."""
SEAM = BREAK * 2
"""A word between the title, the text and the topics of an article."""

_UNREAD = re.compile(
    r"<(script|style|template|svg|rt|rp)\b.*?</\1\s*>"
    r'|<sup class="footnote-ref">.*?</sup>|<a [^>]*class="footnote-backref".*?</a>|<!--.*?-->',
    re.DOTALL,
)
_BLOCK = re.compile(r"</?(?:p|h[1-6]|li|d[tdl]|t[dhr]|div|figcaption|pre|blockquote|hr|br|section|summary)\b[^>]*>")
_TAG = re.compile(r"""<[a-zA-Z/](?:"[^"]*"|'[^']*'|[^'">])*>""")
_CLOSED = re.compile(r"[.!?…。．！？:：;；,、،؟۔][\"'”’»」』）)\]]*$")
_STROKES = str.maketrans({"đ": "ḏ", "ḏ": "đ", "Đ": "Ḏ", "Ḏ": "Đ", "\u200b": None})
_WIDE_RUN = re.compile(f"[{WIDE}]+")
_UNSPACED_RUN = re.compile(f"[{UNSPACED}]+(?: [{UNSPACED}]+)*")
_GAP = re.compile(f"(?<=[。．！？、，」』）]) (?=[{UNSPACED}])")


def plain_text(html: str) -> str:
    """What can be read of a document's HTML, without notes' numbers and readings; blocks without a full stop are set
    off from what follows."""
    marked = _BLOCK.sub("\n", _UNREAD.sub("", html))
    blocks = (" ".join(block.split()) for block in unescape(_TAG.sub("", marked)).split("\n"))
    text = " ".join(block if _CLOSED.search(block) else f"{block} {BREAK}" for block in blocks if block)
    return text.removesuffix(f" {BREAK}")


def findable(text: str) -> str:
    """A text as words that Pagefind finds as they are, in its order; nothing of it is lost but the width of letters."""
    usual = nfc(_WIDE_RUN.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text))
    closed = _GAP.sub("", " ".join(usual.translate(_STROKES).split()))
    return " ".join(_UNSPACED_RUN.sub(_pairs, closed).split())


def _pairs(run: re.Match[str]) -> str:
    """Each UTF-16 unit with the one after it, in hexadecimal: browsers do not cut that, nor is it ever a word."""
    units = f"{run[0]} ".encode("utf-16-be").hex()
    return "".join(f" {PAIR}{units[start : start + 8]}" for start in range(0, len(units) - 4, 4)) + " "
