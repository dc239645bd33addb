"""Problems of all but content: files, YAML, settings, registries, layouts, assets, output."""

from collections.abc import Mapping

from .wording import Wording, error, warning

SITE: Mapping[str, Wording] = {
    # files
    "no-settings": error(
        "There is no site.yaml here.", "Go to the site's folder, name it with --root, or start a site: sitegen init."
    ),
    "leads-outside": error(
        "This link on disk leads out of the site, to {target}.",
        "Copy the file into the site; sitegen reads nothing outside its folder.",
    ),
    "leads-to-output": error(
        "This link on disk leads to what builds write, {target}.",
        "Remove it: what is published would become a source of the next build.",
    ),
    "leads-to-hidden": error(
        "This link on disk leads to what is hidden, {target}.",
        "Copy the file into the site, if readers may have it; what begins with a point is not published.",
    ),
    "leads-in-a-circle": error(
        "This link on disk, to {target}, leads in a circle or through too many others.",
        "Remove it, or let it lead to a file or to a folder that it does not lie in.",
    ),
    "leads-nowhere": error(
        "This link on disk, to {target}, leads to nothing.", "Remove it, or let it lead to what is there."
    ),
    "too-many-behind-links": error(
        "This link on disk leads to folders whose links lead to others, and so on: to more than {most} files in all.",
        "Remove links that lead to the same folders; texts may refer to a file wherever it lies in content/.",
    ),
    "lies-too-deep": error(
        "This lies too deep: its path has more than {depth} names or {most} bytes.", "Move it further up."
    ),
    "not-a-file": error("There should be a file here, but this is {found}.", "Remove it, or put a file in its place."),
    "not-a-folder": error("There should be a folder here.", "Remove this file, or put a folder in its place."),
    "output-among-sources": error(
        "The output folder is, holds or lies in a folder of sources: {source}.",
        "Choose another --output, such as output.",
    ),
    "invalid-path": error(
        "“{value}” cannot be a path below the site's root.",
        "Write names with / between them, without . or .. or two / in a row; a name has at most 255 bytes, all of it "
        "3000 and 100 names.",
    ),
    "file-too-large": error(
        "This file is larger than {limit} bytes.",
        "Split it, or allow more in site.yaml: limits: {{{setting}: {size}}}",
        "Split it, or make it smaller.",
    ),
    "unreadable-file": error("This file cannot be read: {reason}.", "Check its permissions."),
    "unwritable-file": error(
        "This file cannot be written: {reason}.", "Check the folder, its permissions and the disk."
    ),
    "changed-meanwhile": error("This file changed while the site was being built.", "Build again."),
    "invalid-utf8": error(
        "This is not UTF-8 text: the byte 0x{byte} cannot stand here.", "Save the file again with the encoding UTF-8."
    ),
    "git-pointer": error("This is not the file itself, but what Git keeps in its place.", "Fetch the file: {command}."),
    "invalid-file-name": error(
        "Not every disk can hold a file or a folder named “{value}”.",
        'Rename it: letters of any language are welcome, but no control characters, none of / \\ : * ? " < > |, and no '
        "dot or space at the end.",
    ),
    "reserved-name": error(
        "“{value}” means a device on Windows, where no file or folder can have this name.",
        "Choose another name, such as {nearest}.",
    ),
    "same-name": error(
        "Many disks do not tell the names of these two files or folders apart: {one} and {other}.",
        "Remove or rename one of them; the site can have only one.",
    ),
    "other-spelling": error("Only some systems take this for {name}.", "Rename it: {name}"),
    "copied-file": error(
        "This is called as file managers call a copy of {original}.",
        "Delete it, if it is one; else give it another name, without spaces and brackets.",
    ),
    "two-languages": error(
        "The folder says that this is in the language {folder}, the file's name says {suffix}.",
        "Keep one of them.",
    ),
    "country-code": error(
        "“.{value}” is the code of a country; this site has no such language.",
        "Did you mean “.{nearest}”?",
        "Use a language of the site: {known}.",
    ),
    "language-in-name": error(
        "The file's name ends in “{value}” without a point before it, so its language would be another.",
        "Did you mean {nearest}? If that belongs to the name, say the language as well: {otherwise}",
    ),
    "language-folder": warning(
        "This folder is called as the language {lang} is, but is a section here, in every language.",
        "If its texts are in that language, put them into {wanted}",
    ),
    "unread-text": warning(
        "This file is left out: it is no Markdown, and no article offers it.",
        "Did you mean {nearest}? If not, let an article offer it, or name it under exclude in site.yaml.",
        "Let an article offer it, name it under exclude in site.yaml, or delete it.",
    ),
    # YAML
    "yaml-syntax": error("This is not valid YAML: {detail}.", "Compare the line with the ones around it."),
    "yaml-tab": error("A tab stands where YAML wants spaces.", "Replace the tab with spaces."),
    "yaml-colon": error(
        "A colon inside an unquoted text confuses YAML.", "Put the text in quotes: {line}", "Put the text in quotes."
    ),
    "yaml-quotes": error(
        "A text that begins with {sign} must stand in quotes as a whole.",
        "Put the text in quotes: {line}",
        "Put the text in quotes.",
    ),
    "yaml-flow": error(
        "This cannot stand between brackets.",
        "Put each text in quotes that begins with a sign, or holds one of these: , : [ ] {{ }}",
    ),
    "yaml-space": error(
        "A space that YAML does not know stands at the beginning of this line.", "Replace it with ordinary spaces."
    ),
    "yaml-escape": error(
        "In double quotes \\ begins a special sign, and YAML does not know this one.",
        "Write it so: {line}",
        "Put the text in single quotes.",
    ),
    "yaml-not-closed": error(
        "What {sign} begins has no end.", "Close it with {end}, or put the text in quotes if {sign} belongs to it."
    ),
    "yaml-separator": error("After the key “{key}” should stand an ordinary colon and a space.", "Write it so: {line}"),
    "yaml-lone-line": error(
        "This line is no key with its value.",
        "Begin it with two spaces if it goes on with the text above; else remove it.",
    ),
    "yaml-indentation": error(
        "This line begins in another column than the keys around it.", "Let it begin where they do."
    ),
    "unquoted-hash": error(
        "“{key}” has no value: in YAML, # begins a comment.",
        "Put the text in quotes: {line}",
        "Put the text in quotes.",
    ),
    "lost-end": warning(
        "“{value}” is left out: in YAML, # after a space begins a comment.",
        "Put the whole text in quotes; a comment has a space after #.",
    ),
    "yaml-too-deep": error("These lists and mappings are nested too deeply.", "Nest at most {limit} levels."),
    "yaml-too-many-values": error(
        "This YAML unfolds to more than {limit} values.",
        "Take something out, such as aliases (*name) that repeat each other.",
    ),
    "duplicate-key": error("The key “{key}” stands here twice; line {first} has it already.", "Keep one of them."),
    "unknown-key": error("There is no key “{key}” here.", "Did you mean “{nearest}”?", "Known keys: {known}."),
    "missing-key": error("The key “{key}” is missing.", "Add a line: {key}: …"),
    "empty-entry": error("An entry of “{key}” is empty.", "Write something there, or remove the entry."),
    "text-too-long": error(
        "“{key}” has more than {limit} characters.",
        "Shorten it, or allow more in site.yaml: limits: {{{setting}: …}}",
        "Shorten it.",
    ),
    "too-many-entries": error(
        "“{key}” has {count} entries; at most {limit} are allowed.",
        "Leave some out, or allow more in site.yaml: limits: {{{setting}: {count}}}",
        "Leave some out.",
    ),
    "wrong-type": error("“{key}” should be {expected}.", "It is {found} now."),
    "not-a-choice": error(
        "“{value}” is no choice for “{key}”.", "Did you mean “{nearest}”?", "Choose one of: {choices}."
    ),
    "invalid-type": error(
        "“{value}” is no type of files.", "Write what stands behind the last point of their names, such as gml."
    ),
    "out-of-range": error("“{key}” should be {least} or more.", "It is {value} now."),
    "above-range": error("“{key}” should be {most} or less.", "It is {value} now."),
    # settings
    "invalid-address": error(
        "“{value}” is not an address that a site can have.", "Write it in full, like https://example.org/site/."
    ),
    "unknown-time-zone": error(
        "There is no time zone “{value}”.", "Did you mean “{nearest}”?", "Write a name such as Asia/Ho_Chi_Minh."
    ),
    "unknown-locale": error(
        "No language has the code “{value}”.",
        "Did you mean “{nearest}”?",
        "Write a code such as vi, ja, en, en_GB or zh_Hant.",
    ),
    "same-language": error(
        "“{value}” and “{other}” are one language, {tag}.",
        "Leave one of them out; case and - or _ make no other language.",
    ),
    "same-redirect-file": error(
        "{value} and {other} both read _redirects, but not alike.", "Name the one of them that serves this site."
    ),
    "unknown-language": error(
        "The language “{value}” is not one of this site's.",
        "Did you mean “{nearest}”?",
        "Add it to languages in site.yaml, or use one of: {known}.",
    ),
    "invalid-link": error(
        "“{value}” is no address that a link can lead to.",
        "Did you mean {nearest}?",
        "Write an address on the site, like /vi/about/, or one in full, like https://example.org/.",
    ),
    "unknown-lead": error(
        "“{value}”, which should lead the front page, is no article.",
        "Did you mean “{nearest}”?",
        "Write an article's key, such as news/opening.",
    ),
    "unknown-menu-entry": error(
        "The menu names “{value}”, which is no section or page.", "Did you mean “{nearest}”?", "Choose one of: {known}."
    ),
    "invalid-color": error("“{value}” is no colour.", 'Write it like "#0d4f3c", in quotes.'),
    "low-contrast": error(
        "“{key}” on “{ground}” has a contrast of {ratio}:1; readers need {least}:1.",
        'The nearest colour that will do: {at}: "{nearest}"',
        "Choose a darker or a lighter one.",
    ),
    "missing-text": warning(
        "There is no “{key}” in the language {lang}; another language stands in.", "Add it: {lang}: …"
    ),
    # registries
    "name-taken": error("“{name}” already names {other}.", "Let each name and alias belong to one entry."),
    "same-tag-address": error(
        "In the language {lang} this topic has the same address as {other}: {value}.",
        "Give it an address of its own: slug: {own}",
        "Give one of them another slug.",
    ),
    # layouts, assets, output
    "layout-syntax": error("This layout has a mistake: {detail}.", "Mend the template at this line."),
    "layout-undefined": error(
        "The layout uses a name that is not there: {name}.",
        "Did you mean {nearest}?",
        "See docs/layouts.md for the names there are.",
    ),
    "layout-failed": error("The layout failed: {detail}.", "Mend the template at this line."),
    "missing-layout": error("There is no layout {value}.", "Did you mean {nearest}?", "Layouts here: {known}."),
    "missing-asset": error("There is no asset {value}.", "Did you mean {nearest}?", "Put the file into assets/."),
    "missing-message": warning(
        "The layouts have texts that nobody translated into {lang} ({count}): {texts}.",
        "Run sitegen messages, then fill in layouts/locales/{lang}.po; until then readers see English.",
    ),
    "no-card-font": warning(
        "No font on this machine has these letters of {lang}: {letters}. Share cards with them show no text.",
        'Put a font that has them into fonts/, or install one; pip install "sitegen[cards]" brings Noto Sans.',
    ),
    "no-card-libraries": warning(
        "Share cards are not drawn: the libraries for it are not installed.",
        'Install them, pip install "sitegen[cards]", or say so: share_cards: false.',
    ),
    "asset-cycle": error("This file imports itself by way of {target}.", "Remove one of the imports."),
    "unread-style-sheet": warning(
        "This style sheet cannot be minified: {detail}.", "Mend it at this line; until then it is published as it is."
    ),
    "broken-catalogue": error("This catalogue is not valid: {detail}.", "Open it with a gettext editor."),
    "foreign-file": error(
        "{output} would overwrite a file that sitegen did not write.",
        "Move that file away, or choose another --output. If another tool has changed what sitegen wrote, delete the "
        "output folder.",
    ),
    "half-written-output": error(
        "The output has been written in part only: {reason}.",
        "Check the folder, its permissions and the disk, then build again: that finishes it.",
    ),
    "left-behind": warning(
        "{output} is no longer made, but it is not as sitegen wrote it, so it was left there.",
        "Delete it, unless it should be published.",
    ),
    "build-under-way": error(
        "Another build of this site is under way, in the process {holder}.", "Wait for it to end, then build again."
    ),
    "output-in-use": error(
        "Another build is writing into the output folder.",
        "Wait for it to end, then build again. Give each site an output folder of its own.",
    ),
    "file-in-use": error(
        "{name} in the output folder is open in another program.", "Close it there, then build again."
    ),
    "path-too-long": error(
        "{location} has {length} letters; this system takes {limit}.",
        "Move the site to a short folder such as C:\\site, choose a shorter slug or name, or allow long paths in "
        "Windows.",
    ),
    "no-pagefind": warning(
        "The site has no search, since Pagefind is not installed.",
        'Install it: pip install "sitegen[search]", or say search: false. Readers still have topics and dates.',
    ),
    "no-search-index": warning(
        "The search index in the language {lang} could not be made: {detail}.",
        'Readers are told, and still have topics and dates. Install Pagefind again: pip install "sitegen[search]".',
    ),
    "no-dask": error("--cluster needs Dask, which is not installed.", 'Install it: pip install "sitegen[cluster]".'),
    "no-cluster": error(
        "The cluster at {address} does not do the work: {reason}.",
        "Start it with dask scheduler and dask worker, or build without --cluster.",
    ),
    "other-version": error(
        "The cluster's worker {worker} has other versions: {there}; here: {here}.",
        "Install the same sitegen, Python and libraries on all machines.",
    ),
    "worker-lost": error(
        "The processes that work for this build are ended from outside.",
        "Perhaps memory ran out: close other programs, or build with --jobs 1.",
    ),
    "process-died": error(
        "The process that worked on this file ended suddenly ({reason}).",
        "A program that reads it made a mistake, or memory ran out. Save it anew with another program, make it "
        "smaller, or leave it out.",
    ),
    "took-too-long": error(
        "The work on this file was broken off after {seconds} s.",
        "Divide it, or take out what is unusual in it, part by part.",
    ),
    "no-memory": error("Memory ran out.", "Close other programs, or make large files smaller."),
    "broken-off": error(
        "The build broke off: {reason}.", "Check the disk and its permissions, then build again or save the file again."
    ),
    "unforeseen": error(
        "sitegen itself failed at this: {reason}.",
        "Try without this file, or what is unusual in it, and report it with a small site. With SITEGEN_TRACEBACK=1 in "
        "the environment more is printed.",
    ),
    "no-handles": error(
        "The system has no file handles left: too many files or connections are open.",
        "Close programs, or windows that show the preview; it goes on by itself. Or allow more: ulimit -n 1024.",
    ),
    "unwritable-output": error(
        "The output cannot be written: {reason}.", "Check the folder, its permissions and the disk."
    ),
}
