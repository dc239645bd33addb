"""Imported by the process that builds are forked from: has built a site once, and so has read all code that takes."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.mortal import build_plainly
from tests.support.sites import article, write_site

with TemporaryDirectory() as folder:
    build_plainly(write_site(Path(folder) / "site", {"content/news/a/index.vi.md": article("A", tags="jcm")}), jobs=1)
