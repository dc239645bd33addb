"""What stands within a line and CommonMark does not have: bare addresses, comments, a few tags, attributes, marks of
other tools; and links that failed."""

import re
from bisect import bisect, bisect_left
from collections import Counter
from collections.abc import MutableMapping
from weakref import WeakKeyDictionary

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import autolink as any_autolink
from markdown_it.rules_inline import image as any_image
from markdown_it.rules_inline import link as any_link
from markdown_it.token import Token

from sitegen.config.addresses import SCHEMES, UNUSABLE
from sitegen.i18n.typography import TOUCHING

from .blocks import ATTRIBUTES, COMMENT, COMMENT_END
from .findings import findings_of, tell
from .raw_html import decoded, unquoted

TAGS = ("br", "sub", "sup", "kbd", "abbr", "mark", "small", "del", "ins")
"""Of raw HTML, what is taken without `html: true`."""


def install(md: MarkdownIt) -> None:
    rules = md.inline.ruler
    rules.before("newline", "address", address)
    rules.before("emphasis", "attributes", attributes)
    rules.before("emphasis", "template", template)
    rules.at("link", link)
    rules.at("image", image)
    rules.before("autolink", "comment", comment)
    rules.at("autolink", autolink)
    rules.before("html_inline", "tag", tag)
    md.core.ruler.at("inline", parse_blocks)
    md.core.ruler.before("replacements", "balance_tags", balance_tags)
    md.core.ruler.at("replacements", dashes_and_ellipses)


def parse_blocks(state: StateCore) -> None:
    """Inline content; rules find in `env` what block they are in."""
    for token in state.tokens:
        if token.type == "inline":
            state.env["block"] = token
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _find(state: StateInline, text: str, start: int) -> int:
    """Where a text stands next in what is parsed, -1 for nowhere; looked for once, since many characters may ask."""
    states: MutableMapping[StateInline, dict[str, list[int]]] = state.env.setdefault("found", WeakKeyDictionary())
    known = states.setdefault(state, {})
    if text not in known:
        known[text] = [found.start() for found in re.finditer(re.escape(text), state.src)]
    after = bisect_left(known[text], start)
    return known[text][after] if after < len(known[text]) else -1


# addresses

_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])https?\Z", re.IGNORECASE)
_ADDRESS = re.compile(rf"://(?=[^\W_])[^\s\x00-\x20\x7f<>\"`\\{{}}|\^\[\]“”‘’«»‹›„‚…–—\u200b{TOUCHING}]++")
_ENTITY = re.compile(r"&[A-Za-z0-9]+\Z")


def address(state: StateInline, silent: bool) -> bool:
    """`https://…` and `http://…` as they stand in a text, up to its punctuation, or to letters of a language whose
    words touch them. In a link they are text."""
    source, at = state.src, state.pos
    if silent or not source.startswith("://", at):
        return False
    scheme = _SCHEME.search(source[max(0, at - 6) : at])
    found = _ADDRESS.match(source, at, state.posMax) if scheme else None
    if scheme is None or found is None:
        return False
    end = _without_punctuation(source, at + 3, found.end())
    written = decoded(scheme[0] + source[at:end])
    target = state.md.normalizeLink(written)
    state.pending = state.pending[: -len(scheme[0])]
    if state.linkLevel:
        state.push("text_special", "", 0).content = written
    else:
        token = state.push("link_open", "a", 1)
        token.attrs, token.markup, token.info = {"href": target}, "linkify", "auto"
        state.push("text_special", "", 0).content = written  # no text for rules of typography
        token = state.push("link_close", "a", -1)
        token.markup, token.info = "linkify", "auto"
    state.pos = end
    return True


def _without_punctuation(source: str, start: int, end: int) -> int:
    """Where an address ends: before punctuation, and brackets that it has not opened."""
    surplus = source.count(")", start, end) - source.count("(", start, end)
    while end > start + 1:
        last = source[end - 1]
        if last == ";" and (entity := _ENTITY.search(source, max(start, end - 12), end - 1)):
            end = entity.start()
        elif last in ".,:;!?*_~'":
            end -= 1
        elif last == ")" and surplus > 0:
            end, surplus = end - 1, surplus - 1
        else:
            break
    return end


def autolink(state: StateInline, silent: bool) -> bool:
    """CommonMark's (section 6.5), whose text is none for rules of typography; text where links may not have the scheme,
    such as `<xs:element>`."""
    scheme = _OWN_SCHEME.match(state.src, state.pos, state.posMax)
    if scheme and (name := scheme[1].lower()) not in SCHEMES:
        told: set[str] = state.env.setdefault("schemes told", set())
        if not silent and name in UNUSABLE and name not in told:
            told.add(name)
            tell(state, state.pos, "unusable-target", target=state.src[state.pos + 1 : scheme.end()])
        return False
    found = any_autolink(state, silent)
    if found and not silent:
        state.tokens[-2].type = "text_special"
    return found


