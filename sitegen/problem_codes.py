"""Codes of problems, and the words of each: what is wrong, what to do.

A table of its own, so that `problems` reads without it.
"""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from .other_names import ADVICE

Severity = Literal["error", "warning"]


class Wording(Struct, frozen=True):
    """How a code is said; `hint_plain` serves when the hint's own arguments are not all known."""

    severity: Severity
    message: str
    hint: str
    hint_plain: str = ""


def _error(message: str, hint: str, hint_plain: str = "") -> Wording:
    return Wording("error", message, hint, hint_plain)


def _warning(message: str, hint: str, hint_plain: str = "") -> Wording:
    return Wording("warning", message, hint, hint_plain)


IS_TOML = "This is TOML; here it is YAML: a line ---, then title: {title}, then another line ---."
IS_JSON = "This is JSON; here it is YAML: a line ---, then title: {title}, then another line ---."
IS_TITLE = "Write in place of this title: a line ---, then title: {title}, then another line ---."
LINES_AROUND = "Put a line --- above the first of these lines, and another below the last."
AS_LIST = "Write several as a list: [{list}]"
ADD_SLUG = "Give it an address of its own: slug: {own}"
THREE_HYPHENS = "This line must be three hyphens: ---"

PHRASES = frozenset(
    {
        "a text", "a list", "a mapping", "a text or a list", "a text or a mapping", "a list or a mapping",
        "a text or a list or a mapping", "a text as key", "true or false", "a whole number", "a control character",
        "draft", "scheduled", "expired", "it stopped, or took too long", "its program is not installed",
        "it answers in an unknown way; version 1.5 or later of it is needed",
        "did not find expected key", "did not find expected ',' or ']'", "did not find expected ',' or '}'",
        "did not find expected '-' indicator", "did not find expected alphabetic or numeric character",
        "found character that cannot start any token", "found undefined alias", "found unexpected end of stream",
        "could not find expected ':'", "found unknown escape character", "it cannot be read",
        "found invalid Unicode character escape code",
        "did not find expected <document start>", "block sequence entries are not allowed in this context",
        "mapping values are not allowed in this context", "found a tab character that violates indentation",
        "Here it is called “{own}”.", *ADVICE, IS_TOML, IS_JSON, IS_TITLE, LINES_AROUND, THREE_HYPHENS, ADD_SLUG,
        AS_LIST,
    }
)  # fmt: skip
"""Parts of messages that come as arguments and are words themselves."""


