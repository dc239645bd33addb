"""Problems of publishing: settings of targets, what hosts refuse, what would be lost."""

from collections.abc import Mapping

from .wording import Wording, error

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
    "host-full": error(
        "There is no room left on the host.",
        "Make room or ask for more, then publish again: it goes on where it stopped.",
    ),
    "target-in-use": error(
        "Somebody else is publishing there, since {since}.",
        "Wait until it is done. If you know that nobody is, say: sitegen publish --unlock",
    ),
}
