"""Imported by the process that others are forked from: has built a site once, and so has read all code that takes, and
that of publishing."""

from pathlib import Path
from tempfile import TemporaryDirectory

import sitegen.cli.publish.dialog
import sitegen.cli.publish.transcript
import sitegen.publish.live.host_rules
import sitegen.publish.live.readback
import sitegen.publish.live.samples
import tests.support.publisher  # noqa: F401
from tests.support.mortal import build_plainly
from tests.support.quick_templates import use_quick_templates
from tests.support.sites import article, write_site

use_quick_templates()
with TemporaryDirectory() as folder:
    build_plainly(write_site(Path(folder) / "site", {"content/news/a/index.vi.md": article("A", tags="jcm")}), jobs=1)
