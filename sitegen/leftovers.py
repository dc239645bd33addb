"""What systems, editors, office and other programs leave beside files, which is no source."""

import re

from .files import ROOT


def is_passed_over(name: str, folder: str) -> bool:
    """Whether an entry of a folder is such. At the site's root names that begin with a point are published too, such as
    .well-known."""
    first = name[0]
    if first == ".":
        return not f"{folder}/".startswith(ROOT) or re.match(_HIDDEN, name) is not None
    plain = name.lower()
    if plain.endswith(_UNFINISHED) or plain in _OF_SYSTEMS:
        return True
    return (first == "#" and name[-1] == "#") or (first == "~" and name[1] == "$")


_OF_SYSTEMS = frozenset(
    {
        "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r", "$recycle.bin", "__macosx",
        "system volume information",
    }
)  # fmt: skip
_UNFINISHED = ("~", ".tmp", ".part", ".partial", ".crdownload", ".idlk", ":zone.identifier", ":encryptable")
"""How names end of what is being saved or loaded, and of notes that Windows keeps of a file, where others see them."""
_HIDDEN = (
    r"(?i)\.(_|#|~|git|svn|hg|nfs|fuse_hidden|goutputstream|ds_store$|apple|localized$|spotlight|trash|fseventsd|temporary"
    r"|document|apdisk$|volumeicon|directory$|dropbox|tmp\.|sync|st(folder|versions)|.*(\.sw[a-p]|-swp|\.tmp)$)"
)
"""Of those that begin with a point, what no site publishes."""
