"""Problems of publishing: settings of targets, what hosts refuse, what would be lost."""

from collections.abc import Mapping

from .wording import Wording, error, warning

FOREIGN_FILTER = (
    "Sakura keeps out who comes from abroad, but for those with a public key: log in with one, or switch that filter "
    "off in its control panel (国外IPアドレスフィルタ)."
)
ALONE_BY_KEY = (
    "Xserver takes keys alone, and at first those from Japan alone: look at SSH設定 in its server panel, and name the "
    "key in the environment: {variable}=FILE"
)
PORT_10022 = (
    "Xserver's SSH listens at port 10022, once it is switched on in its server panel (SSH設定): "
    "sftp://{user}@{host}:10022/FOLDER"
)
HANGS_UP = (
    "It hangs up before it says anything, as hosts do to addresses from abroad, and to who has failed often: read its "
    "help pages, and wait for an hour before the next try."
)
NO_SUCH_HOST = "Look at the name of the host in site.yaml, and whether this machine is on line."
TOO_MANY_KEYS = (
    "So many keys were offered that the host lost patience. Name the right one in the environment: {variable}=FILE"
)
HOST_ADVICE = (FOREIGN_FILTER, ALONE_BY_KEY, PORT_10022, HANGS_UP, NO_SUCH_HOST, TOO_MANY_KEYS)
"""What to do at hosts whose manners are known."""