_OWN_SCHEME = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]{1,31}):[^<>\x00-\x20]*+(?=>)")
_WORD = re.compile(r"\S+")
_IS_ADDRESS = re.compile(r"://|@[^\s@]+\.|(?:\A|[^\w])(?:www\.|xn--)")
_MARKS = re.compile(r"(?<!-)---(?!-)|(?:^|(?<=\s))--(?=\s|$)|(?:^|(?<=[^-\s]))--(?=[^-\s]|$)|\.{3,}", re.MULTILINE)
_TYPOGRAPHY = {"---": "—", "--": "–"}


def dashes_and_ellipses(state: StateCore) -> None:
    """In texts, but not within addresses."""
    for block in state.tokens:
        if block.type == "inline" and ("--" in block.content or "..." in block.content):
            for token in block.children or ():
                if token.type == "text":
                    token.content = _with_dashes(token.content)


def _with_dashes(text: str) -> str:
    spans = [word.span() for word in _WORD.finditer(text) if _IS_ADDRESS.search(word[0])]
    starts = [start for start, _ in spans]

    def made(match: re.Match[str]) -> str:
        before = bisect(starts, match.start())
        if before and match.start() < spans[before - 1][1]:
            return match[0]
        return _TYPOGRAPHY.get(match[0], "…")

    return _MARKS.sub(made, text)


# comments and tags


def comment(state: StateInline, silent: bool) -> bool:
    """Within a paragraph: it leaves one space of those around it."""
    source, at = state.src, state.pos
    if not source.startswith(COMMENT, at):
        return False
    found = _find(state, COMMENT_END, at + 2)
    if found < 0 or found + len(COMMENT_END) > state.posMax:
        if not silent and (findings := findings_of(state)) is not None:
            findings.note_once((COMMENT, source), "comment-not-closed", findings.spot(state, at))
        return False
    end = found + len(COMMENT_END)
    if not silent:
        if at == 0 or source[at - 1] in " \t\n":
            while end < state.posMax and source[end] in " \t":
                end += 1
        if end == state.posMax or source[end] == "\n":
            state.pending = state.pending.rstrip(" \t")
    state.pos = end
    return True


