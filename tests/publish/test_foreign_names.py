"""Names that others gave to files on a host: whatever they are, they are left alone, and shown as any terminal can."""

import os
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support.sites import article, run

from .test_publication import Site

NAMES = {
    b"\xff.txt": r"\udcff.txt",
    b"\x1b[31mred": r"\x1b[31mred",
    b"two\nlines": r"two\nlines",
    "đuôi.txt".encode(): "đuôi.txt",
    b"back\\slash": r"back\slash",
}
"""With what is shown."""


@pytest.mark.posix
def test_shown_and_left_alone(tmp_path: Path) -> None:
    site = Site(tmp_path)
    theirs: dict[str, Path] = {}
    for name, shown in NAMES.items():
        with suppress(OSError):  # not every disk takes what is no UTF-8
            place = site.www / os.fsdecode(name)
            place.write_bytes(b"theirs")
            theirs[shown] = place
    said = [run("publish", "--root", site.root, "--dry-run", *how) for how in ((), ("--json",))]
    assert [one.status for one in said] == [0, 0]
    for shown in theirs:
        assert f"    {shown} " in said[0].out
    assert site.publish().state == "published"
    assert site.publish().state == "unchanged"
    site.write("content/news/opening/index.vi.md", article("Lễ khai mạc", "Chữ khác."))
    assert site.publish().state == "published"
    assert all(place.read_bytes() == b"theirs" for place in theirs.values())
    assert len(theirs) >= 4
