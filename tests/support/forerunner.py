"""Imported by the process that others are forked from: has built a site once, and so has read all code that takes, and
that of publishing."""

from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.mortal import build_plainly
from tests.support.quick_templates import use_quick_templates
from tests.support.sites import article, write_site

for name in ("cli.publish.dialog", "cli.publish.transcript", "publish.live.readback", "publish.live.host_rules"):
    import_module(f"sitegen.{name}")  # which commands import when they run
import_module("tests.support.publisher")

use_quick_templates()
with TemporaryDirectory() as folder:
    build_plainly(write_site(Path(folder) / "site", {"content/news/a/index.vi.md": article("A", tags="jcm")}), jobs=1)
