"""All codes of problems, and the words of each; what comes as an argument and is words itself."""

from collections.abc import Mapping

from .content import CONTENT
from .live import LIVE, SILENCES
from .other_names import ADVICE
from .publish import HOST_ADVICE, PUBLISH
from .site import SITE
from .wording import Wording

IS_TOML = "This is TOML; here it is YAML: a line ---, then title: {title}, then another line ---."
IS_JSON = "This is JSON; here it is YAML: a line ---, then title: {title}, then another line ---."
IS_TITLE = "Write in place of this title: a line ---, then title: {title}, then another line ---."
LINES_AROUND = "Put a line --- above the first of these lines, and another below the last."
EXCLUDED = "It is left out: see exclude in site.yaml."
AS_LIST = "Write several as a list: [{list}]"
ADD_SLUG = "Give it an address of its own: slug: {own}"
TOO_DEEP = "it nests too deeply"
TOO_LARGE = "it needs more memory than there is"
NO_UTF8 = "its charset should be UTF-8"
NO_PLURALS = "nplurals should be the number of its plural forms"
NO_FORM = "msgstr[…] should have the number of its form"
OTHER_NAMES = "a translation has other names after % than its text"
THREE_HYPHENS = "This line must be three hyphens: ---"

PHRASES = frozenset(
    {
        "a text", "a list", "a mapping", "a text or a list", "a text or a mapping", "a list or a mapping",
        "a text or a list or a mapping", "a text as key", "true or false", "a folder", "a pipe", "a socket",
        "a device", "a whole number", "a control character",
        "draft", "scheduled", "expired", "it stopped, or took too long", "its program is not installed",
        "it answers in an unknown way; version 1.5 or later of it is needed",
        "did not find expected key", "did not find expected ',' or ']'", "did not find expected ',' or '}'",
        "did not find expected '-' indicator", "did not find expected alphabetic or numeric character",
        "found character that cannot start any token", "found undefined alias", "found unexpected end of stream",
        "could not find expected ':'", "found unknown escape character", "it cannot be read",
        "it must be written in UTF-8", "its elements lie too deep in each other",
        "its brackets lie too deep in each other", "it has too many rules in one",
        "found invalid Unicode character escape code",
        "did not find expected <document start>", "block sequence entries are not allowed in this context",
        "mapping values are not allowed in this context", "found a tab character that violates indentation",
        "Here it is called “{own}”.", *ADVICE, *HOST_ADVICE, IS_TOML, IS_JSON, IS_TITLE, LINES_AROUND, THREE_HYPHENS,
        ADD_SLUG, AS_LIST, EXCLUDED, TOO_DEEP, TOO_LARGE, NO_UTF8, NO_PLURALS, NO_FORM, OTHER_NAMES,
        *SILENCES.values(),
    }
)  # fmt: skip
"""Parts of messages that come as arguments and are words themselves."""

WORDINGS: Mapping[str, Wording] = {**SITE, **CONTENT, **PUBLISH, **LIVE}