WORDINGS: Mapping[str, Wording] = {
    # files
    "no-settings": _error(
        "There is no site.yaml here.", "Go to the site's folder, name it with --root, or start a site: sitegen init."
    ),
    "leads-outside": _error(
        "This link on disk leads out of the site, to {target}.",
        "Copy the file into the site; sitegen reads nothing outside its folder.",
    ),
    "leads-to-output": _error(
        "This link on disk leads to what builds write, {target}.",
        "Remove it: what is published would become a source of the next build.",
    ),
    "leads-to-hidden": _error(
        "This link on disk leads to what is hidden, {target}.",
        "Copy the file into the site, if readers may have it; what begins with a point is not published.",
    ),
    "output-among-sources": _error(
        "The output folder is, holds or lies in a folder of sources: {source}.",
        "Choose another --output, such as output.",
    ),
    "invalid-path": _error(
        "“{value}” cannot be a path below the site's root.",
        "Write names with / between them, without . or .. or two / in a row; a name has at most 255 bytes, all of it "
        "3000.",
    ),
    "unreadable-file": _error("This file cannot be read: {reason}.", "Check its permissions."),
    "unwritable-file": _error(
        "This file cannot be written: {reason}.", "Check the folder, its permissions and the disk."
    ),
    "changed-meanwhile": _error("This file changed while the site was being built.", "Build again."),
    "invalid-utf8": _error(
        "This is not UTF-8 text: the byte 0x{byte} cannot stand here.", "Save the file again with the encoding UTF-8."
    ),
    "git-pointer": _error(
        "This is not the file itself, but what Git keeps in its place.", "Fetch the file: {command}."
    ),
    "invalid-file-name": _error(
        "The file name {name} holds a control character, a backslash, or what is no Unicode.",
        "Rename the file; letters of any language are welcome.",
    ),
    "same-name": _error(
        "Two files or folders here have the same name, in two spellings of its letters: {one} and {other}.",
        "Remove or rename one of them; the site can have only one.",
    ),
    "copied-file": _error(
        "This is called as file managers call a copy of {original}.",
        "Delete it, if it is one; else give it a name without spaces and brackets.",
    ),
    "two-languages": _error(
        "The folder says that this is in the language {folder}, the file's name says {suffix}.",
        "Keep one of them.",
    ),
    "country-code": _error(
        "“.{value}” is the code of a country; this site has no such language.",
        "Did you mean “.{nearest}”?",
        "Use a language of the site: {known}.",
    ),
    "language-in-name": _error(
        "The file's name ends in “{value}” without a point before it, so its language would be another.",
        "Did you mean {nearest}? If that belongs to the name, say the language as well: {otherwise}",
    ),
    "unread-text": _warning(
        "This file is left out: it is no Markdown, and no article offers it.",
        "Did you mean {nearest}? If not, let an article offer it, or name it under exclude in site.yaml.",
        "Let an article offer it, name it under exclude in site.yaml, or delete it.",
    ),
    # YAML
    "yaml-syntax": _error("This is not valid YAML: {detail}.", "Compare the line with the ones around it."),
    "yaml-tab": _error("A tab stands where YAML wants spaces.", "Replace the tab with spaces."),
    "yaml-colon": _error(
        "A colon inside an unquoted text confuses YAML.", "Put the text in quotes: {line}", "Put the text in quotes."
    ),
    "yaml-quotes": _error(
        "A text that begins with {sign} must stand in quotes as a whole.",
        "Put the text in quotes: {line}",
        "Put the text in quotes.",
    ),
    "yaml-flow": _error(
        "This cannot stand between brackets.",
        "Put each text in quotes that begins with a sign, or holds one of these: , : [ ] {{ }}",
    ),
    "yaml-space": _error(
        "A space that YAML does not know stands at the beginning of this line.", "Replace it with ordinary spaces."
    ),
    "yaml-escape": _error(
        "In double quotes \\ begins a special sign, and YAML does not know this one.",
        "Write it so: {line}",
        "Put the text in single quotes.",
    ),
    "yaml-not-closed": _error(
        "What {sign} begins has no end.", "Close it with {end}, or put the text in quotes if {sign} belongs to it."
    ),
    "yaml-separator": _error(
        "After the key “{key}” should stand an ordinary colon and a space.", "Write it so: {line}"
    ),
    "yaml-lone-line": _error(
        "This line is no key with its value.",
        "Begin it with two spaces if it goes on with the text above; else remove it.",
    ),
    "yaml-indentation": _error(
        "This line begins in another column than the keys around it.", "Let it begin where they do."
    ),
    "unquoted-hash": _error(
        "“{key}” has no value: in YAML, # begins a comment.",
        "Put the text in quotes: {line}",
        "Put the text in quotes.",
    ),
    "lost-end": _warning(
        "“{value}” is left out: in YAML, # after a space begins a comment.",
        "Put the whole text in quotes; a comment has a space after #.",
    ),
    "yaml-too-deep": _error("These lists and mappings are nested too deeply.", "Nest at most {limit} levels."),
    "yaml-too-many-values": _error(
        "This YAML unfolds to more than {limit} values.", "Remove the aliases (*name) that repeat each other."
    ),
    "duplicate-key": _error("The key “{key}” stands here twice; line {first} has it already.", "Keep one of them."),
    "unknown-key": _error("There is no key “{key}” here.", "Did you mean “{nearest}”?", "Known keys: {known}."),
    "missing-key": _error("The key “{key}” is missing.", "Add a line: {key}: …"),
    "wrong-type": _error("“{key}” should be {expected}.", "It is {found} now."),
    "not-a-choice": _error(
        "“{value}” is no choice for “{key}”.", "Did you mean “{nearest}”?", "Choose one of: {choices}."
    ),
    "out-of-range": _error("“{key}” should be {least} or more.", "It is {value} now."),
    # settings
    "invalid-address": _error(
        "“{value}” is not an address that a site can have.", "Write it in full, like https://example.org/site/."
    ),
    "unknown-time-zone": _error(
        "There is no time zone “{value}”.", "Did you mean “{nearest}”?", "Write a name such as Asia/Ho_Chi_Minh."
    ),
    "unknown-locale": _error(
        "No language has the code “{value}”.",
        "Did you mean “{nearest}”?",
        "Write a code such as vi, ja, en, en_GB or zh_Hant.",
    ),
    "same-language": _error(
        "“{value}” and “{other}” are one language, {tag}.",
        "Leave one of them out; case and - or _ make no other language.",
    ),
    "unknown-language": _error(
        "The language “{value}” is not one of this site's.",
        "Did you mean “{nearest}”?",
        "Add it to languages in site.yaml, or use one of: {known}.",
    ),
    "invalid-link": _error(
        "“{value}” is no address that a link can lead to.",
        "Did you mean {nearest}?",
        "Write an address on the site, like /vi/about/, or one in full, like https://example.org/.",
    ),
    "unknown-lead": _error(
        "“{value}”, which should lead the front page, is no article.",
        "Did you mean “{nearest}”?",
        "Write an article's key, such as news/opening.",
    ),
    "unknown-menu-entry": _error(
        "The menu names “{value}”, which is no section or page.", "Did you mean “{nearest}”?", "Choose one of: {known}."
    ),
    "invalid-color": _error("“{value}” is no colour.", 'Write it like "#0d4f3c", in quotes.'),
    "low-contrast": _error(
        "“{key}” on “{ground}” has a contrast of {ratio}:1; readers need {least}:1.",
        'The nearest colour that will do: {at}: "{nearest}"',
        "Choose a darker or a lighter one.",
    ),
    "missing-text": _warning(
        "There is no “{key}” in the language {lang}; another language stands in.", "Add it: {lang}: …"
    ),
    # registries
    "name-taken": _error("“{name}” already names {other}.", "Let each name and alias belong to one entry."),
    "same-tag-address": _error(
        "In the language {lang} this topic has the same address as {other}: {value}.",
        "Give it an address of its own: slug: {own}",
        "Give one of them another slug.",
    ),
    # front matter
    "no-front-matter": _error(
        "The file does not begin with front matter.", "Begin it with a line ---, then title: …, then another line ---."
    ),
    "front-matter-not-closed": _error("The front matter has no end.", "Close it with a line that is only ---."),
    "front-matter-too-large": _error(
        "The front matter is larger than {limit} bytes.", "Move the text below the second --- line."
    ),
    "invalid-date": _error(
        "“{value}” is not a date.",
        "The day comes first, and the year has four digits of the Common Era: did you mean {nearest}?",
        "Write the day first, like 04/10/2024, or 2024-10-04, with a time if you like: 09:30.",
    ),
    "impossible-date": _error(
        "“{value}” is no day of any calendar.",
        "Dates are day first: did you mean {nearest}?",
        "Check day, month and year.",
    ),
    "far-date": _warning(
        "{value} is far in the future.",
        "Years are of the Common Era: did you mean {nearest}?",
        "Check the year.",
    ),
    "only-in-index": _error(
        "The key “{key}” is for a section, not for an article or a page.", "Move it into the section's _index file."
    ),
    "missing-date": _error(
        "An article in a section needs a date.",
        "Add a line such as date: 04/10/2024, or dated: false to the section's _index if none there needs one.",
    ),
    "invalid-slug": _error(
        "“{value}” cannot be part of an address.",
        'Use letters, digits and hyphens, none of / \\ : * ? " < > | # %, no dot or space at its ends, and at most 255 '
        "bytes.",
    ),
    "climbs-out": _error("The path {target} climbs out of the site.", "Use a path inside the site's folder."),
    "unknown-tag": _error(
        "There is no tag “{value}”.",
        "Did you mean “{nearest}”?",
        "Add it to content/tags.yaml, or use one of its tags.",
    ),
    "unknown-layout": _error("There is no layout “{value}”.", "Did you mean “{nearest}”?", "Layouts here: {known}."),
    "image-without-alt": _warning(
        "The picture {target} has no description.", 'Add alt: "…" saying what it shows, or alt: "" for pure decoration.'
    ),
    "picture-without-alt": _warning(
        "The picture {target} has no description.",
        'Write what it shows: ![…]({target}), or ![""]({target}) for pure decoration.',
    ),
    "picture-elsewhere": _warning(
        "This picture lies on another site, {host}.",
        "Put a copy beside the article: it may vanish there, and that site sees who reads yours.",
    ),
    "picture-too-large": _error(
        "This picture is too large to be read: {found}.", "Save it smaller; at most {limit} will do."
    ),
    "unknown-picture": _error("This is no picture that every browser can show.", "Save it as JPEG, PNG, WebP or SVG."),
    "broken-picture": _error(
        "This picture is damaged or cut short.", "Copy it again from where it came from, or save it again."
    ),
    "broken-svg": _error("This is not a valid SVG file: {detail}.", "Save the drawing again, as plain SVG."),
    "svg-without-namespace": _error(
        "No browser draws this file, since it does not say that it is SVG.",
        'Let it begin with <svg xmlns="http://www.w3.org/2000/svg", or save the drawing again, as plain SVG.',
    ),
    "unsafe-svg": _error(
        "This SVG file would run or load something: {found}.",
        "Remove it, or save the drawing again, as plain SVG.",
    ),
    "heavy-animation": _warning(
        "This moving picture makes readers wait: {size}.", "Make it shorter or smaller, or show one picture of it."
    ),
    "unknown-container": _error(
        "There is no container “{value}”.", "Did you mean ::: {nearest}?", "Containers: {known}."
    ),
    "container-not-closed": _error("“{value}” has no end.", "End it with a line {end}."),
    "container-without-start": _warning(
        "“{value}” ends nothing here.",
        "Remove this line, or begin it: ::: note. An end has as many colons as its beginning.",
    ),
    "fence-not-closed": _warning(
        "This code has no end: all that follows is shown as code.", "End it with a line {end}."
    ),
    "comment-not-closed": _error(
        "This comment has no end.", "End it with -->, before its paragraph ends or, on lines of its own, after them."
    ),
    "raw-html": _warning(
        "HTML is shown as text here: {value}.",
        "“{known}” may have no attribute but title.",
        "Write it in Markdown, put it between `backquotes`, or allow HTML in site.yaml: markdown: {{html: true}}.",
    ),
    "unbalanced-tag": _warning(
        "{value} has no counterpart in its paragraph: it is shown as text.", "Write both, like CO<sub>2</sub>."
    ),
    "template-marks": _warning(
        "This is shown as text: {value}.",
        "sitegen runs nothing in texts: remove it, or put it between `backquotes` if readers should see it.",
    ),
    "empty-target": _error(
        "This leads nowhere: it has no address.", "Write one between the parentheses: [text](address)."
    ),
    "link-to-top": _warning(
        "This leads to the top of its own page.", "Write #top if that is meant, else an address: [text](address)."
    ),
    "unusable-target": _error(
        "Readers cannot follow {target}.",
        "Link to a file beside the article by its name, or to an address that begins with https://.",
    ),
    "space-in-target": _warning(
        "This is shown as text, since there is a space in “{target}”.",
        "Write ({better}), or %20 for each space; best rename the file.",
    ),
    "duplicate-id": _error("The id “{value}” stands here twice; {other} has it already.", "Change one of them."),
    "shared-id": _warning(
        "The id “{value}” is also that of a heading in {other}.",
        "Begin ids in layouts with _, as no heading's does: _{value}.",
    ),
    "reserved-id": _error(
        "The id “{value}” belongs to what sitegen makes.", "Choose another, such as {nearest}.", "Choose another."
    ),
    "timeline-entry": _error(
        "An entry of a timeline begins with its date.",
        "Write a list: - 04/10/2024: what happened. 10/2024 and 2024 are dates too.",
    ),
    "chart-empty": _error(
        "This chart has no numbers.", "Below the settings leave a line empty; then a header, and a line for each label."
    ),
    "chart-header": _error(
        "A series of the chart has no name.", "Write the header: what the labels are, then the names."
    ),
    "chart-label": _error("This line of the chart has no label.", "Begin it with what its numbers are about."),
    "chart-row": _error(
        "This line of the chart has another number of cells ({count}) than the header ({expected}).",
        'Put a text with a comma in quotes: "a, b". Numbers have a point and no separators: 1234.5.',
    ),
    "chart-number": _error(
        "“{value}” is no number for a chart.",
        "Did you mean {nearest}?",
        "Write digits, with a point before decimals; leave the cell empty where there is no number.",
    ),
    "chart-ambiguous": _error(
        "“{value}” may mean two numbers.", "Write {whole} or {exact}; numbers in charts have no separators."
    ),
    "chart-quotes": _error("A quotation mark of this line is not closed.", 'Close it, or write it twice: "".'),
    "chart-series": _error("This chart has more series ({count}) than eyes can tell apart.", "Show at most {limit}."),
    "chart-rows": _error("This chart has too many lines ({count}).", "Show at most {limit}."),
    # documents together
    "duplicate-article": _error(
        "This is the same article in the same language as {other}.",
        "Remove one, or give one of them another language, name or translation_key.",
    ),
    "duplicate-address": _error(
        "The address {address} belongs to {other} already.",
        "Change the slug, the alias or the file name of one of them.",
    ),
    "foreign-alias": _error(
        "“{value}” is no address of this site, {site}.",
        "Only its own host can redirect it. Write an old address of this site, such as /old/.",
    ),
    "alias-with-fragment": _error(
        "No host is told what follows #, so “{value}” cannot redirect.",
        "Write {nearest}: browsers add the rest by themselves.",
        "Write the address without it.",
    ),
    "alias-with-query": _warning(
        "Only rules for hosts can redirect what has ?{query}; no page can.",
        "Name your host in site.yaml, as in redirect_files: [apache], or remove the alias.",
    ),
    "index-of-section": _error(
        "Other texts lie in {folder}, so this text has the address of that section.",
        "If it is the section's own text, name it {name}.",
        "The section has a text of its own, {other}: give this one another name.",
    ),
    "redirect-loop": _error(
        "The alias {address} is where the article itself is: it would redirect to itself.",
        "Remove it; an alias is an address of former days.",
    ),
    "broken-link": _error(
        "The link to {target} leads nowhere.", "Did you mean {nearest}?", "Check the path; it is relative to this file."
    ),
    "link-to-hidden": _error(
        "The link to {target} leads to an article that is not published ({state}).",
        "Remove the link, or publish the article.",
    ),
    "link-to-expired": _warning(
        "The link to {target} leads to a text that has expired; readers get no link.",
        "Remove the link, or let the text expire later.",
    ),
    "hidden-file": _error(
        "{target} lies in the folder of an article that is not published ({state}).",
        "Move the file to the text that shows it, or publish that article first.",
    ),
    "expired-file": _warning(
        "{target} lies in the folder of an article that has expired; readers do not get it.",
        "Move the file to the text that shows it, or take it out of the text.",
    ),
    "broken-fragment": _error(
        "There is no heading #{fragment} in {target}.", "Did you mean #{nearest}?", "Headings there: {known}."
    ),
    "broken-address": _warning(
        "No page of this site answers at {target}.",
        "Did you mean {nearest}?",
        "Link to the file instead: it cannot go stale.",
    ),
    "missing-picture": _error(
        "There is no picture {target}.", "Did you mean {nearest}?", "Put the file beside the article, or mend the path."
    ),
    "not-in-site": _error(
        "{target} is no file of the site.",
        "Save the file beside the article, and write its name.",
    ),
    "missing-attachment": _error(
        "There is no file {target}.", "Did you mean {nearest}?", "Put the file beside the article, or mend the path."
    ),
    # layouts, assets, output
    "layout-syntax": _error("This layout has a mistake: {detail}.", "Mend the template at this line."),
    "layout-undefined": _error(
        "The layout uses a name that is not there: {name}.",
        "Did you mean {nearest}?",
        "See docs/layouts.md for the names there are.",
    ),
    "layout-failed": _error("The layout failed: {detail}.", "Mend the template at this line."),
    "missing-layout": _error("There is no layout {value}.", "Did you mean {nearest}?", "Layouts here: {known}."),
    "missing-asset": _error("There is no asset {value}.", "Did you mean {nearest}?", "Put the file into assets/."),
    "missing-message": _warning(
        "The layouts have texts that nobody translated into {lang} ({count}): {texts}.",
        "Run sitegen messages, then fill in layouts/locales/{lang}.po; until then readers see English.",
    ),
    "no-card-font": _warning(
        "No font on this machine has these letters of {lang}: {letters}. Share cards with them show no text.",
        "Put a font that has them into fonts/, or install one; pip install 'sitegen[cards]' brings Noto Sans.",
    ),
    "no-card-libraries": _warning(
        "Share cards are not drawn: the libraries for it are not installed.",
        "Install them, pip install 'sitegen[cards]', or say so: share_cards: false.",
    ),
    "asset-cycle": _error("This file imports itself by way of {target}.", "Remove one of the imports."),
    "unread-style-sheet": _warning(
        "This style sheet cannot be minified: {detail}.", "Mend it at this line; until then it is published as it is."
    ),
    "broken-catalogue": _error("This catalogue is not valid: {detail}.", "Open it with a gettext editor."),
    "foreign-file": _error(
        "{output} would overwrite a file that sitegen did not write.",
        "Move that file away, or choose another --output. If another tool has changed what sitegen wrote, delete the "
        "output folder.",
    ),
    "half-written-output": _error(
        "The output has been written in part only: {reason}.",
        "Check the folder, its permissions and the disk, then build again: that finishes it.",
    ),
    "left-behind": _warning(
        "{output} is no longer made, but it is not as sitegen wrote it, so it was left there.",
        "Delete it, unless it should be published.",
    ),
    "build-under-way": _error(
        "Another build of this site is under way, in the process {holder}.", "Wait for it to end, then build again."
    ),
    "output-in-use": _error(
        "Another build is writing into the output folder.",
        "Wait for it to end, then build again. Give each site an output folder of its own.",
    ),
    "no-pagefind": _warning(
        "The site has no search, since Pagefind is not installed.",
        "Install it: pip install 'sitegen[search]', or say search: false. Readers still have topics and dates.",
    ),
    "no-search-index": _warning(
        "The search index in the language {lang} could not be made: {detail}.",
        "Readers are told, and still have topics and dates. Install Pagefind again: pip install 'sitegen[search]'.",
    ),
    "no-dask": _error("--cluster needs Dask, which is not installed.", "Install it: pip install 'sitegen[cluster]'."),
    "no-cluster": _error(
        "The cluster at {address} does not do the work: {reason}.",
        "Start it with dask scheduler and dask worker, or build without --cluster.",
    ),
    "other-version": _error(
        "The cluster's worker {worker} has other versions: {there}; here: {here}.",
        "Install the same sitegen, Python and libraries on all machines.",
    ),
    "worker-lost": _error(
        "A process that worked for this build was ended from outside.",
        "Perhaps memory ran out: close other programs, or build with --jobs 1.",
    ),
    "broken-off": _error(
        "The build broke off: {reason}.", "Save the file again. If that does not help, start the preview again."
    ),
    "no-handles": _error(
        "The system has no file handles left: too many files or connections are open.",
        "Close programs, or windows that show the preview; it goes on by itself.",
    ),
    "unwritable-output": _error(
        "The output cannot be written: {reason}.", "Check the folder, its permissions and the disk."
    ),
}
