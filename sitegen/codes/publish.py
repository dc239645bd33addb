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