_TAKEN = re.compile(
    rf"<(?P<slash>/?)(?P<name>{'|'.join(TAGS)})(?:\s++title\s*+=\s*+(?P<title>\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?\s*+/?>",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(?P<name>/?[A-Za-z][A-Za-z0-9-]*+)(?:[\s/][^<>]*+)?>|<(?P<other>[?!][A-Za-z]++)[^<>]*+>")


def tag(state: StateInline, silent: bool) -> bool:
    """The tags that are taken; `balance_tags` sees to it that each has its end. All others are text."""
    if state.md.options["html"]:
        return False
    source, at = state.src, state.pos
    taken = _TAKEN.match(source, at, state.posMax)
    if taken and not (taken["slash"] and taken["title"]):
        if not silent:
            token = state.push("tag", "", 0)
            token.content = taken[0]
            token.meta = {"name": taken["name"].lower(), "closing": bool(taken["slash"]), "title": taken["title"]}
            needs_end = taken["slash"] or token.meta["name"] != "br"
            if needs_end and (findings := findings_of(state)) is not None:
                token.meta["place"] = findings.spot(state, at)
        state.pos = taken.end()
        return True
    other = _TAG.match(source, at, state.posMax)
    if other is None:
        return False
    if not silent:
        name = (other["name"] or other["other"]).strip("/")
        known = name if name.lower() in TAGS else None
        waits = known and other["name"] == name != "br"  # for its end, which is no mistake
        token = state.push("tag" if waits else "text_special", "", 0)
        token.content = other[0]
        token.meta = {"name": name.lower(), "closing": False, "refused": True} if waits else {}
        if (findings := findings_of(state)) is not None:
            findings.note_once(("tag", name), "raw-html", findings.spot(state, at), value=f"<{name}>", known=known)
    state.pos = other.end()
    return True


def balance_tags(state: StateCore) -> None:
    """Tags with their ends become HTML; one without is shown, and told."""
    for block in state.tokens:
        if block.type == "inline" and "<" in block.content:
            _balance(block.children or [], state)


def _balance(tokens: list[Token], state: StateCore) -> None:
    frames: list[tuple[list[Token], Counter[str]]] = [([], Counter())]
    left: list[Token] = []
    for token in tokens:
        if token.type != "tag":
            if token.nesting > 0:
                frames.append(([], Counter()))
            elif token.nesting < 0:
                left += frames.pop()[0]
            continue
        opened, count = frames[-1]
        name = token.meta["name"]
        if name == "br" and not token.meta["closing"]:
            _as_html(token, "<br>")
        elif not token.meta["closing"] and not token.content.endswith("/>"):
            opened.append(token)
            count[name] += 1
        elif token.meta["closing"] and count[name]:
            while (last := opened.pop()).meta["name"] != name:
                count[last.meta["name"]] -= 1
                left.append(last)
            count[name] -= 1
            if "refused" in last.meta:
                last.type = token.type = "text_special"
                continue
            title = last.meta["title"]
            _as_html(last, f'<{name} title="{escapeHtml(unquoted(title))}">' if title else f"<{name}>")
            _as_html(token, f"</{name}>")
        else:
            left.append(token)
    for token in (*left, *(token for opened, _ in frames for token in opened)):
        token.type = "text_special"
        if "place" in token.meta:
            state.env["findings"].note("unbalanced-tag", token.meta["place"], value=token.content)


def _as_html(token: Token, html: str) -> None:
    token.type, token.content = "html_inline", html


# what other tools write

_LONGEST = 1000
_TEMPLATE_ENDS = {"{{": "}}", "{%": "%}", "<%": "%>"}
_ATTRIBUTES_IN_TEXT = re.compile(r"\{(?:[.#]|:[ \t]*+[.#]?)[A-Za-z][^{}\n]*+\}")


def template(state: StateInline, silent: bool) -> bool:
    """What templates of other tools run is text here, and so are attributes within a text."""
    source, at = state.src, state.pos
    end_mark = _TEMPLATE_ENDS.get(source[at : at + 2])
    if end_mark is not None and (start := _find(state, end_mark, at + 2)) >= 0:
        end = start + len(end_mark) if start + len(end_mark) <= min(state.posMax, at + _LONGEST) else -1
    else:
        found = _ATTRIBUTES_IN_TEXT.match(source, at, state.posMax)
        end = found.end() if found else -1
    if end <= at:
        return False
    if not silent:
        state.append_pending(source[at:end])
        tell(state, at, "template-marks", value=" ".join(source[at:end].split()))
    state.pos = end
    return True


_ATTRIBUTES = re.compile(ATTRIBUTES)
_BEFORE_ATTRIBUTES = ("image", "link_close", "code_inline", "html_inline", "tag")


def attributes(state: StateInline, silent: bool) -> bool:
    """`{width=300}` right behind what it is said of, which has no use for it here."""
    before = state.tokens[-1] if state.tokens else None
    if silent or state.pending or before is None:
        return False
    if before.type not in _BEFORE_ATTRIBUTES and not (before.type == "text" and before.content in ("*", "_", "~~")):
        return False
    match = _ATTRIBUTES.match(state.src, state.pos, state.posMax)
    if match:
        state.pos = match.end()
    return match is not None


_TARGET = re.compile(r"[ \t\n]*+(?P<target><[^<>\n]*>|[^()\n]*(?:\([^()\n]*\)[^()\n]*)?)\)")
_NAMED = re.compile(r"(?<!\s)\s++(?:\"[^\"]*\"|'[^']*')\s*+\Z")
_LIKE_A_FILE = re.compile(r"[/\\]|\.[A-Za-z0-9]{1,5}(?:[#?]\S*)?\Z")


def link(state: StateInline, silent: bool) -> bool:
    """CommonMark's (section 6.3); what looks like a link and is none is told."""
    if any_link(state, silent):
        return True
    return not silent and state.src[state.pos - 1 : state.pos] != "!" and _say_why(state, state.pos)


def image(state: StateInline, silent: bool) -> bool:
    """CommonMark's (section 6.4); what looks like a picture and is none is told."""
    if any_image(state, silent):
        return True
    return not silent and state.src.startswith("![", state.pos) and _say_why(state, state.pos + 1)


def _say_why(state: StateInline, bracket: int) -> bool:
    """Always False: whatever it says, the text is no link."""
    if findings_of(state) is None or _find(state, "](", bracket) < 0:
        return False
    end = state.md.helpers.parseLinkLabel(state, bracket) + 1
    if end == 0 or not state.src.startswith("(", end):
        return False
    match = _TARGET.match(state.src, end + 1, state.posMax)
    target = _NAMED.sub("", match["target"]).strip().strip("<>") if match else ""
    is_picture = bracket > state.pos
    if any(character.isspace() for character in target) and (is_picture or _LIKE_A_FILE.search(target)):
        tell(state, state.pos, "space-in-target", target=target, better=f"<{target}>")
    return False
