"""Problems of content: front matter, Markdown, and documents together."""

from collections.abc import Mapping

from .wording import Wording, error, warning

CONTENT: Mapping[str, Wording] = {
    # front matter
    "no-front-matter": error(
        "The file does not begin with front matter.", "Begin it with a line ---, then title: …, then another line ---."
    ),
    "front-matter-not-closed": error("The front matter has no end.", "Close it with a line that is only ---."),
    "front-matter-too-large": error(
        "The front matter is larger than {limit} bytes.", "Move the text below the second --- line."
    ),
    "invalid-date": error(
        "“{value}” is not a date.",
        "The day comes first, and the year has four digits of the Common Era: did you mean {nearest}?",
        "Write the day first, like 04/10/2024, or 2024-10-04, with a time if you like: 09:30.",
    ),
    "impossible-date": error(
        "“{value}” is no day of any calendar.",
        "Dates are day first: did you mean {nearest}?",
        "Check day, month and year.",
    ),
    "impossible-time": error(
        "“{value}” is no time of any day.", "A day goes from 00:00 to 23:59; its end is 00:00 of the next."
    ),
    "never-published": warning(
        "This is never published: it expires before it comes out.", "Check the keys date, publish and expires."
    ),
    "far-date": warning(
        "{value} is far in the future.",
        "Years are of the Common Era: did you mean {nearest}?",
        "Check the year.",
    ),
    "only-in-index": error(
        "The key “{key}” is for a section, not for an article or a page.", "Move it into the section's _index file."
    ),
    "missing-date": error(
        "An article in a section needs a date.",
        "Add a line such as date: 04/10/2024, or dated: false to the section's _index if none there needs one.",
    ),
    "invalid-slug": error(
        "“{value}” cannot be part of an address.",
        'Use letters, digits and hyphens, none of / \\ : * ? " < > | # %, no dot or space at its ends, and at most 255 '
        "bytes.",
    ),
    "climbs-out": error("The path {target} climbs out of the site.", "Use a path inside the site's folder."),
    "unknown-tag": error(
        "There is no tag “{value}”.",
        "Did you mean “{nearest}”?",
        "Add it to content/tags.yaml, or use one of its tags.",
    ),
    "unknown-layout": error("There is no layout “{value}”.", "Did you mean “{nearest}”?", "Layouts here: {known}."),
    "image-without-alt": warning(
        "The picture {target} has no description.", 'Add alt: "…" saying what it shows, or alt: "" for pure decoration.'
    ),
    "picture-without-alt": warning(
        "The picture {target} has no description.",
        'Write what it shows: ![…]({target}), or ![""]({target}) for pure decoration.',
    ),
    "picture-elsewhere": warning(
        "This picture lies on another site, {host}.",
        "Put a copy beside the article: it may vanish there, and that site sees who reads yours.",
    ),
    "picture-too-large": error(
        "This picture is too large to be read: {found}.", "Save it smaller; at most {limit} will do."
    ),
    "unknown-picture": error("This is no picture that every browser can show.", "Save it as JPEG, PNG, WebP or SVG."),
    "broken-picture": error(
        "This picture is damaged or cut short.", "Copy it again from where it came from, or save it again."
    ),
    "broken-svg": error("This is not a valid SVG file: {detail}.", "Save the drawing again, as plain SVG."),
    "svg-without-namespace": error(
        "No browser draws this file, since it does not say that it is SVG.",
        'Let it begin with <svg xmlns="http://www.w3.org/2000/svg", or save the drawing again, as plain SVG.',
    ),
    "unsafe-svg": error(
        "This SVG file would run or load something: {found}.",
        "Remove it, or save the drawing again, as plain SVG.",
    ),
    "heavy-animation": warning(
        "This moving picture makes readers wait: {size}.", "Make it shorter or smaller, or show one picture of it."
    ),
    "unknown-container": error(
        "There is no container “{value}”.", "Did you mean ::: {nearest}?", "Containers: {known}."
    ),
    "container-not-closed": error("“{value}” has no end.", "End it with a line {end}."),
    "container-without-start": warning(
        "“{value}” ends nothing here.",
        "Remove this line, or begin it: ::: note. An end has as many colons as its beginning.",
    ),
    "fence-not-closed": warning(
        "This code has no end: all that follows is shown as code.", "End it with a line {end}."
    ),
    "comment-not-closed": error(
        "This comment has no end.", "End it with -->, before its paragraph ends or, on lines of its own, after them."
    ),
    "too-deep": error(
        "This is nested more than {limit} levels deep.", "Nest lists, quotes, containers and footnotes less deeply."
    ),
    "unfolds-too-far": error(
        "This text unfolds to far more than is written.",
        "Give the rows of tables as many cells as their heads have, and shorten addresses that are used often.",
    ),
    "raw-html": warning(
        "HTML is shown as text here: {value}.",
        "“{known}” may have no attribute but title.",
        "Write it in Markdown, put it between `backquotes`, or allow HTML in site.yaml: markdown: {{html: true}}.",
    ),
    "unbalanced-tag": warning(
        "{value} has no counterpart in its paragraph: it is shown as text.", "Write both, like CO<sub>2</sub>."
    ),
    "template-marks": warning(
        "This is shown as text: {value}.",
        "sitegen runs nothing in texts: remove it, or put it between `backquotes` if readers should see it.",
    ),
    "empty-target": error(
        "This leads nowhere: it has no address.", "Write one between the parentheses: [text](address)."
    ),
    "link-to-top": warning(
        "This leads to the top of its own page.", "Write #top if that is meant, else an address: [text](address)."
    ),
    "unusable-target": error(
        "Readers cannot follow {target}.",
        "Link to a file beside the article by its name, or to an address that begins with https://.",
    ),
    "space-in-target": warning(
        "This is shown as text, since there is a space in “{target}”.",
        "Write ({better}), or %20 for each space; best rename the file.",
    ),
    "duplicate-id": error("The id “{value}” stands here twice; {other} has it already.", "Change one of them."),
    "shared-id": warning(
        "The id “{value}” is also that of a heading in {other}.",
        "Begin ids in layouts with _, as no heading's does: _{value}.",
    ),
    "reserved-id": error(
        "The id “{value}” belongs to what sitegen makes.", "Choose another, such as {nearest}.", "Choose another."
    ),
    "timeline-entry": error(
        "An entry of a timeline begins with its date.",
        "Write a list: - 04/10/2024: what happened. 10/2024 and 2024 are dates too.",
    ),
    "chart-empty": error(
        "This chart has no numbers.", "Below the settings leave a line empty; then a header, and a line for each label."
    ),
    "chart-header": error(
        "A series of the chart has no name.", "Write the header: what the labels are, then the names."
    ),
    "chart-label": error("This line of the chart has no label.", "Begin it with what its numbers are about."),
    "chart-row": error(
        "This line of the chart has another number of cells ({count}) than the header ({expected}).",
        'Put a text with a comma in quotes: "a, b". Numbers have a point and no separators: 1234.5.',
    ),
    "chart-number": error(
        "“{value}” is no number for a chart.",
        "Did you mean {nearest}?",
        "Write digits, with a point before decimals; leave the cell empty where there is no number.",
    ),
    "chart-ambiguous": error(
        "“{value}” may mean two numbers.", "Write {whole} or {exact}; numbers in charts have no separators."
    ),
    "chart-quotes": error("A quotation mark of this line is not closed.", 'Close it, or write it twice: "".'),
    "chart-series": error("This chart has more series ({count}) than eyes can tell apart.", "Show at most {limit}."),
    "chart-rows": error("This chart has too many lines ({count}).", "Show at most {limit}."),
    # documents together
    "duplicate-article": error(
        "This is the same article in the same language as {other}.",
        "Remove one, or give one of them another language, name or translation_key.",
    ),
    "duplicate-address": error(
        "The address {address} belongs to {other} already.",
        "Change the slug, the alias or the file name of one of them.",
    ),
    "foreign-alias": error(
        "“{value}” is no address of this site, {site}.",
        "Only its own host can redirect it. Write an old address of this site, such as /old/.",
    ),
    "alias-with-fragment": error(
        "No host is told what follows #, so “{value}” cannot redirect.",
        "Write {nearest}: browsers add the rest by themselves.",
        "Write the address without it.",
    ),
    "alias-with-query": warning(
        "Only rules for hosts can redirect what has ?{query}; no page can.",
        "Name your host in site.yaml, as in redirect_files: [apache], or remove the alias.",
    ),
    "folder-in-other-letters": warning(
        "This lies in a folder {folder}, and there is {other} already: many disks do not tell them apart.",
        "Write both with the same letters. An old address can be left to a rule of your host.",
    ),
    "unportable-alias": error(
        "Only rules for hosts can redirect “{value}”: no page can, since Windows has no files or folders called so.",
        "Name your host in site.yaml, as in redirect_files: [apache], or remove the alias.",
    ),
    "index-of-section": error(
        "Other texts lie in {folder}, so this text has the address of that section.",
        "If it is the section's own text, name it {name}.",
        "The section has a text of its own, {other}: give this one another name.",
    ),
    "redirect-loop": error(
        "The alias {address} is where the article itself is: it would redirect to itself.",
        "Remove it; an alias is an address of former days.",
    ),
    "broken-link": error(
        "The link to {target} leads nowhere.", "Did you mean {nearest}?", "Check the path; it is relative to this file."
    ),
    "link-to-hidden": error(
        "The link to {target} leads to an article that is not published ({state}).",
        "Remove the link, or publish the article.",
    ),
    "link-to-expired": warning(
        "The link to {target} leads to a text that has expired; readers get no link.",
        "Remove the link, or let the text expire later.",
    ),
    "hidden-file": error(
        "{target} lies in the folder of an article that is not published ({state}).",
        "Move the file to the text that shows it, or publish that article first.",
    ),
    "expired-file": warning(
        "{target} lies in the folder of an article that has expired; readers do not get it.",
        "Move the file to the text that shows it, or take it out of the text.",
    ),
    "broken-fragment": error(
        "There is no heading #{fragment} in {target}.", "Did you mean #{nearest}?", "Headings there: {known}."
    ),
    "broken-address": warning(
        "No page of this site answers at {target}.",
        "Did you mean {nearest}?",
        "Link to the file instead: it cannot go stale.",
    ),
    "missing-picture": error(
        "There is no picture {target}.", "Did you mean {nearest}?", "Put the file beside the article, or mend the path."
    ),
    "not-in-site": error(
        "{target} is no file of the site.",
        "Save the file beside the article, and write its name.",
    ),
    "refused-type": error(
        "Readers do not get files of the type of {target}.",
        "Save it as PDF or put it into a ZIP file, or let who keeps the site allow it in site.yaml: "
        "attachment_types: [{suffix}]",
        "Give the file the ending of its type, such as .pdf or .zip.",
    ),
    "refused-name": error(
        "Hosts may take {target} for a page or a program, since “.{suffix}” stands in its name.",
        "Rename the file, with a hyphen in place of that point.",
    ),
    "page-in-disguise": error(
        "A browser may take this file for a page, or it is no valid XML.",
        "Put it into a ZIP file, and link to that.",
    ),
    "missing-attachment": error(
        "There is no file {target}.", "Did you mean {nearest}?", "Put the file beside the article, or mend the path."
    ),
}
