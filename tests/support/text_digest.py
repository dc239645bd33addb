"""Digests of all texts in an output, the last one that of all together, to be compared with those of another system:
`python -m tests.support.text_digest FOLDER`.

Texts are the files that are UTF-8 without a zero byte: pages, feeds, drawings, style sheets, scripts. Encoders of
pictures and compression may give other bytes on another processor. Pages name pictures by what they are made from, so
their texts do not depend on that.
"""

import sys
from hashlib import sha256
from pathlib import Path

from sitegen.files import MANIFEST


def lines(folder: Path) -> str:
    """A line for each text, as sha256sum writes them, in the order of their paths; the last for these lines. The
    manifest is none: it has the digests of pictures too."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    contents = {name: files[name].read_bytes() for name in sorted(files) if name != MANIFEST}
    listed = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in contents.items() if is_text(data))
    return f"{listed}{sha256(listed.encode()).hexdigest()}  .\n"


def is_text(data: bytes) -> bool:
    try:
        return b"\0" not in data and data.decode() is not None
    except UnicodeDecodeError:
        return False


if __name__ == "__main__":
    sys.stdout.buffer.write(lines(Path(sys.argv[1])).encode())  # Windows would write CRLF, in a code page