PUBLISH: Mapping[str, Wording] = {
    # settings
    "no-target": error(
        "site.yaml does not say where to publish.",
        'Say it there: publish: {live: {to: "folder:/var/www/site"}}, or sftp://USER@HOST/FOLDER, '
        "or git:ADDRESS#BRANCH.",
    ),
    "unknown-target": error(
        "There is no target “{value}”.",
        "Did you mean “{nearest}”?",
        "Name one that is below publish: in site.yaml.",
    ),
    "invalid-target-name": error(
        "A target cannot be called “{value}”.", "Use small letters a-z, digits and hyphens, such as live or trial-2."
    ),
    "invalid-target": error(
        "“{value}” says no place to publish.",
        "Write folder:PATH, sftp://USER@HOST/FOLDER, or git:ADDRESS#BRANCH; it knows no other kinds.",
    ),
    "secret-in-settings": error(
        "This looks like a password or a token, which goes wherever site.yaml goes.",
        "Take it out, change it at your host if others have seen it, and put it into the environment as {variable}.",
    ),
    "invalid-fingerprint": error(
        "“{value}” is no fingerprint of a key.",
        "Write it as ssh-keygen -l and your host's help pages show it: SHA256:… with 43 letters.",
    ),
    "not-for-target": error("{key} is for targets of other kinds: {kinds}.", "Remove it here."),
    "hsts-without-https": error(
        "hsts asks for https, but {address} has none.", "Give it an address with https, or remove hsts."
    ),
    "invalid-header": error(
        "“{value}” is no HTTP header.", "Write a name and its value in plain letters: X-Robots-Tag: noindex"
    ),
    "foreign-gone": error(
        "“{value}” is no address of this site.", "Write it from the root, like /vi/old-news/, or in full below {site}."
    ),
    "invalid-contact": error(
        "“{value}” is no address at which somebody can be reached.",
        "Write a mail address such as security@example.org, or an address in full that begins with https://.",
    ),
    # what hosts are told
    "weak-policy": warning(
        "{file} may bring what sitegen does not know, so browsers are told to forbid little.",
        "Say yourself what pages may load, below the target in site.yaml: "
        "headers: {{Content-Security-Policy: \"default-src 'self'\"}}",
    ),
    "own-host-file": warning(
        "This file is published as it is, so nothing is added to what {host} is told.",
        "Remove it, and sitegen writes one with headers, redirects and pages for what is missing.",
    ),
    "host-without-headers": warning(
        "{host} sends no headers of a site: browsers keep files as long as it says, and know no policy.",
        "Nothing is to be done; another host can do more.",
    ),
    "host-without-gone": warning(
        "{host} cannot say that an address is gone for good: it says that there is none (404).",
        "Nothing is to be done; search engines take a little longer to forget it.",
    ),
    "host-without-queries": warning(
        "{host} cannot lead on from old addresses with a query such as {value}, {count} in all.",
        "Nothing is to be done; other hosts can.",
    ),
    "host-without-languages": warning(
        "{host} has one page for all that is missing, in the site's default language.",
        "Nothing is to be done; other hosts can do more.",
    ),
    "host-files-above": warning(
        "{host} reads its files at the root of a domain alone, and this site lies below {path}.",
        "Give it a domain of its own, or move _headers and _redirects to the root.",
    ),
    "header-not-for-host": warning("{host} cannot send the header {value}.", "Change its value, or leave it out."),
    "too-many-host-rules": error(
        "This file has {found} rules, and {host} reads {limit}.",
        "Take away old addresses that nobody asks for any more, or publish to another host.",
    ),
    "too-long-host-rule": error(
        "A line of this file is longer than the {limit} characters that {host} reads: {value}",
        "Shorten the address or header in it.",
    ),
    "over-host-limit": error(
        "This file has {found} bytes, and {host} takes {limit}.", "Make it smaller, or publish to another host."
    ),
    "too-many-files": error(
        "The site has {found} files, and {host} takes {limit}.", "Publish to another host, or in two sites."
    ),
    "site-too-large": error(
        "The site has {found} bytes, and {host} takes {limit}.",
        "Offer large files elsewhere and link to them, or publish to another host.",
    ),
    "security-expired": error(
        "What security.txt says held until {date}.", "Look whether it is still right, then write a later day."
    ),
    "security-expires": warning(
        "What security.txt says holds until {date} only, {count} days from now.",
        "Look whether it is still right, then write a later day.",
    ),
    "security-holds-long": warning(
        "What security.txt says holds until {date}.",
        "Write a day within a year, so that somebody looks at it now and then.",
    ),
    "own-security-txt": warning(
        "This file is published as it is; what site.yaml says below security: is not asked.", "Remove one of them."
    ),
    "security-below-root": error(
        "security.txt belongs at the root of a domain, and this site lies below {path}.",
        "Ask whoever keeps the root to publish it there, and take security: out of site.yaml.",
    ),
    # targets
    "changed-after-build": error(
        "This file is no longer what the build wrote.", "Publish again; nothing may write in the output meanwhile."
    ),
    "host-unreachable": error(
        "The host cannot be reached: {reason}.",
        "Look at the line and at the address in site.yaml, then publish again: it goes on where it stopped.",
    ),
    "host-refused": error(
        "The host refuses: {reason}.", "Look at what this user may do there; it was not tried again."
    ),
    "unknown-host-key": error(
        "This host is new to you. Its key is {fingerprint} ({kind}).",
        "Compare it with your provider's control panel or help page; if it is the same, write it into site.yaml below "
        'this target: host_key: "{fingerprint}"',
    ),
    "changed-host-key": error(
        "The host shows another key: {fingerprint} ({kind}); known is {known}.",
        "Somebody may be reading along, or the provider has changed it. Ask them; if they have, write the new one into "
        'site.yaml: host_key: "{fingerprint}"',
    ),
    "no-git": error("There is no git command here.", "Install Git (git-scm.com), or publish another way."),
    "git-failed": error(
        "Git fails on this machine: {reason}.",
        "Look at whether there is room on this disk, and whether Git is as new as 2.31; then publish again.",
    ),
    "no-repository": error(
        "There is no repository at {address}, or you may not see it.",
        "Look at the address in site.yaml, and make an empty repository there if it is new.",
    ),
    "repository-closed": error(
        "The repository does not let you in: {reason}.",
        "Let this user write there. Git takes a key or a password as for git push; a token comes from the environment: "
        "SITEGEN_NAME_TOKEN, where NAME is the target's.",
    ),
    "branch-protected": error(
        "The host takes no commit on branch {branch}: {reason}.",
        "Allow it in the repository's settings (protected branches, rules, hooks), or name another branch.",
    ),
    "branch-moved": error(
        "Somebody else has changed branch {branch} meanwhile; nothing of yours is live.",
        "Publish again: it begins with what is there now.",
    ),
    "publishing-here": error(
        "This site is being published from this machine already.", "Wait until it is done, then publish again."
    ),
    "source-branch": error(
        "Branch {branch} holds the source of a site.",
        "Name a branch for the published site alone, such as pages or gh-pages; it is made when it is not there.",
    ),
    "foreign-branch": error(
        "Branch {branch} holds files, but no site.",
        "Name a branch for the published site alone, such as pages or gh-pages; it is made when it is not there.",
    ),
    "kept-by-git": error("No file of a Git repository may be called {path}.", "Give it another name."),
    "too-large-for-host": error(
        "The host does not take so large a file: {reason}.", "Make it smaller, or offer it elsewhere and link to it."
    ),
    "certificate-refused": error(
        "The host's certificate is not to be trusted: {reason}.",
        "Look at the address and at this machine's clock; for a certificate of your own, tell Git: http.sslCAInfo.",
    ),
    "host-full": error(
        "There is no room left on the host.",
        "Make room or ask for more, then publish again: it goes on where it stopped.",
    ),
    "no-target-folder": error(
        "There is no folder {folder} to publish to.",
        "Make it, or name another in site.yaml: one that is wrong by a letter would show the site to nobody.",
    ),
    "own-folder-as-target": error(
        "{folder} is a folder of the site itself, so nothing can be published there.",
        "Name another in site.yaml, such as folder:/var/www/site.",
    ),
    "no-links-there": error(
        "The host does not let this folder be exchanged as a whole: that takes links, and a folder beside it.",
        "Take releases: out of site.yaml. Each file is still exchanged in one step, in an order that keeps pages "
        "whole.",
    ),
    "no-asyncssh": error("SFTP needs a library that is not installed.", 'Install it: pip install "sitegen[publish]".'),
    "login-refused": error(
        "{host} does not let {user} in: {reason}.",
        "Look at the user's name, the key and the password; it was not tried again, since hosts shut out who tries "
        "often.",
    ),
    "no-sftp": error(
        "{host} lets you in, but does not speak SFTP: {reason}.",
        "Ask whether this user may use SFTP, and take out of .bashrc and the like what prints something: SFTP takes it "
        "for an answer.",
    ),
    "unusable-key": error(
        "The key {file} cannot be used: {reason}.",
        "Name a private key as ssh-keygen makes it; PuTTYgen turns its own into that (Conversions, Export OpenSSH "
        "key).",
    ),
    "bad-ssh-config": error("~/.ssh/config cannot be understood: {reason}.", "Mend that line, or take it out."),
    "in-the-way-there": error(
        "{name} is in the way: there should be a folder of the site, or a file, and it is something else.",
        "Move it away on the host; sitegen removes only what it has written, and follows no links.",
    ),
    "state-on-other-disk": error(
        "Files cannot be moved from the folder of state: to the site, since that is on another disk: {reason}.",
        "Name a folder on the same disk at state: in site.yaml, or remove that line.",
    ),
    "came-otherwise": error(
        "{name} has {size} bytes on the host, but {expected} were sent.",
        "Ask who keeps the host whether something changes files there, or whether room is scarce, then publish again.",
    ),
    "changed-on-host": error(
        "On the host are files that sitegen did not leave so, and that would be replaced: {paths}.",
        "Publish at a terminal, where each answer is yours: copies are kept in .sitegen/found/. Or move them there.",
    ),
    "first-publish": error(
        "This would be the first release there, and nobody has agreed to it.",
        "Publish at a terminal, or say: sitegen publish --yes",
    ),
    "overtaken": error(
        "Somebody else has published meanwhile, again and again.", "Agree on who publishes, then publish again."
    ),
    "stopped": error("You stopped it.", "Publish again when you like: it goes on where it stopped."),
    "target-in-use": error(
        "Somebody else is publishing there, since {since}.",
        "Wait until it is done. If you know that nobody is, say: sitegen publish --unlock",
    ),
    # what would be lost
    "vanished-alias": error(
        "{address} was live and would answer 404.",
        "It is now {now}: write here  aliases: [{aliases}]  Is it meant to go? Add it to gone: in site.yaml, or "
        "say --allow-gone {address}",
        "Write here  aliases: [{aliases}]  Is it meant to go? Add it to gone: in site.yaml, or say "
        "--allow-gone {address}",
    ),
    "vanished-text": error(
        "{address} was live and would answer 404: its text is not out any more ({state}).",
        "Let it come out again. Is it meant to go? Add it to gone: in site.yaml, or say --allow-gone {address}",
    ),
    "vanished-file": error(
        "{address} was live and would answer 404: nothing that is out refers to this file any more.",
        "Refer to it again. Is it meant to go? Add it to gone: in site.yaml, or say --allow-gone {address}",
    ),
    "vanished-list": error(
        "{address} was live and would answer 404: nothing that is out has this tag any more.",
        "Give it to a text. Is it meant to go? Add it to gone: in site.yaml, or say --allow-gone {address}",
    ),
    "vanished-address": error(
        "{address} was live and would answer 404; nothing takes its place.",
        "Is it meant to go? Write here  gone: [{quoted}]  or say --allow-gone {address} Else write  "
        "aliases: [{quoted}]  in the text that takes its place; the nearest address is {nearest}.",
        "Is it meant to go? Write here  gone: [{quoted}]  or say --allow-gone {address} Else write  "
        "aliases: [{quoted}]  in the text that takes its place.",
    ),
    "gone-but-there": error(
        "{address} is among gone: and has a page.", "Take it out of gone:, or give the page another address."
    ),
    "too-few-files": error(
        "Of {before} that are live only {now} would be left.",
        "See that all content is there and nothing excludes it. If it is meant, say --allow-gone all",
    ),
    "another-site": error(
        "There lies another site, “{other}”; this one is “{own}”.",
        "Choose another folder below publish: in site.yaml. If it is the same site, give it back its id.",
    ),
    "another-address": error(
        "What lies there was published for {other}, and this is for {own}.",
        "See whether two targets name one folder. If the site has moved, say --allow-gone all",
    ),
    "newer-manifest": error("A newer sitegen has published there.", "Update sitegen here, then publish again."),
}
